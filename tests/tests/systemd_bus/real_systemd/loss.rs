//! systemd or the bus hangs, is cut off, or starts anew.

use std::time::{Duration, Instant};

use adapters::backend::systemd::bus::{BusError, JobOutcome};
use trimtab_tests::lab::SystemdHost;

use super::{Followed, LIMIT, SOON, is_running, one};

/// What is back is seen again within this.
const BACK: Duration = Duration::from_secs(5);

/// A ping that fails, and in its time.
async fn ping_fails(seen: &Followed) {
    tokio::time::sleep(Duration::from_millis(600)).await;
    let began = Instant::now();
    let error = seen.bus.ping().await.unwrap_err();
    assert!(matches!(error, BusError::Timeout { .. } | BusError::Lost(_)), "{error}");
    assert!(began.elapsed() < LIMIT * 2, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn systemd_hangs_and_goes_on() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    seen.bus.ping().await.unwrap();
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it runs", is_running).await;
    seen.host.freeze_systemd();
    ping_fails(&seen).await;
    seen.until("it is lost", |sight| sight.lost.is_some()).await;
    let began = Instant::now();
    let start = seen.bus.start(&seen.template, &one(), SOON).await;
    assert!(start.is_err() && began.elapsed() < LIMIT * 2, "{start:?}");
    seen.host.thaw_systemd();
    let took = seen.until("it is found again", |sight| sight.lost.is_none()).await;
    assert!(took < BACK, "{took:?}");
    seen.bus.ping().await.unwrap();
    seen.systemctl(&["stop", &seen.name()]);
    seen.until("it is gone", |sight| sight.units.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bus_hangs_and_goes_on() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it runs", is_running).await;
    let first = seen.unit();
    seen.host.freeze_bus();
    ping_fails(&seen).await;
    seen.until("it is lost", |sight| sight.lost.is_some()).await;
    // Root has another way to systemd than the bus.
    seen.systemctl(&["restart", &seen.name()]);
    seen.host.thaw_bus();
    let took = seen.until("it is found again", |sight| sight.lost.is_none()).await;
    assert!(took < BACK, "{took:?}");
    seen.until_unit("it runs anew", |unit| is_running(unit) && unit.invocation != first.invocation).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bus_starts_anew_in_the_middle_of_a_start() {
    let mut seen = Followed::new(SystemdHost::start(), "slowstart").await;
    let (bus, template) = (seen.bus.clone(), seen.template.clone());
    let starting = tokio::spawn(async move { bus.start(&template, &one(), SOON).await });
    seen.until_unit("it has a job", |unit| unit.has_job).await;
    seen.host.restart_bus();
    let outcome = starting.await.unwrap().unwrap();
    assert!(!matches!(outcome, JobOutcome::Failed { .. } | JobOutcome::NotRunning(_)), "{outcome:?}");
    seen.until_unit("it runs", is_running).await;
    assert_eq!(seen.sight().lost, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn systemd_executes_itself_anew() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it runs", is_running).await;
    seen.systemctl(&["daemon-reexec"]);
    seen.systemctl(&["kill", "--signal=KILL", &seen.name()]);
    seen.until_unit("it was started again", |unit| is_running(unit) && unit.restarts == 1).await;
    seen.until("it is trusted", |sight| sight.lost.is_none() && !sight.reloading).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_is_seen_to_end() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    seen.host.add_unit("drakrun@.service", "[Service]\nExecStart=/bin/sleep infinity\nTimeoutStopSec=7\n");
    let seven = Some(Duration::from_secs(7));
    seen.until("the new file is read", |sight| sight.stop_timeout == seven && !sight.reloading).await;
}
