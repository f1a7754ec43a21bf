//! Which module may name which: only those before it in this list. The map in
//! `docs/architecture.md` and the one in `src/lib.rs` are compared with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{files, root};

/// Layers from the bottom to the top, what they are about, and their modules in
/// an order in which each knows only those before it.
pub(super) const LAYERS: [(&str, &[&str]); 9] = [
    (
        "the machine: texts, files, signals, git; nothing of Kubernetes",
        &[
            "words",
            "escape",
            "parallel",
            "programs",
            "process",
            "logging",
            "signals",
            "reading",
            "git",
            "files",
            "cache",
            "command_line",
            "error",
            "outcome",
            "api",
        ],
    ),
    (
        "bytes of values, and wiping the files they came from",
        &["secret"],
    ),
    ("texts of manifests", &["manifest"]),
    (
        "meaning, pure: what objects say and what was gathered of them",
        &[
            "workload",
            "levels",
            "kustomization",
            "inventory",
            "ownership",
            "watch",
            "journal",
        ],
    ),
    (
        "judging, pure",
        &[
            "finding",
            "checks",
            "report",
            "consumption",
            "auditing",
            "suppression",
        ],
    ),
    (
        "plans, pure",
        &[
            "creation",
            "sealing",
            "migration",
            "rotation",
            "correction",
            "external",
            "scaffolding",
            "advising",
            "policy",
        ],
    ),
    (
        "the outside",
        &[
            "editor",
            "selftest",
            "hook",
            "registry",
            "ui",
            "cluster",
            "gathering",
            "output",
        ],
    ),
    (
        "changing a cluster safely, and reading values",
        &["live", "values"],
    ),
    ("arguments and prose", &["commands", "cli"]),
];

/// Help is made of what commands take, and `completion` of the help.
const MUTUAL: [(&str, &str); 1] = [("commands", "cli")];

