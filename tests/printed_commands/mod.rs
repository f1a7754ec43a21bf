//! Every command that `doctor` prints with a finding, run by a real shell with
//! programs that only write down how they were called: it asks the cluster that
//! was looked at, no word of a name is an option, and nothing else runs.
//!
//! The cases of all rules are run as they are, and with names that somebody
//! chose to do harm.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use clap::error::ErrorKind;
use kubectl_secretsafe::checks::CHECKS;
use kubectl_secretsafe::cli;
use kubectl_secretsafe::command_line::Connection;
use kubectl_secretsafe::outcome::Outcome;
use kubectl_secretsafe::output::{self, Format};
use kubectl_secretsafe::report::{Examined, Report, Selection};
use kubectl_secretsafe::ui::Colour;
use serde_json::Value;

use super::{Case, folders};

/// A context and a kubeconfig that were chosen badly.
const CONTEXT: &str = "-it's $(touch pwned)";
const KUBECONFIG: &str = "my config;touch pwned";

/// Names to do harm with.
const NAMES: [&str; 16] = [
    "--kubeconfig=evil",
    "--as=root",
    "-n",
    "--",
    "-",
    "-fevil",
    "a b",
    "$(touch pwned)",
    "`touch pwned`",
    "x;touch pwned",
    "x'; touch pwned; '",
    "x\ntouch pwned\n",
    "&touch pwned&",
    ">pwned",
    "*",
    "\\",
];

/// Flags of the commands that are printed, and whether a value follows.
const FLAGS: [(&str, bool); 41] = [
    ("--insecure-skip-tls-verify", false),
    ("--all-namespaces", false),
    ("--cert", true),
    ("--context", true),
    ("--docker-server", true),
    ("--docker-username", true),
    ("--dry-run", false),
    ("--field-manager", true),
    ("--fix", false),
    ("--from-file", true),
    ("--key", true),
    ("--kind", true),
    ("--kubeconfig", true),
    ("--namespace", true),
    ("--overwrite", false),
    ("--print-rbac", false),
    ("--prompt", true),
    ("--raw", true),
    ("--mount-path", true),
    ("--reads-files", true),
    ("--remove-env", false),
    ("--replace", false),
    ("--resource", true),
    ("--resource-name", true),
    ("--type", true),
    ("--unsafe", false),
    ("--update", false),
    ("--verb", true),
    ("-A", false),
    ("-c", true),
    ("-f", true),
    ("-k", true),
    ("-n", true),
    ("-o", true),
    ("-p", true),
    ("--field-selector", true),
    ("--emit", true),
    ("--write", false),
    ("--show-labels", false),
    ("-l", true),
    ("-w", false),
];

/// How a program was called.
struct Call {
    program: String,
    /// Words that are no flags, in their order.
    words: Vec<String>,
    flags: Vec<(String, String)>,
}

impl Call {
    /// # Errors
    /// A word that the program would take for a flag nobody meant.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let program = arguments.next().ok_or("nothing was called")?;
        let (mut words, mut flags) = (Vec::new(), Vec::new());
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                words.extend(arguments);
                break;
            }
            if !argument.starts_with('-') || argument == "-" {
                words.push(argument);
                continue;
            }
            let (name, joined) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument.clone(), None),
            };
            let (_, takes) = FLAGS
                .iter()
                .find(|(flag, _)| *flag == name)
                .ok_or_else(|| format!("{argument} is taken for a flag"))?;
            let value = match (joined, takes) {
                (Some(value), _) => value,
                (None, true) => {
                    let value = arguments
                        .next()
                        .ok_or_else(|| format!("{name} lacks a value"))?;
                    if value.starts_with('-') && value != "-" {
                        return Err(format!("{value} after {name} is taken for a flag by clap"));
                    }
                    value
                }
                (None, false) => String::new(),
            };
            flags.push((name, value));
        }
        Ok(Self {
            program,
            words,
            flags,
        })
    }

    fn all(&self, flag: &str) -> Vec<&str> {
        let with_it = self.flags.iter().filter(|(name, _)| name == flag);
        with_it.map(|(_, value)| value.as_str()).collect()
    }

    /// # Errors
    /// When it asks another cluster, or one too many.
    fn asks_the_right_cluster(&self) -> Result<(), String> {
        let local = self.words.first().is_some_and(|word| word == "kustomize");
        let like_kubectl = ["kubectl", "cmctl"].contains(&self.program.as_str());
        let wanted: &[&str] = match like_kubectl && !local {
            true => &[CONTEXT],
            false => &[],
        };
        let kubeconfig: &[&str] = match wanted.is_empty() {
            true => &[],
            false => &[KUBECONFIG],
        };
        let right = self.all("--context") == wanted && self.all("--kubeconfig") == kubeconfig;
        right
            .then_some(())
            .ok_or_else(|| format!("{:?} asks another cluster", self.flags))
    }
}

