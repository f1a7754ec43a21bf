//! `seal` against a server that fails and says odd things, as no cluster does at will.

use std::fs;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use http::Method;
use kubectl_secretsafe::levels::sealed::MANAGED;
use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, Reply, Rule, When};

use super::{CERTIFICATE, text};

const VALUE: &str = "cherry-blossom-canary";
const SEALED: &str = "sealedsecrets/db";

struct Scene {
    server: FaultServer,
}

impl Scene {
    fn new() -> Self {
        let server = FaultServer::start();
        server.put_secret("default", "db", &[("password", VALUE)], "kubectl");
        fs::write(server.folder().join("cert.pem"), &*CERTIFICATE).unwrap();
        Self { server }
    }

    fn run(&self, words: &str) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .args(words.split(' '))
            .current_dir(self.server.folder())
            .env_clear()
            .env("HOME", self.server.folder())
            .env("KUBECONFIG", self.server.kubeconfig())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(!text(&output).contains("canary"), "{}", text(&output));
        output
    }

    /// It ends so, and says so.
    #[track_caller]
    fn ends(&self, words: &str, status: i32, says: &[&str]) {
        let output = self.run(words);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(status), "{said}");
        for word in says {
            assert!(said.contains(word), "{word}: {said}");
        }
    }

    fn file(&self) -> String {
        fs::read_to_string(self.server.folder().join("sealed.yaml")).unwrap()
    }

    /// A file with `db`, and the object that a cluster has of it.
    fn sealed(&self) -> Value {
        let ran = self.run("seal secret/db --cert cert.pem -o json");
        assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
        let mut object: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let annotations = &mut object["metadata"]["annotations"];
        // As if another key had sealed it.
        annotations.as_object_mut().unwrap().clear();
        fs::write(self.server.folder().join("sealed.yaml"), object.to_string()).unwrap();
        self.server.edit_secret("default", "db", |secret| {
            secret["metadata"]["ownerReferences"] = json!([{
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db",
                "uid": "of-db", "controller": true,
            }]);
        });
        object["metadata"]["uid"] = json!("of-db");
        object["metadata"]["generation"] = json!(2);
        object
    }

    fn is_marked(&self) -> bool {
        let stored = self.server.secret("default", "db").unwrap();
        assert_eq!(stored.values["password"], VALUE.as_bytes());
        stored.object["metadata"]["annotations"][MANAGED] == "true"
    }
}

fn status(observed: u32, synced: &str) -> Value {
    json!({
        "observedGeneration": observed,
        "conditions": [{"type": "Synced", "status": synced, "message": "no key could decrypt it"}],
    })
}

fn with(object: &Value, status: Value) -> Fault {
    let mut object = object.clone();
    object["status"] = status;
    Reply::json(200, &object).into()
}

const RESEAL: &str = "seal reseal sealed.yaml --cert cert.pem -y";

/// What the controller has not unsealed yet is not what the Secret has: sealed again, the
/// old values would be the new ones.
#[test]
fn values_of_before_are_not_sealed_as_new_ones() {
    let scene = Scene::new();
    let object = scene.sealed();
    let before = scene.file();
    for (what, status, says) in [
        (
            "an older generation",
            status(1, "True"),
            "may have older values",
        ),
        ("it failed", status(2, "False"), "no key could decrypt it"),
        ("nothing is said", json!({}), "may have older values"),
    ] {
        scene.server.clear_script();
        let rule = Rule::on(Method::GET).path(SEALED);
        scene.server.script(rule.fault(with(&object, status)));
        scene.ends(RESEAL, 5, &["1 not done", says]);
        assert_eq!(scene.file(), before, "{what}");
    }
    // Meanwhile another one came.
    for changed in [status(2, "False"), status(3, "True")] {
        scene.server.clear_script();
        let mut later = object.clone();
        later["metadata"]["generation"] = changed["observedGeneration"].clone();
        let first = Rule::on(Method::GET).path(SEALED).nth(1);
        let second = Rule::on(Method::GET).path(SEALED).from(2);
        scene
            .server
            .script(first.fault(with(&object, status(2, "True"))));
        scene.server.script(second.fault(with(&later, changed)));
        scene.ends(RESEAL, 5, &["1 not done"]);
        assert_eq!(scene.file(), before);
    }
    scene.server.clear_script();
    let rule = Rule::on(Method::GET).path(SEALED);
    scene
        .server
        .script(rule.fault(with(&object, status(2, "True"))));
    scene.ends(RESEAL, 0, &["1 changed"]);
    assert_ne!(scene.file(), before);
}

