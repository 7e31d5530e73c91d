//! What ends, does not start, is masked, or can't be seen.

use super::{Active, Model, Timestamp, instance, unit};
use crate::backend::systemd::bus::{Load, UnitState};

#[test]
fn one_that_ended_is_started_again_after_a_wait() {
    let mut model = Model::new("").with(&["1"]);
    model.settle();
    model.ends("1", "exit-code");
    assert_eq!((model.settle(), model.told()), (vec![], vec!["ended"]));
    model.wait(1);
    assert_eq!(model.settle(), ["start:1"]);
}

#[test]
fn those_whose_machine_was_booted_did_not_fail() {
    let mut model = Model::new("").with(&["1", "2"]);
    model.sight.began = Some(Timestamp(1));
    model.settle();
    model.ends("1", "exit-code");
    model.settle();
    model.sight.began = Some(Timestamp(2));
    model.sight.units.clear();
    assert_eq!(model.settle(), ["start:1 start:2"], "1 need not wait any longer");
    assert_eq!(model.told(), ["ended"], "only what 1 did before");
}

#[test]
fn one_that_ends_again_and_again_is_told_of_as_a_habit() {
    let mut model = Model::new("").with(&["1"]);
    for _ in 0..6 {
        model.settle();
        model.ends("1", "exit-code");
        model.settle();
        model.wait(40);
    }
    assert_eq!(model.told(), ["ended", "ended", "quarantined"]);
}

#[test]
fn one_that_is_inactive_though_it_is_wanted_is_noticed() {
    let mut model = Model::new("boot = \"enable\"").with(&["1"]);
    model.settle();
    model.sight.units.clear(); // ended with success, and forgotten by systemd
    model.settle();
    assert!(model.news[0].message.contains("drakrun@1 ended"), "{:?}", model.news);
    model.wait(1);
    assert_eq!(model.settle(), ["start:1"]);
}

#[test]
fn one_that_cannot_start_is_left_alone_longer_and_longer() {
    let mut model = Model::new("");
    model.broken.insert(instance("1"));
    model.scale(1);
    let mut starts = 0;
    for _ in 0..100 {
        starts += model.settle().len();
        model.wait(1);
    }
    assert!((6..=8).contains(&starts), "1, 2, 4, 8, 16, 32 s apart: {starts}");
    assert_eq!(model.told(), ["start-failed", "quarantined"]);
}

#[test]
fn with_any_number_another_is_taken_for_one_that_cannot_start() {
    let mut model = Model::new("numbering = \"any\"");
    model.broken.insert(instance("1"));
    model.scale(1);
    for _ in 0..10 {
        model.settle();
        model.wait(1);
    }
    assert_eq!(model.running(), ["2"]);
}

#[test]
fn a_number_that_is_given_up_is_no_longer_enabled() {
    let mut model = Model::new("numbering = \"any\"\nboot = \"enable\"").with(&["1"]);
    for _ in 0..3 {
        model.settle();
        model.ends("1", "exit-code");
        model.settle();
        model.wait(10);
    }
    model.settle();
    assert_eq!((model.enabled(), model.running()), (vec!["2".to_owned()], vec!["2".to_owned()]));
    assert!(model.drift().is_empty());
}

#[test]
fn but_not_for_ever_if_all_fail() {
    let mut model = Model::new("numbering = \"any\"");
    model.broken.extend((1..100).map(super::Instance::number));
    model.scale(1);
    for _ in 0..200 {
        model.settle();
        model.wait(1);
    }
    assert_eq!(model.remembered.given_up.len(), 3);
    assert_eq!(model.roster.unwrap().entries.len(), 1);
}

#[test]
fn a_masked_one_is_not_tried_and_told() {
    let mut model = Model::new("boot = \"enable\"");
    let masked = UnitState { load: Load::Masked, ..unit(Active::Inactive, "dead") };
    model.sight.units.insert(instance("1"), masked);
    model.scale(1);
    assert_eq!(model.settle(), [""; 0]);
    assert!(model.drift()["drakrun@1"].contains("masked"));
}

#[test]
fn without_the_template_nothing_is_tried() {
    let mut model = Model::new("");
    model.sight.installed = false;
    model.scale(2);
    assert_eq!(model.settle(), [""; 0]);
    assert!(model.drift()["drakrun@.service"].contains("not installed"));
}

#[test]
fn nothing_is_done_by_a_sight_that_cannot_be_trusted() {
    let mut model = Model::new("");
    model.scale(2);
    model.sight.reloading = true;
    assert_eq!(model.planned(), []);
    model.sight.reloading = false;
    model.sight.lost = Some("no".into());
    assert_eq!(model.planned(), []);
    model.sight.lost = None;
    model.sight.shutting_down = true;
    assert_eq!(model.planned(), []);
}

#[test]
fn one_that_systemd_restarts_by_itself_is_systemds() {
    let mut model = Model::new("").with(&["1"]);
    model.settle();
    model.sight.units.insert(instance("1"), unit(Active::Activating, "auto-restart"));
    assert_eq!((model.settle(), model.told()), (vec![], vec![]));
}
