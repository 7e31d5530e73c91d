//! Starting, readiness, restarts, orders.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adapters::backend::process::{OpenError, ProcessBackend};
use adapters::backend::{Backend, BackendError};
use rustix::process::Signal;
use scaling_core::observation::{ReplicaState, Scalar};
use scaling_core::status::{Action, Addition, Order};
use scaling_core::units::Generation;
use scaling_core::verdict::Placement;
use tokio::sync::Notify;

use crate::until;
use crate::world::{World, add, all_are, attribute, kill, observe, remove, replicas, states};

const SLEEPER: &str = r#"command = ["sleep", "1000"]"#;

#[tokio::test]
async fn added_replicas_run_and_removed_ones_go() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    assert!(replicas(&backend).await.is_empty());
    backend.carry_out(&add(1, 3)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 3).await);
    assert_eq!(world.pids().len(), 3);
    backend.carry_out(&remove(2, &["mail-2"])).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 2).await);
    let names: Vec<String> = states(&backend).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(names, ["mail-1", "mail-3"]);
    assert_eq!(world.pids().len(), 2);
    backend.carry_out(&add(3, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 3).await);
    let newest = replicas(&backend).await.pop().unwrap();
    assert_eq!(newest.id.as_str(), "mail-4", "a number is never given twice");
    assert_eq!(attribute(&newest.attributes, "slot"), Some(&Scalar::Int(2)), "the lowest free slot");
    assert!(!world.dir.join("process/mail/run/mail-2").exists(), "its directory went with it");
}

#[tokio::test]
async fn the_same_order_twice_is_one_order() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    for _ in 0..3 {
        backend.carry_out(&add(7, 2)).await.unwrap();
    }
    until!(all_are(&backend, ReplicaState::Ready, 2).await);
    drop(backend);
    let backend = world.open(SLEEPER).await;
    backend.carry_out(&add(7, 2)).await.unwrap();
    assert_eq!(observe(&backend).await.last_order.map(|last| last.0), Some(7));
    until!(all_are(&backend, ReplicaState::Ready, 2).await);
    assert_eq!(world.pids().len(), 2);
    for (order, complaint) in [(add(7, 3), "with that number said \"add 2\""), (add(6, 1), "older than order 7")] {
        let Err(BackendError::Refused(message)) = backend.carry_out(&order).await else { panic!("was taken") };
        assert!(message.contains(complaint), "{message}");
    }
    assert_eq!(world.pids().len(), 2);
}

#[tokio::test]
async fn an_order_is_taken_as_a_whole_or_not_at_all() {
    let world = World::new();
    let limited = format!("{SLEEPER}\nreplica-limit = 2\nagent = \"here\"");
    let backend = world.open(&limited).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    let placement = |agent: &str, count| Placement { agent: Some(agent.into()), count };
    let split = Action::Add(Addition::of_new(vec![placement("here", 1), placement("elsewhere", 1)]));
    let order = Order { generation: Generation(2), action: split };
    for (order, complaint) in [(order, "\"elsewhere\""), (add(2, 2), "replica-limit = 2")] {
        let Err(BackendError::Refused(message)) = backend.carry_out(&order).await else { panic!("was taken") };
        assert!(message.contains(complaint), "{message}");
    }
    // The generation was not used up.
    backend.carry_out(&add(2, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 2).await);
    let agent = observe(&backend).await.agents.remove(0);
    assert_eq!((agent.id.as_str(), agent.replicas, agent.room, agent.installed), ("here", 2, Some(0), true));
}

#[tokio::test]
async fn an_order_that_cannot_be_written_is_not_taken() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    let in_the_way = world.dir.join("process/mail/roster.json.new");
    fs::create_dir(&in_the_way).unwrap();
    let Err(BackendError::Refused(message)) = backend.carry_out(&add(1, 1)).await else { panic!("was taken") };
    assert!(message.contains("roster.json can't be written"), "{message}");
    assert!(replicas(&backend).await.is_empty() && world.pids().is_empty());
    fs::remove_dir(&in_the_way).unwrap();
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(world.pids().len() == 1);
}

#[tokio::test]
async fn a_worker_that_ends_is_started_again_after_a_while() {
    let world = World::new();
    let backend =
        world.open("command = [\"sh\", \"-c\", \"exit 3\"]\nrestart = { min = \"20ms\", max = \"100ms\" }").await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!({
        let replica = replicas(&backend).await.remove(0);
        let restarts = attribute(&replica.attributes, "restarts").cloned();
        let exit = attribute(&replica.attributes, "exit.status").cloned();
        matches!(restarts, Some(Scalar::Int(3..))) && exit == Some(Scalar::Text("code 3".to_owned()))
    });
    until!(all_are(&backend, ReplicaState::Failed, 1).await);
    assert_eq!(observe(&backend).await.agents[0].replicas, 0, "failed ones are not counted");
    backend.carry_out(&remove(2, &["mail-1"])).await.unwrap();
    until!(replicas(&backend).await.is_empty() && world.pids().is_empty());
}

