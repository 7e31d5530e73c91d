//! Missing data is never zero.

use super::*;

#[test]
fn without_data_it_abstains_and_says_why() {
    let nothing = || ObservationBuilder::new().desired(3);
    let stale = |series: &mut trimtab_policy_sdk::Series| series.quality = Quality::Stale;
    let table = [
        (nothing(), "not among the series"),
        (nothing().absent("drakrun"), "nothing collected"),
        (drakrun(9.0).but(stale), "stale"),
        (nothing().series("drakrun", []), "no sample in the window"),
    ];
    for (seen, why) in table {
        let verdict = verdict(ONE_TO_THREE, seen);
        assert_eq!(verdict.decision, Decision::Hold(Stance::Abstain));
        assert_eq!(verdict.reason, format!("drakrun: {why}, so the size it asks for is not known"));
    }
}

#[test]
fn one_missing_of_several_is_no_sum() {
    let config = r#"{ "indicator": ["a", "b"], "per": 3 }"#;
    let verdict = verdict(config, ObservationBuilder::new().series("a", [100.0]).absent("b"));
    assert_eq!(verdict.decision, Decision::Hold(Stance::Abstain));
    assert_eq!(verdict.reason, "b: nothing collected, so the size it asks for is not known");
}

#[test]
fn partial_data_may_add_and_never_removes() {
    let partial = |count| drakrun(count).but(|series| series.quality = Quality::Partial);
    assert_eq!(size(1, &verdict(ONE_TO_THREE, partial(10.0))), 4);
    for desired in [4, 5] {
        let verdict = verdict(ONE_TO_THREE, partial(10.0).desired(desired));
        assert_eq!(verdict.decision, Decision::Hold(Stance::Abstain));
        assert_eq!(verdict.reason, "drakrun 10 / 3 = 3.33, ceil 4: but drakrun is partial, there may be more");
    }
}

#[test]
fn fewer_than_none_makes_no_sense() {
    let verdict = verdict(ONE_TO_THREE, drakrun(-3.0));
    assert_eq!(verdict.decision, Decision::Hold(Stance::Abstain));
    assert_eq!(verdict.reason, "drakrun is -3, and nothing is less than none");
}
