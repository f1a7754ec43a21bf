//! Healthy workloads and a stock cluster give no error and no warning.

use libtest_mimic::Trial;

use super::scene::{Examination, Scene};
use crate::harness::{Invocation, cluster, node_trial, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("doctor::healthy_workloads_are_clean", workloads),
        node_trial("doctor::the_secure_example_is_clean", example),
        trial("doctor::a_stock_cluster_is_clean", stock),
    ]
}

const MOUNT: &str = "volumeMounts: [{name: db, mountPath: /etc/secrets/db, readOnly: true}]";

/// The healthy counterpart of each trouble, all in one namespace.
fn workloads() {
    let scene = Scene::new("healthy");
    scene.create("db-creds --stdin password", "pw");
    scene.create("fixed-creds --stdin password --immutable", "pw");
    Invocation::of(&scene.namespace.kubeconfig())
        .words("create docker-registry registry --docker-username u")
        .words("--docker-server registry.example --docker-password-stdin -q")
        .input("pw")
        .run()
        .status(0);
    let secret =
        |rest: &str| format!("volumes: [{{name: db, secret: {{secretName: db-creds{rest}}}}}]");
    let env = |more: &str| {
        format!(
            "env:\n- name: DB_PASSWORD\n  valueFrom: {{secretKeyRef: {{name: db-creds, key: password{more}}}}}"
        )
    };
    let cases: &[(&str, String, String)] = &[
        ("variable", String::new(), env("")),
        ("env-from", String::new(), "envFrom: [{secretRef: {name: db-creds}}]".into()),
        ("volume", secret(", defaultMode: 0400"), MOUNT.into()),
        ("items", secret(", items: [{key: password, path: db-password}]"), MOUNT.into()),
        ("optional-there", String::new(), env(", optional: true")),
        (
            "uid-with-group",
            format!("securityContext: {{runAsUser: 1000, fsGroup: 1000}}\n{}", secret(", defaultMode: 0400")),
            MOUNT.into(),
        ),
        (
            "uid-world-readable",
            format!("securityContext: {{runAsUser: 1000}}\n{}", secret(", defaultMode: 0444")),
            MOUNT.into(),
        ),
        ("decimal", secret(", defaultMode: 256"), MOUNT.into()),
        (
            "projected",
            "volumes: [{name: db, projected: {defaultMode: 0400, sources: [{secret: {name: db-creds}}]}}]".into(),
            MOUNT.into(),
        ),
        ("immutable", "volumes: [{name: db, secret: {secretName: fixed-creds}}]".into(), MOUNT.into()),
        ("pull-secret", "imagePullSecrets: [{name: registry}]".into(), String::new()),
        (
            "below-run-secrets",
            secret(""),
            "volumeMounts: [{name: db, mountPath: /run/secrets/db, readOnly: true}]".into(),
        ),
        (
            "plain-settings",
            String::new(),
            "env: [{name: LOG_LEVEL, value: info}, {name: DB_PASSWORD_FILE, value: /etc/secrets/db/password}, \
             {name: TOKEN_URL, value: 'https://example.org/token'}]".into(),
        ),
        (
            "expanded",
            String::new(),
            "env:\n- {name: HOST, value: db}\n- {name: URL, value: 'postgres://$(HOST)/app'}".into(),
        ),
        (
            "init-container",
            format!(
                "initContainers: [{{name: wait, image: '{}', imagePullPolicy: Never, command: ['true']}}]\n{}",
                cluster().test_image(),
                secret("")
            ),
            MOUNT.into(),
        ),
    ];
    for (name, pod, container) in cases {
        scene.deploy(name, pod, container);
    }
    for (name, ..) in cases {
        scene.wait_ready(name);
    }
    scene.doctor("").is_clean();
}

/// With an image that is there; everything else is the example's.
fn example() {
    let scene = Scene::new("example");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/task-api/secure.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let image = format!(
        "image: {}\n          imagePullPolicy: Never\n          command: [sleep, '100000']",
        cluster().test_image()
    );
    let text = text
        .replace(
            "namespace: task-api",
            &format!("namespace: {}", scene.namespace.name()),
        )
        .replace("image: registry.example/task-api:1.4.2", &image);
    let account = scene
        .namespace
        .kubectl(["create", "serviceaccount", "task-api-sa"]);
    assert!(account.status.success());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &text).unwrap();
    let path = file.path().display().to_string();
    // Client-side apply would repeat the values in an annotation (SS058).
    let applied = scene
        .namespace
        .kubectl(["apply", "--server-side", "-f", &path]);
    assert!(applied.status.success());
    scene.wait_ready("task-api");
    let read = scene
        .namespace
        .exec("deploy/task-api", &["cat", "/etc/secrets/db-password"]);
    assert_eq!(
        String::from_utf8_lossy(&read.stdout),
        "example-only-db-password"
    );
    scene.doctor("").is_clean();

    let files = Examination::of(
        Invocation::of(cluster().kubeconfig())
            .words("doctor -o json -f")
            .word(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/examples/task-api/secure.yaml"
            ))
            .run(),
    );
    assert_eq!(files.rules(), ["SS015"]);
}

/// A cluster of its own: those of the other tests are full of troubles.
fn stock() {
    let cluster = testcluster::Cluster::start(testcluster::NodeWish::ControlPlaneOnly).unwrap();
    let outcome = Invocation::of(cluster.kubeconfig())
        .words("doctor -A -o json")
        .run();
    let examination = Examination::of(outcome);
    examination.is_clean();
    assert_eq!(examination.status, Some(0));
}
