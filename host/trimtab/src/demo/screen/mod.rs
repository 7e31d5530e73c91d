//! The demo on a terminal: a live picture, drawn anew four times a second and at every change of its size.

use std::io;
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::frame::Frame;

mod decisions;
mod headline;
mod layout;
mod plot;
mod progress;

/// The terminal while the picture is on it. It is given back when this is dropped, and on a panic.
pub struct Screen {
    terminal: DefaultTerminal,
}

impl Screen {
    /// Takes the terminal over.
    pub fn open() -> io::Result<Self> {
        Ok(Self { terminal: ratatui::try_init()? })
    }

    /// Draws `frame`.
    pub fn show(&mut self, frame: &Frame) -> io::Result<()> {
        self.terminal.draw(|canvas| layout::draw(canvas, frame))?;
        Ok(())
    }

    /// Whether the user has asked to end it. Does not wait.
    pub fn is_to_end(&self) -> io::Result<bool> {
        while event::poll(Duration::ZERO)? {
            if let Event::Key(key) = event::read()?
                && ends(key)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// `q`, Esc, and Ctrl-C, which is a key like any other while the picture is on.
fn ends(key: KeyEvent) -> bool {
    let control_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    key.kind == KeyEventKind::Press && (control_c || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc))
}

#[cfg(test)]
mod tests;
