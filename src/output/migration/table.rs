//! Many plans at once: a table, and what to do about those of each state.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::command_line::{CommandLine, Hint};
use crate::escape::{Written, escape_controls as safe, guarded};
use crate::migration::{Document, Fate, Options, Plan, State};
use crate::output::text::counted;

use super::text::fate;

/// Most workloads of a state that have a line each.
const MOST: usize = 8;
/// Widest text of a column, in characters; the last one has no end.
const WIDEST: usize = 48;

/// A workload, and where it stands.
pub struct Row<'p> {
    pub plan: &'p Plan,
    /// Its file; `None` in a cluster.
    pub file: Option<&'p str>,
    state: State,
}

impl<'p> Row<'p> {
    /// A plan that was made for these options.
    pub fn new(plan: &'p Plan, file: Option<&'p str>, options: &Options) -> Self {
        let state = match plan.state() {
            // What it does is not all that was asked for.
            State::Planned | State::PlannedUserUnknown if plan.falls_short(options) => {
                State::PartlyBlocked
            }
            state => state,
        };
        Self { plan, file, state }
    }

    /// Where the workload stands.
    pub fn state(&self) -> State {
        self.state
    }
}

/// What the table says besides its rows.
pub struct Summary {
    /// What is next for workloads of a state.
    pub next: BTreeMap<State, Hint>,
    /// The command that shows the details.
    pub details: Option<CommandLine>,
}

/// Writes the plans of many workloads as a table.
///
/// # Errors
/// When `out` cannot be written.
pub fn table(rows: &[Row<'_>], summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    guarded(out, Written::AsText, |out| lines(rows, summary, out))
}

fn lines(rows: &[Row<'_>], summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut states: BTreeMap<State, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        let state = row.state();
        states.entry(state).or_default().push(row);
    }
    let mut cells = vec![["FILE", "WORKLOAD", "VARIABLES", "STATE"].map(str::to_owned)];
    let in_files = rows.iter().any(|row| row.file.is_some());
    for (state, rows) in &states {
        cells.extend(rows.iter().take(MOST).map(|row| cells_of(row, *state)));
        if let Some(more @ 1..) = rows.len().checked_sub(MOST) {
            cells.push([
                String::new(),
                format!("and {more} more"),
                String::new(),
                state.name().to_owned(),
            ]);
        }
    }
    let from = usize::from(!in_files);
    let widths: Vec<usize> = (0..3)
        .map(|column| {
            let widths = cells.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or_default().min(WIDEST)
        })
        .collect();
    for row in &cells {
        let mut line = String::new();
        for column in from..3 {
            let cell = &row[column];
            let fill = widths[column].saturating_sub(cell.chars().count());
            line += cell;
            line += &" ".repeat(fill + 2);
        }
        line += &row[3];
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)?;
    let variables: usize = rows.iter().map(|row| row.plan.variables.len()).sum();
    let totals: Vec<_> = states
        .iter()
        .map(|(state, rows)| format!("{} {}", rows.len(), state.name()))
        .collect();
    writeln!(
        out,
        "{} with {} from Secrets: {}",
        counted_rows(rows),
        counted(variables, "variable"),
        totals.join(", ")
    )?;
    for state in states.keys() {
        match summary.next.get(state) {
            Some(hint) => writeln!(
                out,
                "{}: {}; {}",
                state.name(),
                state.meaning(),
                safe(&hint.to_string())
            )?,
            None => writeln!(out, "{}: {}", state.name(), state.meaning())?,
        }
    }
    match &summary.details {
        Some(command) => writeln!(out, "details: {}", safe(&command.to_string())),
        None => Ok(()),
    }
}

fn cells_of(row: &Row<'_>, state: State) -> [String; 4] {
    let plan = row.plan;
    let why = match state {
        State::Blocked | State::PartlyBlocked => {
            let refused = plan.refusals.first().map(|refusal| refusal.reason.clone());
            let kept = || {
                let mut variables = plan.variables.iter();
                let kept = variables.find(|variable| matches!(variable.fate, Fate::Kept(_)))?;
                Some(format!("{} {}", kept.name, fate(plan, kept)))
            };
            let why = refused.or_else(kept);
            why.map_or(String::new(), |why| format!(": {why}"))
        }
        _ => String::new(),
    };
    [
        row.file.map(safe).unwrap_or_default(),
        safe(&format!(
            "{} in {}",
            plan.subject.short(),
            plan.subject.namespace
        )),
        plan.variables.len().to_string(),
        safe(&format!("{}{}", state.name(), one_line(&why))),
    ]
}

/// A reason, whole, as one line: the last column has no end.
fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}

/// How many workloads these are, and how many patches.
pub(super) fn counted_rows(rows: &[Row<'_>]) -> String {
    let patches = rows
        .iter()
        .filter(|row| row.plan.of == Document::Part)
        .count();
    let workloads = counted(rows.len() - patches, "workload");
    match patches {
        0 => workloads,
        1 => format!("{workloads} and 1 patch"),
        _ => format!("{workloads} and {patches} patches"),
    }
}
