//! Many plans at once: a table, and what to do about those of each state.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::command_line::{CommandLine, Hint};
use crate::escape::{Written, escape_controls as safe, guarded};
use crate::migration::{Plan, State};

/// Most workloads of a state that have a line each.
const MOST: usize = 8;
/// Widest text of a column, in characters; the last one has no end.
const WIDEST: usize = 48;

/// A workload, and where it stands.
pub struct Row<'p> {
    pub plan: &'p Plan,
    /// Its file; `None` in a cluster.
    pub file: Option<&'p str>,
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
        let state = row.plan.state();
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
        "{} workloads, {variables} variables from Secrets: {}",
        rows.len(),
        totals.join(", ")
    )?;
    for state in states.keys() {
        if let Some(hint) = summary.next.get(state) {
            writeln!(out, "{}: {}", state.name(), safe(&hint.to_string()))?;
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
        State::Blocked | State::PartlyBlocked => plan
            .refusals
            .first()
            .map_or(String::new(), |refusal| format!(": {}", refusal.reason)),
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
        safe(&format!("{}{}", state.name(), first_line(&why))),
    ]
}

/// A reason as far as it fits a line.
fn first_line(text: &str) -> String {
    const MOST_LETTERS: usize = 72;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
