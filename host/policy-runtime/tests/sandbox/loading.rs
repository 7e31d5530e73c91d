//! Files that are no policies, and what their owners are told.

use policy_runtime::{Limits, LoadError};

use crate::guest::{Guest, encode};
use crate::stage::{all_is_well, runtime, runtime_with};

fn refusal(bytes: &[u8]) -> LoadError {
    runtime().load(bytes).unwrap_err()
}

/// `bytes` are refused at `stage` as `label`, with all of `words` in the message.
fn refuses(bytes: &[u8], stage: &str, label: &str, words: &[&str]) {
    let error = refusal(bytes);
    let message = error.to_string();
    assert_eq!((error.stage(), error.label()), (stage, label), "{message}");
    for word in words {
        assert!(message.contains(word), "{message:?} does not say {word:?}");
    }
}

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

#[test]
fn what_is_no_component_is_told_what_it_is() {
    refuses(b"", "format", "empty", &["empty"]);
    refuses(b"(component)", "format", "text", &["text", "wasm-tools parse"]);
    refuses(b"hello w\xc3\xb6rld", "format", "text", &[]);
    refuses(&component("(module)"), "format", "core-module", &["core WebAssembly module", "wasm32-wasip2"]);
    refuses(&component("(component)"), "format", "empty-component", &["cut off"]);
    refuses(b"\x7fELF\x02\x01\x01", "format", "machine-code", &["machine code"]);
    refuses(&[0x89, b'P', b'N', b'G'], "format", "not-wasm", &["89 50 4e 47"]);
    let good = Guest::default().build();
    refuses(&good[..good.len() / 2], "scan", "damaged", &["cut off"]);
    refuses(&[&good[..], &[0xff; 100]].concat(), "scan", "damaged", &[]);
    all_is_well(runtime());
}

#[test]
fn a_file_that_is_too_large_is_not_even_read() {
    let runtime = runtime_with(Limits { component_bytes: 100, ..Limits::default() });
    let error = runtime.load(&Guest::default().build()).unwrap_err();
    assert_eq!(error.stage(), "size", "{error}");
}

#[test]
fn a_file_is_read_up_to_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("policy.wasm");
    let error = runtime().read(&path).unwrap_err();
    assert_eq!(error.stage(), "read");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    std::fs::write(&path, [0; 101]).unwrap();
    let short = runtime_with(Limits { component_bytes: 100, ..Limits::default() });
    assert_eq!(short.read(&path).unwrap_err().stage(), "size");
    assert_eq!(runtime().read(&path).unwrap().len(), 101);
}

