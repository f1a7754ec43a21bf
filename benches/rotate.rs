//! `cargo bench --bench rotate`: 50 Deployments on a real node share a Secret, three use the key
//! that changes. `rotate` against `kubectl patch`, `rollout restart` and `rollout status`
//! for those three: wall time, requests, CPU and memory, in turn; and the bounds that hold
//! for any client: its writes, and the start of the pods.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/page.rs"]
mod page;
#[path = "timing/program.rs"]
mod program;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use testcluster::{Cluster, Namespace, NodeWish};

use page::{Page, Row};

const DEPLOYMENTS: usize = 50;
/// Those that take the key that changes.
const USERS: [&str; 3] = ["app-0", "app-1", "app-2"];
const ROUNDS: usize = 5;
/// Seconds until a program says that it is ready: at once, and as larger ones do. Ours also
/// waits for the next second after the write, and a second for whether new pods stay up.
const DELAYS: [u32; 2] = [0, 20];
/// What a rotation may take, in MiB.
const MEMORY: f64 = 40.0;
const PATIENCE: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let cluster = Cluster::start(NodeWish::WithNodeWhenPossible).expect("the cluster starts");
    cluster.node().expect("a node");
    let mut page = Page::new(format!(
        "{DEPLOYMENTS} Deployments share a Secret, {} use the key that changes",
        USERS.len()
    ));
    for delay in DELAYS {
        measure(&cluster, delay, &mut page);
    }
    page.finish("rotate");
    ExitCode::SUCCESS
}

/// One pair after the other, and the key of all the others once.
fn measure(cluster: &Cluster, delay: u32, page: &mut Page) {
    let scene = Scene::new(cluster, delay);
    let mut runs = Runs::default();
    for round in 0..ROUNDS {
        runs.theirs.push(scene.theirs(round));
        runs.ours.push(scene.ours(round));
    }
    let pods = format!("pods ready after {delay} s and more");
    runs.keep(&pods, page);
    let many = scene.rotated("other", "for-many");
    let calls = |run: &Run| (run.reads + run.writes) as f64;
    let few = runs.ours.iter().map(calls).fold(f64::INFINITY, f64::min);
    let users = DEPLOYMENTS - USERS.len();
    let slope = (calls(&many) - few) / (users - USERS.len()) as f64;
    page.add(Row {
        what: format!("{pods}: requests for each workload more, of {users}"),
        ours: format!("{slope:.1}"),
        limit: "one request".to_owned(),
        ratio: slope,
        goal: 4.0,
    });
    page.note(format!(
        "{pods}: the key of {users}: {:.1} s, {} requests",
        many.wall,
        many.reads + many.writes
    ));
}

/// What one rotation took.
struct Run {
    wall: f64,
    cpu: f64,
    /// In MiB, the largest process.
    memory: f64,
    reads: usize,
    writes: usize,
    /// From the creation of the first new pod until the last was ready, as the API server
    /// and kubelet date them, to the second.
    pods: f64,
}

#[derive(Default)]
struct Runs {
    theirs: Vec<Run>,
    ours: Vec<Run>,
}

impl Runs {
    fn keep(&self, pods: &str, page: &mut Page) {
        let of = |runs: &[Run], pick: &dyn Fn(&Run) -> f64| {
            let mut figures: Vec<f64> = runs.iter().map(pick).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        let both =
            |pick: &dyn Fn(&Run) -> f64| [&self.theirs, &self.ours].map(|runs| of(runs, pick));
        let [theirs, ours] = both(&|run| run.wall);
        page.add(Row {
            what: format!("{pods}: wall time"),
            ours: format!("{ours:.2} s"),
            limit: format!("kubectl's three commands, {theirs:.2} s"),
            ratio: ours / theirs,
            goal: 1.1,
        });
        let [theirs, ours] = both(&|run| run.memory);
        page.add(Row {
            what: format!("{pods}: memory"),
            ours: format!("{ours:.1} MiB"),
            limit: format!("{MEMORY} MiB (kubectl: {theirs:.1})"),
            ratio: ours / MEMORY,
            goal: 1.0,
        });
        for (what, [theirs, ours]) in [
            ("CPU seconds", both(&|run| run.cpu)),
            (
                "requests that read (a watch is one)",
                both(&|run| run.reads as f64),
            ),
            ("requests that write", both(&|run| run.writes as f64)),
            (
                "seconds from the creation of the first pod until the last is ready",
                both(&|run| run.pods),
            ),
        ] {
            page.note(format!(
                "{pods}: {what}: kubectl {theirs:.2}, ours {ours:.2}"
            ));
        }
        page.note(format!(
            "any client writes {} times: the Secret, and each workload once",
            1 + USERS.len()
        ));
    }
}

struct Scene<'a> {
    cluster: &'a Cluster,
    namespace: Namespace,
}

