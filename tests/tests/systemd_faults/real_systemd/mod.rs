//! What needs a host of systemd.

mod cost;
mod hangs;
mod others;
mod reboots;
mod refusals;
mod restarts;
mod stage;
mod story;
