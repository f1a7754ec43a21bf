//! Sending one request and collecting its answer.
//!
//! The stack is the client library's layers for address, OIDC and headers, and
//! nothing else of it: no tracing, no retries, no parsing of bodies. Redirects
//! are not followed and answers have a largest size, counted after
//! decompression.

mod failure;
mod lines;
mod session;
mod stack;
mod upgrade;
mod websocket;

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use kube::Config;
use tokio::sync::Notify;
use tower::ServiceExt as _;
use zeroize::Zeroize as _;

use super::error::ClusterError;
use super::request_log::Attempt;
use super::retry::{self, Effect, Ending};
use super::warnings::Warnings;
use session::Session;
use stack::{Body, Stack};

/// Largest answer for one object, in bytes. A Secret has at most 1 MiB of
/// values, 4/3 of that in base64, plus up to 256 KiB of annotations.
pub(in crate::cluster) const OBJECT_LIMIT: usize = 8 * 1024 * 1024;

pub(super) use lines::{Lines, Opened};
pub(super) use session::{SignIn, blocking};
pub(super) use upgrade::Switched;

/// How long making a connection may take, TLS included, and at most this part
/// of the request's deadline: so that a server that never shakes hands is
/// reported as one nothing was sent to.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);
const CONNECT_PART: f64 = 0.8;
/// The reason given then; it is not tried again, because it took long already.
const TOO_SLOW: &str = "no connection in time";

/// Interim answers (1xx) to one request; a server has use for one or two.
const MOST_INTERIM: usize = 16;

/// A connection to one server.
pub(super) struct Transport {
    session: Session,
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

pub(super) struct Incoming {
    pub status: StatusCode,
    pub body: Vec<u8>,
    retry_after: Option<Duration>,
}

impl Transport {
    /// A connection that keeps the credentials of `config`; nothing is sent.
    ///
    /// # Errors
    /// Certificates, keys or headers that cannot be used.
    pub fn new(config: &Config, deadline: Option<Duration>) -> Result<Self, ClusterError> {
        static CRYPTO: Once = Once::new();
        CRYPTO.call_once(|| {
            // Fails only if another part of the process chose one before.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        });
        let patience = deadline.map_or(CONNECT_DEADLINE, |all| {
            CONNECT_DEADLINE.min(all.mul_f64(CONNECT_PART))
        });
        let warnings = Warnings::default();
        Ok(Self {
            session: Session::new(config, patience, &warnings.credentials)?,
            server: config
                .cluster_url
                .to_string()
                .trim_end_matches('/')
                .to_owned(),
            deadline,
            warnings,
        })
    }

    /// The same connection, which signs in again when its credentials expire.
    pub fn signing_in_again_by(mut self, sign_in: SignIn) -> Self {
        self.session.sign_in_by(sign_in);
        self
    }

    pub fn server(&self) -> &str {
        &self.server
    }

    /// Sends `outgoing`, again where [`retry`] allows it, and once more with
    /// new credentials when those that worked until now are refused. A request
    /// answered by 401 was not carried out, and a write that was all the same,
    /// by a strange proxy, meets its own guard.
    ///
    /// # Errors
    /// No complete answer, or signing in again failed. An answer with an error
    /// status is not an error here.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Incoming, ClusterError> {
        let pass = self.session.pass().await;
        let answer = self.deliver(outgoing, &pass.stack).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            self.session.worked(&pass).await;
            return Ok(answer);
        }
        match self.session.newer_than(&pass).await? {
            None => Ok(answer),
            Some(newer) => {
                let answer = self.deliver(outgoing, &newer.stack).await?;
                if answer.status != StatusCode::UNAUTHORIZED {
                    self.session.worked(&newer).await;
                }
                Ok(answer)
            }
        }
    }

    async fn deliver(&self, outgoing: &Outgoing, stack: &Stack) -> Result<Incoming, ClusterError> {
        let start = Instant::now();
        let mut done = 0;
        loop {
            let left = self.deadline.map(|all| all.saturating_sub(start.elapsed()));
            let log = Attempt::begins(&outgoing.method, &outgoing.path);
            let attempt = self.once(outgoing, stack);
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
                Err(error) => {
                    log.ends(Err(error), None);
                    return result;
                }
            };
            let left = self.deadline.map(|all| all.saturating_sub(start.elapsed()));
            let pause = retry::pause(done, outgoing.effect, ending, left);
            log.ends(result.as_ref().map(|answer| answer.status), pause);
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return result,
            }
        }
    }

    async fn once(&self, outgoing: &Outgoing, stack: &Stack) -> Result<Incoming, ClusterError> {
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
        let response = self.answer(request, stack).await?;
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

    /// The head of the answer. Others may come before it, for ever in the hands
    /// of a hostile server.
    async fn answer(
        &self,
        mut request: Request<Full<Bytes>>,
        stack: &Stack,
    ) -> Result<Response<Body>, ClusterError> {
        let too_many = Arc::new(Notify::new());
        let (notify, seen) = (Arc::clone(&too_many), AtomicUsize::new(0));
        hyper::ext::on_informational(&mut request, move |_| {
            if seen.fetch_add(1, Ordering::Relaxed) >= MOST_INTERIM {
                notify.notify_one();
            }
        });
        let answer = pin!(stack.clone().oneshot(request));
        match select(pin!(too_many.notified()), answer).await {
            Either::Left(_) => Err(self.unusable("it does not come to its end")),
            Either::Right((answer, _)) => {
                answer.map_err(|error| failure::of_stack(self.server.clone(), &error))
            }
        }
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
}

#[cfg(test)]
pub(super) mod tests;
