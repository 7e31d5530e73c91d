//! `trimtab events`: what happened, and with `--follow` what happens.

use serde_json::Value;

use super::client;
use super::told::{cell, how, time};
use crate::api::protocol::Request;
use crate::cli::EventsArgs;
use crate::exit::Exit;

/// Prints them as they come.
pub async fn run(args: EventsArgs) -> Exit {
    let request = Request::Events { target: args.target, after: args.after, follow: args.follow };
    let mut answers = match client::open(&args.view.daemon, &request).await {
        Ok(answers) => answers,
        Err(exit) => return exit,
    };
    loop {
        match answers.next().await {
            Ok(Some(event)) if args.view.json => println!("{event}"),
            Ok(Some(event)) => println!("{}", line(&event)),
            Ok(None) => return Exit::Ok,
            Err(exit) => return exit,
        }
    }
}

fn line(event: &Value) -> String {
    let (id, at, kind) = (cell(&event["id"]), time(event.get("at")), cell(&event["kind"]));
    let target = event["target"].as_str().unwrap_or("host");
    format!("{id:>6}  {at}  {target:<16} {kind:<12} {}", what(&kind, &event["body"]))
}

fn what(kind: &str, body: &Value) -> String {
    match kind {
        "decision" => {
            let steps = body["reasons"].as_array().into_iter().flatten();
            let why: Vec<String> = steps.map(|it| format!("{}: {}", cell(&it["kind"]), cell(&it["message"]))).collect();
            let repair = body["intent"]["repair"].as_bool().unwrap_or(false);
            let size = if repair { "repair".to_owned() } else { format!("{} -> {}", body["before"], body["desired"]) };
            let how = how(&body["intent"]).map(|how| format!(" ({how})")).unwrap_or_default();
            format!("#{} {size}{how}  {}", body["intent"]["generation"], why.join("; "))
        }
        "outcome" => {
            let error = body["error"].as_str().map(|error| format!(": {error}")).unwrap_or_default();
            format!("#{} {}, {} achieved{error}", body["generation"], cell(&body["outcome"]), body["achieved"])
        }
        "orders" => orders(body),
        _ => body["message"].as_str().map_or_else(|| body.to_string(), str::to_owned),
    }
}

fn orders(body: &Value) -> String {
    let of = |order: &Value, what: String| {
        let why = order["reason"].as_str().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!("{what} by {}{why}", cell(&order["by"]))
    };
    let paused = (!body["paused"].is_null()).then(|| of(&body["paused"], "paused".to_owned()));
    let size = &body["size"];
    let size = (!size.is_null()).then(|| of(size, format!("size fixed at {}", size["replicas"])));
    let all: Vec<String> = paused.into_iter().chain(size).collect();
    if all.is_empty() { "none: the policy decides".to_owned() } else { all.join("; ") }
}
