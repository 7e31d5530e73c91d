//! Starts a worker.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use thiserror::Error;

use super::config::{Output, ProcessConfig};
use super::environment::{self, EnvironmentFileError};
use super::user::{self, RunAs, UserError};
use super::words::Words;
use super::worker::{SPAWN_VARIABLE, Worker};

/// Why a worker could not be started. Nothing runs.
#[derive(Debug, Error)]
pub enum SpawnError {
    /// The program can't be executed.
    #[error("{program:?} can't be started: {error}")]
    Execute {
        /// Its name.
        program: String,
        /// Why.
        error: io::Error,
    },
    /// A directory or file of the worker is not as it must be.
    #[error("{path}: {error}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It can't run as who it should.
    #[error(transparent)]
    User(#[from] UserError),
    /// Its environment file can't be used.
    #[error(transparent)]
    Environment(#[from] EnvironmentFileError),
    /// No program is configured.
    #[error("command is empty")]
    NoCommand,
}

/// Starts a worker, and takes hold of it. It outlives the host: a process group of its own, nothing of ours open.
pub fn spawn(config: &ProcessConfig, words: &Words, nonce: &str, log: &Path) -> Result<Worker, SpawnError> {
    let (program, arguments) = config.command.split_first().ok_or(SpawnError::NoCommand)?;
    let program = words.fill(program);
    let run_as = user::find(config.user.as_deref(), config.group.as_deref())?;
    make_runtime_dir(&words.runtime_dir, run_as.as_ref())?;

    let mut command = Command::new(&program);
    command.args(arguments.iter().map(|argument| words.fill(argument))).process_group(0).stdin(Stdio::null());
    set_environment(&mut command, config, words, run_as.as_ref())?;
    command.env(SPAWN_VARIABLE, nonce);
    set_output(&mut command, config, log)?;
    if let Some(dir) = &config.working_directory {
        fs::metadata(dir).map_err(|error| SpawnError::File { path: dir.clone(), error })?;
        command.current_dir(dir);
    }
    if let Some(run_as) = &run_as {
        command.uid(run_as.uid).gid(run_as.gid);
    }
    let child = command.spawn().map_err(|error| SpawnError::Execute { program: program.clone(), error })?;
    hold(child).map_err(|error| SpawnError::Execute { program, error })
}

/// One that can't be watched must not run.
fn hold(mut child: Child) -> io::Result<Worker> {
    Worker::of_child(child.id().cast_signed()).inspect_err(|_| {
        let _ = child.kill();
        let _ = child.wait();
    })
}

fn set_environment(
    command: &mut Command,
    config: &ProcessConfig,
    words: &Words,
    run_as: Option<&RunAs>,
) -> Result<(), SpawnError> {
    command.env_clear().envs(environment::passed(&config.pass_environment, run_as.is_some()));
    if let Some(RunAs { name, home, shell, .. }) = run_as {
        command.env("USER", name).env("LOGNAME", name).env("HOME", home).env("SHELL", shell);
    }
    if let Some(path) = &config.environment_file {
        command.envs(environment::read_file(path)?.0);
    }
    command.envs(config.environment.0.iter().map(|(name, value)| (name, words.fill(value))));
    command.envs(words.variables());
    Ok(())
}

fn set_output(command: &mut Command, config: &ProcessConfig, log: &Path) -> Result<(), SpawnError> {
    match config.output {
        Output::Inherit => {}
        Output::Null => {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
        Output::File => {
            let failed = |error| SpawnError::File { path: log.to_owned(), error };
            let file = open_log(log, config.max_output_bytes).map_err(failed)?;
            command.stdout(file.try_clone().map_err(failed)?).stderr(file);
        }
    }
    Ok(())
}

fn open_log(path: &Path, max_bytes: u64) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.len() > max_bytes) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// An empty one at every start: a file that says "ready" must not be an old one.
fn make_runtime_dir(path: &Path, run_as: Option<&RunAs>) -> Result<(), SpawnError> {
    let make = || {
        remove_runtime_dir(path)?;
        DirBuilder::new().mode(0o700).create(path)?;
        run_as.map_or(Ok(()), |run_as| chown(path, Some(run_as.uid), Some(run_as.gid)))
    };
    make().map_err(|error| SpawnError::File { path: path.to_owned(), error })
}

/// Removes what a worker left. That nothing is there is no error.
pub fn remove_runtime_dir(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where a program would be found: as the worker's own `PATH` has it, or in its working directory.
pub fn find_program(config: &ProcessConfig) -> Option<PathBuf> {
    let program = Path::new(config.command.first()?);
    if program.components().count() > 1 {
        let base = config.working_directory.clone().unwrap_or_default();
        return Some(base.join(program)).filter(|path| is_executable(path));
    }
    let own = config.environment.0.get("PATH").map(Into::into);
    let path = own.or_else(|| std::env::var_os("PATH"))?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}
