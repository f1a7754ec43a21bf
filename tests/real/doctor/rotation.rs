//! A rotation that went wrong: which of the users fails, and nothing that
//! would not help.

use libtest_mimic::Trial;

use super::scene::Scene;
use crate::harness::{cluster, node_trial};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("doctor::one_of_four_users_fails_after_a_write", one_of_four),
        node_trial("doctor::mixed_pods_that_a_restart_does_not_reach", mixed),
        node_trial("doctor::one_optional_file_is_left_out", one_file),
    ]
}

const MOUNT: &str = "volumeMounts: [{name: db, mountPath: /etc/db, readOnly: true}]";

/// Its file was read before, with the same mode and user: what failed is the
/// value. `file` reads it again and again, `start` once.
fn one_of_four() {
    let scene = Scene::new("rotated");
    scene.create("db --stdin password", "right");
    let volume = "volumes: [{name: db, secret: {secretName: db, defaultMode: 0400}}]";
    let variable = "env:\n- name: PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}";
    let probe = |command: &str| {
        format!(
            "readinessProbe:\n  exec: {{command: [sh, -c, '{command}']}}\n  periodSeconds: 1\n  failureThreshold: 1\n"
        )
    };
    let reads = format!("{MOUNT}\n{}", probe("grep -q right /etc/db/password"));
    scene.deploy("file", volume, &reads);
    scene.deploy(
        "start",
        "",
        &format!("{variable}\n{}", probe("[ $PASSWORD = right ]")),
    );
    scene.deploy("quiet", volume, MOUNT);
    scene.deploy("other", "", variable);
    for name in ["file", "start", "quiet", "other"] {
        scene.wait_ready(name);
    }
    // The Ready condition has to be older than the pod's first seconds.
    std::thread::sleep(std::time::Duration::from_secs(4));
    scene.create("db --stdin password --update --yes", "wrong");
    let restarted = scene
        .namespace
        .kubectl(["rollout", "restart", "deploy/start", "deploy/other"]);
    assert!(restarted.status.success());
    scene.wait_ready("other");
    scene.wait_for_pods(
        "file",
        "{.status.conditions[?(@.type==\"Ready\")].status}",
        "False",
    );

    let examination = scene.doctor("deploy/file");
    let finding = examination.of_rule("SS098");
    assert_eq!(finding["severity"], "warning");
    let evidence = finding["evidence"].to_string();
    assert!(evidence.contains("stopped being ready"), "{evidence}");
    assert!(!finding["fixes"].to_string().contains("rollout restart"));
    let unreadable = examination.of_rule("SS030");
    assert_eq!(unreadable["severity"], "info", "{unreadable:#}");
    let fixes = unreadable["fixes"].to_string();
    assert!(!fixes.contains("444") && !fixes.contains("292"), "{fixes}");

    // Its new pod never was ready, while the one of before still serves.
    scene.wait("the new pod is older than a slow start", || {
        scene
            .doctor("deploy/start")
            .rules()
            .contains(&"SS098".to_owned())
    });

    // In one look at all: these two stand out, the others are named as ready.
    let all = scene.doctor("");
    let told: Vec<_> = all
        .all()
        .into_iter()
        .filter(|finding| finding["rule"] == "SS098")
        .map(|finding| finding["object"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, ["file", "start"]);
    let evidence = all
        .all()
        .into_iter()
        .find(|finding| finding["rule"] == "SS098")
        .unwrap()["evidence"]
        .to_string();
    assert!(
        evidence.contains("deployment/other, deployment/quiet"),
        "{evidence}"
    );

    // And its command works.
    let logs = super::scene::command(finding, "kubectl logs");
    scene.run_fix(&logs, "");

    // With the right value they are ready again, and nothing is told.
    scene.create("db --stdin password --update --yes", "right");
    let restarted = scene
        .namespace
        .kubectl(["rollout", "restart", "deploy/start"]);
    assert!(restarted.status.success());
    scene.wait_ready("start");
    scene.wait_ready("file");
    scene.wait_for_pods(
        "file",
        "{.status.conditions[?(@.type==\"Ready\")].status}",
        "True",
    );
    assert!(!scene.doctor("").rules().contains(&"SS098".to_owned()));
}

/// Two keys of two managers; one container starts again between the writes.
/// What is told of the pods names the key that differs, and no restart, which
/// OnDelete makes useless.
fn mixed() {
    let scene = Scene::new("mixed");
    let cluster = cluster();
    let image = cluster.test_image();
    scene.namespace.apply(
        "{apiVersion: v1, kind: Secret, metadata: {name: two}, stringData: {a: old, b: old}}",
    );
    scene.namespace.apply(&format!(
        r#"
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: set}}
spec:
  replicas: 2
  podManagementPolicy: Parallel
  updateStrategy: {{type: OnDelete}}
  serviceName: set
  selector: {{matchLabels: {{app: set}}}}
  template:
    metadata: {{labels: {{app: set}}}}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: {image}
        imagePullPolicy: Never
        command: [sh, -c, "trap 'exit 0' TERM; while true; do sleep 0.2; done"]
        env:
        - {{name: A, valueFrom: {{secretKeyRef: {{name: two, key: a}}}}}}
        - {{name: B, valueFrom: {{secretKeyRef: {{name: two, key: b}}}}}}
"#
    ));
    scene.wait_for_pods(
        "set",
        "{.status.conditions[?(@.type==\"Ready\")].status}",
        "TrueTrue",
    );
    let set = |key: &str, manager: &str| {
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let patch = format!("{{\"stringData\":{{\"{key}\":\"new\"}}}}");
        let field_manager = format!("--field-manager={manager}");
        let patched =
            scene
                .namespace
                .kubectl(["patch", "secret", "two", "-p", &patch, &field_manager]);
        assert!(patched.status.success());
    };
    set("a", "first");
    // Only a start that is later beyond doubt counts.
    std::thread::sleep(std::time::Duration::from_secs(92));
    scene.namespace.exec("set-1", &["kill", "-TERM", "1"]);
    scene.wait_for_pods("set", "{.status.containerStatuses[0].restartCount}", "01");
    scene.wait_for_pods(
        "set",
        "{.status.conditions[?(@.type==\"Ready\")].status}",
        "TrueTrue",
    );
    let check = || {
        let examination = scene.doctor("sts/set");
        let finding = examination.of_rule("SS052").clone();
        let text = format!("{}{}", finding["message"], finding["evidence"]);
        assert!(
            text.contains("variable A") && text.contains("key a of"),
            "{text}"
        );
        assert!(
            !text.contains("variable B") && !text.contains("key b of"),
            "{text}"
        );
        let fixes = finding["fixes"].to_string();
        assert!(!fixes.contains("rollout restart"), "{fixes}");
        assert!(fixes.contains("SS056"), "{fixes}");
        examination.of_rule("SS056");
    };
    check();
    set("b", "second");
    check();
}

/// Kubelet leaves out the file, not the volume.
fn one_file() {
    let scene = Scene::new("one-file");
    scene.create("db --stdin there", "x");
    scene.deploy(
        "api",
        "volumes: [{name: db, secret: {secretName: db, optional: true, items: [{key: there, path: there}, {key: gone, path: in/gone}]}}]",
        MOUNT,
    );
    scene.wait_ready("api");
    let files = scene.namespace.exec("deploy/api", &["ls", "/etc/db"]);
    assert_eq!(String::from_utf8_lossy(&files.stdout).trim(), "there");
    let examination = scene.doctor("deploy/api");
    let message = examination.of_rule("SS007")["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        message.contains("so file in/gone of volume db is left out"),
        "{message}"
    );
}
