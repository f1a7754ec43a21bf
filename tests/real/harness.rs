//! The shared cluster, the program under test, and how trials are made.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use libtest_mimic::{Arguments, Failed, Trial};
use testcluster::{Bed, Cluster, Namespace, NodeWish};

use crate::times;

type Slot = Mutex<Option<Result<Arc<Cluster>, String>>>;

static CLUSTER: Slot = Mutex::new(None);
static LEVELS: Slot = Mutex::new(None);

/// The cluster of this run; the first caller starts it.
pub fn cluster() -> Arc<Cluster> {
    started(&CLUSTER, &[])
}

/// Another one, on which Sealed Secrets and External Secrets Operator run.
pub fn levels_cluster() -> Arc<Cluster> {
    started(&LEVELS, &[Bed::SealedSecrets, Bed::ExternalSecrets])
}

fn started(slot: &Slot, beds: &[Bed]) -> Arc<Cluster> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    slot.get_or_insert_with(|| {
        Cluster::with_beds(NodeWish::WithNodeWhenPossible, beds)
            .map(Arc::new)
            .map_err(|error| error.to_string())
    })
    .clone()
    .unwrap_or_else(|reason| panic!("the test cluster does not start: {reason}"))
}

/// A trial that needs no node.
pub fn trial(name: &str, body: impl FnOnce() + Send + 'static) -> Trial {
    let body = times::timed(name, body);
    Trial::test(name, move || {
        body();
        Ok(())
    })
}

/// A trial that takes minutes: run by `cargo test --test real -- --ignored thorough`.
pub fn thorough_trial(name: &str, body: impl FnOnce() + Send + 'static) -> Trial {
    trial(name, body)
        .with_kind("thorough")
        .with_ignored_flag(true)
}

/// A trial that needs a node: skipped with the reason where none can run.
pub fn node_trial(name: &str, body: impl FnOnce() + Send + 'static) -> Trial {
    trial_that_needs("node", name, testcluster::node::availability(), || {
        if let Err(reason) = cluster().node() {
            panic!("the node did not start: {reason}");
        }
        body();
    })
}

/// A trial with the real controllers of the levels above a plain Secret, run by
/// `cargo test --test real -- --ignored levels`.
pub fn levels_trial(name: &str, body: impl FnOnce() + Send + 'static) -> Trial {
    trial(name, move || {
        if let Err(reason) = levels_cluster().node() {
            panic!("the node did not start: {reason}");
        }
        body();
    })
    .with_kind("levels")
    .with_ignored_flag(true)
}

/// A trial that makes devices or acts as other users: skipped without root.
pub fn root_trial(name: &str, body: impl FnOnce() + Send + 'static) -> Trial {
    let root = if rustix::process::geteuid().is_root() {
        Ok(())
    } else {
        Err("it needs root".to_owned())
    };
    trial_that_needs("root", name, root, body)
}

/// Skipped where what it needs is missing, failed with the reason where
/// `CI=true` says that nothing may be.
pub fn trial_that_needs(
    kind: &str,
    name: &str,
    availability: Result<(), String>,
    body: impl FnOnce() + Send + 'static,
) -> Trial {
    let required = std::env::var_os("CI").is_some_and(|value| value == "true");
    let skip = availability.is_err() && !required;
    let body = times::timed(name, body);
    Trial::test(name, move || {
        availability.map_err(|reason| Failed::from(format!("it cannot run here: {reason}")))?;
        body();
        Ok(())
    })
    .with_kind(kind)
    .with_ignored_flag(skip)
}

/// Runs that wait for a server most of the time.
const SIDE_BY_SIDE: usize = 8;

/// Calls `round` with each number below `rounds`, several at a time.
pub fn in_parallel<T: Send>(rounds: usize, round: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let worker = || {
            let mut results = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= rounds {
                    return results;
                }
                results.push(round(number));
            }
        };
        let workers: Vec<_> = (0..SIDE_BY_SIDE.min(rounds))
            .map(|_| scope.spawn(worker))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| match worker.join() {
                Ok(results) => results,
                // With its own message.
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

/// Runs the trials and ends the cluster, however they went.
pub fn run(arguments: &Arguments, trials: Vec<Trial>) -> ExitCode {
    let mut stderr = std::io::stderr();
    if !arguments.list
        && let Err(reason) = testcluster::node::availability()
    {
        let _ = writeln!(stderr, "node tests are skipped: {reason}");
    }
    if !arguments.list && !rustix::process::geteuid().is_root() {
        let _ = writeln!(stderr, "tests of kind root are skipped: not run by root");
    }
    let conclusion = libtest_mimic::run(arguments, trials);
    if !conclusion.has_failed() {
        crate::figures::publish();
    }
    for slot in [&CLUSTER, &LEVELS] {
        let cluster = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(cluster);
    }
    times::print();
    conclusion.exit_code()
}

/// The program under test: the one cargo built for the tests, or another
/// build of it named by `SECRETSAFE_PROGRAM`, such as a release.
pub fn program() -> &'static Path {
    static PROGRAM: std::sync::LazyLock<PathBuf> = std::sync::LazyLock::new(|| {
        std::env::var_os("SECRETSAFE_PROGRAM").map_or_else(
            || PathBuf::from(env!("CARGO_BIN_EXE_kubectl-secretsafe")),
            PathBuf::from,
        )
    });
    &PROGRAM
}

