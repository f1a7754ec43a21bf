//! `audit` on a real cluster: its figures against the raw lists, and what it prints.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::canary::Canary;
use crate::doctor::scene::Scene;
use crate::harness::{Invocation, Outcome, cluster, node_trial, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("audit::every_row_is_what_the_raw_lists_say", independent),
        trial("audit::the_printed_roles_are_enough", roles),
        trial("audit::the_printed_cron_job_is_accepted", cron_job),
        trial("audit::no_value_on_the_wire", no_value),
    ]
}

const LISTS: [&str; 14] = [
    "pods",
    "serviceaccounts",
    "replicationcontrollers",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
    "ingresses",
    "roles",
    "rolebindings",
    "clusterroles",
    "clusterrolebindings",
];

/// Writes the lists of the namespace and of the cluster as kubectl prints them.
fn lists(scene: &Scene, folder: &Path) {
    for resource in LISTS.into_iter().chain(["secrets"]) {
        let words = ["get", resource, "--show-managed-fields", "-o", "json"];
        let output = scene.namespace.kubectl(words);
        assert!(output.status.success(), "{resource}");
        fs::write(folder.join(format!("{resource}.json")), output.stdout).unwrap();
    }
}

fn audit(scene: &Scene, words: &str) -> Outcome {
    Invocation::of(&scene.namespace.kubeconfig())
        .words("audit")
        .words(words)
        .run()
}

/// Managers of several kinds, a Deployment that runs with an old value, and readers of
/// every kind. The lists of the cluster may change while they are read, so it is tried
/// again.
fn independent() {
    let scene = Scene::new("audit");
    scene.create("db --stdin password --generate user", "old");
    scene.create("web --stdin token", "x");
    scene.namespace.apply(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: applied}\nstringData: {a: x, b: z}\n---\n\
         apiVersion: v1\nkind: Secret\nmetadata: {name: mirror, annotations: \
         {replicator.v1.mittwald.de/replicate-from: SPACE/db}}\nstringData: {password: z}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: one}\n\
         rules: [{apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get]}]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: one}\n\
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: one}\n\
         subjects: [{kind: ServiceAccount, name: default}, {apiGroup: rbac.authorization.k8s.io, kind: Group, name: ops}]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: all}\n\
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}\n\
         subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]\n"
            .replace("SPACE", scene.namespace.name())
            .as_str(),
    );
    scene.deploy(
        "env",
        "",
        "env:\n- name: P\n  valueFrom: {secretKeyRef: {name: db, key: password}}",
    );
    scene.deploy(
        "files",
        "volumes: [{name: db, secret: {secretName: db}}]",
        "volumeMounts: [{name: db, mountPath: /db, readOnly: true}]",
    );
    scene.wait_ready("env");
    scene.wait_ready("files");
    // Certainly later than the containers' start, by any clock.
    std::thread::sleep(std::time::Duration::from_secs(95));
    scene.create("db --stdin password --update --yes", "new");
    std::thread::sleep(std::time::Duration::from_secs(2));

    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit/independent.py");
    let mut said = String::new();
    for _ in 0..5 {
        lists(&scene, folder.path());
        let outcome = audit(&scene, "--max-age 1m -o json");
        let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(report["run"]["exitStatus"], 1, "{report:#}");
        let file = folder.path().join("audit.json");
        fs::write(&file, &outcome.stdout).unwrap();
        let output = Command::new("python3")
            .arg(&script)
            .arg(folder.path())
            .arg(&file)
            .output()
            .unwrap();
        said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if !output.status.success() {
            continue;
        }
        let row = |name: &str, key: &str| {
            let rows = report["parts"][0]["rows"].as_array().unwrap();
            let found = rows
                .iter()
                .find(|row| row["secret"] == name && row["key"] == key);
            found.unwrap().clone()
        };
        let password = row("db", "password");
        assert_eq!(password["consumers"]["count"], 2);
        assert_eq!(password["consumers"]["stale"], 1, "{password:#}");
        assert_eq!(password["copies"], 1);
        // As the report says: the manager has one time, which its write of the other key
        // moved.
        assert_eq!(row("db", "user")["lastWritten"], password["lastWritten"]);
        assert_eq!(row("web", "token")["overdue"], true);
        assert_eq!(
            row("applied", "a")["lastWriter"],
            "kubectl-client-side-apply"
        );
        return;
    }
    panic!("{said}");
}

