//! `cargo bench --bench policy`: 1,000 server dry runs of Deployments with and without the
//! printed policy, on the test cluster: the time of kubectl, and the ratio. Rounds alternate, so
//! that what else the machine does counts for both.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use testcluster::{Cluster, Namespace, NodeWish};

const OBJECTS: usize = 1000;
/// Of these the least time counts.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let cluster = Cluster::start(NodeWish::ControlPlaneOnly).expect("the cluster starts");
    let namespace = cluster.namespace("bench-policy");
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    fs::write(file("objects.json"), objects()).expect("a file");
    let policy = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(["policy", "-q", "--mode", "deny", "--namespace-selector"])
        .arg(format!("kubernetes.io/metadata.name={}", namespace.name()))
        .output()
        .expect("the program runs");
    assert!(policy.status.success());
    fs::write(file("policy.yaml"), policy.stdout).expect("a file");
    fs::write(file("insecure.yaml"), INSECURE).expect("a file");

    let (mut without, mut with) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        without = without.min(apply(&cluster, &namespace, &file("objects.json")));
        assert!(kubectl(
            &cluster,
            &namespace,
            &["apply", "-f"],
            &file("policy.yaml")
        ));
        let start = Instant::now();
        while kubectl(
            &cluster,
            &namespace,
            &["create", "--dry-run=server", "-f"],
            &file("insecure.yaml"),
        ) {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "the policy counts"
            );
        }
        with = with.min(apply(&cluster, &namespace, &file("objects.json")));
        assert!(kubectl(
            &cluster,
            &namespace,
            &["delete", "-f"],
            &file("policy.yaml")
        ));
        let start = Instant::now();
        while !kubectl(
            &cluster,
            &namespace,
            &["create", "--dry-run=server", "-f"],
            &file("insecure.yaml"),
        ) {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "the policy is gone"
            );
        }
    }
    let seconds = |time: Duration| time.as_secs_f64();
    println!(
        "{OBJECTS} server dry runs: {:.2} s without, {:.2} s with the policy, ratio {:.3}; {:.2} ms more for each",
        seconds(without),
        seconds(with),
        seconds(with) / seconds(without),
        (seconds(with) - seconds(without)) * 1000.0 / OBJECTS as f64,
    );
    ExitCode::SUCCESS
}

const INSECURE: &str = "apiVersion: v1
kind: Pod
metadata: {name: insecure}
spec: {containers: [{name: c, image: x, envFrom: [{secretRef: {name: s}}]}]}
";

/// Deployments as they are written: two containers, twenty variables, a Secret as files.
fn objects() -> String {
    let variables: Vec<_> = (0..20)
        .map(|number| serde_json::json!({"name": format!("SETTING_{number}"), "value": format!("value {number}")}))
        .collect();
    let container = |name: &str| {
        serde_json::json!({
            "name": name, "image": "registry.example/app:1", "env": variables,
            "volumeMounts": [{"name": "db", "mountPath": "/etc/secrets/db", "readOnly": true}],
        })
    };
    let items: Vec<_> = (0..OBJECTS)
        .map(|number| {
            serde_json::json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": format!("app-{number}")},
                "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": {
                    "metadata": {"labels": {"app": "a"}},
                    "spec": {
                        "containers": [container("app"), container("side")],
                        "volumes": [{"name": "db", "secret": {"secretName": "db", "defaultMode": 256}}],
                    },
                }},
            })
        })
        .collect();
    serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

fn apply(cluster: &Cluster, namespace: &Namespace, file: &Path) -> Duration {
    let start = Instant::now();
    let words = ["create", "--dry-run=server", "--validate=false", "-f"];
    assert!(kubectl(cluster, namespace, &words, file));
    start.elapsed()
}

fn kubectl(cluster: &Cluster, namespace: &Namespace, words: &[&str], file: &Path) -> bool {
    Command::new(cluster.kubectl())
        .args(words)
        .arg(file)
        .env("KUBECONFIG", namespace.kubeconfig())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
