//! A fault server, and an External Secrets Operator that does what a test says.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use testcluster::fault::{FaultServer, Resource};

pub const OLD: &str = "cherry-blossom-canary";
pub const NEW: &str = "winter-jasmine-canary";
const ENCODED: [&str; 2] = [
    "Y2hlcnJ5LWJsb3Nzb20tY2FuYXJ5",
    "d2ludGVyLWphc21pbmUtY2FuYXJ5",
];
const MANAGED: &str = "reconcile.external-secrets.io/managed";
const CONTENT: &str = "reconcile.external-secrets.io/data-hash";

/// What the operator does with an ExternalSecret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    Syncs,
    /// Its store says no: how.
    Fails(String),
    /// It does not look at it.
    Nothing,
    /// It says that it has synced, and has not.
    Lies,
}

type Wishes = Arc<Mutex<Box<dyn Fn(&Value) -> Does + Send>>>;

pub struct Scene {
    pub server: Arc<FaultServer>,
    /// What the store has, by path and property.
    pub store: Arc<Mutex<BTreeMap<String, String>>>,
    wishes: Wishes,
    /// So many seconds the clock of the operator is behind.
    behind: Arc<AtomicI64>,
    ends: Arc<AtomicBool>,
    operator: Option<JoinHandle<()>>,
}

/// What a run came to.
pub struct Ran {
    pub status: Option<i32>,
    pub stdout: String,
    pub said: String,
}

impl Ran {
    /// The exit status has to be this one.
    #[track_caller]
    pub fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{}{}", self.stdout, self.said);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        let all = format!("{}{}", self.stdout, self.said);
        assert!(all.contains(words), "{words:?} is not in\n{all}");
        self
    }

    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

impl Scene {
    /// With a Secret `db` and a store `vault` that is ready and has its values.
    pub fn new() -> Self {
        let server = Arc::new(FaultServer::start());
        server.put_secret(
            "default",
            "db",
            &[("password", OLD), ("user", "alice")],
            "kubectl",
        );
        server.put_workload(
            Resource::SecretStores,
            "default",
            "vault",
            store("True", ""),
        );
        let values = [("db#password", OLD), ("db#user", "alice")]
            .map(|(place, value)| (place.to_owned(), value.to_owned()));
        let mut scene = Self {
            server,
            store: Arc::new(Mutex::new(values.into())),
            wishes: Arc::new(Mutex::new(Box::new(|_| Does::Syncs))),
            behind: Arc::default(),
            ends: Arc::default(),
            operator: None,
        };
        scene.operator = Some(scene.operate());
        scene
    }

    pub fn operator_does(&self, wish: impl Fn(&Value) -> Does + Send + 'static) {
        *self.wishes.lock().unwrap() = Box::new(wish);
    }

    pub fn clock_is_behind(&self, seconds: i64) {
        self.behind.store(seconds, Ordering::SeqCst);
    }

    pub fn store_has(&self, place: &str, value: &str) {
        self.store
            .lock()
            .unwrap()
            .insert(place.to_owned(), value.to_owned());
    }

    /// An ExternalSecret of `db`, which has been synced.
    pub fn external(&self, name: &str, spec: Value) {
        let mut object = json!({
            "metadata": {"labels": {"team": "billing"}},
            "spec": {
                "secretStoreRef": {"name": "vault"}, "refreshInterval": "1h",
                "target": {"name": "db", "creationPolicy": "Merge"},
                "data": [
                    {"secretKey": "password", "remoteRef": {"key": "db", "property": "password"}},
                    {"secretKey": "user", "remoteRef": {"key": "db", "property": "user"}},
                ],
            },
            "status": {
                "syncedResourceVersion": "1-before", "refreshTime": "2026-01-01T00:00:00Z",
                "conditions": [{"type": "Ready", "status": "True", "reason": "SecretSynced",
                    "lastTransitionTime": "2026-01-01T00:00:00Z"}],
            },
        });
        for (field, value) in spec.as_object().unwrap() {
            object["spec"][field] = value.clone();
        }
        // Synced as it is.
        object["status"]["syncedResourceVersion"] = json!(version(&object));
        self.server
            .put_workload(Resource::ExternalSecrets, "default", name, object);
    }

    pub fn externals(&self, name: &str) -> Option<Value> {
        self.server
            .workload(Resource::ExternalSecrets, "default", name)
    }

    fn operate(&self) -> JoinHandle<()> {
        let (server, store) = (Arc::clone(&self.server), Arc::clone(&self.store));
        let (wishes, ends) = (Arc::clone(&self.wishes), Arc::clone(&self.ends));
        let behind = Arc::clone(&self.behind);
        std::thread::spawn(move || {
            while !ends.load(Ordering::SeqCst) {
                for name in NAMES {
                    let Some(object) = server.workload(Resource::ExternalSecrets, "default", name)
                    else {
                        continue;
                    };
                    let does = wishes.lock().unwrap()(&object);
                    let now = now(behind.load(Ordering::SeqCst));
                    reconcile(&server, &store.lock().unwrap(), name, &object, (does, &now));
                }
                std::thread::sleep(Duration::from_millis(15));
            }
        })
    }

    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
        command
            .args(words.split(' '))
            .env_clear()
            .env("KUBECONFIG", self.server.kubeconfig())
            .env("HOME", self.server.folder())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program; no value is in what it prints.
    pub fn run(&self, words: &str) -> Ran {
        let output = self.command(words).output().unwrap();
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            for value in [OLD, NEW].into_iter().chain(ENCODED) {
                assert!(!text.contains(value), "{words} shows a value");
            }
        }
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        if let Some(operator) = self.operator.take() {
            let _ = operator.join();
        }
    }
}

