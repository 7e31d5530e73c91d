//! Looks and shows, until the time is up or somebody has seen enough.

use std::io;
use std::time::Duration;

use adapters::clock::Clock;
use tokio::time::{MissedTickBehavior, interval};

use super::config::TARGET;
use super::display::Display;
use super::interrupt::Interrupt;
use super::queue::Queue;
use super::watch::Watch;
use crate::board::Board;

/// Often enough that no decision is missed and a key is answered at once.
const LOOK: Duration = Duration::from_millis(50);

/// A frame is shown with every so many looks: four times a second.
const LOOKS_A_FRAME: u32 = 5;

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It took as long as it should.
    TimeIsUp,
    /// Somebody asked.
    Asked,
}

/// Shows what happens. The display is given back when it returns.
pub async fn show(
    mut display: Display,
    watch: &mut Watch,
    clock: Clock,
    board: &Board,
    queue: &Queue,
    interrupt: &mut Interrupt,
) -> io::Result<Ended> {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    for look in 0_u32.. {
        tokio::select! {
            _ = looks.tick() => {}
            () = interrupt.recv() => return Ok(Ended::Asked),
        }
        let now = clock.now();
        watch.look(board.target(TARGET).as_ref(), &queue.counters(), now);
        let is_over = watch.elapsed(now) >= watch.frame().length;
        if is_over || look.is_multiple_of(LOOKS_A_FRAME) {
            display.show(watch.frame())?;
        }
        if is_over {
            break;
        }
        if display.is_to_end()? {
            return Ok(Ended::Asked);
        }
    }
    Ok(Ended::TimeIsUp)
}
