//! A server with values wherever a command could meet one, and every way to run
//! every command on it.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use serde_json::json;
use testcluster::fault::{FaultServer, Resource};

use crate::canary::Canary;
use crate::harness::{Invocation, program};
use crate::security::memory::STOPPED_AT_EXIT;

/// The same words for each run of one command, and what it prints.
pub(in crate::security) struct Way {
    /// Words before the format.
    pub words: &'static str,
    /// Every format it prints; an empty one is the default.
    pub formats: &'static [&'static str],
}

const fn way(words: &'static str, formats: &'static [&'static str]) -> Way {
    Way { words, formats }
}

const OBJECTS: &[&str] = &["", "-o name", "-o yaml", "-o json"];
const SEALED: &[&str] = &["", "-o yaml", "-o json", "-o kyaml"];
const PLANS: &[&str] = &["", "-o json"];
const USERS: &[&str] = &["-o text", "-o json", "-o dot", "-o mermaid", "-o name"];
const FINDINGS: &[&str] = &[
    "-o text",
    "-o wide",
    "-o json",
    "-o yaml",
    "-o sarif",
    "-o junit",
    "-o github",
    "-o html",
    "-o prometheus",
    "-o name",
];

/// Every command that meets values or the token. `FILE` is a manifest, `PLAIN` one whose
/// Secret can be sealed, `SEALED` a SealedSecret, `CERT` the certificate of a controller.
pub(in crate::security) const WAYS: &[Way] = &[
    way("create leak --stdin password", OBJECTS),
    way("create leak --stdin password --dry-run=client", OBJECTS),
    way("create leak --stdin password --dry-run=server", OBJECTS),
    way("create stored --stdin password --update --yes", OBJECTS),
    way("create stored --stdin password --replace", OBJECTS),
    way("create stored --stdin password", &[""]),
    way("doctor", FINDINGS),
    way("doctor --inspect-values", FINDINGS),
    way("doctor -f FILE --inspect-values", FINDINGS),
    way("doctor -f FILE --fix", &[""]),
    way("consumers secret/stored", USERS),
    way("consumers secret/stored -f FILE", USERS),
    way("migrate --dry-run", PLANS),
    way("migrate --complete --reads-files all -y", PLANS),
    way("migrate --undo -y", &[""]),
    way("migrate -f FILE", PLANS),
    way("migrate -f FILE --emit patch", &[""]),
    way("migrate -f FILE --shim --complete --emit patch", &[""]),
    way(
        "rotate secret/stored password --stdin password --dry-run",
        PLANS,
    ),
    way(
        "rotate secret/stored password --stdin password --dry-run=server",
        PLANS,
    ),
    way(
        "rotate secret/stored password --stdin password -y --keep 1h",
        PLANS,
    ),
    way("rotate secret/stored --undo -y", &[""]),
    way("rotate --status", &[""]),
    way("restart --secret stored --plan", PLANS),
    way("audit", &["-o text", "-o json", "-o csv", "-o html"]),
    way("audit --schedule --image registry.example/s:1", &[""]),
    way("explain SS013", &[""]),
    way("edit secret/stored -y", &[""]),
    way("edit secret/stored password -y --dry-run=server", &[""]),
    way("advise -A", &["-o text", "-o json", "-o html"]),
    way("advise -f FILE", PLANS),
    way("scaffold app --secret stored:password", SEALED),
    way(
        "create leak --stdin password --seal --cert CERT -n default",
        SEALED,
    ),
    way("create leak --stdin password --seal", SEALED),
    way("seal -f PLAIN --cert CERT -n default", SEALED),
    way("seal -f FILE --cert CERT -n default", &[""]),
    way("seal secret/stored --cert CERT", SEALED),
    way("seal secret/stored", &[""]),
    way(
        "seal secret/stored --adopt --yes --timeout 1s --cert CERT",
        &[""],
    ),
    way("seal set SEALED --stdin password --cert CERT", &[""]),
    way("seal reseal SEALED --yes --cert CERT", &[""]),
    way("seal reseal SEALED --yes --through-controller", &[""]),
    way("seal check SEALED --cert CERT", PLANS),
    way("sync other --wait --sync-timeout 1s", PLANS),
    way("sync --all --dry-run=server", PLANS),
    way("sync other --restart -y --sync-timeout 1s", PLANS),
    way("external secret/stored --store vault --path {key}", SEALED),
    way(
        "external secret/stored --store vault --path {key} --push-secret",
        SEALED,
    ),
    way(
        "external secret/stored --store vault --path {key} --push-commands aws",
        &[""],
    ),
    way(
        "external -f FILE -n default --store vault --path {name}#{key}",
        SEALED,
    ),
    way(
        "external secret/stored --store vault --path {key} --adopt -y --own --sync-timeout 1s",
        SEALED,
    ),
    way(
        "external secret/stored --store vault --path {key} --adopt -y --compare-values --sync-timeout 1s",
        &[""],
    ),
];

/// The certificate of a controller: to make a key takes its time.
fn certificate() -> &'static str {
    static PEM: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let params = rcgen::CertificateParams::new(["controller".to_owned()]).unwrap();
        params.self_signed(&key).unwrap().pem()
    });
    &PEM
}

