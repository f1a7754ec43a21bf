//! Runs that must not look clean: input that nothing reads, what a baseline does not
//! have, files that a report would overwrite, and names that would begin a line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

/// How a run ended.
struct Ended {
    status: i32,
    out: String,
    err: String,
}

impl Ended {
    fn says(&self, words: &str) -> bool {
        self.out.contains(words) || self.err.contains(words)
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    piped(folder, arguments, "")
}

fn piped(folder: &Path, arguments: &[&str], input: &str) -> Ended {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(arguments)
        .current_dir(folder)
        .env("KUBECONFIG", "/nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let ended = child.wait_with_output().unwrap();
    Ended {
        status: ended.status.code().unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn deployment(variables: &[&str]) -> String {
    let variables: Vec<_> = variables
        .iter()
        .map(|name| {
            format!(
                "{{name: {name}, valueFrom: {{secretKeyRef: {{name: db, key: {}}}}}}}",
                name.to_lowercase()
            )
        })
        .collect();
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api}}\nspec:\n  selector: \
         {{matchLabels: {{a: b}}}}\n  template:\n    metadata: {{labels: {{a: b}}}}\n    spec:\n      \
         automountServiceAccountToken: false\n      containers:\n      - {{name: api, image: x, env: \
         [{}]}}\n",
        variables.join(", ")
    )
}

const SOUND: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: sound}\nspec: {}\n";

/// Who forgets -f is told that, and not how workloads are named.
#[test]
fn a_path_in_place_of_a_workload_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("manifests")).unwrap();
    for (command, word) in [
        ("doctor", "manifests"),
        ("migrate", "manifests/"),
        ("doctor", "./manifests"),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .args([command, word])
            .current_dir(folder.path())
            .env("KUBECONFIG", "/nowhere")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains(&format!("To read {word}, write -f before it.")),
            "{said}"
        );
    }
}

#[test]
fn a_document_that_nothing_reads_is_told_by_every_command() {
    for (text, words) in [
        (
            "kind: Deployment\nmetadata: {name: api}\nspec: {replicas: 1}\n",
            "has no apiVersion",
        ),
        (
            "apiVersion: v1\nmetadata: {name: db}\nstringData: {password: x}\n",
            "has no kind",
        ),
        (
            "apiVersion: apps/v1\nkind: Deplyment\nmetadata: {name: api}\nspec: {}\n",
            "a Deplyment in apps/v1",
        ),
        (
            "apiVersion: app/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {}\n",
            "a Deployment in app/v1",
        ),
    ] {
        let here = folder(&[("all.yaml", &format!("{SOUND}---\n{text}"))]);
        for (arguments, status) in [
            (&["doctor", "-f", "."][..], 1),
            (&["migrate", "-f", "."], 2),
            (&["consumers", "db", "-f", "."], 2),
        ] {
            let ended = run(here.path(), arguments);
            assert_eq!(ended.status, status, "{arguments:?} {text}: {}", ended.err);
            assert!(ended.says(words), "{arguments:?} {text}: {}", ended.out);
        }
    }
}

#[test]
fn files_of_other_programs_are_no_objects() {
    let here = folder(&[
        ("app.yaml", SOUND),
        (
            "values.yaml",
            "kind: Deployment\nmetadata: {labels: {}}\nreplicas: 1\n",
        ),
        ("compose.yml", "services: {db: {image: x}}\n"),
        ("ci.yml", "on: push\njobs: {}\n"),
        ("patch.yaml", "- {op: add, path: /spec, value: 1}\n"),
        ("config", "apiVersion: v1\nkind: Config\nclusters: []\n"),
    ]);
    for command in [&["doctor", "-f", "."][..], &["migrate", "-f", "."]] {
        let ended = run(here.path(), command);
        assert_eq!(ended.status, 0, "{}{}", ended.out, ended.err);
    }
}

