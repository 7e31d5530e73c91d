//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::demo::DemoOptions;
use crate::demo::worker::WorkerOptions;

/// Keeps groups of workers at the right size; the decision is a WebAssembly component of yours.
#[derive(Debug, Parser)]
#[command(name = "trimtab", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
}

/// What can be asked.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show it at work: a queue that fills and drains, workers that come and go. Needs nothing installed
    Demo(DemoOptions),
    /// Keep the targets of a config at their size, until stopped. SIGHUP reads the config again
    Serve(ServeArgs),
    /// Check a config and its policies; report everything that is wrong with it, with file and line
    Check(ConfigArg),
    /// Show all targets, a line each
    Status(ViewArgs),
    /// Show why a target has the size it has
    Explain(TargetArgs),
    /// Show what happened; with --follow, also what happens
    Events(EventsArgs),
    /// Change nothing of a target until it is resumed
    Pause(OrderArgs),
    /// Let a paused target go on
    Resume(TargetArgs),
    /// Fix the size of a target until it is released, and wait until it is so
    Scale(ScaleArgs),
    /// Give a fixed size back to the policy
    Release(TargetArgs),
    /// Work with policies
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Compile a policy for the daemon (it calls this itself)
    #[command(hide = true)]
    CompileWorker,
    /// Work for the demo (it calls this itself)
    #[command(hide = true)]
    DemoWorker(WorkerOptions),
}

/// Work with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyVerb {
    /// Ask a policy: observations as JSON lines on standard input, verdicts as JSON lines on standard output
    Eval {
        /// builtin:NAME, or the path of a component
        component: String,
        /// The policy's config, JSON or TOML
        #[arg(long)]
        config: Option<PathBuf>,
    },
}

/// Where the config is.
#[derive(Clone, Debug, Args)]
pub struct ConfigArg {
    /// The config
    #[arg(long, env = "TRIMTAB_CONFIG", default_value = "/etc/trimtab/trimtab.toml", value_name = "FILE")]
    pub config: PathBuf,
}

/// How to start the daemon.
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub config: ConfigArg,
    /// How to write the log
    #[arg(long, value_enum, default_value_t = LogFormat::Human)]
    pub log: LogFormat,
}

/// How to write the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Where the daemon is.
#[derive(Clone, Debug, Args)]
pub struct DaemonArg {
    #[command(flatten)]
    pub config: ConfigArg,
    /// The daemon's socket; default: as the config says
    #[arg(long, env = "TRIMTAB_SOCKET", value_name = "PATH")]
    pub socket: Option<PathBuf>,
}

/// What to look at, and how.
#[derive(Debug, Args)]
pub struct ViewArgs {
    #[command(flatten)]
    pub daemon: DaemonArg,
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
}

/// One target.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// The target
    pub target: String,
    #[command(flatten)]
    pub view: ViewArgs,
}

/// Which events.
#[derive(Debug, Args)]
pub struct EventsArgs {
    /// Only of this target
    pub target: Option<String>,
    /// Go on as they happen
    #[arg(long, short)]
    pub follow: bool,
    /// Only those after this number
    #[arg(long, default_value_t = 0)]
    pub after: i64,
    #[command(flatten)]
    pub view: ViewArgs,
}

/// An order to a target.
#[derive(Debug, Args)]
pub struct OrderArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// Why, for whoever reads it at night
    #[arg(long, default_value = "")]
    pub reason: String,
}

/// A size for a target.
#[derive(Debug, Args)]
#[command(after_help = AFTER_SCALE)]
pub struct ScaleArgs {
    /// The target
    pub target: String,
    /// How many replicas; within the target's bounds, so 0 only if its `min` is 0
    #[arg(value_name = "N", allow_negative_numbers = true, value_parser = size)]
    pub replicas: u32,
    /// Give the order and return at once
    #[arg(long)]
    pub no_wait: bool,
    /// How long to wait; the order stands after that too
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = humantime::parse_duration)]
    pub timeout: Duration,
    /// Why, for whoever reads it at night
    #[arg(long, default_value = "")]
    pub reason: String,
    #[command(flatten)]
    pub view: ViewArgs,
}

// One line for each paragraph: clap wraps them as wide as the terminal is.
const AFTER_SCALE: &str = "\
    Waits until the target has that size and nothing starts or drains any more, then says what became of each replica. \
    A drain takes as long as the work in hand does. Exits with 0 if all of it worked, with 1 if any part did not, and \
    with 130 after Ctrl-C: the order stands then too.\n\n\
    The size stays fixed until `trimtab release TARGET`. To have it in the config instead, for good or by the calendar, \
    give the target the policy `builtin:fixed-count`.";

fn size(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("a size is a whole number from 0 to {}", u32::MAX))
}
