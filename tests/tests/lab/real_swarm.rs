//! The swarms.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use trimtab_tests::lab::Swarm;
use trimtab_tests::lab::swarm::{NodePlan, Task};

fn nodes_of(tasks: &[Task]) -> BTreeSet<usize> {
    tasks.iter().map(|task| task.node.unwrap()).collect()
}

fn state_of(swarm: &Swarm, node: usize) -> String {
    swarm.get(&format!("/nodes/{}", swarm.id(node)))["Status"]["State"].as_str().unwrap().to_owned()
}

#[test]
fn services_are_scaled_over_the_nodes() {
    let swarm = Swarm::start(3, 1);
    swarm.service("web", &["--replicas=3"]);
    assert_eq!(nodes_of(&swarm.until_running("web", 3)), BTreeSet::from([0, 1, 2]));
    swarm.scale("web", 7);
    assert_eq!(swarm.replicas("web"), 7);
    let slots: BTreeSet<u64> = swarm.until_running("web", 7).iter().map(|task| task.slot).collect();
    assert_eq!(slots, (1..=7).collect());
    swarm.scale("web", 1);
    swarm.until_running("web", 1);
    swarm.until("the others have ended", |swarm| (swarm.tasks("web").len() == 1).then_some(()));
}

#[test]
fn a_lost_node_comes_back_as_what_it_was() {
    let swarm = Swarm::start(2, 1);
    swarm.service("web", &["--replicas=2"]);
    swarm.until_running("web", 2);
    let (id, socket) = (swarm.id(1).to_owned(), swarm.socket(1));
    swarm.lose(1);
    assert!(!swarm.docker(1, &["version"]).succeeded());
    swarm.until("it is seen to be lost", |swarm| (state_of(swarm, 1) == "down").then_some(()));
    swarm.until("its replica runs elsewhere", |swarm| {
        let running = swarm.running("web");
        (running.len() == 2 && nodes_of(&running) == BTreeSet::from([0])).then_some(())
    });
    swarm.back(1);
    swarm.until("it is ready", |swarm| (state_of(swarm, 1) == "ready").then_some(()));
    assert_eq!(swarm.docker(1, &["info", "--format", "{{.Swarm.NodeID}}"]).told(), id);
    assert_eq!(swarm.socket(1), socket);
    swarm.scale("web", 4);
    assert_eq!(nodes_of(&swarm.until_running("web", 4)), BTreeSet::from([0, 1]));
}

#[test]
fn a_cut_node_is_lost_and_still_answers_until_it_is_healed() {
    let swarm = Swarm::start(2, 1);
    swarm.cut(1);
    swarm.until("it is seen to be lost", |swarm| (state_of(swarm, 1) == "down").then_some(()));
    assert!(swarm.docker(1, &["version"]).succeeded());
    swarm.heal(1);
    swarm.until("it is ready", |swarm| (state_of(swarm, 1) == "ready").then_some(()));
}

#[test]
fn an_engine_is_killed_started_and_paused() {
    let swarm = Swarm::start(1, 1);
    swarm.service("web", &["--replicas=2"]);
    swarm.until_running("web", 2);
    swarm.engine_kill(0);
    assert!(!swarm.docker(0, &["version"]).succeeded());
    assert!(swarm.run(0, &["pgrep", "-f", "sleep 3600"]).succeeded(), "what runs goes on without it");
    swarm.engine_start(0);
    swarm.until("it manages again", |swarm| swarm.docker(0, &["node", "ls"]).succeeded().then_some(()));
    assert_eq!(swarm.replicas("web"), 2);
    swarm.until_running("web", 2);
    swarm.pause_engine(0);
    let asks = ["timeout", "0.5", "docker", "--host=unix:///lab/share/docker.sock", "version"];
    assert_eq!(swarm.run(0, &asks).status, Some(124));
    swarm.resume_engine(0);
    assert!(swarm.run(0, &asks).succeeded());
}

#[test]
fn nodes_are_as_planned() {
    let big = NodePlan::worker().label("zone", "a").engine_label("disk", "ssd").resource("VM", 2);
    let swarm = Swarm::of(&[NodePlan::manager().engine("debug", json!(true)), big]);
    assert_eq!(swarm.docker(0, &["info", "--format", "{{.Debug}}"]).told(), "true");
    for (name, option) in [
        ("zone", "--constraint=node.labels.zone==a"),
        ("disk", "--constraint=engine.labels.disk==ssd"),
        ("vm", "--generic-resource=VM=1"),
    ] {
        swarm.service(name, &["--replicas=2", option]);
        assert_eq!(nodes_of(&swarm.until_running(name, 2)), BTreeSet::from([1]), "{name}");
    }
    swarm.scale("vm", 3);
    swarm.until("it is said why one is not placed", |swarm| {
        let pending = swarm.tasks("vm").into_iter().find(|task| task.state == "pending")?;
        let task = swarm.get(&format!("/tasks/{}", pending.id));
        task["Status"]["Err"].as_str()?.contains("insufficient resources").then_some(())
    });
}

#[test]
fn a_leader_that_is_lost_is_followed_by_another() {
    let swarm = Swarm::start(3, 3);
    swarm.service("web", &["--replicas=1"]);
    assert_eq!(swarm.leader(), Some(0));
    swarm.lose(0);
    let next = swarm.until("another leads", |swarm| swarm.leader().filter(|leader| *leader != 0));
    assert!([1, 2].contains(&next));
    assert_eq!(swarm.replicas("web"), 1);
}

#[test]
fn two_swarms_do_not_see_each_other_and_leave_nothing_behind() {
    let interfaces = || fs::read_dir("/sys/class/net").unwrap().flatten().map(|entry| entry.file_name()).collect();
    let before: BTreeSet<_> = interfaces();
    let (one, two) = (Swarm::start(2, 1), Swarm::start(1, 1));
    one.service("web", &[]);
    one.until_running("web", 1);
    assert_eq!(two.docker(0, &["service", "ls", "--quiet"]).told(), "");
    assert_ne!(one.id(0), two.id(0));
    let folders = [one.folders(), two.folders()].concat();
    let groups: Vec<PathBuf> = folders.iter().flat_map(|folder| groups_of(folder)).collect();
    assert!(!groups.is_empty() && groups.iter().all(|group| group.exists()));
    assert_eq!(interfaces(), before, "the real machine has no part in it");
    drop((one, two));
    let left: Vec<&PathBuf> = folders.iter().chain(&groups).filter(|path| path.exists()).collect();
    assert!(left.is_empty(), "{left:?}");
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!folders.iter().any(|folder| mounts.contains(folder.to_str().unwrap())), "{mounts}");
}

fn groups_of(folder: &Path) -> Vec<PathBuf> {
    let groups = fs::read_to_string(folder.join("cgroups")).unwrap();
    groups.lines().map(|line| line.split(' ').next().unwrap().into()).collect()
}
