//! Reading and changing one object that is no Secret.

use bytes::Bytes;
use http::{Method, StatusCode};

use crate::manifest::{Node, Operation, json_patch, parse_json};

use super::client::Cluster;
use super::error::ClusterError;
use super::request::{JSON, OBJECT_LIMIT, PAGE_LIMIT, encoded, read};
use super::retry::Effect;
use super::secrets::ServerDryRun;
use super::status::Question;
use super::transport::{Incoming, Outgoing};
use crate::api::Resource;

/// What becomes of the objects that a deleted one owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependents {
    /// They are deleted after it.
    Deleted,
    /// They stay, and lose their owner.
    Kept,
}

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

    /// Changes labels and annotations of a Secret by a JSON Patch. The answer is metadata:
    /// no value comes back.
    ///
    /// # Errors
    /// As for [`Cluster::patch_object`]; an answer of a server or a proxy that sends the
    /// whole object all the same is wiped.
    pub async fn patch_secret_metadata(
        &self,
        namespace: &str,
        name: &str,
        operations: &[Operation],
        field_manager: &str,
    ) -> Result<(), ClusterError> {
        let outgoing = Outgoing {
            method: Method::PATCH,
            path: format!(
                "/api/v1/namespaces/{}/secrets/{}?fieldManager={}&fieldValidation=Strict",
                encoded(namespace),
                encoded(name),
                encoded(field_manager)
            ),
            accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            content_type: Some("application/json-patch+json"),
            body: Bytes::from(json_patch::to_wire(operations)),
            effect: Effect::Write,
            limit: OBJECT_LIMIT,
        };
        let question = Question {
            verb: "patch",
            resource: "secrets",
            namespace: Some(namespace),
            name: Some(name),
        };
        let answer = self.transport.send(&outgoing).await?;
        let answer = self.accepted(answer, &question)?;
        drop(zeroize::Zeroizing::new(answer.body));
        Ok(())
    }

    /// The OpenAPI v3 document of a group's version, which everybody who is logged in may
    /// read (kubernetes/kubernetes ClusterRole `system:discovery`); `None` where the server
    /// has none.
    ///
    /// # Errors
    /// As for reading.
    pub async fn openapi(
        &self,
        group: &str,
        version: &str,
    ) -> Result<Option<serde_json::Value>, ClusterError> {
        let path = format!("/openapi/v3/apis/{}/{}", encoded(group), encoded(version));
        let question = Question {
            verb: "get",
            resource: "openapi",
            namespace: None,
            name: None,
        };
        let answer = self.transport.send(&read(path, JSON, PAGE_LIMIT)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer = self.accepted(answer, &question)?;
        serde_json::from_slice(&answer.body)
            .map(Some)
            .map_err(|_| self.transport.unusable("it is not an OpenAPI document"))
    }

    /// Makes an object, or has the server say whether it would; what it made of it.
    ///
    /// # Errors
    /// [`ClusterError::outcome`] says whether it may be stored.
    pub async fn create_object(
        &self,
        resource: &Resource,
        namespace: &str,
        object: &serde_json::Value,
        field_manager: &str,
        dry_run: ServerDryRun,
    ) -> Result<Node, ClusterError> {
        let dry_run = match dry_run {
            ServerDryRun::No => "",
            ServerDryRun::Yes => "&dryRun=All",
        };
        let version = resource.versions.first().copied().unwrap_or("v1");
        let outgoing = Outgoing {
            method: Method::POST,
            path: format!(
                "{}?fieldManager={}{dry_run}",
                resource.path(version, Some(namespace)),
                encoded(field_manager)
            ),
            accept: JSON,
            content_type: Some(JSON),
            body: Bytes::from(object.to_string()),
            effect: Effect::Write,
            limit: OBJECT_LIMIT,
        };
        let name = object["metadata"]["name"].as_str();
        let question = Question {
            verb: "create",
            resource: resource.plural,
            namespace: Some(namespace),
            name,
        };
        let answer = self.transport.send(&outgoing).await?;
        self.tree(self.accepted_in(resource.group, answer, &question)?)
    }

    /// Deletes an object with this uid, at once, and what it owns or not; what is not
    /// there is deleted.
    ///
    /// # Errors
    /// As for writing.
    pub async fn delete_object(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        uid: &str,
        dependents: Dependents,
    ) -> Result<(), ClusterError> {
        let policy = match dependents {
            Dependents::Deleted => "Background",
            Dependents::Kept => "Orphan",
        };
        let options = serde_json::json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0,
            "propagationPolicy": policy, "preconditions": {"uid": uid},
        });
        let outgoing = Outgoing {
            method: Method::DELETE,
            path: object_path(resource, namespace, name),
            accept: JSON,
            content_type: Some(JSON),
            body: Bytes::from(options.to_string()),
            effect: Effect::Write,
            limit: OBJECT_LIMIT,
        };
        let question = Question {
            verb: "delete",
            resource: resource.plural,
            namespace: Some(namespace),
            name: Some(name),
        };
        let answer = self.transport.send(&outgoing).await?;
        match self.accepted_in(resource.group, answer, &question) {
            Ok(_) | Err(ClusterError::NotFound { .. } | ClusterError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
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

    /// An answer that is no object, for whoever reads it further.
    pub fn no_object(&self) -> ClusterError {
        self.transport.unusable("it is not an object")
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
