//! What the simulators of the property tests say against what the node does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kubectl_secretsafe::workload::access::{
    Owner, Process, Readable, User, effective_mode, readable,
};
use serde_json::{Value, json};
use testcluster::Namespace;

use super::{create, secret};
use crate::harness::cluster;

#[path = "../../migration_properties/environment.rs"]
mod environment;

use environment::Known;

fn pod(name: &str, rest: Value) -> Value {
    let mut spec = json!({"automountServiceAccountToken": false, "terminationGracePeriodSeconds": 0,
        "enableServiceLinks": false});
    spec.as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
}

fn container(name: &str, rest: Value) -> Value {
    let mut container = json!({"name": name, "image": cluster().test_image(),
        "imagePullPolicy": "Never", "command": ["sleep", "100000"]});
    container
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    container
}

fn in_container(
    namespace: &Namespace,
    pod: &str,
    container: &str,
    words: &[&str],
) -> (bool, String) {
    let output = namespace.kubectl(["exec", pod, "-c", container, "--"].iter().chain(words));
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// Values are their own symbols, so that the judge of the properties can be
/// compared with what kubelet makes.
///
/// Invariants 3, 6, 10.
pub(super) fn variables() {
    let namespace = cluster().namespace("environment");
    namespace.apply(&secret().to_string());
    namespace.apply(
        &json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"},
            "data": {"A": "<ConfigMap/settings/A>", "user": "<ConfigMap/settings/user>"}})
        .to_string(),
    );
    let keys = |keys: &[&str]| {
        keys.iter()
            .map(|&key| key.to_owned())
            .collect::<BTreeSet<_>>()
    };
    let known = Known {
        secrets: BTreeMap::from([("db".to_owned(), keys(&["password", "user"]))]),
        config_maps: BTreeMap::from([("settings".to_owned(), keys(&["A", "user"]))]),
    };
    let of = |name: &str, key: &str, optional: bool| json!({"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": key, "optional": optional}}});
    let literal = |name: &str, value: &str| json!({"name": name, "value": value});
    let secret_ref = json!({"secretRef": {"name": "db"}});
    let map_ref = json!({"configMapRef": {"name": "settings"}});
    let cases = [
        json!({"env": [literal("A", "one"), of("A", "password", false)]}),
        json!({"env": [of("A", "password", false), literal("A", "two")]}),
        json!({"env": [literal("A", "kept"), of("A", "missing", true)]}),
        json!({"envFrom": [secret_ref, map_ref]}),
        json!({"envFrom": [map_ref, secret_ref]}),
        json!({"envFrom": [{"prefix": "DB_", "secretRef": {"name": "db"}}, secret_ref], "env": [literal("user", "own")]}),
        json!({"envFrom": [secret_ref], "env": [literal("B", "$(user)"), literal("C", "$(password)/$$(user)")]}),
        json!({"env": [literal("B", "$(A)"), of("A", "user", false), literal("C", "$(A) $$(A) $$$(A) $A $(A")]}),
        json!({"envFrom": [secret_ref], "env": [of("user", "missing", true), literal("D", "$(user)")]}),
    ];
    let containers: Vec<_> = cases
        .iter()
        .enumerate()
        .map(|(index, case)| container(&format!("c{index}"), case.clone()))
        .collect();
    create(
        &namespace,
        &pod("env", json!({"containers": containers})).to_string(),
    );
    namespace
        .wait_pod_ready("env", Duration::from_secs(150))
        .unwrap();
    for (index, case) in cases.iter().enumerate() {
        let name = format!("c{index}");
        let (_, text) = in_container(&namespace, "env", &name, &["env"]);
        let image = ["PATH", "HOSTNAME", "HOME", "TERM", "PWD", "SHLVL"];
        let found: BTreeMap<_, _> = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .filter(|(name, _)| !image.contains(name) && !name.starts_with("KUBERNETES_"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (expected, open) = environment::environment(&known, case);
        assert!(open.is_empty());
        assert_eq!(found, expected, "{case}");
    }
}

/// Invariants 24, 40.
pub(super) fn readers() {
    const MODES: [u32; 4] = [0o400, 0o440, 0o444, 0o644];
    let namespace = cluster().namespace("readers");
    namespace.apply(&secret().to_string());
    let users = [
        (0, None),
        (0, Some(1000)),
        (1000, None),
        (1000, Some(0)),
        (1000, Some(1000)),
        (1000, Some(7)),
    ];
    let groups: [(Option<i64>, Vec<i64>); 4] = [
        (None, Vec::new()),
        (Some(2000), Vec::new()),
        (Some(7), Vec::new()),
        (None, vec![0]),
    ];
    for (index, (fs_group, others)) in groups.iter().enumerate() {
        let mounts: Vec<_> = MODES
            .iter()
            .map(|mode| json!({"name": format!("m{mode}"), "mountPath": format!("/secrets/{mode}"), "readOnly": true}))
            .collect();
        let volumes: Vec<_> = MODES
            .iter()
            .map(|mode| json!({"name": format!("m{mode}"), "secret": {"secretName": "db", "defaultMode": mode}}))
            .collect();
        let containers: Vec<_> = users
            .iter()
            .enumerate()
            .map(|(at, (uid, gid))| {
                let mut security = json!({"runAsUser": uid});
                if let Some(gid) = gid {
                    security["runAsGroup"] = (*gid).into();
                }
                container(
                    &format!("c{at}"),
                    json!({"securityContext": security, "volumeMounts": mounts}),
                )
            })
            .collect();
        let mut security = json!({"supplementalGroups": others});
        if let Some(group) = fs_group {
            security["fsGroup"] = (*group).into();
        }
        let name = format!("readers-{index}");
        let rest =
            json!({"containers": containers, "volumes": volumes, "securityContext": security});
        create(&namespace, &pod(&name, rest).to_string());
    }
    let mut proven = 0;
    for (index, (fs_group, others)) in groups.iter().enumerate() {
        let name = format!("readers-{index}");
        namespace
            .wait_pod_ready(&name, Duration::from_secs(150))
            .unwrap();
        for (at, (uid, gid)) in users.iter().enumerate() {
            let process = Process {
                user: User::Uid(*uid),
                group: *gid,
                groups: others.clone(),
            };
            let script: String = MODES
                .iter()
                .map(|mode| format!("cat /secrets/{mode}/user >/dev/null 2>&1 && echo {mode}; "))
                .collect();
            let (_, read) = in_container(
                &namespace,
                &name,
                &format!("c{at}"),
                &["sh", "-c", &format!("{script} true")],
            );
            for mode in MODES {
                let could = read.lines().any(|line| line == mode.to_string());
                let expected = readable(
                    effective_mode(Some(mode), *fs_group),
                    Owner::ROOT,
                    &process,
                    *fs_group,
                );
                match expected {
                    Readable::Yes | Readable::No => {
                        proven += 1;
                        assert_eq!(
                            could,
                            expected == Readable::Yes,
                            "{mode:o} fsGroup {fs_group:?} groups {others:?} uid {uid} gid {gid:?}"
                        );
                    }
                    Readable::IfKept => panic!("no owner was asked for"),
                    Readable::Unknown => {}
                }
            }
        }
    }
    assert!(proven >= 80, "{proven} of 96");
}
