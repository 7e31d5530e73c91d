//! Load, waiting jobs and replicas over time.

use ratatui::Frame as Canvas;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType};

use crate::demo::frame::{Clockwise, Frame, Moment};

/// Jobs that come.
pub const LOAD: Style = Style::new().fg(Color::Magenta);

/// Jobs that wait.
pub const WAITING: Style = Style::new().fg(Color::Yellow);

/// Replicas that are wanted.
pub const DESIRED: Style = Style::new().fg(Color::Cyan);

/// Replicas that work.
pub const READY: Style = Style::new().fg(Color::Green);

/// The least height of a scale, so that a quiet queue looks quiet.
const LEAST_TOP: f64 = 10.0;

/// One curve: its name, its colour, and what it shows of a moment.
struct Curve {
    name: &'static str,
    style: Style,
    kind: GraphType,
    value: fn(&Moment) -> f64,
}

impl Curve {
    const fn line(name: &'static str, style: Style, value: fn(&Moment) -> f64) -> Self {
        Self { name, style, kind: GraphType::Line, value }
    }

    const fn area(self) -> Self {
        Self { kind: GraphType::Area, ..self }
    }
}

const WAITING_CURVE: Curve = Curve::line("jobs waiting", WAITING, |m| f64::from(m.waiting));
const LOAD_CURVE: Curve = Curve::line("load in jobs/s", LOAD, |m| m.load);
const DESIRED_CURVE: Curve = Curve::line("replicas wanted", DESIRED, |m| f64::from(m.desired));
const READY_CURVE: Curve = Curve::line("ready", READY, |m| f64::from(m.ready));

pub fn draw_waiting(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame) {
    draw(canvas, area, frame, &[WAITING_CURVE.area()]);
}

pub fn draw_replicas(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame) {
    draw(canvas, area, frame, &[LOAD_CURVE, DESIRED_CURVE, READY_CURVE]);
}

pub fn draw_all(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame) {
    draw(canvas, area, frame, &[LOAD_CURVE, WAITING_CURVE, DESIRED_CURVE, READY_CURVE]);
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame, curves: &[Curve]) {
    let points: Vec<Vec<(f64, f64)>> = curves.iter().map(|curve| points(frame, curve)).collect();
    let sets = curves.iter().zip(&points).map(|(curve, points)| {
        Dataset::default().marker(Marker::Braille).graph_type(curve.kind).style(curve.style).data(points)
    });
    let highest = points.iter().flatten().map(|(_, value)| *value).fold(0.0, f64::max);
    let chart = Chart::new(sets.collect())
        .block(Block::bordered().border_style(Style::new().dark_gray()).title(title(curves)))
        .x_axis(time_axis(frame))
        .y_axis(value_axis(highest));
    canvas.render_widget(chart, area);
}

fn points(frame: &Frame, curve: &Curve) -> Vec<(f64, f64)> {
    frame.moments.iter().map(|moment| (moment.at.as_secs_f64(), (curve.value)(moment))).collect()
}

fn title(curves: &[Curve]) -> Line<'static> {
    let names = curves.iter().flat_map(|curve| [Span::from(" "), Span::styled(curve.name, curve.style), " ".into()]);
    Line::from(names.collect::<Vec<_>>())
}

fn time_axis(frame: &Frame) -> Axis<'static> {
    let labels = (0..=4).map(|quarter| Clockwise(frame.length * quarter / 4).to_string());
    Axis::default().bounds([0.0, frame.length.as_secs_f64()]).labels(labels).style(Style::new().dark_gray())
}

/// From zero to the next multiple of ten.
fn value_axis(highest: f64) -> Axis<'static> {
    let top = (highest / LEAST_TOP).ceil().max(1.0) * LEAST_TOP;
    let labels = [0.0, top / 2.0, top].map(|value| format!("{value:>3}"));
    Axis::default().bounds([0.0, top]).labels(labels).style(Style::new().dark_gray())
}
