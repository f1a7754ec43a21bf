//! A Secret of a played server, a home, and an editor that a test writes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;
use testcluster::fault::FaultServer;

/// What is looked for wherever it must not be.
pub const OLD: &str = "zebra-old-value";
pub const NEW: &str = "zebra-new-value";

pub struct Scene {
    pub server: FaultServer,
    /// `HOME`, with whatever configuration a test puts there.
    pub home: TempDir,
    /// `XDG_RUNTIME_DIR`: in memory.
    pub memory: TempDir,
    /// The working directory and `TMPDIR`.
    pub work: TempDir,
}

impl Scene {
    pub fn new() -> Self {
        let server = FaultServer::start();
        let values = [("password", OLD), ("user", "app-user")];
        server.put_secret("default", "db", &values, "kubectl");
        let memory = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in("/dev/shm")
            .unwrap();
        Self {
            server,
            home: tempfile::tempdir().unwrap(),
            memory,
            work: tempfile::tempdir().unwrap(),
        }
    }

    /// A program that gets the file as its first argument.
    pub fn editor(&self, script: &str) -> PathBuf {
        let path = self.home.path().join("fake editor");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// `edit`, not yet started.
    pub fn command(&self, editor: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
        self.dress(&mut command, editor);
        command.arg("edit").args(words);
        command
    }

    fn dress(&self, command: &mut Command, editor: &str) {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm")
            .env("HOME", self.home.path())
            .env("TMPDIR", self.work.path())
            .env("XDG_RUNTIME_DIR", self.memory.path())
            .env("KUBECONFIG", self.server.kubeconfig())
            .env("EDITOR", editor)
            .current_dir(self.work.path());
    }

    /// Runs it with a fake editor and without questions.
    pub fn edit(&self, script: &str, words: &[&str]) -> Output {
        let editor = self.editor(script);
        let mut all = vec!["secret/db", "-y"];
        all.extend(words);
        self.command(&quoted(&editor), &all).output().unwrap()
    }

    /// Starts it at a terminal.
    pub fn at_a_terminal(&self, editor: &str, words: &[&str]) -> PtySession {
        let mut command = Command::new("/bin/sh");
        self.dress(&mut command, editor);
        command
            .args([
                "-c",
                "stty rows 40 cols 120; \"$0\" \"$@\"; echo ended-with-$?.",
            ])
            .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .arg("edit")
            .args(words);
        spawn_command(command, Some(60_000)).unwrap()
    }

    /// Somebody else makes the Secret's values these.
    pub fn change(&self, values: &[(&str, &str)]) {
        let data: serde_json::Map<_, _> = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), BASE64_STANDARD.encode(value).into()))
            .collect();
        self.server
            .edit_secret("default", "db", |object| object["data"] = data.into());
    }

    pub fn values(&self) -> Vec<(String, Vec<u8>)> {
        let stored = self.server.secret("default", "db").unwrap();
        stored.values.into_iter().collect()
    }

    pub fn value(&self, key: &str) -> Option<String> {
        let stored = self.server.secret("default", "db").unwrap();
        stored
            .values
            .get(key)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// How often something was to be changed.
    pub fn writes(&self) -> usize {
        let requests = self.server.requests();
        requests
            .iter()
            .filter(|request| request.method != "GET")
            .count()
    }

    /// Nothing is left where the text was.
    pub fn assert_clean(&self, what: &str) {
        let left: Vec<_> = fs::read_dir(self.memory.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        assert!(left.is_empty(), "{what}: {left:?}");
        let copies = self.copies();
        assert!(copies.is_empty(), "{what}: {copies:?}");
    }

    /// Files with a value, of the home and the working directory.
    pub fn copies(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.home.path().to_owned(), self.work.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap().flatten() {
                let path = entry.path();
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() && holds_a_value(&path) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn holds_a_value(path: &Path) -> bool {
    // The fake editor names them.
    if path.file_name().is_some_and(|name| name == "fake editor") {
        return false;
    }
    let bytes = fs::read(path).unwrap_or_default();
    [OLD, NEW]
        .iter()
        .any(|value| memchr::memmem::find(&bytes, value.as_bytes()).is_some())
}

/// A word for a command line.
pub fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

pub fn all(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
