//! Starts an instance, and finds out whether it runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::fault::Call;
use super::link::Link;
use super::outcome::{BusError, JobOutcome};
use super::sight::{Active, UnitState};
use super::state::State;
use super::{read, signals};

/// Starts a unit and waits until the job is over, or `patience` has passed. `limit` is for each question.
pub async fn start(state: &State, unit: &str, limit: Duration, patience: Duration) -> Result<JobOutcome, BusError> {
    let link = state.link(limit).await?;
    let patience = Patience { began: Instant::now(), patience, limit };
    let asking = link.manager().start_unit(unit, "replace");
    let job = link.ask(Call::Unit("StartUnit", "start", unit), limit, asking).await?;
    let ended = timeout_at(patience.until(), link.jobs.end_of(job.as_str())).await;
    // What the job did is known or not; a systemd that is busy with many of them is given the time to tell.
    match (ended, look(&link, unit, patience.left()).await) {
        (Ok(Err(_)), _) | (_, Err(BusError::Lost(_))) => after_loss(state, &link, unit, patience).await,
        (_, Err(error)) => Err(error),
        (Ok(Ok(result)), Ok(unit)) => Ok(settle(result, unit)),
        (Err(_), Ok(unit)) => Ok(unfinished(unit, patience.began)),
    }
}

/// How long somebody waits.
#[derive(Clone, Copy)]
struct Patience {
    began: Instant,
    patience: Duration,
    /// For one question.
    limit: Duration,
}

impl Patience {
    fn until(self) -> Instant {
        self.began + self.patience
    }

    /// Time for one more question in any case.
    fn left(self) -> Duration {
        self.until().saturating_duration_since(Instant::now()).max(self.limit)
    }
}

/// The connection was lost while the job was under way: what became of it shows on the next one.
async fn after_loss(state: &State, old: &Arc<Link>, unit: &str, patience: Patience) -> Result<JobOutcome, BusError> {
    let lost = || BusError::Lost(format!("the connection was lost while {unit} was being started"));
    let link = state.link_after(old, patience.left()).await.ok_or_else(lost)?;
    Ok(unfinished(look(&link, unit, patience.limit).await?, patience.began))
}

async fn look(link: &Link, unit: &str, limit: Duration) -> Result<UnitState, BusError> {
    read::state(link, &signals::path_of_unit(unit), limit).await
}

/// A job that is done says only that systemd did what it does, not that the unit runs.
fn settle(result: String, state: UnitState) -> JobOutcome {
    match result.as_str() {
        "done" if is_up(&state) => JobOutcome::Done(state),
        "done" => JobOutcome::NotRunning(state),
        _ => JobOutcome::Failed { result, state },
    }
}

/// Nobody said how the job ended.
fn unfinished(state: UnitState, began: Instant) -> JobOutcome {
    if is_up(&state) && !state.has_job {
        JobOutcome::Done(state)
    } else if state.has_job || state.active == Active::Activating {
        JobOutcome::TimedOut { waited: began.elapsed(), state }
    } else {
        JobOutcome::NotRunning(state)
    }
}

fn is_up(state: &UnitState) -> bool {
    matches!(state.active, Active::Active | Active::Reloading)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(active: Active, has_job: bool) -> UnitState {
        UnitState { active, has_job, ..UnitState::absent() }
    }

    #[test]
    fn a_job_that_is_done_is_not_yet_a_unit_that_runs() {
        let settled = |result: &str, active| settle(result.to_owned(), unit(active, false));
        assert!(matches!(settled("done", Active::Active), JobOutcome::Done(_)));
        assert!(matches!(settled("done", Active::Inactive), JobOutcome::NotRunning(_)));
        assert!(matches!(settled("done", Active::Activating), JobOutcome::NotRunning(_)));
        assert!(matches!(settled("frozen", Active::Active), JobOutcome::Failed { result, .. } if result == "frozen"));
    }

    #[test]
    fn without_an_end_the_unit_itself_tells() {
        let told = |active, has_job| unfinished(unit(active, has_job), Instant::now());
        assert!(matches!(told(Active::Active, false), JobOutcome::Done(_)));
        assert!(matches!(told(Active::Activating, true), JobOutcome::TimedOut { .. }));
        assert!(matches!(told(Active::Inactive, true), JobOutcome::TimedOut { .. }));
        assert!(matches!(told(Active::Failed, false), JobOutcome::NotRunning(_)));
    }
}
