//! `cargo bench --bench policy`: what the printed policy costs the API server: 1,000
//! server-side applies of Deployments (dry runs, so that nothing but the server works) with
//! and without it, on the test cluster. Rounds alternate, so that what else the machine does
//! counts for both.
//!
//! The requests go through kubectl's proxy on one connection: kubectl itself waits between
//! its requests, which hides the difference.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/program.rs"]
mod program;
#[path = "timing/served.rs"]
mod served;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use testcluster::{Cluster, Namespace, NodeWish};

const OBJECTS: usize = 1000;
/// Of these the median counts.
const ROUNDS: usize = 7;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let cluster = Cluster::start(NodeWish::ControlPlaneOnly).expect("the cluster starts");
    let scene = Scene::new(&cluster);
    // The first round warms everything up.
    let mut rounds: [Vec<Cost>; 2] = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for (with, costs) in rounds.iter_mut().enumerate() {
            scene.set(with == 1);
            let cost = scene.applies();
            if round > 0 {
                costs.push(cost);
            }
            scene.set(false);
        }
    }
    let [without, with] = rounds.map(median);
    println!("{OBJECTS} server-side applies, median of {ROUNDS} rounds in turn:");
    for (what, pick) in [
        ("wall time", (|cost: &Cost| cost.wall) as fn(&Cost) -> f64),
        ("CPU of the API server", |cost| cost.cpu),
    ] {
        let (without, with) = (pick(&without), pick(&with));
        println!(
            "  {what}: {without:.2} s without, {with:.2} s with the policy, ratio {:.3}; {:.2} ms more for each",
            with / without,
            (with - without) * 1000.0 / OBJECTS as f64,
        );
    }
    ExitCode::SUCCESS
}

#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

/// Each figure by itself.
fn median(costs: Vec<Cost>) -> Cost {
    let of = |pick: fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(pick).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Cost {
        wall: of(|cost| cost.wall),
        cpu: of(|cost| cost.cpu),
    }
}

struct Scene<'a> {
    cluster: &'a Cluster,
    namespace: Namespace,
    folder: tempfile::TempDir,
    proxy: Child,
    port: u16,
}

impl Drop for Scene<'_> {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

impl<'a> Scene<'a> {
    fn new(cluster: &'a Cluster) -> Self {
        let namespace = cluster.namespace("bench-policy");
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Command::new(program::program())
            .args(["policy", "-q", "--mode", "deny", "--namespace-selector"])
            .arg(format!("kubernetes.io/metadata.name={}", namespace.name()))
            .output()
            .expect("the program runs");
        assert!(policy.status.success());
        fs::write(folder.path().join("policy.yaml"), policy.stdout).expect("a file");
        fs::write(folder.path().join("insecure.yaml"), INSECURE).expect("a file");
        let mut proxy = Command::new(cluster.kubectl())
            .arg("--kubeconfig")
            .arg(cluster.kubeconfig())
            .args(["proxy", "--port=0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("kubectl runs");
        let mut line = String::new();
        BufReader::new(proxy.stdout.take().expect("a pipe"))
            .read_line(&mut line)
            .expect("kubectl says its port");
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        Self {
            cluster,
            namespace,
            folder,
            proxy,
            port: port.expect("a port"),
        }
    }

    /// Installs the policy or removes it, and waits until that counts.
    fn set(&self, wanted: bool) {
        let policy = self.folder.path().join("policy.yaml");
        match wanted {
            true => assert!(self.kubectl(&["apply", "-f"], &policy)),
            false => assert!(self.kubectl(&["delete", "--ignore-not-found", "-f"], &policy)),
        }
        let insecure = self.folder.path().join("insecure.yaml");
        let start = Instant::now();
        while self.kubectl(&["create", "--dry-run=server", "-f"], &insecure) == wanted {
            assert!(start.elapsed() < PATIENCE, "the server takes the policy up");
        }
    }

    fn kubectl(&self, words: &[&str], file: &Path) -> bool {
        Command::new(self.cluster.kubectl())
            .args(words)
            .arg(file)
            .env("KUBECONFIG", self.namespace.kubeconfig())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn applies(&self) -> Cost {
        let cpu = || served::cpu_seconds("kube-apiserver", self.cluster.folder());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let before = cpu();
        let start = Instant::now();
        runtime.block_on(self.send());
        Cost {
            wall: start.elapsed().as_secs_f64(),
            cpu: cpu() - before,
        }
    }

    async fn send(&self) {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await;
        let stream = TokioIo::new(stream.expect("the proxy listens"));
        let (mut sender, connection) = http1::handshake(stream).await.expect("HTTP");
        tokio::spawn(connection);
        for number in 0..OBJECTS {
            let name = format!("app-{number}");
            let address = format!(
                "/apis/apps/v1/namespaces/{}/deployments/{name}?dryRun=All&fieldManager=bench",
                self.namespace.name()
            );
            let request = Request::patch(address)
                .header("Host", "localhost")
                .header("Content-Type", "application/apply-patch+yaml")
                .body(Full::new(Bytes::from(object(&name).to_string())))
                .expect("a request");
            sender.ready().await.expect("the connection stays");
            let answer = sender.send_request(request).await.expect("an answer");
            let status = answer.status();
            let body = answer
                .into_body()
                .collect()
                .await
                .expect("a body")
                .to_bytes();
            assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
        }
    }
}

const INSECURE: &str = "apiVersion: v1
kind: Pod
metadata: {name: insecure}
spec: {containers: [{name: c, image: x, envFrom: [{secretRef: {name: s}}]}]}
";

/// A Deployment as they are written: two containers, twenty variables, a Secret as files.
fn object(name: &str) -> Value {
    let variables: Vec<_> = (0..20)
        .map(|number| json!({"name": format!("SETTING_{number}"), "value": format!("value {number}")}))
        .collect();
    let container = |name: &str| {
        json!({
            "name": name, "image": "registry.example/app:1", "env": variables,
            "volumeMounts": [{"name": "db", "mountPath": "/etc/secrets/db", "readOnly": true}],
        })
    };
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": {
            "metadata": {"labels": {"app": "a"}},
            "spec": {
                "containers": [container("app"), container("side")],
                "volumes": [{"name": "db", "secret": {"secretName": "db", "defaultMode": 256}}],
            },
        }},
    })
}
