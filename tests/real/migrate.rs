//! `migrate` on the real cluster: the same bytes in a file, no variable left,
//! pods that are ready throughout, and the way back.

mod bad;
mod kinds;
mod together;
mod verify;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use libtest_mimic::Trial;

use crate::doctor::scene::{Scene, deployment};
use crate::harness::{Invocation, Outcome, cluster, node_trial, thorough_trial, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("migrate::workloads_of_every_kind", workloads),
        node_trial("migrate::bad_changes_are_taken_back", bad_changes),
        node_trial("migrate::asks_the_container_that_is_root", verify::root),
        node_trial("migrate::keeps_what_is_not_verified", verify::refused),
        node_trial("migrate::cron_jobs_by_their_template", kinds::cron_job),
        node_trial("migrate::two_containers_share_a_volume", kinds::shared),
        node_trial(
            "migrate::the_example_ends_without_variables",
            kinds::example,
        ),
        node_trial("migrate::a_quota_takes_it_back", bad::quota),
        node_trial("migrate::a_missing_key_changes_nothing", bad::missing_key),
        node_trial("migrate::two_people_lose_nothing", two_people),
        trial("migrate::together_in_20_tries", together::twenty),
        thorough_trial(
            "thorough::migrate_together_in_200_tries",
            together::two_hundred,
        ),
    ]
}

/// The pods of a kind that this test knows how to wait for.
struct Case {
    name: &'static str,
    kind: &'static str,
    /// The rest of the pod's specification.
    pod: &'static str,
    /// The rest of the container.
    container: &'static str,
    flags: &'static str,
    /// Mode of the file as the container sees it.
    mode: &'static str,
    /// The variable and the file that takes its place.
    variable: &'static str,
    file: &'static str,
}

const ENV: &str =
    "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-creds, key: password}}}]";
const FILE: &str = "/etc/secrets/db-creds/password";

const CASES: &[Case] = &[
    Case {
        name: "root",
        kind: "Deployment",
        pod: "securityContext: {runAsUser: 0}",
        container: ENV,
        flags: "",
        mode: "400",
        variable: "DB_PASSWORD",
        file: FILE,
    },
    Case {
        name: "uid-with-group",
        kind: "Deployment",
        pod: "securityContext: {runAsUser: 1000, fsGroup: 1000}",
        container: ENV,
        flags: "",
        mode: "440",
        variable: "DB_PASSWORD",
        file: FILE,
    },
    Case {
        name: "uid-gets-group",
        kind: "Deployment",
        pod: "securityContext: {runAsUser: 1000}",
        container: ENV,
        flags: "--fs-group 2000",
        mode: "440",
        variable: "DB_PASSWORD",
        file: FILE,
    },
    Case {
        name: "env-from",
        kind: "Deployment",
        pod: "securityContext: {runAsUser: 0}",
        container: "envFrom: [{prefix: DB_, secretRef: {name: db-creds}}]",
        flags: "",
        mode: "400",
        variable: "DB_password",
        file: FILE,
    },
    Case {
        name: "optional",
        kind: "Deployment",
        pod: "securityContext: {runAsUser: 0}",
        container: "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-creds, key: password, optional: true}}}]",
        flags: "",
        mode: "400",
        variable: "DB_PASSWORD",
        file: FILE,
    },
    Case {
        name: "init-and-sidecar",
        kind: "Deployment",
        pod: "securityContext: {runAsUser: 0}\n\
              initContainers:\n\
              - {name: wait, image: IMAGE, imagePullPolicy: Never, command: ['true'], ENV}\n\
              - {name: proxy, image: IMAGE, imagePullPolicy: Never, restartPolicy: Always, command: [sleep, '100000'], ENV}",
        container: ENV,
        flags: "",
        mode: "400",
        variable: "DB_PASSWORD",
        file: FILE,
    },
    Case {
        name: "stateful",
        kind: "StatefulSet",
        pod: "securityContext: {runAsUser: 0}",
        container: ENV,
        flags: "",
        mode: "400",
        variable: "DB_PASSWORD",
        file: FILE,
    },
    Case {
        name: "daemon",
        kind: "DaemonSet",
        pod: "securityContext: {runAsUser: 0}",
        container: ENV,
        flags: "",
        mode: "400",
        variable: "DB_PASSWORD",
        file: FILE,
    },
    Case {
        name: "renamed",
        kind: "Deployment",
        pod: "securityContext: {runAsUser: 0}",
        container: ENV,
        flags: "--path password=db-password --mount-path /secrets/{secret}",
        mode: "400",
        variable: "DB_PASSWORD",
        file: "/secrets/db-creds/db-password",
    },
];

