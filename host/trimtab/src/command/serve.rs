//! `trimtab serve`: the daemon in the foreground.

use std::path::Path;
use std::time::Duration;

use sd_notify::NotifyState;

use super::client::complain;
use crate::cli::ServeArgs;
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::logging;
use crate::serve::{self, Running};
use crate::shutdown::{Asked, Signals};
use crate::watchdog::Watchdog;

/// How often it is looked whether all targets still run.
const ROUND: Duration = Duration::from_secs(5);

/// Runs until SIGTERM or SIGINT; a second one ends it at once.
pub async fn run(args: ServeArgs) -> Exit {
    logging::install(args.log);
    let file = args.config.config;
    let Some(config) = usable(&file) else { return Exit::BadConfig };
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => return complain(Exit::Fault, &format!("can't listen to signals: {error}")),
    };
    let mut running = match serve::start(config).await {
        Ok(running) => running,
        Err(error) => return complain(Exit::Unavailable, &format!("can't start: {error}")),
    };
    announce(&running);
    let mut watchdog = Watchdog::from_environment();
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        tokio::select! {
            asked = signals.next() => match asked {
                Asked::Reload => reload(&mut running, &file).await,
                Asked::Stop => break,
            },
            () = watchdog.beat() => {}
            _ = rounds.tick() => running.tend().await,
        }
    }
    tracing::info!("stopping; workers go on");
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
    tokio::select! {
        () = running.stop() => Exit::Ok,
        _ = signals.next() => complain(Exit::Failed, "asked twice to stop: ending at once"),
    }
}

fn announce(running: &Running) {
    if let Some(address) = running.http_address() {
        tracing::info!("serving; metrics at http://{address}/metrics");
    } else {
        tracing::info!("serving");
    }
    let _ = sd_notify::notify(&[NotifyState::Ready]);
}

async fn reload(running: &mut Running, file: &Path) {
    let _ =
        sd_notify::notify(&[NotifyState::Reloading, NotifyState::monotonic_usec_now().unwrap_or(NotifyState::Ready)]);
    if let Some(config) = usable(file) {
        if let Err(error) = running.reload(&config).await {
            tracing::error!(%error, "the reload failed half-way");
        }
    } else {
        tracing::error!("the new config can't be used: everything stays as it is");
        running.refuse_reload("the new config can't be used; `trimtab check` says why").await;
    }
    let _ = sd_notify::notify(&[NotifyState::Ready]);
}

/// The config, if it can be used; everything wrong with it is said.
fn usable(file: &Path) -> Option<Config> {
    let loaded = config::load(file);
    for problem in &loaded.problems {
        eprintln!("{problem}");
    }
    loaded.config
}
