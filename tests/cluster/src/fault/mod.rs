//! A scripted server for one purpose: injecting faults.
//!
//! [`FaultServer`] speaks enough of the Kubernetes API over TLS to store
//! Secrets for a client that writes them by server-side apply, and workloads for
//! one that patches them, and does to the exchange what a test's script says: cuts, resets, delays, wrong statuses,
//! wrong read-backs, endless answers. It is no Kubernetes: there is no
//! admission and hardly any validation, and RBAC is what one Role says
//! ([`FaultServer::only_allow`]). What needs no injected fault is
//! tested against the real control plane.
//!
//! ```no_run
//! use http::Method;
//! use testcluster::fault::{Fault, FaultServer, Rule};
//!
//! let server = FaultServer::start();
//! server.script(Rule::on(Method::PATCH).path("secrets").nth(1).fault(Fault::ResetAfter));
//! // … run a program with `--kubeconfig` set to `server.kubeconfig()` …
//! assert!(server.secret("default", "db").is_some());
//! ```

mod api;
mod apply;
mod connection;
mod fields;
mod grants;
mod identity;
mod patch;
mod refusal;
mod reply;
mod request;
mod rollout;
mod script;
mod secret;
mod store;
mod watching;
mod workloads;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

use self::grants::Grants;
use self::identity::Identity;
pub use self::reply::Reply;
pub use self::request::Recorded;
pub use self::rollout::PodOutcome;
use self::script::Script;
pub use self::script::{Fault, Mutation, Rule, When};
use self::store::{Persistence, Store};
pub use self::watching::Watches;
pub use self::workloads::Resource;
use self::workloads::Workloads;

/// A running server. It has a thread of its own, which ends when this value is
/// dropped; connections that are open then are closed.
pub struct FaultServer {
    shared: Arc<Shared>,
    url: String,
    kubeconfig: PathBuf,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the server's thread and the test both see.
struct Shared {
    token: String,
    store: Mutex<Store>,
    workloads: Mutex<Workloads>,
    script: Mutex<Script>,
    watches: Mutex<Watches>,
    requests: Mutex<Vec<Recorded>>,
    grants: Mutex<Option<Grants>>,
}

/// A Secret as the server holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The decoded values by key.
    pub values: BTreeMap<String, Vec<u8>>,
    /// The whole object, `managedFields` included.
    pub object: Value,
}

impl Stored {
    /// `metadata.uid`.
    pub fn uid(&self) -> &str {
        self.object["metadata"]["uid"].as_str().unwrap_or_default()
    }

    /// `metadata.resourceVersion`.
    pub fn resource_version(&self) -> &str {
        self.object["metadata"]["resourceVersion"]
            .as_str()
            .unwrap_or_default()
    }
}

