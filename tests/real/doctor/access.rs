//! What a user with few rights is told, and that the printed Role is enough.

use std::path::Path;

use libtest_mimic::Trial;
use testcluster::Rule;

use super::scene::{Examination, Scene};
use crate::harness::{Invocation, cluster, node_trial, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial(
            "doctor::a_restricted_user_gets_findings_and_a_role",
            restricted,
        ),
        trial("doctor::several_clusters_one_report", several_clusters),
    ]
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
        text.stdout.contains("not allowed to list secrets"),
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

/// Two contexts that answer and one that does not: the report has both, says
/// which is missing, and is not complete.
fn several_clusters() {
    let here = Scene::new("context-a");
    let there = Scene::new("context-b");
    let secret = here.own("db-creds");
    let container = format!("envFrom: [{{secretRef: {{name: {secret}}}}}]");
    here.deploy("api", "", &container);
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    std::fs::copy(cluster().kubeconfig(), &kubeconfig).unwrap();
    let kubectl = |words: &str| {
        Invocation::of_program(cluster().kubectl(), &kubeconfig)
            .words(words)
            .run()
            .status(0)
    };
    let user = kubectl("config view -o jsonpath={.users[0].name}").stdout;
    let name = kubectl("config view -o jsonpath={.clusters[0].name}").stdout;
    for (context, scene) in [("a", &here), ("b", &there)] {
        let namespace = scene.namespace.name();
        kubectl(&format!(
            "config set-context {context} --cluster={name} --user={user} --namespace={namespace}"
        ));
    }
    kubectl("config set-cluster gone --server=https://127.0.0.1:1");
    kubectl(&format!(
        "config set-context gone --cluster=gone --user={user}"
    ));
    let examine = |contexts: &str| {
        Examination::of(
            Invocation::of(&kubeconfig)
                .words("doctor -o json --contexts")
                .word(contexts)
                .run(),
        )
    };
    let all = examine("a,b,gone");
    assert_eq!(all.status, Some(3));
    assert_eq!(all.report["unreachable"][0]["cluster"], "gone");
    assert_eq!(all.report["parts"][0]["cluster"], "a");
    assert_eq!(all.report["parts"][1]["cluster"], "b");
    all.only("SS001", "error", "deployment/api", &secret);
    let both = examine("a,b");
    assert_eq!(both.status, Some(1));
    examine("b").is_clean();
}
