//! One picture of the demo: all that the screen and the lines show, as plain data.

use std::fmt;
use std::time::Duration;

use scaling_core::controller::told;
use scaling_core::reason::Reason;

/// All that is shown at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// How long the demo will take.
    pub length: Duration,
    /// How it is now.
    pub now: Moment,
    /// From the start until now, four a second.
    pub moments: Vec<Moment>,
    /// Decisions worth telling, oldest first.
    pub notes: Vec<Note>,
    /// Jobs done so far.
    pub done: u64,
    /// What is wrong right now: a failed policy, an unreadable backend.
    pub trouble: Option<String>,
    /// Where the host answers, and from which seed the load is.
    pub footer: String,
}

/// How it was at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Since the start.
    pub at: Duration,
    /// Jobs that come per second.
    pub load: f64,
    /// Jobs that nobody has taken.
    pub waiting: u32,
    /// Jobs in the hands of workers.
    pub running: u32,
    /// Replicas that work.
    pub ready: u32,
    /// The size that the host steers to.
    pub desired: u32,
}

/// A decision worth telling: the size changed, or a guardrail stopped it for another reason than before.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Since the start.
    pub at: Duration,
    /// The size before.
    pub from: u32,
    /// The size after.
    pub to: u32,
    /// Each step on the way.
    pub reasons: Vec<Reason>,
}

impl Note {
    /// `4 -> 6`, or `4` if it stayed.
    pub fn step(&self) -> String {
        if self.from == self.to { format!("{:>2}", self.to) } else { format!("{:>2} -> {}", self.from, self.to) }
    }

    /// The reasons in one line.
    pub fn told(&self) -> String {
        told(&self.reasons)
    }
}

/// Minutes and seconds.
pub struct Clockwise(pub Duration);

impl fmt::Display for Clockwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        write!(f, "{}:{:02}", seconds / 60, seconds % 60)
    }
}
