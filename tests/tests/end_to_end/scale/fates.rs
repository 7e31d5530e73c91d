//! What a backend tells of single replicas reaches the journal, the metrics, and whoever asked for a size.

use std::future::Future;
use std::time::Instant;

use scaling_core::observation::{Attribute, ReplicaState};
use scaling_core::status::{Action, NewsKind, Order};
use trimtab_tests::lab::host::SOON;
use trimtab_tests::lab::promtool;

use super::stage::{Actor, Scene, Stage, recallable};
use super::{assert_has, ended};

/// Replicas `w-1` and on, all ready.
fn ready(count: u32) -> Scene {
    let mut scene = Scene::default();
    (1..=count).for_each(|number| scene.shows(&format!("w-{number}"), ReplicaState::Ready, &[]));
    scene
}

/// Whoever is to go drains, until the test says more.
fn drain(scene: &mut Scene, order: &Order) {
    if let Action::Remove(victims) = &order.action {
        for victim in victims {
            scene.shows(victim.replica.as_str(), ReplicaState::Draining, &[]);
        }
    }
}

/// Runs `trimtab scale w N` while the test does something else.
async fn scaled(stage: &Stage, size: &str, meanwhile: impl Future<Output = ()>) -> (i32, String, String) {
    let words = ["scale", "w", size, "--timeout", "25s"];
    let (output, ()) = tokio::join!(stage.verb(&words), meanwhile);
    ended(&output)
}

/// Waits until the scene is so.
async fn until(actor: &Actor, is_so: impl Fn(&Scene) -> bool) {
    let deadline = Instant::now() + SOON;
    loop {
        let mut is_now = false;
        actor.change(|scene| is_now = is_so(scene));
        if is_now {
            return;
        }
        assert!(Instant::now() < deadline, "the scene is not so within {SOON:?}");
        tokio::task::yield_now().await;
    }
}

/// Runs a verb again and again until what it says is so.
async fn until_told(stage: &Stage, words: &[&str], is_so: impl Fn(i32, &str) -> bool) -> String {
    let deadline = Instant::now() + SOON;
    loop {
        let (code, said, _) = ended(&stage.verb(words).await);
        if is_so(code, &said) {
            return said;
        }
        assert!(Instant::now() < deadline, "waited {SOON:?} for {words:?}:\n{said}");
    }
}