#[tokio::test]
async fn a_killed_worker_comes_back_under_the_same_name() {
    let world = World::new();
    let nudge = Arc::new(Notify::new());
    let setup = world.setup(&format!("{SLEEPER}\nrestart = {{ min = \"10ms\" }}")).nudging(nudge.clone());
    let backend = ProcessBackend::open(setup).await.unwrap();
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    let pid = world.pids()[0];
    // Takes the nudge that may be left from the start.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(1), nudge.notified()).await;
    kill(pid, Signal::KILL);
    nudge.notified().await;
    until!(all_are(&backend, ReplicaState::Ready, 1).await && world.pids().len() == 1 && world.pids()[0] != pid);
    let replica = replicas(&backend).await.remove(0);
    assert_eq!(replica.id.as_str(), "mail-1");
    assert_eq!(attribute(&replica.attributes, "exit.status"), Some(&Scalar::Text("signal 9".to_owned())));
}

#[tokio::test]
async fn what_cannot_be_executed_is_failed_and_says_why() {
    let world = World::new();
    let backend = world.open(r#"command = ["/no/such/program"]"#).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(all_are(&backend, ReplicaState::Failed, 1).await);
    let status = observe(&backend).await;
    let Some(Scalar::Text(error)) = attribute(&status.replicas[0].attributes, "error") else { panic!("no error") };
    assert!(error.contains("/no/such/program") && error.contains("No such file"), "{error}");
    assert!(!status.agents[0].installed);
}

#[tokio::test]
async fn ready_when_a_file_is_there() {
    let world = World::new();
    let toml = r#"
        command = ["sleep", "1000"]
        ready = { file = "{runtime-dir}/ready" }
        restart = { min = "10ms" }
    "#;
    let backend = world.open(toml).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(world.pids().len() == 1);
    assert!(all_are(&backend, ReplicaState::Starting, 1).await);
    let file = world.dir.join("process/mail/run/mail-1/ready");
    fs::write(&file, "").unwrap();
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    kill(world.pids()[0], Signal::KILL);
    until!(world.pids().len() == 1 && all_are(&backend, ReplicaState::Starting, 1).await);
    assert!(!file.exists(), "what the last one left does not count");
}

#[tokio::test]
async fn one_that_is_never_ready_is_killed_and_tried_again() {
    let world = World::new();
    let toml = r#"
        command = ["sleep", "1000"]
        ready = { file = "/no/such/file" }
        start-grace = "50ms"
        restart = { min = "10ms", max = "20ms" }
    "#;
    let backend = world.open(toml).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!({
        let replica = replicas(&backend).await.remove(0);
        assert_ne!(replica.state, ReplicaState::Ready);
        let error = attribute(&replica.attributes, "error").cloned();
        assert!(error.is_none() || error == Some(Scalar::Text("was not ready within 50ms".to_owned())), "{error:?}");
        matches!(attribute(&replica.attributes, "restarts"), Some(Scalar::Int(2..)))
    });
    assert!(world.pids().len() <= 1);
}

#[tokio::test]
async fn ready_when_an_address_answers_well() {
    let world = World::new();
    let (port, well) = answering();
    let toml = format!(
        "command = [\"sleep\", \"1000\"]\nfirst-port = {port}\n\
         ready = {{ http = \"http://127.0.0.1:{{port}}/healthz\" }}\njobs = {{ http = \"http://127.0.0.1:{{port}}/jobs\" }}"
    );
    let backend = world.open(&toml).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(world.pids().len() == 1);
    assert!(all_are(&backend, ReplicaState::Starting, 1).await);
    assert_eq!(replicas(&backend).await[0].usage.jobs, None, "unknown is not zero");
    well.store(true, Ordering::SeqCst);
    until!(all_are(&backend, ReplicaState::Ready, 1).await);
    until!(replicas(&backend).await[0].usage.jobs == Some(4));
    well.store(false, Ordering::SeqCst);
    until!(all_are(&backend, ReplicaState::Unhealthy, 1).await);
    assert_eq!(replicas(&backend).await[0].usage.jobs, None, "an old answer is no answer");
    assert_eq!(world.pids().len(), 1, "unhealthy is not killed");
}

/// A server that answers 503, or 200 with a number of jobs once it is well.
fn answering() -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let well = Arc::new(AtomicBool::new(false));
    let is_well = well.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 2048]);
            let status = if is_well.load(Ordering::SeqCst) { "200 OK" } else { "503 Service Unavailable" };
            let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 11\r\n\r\n{{\"jobs\": 4}}");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, well)
}

