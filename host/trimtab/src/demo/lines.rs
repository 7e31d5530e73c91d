//! The demo for a pipe: a line every two seconds, and one for each decision worth telling.

use std::io::{self, Write};
use std::time::Duration;

use super::frame::{Clockwise, Frame, Note};

/// Between two lines without a decision.
const PAUSE: Duration = Duration::from_secs(2);

/// Writes lines.
pub struct Lines<W> {
    out: W,
    next: Duration,
    told: usize,
    trouble: Option<String>,
}

impl<W: Write> Lines<W> {
    /// Begins with the heading.
    pub fn new(mut out: W) -> io::Result<Self> {
        writeln!(out, " time  load/s  waiting  running  replicas  decision")?;
        Ok(Self { out, next: Duration::ZERO, told: 0, trouble: None })
    }

    /// Writes what is new in `frame`.
    pub fn show(&mut self, frame: &Frame) -> io::Result<()> {
        for note in &frame.notes[self.told..] {
            self.line(frame, Some(note))?;
        }
        let is_time = frame.notes.len() == self.told && frame.now.at >= self.next;
        self.told = frame.notes.len();
        if is_time {
            self.line(frame, None)?;
        }
        if frame.trouble != self.trouble {
            self.trouble.clone_from(&frame.trouble);
            if let Some(trouble) = &self.trouble {
                writeln!(self.out, "       trouble: {trouble}")?;
            }
        }
        self.out.flush()
    }

    fn line(&mut self, frame: &Frame, note: Option<&Note>) -> io::Result<()> {
        let now = frame.now;
        self.next = now.at + PAUSE;
        let time = Clockwise(note.map_or(now.at, |note| note.at)).to_string();
        let told = note.map(|note| format!("{}  {}", note.step(), note.told())).unwrap_or_default();
        let line = format!(
            "{time:>5}  {:>6.1}  {:>7}  {:>7}  {:>8}  {told}",
            now.load,
            now.waiting,
            now.running,
            format!("{}/{}", now.ready, now.desired),
        );
        writeln!(self.out, "{}", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use scaling_core::reason::{Reason, ReasonKind};

    use super::*;
    use crate::demo::frame::Moment;

    #[test]
    fn a_line_for_each_decision_and_one_every_two_seconds() {
        let mut written = Vec::new();
        let mut lines = Lines::new(&mut written).unwrap();
        let mut frame = Frame::default();
        for half_second in 0..=9 {
            let at = Duration::from_millis(500 * half_second);
            frame.now = Moment { at, load: 1.5, waiting: 4, running: 1, ready: 1, desired: 1 };
            if half_second == 3 {
                let message = "waiting last 4 > 3, met 2 of 2: add 2".to_owned();
                let reasons = vec![Reason { kind: ReasonKind::PolicyChange, from: 1, to: 3, message }];
                frame.notes.push(Note { at, from: 1, to: 3, reasons });
            }
            lines.show(&frame).unwrap();
        }
        let expected = " time  load/s  waiting  running  replicas  decision
 0:00     1.5        4        1       1/1
 0:01     1.5        4        1       1/1   1 -> 3  PolicyChange: waiting last 4 > 3, met 2 of 2: add 2
 0:03     1.5        4        1       1/1
";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }
}
