//! What the host decides about the sandbox.

use std::path::PathBuf;
use std::time::Duration;

/// How to set up a [`Runtime`](crate::Runtime).
#[derive(Clone, Debug)]
pub struct RuntimeSettings {
    /// Threads that evaluate.
    pub workers: usize,
    /// Folder of the compiled code of policies seen before, and of the key that authenticates it.
    /// It belongs to this user alone. `None`: nothing is kept.
    pub cache_dir: Option<PathBuf>,
    /// Where policies are compiled.
    pub compiler: Compiler,
    /// What a policy may use up.
    pub limits: Limits,
}

impl Default for RuntimeSettings {
    /// Two threads, no cache, compiling in this process: for tests and benchmarks.
    fn default() -> Self {
        Self { workers: 2, cache_dir: None, compiler: Compiler::InProcess, limits: Limits::default() }
    }
}

/// Where policies are compiled.
#[derive(Clone, Debug)]
pub enum Compiler {
    /// Here. A hostile component can use up the processor and memory of this process: for tests only.
    InProcess,
    /// In a limited child process that calls [`compile_worker_main`](crate::compile_worker_main).
    Child {
        /// The program; usually this one.
        program: PathBuf,
        /// Its arguments, for example a hidden verb.
        args: Vec<String>,
    },
}

impl Compiler {
    /// This very program with one argument, even if its file was replaced since it started.
    pub fn this_program(verb: &str) -> Self {
        Self::Child { program: "/proc/self/exe".into(), args: vec![verb.to_owned()] }
    }
}

/// What a policy may use up: per call, if nothing else is said.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Fuel, about one unit for an instruction; a call of the host costs more (`sandbox/fuel.rs`).
    pub fuel: u64,
    /// Wall-clock time: the backstop behind the fuel.
    pub deadline: Duration,
    /// Linear memories, summed; at most [`Limits::MOST_MEMORY_BYTES`].
    pub memory_bytes: usize,
    /// Table elements, summed.
    pub table_elements: usize,
    /// Live handles to things of the host.
    pub handles: usize,
    /// The component itself.
    pub component_bytes: usize,
    /// Functions in all modules of a component.
    pub component_functions: u64,
    /// Code in all modules of a component.
    pub component_code_bytes: u64,
    /// Instances that a component makes of its modules and components, expanded.
    pub component_instances: u64,
    /// Modules of a component with a start function.
    pub component_starts: u64,
    /// State that a policy may keep.
    pub state_bytes: usize,
    /// Reason of a verdict, and message of a failure.
    pub reason_bytes: usize,
    /// Log lines that are kept.
    pub log_lines: usize,
    /// Bytes of all log lines that are kept.
    pub log_bytes: usize,
    /// Bytes of one log line.
    pub log_line_bytes: usize,
    /// Attributes of a verdict or descriptor.
    pub attributes: usize,
    /// Inputs that `prepare` may ask for.
    pub inputs: usize,
    /// How far back an input may reach.
    pub window: Duration,
    /// Wall-clock time of a compilation in a child process.
    pub compile_wall: Duration,
}

impl Limits {
    /// Address space that is set aside for each linear memory.
    pub const MOST_MEMORY_BYTES: usize = 64 << 20;

    /// Bytes that one call may move from the policy to the host: a state and the rest of a verdict.
    pub(crate) fn transfer_bytes(&self) -> usize {
        self.state_bytes.saturating_add(256 << 10)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 2_000_000_000,
            deadline: Duration::from_secs(2),
            memory_bytes: Self::MOST_MEMORY_BYTES,
            table_elements: 100_000,
            handles: 1_000,
            component_bytes: 64 << 20,
            component_functions: 100_000,
            component_code_bytes: 32 << 20,
            component_instances: 256,
            component_starts: 1,
            state_bytes: 64 << 10,
            reason_bytes: 1 << 10,
            log_lines: 100,
            log_bytes: 16 << 10,
            log_line_bytes: 1 << 10,
            attributes: 64,
            inputs: 64,
            window: Duration::from_hours(24 * 7),
            compile_wall: Duration::from_mins(2),
        }
    }
}
