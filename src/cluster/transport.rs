//! Sending one request and collecting its answer.
//!
//! The stack is the client library's layers for address, OIDC and headers, and
//! nothing else of it: no tracing, no retries, no parsing of bodies. Redirects
//! are not followed and answers have a largest size, counted after
//! decompression.

use std::io;
use std::sync::Once;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Uri, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioExecutor;
use kube::Config;
use kube::client::ConfigExt as _;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _};
use zeroize::Zeroize as _;

use super::error::ClusterError;
use super::proxy_credentials;
use super::retry::{self, Effect, Ending};
use super::warnings::Warnings;

/// How long making a connection may take, TLS included, and at most this part
/// of the request's deadline: so that a server that never shakes hands is
/// reported as one nothing was sent to.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);
const CONNECT_PART: f64 = 0.8;
/// The reason given then; it is not tried again, because it took long already.
const TOO_SLOW: &str = "no connection in time";

type Body = UnsyncBoxBody<Bytes, BoxError>;
type Stack = BoxCloneSyncService<Request<Full<Bytes>>, Response<Body>, BoxError>;

/// A connection to one server.
pub(super) struct Transport {
    stack: Stack,
    server: String,
    deadline: Option<Duration>,
    pub warnings: Warnings,
}

/// A request, ready to be sent more than once.
pub(super) struct Outgoing {
    pub method: Method,
    /// Path and query below the server's address.
    pub path: String,
    pub accept: &'static str,
    pub content_type: Option<&'static str>,
    pub body: Bytes,
    pub effect: Effect,
    /// Largest answer in bytes.
    pub limit: usize,
}

/// An answer.
pub(super) struct Incoming {
    pub status: StatusCode,
    pub body: Vec<u8>,
    retry_after: Option<Duration>,
}

impl Transport {
    /// Builds the stack; nothing is sent.
    ///
    /// # Errors
    /// Certificates, keys or headers that cannot be used.
    pub fn new(config: &Config, deadline: Option<Duration>) -> Result<Self, ClusterError> {
        static CRYPTO: Once = Once::new();
        CRYPTO.call_once(|| {
            // Fails only if another part of the process chose one before.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        });
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let patience = deadline.map_or(CONNECT_DEADLINE, |all| {
            CONNECT_DEADLINE.min(all.mul_f64(CONNECT_PART))
        });
        let stack = match config.proxy_url.clone() {
            None => finish(config, patience, tcp),
            Some(proxy) if proxy.scheme_str() == Some("https") => {
                let tls = config
                    .rustls_https_connector_with_connector(tcp)
                    .map_err(unusable_tls)?;
                finish(config, patience, tunnel(proxy, tls))
            }
            Some(proxy) if proxy.scheme_str() == Some("http") => {
                finish(config, patience, tunnel(proxy, tcp))
            }
            Some(proxy) => {
                let mut socks = SocksV5::new(proxy_credentials::without(&proxy), tcp);
                if let Some((name, password)) = proxy_credentials::of(&proxy) {
                    socks = socks.with_auth(name, password);
                }
                finish(config, patience, socks)
            }
        }?;
        Ok(Self {
            stack,
            server: config
                .cluster_url
                .to_string()
                .trim_end_matches('/')
                .to_owned(),
            deadline,
            warnings: Warnings::default(),
        })
    }

    /// The server's address.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Sends `outgoing`, again where [`retry`] allows it.
    ///
    /// # Errors
    /// No complete answer. An answer with an error status is not an error here.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Incoming, ClusterError> {
        let start = Instant::now();
        let mut done = 0;
        loop {
            let left = self.deadline.map(|all| all.saturating_sub(start.elapsed()));
            let attempt = self.once(outgoing);
            let result = match left {
                None => attempt.await,
                Some(left) => tokio::time::timeout(left, attempt)
                    .await
                    .unwrap_or_else(|_| {
                        Err(ClusterError::Timeout {
                            server: self.server.clone(),
                            after: self.deadline.unwrap_or_default(),
                        })
                    }),
            };
            done += 1;
            let ending = match &result {
                Ok(answer) => Ending::Answered(answer.status, answer.retry_after),
                Err(ClusterError::Unreachable { reason, .. }) if *reason != TOO_SLOW => {
                    Ending::NotSent
                }
                Err(ClusterError::Interrupted { .. }) => Ending::Cut,
                Err(_) => return result,
            };
            let left = self.deadline.map(|all| all.saturating_sub(start.elapsed()));
            match retry::pause(done, outgoing.effect, ending, left) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return result,
            }
        }
    }

