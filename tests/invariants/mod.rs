//! `docs/migration-invariants.md`: what always holds for `migrate`, and the
//! tests that show it.
//!
//! A test says it itself, so that a name cannot be wrong: `# invariant: 7 8` at
//! the head of a case, or in Rust a comment `/// Invariants 7, 8.` above the
//! function.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

pub mod reader;
mod table;

use reader::Shown;
use table::INVARIANTS;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The texts that tests may stand in, by their paths.
pub fn texts() -> BTreeMap<String, String> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    walk(&root().join("tests"), &mut files);
    let files = files.iter().map(|path| path.strip_prefix(root()).unwrap());
    files
        .filter(|file| !file.starts_with("tests/invariants"))
        .filter(|file| !file.iter().any(|part| part == "target"))
        .map(|file| {
            let text = fs::read(root().join(file)).unwrap();
            (
                file.to_str().unwrap().to_owned(),
                String::from_utf8_lossy(&text).into_owned(),
            )
        })
        .collect()
}

pub fn link(shown: &Shown) -> String {
    let file = &shown.file;
    match &shown.function {
        Some(function) => format!("[{function}](../{file})"),
        None => {
            let name = Path::new(file).file_stem().unwrap().to_str().unwrap();
            format!("[{name}](../{file})")
        }
    }
}

#[test]
fn migration_invariants() {
    let shown = reader::shown(&texts(), INVARIANTS.len());
    let mut text = format!(
        "<!-- {} -->\n# Invariants of `migrate`, `rotate` and `restart`\n\n\
         Each test names the invariants that it shows. A golden case is a file and the expected \
         file. A property holds for random templates. The fault server is simulated; server and \
         node are the real ones of the test cluster.\n\n\
         | # | Invariant | Kind | Tests |\n|---|---|---|---|\n",
        super::WRITTEN_BY
    );
    for (index, invariant) in INVARIANTS.iter().enumerate() {
        let tests = shown
            .get(&(index + 1))
            .unwrap_or_else(|| panic!("no test shows invariant {}", index + 1));
        let mut kinds: Vec<_> = tests.iter().map(|test| test.kind.told()).collect();
        kinds.dedup();
        let links: Vec<_> = tests.iter().map(link).collect();
        let decided = invariant
            .decided
            .map_or(String::new(), |decided| format!(" *{decided}*"));
        writeln!(
            text,
            "| {} | {}{decided} | {} | {} |",
            index + 1,
            invariant.rule,
            kinds.join(", "),
            links.join(", ")
        )
        .unwrap();
    }
    super::check("docs/migration-invariants.md", text.as_bytes());
}