const CERT_PATH: &str = "/proxy/v1/cert.pem";
const ROTATE_PATH: &str = "/proxy/v1/rotate";

fn controller(scene: &Scene) {
    let service = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "sealed-secrets", "namespace": "kube-system"},
        "spec": {"ports": [{"name": "http", "port": 8080}]},
    });
    let rule = |path: &str, reply: Reply| Rule::on(Method::GET).path(path).fault(reply);
    let pem = Reply::raw(200, "text/plain", CERTIFICATE.as_bytes());
    scene.server.script(rule(CERT_PATH, pem));
    let list =
        json!({"apiVersion": "v1", "kind": "ServiceList", "metadata": {}, "items": [service]});
    scene
        .server
        .script(rule("/services?", Reply::json(200, &list)));
    scene
        .server
        .script(rule("/services/sealed-secrets", Reply::json(200, &service)));
}

fn gone(scene: &Scene) {
    let reply = Reply::status(503, "ServiceUnavailable", "no endpoints available");
    scene
        .server
        .script(Rule::on(Method::GET).path(CERT_PATH).fault(reply));
    controller(scene);
}

/// A copy does not know the newest key.
#[test]
fn a_certificate_of_before_proves_nothing_of_today() {
    let scene = Scene::new();
    let plain = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: v-canary}\n";
    fs::write(scene.server.folder().join("plain.yaml"), plain).unwrap();
    let seal = "seal -f plain.yaml -w sealed.yaml --replace -n default";
    controller(&scene);
    scene.ends(seal, 0, &[]);
    scene.server.clear_script();
    gone(&scene);
    scene.ends(
        seal,
        0,
        &["no endpoints available", "fetched today is used"],
    );
    scene.ends("seal reseal sealed.yaml -y", 3, &["--cert FILE"]);
    // Nor is that of another cluster at the same address used.
    let kubeconfig = fs::read_to_string(scene.server.kubeconfig()).unwrap();
    for other in [
        "--tls-server-name other.example",
        "--certificate-authority ca.pem",
    ] {
        fs::write(scene.server.folder().join("ca.pem"), &*CERTIFICATE).unwrap();
        scene.ends(&format!("{seal} {other}"), 3, &[]);
    }
    let current = kubeconfig
        .lines()
        .find_map(|line| line.split("current-context:").nth(1))
        .map_or_else(String::new, |name| {
            name.trim_matches([' ', '"', ',', '}']).to_owned()
        });
    assert!(!current.is_empty(), "{kubeconfig}");
    fs::write(
        scene.server.kubeconfig(),
        kubeconfig.replace(&current, "renamed"),
    )
    .unwrap();
    scene.ends(seal, 3, &["no endpoints available"]);
}

/// Only what its handler says is the controller's word.
#[test]
fn who_was_not_asked_has_not_refused() {
    let scene = Scene::new();
    scene.sealed();
    for (code, ends, says) in [
        (500, 5, "cannot decrypt"),
        (400, 5, "cannot decrypt"),
        (404, 3, "status 404"),
        (413, 3, "status 413"),
        (429, 3, "too many requests"),
        (502, 3, "status 502"),
        (504, 3, "status 504"),
    ] {
        scene.server.clear_script();
        controller(&scene);
        let reply = Reply::raw(code, "text/plain", "upstream connect error");
        let rule = Rule::on(Method::POST).path(ROTATE_PATH);
        scene.server.script(rule.fault(reply));
        scene.ends(
            "seal reseal sealed.yaml -y --through-controller",
            ends,
            &[says],
        );
    }
}

#[test]
fn a_cluster_without_the_controller_is_called_so() {
    let scene = Scene::new();
    scene.sealed();
    let rule = Rule::on(Method::GET).path("bitnami.com");
    let reply = Reply::raw(404, "text/plain", "404 page not found\n");
    scene.server.script(rule.fault(reply));
    let says = "the cluster does not serve SealedSecrets: the controller is not installed";
    scene.ends(RESEAL, 3, &[says]);
    scene.server.edit_secret("default", "db", |secret| {
        secret["metadata"]["ownerReferences"] = json!([]);
    });
    scene.ends("seal secret/db --adopt -y --cert cert.pem", 3, &[says]);
}

