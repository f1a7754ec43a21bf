//! A fault server with a workload and its Secret, and runs of the program
//! against it.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use http::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, Recorded, Resource, Rule, When};

/// The value, as it is and as base64.
const CANARY: [&str; 2] = ["cherry-blossom-canary", "Y2hlcnJ5LWJsb3Nzb20tY2FuYXJ5"];
pub const ANNOTATION: &str = "secretsafe.dev/migration";

/// A run that migrates all the way.
pub const MIGRATE: &[&str] = &["--complete", "--reads-files", "all", "-y", "--settle", "2s"];
/// A run that takes it back.
pub const UNDO: &[&str] = &["--undo", "-y", "--settle", "2s"];
/// With these nothing else keeps old pods, so that one patch is all there is.
pub const MIN_READY: i64 = 4;

pub struct Scene {
    pub server: FaultServer,
    pub resource: Resource,
    original: Value,
}

/// What the stored object is: one of two states, never between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Original,
    Migrated,
}

/// What a run came to.
pub struct Ran {
    pub status: Option<i32>,
    pub shown: String,
    pub said: String,
}

impl Ran {
    /// The exit status has to be this one; gives what was said.
    pub fn ends(self, status: i32) -> String {
        assert_eq!(self.status, Some(status), "{}", self.said);
        self.said
    }
}

impl Scene {
    pub fn of(resource: Resource) -> Self {
        Self::with(resource, |_| {})
    }

    /// With a workload that is a bit different.
    pub fn with(resource: Resource, change: impl FnOnce(&mut Value)) -> Self {
        let server = FaultServer::start();
        server.put_secret("default", "db-creds", &[("password", CANARY[0])], "kubectl");
        let mut original = original(resource);
        change(&mut original);
        server.put_workload(resource, "default", "app", original.clone());
        Self {
            server,
            resource,
            original,
        }
    }

