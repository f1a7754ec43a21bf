//! Every command at an odd place: a narrow and stupid terminal, a reader that goes
//! early, no standard error. None panics, each ends with the status that it has
//! elsewhere, and none writes escape sequences.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const WORKLOAD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: \
    {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      \
    securityContext: {runAsUser: 1000, fsGroup: 1000}\n      containers:\n      - name: api\n        \
    image: x\n        env:\n        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: \
    password}}}\n";

/// A command, with its status.
const COMMANDS: &[(&[&str], i32)] = &[
    (&["--help"], 0),
    (&["--version"], 0),
    (&["doctor", "-h"], 0),
    (&["migrate", "--help"], 0),
    (
        &["create", "db", "--stdin", "password", "--dry-run=client"],
        0,
    ),
    (
        &[
            "create",
            "db",
            "--stdin",
            "password",
            "--dry-run=client",
            "-o",
            "yaml",
        ],
        0,
    ),
    (&["create", "generic"], 2),
    (&["doctor", "-f", "app.yaml"], 1),
    (&["doctor", "-f", "app.yaml", "-o", "wide"], 1),
    (&["doctor", "-f", "app.yaml", "-o", "json"], 1),
    (&["doctor", "-f", "app.yaml", "-o", "yaml"], 1),
    (&["doctor", "-f", "app.yaml", "-o", "sarif"], 1),
    (&["doctor", "-f", "app.yaml", "-o", "html"], 1),
    (&["doctor", "-f", "app.yaml", "-o", "github"], 1),
    (&["doctor", "-f", "app.yaml", "--fail-on", "never"], 0),
    (&["doctor", "-f", "app.yaml", "--fix", "-y"], 1),
    (&["doctor", "-f", "gone.yaml"], 2),
    (&["doctor", "--print-rbac", "-n", "x"], 0),
    (&["doctor"], 3),
    (&["consumers", "db", "-f", "app.yaml"], 0),
    (&["consumers", "db", "-f", "app.yaml", "-o", "json"], 0),
    (&["consumers", "db"], 3),
    (&["edit", "db"], 2),
    (&["edit", "db", "-y"], 3),
    (&["edit"], 2),
    (&["audit"], 3),
    (&["audit", "-A", "-o", "csv"], 3),
    (&["audit", "--print-rbac", "-n", "x"], 0),
    (&["audit", "--schedule", "--image", "x", "-n", "x"], 0),
    (&["audit", "--schedule"], 2),
    (&["migrate", "-f", "app.yaml"], 0),
    (&["migrate", "-f", "app.yaml", "-o", "wide"], 0),
    (&["migrate", "-f", "app.yaml", "-o", "diff"], 0),
    (&["migrate", "-f", "app.yaml", "-o", "json"], 0),
    (&["migrate", "-f", "app.yaml", "--emit", "patch"], 0),
    (&["migrate", "-f", "app.yaml", "--exit-code"], 1),
    (&["migrate", "--print-rbac", "-n", "x"], 0),
    (&["migrate"], 3),
    (&["rotate", "secret/db"], 3),
    (&["restart"], 2),
    (&["restart", "deploy/api"], 3),
    (&["seal"], 2),
    (&["seal", "--help"], 0),
    (&["seal", "secret/db"], 3),
    (&["seal", "-f", "app.yaml"], 3),
    (&["seal", "check", "sealed.yaml"], 0),
    (&["seal", "check", "sealed.yaml", "-o", "json"], 0),
    (&["seal", "check", "app.yaml"], 2),
    (&["seal", "set", "sealed.yaml", "--stdin", "k"], 3),
    (&["seal", "reseal", "sealed.yaml"], 3),
    (&["create", "db", "--stdin", "k", "--seal", "-n", "n"], 3),
    (&["sync"], 2),
    (&["sync", "db"], 3),
    (&["sync", "--print-rbac", "-n", "x"], 0),
    (&["external"], 2),
    (&["external", "--store-skeleton", "aws"], 0),
    (
        &["external", "secret/db", "--store", "s", "--path", "{key}"],
        3,
    ),
    // Its help.
    (&["selftest"], 0),
    (&["selftest", "leak", "--help"], 0),
    (&["doctor", "--schedule", "--image", "x", "-n", "x"], 0),
    (&["doctor", "--schedule"], 2),
    (&["advise"], 2),
    (&["advise", "-A"], 3),
    (&["advise", "--clusters", "1"], 0),
    (&["advise", "-f", "app.yaml", "-o", "html"], 0),
    (&["advise", "--gitops", "-o", "json"], 0),
    (&["scaffold", "api"], 2),
    (&["scaffold", "api", "--secret", "db:password"], 0),
    (&["scaffold", "api", "--tls", "web", "-o", "kyaml"], 0),
    (&["policy"], 0),
    (&["policy", "--fix", "--mode", "deny", "-o", "kyaml"], 0),
    (&["policy", "--who", "-f", "app.yaml"], 1),
    (&["policy", "--who", "-f", "app.yaml", "-o", "json"], 1),
    (&["policy", "--who"], 3),
    (&["policy", "-f", "app.yaml"], 2),
    (&["explain"], 0),
    (&["explain", "SS013"], 0),
    (&["explain", "SS000"], 2),
    (&["completion", "bash"], 0),
    (&["nonsense"], 2),
];

