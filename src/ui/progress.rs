//! Progress of long work: on a terminal only, gone when it is done.

use std::cell::Cell;
use std::time::Duration;

use console::{Term, truncate_str};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape_controls;

/// A line that says what is being done. It costs nothing, and says nothing,
/// where standard error is no terminal.
pub struct Progress {
    bar: ProgressBar,
    done: Cell<u64>,
}

impl Progress {
    pub(super) fn new(shown: Shown) -> Self {
        let bar = match shown {
            Shown::Yes => ProgressBar::new_spinner(),
            Shown::No => ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        if shown == Shown::Yes {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self {
            bar,
            done: Cell::new(0),
        }
    }

    /// One that shows several lines, drawn five times a second at most.
    pub(super) fn of_lines(shown: Shown) -> Self {
        let target = match shown {
            Shown::Yes => ProgressDrawTarget::stderr_with_hz(5),
            Shown::No => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            done: Cell::new(0),
        }
    }

    /// Whether anybody sees it.
    pub fn is_seen(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Shows these lines, each cut to the width of the terminal.
    pub fn lines(&self, lines: &[String]) {
        let (_, width) = Term::stderr().size();
        let width = usize::from(width).saturating_sub(1);
        let cut = |line: &String| truncate_str(&escape_controls(line), width, "…").into_owned();
        let lines: Vec<_> = lines.iter().map(cut).collect();
        self.bar.set_message(lines.join("\n"));
        self.bar.tick();
    }

    /// Lets something be written while the lines are out of the way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Says what is being done now.
    pub fn step(&self, what: &str) {
        self.done.set(self.done.get() + 1);
        self.bar
            .set_message(escape_controls(&format!("{what} ({})", self.done.get())));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Whether anybody sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Yes,
    No,
}
