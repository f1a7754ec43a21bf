//! What a failure of the stack means. Nothing of its text is kept but words
//! chosen here.

use std::io;

use hyper_util::client::legacy;
use tower::BoxError;

use super::TOO_SLOW;
use crate::cluster::error::ClusterError;

/// Translates a failure of the stack. Whether the request left is known
/// from the HTTP client alone: only "while connecting" means it did not.
pub(super) fn of_stack(server: String, error: &BoxError) -> ClusterError {
    let Some(client) = find::<legacy::Error>(error.as_ref()) else {
        // The layers above it fail before anything is sent; OIDC is the
        // only one that can.
        return ClusterError::configuration(
            "the OIDC token cannot be renewed",
            "Sign in again with your provider's tool.",
        );
    };
    if !client.is_connect() {
        return ClusterError::Interrupted { server };
    }
    if let Some(reason) = find::<rustls::Error>(client) {
        return ClusterError::Tls {
            server,
            reason: tls_reason(reason).to_owned(),
        };
    }
    let reason = match find::<io::Error>(client).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "connection refused",
        Some(io::ErrorKind::TimedOut) => TOO_SLOW,
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
            "it ended the connection at once"
        }
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            "no route to it"
        }
        _ if chain(client).any(|error| error.to_string().contains("dns error")) => {
            "its name is not known"
        }
        _ => "no connection",
    };
    ClusterError::Unreachable { server, reason }
}

fn tls_reason(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            C::Expired | C::ExpiredContext { .. } => "its certificate has expired",
            C::NotValidYet | C::NotValidYetContext { .. } => "its certificate is not valid yet",
            C::NotValidForName | C::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            C::UnknownIssuer => "its certificate is from an unknown authority",
            C::Revoked => "its certificate is revoked",
            _ => "its certificate cannot be accepted",
        },
        rustls::Error::InvalidMessage(_) => "it does not speak TLS; is it a plain http server?",
        rustls::Error::PeerIncompatible(_) => "it offers no TLS version or cipher that is safe",
        rustls::Error::AlertReceived(_) => "it refused the TLS handshake",
        _ => "the TLS handshake failed",
    }
}

/// An error and its causes. What an [`io::Error`] wraps is a cause too, though
/// `source` skips it.
fn chain<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

fn find<'a, T: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a T> {
    // The innermost, because an outer io::Error only says "other".
    chain(error)
        .filter_map(|error| error.downcast_ref::<T>())
        .last()
}
