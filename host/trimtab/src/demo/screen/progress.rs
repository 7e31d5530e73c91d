//! How far it is, and how to end it.

use ratatui::Frame as Canvas;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::line;
use ratatui::text::Line;
use ratatui::widgets::LineGauge;

use crate::demo::frame::{Clockwise, Frame};

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame) {
    let [bar, footer] = Layout::vertical([Constraint::Length(1), Constraint::Length(1)]).areas(area);
    let elapsed = frame.now.at.min(frame.length);
    let ratio = elapsed.as_secs_f64() / frame.length.as_secs_f64().max(f64::MIN_POSITIVE);
    let gauge = LineGauge::default()
        .ratio(ratio.clamp(0.0, 1.0))
        .label(format!(" {} of {}", Clockwise(elapsed), Clockwise(frame.length)))
        .filled_symbol(line::THICK_HORIZONTAL)
        .filled_style(Style::new().fg(Color::Blue))
        .unfilled_style(Style::new().fg(Color::DarkGray));
    canvas.render_widget(gauge, bar);
    canvas.render_widget(Line::from(format!(" q ends it   {}", frame.footer)).dark_gray(), footer);
}
