//! Backend `systemd`: numbered instances of a template unit, on this machine's systemd.

pub mod bus;
pub mod jobs;
pub mod enable_helper;
pub mod template;
