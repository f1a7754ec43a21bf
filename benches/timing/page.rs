//! Tables of figures. With `UPDATE_FIGURES=1` they become parts of
//! `docs/performance.md`: each is kept in a file of its own below `benches/figures`,
//! from which `UPDATE_GENERATED=1 cargo test --test generated` makes the page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A figure against its limit.
pub struct Row {
    pub what: String,
    /// The figure, with its unit.
    pub ours: String,
    /// What it is compared with, and what that takes.
    pub limit: String,
    pub ratio: f64,
    /// The ratio that is to be reached.
    pub goal: f64,
}

/// A table.
pub struct Page {
    title: String,
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Page {
    pub fn new(title: String) -> Self {
        println!("{title}");
        Self {
            title,
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Prints and keeps a row.
    pub fn add(&mut self, row: Row) {
        println!(
            "{}: {}; {}: {}, at most {} {}",
            row.what,
            row.ours,
            row.limit,
            told(row.ratio),
            row.goal,
            met(&row)
        );
        self.rows.push(row);
    }

    /// Prints and keeps a line.
    pub fn note(&mut self, note: String) {
        println!("  {note}");
        self.notes.push(note);
    }

    /// Keeps the table, if that is asked for.
    pub fn finish(self, name: &str) {
        if std::env::var_os("UPDATE_FIGURES").is_none() {
            return;
        }
        let mut text = format!(
            "{}. {}\n\n| What | Ours | Against | Ratio | Goal | |\n|---|---|---|---|---|---|\n",
            self.title,
            machine()
        );
        for row in &self.rows {
            writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} |",
                row.what,
                row.ours,
                row.limit,
                told(row.ratio),
                row.goal,
                met(row)
            )
            .expect("a text grows");
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            writeln!(text, "- {note}").expect("a text grows");
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/figures");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{name}.md")), text).expect("a file");
    }
}

fn met(row: &Row) -> &'static str {
    if row.ratio <= row.goal {
        "met"
    } else {
        "**not met**"
    }
}

fn told(ratio: f64) -> String {
    format!("{ratio:.2}")
}

/// What ran it.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("a processor of unknown kind", |(_, name)| name);
    format!("Measured on {cores} cores of {model}.")
}
