//! `trimtab demo`: the main job with nothing installed.
//!
//! A queue fills and drains, workers of its own take jobs from it, and the host keeps them at the right size.
//! The host is `serve` with a config: the same loop, sandbox and journal. Nothing is scripted.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use adapters::clock::Clock;
use thiserror::Error;

use crate::board::Board;

pub mod client;
pub mod config;
pub mod frame;
pub mod lines;
pub mod queue;
pub mod screen;
pub mod summary;
pub mod tally;
pub mod watch;
pub mod worker;

mod announce;
mod display;
mod home;
mod interrupt;
mod show;

use announce::say;
use display::Display;
use home::Home;
use interrupt::Interrupt;
use queue::Queue;
use queue::load::Load;
use summary::{Kept, NextSteps, Summary};
use watch::Watch;

/// Of the verb `demo`.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct DemoOptions {
    /// How long it takes
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3600))]
    pub seconds: u64,
    /// Leave it running afterwards, to be scraped and looked at, until Ctrl-C
    #[arg(long)]
    pub keep: bool,
    /// Plain lines, on a terminal too
    #[arg(long)]
    pub plain: bool,
    /// The same number gives the same jobs at the same times
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}

impl DemoOptions {
    /// Whether the terminal is taken over: then nothing else may write to it.
    pub fn has_screen(&self) -> bool {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
        !self.plain && !is_dumb && io::stdout().is_terminal()
    }

    fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// A host that was started with a config: what the demo needs of `serve`.
pub trait Host {
    /// What it sees and decides.
    fn board(&self) -> Board;

    /// Where its read-only HTTP listens.
    fn http_address(&self) -> Option<SocketAddr>;

    /// Ends it; its workers are left alone.
    fn stop(self) -> impl Future<Output = ()>;
}

/// Why there was no demo.
#[derive(Debug, Error)]
pub enum DemoError {
    /// No queue.
    #[error("can't open the demo's queue on 127.0.0.1")]
    Queue(#[source] io::Error),
    /// No place for the config and the state.
    #[error("can't write the demo's files below {}", std::env::temp_dir().display())]
    Home(#[source] io::Error),
    /// Signals can't be listened for.
    #[error("can't listen for signals")]
    Signals(#[source] io::Error),
    /// The host did not start.
    #[error("the host did not start with the demo's config")]
    Start(#[source] Box<dyn Error + Send + Sync>),
    /// The picture or the lines could not be shown.
    #[error("can't write to standard output")]
    Output(#[source] io::Error),
}

/// The whole demo. `start` is `serve` with the config file that it is given.
pub async fn run<H: Host>(
    options: &DemoOptions,
    start: impl AsyncFnOnce(&Path) -> Result<H, Box<dyn Error + Send + Sync>>,
) -> Result<(), DemoError> {
    let clock = Clock::system();
    let mut interrupt = Interrupt::listen().map_err(DemoError::Signals)?;
    let home = Home::make().map_err(DemoError::Home)?;
    let mut queue = Queue::open(clock).await.map_err(DemoError::Queue)?;
    let (config, text) = config::write(home.path(), &queue.url()).map_err(DemoError::Home)?;
    say(&announce::opening(options, &config, &text)).map_err(DemoError::Output)?;

    let host = start(&config).await.map_err(DemoError::Start)?;
    queue.feed(Load::new(options.length(), options.seed));
    let shown = show_and_tell(options, clock, &host, &queue, &config, &mut interrupt).await;
    host.stop().await;
    queue.close().await;
    match shown {
        // Whoever read our lines has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        shown => shown.map_err(DemoError::Output),
    }
}

async fn show_and_tell(
    options: &DemoOptions,
    clock: Clock,
    host: &impl Host,
    queue: &Queue,
    config: &Path,
    interrupt: &mut Interrupt,
) -> io::Result<()> {
    let footer = announce::footer(host.http_address(), options.seed);
    let mut watch = Watch::new(clock.now(), options.length(), footer);
    let display = Display::open(options.has_screen())?;
    let ended = show::show(display, &mut watch, clock, &host.board(), queue, interrupt).await?;

    let summary = Summary { tally: watch.tally().clone(), queue: queue.counters(), ledger: queue.ledger() };
    let goes_on = options.keep && ended == show::Ended::TimeIsUp;
    let kept = goes_on.then(|| Kept { config: config.to_owned(), queue: queue.url(), http: host.http_address() });
    say(&format!("\n{summary}\n{}", NextSteps { program: announce::program(), kept }))?;
    if goes_on {
        interrupt.recv().await;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
