//! Jobs that run: added to those that wait, or among them already.

use super::*;

fn seen(desired: u32, queued: f64, running: &[(u64, f64)]) -> ObservationBuilder {
    let queued = (queued > 0.0).then_some((1, queued));
    ObservationBuilder::new()
        .desired(desired)
        .jobs("work.jobs.queued", queued)
        .jobs("work.jobs.running", running.iter().copied())
}

/// KEDA's "accurate": a job that is taken leaves the queue.
#[test]
fn what_runs_is_added() {
    let verdict = verdict(TWO_EACH, seen(3, 4.0, &[(60, 1.0), (30, 1.0), (5, 1.0)]));
    assert_eq!(verdict.reason, "work.jobs.queued 4 + work.jobs.running 3 = 7: 7 / 2 = 3.5, ceil 4: add 1");
}

/// KEDA's "default": a job stays in the queue until it is done.
#[test]
fn what_runs_is_in_the_queue_already() {
    let config = r#"{ "indicator": "work.jobs.queued", "per-replica": 2 }"#;
    let verdict = verdict(config, seen(3, 7.0, &[(60, 3.0)]));
    assert_eq!(verdict.reason, "work.jobs.queued 7 / 2 = 3.5, ceil 4: add 1");
}

#[test]
fn an_empty_queue_does_not_take_those_away_that_work() {
    assert_eq!(size(3, &verdict(TWO_EACH, seen(3, 0.0, &[(60, 3.0)]))), 2);
    assert_eq!(size(3, &verdict(TWO_EACH, seen(3, 0.0, &[]))), 0);
}

#[test]
fn the_jobs_in_the_hands_of_the_replicas() {
    let config = r#"{ "indicator": "waiting", "per-replica": 2, "include-running": true }"#;
    let seen = |jobs: [Option<u32>; 3]| {
        jobs.into_iter()
            .zip(["w-1", "w-2", "w-3"])
            .fold(waiting(3, 2.0), |seen, (jobs, id)| seen.replica("host", id, |replica| replica.usage.jobs = jobs))
    };
    assert_eq!(
        verdict(config, seen([Some(1), Some(2), Some(0)])).reason,
        "waiting 2 + 3 in hand = 5: 5 / 2 = 2.5, ceil 3: keep 3"
    );
    let unknown = verdict(config, seen([Some(1), None, Some(0)]));
    assert!(abstains(&unknown));
    let doubt = "not all replicas tell what they have in hand, so what runs is not known";
    assert_eq!(unknown.reason, format!("waiting 2 / 2 = 1: but {doubt}"));
}

/// D22: a job whose worker was killed stays `Started` for a day. It is not load for ever.
#[test]
fn orphans_do_not_count() {
    let config = with(TWO_EACH, r#""orphan-after": "2h""#);
    let jobs = [(90_000, 1.0), (7_201, 1.0), (7_200, 1.0), (60, 1.0)];
    let verdict = verdict(&config, seen(3, 0.0, &jobs));
    assert_eq!(size(3, &verdict), 1);
    assert_eq!(
        verdict.reason,
        "work.jobs.queued 0 + work.jobs.running 2 (2 orphans left out) = 2: 2 / 2 = 1: remove 2"
    );
}

/// At zero, what runs is an orphan or belongs to one that is leaving: it brings none back.
#[test]
fn at_zero_only_what_waits_counts() {
    assert_eq!(size(0, &verdict(TWO_EACH, seen(0, 0.0, &[(60, 5.0)]))), 0);
    assert_eq!(verdict(TWO_EACH, seen(0, 3.0, &[(60, 5.0)])).reason, "work.jobs.queued 3 / 2 = 1.5, ceil 2: add 2");
}
