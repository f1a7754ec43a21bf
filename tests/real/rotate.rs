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
        node_trial("rotate::an_immutable_secret_gets_a_successor", immutable),
        node_trial("rotate::a_successor_is_taken_back", immutable_and_back),
        node_trial("rotate::a_frozen_kubelet_takes_it_back", frozen),
        node_trial("rotate::a_rehearsal_harms_nobody", rehearsal),
        node_trial("rotate::a_pull_that_fails_takes_it_back", pull),
        node_trial("rotate::a_receipt_tells_what_happened", receipt),
        node_trial("rotate::a_job_tells_the_other_side", job),
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
///
/// Invariant 82.
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
    restart
        .status(0)
        .says("deployment/api: restarting")
        .says("A rotation of secret/db-creds is not over")
        .says("kubectl secretsafe rotate secret/db-creds --status -n");
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

/// A Secret whose values never change, and everything that names it.
fn immutable_scene(hint: &str) -> Scene {
    let scene = Scene::new(hint);
    scene.create(
        "db-creds --stdin-env --immutable",
        &format!("password={OLD}\nuser=alice\n"),
    );
    scene
}

fn names_of(scene: &Scene, object: &str) -> String {
    spec(scene, object)
        .split('"')
        .filter(|word| word.starts_with("db-creds"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Every reference moves to a Secret with another name; the old one goes when nothing
/// names it any more, which a ReplicaSet of the history does.
fn immutable() {
    let scene = immutable_scene("rotate-immutable");
    scene.deploy("env", "", ENV);
    scene.deploy(
        "file",
        "volumes: [{name: s, projected: {sources: [{secret: {name: db-creds}}]}}]",
        "volumeMounts: [{name: s, mountPath: /s}]",
    );
    let image = crate::harness::cluster().test_image().to_owned();
    scene.namespace.apply(&format!(
        "{{apiVersion: batch/v1, kind: CronJob, metadata: {{name: nightly}}, spec: {{schedule: '0 0 1 1 *', jobTemplate: {{spec: {{template: {{spec: \
         {{restartPolicy: Never, containers: [{{name: main, image: {image}, envFrom: [{{secretRef: {{name: db-creds}}}}]}}]}}}}}}}}}}}}"
    ));
    for app in ["env", "file"] {
        scene.wait_ready(app);
    }
    rotated(&scene, "--dry-run=server").status(0);
    let outcome = rotated(&scene, "--new-name db-creds-2")
        .status(0)
        .says("0 of 2 running containers have the old value")
        .says("secret/db-creds stays as long as replicaset/")
        .says("change the name in your manifests");
    assert_eq!(
        outcome.stdout,
        "secret/db-creds rotated (password): secret/db-creds-2\n"
    );
    let new = stored(&scene.namespace, "db-creds-2");
    assert_eq!(new["password"], NEW.as_bytes());
    assert_eq!(new["user"], b"alice");
    assert_eq!(in_container(&scene, "deployment/env", IN_ENV), NEW);
    let file = in_container(&scene, "deployment/file", &["cat", "/s/password"]);
    assert_eq!(file, NEW);
    for object in ["deployment/env", "deployment/file", "cronjob/nightly"] {
        assert_eq!(names_of(&scene, object), "db-creds-2", "{object}");
    }
    assert_eq!(password(&scene), OLD);
    assert!(!has_run(&scene));
    let gc = || {
        Invocation::of(&scene.namespace.kubeconfig())
            .words("rotate --gc -y")
            .run()
            .status(0)
    };
    gc().says("nothing to do");
    for app in ["deployment/env", "deployment/file"] {
        let history = r#"{"spec":{"revisionHistoryLimit":0}}"#;
        ask(&scene, &["patch", app, "-p", history]);
    }
    scene.wait("the history is gone", || {
        !ask(&scene, &["get", "replicasets", "-oyaml"]).contains("name: db-creds\n")
    });
    gc().says("secret/db-creds is removed: nothing refers to it any more");
    assert!(!crate::harness::exists(&scene.namespace, "db-creds"));
    // Once more: the name does not grow.
    let outcome = Invocation::of(&scene.namespace.kubeconfig())
        .words("rotate secret/db-creds-2 password --stdin password -y --settle 2s")
        .input(OLD)
        .run()
        .status(0)
        .says("secret/db-creds-2 is removed: nothing refers to it any more");
    let name = outcome
        .stdout
        .trim()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    assert_eq!(in_container(&scene, "deployment/env", IN_ENV), OLD);
    let outcome = Invocation::of(&scene.namespace.kubeconfig())
        .words(&format!(
            "rotate secret/{name} password --stdin password -y --settle 2s"
        ))
        .input(NEW)
        .run()
        .status(0);
    let last = outcome.stdout.trim().rsplit('/').next().unwrap_or_default();
    assert_eq!(last.len(), name.len(), "{last}");
}

/// Templates to the letter, and no second Secret.
fn immutable_and_back() {
    let scene = immutable_scene("rotate-immutable-back");
    let app = picky("api", PICKY);
    app.start(&scene);
    let before = spec(&scene, &app.object());
    let (outcome, gaps) = watched(&scene, app.name, || {
        rotated(&scene, "--new-name db-creds-2 --timeout 200s")
    });
    outcome.status(4).says("everything is what it was before");
    assert_eq!(gaps, 0, "moments without a ready pod");
    is_back(&scene, &app, &before);
    assert!(!crate::harness::exists(&scene.namespace, "db-creds-2"));
}

/// A node that does nothing any more, for a while: no pod of it becomes ready, and what
/// runs goes on.
fn frozen() {
    // Of its own: others need theirs.
    let cluster = testcluster::Cluster::start(testcluster::NodeWish::WithNodeWhenPossible).unwrap();
    let scene = Scene::on(&cluster, "rotate-frozen");
    scene.create(
        "db-creds --stdin-env",
        &format!("password={OLD}\nuser=alice\n"),
    );
    let app = App::USUAL;
    app.start(&scene);
    let before = spec(&scene, &app.object());
    let ids = container_ids(&scene, app.name);
    let frozen = cluster.freeze_kubelet();
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(|| rotated(&scene, "--timeout 15s"));
        scene.wait("the new value is written", || password(&scene) == NEW);
        scene.wait("the old value is back", || password(&scene) == OLD);
        drop(frozen);
        run.join().unwrap()
    });
    outcome
        .status(4)
        .says("its pods are not ready after 15 s")
        .says("everything is what it was before");
    is_back(&scene, &app, &before);
    assert_eq!(
        container_ids(&scene, app.name),
        ids,
        "a container was replaced"
    );
}

/// A wrong value is found by a pod that no Service and no controller finds; the Secret,
/// the workload and the endpoints are not touched. A right one goes on.
fn rehearsal() {
    let scene = scene("rotate-rehearsal");
    let app = picky("api", PICKY);
    app.start(&scene);
    scene.namespace.apply(
        "{apiVersion: v1, kind: Service, metadata: {name: api}, spec: {selector: {app: api}, ports: [{port: 80}]}}",
    );
    let version = |object: &str| {
        ask(
            &scene,
            &["get", object, "-ojsonpath={.metadata.resourceVersion}"],
        )
    };
    let endpoints = || {
        ask(
            &scene,
            &[
                "get",
                "endpointslices",
                "-ojsonpath={range .items[*].endpoints[*]}{.targetRef.name} {end}",
            ],
        )
    };
    scene.wait("the Service has both pods", || {
        endpoints().split_whitespace().count() == 2
    });
    let before = (
        password(&scene),
        version("secret/db-creds"),
        spec(&scene, &app.object()),
        endpoints(),
    );
    // Looked at all the time, not only at the end.
    let over = std::sync::atomic::AtomicBool::new(false);
    let outcome = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let (mut seen, mut pods) = (0, 0);
            while !over.load(std::sync::atomic::Ordering::SeqCst) {
                assert_eq!(endpoints(), before.3, "the Service's endpoints");
                assert_eq!(version("secret/db-creds"), before.1, "the Secret");
                let names = ask(&scene, &["get", "pods", "-oname"]);
                pods = pods.max(names.matches("secretsafe-rehearsal-").count());
                seen += 1;
            }
            (seen, pods)
        });
        let outcome = rotated(&scene, "--rehearse --timeout 60s");
        over.store(true, std::sync::atomic::Ordering::SeqCst);
        let (seen, pods) = watcher.join().unwrap();
        assert!(
            seen > 0 && pods <= 1,
            "{seen} looks, {pods} pods of the rehearsal"
        );
        outcome
    });
    let outcome = outcome
        .status(4)
        .says("the rehearsal failed: container main ended with exit code 3")
        .says("  | no login with ***");
    assert!(!outcome.stderr.contains(NEW), "{}", outcome.stderr);
    assert!(
        !outcome.stderr.contains("new value written"),
        "{}",
        outcome.stderr
    );
    let after = (
        password(&scene),
        version("secret/db-creds"),
        spec(&scene, &app.object()),
        endpoints(),
    );
    assert_eq!(after, before);
    let left = ask(
        &scene,
        &["get", "pods,secrets", "-lsecretsafe.dev/trial", "-oname"],
    );
    assert_eq!(left, "", "left over");
    // A value that is taken, with a check in the same pod.
    rotate(
        &scene,
        "password --stdin password -y --settle 2s --rehearse=deploy/api --verify-exec main",
    )
    .words("-- true")
    .input("good-and-new")
    .run()
    .status(0)
    .says("rehearsed: a pod like those of deployment/api is well");
    assert_eq!(in_container(&scene, &app.object(), IN_ENV), "good-and-new");
    let left = ask(
        &scene,
        &["get", "pods,secrets", "-lsecretsafe.dev/trial", "-oname"],
    );
    assert_eq!(left, "", "left over");
}

