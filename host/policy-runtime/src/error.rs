//! How setting up, loading and preparing may fail.

use std::io;
use std::path::PathBuf;

use scaling_core::failure::PolicyFailure;
use scaling_core::verdict::ConfigIssue;
use thiserror::Error;

/// Why there is no sandbox at all.
#[derive(Debug, Error)]
pub enum RuntimeError {
    /// The engine refused its settings, or the machine lacks what it needs.
    #[error("failed to set up the policy engine: {0}")]
    Engine(String),
    /// No thread to be had.
    #[error("failed to start a policy thread")]
    Thread(#[source] io::Error),
    /// More than a slot of the pool can hold.
    #[error("policy memory limit is {asked} bytes; expected at most {most}")]
    Memory {
        /// As configured.
        asked: usize,
        /// What a slot holds.
        most: usize,
    },
}

/// Why a component can't be used as a policy.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file can't be read.
    #[error("failed to read the component {}", path.display())]
    Read {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is too big.
    #[error(
        "the component has {bytes} bytes; expected at most {limit}. Build it with optimisation and without debug info (Rust: strip = true)"
    )]
    TooLarge {
        /// Of the file.
        bytes: usize,
        /// Allowed.
        limit: usize,
    },

    /// Nothing in it.
    #[error("the file is empty; expected a WebAssembly component")]
    Empty,
    /// WebAssembly text, or any other text.
    #[error("the file is text; expected a binary WebAssembly component. Text is converted by `wasm-tools parse`")]
    Text,
    /// A plain module.
    #[error(
        "the file is a core WebAssembly module; expected a component. Rust: build for wasm32-wasip2 \
         (not wasm32-unknown-unknown or wasm32-wasip1); else wrap it by `wasm-tools component new`"
    )]
    CoreModule,
    /// Machine code.
    #[error(
        "the file is machine code (an ELF file, perhaps precompiled wasm); expected a WebAssembly component: the host compiles it itself"
    )]
    MachineCode,
    /// Something else.
    #[error("the file starts with bytes {start}; expected a WebAssembly component (00 61 73 6d 0d 00 01 00)")]
    NotWasm {
        /// First bytes, in hexadecimal.
        start: String,
    },
    /// A header and nothing behind it.
    #[error("the component is empty; expected one that exports trimtab:policy/policy. Was the file cut off?")]
    EmptyComponent,

    /// The binary can't be read.
    #[error("the component is damaged at byte {offset}: {message}. Was the file cut off or altered?")]
    Damaged {
        /// Where.
        offset: u64,
        /// What is wrong there.
        message: String,
    },
    /// It would take too long to compile.
    #[error("the component has {found} {what}; expected at most {limit}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there are, at least.
        found: u64,
        /// Allowed.
        limit: u64,
    },
    /// It plays with components as values, which no toolchain does.
    #[error("the component {what}, so its size can't be told in advance; expected a component as toolchains make them")]
    Unfathomable {
        /// What it does.
        what: &'static str,
    },

    /// A known interface that gives access to the world.
    #[error("the component imports {name}; a policy may not reach {reaches}. {mend}")]
    ForbiddenImport {
        /// As in the component.
        name: String,
        /// What it would give access to.
        reaches: &'static str,
        /// What to do about it.
        mend: &'static str,
    },
    /// An interface nobody here knows.
    #[error(
        "the component imports {name}, which this host does not know; expected trimtab:policy/log and the harmless part of WASI 0.2 ({offered})"
    )]
    UnknownImport {
        /// As in the component.
        name: String,
        /// What there is.
        offered: String,
    },
    /// A known interface in a version that is not there.
    #[error(
        "the component imports {name}; this host offers {offered}. Build it with a toolchain or SDK of that version"
    )]
    ImportVersion {
        /// As in the component.
        name: String,
        /// The version there is.
        offered: &'static str,
    },

    /// Not a policy.
    #[error(
        "the component does not export trimtab:policy/policy; it exports {found}. Is it built for the world `scaling-policy`?"
    )]
    NoPolicy {
        /// Names of its exports.
        found: String,
    },
    /// A policy of another time.
    #[error(
        "the component speaks {found}; this host knows {known}. Build it against one of these, or upgrade the host"
    )]
    ContractVersion {
        /// As in the component.
        found: String,
        /// Versions of the contract.
        known: &'static str,
    },

    /// Functions are missing or of other types.
    #[error("the component's exports do not have the types of the contract: {message}")]
    Types {
        /// What is wrong.
        message: String,
    },

    /// It is not valid, or the compiler refused it.
    #[error("failed to compile the component: {message}")]
    Compile {
        /// What the compiler said.
        message: String,
    },
    /// Compiling it took more than is allowed.
    #[error("compiling the component took more than {limit}; the compiler was stopped. Make the component smaller")]
    CompileLimit {
        /// Which limit.
        limit: String,
    },
    /// The compiler process itself could not work.
    #[error("failed to run the policy compiler {program}")]
    Compiler {
        /// Path of the program.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },

    /// An import does not have the type that the host gives it.
    #[error("the component's imports do not fit this host: {message}")]
    Link {
        /// What is wrong.
        message: String,
    },

    /// It failed when asked who it is.
    #[error("the policy failed to describe itself: {0}")]
    Describe(PolicyFailure),
    /// It is not the same twice.
    #[error(
        "the policy described itself differently when asked twice (first as {first}, then as {second}); expected a constant"
    )]
    DescribeDiffers {
        /// Name and version, first time.
        first: String,
        /// Name and version, second time.
        second: String,
    },
    /// It said something that can't be.
    #[error("the policy's descriptor is wrong: {message}")]
    Descriptor {
        /// Which field, what was found and what was expected.
        message: String,
    },
}

