//! `migrate --status` and `--report`: a repository whose workloads are at every stage,
//! and one with a thousand of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Has {
    Nothing,
    Variable,
    Both,
    Files,
}

fn deployment(name: &str, has: Has) -> String {
    let variable = match has {
        Has::Variable | Has::Both => {
            "        env:\n        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: \
             password}}}\n"
        }
        Has::Nothing | Has::Files => "",
    };
    let files = match has {
        Has::Files | Has::Both => {
            "        volumeMounts: [{name: db, mountPath: /etc/secrets/db, readOnly: true}]\n      \
             volumes: [{name: db, secret: {secretName: db, defaultMode: 0400, items: [{key: \
             password, path: password}]}}]\n"
        }
        Has::Nothing | Has::Variable => "",
    };
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  selector: \
         {{matchLabels: {{a: {name}}}}}\n  template:\n    metadata: {{labels: {{a: {name}}}}}\n    \
         spec:\n      securityContext: {{runAsUser: 1000, fsGroup: 1000}}\n      containers:\n      - \
         name: api\n        image: x\n{variable}{files}"
    )
}

const ANSWERS: &str = "apiVersion: secretsafe.dev/v1\nkind: DoctorConfig\nmigrate:\n- objects: \
                       [deployment/ready]\n  readsFiles: [PASSWORD]\n";

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let all = [
        ("fresh", Has::Variable),
        ("mounted", Has::Both),
        ("ready", Has::Both),
        ("done", Has::Files),
        ("other", Has::Nothing),
    ];
    let text: Vec<_> = all.map(|(name, has)| deployment(name, has)).into();
    fs::write(folder.path().join("all.yaml"), text.join("---\n")).unwrap();
    fs::write(folder.path().join(".secretsafe.yaml"), ANSWERS).unwrap();
    folder
}

fn run(folder: &Path, words: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(words.split(' '))
        .current_dir(folder)
        .env("KUBECONFIG", "/nowhere")
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn is_of_schema(document: &Value, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
    let schema = fs::read_to_string(path.join(name)).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    jsonschema::validate(&schema, document).unwrap();
}

#[test]
fn every_stage_is_told() {
    let folder = repository();
    let before = fs::read(folder.path().join("all.yaml")).unwrap();
    let told = run(folder.path(), "migrate --status -f all.yaml");
    assert_eq!(told.status.code(), Some(0));
    let told = out(&told);
    for line in [
        "not mounted  deployment/fresh in default (all.yaml)    1 not mounted",
        "mounted      deployment/mounted in default (all.yaml)  1 mounted",
        "app ready    deployment/ready in default (all.yaml)    1 app ready",
        "removed      deployment/done in default (all.yaml)",
        "4 workloads using Secrets as variables or files: 1 not mounted, 1 mounted, 1 app ready, 1 removed",
        "3 variables from Secrets: 1 not mounted, 1 mounted, 1 app ready",
        "app ready: to see the removal: kubectl secretsafe migrate -f all.yaml --remove-env",
    ] {
        assert!(told.lines().any(|own| own == line), "{line}\n{told}");
    }
    let json = out(&run(folder.path(), "migrate --status -f all.yaml -o json"));
    let json: Value = serde_json::from_str(&json).unwrap();
    is_of_schema(&json, "migration-status-v1.json");
    let stages = json["items"].as_array().unwrap().iter();
    let stages = stages.map(|item| {
        (
            item["name"].as_str().unwrap(),
            item["stage"].as_str().unwrap(),
        )
    });
    let stages: Vec<_> = stages.collect();
    assert_eq!(
        stages,
        [
            ("fresh", "notMounted"),
            ("mounted", "mounted"),
            ("ready", "appReady"),
            ("done", "removed")
        ]
    );
    assert_eq!(fs::read(folder.path().join("all.yaml")).unwrap(), before);
    // What is told to be next does what it says.
    let next = run(folder.path(), "migrate -f all.yaml --remove-env -o diff");
    assert!(out(&next).contains("PASSWORD"), "{}", out(&next));
}

/// A manifest that says nothing of users is one whose user is known, where the
/// configuration tells as whom the image starts.
#[test]
fn users_of_images_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let user = "      securityContext: {runAsUser: 1000, fsGroup: 1000}\n";
    let text = deployment("api", Has::Both).replace(user, "");
    assert!(!text.contains("runAsUser"));
    fs::write(folder.path().join("all.yaml"), &text).unwrap();
    let plan = || {
        run(
            folder.path(),
            "migrate -f all.yaml --remove-env --reads-files all",
        )
    };
    let unknown = plan();
    assert_eq!(unknown.status.code(), Some(5), "{}", out(&unknown));
    let answer = |user: &str| {
        let text =
            format!("migrate: [{{objects: [deployment/api], imageUsers: {{x: '{user}'}}}}]\n");
        fs::write(folder.path().join(".secretsafe.yaml"), text).unwrap();
        plan()
    };
    let root = answer("0:0");
    assert_eq!(root.status.code(), Some(0), "{}", out(&root));
    assert!(
        out(&root).contains("image x of container api starts as root (configuration: imageUsers)")
    );
    let other = answer("1000:1000");
    assert_eq!(other.status.code(), Some(5), "{}", out(&other));
    assert!(out(&other).contains("uid 1000"), "{}", out(&other));
    // Another workload's answer is none.
    let text = "migrate: [{objects: [deployment/web], imageUsers: {x: '0:0'}}]\n";
    fs::write(folder.path().join(".secretsafe.yaml"), text).unwrap();
    assert_eq!(plan().status.code(), Some(5));
    let json = || run(folder.path(), "migrate -f all.yaml -o json");
    answer("0:0");
    let json: Value = serde_json::from_str(&out(&json())).unwrap();
    is_of_schema(&json, "migration-v1.json");
}

