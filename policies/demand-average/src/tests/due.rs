//! Only planned evaluations count.

use trimtab_policy_sdk::StateChange;

use super::*;

/// Early wakes, with whatever load, between planned evaluations.
fn sizes_among_early_wakes(config: &str, loads: &[f64]) -> Vec<u32> {
    let mut service = Service::of(config);
    let mut sizes = Vec::new();
    for load in loads {
        for early in [500.0, 0.0] {
            let verdict = service.tick(service.seen().series("load", [early]).early());
            assert_eq!(verdict.decision, Decision::Hold(Stance::Abstain));
            assert_eq!((verdict.state, verdict.again_in), (StateChange::Keep, None));
            assert!(verdict.reason.starts_with("woken before its time"), "{}", verdict.reason);
        }
        sizes.extend(service.sizes(&[*load]));
    }
    sizes
}

#[test]
fn early_wakes_neither_count_nor_move_the_planned_time() {
    assert_eq!(sizes_among_early_wakes(SHIPPED, &[10.0; 8]), [5, 6, 7, 8, 8, 9, 9, 9]);
    let loads = [8.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert_eq!(sizes_among_early_wakes(&moving(4), &loads), [4, 5, 6, 8, 8, 6, 4, 3, 3, 3]);
}

#[test]
fn what_was_not_obeyed_is_asked_for_again() {
    let mut service = Service::of(SHIPPED);
    service.load(10.0);
    service.desired = 3;
    let verdict = service.load(10.0);
    assert_eq!(verdict.decision, Decision::Add(vec![Placement::anywhere(3)]));
    assert_eq!(demand(&verdict), 10.0 * 0.3 + 5.1 * 0.7);
    // Somebody set another size.
    service.desired = 12;
    assert_eq!(service.load(10.0).decision, Decision::Remove(vec![Removal::Any(5)]));
}
