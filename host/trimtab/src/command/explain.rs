//! `trimtab explain`: why the size is what it is. What was seen, what the policy said, which guardrails
//! changed it, what happened.

use serde_json::Value;

use super::client;
use super::told::{age, cell, how, oddities, time};
use crate::api::protocol::Request;
use crate::cli::TargetArgs;
use crate::exit::Exit;

/// Prints it.
pub async fn run(args: TargetArgs) -> Exit {
    let request = Request::Explain { target: args.target };
    match client::ask(&args.view.daemon, &request).await {
        Ok(whole) if args.view.json => println!("{whole:#}"),
        Ok(whole) => print!("{}", explained(&whole)),
        Err(exit) => return exit,
    }
    Exit::Ok
}

fn explained(whole: &Value) -> String {
    let mut text = head(whole);
    text.push_str(&odd(whole));
    text.push_str(&seen(&whole["observation"]));
    text.push_str(&decision("Decision", &whole["decision"]));
    if whole["last-change"] != whole["decision"] {
        text.push_str(&decision("Last change", &whole["last-change"]));
    }
    text.push_str(&happened(&whole["observation"]["history"]));
    text.push_str(&news(&whole["news"]));
    text
}

fn head(whole: &Value) -> String {
    let mut text = format!(
        "{}: {} wanted, {} there, {} ready ({}), on backend {}, decided by {}\n",
        cell(&whole["target"]),
        cell(&whole["desired"]),
        cell(&whole["current"]),
        cell(&whole["ready"]),
        cell(&whole["condition"]),
        cell(&whole["backend"]),
        cell(&whole["policy"]),
    );
    if let Some(trouble) = whole["trouble"].as_str() {
        text.push_str(&format!("\nTrouble\n  {trouble}\n"));
    }
    for (order, what) in [("paused", "paused"), ("size", "size fixed")] {
        let order = &whole["orders"][order];
        if !order.is_null() {
            let reason = order["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
            text.push_str(&format!(
                "\nOrders\n  {what} by {} at {}{reason}\n",
                cell(&order["by"]),
                time(order.get("at"))
            ));
        }
    }
    text
}

/// What is not as it should be, of single replicas and of units that are left alone.
fn odd(whole: &Value) -> String {
    let all = oddities(whole, whole["at"].as_u64().unwrap_or(0));
    section("Not as it should be", all)
}

fn news(news: &Value) -> String {
    let told = news.as_array().into_iter().flatten();
    section("What the backend told last", told.map(|it| format!("{}  {}", time(it.get("at")), cell(&it["message"]))))
}

/// Left out if there is nothing to say.
fn section(title: &str, lines: impl IntoIterator<Item = String>) -> String {
    let lines: Vec<String> = lines.into_iter().collect();
    if lines.is_empty() { String::new() } else { format!("\n{title}\n  {}\n", lines.join("\n  ")) }
}

fn seen(observation: &Value) -> String {
    if observation.is_null() {
        return "\nSeen\n  nothing yet\n".to_owned();
    }
    let now = observation["now"].as_u64().unwrap_or(0);
    let mut text = format!("\nSeen at {}\n", time(observation.get("now")));
    for series in observation["series"].as_array().into_iter().flatten() {
        let samples = series["samples"].as_array().map_or(&[][..], Vec::as_slice);
        let newest = samples.last().map_or_else(
            || "no samples".to_owned(),
            |sample| {
                let old = now.saturating_sub(sample["at"].as_u64().unwrap_or(now));
                format!("{} ({} ago; {} samples)", cell(&sample["value"]), age(old), samples.len())
            },
        );
        let quality = series["quality"].as_str().unwrap_or(if samples.is_empty() { "absent" } else { "fresh" });
        text.push_str(&format!("  {} = {newest}, {quality}\n", cell(&series["name"])));
    }
    let replicas = observation["replicas"].as_array().map_or(&[][..], Vec::as_slice);
    for replica in replicas.iter().take(20) {
        let jobs = replica["usage"]["jobs"].as_u64().map(|jobs| format!(", {jobs} jobs in hand")).unwrap_or_default();
        let since = age(now.saturating_sub(replica["since"].as_u64().unwrap_or(now)));
        text.push_str(&format!("  {} {} for {since}{jobs}\n", cell(&replica["id"]), cell(&replica["state"])));
    }
    if replicas.len() > 20 {
        text.push_str(&format!("  and {} more replicas\n", replicas.len() - 20));
    }
    text
}

fn decision(title: &str, decided: &Value) -> String {
    if decided.is_null() {
        return String::new();
    }
    let how = how(&decided["intent"]).map(|how| format!(" ({how})")).unwrap_or_default();
    let (at, before, desired) = (time(decided.get("now")), &decided["before"], &decided["desired"]);
    let mut text = format!("\n{title} at {at}: {before} -> {desired}{how}\n");
    for reason in decided["reasons"].as_array().into_iter().flatten() {
        text.push_str(&format!(
            "  {} -> {}  {}: {}\n",
            reason["from"],
            reason["to"],
            cell(&reason["kind"]),
            cell(&reason["message"])
        ));
    }
    text
}

fn happened(history: &Value) -> String {
    let Some(history) = history.as_array().filter(|history| !history.is_empty()) else { return String::new() };
    let mut text = String::from("\nBefore that\n");
    for action in history.iter().rev().take(10) {
        let delta = action["delta"].as_i64().unwrap_or(0);
        let (at, origin, outcome) = (time(action.get("at")), cell(&action["origin"]), cell(&action["outcome"]));
        text.push_str(&format!("  {at}  {delta:+} by {origin}: {outcome}, {} achieved\n", cell(&action["achieved"])));
    }
    text
}
