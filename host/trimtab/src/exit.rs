//! Exit codes, after sysexits(3), so that a script can tell what happened.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Ok,
    /// Something was asked and refused, or came out otherwise than wanted.
    Failed,
    /// Ctrl-C.
    Interrupted,
    /// A component or a line of input is unusable (EX_DATAERR).
    BadData,
    /// A file or a target that was named is not there (EX_NOINPUT).
    NotThere,
    /// The daemon can't be reached, or can't start (EX_UNAVAILABLE).
    Unavailable,
    /// A fault of the program itself (EX_SOFTWARE).
    Fault,
    /// Not allowed (EX_NOPERM).
    NotAllowed,
    /// The config is wrong (EX_CONFIG).
    BadConfig,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Failed => 1,
            Exit::Interrupted => 130,
            Exit::BadData => 65,
            Exit::NotThere => 66,
            Exit::Unavailable => 69,
            Exit::Fault => 70,
            Exit::NotAllowed => 77,
            Exit::BadConfig => 78,
        })
    }
}
