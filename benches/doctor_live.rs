//! `cargo bench --bench doctor_live`: `doctor -A` and `audit -A` over 5,000 pods and
//! 10,000 Secrets, of which 8,000 are Helm releases, against reading the Secrets with
//! kubectl: bytes that the server sends, time and memory, in one run.
//!
//! The pods stay pending: there is no node, and none is needed to read them.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/program.rs"]
mod program;
#[path = "timing/relay.rs"]
mod relay;
mod timing;

use std::fs;
use std::process::{Child, Command, ExitCode, Stdio};

use serde_json::{Value, json};
use testcluster::{Cluster, NodeWish};

use relay::Relay;
use timing::{ROUNDS, command, compare, told};

const PODS: usize = 5_000;
const SECRETS: usize = 2_000;
const RELEASES: usize = 8_000;
/// Base64 text of one release: small for Helm, which favours kubectl.
const RELEASE_BYTES: usize = 8 * 1024;
/// A round takes seconds.
const FEW_ROUNDS: usize = ROUNDS / 5;
/// Files that kubectl creates at the same time.
const HANDS: usize = 8;

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let cluster = Cluster::start(NodeWish::ControlPlaneOnly).expect("the cluster starts");
    let namespace = cluster.namespace("bench");
    println!("creating {PODS} pods and {} Secrets", SECRETS + RELEASES);
    fill(&cluster, namespace.name());

    let address = cluster.server().trim_start_matches("https://").to_owned();
    let relay = Relay::start(address.clone()).expect("a loopback port");
    let folder = tempfile::tempdir().expect("a folder");
    let kubeconfig = folder.path().join("kubeconfig");
    let direct = fs::read_to_string(cluster.kubeconfig()).expect("the cluster has a kubeconfig");
    fs::write(&kubeconfig, direct.replace(&address, &relay.address())).expect("a file");

    let program = &program::program();
    let words = ["get", "secrets", "-A", "-o", "json"];
    let theirs = |_| command(cluster.kubectl(), &kubeconfig, &words);
    for name in ["doctor", "audit"] {
        let ours = |_| command(program, &kubeconfig, &[name, "-A"]);
        let [their_bytes, our_bytes] = [theirs(0), ours(0)].map(|mut command| {
            relay.counted(|| {
                let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
                assert!(matches!(status.expect("it runs").code(), Some(0 | 1)));
            })
        });
        let figures = compare(FEW_ROUNDS, &theirs, &ours);
        let what = format!("{name} -A");
        println!("{}", told(&what, "kubectl get secrets", figures));
        let ratio = their_bytes as f64 / our_bytes as f64;
        println!(
            "  bytes from the server: kubectl {:.2} MiB, ours {:.2} MiB; {ratio:.1} times fewer",
            mebibytes(their_bytes),
            mebibytes(our_bytes),
        );
        let met = |met: bool| if met { "met" } else { "NOT MET" };
        println!(
            "  goals: 20 times fewer bytes {}, under 150 MiB {}",
            met(ratio >= 20.0),
            met(figures[1].memory < 150.0),
        );
    }
    ExitCode::SUCCESS
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

/// Creates everything, several files at a time.
fn fill(cluster: &Cluster, namespace: &str) {
    let objects: Vec<_> = (0..SECRETS)
        .map(secret)
        .chain((0..RELEASES).map(release))
        .chain((0..PODS).map(pod))
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let hands: Vec<Child> = objects
        .chunks(objects.len().div_ceil(HANDS))
        .enumerate()
        .map(|(hand, items)| {
            let file = folder.path().join(format!("{hand}.json"));
            let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
            fs::write(&file, list.to_string()).expect("a file");
            Command::new(cluster.kubectl())
                .args(["create", "-n", namespace, "-o", "name", "-f"])
                .arg(&file)
                .env("KUBECONFIG", cluster.kubeconfig())
                .stdout(Stdio::null())
                .spawn()
                .expect("kubectl runs")
        })
        .collect();
    for mut hand in hands {
        let status = hand.wait().expect("kubectl ends");
        assert!(status.success(), "objects could not be created");
    }
}

fn secret(number: usize) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": format!("app-{number}")},
        "stringData": {"password": format!("generated-for-the-bench-{number}")},
    })
}

/// What Helm keeps of a release: text that does not compress.
fn release(number: usize) -> Value {
    let mut text = vec![0; RELEASE_BYTES / 4 * 3];
    getrandom::fill(&mut text).expect("random bytes");
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": format!("sh.helm.release.v1.app-{}.v{}", number / 10, number % 10 + 1),
            "labels": {"owner": "helm", "name": format!("app-{}", number / 10)},
        },
        "stringData": {"release": base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text)},
    })
}

/// A pod that takes one Secret as a variable and mounts another.
fn pod(number: usize) -> Value {
    let [variable, mounted] = [number % SECRETS, (number + 1) % SECRETS];
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("app-{number}"), "labels": {"app": format!("app-{number}")}},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "runAsUser": 1000, "fsGroup": 1000},
            "containers": [{
                "name": "app", "image": "registry.example/app:1",
                "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {
                    "name": format!("app-{variable}"), "key": "password"}}}],
                "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
                "volumeMounts": [{"name": "db", "mountPath": "/etc/secrets/db", "readOnly": true}],
            }],
            "volumes": [{"name": "db", "secret": {
                "secretName": format!("app-{mounted}"), "defaultMode": 0o400}}],
        },
    })
}
