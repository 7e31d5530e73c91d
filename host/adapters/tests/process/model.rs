//! Random steps against a model: the set of replicas that must be there.

use std::collections::BTreeSet;

use adapters::backend::Backend;
use rustix::process::Signal;
use scaling_core::observation::ReplicaState;

use crate::random::{Random, rounds};
use crate::until;
use crate::world::{World, add, kill, remove, states};

const QUICK: &str = r#"
    command = ["sleep", "1000"]
    restart = { min = "5ms", max = "20ms" }
"#;

/// What must be there.
#[derive(Default)]
struct Model {
    generation: u64,
    next: u64,
    wanted: BTreeSet<String>,
}

impl Model {
    fn add(&mut self, count: u64) {
        self.generation += 1;
        for _ in 0..count {
            self.next += 1;
            self.wanted.insert(format!("mail-{}", self.next));
        }
    }

    fn remove(&mut self, victims: &[String]) {
        self.generation += 1;
        self.wanted.retain(|id| !victims.contains(id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_steps_end_in_the_wanted_set() {
    let mut random = Random::from_environment("random_steps_end_in_the_wanted_set");
    let world = World::new();
    let mut model = Model::default();
    let mut backend = world.open(QUICK).await;
    let mut last_order = None;
    for step in 1..=rounds(200, 1000) {
        match random.below(10) {
            0..=3 if model.wanted.len() < 12 => {
                let count = random.below(3) + 1;
                model.add(count);
                let order = add(model.generation, count as u32);
                backend.carry_out(&order).await.unwrap();
                last_order = Some(order);
            }
            0..=5 => {
                let victims: Vec<String> = model.wanted.iter().filter(|_| random.below(3) == 0).cloned().collect();
                model.remove(&victims);
                let order = remove(model.generation, &victims.iter().map(String::as_str).collect::<Vec<_>>());
                backend.carry_out(&order).await.unwrap();
                last_order = Some(order);
            }
            6 | 7 => {
                if let pids @ [_, ..] = &world.pids()[..] {
                    kill(*random.one_of(pids), Signal::KILL);
                }
            }
            8 => {
                drop(backend);
                backend = world.open(QUICK).await;
            }
            _ => {
                if let Some(order) = &last_order {
                    backend.carry_out(order).await.unwrap();
                }
            }
        }
        if step % 5 == 0 {
            let wanted = model.wanted.iter().map(|id| (id.clone(), ReplicaState::Ready));
            let wanted: BTreeSet<String> = wanted.map(|(id, state)| format!("{id} {state:?}")).collect();
            until!({
                let there = states(&backend).await;
                let there: BTreeSet<String> = there.iter().map(|(id, state)| format!("{id} {state:?}")).collect();
                there == wanted && world.pids().len() == wanted.len()
            });
        }
    }
}
