//! What `--schedule` and `--print-rbac` print can be used.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::program;

fn printed(words: &[&str]) -> String {
    let output = program().arg("audit").args(words).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The findings of `doctor` at the severity of an error.
fn errors(manifest: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.yaml");
    fs::write(&file, manifest).unwrap();
    let output = program()
        .args(["doctor", "-o", "json", "-f"])
        .arg(&file)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["problems"], json!([]));
    assert!(report["parts"][0]["workloads"].as_u64() > Some(0));
    let findings = report["parts"][0]["findings"].as_array().unwrap();
    findings
        .iter()
        .filter(|found| found["severity"] == "error")
        .cloned()
        .collect()
}

const IMAGE: [&str; 2] = ["--image", "registry.example/secretsafe:1"];

#[test]
fn a_cron_job_has_no_errors() {
    for scope in [
        &["-A"][..],
        &["-n", "shop"],
        &["-n", "shop", "-l", "app in (a, b)", "--max-age", "12h"],
    ] {
        let words = [&["--schedule"][..], &IMAGE, scope].concat();
        let manifest = printed(&words);
        assert_eq!(errors(&manifest), [] as [Value; 0], "{manifest}");
        assert!(manifest.contains("kind: CronJob"));
        assert!(!manifest.contains("verbs: [\"*\"]") && !manifest.contains("patch"));
    }
    let namespaced = printed(&["--schedule=cronjob", "--image", "x", "-n", "shop"]);
    // Outside the namespace, nothing that tells of Secrets but who can read them.
    let cluster = namespaced
        .split("---\n")
        .find(|part| part.contains("kind: ClusterRole\n"));
    let cluster = cluster.unwrap();
    assert!(
        !cluster.contains("secrets,") && !cluster.contains("[secrets"),
        "{cluster}"
    );
    assert!(cluster.contains("clusterrolebindings"), "{cluster}");
}

/// `doctor` is scheduled alike, with what its flags say.
#[test]
fn a_cron_job_of_doctor_has_no_errors() {
    let run = |words: &[&str]| {
        let words = [&["doctor", "--schedule"][..], &IMAGE, words].concat();
        program().args(words).output().unwrap()
    };
    for (words, wanted) in [
        (
            &["-A"][..],
            r#"args: ["doctor", "-A", "--fail-on=warning"]"#,
        ),
        (
            &["-n", "shop", "-o", "prometheus", "--fail-on", "never"],
            r#"args: ["doctor", "--namespace=shop", "--output=prometheus", "--fail-on=never"]"#,
        ),
    ] {
        let output = run(words);
        assert!(output.status.success());
        let manifest = String::from_utf8(output.stdout).unwrap();
        assert_eq!(errors(&manifest), [] as [Value; 0], "{manifest}");
        assert!(manifest.contains(wanted), "{manifest}");
        assert!(manifest.contains("name: secretsafe-doctor"), "{manifest}");
        assert!(!manifest.contains("verbs: [\"*\"]") && !manifest.contains("patch"));
    }
    for image in ["", " ", "a\nb", "a\u{9b}31mb", "--x", "a b", "a@b"] {
        let image = format!("--image={image}");
        for command in ["doctor", "audit"] {
            let output = program()
                .args([command, "--schedule", &image, "-A"])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(2), "{command} {image:?}");
        }
    }
    // What the CronJob would not do is refused.
    for words in [
        &["-o", "json=report.json"][..],
        &["-n", "A b"],
        &["-f", "x.yaml"],
        &["--only", "SS013"],
        &["--baseline", "x"],
        &["deploy/api"],
        &["-R"],
        &["--assume-complete"],
        &["-n", "a.b"],
    ] {
        assert_eq!(run(words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn what_cannot_be_scheduled_is_refused() {
    for words in [
        &["--schedule"][..],
        &["--schedule", "--image", "x", "-l", "a\n- b"],
        &["--schedule=ci", "-l", "a=${{ x }}"],
        &["--schedule", "--image", "x", "-n", "A b"],
        &["--schedule", "--image", "x", "-o", "json"],
        &["--image", "x"],
    ] {
        let output = program().arg("audit").args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty());
    }
}

/// The steps of the workflow in a shell, with a program that says how it was called.
#[test]
fn the_workflow_runs_the_audit() {
    let text = printed(&["--schedule=ci", "-n", "shop", "-l", "app in (a, b)"]);
    let script = "import json,sys,yaml\nprint(json.dumps(yaml.safe_load(sys.stdin)))";
    let has_yaml = Command::new("python3")
        .args(["-c", "import yaml"])
        .status()
        .unwrap()
        .success();
    let run = match has_yaml {
        true => {
            use std::io::Write as _;
            let mut python = Command::new("python3")
                .args(["-c", script])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            python
                .stdin
                .take()
                .unwrap()
                .write_all(text.as_bytes())
                .unwrap();
            let output = python.wait_with_output().unwrap();
            let workflow: Value = serde_json::from_slice(&output.stdout).unwrap();
            let step = &workflow["jobs"]["audit"]["steps"][0];
            step["run"].as_str().unwrap().to_owned()
        }
        false => {
            let (_, rest) = text.split_once("run: |\n").unwrap();
            let lines = rest.lines().map_while(|line| line.strip_prefix("        "));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let stub = folder.path().join("kubectl-secretsafe");
    fs::write(
        &stub,
        "#!/bin/sh\n{ cat \"$KUBECONFIG\"; echo; printf '%s\\n' \"$@\"; } > called\nexit 1\n",
    )
    .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&stub, mode).unwrap();
    let status = Command::new("/bin/bash")
        .args(["-e", "-c", &run])
        .current_dir(folder.path())
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .env("RUNNER_TEMP", folder.path())
        .env("KUBECONFIG_FILE", "apiVersion: v1")
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1), "the status is that of the audit");
    let called = fs::read_to_string(folder.path().join("called")).unwrap();
    let mut words: Vec<_> = called.lines().collect();
    assert_eq!(words.remove(0), "apiVersion: v1", "the kubeconfig");
    assert!(
        !folder.path().join("kubeconfig").exists(),
        "it is left behind"
    );
    let expected = [
        "audit",
        "--namespace=shop",
        "--max-age=90d",
        "--selector=app in (a, b)",
        "-o",
        "text",
        "-o",
        "csv=secrets.csv",
        "-o",
        "html=secrets.html",
    ];
    assert_eq!(words, expected);
}

#[test]
fn the_printed_roles_name_what_is_listed() {
    let cluster = printed(&["--print-rbac", "-A"]);
    assert!(cluster.contains("kind: ClusterRole\n") && cluster.contains("secretsafe-audit"));
    assert!(
        !cluster.contains("events") && !cluster.contains("nodes"),
        "{cluster}"
    );
    for plural in ["secrets", "pods", "rolebindings", "sealedsecrets"] {
        assert!(cluster.contains(plural), "{plural}");
    }
}
