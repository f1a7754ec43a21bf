//! `rotate` and `restart` on the real cluster: every consumer on the new value, or
//! every one on the old one.

use std::cell::RefCell;
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::doctor::scene::Scene;
use crate::harness::{Invocation, Outcome, node_trial, stored, thorough_trial};
use crate::migrate::app::{App, ask, in_container, spec, watched};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("rotate::each_way_gets_the_new_value", each_way),
        node_trial("rotate::a_value_that_crashes_is_taken_back", crashes),
        node_trial("rotate::pods_of_between_are_healed", between),
        node_trial("rotate::pods_that_are_ready_once", ready_once),
        node_trial(
            "rotate::nothing_is_written_where_a_policy_forbids_it",
            policy,
        ),
        node_trial("rotate::a_quota_takes_it_back", quota),
        node_trial("rotate::stateful_pods_and_evictions", evictions),
        node_trial("rotate::a_check_decides", check),
        node_trial("rotate::staged_kept_and_brought_back", staged),
        node_trial("rotate::killed_and_gone_on_with", || killed(2)),
        node_trial("rotate::times_of_writes_move", times),
        thorough_trial("thorough::rotate_killed_ten_times", || killed(10)),
    ]
}

const ENV: &str =
    "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-creds, key: password}}}]";
const OLD: &str = "good-value-of-before";
const NEW: &str = "wicked-value-of-now";

/// A Secret with two keys.
fn scene(hint: &str) -> Scene {
    let scene = Scene::new(hint);
    scene.create(
        "db-creds --stdin-env",
        &format!("password={OLD}\nuser=alice\n"),
    );
    scene
}

fn rotate(scene: &Scene, words: &str) -> Invocation {
    Invocation::of(&scene.namespace.kubeconfig())
        .words("rotate secret/db-creds")
        .words(words)
}

/// A new value for the password, which is not watched for long.
fn rotated(scene: &Scene, words: &str) -> Outcome {
    rotate(scene, "password --stdin password -y --settle 2s")
        .words(words)
        .input(NEW)
        .run()
}

fn password(scene: &Scene) -> String {
    String::from_utf8(stored(&scene.namespace, "db-creds")["password"].clone()).unwrap()
}

fn has_run(scene: &Scene) -> bool {
    let asked = ["get", "secret", "secretsafe-run.db-creds"];
    scene.namespace.kubectl(asked).status.success()
}

fn container_ids(scene: &Scene, app: &str) -> String {
    let selector = format!("app={app}");
    let query = "-ojsonpath={.items[*].status.containerStatuses[*].containerID}";
    ask(scene, &["get", "pods", "-l", &selector, query])
}

const IN_ENV: &[&str] = &["sh", "-c", "echo -n $DB_PASSWORD"];