fn drains(scene: &Scene) -> bool {
    scene.replicas.values().any(|replica| replica.state == ReplicaState::Draining)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_that_timed_out_is_an_event_a_count_and_a_failure() {
    let actor = Actor::new(ready(1), drain);
    let stage = Stage::open(&actor).await;
    let killed = async {
        until(&actor, drains).await;
        actor.change(|scene| {
            scene.replicas.retain(|_, replica| replica.state != ReplicaState::Draining);
            scene.tells(NewsKind::DrainTimedOut, Some("w-1"), "w-1 was killed by systemd: its drain timed out");
        });
    };
    let (code, said, progress) = scaled(&stage, "0", killed).await;
    assert_eq!(code, 1, "{said}{progress}");
    assert_has(&said, &["w-1 was killed by systemd: its drain timed out (", "w: not all of it worked; 0 of 0 run\n"]);
    assert_has(&progress, &["w-1 was killed by systemd: its drain timed out\n"]);

    let (_, events, _) = ended(&stage.verb(&["events", "w"]).await);
    let told = events.lines().find(|line| line.contains("drain-timed-out")).unwrap_or_else(|| panic!("{events}"));
    assert!(told.ends_with("w-1 was killed by systemd: its drain timed out"), "{told}");
    assert_has(&events, &["#1 failed, 0 achieved"]);
    let (_, whole, _) = ended(&stage.verb(&["explain", "w"]).await);
    assert_has(&whole, &["What the backend told last\n", "  w-1 was killed by systemd: its drain timed out\n"]);

    let page = stage.metrics().await;
    assert_has(&page, &["trimtab_target_news_total{target=\"w\",kind=\"drain-timed-out\"} 1\n"]);
    promtool::check(&page);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_is_told_with_its_reason() {
    let actor = Actor::new(ready(1), |scene, _| {
        let error = Attribute::text("error", "exit-code (203)");
        scene.shows("w-2", ReplicaState::Failed, &[error]);
        scene.shows("w-3", ReplicaState::Ready, &[]);
        scene.tells(NewsKind::StartFailed, Some("w-2"), "w-2 did not start: exit-code (203); it is tried again in 1s");
    });
    let stage = Stage::open(&actor).await;
    let (code, said, progress) = scaled(&stage, "3", async {}).await;
    assert_eq!(code, 1, "{said}{progress}");
    assert_has(&said, &["w-2 did not start: exit-code (203); it is tried again in 1s\n", "w-3 started at once\n"]);
    assert_has(&said, &["1 was running already\n", "w: not all of it worked; 2 of 3 run\n"]);
    let (_, status, _) = ended(&stage.verb(&["status"]).await);
    assert_has(&status, &["w: w-2 has failed, ", " ago: exit-code (203)\n"]);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_shown_and_left_alone() {
    let actor = Actor::new(ready(1), |_, _| {});
    let stage = Stage::open(&actor).await;
    actor.change(|scene| {
        scene.attributes = vec![Attribute::text("drift.w-7", "runs but is not enabled: a reboot loses it")];
        scene.tells(NewsKind::Drift, None, "w-7 runs but is not enabled: a reboot loses it");
    });
    let told = "w-7 runs but is not enabled: a reboot loses it\n";
    let status = until_told(&stage, &["status"], |code, said| code == 0 && said.contains("drift")).await;
    assert_has(&status, &["steady, drift", &format!("\nw: {told}")]);
    assert_has(&ended(&stage.verb(&["explain", "w"]).await).1, &[&format!("Not as it should be\n  {told}")]);
    assert_has(&ended(&stage.verb(&["events", "w"]).await).1, &[&format!("drift        {told}")]);
    let (code, said, _) = scaled(&stage, "1", async {}).await;
    assert_eq!((code, said.contains(told)), (0, true), "{said}");
    let page = stage.metrics().await;
    assert_has(&page, &["trimtab_target_drift{target=\"w\"} 1\n", "news_total{target=\"w\",kind=\"drift\"} 1\n"]);
    promtool::check(&page);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_that_is_taken_back_is_told_apart_from_a_new_start() {
    let mut scene = ready(1);
    scene.shows("w-2", ReplicaState::Draining, &[recallable()]);
    let actor = Actor::new(scene, |scene, order| {
        for back in order.action.recalled() {
            scene.shows(back.as_str(), ReplicaState::Ready, &[]);
        }
        scene.shows("w-3", ReplicaState::Ready, &[]);
    });
    let stage = Stage::open(&actor).await;
    let (code, said, progress) = scaled(&stage, "3", async {}).await;
    assert_eq!(code, 0, "{said}{progress}");
    assert_has(&said, &["w-2 was draining and stays\n", "w-3 started at once\n", "1 was running already\n"]);
    assert_has(&ended(&stage.verb(&["events", "w"]).await).1, &["#1 1 -> 3 (1 taken back, 1 new)  "]);
    assert_has(&ended(&stage.verb(&["explain", "w"]).await).1, &[": 1 -> 3 (1 taken back, 1 new)\n"]);
    stage.close().await;
}

/// More than the journal takes for one tick.
const TOO_MUCH: usize = 65 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_in_a_tick_that_could_not_be_recorded_is_told_in_the_next() {
    let actor = Actor::new(ready(1), |_, _| {});
    let stage = Stage::open(&actor).await;
    actor.change(|scene| {
        scene.attributes = vec![Attribute::text("too-much", "x".repeat(TOO_MUCH))];
        scene.tells(NewsKind::Ended, Some("w-1"), "w-1 ended (killed) though it is to run");
    });
    until_told(&stage, &["status"], |code, said| code == 1 && said.contains("the journal can't be written")).await;
    assert!(!ended(&stage.verb(&["events", "w"]).await).1.contains("though it is to run"), "nothing was recorded");
    actor.change(|scene| scene.attributes.clear());
    let events = until_told(&stage, &["events", "w"], |_, said| said.contains("though it is to run")).await;
    assert_eq!(events.matches("w-1 ended (killed) though it is to run\n").count(), 1, "{events}");
    stage.close().await;
}
