//! Without the hour there is no opinion.

use super::*;

const NIGHT: &str = r#"{ "count": 5, "schedule": [
    { "name": "night", "from": "22:00", "to": "06:00", "zone": "Europe/Warsow", "count": 10 } ] }"#;

#[test]
fn an_unknown_zone_holds_and_says_why() {
    let seen = |desired| ObservationBuilder::new().desired(desired);
    let series = "time.offset.Europe/Warsow";
    let table = [
        (seen(7), "not among the series"),
        (seen(0).absent(series), "nothing collected"),
        (seen(7).series(series, []), "no sample in the window"),
        (seen(7).series(series, [3600.0]).but(|series| series.quality = Quality::Stale), "stale"),
        (seen(7).series(series, [3600.0]).but(|series| series.samples[0].at += DAY), "no sample in the window"),
    ];
    for (seen, why) in table {
        let verdict = verdict(NIGHT, seen);
        assert_eq!(verdict.decision, Decision::Hold(Stance::Abstain));
        let reason = format!("night (daily 22:00-06:00): {series}: {why}, so the hour there is not known");
        assert_eq!(verdict.reason, reason);
        assert_eq!(verdict.again_in, None);
    }
}

#[test]
fn what_stands_before_the_unknown_still_counts() {
    let config = r#"{ "count": 1, "schedule": [
        { "from": "07:00", "to": "19:00", "zone": "UTC", "count": 3 },
        { "from": "07:00", "to": "23:00", "zone": "Mars/Base", "count": 4 } ] }"#;
    let at = |hours| verdict(config, ObservationBuilder::new().at(MONDAY + hours * HOUR).desired(1));
    assert_eq!(size(1, &at(8)), 3);
    assert_eq!(at(20).decision, Decision::Hold(Stance::Abstain));
    assert_eq!(at(8).reason, "daily 07:00-19:00 UTC: 3 wanted: add 2 at mon 08:00 UTC");
}
