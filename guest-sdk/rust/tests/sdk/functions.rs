//! Synthesizing functions: the numbers, and what is no number.

use trimtab_policy_sdk::prelude::*;
use trimtab_policy_sdk::{Observation, Subject};

/// Readings of 15 s ago, 30 s ago ...: 2, 6, 4, the last now.
fn readings() -> Observation {
    ObservationBuilder::new().series("load", [2.0, 6.0, 4.0]).build()
}

fn of(function: Function, seen: &Observation, name: &str) -> Result<f64, Missing> {
    function.synthesize(&seen.indicator(name))
}

#[test]
fn of_readings() {
    let seen = readings();
    let table = [
        (Function::Count, 4.0),
        (Function::Samples, 3.0),
        (Function::Sum, 12.0),
        (Function::Average, 4.0),
        (Function::Min, 2.0),
        (Function::Max, 6.0),
        (Function::Last, 4.0),
        (Function::Quantile(0.0), 2.0),
        (Function::Quantile(0.5), 4.0),
        (Function::Quantile(0.75), 5.0),
        (Function::Quantile(1.0), 6.0),
    ];
    for (function, expected) in table {
        assert_eq!(of(function, &seen, "load"), Ok(expected), "{}", function.name());
    }
}

#[test]
fn the_rate_of_a_counter_survives_its_restart() {
    let seen = ObservationBuilder::new().series("requests", [100.0, 130.0, 10.0, 50.0]).build();
    // 30 more, then a restart and 10, then 40 more, in 45 s.
    assert_eq!(of(Function::Rate, &seen, "requests"), Ok(80.0 / 45.0));
}

#[test]
fn a_rate_takes_two_samples() {
    let seen = ObservationBuilder::new().series("requests", [100.0]).build();
    assert_eq!(of(Function::Rate, &seen, "requests"), Err(Missing::TooFew { needed: 2 }));
}

#[test]
fn jobs_are_counted_one_by_one() {
    let seen = ObservationBuilder::new()
        .jobs("jobs.queued", [(7200, 12.0), (3, 7.0)])
        .jobs("a.jobs.running", [])
        .jobs("jobs.waited", [(10, 0.5), (20, 1.5), (30, 4.0)])
        .jobs("jobs.finished", [])
        .build();
    assert_eq!(of(Function::Count, &seen, "jobs.queued"), Ok(19.0));
    assert_eq!(of(Function::Count, &seen, "a.jobs.running"), Ok(0.0));
    assert_eq!(of(Function::Count, &seen, "jobs.waited"), Ok(3.0));
    assert_eq!(of(Function::Average, &seen, "jobs.waited"), Ok(2.0));
    assert_eq!(of(Function::Sum, &seen, "jobs.finished"), Ok(0.0));
    assert_eq!(of(Function::Average, &seen, "jobs.finished"), Err(Missing::Empty));
    assert_eq!(of(Function::Rate, &seen, "jobs.waited"), Err(Missing::Unsuited));
}

#[test]
fn a_window_cuts_readings_and_not_the_jobs_that_wait() {
    let seen = ObservationBuilder::new().series("load", [9.0, 2.0, 4.0]).jobs("jobs.queued", [(7200, 12.0)]).build();
    let within = |name| seen.indicator(name).within(15_000);
    assert_eq!(Function::Max.synthesize(&within("load")), Ok(4.0));
    assert_eq!(Function::Count.synthesize(&within("jobs.queued")), Ok(12.0));
}

#[test]
fn the_newest_reading_is_in_every_window_and_an_old_job_is_not() {
    let seen = ObservationBuilder::new()
        .series("load", [9.0, 2.0])
        .but(|series| series.samples.truncate(1))
        .jobs("jobs.waited", [(20, 9.0)])
        .build();
    let within = |name| seen.indicator(name).within(10_000);
    assert_eq!(Function::Average.synthesize(&within("load")), Ok(9.0));
    assert_eq!(Function::Average.synthesize(&within("jobs.waited")), Err(Missing::Empty));
}

#[test]
fn missing_is_never_zero() {
    let seen = ObservationBuilder::new()
        .absent("absent")
        .series("stale", [0.0])
        .but(|series| series.quality = Quality::Stale)
        .series("empty", [])
        .build();
    let all = [
        Function::Count,
        Function::Sum,
        Function::Average,
        Function::Min,
        Function::Max,
        Function::Last,
        Function::Quantile(0.5),
    ];
    for function in all {
        assert_eq!(of(function, &seen, "no-such"), Err(Missing::NotObserved), "{}", function.name());
        assert_eq!(of(function, &seen, "absent"), Err(Missing::Absent), "{}", function.name());
        assert_eq!(of(function, &seen, "stale"), Err(Missing::Stale), "{}", function.name());
        assert_eq!(of(function, &seen, "empty"), Err(Missing::Empty), "{}", function.name());
    }
}

#[test]
fn several_series_are_pooled_and_the_newest_added_up() {
    let of_replica = |id: &str| Subject::Replica(id.to_owned());
    let seen = ObservationBuilder::new()
        .series("queue", [1.0, 3.0])
        .but(|series| series.subject = of_replica("a"))
        .series("queue", [5.0, 7.0])
        .but(|series| series.subject = of_replica("b"))
        .series("queue", [100.0])
        .build();
    let queues = seen.indicator("queue").about(SubjectKind::Replica);
    assert_eq!(Function::Last.synthesize(&queues), Ok(10.0));
    assert_eq!(Function::Average.synthesize(&queues), Ok(4.0));
    assert!(!queues.is_partial());
}

#[test]
fn a_series_that_cannot_be_believed_is_left_out_and_told() {
    let seen = ObservationBuilder::new()
        .series("queue", [3.0])
        .series("queue", [900.0])
        .but(|series| series.quality = Quality::Stale)
        .build();
    let queues = seen.indicator("queue");
    assert_eq!((Function::Last.synthesize(&queues), queues.is_partial()), (Ok(3.0), true));
}

#[test]
fn a_sum_beyond_all_numbers_is_missing() {
    let seen = ObservationBuilder::new().series("huge", [f64::MAX, f64::MAX]).build();
    assert_eq!(of(Function::Sum, &seen, "huge"), Err(Missing::Overflow));
}