impl FaultServer {
    /// Starts a server on a free port of 127.0.0.1, with keys and a token of its
    /// own, an empty store and an empty script.
    ///
    /// # Panics
    ///
    /// If the machine gives it no port, folder or thread.
    pub fn start() -> FaultServer {
        let identity = Identity::generate();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
        listener
            .set_nonblocking(true)
            .expect("a listener that does not block");
        let port = listener
            .local_addr()
            .expect("the port of the listener")
            .port();
        let url = format!("https://127.0.0.1:{port}");

        let folder = TempDir::with_prefix("fault-server-").expect("a temporary folder");
        let kubeconfig = folder.path().join("kubeconfig");
        identity
            .write_kubeconfig(&kubeconfig, &url)
            .expect("a kubeconfig in the temporary folder");

        let shared = Arc::new(Shared {
            token: identity.token,
            store: Mutex::new(Store::new()),
            workloads: Mutex::default(),
            script: Mutex::default(),
            watches: Mutex::default(),
            requests: Mutex::default(),
            grants: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        // The port in the name tells the threads of several servers apart.
        let thread = std::thread::Builder::new()
            .name(format!("fault-{port}"))
            .spawn(move || connection::serve(listener, identity.tls, served, stopped))
            .expect("a thread for the server");
        FaultServer {
            shared,
            url,
            kubeconfig,
            folder,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// A kubeconfig of mode 0600 with this server, its CA and the token; its
    /// namespace is `default`.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// A folder for the files of a test, removed with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `https://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bearer token: random, so that a test can search for it in places
    /// where it must not be. Every other token is answered with 401.
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// Adds a rule behind those that are there.
    pub fn script(&self, rule: Rule) {
        self.shared.script().push(rule);
    }

    /// From now on, only what this Role allows is allowed, in every namespace.
    ///
    /// # Panics
    ///
    /// If it is no Role as the program prints it.
    pub fn only_allow(&self, role: &str) {
        *self.shared.grants() = Some(Grants::of_role(role));
    }

    /// Removes all rules.
    pub fn clear_script(&self) {
        self.shared.script().clear();
    }

    /// A Secret, if there is one.
    ///
    /// # Panics
    ///
    /// If an edit by the test left a value that is no base64.
    pub fn secret(&self, namespace: &str, name: &str) -> Option<Stored> {
        let store = self.shared.store();
        let object = store.get(&key(namespace, name))?.clone();
        let values = secret::decode(&object).expect("base64 in every value");
        Some(Stored { values, object })
    }

    /// Puts a Secret there as the ordinary write of another manager, in place of
    /// one that is there already.
    pub fn put_secret(
        &self,
        namespace: &str,
        name: &str,
        data: &[(&str, impl AsRef<[u8]>)],
        manager: &str,
    ) -> Stored {
        let encode = |(key, value): &(&str, _)| {
            let value: &[u8] = AsRef::as_ref(value);
            (key.to_string(), json!(BASE64_STANDARD.encode(value)))
        };
        let data: Map<String, Value> = data.iter().map(encode).collect();
        let object = json!({"metadata": {"name": name}, "data": data});
        {
            let mut store = self.shared.store();
            // There may be nothing to remove.
            let _ = store.delete(&key(namespace, name), &Value::Null, Persistence::Stored);
            let created = store.create(namespace, object, manager, Persistence::Stored);
            assert!(created.is_ok(), "secret {namespace}/{name} cannot be put");
        }
        self.secret(namespace, name)
            .expect("the Secret that was just put")
    }

    /// Changes a Secret out of band, between two requests. If the change makes a
    /// difference the revision moves, and the changed fields belong to the
    /// manager `out-of-band` unless the change touched `managedFields` itself.
    /// The closure must not call the server.
    ///
    /// # Panics
    ///
    /// If there is no such Secret.
    pub fn edit_secret(&self, namespace: &str, name: &str, change: impl FnOnce(&mut Value)) {
        let edited = self
            .shared
            .store()
            .edit(&key(namespace, name), change, "out-of-band");
        assert!(edited.is_ok(), "there is no secret {namespace}/{name}");
    }

    /// Removes a Secret out of band.
    ///
    /// # Panics
    ///
    /// If there is no such Secret.
    pub fn delete_secret(&self, namespace: &str, name: &str) {
        let key = key(namespace, name);
        let deleted = self
            .shared
            .store()
            .delete(&key, &Value::Null, Persistence::Stored);
        assert!(deleted.is_ok(), "there is no secret {namespace}/{name}");
    }

    /// A workload, if there is one.
    pub fn workload(&self, resource: Resource, namespace: &str, name: &str) -> Option<Value> {
        let key = (resource, key(namespace, name));
        self.shared.workloads().get(&key).cloned()
    }

    /// Puts a workload there, in place of one that is there already; a
    /// Deployment has rolled out.
    pub fn put_workload(&self, resource: Resource, namespace: &str, name: &str, object: Value) {
        let key = (resource, key(namespace, name));
        self.shared.workloads().put(key, object);
    }

    /// Changes a workload out of band, between two requests.
    ///
    /// # Panics
    ///
    /// If there is no such workload.
    pub fn edit_workload(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) {
        let key = (resource, key(namespace, name));
        let edited = self.shared.workloads().edit(&key, change);
        assert!(edited.is_some(), "there is no {name} in {namespace}");
    }

    /// Says what becomes of the pods of a Deployment, by its pod template.
    /// Without this they get ready.
    pub fn pods_become(&self, outcome: impl Fn(&Value) -> PodOutcome + Send + 'static) {
        self.shared.workloads().script(Box::new(outcome));
    }

    /// Says how watches are answered. Without this they are refused.
    pub fn watches(&self, watches: Watches) {
        *lock(&self.shared.watches) = watches;
    }

    /// Lets a namespace not exist. Every other namespace does.
    pub fn remove_namespace(&self, namespace: &str) {
        self.shared.store().remove_namespace(namespace);
    }

    /// All requests so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.requests().clone()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        // Either end may be gone if the thread panicked; there is nothing left
        // to stop then.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    fn workloads(&self) -> MutexGuard<'_, Workloads> {
        lock(&self.workloads)
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        lock(&self.script)
    }

    fn grants(&self) -> MutexGuard<'_, Option<Grants>> {
        lock(&self.grants)
    }

    fn requests(&self) -> MutexGuard<'_, Vec<Recorded>> {
        lock(&self.requests)
    }
}

/// Each lock guards plain data that is whole between any two statements, so a
/// failed assertion elsewhere does not make it unusable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(namespace: &str, name: &str) -> store::Key {
    (namespace.to_owned(), name.to_owned())
}
