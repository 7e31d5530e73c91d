//! The line on top: how it is right now.

use ratatui::Frame as Canvas;
use ratatui::layout::Rect;
use ratatui::style::Stylize;
use ratatui::text::{Line, Span};

use super::plot::{DESIRED, LOAD, READY, WAITING};
use crate::demo::frame::Frame;

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, frame: &Frame) {
    let now = frame.now;
    let line = match &frame.trouble {
        Some(trouble) => Line::from(vec![" trouble ".bold().on_red(), format!(" {trouble}").red()]),
        None => Line::from(vec![
            " Trimtab demo ".bold().reversed(),
            Span::styled(format!("  load {:.1}/s", now.load), LOAD),
            Span::styled(format!("  {} waiting", now.waiting), WAITING),
            format!("  {} running  {} done", now.running, frame.done).into(),
            Span::styled(format!("  {}", now.ready), READY),
            Span::styled(format!(" of {} replicas ready", now.desired), DESIRED),
        ]),
    };
    canvas.render_widget(line, area);
}
