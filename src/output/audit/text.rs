//! Text for people, by namespace, in columns that fit 80 characters.

use std::collections::BTreeSet;
use std::io::{self, Write};

use console::measure_text_width;

use crate::auditing::{Due, Part, Report, Row};
use crate::inventory::{Reason, Scope};
use crate::output::text::{Styles, blind_spots, counted};
use crate::ui::{Colour, escape_controls};

use super::{LIMITS, words};

/// How much is told of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    Usual,
    All,
}

/// What a `+` says.
const MORE: &str = "A + means that there may be more: objects outside the namespace, such as volumes, could not \
                    be listed.";

const WIDTH: usize = 80;
const GAP: usize = 2;

pub(super) fn write(
    report: &Report,
    columns: Columns,
    colour: Colour,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut printer = Printer {
        report,
        columns,
        styles: Styles::new(colour),
        out,
    };
    for part in &report.parts {
        printer.part(part)?;
    }
    printer.not_seen()?;
    if report.parts.iter().any(|part| !part.rows.is_empty()) {
        // Copies are a column of the wide form.
        let told = match columns {
            Columns::Usual => &LIMITS[..2],
            Columns::All => &LIMITS,
        };
        for line in told {
            writeln!(printer.out, "{line}")?;
        }
        let rows = report.parts.iter().flat_map(|part| &part.rows);
        let has_more = |row: &Row| row.consumers.as_ref().is_ok_and(|found| found.more);
        if rows.into_iter().any(has_more) {
            writeln!(printer.out, "{MORE}")?;
        }
        writeln!(printer.out)?;
    }
    printer.summary()
}

struct Printer<'a> {
    report: &'a Report,
    columns: Columns,
    styles: Styles,
    out: &'a mut dyn Write,
}

