//! One picture, letter by letter, and pictures of all sizes.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use scaling_core::reason::{Reason, ReasonKind};

use super::layout;
use crate::demo::frame::{Frame, Moment, Note};

fn reason(kind: ReasonKind, from: u32, to: u32, message: &str) -> Reason {
    Reason { kind, from, to, message: message.to_owned() }
}

/// Half a run: it was quiet, jobs piled up, and the size follows.
fn frame() -> Frame {
    let moment = |quarter: u32| {
        let at = Duration::from_millis(250) * quarter;
        let busy = quarter.saturating_sub(24);
        let desired = (1 + busy / 12).min(8);
        Moment {
            at,
            load: f64::from(busy.min(60)) / 10.0 + 0.6,
            waiting: busy.min(40).saturating_sub(busy.saturating_sub(50)),
            running: desired,
            ready: (1 + busy.saturating_sub(3) / 12).min(8),
            desired,
        }
    };
    let limited = "at most 4 more in 10s, 1 of them left";
    let notes = vec![
        Note {
            at: Duration::from_secs(9),
            from: 1,
            to: 3,
            reasons: vec![reason(ReasonKind::PolicyChange, 1, 3, "waiting last 7 > 3, met 2 of 2: add 2")],
        },
        Note {
            at: Duration::from_secs(12),
            from: 3,
            to: 4,
            reasons: vec![
                reason(ReasonKind::PolicyChange, 3, 5, "waiting last 9 > 3, met 2 of 2: add 2"),
                reason(ReasonKind::ScaleUpLimit, 5, 4, limited),
            ],
        },
    ];
    Frame {
        length: Duration::from_secs(60),
        now: moment(120),
        moments: (0..=120).map(moment).collect(),
        notes,
        done: 61,
        trouble: None,
        footer: "http://127.0.0.1:9180/metrics   seed 7".to_owned(),
    }
}

fn drawn(frame: &Frame, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|canvas| layout::draw(canvas, frame)).unwrap();
    let text = terminal.backend().to_string();
    let lines = text.lines().map(|line| line.trim_start_matches('"').trim_end_matches('"').trim_end());
    lines.fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn the_picture() {
    let picture = drawn(&frame(), 100, 30);
    assert_eq!(picture, include_str!("golden.txt"), "golden.txt differs from:\n{picture}");
}

#[test]
fn a_picture_fits_any_size_and_any_moment() {
    for frame in [Frame::default(), frame()] {
        for (width, height) in [(1, 1), (10, 3), (40, 10), (80, 24), (250, 80)] {
            drawn(&frame, width, height);
        }
    }
}

#[test]
fn a_small_terminal_shows_one_plot_and_the_decisions() {
    let picture = drawn(&frame(), 80, 20);
    assert_eq!(picture.matches("jobs waiting").count(), 1);
    assert!(picture.contains("load in jobs/s") && picture.contains("1 -> 3"), "{picture}");
}

#[test]
fn trouble_is_shown() {
    let trouble = Some("the backend is gone".to_owned());
    assert!(drawn(&Frame { trouble, ..frame() }, 80, 20).contains("the backend is gone"));
}
