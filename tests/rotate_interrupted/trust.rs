//! A TLS pair and its CA: never a moment in which one consumer does not trust another.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use testcluster::fault::{PodOutcome, Resource};

use crate::scene::Scene;

struct Pair {
    ca: String,
    certificate: String,
    key: String,
}

fn pair(name: &str) -> Pair {
    let mut of_ca = CertificateParams::new(Vec::new()).unwrap();
    of_ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    of_ca
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let ca_key = KeyPair::generate().unwrap();
    let ca = of_ca.self_signed(&ca_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["web.example".to_owned()]).unwrap();
    let issuer = Issuer::new(of_ca, ca_key);
    Pair {
        ca,
        certificate: leaf.signed_by(&key, &issuer).unwrap().pem(),
        key: key.serialize_pem(),
    }
}

/// A TLS Secret under the name of the scene, and the flags with the new pair.
fn scene(old: &Pair, new: &Pair) -> (Scene, Vec<String>) {
    let scene = Scene::of(1);
    let values = [
        ("ca.crt", old.ca.as_str()),
        ("tls.crt", &old.certificate),
        ("tls.key", &old.key),
    ];
    scene.server.put_secret("default", "db", &values, "kubectl");
    scene.server.edit_secret("default", "db", |object| {
        object["type"] = "kubernetes.io/tls".into();
    });
    let workload = scene
        .server
        .workload(Resource::Deployments, "default", "app-0");
    let mut workload = serde_json::json!({"metadata": {}, "spec": workload.unwrap()["spec"]});
    let env = &mut workload["spec"]["template"]["spec"]["containers"][0]["env"];
    env[0]["valueFrom"]["secretKeyRef"]["key"] = "ca.crt".into();
    let more = serde_json::json!({"name": "C",
        "valueFrom": {"secretKeyRef": {"name": "db", "key": "tls.crt"}}});
    env.as_array_mut().unwrap().push(more);
    // As if it had been there for long.
    let server = &scene.server;
    server.put_workload(Resource::Deployments, "default", "app-0", workload);
    let mut flags = vec![
        "-y".to_owned(),
        "--settle=1s".to_owned(),
        "--timeout=20s".to_owned(),
    ];
    for (key, text) in [
        ("ca.crt", &new.ca),
        ("tls.crt", &new.certificate),
        ("tls.key", &new.key),
    ] {
        let path = scene.server.folder().join(key);
        fs::write(&path, text).unwrap();
        flags.push(format!("--file={key}={}", path.display()));
    }
    (scene, flags)
}

fn stored(scene: &Scene, key: &str) -> String {
    let stored = scene.server.secret("default", "db").unwrap();
    String::from_utf8(stored.values[key].clone()).unwrap()
}

#[test]
fn a_ca_is_not_swapped_together_with_its_certificate() {
    let (old, new) = (pair("old"), pair("new"));
    let (scene, flags) = scene(&old, &new);
    let words: Vec<_> = flags.iter().map(String::as_str).collect();
    let said = scene.run(&words).ends(2);
    assert!(said.contains("--trust-overlap"), "{said}");
    assert_eq!(stored(&scene, "ca.crt"), old.ca);
    let said = scene
        .run(&[&words[..], &["--trust-overlap"]].concat())
        .ends(0);
    for step in ["step 1 of 3", "step 2 of 3", "step 3 of 3"] {
        assert!(said.contains(step), "{said}");
    }
    assert_eq!(stored(&scene, "ca.crt"), new.ca);
    assert_eq!(stored(&scene, "tls.crt"), new.certificate);
    assert_eq!(stored(&scene, "tls.key"), new.key);
    // Each step restarts its consumer once.
    let marks = scene.server.requests();
    let restarts = marks.iter().filter(|request| {
        request.path.contains("deployments/app-0")
            && !request.path.contains("dryRun")
            && String::from_utf8_lossy(&request.body).contains("restartedAt")
    });
    assert_eq!(restarts.count(), 3);
    assert!(!scene.has_run());
}

/// The second step fails: it is taken back, and both CAs stay trusted.
#[test]
fn a_step_that_fails_leaves_both_trusted() {
    let (old, new) = (pair("old"), pair("new"));
    let (scene, flags) = scene(&old, &new);
    let words: Vec<_> = flags.iter().map(String::as_str).collect();
    let restarts = std::sync::Mutex::new(std::collections::BTreeSet::new());
    scene.server.pods_become(move |template| {
        let mark =
            template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"].to_string();
        let mut restarts = restarts.lock().unwrap();
        if mark != "null" {
            restarts.insert(mark.clone());
        }
        // The first restart is well, and so is what it leaves.
        match mark == "null" || restarts.first() == Some(&mark) {
            true => PodOutcome::Ready,
            false => PodOutcome::Crashes,
        }
    });
    let said = scene
        .run(&[&words[..], &["--trust-overlap"]].concat())
        .ends(5);
    assert!(said.contains("the steps before it stay"), "{said}");
    assert_eq!(stored(&scene, "tls.crt"), old.certificate);
    let ca = stored(&scene, "ca.crt");
    assert!(
        ca.contains(old.ca.trim()) && ca.contains(new.ca.trim()),
        "both are trusted"
    );
    assert!(!scene.has_run());
}
