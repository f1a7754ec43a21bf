//! What is there before the commands of a document are run: a cluster that has what
//! documents name, and a folder with the files that they name.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, PodOutcome, Reply, Resource, Rule};

use crate::operator;
use crate::scene::{NEW, OLD, Scene, deployment};

/// The certificate of a controller of Sealed Secrets.
static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::new(["controller".to_owned()]).unwrap();
    params.self_signed(&key).unwrap().pem()
});

/// The pods of the played cluster have started in 2020.
const BEFORE_THE_PODS: &str = "2019-06-01T12:00:00Z";

enum Cluster {
    Alone(Scene),
    /// With an External Secrets Operator.
    Operated(operator::Scene),
}

pub struct Stage {
    cluster: Cluster,
    folder: tempfile::TempDir,
}

impl Stage {
    /// As README and most documents have it.
    pub fn new() -> Self {
        Self::of(Cluster::Alone(cluster()))
    }

    /// By the name that a document gives.
    pub fn named(name: &str) -> Self {
        let scene = match name {
            "operator" => return Self::of(Cluster::Operated(operated())),
            "example" => return Self::new().with_example(),
            "fleet" => fleet(),
            _ => shop(),
        };
        match name {
            "shop" | "fleet" => {}
            "crashing" => scene.server.pods_become(|template| {
                let image = template["spec"]["containers"][0]["image"].as_str();
                match image.is_some_and(|image| image.contains("/api:")) {
                    true => PodOutcome::Crashes,
                    false => PodOutcome::Ready,
                }
            }),
            "killed" => {
                let rotate = "kubectl secretsafe rotate secret/db password --stdin password -y \
                              --settle 1s --timeout 20s";
                // Two workloads are tried, and then one is restarted.
                let rule = Rule::on(Method::PATCH).path("deployments").nth(3);
                scene.kill(rotate, NEW, rule);
            }
            "files" => reports(&scene.server),
            "leaked" => leaked(&scene.server),
            "sealed" => controller(&scene.server),
            "rehearsal" => throwaway(&scene.server),
            "adoption" => adoption(&scene.server),
            _ => panic!("nobody knows the stage {name}"),
        }
        Self::of(Cluster::Alone(scene))
    }

    /// With a copy of the example, as README makes one.
    fn with_example(self) -> Self {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/task-api/insecure.yaml");
        fs::copy(example, self.folder().join("app.yaml")).unwrap();
        self
    }

    fn of(cluster: Cluster) -> Self {
        let server = match &cluster {
            Cluster::Alone(scene) => &scene.server,
            Cluster::Operated(scene) => &*scene.server,
        };
        let folder = folder(server);
        Self { cluster, folder }
    }

