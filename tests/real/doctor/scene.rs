//! A namespace with a trouble in it: what doctor says, and doing what it says.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use testcluster::{Cluster, Namespace};

use crate::harness::{Invocation, Outcome, cluster, program};

/// Enough for kubelet to notice and to go on, on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(150);

/// Between two looks: a process of kubectl each, and several tests look at the same time.
const LOOKS: Duration = Duration::from_millis(900);

/// A namespace of one test.
pub struct Scene {
    pub namespace: Namespace,
    /// On `PATH` for fixes: kubectl and the plugin.
    programs: tempfile::TempDir,
}

impl Scene {
    pub fn new(hint: &str) -> Self {
        Self::on(&cluster(), hint)
    }

    /// The same on a cluster of its own.
    pub fn on(cluster: &Cluster, hint: &str) -> Self {
        let programs = tempfile::tempdir().unwrap();
        let link = |target: &Path, name: &str| {
            std::os::unix::fs::symlink(target, programs.path().join(name)).unwrap();
        };
        link(cluster.kubectl(), "kubectl");
        link(program(), "kubectl-secretsafe");
        Self {
            namespace: cluster.namespace(hint),
            programs,
        }
    }

    /// A Deployment of one replica; `pod` is the rest of its pod's
    /// specification, `container` the rest of its container.
    pub fn deploy(&self, name: &str, pod: &str, container: &str) {
        self.namespace
            .apply(&deployment(name, cluster().test_image(), pod, container));
    }

    pub fn create(&self, words: &str, input: &str) {
        Invocation::of(&self.namespace.kubeconfig())
            .words("create -q")
            .words(words)
            .input(input)
            .run()
            .status(0);
    }

    /// A name that no other test's namespace has: doctor looks for missing
    /// Secrets everywhere.
    pub fn own(&self, name: &str) -> String {
        format!("{name}-of-{}", self.namespace.name())
    }

    pub fn doctor(&self, words: &str) -> Examination {
        Examination::of(
            Invocation::of(&self.namespace.kubeconfig())
                .words("doctor -o json")
                .words(words)
                .run(),
        )
    }

    /// Waits until a JSONPath of the pods of a Deployment shows `wanted`.
    #[track_caller]
    pub fn wait_for_pods(&self, name: &str, path: &str, wanted: &str) {
        let selector = format!("app={name}");
        let query = format!("-ojsonpath={{range .items[*]}}{path}{{end}}");
        self.wait(&format!("pods of {name}: {wanted}"), || {
            let output = self
                .namespace
                .kubectl(["get", "pods", "-l", &selector, &query]);
            String::from_utf8_lossy(&output.stdout).contains(wanted)
        });
    }

    /// Waits until kubelet reports an event that holds `words`.
    #[track_caller]
    pub fn wait_for_event(&self, words: &str) {
        self.wait(&format!("event: {words}"), || {
            let output =
                self.namespace
                    .kubectl(["get", "events", "-ojsonpath={.items[*].message}"]);
            String::from_utf8_lossy(&output.stdout).contains(words)
        });
    }

    /// Waits until a Deployment's rollout is complete.
    #[track_caller]
    pub fn wait_ready(&self, name: &str) {
        self.wait_rolled_out(&format!("deployment/{name}"));
    }

    /// The same for any `kind/name` that has rollouts.
    #[track_caller]
    pub fn wait_rolled_out(&self, object: &str) {
        let wanted = ["rollout", "status", object, "--timeout=5s"];
        self.wait(&format!("{object} ready"), || {
            self.namespace.kubectl(wanted).status.success()
        });
    }

    #[track_caller]
    pub fn wait(&self, what: &str, done: impl Fn() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(
                start.elapsed() < LIMIT,
                "{what}: not after {} s\n{}",
                LIMIT.as_secs(),
                self.state()
            );
            std::thread::sleep(LOOKS);
        }
    }

    /// Waits until what there is now is what is wanted; both are shown when it
    /// is not in time.
    #[track_caller]
    pub fn wait_until_equal(&self, what: &str, wanted: &str, now: impl Fn() -> String) {
        let start = Instant::now();
        loop {
            let now = now();
            if now == wanted {
                return;
            }
            assert!(
                start.elapsed() < LIMIT,
                "{what}: not after {} s\nwanted:\n{wanted}\nnow:\n{now}\n{}",
                LIMIT.as_secs(),
                self.state()
            );
            std::thread::sleep(LOOKS);
        }
    }

    fn state(&self) -> String {
        let pods = self.namespace.kubectl(["describe", "pods"]);
        String::from_utf8_lossy(&pods.stdout).into_owned()
    }

    /// Runs a line in a shell that has kubectl with the plugin, in a folder of the scene.
    pub fn shell(&self, line: &str, input: &str) -> Outcome {
        Invocation::of_program(Path::new("/bin/sh"), &self.namespace.kubeconfig())
            .word("-c")
            .word(line)
            .env("PATH", &self.path())
            .env("HOME", "/nonexistent")
            .env(
                "XDG_CACHE_HOME",
                &self.programs.path().join("cache").display().to_string(),
            )
            .folder(self.programs.path())
            .input(input)
            .run()
    }

    fn path(&self) -> String {
        format!("{}:/usr/bin:/bin", self.programs.path().display())
    }

    /// Runs a printed command as a person would, at a terminal: every hidden
    /// prompt gets `value`, and a PATH to be filled in a file that holds it.
    pub fn run_fix(&self, command: &str, value: &str) {
        let file = self.programs.path().join("value");
        fs::write(&file, value).unwrap();
        let line = command.replace("=PATH", &format!("=password={}", file.display()));
        let line = format!("{line}; echo ended:$?");
        let mut shell = std::process::Command::new("/bin/sh");
        shell
            .args(["-c", &line])
            .env_clear()
            .env("KUBECONFIG", self.namespace.kubeconfig())
            .env("HOME", "/nonexistent")
            .env("TERM", "dumb")
            .env("PATH", self.path());
        let mut session = rexpect::session::spawn_command(shell, Some(30_000)).unwrap();
        let ended = loop {
            let (before, found) = session
                .exp_regex(r"ended:\d+|hidden[^)]*\): |once more: |\[y/N[^\]]*\]")
                .unwrap_or_else(|error| panic!("{command}: {error}"));
            match found.as_str() {
                found if found.starts_with("[y/N") => session.send_line("y").unwrap(),
                found if found.starts_with("ended:") => break format!("{before}{found}"),
                _ => session.send_line(value).unwrap(),
            };
        };
        assert!(ended.ends_with("ended:0"), "{command}\n{ended}");
    }
}

