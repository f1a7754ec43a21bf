//! S1, S2: what `create --shred` says about a file system, and what the raw
//! image holds afterwards.
//!
//! The file is written, the file system unmounted and its image searched: that
//! must find the canary. Then it is mounted again, the file is shredded, and
//! the image searched once more.

mod rewritten;
mod set_ups;
mod volume;

use std::io::Write;

use kubectl_secretsafe::secret::shred::Storage;
use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use super::shredding::shred;
use crate::canary::Canary;
use crate::figures::{Section, record_image};
use crate::harness::thorough_trial;
use set_ups::{Content, SetUp, set_ups};
use volume::Volume;

/// So many set-ups must be measured where `CI=true` says that they can be; a
/// container may lack the right to one or the other.
const MEASURED: usize = 16;

pub fn trials() -> Vec<Trial> {
    let mut trials = rewritten::trials();
    trials.push(thorough_trial(
        "thorough::s1_s2_images_hold_no_more_than_was_said",
        images,
    ));
    trials
}

/// What one set-up showed.
struct Row {
    set_up: &'static SetUp,
    said: Storage,
    before: usize,
    after: usize,
}

/// Shows S1, S2. Seen to fail with half of the bytes overwritten.
fn images() {
    let mut rows = Vec::new();
    let mut skipped = Vec::new();
    for set_up in set_ups() {
        match measure(set_up) {
            Ok(row) => rows.push(row),
            Err(reason) => skipped.push(format!("skipped: {}: {reason}", set_up.name)),
        }
    }
    print(&rows, &skipped);
    let required = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(
        !required || rows.len() >= MEASURED,
        "{}",
        skipped.join("\n")
    );
    let untrue: Vec<&str> = rows
        .iter()
        .filter(|row| !row.is_true())
        .map(|row| row.set_up.name)
        .collect();
    assert_eq!(untrue, [""; 0], "more was said than the image shows");
    publish(&rows, &skipped);
}

/// Makes the file system and the file, shreds the file, searches the image.
///
/// # Errors
/// Why the set-up cannot be made here.
fn measure(set_up: &'static SetUp) -> Result<Row, String> {
    let canary = Canary::new(32);
    let volume = Volume::create(set_up)?;
    let source = volume.while_mounted(|mounted| {
        let source = mounted.join("source");
        set_up.write(&source, &content(set_up.content, &canary))?;
        Ok(source)
    })?;
    let before = volume.copies(canary.text());
    assert!(
        before > 0,
        "{}: the search must find a canary that is there",
        set_up.name
    );
    let server = FaultServer::start();
    let said = volume.while_mounted(|_| {
        let outcome = shred(&server, "image", &[&source]).status(0);
        assert!(!source.exists(), "{}", set_up.name);
        Ok(said(&outcome.stderr))
    })?;
    Ok(Row {
        set_up,
        said,
        before,
        after: volume.copies(canary.text()),
    })
}

fn content(content: Content, canary: &Canary) -> Vec<u8> {
    let line = format!("{}\n", canary.text());
    match content {
        Content::OneLine => line.into_bytes(),
        Content::ManyLines => line.repeat(2000).into_bytes(),
        // The first copy of what repeats is stored as it is.
        Content::Compressible => [line.into_bytes(), vec![b'x'; 64 * 1024]].concat(),
    }
}

/// The class whose sentence was printed.
fn said(stderr: &str) -> Storage {
    let classes = [
        Storage::Memory,
        Storage::InPlace,
        Storage::Elsewhere,
        Storage::Remote,
        Storage::Unknown,
    ];
    classes
        .into_iter()
        .find(|class| stderr.contains(class.sentence()))
        .unwrap_or_else(|| panic!("nothing was said about the storage: {stderr}"))
}

impl Row {
    /// "Overwritten" is true when nothing but earlier saves, which the sentence
    /// names, is left; "not overwritten" when something is.
    fn is_true(&self) -> bool {
        match self.said {
            Storage::InPlace => self.after == self.set_up.earlier_copies,
            Storage::Elsewhere => self.after > 0,
            Storage::Memory | Storage::Remote | Storage::Unknown => false,
        }
    }
}

fn print(rows: &[Row], skipped: &[String]) {
    let mut stderr = std::io::stderr();
    for row in rows {
        let _ = writeln!(
            stderr,
            "{:<45} {:>5} -> {:>5}  {}",
            row.set_up.name,
            row.before,
            row.after,
            row.said.sentence()
        );
    }
    for line in skipped {
        let _ = writeln!(stderr, "{line}");
    }
}

fn publish(rows: &[Row], skipped: &[String]) {
    for (number, row) in (0..).zip(rows) {
        record_image(
            number,
            row.set_up.name,
            row.said.sentence(),
            row.before,
            row.after,
        );
    }
    if let Some(plain) = rows.iter().find(|row| row.set_up.name == "ext4") {
        Section::Thorough.record(
            "S1",
            "after `create --shred` of a fresh file on ext4, the raw image contains no copy",
            format!("{} copies", plain.after),
            format!("{} before", plain.before),
        );
    }
    Section::Thorough.record(
        "S2",
        "the message about overwriting is true on each file system",
        format!("{0} of {0}, {1} skipped", rows.len(), skipped.len()),
        "each image holds the canary before",
    );
}
