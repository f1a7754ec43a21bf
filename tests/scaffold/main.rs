//! `scaffold`, without a cluster: what it prints has what the lesson asks for, `doctor` finds
//! nothing in it, no name becomes something else, and its commands are understood.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const KINDS: [&str; 3] = ["deployment", "statefulset", "cronjob"];
const LEVELS: [&str; 3] = ["plain", "sealed", "external"];
/// The exercise of the lesson.
const LESSON: [&str; 6] = [
    "--secret",
    "db:username,password",
    "--secret",
    "api:key",
    "--tls",
    "web",
];
const FILES: [&str; 5] = [
    "/etc/secrets/db/username",
    "/etc/secrets/db/password",
    "/etc/secrets/api/key",
    "/etc/secrets/web/tls.crt",
    "/etc/secrets/web/tls.key",
];

fn program(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(words)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("KUBECONFIG", "/nonexistent/kubeconfig")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn scaffold(more: &[&str]) -> (String, String) {
    let words: Vec<&str> = ["scaffold", "api"]
        .iter()
        .chain(&LESSON)
        .chain(more)
        .copied()
        .collect();
    let output = program(&words);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(0), "{words:?}: {err}");
    (out, err)
}

fn at_level(level: &str) -> Vec<&str> {
    match level {
        "external" => vec![
            "--level",
            level,
            "--store",
            "vault",
            "--path",
            "{name}#{key}",
        ],
        level => vec!["--level", level],
    }
}

/// The documents of a text, as YAML 1.1 has them.
fn documents(text: &str) -> Vec<Value> {
    // kubectl takes `0400` for octal; this reader does not.
    let text = text.replace("defaultMode: 0400", "defaultMode: 256");
    let all = text.split("\n---\n").filter(|text| {
        text.lines()
            .any(|line| !line.starts_with('#') && !line.trim().is_empty() && line != "---")
    });
    all.map(|text| serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}")))
        .collect()
}

/// The workload among them, and its pod.
fn pod(text: &str) -> Value {
    let workload = documents(text).pop().unwrap();
    let spec = &workload["spec"];
    let template = match workload["kind"].as_str().unwrap() {
        "CronJob" => &spec["jobTemplate"]["spec"]["template"],
        _ => &spec["template"],
    };
    template["spec"].clone()
}

/// Every kind at every level, as YAML.
fn everything() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for kind in KINDS {
        for level in LEVELS {
            let mut words = at_level(level);
            words.extend(["--kind", kind]);
            all.push((format!("{kind} {level}"), scaffold(&words).0));
        }
    }
    all
}

#[test]
fn doctor_finds_nothing_in_any_kind_at_any_level_in_any_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut looked = 0;
    for kind in KINDS {
        for level in LEVELS {
            for format in ["yaml", "json", "kyaml"] {
                let mut words = at_level(level);
                words.extend(["--kind", kind, "-o", format]);
                if kind != "cronjob" {
                    words.extend(["--port", "8080"]);
                }
                let path = folder.path().join("app.yaml");
                fs::write(&path, scaffold(&words).0).unwrap();
                let path = path.display().to_string();
                let found = program(&["doctor", "-o", "json", "--fail-on", "info", "-f", &path]);
                let report: Value = serde_json::from_slice(&found.stdout).unwrap();
                let part = &report["parts"][0];
                assert_eq!(
                    part["findings"].as_array().unwrap().len(),
                    0,
                    "{words:?}: {part}"
                );
                assert_eq!(found.status.code(), Some(0), "{words:?}");
                looked += 1;
            }
        }
    }
    assert_eq!(looked, 27);
    // It would find something.
    let path = folder.path().join("app.yaml");
    let text = scaffold(&[])
        .0
        .replace("defaultMode: 0400", "defaultMode: 400");
    fs::write(&path, text).unwrap();
    let found = program(&["doctor", "-f", &path.display().to_string()]);
    assert_eq!(found.status.code(), Some(1));
}

/// The first question of the lesson: are Secrets mounted, by default?
#[test]
fn secrets_are_files_and_no_variables() {
    for (what, text) in everything() {
        let pod = pod(&text);
        let container = &pod["containers"][0];
        assert!(
            container["env"].is_null() && container["envFrom"].is_null(),
            "{what}"
        );
        let volumes = pod["volumes"].as_array().unwrap();
        let mut files = Vec::new();
        for mount in container["volumeMounts"].as_array().unwrap() {
            let volume = volumes
                .iter()
                .find(|volume| volume["name"] == mount["name"]);
            for item in volume.unwrap()["secret"]["items"]
                .as_array()
                .into_iter()
                .flatten()
            {
                files.push(format!(
                    "{}/{}",
                    mount["mountPath"].as_str().unwrap(),
                    item["path"].as_str().unwrap()
                ));
            }
        }
        assert_eq!(files, FILES, "{what}");
    }
}