/// A Deployment whose container sleeps and whose pods end at once.
pub fn deployment(name: &str, image: &str, pod: &str, container: &str) -> String {
    let indented = |text: &str, by: usize| -> String {
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| format!("{:by$}{line}\n", ""))
            .collect()
    };
    format!(
        r"
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
{}      containers:
      - name: main
        image: {image}
        imagePullPolicy: Never
        command: [sleep, '100000']
{}",
        indented(pod, 6),
        indented(container, 8)
    )
}

/// What one run of doctor said.
pub struct Examination {
    pub report: Value,
    pub status: Option<i32>,
    words: String,
}

impl Examination {
    #[track_caller]
    pub fn of(outcome: Outcome) -> Self {
        let report = serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| {
            panic!("{error}\n{}\n{}", outcome.stdout, outcome.stderr);
        });
        Self {
            report,
            status: outcome.status,
            words: format!("{}\n{}", outcome.stdout, outcome.stderr),
        }
    }

    pub fn all(&self) -> Vec<&Value> {
        let parts = self.report["parts"].as_array().unwrap();
        parts
            .iter()
            .flat_map(|part| part["findings"].as_array().unwrap())
            .collect()
    }

    /// Findings that make a run fail. SS013 is left out: that a Secret is in
    /// the environment is how most of these troubles begin.
    pub fn serious(&self) -> Vec<&Value> {
        self.all()
            .into_iter()
            .filter(|finding| finding["severity"] != "info" && finding["rule"] != "SS013")
            .collect()
    }

    /// The only serious finding: which rule, how bad, on what, about which
    /// Secret and key.
    #[track_caller]
    pub fn only(&self, rule: &str, severity: &str, object: &str, about: &str) -> &Value {
        let serious = self.serious();
        let [finding] = serious[..] else {
            panic!("one finding of {rule} was expected\n{}", self.words);
        };
        let found = told(finding);
        assert_eq!(
            found,
            (rule.into(), severity.into(), object.into(), about.into()),
            "\n{}",
            self.words
        );
        finding
    }

    /// The rules of all findings.
    pub fn rules(&self) -> Vec<String> {
        let rule = |finding: &Value| finding["rule"].as_str().unwrap_or_default().to_owned();
        self.all().into_iter().map(rule).collect()
    }

    /// A finding of a rule, however bad.
    #[track_caller]
    pub fn of_rule(&self, rule: &str) -> &Value {
        let found: Vec<_> = self
            .all()
            .into_iter()
            .filter(|finding| finding["rule"] == rule)
            .collect();
        assert_eq!(found.len(), 1, "findings of {rule}\n{}", self.words);
        found[0]
    }

    #[track_caller]
    pub fn is_clean(&self) {
        assert!(self.serious().is_empty(), "{}", self.words);
        assert_eq!(self.report["summary"]["complete"], true, "{}", self.words);
        assert!(matches!(self.status, Some(0 | 1)), "{}", self.words);
    }
}

fn told(finding: &Value) -> (String, String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let secret = &finding["secret"];
    let about = match secret["key"].as_str() {
        Some(key) => format!("{}:{key}", text(&secret["name"])),
        None => text(&secret["name"]),
    };
    let object = format!(
        "{}/{}",
        text(&finding["object"]["kind"]).to_lowercase(),
        text(&finding["object"]["name"])
    );
    (
        text(&finding["rule"]),
        text(&finding["severity"]),
        object,
        about,
    )
}

/// The first command of a finding that begins so.
#[track_caller]
pub fn command(finding: &Value, start: &str) -> String {
    finding["fixes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|fix| fix["command"].as_str())
        .find(|command| command.starts_with(start))
        .unwrap_or_else(|| panic!("no fix begins with {start}:\n{finding:#}"))
        .to_owned()
}

/// Whether the proof holds some words.
#[track_caller]
pub fn proves(finding: &Value, words: &str) {
    let evidence = finding["evidence"].to_string();
    assert!(evidence.contains(words), "{words:?} is not in {evidence}");
}
