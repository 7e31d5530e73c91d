//! The scenarios of `draksetup scale N`: D1 to D9, D13 and D14 as they were seen of the original, with the whole
//! program. Those that fail are in `failures`, those with analyses under way in `drains`, D20 is in `ratio`; D21 and D22
//! are about the queue, and stand with the source `karton` (`tests/sources`).
//!
//! What is different on purpose:
//!
//! | scenario | `draksetup scale` | Trimtab |
//! |---|---|---|
//! | D1 to D5 | enables and starts 1 to N, also those that are so already | asks systemd only for what is missing |
//! | D3, D4 | as many as there are, but not 1 to N: renumbers them | shows that as drift; the next change of size mends it |
//! | D6 | 0 is an error in the older versions | 0 is a size, if `min = 0` |
//! | D7 | a negative number is a traceback or a usage error | refused, exit 2 |
//! | D10 | exit 0 though the start failed | exit 1 and says why; it is tried again, and stays enabled |
//! | D11, D12 | exit 0, and not a word | does the rest too, says what failed and how it will be after a reboot, exit 1 |
//! | D15 to D17 | blocks without a word | shows who drains, for how long, with what in hand; can be taken back |
//! | D18 | exit 0 when systemd killed an analysis | `drain-timed-out`, the removal has failed, exit 1 |
//! | D19 | does not see what runs and is not enabled | leaves it alone, and shows it as drift |

use super::deeds::{phases, position};
use super::stage::{Stage, drop_in, set, sized, unit};

const TEN: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/// Scales, and asserts that it was done: what systemd was asked for, phase by phase.
fn scaled(stage: &Stage, size: u32) -> Vec<String> {
    let (told, deeds) = stage.deeds_of(size);
    assert_eq!(told.exit, Some(0), "{}", told.text);
    phases(&deeds)
}

#[test]
fn d1_d3_d5_more_are_enabled_then_started() {
    let stage = Stage::sized(&[]);
    assert!(!stage.machine.run(&["test", "-e", "/etc/systemd/system/default.target.wants"]).succeeded());
    assert_eq!(scaled(&stage, 1), ["enable 1", "start 1"], "D5");
    assert_eq!(scaled(&stage, 3), ["enable 2 3", "start 2 3"], "D1");
    assert_eq!((stage.enabled(), stage.running()), (set(&["1", "2", "3"]), set(&["1", "2", "3"])));
    assert_eq!(scaled(&stage, 3), [""; 0], "D3");
}

#[test]
fn d2_d6_fewer_are_disabled_first_and_stopped_last() {
    let stage = Stage::sized(&TEN);
    assert_eq!(scaled(&stage, 7), ["disable 8 9 10", "stop 8 9 10"]);
    assert_eq!((stage.enabled(), stage.running()), (set(&TEN[..7]), set(&TEN[..7])));
    assert_eq!(scaled(&stage, 0), ["disable 1 2 3 4 5 6 7", "stop 1 2 3 4 5 6 7"]);
    assert_eq!((stage.enabled(), stage.running()), (set(&[]), set(&[])));
}

#[test]
fn d4_a_gap_is_closed_in_the_order_of_the_original() {
    let stage = Stage::sized(&["1", "5"]);
    let (told, deeds) = stage.deeds_of(3);
    assert_eq!(told.exit, Some(0), "{}", told.text);
    assert_eq!(phases(&deeds), ["disable 5", "enable 2 3", "start 2 3", "stop 5"]);
    for started in ["over 2", "over 3"] {
        assert!(position(&deeds, started) < position(&deeds, "stop 5"), "a phase begins when the last one is over");
    }
    assert_eq!((stage.enabled(), stage.running()), (set(&["1", "2", "3"]), set(&["1", "2", "3"])));
}

#[test]
fn d7_what_is_no_size_is_refused() {
    let stage = Stage::sized(&["1"]);
    for size in ["-2", "two", "2.5", ""] {
        assert_eq!(stage.trimtab.verb(&["scale", "drakrun", size]).status.code(), Some(2), "{size:?}");
    }
    assert_eq!((stage.enabled(), stage.running()), (set(&["1"]), set(&["1"])));
}

#[test]
fn d8_what_only_looks_like_an_instance_is_not_touched() {
    let machine = sized(&["1", "2"]);
    let wants = "/etc/systemd/system/default.target.wants";
    let others = ["drak-postprocess@2.service", "drakrun@x.service", "drakrun@3.service.bak", "drakrun.service"];
    for other in others {
        machine.run(&["ln", "-s", "/lab/kit/units/drakrun@.service", &format!("{wants}/{other}")]).told();
    }
    machine.systemctl(&["daemon-reload"]).told();
    machine.systemctl(&["start", "drak-postprocess@2.service", "drakrun@x.service"]).told();
    let stage = Stage::on(machine, super::stage::AS_DRAKSETUP);
    assert_eq!(scaled(&stage, 1), ["disable 2", "stop 2"]);
    let links = stage.machine.run(&["ls", wants]).told();
    let mut left: Vec<&str> = others.into_iter().chain(["drakrun@1.service"]).collect();
    left.sort_unstable();
    let mut links: Vec<&str> = links.lines().collect();
    links.sort_unstable();
    assert_eq!(links, left);
    assert!(["drak-postprocess@2.service", "drakrun@x.service"].iter().all(|unit| stage.machine.is_active(unit)));
}

#[test]
fn d9_numbers_are_told_apart_as_they_are_written() {
    let stage = Stage::sized(&["0", "01"]);
    assert_eq!(scaled(&stage, 1), ["disable 0 01", "enable 1", "start 1", "stop 0 01"]);
    assert_eq!((stage.enabled(), stage.running()), (set(&["1"]), set(&["1"])));
}

#[test]
fn d13_d14_what_takes_long_is_done_side_by_side() {
    let machine = sized(&[]);
    drop_in(&machine, "drakrun@.service", "ExecStartPre=/bin/sleep 0.7\nExecStop=/bin/sleep 0.7");
    let stage = Stage::on(machine, super::stage::AS_DRAKSETUP);
    let side_by_side = |size: u32, what: &str, units: &[&str]| {
        let (told, deeds) = stage.deeds_of(size);
        assert_eq!(told.exit, Some(0), "{}", told.text);
        let last = units.iter().map(|unit| position(&deeds, &format!("{what} {unit}"))).max();
        let first = units.iter().map(|unit| position(&deeds, &format!("over {unit}"))).min();
        assert!(last < first, "{deeds:?}");
    };
    side_by_side(4, "start", &TEN[..4]);
    side_by_side(2, "stop", &["3", "4"]);
}

#[test]
fn d19_what_runs_and_is_not_enabled_is_shown() {
    let mut stage = Stage::sized(&["1", "2"]);
    stage.machine.systemctl(&["start", &unit("7")]).told();
    assert_eq!(scaled(&stage, 1), ["disable 2", "stop 2"]);
    stage.until_running(&["1", "7"]);
    let odd = "drakrun@7 runs but is not enabled";
    for verb in [["status"].as_slice(), &["explain", "drakrun"], &["events", "drakrun"]] {
        stage.trimtab.until(odd, |trimtab| trimtab.told(verb).contains(odd).then_some(()));
    }
    stage.machine.systemctl(&["stop", &unit("7")]).told();
    stage.trimtab.until("it is gone", |trimtab| (!trimtab.told(&["status"]).contains("drakrun@7")).then_some(()));
}
