//! What became of one replica since the order.

use scaling_core::units::Timestamp;

use crate::command::told::age;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It ran before and runs now.
    RanAlready,
    /// It is new and runs, so many milliseconds after the order.
    Started(u64),
    /// It was on its way out, and stays.
    TakenBack,
    /// It is new and does not answer as it should.
    Unhealthy,
    /// It is not up yet.
    Starting,
    /// It does not run.
    NotRunning(String),
    /// It did not start, and another took its place.
    GivenUp(String),
    /// It finishes what it has.
    Draining {
        /// Since when.
        since: Timestamp,
        /// What it has in hand, if that is known.
        jobs: Option<u32>,
        /// It should have ended by now.
        is_overdue: bool,
    },
    /// It could not be stopped.
    NotStopped(String),
    /// It is gone, so many milliseconds after it was asked to.
    Stopped(u64),
    /// It is gone, and not as it was asked to.
    Forced(String, u64),
}

impl Fate {
    /// Nothing more is to be waited for.
    pub fn is_settled(&self) -> bool {
        !matches!(self, Self::Starting | Self::Draining { .. })
    }

    /// It did not work.
    pub fn has_failed(&self) -> bool {
        matches!(self, Self::Unhealthy | Self::NotRunning(_) | Self::NotStopped(_) | Self::Forced(..))
    }

    /// In JSON.
    pub fn label(&self) -> &'static str {
        match self {
            Self::RanAlready => "ran-already",
            Self::Started(_) => "started",
            Self::TakenBack => "taken-back",
            Self::Unhealthy => "unhealthy",
            Self::Starting => "starting",
            Self::NotRunning(_) => "not-running",
            Self::GivenUp(_) => "given-up",
            Self::Draining { .. } => "draining",
            Self::NotStopped(_) => "not-stopped",
            Self::Stopped(_) => "stopped",
            Self::Forced(..) => "drain-timed-out",
        }
    }

    /// Why it failed.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::NotRunning(why) | Self::GivenUp(why) | Self::NotStopped(why) | Self::Forced(why, _) => Some(why),
            _ => None,
        }
    }

    /// How long it took, in milliseconds.
    pub fn took_ms(&self) -> Option<u64> {
        match self {
            Self::Started(took) | Self::Stopped(took) | Self::Forced(_, took) => Some(*took),
            _ => None,
        }
    }

    /// A sentence about `replica`.
    pub fn told(&self, replica: &str, now: Timestamp) -> String {
        match self {
            Self::RanAlready => format!("{replica} was running already"),
            Self::Started(took) => format!("{replica} started {}", after(*took)),
            Self::TakenBack => format!("{replica} was draining and stays"),
            Self::Unhealthy => format!("{replica} runs, and does not answer as it should"),
            Self::Starting => format!("{replica} is still starting"),
            Self::NotRunning(why) | Self::GivenUp(why) => about(replica, "does not run", why),
            Self::Draining { since, jobs, is_overdue } => {
                let late = if *is_overdue { ", longer than it should" } else { "" };
                format!("{replica} is still draining{}, for {}{late}", in_hand(*jobs), span(*since, now))
            }
            Self::NotStopped(why) => about(replica, "is still there", why),
            Self::Stopped(took) => format!("{replica} stopped {}", after(*took)),
            Self::Forced(why, took) => format!("{} ({})", about(replica, "drain timed out", why), after(*took)),
        }
    }

    /// In the progress line, if it is worth a word there. `now` is left out where a line must not change by itself.
    pub fn underway(&self, replica: &str, now: Option<Timestamp>) -> Option<String> {
        let Self::Draining { since, jobs, is_overdue } = self else { return None };
        let what = match jobs {
            Some(0) => " idle",
            Some(_) => " busy",
            None => "",
        };
        let late = if *is_overdue { " overdue" } else { "" };
        let long = now.map(|now| format!(" {}", span(*since, now))).unwrap_or_default();
        Some(format!("{replica}{what}{late}{long}"))
    }
}

/// The backend's sentence if it names the replica, one of ours with it otherwise.
fn about(replica: &str, what: &str, why: &str) -> String {
    if why.starts_with(replica) { why.to_owned() } else { format!("{replica} {what}: {why}") }
}

fn after(took_ms: u64) -> String {
    if took_ms < 1000 { "at once".to_owned() } else { format!("after {}", age(took_ms)) }
}

fn in_hand(jobs: Option<u32>) -> String {
    match jobs {
        Some(1) => " with 1 job in hand".to_owned(),
        Some(jobs) => format!(" with {jobs} jobs in hand"),
        None => String::new(),
    }
}

fn span(since: Timestamp, now: Timestamp) -> String {
    age(scaling_core::units::millis(now.since(since)))
}
