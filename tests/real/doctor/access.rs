//! What a user with few rights is told, and that the printed Role is enough.

use std::path::Path;

use libtest_mimic::Trial;
use testcluster::Rule;

use super::scene::{Examination, Scene};
use crate::harness::{Invocation, node_trial};

pub fn trials() -> Vec<Trial> {
    vec![node_trial(
        "doctor::a_restricted_user_gets_findings_and_a_role",
        restricted,
    )]
}

const fn read<'a>(api_group: &'a str, resources: &'a [&'a str]) -> Rule<'a> {
    Rule {
        api_group,
        resources,
        resource_names: &[],
        verbs: &["list"],
    }
}

fn restricted() {
    let scene = Scene::new("restricted");
    let secret = scene.own("db-creds");
    let container = format!("envFrom: [{{secretRef: {{name: {secret}}}}}]");
    scene.deploy("api", "", &container);
    scene.wait_for_pods(
        "api",
        "{.status.containerStatuses[*].state.waiting.reason}",
        "CreateContainerConfigError",
    );
    let user = scene.namespace.user(&[
        read("apps", &["deployments", "replicasets"]),
        read("", &["pods", "events"]),
    ]);
    let examine = |kubeconfig: &Path| {
        Examination::of(Invocation::of(kubeconfig).words("doctor -o json").run())
    };
    let blind = examine(user.kubeconfig());
    assert_eq!(blind.status, Some(3));
    assert_eq!(blind.report["summary"]["complete"], false);
    // Kubelet's words name the Secret, though it may not be listed.
    blind.only("SS020", "error", "deployment/api", &secret);
    let text = Invocation::of(user.kubeconfig())
        .words("doctor")
        .run()
        .status(3);
    assert!(
        text.stdout.contains("may not list secrets"),
        "{}",
        text.stdout
    );

    let role = Invocation::of(user.kubeconfig())
        .words("doctor --print-rbac")
        .run()
        .status(0);
    scene.namespace.apply(&role.stdout);
    let bound = scene.namespace.kubectl([
        "create",
        "rolebinding",
        "doctor",
        "--role=secretsafe-doctor",
        &format!("--user={}", user.name()),
    ]);
    assert!(bound.status.success());
    scene.wait("the role is in force", || {
        let question = ["auth", "can-i", "list", "secrets", "--as", user.name()];
        scene.namespace.kubectl(question).status.success()
    });
    let seeing = examine(user.kubeconfig());
    assert_eq!(seeing.status, Some(1), "{:#}", seeing.report);
    assert_eq!(seeing.report["summary"]["complete"], true);
    seeing.only("SS001", "error", "deployment/api", &secret);
}
