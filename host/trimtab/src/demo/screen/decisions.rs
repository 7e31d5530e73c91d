//! The last decisions with their reasons, the newest on top.

use std::cmp::Ordering;
use std::iter;

use ratatui::Frame as Canvas;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::{Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Row, Table};
use scaling_core::reason::Reason;

use super::plot::{READY, WAITING};
use crate::demo::frame::{Clockwise, Frame, Note};

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame) {
    let widths = [Constraint::Length(5), Constraint::Length(8), Constraint::Fill(1)];
    let block = Block::bordered().border_style(Style::new().dark_gray()).title(" last decisions ");
    let rows = frame.notes.iter().rev().flat_map(rows).take(usize::from(area.height));
    canvas.render_widget(Table::new(rows, widths).block(block), area);
}

/// A line for each reason: what the policy said, then what each guardrail made of it.
fn rows(note: &Note) -> impl Iterator<Item = Row<'_>> {
    let style = match note.to.cmp(&note.from) {
        Ordering::Greater => READY,
        Ordering::Less => WAITING,
        Ordering::Equal => Style::new().dark_gray(),
    };
    let head =
        [Line::from(format!("{:>5}", Clockwise(note.at).to_string())).dark_gray(), Line::styled(note.step(), style)];
    let heads = iter::once(head).chain(iter::repeat([Line::default(), Line::default()]));
    heads.zip(&note.reasons).map(|([time, step], reason)| Row::new([time, step, told(reason)]))
}

fn told(reason: &Reason) -> Line<'_> {
    Line::from(vec![reason.kind.label().bold(), Span::from(format!("  {}", reason.message))])
}