/// What must not turn up.
pub(in crate::security) struct Scene {
    pub server: FaultServer,
    pub value: Canary,
    pub token: Canary,
    manifest: PathBuf,
}

impl Scene {
    /// Values in the data and the annotation of a Secret, and in a manifest.
    pub fn new() -> Self {
        let value = Canary::new(40);
        Self::with(&value, &value)
    }

    /// The same with one value in the cluster and another one that is given.
    pub fn with(stored: &Canary, given: &Canary) -> Self {
        let server = FaultServer::start();
        let token = Canary::of(server.token().to_owned());
        let value = Canary::of(given.text().to_owned());
        let text = stored.text();
        server.put_secret("default", "stored", &[("password", text)], "kubectl");
        server.edit_secret("default", "stored", |object| {
            let applied = json!({"stringData": {"password": text}}).to_string();
            object["metadata"]["annotations"] =
                json!({"kubectl.kubernetes.io/last-applied-configuration": applied});
        });
        let text = value.text();
        let reference = json!({"name": "A",
            "valueFrom": {"secretKeyRef": {"name": "stored", "key": "password"}}});
        let pod = json!({
            "restartPolicy": "Never",
            "securityContext": {"runAsUser": 0},
            "containers": [{
                "name": "app", "image": "registry.example/app:1", "command": ["serve"],
                "env": [reference, {"name": "DB_PASSWORD", "value": text}],
            }],
        });
        let spec = json!({"schedule": "0 4 * * *",
            "jobTemplate": {"spec": {"template": {"spec": pod}}}});
        server.put_workload(
            Resource::CronJobs,
            "default",
            "app",
            json!({"metadata": {}, "spec": spec}),
        );
        let store = json!({"metadata": {}, "spec": {"provider": {"fake": {"data": []}}},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
        server.put_workload(Resource::SecretStores, "default", "vault", store);
        let external = json!({"metadata": {}, "spec": {"secretStoreRef": {"name": "vault"},
            "data": [{"secretKey": "password", "remoteRef": {"key": "x"}}]}});
        server.put_workload(Resource::ExternalSecrets, "default", "other", external);
        let manifest = server.folder().join("all.yaml");
        let documents = [
            json!({"apiVersion": "v1", "kind": "Secret",
                "metadata": {"name": "stored", "annotations": {"note": text}},
                "stringData": {"password": text}}),
            json!({"apiVersion": "batch/v1", "kind": "CronJob",
                "metadata": {"name": "app"}, "spec": spec}),
            json!({"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "c"}, "data": {"DB_PASSWORD": text}}),
        ];
        let documents = documents.map(|document| format!("{document:#}"));
        fs::write(&manifest, documents.join("\n---\n")).unwrap();
        let plain = json!({"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "stored"}, "stringData": {"password": text}});
        fs::write(server.folder().join("plain.yaml"), plain.to_string()).unwrap();
        let ciphertext = base64::engine::general_purpose::STANDARD
            .encode([&[1, 0][..], &[7; 256 + 16]].concat());
        let sealed = json!({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
            "metadata": {"name": "stored", "namespace": "default"},
            "spec": {"encryptedData": {"password": ciphertext}}});
        fs::write(server.folder().join("sealed.yaml"), sealed.to_string()).unwrap();
        fs::write(server.folder().join("cert.pem"), certificate()).unwrap();
        Self {
            server,
            value,
            token,
            manifest,
        }
    }

    /// The program under strace, which stops it as it ends.
    pub fn held_by_strace(&self, program: &Path, words: &str) -> Invocation {
        Invocation::of_program(Path::new("strace"), self.server.kubeconfig())
            .words(STOPPED_AT_EXIT)
            .word(program.display().to_string())
            .words(&self.named(words))
    }

    /// Words with the path of the manifest.
    pub fn named(&self, words: &str) -> String {
        let path = |name: &str| self.server.folder().join(name).display().to_string();
        words
            .replace("FILE", self.manifest.to_str().unwrap())
            .replace("PLAIN", &path("plain.yaml"))
            .replace("SEALED", &path("sealed.yaml"))
            .replace("CERT", &path("cert.pem"))
    }

    /// One run, with everything asked for that could make it talk.
    pub fn invocation(&self, words: &str) -> Invocation {
        self.invocation_of(program(), words)
    }

    /// The same with another build of the program.
    pub fn invocation_of(&self, program: &Path, words: &str) -> Invocation {
        Invocation::of_program(program, self.server.kubeconfig())
            .words(&self.named(words))
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            // Values stand in lines of their own, two spaces from the margin.
            .env("EDITOR", "sed -i 's/^  [^ ]/&x/'")
            .folder(self.server.folder())
            .input(self.value.text())
    }
}
