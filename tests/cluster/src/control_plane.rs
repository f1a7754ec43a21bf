//! etcd, the API server, the controller manager and the scheduler.

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::binaries::Binaries;
use crate::certificates::{Authority, Pair};
use crate::kubeconfig::{self, Endpoint};
use crate::process::{self, Component};

/// The files of one cluster: everything lies in one folder.
#[derive(Clone, Debug)]
pub struct Layout {
    pub folder: PathBuf,
}

impl Layout {
    pub fn pki(&self) -> PathBuf {
        self.folder.join("pki")
    }
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }
    pub fn admin(&self) -> PathBuf {
        self.folder.join("admin.kubeconfig")
    }
    pub fn ca_certificate(&self) -> PathBuf {
        Pair::named(&self.pki(), "ca").certificate
    }
    pub fn audit_log(&self) -> PathBuf {
        self.logs().join("audit.log")
    }
    /// A name for this cluster that no other on the machine has.
    pub fn name(&self) -> String {
        self.folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }
    /// A component whose output goes to its log file.
    pub fn start(&self, name: &'static str, command: &mut Command) -> io::Result<Component> {
        let log = File::create(self.logs().join(format!("{name}.log")))?;
        Component::start(name, command.stdout(log.try_clone()?).stderr(log))
    }
}

/// Metadata of every request, and the bodies of those about Secrets: tests
/// look there for what the server was sent.
const AUDIT_POLICY: &str = r#"{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
"rules": [{"level": "RequestResponse", "resources": [{"group": "", "resources": ["secrets"]}]}, {"level": "Metadata"}]}
"#;

/// Free loopback ports, all different.
pub fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    // All are held until each is known, so that none is handed out twice.
    let mut ports = [0; N];
    let mut held = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// Starts etcd and the API server, and waits until it is ready; then the
/// others. What was started is in `components`, also when this fails.
pub fn start(
    layout: &Layout,
    binaries: &Binaries,
    gates: &[String],
    components: &mut Vec<Component>,
    ended: &dyn Fn() -> bool,
) -> Result<Endpoint, String> {
    let text = |error: &dyn std::fmt::Display| format!("cannot start the control plane: {error}");
    let [client, peer, secure, manager, scheduler] = free_ports().map_err(|error| text(&error))?;
    let endpoint = Endpoint {
        server: format!("https://127.0.0.1:{secure}"),
        ca_certificate: layout.ca_certificate(),
    };
    components.push(start_etcd(layout, binaries, client, peer).map_err(|error| text(&error))?);
    let authority = Authority::create(&layout.pki()).map_err(|error| text(&error))?;
    let (account_key, account_public) = authority
        .key("service-accounts")
        .map_err(|error| text(&error))?;
    let identity = |file: &Path, name: &str, user: &str, group: Option<&str>| {
        let pair = authority
            .client(name, user, group)
            .map_err(|error| text(&error))?;
        kubeconfig::write(file, &endpoint, user, &pair, "default").map_err(|error| text(&error))
    };
    identity(&layout.admin(), "admin", "admin", Some("system:masters"))?;
    let serving = authority
        .server("apiserver")
        .map_err(|error| text(&error))?;
    let to_kubelet = authority
        .client("apiserver-kubelet", "apiserver", Some("system:masters"))
        .map_err(|error| text(&error))?;
    fs::write(layout.folder.join("audit-policy.json"), AUDIT_POLICY)
        .map_err(|error| text(&error))?;

    let mut apiserver = Command::new(binaries.path("kube-apiserver"));
    apiserver
        .args([
            "--bind-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            "--authorization-mode=Node,RBAC",
        ])
        .args([
            "--service-cluster-ip-range=10.0.0.0/24",
            "--allow-privileged=true",
        ])
        .args([
            "--kubelet-preferred-address-types=Hostname",
            "--enable-admission-plugins=NodeRestriction",
        ])
        .arg(format!("--secure-port={secure}"))
        .arg(format!("--etcd-servers=http://127.0.0.1:{client}"))
        .arg("--service-account-issuer=https://kubernetes.default.svc")
        .arg("--audit-log-mode=blocking");
    for (flag, path) in [
        ("client-ca-file", &endpoint.ca_certificate),
        ("tls-cert-file", &serving.certificate),
        ("tls-private-key-file", &serving.key),
        ("service-account-key-file", &account_public),
        ("service-account-signing-key-file", &account_key),
        ("kubelet-certificate-authority", &endpoint.ca_certificate),
        ("kubelet-client-certificate", &to_kubelet.certificate),
        ("kubelet-client-key", &to_kubelet.key),
        ("cert-dir", &layout.pki()),
        (
            "audit-policy-file",
            &layout.folder.join("audit-policy.json"),
        ),
        ("audit-log-path", &layout.audit_log()),
    ] {
        apiserver.arg(format!("--{flag}={}", path.display()));
    }
    let gates = gates
        .iter()
        .map(|gate| format!("--feature-gates={gate}=true"));
    apiserver.args(gates.clone());
    components.push(
        layout
            .start("kube-apiserver", &mut apiserver)
            .map_err(|error| text(&error))?,
    );
    wait_ready(layout, binaries, components, ended)?;

    for (name, port) in [
        ("kube-controller-manager", manager),
        ("kube-scheduler", scheduler),
    ] {
        let config = layout.folder.join(format!("{name}.kubeconfig"));
        identity(&config, name, &format!("system:{name}"), None)?;
        let mut command = Command::new(binaries.path(name));
        command
            .args(gates.clone())
            .args(["--leader-elect=false", "--bind-address=127.0.0.1"])
            .arg(format!("--secure-port={port}"))
            .arg(format!("--kubeconfig={}", config.display()))
            .arg(format!("--authentication-kubeconfig={}", config.display()))
            .arg(format!("--authorization-kubeconfig={}", config.display()));
        if name == "kube-controller-manager" {
            command
                .arg("--use-service-account-credentials")
                .arg(format!(
                    "--service-account-private-key-file={}",
                    account_key.display()
                ))
                .arg(format!(
                    "--root-ca-file={}",
                    endpoint.ca_certificate.display()
                ));
        }
        components.push(
            layout
                .start(name, &mut command)
                .map_err(|error| text(&error))?,
        );
    }
    Ok(endpoint)
}

