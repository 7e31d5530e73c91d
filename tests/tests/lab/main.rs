//! The lab itself: what the other tests stand on.

mod real_systemd;
