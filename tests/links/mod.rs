//! Links of documents to files of the repository and to headings lead somewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The documents: those of the root, and all below `docs` and `examples`.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join("docs"), root.join("examples")];
    for name in [
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ] {
        found.push(root.join(name));
    }
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// What GitHub makes of a heading: letters, digits, hyphens and underscores of its lower
/// case, and hyphens for spaces.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        letter if letter.is_alphanumeric() => Some(letter),
        _ => None,
    });
    kept.collect()
}

/// The lines outside blocks of code.
fn prose(text: &str) -> Vec<&str> {
    let mut in_block = false;
    let outside = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence
    });
    outside.collect()
}

/// The places of Markdown links.
fn links(line: &str) -> Vec<&str> {
    let rest = line.split("](").skip(1);
    rest.filter_map(|rest| rest.split(')').next()).collect()
}

#[test]
fn links_of_documents_lead_somewhere() {
    let texts: BTreeMap<PathBuf, String> = documents()
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    let (mut followed, mut wrong) = (0, Vec::new());
    for (path, text) in &texts {
        for link in prose(text).into_iter().flat_map(links) {
            if link.contains("://") {
                continue;
            }
            followed += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            let Ok(target) = target.canonicalize() else {
                wrong.push(format!("{}: {link}", path.display()));
                continue;
            };
            let has_heading = heading.is_empty()
                || texts.get(&target).is_some_and(|text| {
                    let headings = prose(text).into_iter().filter(|line| line.starts_with('#'));
                    let mut headings = headings.map(|line| line.trim_start_matches('#'));
                    headings.any(|words| anchor(words) == heading)
                });
            if !has_heading {
                wrong.push(format!("{}: {link}: no such heading", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(followed > 100, "only {followed}");
}