/// All that a test may call its ExternalSecrets.
pub const NAMES: [&str; 8] = ["db", "a", "b", "c", "d", "e", "f", "secretsafe-trial.db"];

/// A store with this condition.
pub fn store(ready: &str, message: &str) -> Value {
    json!({
        "metadata": {},
        "spec": {"provider": {"fake": {"data": []}}},
        "status": {"conditions": [{"type": "Ready", "status": ready, "reason": "R", "message": message}]},
    })
}

/// What the operator compares: the specification, the labels and the annotations.
fn version(object: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    let metadata = &object["metadata"];
    let text = format!(
        "{}{}{}",
        object["spec"], metadata["labels"], metadata["annotations"]
    );
    text.hash(&mut hasher);
    format!("{}-{:x}", metadata["generation"], hasher.finish())
}

/// By a clock that is behind by so many seconds.
fn now(behind: i64) -> String {
    Timestamp::from_second(Timestamp::now().as_second() - behind)
        .unwrap()
        .to_string()
}

fn reconcile(
    server: &FaultServer,
    store: &BTreeMap<String, String>,
    name: &str,
    object: &Value,
    (does, now): (Does, &str),
) {
    let version = version(object);
    // `shouldRefresh`: once it is synced, nothing makes it sync again.
    let spec = &object["spec"];
    let is_once = spec["refreshPolicy"] == "CreatedOnce" || spec["refreshInterval"] == "0s";
    if is_once && object["status"]["syncedResourceVersion"].is_string() {
        return;
    }
    let ready = |status: &str, reason: &str, message: &str| {
        json!([{"type": "Ready", "status": status, "reason": reason, "message": message,
            "lastTransitionTime": now}])
    };
    if does == Does::Nothing || object["status"]["syncedResourceVersion"] == *version {
        return;
    }
    let mut status = object["status"].clone();
    match does {
        Does::Fails(message) => {
            let condition = &object["status"]["conditions"][0];
            if condition["status"] == "False" {
                return;
            }
            status["conditions"] = ready("False", "SecretSyncedError", &message);
        }
        does => {
            if does == Does::Syncs {
                write(server, store, name, object);
            }
            status["conditions"] = ready("True", "SecretSynced", "secret synced");
            status["refreshTime"] = json!(now);
            status["syncedResourceVersion"] = json!(version);
        }
    }
    // It may have been removed meanwhile.
    if server
        .workload(Resource::ExternalSecrets, "default", name)
        .is_some()
    {
        server.edit_workload(Resource::ExternalSecrets, "default", name, |live| {
            live["status"] = status;
        });
    }
}

/// Writes the Secret as `ApplyTemplate` of the operator does.
fn write(server: &FaultServer, store: &BTreeMap<String, String>, name: &str, object: &Value) {
    let spec = &object["spec"];
    let target = spec["target"]["name"].as_str().unwrap_or(name);
    let entries: Vec<(String, String)> = spec["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let remote = &entry["remoteRef"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let place = format!("{}#{}", text(&remote["key"]), text(&remote["property"]));
            (
                text(&entry["secretKey"]),
                store.get(&place).cloned().unwrap_or_default(),
            )
        })
        .collect();
    // With a template that makes keys, nothing that was fetched is written but by it.
    let made = spec["target"]["template"]["data"].as_object();
    let entries: Vec<_> = entries
        .into_iter()
        .filter(|(key, _)| made.is_none_or(|made| made.contains_key(key)))
        .collect();
    if server.secret("default", target).is_none() {
        server.put_secret(
            "default",
            target,
            &entries
                .iter()
                .map(|(key, value)| (key.as_str(), value))
                .collect::<Vec<_>>(),
            "eso",
        );
    }
    let merges = spec["target"]["creationPolicy"] == "Merge";
    server.edit_secret("default", target, |secret| {
        if !merges {
            secret["data"] = json!({});
        }
        for (key, value) in &entries {
            let encoded = base64::prelude::BASE64_STANDARD.encode(value);
            secret["data"][key] = json!(encoded);
        }
        let metadata = &mut secret["metadata"];
        if metadata["labels"].is_null() {
            metadata["labels"] = json!({});
        }
        if metadata["annotations"].is_null() {
            metadata["annotations"] = json!({});
        }
        metadata["labels"][MANAGED] = json!("true");
        if let Some(labels) = spec["target"]["template"]["metadata"]["labels"].as_object() {
            for (name, text) in labels {
                metadata["labels"][name] = text.clone();
            }
        }
        metadata["ownerReferences"] = match merges {
            true => json!([]),
            false => json!([{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
                "name": name, "uid": "u", "controller": true}]),
        };
        // Of the same length as the operator's, and equal as long as the content is.
        let mut hasher = DefaultHasher::new();
        secret["data"].to_string().hash(&mut hasher);
        let digest = format!("{:056x}", hasher.finish());
        secret["metadata"]["annotations"][CONTENT] = json!(digest);
    });
}
