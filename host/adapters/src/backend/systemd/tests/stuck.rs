//! What must not go on for ever, nor again and again.

use super::{Active, Model, instance, unit};
use crate::backend::systemd::bus::{Load, UnitState};

const SIGNALS: &str = r#"drain = { stop-intake = { signal = "USR1" }, deadline = "10m", then = "stop" }"#;

#[test]
fn a_worker_that_cannot_be_told_to_finish_is_stopped_at_the_deadline() {
    let mut model = Model::new(SIGNALS).with(&["1", "2"]);
    model.scale(1);
    let told = |model: &mut Model| model.planned().iter().map(super::told).collect::<Vec<_>>();
    assert_eq!(told(&mut model), ["stop-intake:2"], "which is not done: its command fails");
    model.wait(601);
    assert_eq!(told(&mut model), ["stop:2"]);
}

#[test]
fn a_start_that_could_not_be_asked_for_waits_before_the_next() {
    let mut model = Model::new("");
    model.scale(1);
    model.setbacks.not_before.insert(instance("1"), model.now.plus(std::time::Duration::from_secs(1)));
    assert_eq!(model.planned(), []);
    model.wait(1);
    assert_eq!(model.settle(), ["start:1"]);
}

#[test]
fn who_runs_as_he_should_has_no_error() {
    let mut model = Model::new("").with(&["1", "2"]);
    model.scale(1);
    for number in ["1", "2"] {
        model.setbacks.why.insert(instance(number), "the connection was lost".to_owned());
    }
    model.look();
    assert_eq!(model.setbacks.why.keys().cloned().collect::<Vec<_>>(), [instance("2")], "it is still to be stopped");
}

#[test]
fn a_worker_that_was_restarted_by_systemd_is_told_to_finish_again() {
    let mut model = Model::new(SIGNALS).with(&["1", "2"]);
    let run = |model: &mut Model, name: &str| {
        let running = UnitState { invocation: name.to_owned(), ..unit(Active::Active, "running") };
        model.sight.units.insert(instance("2"), running);
    };
    run(&mut model, "first");
    model.scale(1);
    assert_eq!(model.settle(), ["stop-intake:2"]);
    run(&mut model, "second");
    model.look();
    model.idle.insert(instance("2"));
    assert_eq!(model.settle(), ["stop-intake:2", "stop:2"]);
}

#[test]
fn who_comes_back_before_he_could_be_disabled_has_a_whole_drain() {
    let toml = r#"boot = "enable"
        drain = { deadline = "10m", then = "kill" }"#;
    let mut model = Model::new(toml).with(&["1", "2"]);
    model.broken.insert(instance("2"));
    model.scale(1);
    assert_eq!(model.settle(), ["disable:2", "stop:2"]);
    model.ends("2", "success");
    model.settle();
    model.wait(3600);
    model.sight.units.insert(instance("2"), unit(Active::Active, "running")); // at boot, say
    let steps = model.settle();
    assert!(steps.last().unwrap() == "stop:2" && !steps.contains(&"kill:2".to_owned()), "{steps:?}");

    model.sight.began = Some(model.now.plus(std::time::Duration::from_secs(3600)));
    model.wait(3700);
    model.sight.units.insert(instance("2"), unit(Active::Active, "running")); // the host was not there when it was gone
    let steps = model.settle();
    assert!(steps.last().unwrap() == "stop:2" && !steps.contains(&"kill:2".to_owned()), "{steps:?}");
}

#[test]
fn with_any_number_another_is_taken_for_one_that_is_masked() {
    let mut model = Model::new("numbering = \"any\"").with(&["1", "2"]);
    let masked = || UnitState { load: Load::Masked, ..unit(Active::Inactive, "dead") };
    model.sight.units.insert(instance("3"), masked());
    model.look();
    model.add(1);
    assert_eq!(model.settle(), ["start:4"]);
    model.sight.units.insert(instance("2"), masked());
    model.settle();
    model.wait(2);
    model.settle();
    assert_eq!(model.running(), ["1", "4", "5"]);
}