    /// `cronjob/app`, as messages name it.
    pub fn name(&self) -> &'static str {
        match self.resource {
            Resource::CronJobs => "cronjob/app",
            Resource::Deployments => "deployment/app",
            Resource::StatefulSets => "statefulset/app",
            other => panic!("{other:?} is no workload"),
        }
    }

    pub fn stored(&self) -> Value {
        self.server
            .workload(self.resource, "default", "app")
            .unwrap()
    }

    pub fn put(&self, object: Value) {
        self.server
            .put_workload(self.resource, "default", "app", object);
    }

    pub fn state(&self) -> State {
        let stored = self.stored();
        let annotations = &stored["metadata"]["annotations"];
        assert_eq!(annotations["team"], "billing");
        if stored["spec"] == self.original["spec"] {
            assert_eq!(
                annotations[ANNOTATION],
                Value::Null,
                "a way back that leads nowhere"
            );
            return State::Original;
        }
        let spec = match self.resource {
            Resource::CronJobs => &stored["spec"]["jobTemplate"]["spec"],
            _ => &stored["spec"],
        };
        let pod = &spec["template"]["spec"];
        let container = &pod["containers"][0];
        assert_eq!(
            container["env"],
            json!([{"name": "LOG_LEVEL", "value": "info"}])
        );
        assert_eq!(
            container["volumeMounts"],
            json!([{"name": "db-creds", "mountPath": "/etc/secrets/db-creds", "readOnly": true}])
        );
        assert_eq!(
            pod["volumes"],
            json!([{"name": "db-creds", "secret": {
                "secretName": "db-creds", "defaultMode": 256,
                "items": [{"key": "password", "path": "password"}],
            }}])
        );
        let journal: Value =
            serde_json::from_str(annotations[ANNOTATION].as_str().unwrap()).unwrap();
        assert_eq!(
            journal["undo"].as_array().unwrap().len(),
            1,
            "one step to take back"
        );
        State::Migrated
    }

    /// A run of `migrate` for this workload.
    fn command(&self, words: &[&str]) -> Command {
        self.plain(&[&[self.name()], words].concat())
    }

    fn plain(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
        command
            .arg("migrate")
            .args(words)
            .env_clear()
            .env("KUBECONFIG", self.server.kubeconfig())
            .env("HOME", self.server.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, words: &[&str]) -> Ran {
        ran(&self.command(words).output().unwrap())
    }

    /// A run for other workloads than this one.
    pub fn run_for(&self, objects: &[&str], words: &[&str]) -> Ran {
        ran(&self.plain(&[objects, words].concat()).output().unwrap())
    }

    /// How many patches there were, trials among them.
    pub fn patches(&self) -> usize {
        let requests = self.server.requests();
        requests
            .iter()
            .filter(|request| request.method == Method::PATCH)
            .count()
    }

    /// What takes the migration back, as it stands on the workload.
    pub fn journal(&self) -> String {
        let stored = self.stored();
        let journal = &stored["metadata"]["annotations"][ANNOTATION];
        journal.as_str().unwrap().to_owned()
    }

    /// From the state it is in: there, and back to the very original.
    pub fn goes_there_and_back_from(&self, state: State) {
        if state == State::Migrated {
            self.run(UNDO).ends(0);
            assert_eq!(self.state(), State::Original);
        }
        self.goes_there_and_back();
    }

    /// From whatever state: forward, and back to the very original.
    pub fn goes_there_and_back(&self) {
        self.run(MIGRATE).ends(0);
        assert_eq!(self.state(), State::Migrated);
        self.run(UNDO).ends(0);
        assert_eq!(self.state(), State::Original);
    }

    /// Kills a run when its `n`-th request has arrived, or has been carried
    /// out; `false` when it ends before.
    pub fn killed_at(&self, words: &[&str], n: usize, when: When) -> bool {
        self.killed(self.command(words), Rule::on_any().nth(n), when)
    }

    /// The same with its `n`-th patch: how often it looks before depends on how
    /// fast the machine is.
    pub fn killed_at_patch(&self, words: &[&str], n: usize, when: When) -> bool {
        self.killed(self.command(words), Rule::on(Method::PATCH).nth(n), when)
    }

    /// The same for other workloads than this one.
    pub fn killed_at_patch_for(
        &self,
        objects: &[&str],
        words: &[&str],
        n: usize,
        when: When,
    ) -> bool {
        let command = self.plain(&[objects, words].concat());
        self.killed(command, Rule::on(Method::PATCH).nth(n), when)
    }

    /// Sends a run a signal once it waits for pods, and lets it end.
    pub fn interrupted(&self, words: &[&str], signal: Signal) -> Ran {
        let child = self.command(words).spawn().unwrap();
        let patience = Instant::now();
        let waits = || {
            let requests = self.server.requests();
            let changes = requests
                .iter()
                .rposition(|request| request.method == Method::PATCH);
            let is_look = |request: &Recorded| request.path.contains("/pods");
            changes.is_some_and(|last| {
                self.state() == State::Migrated && requests[last..].iter().any(is_look)
            })
        };
        while !waits() {
            assert!(
                patience.elapsed() < Duration::from_secs(60),
                "it does not wait"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        kill_process(Pid::from_child(&child), signal).unwrap();
        ran(&child.wait_with_output().unwrap())
    }

    fn killed(&self, mut command: Command, rule: Rule, when: When) -> bool {
        let before = self.server.requests().len();
        self.server.clear_script();
        self.server.script(rule.fault(Fault::Stall(when)));
        let mut child = command.spawn().unwrap();
        let patience = Instant::now();
        let killed = loop {
            if self.server.requests()[before..]
                .iter()
                .any(|request| request.stalled)
            {
                kill(child);
                break true;
            }
            if child.try_wait().unwrap().is_some() {
                break false;
            }
            assert!(
                patience.elapsed() < Duration::from_secs(60),
                "the request does not come"
            );
            std::thread::sleep(Duration::from_millis(2));
        };
        self.server.clear_script();
        killed
    }
}

fn ran(output: &Output) -> Ran {
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(CANARY.iter().all(|canary| !text.contains(canary)));
    }
    Ran {
        status: output.status.code(),
        shown: String::from_utf8_lossy(&output.stdout).into_owned(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn kill(mut child: Child) {
    // `Child::kill` is SIGKILL: no destructor runs.
    child.kill().unwrap();
    child.wait().unwrap();
}

fn original(resource: Resource) -> Value {
    let template = json!({"spec": {
        "restartPolicy": "Always",
        "securityContext": {"runAsUser": 0},
        "containers": [{
            "name": "app",
            "image": "registry.example/app:1",
            "readinessProbe": {"tcpSocket": {"port": 8080}},
            "env": [
                {"name": "DB_PASSWORD",
                 "valueFrom": {"secretKeyRef": {"name": "db-creds", "key": "password"}}},
                {"name": "LOG_LEVEL", "value": "info"},
            ],
        }],
    }});
    let spec = match resource {
        Resource::CronJobs => {
            json!({"schedule": "0 4 * * *", "jobTemplate": {"spec": {"template": template}}})
        }
        _ => {
            json!({"replicas": 1, "minReadySeconds": MIN_READY, "template": template})
        }
    };
    json!({"metadata": {"annotations": {"team": "billing"}}, "spec": spec})
}

/// Does all of it at once: runs mostly wait for pods.
pub fn at_once<T: Sync, R: Send>(all: Vec<T>, each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let running: Vec<_> = all.iter().map(|one| scope.spawn(|| each(one))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}
