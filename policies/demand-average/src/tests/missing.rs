//! Missing data is never zero.

use trimtab_policy_sdk::StateChange;

use super::*;

#[test]
fn without_data_it_abstains_says_why_and_keeps_what_it_knows() {
    for config in [SHIPPED, &moving(4)] {
        let mut service = Service::of(config);
        service.sizes(&[10.0; 3]);
        let known = service.policy.state().cloned();
        let seen = |service: &Service| service.seen();
        let gaps = [
            (seen(&service), "load: not among the series; the demand stays as it was"),
            (seen(&service).absent("load"), "load: nothing collected; the demand stays as it was"),
            (
                seen(&service).series("load", [0.0]).but(|series| series.quality = Quality::Stale),
                "load: stale; the demand stays as it was",
            ),
            (seen(&service).series("load", []), "load: no sample in the window; the demand stays as it was"),
        ];
        for (seen, reason) in gaps {
            let verdict = service.tick(seen);
            assert_eq!((&verdict.decision, verdict.reason.as_str()), (&Decision::Hold(Stance::Abstain), reason));
            assert_eq!((&verdict.state, again(&verdict)), (&StateChange::Keep, 10));
            assert!(verdict.signals.is_empty());
        }
        assert_eq!(service.policy.state(), known.as_ref());
        assert!(known.is_some());
    }
}

#[test]
fn the_average_goes_on_after_a_gap() {
    let mut service = Service::of(SHIPPED);
    let mut sizes = service.sizes(&[10.0; 4]);
    service.tick(service.seen().absent("load"));
    sizes.extend(service.sizes(&[10.0; 4]));
    assert_eq!(sizes, [5, 6, 7, 8, 8, 9, 9, 9]);
}

#[test]
fn a_gap_at_the_start_leaves_the_size_alone() {
    let mut service = Service::of(SHIPPED);
    service.desired = 11;
    let verdict = service.tick(service.seen());
    assert_eq!((verdict.state, service.desired), (StateChange::Keep, 11));
    assert_eq!(service.policy.state(), None);
}

fn partial(service: &mut Service, load: f64) -> RawVerdict {
    let seen = service.seen().series("load", [load]).but(|series| series.quality = Quality::Partial);
    service.tick(seen)
}

#[test]
fn partial_data_may_raise_the_demand_and_never_lowers_it() {
    let mut service = Service::of(SHIPPED);
    partial(&mut service, 10.0);
    assert_eq!(service.desired, 5);
    let verdict = partial(&mut service, 2.0);
    assert_eq!((&verdict.decision, &verdict.state), (&Decision::Hold(Stance::Abstain), &StateChange::Keep));
    assert_eq!(verdict.reason, "load: 2 and perhaps more, since not all parts answered; the demand stays as it was");
    service.load(10.0);
    assert_eq!(service.desired, 6);
    // The demand would grow, and the size that somebody set would shrink.
    service.desired = 14;
    assert_eq!(partial(&mut service, 10.0).decision, Decision::Hold(Stance::Abstain));
}

#[test]
fn a_partial_load_does_not_drag_a_moving_average_down_later() {
    let mut service = Service::of(&moving(4));
    service.sizes(&[40.0, 40.0, 40.0, 40.0]);
    let known = service.policy.state().cloned();
    partial(&mut service, 12.0);
    assert_eq!((service.policy.state(), service.desired), (known.as_ref(), 15));
}

#[test]
fn no_jobs_waiting_is_a_zero_and_not_a_gap() {
    let config = SHIPPED.replace("load", "jobs.queued");
    let mut service = Service::of(&config).bounds(1, 15);
    let verdict = service.tick(service.seen().jobs("jobs.queued", []));
    assert_eq!((demand(&verdict), service.desired), (3.0 * 0.7, 2));
    let verdict = service.tick(service.seen().jobs("jobs.queued", [(86_400, 12.0), (3, 7.0)]));
    assert_eq!(
        verdict.reason,
        "jobs.queued 19: 19 * 0.3 + 2.1 * 0.7 = 7.17, truncated to 7: add 5; \
        2.1 to 7.17 is a big change, so again in 10 s"
    );
}
