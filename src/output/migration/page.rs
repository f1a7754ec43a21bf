//! The plan of many workloads as one page: no script, nothing loaded, printable, in
//! light and in dark. The template escapes every text.

use std::collections::BTreeMap;
use std::io::{self, Write};

use askama::Template;

use crate::escape::{Written, escape_controls as safe, guarded};
use crate::migration::State;
use crate::outcome::Outcome;
use crate::output::text::counted;

use super::table::{Row, counted_rows};
use super::text;

#[derive(Template)]
#[template(path = "migration.html")]
struct Page {
    totals: Vec<Total>,
    workloads: String,
    variables: String,
    complete: bool,
    summary: String,
    rows: Vec<Workload>,
}

struct Total {
    state: &'static str,
    meaning: &'static str,
    workloads: usize,
}

struct Workload {
    file: String,
    name: String,
    variables: String,
    state: &'static str,
    details: String,
}

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written.
pub fn page(rows: &[Row<'_>], outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut totals: BTreeMap<State, usize> = BTreeMap::new();
    for row in rows {
        *totals.entry(row.state()).or_default() += 1;
    }
    let page = Page {
        totals: totals
            .into_iter()
            .map(|(state, workloads)| Total {
                state: state.name(),
                meaning: state.meaning(),
                workloads,
            })
            .collect(),
        workloads: counted_rows(rows),
        variables: counted(
            rows.iter().map(|row| row.plan.variables.len()).sum(),
            "variable",
        ),
        complete: outcome.is_complete(),
        summary: safe(&outcome.summary()),
        rows: rows.iter().map(workload).collect::<io::Result<_>>()?,
    };
    guarded(out, Written::AsMarkup, |out| {
        page.write_into(out).map_err(io::Error::other)
    })
}

fn workload(row: &Row<'_>) -> io::Result<Workload> {
    let mut details = Vec::new();
    text(row.plan, &[], &mut details)?;
    let details = String::from_utf8_lossy(&details);
    Ok(Workload {
        file: row.file.map(safe).unwrap_or_default(),
        name: safe(&format!(
            "{} in {}",
            row.plan.subject.short(),
            row.plan.subject.namespace
        )),
        variables: counted(row.plan.variables.len(), "variable"),
        state: row.state().name(),
        details: details.lines().map(safe).collect::<Vec<_>>().join("\n"),
    })
}
