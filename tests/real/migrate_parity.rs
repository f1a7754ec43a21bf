//! `migrate` of a file and of the same object in the cluster, and what the
//! simulators say against what the node does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use kubectl_secretsafe::workload::access::{Process, Readable, User, effective_mode, readable};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use testcluster::Namespace;

use crate::canary::Canary;
use crate::harness::{Invocation, cluster, node_trial, trial};

#[path = "../migration_properties/environment.rs"]
mod environment;

use environment::Known;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("migrate_parity::files_and_live_objects", same_templates),
        trial("migrate_parity::one_patch_of_our_own", one_patch),
        trial("migrate_parity::no_value_is_sent", no_value),
        node_trial("migrate_parity::environment_is_as_predicted", variables),
        node_trial("migrate_parity::files_are_read_as_predicted", readers),
    ]
}

/// Pods of different kinds; the server adds its defaults to each.
fn pods() -> Vec<Value> {
    let key = |name: &str, key: &str| json!({"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": key}}});
    let main = |rest: Value| {
        let mut container = json!({"name": "main", "image": "example/app:1"});
        container
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        container
    };
    let env = json!({"env": [key("A", "password"), {"name": "B", "value": "b"}]});
    let root = json!({"runAsUser": 0});
    let pod = |rest: Value, container: Value| {
        let mut pod = json!({"containers": [container]});
        pod.as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        pod
    };
    let own = |fields: Value| json!({"securityContext": root, "volumes": [{"name": "own", "secret": fields}]});
    let mounted = |path: &str| {
        let mut fields = env.clone();
        fields["volumeMounts"] = json!([{"name": "own", "mountPath": path}]);
        main(fields)
    };
    vec![
        pod(json!({}), main(env.clone())),
        pod(json!({"securityContext": root}), main(env.clone())),
        pod(
            json!({"securityContext": {"runAsUser": 1000}}),
            main(env.clone()),
        ),
        pod(
            json!({"securityContext": {"runAsUser": 1000, "fsGroup": 7}}),
            main(env.clone()),
        ),
        pod(
            json!({"securityContext": {"supplementalGroups": [0]}}),
            main(env.clone()),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"env": [key("A", "password")]})),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"envFrom": [{"prefix": "DB_", "secretRef": {"name": "db"}}]})),
        ),
        pod(
            json!({"securityContext": root}),
            main(
                json!({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password", "optional": true}}}, key("C", "user")]}),
            ),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"env": [key("A", "password")], "args": ["--password=$(A)"]})),
        ),
        pod(
            json!({"securityContext": root, "initContainers": [
                {"name": "init", "image": "example/app:1", "env": [key("A", "password")]},
                {"name": "proxy", "image": "example/app:1", "restartPolicy": "Always", "env": [key("A", "user")]}]}),
            main(env.clone()),
        ),
        pod(own(json!({"secretName": "db"})), mounted("/own")),
        pod(
            own(
                json!({"secretName": "db", "defaultMode": 256, "items": [{"key": "password", "path": "password"}]}),
            ),
            mounted("/own"),
        ),
        pod(own(json!({"secretName": "db"})), mounted("/etc/secrets")),
        pod(
            json!({}),
            json!({"name": "main", "image": "postgres:17", "env": [key("POSTGRES_PASSWORD", "password")]}),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"command": ["serve"], "env": [key("A", "password")]})),
        ),
        pod(
            json!({"securityContext": root}),
            main(json!({"env": [key("A", "missing"), key("B", "user")]})),
        ),
    ]
}

fn deployment(name: &str, pod: &Value) -> Value {
    // No replicas: there is nothing to wait for.
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod}}})
}

fn secret() -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"},
        "stringData": {"password": "<Secret/db/password>", "user": "<Secret/db/user>"}})
}

