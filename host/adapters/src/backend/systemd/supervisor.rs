//! The one task that owns the roster of a target, and brings about what stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use scaling_core::status::{News, NewsKind, Order};
use scaling_core::units::Timestamp;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use super::boot_tries::BootTries;
use super::bus::Sight;
use super::config::Boot;
use super::hands::{Done, Hands};
use super::intake::Intakes;
use super::jobs::JobsInHand;
use super::look::{Look, Remembered, unfit};
use super::order::{self, Rules};
use super::plan::{Situation, Step, is_gone, is_trusted, plan};
use super::report::{self, View};
use super::roster::Roster;
use super::template::Instance;
use super::under_way::UnderWay;
use crate::backend::BackendError;
use crate::backend::blocking::blocking;
use crate::backend::bulletin::Bulletin;
use crate::backend::hand_over::Reply;
use crate::backend::order::Acceptance;
use crate::backend::store::Store;
use crate::clock::Clock;

/// How long until a roster that could not be written is tried again.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

/// An order, and where to say what became of it.
pub type Request = (Order, Reply);

/// Owns the roster of one target.
pub struct Supervisor {
    pub(super) hands: Hands,
    pub(super) rules: Rules,
    pub(super) sights: watch::Receiver<Arc<Sight>>,
    pub(super) jobs: JobsInHand,
    /// Told when somebody became busy or idle.
    pub(super) jobs_changed: Arc<Notify>,
    /// Whose jobs are asked for.
    pub(super) asked: watch::Sender<BTreeSet<Instance>>,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) nudge: Arc<Notify>,
    pub(super) view: watch::Sender<Arc<View>>,
    pub(super) bulletin: Bulletin,
    /// What is wanted; `None` until systemd was seen for the first time.
    pub(super) roster: Option<Roster>,
    /// What is on disk.
    pub(super) on_disk: Option<Roster>,
    pub(super) save_again: Option<Timestamp>,
    pub(super) remembered: Remembered,
    pub(super) under_way: UnderWay,
    pub(super) intakes: Intakes,
    pub(super) enabling: bool,
    pub(super) setbacks: Setbacks,
    pub(super) steps: JoinSet<Done>,
    pub(super) orders: mpsc::Receiver<Request>,
}

/// Steps that failed, and when they may be tried again.
#[derive(Clone, Debug, Default)]
pub struct Setbacks {
    /// By instance.
    pub not_before: BTreeMap<Instance, Timestamp>,
    /// Why, so that each reason is told once.
    pub why: BTreeMap<Instance, String>,
    /// The same for enabling and disabling.
    pub boot: BootTries,
}

impl Supervisor {
    /// Runs until it is dropped. The instances go on without it.
    pub async fn run(mut self) {
        loop {
            self.tend().await;
            self.publish();
            self.await_something().await;
        }
    }

    /// Looks, and does what is to be done now.
    async fn tend(&mut self) {
        let sight = self.sights.borrow_and_update().clone();
        if !is_trusted(&sight) {
            return;
        }
        let now = self.clock.now();
        self.under_way.look(&sight, now);
        let config = self.hands.config.clone();
        if self.remembered.began != sight.began
            && let Some(warning) = config.impatience(sight.stop_timeout)
        {
            tracing::warn!("{warning}");
        }
        let roster = self.roster.get_or_insert_with(|| first_roster(config.boot, &sight));
        roster.template = Some(config.template.clone());
        let look = Look {
            config: &config,
            sight: &sight,
            under_way: self.under_way.instances(),
            boot_tries: &self.setbacks.boot,
            now,
        };
        let news = look.over(roster, &mut self.remembered);
        self.intakes.look(roster, now);
        self.setbacks.look(roster, &sight);
        self.tell(news);
        if !self.saved().await {
            return;
        }
        for step in self.plan(&sight) {
            self.begin(step, &sight);
        }
    }

    fn plan(&self, sight: &Sight) -> Vec<Step> {
        let Some(roster) = &self.roster else { return Vec::new() };
        let now = self.clock.now();
        plan(&Situation {
            roster,
            sight,
            health: &self.remembered.health,
            idle: &self.intakes.idle(roster, |instance| self.jobs.of(instance, now)),
            under_way: self.under_way.instances(),
            starts: self.under_way.starts(),
            not_before: &self.setbacks.not_before,
            boot_tries: &self.setbacks.boot,
            enabling: self.enabling,
            boot: self.hands.config.boot,
            drain: &self.hands.config.drain,
            now,
        })
    }

    fn begin(&mut self, step: Step, sight: &Arc<Sight>) {
        tracing::debug!(template = %self.hands.config.template, ?step, "begins");
        self.begin_boot(&step);
        self.under_way.begin(&step, sight, self.clock.now());
        self.steps.spawn(self.hands.clone().carry_out(step, sight.clone()));
    }

    fn begin_boot(&mut self, step: &Step) {
        let (Step::Enable(instances) | Step::Disable(instances)) = step else { return };
        self.enabling = true;
        let (on, now) = (matches!(step, Step::Enable(_)), self.clock.now());
        for instance in instances {
            self.setbacks.boot.begin(instance, on, now);
        }
    }

