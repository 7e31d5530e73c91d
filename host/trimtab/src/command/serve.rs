//! `trimtab serve`: the daemon in the foreground.

use std::path::Path;
use std::time::Duration;

use sd_notify::NotifyState;

use super::client::complain;
use crate::attendant::Attendant;
use crate::cli::ServeArgs;
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::logging;
use crate::serve::{self, Running, ServeError};
use crate::shutdown::Asked;

/// How often it is looked whether all targets still run.
const ROUND: Duration = Duration::from_secs(5);

/// Runs until SIGTERM or SIGINT; a second one ends it at once.
pub async fn run(args: ServeArgs) -> Exit {
    logging::install(args.log);
    let file = args.config.config;
    if !file.exists() {
        return complain(Exit::NotThere, &format!("there is no config {}; name it with --config", file.display()));
    }
    let Some(config) = usable(&file) else { return Exit::BadConfig };
    let mut attendant = match Attendant::new() {
        Ok(attendant) => attendant,
        Err(error) => return complain(Exit::Fault, &format!("can't listen to signals: {error}")),
    };
    let mut running = match attendant.until_stopped(Box::pin(serve::start(config))).await {
        Some(Ok(running)) => running,
        Some(Err(error)) => return complain(Exit::Unavailable, &format!("can't start: {error}")),
        None => return complain(Exit::Failed, "asked to stop before everything had started"),
    };
    announce(&running);
    let ended = keep_serving(&mut running, &mut attendant, &file).await;
    tracing::info!("stopping; workers go on");
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
    match ended {
        Some(()) if attendant.until_stopped(running.stop()).await.is_some() => Exit::Ok,
        _ => complain(Exit::Failed, "asked twice to stop: ending at once"),
    }
}

/// Until it is asked to stop; `None` if it was asked twice.
async fn keep_serving(running: &mut Running, attendant: &mut Attendant, file: &Path) -> Option<()> {
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        tokio::select! {
            asked = attendant.next() => match asked {
                Asked::Reload => attendant.to_the_end(Box::pin(reload(running, file))).await?,
                Asked::Stop => return Some(()),
            },
            _ = rounds.tick() => if attendant.until_stopped(Box::pin(running.tend())).await.is_none() {
                return Some(());
            },
        }
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

/// A config that can't be used, for whatever reason, changes nothing.
async fn reload(running: &mut Running, file: &Path) {
    let since = NotifyState::monotonic_usec_now();
    let _ = sd_notify::notify(&[NotifyState::Reloading, since.unwrap_or(NotifyState::Ready)]);
    let loaded = config::load(file);
    for problem in &loaded.problems {
        tracing::warn!("{problem}");
    }
    let refused = match loaded.config {
        Some(config) => match running.reload(&config).await {
            Ok(_) => None,
            Err(ServeError::Refused(why)) => Some(why),
            Err(error) => {
                tracing::error!(%error, "the reload came through in part: it is gone on with");
                None
            }
        },
        None => Some(loaded.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    };
    if let Some(why) = refused {
        tracing::error!(why, "the new config can't be used: everything stays as it is");
        running.refuse_reload(&why).await;
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