/// The second: is the mode 0400?
#[test]
fn the_mode_is_0400_and_the_process_can_read_it() {
    for (what, text) in everything() {
        assert_eq!(text.matches("defaultMode: 0400\n").count(), 3, "{what}");
        let pod = pod(&text);
        for volume in pod["volumes"].as_array().unwrap() {
            if let Some(secret) = volume["secret"].as_object() {
                assert_eq!(secret["defaultMode"], 0o400, "{what}");
            }
        }
        let context = &pod["securityContext"];
        assert_eq!(context["runAsUser"], 1000, "{what}");
        assert_eq!(context["fsGroup"], 1000, "{what}");
        assert_eq!(context["runAsNonRoot"], true, "{what}");
    }
}

/// The third: is every mount of a Secret read-only?
#[test]
fn mounts_of_secrets_are_read_only() {
    for (what, text) in everything() {
        let pod = pod(&text);
        let container = &pod["containers"][0];
        let mounts = container["volumeMounts"].as_array().unwrap();
        let writable: Vec<_> = mounts
            .iter()
            .filter(|mount| mount["readOnly"] != true)
            .map(|mount| mount["mountPath"].as_str().unwrap())
            .collect();
        assert_eq!(writable, ["/tmp"], "{what}");
        let context = &container["securityContext"];
        assert_eq!(context["readOnlyRootFilesystem"], true, "{what}");
        assert_eq!(context["allowPrivilegeEscalation"], false, "{what}");
        assert_eq!(context["capabilities"]["drop"][0], "ALL", "{what}");
        assert_eq!(pod["automountServiceAccountToken"], false, "{what}");
    }
}

/// The comments, as one line.
fn comments(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.strip_prefix('#'));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The fourth: does it warn that base64 is no encryption?
#[test]
fn it_warns_that_base64_is_no_encryption() {
    for (what, text) in everything() {
        let comments = comments(&text);
        for words in [
            "base64, which is an encoding and no encryption",
            "encrypted at rest",
        ] {
            assert!(comments.contains(words), "{what}: {comments}");
        }
    }
}

/// The fifth: does it say when to go up a level?
#[test]
fn it_says_when_to_go_up_a_level() {
    for (what, text) in everything() {
        let comments = comments(&text);
        let says = |words: &str| comments.contains(words);
        let higher = match () {
            () if what.ends_with("plain") => {
                says("When to go up a level:") && says("--level sealed") && says("--level external")
            }
            () if what.ends_with("sealed") => {
                says("When to go up a level:") && says("--level external")
            }
            () => says("This is the highest level"),
        };
        assert!(higher, "{what}: {comments}");
    }
}

#[test]
fn no_level_prints_a_secret() {
    for (what, text) in everything() {
        let made = documents(&text);
        let kinds: Vec<_> = made
            .iter()
            .map(|made| made["kind"].as_str().unwrap())
            .collect();
        assert!(!kinds.contains(&"Secret"), "{what}");
        let external = kinds
            .iter()
            .filter(|kind| **kind == "ExternalSecret")
            .count();
        assert_eq!(
            external,
            if what.ends_with("external") { 3 } else { 0 },
            "{what}"
        );
        let account = &made[0];
        assert_eq!(account["kind"], "ServiceAccount", "{what}");
        assert_eq!(account["automountServiceAccountToken"], false, "{what}");
    }
}

/// JSON has no comments: what is to be done is told beside it.
#[test]
fn every_format_is_the_same_objects() {
    for level in LEVELS {
        let of = |format: &str| {
            let mut words = at_level(level);
            words.extend(["-o", format]);
            scaffold(&words)
        };
        let json: Value = serde_json::from_str(&of("json").0).unwrap();
        let items = json["items"].as_array().unwrap();
        assert_eq!(&documents(&of("yaml").0), items, "{level}");
        let kyaml = of("kyaml").0;
        assert_eq!(&documents(&format!("\n{kyaml}")), items, "{level}");
        let (_, said) = of("json");
        if level != "external" {
            for secret in ["secret/db", "secret/api", "secret/web"] {
                assert!(said.contains(secret), "{level}: {said}");
            }
        }
    }
}