impl Printer<'_> {
    fn part(&mut self, part: &Part) -> io::Result<()> {
        let strong = self.styles.strong;
        if let (2.., Scope::Cluster { name, .. }) = (self.report.parts.len(), &part.inventory.scope)
        {
            let name = escape_controls(name);
            writeln!(self.out, "{strong}cluster {name}{strong:#}\n")?;
        }
        let widths = self.widths(part);
        let mut seen = BTreeSet::new();
        // The namespace with the most urgent key first.
        for row in &part.rows {
            let namespace = row.secret.namespace.as_str();
            if !seen.insert(namespace) {
                continue;
            }
            let shown = escape_controls(namespace);
            writeln!(self.out, "{strong}namespace {shown}{strong:#}")?;
            let titles = self.titles().iter().map(|title| (*title).to_owned());
            self.line(&titles.collect::<Vec<_>>(), &widths, None)?;
            let own = part.rows.iter();
            for row in own.filter(|row| row.secret.namespace == namespace) {
                self.line(&self.cells(part, row), &widths, Some(row.due))?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn titles(&self) -> &'static [&'static str] {
        const ALL: &[&str] = &[
            "KEY", "LEVEL", "AGE", "DUE", "USED BY", "READERS", "COPIES", "WRITER", "MADE BY",
            "READ BY", "RECEIPT",
        ];
        match (self.columns, self.report.has_receipts) {
            (Columns::Usual, _) => &ALL[..6],
            (Columns::All, false) => &ALL[..10],
            (Columns::All, true) => ALL,
        }
    }

    fn cells(&self, part: &Part, row: &Row) -> Vec<String> {
        let now = part.inventory.now;
        let mut cells = vec![
            words::key(row),
            words::level(row),
            words::age(row, now),
            words::due(row, now),
            words::consumers(row),
            words::readers(row),
        ];
        if self.columns == Columns::All {
            let by = row
                .owned
                .as_ref()
                .ok()
                .and_then(|owned| owned.by.as_deref());
            cells.extend([
                words::copies(row),
                words::writer(row),
                by.map_or("-".to_owned(), words::safe),
                words::first_readers(row),
                words::receipt(row),
            ]);
        }
        cells.truncate(self.titles().len());
        cells
    }

    /// How wide the columns are: the first one gets what the others leave of a line.
    fn widths(&self, part: &Part) -> Vec<usize> {
        let mut widths: Vec<_> = self.titles().iter().map(|title| title.len()).collect();
        for row in &part.rows {
            for (width, cell) in widths.iter_mut().zip(self.cells(part, row)) {
                *width = (*width).max(measure_text_width(&cell));
            }
        }
        if self.columns == Columns::Usual {
            let others: usize = widths[1..].iter().map(|width| width + GAP).sum();
            widths[0] = widths[0].min(WIDTH.saturating_sub(GAP + others));
        }
        widths
    }

    /// A name that is too long for its column has a line of its own.
    fn line(&mut self, cells: &[String], widths: &[usize], due: Option<Due>) -> io::Result<()> {
        let mut line = format!("  {}", cells[0]);
        let room = GAP + widths[0];
        if measure_text_width(&line) > room {
            writeln!(self.out, "{line}")?;
            line.clear();
        }
        let mut used = measure_text_width(&line);
        let mut end = room;
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate().skip(1) {
            line += &" ".repeat((end + GAP).saturating_sub(used));
            used = end + GAP + measure_text_width(cell);
            end += GAP + width;
            match self.styled(at, due) {
                Some(style) => line += &format!("{style}{cell}{style:#}"),
                None => line += cell,
            }
        }
        writeln!(self.out, "{}", line.trim_end())
    }

    /// The column that tells when a value is due stands out.
    fn styled(&self, column: usize, due: Option<Due>) -> Option<anstyle::Style> {
        const DUE: usize = 3;
        match due {
            Some(Due::Overdue(_)) if column == DUE => Some(self.styles.error),
            Some(Due::NotKnown) if column == DUE => Some(self.styles.warning),
            None => Some(self.styles.faint),
            _ => None,
        }
    }

    fn not_seen(&mut self) -> io::Result<()> {
        let report = self.report;
        let refused: BTreeSet<_> = report.parts.iter().flat_map(|part| &part.refused).collect();
        let mut lines = blind_spots(
            &report.problems,
            &report.unreachable,
            refused.iter().copied(),
        );
        if let Some(grant) = refused.iter().min_by_key(|grant| &grant.namespace) {
            lines.push(grant.audit_role_command().shown(escape_controls));
        }
        let undated: usize = report.parts.iter().map(Part::undated).sum();
        if undated > 0 {
            lines.push(format!(
                "the age of {}: the server does not record it (managedFields)",
                counted(undated, "key")
            ));
        }
        let reasons: BTreeSet<_> = report
            .parts
            .iter()
            .flat_map(|part| &part.rows)
            .filter_map(|row| match row.readers.as_ref().err()?.as_ref() {
                Reason::Incomplete(why) => Some(format!("who can read: {why}")),
                _ => None,
            })
            .collect();
        lines.extend(reasons);
        if lines.is_empty() {
            return Ok(());
        }
        let strong = self.styles.strong;
        writeln!(self.out, "{strong}What could not be checked{strong:#}")?;
        for line in lines {
            writeln!(self.out, "  {line}")?;
        }
        writeln!(self.out)
    }

    fn summary(&mut self) -> io::Result<()> {
        let report = self.report;
        let parts = || report.parts.iter();
        if report.parts.is_empty() {
            return writeln!(self.out, "no cluster could be checked: see above");
        }
        let keys: usize = parts().map(|part| part.rows.len()).sum();
        let secrets: usize = parts().map(|part| part.secrets).sum();
        let namespaces: usize = parts()
            .map(|part| {
                let names = part.rows.iter().map(|row| &row.secret.namespace);
                names.collect::<BTreeSet<_>>().len()
            })
            .sum();
        let overdue: usize = parts().map(Part::overdue).sum();
        let of = match secrets {
            0 => "no Secrets".to_owned(),
            _ => format!(
                "{} of {} in {}",
                counted(keys, "key"),
                counted(secrets, "Secret"),
                counted(namespaces, "namespace")
            ),
        };
        writeln!(
            self.out,
            "{of}: {overdue} overdue (--max-age {})",
            words::duration(report.max_age)
        )?;
        match report.outcome.is_complete() {
            true => Ok(()),
            false => writeln!(self.out, "not everything could be checked: see above"),
        }
    }
}
