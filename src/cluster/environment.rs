//! The part of the process's surroundings that decides which cluster is
//! meant, as a value, so that the rules can be tested without touching it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::reading;

/// Where Kubernetes mounts a pod's own credentials.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The variables that are read; no other is copied.
const VARIABLES: [&str; 12] = [
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "KUBECONFIG",
    "KUBERC",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "NO_PROXY",
    "POD_NAMESPACE",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Environment variables and well-known places.
pub(super) struct Environment {
    variables: BTreeMap<&'static str, OsString>,
    service_account: PathBuf,
}

/// The API server and the files of a pod's service account.
pub(super) struct InCluster {
    /// `https://HOST:PORT`.
    pub server: String,
    /// The bearer token's file.
    pub token_file: PathBuf,
    /// The certificate authority's file.
    pub certificate_authority: PathBuf,
}

impl Environment {
    /// The surroundings of this process.
    pub fn of_this_process() -> Self {
        Self {
            variables: VARIABLES
                .into_iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?)))
                .collect(),
            service_account: PathBuf::from(SERVICE_ACCOUNT),
        }
    }

    /// A variable's value; an empty one counts as absent, as in Go.
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(name)
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// A variable's value as text; one that is not UTF-8 counts as absent.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name)?.to_str()
    }

    /// `~/.kube/FILE`.
    pub fn dot_kube(&self, file: &str) -> Option<PathBuf> {
        Some(Path::new(self.raw("HOME")?).join(".kube").join(file))
    }

    /// The cluster around this pod, if there is one (client-go's
    /// `inClusterConfig.Possible`).
    pub fn in_cluster(&self) -> Option<InCluster> {
        let host = self.text("KUBERNETES_SERVICE_HOST")?;
        let port: u16 = self.text("KUBERNETES_SERVICE_PORT")?.parse().ok()?;
        let token_file = self.service_account.join("token");
        if !token_file.is_file() {
            return None;
        }
        let server = if host.contains(':') {
            format!("https://[{host}]:{port}")
        } else {
            format!("https://{host}:{port}")
        };
        Some(InCluster {
            server,
            token_file,
            certificate_authority: self.service_account.join("ca.crt"),
        })
    }

    /// The namespace of this pod.
    pub fn pod_namespace(&self) -> Option<String> {
        self.in_cluster()?;
        if let Some(namespace) = self.text("POD_NAMESPACE") {
            return Some(namespace.to_owned());
        }
        let text = reading::small_text(&self.service_account.join("namespace")).ok()?;
        Some(text.trim().to_owned()).filter(|name| !name.is_empty())
    }

    #[cfg(test)]
    pub fn for_tests(
        variables: &[(&'static str, &str)],
        service_account: impl Into<PathBuf>,
    ) -> Self {
        Self {
            variables: variables
                .iter()
                .map(|(name, value)| (*name, OsString::from(value)))
                .collect(),
            service_account: service_account.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(folder: &Path) -> Environment {
        let write = |name: &str, text: &str| {
            std::io::Write::write_all(
                &mut std::fs::File::create_new(folder.join(name)).unwrap(),
                text.as_bytes(),
            )
            .unwrap();
        };
        write("token", "t");
        write("namespace", "team-a\n");
        Environment::for_tests(
            &[
                ("KUBERNETES_SERVICE_HOST", "fd00::1"),
                ("KUBERNETES_SERVICE_PORT", "443"),
            ],
            folder,
        )
    }

    #[test]
    fn a_pod_knows_its_server_and_namespace() {
        let folder = tempfile::tempdir().unwrap();
        let environment = pod(folder.path());
        assert_eq!(
            environment.in_cluster().unwrap().server,
            "https://[fd00::1]:443"
        );
        assert_eq!(environment.pod_namespace().as_deref(), Some("team-a"));
    }

    #[test]
    fn without_the_token_file_there_is_no_pod() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::for_tests(
            &[
                ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
                ("KUBERNETES_SERVICE_PORT", "443"),
                ("POD_NAMESPACE", "team-a"),
            ],
            folder.path(),
        );
        assert!(environment.in_cluster().is_none());
        assert_eq!(environment.pod_namespace(), None);
    }
}