    async fn once(&self, outgoing: &Outgoing) -> Result<Incoming, ClusterError> {
        let mut request = Request::builder()
            .method(outgoing.method.clone())
            .uri(&outgoing.path)
            .header(header::ACCEPT, outgoing.accept);
        if let Some(content_type) = outgoing.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request
            .body(Full::new(outgoing.body.clone()))
            .map_err(|_| self.unusable("the request cannot be expressed as an address"))?;
        let response = self
            .stack
            .clone()
            .oneshot(request)
            .await
            .map_err(|error| self.no_answer(&error))?;
        self.warnings.collect(response.headers());
        let status = response.status();
        let retry_after = retry::retry_after(response.headers().get(header::RETRY_AFTER));
        let body = self.collect(response.into_body(), outgoing.limit).await?;
        Ok(Incoming {
            status,
            body,
            retry_after,
        })
    }

    /// Collects the body into one buffer, at most `limit` bytes.
    async fn collect(&self, mut body: Body, limit: usize) -> Result<Vec<u8>, ClusterError> {
        const FIRST_BUFFER: usize = 16 * 1024;
        let mut collected: Vec<u8> = Vec::with_capacity(FIRST_BUFFER.min(limit));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| ClusterError::Interrupted {
                server: self.server.clone(),
            })?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let needed = collected.len() + data.len();
            if needed > limit {
                collected.zeroize();
                return Err(self.unusable("it is larger than any answer should be"));
            }
            if needed > collected.capacity() {
                // A fresh buffer instead of `reserve`, which could leave a copy
                // behind that nobody wipes.
                let mut larger = Vec::with_capacity((needed * 2).min(limit));
                larger.extend_from_slice(&collected);
                collected.zeroize();
                collected = larger;
            }
            collected.extend_from_slice(&data);
        }
        Ok(collected)
    }

    pub fn unusable(&self, reason: &'static str) -> ClusterError {
        ClusterError::UnusableAnswer {
            server: self.server.clone(),
            reason,
        }
    }

    /// Translates a failure of the stack. Whether the request left is known
    /// from the HTTP client alone: only "while connecting" means it did not.
    fn no_answer(&self, error: &BoxError) -> ClusterError {
        let server = self.server.clone();
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
}

fn tunnel<C>(proxy: Uri, connector: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(proxy_credentials::without(&proxy), connector);
    match proxy_credentials::header(&proxy) {
        Some(header) => tunnel.with_auth(header),
        None => tunnel,
    }
}

/// The stack above one kind of connection.
fn finish<C>(config: &Config, patience: Duration, connector: C) -> Result<Stack, ClusterError>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: hyper_util::client::legacy::connect::Connection
        + hyper::rt::Read
        + hyper::rt::Write
        + Send
        + Unpin
        + 'static,
    C::Future: Send + 'static,
    C::Error: Into<BoxError>,
{
    let tls = config
        .rustls_https_connector_with_connector(connector)
        .map_err(unusable_tls)?;
    let connect = tower::service_fn(move |address: Uri| {
        let tls = tls.clone();
        Box::pin(async move {
            tokio::time::timeout(patience, tls.oneshot(address))
                .await
                .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
        })
    });
    let client = legacy::Client::builder(TokioExecutor::new()).build::<_, Full<Bytes>>(connect);
    let oidc = config.auth_layer().map_err(|_| {
        ClusterError::configuration(
            "the kubeconfig's OIDC settings cannot be used",
            "Sign in again with your provider's tool.",
        )
    })?;
    let headers = config.extra_headers_layer().map_err(|_| {
        ClusterError::configuration(
            "the user, group or UID to impersonate cannot be sent",
            "Use printable ASCII after --as, --as-group and --as-uid.",
        )
    })?;
    let stack = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(oidc)
        .layer(headers)
        .layer(tower_http::decompression::DecompressionLayer::new())
        .map_err(BoxError::from)
        .service(client)
        .map_response(|response: Response<_>| {
            response.map(|body| body.map_err(BoxError::from).boxed_unsync())
        });
    Ok(BoxCloneSyncService::new(stack))
}

/// The library's error may quote files; ours says which files to look at.
fn unusable_tls(_: kube::Error) -> ClusterError {
    ClusterError::configuration(
        "the certificates for the connection cannot be used",
        "Check certificate-authority, client-certificate, client-key and tls-server-name in the \
         kubeconfig or among the flags: PEM files, key and certificate of one pair.",
    )
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

#[cfg(test)]
#[path = "transport_tests.rs"]
mod tests;
