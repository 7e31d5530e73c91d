//! On a real systemd with a real polkit, installed as the README says.

mod helper;
mod permissions;
mod service;
mod stage;