#[tokio::test]
async fn a_worker_gets_what_the_config_says_and_nothing_of_ours() {
    let world = World::new();
    fs::write(world.dir.join("env"), "FROM_FILE=file\nBOTH=file\n").unwrap();
    let toml = format!(
        r#"
        command = ["sh", "-c", "echo hello; env > \"$1/env\"; echo 2 > \"$1/jobs\"; pwd > \"$1/pwd\"; exec sleep 1000", "sh", "{{runtime-dir}}"]
        environment = {{ BOTH = "table", WHO = "{{target}}/{{replica}}/{{slot}}/{{port}}" }}
        environment-file = "{dir}/env"
        working-directory = "{dir}"
        first-port = 9100
        jobs = {{ file = "{{runtime-dir}}/jobs" }}
        "#,
        dir = world.dir.display()
    );
    let backend = world.open(&toml).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(replicas(&backend).await[0].usage.jobs == Some(2));
    let runtime_dir = world.dir.join("process/mail/run/mail-1");
    until!(fs::read_to_string(runtime_dir.join("pwd")).is_ok_and(|pwd| pwd.trim() == world.dir.to_str().unwrap()));
    let environment = fs::read_to_string(runtime_dir.join("env")).unwrap();
    let lines: Vec<&str> = environment.lines().collect();
    for expected in ["FROM_FILE=file", "BOTH=table", "WHO=mail/mail-1/1/9100", "TRIMTAB_TARGET=mail", "TRIMTAB_SLOT=1"]
    {
        assert!(lines.contains(&expected), "{expected} is missing in {lines:?}");
    }
    assert!(!environment.contains("CARGO_"), "the host's own environment stays with the host");
    let pid = world.pids()[0];
    // Some may come from whoever runs the tests; none may be ours: locks, pidfds, epoll.
    for entry in fs::read_dir(format!("/proc/{pid}/fd")).unwrap().map(Result::unwrap) {
        let target = fs::read_link(entry.path()).unwrap().display().to_string();
        let ours = target.contains(world.dir.to_str().unwrap()) || target.starts_with("anon_inode");
        assert!(!ours || ["1", "2"].map(Into::into).contains(&entry.file_name()), "{target}");
    }
    assert_eq!(fs::read_link(format!("/proc/{pid}/fd/0")).unwrap().to_str(), Some("/dev/null"));
    assert_eq!(fs::read_to_string(world.dir.join("process/mail/log/slot-1.log")).unwrap(), "hello\n");
}

#[tokio::test]
async fn usage_is_measured() {
    let world = World::new();
    let backend = world.open(r#"command = ["sh", "-c", "while :; do :; done"]"#).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(replicas(&backend).await[0].usage.cpu_cores.is_some_and(|cores| cores.get() > 0.05));
    let status = observe(&backend).await;
    let usage = &status.replicas[0].usage;
    assert!(usage.memory_bytes.is_some_and(|bytes| bytes > 100_000) && usage.threads == Some(1));
    assert!(status.agents[0].platform.memory_available.is_some());
    assert!(status.replicas[0].started.is_some_and(|started| started <= status.replicas[0].since));
}

#[tokio::test]
async fn workers_run_as_who_they_should() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let world = World::new();
    let backend = world.open(&format!("{SLEEPER}\nuser = \"nobody\"")).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    until!(world.pids().len() == 1);
    let status = fs::read_to_string(format!("/proc/{}/status", world.pids()[0])).unwrap();
    let nobody = uzers::get_user_by_name("nobody").unwrap();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert_eq!(line("Uid:").split_whitespace().nth(1), Some(nobody.uid().to_string().as_str()));
    assert_eq!(line("Gid:").split_whitespace().nth(1), Some(nobody.primary_group_id().to_string().as_str()));
    assert_eq!(line("Groups:").split_whitespace().count(), 1, "root's supplementary groups are dropped");
}

#[tokio::test]
async fn a_broken_roster_or_a_second_host_stops_the_opening() {
    let world = World::new();
    let backend = world.open(SLEEPER).await;
    backend.carry_out(&add(1, 1)).await.unwrap();
    let second = ProcessBackend::open(world.setup(SLEEPER)).await;
    assert!(matches!(second.err(), Some(OpenError::Locked { .. })));
    until!(world.pids().len() == 1);
    drop(backend);
    let pids = world.pids();
    fs::write(world.roster_path(), "{\"format\": 1").unwrap();
    let error = ProcessBackend::open(world.setup(SLEEPER)).await.err().unwrap();
    assert!(matches!(error, OpenError::Garbled { .. }) && error.to_string().contains("roster.json"), "{error}");
    assert_eq!(world.pids(), pids, "nothing was touched");
}
