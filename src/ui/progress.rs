//! Progress of long work: on a terminal only, gone when it is done.

use std::cell::Cell;
use std::time::Duration;

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
