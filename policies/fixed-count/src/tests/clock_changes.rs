//! The night without an hour, and the one with an hour twice.

use super::*;

fn entry(from: &str, to: &str) -> String {
    format!(
        r#"{{ "count": 1, "schedule": [
            {{ "from": "{from}", "to": "{to}", "zone": "Europe/Warsaw", "count": 2 }} ] }}"#
    )
}

/// Minutes before (negative) and after the change at which the entry is open, as stretches. A day in all.
fn open(config: &str, change: u64) -> Vec<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for minute in -720..720 {
        let now = change.saturating_add_signed(minute * MINUTE as i64);
        if size_at(config, now) == 2 {
            match stretches.last_mut().filter(|(_, end)| *end == minute) {
                Some((_, end)) => *end += 1,
                None => stretches.push((minute, minute + 1)),
            }
        }
    }
    stretches
}

#[test]
fn the_hour_that_does_not_exist() {
    let table = [
        ("01:00", "02:00", vec![(-60, 0)]),
        ("01:00", "02:30", vec![(-60, 0)]),
        ("02:00", "03:00", vec![]),
        ("02:15", "02:45", vec![]),
        ("02:30", "04:00", vec![(0, 60)]),
        ("01:00", "04:00", vec![(-60, 60)]),
        ("03:00", "04:00", vec![(0, 60)]),
        ("22:00", "06:00", vec![(-240, 180)]),
    ];
    for (from, to, expected) in table {
        assert_eq!(open(&entry(from, to), FORWARD), expected, "{from} to {to}");
    }
}

#[test]
fn the_hour_that_comes_twice() {
    let table = [
        ("01:00", "02:00", vec![(-120, -60)]),
        ("01:00", "02:30", vec![(-120, -30)]),
        ("02:00", "03:00", vec![(-60, 60)]),
        ("02:15", "02:45", vec![(-45, -15)]),
        ("02:30", "04:00", vec![(-30, 120)]),
        ("01:00", "04:00", vec![(-120, 120)]),
        ("03:00", "04:00", vec![(60, 120)]),
        ("22:00", "06:00", vec![(-300, 240)]),
    ];
    for (from, to, expected) in table {
        assert_eq!(open(&entry(from, to), BACK), expected, "{from} to {to}");
    }
}

#[test]
fn entries_that_follow_each_other_leave_no_gap_and_do_not_swing() {
    let times = ["00:00", "01:30", "02:00", "02:30", "03:00", "03:30", "12:00", "24:00"];
    let entries = times.windows(2).zip(10..).map(|(pair, count)| {
        format!(r#"{{ "from": "{}", "to": "{}", "zone": "Europe/Warsaw", "count": {count} }}"#, pair[0], pair[1])
    });
    let config = format!(r#"{{ "count": 1, "schedule": [{}] }}"#, entries.collect::<Vec<_>>().join(","));
    for change in [FORWARD, BACK] {
        let midnight = change - if change == FORWARD { 2 * HOUR } else { 3 * HOUR };
        let sizes: Vec<_> = (0..600).map(|minute| size_at(&config, midnight + minute * MINUTE)).collect();
        assert!(!sizes.contains(&1), "a gap");
        assert!(sizes.is_sorted(), "it went back: {sizes:?}");
    }
}

/// The rule of README.md, word for word: a time has come when the clocks show it or a later one for the first time.
#[test]
fn any_window_is_what_the_rule_says() {
    for change in [FORWARD, BACK] {
        for (from, to) in [("01:40", "02:20"), ("02:00", "02:20"), ("02:40", "03:20"), ("00:30", "03:10")] {
            let minutes =
                |text: &str| text[..2].parse::<i64>().expect(text) * 60 + text[3..].parse::<i64>().expect(text);
            let sunday = (change as i64 / DAY as i64) * 24 * 60;
            let mut latest = i64::MIN;
            for minute in -400..400 {
                let now = change.saturating_add_signed(minute * MINUTE as i64);
                let shows = (now / MINUTE) as i64 + warsaw(now) as i64 / 60;
                latest = latest.max(shows);
                let expected = (sunday + minutes(from)..sunday + minutes(to)).contains(&latest);
                let found = size_at(&entry(from, to), now) == 2;
                assert_eq!(found, expected, "{from} to {to}, {minute} minutes after {change}");
            }
        }
    }
}

/// Asked again when it asks to be, it is never late, but where the clocks jump over a boundary.
#[test]
fn the_wishes_meet_every_boundary() {
    let config = entry("01:30", "04:30");
    for (change, boundaries) in [(FORWARD, [-30, 90]), (BACK, [-90, 150])] {
        let mut now = change - 5 * HOUR;
        let mut seen = vec![size_at(&config, now)];
        let mut changed = Vec::new();
        while now < change + 5 * HOUR {
            let interval = 7 * MINUTE as u32;
            let verdict = verdict(&config, in_warsaw(now).desired(1).with(|seen| seen.interval = interval));
            let size = size(1, &verdict);
            if seen.last() != Some(&size) {
                seen.push(size);
                changed.push((now as i64 - change as i64) / MINUTE as i64);
            }
            now += u64::from(verdict.again_in.unwrap_or(interval));
        }
        assert_eq!((seen, changed), (vec![1, 2, 1], boundaries.to_vec()));
    }
}
