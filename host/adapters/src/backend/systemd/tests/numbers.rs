//! Which numbers come and which go.

use scaling_core::status::{Action, Addition};
use scaling_core::verdict::Placement;

use super::{Active, Model, instance, unit};

#[test]
fn any_takes_the_lowest_that_nobody_has() {
    let mut model = Model::new("numbering = \"any\"").with(&["2", "4"]);
    model.look();
    model.sight.units.insert(instance("1"), unit(Active::Active, "running")); // somebody else's
    model.add(2);
    assert_eq!(model.settle(), ["start:3 start:5"]);
}

#[test]
fn any_lets_those_go_that_were_named() {
    let mut model = Model::new("numbering = \"any\"").with(&["1", "2", "3"]);
    model.remove(&["drakrun@1", "drakrun@3", "drakrun@9"]);
    assert_eq!(model.settle(), ["stop:1 stop:3"]);
}

#[test]
fn more_than_the_limit_is_refused_as_a_whole() {
    let mut model = Model::new("replica-limit = 3").with(&["1", "2"]);
    let more = |count| Action::Add(Addition::of_new(vec![Placement { agent: None, count }]));
    let refusal = model.order(more(2)).unwrap_err().to_string();
    assert!(refusal.contains("2 replicas are here and 2 more would exceed replica-limit = 3"), "{refusal}");
    assert_eq!(model.settle(), [""; 0]);
    model.order(more(1)).unwrap();
}

#[test]
fn a_replica_on_another_agent_is_refused() {
    let mut model = Model::new("");
    let there = Placement { agent: Some("elsewhere".into()), count: 1 };
    let refusal = model.order(Action::Add(Addition::of_new(vec![there]))).unwrap_err().to_string();
    assert!(refusal.contains("can't place a replica on agent \"elsewhere\""), "{refusal}");
}

#[test]
fn the_same_order_twice_is_one() {
    let mut model = Model::new("");
    model.add(2);
    model.generation -= 1;
    model.add(2);
    assert_eq!(model.roster.as_ref().unwrap().entries.len(), 2);
    model.generation -= 1;
    let other = Action::Add(Addition::of_new(vec![Placement { agent: None, count: 3 }]));
    assert!(model.order(other).unwrap_err().to_string().contains("says \"add 3\""));
}

#[test]
fn only_those_come_back_whose_number_is_next() {
    let mut model = Model::new("").with(&["1", "2", "3", "4", "5", "6"]);
    model.scale(4);
    model.settle();
    assert_eq!(model.recallable(), ["drakrun@5", "drakrun@6"]);
    model.scale(3);
    model.settle();
    model.ends("5", "success");
    model.settle();
    assert_eq!(model.recallable(), ["drakrun@4"], "after 4 comes 5, which is gone, and not 6");
}
