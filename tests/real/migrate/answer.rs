//! One answer to what was asked for: for a dry run, the run and a second one,
//! in words, in the document and in the status; and lists that are short enough
//! to be read. The workloads are paused or have no pods.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::app::{migrate, spec};
use crate::doctor::scene::Scene;
use crate::harness::{Invocation, Outcome, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("migrate::one_answer_for_each_way_to_ask", answers),
        trial("migrate::what_others_write_is_named", owned),
        trial("migrate::many_keys_are_folded", many),
    ]
}

fn variable(name: &str, key: &str) -> Value {
    json!({"name": name, "valueFrom": {"secretKeyRef": {"name": "db-creds", "key": key}}})
}

fn workload(kind: &str, name: &str, metadata: &Value, container: &Value) -> String {
    let labels = json!({"app": name});
    let mut container = container.clone();
    container["name"] = json!("main");
    container["image"] = json!("none");
    let mut metadata = metadata.clone();
    metadata["name"] = json!(name);
    let pod = json!({"securityContext": {"runAsUser": 0}, "containers": [container]});
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    let (version, spec) = match kind {
        "Deployment" => (
            "apps/v1",
            json!({"paused": true, "selector": {"matchLabels": labels}, "template": template}),
        ),
        "ReplicaSet" => (
            "apps/v1",
            json!({"replicas": 0, "selector": {"matchLabels": labels}, "template": template}),
        ),
        "Job" => {
            let mut template = template;
            template["spec"]["restartPolicy"] = json!("Never");
            ("batch/v1", json!({"suspend": true, "template": template}))
        }
        _ => {
            let mut pod = pod;
            pod["nodeSelector"] = json!({"no": "such-node"});
            ("v1", pod)
        }
    };
    json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}).to_string()
}

/// Whether a run says that not all that was asked for is done.
fn falls_short(said: &str) -> bool {
    said.contains("not done") || said.contains("cannot be done")
}

/// The status, the words and the outcome go together.
#[track_caller]
fn answers_with(scene: &Scene, words: &str, status: i32, outcomes: [&str; 3]) {
    let flags = ["--dry-run", "-y", "-y"];
    for (index, (flag, outcome)) in flags.into_iter().zip(outcomes).enumerate() {
        // The text and the document come to the same; the second run is the one
        // that finds the first one's change.
        let formats: &[&str] = if index == 0 {
            &["text", "json"]
        } else {
            &["json"]
        };
        for format in formats {
            let found = migrate(scene, &format!("{words} {flag} -o {format}")).status(status);
            let said: &Outcome = &found;
            assert_eq!(falls_short(&said.stderr), status == 5, "{}", said.stderr);
            if *format == "json" {
                let document: Value = serde_json::from_str(&said.stdout).unwrap();
                assert_eq!(document["outcome"], outcome, "{words} {flag}\n{document:#}");
            }
        }
    }
    let again = migrate(scene, &format!("{words} -y")).status(status);
    assert_eq!(falls_short(&again.stderr), status == 5, "{}", again.stderr);
}

/// Invariant 63.
fn answers() {
    let scene = Scene::new("migrate-answer");
    scene.create("db-creds --stdin password", "pw");
    let deployment = |name: &str, container: Value| {
        scene
            .namespace
            .apply(&workload("Deployment", name, &json!({}), &container));
    };
    let whole = variable("A", "password");
    let missing = variable("B", "none");
    deployment("whole", json!({"env": [whole]}));
    deployment("half", json!({"env": [whole, missing]}));
    deployment("refused", json!({"env": [missing]}));
    deployment("plain", json!({}));
    deployment("used", json!({"env": [whole], "args": ["$(A)"]}));
    deployment(
        "probed",
        json!({"env": [whole, variable("C", "password")],
        "readinessProbe": {"exec": {"command": ["sh", "-c", "test -n \"$C\""]}}}),
    );
    let all = "--complete --reads-files all";
    let not_all = ["notAll"; 3];
    let of = |name: &str, flags: &str| format!("deployment/{name} {flags}");
    // Whatever is asked of the last ones is what it was, so they come first.
    for (name, flags) in [
        ("half", ""),
        ("refused", ""),
        ("half", all),
        ("refused", all),
    ] {
        answers_with(&scene, &of(name, flags), 5, not_all);
    }
    for name in ["used", "probed"] {
        answers_with(&scene, &of(name, all), 5, not_all);
    }
    let done = ["wouldChange", "done", "nothingToDo"];
    answers_with(&scene, &of("whole", ""), 0, done);
    let second = "--remove-env --reads-files all";
    // Nothing says that its pods have the files, for it has none.
    answers_with(&scene, &of("whole", second), 0, done);
    answers_with(&scene, &of("plain", all), 0, ["nothingToDo"; 3]);
    // Of several the worst counts.
    answers_with(
        &scene,
        &format!("deployment/whole deployment/half {all}"),
        5,
        not_all,
    );
    // A file is answered as a live workload is.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("used.json");
    let text = workload(
        "Deployment",
        "used",
        &json!({}),
        &json!({"env": [whole], "args": ["$(A)"]}),
    );
    std::fs::write(&file, text).unwrap();
    for flags in [
        "",
        "--dry-run",
        "--write -y",
        "--write -y",
        "--write -y -o json",
    ] {
        let words = format!("-f {} {all} {flags}", file.display());
        let said = migrate(&scene, &words).status(5);
        assert!(falls_short(&said.stderr), "{}", said.stderr);
    }
}