/// A shell that finds only programs that write down how they were called.
struct Shell {
    folder: tempfile::TempDir,
}

impl Shell {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = folder.path().join("programs");
        fs::create_dir(&programs).unwrap();
        fs::create_dir(folder.path().join("here")).unwrap();
        for program in ["kubectl", "argocd", "cmctl", "jq", "helm", "touch"] {
            let file = programs.join(program);
            // In one go: the programs of a pipe run at the same time.
            let script =
                format!("#!/bin/sh\nprintf '%s\\0' {program} \"$@\" \"$END\" >> \"$CALLS\"\n");
            fs::write(&file, script).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder }
    }

    /// The programs that a command line calls, each with its arguments.
    ///
    /// # Errors
    /// When it leaves something behind.
    fn run(&self, command: &str) -> Result<Vec<Vec<String>>, String> {
        let calls = self.folder.path().join("calls");
        let here = self.folder.path().join("here");
        fs::write(&calls, "").unwrap();
        let output = Command::new("/bin/sh")
            .args(["-c", command])
            .current_dir(&here)
            .env_clear()
            .env("PATH", self.folder.path().join("programs"))
            .env("CALLS", &calls)
            .env("END", "\u{1}")
            .output()
            .unwrap();
        if !output.stderr.is_empty() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        if fs::read_dir(&here).unwrap().next().is_some() {
            return Err("it has written a file".to_owned());
        }
        let told = fs::read_to_string(&calls).unwrap();
        Ok(told
            .split_terminator("\u{1}\0")
            .map(|call| call.split_terminator('\0').map(str::to_owned).collect())
            .collect())
    }
}

/// The commands of all that a case finds.
fn commands(case: &Case, selection: &Selection) -> BTreeSet<String> {
    let mut inventory = case.inventory();
    inventory.connection = Connection::default()
        .with("--kubeconfig", KUBECONFIG)
        .with("--context", CONTEXT)
        .with_joined("--insecure-skip-tls-verify", "true");
    let report = Report {
        parts: vec![Examined::new(inventory, selection)],
        problems: Vec::new(),
        unreachable: Vec::new(),
        fix_command: None,
        outcome: Outcome::default(),
        fail_on: kubectl_secretsafe::report::FailOn::Severity(
            kubectl_secretsafe::finding::Severity::Warning,
        ),
    };
    let mut text = Vec::new();
    output::write(&report, Format::Json, Colour::Off, &mut text).unwrap();
    let report: Value = serde_json::from_slice(&text).unwrap();
    let mut found = BTreeSet::new();
    gather(&report, &mut found);
    found
}

fn gather(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            if let Some(Value::String(command)) = entries.get("command") {
                found.insert(command.clone());
            }
            entries.values().for_each(|value| gather(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| gather(value, found)),
        _ => {}
    }
}

/// What is wrong with how a command calls its programs; the number of calls.
fn judged(shell: &Shell, command: &str) -> Result<usize, String> {
    let calls = shell.run(command)?;
    let stages = calls.len();
    for call in calls {
        is_understood(&call)?;
        let call = Call::read(call.into_iter())?;
        if call.program == "touch" {
            return Err("something else runs".to_owned());
        }
        call.asks_the_right_cluster()?;
    }
    Ok(stages)
}

