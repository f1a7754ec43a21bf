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
    Fault,
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
            Kind::Fault => "fault server",
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
    let files: Vec<_> = files
        .into_iter()
        .map(|path| path.strip_prefix(root()).unwrap().to_owned())
        .filter(|file| !file.starts_with("tests/invariants"))
        .filter(|file| !file.iter().any(|part| part == "target"))
        .collect();
    let trials = Trials::of(&files);
    let mut found: BTreeMap<usize, BTreeSet<Shown>> = BTreeMap::new();
    for path in files {
        let file = path.to_str().unwrap();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_case = file.starts_with("tests/migration/") || file.starts_with("tests/cli/");
        if extension != Some("rs") && !is_case {
            continue;
        }
        let text = read(&path);
        let (tests, what) = if extension == Some("rs") {
            (functions(file, &text, &trials), "function")
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

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(root().join(file)).unwrap()).into_owned()
}

/// The functions that are made trials, by the file they stand in.
struct Trials(BTreeMap<(PathBuf, String), Kind>);

impl Trials {
    fn of(files: &[PathBuf]) -> Self {
        let mut all = BTreeMap::new();
        for file in files.iter().filter(|file| file.starts_with("tests/real")) {
            // `trial("name", module::function)`, on one line or on several.
            let text = read(file).split_whitespace().collect::<String>();
            for (at, _) in text.match_indices("trial(\"") {
                let kind = if text[..at].ends_with("node_") {
                    Kind::Node
                } else {
                    Kind::Server
                };
                let words = text[at..].split_once(')').map_or("", |(words, _)| words);
                let Some((_, called)) = words.trim_end_matches(',').rsplit_once(',') else {
                    continue;
                };
                let mut modules: Vec<_> = called.split("::").collect();
                let function = modules.pop().unwrap_or_default().to_owned();
                all.insert((module(file, &modules), function), kind);
            }
        }
        Self(all)
    }

    fn kind(&self, file: &str, function: &str) -> Option<Kind> {
        let known = (PathBuf::from(file), function.to_owned());
        self.0.get(&known).copied()
    }
}

/// The file of a module below that of another file.
fn module(file: &Path, modules: &[&str]) -> PathBuf {
    let Some((last, folders)) = modules.split_last() else {
        return file.to_owned();
    };
    let own = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "main") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    };
    let folder = folders.iter().fold(own, |folder, name| folder.join(name));
    let [plain, with_folder] =
        [format!("{last}.rs"), format!("{last}/mod.rs")].map(|name| folder.join(name));
    if root().join(&with_folder).exists() {
        with_folder
    } else {
        plain
    }
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
fn functions(file: &str, text: &str, trials: &Trials) -> Vec<(Vec<usize>, Shown)> {
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
            .trim_start_matches("pub(super) ")
            .strip_prefix("fn ")
            .and_then(|rest| rest.split_once('('))
            .unwrap_or_else(|| panic!("{file}: no test below: {line}"))
            .0;
        let kind = if head.iter().any(|line| line.starts_with("#[test]")) {
            match file {
                _ if file.starts_with("tests/migration_properties/") => Kind::Property,
                _ if file.starts_with("tests/edits/") || file.starts_with("tests/meaning/") => {
                    Kind::Property
                }
                _ if file.starts_with("tests/migrate") || file.contains("/fault/") => Kind::Fault,
                _ => Kind::Unit,
            }
        } else {
            trials
                .kind(file, function)
                .unwrap_or_else(|| panic!("{file}: {function} is never run"))
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
         after it; a property holds for random templates; the fault server is played, server and node \
         are the real ones of the test cluster.\n\n\
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
