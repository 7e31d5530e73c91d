//! Real sources, real processes: the whole job, end to end.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod prometheus;
mod quick_start;
mod redis;
mod scale;

use trimtab_tests::lab::TrimtabHost;

/// A target `work` of processes that sleep, between one and four, by the rule that more than ten waiting are too many
/// and fewer than three too few. `source` and `indicator` are tables of the config.
fn config(source: &str, indicator: &str) -> String {
    format!(
        r#"
        [source.queue]
        {source}

        [target.work]
        interval = "200ms"
        min = 1
        max = 4
        indicator.waiting.{indicator}
        backend.process.command = ["sleep", "1000000"]

        [target.work.policy]
        component = "builtin:qos-rules"

        [[target.work.policy.config.rules]]
        indicator = "waiting"
        function = "last"
        add = {{ operator = ">", threshold = 10 }}
        remove = {{ operator = "<", threshold = 3, consecutive = 2 }}
        "#
    )
}

/// Waits until there are so many processes, and the host says so too and why.
fn until_there_are(host: &mut TrimtabHost, size: usize, why: &str) {
    host.until(&format!("{size} workers"), |host| (host.workers().of("work").len() == size).then_some(()));
    host.until(&format!("`explain` says {why:?}"), |host| host.told(&["explain", "work"]).contains(why).then_some(()));
}

/// From one worker to four and back, as `set` says how many wait.
fn up_and_down(host: &mut TrimtabHost, set: impl Fn(u32)) {
    until_there_are(host, 1, "neither 5 > 10 nor 5 < 3");
    let first = host.workers().of("work");
    set(50);
    until_there_are(host, 4, "waiting last 50 > 10");
    assert!(first.is_subset(&host.workers().of("work")), "the first worker was replaced\n{}", host.log());
    set(0);
    until_there_are(host, 1, "waiting last 0 < 3");
    let decisions = host.told(&["events", "work"]);
    assert!(decisions.lines().filter(|line| line.contains("decision")).count() >= 6, "{decisions}");
}
