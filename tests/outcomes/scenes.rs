//! The scenes: a command line, what it meets, and how it has to end.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use http::Method;
use serde_json::json;
use testcluster::fault::{FaultServer, PodOutcome, Reply, Resource, Rule};

pub struct Scene {
    pub what: &'static str,
    pub words: &'static [&'static str],
    pub input: Input,
    pub cluster: Cluster,
    pub status: i32,
    pub says: &'static [&'static str],
}

/// What standard input is.
#[derive(Clone, Copy)]
pub enum Input {
    Nothing,
    Text(&'static str),
}

/// Which cluster there is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cluster {
    None,
    /// A Deployment that takes a Secret as a variable.
    Working,
    /// The same; lists are refused.
    Refusing,
    /// The same; the Secret was written a year ago.
    Old,
    /// The same; it is not recorded when the Secret was written.
    Undated,
    /// The same, of which a new pod ends.
    Failing,
    /// The same, and a workload whose new pods end beside it.
    Half,
    /// As failing, and nothing may be written to the workload any more when it does.
    NoWayBack,
    /// A Deployment that is paused.
    Paused,
    /// A paused one beside a working one.
    HalfPaused,
    /// The Secret is immutable.
    Immutable,
    /// The Secret is made by a SealedSecret.
    Owned,
    /// An ExternalSecret of `db` and its store; no operator looks at them.
    External,
    /// A store without an operator, and no ExternalSecret.
    Store,
    /// An ExternalSecret whose store is not ready.
    StoreNotReady,
    /// An address where nobody answers.
    Gone,
}

pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

const APP: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: default}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsUser: 0}
      containers:
      - name: c
        image: registry.example/app:1
        env:
        - name: DB_PASSWORD
          valueFrom: {secretKeyRef: {name: db, key: password}}
";
const SECRET: &str = "{apiVersion: v1, kind: ConfigMap, metadata: {name: plain, namespace: default}, data: {a: b}}\n";

const PLAIN: &str = "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: default}, stringData: {password: value}}\n";

/// A SealedSecret. A ciphertext has a length, as many bytes, and 16 more.
fn sealed() -> String {
    format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: db, namespace: default}}\n\
         spec:\n  encryptedData:\n    password: AQA{}\n",
        "A".repeat(4 * 91 + 1)
    )
}

/// The certificate of a controller.
fn certificate() -> &'static str {
    static PEM: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let params = rcgen::CertificateParams::new(["controller".to_owned()]).unwrap();
        params.self_signed(&key).unwrap().pem()
    });
    &PEM
}