/// Environment, subPath and directory all end on the new value; who uses another key
/// keeps its containers.
///
/// Invariants 67, 69, 71, 75, 76.
fn each_way() {
    let scene = scene("rotate-ways");
    scene.deploy("env", "", ENV);
    scene.deploy(
        "sub",
        "volumes: [{name: s, secret: {secretName: db-creds}}]",
        "volumeMounts: [{name: s, mountPath: /s/password, subPath: password}]",
    );
    scene.deploy(
        "file",
        "volumes: [{name: s, secret: {secretName: db-creds}}]",
        "volumeMounts: [{name: s, mountPath: /s}]",
    );
    let other = ENV.replace("key: password", "key: user");
    scene.deploy("other", "", &other);
    let apps = ["env", "sub", "file", "other"];
    apps.iter().for_each(|app| scene.wait_ready(app));
    let kept = ["file", "other"].map(|app| container_ids(&scene, app));
    let outcome = rotate(&scene, "password --stdin password -y --settle 2s -v 1")
        .input(NEW)
        .run()
        .status(0)
        .says("0 of 3 running containers have the old value")
        .says("not proven: that the programs of deployment/file");
    // A trial, the restart, and the lift of what it raised.
    let patches = outcome
        .stderr
        .lines()
        .filter(|line| line.contains("PATCH") && line.contains("/deployments/"));
    assert_eq!(patches.count(), 2 * 3, "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "secret/db-creds rotated (password)\n");
    assert_eq!(in_container(&scene, "deployment/env", IN_ENV), NEW);
    for app in ["sub", "file"] {
        let file = in_container(
            &scene,
            &format!("deployment/{app}"),
            &["cat", "/s/password"],
        );
        assert_eq!(file, NEW, "{app}");
    }
    assert_eq!(
        ["file", "other"].map(|app| container_ids(&scene, app)),
        kept
    );
    assert_eq!(stored(&scene.namespace, "db-creds")["user"], b"alice");
    assert!(!has_run(&scene));
    // The same value again.
    rotated(&scene, "").status(0).says("nothing to do");
}

/// Two pods that take good values only.
fn picky<'a>(name: &'a str, command: &'a str) -> App<'a> {
    App {
        name,
        command,
        ..App::USUAL
    }
}

const PICKY: &str = r#"command: [sh, -c, 'case "$DB_PASSWORD" in good*) sleep 100000;; *) echo "no login with $DB_PASSWORD"; exit 3;; esac']"#;

/// Template, value and pods are what they were.
#[track_caller]
fn is_back(scene: &Scene, app: &App<'_>, before: &str) {
    assert_eq!(password(scene), OLD);
    assert!(!has_run(scene), "the run's Secret is left");
    assert_eq!(spec(scene, &app.object()), before);
    scene.wait_rolled_out(&app.object());
    assert_eq!(in_container(scene, &app.object(), IN_ENV), OLD);
}

/// The program ends with the new value: its last words are shown, without it.
fn crashes() {
    let scene = scene("rotate-crash");
    let app = picky("api", PICKY);
    app.start(&scene);
    let before = spec(&scene, &app.object());
    let (outcome, gaps) = watched(&scene, app.name, || rotated(&scene, "--timeout 200s"));
    let outcome = outcome
        .status(4)
        .says("everything is what it was before")
        .says("  | no login with ***");
    assert!(!outcome.stderr.contains(NEW) && !outcome.stderr.contains(OLD));
    assert_eq!(gaps, 0, "moments without a ready pod");
    is_back(&scene, &app, &before);
}

/// A pod that dies and one that is added between the write and the failure hold the
/// new value, though nobody restarted their workload.
///
/// Invariant 77.
fn between() {
    let scene = scene("rotate-between");
    let first = picky("first", PICKY);
    let second = App {
        name: "second",
        ..App::USUAL
    };
    first.start(&scene);
    second.start(&scene);
    let before = [&first, &second].map(|app| spec(&scene, &app.object()));
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(|| rotated(&scene, "--order deploy/first --timeout 200s"));
        scene.wait("the new value is written", || password(&scene) == NEW);
        // Neither is of a workload that is restarted before the failure.
        let pod = ask(
            &scene,
            &[
                "get",
                "pods",
                "-l",
                "app=second",
                "-ojsonpath={.items[0].metadata.name}",
            ],
        );
        ask(
            &scene,
            &[
                "delete",
                "pod",
                &pod,
                "--wait=false",
                "--grace-period=0",
                "--force",
            ],
        );
        ask(&scene, &["scale", "deployment/second", "--replicas=3"]);
        run.join().unwrap()
    });
    outcome.status(4).says("everything is what it was before");
    is_back(&scene, &first, &before[0]);
    assert_eq!(password(&scene), OLD);
    scene.wait_rolled_out("deployment/second");
    let pods = ask(
        &scene,
        &[
            "get",
            "pods",
            "-l",
            "app=second",
            "-ojsonpath={.items[*].metadata.name}",
        ],
    );
    for pod in pods.split_whitespace() {
        assert_eq!(
            in_container(&scene, &format!("pod/{pod}"), IN_ENV),
            OLD,
            "{pod}"
        );
    }
    assert_eq!(
        spec(&scene, "deployment/second").replace("\"replicas\":3", "\"replicas\":2"),
        before[1]
    );
}

/// Ready for a moment, and never again.
fn ready_once() {
    let scene = scene("rotate-once");
    let command = r#"command: [sh, -c, 'case "$DB_PASSWORD" in good*) sleep 100000;; *) sleep 3; exit 1;; esac']"#;
    let app = picky("api", command);
    app.start(&scene);
    let before = spec(&scene, &app.object());
    let (outcome, gaps) = watched(&scene, app.name, || {
        rotate(
            &scene,
            "password --stdin password -y --settle 12s --timeout 200s",
        )
        .input(NEW)
        .run()
    });
    outcome.status(4).says("everything is what it was before");
    assert_eq!(gaps, 0, "moments without a ready pod");
    is_back(&scene, &app, &before);
}