fn start_etcd(
    layout: &Layout,
    binaries: &Binaries,
    client: u16,
    peer: u16,
) -> io::Result<Component> {
    let client = format!("http://127.0.0.1:{client}");
    let peer = format!("http://127.0.0.1:{peer}");
    let mut etcd = Command::new(binaries.path("etcd"));
    etcd.arg("--unsafe-no-fsync")
        .arg(format!(
            "--data-dir={}",
            layout.folder.join("etcd").display()
        ))
        .args([
            "--listen-client-urls",
            &client,
            "--advertise-client-urls",
            &client,
        ])
        .args([
            "--listen-peer-urls",
            &peer,
            "--initial-advertise-peer-urls",
            &peer,
        ])
        .args(["--initial-cluster", &format!("default={peer}")]);
    layout.start("etcd", &mut etcd)
}

fn wait_ready(
    layout: &Layout,
    binaries: &Binaries,
    components: &mut [Component],
    ended: &dyn Fn() -> bool,
) -> Result<(), String> {
    let mut failure = None;
    let ready = process::wait_until(Duration::from_secs(240), || {
        failure = components.iter_mut().find_map(|component| {
            component
                .has_ended()
                .then(|| format!("{} ended early", component.name))
        });
        failure.is_some()
            || ended()
            || succeeds(&mut kubectl(layout, binaries, &["get", "--raw=/readyz"]))
    });
    match failure {
        Some(failure) => Err(failure),
        None if !ready => Err("the API server is not ready after 240 s".to_owned()),
        None => Ok(()),
    }
}

/// kubectl as the administrator.
pub fn kubectl(layout: &Layout, binaries: &Binaries, arguments: &[&str]) -> Command {
    let mut command = Command::new(binaries.path("kubectl"));
    command
        .arg("--kubeconfig")
        .arg(layout.admin())
        .args(arguments);
    command
}

/// Whether a short command ends well.
pub fn succeeds(command: &mut Command) -> bool {
    process::run(command, b"", Duration::from_secs(10)).is_ok_and(|output| output.status.success())
}
