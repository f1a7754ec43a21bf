//! Which tests name which invariants, and whether these tests are run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A test, by its file and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    pub kind: Kind,
    pub file: String,
    /// `None` for a case, which is a file of its own.
    pub function: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Golden,
    Property,
    CommandLine,
    Fault,
    Server,
    Node,
    Unit,
}

impl Kind {
    pub fn told(self) -> &'static str {
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

/// Every test that names invariants, which have the numbers up to `count`.
pub fn shown(texts: &BTreeMap<String, String>, count: usize) -> BTreeMap<usize, BTreeSet<Shown>> {
    let trials = Trials::of(texts);
    let mut found: BTreeMap<usize, BTreeSet<Shown>> = BTreeMap::new();
    for (file, text) in texts {
        let path = Path::new(file);
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_case = file.starts_with("tests/migration/") || file.starts_with("tests/cli/");
        if extension != Some("rs") && !is_case {
            continue;
        }
        let (tests, what) = if extension == Some("rs") {
            (functions(file, text, &trials), "function")
        } else {
            (case(file, text), "case")
        };
        for (numbers, test) in tests {
            for number in numbers {
                assert!(
                    (1..=count).contains(&number),
                    "{file}: {what} with invariant {number}"
                );
                found.entry(number).or_default().insert(test.clone());
            }
        }
    }
    found
}

/// The functions that are made trials, by the file they stand in.
pub struct Trials(BTreeMap<(PathBuf, String), Kind>);

impl Trials {
    pub fn of(texts: &BTreeMap<String, String>) -> Self {
        let mut all = BTreeMap::new();
        let real = texts.iter().filter(|(file, _)| {
            file.starts_with("tests/real/") || file.starts_with("tests/registry/")
        });
        for (file, text) in real {
            // `trial("name", module::function)`, on one line or on several.
            let text = text.split_whitespace().collect::<String>();
            for (at, _) in text.match_indices("trial(\"") {
                let kind = if text[..at].ends_with("node_") {
                    Kind::Node
                } else {
                    Kind::Server
                };
                let words = text[at..].split_once(')').map_or("", |(words, _)| words);
                // `trial("name", || function(…))` as well.
                let closure = words
                    .split_once("\",||")
                    .and_then(|(_, body)| body.trim_start_matches('{').split_once('('));
                let called = match closure {
                    Some((called, _)) => called,
                    None => match words.trim_end_matches(',').rsplit_once(',') {
                        Some((_, called)) => called,
                        None => continue,
                    },
                };
                let mut modules: Vec<_> = called.split("::").collect();
                let function = modules.pop().unwrap_or_default().to_owned();
                let place = module(texts, Path::new(file), &modules);
                all.insert((place, function), kind);
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
fn module(texts: &BTreeMap<String, String>, file: &Path, modules: &[&str]) -> PathBuf {
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
    if with_folder
        .to_str()
        .is_some_and(|file| texts.contains_key(file))
    {
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

/// Tests of a Rust file that name invariants.
fn functions(file: &str, text: &str, trials: &Trials) -> Vec<(Vec<usize>, Shown)> {
    let numbers_of = |words: &str| -> Vec<usize> {
        words
            .strip_suffix('.')
            .unwrap_or_else(|| panic!("{file}: Invariant {words}"))
            .split(", ")
            .map(|number| number.parse().unwrap_or_else(|_| panic!("{file}: {words}")))
            .collect()
    };
    let mark = |line: &str| -> Option<String> {
        let rest = line.strip_prefix("Invariants ");
        rest.or_else(|| line.strip_prefix("Invariant "))
            .map(str::to_owned)
    };
    marked(file, text, trials, mark)
        .into_iter()
        .map(|(words, shown)| (numbers_of(&words), shown))
        .collect()
}

/// Tests of a Rust file that have a paragraph with a mark in their comment, with
/// what follows the mark. Each is one that runs: it has `#[test]`, or is made a
/// trial.
pub fn marked(
    file: &str,
    text: &str,
    trials: &Trials,
    mark: impl Fn(&str) -> Option<String>,
) -> Vec<(String, Shown)> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let comment = |at: usize| lines[at].strip_prefix("/// ");
    let mut found = Vec::new();
    for at in 0..lines.len() {
        let Some(mut words) = comment(at).and_then(&mark) else {
            continue;
        };
        for more in (at + 1..lines.len()).map_while(comment) {
            words.push(' ');
            words.push_str(more);
        }
        let line = lines[at];
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
        found.push((words, shown));
    }
    found
}
