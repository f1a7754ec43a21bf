//! Workloads that are waited for, of every kind and with every need.

use libtest_mimic::Trial;

use super::app::{App, FILE, in_container, migrate_soon, template, watched};
use crate::doctor::scene::Scene;
use crate::harness::node_trial;

pub(super) fn trials() -> Vec<Trial> {
    vec![node_trial("migrate::workloads_of_every_kind", workloads)]
}

struct Case {
    app: App<'static>,
    flags: &'static str,
    /// Mode of the file as the container sees it.
    mode: &'static str,
    /// The variable and the file that takes its place.
    variable: &'static str,
    file: &'static str,
}

/// What most cases have.
const USUAL: Case = Case {
    app: App::USUAL,
    flags: "",
    mode: "400",
    variable: "DB_PASSWORD",
    file: FILE,
};

const CASES: &[Case] = &[
    Case {
        app: App {
            name: "root",
            ..App::USUAL
        },
        ..USUAL
    },
    Case {
        app: App {
            name: "uid-with-group",
            pod: "securityContext: {runAsUser: 1000, fsGroup: 1000}",
            ..App::USUAL
        },
        mode: "440",
        ..USUAL
    },
    Case {
        app: App {
            name: "uid-gets-group",
            pod: "securityContext: {runAsUser: 1000}",
            ..App::USUAL
        },
        flags: "--fs-group 2000",
        mode: "440",
        ..USUAL
    },
    Case {
        app: App {
            name: "env-from",
            container: "envFrom: [{prefix: DB_, secretRef: {name: db-creds}}]",
            ..App::USUAL
        },
        variable: "DB_password",
        ..USUAL
    },
    Case {
        app: App {
            name: "optional",
            container: "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-creds, key: password, optional: true}}}]",
            ..App::USUAL
        },
        ..USUAL
    },
    Case {
        app: App {
            name: "init-and-sidecar",
            pod: "securityContext: {runAsUser: 0}\n\
                  initContainers:\n\
                  - {name: wait, image: IMAGE, imagePullPolicy: Never, command: ['true'], ENV}\n\
                  - {name: proxy, image: IMAGE, imagePullPolicy: Never, restartPolicy: Always, command: [sleep, '100000'], ENV}",
            ..App::USUAL
        },
        ..USUAL
    },
    Case {
        app: App {
            name: "stateful",
            kind: "StatefulSet",
            ..App::USUAL
        },
        ..USUAL
    },
    Case {
        app: App {
            name: "daemon",
            kind: "DaemonSet",
            ..App::USUAL
        },
        ..USUAL
    },
    Case {
        app: App {
            name: "renamed",
            ..App::USUAL
        },
        flags: "--path password=db-password --mount-path /secrets/{secret}",
        file: "/secrets/db-creds/db-password",
        ..USUAL
    },
];

/// Invariants 3, 4, 8, 10, 24, 44, 46.
fn workloads() {
    let scene = Scene::new("migrate");
    let value = "s3cret value, with = and \" in it\\n";
    scene.create("db-creds --stdin password --keep-newline", value);
    for case in CASES {
        scene.namespace.apply(&case.app.manifest());
    }
    for case in CASES {
        scene.wait_rolled_out(&case.app.object());
    }
    for case in CASES {
        of_one(&scene, case, value);
    }
}

fn of_one(scene: &Scene, case: &Case, value: &str) {
    let object = case.app.object();
    let words = format!("{object} --complete --reads-files all -y {}", case.flags);
    let environment =
        || in_container(scene, &object, &["cat", "/proc/1/environ"]).contains(case.variable);
    assert!(environment(), "{object}: the variable is there before");
    let before = template(scene, &object);
    let (outcome, gaps) = watched(scene, case.app.name, || migrate_soon(scene, &words));
    outcome.status(0);
    // One node runs one pod of a DaemonSet, which ends before the new one.
    if case.app.kind != "DaemonSet" {
        assert_eq!(gaps, 0, "{object}: moments without a ready pod");
    }
    assert!(!environment(), "{object}: the variable is gone");
    assert!(!template(scene, &object).contains("secretKeyRef"));
    let mode = in_container(scene, &object, &["stat", "-L", "-c", "%a", case.file]);
    assert_eq!(mode.trim(), case.mode, "{object}");
    let read = in_container(scene, &object, &["cat", case.file]);
    assert_eq!(read, value, "{object}: the same bytes");
    // A second run has nothing to do.
    migrate_soon(scene, &words).status(0);
    migrate_soon(scene, &format!("--undo {object} -y")).status(0);
    assert_eq!(template(scene, &object), before, "{object}: taken back");
    assert!(environment(), "{object}: the variable is there again");
}