#[test]
fn what_is_no_file_is_named() {
    let here = folder(&[("app.yaml", SOUND), ("elsewhere/keep", "")]);
    let path = |name: &str| here.path().join(name);
    assert!(
        Command::new("mkfifo")
            .arg(path("pipe.yaml"))
            .status()
            .unwrap()
            .success()
    );
    let _socket = UnixListener::bind(path("socket.yml")).unwrap();
    symlink("nowhere", path("dangling.json")).unwrap();
    // Emacs makes these while somebody edits a file.
    symlink("me@host.1:2", path(".#app.yaml")).unwrap();
    for command in [&["doctor", "-f", "."][..], &["migrate", "-f", "."]] {
        let ended = run(here.path(), command);
        assert_eq!(ended.status, 2, "{}", ended.err);
        for words in [
            "pipe.yaml: it cannot be read: it is a named pipe",
            "socket.yml: it cannot be read: it is a socket",
            "dangling.json: it cannot be read: it is a link to a file that does not exist",
        ] {
            assert!(ended.says(words), "{words}: {}{}", ended.out, ended.err);
        }
        assert!(!ended.says(".#app"));
    }
    let outside = folder(&[("b.yaml", SOUND)]);
    let here = folder(&[("app.yaml", SOUND), ("own/c.yaml", SOUND)]);
    symlink(outside.path(), here.path().join("linked")).unwrap();
    symlink("own", here.path().join("again")).unwrap();
    let ended = run(here.path(), &["doctor", "-R", "-f", "."]);
    assert!(ended.says("./linked is a link to a directory, which is not followed"));
    assert!(!ended.says("again"), "it is read at its own place");
}

#[test]
fn a_generator_that_takes_a_file_that_is_not_there_is_told() {
    let here = folder(&[
        ("app.yaml", SOUND),
        (
            "kustomization.yaml",
            "resources: [app.yaml]\nsecretGenerator:\n- {name: db, envs: [db.env]}\n- {name: tls, \
             files: [tls.key=key.pem]}\nconfigMapGenerator:\n- {name: c, envs: [c.env]}\n",
        ),
    ]);
    let ended = run(here.path(), &["doctor", "-f", "."]);
    assert_eq!(ended.status, 0, "{}", ended.out);
    for words in [
        "db.env of secretGenerator db",
        "key.pem of secretGenerator tls",
        "c.env of configMapGenerator c",
    ] {
        assert!(ended.says(words), "{words}: {}", ended.out);
    }
    let ended = run(
        here.path(),
        &["doctor", "-f", ".", "--assume-complete", "--only", "SS017"],
    );
    assert_eq!(ended.status, 1);
    assert!(
        ended.says("db.env of secretGenerator db does not exist"),
        "{}",
        ended.out
    );
    fs::write(here.path().join("db.env"), "A=b\n").unwrap();
    let ended = run(here.path(), &["doctor", "-f", "."]);
    assert!(!ended.says("db.env of secretGenerator"), "{}", ended.out);
}

#[test]
fn a_baseline_has_the_variables_that_it_was_written_with() {
    let here = folder(&[("app.yaml", &deployment(&["USER", "PASSWORD"]))]);
    let app = here.path().join("app.yaml");
    let check = [
        "doctor",
        "-f",
        "app.yaml",
        "--only",
        "SS013",
        "--baseline",
        "base.json",
    ];
    let written = ["doctor", "-f", "app.yaml", "--write-baseline", "base.json"];
    assert_eq!(run(here.path(), &written).status, 0);
    assert_eq!(run(here.path(), &check).status, 0);
    for (variables, status) in [
        (&["PASSWORD", "USER"][..], 0),
        (&["PASSWORD"], 0),
        (&["USER", "PASSWORD", "TOKEN"], 1),
        (&["USER", "TOKEN"], 1),
    ] {
        fs::write(&app, deployment(variables)).unwrap();
        let ended = run(here.path(), &check);
        assert_eq!(ended.status, status, "{variables:?}: {}", ended.out);
    }
    // A baseline of before has only counts.
    let base = here.path().join("base.json");
    let mut old: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&base).unwrap()).unwrap();
    old.as_object_mut().unwrap().remove("parts").unwrap();
    fs::write(&base, old.to_string()).unwrap();
    assert_eq!(run(here.path(), &check).status, 0);
}

#[test]
fn keys_that_a_provider_has_are_no_gap_of_the_run() {
    let external = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: \
                    db}\nspec: {dataFrom: [{extract: {key: x}}]}\n";
    let here = folder(&[
        ("app.yaml", &deployment(&["PASSWORD"])),
        ("external.yaml", external),
    ]);
    let ended = run(here.path(), &["doctor", "-f", ".", "--only", "SS003"]);
    assert_eq!(ended.status, 0, "{}", ended.out);
    assert!(ended.says("its dataFrom takes whatever keys the provider has"));
    let json = ["doctor", "-f", ".", "--only", "SS003", "-o", "json=-"];
    let report: serde_json::Value = serde_json::from_str(&run(here.path(), &json).out).unwrap();
    assert_eq!(
        report["parts"][0]["unknown"][0]["kind"], "outside",
        "{report:#}"
    );
}

