//! The layers a request passes: the client library's for address, OIDC and
//! headers, and nothing else of it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
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

use crate::cluster::error::ClusterError;
use crate::cluster::own_credentials::OwnCredentials;
use crate::cluster::proxy_credentials;

pub(super) type Body = UnsyncBoxBody<Bytes, BoxError>;
pub(super) type Stack = BoxCloneSyncService<Request<Full<Bytes>>, Response<Body>, BoxError>;

/// Builds the stack; nothing is sent. Making a connection may take `patience`.
///
/// # Errors
/// Certificates, keys or headers that cannot be used.
/// Once it is built, `credentials` are known that it sends.
pub(super) fn build(
    config: &Config,
    patience: Duration,
    credentials: &Arc<OwnCredentials>,
) -> Result<Stack, ClusterError> {
    credentials.learn_from(config);
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    match config.proxy_url.clone() {
        None => finish(config, patience, credentials, tcp),
        Some(proxy) if proxy.scheme_str() == Some("https") => {
            let tls = config
                .rustls_https_connector_with_connector(tcp)
                .map_err(unusable_tls)?;
            finish(config, patience, credentials, tunnel(proxy, tls))
        }
        Some(proxy) if proxy.scheme_str() == Some("http") => {
            finish(config, patience, credentials, tunnel(proxy, tcp))
        }
        Some(proxy) => {
            let mut socks = SocksV5::new(proxy_credentials::without(&proxy), tcp);
            if let Some((name, password)) = proxy_credentials::of(&proxy) {
                socks = socks.with_auth(name, password);
            }
            finish(config, patience, credentials, socks)
        }
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
fn finish<C>(
    config: &Config,
    patience: Duration,
    credentials: &Arc<OwnCredentials>,
    connector: C,
) -> Result<Stack, ClusterError>
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
    let credentials = Arc::clone(credentials);
    let stack = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(oidc)
        .layer(headers)
        .layer(tower_http::decompression::DecompressionLayer::new())
        .map_err(BoxError::from)
        .map_request(move |request: Request<Full<Bytes>>| {
            credentials.learn_sent(request.headers());
            request
        })
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
