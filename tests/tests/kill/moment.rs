//! When to kill: at a step that the host tells of, or whenever.

use std::time::Duration;

use adapters::backend::process::checkpoint::STEPS as BACKEND;
use trimtab::fault::STEPS as TICK;
use trimtab_tests::random::Draws;

/// When a host dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// By its own hand, when it reaches this step for the nth time.
    At(&'static str, u64),
    /// By ours, so long after the load has changed.
    After(Duration),
}

/// A change takes at least two ticks, and at least four workers.
const TICKS: u64 = 2;
const WORKERS: u64 = 4;

/// One moment in five is anywhere, and not at a step.
const ANYWHERE: u64 = 5;

/// A moment while workers are being started.
pub fn while_growing(draws: &mut Draws) -> Moment {
    draw(draws, |step| !["signalled", "exit-seen"].contains(&step))
}

/// A moment while workers are being stopped.
pub fn while_shrinking(draws: &mut Draws) -> Moment {
    draw(draws, |step| !["before-spawn", "after-spawn"].contains(&step))
}

fn draw(draws: &mut Draws, happens: impl Fn(&str) -> bool) -> Moment {
    if draws.below(ANYWHERE) == 0 {
        return Moment::After(Duration::from_millis(draws.below(400)));
    }
    let steps: Vec<&str> = TICK.into_iter().chain(BACKEND).filter(|step| happens(step)).collect();
    let step = steps[usize::try_from(draws.below(steps.len() as u64)).unwrap_or_default()];
    let times = if TICK.contains(&step) { TICKS } else { WORKERS };
    Moment::At(step, 1 + draws.below(times))
}
