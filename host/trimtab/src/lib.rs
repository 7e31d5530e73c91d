//! Keeps groups of workers at the right size; the decision is a WebAssembly component of yours.
//!
//! The map of the house, in the order in which a tick meets it:
//!
//! - [`tick`]: one tick, five verbs: observe, evaluate, decide (in `scaling-core`), record, act.
//! - [`world`]: what one target's ticks touch; [`staff`] makes it from the config, [`supervisor`] keeps the set of them.
//! - [`indicators`] and [`own_size`], [`timezone`]: who answers what a policy wants to see.
//! - [`policies`]: components loaded and configs prepared.
//! - [`journal`]: everything, written down before it is done; [`events`]: what happened besides;
//!   [`replay`]: all of it asked again.
//! - [`news`]: what backends tell of besides what is there.
//! - [`board`], [`metrics`], [`api`]: what everybody may see, and the commands.
//! - [`house`]: what all targets share; [`serve`]: the daemon as a whole; [`config`]: what was asked.
//! - [`cli`], [`command`], [`exit`]: the command line. [`demo`]: all of it at work.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may panic"))]

pub mod api;
pub mod attendant;
pub mod board;
pub mod causes;
#[expect(missing_docs, reason = "clap makes the help of these comments; fields that speak for themselves have none")]
pub mod cli;
pub mod command;
pub mod config;
pub mod demo;
pub mod events;
pub mod exit;
pub mod fault;
pub mod house;
pub mod indicators;
pub mod journal;
pub mod lock;
pub mod logging;
pub mod metrics;
pub mod news;
pub mod own_size;
pub mod policies;
pub mod replay;
pub mod serve;
pub mod shutdown;
pub mod staff;
pub mod supervisor;
pub mod tick;
pub mod timezone;
pub mod watchdog;
pub mod world;
