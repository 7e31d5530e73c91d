//! One tick, five verbs: observe, evaluate, decide, record, act.

use scaling_core::controller::Controller;
use tokio_util::sync::CancellationToken;

use crate::fault;
use crate::world::World;

mod act;
mod evaluate;
mod observe;
mod pace;
mod record;
mod show;

pub use observe::Sight;
pub use pace::{Pace, Wake};
pub use record::document;

/// Keeps one target at the size its policy asks for, until `shutdown`.
///
/// Ends between ticks only, and returns the controller so that a reload can go on with it.
pub async fn keep(mut controller: Controller, world: World, shutdown: CancellationToken) -> Controller {
    let mut pace = Pace::new(&world, &controller);
    while let Some(wake) = pace.next(&world.nudge, &shutdown).await {
        controller = tick(controller, &world, wake, &mut pace).await;
    }
    controller
}

/// One tick. What could not be recorded has not happened: then the controller is as it was.
async fn tick(controller: Controller, world: &World, wake: Wake, pace: &mut Pace) -> Controller {
    let mut next = controller.clone();
    let sight = observe::observe(&mut next, world, wake).await; // I/O; never fails, it lists what is missing
    let Sight::Clear(seen) = &sight else {
        return show::blind(controller, world, &sight).await;
    };
    let answers = evaluate::evaluate(&next, world, seen).await; // sandboxed and bounded; a failure is a value
    let decided = next.decide(&seen.status, &seen.orders, &answers.verdicts, seen.circumstances()); // pure: guardrails, each with a typed reason
    pace.again(decided.again_in, wake);
    fault::may_die_at("decided");
    if let Err(error) = record::record(&next, world, seen, &answers, &decided).await {
        return show::unrecorded(controller, world, &error); // nothing is touched that is not written down
    }
    fault::may_die_at("recorded");
    act::act(&mut next, world, &decided).await; // I/O; starts what was decided, leaves no choices open
    fault::may_die_at("handed-over");
    show::seen(&next, world, seen, &answers, &decided);
    next
}