impl Scene {
    pub fn command(&self) -> &'static str {
        self.words[0]
    }

    /// Whether the command writes a document about its run.
    pub fn has_document(&self) -> bool {
        let checks = self.command() != "seal" || self.words.get(1) == Some(&"check");
        let lists = self.command() != "policy" || self.words.get(1) == Some(&"--who");
        !matches!(
            self.command(),
            "create" | "explain" | "external" | "scaffold"
        ) && checks
            && lists
            && !self.words.contains(&"-o")
            && !self.words.contains(&"--emit")
    }

    /// Runs it in a folder and with a cluster of its own.
    pub fn run(&self, more: &[&str]) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        file("app.yaml", APP);
        file("clean.yaml", SECRET);
        file("broken.yaml", "kind: [\n");
        file("README.md", "# Nothing of Kubernetes\n");
        file("values.yaml", "replicas: 3\n");
        file("sealed.yaml", &sealed());
        file("plain.yaml", PLAIN);
        file("cert.pem", certificate());
        let server = self.server();
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
        command
            .args(self.words)
            .args(more)
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .env(
                "KUBECONFIG",
                kubeconfig(self.cluster, server.as_ref(), folder.path()),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        if let Input::Text(text) = self.input {
            // It may end before it reads.
            let _ = stdin.write_all(text.as_bytes());
        }
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Ran {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn server(&self) -> Option<FaultServer> {
        if matches!(self.cluster, Cluster::None | Cluster::Gone) {
            return None;
        }
        let server = FaultServer::start();
        server.remove_namespace("nope");
        server.put_secret("default", "db", &[("password", "value")], "kubectl");
        server.put_secret("default", "unused", &[("a", "b")], "kubectl");
        server.put_workload(Resource::Deployments, "default", "api", workload());
        match self.cluster {
            Cluster::Refusing => {
                let refusal = Reply::status(
                    403,
                    "Forbidden",
                    "deployments.apps is forbidden: User \"u\" cannot list resource \"deployments\" in API group \"apps\" in the namespace \"default\"",
                );
                let deployments = Rule::on(Method::GET).path("/deployments?");
                server.script(deployments.fault(refusal));
            }
            Cluster::Old => server.edit_secret("default", "db", |secret| {
                let then = json!("2025-01-01T00:00:00Z");
                secret["metadata"]["creationTimestamp"] = then.clone();
                secret["metadata"]["managedFields"][0]["time"] = then;
            }),
            Cluster::Undated => server.edit_secret("default", "db", |secret| {
                secret["metadata"]["creationTimestamp"] = json!("2025-01-01T00:00:00Z");
                let first = secret["metadata"]["managedFields"][0].as_object_mut();
                first.unwrap().remove("time");
            }),
            Cluster::Failing => server.pods_become(|_| PodOutcome::Crashes),
            Cluster::Half => {
                let mut web = workload();
                web["spec"]["template"]["metadata"]["labels"]["fails"] = "yes".into();
                server.put_workload(Resource::Deployments, "default", "web", web);
                server.pods_become(|template| {
                    match template["metadata"]["labels"]["fails"] == "yes" {
                        true => PodOutcome::Crashes,
                        false => PodOutcome::Ready,
                    }
                });
            }
            Cluster::NoWayBack => {
                server.pods_become(|_| PodOutcome::Crashes);
                for nth in 3..40 {
                    let writes = Rule::on(Method::PATCH).path("/deployments/").nth(nth);
                    let refusal = Reply::status(403, "Forbidden", "a policy says no");
                    server.script(writes.fault(refusal));
                }
            }
            Cluster::Paused | Cluster::HalfPaused => {
                let mut paused = workload();
                paused["spec"]["paused"] = true.into();
                let name = match self.cluster {
                    Cluster::Paused => "api",
                    _ => "web",
                };
                server.put_workload(Resource::Deployments, "default", name, paused);
            }
            Cluster::Immutable => {
                let change = |object: &mut serde_json::Value| object["immutable"] = true.into();
                server.edit_secret("default", "db", change);
            }
            Cluster::Owned => server.edit_secret("default", "db", |object| {
                object["metadata"]["ownerReferences"] = json!([{
                    "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                    "name": "db", "uid": "1", "controller": true,
                }]);
            }),
            Cluster::External | Cluster::Store | Cluster::StoreNotReady => {
                let ready = match self.cluster {
                    Cluster::StoreNotReady => "False",
                    _ => "True",
                };
                let store = json!({"metadata": {}, "spec": {"provider": {"fake": {"data": []}}},
                    "status": {"conditions": [{"type": "Ready", "status": ready}]}});
                server.put_workload(Resource::SecretStores, "default", "vault", store);
                if self.cluster != Cluster::Store {
                    let external = json!({"metadata": {}, "spec": {
                        "secretStoreRef": {"name": "vault"}, "target": {"name": "db"},
                        "data": [{"secretKey": "password", "remoteRef": {"key": "db"}}],
                    }});
                    server.put_workload(Resource::ExternalSecrets, "default", "db", external);
                }
            }
            Cluster::None | Cluster::Working | Cluster::Gone => {}
        }
        Some(server)
    }
}

fn workload() -> serde_json::Value {
    let pod = json!({
        "securityContext": {"runAsUser": 0},
        "containers": [{
            // The name that the kubelet of the fault server knows.
            "name": "app", "image": "registry.example/app:1",
            "env": [{"name": "DB_PASSWORD", "valueFrom": {
                "secretKeyRef": {"name": "db", "key": "password"},
            }}],
        }],
    });
    let template = json!({"metadata": {"labels": {"app": "api"}}, "spec": pod});
    json!({"metadata": {"labels": {"app": "api"}}, "spec": {
        "replicas": 1, "minReadySeconds": 4, "template": template,
        "selector": {"matchLabels": {"app": "api"}},
    }})
}

/// The server's own kubeconfig; one that leads nowhere; or one of two contexts
/// that both do.
fn kubeconfig(cluster: Cluster, server: Option<&FaultServer>, folder: &Path) -> std::path::PathBuf {
    if let Some(server) = server {
        return server.kubeconfig().to_owned();
    }
    let path = folder.join("kubeconfig");
    if cluster == Cluster::Gone {
        // Nobody listens at the discard port of this machine.
        let text = "{apiVersion: v1, kind: Config, current-context: one, \
            clusters: [{name: c, cluster: {server: 'https://127.0.0.1:9'}}], \
            users: [{name: u, user: {token: t}}], contexts: [\
            {name: one, context: {cluster: c, user: u}}, \
            {name: two, context: {cluster: c, user: u}}]}";
        fs::write(&path, text).unwrap();
    }
    path
}

const fn files(
    what: &'static str,
    words: &'static [&'static str],
    status: i32,
    says: &'static [&'static str],
) -> Scene {
    Scene {
        what,
        words,
        input: Input::Nothing,
        cluster: Cluster::None,
        status,
        says,
    }
}

