//! `external` and `sync` with the real External Secrets Operator and its fake provider.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use testcluster::Namespace;
use testcluster::process::wait_until;

use crate::doctor::scene::{Scene, deployment};
use crate::harness::{Invocation, levels_cluster, levels_trial, stored};

use super::PATIENCE;

pub fn trials() -> Vec<Trial> {
    vec![
        levels_trial("levels::an_external_secret_adopts_without_a_gap", adopted),
        levels_trial("levels::a_key_that_owner_would_remove_stays", extra_key),
        levels_trial(
            "levels::an_adoption_without_values_is_taken_back",
            taken_back,
        ),
        levels_trial("levels::a_sync_moves_the_pods_of_the_node", moves_pods),
        levels_trial("levels::a_store_is_explained_once", explained),
        levels_trial("levels::what_ignores_a_sync_does", ignored),
        levels_trial("levels::printed_objects_are_taken_by_the_server", printed),
        levels_trial(
            "levels::what_a_cluster_external_secret_makes_is_synced",
            of_cluster,
        ),
    ]
}

const OLD: &str = "good-value-of-before";
const NEW: &str = "wicked-value-of-now";
const PATH: &str = "{name}#{key}";

fn program(namespace: &Namespace) -> Invocation {
    Invocation::of(&namespace.kubeconfig())
}

pub fn get(namespace: &Namespace, kind: &str, name: &str) -> Value {
    let output = namespace.kubectl(["get", kind, name, "-o", "json", "--show-managed-fields"]);
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

/// A store with these values of `db`, once its controller has looked at them.
pub fn store(namespace: &Namespace, values: &Value) {
    let store = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "SecretStore",
        "metadata": {"name": "fake"},
        "spec": {"provider": {"fake": {"data": [{"key": "db", "value": values.to_string()}]}}},
    });
    namespace.apply(&store.to_string());
    let ready = || {
        let store = get(namespace, "secretstore", "fake");
        store["status"]["conditions"][0]["status"] == "True"
    };
    assert!(wait_until(PATIENCE, ready));
}

fn secret(namespace: &Namespace, values: &Value) {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": "db", "labels": {"team": "web"}, "annotations": {"owner": "platform"}},
        "stringData": values,
    });
    namespace.apply(&secret.to_string());
}

/// kubectl's proxy, so that a look takes no new process and no TLS.
struct Proxy {
    child: Child,
    port: u16,
}

