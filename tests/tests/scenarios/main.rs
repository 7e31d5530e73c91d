//! Every file in tests/scenarios is played and its transcript compared. Then every tick of it is evaluated again from
//! the journal: verdict bytes and fuel are equal.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod fleet;
#[expect(dead_code, reason = "shared with the tests of the sandbox, which use all of it")]
#[path = "../../../host/policy-runtime/tests/sandbox/guest.rs"]
mod guest;
mod life;
mod play;
mod policies;
mod schedule;
mod script;
mod transcript;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use policy_runtime::{Runtime, RuntimeSettings};
use trimtab::journal::{Reader, Span};
use trimtab::replay::replay;

use play::Play;
use script::Script;

macro_rules! scenarios {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { perform(stringify!($name)); })*
    };
}

scenarios! {
    backend_lost
    bounds_change_by_reload
    cooldown
    dry_run
    fallback_and_recovery
    hung_source
    killed_host_goes_on
    lying_source
    operator_orders
    policy_traps
    policy_traps_and_falls_back
    rate_limit
    required_input_absent
    source_dies_and_returns
    stabilization_window
    up_and_down
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn perform(name: &str) {
    let script = Script::read(&folder().join(format!("{name}.toml")));
    let mut play = Play::of(script, &policies::all());
    play.perform();
    play.transcript().compare(&folder().join(format!("{name}.txt")));
    every_tick_comes_out_the_same_again(&play.journal());
}

fn every_tick_comes_out_the_same_again(journal: &Path) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new(RuntimeSettings::default()).unwrap());
    let reader = Reader::open(journal).unwrap();
    for target in reader.targets().unwrap() {
        let replay = replay(&reader, &RUNTIME, &target, Span::All).unwrap();
        let told: Vec<String> = replay.differences.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
        assert!(replay.ticks > 0 && replay.equal + replay.passed_over >= replay.ticks, "{replay:?}");
    }
}

#[test]
fn every_scenario_is_played() {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let scripts = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let written: BTreeSet<String> =
        scripts.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(written, NAMES.iter().map(ToString::to_string).collect());
}
