//! What needs a host of systemd.

mod adoption;
mod deeds;
mod drains;
mod draksetup;
mod failures;
mod random_steps;
mod ratio;
mod stage;
