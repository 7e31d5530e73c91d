//! `trimtab policy eval`, on the command line: see [`super::policy_eval`].

use std::io::{stderr, stdin, stdout};
use std::path::Path;

use policy_runtime::{Compiler, Runtime, RuntimeSettings};

use super::client::complain;
use super::policy_eval::{self, Ended};
use crate::exit::Exit;
use crate::house::COMPILE_WORKER;

/// Reads observations from standard input, writes verdicts to standard output.
pub fn run(component: &str, config: Option<&Path>) -> Exit {
    let program = std::env::current_exe().unwrap_or_else(|_| "trimtab".into());
    let compiler = Compiler::Child { program, args: vec![COMPILE_WORKER.to_owned()] };
    let runtime = match Runtime::new(RuntimeSettings { workers: 1, compiler, ..RuntimeSettings::default() }) {
        Ok(runtime) => runtime,
        Err(error) => return complain(Exit::Fault, &error.to_string()),
    };
    match policy_eval::run(&runtime, component, config, stdin().lock(), stdout().lock(), stderr().lock()) {
        Ok(Ended::Answered) => Exit::Ok,
        Ok(Ended::Unusable) => Exit::BadData,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Ok,
        Err(error) => complain(Exit::Failed, &format!("can't read or write: {error}")),
    }
}
