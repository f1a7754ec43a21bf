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
        let mut letters = id.chars();
        let family = letters.next().expect("an id has a letter");
        let number = letters.as_str().parse().expect("an id has a number");
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

A part of the test command.

| Test | Claim | Measured | Positive control |
|---|---|---|---|
"
            }
            Self::Thorough => {
                "\
## `cargo test --test real -- --ignored thorough`

More rounds, and whole images of file systems; it needs root.

| Test | Claim | Measured | Positive control |
|---|---|---|---|
"
            }
            Self::Images => {
                "\
S2, one file system after the other. The copies are those of a canary in the
raw image, unmounted, before and after `create --shred`. Where the file was
saved twice or cut short, the earlier save is what is left.

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
    let mut text = String::from(HEAD);
    for section in [Section::Tests, Section::Thorough, Section::Images] {
        let measured: Vec<&str> = rows
            .iter()
            .filter(|((place, _), _)| *place == section)
            .map(|(_, row)| row.as_str())
            .collect();
        let rows = if measured.is_empty() {
            rows_below(&before, section.head())
        } else {
            measured
        };
        if !rows.is_empty() {
            let _ = write!(text, "\n{}{}\n", section.head(), rows.join("\n"));
        }
    }
    std::fs::write(path, text).expect("the document can be written");
}

/// The rows that a document already has below a section's head.
fn rows_below<'a>(document: &'a str, head: &str) -> Vec<&'a str> {
    document.split_once(head).map_or(Vec::new(), |(_, rest)| {
        rest.lines()
            .take_while(|line| line.starts_with('|'))
            .collect()
    })
}

const HEAD: &str = "\
<!-- Written by the commands below with UPDATE_FIGURES=1. Do not edit. -->
# Security tests

What was measured, by the command above each table, on a real API server or the
fault server. Each leak test first looks where protection is off and must find
the canary there: that is the positive control. A canary is searched plain, in
base64 at three alignments, hex, decimal, JSON, URL and UTF-16 form, whole and
in windows of 16 bytes.
";
