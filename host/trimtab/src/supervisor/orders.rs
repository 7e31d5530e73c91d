//! The order book: what operators ask of each target; shared with the command socket.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use scaling_core::observation::Bounds;
use scaling_core::orders::Orders;
use tokio::sync::Notify;

use crate::lock::lock;

/// A page for each target.
#[derive(Clone, Default)]
pub struct OrderBook {
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
}

/// The orders of one target, and how to wake it.
#[derive(Clone)]
pub struct Page {
    /// What is asked of it.
    pub orders: Arc<Mutex<Orders>>,
    /// Held by whoever changes them, so that two changes at once are both kept.
    pub changing: Arc<tokio::sync::Mutex<()>>,
    /// Wakes a tick early.
    pub nudge: Arc<Notify>,
    /// Its bounds, to refuse a size outside them at once.
    pub bounds: Bounds,
}

impl OrderBook {
    /// The page of a target.
    pub fn page(&self, target: &str) -> Option<Page> {
        lock(&self.pages).get(target).cloned()
    }

    /// Names of all targets.
    pub fn names(&self) -> Vec<String> {
        lock(&self.pages).keys().cloned().collect()
    }

    pub(super) fn put(&self, target: &str, page: Page) {
        lock(&self.pages).insert(target.to_owned(), page);
    }

    pub(super) fn remove(&self, target: &str) {
        lock(&self.pages).remove(target);
    }
}