    pub fn server(&self) -> &FaultServer {
        match &self.cluster {
            Cluster::Alone(scene) => &scene.server,
            Cluster::Operated(scene) => &scene.server,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Both streams of a command go where a terminal would show them.
    pub fn run(&self, command: &str) -> Output {
        let folder = self.folder.path();
        Command::new("/bin/sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .current_dir(folder)
            .env_clear()
            .env("PATH", format!("{}/bin:/usr/bin:/bin", folder.display()))
            .env("HOME", folder)
            .env("KUBECONFIG", folder.join("kubeconfig"))
            // What examples/rotation/postgresql.py asks for.
            .env("ROTATE_ROLE", "app")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

/// A cluster that has what documents name.
fn cluster() -> Scene {
    let scene = Scene::new();
    for namespace in ["default", "prod", "task-api"] {
        let db = [("password", OLD), ("user", "alice")];
        scene.server.put_secret(namespace, "db", &db, "kubectl");
        scene
            .server
            .put_workload(Resource::Deployments, namespace, "api", deployment());
    }
    scene
}

/// The cluster of the guides: two programs and a database.
fn shop() -> Scene {
    let scene = Scene::new();
    let server = &scene.server;
    let put = |resource, name: &str, object| {
        server.put_workload(resource, "default", name, object);
    };
    let with = |image: &str, security: Value| {
        let mut object = deployment();
        let spec = &mut object["spec"]["template"]["spec"];
        spec["securityContext"] = security;
        spec["containers"][0]["image"] = json!(format!("registry.example/{image}:1.4"));
        object
    };
    let uid = 1000;
    put(
        Resource::Deployments,
        "api",
        with("api", json!({"runAsUser": uid, "fsGroup": uid})),
    );
    put(
        Resource::Deployments,
        "worker",
        with("worker", json!({"runAsUser": uid})),
    );
    server.put_secret("default", "db-admin", &[("password", "admin")], "kubectl");
    let mut postgres = with("", json!({}));
    let container = &mut postgres["spec"]["template"]["spec"]["containers"][0];
    container["image"] = json!("postgres:16.4");
    container["env"] = json!([{"name": "POSTGRES_PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "db-admin", "key": "password"}}}]);
    put(Resource::StatefulSets, "postgres", postgres);
    for name in ["db", "db-admin"] {
        server.edit_secret("default", name, |secret| {
            let metadata = &mut secret["metadata"];
            metadata["creationTimestamp"] = json!(BEFORE_THE_PODS);
            for one in metadata["managedFields"].as_array_mut().unwrap() {
                one["time"] = json!(BEFORE_THE_PODS);
            }
        });
    }
    scene
}

/// One more program, which has the files already.
fn reports(server: &FaultServer) {
    let mut reports = deployment();
    let spec = &mut reports["spec"]["template"]["spec"];
    spec["containers"][0]["env"] = Value::Null;
    spec["containers"][0]["volumeMounts"] =
        json!([{"name": "db", "mountPath": "/etc/secrets/db", "readOnly": true}]);
    spec["volumes"] = json!([{"name": "db", "secret": {"secretName": "db", "defaultMode": 256}}]);
    server.put_workload(Resource::Deployments, "default", "reports", reports);
}

fn serve(server: &FaultServer, path: &str, items: &Value) {
    let list = json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items});
    let rule = Rule::on(Method::GET).path(path);
    server.script(rule.fault(Reply::json(200, &list)));
}

/// Somebody may read the Secrets, and one has a copy.
fn leaked(server: &FaultServer) {
    server.put_secret("default", "db-copy", &[("old-login", OLD)], "kubectl");
    let group = "rbac.authorization.k8s.io";
    let role = json!({"metadata": {"name": "reader", "namespace": "default"},
        "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}]});
    let binding = json!({"metadata": {"name": "reader", "namespace": "default"},
        "roleRef": {"apiGroup": group, "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "Group", "apiGroup": group, "name": "shop-developers"},
            {"kind": "ServiceAccount", "name": "backup", "namespace": "default"}]});
    let path = |plural: &str| format!("/apis/{group}/v1/namespaces/default/{plural}?");
    serve(server, &path("roles"), &json!([role]));
    serve(server, &path("rolebindings"), &json!([binding]));
    for plural in ["clusterroles", "clusterrolebindings"] {
        serve(server, &format!("/v1/{plural}?"), &json!([]));
    }
}

/// One value that is overdue, and one from a SealedSecret: `shop`, as README shows it.
fn fleet() -> Scene {
    let scene = Scene::new();
    let server = &scene.server;
    server.remove_namespace("default");
    let days = |days: i64| {
        let then = Timestamp::now() - SignedDuration::from_hours(24 * days);
        json!(then.strftime("%FT%TZ").to_string())
    };
    for (name, key, age) in [("db", "password", 120), ("api", "token", 12)] {
        server.put_secret("shop", name, &[(key, OLD)], "kubectl");
        server.edit_secret("shop", name, |secret| {
            secret["metadata"]["creationTimestamp"] = days(age);
            for one in secret["metadata"]["managedFields"].as_array_mut().unwrap() {
                one["time"] = days(age);
            }
            if name == "api" {
                secret["metadata"]["ownerReferences"] = json!([{"kind": "SealedSecret",
                    "apiVersion": "bitnami.com/v1alpha1", "name": "api", "uid": "of-api",
                    "controller": true}]);
            }
        });
    }
    // One takes the value when it starts, and its pod is older than the value.
    server.put_workload(Resource::Deployments, "shop", "api", deployment());
    for (name, secret) in [("worker", "db"), ("reports", "db"), ("web", "api")] {
        let mut object = deployment();
        let spec = &mut object["spec"]["template"]["spec"];
        spec["containers"][0]["env"] = Value::Null;
        spec["containers"][0]["volumeMounts"] =
            json!([{"name": "files", "mountPath": "/etc/secrets/files", "readOnly": true}]);
        spec["volumes"] = json!([{"name": "files", "secret": {"secretName": secret}}]);
        server.put_workload(Resource::Deployments, "shop", name, object);
    }
    let group = "rbac.authorization.k8s.io";
    let role = json!({"metadata": {"name": "reader", "namespace": "shop"},
        "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]});
    let subjects: Vec<_> = (1..=14)
        .map(|number| json!({"kind": "User", "apiGroup": group, "name": format!("u{number}")}))
        .collect();
    let binding = json!({"metadata": {"name": "reader", "namespace": "shop"}, "subjects": subjects,
        "roleRef": {"apiGroup": group, "kind": "Role", "name": "reader"}});
    serve(server, "/v1/roles?", &json!([role]));
    serve(server, "/v1/rolebindings?", &json!([binding]));
    for plural in ["clusterroles", "clusterrolebindings"] {
        serve(server, &format!("/v1/{plural}?"), &json!([]));
    }
    scene
}

fn operated() -> operator::Scene {
    let scene = operator::Scene::new();
    let api = deployment();
    let put = |name| {
        scene
            .server
            .put_workload(Resource::Deployments, "default", name, api.clone());
    };
    put("api");
    // The namespace, the name of the Secret and the key: as the guide writes the path.
    for (key, value) in [("password", OLD), ("user", "alice")] {
        scene.store_has(&format!("default/db#{key}"), value);
    }
    scene
}

/// A pod that somebody makes becomes ready, and goes.
fn throwaway(server: &FaultServer) {
    let pod = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "trial", "namespace": "default", "uid": "of-trial"},
        "spec": {"containers": [{"name": "app", "image": "registry.example/api:1.4"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "app", "ready": true, "restartCount": 0,
                "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}});
    let on = |method, path: &str| Rule::on(method).path(path);
    server.script(on(Method::POST, "/pods?").fault(Reply::json(201, &pod)));
    server.script(on(Method::GET, "/pods/").fault(Reply::json(200, &pod)));
    let gone = json!({"kind": "Status", "apiVersion": "v1", "status": "Success"});
    server.script(on(Method::DELETE, "/pods/").fault(Reply::json(200, &gone)));
}

/// A controller of Sealed Secrets that gives out its certificate.
fn controller(server: &FaultServer) {
    let service = json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "sealed-secrets", "namespace": "kube-system"},
        "spec": {"ports": [{"name": "http", "port": 8080}]}});
    let pem = Reply::raw(200, "text/plain", CERTIFICATE.as_bytes());
    let on = |path: &str| Rule::on(Method::GET).path(path);
    server.script(on("/proxy/v1/cert.pem").fault(pem));
    serve(server, "/services?", &json!([service]));
    server.script(on("/services/sealed-secrets").fault(Reply::json(200, &service)));
}

/// A controller that unseals what it is given, and has the Secret from then on.
fn adoption(server: &FaultServer) {
    controller(server);
    let on = |method, path: &str| Rule::on(method).path(path);
    let sealed = json!({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": {"name": "db", "namespace": "default", "uid": "of-db", "generation": 1},
        "spec": {"encryptedData": {}},
        "status": {"observedGeneration": 1, "conditions": [{"type": "Synced", "status": "True"}]}});
    let none = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure",
        "reason": "NotFound", "code": 404, "message": "sealedsecrets.bitnami.com \"db\" not found",
        "details": {"name": "db", "group": "bitnami.com", "kind": "sealedsecrets"}});
    let none = Reply::json(404, &none);
    server.script(on(Method::GET, "sealedsecrets/db").nth(1).fault(none));
    let found = Reply::json(200, &sealed);
    server.script(on(Method::GET, "sealedsecrets/db").fault(found));
    let made = Reply::json(201, &sealed);
    server.script(on(Method::POST, "sealedsecrets").fault(made));
    // It is read twice before, and then compared.
    let owned = Fault::mutate(|secret| {
        secret["metadata"]["ownerReferences"] = json!([{"kind": "SealedSecret", "name": "db",
            "apiVersion": "bitnami.com/v1alpha1", "uid": "of-db", "controller": true}]);
    });
    server.script(on(Method::GET, "/secrets/db").from(3).fault(owned));
}

const APP: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: \
    {matchLabels: {app: api}}\n  template:\n    metadata: {labels: {app: api}}\n    spec:\n      \
    securityContext: {runAsUser: 0}\n      containers:\n      - name: app\n        image: x\n        \
    env:\n        - name: DB_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: password}}\n";

/// A folder with the files that documents name, and programs that stand for others.
fn folder(server: &FaultServer) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["deploy", "chart", "overlays/prod", "bin", "sealed"] {
        fs::create_dir_all(here(name)).unwrap();
    }
    symlink(root.join("examples"), here("examples")).unwrap();
    let manifest = fs::read(root.join("examples/task-api/insecure.yaml")).unwrap();
    fs::write(here("deploy/app.yaml"), manifest).unwrap();
    fs::write(here("deployment.yaml"), APP).unwrap();
    fs::write(here("overlays/prod/app.yaml"), APP).unwrap();
    fs::write(
        here("overlays/prod/kustomization.yaml"),
        "namespace: prod\nresources: [app.yaml]\n",
    )
    .unwrap();
    fs::write(here("username.txt"), "alice").unwrap();
    fs::write(here("password.txt"), NEW).unwrap();
    fs::write(here("cert.pem"), &*CERTIFICATE).unwrap();
    let names = vec!["task-api.example".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    fs::write(here("server.crt"), made.cert.pem()).unwrap();
    fs::write(here("server.key"), made.signing_key.serialize_pem()).unwrap();
    // A shell writes them: see Scene::new.
    let write = format!(
        "cd {0}/bin; stub() {{ printf '#!/bin/sh\\n%s\\n' \"$2\" >$1; chmod 755 $1; }}; \
         stub helm 'cat {0}/deployment.yaml'; stub vault 'printf {NEW}'; \
         stub pass 'printf \"{NEW}\\nmore\\n\"'; stub cargo true; \
         stub psql 'exec python3 {2}/tests/followed_live/psql.py'; \
         stub kubectl '[ \"$1\" = secretsafe ] || exec /usr/bin/kubectl \"$@\"; shift; exec {1} \"$@\"'",
        folder.path().display(),
        env!("CARGO_BIN_EXE_kubectl-secretsafe"),
        root.display(),
    );
    let written = Command::new("/bin/sh").args(["-c", &write]).status();
    assert!(written.unwrap().success());
    // The cluster under the names of the documents.
    let kubeconfig = fs::read_to_string(server.kubeconfig()).unwrap();
    let contexts = ["staging", "prod"].map(|name| {
        format!("- name: {name}\n  context:\n    cluster: fault\n    user: fault\n    namespace: default\n")
    });
    fs::write(here("kubeconfig"), kubeconfig + &contexts.concat()).unwrap();
    folder
}
