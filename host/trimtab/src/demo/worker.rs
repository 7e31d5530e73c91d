//! What a replica of the demo does: it takes a job, works as long as the job says, and says that it is done.

use std::io;
use std::time::Duration;

use futures_util::FutureExt;
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

use super::client::{Client, ClientError};
use super::queue::routes::Handed;

/// The pause after the queue could not be reached.
const PAUSE: Duration = Duration::from_millis(200);

/// So many times in a row: then the queue is gone for good.
const PATIENCE: u32 = 10;

/// Of the hidden verb `demo-worker`.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct WorkerOptions {
    /// Where the queue is, such as http://127.0.0.1:8080
    #[arg(long)]
    pub queue: String,
    /// Under what name it asks for jobs
    #[arg(long)]
    pub name: String,
}

/// Why a worker gave up.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// It could not be told to leave.
    #[error("can't listen for SIGTERM")]
    Signal(#[source] io::Error),
    /// The queue is gone.
    #[error(transparent)]
    Queue(#[from] ClientError),
    /// The queue says something that is not understood.
    #[error("the queue answered {status} {body:?}, which is no job")]
    Answer {
        /// The HTTP status.
        status: u16,
        /// What came with it.
        body: String,
    },
}

/// Works until SIGTERM comes or the queue is closed. The job in hand is finished first.
pub async fn work(options: &WorkerOptions) -> Result<(), WorkerError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(WorkerError::Signal)?;
    let client = Client::to(&options.queue)?;
    let mut failures = 0;
    // The question for a job is never broken off: the answer may be a job, which nobody else would do for seconds.
    while terminate.recv().now_or_never().is_none() {
        match one_job(&client, &options.name).await {
            Ok(Round::Over) => return Ok(()),
            Ok(Round::GoesOn) => failures = 0,
            Err(WorkerError::Queue(_)) if failures < PATIENCE => {
                failures += 1;
                sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether there may be more to do.
enum Round {
    GoesOn,
    Over,
}

async fn one_job(client: &Client, name: &str) -> Result<Round, WorkerError> {
    let reply = client.post(&format!("/take?worker={name}")).await?;
    match (reply.status, serde_json::from_str::<Handed>(&reply.body)) {
        (200, Ok(job)) => {
            sleep(Duration::from_millis(job.service_ms)).await;
            // 404: we were too slow, and someone else has it now. Nothing to be done about it.
            client.post(&format!("/done/{}", job.id)).await?;
            Ok(Round::GoesOn)
        }
        (204, _) => Ok(Round::GoesOn),
        (410, _) => Ok(Round::Over),
        (status, _) => Err(WorkerError::Answer { status, body: reply.body }),
    }
}
