//! `trimtab policy eval`: observations in, one a line; verdicts out, one a line; the state carried on.
//!
//! What a line may leave out is told in [`contract_json::EvalLine`]. The answers, flushed one by one:
//!
//! - `{"verdict": {..}, "fuel": n}`
//! - `{"failure": {"kind": .., "message": ..}, "fuel": n}`: the state and the size stay as they were.
//! - `{"error": {"kind": .., "message": ..}}`: the policy was not asked, and it goes on with the next line.
//!   Kinds: `line` (with `pointer`: the line can't be read; nothing of it counts), `config` (the policy
//!   refused it; with `issues`; the config before stays), `required-absent` (a required input has no
//!   samples: the host would hold without calling; time goes on). At the start also `component` and
//!   `config-file`, and then it is over.
//!
//! The exit code is 0 if every line was answered, failures among them; 65 if a line was answered by an error or
//! the component can't be used; 78 if the config can't be used. Blank lines are skipped. What the policy logs, and what was left out of a verdict, goes to standard error.

mod answer;
mod config_file;
mod session;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use policy_runtime::{Compiler, Evaluated, Limits, Policy, Runtime, RuntimeSettings};

pub use answer::{Answer, EvalError};
pub use session::{Evaluator, Session};

use crate::causes::with_causes;
use crate::exit::Exit;
use crate::house::COMPILE_WORKER;

/// Reads observations, writes verdicts. `component`: a path or `builtin:NAME`; `config`: a JSON or TOML file.
pub async fn run(component: &str, config: Option<&Path>) -> Exit {
    let (component, config) = (component.to_owned(), config.map(Path::to_owned));
    // Everything here waits for somebody else to write or read: a thread of its own.
    let work = tokio::task::spawn_blocking(move || on_standard_streams(&component, config.as_deref()));
    work.await.unwrap_or(Exit::Fault)
}

fn on_standard_streams(component: &str, config: Option<&Path>) -> Exit {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("trimtab: {}", with_causes(&error));
            return Exit::Fault;
        }
    };
    let (input, output, diagnostics) = (io::stdin().lock(), io::stdout().lock(), io::stderr());
    match evaluate(&runtime, component, config, input, output, diagnostics) {
        Ok(exit) => exit,
        // Whoever read the answers has had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Ok,
        Err(error) => {
            eprintln!("trimtab: failed to pass on observations and verdicts: {error}");
            Exit::Failed
        }
    }
}

/// The sandbox as `serve` has it by default, with a cache of the user's own.
fn runtime() -> Result<Runtime, policy_runtime::RuntimeError> {
    let program = std::env::current_exe().unwrap_or_else(|_| "trimtab".into());
    Runtime::new(RuntimeSettings {
        workers: 1,
        cache_dir: cache_dir(),
        compiler: Compiler::Child { program, args: vec![COMPILE_WORKER.to_owned()] },
        limits: Limits::default(),
    })
}

/// As the XDG base directory specification has it; none for a user without a home.
fn cache_dir() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("trimtab"))
}

/// Answers every line of `input`.
///
/// # Errors
///
/// If `input` can't be read or an output can't be written.
pub fn evaluate(
    runtime: &Runtime,
    component: &str,
    config: Option<&Path>,
    input: impl BufRead,
    mut output: impl Write,
    diagnostics: impl Write,
) -> io::Result<Exit> {
    match open(runtime, component, config) {
        Ok(session) => answer_lines(session, input, output, diagnostics),
        Err(error) => {
            let exit = if error.kind == "component" { Exit::BadData } else { Exit::BadConfig };
            tell(&mut output, &Answer::Error(error))?;
            Ok(exit)
        }
    }
}

fn open(runtime: &Runtime, component: &str, config: Option<&Path>) -> Result<Session<Policy>, EvalError> {
    let config = config.map(config_file::read).transpose()?;
    let policy = load(runtime, component)?;
    Session::new(policy, config.as_ref())
}

fn load(runtime: &Runtime, component: &str) -> Result<Policy, EvalError> {
    let loaded = if let Some(name) = component.strip_prefix("builtin:") {
        runtime.load(bundled_policies::get(name).ok_or_else(|| unknown(name))?)
    } else {
        let unreadable = |error| EvalError::new("component", format!("failed to read {component}: {error}"));
        runtime.load(&std::fs::read(component).map_err(unreadable)?)
    };
    loaded.map_err(|error| EvalError::new("component", format!("{component}: {}", with_causes(&error))))
}

fn unknown(name: &str) -> EvalError {
    let known: Vec<String> = bundled_policies::names().iter().map(|name| format!("builtin:{name}")).collect();
    EvalError::new("component", format!("there is no builtin:{name}; there is {}", known.join(", ")))
}

/// Answers every line; each answer is flushed at once, so that whoever asks may wait for it.
pub fn answer_lines(
    mut session: Session<impl Evaluator>,
    mut input: impl BufRead,
    mut output: impl Write,
    mut diagnostics: impl Write,
) -> io::Result<Exit> {
    let (mut line, mut number, mut exit) = (Vec::new(), 0_u64, Exit::Ok);
    while input.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        if !line.trim_ascii().is_empty() {
            let answer = session.answer(&line);
            match &answer {
                Answer::Evaluated(evaluated) => diagnose(&mut diagnostics, number, evaluated)?,
                Answer::Error(_) => exit = Exit::BadData,
            }
            tell(&mut output, &answer)?;
        }
        line.clear();
    }
    Ok(exit)
}

fn tell(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let mut json = String::new();
    answer.encode(&mut json);
    json.push('\n');
    output.write_all(json.as_bytes())?;
    output.flush()
}

fn diagnose(diagnostics: &mut impl Write, line: u64, evaluated: &Evaluated) -> io::Result<()> {
    for log in &evaluated.log {
        // Untrusted text: no control characters reach the terminal.
        writeln!(diagnostics, "line {line}: {}: {}", log.level.label(), log.message.escape_debug())?;
    }
    for remark in &evaluated.remarks {
        writeln!(diagnostics, "line {line}: {remark}")?;
    }
    Ok(())
}