impl Proxy {
    fn start() -> Self {
        let cluster = levels_cluster();
        let mut child = Command::new(cluster.kubectl())
            .arg("--kubeconfig")
            .arg(cluster.kubeconfig())
            .args(["proxy", "--port=0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port }
    }

    /// The status of a look at a Secret's metadata.
    fn look(&self, namespace: &str, name: &str) -> u16 {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = format!(
            "GET /api/v1/namespaces/{namespace}/secrets/{name} HTTP/1.0\r\nHost: localhost\r\nAccept: \
             application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks at `db` every 20 ms while work is done, and for a second more.
fn watched<T>(namespace: &Namespace, work: impl FnOnce() -> T) -> T {
    let proxy = Proxy::start();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let (mut looks, mut absent) = (0, 0);
            while !stop.load(Ordering::SeqCst) {
                looks += 1;
                absent += u32::from(proxy.look(namespace.name(), "db") != 200);
                std::thread::sleep(Duration::from_millis(20));
            }
            (looks, absent)
        });
        // One that is not there is seen not to be.
        assert_eq!(proxy.look(namespace.name(), "nobody"), 404);
        let done = work();
        std::thread::sleep(Duration::from_secs(1));
        stop.store(true, Ordering::SeqCst);
        let (looks, absent) = watch.join().unwrap();
        assert!(looks > 30, "{looks} looks");
        assert_eq!(absent, 0, "of {looks} looks");
        done
    })
}

fn adopt(namespace: &Namespace, words: &str) -> Invocation {
    program(namespace)
        .words("external secret/db --store fake --adopt --yes --path")
        .word(PATH)
        .words(words)
}

fn adopted() {
    let namespace = levels_cluster().namespace("external-adopted");
    let values = json!({"password": OLD, "user": "alice"});
    store(&namespace, &values);
    secret(&namespace, &values);
    let before = get(&namespace, "secret", "db");
    watched(&namespace, || {
        adopt(&namespace, "--compare-values")
            .run()
            .status(0)
            .says("the store has the same values")
            .says("the operator changed no value");
        let object = get(&namespace, "externalsecret", "db");
        assert_eq!(object["spec"]["target"]["creationPolicy"], "Merge");
        assert!(get(&namespace, "secret", "db")["metadata"]["ownerReferences"].is_null());
        adopt(&namespace, "--own").run().status(0);
    });
    let after = get(&namespace, "secret", "db");
    assert_eq!(after["metadata"]["uid"], before["metadata"]["uid"]);
    assert_eq!(after["data"], before["data"]);
    assert_eq!(after["metadata"]["labels"]["team"], "web");
    assert_eq!(after["metadata"]["annotations"]["owner"], "platform");
    assert_eq!(
        after["metadata"]["ownerReferences"][0]["kind"],
        "ExternalSecret"
    );
    for kind in ["externalsecret", "secret"] {
        assert_eq!(get(&namespace, kind, "secretsafe-trial.db"), Value::Null);
    }
    // What is printed is what the cluster has.
    let printed = program(&namespace)
        .words("external secret/db --store fake -o json --path")
        .word(PATH)
        .run()
        .status(0)
        .stdout;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let object = get(&namespace, "externalsecret", "db");
    for path in [
        "/spec/target/creationPolicy",
        "/spec/target/template/type",
        "/spec/secretStoreRef/name",
    ] {
        assert_eq!(printed.pointer(path), object.pointer(path), "{path}");
    }
    adopt(&namespace, "--own").run().status(0);
}

/// The operator would remove it: first it is shown that it does.
fn extra_key() {
    let namespace = levels_cluster().namespace("external-extra");
    let values = json!({"password": OLD});
    store(&namespace, &values);
    secret(&namespace, &json!({"password": OLD, "extra": "kept"}));
    watched(&namespace, || {
        adopt(&namespace, "--key password --own")
            .run()
            .status(2)
            .says("Owner would remove extra");
        assert_eq!(get(&namespace, "externalsecret", "db"), Value::Null);
        adopt(&namespace, "--key password").run().status(0);
        assert_eq!(stored(&namespace, "db")["extra"], b"kept");
        program(&namespace).words("sync db --wait").run().status(0);
        assert_eq!(stored(&namespace, "db")["extra"], b"kept");
    });
    let owner = json!({"spec": {"target": {"creationPolicy": "Owner"}}}).to_string();
    let patched = namespace.kubectl([
        "patch",
        "externalsecret",
        "db",
        "--type=merge",
        "-p",
        &owner,
    ]);
    assert!(patched.status.success());
    assert!(wait_until(PATIENCE, || {
        !stored(&namespace, "db").contains_key("extra")
    }));
}

/// A store that has not all of the values, or other ones.
fn taken_back() {
    let namespace = levels_cluster().namespace("external-back");
    store(&namespace, &json!({"password": OLD}));
    secret(&namespace, &json!({"password": OLD, "user": "alice"}));
    let before = get(&namespace, "secret", "db");
    watched(&namespace, || {
        adopt(&namespace, "--sync-timeout 30s")
            .run()
            .status(4)
            .says("externalsecret/db is removed");
        let after = get(&namespace, "secret", "db");
        for field in ["uid", "labels", "annotations"] {
            assert_eq!(
                after["metadata"][field], before["metadata"][field],
                "{field}"
            );
        }
        assert_eq!(after["data"], before["data"]);
        assert_eq!(get(&namespace, "externalsecret", "db"), Value::Null);
        adopt(&namespace, "--compare-values --sync-timeout 30s")
            .run()
            .status(2)
            .says("the store does not give the values");
        store(&namespace, &json!({"password": NEW, "user": "alice"}));
        let ran = adopt(&namespace, "--compare-values").run().status(2);
        assert!(
            ran.stderr.contains("another value of password"),
            "{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains(NEW) && !ran.stderr.contains(OLD));
    });
    let after = get(&namespace, "secret", "db");
    assert_eq!(
        after["metadata"]["resourceVersion"]
            .as_str()
            .map(str::is_empty),
        Some(false)
    );
    assert_eq!(after["data"], before["data"]);
    for kind in ["externalsecret", "secret"] {
        assert_eq!(get(&namespace, kind, "secretsafe-trial.db"), Value::Null);
    }
}

fn moves_pods() {
    let cluster = levels_cluster();
    let scene = Scene::on(&cluster, "external-sync");
    let namespace = &scene.namespace;
    store(namespace, &json!({"password": OLD}));
    let external = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
        "metadata": {"name": "creds"},
        "spec": {
            "refreshInterval": "1h", "secretStoreRef": {"name": "fake"},
            "target": {"name": "db"},
            "data": [{"secretKey": "password", "remoteRef": {"key": "db", "property": "password"}}],
        },
    });
    namespace.apply(&external.to_string());
    assert!(wait_until(PATIENCE, || {
        get(namespace, "secret", "db")["data"]["password"].is_string()
    }));
    const ENV: &str =
        "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]";
    for (name, container) in [("uses", ENV), ("other", "")] {
        namespace.apply(&deployment(name, cluster.test_image(), "", container));
    }
    for name in ["uses", "other"] {
        scene.wait_ready(name);
    }
    let pods = |name: &str| -> Vec<String> {
        let selector = format!("app={name}");
        let output = namespace.kubectl(["get", "pods", "-l", &selector, "-o", "json"]);
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        let live = list["items"].as_array().unwrap().iter();
        live.filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            .map(|pod| pod["metadata"]["uid"].as_str().unwrap().to_owned())
            .collect()
    };
    let (first, other) = (pods("uses"), pods("other"));
    let sync = || {
        program(namespace).words("sync creds --wait --restart --yes --settle 2s --sync-timeout 60s")
    };
    // No new value: nothing is restarted, although the operator writes annotations of the
    // ExternalSecret to the Secret.
    let version = || get(namespace, "secret", "db")["metadata"]["resourceVersion"].clone();
    let before = version();
    let ran = sync().run().status(0).says("nothing is restarted");
    assert!(ran.stdout.contains("no new value"), "{}", ran.stdout);
    assert_ne!(version(), before, "the trap is not there");
    assert_eq!(pods("uses"), first);
    store(namespace, &json!({"password": NEW}));
    let ran = sync().run().status(0);
    assert!(
        ran.stdout.contains("new value in secret/db"),
        "{}",
        ran.stdout
    );
    let second = pods("uses");
    assert_ne!(second, first);
    assert_eq!(pods("other"), other, "who does not use it keeps its pod");
    let output = namespace.kubectl([
        "exec",
        "deploy/uses",
        "--",
        "sh",
        "-c",
        "echo -n $DB_PASSWORD",
    ]);
    assert_eq!(output.stdout, NEW.as_bytes());
    sync().run().status(0).says("nothing is restarted");
    assert_eq!(pods("uses"), second);
    // rotate writes nothing, and what it names works.
    let ran = program(namespace)
        .words("rotate secret/db password --generate password -y")
        .run()
        .status(2);
    assert!(
        ran.stderr.contains(&format!(
            "kubectl secretsafe sync creds -n {} --wait --restart",
            namespace.name()
        )),
        "{}",
        ran.stderr
    );
    assert_eq!(stored(namespace, "db")["password"], NEW.as_bytes());
}

