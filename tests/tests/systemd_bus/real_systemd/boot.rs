//! What starts at boot.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use adapters::backend::systemd::bus::{BusError, Sight, TemplateFacts};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use trimtab_tests::lab::SystemdHost;

use super::{Followed, SOON, bus_of, is_running, numbers, one, template};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_enabled_runs_after_a_power_cut() {
    let mut seen = Followed::new(SystemdHost::start(), "drakrun").await;
    for (_, outcome) in seen.bus.enable(&seen.template, &numbers([1, 2])).await {
        outcome.unwrap();
    }
    assert_eq!(seen.host.enabled("drakrun@*.service").len(), 2);
    seen.until("both are enabled", |sight| sight.enabled.len() == 2 && !sight.reloading).await;
    seen.host.power_cut();
    seen.until("it is lost", |sight| sight.lost.is_some()).await;
    seen.host.boot();
    seen.until_unit("it runs", is_running).await;
    seen.until("it is found again", |sight| sight.lost.is_none() && sight.units.len() == 2).await;
    for (_, outcome) in seen.bus.disable(&seen.template, &numbers([1, 2])).await {
        outcome.unwrap();
    }
    seen.until("none is enabled", |sight| sight.enabled.is_empty()).await;
    assert_eq!(seen.host.enabled("drakrun@*.service"), BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stops_when_the_machine_goes_down_is_known_to() {
    let mut seen = Followed::new(SystemdHost::with_units(&[("late@.service", LATE)]), "late").await;
    seen.systemctl(&["start", &seen.name()]);
    seen.until_unit("it runs", is_running).await;
    let mut sights = seen.bus.follow(&seen.template);
    let off = spawn_blocking(move || seen.host.power_off());
    let is_stopped = |sight: &Arc<Sight>| !sight.units.get(&one()).is_some_and(is_running);
    let stopped = timeout(SOON, sights.wait_for(is_stopped)).await.unwrap().unwrap().clone();
    assert!(stopped.shutting_down, "{stopped:#?}");
    off.await.unwrap();
}

/// Takes 2 s to stop, and the bus has to wait for it.
const LATE: &str = "[Unit]\nAfter=dbus.service\n[Service]\nExecStart=/bin/sleep infinity\nExecStop=/bin/sleep 2\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_masked_does_not_keep_the_others_from_it() {
    let host = SystemdHost::start();
    let bus = bus_of(&host);
    host.systemctl(&["mask", "drakrun@2.service"]).told();
    let outcomes = bus.enable(&template("drakrun"), &numbers([1, 2])).await;
    assert_eq!(outcomes[0], (one(), Ok(())));
    assert!(matches!(&outcomes[1].1, Err(BusError::Refused(text)) if text.contains("masked")), "{outcomes:?}");
    let missing = bus.enable(&template("missing"), &[one()]).await;
    assert_eq!(missing, [(one(), Err(BusError::NoSuchUnit("missing@1.service".to_owned())))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_facts_of_a_template_are_those_of_its_file() {
    let host = SystemdHost::start();
    let bus = bus_of(&host);
    let facts = bus.facts(&template("drakrun")).await.unwrap();
    assert!(facts.installed);
    assert_eq!(facts.stop_timeout, Some(Duration::from_secs(700)));
    let missing = bus.facts(&template("missing")).await.unwrap();
    assert!(matches!(missing, TemplateFacts { installed: false, .. }));
}