    /// Waits for an event or the next moment at which something is due.
    async fn await_something(&mut self) {
        let due = self.next_due().map(|moment| self.clock.instant_of(moment));
        tokio::select! {
            Some((order, reply)) = self.orders.recv() => {
                // Who no longer waits may have ordered anew: what was not taken by then is not taken at all.
                if reply.is_closed() {
                    return;
                }
                let result = self.take(&order).await;
                // Whoever has the answer sees the order in the status.
                self.publish();
                // The host may have stopped waiting; it will ask again with the same generation.
                let _ = reply.send(result);
            }
            Some(done) = self.steps.join_next() => self.finish(done),
            Ok(()) = self.sights.changed() => {}
            () = self.jobs_changed.notified() => {}
            () = sleep_until(due.unwrap_or_else(tokio::time::Instant::now)), if due.is_some() => {}
        }
    }

    fn next_due(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        let roster = self.roster.as_ref()?;
        let tries = self.remembered.health.values().filter_map(super::health::Health::next_try);
        let again = self.setbacks.not_before.values().copied().chain(self.setbacks.boot.due());
        let deadline = self.hands.config.drain.deadline.get();
        let deadlines = roster.entries.iter().filter_map(|entry| Some(entry.leaving_since()?.plus(deadline)));
        let all = tries.chain(again).chain(deadlines).chain(self.save_again).chain(self.under_way.due());
        let all = all.chain(self.intakes.due(roster, |instance| self.jobs.of(instance, now), now));
        // What was due before was done, or waits for something else that will wake us.
        all.filter(|moment| *moment > now).min()
    }

    /// Takes an order: it is on disk as a whole, or it is not taken.
    async fn take(&mut self, order: &Order) -> Result<(), BackendError> {
        let sight = self.sights.borrow().clone();
        let Some(roster) = &mut self.roster else {
            return Err(BackendError::Unreachable(sight.lost.clone().unwrap_or_default()));
        };
        let before = roster.clone();
        let mut avoid = unfit(&sight, roster);
        avoid.extend(self.remembered.given_up.iter().cloned());
        match order::accept(roster, order, &self.rules, &avoid, self.clock.now()) {
            Ok(Acceptance::Repeated) => return Ok(()),
            Ok(Acceptance::Taken) => {}
            Err(refusal) => return Err(refusal.into()),
        }
        if let Err(error) = self.save().await {
            self.roster = Some(before);
            let path = self.store.dir().join("roster.json");
            return Err(BackendError::Refused(format!("{} can't be written: {error}", path.display())));
        }
        Ok(())
    }

    /// A roster that can't be written stops everything that must be announced in it.
    async fn saved(&mut self) -> bool {
        let result = self.save().await;
        self.save_again = result.as_ref().err().map(|_| self.clock.now().plus(SAVE_AGAIN));
        if let Err(error) = &result {
            let dir = self.store.dir().display();
            tracing::error!(%dir, %error, "roster.json can't be written; nothing is started or stopped until it can");
        }
        result.is_ok()
    }

    async fn save(&mut self) -> std::io::Result<()> {
        if self.roster == self.on_disk {
            return Ok(());
        }
        let (store, Some(roster)) = (self.store.clone(), self.roster.clone()) else { return Ok(()) };
        let written = blocking(move || store.save(&roster).map(|()| roster)).await?;
        self.on_disk = Some(written);
        Ok(())
    }

    pub(super) fn tell(&self, news: impl IntoIterator<Item = News>) {
        for item in news {
            let replica = item.replica.as_ref().map(ToString::to_string).unwrap_or_default();
            let (what, message) = (item.kind.label(), &item.message);
            tracing::warn!(template = %self.hands.config.template, replica, what, "{message}");
            self.bulletin.put(item);
        }
    }

    /// Shows the roster beside what systemd shows, and nudges the host if there is something new to see.
    fn publish(&mut self) {
        let sight = self.sights.borrow().clone();
        let view = match &self.roster {
            Some(roster) if is_known(&sight) => {
                let shown = report::Shown { config: &self.hands.config, roster, sight: &sight };
                shown.view(&self.remembered, &self.setbacks.why, self.clock.now(), &self.view.borrow())
            }
            _ => View::blind(&sight, &self.view.borrow()),
        };
        let asked: BTreeSet<Instance> =
            self.roster.iter().flat_map(|roster| &roster.entries).map(|e| e.instance.clone()).collect();
        self.asked.send_if_modified(|before| std::mem::replace(before, asked.clone()) != asked);
        let differs = view.differs(&self.view.borrow());
        self.tell_drift(&view);
        self.view.send_replace(Arc::new(view));
        if differs {
            self.nudge.notify_one();
        }
    }

    /// Each oddity is told when it appears.
    fn tell_drift(&self, view: &View) {
        let before = self.view.borrow().drift.clone();
        let now = self.clock.now();
        let new = view.drift.iter().filter(|(unit, what)| before.get(*unit) != Some(what));
        self.tell(
            new.map(|(unit, what)| News {
                at: now,
                replica: None,
                kind: NewsKind::Drift,
                message: format!("{unit} {what}"),
            })
            .collect::<Vec<_>>(),
        );
    }
}

/// Whether what is shown can be told. While systemd reads its files anew, which it does whenever units are enabled, it
/// is what it was a moment ago: the bus sees to it that this does not last.
fn is_known(sight: &Sight) -> bool {
    sight.lost.is_none() && !sight.shutting_down
}

/// Who is there when the host comes for the first time.
pub(super) fn first_roster(boot: Boot, sight: &Sight) -> Roster {
    match boot {
        Boot::Enable => Roster::of(sight.enabled.iter().cloned()),
        Boot::Host => {
            let up = sight.units.iter().filter(|(_, unit)| !is_gone(Some(unit)));
            Roster::of(up.map(|(instance, _)| instance.clone()))
        }
    }
}