/// Twelve ExternalSecrets, one store, one message.
fn explained() {
    let namespace = levels_cluster().namespace("external-explained");
    store(&namespace, &json!({"password": OLD}));
    for n in 0..12 {
        let external = json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
            "metadata": {"name": format!("app-{n}")},
            "spec": {
                "refreshInterval": "1h", "secretStoreRef": {"name": "fake"},
                "data": [{"secretKey": "password", "remoteRef": {"key": "db", "property": "password"}}],
            },
        });
        namespace.apply(&external.to_string());
    }
    let ran = program(&namespace)
        .words("sync --store fake --wait --sync-timeout 60s -o json")
        .run()
        .status(0);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["externalSecrets"].as_array().unwrap().len(), 12);
    // The store loses the value; its status stays as it was.
    store(&namespace, &json!({"other": OLD}));
    let ran = program(&namespace)
        .words("sync --all --wait --sync-timeout 30s")
        .run()
        .status(5);
    let warnings = ran.stderr.matches("warning: ").count();
    assert_eq!(warnings, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("12 ExternalSecrets were not synced"),
        "{}",
        ran.stderr
    );
    // What has failed before fails again, and nothing in its status changes.
    let ran = program(&namespace)
        .words("sync app-0 --wait --sync-timeout 20s")
        .run()
        .status(5);
    assert_eq!(ran.stderr.matches("warning: ").count(), 1, "{}", ran.stderr);
    // A store that cannot be used at all.
    let broken = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "SecretStore",
        "metadata": {"name": "fake"},
        "spec": {"provider": {"fake": null, "vault": {
            "server": "http://127.0.0.1:1", "version": "v2",
            "auth": {"tokenSecretRef": {"name": "nobody", "key": "token"}},
        }}},
    });
    namespace.apply(&broken.to_string());
    let not_ready = || {
        let store = get(&namespace, "secretstore", "fake");
        store["status"]["conditions"][0]["status"] == "False"
    };
    assert!(wait_until(PATIENCE, not_ready));
    let ran = program(&namespace)
        .words("sync --all --wait")
        .run()
        .status(5);
    assert_eq!(
        ran.stderr.matches("is not ready").count(),
        1,
        "{}",
        ran.stderr
    );
}

