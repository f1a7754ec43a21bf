//! The figures of the security tests, and the document made of them.
//!
//! With `UPDATE_FIGURES=1` each of the two commands writes its own part of
//! `docs/security-tests.md` when every trial passed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A part of the document: what one command measures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// A part of the README's test command.
    Tests,
    /// What takes minutes.
    Thorough,
    /// What the images of file systems held, by the same command.
    Images,
}

static ROWS: Mutex<BTreeMap<(Section, Key), String>> = Mutex::new(BTreeMap::new());

/// Rows are in the order of family, number and part.
type Key = (char, u32, &'static str);

/// Records what a test measured. `id` is that of the test list, such as `M1`;
/// `control` says what the positive control showed.
pub fn record(id: &str, claim: &str, measured: impl Into<String>, control: impl Into<String>) {
    Section::Tests.record(id, claim, measured, control);
}

/// Records what was said about one file system and what its image held.
pub fn record_image(number: u32, set_up: &str, said: &str, before: usize, after: usize) {
    let row = format!("| {set_up} | {said} | {before} | {after} |");
    Section::Images.insert((' ', number, ""), row);
}

impl Section {
    /// [`record`], for another section.
    pub fn record(
        self,
        id: &str,
        claim: &str,
        measured: impl Into<String>,
        control: impl Into<String>,
    ) {
        self.record_part(id, "", claim, measured, control);
    }

    /// A further row of a test.
    pub fn record_part(
        self,
        id: &str,
        part: &'static str,
        claim: &str,
        measured: impl Into<String>,
        control: impl Into<String>,
    ) {
        let (family, number) = order(id);
        let (measured, control) = (measured.into(), control.into());
        let row = format!("| {id} | {claim} | {measured} | {control} |");
        self.insert((family, number, part), row);
    }

    fn insert(self, key: Key, row: String) {
        ROWS.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((self, key), row);
    }

    fn head(self) -> &'static str {
        match self {
            Self::Tests => {
                "\
## `cargo test --test real -- security`

Part of the test command.

| Test | Claim | Measured | Positive control |
|---|---|---|---|
"
            }
            Self::Thorough => {
                "\
## `cargo test --test real -- --ignored thorough`

More rounds, and whole file system images. Needs root.

| Test | Claim | Measured | Positive control |
|---|---|---|---|
"
            }
            Self::Images => {
                "\
S2, for each file system: the copies of a canary in the raw, unmounted image before
and after `create --shred`. If the file was saved twice or truncated, the copies that
are left are from the earlier save.

| File system | What `create --shred` said | Copies before | Copies after |
|---|---|---|---|
"
            }
        }
    }
}

/// Writes the sections that were measured, when asked to.
pub fn publish() {
    if std::env::var_os("UPDATE_FIGURES").is_none() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security-tests.md");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    // The list before the figures is written by `cargo test --test generated`.
    let list = before.split_once(Section::Tests.head());
    let list = list.map_or(before.as_str(), |(list, _)| list.trim_end());
    let mut text = format!("{list}\n");
    for section in [Section::Tests, Section::Thorough, Section::Images] {
        let measured: Vec<&str> = rows
            .iter()
            .filter(|((place, _), _)| *place == section)
            .map(|(_, row)| row.as_str())
            .collect();
        let rows = together(section, rows_below(&before, section.head()), measured);
        if !rows.is_empty() {
            let _ = write!(text, "\n{}{}\n", section.head(), rows.join("\n"));
        }
    }
    std::fs::write(path, text).expect("the document can be written");
}

/// What was measured, and the rows there were of tests that did not run.
fn together<'a>(section: Section, before: Vec<&'a str>, measured: Vec<&'a str>) -> Vec<&'a str> {
    // File systems are measured together.
    if section == Section::Images {
        return if measured.is_empty() {
            before
        } else {
            measured
        };
    }
    let ids: Vec<_> = measured.iter().map(|row| id(row)).collect();
    let kept = before.into_iter().filter(|row| !ids.contains(&id(row)));
    let mut all: Vec<&str> = kept.chain(measured.iter().copied()).collect();
    all.sort_by_key(|row| order(id(row)));
    all
}

/// `S12` of `| S12 | … |`.
fn id(row: &str) -> &str {
    row.split(' ').nth(1).unwrap_or_default()
}

/// By family and number.
fn order(id: &str) -> (char, u32) {
    let mut letters = id.chars();
    let family = letters.next().unwrap_or_default();
    (family, letters.as_str().parse().unwrap_or_default())
}

/// The rows that a document already has below a section's head.
fn rows_below<'a>(document: &'a str, head: &str) -> Vec<&'a str> {
    document.split_once(head).map_or(Vec::new(), |(_, rest)| {
        rest.lines()
            .take_while(|line| line.starts_with('|'))
            .collect()
    })
}
