//! A workload to migrate, and what is asked about it.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::doctor::scene::{Scene, deployment};
use crate::harness::{Invocation, Outcome, cluster};

/// One variable from one key.
pub const ENV: &str =
    "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-creds, key: password}}}]";
/// Its file.
pub const FILE: &str = "/etc/secrets/db-creds/password";
/// What makes a container's user known.
pub const ROOT: &str = "securityContext: {runAsUser: 0}";
/// What every container here does.
const COMMAND: &str = "command: [sleep, '100000']";

/// Pods that this test knows how to wait for.
#[derive(Clone, Copy)]
pub struct App<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    /// The rest of the pod's specification; `IMAGE` and `ENV` stand for their
    /// values.
    pub pod: &'a str,
    /// The rest of the container.
    pub container: &'a str,
    pub command: &'a str,
}

impl App<'_> {
    /// A Deployment of two pods that run as root and have the variable.
    pub const USUAL: App<'static> = App {
        name: "api",
        kind: "Deployment",
        pod: ROOT,
        container: ENV,
        command: COMMAND,
    };

    pub fn object(&self) -> String {
        format!("{}/{}", self.kind.to_lowercase(), self.name)
    }

    pub fn manifest(&self) -> String {
        let cluster = cluster();
        let image = cluster.test_image();
        let env = ENV.trim_start_matches("env: ");
        let pod = self
            .pod
            .replace("IMAGE", &format!("'{image}'"))
            .replace(", ENV}", &format!(", env: {env}}}"));
        let text =
            deployment(self.name, image, &pod, self.container).replace(COMMAND, self.command);
        match self.kind {
            "Deployment" => text.replace("replicas: 1", "replicas: 2"),
            "StatefulSet" => text
                .replace("kind: Deployment", "kind: StatefulSet")
                .replace("  replicas: 1\n", "  serviceName: none\n  replicas: 2\n"),
            _ => text
                .replace("kind: Deployment", "kind: DaemonSet")
                .replace("  replicas: 1\n", ""),
        }
    }

    /// Makes it and waits until its pods are ready.
    pub fn start(&self, scene: &Scene) {
        scene.namespace.apply(&self.manifest());
        scene.wait_rolled_out(&self.object());
    }
}

pub fn migrate(scene: &Scene, words: &str) -> Outcome {
    Invocation::of(&scene.namespace.kubeconfig())
        .words("migrate")
        .words(words)
        .run()
}

/// The same for pods that are known to stay up, which need not be watched for
/// long.
pub fn migrate_soon(scene: &Scene, words: &str) -> Outcome {
    migrate(scene, &format!("{words} --settle 3s"))
}

pub fn template(scene: &Scene, object: &str) -> String {
    ask(scene, &["get", object, "-ojsonpath={.spec.template}"])
}

pub fn spec(scene: &Scene, object: &str) -> String {
    ask(scene, &["get", object, "-ojsonpath={.spec}"])
}

pub fn in_container(scene: &Scene, object: &str, command: &[&str]) -> String {
    let output = scene.namespace.exec(object, command);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What kubectl answers. A kubectl that fails says nothing of what there is, so
/// it is asked again: a busy machine makes it fail now and then.
pub fn ask(scene: &Scene, words: &[&str]) -> String {
    let answer = RefCell::new(String::new());
    scene.wait(&format!("kubectl {}", words.join(" ")), || {
        let output = scene.namespace.kubectl(words);
        answer.replace(String::from_utf8_lossy(&output.stdout).into_owned());
        output.status.success()
    });
    answer.into_inner()
}

/// Somebody looks all the time whether a pod is ready, and counts when none is.
pub fn watched<T>(scene: &Scene, app: &str, change: impl FnOnce() -> T) -> (T, usize) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let selector = format!("app={app}");
            let query = "-ojsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}";
            let (mut gaps, mut looks) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let output = scene
                    .namespace
                    .kubectl(["get", "pods", "-l", &selector, query]);
                let seen = String::from_utf8_lossy(&output.stdout).into_owned();
                if output.status.success() {
                    looks += 1;
                    gaps += usize::from(!seen.contains("True"));
                }
                std::thread::sleep(Duration::from_millis(500));
            }
            assert!(looks > 0, "nobody looked");
            gaps
        });
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(change));
        done.store(true, Ordering::Relaxed);
        let gaps = watcher.join().unwrap();
        (
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            gaps,
        )
    })
}
