//! A pod on the real node reads what `create` stored.

use std::time::Duration;

use libtest_mimic::Trial;

use crate::harness::{Invocation, cluster, node_trial};

pub fn trials() -> Vec<Trial> {
    vec![node_trial(
        "node::a_pod_reads_the_exact_bytes_at_0400",
        exact_bytes,
    )]
}

fn exact_bytes() {
    let cluster = cluster();
    let namespace = cluster.namespace("pod");
    let value: Vec<u8> = (0..=255).chain(*b"\r\n\0end").collect();
    Invocation::of(&namespace.kubeconfig())
        .words("create mounted --stdin value")
        .input(value.clone())
        .run()
        .status(0);
    namespace.apply(&format!(
        r"
apiVersion: v1
kind: Pod
metadata: {{name: reader}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: {}
    imagePullPolicy: Never
    command: [sleep, '1000']
    volumeMounts: [{{name: secret, mountPath: /etc/secrets/app, readOnly: true}}]
  volumes:
  - name: secret
    secret: {{secretName: mounted, defaultMode: 0400}}
",
        cluster.test_image()
    ));
    namespace
        .wait_pod_ready("reader", Duration::from_secs(60))
        .unwrap_or_else(|reason| panic!("{reason}"));
    let mode = namespace.exec(
        "reader",
        &["stat", "-L", "-c", "%a %U", "/etc/secrets/app/value"],
    );
    assert_eq!(String::from_utf8_lossy(&mode.stdout), "400 root\n");
    let read = namespace.exec("reader", &["cat", "/etc/secrets/app/value"]);
    assert!(read.stdout == value, "the pod reads other bytes");
    let write = namespace.exec("reader", &["sh", "-c", "echo x > /etc/secrets/app/value"]);
    assert!(!write.status.success(), "the mount is read-only");
}
