//! Policies written by hand: a core module in text, wrapped as a component of the real contract.

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Where the answer of `evaluate` lies: a `result<verdict, failure>`. All zero, it is `ok(hold(steady))`.
pub const ANSWER: u32 = 1024;
/// Tag of the decision: hold, add, remove.
pub const DECISION: u32 = ANSWER + 4;
/// Its placements or removals: address and length.
pub const CHANGES: u32 = ANSWER + 8;
pub const SHORTFALL: u32 = ANSWER + 16;
pub const REASON: u32 = ANSWER + 20;
/// Tag of the state: keep, set, clear. Behind it layout and data.
pub const STATE: u32 = ANSWER + 28;
pub const SIGNALS: u32 = ANSWER + 48;
/// Tag of the option; its milliseconds are behind it.
pub const AGAIN_IN: u32 = ANSWER + 56;
pub const ATTRIBUTES: u32 = ANSWER + 64;

/// Where the answers of `prepare` and `migrate` lie. All zero, they are `ok([])` and `ok(none)`.
pub const OTHER_ANSWER: u32 = 2048;

/// A policy, part by part.
pub struct Guest {
    /// Body of `evaluate`: leaves the address of the answer.
    pub evaluate: String,
    /// Body of `prepare`.
    pub prepare: String,
    /// Body of `migrate`.
    pub migrate: String,
    /// Body of `cabi_realloc`.
    pub realloc: String,
    /// Further fields of the module.
    pub extra: String,
    /// Limits of the memory.
    pub memory: &'static str,
}

/// A bump allocator that grows the memory.
const REALLOC: &str = "(local $p i32)
    (global.set $bump (i32.and
        (i32.add (global.get $bump) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
    (local.set $p (global.get $bump))
    (global.set $bump (i32.add (global.get $bump) (local.get 3)))
    (block $enough (loop $more
        (br_if $enough (i32.le_u (global.get $bump) (i32.shl (memory.size) (i32.const 16))))
        (br_if $more (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))
        unreachable))
    (local.get $p)";

impl Default for Guest {
    /// Holds.
    fn default() -> Self {
        Self {
            evaluate: at(ANSWER),
            prepare: at(OTHER_ANSWER),
            migrate: at(OTHER_ANSWER),
            realloc: REALLOC.to_owned(),
            extra: String::new(),
            memory: "2",
        }
    }
}

fn at(address: u32) -> String {
    format!("(i32.const {address})")
}

impl Guest {
    /// A policy whose `evaluate` has this body.
    pub fn evaluating(evaluate: impl Into<String>) -> Self {
        Self { evaluate: evaluate.into(), ..Self::default() }
    }

    /// A policy whose `evaluate` does this and then answers what lies at [`ANSWER`].
    pub fn answering(doing: &str) -> Self {
        Self::evaluating(format!("{doing} (i32.const {ANSWER})"))
    }

    /// The component.
    pub fn build(&self) -> Vec<u8> {
        encode(&self.module())
    }

    /// The texts lie in a data segment: "a1" at 512, "load" at 520, "test.state/1" at 544. The
    /// descriptor's only signal is `load`, and so is the only layout that it migrates from.
    pub fn module(&self) -> String {
        let Self { evaluate, prepare, migrate, realloc, extra, memory } = self;
        format!(
            r#"(module
            (import "trimtab:policy/log@0.1.0" "write" (func $log (param i32 i32 i32)))
            (memory (export "memory") {memory})
            (global $bump (mut i32) (i32.const 65536))
            (data (i32.const 512) "a1______load____test/guest______test.state/1____1.2.3")
            (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc})
            (func (export "trimtab:policy/policy@0.1.0#describe") (result i32)
                {name} {version} {layout} {migrates_from} {signals} {names} (i32.const 3072))
            (func (export "trimtab:policy/policy@0.1.0#prepare") (param i32 i32) (result i32) {prepare})
            (func $evaluate (export "trimtab:policy/policy@0.1.0#evaluate") (param i32) (result i32) {evaluate})
            (func (export "trimtab:policy/policy@0.1.0#migrate") (param i32 i32 i32 i32 i32 i32) (result i32) {migrate})
            {extra})"#,
            name = text(3072, 528, 10),
            version = text(3080, 560, 5),
            // summary at 24-4: empty; config-schema: none.
            layout = text(3108, 544, 12),
            migrates_from = text(3116, 3200, 1),
            signals = text(3124, 3200, 1),
            names = text(3200, 520, 4),
        )
    }
}

/// Stores a text or list: its address and length at `to`.
pub fn text(to: u32, address: u32, length: u32) -> String {
    format!("{} {}", word(to, address), word(to + 4, length))
}

/// Stores 32 bits.
pub fn word(to: u32, value: u32) -> String {
    format!("(i32.store (i32.const {to}) (i32.const {}))", value.cast_signed())
}

/// Stores 8 bits.
pub fn byte(to: u32, value: u8) -> String {
    format!("(i32.store8 (i32.const {to}) (i32.const {value}))")
}

/// Wraps a core module as a component of the world `scaling-policy`.
pub fn encode(module: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let wit = above.find_map(|folder| folder.join("wit/policy.wit").is_file().then(|| folder.join("wit"))).unwrap();
    let (package, _) = resolve.push_path(wit).unwrap();
    let world = resolve.select_world(&[package], Some("scaling-policy")).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}
