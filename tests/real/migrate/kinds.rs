//! Workloads that are not like the others: CronJobs, two containers of one
//! pod, and the example of the documentation.

use libtest_mimic::Trial;

use super::app::{ENV, FILE, ROOT, in_container, migrate_soon, template, watched};
use crate::doctor::scene::{Scene, deployment};
use crate::harness::{cluster, node_trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        node_trial("migrate::cron_jobs_by_their_template", cron_job),
        node_trial("migrate::two_containers_share_a_volume", shared),
        node_trial("migrate::the_example_ends_without_variables", example),
    ]
}

/// The template changes; what runs keeps what it has.
///
/// Invariants 32, 46.
fn cron_job() {
    let scene = Scene::new("migrate-cron");
    let value = "night pw\n";
    scene.create("db-creds --stdin password --keep-newline", value);
    scene.namespace.apply(&format!(
        "
apiVersion: batch/v1
kind: CronJob
metadata: {{name: nightly}}
spec:
  schedule: '0 0 31 2 *'
  jobTemplate:
    spec:
      template:
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 0
          restartPolicy: Never
          securityContext: {{runAsUser: 0}}
          containers:
          - name: main
            image: {}
            imagePullPolicy: Never
            command: [sleep, '100000']
            {ENV}
",
        cluster().test_image()
    ));
    let run = |name: &str| {
        let words = ["create", "job", name, "--from=cronjob/nightly"];
        assert!(scene.namespace.kubectl(words).status.success());
        let selector = format!("job-name={name}");
        let query = "-ojsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}";
        scene.wait(&format!("job/{name} runs"), || {
            let output = scene
                .namespace
                .kubectl(["get", "pods", "-l", &selector, query]);
            String::from_utf8_lossy(&output.stdout).contains("True")
        });
        in_container(&scene, &format!("job/{name}"), &["cat", "/proc/1/environ"])
    };
    let whole = || {
        let output = scene
            .namespace
            .kubectl(["get", "cronjob/nightly", "-ojsonpath={.spec}"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(run("before").contains("DB_PASSWORD=night pw"));
    let before = whole();
    let outcome = migrate_soon(&scene, "cronjob/nightly -y --complete --reads-files all");
    assert!(
        outcome.stdout.contains("already running (1)"),
        "{}",
        outcome.stdout
    );
    outcome.status(0).says("its next run has the change");
    assert!(!whole().contains("secretKeyRef"));
    assert!(!run("after").contains("DB_PASSWORD"));
    let stat = in_container(&scene, "job/after", &["stat", "-L", "-c", "%a", FILE]);
    assert_eq!(stat.trim(), "400");
    assert_eq!(in_container(&scene, "job/after", &["cat", FILE]), value);
    let old = in_container(&scene, "job/before", &["cat", "/proc/1/environ"]);
    assert!(
        old.contains("DB_PASSWORD"),
        "a running Job keeps what it has"
    );
    migrate_soon(&scene, "--undo cronjob/nightly -y").status(0);
    assert_eq!(whole(), before);
}

/// One volume, two mounts, the same bytes.
///
/// Invariants 19, 44, 46.
fn shared() {
    let scene = Scene::new("migrate-shared");
    let value = "shared pw";
    scene.create("db-creds --stdin password", value);
    let main = deployment("api", cluster().test_image(), ROOT, ENV);
    let (_, container) = main.split_once("containers:\n").unwrap();
    let second = container.replace("name: main", "name: second");
    scene.namespace.apply(&format!("{main}{second}"));
    scene.wait_ready("api");
    let object = "deployment/api";
    let read = |container: &str, file: &str| {
        let words = ["exec", object, "-c", container, "--", "cat", file];
        String::from_utf8_lossy(&scene.namespace.kubectl(words).stdout).into_owned()
    };
    for container in ["main", "second"] {
        assert!(read(container, "/proc/1/environ").contains("DB_PASSWORD=shared pw"));
    }
    let before = template(&scene, object);
    let (outcome, gaps) = watched(&scene, "api", || {
        migrate_soon(&scene, "deployment/api -y --complete --reads-files all")
    });
    assert_eq!(outcome.stdout.matches("+ volume").count(), 1);
    assert_eq!(outcome.stdout.matches("+ mount").count(), 2);
    outcome.status(0);
    assert_eq!(gaps, 0);
    let after = template(&scene, object);
    assert!(!after.contains("secretKeyRef"));
    for container in ["main", "second"] {
        assert!(!read(container, "/proc/1/environ").contains("DB_PASSWORD"));
        assert_eq!(read(container, FILE), value);
    }
    migrate_soon(&scene, "--undo deployment/api -y").status(0);
    assert_eq!(template(&scene, object), before);
}

/// `examples/task-api/insecure.yaml` with an image that is there: nobody says
/// as whom it runs, so its container is asked.
fn example() {
    let scene = Scene::new("migrate-example");
    let secrets = [
        ("db-credentials", "password", "DATABASE_PASSWORD"),
        ("db-creds", "password", "DB_PASSWORD"),
        ("api-creds", "key", "API_KEY"),
    ];
    for (secret, key, variable) in secrets {
        scene.create(
            &format!("{secret} --stdin {key}"),
            &format!("of {variable}"),
        );
    }
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/task-api/insecure.yaml"
    );
    let image = format!(
        "image: {}\n          imagePullPolicy: Never\n          command: [sleep, '100000']",
        cluster().test_image()
    );
    let text = std::fs::read_to_string(path)
        .unwrap()
        .replace(
            "namespace: task-api",
            &format!("namespace: {}", scene.namespace.name()),
        )
        .replace("image: registry.example/task-api:1.4.2", &image);
    scene.namespace.apply(&text);
    scene.wait_ready("task-api");
    let object = "deployment/task-api";
    let environment = || in_container(&scene, object, &["cat", "/proc/1/environ"]);
    let names =
        |found: Vec<String>| -> std::collections::BTreeSet<String> { found.into_iter().collect() };
    let rules = names(scene.doctor("").rules());
    assert!(rules.contains("SS013"), "{rules:?}");
    for (_, _, variable) in secrets {
        assert!(environment().contains(&format!("{variable}=of {variable}")));
    }
    let before = template(&scene, object);
    let (outcome, gaps) = watched(&scene, "task-api", || {
        migrate_soon(
            &scene,
            &format!("{object} -y --complete --reads-files all --verify-read"),
        )
    });
    outcome.status(0);
    assert_eq!(gaps, 0);
    assert!(!template(&scene, object).contains("secretKeyRef"));
    for (secret, key, variable) in secrets {
        assert!(!environment().contains(variable));
        let file = format!("/etc/secrets/{secret}/{key}");
        let read = in_container(&scene, object, &["cat", &file]);
        assert_eq!(read, format!("of {variable}"));
    }
    let left = names(scene.doctor("").rules());
    assert!(!left.contains("SS013"), "{left:?}");
    let new: Vec<_> = left.difference(&rules).collect();
    assert!(new.is_empty(), "{new:?}");
    for _ in 0..2 {
        migrate_soon(&scene, &format!("--undo {object} -y")).status(0);
    }
    assert_eq!(template(&scene, object), before);
}
