//! What is done by hand is seen.

use std::time::Duration;

use adapters::backend::systemd::bus::{Active, Load};
use adapters::backend::systemd::template::Instance;
use trimtab_tests::lab::SystemdHost;

use super::{Followed, bus_of, is_running, numbers, one, template};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_and_stops_by_hand_are_seen() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    assert!(seen.sight().installed && seen.sight().units.is_empty());
    assert_eq!(seen.sight().stop_timeout, Some(Duration::from_secs(700)));
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it runs", is_running).await;
    let first = seen.unit();
    assert_eq!(first.main_pid, seen.host.main_pid(&seen.name()));
    assert_eq!(first.invocation, seen.host.property(&seen.name(), "InvocationID"));
    assert!(first.started.is_some() && first.since >= first.started);
    assert_eq!((first.stop_timeout, first.restarts), (Some(Duration::from_secs(700)), 0));
    seen.systemctl(&["restart", &seen.name()]);
    seen.until_unit("it runs anew", |unit| is_running(unit) && unit.invocation != first.invocation).await;
    seen.systemctl(&["stop", &seen.name()]);
    seen.until("it is gone", |sight| sight.units.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_and_is_started_again_is_seen() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it runs", is_running).await;
    seen.systemctl(&["kill", "--signal=KILL", &seen.name()]);
    seen.until_unit("it is about to be started again", |unit| unit.sub == "auto-restart").await;
    assert_eq!((seen.unit().active, seen.unit().result.as_str()), (Active::Activating, "signal"));
    seen.until_unit("it was started again", |unit| is_running(unit) && unit.restarts == 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_limit_is_seen() {
    let mut seen = Followed::new(SystemdHost::start(), "crashloop").await;
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it is given up", |unit| unit.active == Active::Failed && unit.restarts >= 2).await;
    seen.bus.reset_failed(&seen.template, &one()).await.unwrap();
    seen.until("it is forgotten", |sight| sight.units.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_and_masks_made_by_hand_are_seen() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    seen.systemctl(&["enable", &seen.name(), "drakrun@3.service"]);
    seen.until("both are enabled", |sight| sight.enabled == numbers([1, 3]).into_iter().collect()).await;
    seen.systemctl(&["disable", &seen.name()]);
    seen.until("one is enabled", |sight| sight.enabled == numbers([3]).into_iter().collect()).await;
    seen.systemctl(&["disable", "--no-reload", "drakrun@3.service"]);
    seen.until("none is enabled", |sight| sight.enabled.is_empty()).await;
    seen.systemctl(&["start", "drakrun@3.service"]);
    seen.systemctl(&["mask", "--runtime", "drakrun@3.service"]);
    let three = Instance::number(3);
    seen.until("it is masked", |sight| sight.units.get(&three).is_some_and(|unit| unit.load == Load::Masked)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_that_comes_later_is_seen() {
    let mut seen = Followed::new(SystemdHost::start(), "late").await;
    assert!(!seen.sight().installed);
    seen.host.add_unit("late@.service", "[Service]\nExecStart=/bin/sleep infinity\nTimeoutStopSec=infinity\n");
    seen.until("it is there", |sight| sight.installed && !sight.reloading && sight.stop_timeout.is_none()).await;
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it runs", |unit| is_running(unit) && unit.stop_timeout.is_none()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn templates_on_one_bus_share_a_connection() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    let other = bus_of(&seen.host);
    let mut postprocess = other.follow(&template("drak-postprocess"));
    postprocess.wait_for(|sight| sight.lost.is_none()).await.unwrap();
    seen.systemctl(&["start", &seen.name(), "drak-postprocess@1.service"]);
    seen.until_unit("one runs", is_running).await;
    postprocess.wait_for(|sight| sight.units.get(&one()).is_some_and(is_running)).await.unwrap();
    assert_eq!(connections(&seen.host), 1);
}

/// Connections to the bus that come from this process, outside the machine: it has no name for their process.
fn connections(host: &SystemdHost) -> usize {
    let listed = host.run(&["busctl", "list", "--unique", "--no-legend", "--no-pager"]).told();
    let mine = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words[1] == "-" || words[1] == "0"
    };
    listed.lines().filter(mine).count()
}
