//! `trimtab scale TARGET N`: gives the order, waits until it has come about, and says what became of each replica.

mod course;
mod fate;
mod look;
mod progress;
mod report;
#[cfg(test)]
mod tests;
mod unit;

use std::time::Duration;

use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::client::{self, complain};
use crate::api::protocol::Request;
use crate::cli::{DaemonArg, ScaleArgs};
use crate::exit::Exit;

use course::{Course, Ordered};
use look::Look;
use progress::Progress;
use report::Over;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Gives the order and waits.
pub async fn run(args: ScaleArgs) -> Exit {
    // Heard from here on, so that whoever gives up is told that the order stands.
    let mut interrupt = match signal(SignalKind::interrupt()) {
        Ok(interrupt) => interrupt,
        Err(error) => return complain(Exit::Fault, &format!("failed to listen for Ctrl-C: {error}")),
    };
    let (daemon, json) = (&args.view.daemon, args.view.json);
    let span = humantime::format_duration(args.timeout);
    let given = tokio::select! {
        given = order(daemon, &args) => given,
        () = sleep(args.timeout) => Err(unanswered(Exit::Unavailable, &format!("did not answer within {span}"))),
        _ = interrupt.recv() => Err(unanswered(Exit::Interrupted, "has not answered")),
    };
    let (mut course, event, orders) = match given {
        Ok(given) => given,
        Err(exit) => return exit,
    };
    if args.no_wait && course.ending().is_none() {
        println!("{}", if json { orders.to_string() } else { report::stands(course.ordered()) });
        return Exit::Ok;
    }
    let (mut progress, began) = (Progress::open(json), Instant::now());
    let over = tokio::select! {
        over = follow(daemon, &mut course, event, &mut progress) => over,
        () = sleep(args.timeout) => Over::TimedOut(span.to_string()),
        _ = interrupt.recv() => Over::Interrupted,
    };
    progress.close();
    if json {
        let waited = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        println!("{:#}", report::json(&course, &over, waited));
    } else {
        report::print(&course, &over);
    }
    over.exit()
}

/// Gives the order: the number of the event that tells of it, which all that follows is newer than, and the orders that
/// stand from now on.
async fn order(daemon: &DaemonArg, args: &ScaleArgs) -> Result<(Course, i64, Value), Exit> {
    let (target, replicas) = (args.target.clone(), args.replicas);
    let request = Request::Scale { target: target.clone(), replicas, reason: args.reason.clone() };
    let mut given = client::ask(daemon, &request).await?;
    let (Some(at), Some(event)) = (given["size"]["at"].as_u64(), given["event"].as_i64()) else {
        return Err(complain(Exit::Fault, "the order was given, but the daemon is of another version: can't wait"));
    };
    let mut before = read(&given["before"].take())?;
    before.is_paused = !given["paused"].is_null();
    let ordered = Ordered { target, replicas, at: scaling_core::units::Timestamp(at) };
    if let Some(orders) = given.as_object_mut() {
        orders.retain(|key, _| key != "before" && key != "event");
    }
    Ok((Course::begin(ordered, before), event, given))
}

fn unanswered(exit: Exit, what: &str) -> Exit {
    complain(exit, &format!("the daemon {what}: it may have taken the order or not; `trimtab status` tells"))
}

/// Looks again and again until it is over.
async fn follow(daemon: &DaemonArg, course: &mut Course, mut after: i64, progress: &mut Progress) -> Over {
    loop {
        if let Some(ending) = course.ending() {
            return Over::Ended(ending);
        }
        progress.show(course);
        if let Err(exit) = look_again(daemon, course, &mut after, progress).await {
            return Over::Lost(exit);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// First what is, then what happened: so everything that led to what is seen has been heard.
async fn look_again(daemon: &DaemonArg, course: &mut Course, after: &mut i64, progress: &Progress) -> Result<(), Exit> {
    let target = course.ordered().target.clone();
    let look = read(&client::ask(daemon, &Request::Explain { target: target.clone() }).await?)?;
    let mut events =
        client::open(daemon, &Request::Events { target: Some(target), after: *after, follow: false }).await?;
    while let Some(event) = events.next().await? {
        *after = event["id"].as_i64().unwrap_or(*after);
        if let Some(told) = course.heard(&event) {
            progress.tell(&told);
        }
    }
    course.seen(look);
    Ok(())
}

fn read(whole: &Value) -> Result<Look, Exit> {
    Look::read(whole).map_err(|why| complain(Exit::Fault, &format!("can't understand the daemon's answer: {why}")))
}
