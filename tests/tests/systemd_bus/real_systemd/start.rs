//! How starts and stops end.

use std::time::Duration;

use adapters::backend::systemd::bus::{Active, Bus, BusError, JobOutcome, Whom};
use adapters::backend::systemd::template::Template;
use futures_util::future::join_all;
use trimtab_tests::lab::SystemdHost;

use super::{Followed, SOON, bus_of, is_running, numbers, one, template};

async fn start(bus: &Bus, template: &Template) -> JobOutcome {
    bus.start(template, &one(), SOON).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outcome_of_a_start_is_what_became_of_the_unit() {
    let host = SystemdHost::with_units(&[("picky@.service", PICKY)]);
    let bus = bus_of(&host);
    let drakrun = start(&bus, &template("drakrun")).await;
    assert!(matches!(&drakrun, JobOutcome::Done(unit) if is_running(unit)), "{drakrun:?}");
    let slow = start(&bus, &template("slowstart")).await;
    assert!(matches!(&slow, JobOutcome::Done(unit) if is_running(unit)), "{slow:?}");
    let failed = start(&bus, &template("failstart")).await;
    let JobOutcome::Failed { result, state } = &failed else { panic!("{failed:?}") };
    assert_eq!((result.as_str(), state.active, state.result.as_str()), ("failed", Active::Failed, "exit-code"));
    let noexec = start(&bus, &template("noexec")).await;
    assert!(!matches!(noexec, JobOutcome::TimedOut { .. }), "{noexec:?}");
    let picky = start(&bus, &template("picky")).await;
    assert!(matches!(&picky, JobOutcome::NotRunning(unit) if unit.active == Active::Inactive), "{picky:?}");
    let missing = bus.start(&template("missing"), &one(), SOON).await;
    assert_eq!(missing, Err(BusError::NoSuchUnit("missing@1.service".to_owned())));
    let impatient = bus.start(&template("slowstart"), &numbers([2])[0], Duration::from_millis(300)).await;
    assert!(matches!(&impatient, Ok(JobOutcome::TimedOut { state, .. }) if state.has_job), "{impatient:?}");
}

const PICKY: &str = "[Unit]\nConditionPathExists=/not/there\n[Service]\nExecStart=/bin/sleep infinity\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_above_the_start_limit_fails_until_it_is_forgotten() {
    let mut seen = Followed::new(SystemdHost::start(), "crashloop").await;
    start(&seen.bus, &seen.template).await;
    seen.until_unit("it is given up", |unit| unit.active == Active::Failed && unit.restarts >= 2).await;
    let refused = start(&seen.bus, &seen.template).await;
    assert!(matches!(refused, JobOutcome::Failed { .. }), "{refused:?}");
    seen.bus.reset_failed(&seen.template, &one()).await.unwrap();
    let again = start(&seen.bus, &seen.template).await;
    assert!(!matches!(again, JobOutcome::Failed { .. }), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_is_asked_for_and_its_end_is_seen() {
    let mut seen = Followed::new(SystemdHost::start(), "stubborn").await;
    start(&seen.bus, &seen.template).await;
    seen.until_unit("it runs", is_running).await;
    seen.bus.stop(&seen.template, &one()).await.unwrap();
    seen.until_unit("it is on its way down", |unit| unit.active == Active::Deactivating).await;
    seen.until_unit("it was killed", |unit| unit.active == Active::Failed && unit.result == "timeout").await;
    seen.bus.stop(&seen.template, &numbers([9])[0]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_go_to_the_worker() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    start(&seen.bus, &seen.template).await;
    seen.until_unit("it runs", is_running).await;
    seen.bus.kill(&seen.template, &one(), Whom::Main, 9).await.unwrap();
    seen.until_unit("it was killed", |unit| unit.result == "signal").await;
    let none = seen.bus.kill(&seen.template, &numbers([9])[0], Whom::All, 9).await;
    assert_eq!(none, Err(BusError::NoSuchUnit("drakrun@9.service".to_owned())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    let all = numbers(1..=50);
    let outcomes = join_all(all.iter().map(|one| seen.bus.start(&seen.template, one, SOON))).await;
    for outcome in outcomes {
        assert!(matches!(&outcome, Ok(JobOutcome::Done(unit)) if is_running(unit)), "{outcome:?}");
    }
    seen.until("all run", |sight| all.iter().all(|one| sight.units.get(one).is_some_and(is_running))).await;
    for outcome in join_all(all.iter().map(|one| seen.bus.stop(&seen.template, one))).await {
        outcome.unwrap();
    }
    seen.until("all are gone", |sight| sight.units.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn usage_is_known_of_what_runs_only() {
    let host = SystemdHost::start();
    let (bus, drakrun) = (bus_of(&host), template("drakrun"));
    start(&bus, &drakrun).await;
    assert!(bus.usage(&drakrun, &one()).await.unwrap().tasks.is_some_and(|tasks| tasks > 0));
    let idle = bus.usage(&drakrun, &numbers([9])[0]).await.unwrap();
    assert_eq!((idle.tasks, idle.memory_bytes), (None, None));
}