impl LoadError {
    /// How far loading came: a metric label.
    pub fn stage(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::TooLarge { .. } => "size",
            Self::Empty
            | Self::Text
            | Self::CoreModule
            | Self::MachineCode
            | Self::NotWasm { .. }
            | Self::EmptyComponent => "format",
            Self::Damaged { .. } | Self::TooMany { .. } | Self::Unfathomable { .. } => "scan",
            Self::ForbiddenImport { .. } | Self::UnknownImport { .. } | Self::ImportVersion { .. } => "imports",
            Self::NoPolicy { .. } | Self::ContractVersion { .. } => "world",
            Self::Types { .. } => "types",
            Self::Compile { .. } | Self::CompileLimit { .. } | Self::Compiler { .. } => "compile",
            Self::Link { .. } => "link",
            Self::Describe(_) | Self::DescribeDiffers { .. } | Self::Descriptor { .. } => "describe",
        }
    }

    /// Which error it is: a metric label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::TooLarge { .. } => "too-large",
            Self::Empty => "empty",
            Self::Text => "text",
            Self::CoreModule => "core-module",
            Self::MachineCode => "machine-code",
            Self::NotWasm { .. } => "not-wasm",
            Self::EmptyComponent => "empty-component",
            Self::Damaged { .. } => "damaged",
            Self::TooMany { .. } => "too-many",
            Self::Unfathomable { .. } => "unfathomable",
            Self::ForbiddenImport { .. } => "forbidden-import",
            Self::UnknownImport { .. } => "unknown-import",
            Self::ImportVersion { .. } => "import-version",
            Self::NoPolicy { .. } => "no-policy",
            Self::ContractVersion { .. } => "contract-version",
            Self::Types { .. } => "types",
            Self::Compile { .. } => "compile",
            Self::CompileLimit { .. } => "compile-limit",
            Self::Compiler { .. } => "compiler",
            Self::Link { .. } => "link",
            Self::Describe(_) => "describe",
            Self::DescribeDiffers { .. } => "describe-differs",
            Self::Descriptor { .. } => "descriptor",
        }
    }
}

/// Why a config can't be used with a policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PrepareError {
    /// The policy finds fault with the config.
    #[error("the policy refused its config: {}", list(.0))]
    Issues(Vec<ConfigIssue>),
    /// The policy failed when asked, or asked for what can't be.
    #[error("the policy failed to check its config: {0}")]
    Failed(PolicyFailure),
}

fn list(issues: &[ConfigIssue]) -> String {
    let lines: Vec<String> = issues.iter().map(|issue| format!("{}: {}", issue.pointer, issue.message)).collect();
    lines.join("; ")
}