#[test]
fn what_is_typed_becomes_nothing_else_and_is_not_repeated() {
    const HOSTILE: [&str; 10] = [
        "$(id)",
        "a b",
        "a\nkind: Secret",
        "../x",
        "-x",
        "a;b",
        "a#b",
        "{{ .Values.x }}",
        "\u{202e}a",
        "hunter2 canary",
    ];
    for text in HOSTILE {
        let secret = format!("{text}:k");
        let key = format!("db:{text}");
        let file = format!("db:k={text}");
        for words in [
            vec!["scaffold", text, "--secret", "db:k"],
            vec!["scaffold", "api", "--secret", &secret],
            vec!["scaffold", "api", "--secret", &key],
            vec!["scaffold", "api", "--secret", &file],
            vec!["scaffold", "api", "--tls", text],
            vec!["scaffold", "api", "--secret", "db:k", "--image", text],
            vec!["scaffold", "api", "--secret", "db:k", "-n", text],
            vec![
                "scaffold",
                "api",
                "--secret",
                "db:k",
                "--kind",
                "cronjob",
                "--schedule",
                text,
            ],
            vec![
                "scaffold", "api", "--secret", "db:k", "--level", "external", "--path", "{key}",
                "--store", text,
            ],
        ] {
            // `-x` alone stands for keys that begin so, and those may.
            if text == "-x" && words.len() == 4 && words[3].starts_with("db:") {
                continue;
            }
            let output = program(&words);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{words:?}");
            assert!(output.stdout.is_empty(), "{words:?}");
            assert!(!said.contains("hunter2"), "{words:?}: {said}");
        }
    }
}

/// The commands in comments and hints are the same, and are understood as they stand.
#[test]
fn printed_commands_are_understood() {
    let mut seen = 0;
    for level in LEVELS {
        let mut words = at_level(level);
        words.extend(["-n", "shop", "--context", "my context"]);
        let (out, err) = scaffold(&words);
        let command = |line: &str| {
            let at = line.find("kubectl secretsafe ")?;
            Some(line[at..].to_owned())
        };
        let in_comments: Vec<_> = out.lines().filter_map(command).collect();
        let in_hints: Vec<_> = err.lines().filter_map(command).collect();
        assert!(!in_hints.is_empty(), "{level}: {err}");
        for line in in_comments.iter().chain(&in_hints) {
            assert!(line.contains("--context 'my context'"), "{line}");
            let typed = line.replace("kubectl secretsafe", "\"$0\"");
            // A shell takes it apart; the program says what it would read first.
            let output = Command::new("/bin/sh")
                .args(["-c", &typed, env!("CARGO_BIN_EXE_kubectl-secretsafe")])
                .env_clear()
                .env("HOME", "/nonexistent")
                .env("KUBECONFIG", "/nonexistent/kubeconfig")
                .current_dir(tempfile::tempdir().unwrap().path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            for words in [
                "unknown flag",
                "unexpected",
                "requires",
                "invalid value",
                "panicked",
            ] {
                assert!(!said.contains(words), "{line}: {said}");
            }
            seen += 1;
        }
        if level != "external" {
            assert_eq!(in_comments[..3], in_hints[..3], "{level}");
        }
    }
    assert!(seen >= 10, "{seen}");
}

/// What is in a snippet is a program: Python reads all five files as it says.
#[test]
fn snippets_read_the_files() {
    if Command::new("python3").arg("--version").output().is_err() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = scaffold(&["--snippets", "python"]).0;
    let code: Vec<_> = text
        .lines()
        .skip_while(|line| *line != "# In Python:")
        .skip(1)
        .map_while(|line| line.strip_prefix("#   ").or((line == "#").then_some("")))
        .collect();
    let root = folder.path().display().to_string();
    let mut code = code.join("\n").replace("/etc/secrets", &root);
    for file in FILES {
        let path = file.replace("/etc/secrets", &root);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, format!("value of {file}\n")).unwrap();
    }
    code += "\nprint([db_username, db_password, api_key, web_tls_crt, web_tls_key])";
    let output = Command::new("python3")
        .args(["-c", &code])
        .output()
        .unwrap();
    let wanted: Vec<_> = FILES
        .iter()
        .map(|file| format!("'value of {file}'"))
        .collect();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("[{}]\n", wanted.join(", ")),
        "{code}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_file_that_differs_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.yaml").display().to_string();
    let write = |more: &[&str]| {
        let words: Vec<&str> = ["scaffold", "api", "-w", &path]
            .iter()
            .chain(&LESSON)
            .chain(more)
            .copied()
            .collect();
        program(&words).status.code()
    };
    assert_eq!(write(&[]), Some(0));
    let before = fs::read(&path).unwrap();
    assert_eq!(write(&[]), Some(0));
    assert_eq!(write(&["--port", "80"]), Some(2));
    assert_eq!(fs::read(&path).unwrap(), before);
}