/// The same program without its protections: the positive control of the leak
/// tests.
pub fn unprotected() -> PathBuf {
    control("unprotected")
}

/// A build of the program from `tests/control`.
pub fn control(name: &str) -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    let folder = built.parent().expect("the program is in a folder");
    let control = folder.join("examples").join(name);
    assert!(
        control.exists(),
        "cargo builds {} with the tests",
        control.display()
    );
    control
}

/// The home of the programs that tests run, apart from the user's own.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// `edit` looks for copies of its text in files that changed meanwhile, in all of `/tmp`,
/// and `--shred` refuses a file that somebody else has open.
static OPENS_FILES: RwLock<()> = RwLock::new(());

/// Nobody runs `edit` as long as this is held.
pub fn without_edit() -> RwLockReadGuard<'static, ()> {
    OPENS_FILES.read().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a file by another process. This one starts programs all the time, and each holds a
/// copy of every open descriptor for a moment: a file written here could be found open
/// elsewhere.
pub fn write_apart(path: &Path, content: &[u8]) {
    let mut tee = Command::new("tee")
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    tee.stdin.take().unwrap().write_all(content).unwrap();
    assert!(tee.wait().unwrap().success());
}

/// One run of the program, or of another one, with a clean environment.
pub struct Invocation {
    program: PathBuf,
    words: Vec<String>,
    environment: BTreeMap<String, String>,
    folder: Option<PathBuf>,
    input: Vec<u8>,
}

/// What a run left behind.
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    pub status: Option<i32>,
}

impl Invocation {
    /// The program under test, talking to the cluster of `kubeconfig`.
    pub fn of(kubeconfig: &Path) -> Self {
        Self::of_program(program(), kubeconfig)
    }

    /// Another program.
    pub fn of_program(program: &Path, kubeconfig: &Path) -> Self {
        let environment = [
            ("KUBECONFIG", kubeconfig.display().to_string()),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("HOME", home().display().to_string()),
        ];
        Self {
            program: program.to_owned(),
            words: Vec::new(),
            environment: environment
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            folder: None,
            input: Vec::new(),
        }
    }

    /// Adds words, separated by white space.
    pub fn words(mut self, words: &str) -> Self {
        self.words
            .extend(words.split_whitespace().map(str::to_owned));
        self
    }

    /// Adds one word as it is.
    pub fn word(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs in `folder`.
    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Gives `bytes` on standard input, through a pipe.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// The command, for tests that start it in their own way.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.words)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    /// Runs to the end.
    pub fn run(self) -> Outcome {
        let has = |wanted: &str| self.words.iter().any(|word| word == wanted);
        let _shreds = has("--shred").then(without_edit);
        let _edits =
            has("edit").then(|| OPENS_FILES.write().unwrap_or_else(PoisonError::into_inner));
        let mut child = self.command().spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("standard input is piped");
        let input = self.input;
        let writer = std::thread::spawn(move || {
            // A program that does not read its input closes the pipe.
            let _ = pipe.write_all(&input);
        });
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the writer ends");
        Outcome {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code(),
        }
    }
}

impl Outcome {
    /// Panics with everything that was said unless the status is `expected`.
    #[track_caller]
    pub fn status(self, expected: i32) -> Self {
        assert_eq!(
            self.status,
            Some(expected),
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Panics unless standard output holds `text`.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "{text:?} is not in\n{}",
            self.stdout
        );
        self
    }

    /// Panics unless standard error holds `text`.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "{text:?} is not in\n{}",
            self.stderr
        );
        self
    }
}

/// The values of a Secret, read by kubectl.
pub fn stored(namespace: &Namespace, name: &str) -> BTreeMap<String, Vec<u8>> {
    use base64::Engine;

    let output = namespace.kubectl(["get", "secret", name, "-o", "json"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let data = object["data"].as_object().cloned().unwrap_or_default();
    data.into_iter()
        .map(|(key, value)| {
            let text = value.as_str().expect("base64 text");
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text)
                .expect("base64");
            (key, bytes)
        })
        .collect()
}

/// Whether a Secret exists.
pub fn exists(namespace: &Namespace, name: &str) -> bool {
    namespace
        .kubectl(["get", "secret", name, "-o", "name"])
        .status
        .success()
}
