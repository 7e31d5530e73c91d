//! `draksetup scale N`: its phases and their order.

use super::{Model, instance, instances};

fn draksetup(enabled: &[&str]) -> Model {
    Model::new("boot = \"enable\"").with(enabled)
}

#[test]
fn d1_more_are_enabled_then_started() {
    let mut model = draksetup(&["1"]);
    model.scale(3);
    assert_eq!(model.settle(), ["enable:2,3", "start:2 start:3"]);
    assert_eq!(model.enabled(), ["1", "2", "3"]);
}

#[test]
fn d2_fewer_are_disabled_first_and_stopped_last() {
    let mut model = draksetup(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    model.scale(7);
    assert_eq!(model.settle(), ["disable:8,9,10", "stop:8 stop:9 stop:10"]);
    assert_eq!(model.enabled(), ["1", "2", "3", "4", "5", "6", "7"]);
}

#[test]
fn one_that_was_just_enabled_is_disabled_first_all_the_same() {
    let mut model = draksetup(&["1"]);
    model.scale(2);
    model.settle();
    model.scale(1);
    assert_eq!(model.settle(), ["disable:2", "stop:2"]);
}

#[test]
fn one_that_is_no_longer_wanted_while_it_is_being_enabled_is_disabled_when_that_shows() {
    let mut model = draksetup(&["1"]);
    model.scale(2);
    model.setbacks.boot.begin(&instance("2"), true, model.now);
    model.scale(1);
    assert_eq!(model.settle(), [""; 0], "it does not run, and does not show as enabled");
    model.setbacks.boot.note(instance("2"), true, Ok(()), model.now);
    model.settle();
    model.sight.enabled.insert(instance("2"));
    assert_eq!(model.settle(), ["disable:2"]);
    model.look();
    assert!(model.roster.unwrap().entry(&instance("2")).is_none());
}

#[test]
fn d3_what_is_so_already_needs_nothing() {
    let mut model = draksetup(&["1", "2", "3"]);
    model.scale(3);
    assert_eq!(model.settle(), [""; 0]);
}

#[test]
fn d4_a_gap_is_closed_in_the_order_of_the_original() {
    let mut model = draksetup(&["1", "5"]);
    model.scale(3);
    assert_eq!(model.settle(), ["disable:5", "enable:2,3", "start:2 start:3", "stop:5"]);
    assert_eq!((model.running(), model.stopping()), (vec!["1".into(), "2".into(), "3".into()], vec!["5".into()]));
}

#[test]
fn d5_nothing_is_enabled_yet() {
    let mut model = draksetup(&[]);
    model.scale(1);
    assert_eq!(model.settle(), ["enable:1", "start:1"]);
}

#[test]
fn d6_none_is_a_size_too() {
    let mut model = draksetup(&["1", "2"]);
    model.scale(0);
    assert_eq!(model.settle(), ["disable:1,2", "stop:1 stop:2"]);
}

#[test]
fn d9_numbers_are_told_apart_as_they_are_written() {
    let mut model = draksetup(&["0", "01"]);
    model.scale(1);
    assert_eq!(model.settle(), ["disable:0,01", "enable:1", "start:1", "stop:0 stop:01"]);
}

#[test]
fn d10_a_start_that_fails_is_told_and_stays_enabled() {
    let mut model = draksetup(&["1"]);
    model.broken.insert(instance("2"));
    model.scale(2);
    model.sight.enabled.insert(instance("2")); // it is the start that is broken here
    assert_eq!(model.settle(), ["start:2"]);
    assert_eq!((model.enabled(), model.told()), (vec!["1".into(), "2".into()], vec!["start-failed"]));
}

#[test]
fn d11_one_that_cannot_be_enabled_is_started_all_the_same() {
    let mut model = draksetup(&["1"]);
    model.scale(2);
    model.broken.insert(instance("2"));
    assert_eq!(model.planned().len(), 1);
    let enable = model.planned();
    model.carry_out(&enable[0]);
    model.broken.clear();
    assert_eq!(model.settle(), ["start:2"], "the next attempt to enable it comes later");
    model.wait(31);
    assert_eq!(model.settle(), ["enable:2"]);
}

#[test]
fn d12_one_that_cannot_be_disabled_is_stopped_all_the_same() {
    let mut model = draksetup(&["1", "2"]);
    model.broken.insert(instance("2"));
    model.scale(1);
    assert_eq!(model.settle(), ["disable:2", "stop:2"]);
    model.ends("2", "success");
    assert_eq!(model.settle(), [""; 0]);
    model.broken.clear();
    model.wait(31);
    assert_eq!(model.settle(), ["disable:2"], "that it is gone does not end the attempts");
    model.look();
    assert!(model.roster.unwrap().entry(&instance("2")).is_none());
}

#[test]
fn d19_one_that_runs_and_is_not_enabled_is_left_alone_and_told() {
    let mut model = draksetup(&["1", "2"]);
    model.sight.units.insert(instance("7"), super::unit(super::Active::Active, "running"));
    model.scale(1);
    model.settle();
    assert_eq!(model.running(), ["1", "7"]);
    assert!(model.drift()["drakrun@7"].contains("runs but is not enabled"));
}

#[test]
fn nothing_is_done_that_was_not_wanted_at_the_first_sight() {
    let mut model = draksetup(&["1", "5"]);
    assert_eq!(model.settle(), [""; 0]);
    assert!(model.drift()["drakrun@.service (all)"].contains("1 5 are not 1 to 2"));
    assert_eq!(model.roster.unwrap().staying().cloned().collect::<Vec<_>>(), instances(&["1", "5"]));
}