fn create(namespace: &Namespace, text: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let output = namespace.kubectl(["create", "-f", file.path().to_str().unwrap()]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn get(namespace: &Namespace, object: &str) -> Value {
    let output = namespace.kubectl(["get", object, "-o", "json", "--show-managed-fields"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The only plan of a run.
fn plan(namespace: &Namespace, words: &str, input: String) -> Value {
    let outcome = Invocation::of(&namespace.kubeconfig())
        .words("migrate -o json")
        .words(words)
        .input(input)
        .run();
    let mut plans: Value = serde_json::from_str(&outcome.stdout)
        .unwrap_or_else(|_| panic!("{words}: {}{}", outcome.stdout, outcome.stderr));
    plans["plans"][0].take()
}

/// Both ways lead through the server, which gives both templates its defaults.
///
/// Invariant 58.
fn same_templates() {
    let (live, files) = (
        cluster().namespace("parity-live"),
        cluster().namespace("parity-file"),
    );
    live.apply(&secret().to_string());
    files.apply(&secret().to_string());
    let wishes = [
        "",
        "--complete --reads-files all",
        "--complete --reads-files all --fs-group 2000 --path password=db-password",
        "--complete --shim --mode 0644",
    ];
    let mut changed = 0;
    for (index, pod) in pods().iter().enumerate() {
        let name = format!("case-{index}");
        let object = format!("deployment/{name}");
        let words = wishes[index % wishes.len()];
        let manifest = deployment(&name, pod);
        create(&live, &manifest.to_string());
        let there = plan(&live, &format!("{object} --dry-run {words}"), String::new());
        let text = format!("{manifest}\n---\n{}\n", secret());
        let here = plan(&files, &format!("-f - {words}"), text.clone());
        assert_eq!(here["variables"], there["variables"], "{name} {words}");
        let refusals = |plan: &Value| plan["refusals"].clone();
        assert_eq!(refusals(&here), refusals(&there), "{name} {words}");
        for note in here["notes"].as_array().unwrap() {
            assert!(
                there["notes"].as_array().unwrap().contains(note),
                "{name}: {note}"
            );
        }
        // The file is written and created; the live object is patched.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.yaml");
        fs::write(&path, &text).unwrap();
        let written = Invocation::of(&files.kubeconfig())
            .words("migrate --write -y -f")
            .word(path.to_str().unwrap())
            .words(words)
            .run();
        assert!(
            matches!(written.status, Some(0 | 2 | 5)),
            "{name}: {}",
            written.stderr
        );
        let after = fs::read_to_string(&path).unwrap();
        let (after, _) = after.split_once("\n---\n").unwrap();
        create(&files, after);
        let patch = there["patch"].to_string();
        if patch != "[]" {
            changed += 1;
            let output = live.kubectl(["patch", &object, "--type", "json", "-p", &patch]);
            assert!(
                output.status.success(),
                "{name}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        assert_eq!(
            get(&live, &object)["spec"]["template"],
            get(&files, &object)["spec"]["template"],
            "{name} {words}"
        );
    }
    assert!(changed >= 12, "{changed} of the cases change something");
}

/// The server's own policy changes what is written: that is told before.
///
/// Invariants 37, 42, 44, 45, 49.
fn one_patch() {
    let namespace = cluster().namespace("one-patch");
    namespace.apply(&secret().to_string());
    let pod = &pods()[1];
    create(&namespace, &deployment("api", pod).to_string());
    let before = get(&namespace, "deployment/api");
    // A label by admission, for this namespace only.
    let name = format!("labels-{}", namespace.name());
    let policy = "admissionregistration.k8s.io/v1";
    let text = json!({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": policy, "kind": "MutatingAdmissionPolicy", "metadata": {"name": name}, "spec": {
            "failurePolicy": "Fail", "reinvocationPolicy": "Never",
            "matchConstraints": {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace.name()}},
                "resourceRules": [{"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["deployments"]}]},
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression":
                "[JSONPatch{op: \"add\", path: \"/spec/template/metadata/labels/added\", value: \"yes\"}]"}}]}},
        {"apiVersion": policy, "kind": "MutatingAdmissionPolicyBinding", "metadata": {"name": name}, "spec": {"policyName": name}}]});
    create(&namespace, &text.to_string());
    std::thread::sleep(Duration::from_secs(3));
    let outcome = Invocation::of(&namespace.kubeconfig())
        .words("migrate deployment/api -y --complete --reads-files all")
        .run();
    for kind in ["mutatingadmissionpolicybinding", "mutatingadmissionpolicy"] {
        namespace.kubectl(["delete", kind, &name]);
    }
    let outcome = outcome
        .status(0)
        .says("admission in the cluster also changes /spec/template/metadata/labels")
        .says("It restores the template, not what a Secret holds");
    assert!(!outcome.stderr.contains("<Secret/"));
    let after = get(&namespace, "deployment/api");
    let generation = |object: &Value| object["metadata"]["generation"].as_i64().unwrap();
    assert_eq!(generation(&after), generation(&before) + 1);
    assert_eq!(after["spec"]["replicas"], 0);
    let managers: BTreeSet<_> = after["metadata"]["managedFields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["manager"].as_str().unwrap())
        .collect();
    assert!(managers.contains("kubectl-secretsafe"), "{managers:?}");
    let annotations = after["metadata"]["annotations"].as_object().unwrap();
    assert!(!annotations.contains_key("kubectl.kubernetes.io/last-applied-configuration"));
}

/// The API server's audit log holds every answer about Secrets as it was sent;
/// impersonation tells these requests from everybody else's.
///
/// Invariants 2, 60.
fn no_value() {
    let namespace = cluster().namespace("migrate-wire");
    let canary = Canary::new(48);
    let mut stored = secret();
    stored["stringData"]["password"] = canary.text().into();
    create(&namespace, &stored.to_string());
    // All keys of the Secret: their names are looked up.
    create(&namespace, &deployment("api", &pods()[6]).to_string());
    let user = format!("{}-looker", namespace.name());
    let as_user = format!("--as {user} --as-group system:masters");
    let outcome = Invocation::of(&namespace.kubeconfig())
        .words("migrate deployment/api -y -v6 --complete --reads-files all")
        .words(&as_user)
        .run()
        .status(0);
    let after = get(&namespace, "deployment/api");
    let control = Invocation::of_program(cluster().kubectl(), &namespace.kubeconfig())
        .words("get secrets -o json")
        .words(&as_user)
        .run()
        .status(0);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for line in fs::read_to_string(cluster().audit_log()).unwrap().lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if event["impersonatedUser"]["username"] == *user {
            let agent = event["userAgent"].as_str().unwrap_or_default();
            if agent.starts_with("kubectl-secretsafe/") {
                ours.extend(line.bytes());
            } else {
                theirs.extend(line.bytes());
            }
        }
    }
    assert!(!ours.is_empty(), "the log shows the requests");
    assert!(
        !canary.hits(&theirs).is_empty(),
        "kubectl was sent the value"
    );
    assert!(!canary.hits(control.stdout.as_bytes()).is_empty());
    let said = format!("{}{}{after}", outcome.stdout, outcome.stderr);
    assert!(said.contains("db"));
    assert_eq!(canary.hits(&ours), [], "a value was sent");
    assert_eq!(canary.hits(said.as_bytes()), []);
}

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
fn variables() {
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
fn readers() {
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
                let expected = readable(effective_mode(Some(mode), *fs_group), &process, *fs_group);
                match expected {
                    Readable::Yes | Readable::No => {
                        proven += 1;
                        assert_eq!(
                            could,
                            expected == Readable::Yes,
                            "{mode:o} fsGroup {fs_group:?} groups {others:?} uid {uid} gid {gid:?}"
                        );
                    }
                    Readable::Unknown => {}
                }
            }
        }
    }
    assert!(proven >= 80, "{proven} of 96");
}
