//! Never one that is at work.

use trimtab_policy_sdk::{Attribute, Replica, ReplicaState, Value};

use super::*;

/// Replicas `w-1`, `w-2` ... with so many jobs each, and nothing waits: all of them are too many.
fn at_work(jobs: &[Option<u32>]) -> ObservationBuilder {
    change(jobs, |_, _| {})
}

fn change(jobs: &[Option<u32>], change: impl Fn(usize, &mut Replica)) -> ObservationBuilder {
    jobs.iter().enumerate().fold(waiting(jobs.len() as u32, 0.0), |seen, (index, jobs)| {
        seen.replica("host", &format!("w-{}", index + 1), |replica| {
            replica.usage.jobs = *jobs;
            change(index, replica);
        })
    })
}

fn victims(seen: ObservationBuilder) -> Vec<String> {
    match verdict(TEN_EACH, seen).decision {
        Decision::Remove(removals) => removals
            .iter()
            .map(|removal| match removal {
                Removal::Replica(id) => id.clone(),
                Removal::Any(count) => format!("any {count}"),
                Removal::OnAgent(share) => format!("{} on {}", share.count, share.agent),
            })
            .collect(),
        Decision::Hold(Stance::Steady) => Vec::new(),
        other => panic!("{other:?}"),
    }
}

/// The backend takes the highest number first.
fn ranked(jobs: &[Option<u32>]) -> ObservationBuilder {
    let last = jobs.len() - 1;
    change(jobs, |index, replica| {
        let rank = Value::Int((last - index) as i64);
        replica.attributes.push(Attribute { key: "removal.rank".to_owned(), value: rank });
    })
    .attribute("backend.removal", "any")
}

#[test]
fn only_the_idle_go() {
    assert_eq!(victims(at_work(&[Some(0), Some(1), Some(0)])), ["w-1", "w-3"]);
    let verdict = verdict(TEN_EACH, at_work(&[Some(0), Some(1), Some(0)]));
    assert_eq!(verdict.reason, "waiting 0 / 10 = 0: remove 2 of 3, the others are not idle");
}

#[test]
fn when_all_are_at_work_none_goes() {
    let verdict = verdict(TEN_EACH, at_work(&[Some(2), Some(1)]));
    assert_eq!(verdict.decision, Decision::Hold(Stance::Steady));
    assert_eq!(verdict.reason, "waiting 0 / 10 = 0: would remove 2, but none that may go is idle");
}

#[test]
fn one_that_can_not_tell_is_not_idle_unless_it_does_not_run() {
    assert_eq!(victims(at_work(&[Some(0), None, Some(1)])), ["w-1"]);
    let states = [ReplicaState::Starting, ReplicaState::Failed, ReplicaState::Unhealthy, ReplicaState::Unknown];
    let seen = change(&[None, None, None, Some(0), Some(1)], |index, replica| {
        replica.state = states.get(index).copied().unwrap_or(ReplicaState::Ready);
    });
    assert_eq!(victims(seen), ["w-2", "w-1"]);
}

#[test]
fn among_the_idle_the_youngest_goes_first() {
    let seen = change(&[Some(0), Some(0), Some(0), Some(9)], |index, replica| {
        replica.started = Some([5, 9, 7, 1][index]);
    });
    assert_eq!(victims(seen.with(|seen| seen.bounds.min = 2)), ["w-2", "w-3"]);
}

#[test]
fn where_nobody_can_tell_the_backend_chooses() {
    assert_eq!(victims(at_work(&[None, None])), ["any 2"]);
    assert_eq!(victims(at_work(&[None, None]).agent("host", |agent| agent.replicas = 2)), ["2 on host"]);
}

#[test]
fn without_the_wish_the_busy_may_go() {
    let config = with(TEN_EACH, r#""keep-busy": false"#);
    assert_eq!(size(2, &verdict(&config, at_work(&[Some(2), Some(1)]))), 0);
}

#[test]
fn a_backend_with_an_order_of_its_own_goes_as_far_as_the_first_at_work() {
    assert_eq!(victims(ranked(&[Some(0), Some(1), Some(0), Some(0)])), ["any 2"]);
    assert!(victims(ranked(&[Some(0), Some(0), Some(1)])).is_empty());
    assert_eq!(victims(ranked(&[Some(0), Some(0)])), ["any 2"]);
}

#[test]
fn a_backend_that_does_not_tell_its_order_takes_all_idle_or_none() {
    let seen = |jobs: &[Option<u32>]| at_work(jobs).attribute("backend.removal", "any");
    assert!(victims(seen(&[Some(0), Some(1)])).is_empty());
    assert_eq!(victims(seen(&[Some(0), Some(0)])), ["any 2"]);
}

#[test]
fn what_is_not_there_yet_is_taken_back() {
    let seen = |jobs: &[Option<u32>], desired| at_work(jobs).desired(desired);
    assert_eq!(victims(seen(&[Some(1), Some(0)], 5)), ["w-2", "any 3"]);
    assert_eq!(victims(seen(&[Some(1), Some(1)], 3)), ["any 1"]);
    assert_eq!(victims(seen(&[Some(0), Some(0)], 5).with(|seen| seen.bounds.min = 3)), ["any 2"]);
    let ranked = ranked(&[Some(1), Some(0)]).desired(4);
    assert_eq!(victims(ranked), ["any 3"]);
}

#[test]
fn one_on_its_way_out_goes_no_second_time() {
    let seen = change(&[Some(0), Some(0), Some(1)], |index, replica| {
        if index == 0 {
            replica.state = ReplicaState::Draining;
        }
    });
    assert_eq!(victims(seen.desired(2)), ["w-2"]);
}
