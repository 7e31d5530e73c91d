//! Words for people: times, ages, sizes, tables.

use std::time::Duration;

use serde_json::Value;

/// `2026-11-22 18:43:07` in the local time zone.
pub fn time(at_ms: Option<&Value>) -> String {
    let at = at_ms.and_then(Value::as_i64).and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    at.map_or_else(
        || "-".to_owned(),
        |at| at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

/// `3m 20s`, at most two units.
pub fn age(ms: u64) -> String {
    let whole = humantime::format_duration(Duration::from_secs(ms / 1000)).to_string();
    if ms < 1000 { "0s".to_owned() } else { whole.split(' ').take(2).collect::<Vec<_>>().join(" ") }
}

/// The text of a value, or a dash.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is wrong with a replica: one of `ailing`, in a sentence.
pub fn ailment(ailing: &Value, now: u64) -> String {
    let replica = cell(&ailing["replica"]);
    let span = age(now.saturating_sub(ailing["since"].as_u64().unwrap_or(now)));
    let error = ailing["error"].as_str().map(|error| format!(": {error}")).unwrap_or_default();
    match ailing["state"].as_str() {
        Some("failed") => format!("{replica} has failed, {span} ago{error}"),
        Some("unhealthy") => format!("{replica} runs, and has not answered as it should for {span}{error}"),
        Some("draining") if ailing["overdue"] == true => {
            format!("{replica} has been draining for {span}, longer than it should{error}")
        }
        _ => format!("{replica} is {}{error}", cell(&ailing["state"])),
    }
}

/// What is wrong with single replicas and with units that are not the target's, a sentence each.
pub fn oddities(target: &Value, now: u64) -> Vec<String> {
    let ailing = target["ailing"].as_array().into_iter().flatten().map(|it| ailment(it, now));
    let drift = target["drift"].as_object().into_iter().flatten();
    ailing.chain(drift.map(|(unit, what)| format!("{unit} {}", cell(what)))).collect()
}

/// `2 taken back, 1 new`, where an addition is not all of new ones.
pub fn how(intent: &Value) -> Option<String> {
    let addition = &intent["action"]["add"];
    let back = addition["recall"].as_array().map_or(0, Vec::len);
    let started = addition["start"].as_array().into_iter().flatten();
    let new: u64 = started.filter_map(|placement| placement["count"].as_u64()).sum();
    (back > 0).then(|| format!("{back} taken back, {new} new"))
}

/// Columns as wide as their widest cell, two spaces apart.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(head.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}