/// The code of a file without comments and unit tests.
fn code(text: &str) -> String {
    let product = match text.find("#[cfg(test)]\nmod ") {
        Some(tests)
            if text[tests..]
                .lines()
                .nth(1)
                .is_some_and(|line| line.ends_with('{')) =>
        {
            &text[..tests]
        }
        _ => text,
    };
    let lines = product
        .lines()
        .map(|line| line.split("//").next().unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test(path: &str) -> bool {
    path.ends_with("_tests.rs") || path.ends_with("/tests.rs")
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

/// The names at the head of `{a::b, c}`, or the one name.
fn heads(text: &str) -> Vec<&str> {
    let Some(list) = text.strip_prefix('{') else {
        return vec![word(text)];
    };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (index, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(word(list[start..index].trim_start()));
                start = index + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// What follows each path to the module `above` levels up: `super::` so often,
/// or `crate::` and the path.
fn named(code: &str, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = code[at + prefix.len()..].trim_start();
        found.extend(heads(rest).into_iter().map(str::to_owned));
    }
    found
}

/// The modules of a folder that a file names: in `src` the top ones.
fn imports(folder: &Path, names: &BTreeSet<String>) -> BTreeMap<String, BTreeMap<String, String>> {
    let source = root().join("src");
    let inside = folder.strip_prefix(&source).unwrap();
    let depth = inside.components().count();
    let absolute = inside.iter().fold("crate::".to_owned(), |path, part| {
        format!("{path}{}::", part.to_str().unwrap())
    });
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for path in files(folder, "rs") {
        let relative = path.strip_prefix(folder).unwrap();
        let name = relative.to_str().unwrap();
        if is_test(&format!("/{name}")) {
            continue;
        }
        let own = word(name).to_owned();
        if !names.contains(&own) {
            continue;
        }
        // `a/b.rs` is two below the folder, `a/mod.rs` and `a.rs` one.
        let below = relative.components().count() - usize::from(name.ends_with("/mod.rs"));
        let up = "super::".repeat(below);
        let code = code(&fs::read_to_string(&path).unwrap());
        let mut all = named(&code, &absolute);
        all.extend(named(&code, &up));
        if depth == 0 && name == "lib.rs" {
            continue;
        }
        for other in all {
            if other != own && names.contains(&other) {
                let place = format!("src/{}", path.strip_prefix(&source).unwrap().display());
                found.entry(own.clone()).or_default().insert(other, place);
            }
        }
    }
    found
}

fn modules() -> Vec<&'static str> {
    LAYERS
        .iter()
        .flat_map(|(_, modules)| *modules)
        .copied()
        .collect()
}

/// Seen to fail with a `use crate::checks` in `src/workload`.
#[test]
fn each_module_names_only_those_below_it() {
    let order = modules();
    let names: BTreeSet<_> = order.iter().map(|name| (*name).to_owned()).collect();
    let place = |name: &str| order.iter().position(|known| *known == name);
    let mut upward = Vec::new();
    let all = imports(&root().join("src"), &names);
    for (module, others) in &all {
        for (other, file) in others {
            let mutual = MUTUAL.contains(&(module.as_str(), other.as_str()));
            if place(other) > place(module) && !mutual {
                upward.push(format!("{file}: {module} names {other}"));
            }
        }
    }
    assert_eq!(upward, [""; 0]);
    // Nothing would be found if the texts were read wrongly.
    assert!(all["commands"].len() > 20 && all["checks"].contains_key("inventory"));
}

#[test]
fn every_module_has_a_layer() {
    let mut found: Vec<_> = fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .filter(|name| !matches!(name.as_str(), "lib" | "main"))
        .collect();
    found.sort();
    let mut known = modules();
    known.sort_unstable();
    assert_eq!(found, known);
}

/// A family's shared code is a file of its own, and names rules through the
/// table.
#[test]
fn rules_do_not_know_each_other() {
    let folder = root().join("src/checks");
    let names: BTreeSet<_> = files(&folder, "rs")
        .iter()
        .map(|path| word(path.strip_prefix(&folder).unwrap().to_str().unwrap()).to_owned())
        .filter(|name| name != "mod")
        .collect();
    let is_rule = |name: &str| {
        name.strip_prefix("ss")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    assert!(names.iter().filter(|name| is_rule(name)).count() > 80);
    let all = imports(&folder, &names);
    let known: Vec<_> = all
        .values()
        .flatten()
        .filter(|(other, _)| is_rule(other))
        .map(|(other, file)| format!("{file} names {other}"))
        .collect();
    assert_eq!(known, [""; 0]);
    assert!(all.len() > 50, "the texts are read");
}

/// Unit tests that are long stand in `tests.rs` of the module's folder, or beside
/// its file as `NAME_tests.rs`.
#[test]
fn long_unit_tests_have_one_place() {
    let source = root().join("src");
    let misplaced: Vec<_> = files(&source, "rs")
        .into_iter()
        .filter(|path| is_test(&format!("/{}", path.display())))
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let of = match name.strip_suffix("_tests.rs") {
                Some(module) => format!("{module}.rs"),
                None => "mod.rs".to_owned(),
            };
            !path.with_file_name(of).is_file()
        })
        .collect();
    assert_eq!(misplaced, Vec::<std::path::PathBuf>::new());
}

/// The table of the architecture page.
pub(super) fn map() -> String {
    let mut text = String::new();
    for (about, modules) in LAYERS.iter().rev() {
        text += &format!("{about}\n    {}\n", modules.join(", "));
    }
    text
}

#[test]
fn the_maps_say_the_same() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    assert!(
        page.contains(&format!("```\n{}```\n", map())),
        "docs/architecture.md has another map than:\n{}",
        map()
    );
    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let told: Vec<_> = library
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .filter_map(|line| line.strip_prefix("//! - `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect();
    let mut order = modules();
    order.reverse();
    assert_eq!(told, order, "the map in src/lib.rs");
}
