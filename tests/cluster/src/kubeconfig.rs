//! Kubeconfig files, written as JSON, which is YAML.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::certificates::Pair;

/// Where the server is and whom to trust.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub server: String,
    pub ca_certificate: PathBuf,
}

/// Writes a kubeconfig with one context.
pub fn write(
    path: &Path,
    endpoint: &Endpoint,
    user: &str,
    pair: &Pair,
    namespace: &str,
) -> io::Result<()> {
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "testcluster",
        "clusters": [{"name": "testcluster", "cluster": {
            "server": endpoint.server, "certificate-authority": endpoint.ca_certificate}}],
        "users": [{"name": user, "user": {
            "client-certificate": pair.certificate, "client-key": pair.key}}],
        "contexts": [{"name": "testcluster", "context": {
            "cluster": "testcluster", "user": user, "namespace": namespace}}],
    });
    fs::write(path, format!("{config:#}\n"))
}
