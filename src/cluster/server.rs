//! The server's address, its certificate authority, and how this program
//! introduces itself.

use std::path::Path;

use http::{HeaderValue, Uri, header};
use kube::Config;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::reading::ReadOnce;

use super::error::ClusterError;
use super::kubeconfig::Target;
use super::proxy;

/// Whether others on the way can read what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    Private,
    Readable,
}

/// Plain http is private only as long as it does not leave this machine.
pub(super) fn transfer(server: &Uri) -> Transfer {
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    let stays_here = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    if server.scheme_str() == Some("https") || stays_here {
        Transfer::Private
    } else {
        Transfer::Readable
    }
}

/// The client library's configuration for `target`, without credentials and
/// proxy.
///
/// # Errors
/// An address or a certificate authority that cannot be used.
pub(super) fn client_config(target: &Target, files: &ReadOnce) -> Result<Config, ClusterError> {
    let server: Option<Uri> = target.server.parse().ok();
    let server = server
        .filter(|server| {
            matches!(server.scheme_str(), Some("http" | "https"))
                && proxy::names_a_host(server)
                && server
                    .authority()
                    .is_some_and(|authority| !authority.as_str().contains('@'))
        })
        .ok_or_else(|| {
            ClusterError::configuration(
                "the server's address cannot be used",
                "Write https://HOST:PORT, in the kubeconfig's cluster or after --server.",
            )
        })?;
    let mut config = Config::new(server);
    config.root_cert = authority(target, files)?;
    config.accept_invalid_certs = target.cluster.insecure_skip_tls_verify == Some(true);
    config.tls_server_name = target.cluster.tls_server_name.clone();
    config.default_retry = false;
    config.headers = HeaderValue::try_from(user_agent())
        .map(|value| (header::USER_AGENT, value))
        .into_iter()
        .collect();
    Ok(config)
}

/// `kubectl-secretsafe/VERSION (linux/amd64)`, Go's names as kubectl has them.
fn user_agent() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!(
        "kubectl-secretsafe/{} ({system}/{architecture})",
        env!("CARGO_PKG_VERSION")
    )
}

fn authority(target: &Target, files: &ReadOnce) -> Result<Option<Vec<Vec<u8>>>, ClusterError> {
    use base64::Engine as _;
    let cluster = &target.cluster;
    let unusable = || {
        ClusterError::configuration(
            "the cluster's certificate authority cannot be read",
            "Check certificate-authority or certificate-authority-data in the kubeconfig, or \
             --certificate-authority: it must be PEM.",
        )
    };
    let pem = match (
        &cluster.certificate_authority_data,
        &cluster.certificate_authority,
    ) {
        (Some(data), _) if !data.is_empty() => base64::engine::general_purpose::STANDARD
            .decode(data.trim())
            .map_err(|_| unusable())?,
        (_, Some(path)) if !path.is_empty() => {
            let mut pem = files.small(Path::new(path)).map_err(|error| {
                ClusterError::configuration(
                    format!("cannot read certificate authority {path}: {error}"),
                    "Correct certificate-authority in the kubeconfig or --certificate-authority, or \
                     the file's permissions.",
                )
            })?;
            std::mem::take(&mut *pem)
        }
        _ => return Ok(None),
    };
    let certificates = CertificateDer::pem_slice_iter(&pem)
        .map(|certificate| certificate.map(|certificate| certificate.to_vec()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| unusable())?;
    if certificates.is_empty() {
        return Err(unusable());
    }
    Ok(Some(certificates))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_private() {
        for (server, expected) in [
            ("https://api.example.org", Transfer::Private),
            ("http://127.0.0.1:8001", Transfer::Private),
            ("http://[::1]:8001", Transfer::Private),
            ("http://localhost:8001", Transfer::Private),
            ("http://api.example.org", Transfer::Readable),
            ("http://10.0.0.1", Transfer::Readable),
            ("http://localhost.example.org", Transfer::Readable),
        ] {
            assert_eq!(transfer(&server.parse().unwrap()), expected, "{server}");
        }
    }
}
