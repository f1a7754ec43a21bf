//! What a Service of the cluster answers, asked through the API server.

use bytes::Bytes;
use http::{Method, StatusCode};

use crate::secret::redactor::ServerText;

use super::client::Cluster;
use super::error::ClusterError;
use super::request::{JSON, OBJECT_LIMIT, encoded};
use super::retry::Effect;
use super::status::Question;
use super::transport::Outgoing;

/// A port of a Service that speaks HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub namespace: String,
    pub name: String,
    /// Name or number of the port; empty for the one port without a name.
    pub port: String,
}

/// What a Service is asked.
#[derive(Clone, Copy)]
pub enum Ask<'a> {
    Get,
    /// POST of a JSON text that holds no value.
    Post(&'a str),
}

/// Why a Service did not answer.
pub enum ServiceError {
    /// The API server was not reached, or did not allow it.
    Cluster(ClusterError),
    /// There is no such Service.
    Missing,
    /// The API server cannot reach what is behind it.
    Unreachable(ServerText),
    /// It answers with another status.
    Status(u16),
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Status {
    kind: String,
    message: String,
}

impl Cluster {
    /// Asks a Service for a path (kubernetes/kubernetes
    /// `pkg/registry/core/service/storage`, `ResourceLocation`; kubeseal's `ProxyGet`).
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn ask_service(
        &self,
        service: &Service,
        path: &str,
        ask: Ask<'_>,
    ) -> Result<Vec<u8>, ServiceError> {
        let Service {
            namespace,
            name,
            port,
        } = service;
        let (method, verb, body, effect) = match ask {
            Ask::Get => (Method::GET, "get", Bytes::new(), Effect::Read),
            Ask::Post(text) => (
                Method::POST,
                "create",
                Bytes::from(text.to_owned()),
                Effect::Write,
            ),
        };
        let outgoing = Outgoing {
            method,
            path: format!(
                "/api/v1/namespaces/{}/services/http:{}:{}/proxy{path}",
                encoded(namespace),
                encoded(name),
                encoded(port)
            ),
            accept: "*/*",
            content_type: (!body.is_empty()).then_some(JSON),
            body,
            effect,
            limit: OBJECT_LIMIT,
        };
        let question = Question {
            verb,
            resource: "services/proxy",
            namespace: Some(namespace),
            name: Some(name),
        };
        let answer = self
            .transport
            .send(&outgoing)
            .await
            .map_err(ServiceError::Cluster)?;
        if answer.status == StatusCode::OK {
            return Ok(answer.body);
        }
        // What the API server itself says is a Status; all else is the Service's.
        let status: Status = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = answer.status.as_u16();
        match code {
            _ if status.kind != "Status" => Err(ServiceError::Status(code)),
            404 => Err(ServiceError::Missing),
            500..=599 => Err(ServiceError::Unreachable(
                self.transport.warnings.credentials.text(status.message),
            )),
            _ => match self.accepted(answer, &question) {
                Ok(answer) => Ok(answer.body),
                Err(error) => Err(ServiceError::Cluster(error)),
            },
        }
    }
}
