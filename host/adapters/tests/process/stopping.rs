//! Draining: a signal, a deadline, and what then.

use std::fs;
use std::time::Duration;

use adapters::backend::Backend;
use rustix::process::Signal;
use scaling_core::observation::{ReplicaState, Scalar};
use scaling_core::status::NewsKind;

use crate::until;
use crate::world::{World, add, all_are, attribute, kill, observe, remove, replicas, timed};

/// Ends on TERM after it wrote a file; `$1` is a directory.
const GRACEFUL: &str = r#"
    command = ["sh", "-c", "trap 'echo bye > $1/bye; exit 0' TERM; touch $TRIMTAB_RUNTIME_DIR/ready; while :; do sleep 0.02; done", "sh", "HERE"]
    ready = { file = "{runtime-dir}/ready" }
"#;

/// Does not end on TERM.
const STUBBORN: &str = r#"
    command = ["sh", "-c", "trap '' TERM; touch $TRIMTAB_RUNTIME_DIR/ready; while :; do sleep 0.02; done"]
    ready = { file = "{runtime-dir}/ready" }
"#;

#[tokio::test]
async fn a_worker_may_finish_what_it_has() {
    let world = World::new();
    let backend = world.open(&GRACEFUL.replace("HERE", world.dir.to_str().unwrap())).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
    until!(replicas(&backend).await.is_empty());
    assert!(world.pids().is_empty());
    assert_eq!(fs::read_to_string(world.dir.join("bye")).unwrap(), "bye\n");
}

#[tokio::test]
async fn a_stubborn_one_is_killed_after_its_deadline() {
    let world = World::new();
    let backend = world.open(&format!("{STUBBORN}\nstop = {{ deadline = \"400ms\" }}")).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    let took = timed(async {
        backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
        until!(all_are(&backend, ReplicaState::Draining, 1).await);
        let mut news = Vec::new();
        until!({
            let status = observe(&backend).await;
            news.extend(status.news);
            status.replicas.is_empty()
        });
        assert_eq!(news.iter().map(|news| news.kind).collect::<Vec<_>>(), [NewsKind::DrainTimedOut]);
        assert_eq!(news[0].message, "mail-1 did not finish within 400ms and was killed");
    })
    .await;
    assert!(took >= Duration::from_millis(400), "it had only {took:?}");
    until!(world.marked().is_empty());
}

#[tokio::test]
async fn or_kept_and_shown() {
    let world = World::new();
    let backend = world.open(&format!("{STUBBORN}\nstop = {{ deadline = \"50ms\", then = \"keep\" }}")).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
    until!(attribute(&replicas(&backend).await[0].attributes, "drain.overdue") == Some(&Scalar::Flag(true)));
    assert!(all_are(&backend, ReplicaState::Draining, 1).await);
    assert_eq!(world.pids().len(), 1);
    kill(world.pids()[0], Signal::KILL);
    until!(replicas(&backend).await.is_empty());
}

#[tokio::test]
async fn the_children_of_a_worker_go_with_it() {
    let world = World::new();
    let backend = world.open(r#"command = ["sh", "-c", "sleep 1000 & sleep 1000 & wait"]"#).await;
    backend.carry_out(&add(1, 2)).await.unwrap();
    until!(world.marked().len() == 6);
    backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
    until!(replicas(&backend).await.len() == 1 && world.marked().len() == 3);
    drop(backend);
    // Now it is not our child for the next one: the children are found by their nonce.
    let backend = world.open(r#"command = ["sleep", "1000"]"#).await;
    backend.carry_out(&remove(3, &["mail-2"])).await.unwrap();
    until!(replicas(&backend).await.is_empty() && world.marked().is_empty());
}

#[tokio::test]
async fn a_signal_to_the_group_reaches_the_children() {
    let world = World::new();
    let toml = r#"
        command = ["sh", "-c", "trap '' TERM; (trap 'touch $1/child; exit' TERM; touch $1/up; while :; do sleep 0.02; done) & wait; exit 0", "sh", "HERE"]
        stop = { to = "group", deadline = "10s" }
    "#;
    let backend = world.open(&toml.replace("HERE", world.dir.to_str().unwrap())).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(world.dir.join("up").exists());
    backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
    until!(replicas(&backend).await.is_empty());
    assert!(world.dir.join("child").exists());
}
