//! Where to add.

use super::*;

fn rooms(rooms: [u32; 2]) -> ObservationBuilder {
    let seen = waiting(1, 60.0);
    rooms.into_iter().zip(["a", "b"]).fold(seen, |seen, (room, id)| seen.agent(id, |agent| agent.room = Some(room)))
}

#[test]
fn by_the_placement() {
    let verdict = verdict(TEN_EACH, rooms([2, 8]));
    assert_eq!(verdict.decision, Decision::Add(vec![Placement::on("a", 2), Placement::on("b", 3)]));
    let any = with(TEN_EACH, r#""placement": "any""#);
    assert_eq!(super::verdict(&any, rooms([2, 8])).decision, Decision::Add(vec![Placement::anywhere(5)]));
}

#[test]
fn what_has_no_place_is_the_shortfall() {
    let some = verdict(TEN_EACH, rooms([2, 1]));
    assert_eq!((size(1, &some), some.shortfall), (4, 2));
    assert_eq!(some.reason, "waiting 60 / 10 = 6: add 3 of 5, no agent has room for 2 more");
    let none = verdict(TEN_EACH, rooms([0, 0]));
    assert_eq!((none.decision, none.shortfall), (Decision::Hold(Stance::Steady), 5));
    assert_eq!(none.reason, "waiting 60 / 10 = 6: would add 5, but no agent has room");
}