/// What doctor proposes for each, and that `migrate` says the same.
///
/// Invariants 31, 34.
fn owned() {
    let scene = Scene::new("migrate-owned");
    scene.create("db-creds --stdin password", "pw");
    let container = json!({"env": [variable("A", "password")]});
    let metadata = [
        (
            "helm",
            json!({"labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {"meta.helm.sh/release-name": "shop"}}),
            "Helm (release shop)",
        ),
        (
            "argo",
            json!({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:n/argo"}}),
            "Argo CD (Application shop)",
        ),
        (
            "flux",
            json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "shop",
            "kustomize.toolkit.fluxcd.io/namespace": "git"}}),
            "Flux (Kustomization git/shop)",
        ),
    ];
    let proposal = |object: &str| {
        let report = scene.doctor(object);
        report.of_rule("SS013")["fixes"].to_string()
    };
    for (name, metadata, who) in metadata {
        scene
            .namespace
            .apply(&workload("Deployment", name, &metadata, &container));
        let object = format!("deployment/{name}");
        let fixes = proposal(&object);
        assert!(fixes.contains(who), "{fixes}");
        assert!(!fixes.contains("secretsafe migrate"), "{fixes}");
        let before = spec(&scene, &object);
        for (flags, words) in [("--dry-run", "cannot be done"), ("-y", "not done")] {
            migrate(&scene, &format!("{object} {flags}"))
                .status(5)
                .says(words);
        }
        assert_eq!(spec(&scene, &object), before);
    }
    for (kind, place) in [
        ("Pod", "the file the pod was created from"),
        ("Job", "the file (or the CronJob)"),
        ("ReplicaSet", "the file it was created from"),
    ] {
        let name = format!("bare-{}", kind.to_lowercase());
        scene
            .namespace
            .apply(&workload(kind, &name, &json!({}), &container));
        let fixes = proposal(&format!("{}/{name}", kind.to_lowercase()));
        assert!(fixes.contains(place), "{fixes}");
        assert!(!fixes.contains("secretsafe migrate"), "{fixes}");
    }
    scene
        .namespace
        .apply(&workload("Deployment", "own", &json!({}), &container));
    let fixes = proposal("deployment/own");
    assert!(
        fixes.contains("kubectl secretsafe migrate deployment/own -n"),
        "{fixes}"
    );
}

/// 300 keys are told in some lines that a terminal shows, and JSON has them all.
fn many() {
    let scene = Scene::new("migrate-many");
    let keys: serde_json::Map<_, _> = (0..300)
        .map(|at| (format!("KEY_{at:03}"), json!("eA==")))
        .collect();
    scene.namespace.apply(
        &json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "big"}, "data": keys})
            .to_string(),
    );
    let one_by_one: Vec<_> = keys
        .keys()
        .map(|key| json!({"name": format!("V_{key}"), "valueFrom": {"secretKeyRef": {"name": "big", "key": key}}}))
        .collect();
    let gone: Vec<_> = (0..40)
        .map(|at| json!({"name": format!("GONE_{at}"), "valueFrom": {"secretKeyRef": {"name": "big", "key": format!("none{at}")}}}))
        .collect();
    for (name, container) in [
        ("from", json!({"envFrom": [{"secretRef": {"name": "big"}}]})),
        ("each", json!({"env": one_by_one})),
        ("gone", json!({"env": gone})),
    ] {
        scene
            .namespace
            .apply(&workload("Deployment", name, &json!({}), &container));
    }
    let run = |words: &str| {
        Invocation::of(&scene.namespace.kubeconfig())
            .words(words)
            .run()
    };
    let flags = "--complete --reads-files all --dry-run";
    for (words, all) in [
        (format!("migrate deployment/from {flags}"), "KEY_299"),
        (format!("migrate deployment/each {flags}"), "V_KEY_299"),
        (format!("migrate deployment/gone {flags}"), "none39"),
        ("consumers big".to_owned(), "KEY_299"),
        ("doctor deployment/each".to_owned(), "V_KEY_299"),
        ("doctor deployment/from".to_owned(), "big"),
        ("doctor deployment/gone".to_owned(), "GONE_39"),
    ] {
        let text = run(&words).stdout;
        let lines = text.lines().count();
        let longest = text.lines().map(str::len).max().unwrap_or(0);
        let most = if words.starts_with("migrate") {
            60
        } else {
            120
        };
        assert!(lines <= most, "{words}: {lines} lines\n{text}");
        assert!(longest <= 400, "{words}: {longest} letters\n{text}");
        let document = run(&format!("{words} -o json")).stdout;
        assert!(
            document.contains(all),
            "{words}: {all} is not in the document"
        );
    }
    let text = run(&format!("migrate deployment/from {flags}")).stdout;
    assert!(text.contains("and 290 more"), "{text}");
}
