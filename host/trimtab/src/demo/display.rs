//! The picture or the lines: what a frame is shown on.

use std::io::{self, Stdout, stdout};

use super::frame::Frame;
use super::lines::Lines;
use super::screen::Screen;

/// What a frame is shown on.
pub enum Display {
    /// A terminal.
    Screen(Screen),
    /// A pipe.
    Lines(Lines<Stdout>),
}

impl Display {
    /// Takes the terminal over, or writes the heading.
    pub fn open(has_screen: bool) -> io::Result<Self> {
        if has_screen { Screen::open().map(Self::Screen) } else { Lines::new(stdout()).map(Self::Lines) }
    }

    /// Shows `frame`.
    pub fn show(&mut self, frame: &Frame) -> io::Result<()> {
        match self {
            Self::Screen(screen) => screen.show(frame),
            Self::Lines(lines) => lines.show(frame),
        }
    }

    /// Whether the user has asked to end it, other than by a signal.
    pub fn is_to_end(&self) -> io::Result<bool> {
        match self {
            Self::Screen(screen) => screen.is_to_end(),
            Self::Lines(_) => Ok(false),
        }
    }
}
