//! Drains taken back, and drains that ended by force.

use super::{World, spec};
use crate::observation::{Attribute, Outcome, ReplicaState, Scalar};
use crate::recall::RECALLABLE;
use crate::status::{Action, News, NewsKind};

/// A world where whoever is to go drains and goes on draining.
fn slow(replicas: u32) -> World {
    let mut world = World::new(spec(0, 10), replicas);
    world.obeys = false;
    world
}

impl World {
    fn drain(&mut self, id: &str, recallable: bool) {
        let replica = self.status.replicas.iter_mut().find(|replica| replica.id == id.into()).unwrap();
        replica.state = ReplicaState::Draining;
        replica.attributes = vec![Attribute { key: RECALLABLE.into(), value: Scalar::Flag(recallable) }];
    }

    fn drain_those_of(&mut self, action: &Action, recallable: bool) -> Vec<String> {
        let Action::Remove(victims) = action else { panic!("a removal") };
        let ids: Vec<String> = victims.iter().map(|victim| victim.replica.to_string()).collect();
        for id in &ids {
            self.drain(id, recallable);
        }
        ids
    }

    fn is_back(&mut self, id: &str) {
        let replica = self.status.replicas.iter_mut().find(|replica| replica.id == id.into()).unwrap();
        replica.state = ReplicaState::Ready;
        replica.attributes.clear();
    }

    fn is_gone(&mut self, id: &str) {
        self.status.replicas.retain(|replica| replica.id != id.into());
    }

    fn outcomes(&mut self) -> Vec<Outcome> {
        let now = self.now.plus(std::time::Duration::from_secs(1));
        self.controller.see(&self.status, now).iter().map(|settled| settled.outcome).collect()
    }
}

#[test]
fn what_drains_is_taken_back_before_a_new_one_is_started() {
    let mut world = slow(3);
    let removed = world.remove(2).intent.unwrap();
    let leaving = world.drain_those_of(&removed.action, true);
    let Action::Add(addition) = world.add(3).intent.unwrap().action else { panic!("an addition") };
    let mut recalled: Vec<String> = addition.recall.iter().map(ToString::to_string).collect();
    recalled.sort();
    assert_eq!((recalled, addition.new_ones()), (leaving.clone(), 1), "two come back and one is new");

    for id in &leaving {
        world.is_back(id);
    }
    world.start(1);
    assert_eq!(world.outcomes(), [Outcome::Cancelled, Outcome::Succeeded]);
    assert_eq!(world.hold().intent, None, "nothing is missing and nothing is too much");
}

#[test]
fn what_the_backend_cannot_take_back_is_left_to_go() {
    let mut world = slow(2);
    let removed = world.remove(1).intent.unwrap();
    world.drain_those_of(&removed.action, false);
    let Action::Add(addition) = world.add(1).intent.unwrap().action else { panic!("an addition") };
    assert_eq!((addition.recall.len(), addition.new_ones()), (0, 1));
}

#[test]
fn another_of_the_same_name_does_not_undo_a_removal() {
    let mut world = slow(3);
    let removed = world.remove(2).intent.unwrap();
    let leaving = world.drain_those_of(&removed.action, true);
    world.is_gone(&leaving[0]);
    world.add(2).intent.unwrap();
    world.is_back(&leaving[1]);
    // Numbers are given again: the new one has the name of the one that is gone.
    let mut again = world.status.replicas[0].clone();
    again.id = leaving[0].as_str().into();
    world.status.replicas.push(again);
    world.status.replicas.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(world.outcomes(), [Outcome::Partial, Outcome::Succeeded]);
    let back = world.remove(2).intent.unwrap();
    assert_eq!(back.size(), 2, "all three are there, and one is to stay");
}

#[test]
fn one_of_two_taken_back_leaves_a_removal_of_one() {
    let mut world = slow(3);
    let removed = world.remove(2).intent.unwrap();
    let leaving = world.drain_those_of(&removed.action, true);
    let Action::Add(addition) = world.add(1).intent.unwrap().action else { panic!("an addition") };
    let back = addition.recall[0].to_string();
    let goes = leaving.iter().find(|id| **id != back).unwrap().clone();
    world.is_back(&back);
    assert_eq!(world.hold().intent, None, "the other is still on its way");
    world.is_gone(&goes);
    assert_eq!(world.outcomes(), [Outcome::Partial]);
    assert_eq!(world.hold().intent, None);
}

#[test]
fn one_that_went_before_it_could_be_taken_back_is_replaced() {
    let mut world = slow(2);
    let removed = world.remove(1).intent.unwrap();
    let leaving = world.drain_those_of(&removed.action, true);
    world.add(1);
    world.is_gone(&leaving[0]);
    world.hold(); // a repair waits an interval after an addition that came to nothing
    let repaired = world.hold().intent.unwrap();
    assert!(repaired.repair, "one is missing");
    assert_eq!(repaired.action.delta(), 1);
}

#[test]
fn a_drain_that_ended_by_force_is_no_success() {
    let mut world = slow(3);
    let removed = world.remove(2).intent.unwrap();
    let leaving = world.drain_those_of(&removed.action, true);
    for id in &leaving {
        world.is_gone(id);
    }
    world.status.news = vec![News {
        at: world.now,
        replica: Some(leaving[0].as_str().into()),
        kind: NewsKind::DrainTimedOut,
        message: "killed".into(),
    }];
    assert_eq!(world.outcomes(), [Outcome::Partial], "one went as asked, one did not");
    world.status.news.clear();
    assert_eq!(world.hold().intent, None, "both are gone all the same");
}

#[test]
fn two_removals_under_way_do_not_share_what_has_gone() {
    let mut world = slow(5);
    world.status.removal = crate::status::RemovalScope::Any;
    let first = world.remove(1).intent.unwrap();
    let one = world.drain_those_of(&first.action, false).remove(0);
    let second = world.remove(1).intent.unwrap();
    let two = world.drain_those_of(&second.action, false).remove(0);
    world.is_gone(&one);
    assert_eq!(world.outcomes(), [Outcome::Succeeded], "{two} still drains");
    world.is_gone(&two);
    assert_eq!(world.outcomes(), [Outcome::Succeeded]);
}

#[test]
fn who_goes_first_counts_for_the_removal_that_named_it() {
    let mut world = slow(5);
    world.status.removal = crate::status::RemovalScope::Any;
    let first = world.remove(1).intent.unwrap();
    let busy = world.drain_those_of(&first.action, false).remove(0);
    let second = world.remove(1).intent.unwrap();
    let idle = world.drain_those_of(&second.action, false).remove(0);
    world.is_gone(&idle);
    assert_eq!(world.outcomes(), [Outcome::Succeeded]);
    let left = &world.controller.memory().pending[..];
    assert_eq!((left.len(), left[0].generation), (1, first.generation), "{busy} still drains");
    world.is_gone(&busy);
    world.status.news = vec![News {
        at: world.now,
        replica: Some(busy.as_str().into()),
        kind: NewsKind::DrainTimedOut,
        message: "killed".into(),
    }];
    assert_eq!(world.outcomes(), [Outcome::Failed], "it went, and not as it was asked to");
}

#[test]
fn a_new_one_may_have_the_name_of_one_that_was_just_leaving() {
    let mut world = slow(2);
    let removed = world.remove(1).intent.unwrap();
    let leaving = world.drain_those_of(&removed.action, false);
    world.add(1).intent.unwrap();
    // It went before the order was taken, and its name was free.
    world.is_back(&leaving[0]);
    assert!(world.outcomes().contains(&Outcome::Succeeded), "the new one came through the addition");
    assert_eq!(world.hold().intent, None);
}
