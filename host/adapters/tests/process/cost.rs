//! What watching many replicas costs.

use std::time::Duration;

use adapters::backend::Backend;
use scaling_core::observation::ReplicaState;

use crate::until;
use crate::world::{World, add, all_are, observe, timed};

/// CPU time of this process.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    let ticks: u64 = rest.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test -p adapters --test process cost -- --ignored --nocapture"]
async fn two_hundred_replicas_observed_every_second() {
    let world = World::new();
    let backend = world.open(r#"command = ["sleep", "1000"]"#).await;
    let start = timed(async {
        backend.carry_out(&add(1, 200)).await.unwrap();
        until!(all_are(&backend, ReplicaState::Ready, 200).await);
    })
    .await;
    let before = cpu_seconds();
    let seconds = 10;
    for _ in 0..seconds {
        observe(&backend).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let share = (cpu_seconds() - before) / f64::from(seconds) * 100.0;
    println!("200 replicas: all ready after {start:?}; observed every second: {share:.1} % of a core");
    assert!(share < 5.0, "{share} %");
}
