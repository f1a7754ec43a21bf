//! A fault server with a Secret and Deployments, and commands run against it.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, Resource, Rule, When};

pub const OLD: &str = "cherry-blossom-canary";
pub const NEW: &str = "winter-jasmine-canary";

pub struct Scene {
    pub server: FaultServer,
}

pub struct Ran {
    pub status: i32,
    /// Both streams.
    pub said: String,
}

impl Scene {
    pub fn new() -> Self {
        let server = FaultServer::start();
        server.put_secret(
            "default",
            "db",
            &[("password", OLD), ("user", "alice")],
            "kubectl",
        );
        server.put_workload(Resource::Deployments, "default", "api", deployment());
        let kubectl = server.folder().join("kubectl");
        let program = env!("CARGO_BIN_EXE_kubectl-secretsafe");
        // Another thread that starts a program while a file is open here keeps it open for
        // a moment, and what is open for writing cannot be run: a shell writes it.
        let write = format!(
            "printf '#!/bin/sh\\n[ \"$1\" = secretsafe ] || exit 97\\nshift\\nexec {program} \"$@\"\\n' >{0}; chmod 755 {0}",
            kubectl.display()
        );
        let written = Command::new("/bin/sh").args(["-c", &write]).status();
        assert!(written.unwrap().success());
        Self { server }
    }

    fn start(&self, command: &str, input: &str) -> Child {
        let path = format!("{}:/usr/bin:/bin", self.server.folder().display());
        // The shell is replaced by the program, so that a signal meets that.
        let mut child = Command::new("/bin/sh")
            .args(["-c", &format!("exec {command}")])
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.server.folder())
            .env("KUBECONFIG", self.server.kubeconfig())
            .env("EDITOR", "sed -i s/alice/bob/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may end before it reads.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child
    }

    pub fn run(&self, command: &str, input: &str) -> Ran {
        let output = self.start(command, input).wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        for value in [OLD, NEW] {
            assert!(!said.contains(value), "{command} shows a value");
        }
        Ran {
            status: output.status.code().unwrap_or(-1),
            said,
        }
    }

    /// Kills a command when a request of the rule has been carried out.
    pub fn kill(&self, command: &str, input: &str, rule: Rule) {
        self.server
            .script(rule.fault(Fault::Stall(When::AfterCommit)));
        let mut child = self.start(command, input);
        let patience = Instant::now();
        while !self.server.requests().iter().any(|request| request.stalled) {
            assert!(child.try_wait().unwrap().is_none(), "{command} has ended");
            assert!(
                patience.elapsed() < Duration::from_secs(60),
                "it does not come"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        self.server.clear_script();
    }

    /// The value that is stored.
    pub fn value(&self) -> String {
        let stored = self.server.secret("default", "db").unwrap();
        String::from_utf8(stored.values["password"].clone()).unwrap()
    }

    /// Whether the Secret of a run is there.
    pub fn has_run(&self) -> bool {
        self.server.secret("default", "secretsafe-run.db").is_some()
    }

    pub fn template(&self, name: &str) -> Value {
        let found = self.server.workload(Resource::Deployments, "default", name);
        found.unwrap()["spec"]["template"].clone()
    }
}

pub fn deployment() -> Value {
    let variable = json!({"name": "DB_PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}});
    json!({"metadata": {"labels": {"app": "api"}}, "spec": {
        "replicas": 1, "selector": {"matchLabels": {"app": "api"}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {"securityContext": {"runAsUser": 0}, "containers": [
                {"name": "app", "image": "registry.example/app:1", "env": [variable]},
            ]},
        },
    }})
}

/// Does all of it, some at a time: runs mostly wait for pods.
pub fn at_once<'a, T: Sync>(all: &'a [T], each: impl Fn(&'a T) + Sync) {
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
