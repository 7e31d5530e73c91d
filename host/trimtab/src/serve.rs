//! The daemon: everything that runs, started and stopped in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::api::{commands, http};
use crate::board::Board;
use crate::config::{Config, HostConfig};
use crate::events::Event;
use crate::house::{Given, House, HouseError};
use crate::journal::JournalError;
use crate::supervisor::{Changes, Supervisor};

/// Why the daemon can't start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The state directory, the journal or the policy engine.
    #[error("{0}")]
    House(#[from] HouseError),
    /// The journal.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// A policy of the new config can't be used.
    #[error("{0}")]
    Refused(String),
    /// The HTTP address or the command socket.
    #[error("can't listen on {address}: {error}")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        error: std::io::Error,
    },
}

/// How long listeners may take to end.
const LISTENER_GRACE: Duration = Duration::from_secs(2);

/// A daemon that runs.
pub struct Running {
    house: House,
    host: HostConfig,
    supervisor: Supervisor,
    http: Option<SocketAddr>,
    stop: CancellationToken,
    servers: JoinSet<()>,
}

/// Starts everything: the house, whoever may look at it, then the targets.
pub async fn start(config: Config) -> Result<Running, ServeError> {
    start_with(config, Given::usual()).await
}

/// The same, with what is given.
pub async fn start_with(config: Config, given: Given) -> Result<Running, ServeError> {
    let house = House::open(&config.host, given)?;
    let mut supervisor = Supervisor::new(house.clone(), config.host.clone());
    let stop = CancellationToken::new();
    let view = Arc::new(http::View::new(house.clone(), supervisor.order_book()));
    let mut servers = JoinSet::new();
    let mut address = None;
    if let Some(wanted) = config.host.http {
        let (server, bound) = http::listen(wanted, view.clone(), stop.clone()).await.map_err(listen(wanted))?;
        servers.spawn(server);
        address = Some(bound);
    }
    let socket = &config.host.socket;
    servers.spawn(commands::listen(socket, view.clone(), stop.clone()).map_err(listen(socket.display()))?);
    // Nothing is touched before all that could refuse us has agreed.
    supervisor.apply(&config).await?;
    view.started();
    let started = Event::said(None, house.clock.now(), "started", env!("CARGO_PKG_VERSION"));
    house.journal.note(started.into_new()).await?;
    Ok(Running { house, host: config.host, supervisor, http: address, stop, servers })
}

/// Waits for the listeners for a moment; a client that holds a connection open does not keep us.
async fn end(mut servers: JoinSet<()>) {
    let all = async { while servers.join_next().await.is_some() {} };
    if tokio::time::timeout(LISTENER_GRACE, all).await.is_err() {
        servers.shutdown().await;
    }
}

fn listen(address: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> ServeError {
    move |error| ServeError::Listen { address: address.to_string(), error }
}

impl Running {
    /// What everybody may see.
    pub fn board(&self) -> Board {
        self.house.board.clone()
    }

    /// Where the HTTP API listens.
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.http
    }

    /// The house.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// Starts again what could not start or ended unasked.
    pub async fn tend(&mut self) {
        if let Some(behind) = self.house.clock.catch_up() {
            tracing::warn!(?behind, "time was lost (the machine slept, or its clock was set): going on from now");
        }
        if let Err(error) = self.supervisor.tend().await {
            tracing::error!(%error, "failed to look after the targets");
        }
    }

    /// Makes the running targets those of `config`, unless a policy refuses its new config: then everything
    /// stays as it is. Settings of the host itself need a restart, and are named.
    pub async fn reload(&mut self, config: &Config) -> Result<Changes, ServeError> {
        if config.host != self.host {
            tracing::warn!("[host] changed: that takes effect at the next start");
        }
        self.supervisor.would_work(config).await.map_err(ServeError::Refused)?;
        let changes = self.supervisor.apply(config).await?;
        let said = format!("added {:?}, removed {:?}, changed {:?}", changes.added, changes.removed, changes.changed);
        tracing::info!(added = ?changes.added, removed = ?changes.removed, changed = ?changes.changed, "reloaded");
        self.house.metrics.reloaded("ok");
        let event = Event::said(None, self.house.clock.now(), "reloaded", &said);
        self.house.journal.note(event.into_new()).await?;
        Ok(changes)
    }

    /// A config that can't be used changes nothing.
    pub async fn refuse_reload(&self, why: &str) {
        self.house.metrics.reloaded("refused");
        let event = Event::said(None, self.house.clock.now(), "reload-refused", why);
        if let Err(error) = self.house.journal.note(event.into_new()).await {
            tracing::error!(%error, "failed to record an event");
        }
    }

    /// Ends all targets between two ticks, then everything else. Workers go on.
    pub async fn stop(self) {
        self.supervisor.shut_down(self.host.shutdown_grace).await;
        self.stop.cancel();
        end(self.servers).await;
        if let Err(error) = self.house.journal.close().await {
            tracing::error!(%error, "failed to close the journal");
        }
    }
}
