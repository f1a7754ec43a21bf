//! What `seal check` found, for people.

use std::io::{self, Write};

use crate::escape::escape_controls;
use crate::outcome::Kind;
use crate::output::problem_line;
use crate::sealing::check::KeyState;

use super::{Report, Row};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for problem in &report.problems {
        writeln!(out, "{}", problem_line(problem))?;
    }
    for row in &report.rows {
        let namespace = row.namespace.as_deref().unwrap_or("(namespace not said)");
        let place = format!("{namespace}/{}", row.name);
        writeln!(
            out,
            "{}: {}, scope {}: {}",
            escape_controls(&row.file),
            escape_controls(&place),
            row.scope.as_str(),
            key(row)
        )?;
        for fault in &row.checked.faults {
            writeln!(out, "  {}", escape_controls(&fault.to_string()))?;
        }
    }
    let parts: Vec<_> = [
        (Kind::Found, "with findings"),
        (Kind::NotSeen, "not checked: the key is not known"),
        (Kind::Unusable, "unusable"),
        (Kind::Kept, "without findings"),
    ]
    .into_iter()
    .map(|(kind, words)| (report.outcome.count(kind), words))
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{number} {words}"))
    .collect();
    writeln!(out, "{}", parts.join(", "))
}

fn key(row: &Row) -> String {
    let keys: Vec<_> = row.checked.key.keys().map(|key| key.short()).collect();
    let keys = keys.join(", ");
    match &row.checked.key {
        KeyState::Unknown => "not stamped, so its key is not known".to_owned(),
        KeyState::Named(_) => format!("stamped, key {keys}"),
        KeyState::Current(_) => format!("stamped, current key {keys}"),
        KeyState::Retired(_) => format!("stamped, retired key {keys}"),
    }
}
