//! Where one test works: a namespace of its own and users with few rights.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::certificates::{Authority, Pair};
use crate::cluster::Shared;
use crate::kubeconfig::{self, Endpoint};
use crate::process;

const LIMIT: Duration = Duration::from_secs(180);

/// Numbers names within one process; another process has another cluster.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// One rule of a Role.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    pub api_group: &'a str,
    pub resources: &'a [&'a str],
    /// Empty: all of them.
    pub resource_names: &'a [&'a str],
    pub verbs: &'a [&'a str],
}

/// A user who may do in one namespace what its rules say.
#[derive(Debug)]
pub struct User {
    name: String,
    kubeconfig: PathBuf,
}

impl User {
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }
}

/// A namespace; deleted in the background when dropped.
#[derive(Debug)]
pub struct Namespace {
    shared: Arc<Shared>,
    name: String,
    kubeconfig: PathBuf,
}

impl Namespace {
    pub(crate) fn create(shared: Arc<Shared>, hint: &str) -> Namespace {
        let name = format!("{hint}-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let kubeconfig = shared.layout.folder.join(format!("{name}.kubeconfig"));
        let namespace = Namespace {
            shared,
            name,
            kubeconfig,
        };
        let pair = Pair::named(&namespace.shared.layout.pki(), "admin");
        kubeconfig::write(
            &namespace.kubeconfig,
            &namespace.endpoint(),
            "admin",
            &pair,
            &namespace.name,
        )
        .unwrap_or_else(|error| panic!("cannot write a kubeconfig: {error}"));
        succeed(
            "create namespace",
            &namespace.kubectl(["create", "namespace", &namespace.name]),
        );
        // Pods are refused without the account, and start late without the map.
        let wanted = [
            "get",
            "serviceaccount/default",
            "configmap/kube-root-ca.crt",
            "-o",
            "name",
        ];
        let there = process::wait_until(LIMIT, || namespace.kubectl(wanted).status.success());
        assert!(
            there,
            "namespace {} got no default service account in {} s",
            namespace.name,
            LIMIT.as_secs()
        );
        namespace
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// kubectl as the administrator in this namespace, ended after a minute.
    pub fn kubectl<I, S>(&self, arguments: I) -> Output
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.run(arguments, b"", LIMIT)
    }

    /// `kubectl apply`; panics with kubectl's words when it fails.
    pub fn apply(&self, manifest: &str) {
        succeed(
            "kubectl apply",
            &self.run(["apply", "-f", "-"], manifest.as_bytes(), LIMIT),
        );
    }

    /// Administrator's credentials with this namespace as the default.
    pub fn kubeconfig(&self) -> PathBuf {
        self.kubeconfig.clone()
    }

    /// A new user with a Role of these rules in this namespace, and nothing else.
    pub fn user(&self, rules: &[Rule]) -> User {
        let name = format!("user-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let rules: Vec<_> = rules
            .iter()
            .map(|rule| {
                json!({"apiGroups": [rule.api_group], "resources": rule.resources,
                    "resourceNames": rule.resource_names, "verbs": rule.verbs})
            })
            .collect();
        let version = "rbac.authorization.k8s.io/v1";
        let group = "rbac.authorization.k8s.io";
        self.apply(
            &json!({"apiVersion": "v1", "kind": "List", "items": [
                {"apiVersion": version, "kind": "Role", "metadata": {"name": name}, "rules": rules},
                {"apiVersion": version, "kind": "RoleBinding", "metadata": {"name": name},
                 "roleRef": {"apiGroup": group, "kind": "Role", "name": name},
                 "subjects": [{"apiGroup": group, "kind": "User", "name": name}]}]})
            .to_string(),
        );
        let pair = Authority::open(&self.shared.layout.pki())
            .and_then(|authority| authority.client(&name, &name, None))
            .unwrap_or_else(|error| panic!("{error}"));
        let kubeconfig = self.shared.layout.folder.join(format!("{name}.kubeconfig"));
        kubeconfig::write(&kubeconfig, &self.endpoint(), &name, &pair, &self.name)
            .unwrap_or_else(|error| panic!("cannot write a kubeconfig: {error}"));
        self.wait_rules(&name, &rules);
        User { name, kubeconfig }
    }

    /// The authorizer learns of a Role by a watch, a moment after it is stored.
    fn wait_rules(&self, user: &str, rules: &[serde_json::Value]) {
        let Some(rule) = rules.last() else { return };
        let word = |field: &str| rule[field][0].as_str().unwrap_or_default().to_owned();
        let mut resource = word("resources");
        if !word("apiGroups").is_empty() {
            resource = format!("{resource}.{}", word("apiGroups"));
        }
        if !word("resourceNames").is_empty() {
            resource = format!("{resource}/{}", word("resourceNames"));
        }
        let question = ["auth", "can-i", &word("verbs"), &resource, "--as", user];
        let known = process::wait_until(LIMIT, || self.kubectl(question).status.success());
        assert!(
            known,
            "the rules of {user} are not in force after {} s",
            LIMIT.as_secs()
        );
    }

    /// Waits for a pod; the error holds its events and status.
    pub fn wait_pod_ready(&self, pod: &str, limit: Duration) -> Result<(), String> {
        let patience = format!("--timeout={}s", limit.as_secs());
        let waited = self.run(
            [
                "wait",
                "--for=condition=Ready",
                &format!("pod/{pod}"),
                &patience,
            ],
            b"",
            limit + LIMIT,
        );
        if waited.status.success() {
            return Ok(());
        }
        let mut words = text(&waited);
        words.push_str(&text(&self.kubectl(["describe", "pod", pod])));
        Err(words)
    }

    /// Runs a command in a pod.
    pub fn exec(&self, pod: &str, command: &[&str]) -> Output {
        self.kubectl(["exec", pod, "--"].iter().chain(command))
    }

    fn run<I, S>(&self, arguments: I, input: &[u8], limit: Duration) -> Output
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command();
        command.args(arguments);
        process::run(&mut command, input, limit)
            .unwrap_or_else(|error| panic!("kubectl does not run: {error}"))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.shared.binaries.path("kubectl"));
        command
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(["-n", &self.name]);
        command
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint {
            server: self.shared.server.clone(),
            ca_certificate: self.shared.layout.ca_certificate(),
        }
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let mut command = self.command();
        command.args(["delete", "namespace", &self.name, "--wait=false"]);
        std::thread::spawn(move || {
            // The cluster may be gone already, and the namespace with it.
            let _ = process::run(&mut command, b"", LIMIT);
        });
    }
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn succeed(what: &str, output: &Output) {
    assert!(output.status.success(), "{what} failed: {}", text(output));
}