const ADOPT: &str = "seal secret/db --adopt -y --cert cert.pem --timeout 2s --request-timeout 2s";

fn not_found() -> Reply {
    Reply::json(
        404,
        &json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound",
            "code": 404, "message": "sealedsecrets.bitnami.com \"db\" not found",
            "details": {"name": "db", "group": "bitnami.com", "kind": "sealedsecrets"},
        }),
    )
}

/// An answer that is lost says nothing: the mark is taken back wherever it may stand.
#[test]
fn a_lost_answer_leaves_no_mark() {
    for fault in [
        Fault::ResetAfter,
        Fault::CutResponseAt(20),
        Fault::Stall(When::AfterCommit),
        Reply::status(504, "Timeout", "slow").after_commit().into(),
    ] {
        let scene = Scene::new();
        let none = Rule::on(Method::GET).path(SEALED).fault(not_found());
        scene.server.script(none);
        let lost = Rule::on(Method::PATCH).path("secrets/db").nth(1);
        scene.server.script(lost.fault(fault));
        scene.ends(ADOPT, 4, &["is as it was"]);
        assert!(!scene.is_marked());
    }
}

/// The answer to the creation is lost, and nothing shows whether it is there.
#[test]
fn what_nobody_saw_is_not_said() {
    let scene = Scene::new();
    let get = || Rule::on(Method::GET).path(SEALED);
    scene.server.script(get().nth(1).fault(not_found()));
    let denied = Reply::status(403, "Forbidden", "no");
    scene.server.script(get().from(2).fault(denied));
    let post = Rule::on(Method::POST).path("sealedsecrets");
    scene.server.script(post.fault(Fault::ResetAfter));
    let ran = scene.run(ADOPT);
    let said = text(&ran);
    assert_eq!(ran.status.code(), Some(5), "{said}");
    assert!(!said.contains("is as it was"), "{said}");
    assert!(
        said.contains("whether sealedsecret/db was created is not known"),
        "{said}"
    );
    assert!(!scene.is_marked());
}

/// Between two tries a controller says nothing of the last one.
#[test]
fn the_last_reason_is_told_when_time_is_up() {
    let scene = Scene::new();
    let object = scene.sealed();
    scene.server.edit_secret("default", "db", |secret| {
        secret["metadata"]["ownerReferences"] = json!([]);
    });
    let get = |nth: usize| Rule::on(Method::GET).path(SEALED).nth(nth);
    scene.server.script(get(1).fault(not_found()));
    scene
        .server
        .script(get(2).fault(with(&object, status(2, "False"))));
    let post = Rule::on(Method::POST).path("sealedsecrets");
    scene.server.script(post.fault(Reply::json(201, &object)));
    let delete = Rule::on(Method::DELETE).path(SEALED);
    scene.server.script(delete.fault(Reply::json(
        200,
        &json!({"kind": "Status", "apiVersion": "v1", "status": "Success"}),
    )));
    // Until it is deleted it waits.
    for nth in 3..=5 {
        scene
            .server
            .script(get(nth).fault(with(&object, json!({}))));
    }
    scene.server.script(
        Rule::on(Method::GET)
            .path(SEALED)
            .from(6)
            .fault(not_found()),
    );
    scene.ends(
        &ADOPT.replace("--timeout 2s", "--timeout 700ms"),
        4,
        &["said last: no key could decrypt it", "is as it was"],
    );
    assert!(!scene.is_marked());
}

/// What a file has is base64 of what it stands for.
#[test]
fn a_file_says_what_it_stands_for() {
    let encoded = base64::prelude::BASE64_STANDARD.encode("${PW}");
    let scene = Scene::new();
    for (document, says) in [
        (format!("data: {{k: {encoded}}}"), "has no value yet"),
        (
            "stringData: {k: v}\nsops: {mac: x}".to_owned(),
            "sops decrypt",
        ),
        (
            "data: {k: eA==}\ntype: kubernetes.io/tls".to_owned(),
            "tls.crt",
        ),
    ] {
        let file = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{document}\n");
        fs::write(scene.server.folder().join("plain.yaml"), file).unwrap();
        scene.ends(
            "seal -f plain.yaml --cert cert.pem",
            2,
            &[says, "nothing was sealed"],
        );
    }
}
