//! Rules about the sources themselves, so that they cannot erode unseen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// `path:line` of every code line outside `allowed` that holds one of `words`.
fn uses(words: &[&str], allowed: &[&str]) -> Vec<String> {
    let source = root().join("src");
    let mut found = Vec::new();
    for path in files(&source, "rs") {
        let name = path.strip_prefix(&source).unwrap().to_str().unwrap();
        if allowed.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("src/{name}:{}", number + 1));
            }
        }
    }
    found
}

#[test]
fn only_the_secret_module_looks_at_values() {
    assert_eq!(uses(&[".expose("], &["secret/"]), [""; 0]);
    assert_ne!(uses(&[".expose("], &[]), [""; 0], "the pattern must match");
}

#[test]
fn only_the_cluster_module_names_kube() {
    let words = ["kube::", "use kube;", "use kube as", "k8s_openapi"];
    assert_eq!(uses(&words, &["cluster/"]), [""; 0]);
    assert_ne!(uses(&words, &[]), [""; 0], "the pattern must match");
}

#[test]
fn only_the_cluster_module_turns_values_into_request_bodies() {
    let calls = uses(&[".into_request_body("], &[]);
    assert!(!calls.is_empty(), "the pattern must match");
    assert!(
        calls.iter().all(|call| call.starts_with("src/cluster/")),
        "{calls:?}"
    );
}

#[test]
fn only_the_interface_writes_to_the_standard_streams() {
    let words = ["io::stdout(", "io::stderr(", "println!", "eprint"];
    let allowed = [
        "ui/",
        "output/",
        "process.rs",
        "logging.rs",
        "commands/completion.rs",
    ];
    assert_eq!(uses(&words, &allowed), [""; 0]);
}

#[test]
fn values_are_read_and_written_by_our_own_means_only() {
    // std's buffer for standard input is never wiped (asking whether it is a
    // terminal fills none), and `fs::write` creates files with the umask's mode.
    let read = uses(&["std::io::stdin(", " io::stdin(", "(io::stdin("], &["ui/"]);
    assert_eq!(read, [""; 0]);
    let written: Vec<_> = uses(&["fs::write("], &[])
        .into_iter()
        .filter(|place| !in_unit_test(place))
        .collect();
    assert_eq!(written, [""; 0]);
}

/// Whether a `path:line` lies in the unit tests of its file.
fn in_unit_test(place: &str) -> bool {
    let (path, line) = place.rsplit_once(':').unwrap();
    if path.ends_with("tests.rs") {
        return true;
    }
    let text = fs::read_to_string(root().join(path)).unwrap();
    let tests = text.lines().position(|line| line.contains("#[cfg(test)]"));
    tests.is_some_and(|tests| tests < line.parse().unwrap())
}

#[test]
fn nothing_ends_the_process_behind_the_destructors() {
    assert_eq!(uses(&["process::exit", "process::abort"], &[]), [""; 0]);
}

#[test]
fn nothing_promises_more_than_overwriting_does() {
    let words = ["securely", "unrecoverable", "guarantee"];
    let mut texts = files(&root().join("src"), "rs");
    texts.extend(files(&root().join("docs"), "md"));
    texts.extend(["README.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)));
    for path in texts {
        let text = fs::read_to_string(&path).unwrap();
        // Unit tests name the words that they look for.
        let text = text.split("#[cfg(test)]").next().unwrap().to_lowercase();
        // The name of rule SS053 denies one.
        let text = text
            .replace("not-guaranteed", "")
            .replace("not_guaranteed", "");
        for word in words {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}
