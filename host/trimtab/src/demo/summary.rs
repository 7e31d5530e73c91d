//! What it all came to, and where to go next.

use std::cmp::Reverse;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::config::{MAX, MIN};
use super::queue::book::Counters;
use super::queue::ledger::{Ledger, Spread};
use super::tally::{Given, Tally};

/// What it all came to. Shown with `Display`.
pub struct Summary {
    /// Added up while it ran.
    pub tally: Tally,
    /// The queue at the end.
    pub queue: Counters,
    /// Every job.
    pub ledger: Ledger,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tally, queue, .. } = self;
        let (ups, downs) = tally.changes();
        writeln!(f, "After {:.0} s: {} of {} jobs done", tally.elapsed().as_secs_f64(), queue.done, queue.queued)?;
        writeln!(f, "  size: {ups} times up, {downs} times down, at most {} replicas", tally.peak())?;
        if queue.put_back > 0 {
            writeln!(f, "  jobs put back, since their worker was lost: {}", queue.put_back)?;
        }
        self.sizes(f)?;
        self.reasons(f)
    }
}

impl Summary {
    /// The run beside what a fixed size would have made of the same jobs.
    fn sizes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = |size: u32| self.tally.elapsed().as_secs_f64() * f64::from(size);
        writeln!(f, "\n  size              replica-seconds     waited: p50      p95      max")?;
        row(f, "as it went", self.tally.replica_seconds(), self.ledger.waits())?;
        row(f, &format!("always {MIN} *"), fixed(MIN), self.ledger.waits_with(MIN))?;
        row(f, &format!("always {MAX} *"), fixed(MAX), self.ledger.waits_with(MAX))?;
        writeln!(f, "  * computed from the same jobs, first come, first served")
    }

    fn reasons(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n  decisions by reason (one may have several), and what was said the last time")?;
        let mut reasons: Vec<_> = self.tally.decisions().iter().collect();
        reasons.sort_by_key(|(_, given)| Reverse(given.times));
        for (kind, Given { times, example }) in reasons {
            writeln!(f, "  {times:>6}  {:<20}  {example}", kind.label())?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, replica_seconds: f64, waits: Spread) -> fmt::Result {
    let Spread { p50, p95, max } = waits;
    let [p50, p95, max] = [p50, p95, max].map(seconds);
    writeln!(f, "  {name:<16}  {replica_seconds:>15.0}          {p50:>7}  {p95:>7}  {max:>7}")
}

fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}

/// Where to go next. Shown with `Display`.
pub struct NextSteps {
    /// The program, as it was called.
    pub program: String,
    /// If it goes on running: its config, and where it answers.
    pub kept: Option<Kept>,
}

/// A demo that goes on running.
pub struct Kept {
    /// Its config file.
    pub config: PathBuf,
    /// Where its queue is.
    pub queue: String,
    /// Where the host answers.
    pub http: Option<SocketAddr>,
}

impl fmt::Display for NextSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = &self.program;
        writeln!(f, "Where to go next")?;
        let Some(Kept { config, queue, http }) = &self.kept else {
            step(f, format!("{program} demo --keep"), "leaves it running, to be looked at")?;
            step(f, "cat examples/quick-start/README.md", "a config of your own: Redis or Prometheus")?;
            return step(f, format!("{program} policy eval --help"), "what a policy says to what it is shown");
        };
        let config = config.display();
        step(f, format!("{program} explain work --config {config}"), "why the size is what it is")?;
        if let Some(http) = http {
            step(f, format!("curl http://{http}/metrics"), "what a Prometheus would scrape")?;
        }
        step(f, format!("curl {queue}/metrics"), "what the host sees of the queue")?;
        writeln!(f, "It goes on, the load rising and falling, until Ctrl-C.")
    }
}

fn step(f: &mut fmt::Formatter<'_>, command: impl AsRef<str>, what: &str) -> fmt::Result {
    writeln!(f, "  {}\n      {what}", command.as_ref())
}