fn here() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.yaml"), WORKLOAD).unwrap();
    // The layout of a ciphertext: a length, as many bytes, and 16 more.
    let ciphertext = format!("AQA{}", "A".repeat(4 * 91 + 1));
    let sealed = format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: db, namespace: shop}}\n\
         spec: {{encryptedData: {{k: {ciphertext}}}}}\n"
    );
    fs::write(folder.path().join("sealed.yaml"), sealed).unwrap();
    folder
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    command
        .current_dir(folder)
        .env("KUBECONFIG", "/nowhere")
        .env("HOME", folder)
        .stdin(Stdio::null());
    command
}

/// Run by a shell, which arranges the streams: `"$@"` is the command.
fn shell(script: &str, words: &[&str]) -> Output {
    let folder = here();
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_kubectl-secretsafe")])
        .args(words)
        .current_dir(folder.path())
        .env("KUBECONFIG", "/nowhere")
        .env("HOME", folder.path());
    shell.output().unwrap()
}

#[track_caller]
fn is_calm(words: &[&str], output: &Output, wanted: i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(!err.contains("panicked"), "{words:?}: {err}");
    assert_eq!(output.status.code(), Some(wanted), "{words:?}: {out}{err}");
    for stream in [&out, &err] {
        assert!(!stream.contains('\u{1b}'), "{words:?}: {stream:?}");
    }
}

/// `create` reads standard input, which holds a value then.
const INPUT: &str = "echo value |";

#[test]
fn without_a_terminal_nothing_is_coloured() {
    for (words, status) in COMMANDS {
        let plain = shell(&format!("{INPUT} \"$@\""), words);
        is_calm(words, &plain, *status);
        for setting in ["NO_COLOR=1", "TERM=dumb", "CLICOLOR_FORCE=0", "COLUMNS=60"] {
            let set = shell(&format!("{INPUT} env {setting} \"$@\""), words);
            is_calm(words, &set, *status);
            // Help is as wide as the terminal.
            let is_help =
                *words == ["selftest"] || words.iter().any(|word| matches!(*word, "--help" | "-h"));
            if !is_help {
                assert!(set.stdout == plain.stdout, "{words:?} {setting}");
            }
        }
    }
}

#[test]
fn a_reader_that_goes_early_changes_nothing() {
    for (words, status) in COMMANDS {
        let script = format!(
            "{{ {INPUT} \"$@\"; echo $? >&3; }} 3>status | head -c 1 >/dev/null; cat status"
        );
        let output = shell(&script, words);
        let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!err.contains("panicked"), "{words:?}: {err}");
        assert_eq!(told, status.to_string(), "{words:?}: {err}");
    }
}

#[test]
fn a_closed_standard_error_changes_nothing() {
    for (words, status) in COMMANDS {
        let output = shell(&format!("{INPUT} \"$@\" 2>&-"), words);
        is_calm(words, &output, *status);
        let output = shell(&format!("{INPUT} \"$@\" 2>/dev/full"), words);
        is_calm(words, &output, *status);
    }
}

#[test]
fn a_narrow_and_stupid_terminal_gets_no_escape_sequences() {
    if Command::new("script").arg("--version").output().is_err() {
        return;
    }
    for (words, status) in COMMANDS {
        for setting in ["TERM=dumb", "TERM=xterm NO_COLOR=1"] {
            let folder = here();
            let program = env!("CARGO_BIN_EXE_kubectl-secretsafe");
            let line = words.join(" ");
            let ran = format!(
                "stty rows 24 cols 60; echo value | env {setting} {program} {line}; echo $? > status"
            );
            let output = Command::new("script")
                .args(["-qec", &ran, "/dev/null"])
                .current_dir(folder.path())
                .env("KUBECONFIG", "/nowhere")
                .env("HOME", folder.path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(!text.contains("panicked"), "{words:?}: {text}");
            assert!(!text.contains('\u{1b}'), "{words:?} {setting}: {text:?}");
            if words.starts_with(&["doctor", "-f", "app.yaml"]) && *status == 1 {
                let is_text = words.len() == 3 || words.contains(&"wide");
                let long: Vec<_> = text
                    .lines()
                    .map(str::trim_end)
                    .filter(|line| is_text && line.len() > 60 && line.starts_with("    "))
                    .filter(|line| !line.contains("kubectl ") && !line.contains('|'))
                    .collect();
                assert!(long.is_empty(), "{words:?}: {long:#?}");
            }
            let told = fs::read_to_string(folder.path().join("status")).unwrap();
            assert_eq!(
                told.trim(),
                status.to_string(),
                "{words:?} {setting}: {text}"
            );
        }
    }
}

#[test]
fn the_list_has_every_command() {
    let folder = here();
    let help = command(folder.path()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let names: Vec<_> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 4, "{help}");
    for name in names.into_iter().filter(|name| *name != "help") {
        let listed = COMMANDS.iter().any(|(words, _)| words[0] == name);
        assert!(listed, "{name} is not run here");
    }
}