const fn piped(scene: Scene, text: &'static str) -> Scene {
    Scene {
        input: Input::Text(text),
        ..scene
    }
}

const fn live(scene: Scene, cluster: Cluster) -> Scene {
    Scene { cluster, ..scene }
}

pub const SCENES: &[Scene] = &[
    // doctor, files
    files(
        "a clean file",
        &["doctor", "-f", "clean.yaml"],
        0,
        &["nothing found in 0 workloads"],
    ),
    files(
        "a finding",
        &["doctor", "-f", "app.yaml"],
        1,
        &["SS013", "explain SS013"],
    ),
    files(
        "a finding that does not count",
        &["doctor", "-f", "app.yaml", "--fail-on", "error"],
        0,
        &["SS013"],
    ),
    files(
        "a README",
        &["doctor", "-f", "README.md"],
        2,
        &[
            "README.md: there is no Kubernetes object in it",
            "nothing was checked",
        ],
    ),
    files(
        "no object beside one with objects",
        &["doctor", "-f", "values.yaml", "-f", "clean.yaml"],
        0,
        &[],
    ),
    files(
        "an empty pipe",
        &["doctor", "-f", "-"],
        2,
        &["standard input"],
    ),
    files(
        "an empty pipe beside a file",
        &["doctor", "-f", "-", "-f", "clean.yaml"],
        2,
        &["standard input"],
    ),
    piped(
        files(
            "a failed helm",
            &["doctor", "-f", "-"],
            2,
            &["standard input"],
        ),
        "Error: chart not found\n",
    ),
    piped(
        files(
            "an empty List",
            &["doctor", "-f", "-"],
            2,
            &["standard input"],
        ),
        "apiVersion: v1\nkind: List\nitems: []\n",
    ),
    files(
        "broken YAML",
        &["doctor", "-f", "broken.yaml"],
        2,
        &["broken.yaml:"],
    ),
    files(
        "broken YAML beside a clean file",
        &["doctor", "-f", "broken.yaml", "-f", "clean.yaml"],
        2,
        &["not everything could be checked"],
    ),
    files(
        "no such file",
        &["doctor", "-f", "gone.yaml"],
        2,
        &["gone.yaml"],
    ),
    files(
        "labels of nothing",
        &["doctor", "-f", "app.yaml", "-l", "app=nope"],
        2,
        &["-l"],
    ),
    files(
        "fixed, and clean",
        &[
            "doctor",
            "-f",
            "app.yaml",
            "--fix",
            "-y",
            "--fail-on",
            "error",
        ],
        0,
        &[],
    ),
    files(
        "a fix without a terminal",
        &["doctor", "-f", "app.yaml", "--fix"],
        2,
        &["nothing was changed"],
    ),
    // doctor, clusters
    live(
        files("a cluster", &["doctor", "--fail-on", "never"], 0, &[]),
        Cluster::Working,
    ),
    live(
        files("a cluster with findings", &["doctor"], 1, &["SS013"]),
        Cluster::Working,
    ),
    live(
        files(
            "a namespace that does not exist",
            &["doctor", "-n", "nope"],
            2,
            &["nope"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "a refused list",
            &["doctor"],
            3,
            &["not allowed to list deployments"],
        ),
        Cluster::Refusing,
    ),
    live(files("no answer", &["doctor"], 3, &[]), Cluster::Gone),
    live(
        files(
            "two clusters without an answer",
            &["doctor", "--all-contexts"],
            3,
            &["no cluster could be checked"],
        ),
        Cluster::Gone,
    ),
    // consumers
    files(
        "a Secret that is used",
        &["consumers", "db", "-f", "app.yaml"],
        0,
        &["1 use by 1 object"],
    ),
    files(
        "a Secret of no file",
        &["consumers", "dbx", "-f", "app.yaml"],
        2,
        &["nothing here has or uses a Secret dbx"],
    ),
    files(
        "consumers in a README",
        &["consumers", "db", "-f", "README.md"],
        2,
        &["nothing was looked at"],
    ),
    files(
        "consumers in broken YAML",
        &["consumers", "db", "-f", "app.yaml", "-f", "broken.yaml"],
        2,
        &[],
    ),
    live(
        files("a Secret of a cluster", &["consumers", "db"], 0, &[]),
        Cluster::Working,
    ),
    live(
        files(
            "a Secret of no cluster",
            &["consumers", "nope"],
            2,
            &["nothing here has or uses"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "consumers of a namespace that does not exist",
            &["consumers", "db", "-n", "nope"],
            2,
            &["nope"],
        ),
        Cluster::Working,
    ),
    live(
        files("consumers, a refused list", &["consumers", "db"], 3, &[]),
        Cluster::Refusing,
    ),
    live(
        files(
            "consumers, no answer",
            &["consumers", "db", "--all-contexts"],
            3,
            &["no cluster could be looked at"],
        ),
        Cluster::Gone,
    ),
    // audit
    live(
        files(
            "nothing overdue",
            &["audit"],
            0,
            &["in 1 namespace: 0 overdue"],
        ),
        Cluster::Working,
    ),
    live(
        files("something overdue", &["audit"], 1, &["1 overdue"]),
        Cluster::Old,
    ),
    live(
        files(
            "an age that is not recorded",
            &["audit"],
            3,
            &["0 overdue", "not everything could be checked"],
        ),
        Cluster::Undated,
    ),
    live(
        files(
            "audit, a refused list",
            &["audit"],
            3,
            &["not known", "not allowed to list deployments"],
        ),
        Cluster::Refusing,
    ),
    live(
        files(
            "audit of labels of nothing",
            &["audit", "-l", "app=nope"],
            2,
            &["no Secret here has the labels"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "audit of a namespace that does not exist",
            &["audit", "-n", "nope"],
            2,
            &["nope"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "audit with receipts of no directory",
            &["audit", "--receipts", "gone"],
            2,
            &["gone"],
        ),
        Cluster::Working,
    ),
    live(files("audit, no answer", &["audit"], 3, &[]), Cluster::Gone),
    live(
        files(
            "audit of two clusters without an answer",
            &["audit", "--all-contexts"],
            3,
            &["no cluster could be checked"],
        ),
        Cluster::Gone,
    ),
    // policy
    files(
        "a printed policy",
        &["policy"],
        0,
        &["ValidatingAdmissionPolicy"],
    ),
    files(
        "a policy of files without --who",
        &["policy", "-f", "app.yaml"],
        2,
        &["only --who looks at files"],
    ),
    files(
        "what would not pass",
        &["policy", "--who", "-f", "app.yaml"],
        1,
        &["1 of 1 workload", "SS013"],
    ),
    files(
        "everything would pass",
        &["policy", "--who", "-f", "clean.yaml"],
        0,
        &["0 workloads"],
    ),
    files(
        "what would not pass, and a file that cannot be read",
        &["policy", "--who", "-f", "app.yaml,broken.yaml"],
        2,
        &["could not be seen", "of those that were seen"],
    ),
    files(
        "what depends on labels that no file has",
        &[
            "policy",
            "--who",
            "-f",
            "app.yaml",
            "--namespace-selector",
            "team=a",
        ],
        3,
        &["labels of namespace default"],
    ),
    live(
        files(
            "what would not pass in a cluster",
            &["policy", "--who"],
            1,
            &["deployment/api", "SS013"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "policy, a refused list",
            &["policy", "--who"],
            3,
            &["not allowed to list deployments"],
        ),
        Cluster::Refusing,
    ),
    live(
        files("policy, no answer", &["policy", "--who"], 3, &[]),
        Cluster::Gone,
    ),
    // migrate, files
    files("a plan", &["migrate", "-f", "app.yaml"], 0, &["mounted at"]),
    files(
        "a plan that counts",
        &["migrate", "-f", "app.yaml", "--exit-code"],
        1,
        &[],
    ),
    files(
        "a diff",
        &["migrate", "-f", "app.yaml", "-o", "diff"],
        0,
        &["+++ app.yaml"],
    ),
    files(
        "patches",
        &["migrate", "-f", "app.yaml", "--emit", "patch"],
        0,
        &["kubectl patch"],
    ),
    files(
        "written",
        &["migrate", "-f", "app.yaml", "--write", "-y"],
        0,
        &["changed app.yaml"],
    ),
    files(
        "written without a terminal",
        &["migrate", "-f", "app.yaml", "--write"],
        2,
        &["nothing was changed"],
    ),
    files(
        "written beside broken YAML",
        &[
            "migrate",
            "-f",
            "app.yaml",
            "-f",
            "broken.yaml",
            "--write",
            "-y",
        ],
        5,
        &["changed app.yaml", "1 unusable (broken.yaml)"],
    ),
    files(
        "nothing to migrate",
        &["migrate", "-f", "clean.yaml"],
        0,
        &["nothing to do"],
    ),
    files(
        "migrate a README",
        &["migrate", "-f", "README.md"],
        2,
        &["no Kubernetes object"],
    ),
    files(
        "migrate an empty pipe",
        &["migrate", "-f", "-"],
        2,
        &["standard input"],
    ),
    files(
        "complete without a word about the app",
        &["migrate", "-f", "app.yaml", "--complete"],
        5,
        &["0 of 1 variable would be removed"],
    ),
    files(
        "complete",
        &[
            "migrate",
            "-f",
            "app.yaml",
            "--complete",
            "--reads-files",
            "all",
            "--write",
            "-y",
        ],
        0,
        &["changed app.yaml"],
    ),
    files(
        "complete, and only mounted",
        &["migrate", "-f", "app.yaml", "--complete", "--write", "-y"],
        5,
        &["0 of 1 variable removed; 1 changed"],
    ),
    files(
        "removal before the mount",
        &[
            "migrate",
            "-f",
            "app.yaml",
            "--remove-env",
            "--reads-files",
            "all",
        ],
        5,
        &["0 of 1 variable would be removed"],
    ),
    files(
        "a Secret that nothing uses",
        &["migrate", "-f", "app.yaml", "--secret", "bd"],
        2,
        &["no workload here uses a Secret bd"],
    ),
    files(
        "a variable that is not there",
        &[
            "migrate",
            "-f",
            "app.yaml",
            "--complete",
            "--reads-files",
            "DB_PASSWROD",
        ],
        2,
        &["Did you mean DB_PASSWORD?"],
    ),
    files(
        "migrate labels of nothing",
        &["migrate", "-f", "app.yaml", "-l", "app=nope"],
        2,
        &["-l"],
    ),
    files(
        "agreed to nothing",
        &["migrate", "-f", "app.yaml", "-y"],
        0,
        &["--yes has no effect"],
    ),
    // migrate, clusters
    live(
        files("a live plan", &["migrate", "--dry-run"], 0, &["mounted at"]),
        Cluster::Working,
    ),
    live(
        files(
            "a live plan that counts",
            &["migrate", "--dry-run", "--exit-code"],
            1,
            &[],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "a live plan without rights",
            &["migrate", "--dry-run", "--exit-code"],
            3,
            &["you may not list"],
        ),
        Cluster::Refusing,
    ),
    live(
        files(
            "live, without a terminal",
            &["migrate"],
            2,
            &["nothing was changed"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "live",
            &["migrate", "-y", "--settle", "1s"],
            0,
            &["migrated"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "live, only mounted",
            &["migrate", "--complete", "-y", "--settle", "1s"],
            5,
            &["0 of 1 variable removed"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "live, taken back",
            &["migrate", "-y", "--settle", "1s", "--timeout", "20"],
            4,
            &["what it was before"],
        ),
        Cluster::Failing,
    ),
    live(
        files(
            "a workload that is not there",
            &["migrate", "deploy/nope", "--dry-run"],
            2,
            &["nope"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "live, a namespace that does not exist",
            &["migrate", "-n", "nope", "--dry-run"],
            2,
            &["nope"],
        ),
        Cluster::Working,
    ),
    live(
        files("live, no answer", &["migrate", "--dry-run"], 3, &[]),
        Cluster::Gone,
    ),
    live(
        files(
            "nothing to take back",
            &["migrate", "deploy/api", "--undo", "-y"],
            2,
            &["no migration"],
        ),
        Cluster::Working,
    ),
    // create
    piped(
        files(
            "create, planned",
            &["create", "db", "--stdin", "password", "--dry-run"],
            0,
            &["created (dry run)"],
        ),
        "value",
    ),
    piped(
        live(
            files(
                "create",
                &["create", "new", "--stdin", "password"],
                0,
                &["created"],
            ),
            Cluster::Working,
        ),
        "value",
    ),
    piped(
        live(
            files(
                "create what exists",
                &["create", "db", "--stdin", "password"],
                2,
                &["nothing was changed"],
            ),
            Cluster::Working,
        ),
        "other",
    ),
    piped(
        live(
            files(
                "change without a terminal",
                &["create", "db", "--stdin", "password", "--update"],
                2,
                &["no terminal to ask for confirmation; nothing was changed"],
            ),
            Cluster::Working,
        ),
        "other",
    ),
    piped(
        live(
            files(
                "change",
                &["create", "db", "--stdin", "password", "--update", "-y"],
                0,
                &["configured"],
            ),
            Cluster::Working,
        ),
        "other",
    ),
    piped(
        live(
            files(
                "change nothing",
                &["create", "db", "--stdin", "password", "--update"],
                0,
                &["unchanged"],
            ),
            Cluster::Working,
        ),
        "value",
    ),
    piped(
        live(
            files(
                "create in a namespace that does not exist",
                &["create", "new", "--stdin", "password", "-n", "nope"],
                2,
                &["nope"],
            ),
            Cluster::Working,
        ),
        "value",
    ),
    piped(
        live(
            files(
                "create, no answer",
                &["create", "new", "--stdin", "password"],
                3,
                &[],
            ),
            Cluster::Gone,
        ),
        "value",
    ),
    // seal
    files(
        "check a file without a stamp",
        &["seal", "check", "sealed.yaml"],
        0,
        &["not stamped"],
    ),
    files(
        "check a file whose key is not known",
        &["seal", "check", "sealed.yaml", "--cert", "cert.pem"],
        3,
        &["1 not checked"],
    ),
    files(
        "check a file of another namespace",
        &["seal", "check", "sealed.yaml", "-n", "other"],
        1,
        &["unsealing there fails"],
    ),
    files(
        "check a file that cannot be read",
        &["seal", "check", "broken.yaml", "sealed.yaml"],
        2,
        &["broken.yaml"],
    ),
    files(
        "check no SealedSecret",
        &["seal", "check", "app.yaml"],
        2,
        &["have no SealedSecret"],
    ),
    files(
        "seal no Secret",
        &[
            "seal",
            "-f",
            "clean.yaml",
            "--cert",
            "cert.pem",
            "-n",
            "default",
        ],
        2,
        &["have no Secret"],
    ),
    files(
        "seal for another namespace",
        &[
            "seal",
            "-f",
            "plain.yaml",
            "--cert",
            "cert.pem",
            "-n",
            "other",
        ],
        2,
        &["nothing was sealed"],
    ),
    files(
        "seal a manifest",
        &[
            "seal",
            "-f",
            "plain.yaml",
            "--cert",
            "cert.pem",
            "-n",
            "default",
        ],
        0,
        &["kind: SealedSecret", "plaintext remains at plain.yaml"],
    ),
    files(
        "seal without a cluster and a certificate",
        &["seal", "-f", "plain.yaml", "-n", "default"],
        3,
        &["--cert FILE"],
    ),
    piped(
        files(
            "set a key",
            &[
                "seal",
                "set",
                "sealed.yaml",
                "--stdin",
                "password",
                "--cert",
                "cert.pem",
            ],
            0,
            &["sealed.yaml changed"],
        ),
        "value",
    ),
    piped(
        files(
            "set two keys",
            &[
                "seal",
                "set",
                "sealed.yaml",
                "--stdin-env",
                "--cert",
                "cert.pem",
            ],
            2,
            &["sets one key"],
        ),
        "a=b\nc=d\n",
    ),
    live(
        files(
            "seal a live Secret",
            &["seal", "secret/db", "--cert", "cert.pem"],
            0,
            &["kind: SealedSecret"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "seal a Secret that does not exist",
            &["seal", "secret/none", "--cert", "cert.pem"],
            2,
            &["does not exist"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "seal a live Secret, no answer",
            &["seal", "secret/db", "--cert", "cert.pem"],
            3,
            &[],
        ),
        Cluster::Gone,
    ),
    live(
        files(
            "hand a Secret over where there are no SealedSecrets",
            &["seal", "secret/db", "--adopt", "-y", "--cert", "cert.pem"],
            3,
            &[],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "seal anew, nobody to ask",
            &["seal", "reseal", "sealed.yaml", "--cert", "cert.pem"],
            2,
            &["no terminal to ask for confirmation; nothing was changed"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "plan to seal anew",
            &[
                "seal",
                "reseal",
                "sealed.yaml",
                "--cert",
                "cert.pem",
                "--dry-run",
            ],
            0,
            &["1 would change"],
        ),
        Cluster::Working,
    ),
    live(
        files(
            "seal anew where there are no SealedSecrets",
            &["seal", "reseal", "sealed.yaml", "--cert", "cert.pem", "-y"],
            3,
            &["1 not checked"],
        ),
        Cluster::Working,
    ),
    // explain
    files("a rule", &["explain", "SS013"], 0, &["secret-as-env"]),
    files("no rule", &["explain", "SS999"], 2, &[]),
];