/// A registry's login that pulls nothing.
fn pull() {
    let scene = Scene::new("rotate-pull");
    let login = |password: &str| {
        format!(
            "{{\"auths\":{{\"registry.invalid\":{{\"username\":\"u\",\"password\":\"{password}\"}}}}}}"
        )
    };
    scene.create(
        "login --type kubernetes.io/dockerconfigjson --stdin .dockerconfigjson",
        &login("before"),
    );
    scene.deploy("api", "imagePullSecrets: [{name: login}]", "");
    scene.wait_ready("api");
    let before = stored(&scene.namespace, "login");
    Invocation::of(&scene.namespace.kubeconfig())
        .words("rotate secret/login .dockerconfigjson --stdin .dockerconfigjson -y --settle 1s --verify-pull --timeout 60s")
        .input(login("after"))
        .run()
        .status(4)
        .says("is not pulled with the new login")
        .says("everything is what it was before");
    assert_eq!(stored(&scene.namespace, "login"), before);
    let left = ask(&scene, &["get", "pods", "-lsecretsafe.dev/trial", "-oname"]);
    assert_eq!(left, "", "left over");
}

/// The receipt of a real run fits its schema and has no value.
fn receipt() {
    let scene = scene("rotate-receipt");
    scene.deploy("env", "", ENV);
    scene.wait_ready("env");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("receipt.json");
    rotated(&scene, &format!("--receipt {}", path.display())).status(0);
    let text = std::fs::read_to_string(&path).unwrap();
    for value in [OLD, NEW] {
        assert!(!text.contains(value));
    }
    let receipt: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(receipt["apiVersion"], "secretsafe.dev/receipt-v1");
    assert_eq!(receipt["result"], "done");
    assert_eq!(
        receipt["secrets"][0]["keys"],
        serde_json::json!(["password"])
    );
    assert!(receipt["user"].is_string(), "{receipt}");
    let id = |when: &str| {
        receipt[when][0]["containerId"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(id("after"), container_ids(&scene, "env"));
    assert!(!id("before").is_empty() && id("before") != id("after"));
    let version = |when: &str| receipt["secrets"][0][when].as_str().map(str::to_owned);
    assert_ne!(
        version("resourceVersionBefore"),
        version("resourceVersionAfter")
    );
    assert_eq!(
        receipt["census"],
        serde_json::json!({"running": 1, "behind": 0})
    );
}

/// The other side is told by a Job in the cluster: forward, and back when pods fail.
fn job() {
    let scene = scene("rotate-job");
    let app = picky("api", PICKY);
    app.start(&scene);
    let before = spec(&scene, &app.object());
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(
        folder.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o777),
    )
    .unwrap();
    let out = folder.path().display().to_string();
    let image = crate::harness::cluster().test_image().to_owned();
    let manifest = folder.path().join("job.yaml");
    // Its server is a file on the node.
    std::fs::write(&manifest, format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: set}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: set\n        image: {image}\n        imagePullPolicy: Never\n        command: [sh, -c, 'cat /secretsafe/value/password > /out/server; echo $SECRETSAFE_DIRECTION >> /out/log']\n        volumeMounts: [{{name: out, mountPath: /out}}]\n      volumes: [{{name: out, hostPath: {{path: {out}}}}}]\n"
    )).unwrap();
    let flag = format!("--timeout 200s --set-job {}", manifest.display());
    rotated(&scene, &flag)
        .status(4)
        .says("everything is what it was before");
    is_back(&scene, &app, &before);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(
        (read("server").as_str(), read("log").as_str()),
        (OLD, "forward\nback\n")
    );
    rotate(&scene, "password --stdin password -y --settle 2s")
        .words(&flag)
        .input("good-and-new")
        .run()
        .status(0)
        .says("--set-job: its Job succeeded");
    assert_eq!(read("server"), "good-and-new");
    let left = ask(
        &scene,
        &["get", "jobs,pods", "-lsecretsafe.dev/trial", "-oname"],
    );
    assert_eq!(left, "", "left over");
}
