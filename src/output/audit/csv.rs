//! CSV by RFC 4180. No cell is a formula for a spreadsheet, whatever it holds.

use std::io::{self, Write};

use crate::auditing::{Age, Due, Report, Row};
use crate::inventory::Scope;
use crate::ui::escape_controls;

use super::words;

const TITLES: [&str; 21] = [
    "cluster",
    "namespace",
    "secret",
    "key",
    "level",
    "madeBy",
    "lastWritten",
    "created",
    "due",
    "overdue",
    "lastWriter",
    "consumers",
    "moreConsumers",
    "staleContainers",
    "unclearContainers",
    "readers",
    "builtInReaders",
    "firstReaders",
    "copies",
    "lastReceipt",
    "lastReceiptResult",
];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    line(&TITLES.map(str::to_owned), out)?;
    for part in &report.parts {
        let cluster = match &part.inventory.scope {
            Scope::Cluster { name, .. } => escape_controls(name),
            Scope::Files(_) => String::new(),
        };
        for row in &part.rows {
            line(&cells(&cluster, row), out)?;
        }
    }
    Ok(())
}

fn cells(cluster: &str, row: &Row) -> [String; 21] {
    let unknown = || words::NOT_KNOWN.to_owned();
    let owned = row.owned.as_ref().ok();
    let consumers = row.consumers.as_ref().ok();
    let number = |number: Option<usize>| number.map_or_else(unknown, |number| number.to_string());
    let (written, created) = match row.age {
        Age::Written(time) => (time.to_string(), String::new()),
        Age::NotRecorded { created } => {
            let created = created.map_or_else(unknown, |time| time.to_string());
            (unknown(), created)
        }
    };
    let (due, overdue) = match row.due {
        Due::Overdue(time) => (time.to_string(), "true".to_owned()),
        Due::On(time) => (time.to_string(), "false".to_owned()),
        Due::NotBefore(_) => (unknown(), "false".to_owned()),
        Due::NotKnown => (unknown(), unknown()),
    };
    let readers = row.readers.as_ref().ok();
    let receipt = row.receipt.as_ref();
    [
        cluster.to_owned(),
        escape_controls(&row.secret.namespace),
        escape_controls(&row.secret.name),
        row.secret
            .key
            .as_deref()
            .map_or_else(unknown, escape_controls),
        owned.map_or_else(unknown, |owned| owned.level.name().to_owned()),
        owned.map_or_else(unknown, |owned| {
            owned.by.as_deref().map_or_else(String::new, words::safe)
        }),
        written,
        created,
        due,
        overdue,
        words::writer(row),
        number(consumers.map(|found| found.count)),
        consumers.map_or_else(unknown, |found| found.more.to_string()),
        number(consumers.map(|found| found.stale)),
        number(consumers.map(|found| found.unclear)),
        number(readers.map(|found| found.count)),
        number(readers.map(|found| found.built_in)),
        readers.map_or_else(unknown, |found| {
            let names: Vec<_> = found.first.iter().map(|name| words::safe(name)).collect();
            names.join(" ")
        }),
        number(row.copies.as_ref().ok().copied()),
        receipt.map_or_else(String::new, |receipt| receipt.ended.to_string()),
        receipt.map_or_else(String::new, |receipt| words::safe(&receipt.result)),
    ]
}

fn line(cells: &[String], out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// A cell that a spreadsheet takes as text: one that would begin a formula gets an
/// apostrophe (OWASP, CSV injection). The full-width signs begin one in some
/// languages, and blanks before a sign may be passed over.
fn cell(text: &str) -> String {
    let begins = text.trim_start_matches([' ', '\'']).starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '|', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    let text = match begins {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a-b", "a-b"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("  =1", "'  =1"),
            ("'=1", "''=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            (
                "=HYPERLINK(\"http://x\",\"y\")",
                "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"",
            ),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
