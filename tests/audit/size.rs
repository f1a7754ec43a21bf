//! A large cluster: 10,000 Secrets and 5,000 pods.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testcluster::fault::FaultServer;

use crate::fleet::{Fleet, days_ago};
use crate::{independently, program};

const SECRETS: usize = 10_000;
const PODS: usize = 5_000;
/// What `doctor -A` takes for the same cluster, in 25 times the time; in a build without
/// optimization, whose program alone is larger than a release by a third of this.
const MEBIBYTES: u64 = 210;

fn large() -> Fleet {
    let mut fleet = Fleet::default();
    let place = |number: usize| format!("team-{}", number % 50);
    for number in 0..SECRETS {
        fleet.add("secrets", json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "data": {"password": "", "user": ""},
            "metadata": {"name": format!("app-{number}"), "namespace": place(number), "uid": format!("u-{number}"),
                "resourceVersion": "1", "creationTimestamp": days_ago(300),
                "managedFields": [{"manager": "kubectl-create", "operation": "Update", "apiVersion": "v1",
                    "time": days_ago(number % 200), "fieldsType": "FieldsV1",
                    "fieldsV1": {"f:data": {".": {}, "f:password": {}, "f:user": {}}, "f:type": {}}}]}}));
    }
    for number in 0..PODS {
        let started = days_ago(number % 150);
        let mounted = (number + 50) % SECRETS;
        fleet.add(
            "pods",
            json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": format!("app-{number}"), "namespace": place(number),
                "uid": format!("p-{number}"), "creationTimestamp": started},
            "spec": {"containers": [{"name": "app", "image": "registry.example/app:1",
                "env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {
                    "name": format!("app-{number}"), "key": "password"}}}],
                "volumeMounts": [{"name": "files", "mountPath": "/files"}]}],
                "volumes": [{"name": "files", "secret": {"secretName": format!("app-{mounted}")}}]},
            "status": {"phase": "Running", "startTime": started, "containerStatuses": [
                {"name": "app", "state": {"running": {"startedAt": started}}}]}}),
        );
    }
    let api = "rbac.authorization.k8s.io/v1";
    for number in 0..200 {
        fleet.add(
            "roles",
            json!({"apiVersion": api, "kind": "Role",
            "metadata": {"name": format!("r{number}"), "namespace": place(number)},
            "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"],
                "resourceNames": [format!("app-{number}")]}]}),
        );
        fleet.add(
            "rolebindings",
            json!({"apiVersion": api, "kind": "RoleBinding",
            "metadata": {"name": format!("b{number}"), "namespace": place(number)},
            "roleRef": {"kind": "Role", "name": format!("r{number}")},
            "subjects": [{"kind": "ServiceAccount", "name": format!("s{number}")}]}),
        );
    }
    fleet
}

/// How a run ended, the largest memory that it ever had in MiB by the kernel's count, and
/// how long it took.
fn measured(server: &FaultServer, words: &[&str]) -> (Option<i32>, u64, Duration) {
    let started = Instant::now();
    let mut child = program()
        .args(words)
        .env("KUBECONFIG", server.kubeconfig())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        // The program is not dumpable; this file can be read all the same.
        if let Ok(text) = fs::read_to_string(&path) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kibibytes =
                line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
            peak = peak.max(kibibytes.unwrap_or(0));
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    (status.code(), peak / 1024, started.elapsed())
}

#[test]
fn ten_thousand_secrets_stay_within_the_budget_of_doctor() {
    let fleet = large();
    let folder = tempfile::tempdir().unwrap();
    fleet.write(folder.path());
    let server = fleet.serve();
    let report = folder.path().join("report.json");
    let to_file = format!("json={}", report.display());
    for words in [
        &["audit", "-A"][..],
        &["audit", "-A", "-o", "html"],
        &["audit", "-A", "-o", &to_file],
    ] {
        let (status, peak, took) = measured(&server, words);
        let (command, seconds) = (words.join(" "), took.as_secs_f32());
        eprintln!("{command}, {SECRETS} Secrets, {PODS} pods: {peak} MiB, {seconds:.1} s");
        assert_eq!(status, Some(1));
        assert!((1..=MEBIBYTES).contains(&peak), "{words:?}: {peak} MiB");
    }
    let text = fs::read(&report).unwrap();
    let document: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(document["summary"]["keys"], 2 * SECRETS);
    let (right, said) = independently(folder.path(), &text);
    assert!(right, "{said}");
    eprintln!("{said}");
}
