//! What all who use a bus share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::super::template::Template;
use super::address::BusAddress;
use super::fault;
use super::link::Link;
use super::notes::Notes;
use super::outcome::BusError;
use super::ping::Pings;
use super::sight::{NOT_ASKED_YET, Sight};

type Sights = BTreeMap<Template, watch::Sender<Arc<Sight>>>;

/// Shared by all who use a bus, and by the task that keeps it.
pub struct State {
    /// Which bus.
    pub address: BusAddress,
    /// How long the questions that nobody waits for may take.
    pub timeout: Duration,
    /// What signals have told.
    pub notes: Notes,
    /// The last answer to whether systemd answers.
    pub pings: Pings,
    sights: Mutex<Sights>,
    reach: watch::Sender<Reach>,
    stopping: AtomicBool,
}

/// Whether there is a connection.
#[derive(Clone)]
enum Reach {
    /// Not tried yet.
    Unknown,
    /// There is one.
    Up(Arc<Link>),
    /// There is none; why.
    Lost(BusError),
}

impl State {
    /// Of a bus that was not tried yet.
    pub fn new(address: BusAddress, timeout: Duration) -> Self {
        Self {
            address,
            timeout,
            notes: Notes::default(),
            pings: Pings::default(),
            sights: Mutex::default(),
            reach: watch::Sender::new(Reach::Unknown),
            stopping: AtomicBool::new(false),
        }
    }

    /// The connection. Waits for the first one only.
    pub async fn link(&self, limit: Duration) -> Result<Arc<Link>, BusError> {
        let mut reach = self.reach.subscribe();
        let known = timeout(limit, reach.wait_for(|reach| !matches!(reach, Reach::Unknown)));
        match known.await.map_err(|_| fault::late("Connect", limit))?.as_deref() {
            Ok(Reach::Up(link)) => Ok(Arc::clone(link)),
            Ok(Reach::Lost(why)) => Err(why.clone()),
            Ok(Reach::Unknown) | Err(_) => Err(BusError::Lost("there is no connection yet".to_owned())),
        }
    }

    /// Another connection than `old`, which was lost.
    pub async fn link_after(&self, old: &Arc<Link>, limit: Duration) -> Option<Arc<Link>> {
        let mut reach = self.reach.subscribe();
        let is_new = |reach: &Reach| matches!(reach, Reach::Up(link) if !Arc::ptr_eq(link, old));
        match timeout(limit, reach.wait_for(is_new)).await.ok()?.ok()?.clone() {
            Reach::Up(link) => Some(link),
            _ => None,
        }
    }

    /// There is a connection.
    pub fn is_up(&self, link: &Arc<Link>) {
        self.reach.send_replace(Reach::Up(Arc::clone(link)));
    }

    /// There is none, or it is not to be trusted.
    pub fn is_lost(&self, why: &BusError) {
        self.reach.send_replace(Reach::Lost(why.clone()));
        for template in self.followed().into_keys() {
            self.amend(&template, |sight| sight.lost = Some(why.to_string()));
        }
    }

    /// Follows a template, from now on if it was not before.
    pub fn follow(&self, template: &Template) -> watch::Receiver<Arc<Sight>> {
        let mut sights = self.lock();
        if let Some(sender) = sights.get(template) {
            return sender.subscribe();
        }
        let unseen = Sight { lost: Some(NOT_ASKED_YET.to_owned()), ..Sight::default() };
        let (sender, receiver) = watch::channel(Arc::new(unseen));
        sights.insert(template.clone(), sender);
        drop(sights);
        self.notes.write(|_| {});
        receiver
    }

    /// What is seen of each template that somebody follows; the others are forgotten.
    pub fn followed(&self) -> BTreeMap<Template, Arc<Sight>> {
        let mut sights = self.lock();
        sights.retain(|_, sender| sender.receiver_count() > 0);
        sights.iter().map(|(template, sender)| (template.clone(), Arc::clone(&sender.borrow()))).collect()
    }

    /// Whether a unit is an instance of a template that is followed.
    pub fn is_followed(&self, unit: &str) -> bool {
        self.lock().keys().any(|template| template.instance_of(unit).is_some())
    }

    /// Shows what was seen, if it differs.
    pub fn show(&self, template: &Template, mut sight: Sight) {
        sight.shutting_down = self.stopping.load(Ordering::Relaxed);
        self.amend(template, |shown| *shown = sight);
    }

    /// Changes what is shown.
    pub fn amend(&self, template: &Template, change: impl FnOnce(&mut Sight)) {
        let sights = self.lock();
        let Some(sender) = sights.get(template) else { return };
        sender.send_if_modified(|shown| {
            let mut sight = Sight::clone(shown);
            change(&mut sight);
            let differs = sight != **shown;
            if differs {
                *shown = Arc::new(sight);
            }
            differs
        });
    }

    /// Whether the machine is going down: shown at once.
    pub fn is_stopping(&self, stopping: bool) {
        if self.stopping.swap(stopping, Ordering::Relaxed) != stopping {
            for template in self.followed().into_keys() {
                self.amend(&template, |sight| sight.shutting_down = stopping);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sights> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
