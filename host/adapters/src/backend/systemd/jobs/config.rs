//! The table `[target.T.backend.systemd.jobs]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// An answer is believed for three rounds, and for this long at least.
const SHORTEST_BELIEF: Duration = Duration::from_secs(5);

/// Who tells how many jobs an instance has in hand. Exactly one of the kinds is given.
///
/// In the texts of `file`, `http`, `command` and `rq`, `{instance}` stands for the number of the instance and
/// `{host}` for the name of this machine; any other text in braces stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct JobsConfig {
    /// Between the starts of two rounds. Default 1s. Answers are believed for three rounds, at least for 5s.
    #[serde(default = "one_second")]
    pub every: Span,
    /// Longest that one answer may take. Default 2s. Reading files is not limited: a reading that hangs is waited
    /// for, and meanwhile nothing is known.
    #[serde(default = "two_seconds")]
    pub timeout: Span,
    /// A file of each instance.
    #[serde(default)]
    pub file: Option<FileJobs>,
    /// An address of each instance.
    #[serde(default)]
    pub http: Option<HttpJobs>,
    /// A command, run for each instance.
    #[serde(default)]
    pub command: Option<CommandJobs>,
    /// The running tasks of a Karton identity.
    #[serde(default)]
    pub karton: Option<KartonJobs>,
    /// What the workers of RQ say of themselves.
    #[serde(default)]
    pub rq: Option<RqJobs>,
}

/// A file with a number, or a JSON object with a number `jobs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileJobs {
    /// Absolute, with `{instance}` in it.
    pub path: String,
}

/// An address that answers with a number, or a JSON object with a number `jobs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HttpJobs {
    /// With `{instance}` in it. No proxy is used, no redirect is followed.
    pub url: String,
}

/// A command that prints a number, or a JSON object with a number `jobs`, and exits with 0.
///
/// It runs as the user of the host, in a process group of its own that is killed at `timeout`, with a small
/// environment and no input. At most four run at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CommandJobs {
    /// Program (its absolute path) and arguments, with `{instance}` in one of them. Not a shell line.
    pub run: Vec<String>,
}

/// The running (`Started`) tasks of a Karton identity.
///
/// Karton does not record who has a task. If the workers do, at a key for each task, `instance-key` says where.
/// As long as a task runs of which it can't be told, every instance that has none is unknown; if no task runs,
/// all have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KartonJobs {
    /// Name of a `[source.NAME.redis]`.
    pub source: String,
    /// The identity, such as `karton.drakrun-prod`.
    pub identity: String,
    /// The key at which the number of the instance stands that has a task. `{task}` stands for the name of the
    /// task (`{ROOT}:UID` since Karton 5.4, before that `UID`), `{root}` for that of the analysis. The number says
    /// nothing of the machine: an instance counts as busy if another machine has a task in one of that number.
    #[serde(default)]
    pub instance_key: Option<String>,
    /// A task that runs longer than this, and of which it can't be told who has it, is taken for an orphan: one
    /// whose consumer was killed. Without it such a task keeps instances unknown until karton-system removes it
    /// (24 hours). Give more than the longest task can take: a longer one is not seen.
    #[serde(default)]
    pub started_timeout: Option<Span>,
}

/// What the workers of RQ say of themselves, at `rq:worker:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RqJobs {
    /// Name of a `[source.NAME.redis]`.
    pub source: String,
    /// Name of the worker of an instance, with `{instance}` in it: `drakrun-worker@{host}:vm-{instance}`.
    pub worker: String,
}

/// The one kind that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    File(&'a FileJobs),
    Http(&'a HttpJobs),
    Command(&'a CommandJobs),
    Karton(&'a KartonJobs),
    Rq(&'a RqJobs),
}

impl JobsConfig {
    /// Name of the source that it needs.
    pub fn source(&self) -> Option<&str> {
        match self.kind().ok()? {
            Kind::Karton(it) => Some(&it.source),
            Kind::Rq(it) => Some(&it.source),
            Kind::File(_) | Kind::Http(_) | Kind::Command(_) => None,
        }
    }

    /// How long an answer is believed.
    pub(super) fn longest_age(&self) -> Duration {
        self.every.get().saturating_mul(3).max(SHORTEST_BELIEF)
    }

    /// The one kind, or what is wrong instead.
    pub(super) fn kind(&self) -> Result<Kind<'_>, String> {
        let mut kinds: Vec<Kind<'_>> = Vec::new();
        kinds.extend(self.file.iter().map(Kind::File));
        kinds.extend(self.http.iter().map(Kind::Http));
        kinds.extend(self.command.iter().map(Kind::Command));
        kinds.extend(self.karton.iter().map(Kind::Karton));
        kinds.extend(self.rq.iter().map(Kind::Rq));
        let count = kinds.len();
        let wrong = || format!("exactly one of file, http, command, karton and rq is expected, not {count}");
        kinds.pop().filter(|_| count == 1).ok_or_else(wrong)
    }
}

fn one_second() -> Span {
    Span::seconds(1)
}

fn two_seconds() -> Span {
    Span::seconds(2)
}
