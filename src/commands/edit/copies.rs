//! Copies of what was edited that the editor may have left elsewhere.

use std::time::SystemTime;

use crate::editor::Desk;
use crate::escape::escape_controls;
use crate::secret::SecretValue;
use crate::secret::stored::StoredSecret;
use crate::secret::traces::Traces;
use crate::ui::Ui;

/// How many files with copies are named.
const MOST_NAMED: usize = 10;

/// What is looked for, and since when.
pub(super) struct Copies {
    traces: Traces,
    since: SystemTime,
}

impl Copies {
    pub fn before(stored: &StoredSecret) -> Self {
        let mut traces = Traces::default();
        traces.add(stored.data.values());
        Self {
            traces,
            since: SystemTime::now(),
        }
    }

    /// What was typed is looked for as well.
    pub fn add<'a>(&mut self, values: impl IntoIterator<Item = &'a SecretValue>) {
        self.traces.add(values);
    }

    /// Searches, and says what was found and what was not looked at.
    pub fn tell(&self, desk: &Desk, ui: &Ui) {
        let found = desk.search(&self.traces, self.since);
        for path in found.copies.iter().take(MOST_NAMED) {
            ui.warn(format!(
                "{} changed meanwhile and has a value, or a line of one: the editor may have written it; look at the file",
                escape_controls(&path.display().to_string())
            ));
        }
        match found.copies.len().saturating_sub(MOST_NAMED) {
            0 => {}
            1 => ui.warn("one more file has one"),
            more => ui.warn(format!("{more} more files have one")),
        }
        let left_out = match self.traces.leave_out_some() {
            true => ", without short values, which are in many files",
            false => "",
        };
        let all = match found.is_cut {
            true => ", but not all of them",
            false => "",
        };
        if found.is_cut || self.traces.leave_out_some() {
            ui.note(format!(
                "files that changed meanwhile were searched for copies{all}{left_out}"
            ));
        }
    }
}