/// A policy that refuses restarts speaks before anything is written.
///
/// Invariant 79.
fn policy() {
    let scene = scene("rotate-policy");
    let app = App::USUAL;
    app.start(&scene);
    let name = scene.namespace.name();
    scene.namespace.apply(&format!(
        r#"apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {name}}}
spec:
  matchConstraints:
    resourceRules: [{{apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments]}}]
    namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}
  validations: [{{expression: "!has(object.spec.template.metadata.annotations) || !('kubectl.kubernetes.io/restartedAt' in object.spec.template.metadata.annotations)", message: no restarts on fridays}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {name}}}
spec: {{policyName: {name}, validationActions: [Deny]}}
"#
    ));
    let refused = RefCell::new(String::new());
    scene.wait("the policy is in force", || {
        let outcome = rotate(&scene, "password --stdin password --dry-run=server")
            .input(NEW)
            .run();
        refused.replace(outcome.stderr);
        outcome.status != Some(0)
    });
    assert!(
        refused.borrow().contains("no restarts on fridays"),
        "{}",
        refused.borrow()
    );
    rotated(&scene, "")
        .status(2)
        .says("nothing was changed")
        .says("no restarts on fridays");
    assert_eq!(password(&scene), OLD);
    assert!(!has_run(&scene));
    let both = [
        "validatingadmissionpolicy",
        "validatingadmissionpolicybinding",
    ];
    for kind in both {
        ask(&scene, &["delete", kind, name]);
    }
}

/// There is no room for a new pod.
fn quota() {
    let scene = scene("rotate-quota");
    let app = App::USUAL;
    app.start(&scene);
    let before = spec(&scene, &app.object());
    ask(&scene, &["create", "quota", "pods", "--hard=pods=2"]);
    scene.wait("the quota counts", || {
        ask(
            &scene,
            &["get", "quota", "pods", "-ojsonpath={.status.used.pods}"],
        ) == "2"
    });
    rotated(&scene, "--timeout 10s")
        .status(4)
        .says("resourcequota/pods has no room for another pod")
        .says("everything is what it was before");
    is_back(&scene, &app, &before);
}

/// A StatefulSet that rolls, and one whose pods are evicted.
///
/// Invariants 69, 70.
fn evictions() {
    let scene = scene("rotate-evict");
    let rolls = App {
        name: "rolls",
        kind: "StatefulSet",
        ..App::USUAL
    };
    let waits = App {
        name: "waits",
        kind: "StatefulSet",
        ..App::USUAL
    };
    rolls.start(&scene);
    scene.namespace.apply(&waits.manifest().replace(
        "  serviceName: none\n",
        "  serviceName: none\n  updateStrategy: {type: OnDelete}\n",
    ));
    scene.wait_for_pods("waits", "{.status.phase}", "RunningRunning");
    ask(
        &scene,
        &[
            "create",
            "pdb",
            "waits",
            "--selector=app=waits",
            "--min-available=2",
        ],
    );
    scene.wait("the budget counts", || {
        ask(
            &scene,
            &["get", "pdb", "waits", "-ojsonpath={.status.currentHealthy}"],
        ) == "2"
    });
    let planned = rotate(&scene, "password --generate password --dry-run").run();
    planned
        .status(0)
        .says("poddisruptionbudget/waits allows no disruption now");
    ask(&scene, &["delete", "pdb", "waits"]);
    let before = spec(&scene, "statefulset/waits");
    rotated(&scene, "")
        .status(0)
        .says("statefulset/waits: pod/waits-1 evicted")
        .says("0 of 4 running containers have the old value");
    for pod in ["rolls-0", "rolls-1", "waits-0", "waits-1"] {
        assert_eq!(
            in_container(&scene, &format!("pod/{pod}"), IN_ENV),
            NEW,
            "{pod}"
        );
    }
    assert_eq!(spec(&scene, "statefulset/waits"), before);
}

/// A command in a new pod tells whether the value works.
fn check() {
    let scene = scene("rotate-check");
    let app = App::USUAL;
    app.start(&scene);
    let before = spec(&scene, &app.object());
    let container = ask(
        &scene,
        &[
            "get",
            "deployment/api",
            "-ojsonpath={.spec.template.spec.containers[0].name}",
        ],
    );
    rotated(&scene, "--verify-exec nobody -- true")
        .status(2)
        .says("nothing was changed");
    let run = |test: &str| {
        rotate(
            &scene,
            "password --stdin password -y --settle 2s --verify-exec",
        )
        .word(&container)
        .words("-- sh -c")
        .word(test)
        .input(NEW)
        .run()
    };
    run("exit 7").status(4).says("ended with exit code 7");
    is_back(&scene, &app, &before);
    run("test \"$DB_PASSWORD\" = wicked-value-of-now")
        .status(0)
        .says("the check succeeded");
    assert_eq!(password(&scene), NEW);
}