#[test]
fn what_cannot_be_read_is_no_stage() {
    let folder = repository();
    fs::write(folder.path().join("broken.yaml"), "a: [\n").unwrap();
    let told = run(folder.path(), "migrate --status -f .");
    assert_eq!(told.status.code(), Some(2));
}

#[test]
fn a_thousand_workloads_fit_a_screen_and_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let text: Vec<_> = (0..1000)
        .map(|number| deployment(&format!("app-{number}"), Has::Variable))
        .collect();
    fs::write(folder.path().join("all.yaml"), text.join("---\n")).unwrap();
    for words in ["migrate -f all.yaml", "migrate --status -f all.yaml"] {
        let told = out(&run(folder.path(), words));
        assert!(
            told.lines().count() < 60,
            "{words}: {}",
            told.lines().count()
        );
    }
    let told = run(folder.path(), "migrate -f all.yaml --report plan.html");
    assert_eq!(told.status.code(), Some(0));
    let page = fs::read_to_string(folder.path().join("plan.html")).unwrap();
    for number in [0, 500, 999] {
        assert!(page.contains(&format!(
            "<strong>deployment/app-{number} in default</strong>"
        )));
    }
    assert!(page.contains("1000 workloads, 1000 variables from Secrets."));
    run(folder.path(), "migrate -f all.yaml --report plan.json");
    let plan = fs::read_to_string(folder.path().join("plan.json")).unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();
    is_of_schema(&plan, "migration-v1.json");
    assert_eq!(plan["plans"].as_array().unwrap().len(), 1000);
}

#[test]
fn a_report_escapes_names_and_replaces_no_manifest() {
    let folder = repository();
    let name = "<img src=x onerror=alert(1)>.yaml";
    fs::write(folder.path().join(name), deployment("x", Has::Variable)).unwrap();
    assert_eq!(
        run(folder.path(), "migrate -f . --report plan.html")
            .status
            .code(),
        Some(0)
    );
    let page = fs::read_to_string(folder.path().join("plan.html")).unwrap();
    assert!(!page.contains("<img"), "{page}");
    let manifest = folder.path().join("app.json");
    let text = r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}"#;
    fs::write(&manifest, text).unwrap();
    for report in ["app.json", "plan.txt", "no/such/plan.json"] {
        let ended = run(
            folder.path(),
            &format!("migrate -f all.yaml --report {report}"),
        );
        assert_eq!(ended.status.code(), Some(2), "{report}");
    }
    assert_eq!(fs::read_to_string(&manifest).unwrap(), text);
}

/// What the plan leaves out is not removed: an `envFrom` whose Secret is nowhere, a name that
/// no Secret can have, and an `envFrom` beside files.
#[test]
fn what_a_plan_leaves_out_is_not_mounted() {
    let folder = tempfile::tempdir().unwrap();
    let from = |secret: &str| format!("        envFrom: [{{secretRef: {{name: {secret}}}}}]\n");
    for (name, more, has, mounted) in [
        ("unknown", from("shop-api"), Has::Nothing, 0),
        ("impossible", from("DB-Creds"), Has::Nothing, 0),
        ("beside", from("shop-api"), Has::Both, 1),
    ] {
        let text = deployment(name, has).replace("image: x\n", &format!("image: x\n{more}"));
        fs::write(folder.path().join("all.yaml"), text).unwrap();
        let output = run(folder.path(), "migrate --status -f all.yaml -o json");
        let document: Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!(
            document["workloads"]["notMounted"], 1,
            "{name}: {document:#}"
        );
        assert_eq!(document["workloads"]["removed"], 0, "{name}");
        assert_eq!(document["variables"]["notMounted"], 1, "{name}");
        assert_eq!(document["variables"]["mounted"], mounted, "{name}");
    }
}
