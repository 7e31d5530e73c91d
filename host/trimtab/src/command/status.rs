//! `trimtab status`: all targets, a line each.

use serde_json::Value;

use super::client;
use super::told::{age, cell, oddities, table};
use crate::api::protocol::Request;
use crate::cli::ViewArgs;
use crate::exit::Exit;

const HEAD: [&str; 12] = [
    "TARGET",
    "BACKEND",
    "MIN",
    "MAX",
    "WANT",
    "HAVE",
    "READY",
    "BUSY",
    "DRAIN",
    "CONDITION",
    "LAST CHANGE",
    "TROUBLE",
];

/// Prints it, and below it what is odd about single replicas and units. Fails if a target is in trouble, so that a
/// script may watch it; what is odd and left alone is no trouble.
pub async fn run(args: ViewArgs) -> Exit {
    let status = match client::ask(&args.daemon, &Request::Status).await {
        Ok(status) => status,
        Err(exit) => return exit,
    };
    let targets = status["targets"].as_array().cloned().unwrap_or_default();
    if args.json {
        println!("{status:#}");
    } else if targets.is_empty() {
        println!("no targets");
    } else {
        let now = status["now"].as_u64().unwrap_or(0);
        let rows: Vec<Vec<String>> = targets.iter().map(|target| row(target, now)).collect();
        println!("{}", table(&HEAD, &rows));
        for target in &targets {
            let name = cell(&target["target"]);
            for odd in oddities(target, now) {
                println!("{name}: {odd}");
            }
        }
    }
    if targets.iter().any(|target| !target["trouble"].is_null()) { Exit::Failed } else { Exit::Ok }
}

fn row(target: &Value, now: u64) -> Vec<String> {
    let keys = ["target", "backend", "min", "max", "desired", "current", "ready", "busy", "draining", "condition"];
    let mut cells: Vec<String> = keys.iter().map(|key| cell(&target[*key])).collect();
    if target["drift"].as_object().is_some_and(|drift| !drift.is_empty())
        && let Some(condition) = cells.last_mut()
    {
        condition.push_str(", drift");
    }
    let change = &target["last-change"];
    cells.push(match change["at"].as_u64() {
        Some(at) => format!("{} -> {}, {} ago", change["from"], change["to"], age(now.saturating_sub(at))),
        None => "-".to_owned(),
    });
    cells.push(cell(&target["trouble"]));
    cells
}