#[test]
fn imports_are_allowed_by_name() {
    let sockets = component(
        r#"(component (import "wasi:sockets/tcp@0.2.6" (instance (export "tcp-socket" (type (sub resource))))))"#,
    );
    refuses(&sockets, "imports", "forbidden-import", &["wasi:sockets/tcp@0.2.6", "--stub-wasi", "std::net"]);
    let http =
        component(r#"(component (import "wasi:http/types@0.2.0" (instance (export "fields" (type (sub resource))))))"#);
    refuses(&http, "imports", "forbidden-import", &["wasi:http/types@0.2.0", "--disable http"]);
    let unknown = component(r#"(component (import "evil:host/exec@1.0.0" (instance (export "run" (func)))))"#);
    refuses(&unknown, "imports", "unknown-import", &["evil:host/exec@1.0.0", "wasi:cli/stdout"]);
    let newer = component(r#"(component (import "wasi:cli/stdout@0.3.0" (instance)))"#);
    refuses(&newer, "imports", "import-version", &["wasi:cli/stdout@0.3.0", "0.2"]);
    let draft = component(r#"(component (import "wasi:cli/stdout@0.2.0-rc-2023-12-05" (instance)))"#);
    refuses(&draft, "imports", "import-version", &[]);
}

#[test]
fn exports_are_those_of_a_known_contract() {
    let other = component(r#"(component (instance $i) (export "acme:door/door@1.0.0" (instance $i)))"#);
    refuses(&other, "world", "no-policy", &["acme:door/door@1.0.0", "scaling-policy"]);
    for version in ["0.2.0", "0.1.0-rc.1", "1.0.0"] {
        let name = format!("trimtab:policy/policy@{version}");
        let of_another_time = component(&format!(r#"(component (instance $i) (export "{name}" (instance $i)))"#));
        refuses(&of_another_time, "world", "contract-version", &[&name, "0.1.x"]);
    }
}

#[test]
fn functions_have_the_types_of_the_contract() {
    let empty = component(r#"(component (instance $i) (export "trimtab:policy/policy@0.1.0" (instance $i)))"#);
    refuses(&empty, "types", "types", &["describe"]);
    let wrong = component(
        r#"(component
            (core module $m (func (export "f"))) (core instance $c (instantiate $m))
            (func $f (canon lift (core func $c "f")))
            (instance $i (export "describe" (func $f)) (export "prepare" (func $f))
                (export "evaluate" (func $f)) (export "migrate" (func $f)))
            (export "trimtab:policy/policy@0.1.0" (instance $i)))"#,
    );
    refuses(&wrong, "types", "types", &["describe: ", "expected 1-tuple, found 0-tuple"]);
}

#[test]
fn imports_have_the_types_of_the_host() {
    let wrong = component(
        r#"(component
            (import "trimtab:policy/log@0.1.0" (instance (export "write" (func (param "x" string)))))
            (instance $i) (export "trimtab:policy/policy@0.1.0" (instance $i)))"#,
    );
    refuses(&wrong, "link", "link", &["trimtab:policy/log@0.1.0"]);
}

/// Each level instantiates the one before it twice.
fn doubling(levels: usize) -> Vec<u8> {
    let mut text = "(component $c0 (core module $m) (core instance (instantiate $m)))".to_owned();
    for level in 1..=levels {
        let inner = level - 1;
        text = format!(
            "(component $c{level} {text} (instance (instantiate $c{inner})) (instance (instantiate $c{inner})))"
        );
    }
    component(&format!("(component {text} (instance (instantiate $c{levels})))"))
}

#[test]
fn a_component_that_explodes_is_not_compiled() {
    let began = std::time::Instant::now();
    refuses(&doubling(60), "scan", "too-many", &["instances"]);
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
    // Few enough: it gets on to the next stage.
    refuses(&doubling(3), "world", "no-policy", &[]);
}

#[test]
fn components_as_values_are_not_followed() {
    let imports = component(r#"(component (component (import "c" (component))))"#);
    refuses(&imports, "scan", "unfathomable", &["imports a component"]);
    let takes = component(
        r#"(component (component $a (component $b) (export "b" (component $b))) (instance $i (instantiate $a))
            (alias export $i "b" (component $c)))"#,
    );
    refuses(&takes, "scan", "unfathomable", &["out of an instance"]);
}

#[test]
fn counts_are_limited() {
    let limits = Limits { component_functions: 3, ..Limits::default() };
    let error = runtime_with(limits).load(&Guest::default().build()).unwrap_err();
    assert!(error.to_string().contains("functions; expected at most 3"), "{error}");
    let starts = component("(component (core module (func $f) (start $f)) (core module (func $f) (start $f)))");
    refuses(&starts, "scan", "too-many", &["start functions"]);
}

#[test]
fn what_the_engine_has_switched_off_does_not_compile() {
    for extra in [
        "(memory 1000)",
        "(memory i64 1)",
        "(memory 1 2 shared)",
        "(tag $x)",
        "(type (struct))",
        "(global v128 (v128.const i64x2 0 0))",
        "(func (result i32) (return_call $evaluate (i32.const 0)))",
    ] {
        let guest = Guest { extra: extra.to_owned(), ..Guest::default() };
        refuses(&guest.build(), "compile", "compile", &[]);
    }
    let huge = Guest { memory: "65536", ..Guest::default() };
    refuses(&huge.build(), "compile", "compile", &["memory"]);
    all_is_well(runtime());
}

/// A policy that describes itself with this.
fn describing(body: &str) -> Vec<u8> {
    encode(&format!(
        r#"(module (memory (export "memory") 2) (global $n (mut i32) (i32.const 0))
            (data (i32.const 512) "x/y_____1.2.3___BAD_")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func (export "trimtab:policy/policy@0.1.0#describe") (result i32) {body} (i32.const 3072))
            (func (export "trimtab:policy/policy@0.1.0#prepare") (param i32 i32) (result i32) (i32.const 1024))
            (func (export "trimtab:policy/policy@0.1.0#evaluate") (param i32) (result i32) (i32.const 1024))
            (func (export "trimtab:policy/policy@0.1.0#migrate") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 1024)))"#
    ))
}

#[test]
fn a_descriptor_is_checked() {
    use crate::guest::{text, word};
    let named = [text(3072, 512, 3), text(3080, 520, 5)].join(" ");
    assert!(runtime().load(&describing(&named)).is_ok());
    refuses(&describing(""), "describe", "descriptor", &["name has 0 bytes"]);
    refuses(&describing(&text(3072, 512, 3)), "describe", "descriptor", &["version"]);
    let unversioned = [text(3072, 512, 3), text(3080, 512, 3)].join(" ");
    refuses(&describing(&unversioned), "describe", "descriptor", &["SemVer"]);
    let shouting = [named, text(3124, 3200, 1), text(3200, 528, 3)].join(" ");
    refuses(&describing(&shouting), "describe", "descriptor", &["\"BAD\"", "[a-z][a-z0-9_]*"]);
    refuses(&describing("unreachable"), "describe", "describe", &["trap", "unreachable"]);
    let malformed = word(3096, 9);
    refuses(&describing(&malformed), "describe", "describe", &["malformed"]);
}
