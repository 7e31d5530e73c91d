//! Every tick of the demo, evaluated again from its journal: verdict bytes and fuel are equal.
//!
//! The scenarios do the same with theirs.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod demo;
mod forgery;

use policy_runtime::{Runtime, RuntimeSettings};
use scaling_core::units::TargetName;
use trimtab::journal::{Reader, Span};
use trimtab::replay::replay;

use demo::Demo;

/// Of the demo. It takes a while until the load has risen enough for a decision.
const SECONDS: u32 = 8;

#[tokio::test]
async fn every_tick_of_the_demo_comes_out_the_same_again() {
    let demo = Demo::watch(SECONDS);
    let original = Reader::open(&demo.journal()).unwrap();
    let runtime = Runtime::new(RuntimeSettings::default()).unwrap();
    let target = TargetName("work".to_owned());
    let changes = original.ticks(&target, Span::All).unwrap().filter(|tick| tick.as_ref().unwrap().changed).count();
    assert!(changes > 0, "a demo in which nothing was decided shows nothing");

    let whole = replay(&original, &runtime, &target, Span::All).unwrap();
    let told: Vec<String> = whole.differences.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(whole.equal >= u64::from(SECONDS), "{whole:?}");
    assert_eq!(whole.equal + whole.passed_over, whole.ticks);

    a_forged_tick_is_seen(&original, &runtime, &target).await;
}

/// One unit of fuel more in one tick, another reason in another.
async fn a_forged_tick_is_seen(original: &Reader, runtime: &Runtime, target: &TargetName) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("forged.sqlite");
    let ticks: Vec<u64> = original.ticks(target, Span::All).unwrap().map(|tick| tick.unwrap().tick).collect();
    let (dearer, reworded) = (ticks[1], ticks[3]);
    forgery::copy(original, target, &path, |tick, document| {
        if tick == dearer {
            document.replacen("\"fuel\":", "\"fuel\":1", 1)
        } else if tick == reworded {
            document.replacen("waiting last", "waiting lost", 1)
        } else {
            document
        }
    })
    .await;
    let forged = replay(&Reader::open(&path).unwrap(), runtime, target, Span::All).unwrap();
    let seen: Vec<u64> = forged.differences.iter().map(|difference| difference.tick).collect();
    assert_eq!(seen, [dearer, reworded], "{forged:?}");
}