/// Our own command line takes it.
///
/// # Errors
/// What it says of it. A name that no object can have may be refused.
fn is_understood(call: &[String]) -> Result<(), String> {
    let [program, plugin, words @ ..] = call else {
        return Ok(());
    };
    if program != "kubectl" || plugin != "secretsafe" {
        return Ok(());
    }
    let line = std::iter::once(plugin).chain(words);
    match cli::command("kubectl secretsafe").try_get_matches_from(line) {
        Err(error) if error.kind() != ErrorKind::ValueValidation => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// The names of objects, keys and containers that a case has, as they are
/// written.
fn names(case: &Case) -> BTreeSet<String> {
    let report = Examined::new(case.inventory(), &Selection::default());
    let mut names = BTreeSet::new();
    for finding in &report.findings {
        names.insert(finding.subject.name.clone());
        names.insert(finding.subject.namespace.clone());
        names.extend(finding.container.clone());
        if let Some(secret) = &finding.secret {
            names.insert(secret.name.clone());
            names.extend(secret.key.clone());
        }
    }
    names.retain(|name| name.len() > 1);
    names
}

/// The text with another name, where the old one is a whole plain scalar.
fn renamed(text: &str, old: &str, new: &str) -> String {
    let new = serde_json::to_string(new).unwrap();
    let mut made = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let after = rest[at + old.len()..].chars().next();
        let begins = rest[..at]
            .chars()
            .next_back()
            .is_none_or(|letter| " {[\n".contains(letter));
        let ends = after.is_none_or(|letter| ",}]:\n ".contains(letter));
        made.push_str(&rest[..at]);
        made.push_str(if begins && ends { &new } else { old });
        rest = &rest[at + old.len()..];
    }
    made.push_str(rest);
    made
}

#[test]
fn every_command_does_what_it_says_and_nothing_else() {
    let shell = Shell::new();
    let mut wrong = Vec::new();
    let (mut run, mut piped) = (0, 0);
    let mut tried = BTreeSet::new();
    let mut judge = |command: String, path: &Path| {
        if !tried.insert(command.clone()) {
            return;
        }
        match judged(&shell, &command) {
            Ok(calls) => {
                run += 1;
                piped += usize::from(calls > 1);
            }
            Err(why) => wrong.push(format!("{}: {command}\n  {why}", path.display())),
        }
    };
    let cases = folders().into_iter().flat_map(|(id, paths)| {
        let rule = CHECKS.iter().find(|check| check.rule.id == id);
        let rule = rule.unwrap().rule.id;
        // A new case of one rule leaves the names of the others as they are.
        let first: usize = rule.trim_start_matches("SS").parse().unwrap();
        paths
            .into_iter()
            .enumerate()
            .map(move |(place, path)| (first + place, rule, path))
    });
    for (number, rule, path) in cases {
        let case = Case::read(&path);
        for command in commands(&case, &Selection::default()) {
            judge(command, &path);
        }
        for (turn, name) in names(&case).into_iter().enumerate() {
            let hostile = NAMES[(number + turn * 5) % NAMES.len()];
            let case = Case {
                text: renamed(&case.text, &name, hostile),
                ..Case::read(&path)
            };
            let own = Selection {
                only: BTreeSet::from([rule]),
                ..Selection::default()
            };
            for command in commands(&case, &own) {
                judge(command, &path);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let behind = tried.iter().filter(|command| command.contains(" -- "));
    let behind = behind.count();
    assert!(behind > 15, "only {behind} names look like a flag");
    assert!(run > 600, "only {run} commands were run");
    assert!(piped > 10, "only {piped} pipes were run");
}

/// The findings of a case, as the document has them.
fn documents(case: &Case) -> Vec<Value> {
    let report = Report {
        parts: vec![Examined::new(case.inventory(), &Selection::default())],
        problems: Vec::new(),
        unreachable: Vec::new(),
        fix_command: None,
        outcome: Outcome::default(),
        fail_on: kubectl_secretsafe::report::FailOn::Severity(
            kubectl_secretsafe::finding::Severity::Warning,
        ),
    };
    let mut text = Vec::new();
    output::write(&report, Format::Json, Colour::Off, &mut text).unwrap();
    let report: Value = serde_json::from_slice(&text).unwrap();
    report["parts"][0]["findings"].as_array().unwrap().clone()
}

/// The text with every workload of a kind changed so that a rollout replaces no pod.
fn held(text: &str, kind: &str, field: &str) -> String {
    let documents = text.split("\n---\n").map(|document| {
        let is_one = document.lines().any(|line| line == format!("kind: {kind}"));
        match is_one && !document.contains("Strategy:") && !document.contains("paused:") {
            true => document.replacen("\nspec:\n", &format!("\nspec:\n  {field}\n"), 1),
            false => document.to_owned(),
        }
    });
    documents.collect::<Vec<_>>().join("\n---\n")
}

#[test]
fn no_restart_is_printed_that_replaces_no_pod() {
    const PAUSED: &str = "paused: true";
    const ON_DELETE: &str = "updateStrategy: {type: OnDelete}";
    let mut held_ones = 0;
    for path in folders().into_values().flatten() {
        let case = Case::read(&path);
        if case.scope != "cluster" {
            continue;
        }
        for (kind, field) in [
            ("Deployment", PAUSED),
            ("StatefulSet", ON_DELETE),
            ("DaemonSet", ON_DELETE),
        ] {
            let text = held(&case.text, kind, field);
            if text == case.text {
                continue;
            }
            held_ones += 1;
            let prefix = format!("rollout restart {}/", kind.to_lowercase());
            for finding in documents(&Case {
                text,
                ..Case::read(&path)
            }) {
                let mut found = BTreeSet::new();
                gather(&finding, &mut found);
                let says = |words: &str| found.iter().any(|command| command.contains(words));
                let is_right =
                    !says(&prefix) || field == PAUSED && says("rollout resume deployment/");
                assert!(is_right, "{} {field}: {found:?}", path.display());
            }
        }
    }
    assert!(held_ones > 60, "only {held_ones} workloads were held");
}