#[test]
fn a_report_replaces_no_input_and_no_manifest() {
    let here = folder(&[
        ("app.yaml", SOUND),
        ("other.yaml", SOUND),
        ("list.txt", SOUND),
    ]);
    for arguments in [
        &["doctor", "-f", "app.yaml", "-o", "json=app.yaml"][..],
        &["doctor", "-f", "app.yaml", "-o", "json=./other.yaml"],
        &["doctor", "-f", ".", "-o", "html=app.yaml"],
        &["doctor", "-f", "list.txt", "--write-baseline", "list.txt"],
        &["doctor", "-f", "app.yaml", "-o", "json=x", "-o", "sarif=x"],
    ] {
        let ended = run(here.path(), arguments);
        assert_eq!(ended.status, 2, "{arguments:?}: {}", ended.out);
        for name in ["app.yaml", "other.yaml", "list.txt"] {
            assert_eq!(fs::read_to_string(here.path().join(name)).unwrap(), SOUND);
        }
    }
    for _ in 0..2 {
        let ended = run(
            here.path(),
            &["doctor", "-f", "app.yaml", "-o", "json=report.json"],
        );
        assert_eq!(ended.status, 0, "{}", ended.err);
    }
    let ended = run(here.path(), &["doctor", "-f", "app.yaml", "-o", "json=-"]);
    assert!(ended.out.starts_with('{') && !here.path().join("-").exists());
}

#[test]
fn a_name_with_a_line_end_begins_no_line() {
    let name = "a\nerror: forged\n.yaml";
    let here = folder(&[(name, "kind: x\n"), ("app.yaml", SOUND)]);
    symlink("nowhere", here.path().join("b\nhint: forged.yaml")).unwrap();
    for arguments in [
        &["doctor", "-f", name][..],
        &["doctor", "-f", "c\nwarning: forged"],
        &["doctor", "-f", "."],
        &["migrate", "-f", "."],
        &["migrate", "-f", "."],
        &["consumers", "db", "-f", "."],
        &["doctor", "-f", "app.yaml", "-o", "json=no/d\nhint: forged"],
        &["doctor", "-f", "app.yaml", "--config", "e\nhint: forged"],
        &[
            "create",
            "db",
            "--env-file",
            "./f\nhint: forged",
            "--dry-run=client",
        ],
        &[
            "create",
            "g\nhint: forged",
            "--stdin",
            "a",
            "--dry-run=client",
        ],
    ] {
        let ended = piped(here.path(), arguments, "x");
        assert!(
            ended.says("forged"),
            "{arguments:?}: {}{}",
            ended.out,
            ended.err
        );
        let forged = |line: &str| {
            ["error: forged", "hint: forged", "warning: forged"]
                .iter()
                .any(|start| line.starts_with(start))
        };
        let begun = ended
            .out
            .lines()
            .chain(ended.err.lines())
            .find(|line| forged(line));
        assert_eq!(begun, None, "{arguments:?}");
    }
}

/// A configuration decides what is reported, so nobody else may write it.
#[test]
fn a_configuration_that_every_user_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder(&[
        ("app.yaml", &deployment(&["PASSWORD"])),
        (".secretsafe.yaml", "skip: [SS013]\n"),
    ]);
    let config = folder.path().join(".secretsafe.yaml");
    let doctor = ["doctor", "-f", "app.yaml", "--only", "SS013"];
    for (mode, status) in [(0o644, 0), (0o664, 0), (0o666, 2), (0o602, 2)] {
        fs::set_permissions(&config, fs::Permissions::from_mode(mode)).unwrap();
        let ended = run(folder.path(), &doctor);
        assert_eq!(ended.status, status, "{mode:o}: {}", ended.err);
        assert_eq!(ended.says("chmod go-w"), status == 2, "{}", ended.err);
    }
    let named = [&doctor[..], &["--config", ".secretsafe.yaml"]].concat();
    assert_eq!(run(folder.path(), &named).status, 0);
}
