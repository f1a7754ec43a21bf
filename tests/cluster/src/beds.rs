//! Further controllers beside the control plane: those of the levels above a plain
//! Secret. They are built from pinned Go modules like Kubernetes, once per user, when a
//! test first asks for one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::binaries::{Binaries, BinariesError, hash};
use crate::control_plane::{Layout, free_ports, kubectl};
use crate::kubeconfig::Endpoint;
use crate::modules::Module;
use crate::process::{self, Component};

const LIMIT: Duration = Duration::from_secs(120);

/// A controller, with what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bed {
    /// Sealed Secrets: its controller, and kubeseal.
    SealedSecrets,
    /// External Secrets Operator.
    ExternalSecrets,
}

static SEALED_SECRETS: Module = Module {
    name: "sealed-secrets",
    path: "github.com/bitnami/sealed-secrets",
    version: "v0.40.0",
    go_mod: include_str!("../modules/sealed-secrets/go.mod"),
    go_sum: include_str!("../modules/sealed-secrets/go.sum"),
    programs: &[
        (
            "sealed-secrets-controller",
            "github.com/bitnami/sealed-secrets/cmd/controller",
        ),
        ("kubeseal", "github.com/bitnami/sealed-secrets/cmd/kubeseal"),
    ],
    definitions: Some("helm/sealed-secrets/crds"),
    link: "-s -w -X main.VERSION=0.40.0",
};

static EXTERNAL_SECRETS: Module = Module {
    name: "external-secrets",
    path: "github.com/external-secrets/external-secrets",
    version: "v0.20.4",
    go_mod: include_str!("../modules/external-secrets/go.mod"),
    go_sum: include_str!("../modules/external-secrets/go.sum"),
    programs: &[(
        "external-secrets",
        "github.com/external-secrets/external-secrets",
    )],
    definitions: Some("config/crds/bases"),
    link: "-s -w",
};

impl Bed {
    fn module(self) -> &'static Module {
        match self {
            Self::SealedSecrets => &SEALED_SECRETS,
            Self::ExternalSecrets => &EXTERNAL_SECRETS,
        }
    }

    /// The folder of its programs and of `definitions`, built when they are missing.
    ///
    /// # Errors
    /// Why they cannot be built.
    pub fn locate(self) -> Result<PathBuf, BinariesError> {
        self.module().locate()
    }

    /// Starts it on a control plane that is ready.
    pub(crate) fn start(
        self,
        layout: &Layout,
        binaries: &Binaries,
        endpoint: &Endpoint,
        components: &mut Vec<Component>,
    ) -> Result<(), String> {
        let programs = self.locate().map_err(|error| error.to_string())?;
        let definitions = programs.join("definitions");
        let apply = ["apply", "--server-side", "-f"];
        let mut command = kubectl(layout, binaries, &apply);
        succeed("apply its definitions", command.arg(definitions), b"")?;
        let text = |error: io::Error| error.to_string();
        let component = match self {
            Self::SealedSecrets => sealed_secrets(layout, binaries, endpoint, &programs)?,
            Self::ExternalSecrets => {
                let [metrics, live] = free_ports().map_err(text)?;
                let mut command = Command::new(programs.join("external-secrets"));
                command
                    .env("KUBECONFIG", layout.admin())
                    .arg(format!("--metrics-addr=127.0.0.1:{metrics}"))
                    .arg(format!("--live-addr=127.0.0.1:{live}"))
                    // Of whole seconds otherwise, and tests wait for it.
                    .args(["--concurrent=4", "--store-requeue-interval=2s"]);
                layout
                    .start("external-secrets", &mut command)
                    .map_err(text)?
            }
        };
        components.push(component);
        Ok(())
    }
}

/// Where the Sealed Secrets controller is installed, and its Service.
pub const SEALED_SECRETS_SERVICE: (&str, &str) = ("kube-system", "sealed-secrets-controller");

/// The address of the controller's endpoint. The API server takes none of 127.0.0.0/8
/// for a Service, so the loopback interface is given another one.
fn address(layout: &Layout) -> String {
    let number = hash(&[&layout.name()]);
    format!("10.255.{}.{}", number % 256, 1 + number / 256 % 254)
}

