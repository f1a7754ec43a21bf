//! A connection that goes on as a WebSocket, made through the same layers as
//! every request.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use zeroize::Zeroizing;

use super::{Incoming, OBJECT_LIMIT, Transport, websocket};
use crate::cluster::error::ClusterError;
use crate::cluster::request_log::Attempt;

/// What became of the wish to go on as a WebSocket.
pub(in crate::cluster) enum Switched {
    Connection(Connection),
    /// An answer with an error status.
    Refused(Incoming),
}

/// A WebSocket that is only listened to.
pub(in crate::cluster) struct Connection {
    stream: TokioIo<Upgraded>,
    server: String,
}

impl Connection {
    /// The server's next message; `None` when it closes.
    ///
    /// # Errors
    /// [`ClusterError::Interrupted`].
    pub async fn message(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, ClusterError> {
        websocket::message(&mut self.stream)
            .await
            .map_err(|_| ClusterError::Interrupted {
                server: self.server.clone(),
            })
    }
}

impl Transport {
    /// Asks for a WebSocket that speaks `protocol`; once, because what it starts
    /// may have begun. The caller limits the time.
    ///
    /// # Errors
    /// No complete answer.
    pub async fn switch(
        &self,
        path: &str,
        protocol: &'static str,
    ) -> Result<Switched, ClusterError> {
        let unusable = |_| self.unusable("it is not a WebSocket");
        let key = websocket::key().map_err(unusable)?;
        let request = Request::get(path)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_PROTOCOL, protocol)
            .header(header::SEC_WEBSOCKET_KEY, &key)
            .body(Full::new(Bytes::new()))
            .map_err(|_| self.unusable("the request cannot be expressed as an address"))?;
        let pass = self.session.pass().await;
        let log = Attempt::begins(request.method(), path);
        let response = self.answer(request, &pass.stack).await;
        log.ends(response.as_ref().map(http::Response::status), None);
        let mut response = response?;
        self.warnings.collect(response.headers());
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Switched::Refused(Incoming {
                status: response.status(),
                body: self.collect(response.into_body(), OBJECT_LIMIT).await?,
                retry_after: None,
            }));
        }
        let says = |name, wanted: &str| {
            response
                .headers()
                .get(name)
                .is_some_and(|value| value.as_bytes() == wanted.as_bytes())
        };
        if !says(header::SEC_WEBSOCKET_ACCEPT, &websocket::acceptance(&key))
            || !says(header::SEC_WEBSOCKET_PROTOCOL, protocol)
        {
            return Err(self.unusable("it is not a WebSocket"));
        }
        let upgraded =
            hyper::upgrade::on(&mut response)
                .await
                .map_err(|_| ClusterError::Interrupted {
                    server: self.server.clone(),
                })?;
        Ok(Switched::Connection(Connection {
            stream: TokioIo::new(upgraded),
            server: self.server.clone(),
        }))
    }
}