fn manifest(case: &Case) -> String {
    let env = ENV.trim_start_matches("env: ");
    let pod = case
        .pod
        .replace("IMAGE", &format!("'{}'", cluster().test_image()))
        .replace(", ENV}", &format!(", env: {env}}}"));
    let text = deployment(case.name, cluster().test_image(), &pod, case.container);
    match case.kind {
        "Deployment" => text.replace("replicas: 1", "replicas: 2"),
        "StatefulSet" => text
            .replace("kind: Deployment", "kind: StatefulSet")
            .replace("  replicas: 1\n", "  serviceName: none\n  replicas: 2\n"),
        _ => text
            .replace("kind: Deployment", "kind: DaemonSet")
            .replace("  replicas: 1\n", ""),
    }
}

fn migrate(scene: &Scene, words: &str) -> Outcome {
    Invocation::of(&scene.namespace.kubeconfig())
        .words("migrate")
        .words(words)
        .run()
}

fn template(scene: &Scene, object: &str) -> String {
    let query = "-ojsonpath={.spec.template}";
    let output = scene.namespace.kubectl(["get", object, query]);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn in_container(scene: &Scene, object: &str, command: &[&str]) -> String {
    let output = scene.namespace.exec(object, command);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Invariants 3, 4, 8, 10, 24, 44, 46.
fn workloads() {
    let scene = Scene::new("migrate");
    let value = "s3cret value, with = and \" in it\\n";
    scene.create("db-creds --stdin password --keep-newline", value);
    for case in CASES {
        scene.namespace.apply(&manifest(case));
    }
    for case in CASES {
        scene.wait_rolled_out(&format!("{}/{}", case.kind.to_lowercase(), case.name));
    }
    for case in CASES {
        of_one(&scene, case, value);
    }
}

/// Somebody looks all the time whether a pod is ready, and counts when none is.
fn watched<T>(scene: &Scene, app: &str, change: impl FnOnce() -> T) -> (T, usize) {
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
                std::thread::sleep(Duration::from_millis(200));
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

fn of_one(scene: &Scene, case: &Case, value: &str) {
    let object = format!("{}/{}", case.kind.to_lowercase(), case.name);
    let environment = |object: &str| {
        in_container(scene, object, &["cat", "/proc/1/environ"]).contains(case.variable)
    };
    assert!(
        environment(&object),
        "{object}: the variable is there before"
    );
    let before = template(scene, &object);
    let (outcome, gaps) = watched(scene, case.name, || {
        let words = format!("{object} --complete --reads-files all -y {}", case.flags);
        migrate(scene, &words)
    });
    outcome.status(0);
    // One node runs one pod of a DaemonSet, which ends before the new one.
    if case.kind != "DaemonSet" {
        assert_eq!(gaps, 0, "{object}: moments without a ready pod");
    }
    assert!(!environment(&object), "{object}: the variable is gone");
    assert!(!template(scene, &object).contains("secretKeyRef"));
    let mode = in_container(scene, &object, &["stat", "-L", "-c", "%a", case.file]);
    assert_eq!(mode.trim(), case.mode, "{object}");
    let read = in_container(scene, &object, &["cat", case.file]);
    assert_eq!(read, value, "{object}: the same bytes");
    // A second run has nothing to do.
    let again = migrate(
        scene,
        &format!("{object} --complete --reads-files all -y {}", case.flags),
    );
    again.status(0);
    migrate(scene, &format!("--undo {object} -y")).status(0);
    assert_eq!(template(scene, &object), before, "{object}: taken back");
    assert!(
        environment(&object),
        "{object}: the variable is there again"
    );
}

/// Containers that do not start, or never get ready, without their variable:
/// the old pods go on, and the template goes back.
///
/// Invariants 24, 48, 63.
fn bad_changes() {
    let scene = Scene::new("migrate-bad");
    scene.create("db-creds --stdin password", "pw");
    // Written so that no reader of manifests finds the variable's name.
    let asks = "env | grep -q \"^DB_PASS\"\"WORD=\"";
    let command = format!("command: [sh, -c, '{asks} || exit 1; sleep 100000']");
    let probe = format!(
        "{ENV}\nreadinessProbe: {{exec: {{command: [sh, -c, '{asks}']}}, periodSeconds: 1}}"
    );
    let sleep = "command: [sleep, '100000']";
    for (name, container, command, words) in [
        ("crashes", ENV, command.as_str(), "ends again and again"),
        ("never-ready", probe.as_str(), sleep, "are not ready after"),
    ] {
        let root = "securityContext: {runAsUser: 0}";
        let text = deployment(name, cluster().test_image(), root, container);
        scene.namespace.apply(&text.replace(sleep, command));
        scene.wait_ready(name);
        let object = format!("deployment/{name}");
        let before = template(&scene, &object);
        let words_after = migrate(
            &scene,
            &format!("{object} -y --complete --reads-files all --timeout 30"),
        );
        words_after.status(4).says(words);
        assert_eq!(template(&scene, &object), before);
        scene.wait_ready(name);
    }
    // The mode is asked for and cannot be read: the variable stays.
    let user = "securityContext: {runAsUser: 1000}";
    scene.deploy("cannot-read", user, ENV);
    scene.wait_ready("cannot-read");
    migrate(
        &scene,
        "deployment/cannot-read -y --complete --reads-files all",
    )
    .status(2);
    let forced = migrate(
        &scene,
        "deployment/cannot-read -y --complete --reads-files all --mode 0400",
    );
    forced.status(0);
    let seen = in_container(
        &scene,
        "deployment/cannot-read",
        &["cat", "/proc/1/environ"],
    );
    assert!(seen.contains("DB_PASSWORD"));
}

/// A controller relabels the workload all the time while it is migrated and
/// taken back: nothing of either is lost.
///
/// Invariant 41.
fn two_people() {
    let scene = Scene::new("migrate-two");
    scene.create("db-creds --stdin password", "pw");
    scene.deploy("api", "securityContext: {runAsUser: 0}", ENV);
    scene.wait_ready("api");
    let before = template(&scene, "deployment/api");
    let done = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut written = 0;
            // Bounded, so that a failure of the other side ends it too.
            while !done.load(Ordering::Relaxed) && written < 2000 {
                std::thread::sleep(Duration::from_millis(100));
                written += 1;
                let label = format!("round={written}");
                let output =
                    scene
                        .namespace
                        .kubectl(["label", "deployment/api", &label, "--overwrite"]);
                assert!(output.status.success());
            }
            written
        });
        let outcomes: Vec<_> = (0..3)
            .flat_map(|_| {
                [
                    migrate(&scene, "deployment/api --complete --reads-files all -y"),
                    migrate(&scene, "--undo deployment/api -y"),
                ]
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        let written = other.join().unwrap();
        for outcome in outcomes {
            outcome.status(0);
        }
        written
    });
    assert_eq!(template(&scene, "deployment/api"), before);
    let query = "-ojsonpath={.metadata.labels.round}";
    let label = scene.namespace.kubectl(["get", "deployment/api", query]);
    assert_eq!(String::from_utf8_lossy(&label.stdout), written.to_string());
}