/// A Service as the chart of Sealed Secrets has it; what is behind it is no pod, and the
/// API server wants one with this address.
fn service(address: &str, port: u16) -> String {
    let (namespace, name) = SEALED_SECRETS_SERVICE;
    format!(
        "
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {name}, namespace: {namespace}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {name}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects: [{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}]
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {namespace}
  labels: {{app.kubernetes.io/name: sealed-secrets, name: {name}}}
spec: {{ports: [{{name: http, port: 8080, targetPort: {port}}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{name: {name}}}}}
spec:
  schedulerName: nobody
  serviceAccountName: {name}
  containers: [{{name: controller, image: controller}}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: {name}
  namespace: {namespace}
  labels: {{kubernetes.io/service-name: {name}}}
addressType: IPv4
endpoints:
- addresses: [{address}]
  conditions: {{ready: true}}
  targetRef: {{kind: Pod, name: {name}, namespace: {namespace}}}
ports: [{{name: http, port: {port}, protocol: TCP}}]
"
    )
}

/// The controller reads its login in fixed places, so it has a mount namespace of its
/// own with another `/run`.
const IN_ITS_PLACE: &str = r#"
mount -t tmpfs none /run
mkdir -p /run/secrets/kubernetes.io
ln -s "$1" /run/secrets/kubernetes.io/serviceaccount
shift
exec "$@"
"#;

fn sealed_secrets(
    layout: &Layout,
    binaries: &Binaries,
    endpoint: &Endpoint,
    programs: &Path,
) -> Result<Component, String> {
    let text = |error: io::Error| error.to_string();
    let address = address(layout);
    let [port, metrics] = free_ports().map_err(text)?;
    let (namespace, name) = SEALED_SECRETS_SERVICE;
    succeed(
        "give the loopback interface an address",
        Command::new("ip").args(["addr", "replace", &format!("{address}/32"), "dev", "lo"]),
        b"",
    )?;
    fs::write(layout.folder.join("address"), &address).map_err(text)?;
    // Admission refuses a pod before there is an account for it.
    let account = ["get", "serviceaccount", "default", "-n", namespace];
    let is_there = process::wait_until(LIMIT, || {
        crate::control_plane::succeeds(&mut kubectl(layout, binaries, &account))
    });
    if !is_there {
        return Err(format!("namespace {namespace} gets no service account"));
    }
    succeed(
        "install the Sealed Secrets controller",
        &mut kubectl(layout, binaries, &["apply", "-f", "-"]),
        service(&address, port).as_bytes(),
    )?;
    let status =
        format!(r#"{{"status": {{"podIP": "{address}", "podIPs": [{{"ip": "{address}"}}]}}}}"#);
    let patch = [
        "patch",
        "pod",
        name,
        "-n",
        namespace,
        "--subresource=status",
        "-p",
        &status,
    ];
    succeed(
        "give its pod an address",
        &mut kubectl(layout, binaries, &patch),
        b"",
    )?;
    let create = ["create", "token", name, "-n", namespace, "--duration=24h"];
    let token = succeed(
        "make its token",
        &mut kubectl(layout, binaries, &create),
        b"",
    )?;
    let login = layout.folder.join("sealed-secrets-login");
    fs::create_dir_all(&login).map_err(text)?;
    fs::write(login.join("token"), token.trim_ascii()).map_err(text)?;
    fs::write(login.join("namespace"), namespace).map_err(text)?;
    fs::copy(&endpoint.ca_certificate, login.join("ca.crt")).map_err(text)?;
    let server = endpoint.server.rsplit(':').next().unwrap_or_default();
    let mut command = Command::new("unshare");
    command
        .args(["-m", "--", "sh", "-e", "-c", IN_ITS_PLACE, "sh"])
        .arg(&login)
        .arg(programs.join("sealed-secrets-controller"))
        .args([
            "--key-size=2048",
            "--kubeclient-qps=100",
            "--kubeclient-burst=200",
        ])
        .arg(format!("--listen-addr={address}:{port}"))
        .arg(format!("--listen-metrics-addr=127.0.0.1:{metrics}"))
        .env("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        .env("KUBERNETES_SERVICE_PORT", server);
    let mut component = layout
        .start("sealed-secrets-controller", &mut command)
        .map_err(text)?;
    // Ready is who gives the certificate.
    let path =
        format!("/api/v1/namespaces/{namespace}/services/http:{name}:http/proxy/v1/cert.pem");
    let mut ended = false;
    let ready = process::wait_until(LIMIT, || {
        ended = component.has_ended();
        ended || {
            let mut get = kubectl(layout, binaries, &["get", "--raw", &path]);
            crate::control_plane::succeeds(&mut get)
        }
    });
    match ready && !ended {
        true => Ok(component),
        false => {
            component.stop(Duration::from_secs(1));
            Err("the Sealed Secrets controller does not give its certificate".to_owned())
        }
    }
}

/// Takes the address away that [`Bed::start`] gave.
pub(crate) fn clean(layout: &Layout) {
    if let Ok(address) = fs::read_to_string(layout.folder.join("address")) {
        // Nobody is hurt by an address that stays.
        let _ = Command::new("ip")
            .args(["addr", "del", &format!("{address}/32"), "dev", "lo"])
            .stderr(Stdio::null())
            .status();
    }
}

fn succeed(what: &str, command: &mut Command, input: &[u8]) -> Result<Vec<u8>, String> {
    let output = process::run(command, input, LIMIT);
    let output = output.map_err(|error| format!("cannot {what}: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!(
            "cannot {what}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}