impl<'a> Scene<'a> {
    fn new(cluster: &'a Cluster, delay: u32) -> Self {
        let namespace = cluster.namespace("bench-rotate");
        let mut text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: of-before, other: stays}\n".to_owned();
        for number in 0..DEPLOYMENTS {
            let name = format!("app-{number}");
            let key = match USERS.contains(&name.as_str()) {
                true => "password",
                false => "other",
            };
            text += &deployment(&name, key, cluster.test_image(), delay);
        }
        namespace.apply(&text);
        let scene = Self { cluster, namespace };
        let start = Instant::now();
        let all = [
            "wait",
            "--for=condition=Available",
            "deployment",
            "--all",
            "--timeout=300s",
        ];
        assert!(
            scene
                .kubectl(&all)
                .status()
                .is_ok_and(|status| status.success())
        );
        println!("  all ready after {:.0} s", start.elapsed().as_secs_f64());
        scene
    }

    fn kubectl(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.cluster.kubectl());
        command
            .args(words)
            .env("KUBECONFIG", self.namespace.kubeconfig())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// The three commands of somebody who knows the three Deployments.
    fn theirs(&self, round: usize) -> Run {
        let patch = format!("{{\"stringData\":{{\"password\":\"theirs-{round}\"}}}}");
        let apps = USERS.map(|app| format!("deployment/{app}"));
        let mut steps = vec![vec!["patch", "secret", "db", "-p", &patch]];
        steps.push(
            [
                &["rollout", "restart"][..],
                &apps.each_ref().map(String::as_str),
            ]
            .concat(),
        );
        for app in &apps {
            steps.push(vec!["rollout", "status", app]);
        }
        self.timed(
            steps
                .into_iter()
                .map(|words| {
                    let words = [&words[..], &["-v=6"]].concat();
                    (self.kubectl(&words), String::new())
                })
                .collect(),
        )
    }

    fn ours(&self, round: usize) -> Run {
        self.rotated("password", &format!("ours-{round}"))
    }

    /// With the least watching of new pods that there is: one second.
    fn rotated(&self, key: &str, value: &str) -> Run {
        let mut command = Command::new(program::program());
        command
            .args(["rotate", "secret/db", key, "--stdin", key])
            .args(["-y", "--settle", "0s", "-v", "1"])
            .env("KUBECONFIG", self.namespace.kubeconfig())
            .stdout(Stdio::null());
        self.timed(vec![(command, value.to_owned())])
    }

    fn timed(&self, commands: Vec<(Command, String)>) -> Run {
        // Of two restarts within one second, the later would change nothing.
        std::thread::sleep(Duration::from_millis(1_100));
        let start = Instant::now();
        let mut run = Run {
            wall: 0.0,
            cpu: 0.0,
            memory: 0.0,
            reads: 0,
            writes: 0,
            pods: 0.0,
        };
        for (command, input) in commands {
            let told = measured(&command, &input);
            let last = told.lines().last().unwrap_or_default();
            let figures: Vec<f64> = last
                .split(' ')
                .map(|word| word.parse().expect("what GNU time was asked for"))
                .collect();
            run.cpu += figures[0] + figures[1];
            run.memory = run.memory.max(figures[2] / 1024.0);
            for line in told
                .lines()
                .filter(|line| line.contains("https://") || line.contains(" /api"))
            {
                let is = |verb: &str| {
                    let words = line.split([' ', '"', '=']);
                    words.into_iter().any(|word| word == verb)
                };
                if ["PATCH", "POST", "PUT", "DELETE"]
                    .iter()
                    .any(|verb| is(verb))
                {
                    run.writes += 1;
                } else if is("GET") {
                    run.reads += 1;
                }
            }
        }
        run.wall = start.elapsed().as_secs_f64();
        run.pods = self.pods();
        self.settled();
        run
    }

    /// Seconds between the first creation and the last readiness of the present pods.
    fn pods(&self) -> f64 {
        let path = "jsonpath={range .items[*]}{.metadata.creationTimestamp} {.status.conditions[?(@.type=='Ready')].lastTransitionTime}{'\\n'}{end}";
        let selector = format!("app in ({})", USERS.join(","));
        let mut command = self.kubectl(&["get", "pods", "-l", &selector, "-o", path]);
        let output = command
            .stdout(Stdio::piped())
            .output()
            .expect("kubectl runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let times: Vec<[jiff::Timestamp; 2]> = text
            .lines()
            .filter_map(|line| {
                let (created, ready) = line.split_once(' ')?;
                Some([created.parse().ok()?, ready.parse().ok()?])
            })
            .collect();
        let first = times.iter().map(|[created, _]| *created).min();
        let last = times.iter().map(|[_, ready]| *ready).max();
        match (first, last) {
            (Some(first), Some(last)) => {
                (last - first).total(jiff::Unit::Second).unwrap_or(f64::NAN)
            }
            _ => f64::NAN,
        }
    }

    /// Waits until the old pods are gone.
    fn settled(&self) {
        let start = Instant::now();
        loop {
            let mut command = self.kubectl(&["get", "pods", "-o", "name"]);
            let output = command
                .stdout(Stdio::piped())
                .output()
                .expect("kubectl runs");
            if String::from_utf8_lossy(&output.stdout).lines().count() == DEPLOYMENTS {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the old pods go");
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

/// Standard error of a command, and user time, system time and KiB in its last line.
fn measured(command: &Command, input: &str) -> String {
    let mut timed = Command::new("/usr/bin/time");
    timed
        .args(["-f", "%U %S %M"])
        .arg(Path::new(command.get_program()))
        .args(command.get_args())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            timed.env(name, value);
        }
    }
    let mut child = timed.spawn().expect("GNU time runs");
    let mut pipe = child.stdin.take().expect("a pipe");
    // A program that takes nothing may be gone already.
    let _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    told
}

fn deployment(name: &str, key: &str, image: &str, delay: u32) -> String {
    format!(
        "---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: {image}
        imagePullPolicy: Never
        command: [sleep, '100000']
        readinessProbe: {{exec: {{command: ['true']}}, initialDelaySeconds: {delay}, periodSeconds: 1}}
        env: [{{name: P, valueFrom: {{secretKeyRef: {{name: db, key: {key}}}}}}}]
"
    )
}
