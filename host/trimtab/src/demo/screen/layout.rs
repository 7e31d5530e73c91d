//! What goes where, in whatever room there is.

use ratatui::Frame as Canvas;
use ratatui::layout::{Constraint, Layout, Rect};

use super::{decisions, headline, plot, progress};
use crate::demo::frame::Frame;

/// A plot needs so many lines to tell anything.
const PLOT_LINES: u16 = 7;

/// Draws everything. The plots yield first, then the decisions.
pub fn draw(canvas: &mut Canvas<'_>, frame: &Frame) {
    let [top, middle, bottom] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(2)]).areas(canvas.area());
    headline::draw(canvas, top, frame);
    draw_middle(canvas, middle, frame);
    progress::draw(canvas, bottom, frame);
}

fn draw_middle(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame) {
    let decisions_lines = (area.height / 3).clamp(3, 12);
    let [plots, told] = Layout::vertical([Constraint::Fill(1), Constraint::Length(decisions_lines)]).areas(area);
    if plots.height >= 2 * PLOT_LINES {
        let [waiting, replicas] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(plots);
        plot::draw_waiting(canvas, waiting, frame);
        plot::draw_replicas(canvas, replicas, frame);
    } else {
        plot::draw_all(canvas, plots, frame);
    }
    decisions::draw(canvas, told, frame);
}
