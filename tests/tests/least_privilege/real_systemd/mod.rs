//! On a real systemd with a real polkit, installed as the README says.

mod end_to_end;
mod helper;
mod install;
mod permissions;
mod service;
mod stage;