/// Written now and restarted later; then the old value comes back, read by nobody.
fn staged() {
    let scene = scene("rotate-stage");
    let app = App::USUAL;
    app.start(&scene);
    scene.deploy("other", "", &ENV.replace("key: password", "key: user"));
    scene.wait_ready("other");
    let kept = container_ids(&scene, "other");
    // A start and a write of one second cannot be told apart.
    std::thread::sleep(Duration::from_secs(2));
    rotated(&scene, "--stage").status(0).says("restart --stale");
    assert_eq!(in_container(&scene, &app.object(), IN_ENV), OLD);
    let status = rotate(&scene, "--status --exit-code -o json")
        .run()
        .status(1);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let run = &status["runs"][0];
    assert_eq!(
        (&run["phase"], &run["open"]),
        (&"staged".into(), &true.into())
    );
    let restart = Invocation::of(&scene.namespace.kubeconfig())
        .words("restart --stale -y --settle 2s")
        .run();
    restart.status(0).says("deployment/api: restarting");
    assert_eq!(in_container(&scene, &app.object(), IN_ENV), NEW);
    assert_eq!(container_ids(&scene, "other"), kept, "another key");
    let before = container_ids(&scene, "api");
    rotate(&scene, "--resume -y --settle 2s --keep 1h")
        .run()
        .status(0)
        .says("--undo");
    assert_eq!(container_ids(&scene, "api"), before, "restarted twice");
    rotate(&scene, "--gc").run().status(0).says("nothing to do");
    rotate(&scene, "--undo -y").run().status(0);
    assert_eq!(password(&scene), OLD);
    scene.wait_rolled_out(&app.object());
    assert_eq!(in_container(&scene, &app.object(), IN_ENV), OLD);
    assert!(!has_run(&scene));
}

/// SIGKILL at some moment: what is left is gone on with, or taken back.
///
/// Shows N3.
fn killed(rounds: u64) {
    let scene = scene("rotate-killed");
    let apps: Vec<String> = (0..5).map(|number| format!("app{number}")).collect();
    for app in &apps {
        scene.deploy(app, "", ENV);
    }
    apps.iter().for_each(|app| scene.wait_ready(app));
    for round in 0..rounds {
        let (from, to) = match password(&scene) == OLD {
            true => (OLD, NEW),
            false => (NEW, OLD),
        };
        let mut child = rotate(&scene, "password --stdin password -y --settle 1s")
            .command()
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), to.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(700 + round * 1_300));
        child.kill().unwrap();
        child.wait().unwrap();
        if !has_run(&scene) {
            assert!([from, to].contains(&password(&scene).as_str()));
            continue;
        }
        let (way, wanted) = match round % 2 {
            0 => ("--resume -y --settle 1s", to),
            _ => ("--abort -y", from),
        };
        rotate(&scene, way).run().status(0);
        assert_eq!(password(&scene), wanted);
        assert!(!has_run(&scene));
        for app in &apps {
            let object = format!("deployment/{app}");
            scene.wait_rolled_out(&object);
            let seen = || in_container(&scene, &object, IN_ENV);
            scene.wait_until_equal(app, wanted, seen);
        }
    }
}

/// The time of a manager's entry moves with each change of a value alone, in whatever
/// way it is made (kubernetes/kubernetes#121854 doubted it).
fn times() {
    let scene = scene("rotate-times");
    let time = |manager: &str| {
        let object = ask(
            &scene,
            &[
                "get",
                "secret",
                "db-creds",
                "--show-managed-fields",
                "-ojson",
            ],
        );
        let object: Value = serde_json::from_str(&object).unwrap();
        let entries = object["metadata"]["managedFields"]
            .as_array()
            .unwrap()
            .clone();
        let entry = entries.iter().find(|entry| entry["manager"] == manager);
        entry.map(|entry| entry["time"].as_str().unwrap().to_owned())
    };
    for (kind, patch) in [
        ("strategic", r#"{"stringData":{"password":"VALUE"}}"#),
        ("merge", r#"{"stringData":{"password":"VALUE"}}"#),
        (
            "json",
            r#"[{"op":"replace","path":"/data/password","value":"VALUE"}]"#,
        ),
    ] {
        let mut last = None;
        for value in ["bm93", "dGhlbg==", "bGF0ZXI="] {
            let manager = format!("by-{kind}");
            let patch = patch.replace("VALUE", value);
            ask(
                &scene,
                &[
                    "patch",
                    "secret",
                    "db-creds",
                    "--type",
                    kind,
                    "-p",
                    &patch,
                    "--field-manager",
                    &manager,
                ],
            );
            let now = time(&manager);
            assert!(now.is_some() && now != last, "{kind}: {now:?} {last:?}");
            last = now;
            std::thread::sleep(Duration::from_millis(1_100));
        }
    }
}
