//! Windows of the week.

use super::*;

const OFFICE: &str = r#"{ "count": 5, "zone": "Europe/Warsaw", "schedule": [
    { "name": "office", "days": "mon-fri", "from": "07:00", "to": "19:00", "count": 10 } ] }"#;

/// 00:00 in Warsaw on Monday 2026-08-03.
const MIDNIGHT: u64 = MONDAY - 2 * HOUR;

#[test]
fn office_hours() {
    let table = [
        (6 * HOUR + 59 * MINUTE, 5),
        (7 * HOUR - 1, 5),
        (7 * HOUR, 10),
        (19 * HOUR - 1, 10),
        (19 * HOUR, 5),
        (DAY + 12 * HOUR, 10),
        (4 * DAY + 12 * HOUR, 10),
        (5 * DAY + 12 * HOUR, 5),
        (6 * DAY + 12 * HOUR, 5),
        (7 * DAY + 12 * HOUR, 10),
    ];
    for (after, expected) in table {
        assert_eq!(size_at(OFFICE, MIDNIGHT + after), expected, "{} h", after as f64 / HOUR as f64);
    }
}

#[test]
fn a_change_says_what_the_clocks_showed_and_a_hold_does_not() {
    let at = |hours, desired| verdict(OFFICE, in_warsaw(MIDNIGHT + hours * HOUR).desired(desired)).reason;
    assert_eq!(at(7, 5), "office (mon-fri 07:00-19:00) Europe/Warsaw: 10 wanted: add 5 at mon 07:00 Europe/Warsaw");
    assert_eq!(at(8, 10), "office (mon-fri 07:00-19:00) Europe/Warsaw: 10 wanted: keep 10");
    assert_eq!(at(19, 10), "outside the schedule: 5 wanted: remove 5 at mon 19:00 Europe/Warsaw");
    assert_eq!(at(20, 5), "outside the schedule: 5 wanted: keep 5");
}

#[test]
fn a_night_belongs_to_the_day_it_begins_on() {
    let config = r#"{ "count": 1, "zone": "Europe/Warsaw", "schedule": [
        { "days": "fri", "from": "22:00", "to": "06:00", "count": 3 } ] }"#;
    let friday = MIDNIGHT + 4 * DAY;
    let table = [(5, 1), (22, 3), (24, 3), (24 + 5, 3), (24 + 6, 1), (24 + 22, 1)];
    for (hours, expected) in table {
        assert_eq!(size_at(config, friday + hours * HOUR), expected, "{hours} h");
    }
}

#[test]
fn a_night_from_sunday_to_monday() {
    let config = r#"{ "count": 1, "zone": "UTC", "schedule": [
        { "days": ["sun"], "from": "22:00", "to": "06:00", "count": 3 } ] }"#;
    let at = |now| size(1, &verdict(config, ObservationBuilder::new().at(now).desired(1)));
    assert_eq!([MONDAY - 3 * HOUR, MONDAY - HOUR, MONDAY + 5 * HOUR, MONDAY + 6 * HOUR].map(at), [1, 3, 3, 1]);
}

#[test]
fn the_first_entry_that_is_open_wins_be_it_smaller() {
    let config = r#"{ "count": 1, "zone": "Europe/Warsaw", "schedule": [
        { "name": "lunch", "from": "12:00", "to": "13:00", "count": 2 },
        { "name": "day", "from": "07:00", "to": "19:00", "count": 10 } ] }"#;
    let sizes = [11, 12, 13, 19].map(|hours| size_at(config, MIDNIGHT + hours * HOUR));
    assert_eq!(sizes, [10, 2, 10, 1]);
}

#[test]
fn each_entry_has_its_own_zone() {
    let config = r#"{ "count": 1, "zone": "Europe/Warsaw", "schedule": [
        { "from": "07:00", "to": "08:00", "count": 2 },
        { "from": "07:00", "to": "08:00", "zone": "Asia/Kolkata", "count": 3 },
        { "from": "07:00", "to": "08:00", "zone": "America/St_Johns", "count": 4 } ] }"#;
    let inputs: Vec<_> = prepared(config).inputs().iter().map(|input| input.name.clone()).collect();
    assert_eq!(inputs, ["time.offset.Europe/Warsaw", "time.offset.Asia/Kolkata", "time.offset.America/St_Johns"]);
    let at = |now| {
        let seen = in_warsaw(now)
            .series("time.offset.Asia/Kolkata", [5.5 * 3600.0])
            .series("time.offset.America/St_Johns", [-2.5 * 3600.0]);
        size(1, &verdict(config, seen.desired(1)))
    };
    let minutes = [89, 90, 149, 150, 299, 300, 359, 360, 569, 570, 629, 630];
    assert_eq!(minutes.map(|minutes| at(MONDAY + minutes * MINUTE)), [1, 3, 3, 1, 1, 2, 2, 1, 1, 4, 4, 1]);
}

#[test]
fn without_a_count_it_has_no_opinion_outside() {
    let config = OFFICE.replace(r#""count": 5, "#, "");
    let verdict = verdict(&config, in_warsaw(MIDNIGHT).desired(7));
    assert_eq!(verdict.decision, Decision::Hold(Stance::Abstain));
    assert_eq!(verdict.reason, "outside the schedule, and no count for that");
}

#[test]
fn it_asks_to_be_called_when_something_opens_or_closes() {
    let wish = |after| verdict(OFFICE, in_warsaw(MIDNIGHT + after)).again_in;
    assert_eq!(wish(7 * HOUR - 15_000), None, "the planned evaluation comes at that very moment");
    assert_eq!(wish(7 * HOUR - 14_999), Some(14_999));
    assert_eq!(wish(7 * HOUR), None);
    assert_eq!(wish(19 * HOUR - 1), Some(1));
    assert_eq!(wish(5 * DAY + 7 * HOUR - 1), None, "no office on Saturday");
}

#[test]
fn the_next_monday_is_found_from_the_last_one() {
    let config = r#"{ "count": 5, "zone": "Europe/Warsaw", "schedule": [
        { "days": "mon", "from": "07:00", "to": "08:00", "count": 10 } ] }"#;
    let after = MIDNIGHT + 8 * HOUR;
    let seen = in_warsaw(after).with(|seen| seen.interval = u32::MAX);
    assert_eq!(verdict(config, seen).again_in, Some((7 * DAY - HOUR) as u32));
}
