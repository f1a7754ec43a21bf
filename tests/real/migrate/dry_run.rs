//! Dry runs of the server: it checks the change and keeps nothing of it.

use libtest_mimic::Trial;

use crate::harness::{Invocation, cluster, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![trial(
        "migrate::a_server_dry_run_changes_nothing",
        changes_nothing,
    )]
}

const MANIFEST: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 0
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      securityContext: {runAsUser: 0}
      containers:
      - name: app
        image: registry.example/api:1
        env:
        - name: PASSWORD
          valueFrom: {secretKeyRef: {name: db, key: password}}
";

fn changes_nothing() {
    let cluster = cluster();
    let namespace = cluster.namespace("dry-run");
    let kubectl = |words: &str, input: &str| {
        Invocation::of_program(cluster.kubectl(), &namespace.kubeconfig())
            .words(words)
            .input(input)
            .run()
            .status(0)
            .stdout
    };
    Invocation::of(&namespace.kubeconfig())
        .words("create secret generic db --stdin password")
        .input("hunter2hunter2")
        .run()
        .status(0);
    kubectl("create -f -", MANIFEST);
    let version = || kubectl("get deploy api -o jsonpath={.metadata.resourceVersion}", "");
    let before = version();
    let migrate = |words: &str| {
        Invocation::of(&namespace.kubeconfig())
            .words("migrate deploy api")
            .words(words)
            .run()
    };
    migrate("--dry-run=server")
        .status(0)
        .says("deployment/api migrated (server dry run)");
    migrate("--dry-run=server --exit-code").status(1);
    // The server's answer is what is told, not the plan alone.
    let refused = migrate("--dry-run=server --path password=../outside");
    assert_ne!(refused.status, Some(0), "{}", refused.stderr);
    migrate("--undo --dry-run=server")
        .status(2)
        .says("--dry-run=client");
    assert_eq!(version(), before);
}
