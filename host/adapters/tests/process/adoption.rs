//! The host goes away and another one comes: nothing is lost, nothing is doubled.

use std::os::unix::process::CommandExt;
use std::process::Command;

use adapters::backend::Backend;
use rustix::process::Signal;
use scaling_core::observation::ReplicaState;
use serde_json::json;

use crate::until;
use crate::world::{World, add, all_are, kill, remove, replicas, stat};

const SLEEPER: &str = "command = [\"sleep\", \"1000\"]\nrestart = { min = \"10ms\" }";

#[tokio::test]
async fn workers_outlive_the_host_and_are_taken_over() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    backend.carry_out(&add(1, 3)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 3).await);
    let (pids, before) = (world.pids(), replicas(&backend).await);
    drop(backend);
    assert_eq!(world.pids(), pids);

    kill(pids[0], Signal::KILL);
    until!(stat(pids[0]).is_none_or(|(state, _)| state == 'Z'));
    let backend = world.open(SLEEPER).await;
    until!(all_are(&backend, ReplicaState::Ready, 3).await && world.pids().len() == 3);
    let after = world.pids();
    assert!(pids[1..].iter().all(|pid| after.contains(pid)) && !after.contains(&pids[0]));
    let ids = |replicas: &[scaling_core::observation::Replica]| {
        replicas.iter().map(|replica| replica.id.0.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&replicas(&backend).await), ids(&before));

    // An adopted one that ends is noticed as well.
    kill(pids[1], Signal::KILL);
    until!(world.pids().len() == 3 && !world.pids().contains(&pids[1]));
}

#[tokio::test]
async fn killed_between_start_and_record() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    backend.carry_out(&add(1, 2)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 2).await);
    drop(backend);
    let pids = world.pids();
    // As if the host had died after the starts and before their pids were written.
    announce_again(&world);
    let backend = world.open(SLEEPER).await;
    until!(all_are(&backend, ReplicaState::Ready, 2).await);
    assert_eq!(world.pids(), pids);
    backend.carry_out(&remove(2, &["mail-1", "mail-2"])).await.unwrap();
    until!(replicas(&backend).await.is_empty() && world.pids().is_empty());
}

#[tokio::test]
async fn even_if_the_worker_overwrote_its_environment() {
    let world = World::new();
    // env -i leaves nothing that it could be known by, but its log.
    let bare = r#"command = ["env", "-i", "sleep", "1000"]"#;
    let backend = world.open(bare).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    let roster: serde_json::Value = serde_json::from_slice(&std::fs::read(world.roster_path()).unwrap()).unwrap();
    let pid = roster["replicas"][0]["phase"]["running"]["process"]["pid"].as_i64().unwrap() as i32;
    until!(std::fs::read(format!("/proc/{pid}/cmdline")).unwrap().starts_with(b"sleep"));
    drop(backend);
    announce_again(&world);
    let backend = world.open(bare).await;
    let replica = replicas(&backend).await.remove(0);
    let adopted = replica.attributes.iter().find(|attribute| attribute.key == "pid").unwrap();
    assert_eq!(adopted.value, scaling_core::observation::Scalar::Int(pid.into()));
    backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
    until!(stat(pid).is_none_or(|(state, _)| state == 'Z'));
}

#[tokio::test]
async fn killed_between_record_and_start() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    drop(backend);
    let pid = world.pids()[0];
    kill(pid, Signal::KILL);
    until!(stat(pid).is_none_or(|(state, _)| state == 'Z'));
    announce_again(&world);
    let backend = world.open(SLEEPER).await;
    until!(all_are(&backend, ReplicaState::Ready, 1).await && world.pids().len() == 1);
}

/// Makes every running entry one that is being started.
fn announce_again(world: &World) {
    world.edit_roster(|roster| {
        for entry in roster["replicas"].as_array_mut().unwrap() {
            assert!(entry["phase"]["running"].is_object(), "{entry}");
            entry["phase"] = json!({ "spawning": { "since": 0 } });
        }
    });
}

#[tokio::test]
async fn another_process_with_the_same_number_is_left_alone() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    backend.carry_out(&add(1, 2)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 2).await);
    drop(backend);
    let ours = world.pids();
    for pid in &ours {
        kill(*pid, Signal::KILL);
    }
    until!(world.pids().is_empty());
    let mut stranger = Command::new("sleep").arg("1000").process_group(0).spawn().unwrap();
    world.edit_roster(|roster| {
        let draining = json!({ "pid": stranger.id(), "start-ticks": 1 });
        roster["replicas"][0]["phase"]["running"]["process"]["pid"] = json!(stranger.id());
        roster["replicas"][1]["phase"] = json!({ "draining": { "process": draining, "since": 0, "signalled": false } });
    });
    let backend = world.open(SLEEPER).await;
    until!(all_are(&backend, ReplicaState::Ready, 1).await && world.pids().len() == 1);
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger was hit");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn after_a_reboot_everything_is_started_anew() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    backend.carry_out(&add(1, 3)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 3).await);
    drop(backend);
    for pid in world.pids() {
        kill(pid, Signal::KILL);
    }
    until!(world.pids().is_empty());
    world.edit_roster(|roster| {
        roster["boot"] = json!("another boot");
        let process = roster["replicas"][2]["phase"]["running"]["process"].take();
        roster["replicas"][2]["phase"] = json!({ "draining": { "process": process, "since": 0, "signalled": true } });
    });
    let backend = world.open(SLEEPER).await;
    until!(all_are(&backend, ReplicaState::Ready, 2).await && world.pids().len() == 2);
}

#[tokio::test]
async fn a_drain_goes_on_after_the_host_came_back() {
    let world = World::new();
    let stubborn = r#"
        command = ["sh", "-c", "trap '' TERM; touch $TRIMTAB_RUNTIME_DIR/ready; while :; do sleep 0.02; done"]
        ready = { file = "{runtime-dir}/ready" }
        stop = { deadline = "300ms" }
    "#;
    let backend = world.open(stubborn).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
    drop(backend);
    let backend = world.open(stubborn).await;
    until!(replicas(&backend).await.is_empty() && world.marked().is_empty());
}
