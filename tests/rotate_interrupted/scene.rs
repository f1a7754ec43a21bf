//! A fault server with a Secret, workloads that take a key of it as a variable, and
//! runs of the program against it.

use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, Resource, Rule, When};

pub const OLD: &str = "cherry-blossom-canary";
pub const NEW: &str = "winter-jasmine-canary";
/// Both in base64.
const ENCODED: [&str; 2] = [
    "Y2hlcnJ5LWJsb3Nzb20tY2FuYXJ5",
    "d2ludGVyLWphc21pbmUtY2FuYXJ5",
];
pub const RUN: &str = "secretsafe-run.db";
pub const SUCCESSOR: &str = "db-2";
const MARK: &str = "kubectl.kubernetes.io/restartedAt";

pub struct Scene {
    pub server: FaultServer,
    /// What programs of a run find in their environment.
    pub environment: Vec<(String, String)>,
    names: Vec<String>,
    originals: Vec<Value>,
}

/// What a run came to.
pub struct Ran {
    pub status: Option<i32>,
    pub said: String,
}

impl Ran {
    /// The exit status has to be this one; gives what was said.
    #[track_caller]
    pub fn ends(self, status: i32) -> String {
        assert_eq!(self.status, Some(status), "{}", self.said);
        self.said
    }
}

impl Scene {
    /// With so many Deployments.
    pub fn of(workloads: usize) -> Self {
        let server = FaultServer::start();
        let values = [("password", OLD), ("user", "alice-of-before")];
        server.put_secret("default", "db", &values, "kubectl");
        let names: Vec<_> = (0..workloads).map(|n| format!("app-{n}")).collect();
        for name in &names {
            server.put_workload(Resource::Deployments, "default", name, deployment());
        }
        let mut scene = Self {
            server,
            environment: Vec::new(),
            names,
            originals: Vec::new(),
        };
        scene.originals = scene.specs();
        scene
    }

    fn specs(&self) -> Vec<Value> {
        let spec = |name: &String| {
            let found = self.server.workload(Resource::Deployments, "default", name);
            found.unwrap()["spec"].clone()
        };
        self.names.iter().map(spec).collect()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
        command
            .args(["rotate", "secret/db"])
            .args(words)
            .env_clear()
            .env("KUBECONFIG", self.server.kubeconfig())
            .env("HOME", self.server.folder())
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn start(&self, words: &[&str]) -> Child {
        let mut child = self.command(words).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        if words.contains(&"--stdin") {
            use std::io::Write;
            input.write_all(NEW.as_bytes()).unwrap();
        }
        child
    }

    pub fn run(&self, words: &[&str]) -> Ran {
        ran(&self.start(words).wait_with_output().unwrap())
    }

    /// The value that is stored.
    pub fn value(&self) -> String {
        let stored = self.server.secret("default", "db").unwrap();
        assert_eq!(stored.values["user"], b"alice-of-before", "another key");
        String::from_utf8(stored.values["password"].clone()).unwrap()
    }

    pub fn has_run(&self) -> bool {
        self.server.secret("default", RUN).is_some()
    }

    /// Neither value is ever lost: while the new one is written, the old one stands in
    /// the run's Secret.
    #[track_caller]
    pub fn nothing_is_lost(&self) {
        if let Some(run) = self.server.secret("default", RUN) {
            assert_eq!(run.values["old.0"], OLD.as_bytes());
            assert_eq!(run.values["new.0"], NEW.as_bytes());
        }
        assert!([OLD, NEW].contains(&self.value().as_str()));
    }

    /// With an immutable Secret, whose place another one is to take.
    pub fn immutable(workloads: usize) -> Self {
        let scene = Self::of(workloads);
        let change = |object: &mut Value| object["immutable"] = true.into();
        scene.server.edit_secret("default", "db", change);
        scene
    }

    /// Every reference names the successor, which has the new value and the other key;
    /// nothing else is changed, and the old Secret stays for the history.
    #[track_caller]
    pub fn is_succeeded(&self) {
        let successor = self.server.secret("default", SUCCESSOR).unwrap();
        assert_eq!(successor.values["password"], NEW.as_bytes());
        assert_eq!(successor.values["user"], b"alice-of-before");
        assert_eq!(successor.object["immutable"], true);
        assert_eq!(self.value(), OLD);
        assert!(!self.has_run(), "the run's Secret is left");
        for (spec, original) in self.specs().into_iter().zip(&self.originals) {
            let mut without = spec.clone();
            let annotations = &mut without["template"]["metadata"]["annotations"];
            let mark = annotations.as_object_mut().unwrap().remove(MARK);
            assert!(mark.is_some(), "{spec}");
            let name = without
                .pointer_mut("/template/spec/containers/0/env/0/valueFrom/secretKeyRef/name")
                .unwrap();
            assert_eq!(*name, SUCCESSOR);
            *name = "db".into();
            assert_eq!(without, *original, "more than the mark and the name");
        }
    }

    pub fn has_successor(&self) -> bool {
        self.server.secret("default", SUCCESSOR).is_some()
    }

    /// Everything is as it was.
    #[track_caller]
    pub fn is_untouched(&self) {
        assert_eq!(self.value(), OLD);
        assert!(!self.has_run(), "the run's Secret is left");
        assert_eq!(self.specs(), self.originals);
    }

    /// The new value is there, every workload was restarted once, and nothing else is
    /// left.
    #[track_caller]
    pub fn is_rotated(&self) {
        assert_eq!(self.value(), NEW);
        assert!(!self.has_run(), "the run's Secret is left");
        for (spec, original) in self.specs().into_iter().zip(&self.originals) {
            let mut without = spec.clone();
            let annotations = &mut without["template"]["metadata"]["annotations"];
            let mark = annotations.as_object_mut().unwrap().remove(MARK);
            assert!(mark.is_some(), "{spec}");
            assert_eq!(without, *original, "more than the mark");
        }
    }

    /// Kills a run when a request of the rule has arrived, or has been carried out;
    /// `false` when it ends before.
    pub fn killed(&self, words: &[&str], rule: Rule, when: When) -> bool {
        self.server.script(rule.fault(Fault::Stall(when)));
        let mut child = self.start(words);
        let patience = Instant::now();
        let killed = loop {
            if self.server.requests().iter().any(|request| request.stalled) {
                // SIGKILL: no destructor runs.
                child.kill().unwrap();
                child.wait().unwrap();
                break true;
            }
            if child.try_wait().unwrap().is_some() {
                break false;
            }
            assert!(
                patience.elapsed() < Duration::from_secs(120),
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
        let canaries = [OLD, NEW].into_iter().chain(ENCODED);
        for canary in canaries {
            assert!(!text.contains(canary), "a value is shown");
        }
    }
    Ran {
        status: output.status.code(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn deployment() -> Value {
    let variable = json!({"name": "DB_PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}});
    json!({"metadata": {}, "spec": {
        "replicas": 1,
        "template": {
            "metadata": {"annotations": {"team": "billing"}},
            "spec": {"containers": [{"name": "app", "image": "registry.example/app:1", "env": [variable]}]},
        },
    }})
}

/// Does all of it, some at a time: runs mostly wait for pods.
pub fn at_once<T: Sync>(all: &[T], each: impl Fn(&T) + Sync) {
    const AT_ONCE: usize = 12;
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
                    each(one);
                }
            });
        }
    });
}