/// A user who has the printed roles and nothing else sees everything; without them the
/// report says what is missing.
fn roles() {
    let scene = Scene::new("audit-roles");
    scene.create("db --stdin password", "x");
    let user = scene.namespace.user(&[]);
    let as_user = |words: &str| Invocation::of(user.kubeconfig()).words(words).run();
    let blind = as_user("audit").status(3);
    assert!(
        blind.stdout.contains("not allowed to list secrets"),
        "{}",
        blind.stdout
    );
    let printed = as_user("audit --print-rbac").status(0).stdout;
    scene.namespace.apply(&printed);
    let name = scene.namespace.name();
    let user_flag = format!("--user={}", user.name());
    for words in [
        [
            "create",
            "rolebinding",
            "audit",
            "--role=secretsafe-audit",
            &user_flag,
        ],
        [
            "create",
            "clusterrolebinding",
            name,
            "--clusterrole=secretsafe-audit-cluster",
            &user_flag,
        ],
    ] {
        assert!(scene.namespace.kubectl(words).status.success());
    }
    scene.wait("the roles are in force", || {
        let question = ["auth", "can-i", "list", "clusterroles", "--as", user.name()];
        scene.namespace.kubectl(question).status.success()
    });
    let seeing = as_user("audit -o json");
    let cleaned = scene
        .namespace
        .kubectl(["delete", "clusterrolebinding", name]);
    assert!(cleaned.status.success());
    let report: Value = serde_json::from_str(&seeing.stdout).unwrap();
    assert_eq!(report["run"]["exitStatus"], 0, "{report:#}");
    let row = &report["parts"][0]["rows"][0];
    assert_eq!(row["secret"], "db");
    assert!(row["readers"]["count"].as_u64() > Some(0), "{row:#}");
    // Secrets of other namespaces may not be listed, and may be copies.
    assert_eq!(row["copies"], Value::Null);
    assert_eq!(row["notKnown"][0], "copies: not checked without -A");
}

fn cron_job() {
    let scene = Scene::new("audit-job");
    for scope in ["", "-A"] {
        let printed = audit(
            &scene,
            &format!("--schedule --image registry.example/x:1 {scope}"),
        )
        .status(0)
        .stdout;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("audit.yaml");
        // A dry run does not make the namespace that the rest is in.
        let own = printed.replace(
            "\"secretsafe-audit\"",
            &format!("{:?}", scene.namespace.name()),
        );
        fs::write(&file, own).unwrap();
        let file = file.display().to_string();
        let words = [
            "create",
            "--dry-run=server",
            "--validate=strict",
            "-f",
            &file,
        ];
        let output = scene.namespace.kubectl(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let made = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            made.contains("cronjob.batch/secretsafe-audit created"),
            "{made}{said}"
        );
        // Only the namespace of the test is there already.
        let others = said.lines().filter(|line| !line.contains("AlreadyExists"));
        assert_eq!(others.collect::<Vec<_>>(), [""; 0]);
    }
}

/// As for `doctor`: the API server's audit log holds every answer as it was sent.
fn no_value() {
    let scene = Scene::new("audit-wire");
    let canary = Canary::new(48);
    for number in 0..5 {
        scene.create(&format!("plain-{number} --stdin password"), canary.text());
    }
    let user = format!("{}-looker", scene.namespace.name());
    let as_user = format!("--as {user} --as-group system:masters");
    let outcome = audit(&scene, &format!("-A -v6 -o json {as_user}"));
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(said.contains("plain-4"), "{said}");
    assert_eq!(canary.hits(said.as_bytes()), []);
    // The control: kubectl moves the values, and the log shows it.
    Invocation::of_program(cluster().kubectl(), &scene.namespace.kubeconfig())
        .words("get secrets -o json")
        .words(&as_user)
        .run()
        .status(0);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let log = fs::File::open(cluster().audit_log()).unwrap();
    for line in BufReader::new(log).split(b'\n').map(Result::unwrap) {
        let Ok(event) = serde_json::from_slice::<Value>(&line) else {
            continue;
        };
        if event["impersonatedUser"]["username"] != *user {
            continue;
        }
        let agent = event["userAgent"].as_str().unwrap_or_default();
        match agent.starts_with("kubectl-secretsafe/") {
            true => ours.extend(line),
            false => theirs.extend(line),
        }
    }
    assert!(!ours.is_empty() && !canary.hits(&theirs).is_empty());
    assert_eq!(canary.hits(&ours), [], "a value was sent");
}
