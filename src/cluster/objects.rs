//! Reading and changing one object that is no Secret.

use bytes::Bytes;
use http::{Method, StatusCode};

use crate::manifest::{Node, Operation, json_patch, parse_json};

use super::client::Cluster;
use super::error::ClusterError;
use super::request::{JSON, OBJECT_LIMIT, encoded, read};
use super::retry::Effect;
use super::secrets::ServerDryRun;
use super::status::Question;
use super::transport::{Incoming, Outgoing};
use crate::api::Resource;

impl Cluster {
    /// Reads one object; `None` if it does not exist.
    ///
    /// # Errors
    /// Everything but 404 for the object.
    pub async fn get_object(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Node>, ClusterError> {
        let question = Question {
            verb: "get",
            resource: resource.plural,
            namespace: Some(namespace),
            name: Some(name),
        };
        let path = object_path(resource, namespace, name);
        let answer = self.transport.send(&read(path, JSON, OBJECT_LIMIT)).await?;
        match self.accepted_in(resource.group, answer, &question) {
            Ok(answer) => self.tree(answer).map(Some),
            Err(ClusterError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Changes one object by a JSON Patch and returns what the server made of
    /// it. A `test` operation that fails is [`ClusterError::Invalid`]: the
    /// server's answer does not tell it from other reasons, so the object has
    /// to be read again.
    ///
    /// # Errors
    /// [`ClusterError::outcome`] says whether the change may have been stored.
    pub async fn patch_object(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        operations: &[Operation],
        field_manager: &str,
        dry_run: ServerDryRun,
    ) -> Result<Node, ClusterError> {
        let dry_run = match dry_run {
            ServerDryRun::No => "",
            ServerDryRun::Yes => "&dryRun=All",
        };
        let outgoing = Outgoing {
            method: Method::PATCH,
            path: format!(
                "{}?fieldManager={}&fieldValidation=Strict{dry_run}",
                object_path(resource, namespace, name),
                encoded(field_manager)
            ),
            accept: JSON,
            content_type: Some("application/json-patch+json"),
            body: Bytes::from(json_patch::to_wire(operations)),
            effect: Effect::Write,
            limit: OBJECT_LIMIT,
        };
        let question = Question {
            verb: "patch",
            resource: resource.plural,
            namespace: Some(namespace),
            name: Some(name),
        };
        let answer = self.transport.send(&outgoing).await?;
        self.tree(self.accepted_in(resource.group, answer, &question)?)
    }

    /// Asks for a pod to go, as a drain does; `false` where a disruption budget
    /// does not allow it now.
    ///
    /// # Errors
    /// As for writing.
    pub async fn evict_pod(&self, namespace: &str, name: &str) -> Result<bool, ClusterError> {
        let body = serde_json::json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"namespace": namespace, "name": name},
        });
        let outgoing = Outgoing {
            method: Method::POST,
            path: format!(
                "/api/v1/namespaces/{}/pods/{}/eviction",
                encoded(namespace),
                encoded(name)
            ),
            accept: JSON,
            content_type: Some(JSON),
            body: Bytes::from(body.to_string()),
            effect: Effect::Write,
            limit: OBJECT_LIMIT,
        };
        let question = Question {
            verb: "create",
            resource: "pods/eviction",
            namespace: Some(namespace),
            name: Some(name),
        };
        let answer = self.transport.send(&outgoing).await?;
        // The budget's answer is 429; the pod may be gone already.
        match answer.status {
            StatusCode::TOO_MANY_REQUESTS => Ok(false),
            StatusCode::NOT_FOUND => Ok(true),
            _ => self.accepted(answer, &question).map(|_| true),
        }
    }

    fn tree(&self, mut answer: Incoming) -> Result<Node, ClusterError> {
        let body = zeroize::Zeroizing::new(std::mem::take(&mut answer.body));
        let mut tree = std::str::from_utf8(&body)
            .ok()
            .and_then(|text| parse_json(text).ok())
            .ok_or_else(|| self.transport.unusable("it is not an object"))?;
        self.transport.warnings.credentials.mask_messages(&mut tree);
        Ok(tree)
    }
}

fn object_path(resource: &Resource, namespace: &str, name: &str) -> String {
    let version = resource.versions.first().copied().unwrap_or("v1");
    format!(
        "{}/{}",
        resource.path(version, Some(namespace)),
        encoded(name)
    )
}
