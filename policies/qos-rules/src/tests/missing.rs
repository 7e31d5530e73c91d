//! Missing data is never zero.

use trimtab_policy_sdk::StateChange;

use super::*;

fn nothing() -> ObservationBuilder {
    ObservationBuilder::new().desired(3).bounds(1, 10)
}

#[test]
fn without_data_it_abstains_and_says_why() {
    let seen = [
        (nothing(), "waiting: not among the series, so the rule counts anew"),
        (nothing().absent("waiting"), "waiting: nothing collected, so the rule counts anew"),
        (waiting(0.0).but(|series| series.quality = Quality::Stale), "waiting: stale, so the rule counts anew"),
        (nothing().series("waiting", []), "waiting: no sample in the window, so the rule counts anew"),
    ];
    for (seen, reason) in seen {
        let verdict = tick(&mut prepared(RULE_R), seen);
        assert_eq!((word(&verdict).as_str(), verdict.reason.as_str()), ("abstain", reason));
    }
}

#[test]
fn a_gap_ends_the_streak() {
    let mut policy = prepared(RULE_R);
    let mut seen: Vec<_> = (0..7).map(|_| waiting(19.0)).collect();
    seen[3] = nothing().absent("waiting");
    let words: Vec<_> = seen.into_iter().map(|seen| word(&tick(&mut policy, seen))).collect();
    assert_eq!(words, ["counting", "counting", "counting", "abstain", "counting", "counting", "counting"]);
    assert_eq!(word(&tick(&mut policy, waiting(19.0))), "add 1");
}

#[test]
fn partial_data_may_add_and_never_removes() {
    let partial = |value| waiting(value).but(|series| series.quality = Quality::Partial);
    let mut policy = prepared(RULE_R);
    let words: Vec<_> = (0..4).map(|_| word(&tick(&mut policy, partial(19.0)))).collect();
    assert_eq!(words[3], "add 1");
    let verdicts: Vec<_> = (0..8).map(|_| tick(&mut policy, partial(0.0))).collect();
    assert!(verdicts.iter().all(|verdict| word(verdict) == "hold"), "{verdicts:?}");
    assert!(verdicts[0].reason.contains("(partial, so no removal): "), "{}", verdicts[0].reason);
}

#[test]
fn no_jobs_waiting_is_a_zero_and_not_a_gap() {
    let config = RULE_R.replace("\"waiting\"", "\"jobs.queued\"");
    let mut policy = prepared(&config);
    let words: Vec<_> = (0..5).map(|_| word(&tick(&mut policy, nothing().jobs("jobs.queued", [])))).collect();
    assert_eq!(words, ["counting", "counting", "counting", "counting", "remove 1"]);
}

#[test]
fn jobs_are_counted_however_old_and_however_bundled() {
    let config = RULE_R.replace("\"waiting\"", "\"a.jobs.queued\"");
    let mut policy = prepared(&config);
    let seen = || nothing().jobs("a.jobs.queued", [(86_400, 12.0), (3, 7.0)]);
    let verdicts: Vec<_> = (0..4).map(|_| tick(&mut policy, seen())).collect();
    assert_eq!(verdicts[3].reason, "a.jobs.queued count 19 + 2 = 21 > 20, met 4 of 4: add 1");
}

#[test]
fn what_does_not_change_is_kept_and_what_is_over_is_cleared() {
    let mut policy = prepared(RULE_R);
    assert_eq!(tick(&mut policy, waiting(15.0)).state, StateChange::Keep);
    assert!(matches!(tick(&mut policy, waiting(19.0)).state, StateChange::Set(_)));
    assert_eq!(policy.state().map(|state| state.layout.as_str()), Some("trimtab.qos-rules/1"));
    assert_eq!(tick(&mut policy, waiting(19.0).early()).state, StateChange::Keep);
    assert_eq!(tick(&mut policy, waiting(15.0)).state, StateChange::Clear);
    // Held back by the bounds, the streak stays complete; nothing new has to be stored.
    let full = || waiting(19.0).desired(10);
    let verdicts: Vec<_> = (0..6).map(|_| tick(&mut policy, full())).collect();
    assert_eq!(verdicts[5].state, StateChange::Keep);
    assert_eq!(
        verdicts[5].reason,
        "waiting count 19 + 2 = 21 > 20, met 4 of 4: would add 1, but 10 is the most allowed"
    );
    assert_eq!(word(&tick(&mut policy, waiting(19.0))), "add 1");
}

#[test]
fn a_changed_rule_counts_anew_and_a_moved_one_goes_on() {
    let mut policy = prepared(RULE_R);
    (0..3).for_each(|_| drop(tick(&mut policy, waiting(19.0))));
    let other = r#"{"indicator":"cpu","function":"last","add":{"operator":">","threshold":90}}, {"#;
    let mut moved = policy.clone().reload(RULE_R.replacen("[ {", &format!("[ {other}"), 1)).expect("a good config");
    let calm = waiting(19.0).series("cpu", [10.0]);
    assert_eq!(word(&tick(&mut moved, calm)), "add 1");
    let mut changed = policy.reload(RULE_R.replace("20", "19")).expect("a good config");
    assert_eq!(word(&tick(&mut changed, waiting(19.0))), "counting");
}

#[test]
fn a_state_of_another_layout_is_refused() {
    let state = trimtab_policy_sdk::RawState { layout: "trimtab.qos-rules/0".to_owned(), data: b"[]".to_vec() };
    let seen = waiting(19.0).build();
    let failure = trimtab_policy_sdk::export::evaluate::<QosRules>(&seen, RULE_R, Some(state)).expect_err("refused");
    assert_eq!(failure.kind, FailureKind::State);
}
