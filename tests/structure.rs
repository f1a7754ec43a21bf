//! Rules about the sources themselves, so that they cannot erode unseen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "structure/layers.rs"]
mod layers;

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

/// Shows L10.
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
fn only_what_speaks_http_turns_values_into_request_bodies() {
    let words = [".into_request_body("];
    assert_eq!(uses(&words, &["cluster/", "registry/"]), [""; 0]);
    assert_ne!(uses(&words, &[]), [""; 0], "the pattern must match");
}

#[test]
fn only_the_registry_module_asks_registries() {
    let words = ["hyper_rustls"];
    assert_eq!(uses(&words, &["registry/"]), [""; 0]);
    assert_ne!(uses(&words, &[]), [""; 0], "the pattern must match");
    // What an image says is a matter of the workload, not of who asks.
    let below = [
        "workload/",
        "inventory/",
        "migration/",
        "checks/",
        "output/",
    ];
    let asks: Vec<_> = uses(&["crate::registry"], &[])
        .into_iter()
        .filter(|place| below.iter().any(|part| place[4..].starts_with(part)))
        .collect();
    assert_eq!(asks, [""; 0]);
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
        // Asks which of them is a terminal, for the editor, and writes nothing.
        "editor/process.rs",
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

#[test]
fn files_that_others_name_are_opened_without_waiting() {
    // `crate::reading` reads to a limit; the others open without blocking.
    let words = ["File::open(", "fs::read(", "read_to_string("];
    let of_the_kernel = |place: &String| {
        let (path, line) = place.rsplit_once(':').unwrap();
        let text = fs::read_to_string(root().join(path)).unwrap();
        let line = text.lines().nth(line.parse::<usize>().unwrap() - 1);
        let line = line.unwrap();
        ["\"/proc/", "\"/sys/"].iter().any(|one| line.contains(one))
    };
    // A snippet for others to use.
    let opened: Vec<_> = uses(&words, &["migration/snippets.rs"])
        .into_iter()
        .filter(|place| !in_unit_test(place) && !of_the_kernel(place))
        .collect();
    assert_eq!(opened, [""; 0]);
    assert_ne!(uses(&words, &[]), [""; 0], "the pattern must match");
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

/// Words that begin a command line, then a place for a name.
#[test]
fn only_one_module_writes_commands_with_names_in_them() {
    let verbs = "secretsafe create delete describe get logs patch annotate rollout apply";
    let begins: Vec<_> = verbs
        .split(' ')
        .map(|verb| format!("kubectl {verb} "))
        .collect();
    let by_hand = |allowed: &[&str]| {
        let mut found = uses(&["kubectl "], allowed);
        found.retain(|place| !in_unit_test(place));
        found.retain(|place| {
            let (path, line) = place.rsplit_once(':').unwrap();
            let text = fs::read_to_string(root().join(path)).unwrap();
            let at = line.parse::<usize>().unwrap() - 1;
            let line = text.lines().nth(at).unwrap();
            let rest = begins
                .iter()
                .find_map(|begin| line.split_once(begin.as_str()));
            let words = rest.map_or("", |(_, rest)| rest);
            words.split(['"', ',', '.']).next().unwrap().contains('{')
        });
        found
    };
    // Examples of the help are texts without places: braces there are for the shell.
    assert_eq!(by_hand(&["command_line.rs", "cli/examples.rs"]), [""; 0]);
    assert_ne!(by_hand(&[]), [""; 0], "the pattern must match");
}

#[test]
fn nothing_ends_the_process_behind_the_destructors() {
    assert_eq!(uses(&["process::exit", "process::abort"], &[]), [""; 0]);
}

/// Shows S13. Seen to fail with one of the words in the README.
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

fn metadata() -> serde_json::Value {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether a package of `cargo metadata` has a target of this kind.
fn has_target(package: &serde_json::Value, kind: &str) -> bool {
    let targets = package["targets"].as_array().unwrap();
    targets
        .iter()
        .any(|target| target["kind"].as_array().unwrap().contains(&kind.into()))
}

/// Packages whose code runs on the machine that builds, before anybody runs the
/// program. A new one is looked at before its name is added.
const BUILD_SCRIPTS: &[&str] = &[
    "ahash",
    "anyhow",
    "aws-lc-rs",
    "aws-lc-sys",
    "crc32fast",
    "crossbeam-deque",
    "crossbeam-epoch",
    "crossbeam-utils",
    "encoding_rs",
    "generic-array",
    "getrandom",
    "httparse",
    "jsonschema-value",
    "k8s-openapi",
    "libc",
    "libmimalloc-sys",
    "nix",
    "num-traits",
    "object",
    "oid-registry",
    "parking_lot_core",
    "pest_stack_guard",
    "portable-atomic",
    "proc-macro2",
    "psm",
    "quote",
    "rayon-core",
    "ref-cast",
    "ring",
    "rustix",
    "rustls",
    "rustversion",
    "serde",
    "serde_core",
    "serde_json",
    "signal-hook",
    "stacker",
    "thiserror",
    "unicode-general-category",
    "zerocopy",
    "zmij",
];

/// Shows C5.
#[test]
fn who_runs_code_while_building_is_known() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let mut with_script: Vec<&str> = packages
        .iter()
        .filter(|package| has_target(package, "custom-build"))
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    with_script.sort_unstable();
    with_script.dedup();
    assert_eq!(with_script, BUILD_SCRIPTS);
}

/// Places where `unsafe` is allowed, and how often: each has its reason beside it
/// and a test beneath it.
const UNSAFE: [(&str, usize); 5] = [
    ("src/secret/shred/system.rs", 3),
    ("src/secret/shred/tests.rs", 2),
    ("src/secret/source/descriptor.rs", 1),
    ("src/ui/streams.rs", 1),
    ("tests/control/freed.rs", 2),
];

/// Shows C5. Seen to fail with one more place.
#[test]
fn unsafe_code_is_counted() {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for path in files(&root().join(folder), "rs") {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            let places = text.matches("unsafe_code,").count();
            if places > 0 && name != "tests/structure.rs" {
                found.push((name.to_owned(), places));
            }
        }
    }
    let wanted = UNSAFE.map(|(name, places)| (name.to_owned(), places));
    assert_eq!(found, wanted);
}

/// What a workflow does that it should not: actions by a name that may move, and
/// tokens that may write.
fn faults_of_workflow(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for line in text.lines().map(str::trim) {
        let used = line
            .trim_start_matches("- ")
            .strip_prefix("uses:")
            .map(str::trim);
        if let Some(action) = used
            && !action.starts_with("./")
        {
            let version = action.split_once('@').map_or("", |(_, version)| version);
            let version = version.split(' ').next().unwrap();
            let is_commit =
                version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_commit {
                faults.push(action.to_owned());
            }
        }
    }
    let mut is_of_all = false;
    for line in text.lines() {
        if line.starts_with(|c: char| !c.is_whitespace()) {
            is_of_all = line.starts_with("permissions:");
        }
        // A job may write what it says it does.
        let may_write = line.contains(": write") && !line.contains("write-all");
        if may_write && (is_of_all || !line.contains(" # ")) {
            faults.push(line.trim().to_owned());
        }
    }
    if !text.lines().any(|line| line.starts_with("permissions:")) {
        faults.push("no permissions".to_owned());
    }
    if text.contains("write-all") {
        faults.push("write-all".to_owned());
    }
    faults
}

/// Shows C6. Seen to fail for a workflow with an action by its tag, one without
/// permissions, one with write-all, and two that write without a reason or in all jobs,
/// which the test itself has.
#[test]
fn workflows_name_commits_and_may_read_only() {
    let commit = "a".repeat(40);
    let pinned = format!(
        "permissions: {{contents: read}}\njobs:\n  a:\n  - uses: a/b@{commit} # v1\n  - uses: ./here\n"
    );
    assert_eq!(faults_of_workflow(&pinned), [""; 0]);
    assert_eq!(
        faults_of_workflow(&pinned.replace(&commit, "v1")),
        ["a/b@v1 # v1"]
    );
    assert_eq!(faults_of_workflow("jobs: {}\n"), ["no permissions"]);
    assert_eq!(
        faults_of_workflow("permissions: write-all\n"),
        ["write-all"]
    );
    assert_eq!(
        faults_of_workflow("permissions:\n  contents: write # the release\n"),
        ["contents: write # the release"]
    );
    let job = "permissions: {}\njobs:\n  a:\n    permissions:\n      contents: write";
    assert_eq!(faults_of_workflow(job), ["contents: write"]);
    assert_eq!(
        faults_of_workflow(&format!("{job} # creates the release\n")),
        [""; 0]
    );
    let folder = root().join(".github/workflows");
    let paths = [files(&folder, "yml"), files(&folder, "yaml")].concat();
    assert!(!paths.is_empty());
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(faults_of_workflow(&text), [""; 0], "{}", path.display());
    }
}
