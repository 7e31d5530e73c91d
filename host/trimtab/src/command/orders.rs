//! `trimtab pause`, `resume` and `release`: what an operator asks of a target right now.

use super::client;
use crate::api::protocol::Request;
use crate::cli::{OrderArgs, TargetArgs, ViewArgs};
use crate::exit::Exit;

/// `trimtab pause TARGET`.
pub async fn pause(args: OrderArgs) -> Exit {
    let target = args.target.target;
    let done = format!("{target} is paused: nothing changes until `trimtab resume {target}`");
    order(&args.target.view, &Request::Pause { target, reason: args.reason }, &done).await
}

/// `trimtab resume TARGET`.
pub async fn resume(args: TargetArgs) -> Exit {
    let done = format!("{} goes on", args.target);
    order(&args.view, &Request::Resume { target: args.target }, &done).await
}

/// `trimtab release TARGET`.
pub async fn release(args: TargetArgs) -> Exit {
    let done = format!("the policy of {} decides again", args.target);
    order(&args.view, &Request::Release { target: args.target }, &done).await
}

async fn order(view: &ViewArgs, request: &Request, done: &str) -> Exit {
    match client::ask(&view.daemon, request).await {
        Ok(orders) if view.json => println!("{orders}"),
        Ok(_) => println!("{done}"),
        Err(exit) => return exit,
    }
    Exit::Ok
}
