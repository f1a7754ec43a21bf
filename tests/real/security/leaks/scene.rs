//! A server with values wherever a command could meet one, and every way to run
//! every command on it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use testcluster::fault::{FaultServer, Resource};

use crate::canary::Canary;
use crate::harness::{Invocation, program};
use crate::security::memory::STOPPED_AT_EXIT;

/// The same words for each run of one command, and what it prints.
pub(in crate::security) struct Way {
    /// Words before the format.
    pub words: &'static str,
    /// Every format it prints; an empty one is the default.
    pub formats: &'static [&'static str],
}

const fn way(words: &'static str, formats: &'static [&'static str]) -> Way {
    Way { words, formats }
}

const OBJECTS: &[&str] = &["", "-o name", "-o yaml", "-o json"];
const PLANS: &[&str] = &["", "-o json"];
const USERS: &[&str] = &["-o text", "-o json", "-o dot", "-o mermaid", "-o name"];
const FINDINGS: &[&str] = &[
    "-o text",
    "-o wide",
    "-o json",
    "-o yaml",
    "-o sarif",
    "-o junit",
    "-o github",
    "-o html",
    "-o prometheus",
    "-o name",
];

/// Every command that meets values or the token. `FILE` is a manifest.
pub(in crate::security) const WAYS: &[Way] = &[
    way("create leak --stdin password", OBJECTS),
    way("create leak --stdin password --dry-run=client", OBJECTS),
    way("create leak --stdin password --dry-run=server", OBJECTS),
    way("create stored --stdin password --update --yes", OBJECTS),
    way("create stored --stdin password --replace", OBJECTS),
    way("create stored --stdin password", &[""]),
    way("doctor", FINDINGS),
    way("doctor --inspect-values", FINDINGS),
    way("doctor -f FILE --inspect-values", FINDINGS),
    way("doctor -f FILE --fix", &[""]),
    way("consumers secret/stored", USERS),
    way("consumers secret/stored -f FILE", USERS),
    way("migrate --dry-run", PLANS),
    way("migrate --complete --reads-files all -y", PLANS),
    way("migrate --undo -y", &[""]),
    way("migrate -f FILE", PLANS),
    way("migrate -f FILE --emit patch", &[""]),
    way("migrate -f FILE --shim --complete --emit patch", &[""]),
    way(
        "rotate secret/stored password --stdin password --dry-run",
        PLANS,
    ),
    way(
        "rotate secret/stored password --stdin password --dry-run=server",
        PLANS,
    ),
    way(
        "rotate secret/stored password --stdin password -y --keep 1h",
        PLANS,
    ),
    way("rotate secret/stored --undo -y", &[""]),
    way("rotate --status", &[""]),
    way("restart --secret stored --plan", PLANS),
    way("explain SS013", &[""]),
];

/// What must not turn up.
pub(in crate::security) struct Scene {
    pub server: FaultServer,
    pub value: Canary,
    pub token: Canary,
    manifest: PathBuf,
}

impl Scene {
    /// Values in the data and the annotation of a Secret, and in a manifest.
    pub fn new() -> Self {
        let value = Canary::new(40);
        Self::with(&value, &value)
    }

    /// The same with one value in the cluster and another one that is given.
    pub fn with(stored: &Canary, given: &Canary) -> Self {
        let server = FaultServer::start();
        let token = Canary::of(server.token().to_owned());
        let value = Canary::of(given.text().to_owned());
        let text = stored.text();
        server.put_secret("default", "stored", &[("password", text)], "kubectl");
        server.edit_secret("default", "stored", |object| {
            let applied = json!({"stringData": {"password": text}}).to_string();
            object["metadata"]["annotations"] =
                json!({"kubectl.kubernetes.io/last-applied-configuration": applied});
        });
        let text = value.text();
        let reference = json!({"name": "A",
            "valueFrom": {"secretKeyRef": {"name": "stored", "key": "password"}}});
        let pod = json!({
            "restartPolicy": "Never",
            "securityContext": {"runAsUser": 0},
            "containers": [{
                "name": "app", "image": "registry.example/app:1", "command": ["serve"],
                "env": [reference, {"name": "DB_PASSWORD", "value": text}],
            }],
        });
        let spec = json!({"schedule": "0 4 * * *",
            "jobTemplate": {"spec": {"template": {"spec": pod}}}});
        server.put_workload(
            Resource::CronJobs,
            "default",
            "app",
            json!({"metadata": {}, "spec": spec}),
        );
        let manifest = server.folder().join("all.yaml");
        let documents = [
            json!({"apiVersion": "v1", "kind": "Secret",
                "metadata": {"name": "stored", "annotations": {"note": text}},
                "stringData": {"password": text}}),
            json!({"apiVersion": "batch/v1", "kind": "CronJob",
                "metadata": {"name": "app"}, "spec": spec}),
            json!({"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "c"}, "data": {"DB_PASSWORD": text}}),
        ];
        let documents = documents.map(|document| format!("{document:#}"));
        fs::write(&manifest, documents.join("\n---\n")).unwrap();
        Self {
            server,
            value,
            token,
            manifest,
        }
    }

    /// The program under strace, which stops it as it ends.
    pub fn held_by_strace(&self, program: &Path, words: &str) -> Invocation {
        Invocation::of_program(Path::new("strace"), self.server.kubeconfig())
            .words(STOPPED_AT_EXIT)
            .word(program.display().to_string())
            .words(&self.named(words))
    }

    /// Words with the path of the manifest.
    pub fn named(&self, words: &str) -> String {
        words.replace("FILE", self.manifest.to_str().unwrap())
    }

    /// One run, with everything asked for that could make it talk.
    pub fn invocation(&self, words: &str) -> Invocation {
        self.invocation_of(program(), words)
    }

    /// The same with another build of the program.
    pub fn invocation_of(&self, program: &Path, words: &str) -> Invocation {
        Invocation::of_program(program, self.server.kubeconfig())
            .words(&self.named(words))
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .folder(self.server.folder())
            .input(self.value.text())
    }
}
