//! Fifty samples: from one worker to ten and back.

use std::collections::BTreeSet;

use super::FASTER;
use super::changes::{Change, Explained, changes, events};
use super::stage::{Stage, instances};

const CONFIG: &str = include_str!("../../../../examples/drakvuf/trimtab.toml");
const SAMPLES: u64 = 50;
const MOST: u64 = 10;

#[test]
fn fifty_analyses_take_the_workers_up_and_down_again() {
    // The Karton of DRAKVUF Sandbox 0.18.
    let stage = Stage::with_sandbox("oldest");
    stage.host.systemctl(&["enable", "--now", "drak-system", "drakrun@1", "drak-postprocess@1"]).told();
    stage.serve(CONFIG, &FASTER, &["drakrun@.service", "drak-postprocess@.service"]);
    stage.until_size("drakrun", 1);
    let first = stage.host.main_pid("drakrun@1.service");

    stage.send("karton", 50, 0.5);
    let mut explained = Explained::default();
    let mut until = |what: &str, is_so: &dyn Fn() -> bool| {
        stage.host.until(what, |_| {
            explained.look(&stage, "drakrun");
            is_so().then_some(())
        });
    };
    until("there are ten", &|| stage.target("drakrun").is_some_and(|it| it["ready"] == MOST));
    until("there are three beside them", &|| stage.target("drak-postprocess").is_some_and(|it| it["ready"] == 3));
    assert_eq!(stage.host.enabled("drakrun@*.service"), instances("drakrun", 1..=10));
    until("all are done", &|| stage.finished().len() as u64 >= SAMPLES);
    until("one is left", &|| stage.active("drakrun@*.service") == instances("drakrun", [1]));
    stage.until_size("drakrun", 1);
    stage.until_size("drak-postprocess", 1);

    each_was_analysed_once(&stage);
    nothing_was_killed(&stage, (MOST - 1) as usize);
    assert_eq!(stage.host.main_pid("drakrun@1.service"), first, "the first was there all the time");
    assert_eq!(stage.host.enabled("drakrun@*.service"), instances("drakrun", [1]));
    every_change_was_explained(&stage, &explained);
    postprocess_went_along(&stage);
}

fn each_was_analysed_once(stage: &Stage) {
    let tasks: Vec<String> = stage.finished().into_iter().map(|(task, _)| task).collect();
    let workers: BTreeSet<String> = stage.finished().into_iter().map(|(_, by)| by).collect();
    assert_eq!((tasks.len() as u64, tasks.iter().collect::<BTreeSet<_>>().len() as u64), (SAMPLES, SAMPLES));
    assert!(workers.len() > 5, "few had anything to do: {workers:?}");
    stage.host.until("all are postprocessed", |_| {
        let samples = stage.list("try:postprocessed");
        let all: BTreeSet<_> = samples.iter().collect();
        ((samples.len() as u64, all.len() as u64) == (SAMPLES, SAMPLES)).then_some(())
    });
}

/// Every worker that went did so of its own accord.
fn nothing_was_killed(stage: &Stage, stopped: usize) {
    let log = stage.host.log();
    let ended = |line: &&str| line.contains("drakrun@") && line.contains(": Deactivated successfully.");
    assert_eq!(log.lines().filter(ended).count(), stopped, "{log}");
    for bad in ["code=killed", "Failed with result", "Killing process", "timed out"] {
        assert!(!log.contains(bad), "{bad}\n{log}");
    }
    for target in ["drakrun", "drak-postprocess"] {
        for event in events(stage, target) {
            let usual = event["kind"] == "decision" || event["body"]["outcome"] == "succeeded";
            assert!(usual, "{event}\n{}", stage.log());
        }
    }
}

fn every_change_was_explained(stage: &Stage, explained: &Explained) {
    let changes = changes(&events(stage, "drakrun"));
    let first_down = changes.iter().position(|change| change.to < change.from).unwrap();
    assert!(changes[first_down..].iter().all(|change| change.to < change.from), "up, then down: {changes:#?}");
    assert_eq!((changes[first_down].from, changes.last().unwrap().to), (MOST, 1));
    for change in &changes {
        change.assert_unbroken();
        let jobs = the_policy_is_right(change);
        assert!(if change.to > change.from { jobs > change.from } else { jobs < change.from }, "{change:?}");
        the_guardrails_are_right(change);
        assert!(explained.tells(change), "explain never said: {change:?}");
    }
}

/// The policy's reason, worked out anew from what it says it saw. Returns how many jobs that were.
fn the_policy_is_right(change: &Change) -> u64 {
    let reason = &change.reasons[0];
    let rest = reason.message.strip_prefix("analyses.jobs.queued ").unwrap();
    let (queued, rest) = rest.split_once(" + analyses.jobs.running ").unwrap();
    let (running, _) = rest.split_once(' ').unwrap();
    let jobs: u64 = queued.parse::<u64>().unwrap() + running.parse::<u64>().unwrap();
    assert!(jobs <= SAMPLES, "{change:?}");
    let wanted = jobs.clamp(1, MOST);
    let limit = match jobs {
        0 => ", but 1 is the least allowed".to_owned(),
        jobs if jobs > MOST => format!(", but {MOST} is the most allowed"),
        _ => String::new(),
    };
    let (asked, given) = (change.from.abs_diff(wanted), change.from.abs_diff(reason.to));
    let what = match (wanted > change.from, given == asked) {
        (true, _) => format!("add {asked}"),
        (false, true) => format!("remove {asked}"),
        (false, false) => format!("remove {given} of {asked}, the others are not idle"),
    };
    let sum = format!("analyses.jobs.queued {queued} + analyses.jobs.running {running} = {jobs}");
    assert_eq!(reason.message, format!("{sum}: {jobs} / 1 = {jobs}{limit}: {what}"));
    jobs
}

/// At most four more in a second; fewer only if so few were enough for three.
fn the_guardrails_are_right(change: &Change) {
    for reason in &change.reasons[1..] {
        let expected = match reason.kind.as_str() {
            "ScaleUpLimit" => format!("{} may not grow above {} now", change.from, reason.to),
            "ScaleDownStabilized" => format!("a size of {} was wanted within the last 3s", reason.to),
            other => panic!("{other}: {change:?}"),
        };
        assert_eq!(reason.message, expected);
    }
    assert!(change.to <= change.from + 4, "{change:?}");
}

/// One for three, at least one and three at most.
fn postprocess_went_along(stage: &Stage) {
    let sizes: BTreeSet<u64> = changes(&events(stage, "drakrun")).iter().map(|change| change.to).collect();
    let changes = changes(&events(stage, "drak-postprocess"));
    assert_eq!(changes.iter().map(|change| change.to).max(), Some(3));
    assert_eq!(changes.last().unwrap().to, 1);
    for change in changes {
        change.assert_unbroken();
        let message = &change.reasons[0].message;
        let drakrun: u64 = message.strip_prefix("drakrun ").unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(sizes.contains(&drakrun), "{message}: {sizes:?}");
        assert_eq!(change.to, drakrun.div_ceil(3).clamp(1, 3), "{message}");
        let way = if change.to > change.from { "add" } else { "remove" };
        assert!(message.ends_with(&format!("{way} {}", change.to.abs_diff(change.from))), "{message}");
    }
}
