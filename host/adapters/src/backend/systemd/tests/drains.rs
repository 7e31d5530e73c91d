//! How replicas leave, and how they come back.

use scaling_core::status::{Action, Addition};

use super::{Model, instance};

const SIGNALS: &str =
    r#"drain = { stop-intake = { signal = "USR1" }, resume-intake = { signal = "USR2" }, deadline = "10m" }"#;

#[test]
fn a_busy_one_is_told_to_finish_and_stopped_when_it_is_idle() {
    let mut model = Model::new(SIGNALS).with(&["1", "2"]);
    model.scale(1);
    assert_eq!(model.settle(), ["stop-intake:2"]);
    model.wait(300);
    assert_eq!(model.settle(), [""; 0], "it is busy");
    model.idle.insert(instance("2"));
    assert_eq!(model.settle(), ["stop:2"]);
    model.ends("2", "success");
    assert_eq!(model.settle(), [""; 0]);
    assert!(model.news.is_empty() && model.roster.unwrap().entry(&instance("2")).is_none());
}

#[test]
fn a_drain_is_taken_back_before_the_stop() {
    let mut model = Model::new(SIGNALS).with(&["1", "2"]);
    model.scale(1);
    model.settle();
    model.scale(2);
    assert_eq!(model.settle(), ["resume-intake:2"]);
    assert_eq!(model.running(), ["1", "2"]);
}

#[test]
fn one_that_was_told_to_stop_comes_back_when_it_is_done() {
    let mut model = Model::new("").with(&["1", "2"]);
    model.scale(1);
    assert_eq!(model.settle(), ["stop:2"]);
    model.scale(2);
    assert_eq!(model.settle(), ["start:2"], "queued behind the stop");
}

#[test]
fn one_that_ends_before_it_could_be_taken_back_is_started_at_once() {
    let mut model = Model::new("").with(&["1", "2"]);
    model.scale(1);
    model.settle();
    model.scale(2);
    model.ends("2", "success");
    assert_eq!((model.settle(), model.told()), (vec!["start:2".to_owned()], vec![]), "it ended as it was asked to");
}

#[test]
fn one_that_cannot_be_asked_to_go_on_is_restarted_when_it_is_idle() {
    let toml = r#"drain = { stop-intake = { signal = "USR1" } }"#;
    let mut model = Model::new(toml).with(&["1", "2"]);
    model.scale(1);
    model.settle();
    model.scale(2);
    assert_eq!(model.settle(), [""; 0], "it still has something in hand");
    model.idle.insert(instance("2"));
    assert_eq!(model.settle(), ["stop:2", "start:2"]);
    model.look();
    assert_eq!(model.settle(), [""; 0]);
}

#[test]
fn at_the_deadline_it_is_as_the_config_says() {
    for (then, expected) in [("keep", ""), ("stop", "stop:2"), ("kill", "stop:2,kill:2")] {
        let toml = SIGNALS.replace("10m\"", &format!("10m\", then = \"{then}\""));
        let mut model = Model::new(&toml).with(&["1", "2"]);
        model.scale(1);
        model.settle();
        model.wait(601);
        assert_eq!(model.settle().join(","), expected, "{then}");
        let killed = then == "kill";
        let told = if killed { vec!["drain-overdue", "drain-timed-out"] } else { vec!["drain-overdue"] };
        assert_eq!(model.told(), told, "{then}");
    }
}

#[test]
fn d18_a_stop_that_systemd_cut_short_is_no_success() {
    let mut model = Model::new("").with(&["1", "2"]);
    model.scale(1);
    model.settle();
    model.ends("2", "timeout");
    model.settle();
    assert_eq!(model.told(), ["drain-timed-out"]);
    assert!(model.news[0].message.contains("drakrun@2 did not finish"), "{}", model.news[0].message);
    model.settle();
    assert_eq!(model.news.len(), 1, "told once");
}

#[test]
fn a_named_one_is_taken_back_and_the_rest_are_new() {
    let mut model = Model::new("numbering = \"any\"").with(&["1", "2", "3"]);
    model.remove(&["drakrun@2"]);
    assert_eq!(model.settle(), ["stop:2"]);
    let start = vec![scaling_core::verdict::Placement { agent: None, count: 1 }];
    model.order(Action::Add(Addition { recall: vec!["drakrun@2".into()], start })).unwrap();
    assert_eq!(model.settle(), ["start:2 start:4"]);
}

#[test]
fn starts_come_before_stops() {
    let mut model = Model::new("").with(&["1", "5"]);
    model.scale(3);
    let steps = model.planned();
    assert_eq!(steps.iter().map(super::told).collect::<Vec<_>>(), ["start:2", "start:3"]);
    model.under_way.extend(super::instances(&["2", "3"]));
    assert_eq!(model.planned(), [], "the stop of 5 waits until both are started");
    model.under_way.clear();
    for step in steps {
        model.carry_out(&step);
    }
    assert_eq!(model.settle(), ["stop:5"]);
}

#[test]
fn one_that_was_to_come_back_and_has_to_go_after_all_is_not_started() {
    let mut model = Model::new("").with(&["1", "2"]);
    model.scale(1);
    model.settle();
    model.scale(2);
    assert_eq!(model.planned().iter().map(super::told).collect::<Vec<_>>(), ["start:2"]);
    model.under_way.insert(instance("2"));
    model.starts.insert(instance("2"), model.now);
    assert_eq!(model.planned(), [], "the start waits behind the stop");
    model.scale(1);
    assert_eq!(model.planned().iter().map(super::told).collect::<Vec<_>>(), ["stop:2"]);
    let stop = model.planned();
    model.starts.clear();
    model.carry_out(&stop[0]);
    assert_eq!(model.planned(), [], "told once");
}

#[test]
fn a_start_that_hangs_holds_up_stops_for_a_while_only() {
    let mut model = Model::new("").with(&["1", "5", "6"]);
    model.scale(2);
    model.under_way.insert(instance("2"));
    model.starts.insert(instance("2"), model.now);
    model.sight.units.insert(instance("2"), super::unit(super::Active::Activating, "start"));
    assert_eq!(model.planned(), []);
    model.wait(31);
    assert_eq!(model.planned().iter().map(super::told).collect::<Vec<_>>(), ["stop:5", "stop:6"]);
}
