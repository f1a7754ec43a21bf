//! The figures of the security tests, and the document made of them.
//!
//! `UPDATE_FIGURES=1 cargo test --test real` writes `docs/security-tests.md`
//! when every trial passed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

static FIGURES: Mutex<BTreeMap<(char, u32), Figure>> = Mutex::new(BTreeMap::new());

struct Figure {
    claim: String,
    measured: String,
    control: String,
}

/// Records what a test measured. `id` is that of the test list, such as `M1`;
/// `control` says what the positive control showed.
pub fn record(id: &str, claim: &str, measured: impl Into<String>, control: impl Into<String>) {
    let mut letters = id.chars();
    let family = letters.next().expect("an id has a letter");
    let number = letters.as_str().parse().expect("an id has a number");
    let figure = Figure {
        claim: claim.to_owned(),
        measured: measured.into(),
        control: control.into(),
    };
    FIGURES
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert((family, number), figure);
}

/// Writes the document, when asked to.
pub fn publish() {
    if std::env::var_os("UPDATE_FIGURES").is_none() {
        return;
    }
    let figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = String::from(HEAD);
    for ((family, number), figure) in figures.iter() {
        let _ = writeln!(
            text,
            "| {family}{number} | {} | {} | {} |",
            figure.claim, figure.measured, figure.control
        );
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security-tests.md");
    std::fs::write(path, text).expect("the document can be written");
}

const HEAD: &str = "\
<!-- Written by: UPDATE_FIGURES=1 cargo test --test real -- security. Do not edit. -->
# Security tests

What was measured, by the command above, on a real API server or the fault
server. Each leak test first looks where protection is off and must find the
canary there: that is the positive control. A canary is searched plain, in
base64 at three alignments, hex, decimal, JSON, URL and UTF-16 form, whole and
in windows of 16 bytes.

| Test | Claim | Measured | Positive control |
|---|---|---|---|
";
