//! `docs/migration-invariants.md`: what always holds for `migrate`, and the
//! tests that show it.
//!
//! A test says it itself, so that a name cannot be wrong: `# invariant: 7 8` at
//! the head of a case, or in Rust a comment `/// Invariants 7, 8.` above the
//! function.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

mod table;

use table::INVARIANTS;

/// A test, by its file and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shown {
    kind: Kind,
    file: String,
    /// `None` for a case, which is a file of its own.
    function: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Golden,
    Property,
    CommandLine,
    Server,
    Node,
    Unit,
}

impl Kind {
    fn told(self) -> &'static str {
        match self {
            Kind::Golden => "golden",
            Kind::Property => "property",
            Kind::CommandLine => "command line",
            Kind::Server => "server",
            Kind::Node => "node",
            Kind::Unit => "unit",
        }
    }
}

fn root() -> &'static Path {
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

/// Every test that names invariants.
fn shown() -> BTreeMap<usize, BTreeSet<Shown>> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    walk(&root().join("tests"), &mut files);
    let mut found: BTreeMap<usize, BTreeSet<Shown>> = BTreeMap::new();
    for path in files {
        let file = path.strip_prefix(root()).unwrap().to_str().unwrap();
        if file.starts_with("tests/invariants/") || file.contains("/target/") {
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_case = file.starts_with("tests/migration/") || file.starts_with("tests/cli/");
        if extension != Some("rs") && !is_case {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let (tests, what) = if extension == Some("rs") {
            (functions(file, &text), "function")
        } else {
            (case(file, &text), "case")
        };
        for (numbers, test) in tests {
            for number in numbers {
                assert!(
                    (1..=INVARIANTS.len()).contains(&number),
                    "{file}: {what} with invariant {number}"
                );
                found.entry(number).or_default().insert(test.clone());
            }
        }
    }
    found
}

/// A golden case, or a case of the command line.
fn case(file: &str, text: &str) -> Vec<(Vec<usize>, Shown)> {
    let kind = match file {
        _ if file.ends_with(".after.yaml") => return Vec::new(),
        _ if file.starts_with("tests/migration/") => Kind::Golden,
        _ if file.starts_with("tests/cli/") => Kind::CommandLine,
        _ => return Vec::new(),
    };
    let Some(numbers) = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# invariant: "))
    else {
        return Vec::new();
    };
    let numbers = numbers
        .split(' ')
        .map(|number| {
            number
                .parse()
                .unwrap_or_else(|_| panic!("{file}: {number}"))
        })
        .collect();
    let shown = Shown {
        kind,
        file: file.to_owned(),
        function: None,
    };
    vec![(numbers, shown)]
}

/// Tests of a Rust file. Each is one that runs: it has `#[test]`, or is made a
/// trial.
fn functions(file: &str, text: &str) -> Vec<(Vec<usize>, Shown)> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(numbers) = line
            .strip_prefix("/// Invariants ")
            .or_else(|| line.strip_prefix("/// Invariant "))
        else {
            continue;
        };
        let numbers: Vec<usize> = numbers
            .strip_suffix('.')
            .unwrap_or_else(|| panic!("{file}: {line}"))
            .split(", ")
            .map(|number| number.parse().unwrap_or_else(|_| panic!("{file}: {line}")))
            .collect();
        let head: Vec<_> = lines[at + 1..]
            .iter()
            .take_while(|line| line.starts_with("///") || line.starts_with("#["))
            .collect();
        let function = lines[at + 1 + head.len()]
            .strip_prefix("fn ")
            .and_then(|rest| rest.split_once('('))
            .unwrap_or_else(|| panic!("{file}: no test below: {line}"))
            .0;
        // `trial("name", function)`, on one line or on several.
        let trials = text.split_whitespace().collect::<String>();
        let is_trial = |kind: &str| {
            trials.split(kind).skip(1).any(|rest| {
                rest.split_once(')').is_some_and(|(words, _)| {
                    words
                        .trim_end_matches(',')
                        .ends_with(&format!(",{function}"))
                })
            })
        };
        let kind = if head.iter().any(|line| line.starts_with("#[test]")) {
            match file {
                _ if file.starts_with("tests/migration_properties/") => Kind::Property,
                _ if file.starts_with("tests/edits/") || file.starts_with("tests/meaning/") => {
                    Kind::Property
                }
                _ if file.starts_with("tests/migrate") || file.contains("/fault/") => Kind::Server,
                _ => Kind::Unit,
            }
        } else if is_trial("node_trial(") {
            Kind::Node
        } else if is_trial("trial(") {
            Kind::Server
        } else {
            panic!("{file}: {function} is never run");
        };
        let shown = Shown {
            kind,
            file: file.to_owned(),
            function: Some(function.to_owned()),
        };
        found.push((numbers, shown));
    }
    found
}

fn link(shown: &Shown) -> String {
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
    let shown = shown();
    let mut text = format!(
        "<!-- {} -->\n# What always holds for `migrate`\n\n\
         And the tests that show it, as they say themselves. A golden case is a file and the file \
         after it; a property holds for random templates; server and node are the real ones of \
         the test cluster.\n\n\
         | # | What holds | Kind | Tests |\n|---|---|---|---|\n",
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
