//! Our program on workloads, with folders of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde_json::{Value, json};

/// Who reads.
pub const USER: &str = "puller";
/// Its password, which nothing may show.
pub const PASSWORD: &str = "canary-password";

/// What every run that asks has.
pub const ASKED: &[&str] = &["--resolve-images"];

pub struct Run {
    folder: tempfile::TempDir,
    authority: Option<PathBuf>,
}

/// What a run came to.
pub struct Outcome {
    pub status: i32,
    pub talk: String,
    pub text: String,
}

impl Outcome {
    pub fn all(&self) -> String {
        format!("{}\n{}", self.text, self.talk)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    pub fn plan(&self) -> Value {
        self.json()["plans"][0].clone()
    }

    /// How it is known whether the process can read its file; `None` where it
    /// gets none.
    pub fn readable(&self) -> Option<String> {
        let readable = &self.plan()["variables"][0]["readable"];
        readable.as_str().map(str::to_owned)
    }

    /// What was asked of the first image.
    pub fn image(&self) -> Value {
        self.plan()["images"][0].clone()
    }

    /// It is not known, for this reason; and nothing else happens.
    pub fn is_not_known(&self, why: &str) {
        let all = self.all();
        assert!(
            self.image()["notKnown"]
                .as_str()
                .is_some_and(|found| found.contains(why)),
            "{why}: {all}"
        );
        assert_eq!(self.json()["outcome"], "notKnown", "{all}");
        assert_eq!(self.readable().as_deref(), Some("notProven"), "{all}");
        assert_eq!(self.status, 3, "{all}");
    }
}

/// A Deployment with one variable that comes from a Secret.
pub fn deployment(image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{
                    "name": "api",
                    "image": image,
                    "env": [{
                        "name": "DB_PASSWORD",
                        "valueFrom": {"secretKeyRef": {"name": "db", "key": "pw"}},
                    }],
                }]},
            },
        },
    })
}

impl Run {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["docker", "cache", "home", "bin"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            authority: None,
        }
    }

    /// Trusts this certificate alone.
    pub fn trust(&mut self, authority: PathBuf) {
        self.authority = Some(authority);
    }

    pub fn log_in(&self, server: &str, password: &str) {
        let auth = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{password}"));
        self.configure(&json!({"auths": {server: {"auth": auth}}}));
    }

    pub fn configure(&self, config: &Value) {
        fs::write(self.path("docker/config.json"), config.to_string()).unwrap();
    }

    /// A credential helper, written as a shell script.
    pub fn helper(&self, name: &str, script: &str) {
        let place = self.path(&format!("bin/docker-credential-{name}"));
        fs::write(&place, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One Deployment in a file, `--resolve-images`, as JSON.
    pub fn migrate(&self, image: &str) -> Outcome {
        self.object(&deployment(image), &[ASKED, &["-o", "json"]].concat())
    }

    /// An object in a file of its own.
    pub fn object(&self, object: &Value, words: &[&str]) -> Outcome {
        let file = self.path("api.json");
        fs::write(&file, object.to_string()).unwrap();
        self.run(&[&["-f", file.to_str().unwrap()], words].concat())
    }

    pub fn run(&self, words: &[&str]) -> Outcome {
        self.run_with(words, &[])
    }

    pub fn run_with(&self, words: &[&str], variables: &[(&str, &Path)]) -> Outcome {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
        command
            .arg("migrate")
            .args(words)
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.path("bin").display()),
            )
            .env("HOME", self.path("home"))
            .env("DOCKER_CONFIG", self.path("docker"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        if let Some(authority) = &self.authority {
            command.env("SSL_CERT_FILE", authority);
        }
        let output = command.output().unwrap();
        let outcome = Outcome {
            status: output.status.code().unwrap(),
            text: String::from_utf8(output.stdout).unwrap(),
            talk: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!outcome.all().contains("canary"), "{}", outcome.all());
        outcome
    }

    /// The files of the cache.
    pub fn kept(&self) -> Vec<PathBuf> {
        fn all(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => all(&path, found),
                    false => found.push(path),
                }
            }
        }
        let mut found = Vec::new();
        all(&self.path("cache"), &mut found);
        found
    }
}
