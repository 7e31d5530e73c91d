//! A small job queue on loopback, with the load that fills it: what the demo scales workers for.
//!
//! A job that is taken and not finished in time is put back, so none is lost with its worker.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use adapters::clock::Clock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep, sleep_until, timeout};

pub mod book;
pub mod ledger;
pub mod load;
pub mod routes;
pub mod waits;

mod metrics;
mod random;
mod shared;

use book::Counters;
use ledger::Ledger;
use load::Load;
use shared::Shared;

use crate::lock::lock;

/// How often lost jobs are looked for.
const LOOK_FOR_LOST: Duration = Duration::from_millis(500);

/// How long workers may take to hear that the queue is closed. A job takes at most 1.4 s.
const GOODBYE: Duration = Duration::from_secs(4);

/// The queue. Its tasks end with it.
pub struct Queue {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

impl Queue {
    /// Opens an empty queue on a free port of loopback.
    pub async fn open(clock: Clock) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(clock));
        let mut tasks = JoinSet::new();
        tasks.spawn(put_back(Arc::clone(&shared)));
        let router = routes::router(Arc::clone(&shared));
        tasks.spawn(async move {
            // Ends with the set only: `serve` retries what can go wrong.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, shared, tasks })
    }

    /// Lets jobs come from now on.
    pub fn feed(&mut self, load: Load) {
        self.tasks.spawn(feed(Arc::clone(&self.shared), load));
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How it is now.
    pub fn counters(&self) -> Counters {
        lock(&self.shared.book).counters(self.shared.clock.now())
    }

    /// What a summary needs.
    pub fn ledger(&self) -> Ledger {
        lock(&self.shared.book).ledger().clone()
    }

    /// Closes it: workers finish what they have, are told that no more comes, and leave.
    pub async fn close(self) {
        self.shared.close();
        let deserted = async {
            while !self.shared.is_deserted() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        // One that hangs never hears of it; nobody waits for it longer.
        let _ = timeout(GOODBYE, deserted).await;
    }
}

async fn feed(shared: Arc<Shared>, load: Load) {
    let start = Instant::now();
    for coming in load {
        sleep_until(start + coming.at).await;
        shared.queue(coming.service);
    }
}

async fn put_back(shared: Arc<Shared>) {
    let mut ticks = interval(LOOK_FOR_LOST);
    loop {
        ticks.tick().await;
        shared.put_back();
    }
}

#[cfg(test)]
mod tests;