/// What is said to ignore a forced sync does ignore it.
fn ignored() {
    let namespace = levels_cluster().namespace("external-ignored");
    store(&namespace, &json!({"password": OLD}));
    for (name, more) in [
        ("once", json!({"refreshPolicy": "CreatedOnce"})),
        ("never", json!({"refreshInterval": "0s"})),
        ("immutable", json!({"target": {"immutable": true}})),
        (
            "change",
            json!({"refreshPolicy": "OnChange", "refreshInterval": "0s"}),
        ),
    ] {
        let mut external = json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
            "metadata": {"name": name},
            "spec": {
                "secretStoreRef": {"name": "fake"},
                "data": [{"secretKey": "password", "remoteRef": {"key": "db", "property": "password"}}],
            },
        });
        for (field, value) in more.as_object().unwrap() {
            external["spec"][field] = value.clone();
        }
        namespace.apply(&external.to_string());
        assert!(wait_until(PATIENCE, || {
            get(&namespace, "externalsecret", name)["status"]["refreshTime"].is_string()
        }));
    }
    store(&namespace, &json!({"password": NEW}));
    let ran = program(&namespace)
        .words("sync --all --wait --sync-timeout 60s -o json")
        .run()
        .status(5);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    for external in document["externalSecrets"].as_array().unwrap() {
        let name = external["name"].as_str().unwrap();
        let expected = match name {
            "change" => "newValue",
            _ => "ignored",
        };
        assert_eq!(external["state"], expected, "{name}");
        // Asked for by hand, it is as was said.
        let by_hand = [
            "annotate",
            "externalsecret",
            name,
            "force-sync=x",
            "--overwrite",
        ];
        assert!(namespace.kubectl(by_hand).status.success());
    }
    std::thread::sleep(Duration::from_secs(3));
    for (name, expected) in [
        ("once", OLD),
        ("never", OLD),
        ("immutable", OLD),
        ("change", NEW),
    ] {
        assert_eq!(
            stored(&namespace, name)["password"],
            expected.as_bytes(),
            "{name}"
        );
    }
}

