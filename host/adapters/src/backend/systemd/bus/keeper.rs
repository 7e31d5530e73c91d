//! The one task that keeps the connection and what is seen through it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::super::template::{Instance, Template};
use super::link::{Incoming, Link};
use super::look::Look;
use super::notes::Batch;
use super::outcome::BusError;
use super::sight::Sight;
use super::signals;
use super::state::State;

const FIRST_BACKOFF: Duration = Duration::from_millis(50);
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);
/// Signals that come within this time are looked at together.
const TOGETHER: Duration = Duration::from_millis(20);
/// All are listed so often, in case that a signal was missed.
const RELIST: Duration = Duration::from_secs(60);
/// A reload that nobody heard the end of is over by then.
const RELOADED: Duration = Duration::from_secs(5);
/// Whoever changes links usually has systemd read them at once; until then they are looked at one by one.
const FILES_WAIT: Duration = Duration::from_millis(500);

/// Connects, again and again, and looks. Ends when it is dropped.
pub async fn keep(state: Arc<State>) {
    let mut backoff = FIRST_BACKOFF;
    loop {
        let why = match Link::open(&state.address, state.timeout).await {
            Ok((link, incoming)) => {
                let began = Instant::now();
                let why = attend(&state, Arc::new(link), incoming).await;
                if began.elapsed() > LONGEST_BACKOFF {
                    backoff = FIRST_BACKOFF;
                }
                why
            }
            Err(error) => error,
        };
        tracing::debug!(bus = %state.address, %why, "no systemd");
        state.is_lost(&why);
        sleep(backoff).await;
        backoff = (backoff * 2).min(LONGEST_BACKOFF);
    }
}

/// Serves one connection; returns why it ended.
async fn attend(state: &State, link: Arc<Link>, incoming: Incoming) -> BusError {
    state.notes.take();
    state.is_up(&link);
    let reading = signals::read(incoming, &link.jobs, &state.notes, |unit| state.is_followed(unit));
    let watcher = Watcher { state, link: &link, due: Instant::now(), files_due: None };
    let why = tokio::select! {
        why = reading => why,
        why = watcher.run() => why,
    };
    state.is_lost(&why);
    link.give_up();
    why
}

/// Looks at what the notes say.
struct Watcher<'a> {
    state: &'a State,
    link: &'a Link,
    /// When all are listed next.
    due: Instant,
    /// When links that were changed and not read are looked at.
    files_due: Option<Instant>,
}

impl Watcher<'_> {
    async fn run(mut self) -> BusError {
        loop {
            let mut batch = self.next().await;
            let doubt = batch.doubt;
            if let Err(error) = self.look(&mut batch).await
                && let Some(why) = self.is_over(error, doubt).await
            {
                return why;
            }
        }
    }

    /// Waits for a note, or for the next listing.
    async fn next(&mut self) -> Batch {
        let wake = self.files_due.map_or(self.due, |files_due| files_due.min(self.due));
        if timeout_at(wake, self.state.notes.written()).await.is_ok() {
            sleep(TOGETHER).await;
        }
        self.state.notes.take()
    }

    async fn look(&mut self, batch: &mut Batch) -> Result<(), BusError> {
        if batch.reloading == Some(true) {
            self.reload_began();
            return Ok(());
        }
        if batch.reloading == Some(false) {
            batch.everything = true;
            self.files_due = None;
        } else if batch.files {
            self.files_due = Some(Instant::now() + FILES_WAIT);
        }
        let files = self.files_due.take_if(|due| *due <= Instant::now()).is_some();
        let relist = self.due <= Instant::now();
        self.state.is_stopping(self.link.is_stopping(self.link.timeout).await?);
        let mut changed = by_template(self.state, &batch.units);
        for (template, seen) in self.state.followed() {
            let changed = changed.remove(&template).unwrap_or_default();
            let look = Look { link: self.link, template: &template };
            let mut sight = if batch.everything || seen.lost.is_some() || seen.reloading {
                look.everything().await?
            } else if !changed.is_empty() {
                look.some(&changed, &seen).await?
            } else {
                Sight::clone(&seen)
            };
            if relist {
                sight = look.differing(&sight).await?;
            }
            if files {
                sight = look.files(&sight).await?;
            }
            self.state.show(&template, sight);
        }
        if relist || batch.everything {
            self.due = Instant::now() + RELIST;
        }
        Ok(())
    }

    fn reload_began(&mut self) {
        for template in self.state.followed().into_keys() {
            self.state.amend(&template, |sight| sight.reloading = true);
        }
        self.due = Instant::now() + RELOADED;
    }

    /// Whether the connection is to be given up for an error; returns why. One late answer is no reason, two are.
    async fn is_over(&mut self, error: BusError, doubt: bool) -> Option<BusError> {
        match error {
            BusError::Lost(_) => return Some(error),
            BusError::Timeout { .. } if doubt => return Some(error),
            BusError::Timeout { .. } if self.link.is_stopping(self.link.timeout).await.is_err() => return Some(error),
            _ => {}
        }
        tracing::warn!(bus = %self.state.address, %error, "systemd can't be looked at");
        for template in self.state.followed().into_keys() {
            self.state.amend(&template, |sight| sight.lost = Some(error.to_string()));
        }
        sleep_until(Instant::now() + LONGEST_BACKOFF).await;
        self.state.notes.write(|batch| batch.everything = true);
        None
    }
}

fn by_template(state: &State, units: &BTreeSet<String>) -> BTreeMap<Template, BTreeSet<Instance>> {
    let mut found: BTreeMap<Template, BTreeSet<Instance>> = BTreeMap::new();
    for template in state.followed().into_keys() {
        let instances: BTreeSet<Instance> = units.iter().filter_map(|unit| template.instance_of(unit)).collect();
        found.insert(template, instances);
    }
    found
}
