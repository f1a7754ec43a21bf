//! The same template from a file and in the cluster, by one patch, and without
//! a value on the wire.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testcluster::Namespace;

use super::pods::{deployment, pods};
use super::{create, secret};
use crate::canary::Canary;
use crate::harness::{Invocation, cluster};

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
pub(super) fn same_templates() {
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
        // What to do next names the file here and the object there.
        let refusals = |plan: &Value| -> Vec<Value> {
            let refusals = plan["refusals"].as_array().unwrap().iter();
            refusals
                .map(|refusal| json!([refusal["path"], refusal["reason"]]))
                .collect()
        };
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
pub(super) fn one_patch() {
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
    // The server takes a while until it heeds a policy.
    let probe = [
        "annotate",
        "deployment/api",
        "probe=x",
        "--dry-run=server",
        "-ojson",
    ];
    let limit = Instant::now() + Duration::from_secs(60);
    while !String::from_utf8_lossy(&namespace.kubectl(probe).stdout).contains("\"added\": \"yes\"")
    {
        assert!(Instant::now() < limit, "the policy is not heeded");
        std::thread::sleep(Duration::from_millis(200));
    }
    let outcome = Invocation::of(&namespace.kubeconfig())
        .words("migrate deployment/api -y --complete --reads-files all")
        .run();
    for kind in ["mutatingadmissionpolicybinding", "mutatingadmissionpolicy"] {
        namespace.kubectl(["delete", kind, &name]);
    }
    let outcome = outcome
        .status(0)
        .says("admission in the cluster also changes /spec/template/metadata/labels")
        .says("the template, not the values of Secrets");
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
pub(super) fn no_value() {
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
