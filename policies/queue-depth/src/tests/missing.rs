//! Missing data is never zero.

use super::*;

#[test]
fn without_the_backlog_it_abstains_and_says_why() {
    let nothing = || ObservationBuilder::new().desired(3);
    let stale = |series: &mut trimtab_policy_sdk::Series| series.quality = Quality::Stale;
    let table = [
        (nothing(), "not among the series"),
        (nothing().absent("waiting"), "nothing collected"),
        (waiting(3, 0.0).but(stale), "stale"),
        (nothing().series("waiting", []), "no sample in the window"),
    ];
    for (seen, why) in table {
        let verdict = verdict(TEN_EACH, seen);
        assert!(abstains(&verdict));
        assert_eq!(verdict.reason, format!("waiting: {why}, so what there is to do is not known"));
    }
}

#[test]
fn fewer_than_none_makes_no_sense() {
    let verdict = verdict(TEN_EACH, waiting(3, -1.0));
    assert!(abstains(&verdict));
    assert_eq!(verdict.reason, "waiting is -1, and nothing is less than none");
}

#[test]
fn partial_data_may_add_and_never_removes() {
    let partial = |desired, jobs| waiting(desired, jobs).but(|series| series.quality = Quality::Partial);
    assert_eq!(size(1, &verdict(TEN_EACH, partial(1, 40.0))), 4);
    for (desired, jobs) in [(4, 40.0), (5, 40.0), (5, 0.0)] {
        let verdict = verdict(TEN_EACH, partial(desired, jobs));
        assert!(abstains(&verdict), "{verdict:?}");
        assert!(verdict.reason.ends_with(": but waiting is partial, there may be more"), "{}", verdict.reason);
    }
}

#[test]
fn without_what_runs_it_may_add_and_never_removes() {
    let seen = |desired, queued| {
        ObservationBuilder::new().desired(desired).jobs("work.jobs.queued", [(1, queued)]).absent("work.jobs.running")
    };
    assert_eq!(size(1, &verdict(TWO_EACH, seen(1, 8.0))), 4);
    let verdict = verdict(TWO_EACH, seen(5, 8.0));
    assert!(abstains(&verdict));
    let doubt = "work.jobs.running: nothing collected, so what there is to do is not known";
    assert_eq!(verdict.reason, format!("work.jobs.queued 8 / 2 = 4: but {doubt}"));
}