/// All that a ClusterExternalSecret makes, and nothing else.
fn of_cluster() {
    let namespace = levels_cluster().namespace("external-cluster");
    store(&namespace, &json!({"password": OLD}));
    let name = namespace.name();
    let data =
        json!([{"secretKey": "password", "remoteRef": {"key": "db", "property": "password"}}]);
    let spec = json!({"secretStoreRef": {"name": "fake"}, "refreshInterval": "1h", "data": data});
    namespace.apply(
        &json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ClusterExternalSecret",
            "metadata": {"name": name},
            "spec": {"namespaces": [name], "externalSecretName": "made", "externalSecretSpec": spec},
        })
        .to_string(),
    );
    namespace.apply(
        &json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
            "metadata": {"name": "other"}, "spec": spec,
        })
        .to_string(),
    );
    for object in ["made", "other"] {
        assert!(wait_until(PATIENCE, || {
            get(&namespace, "externalsecret", object)["status"]["refreshTime"].is_string()
        }));
    }
    store(&namespace, &json!({"password": NEW}));
    let ran = program(&namespace)
        .words("sync -A --wait --sync-timeout 60s -o json")
        .word(format!("clusterexternalsecret/{name}"))
        .run()
        .status(0);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let synced = document["externalSecrets"].as_array().unwrap();
    assert_eq!(synced.len(), 1);
    assert_eq!(
        (&synced[0]["name"], &synced[0]["state"]),
        (&json!("made"), &json!("newValue"))
    );
    assert_eq!(stored(&namespace, "made")["password"], NEW.as_bytes());
    assert_eq!(stored(&namespace, "other")["password"], OLD.as_bytes());
    let deleted = namespace.kubectl(["delete", "clusterexternalsecret", name]);
    assert!(deleted.status.success());
}

/// Skeletons, ExternalSecrets and PushSecrets have only fields of the schema.
fn printed() {
    let namespace = levels_cluster().namespace("external-printed");
    secret(&namespace, &json!({"password": OLD, "user": "alice"}));
    let mut printed = Vec::new();
    for provider in ["vault", "aws", "gcp", "azure", "1password", "kubernetes"] {
        for kind in ["SecretStore", "ClusterSecretStore"] {
            printed.push(format!(
                "external --store-skeleton {provider} --kind {kind}"
            ));
        }
    }
    for more in [
        "",
        "--push-secret",
        "--base64 user",
        "--key user",
        "--creation-policy Orphan",
    ] {
        printed.push(format!("external secret/db --store s --path {PATH} {more}"));
    }
    for words in printed {
        for format in ["yaml", "kyaml", "json"] {
            let text = program(&namespace)
                .words(&words)
                .words("-o")
                .word(format)
                .run()
                .status(0)
                .stdout;
            assert!(!text.contains(OLD), "{words}");
            let mut child = Command::new(levels_cluster().kubectl())
                .arg("--kubeconfig")
                .arg(namespace.kubeconfig())
                .args(["apply", "--dry-run=server", "--validate=strict", "-f", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            child
                .stdin
                .take()
                .unwrap()
                .write_all(text.as_bytes())
                .unwrap();
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{words} -o {format}: {said}\n{text}"
            );
        }
    }
    // What the operator does not have is left out.
    let ran = program(&namespace)
        .words("external secret/db --store s --creation-policy CreateOrMerge --path")
        .word(PATH)
        .run();
    ran.status(2).says("does not know CreateOrMerge");
}
