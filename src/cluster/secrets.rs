//! Reading and writing one Secret, values and all.

use http::{Method, StatusCode};

use crate::secret::SecretValue;

use super::client::Cluster;
use super::error::ClusterError;
use super::request::{JSON, OBJECT_LIMIT, encoded, read};
use super::retry::Effect;
use super::server::Transfer;
use super::status::Question;
use super::transport::Outgoing;

/// Whose name a write has, and whether it is only tried.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    pub field_manager: String,
    /// What happens to fields another manager owns.
    pub ownership: Ownership,
    /// Whether the server only tries.
    pub dry_run: ServerDryRun,
}

/// What happens to fields another manager owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// The write fails with [`ClusterError::Conflict`].
    Respect,
    /// They become ours (`force`).
    Take,
}

/// Whether the server only tries the write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerDryRun {
    /// The write is stored.
    No,
    /// Everything but storing it (`dryRun=All`).
    Yes,
}

/// A write the server accepted.
pub struct Written {
    /// Whether the object is new.
    pub created: Creation,
    /// The object as the server answered it, JSON.
    pub body: SecretValue,
}

/// Whether a written object is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It did not exist before.
    New,
    Existing,
}

impl Cluster {
    /// Reads one Secret as JSON, in one fresh request; `None` if it does not exist.
    ///
    /// # Errors
    /// Everything but 404 for the Secret.
    pub async fn get_secret(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<SecretValue>, ClusterError> {
        let question = Question {
            verb: "get",
            resource: "secrets",
            namespace: Some(namespace),
            name: Some(name),
        };
        let answer = self
            .transport
            .send(&read(secret_path(namespace, name), JSON, OBJECT_LIMIT))
            .await?;
        match self.accepted(answer, &question) {
            Ok(answer) => Ok(Some(SecretValue::from_bytes(answer.body))),
            Err(ClusterError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a Secret by server-side apply. `body` is JSON.
    ///
    /// # Errors
    /// [`ClusterError::outcome`] says whether the write may have been stored.
    pub async fn apply_secret(
        &self,
        namespace: &str,
        name: &str,
        body: SecretValue,
        options: &WriteOptions,
    ) -> Result<Written, ClusterError> {
        let force = match options.ownership {
            Ownership::Respect => "&force=false",
            Ownership::Take => "&force=true",
        };
        self.write(
            namespace,
            name,
            body,
            options,
            "application/apply-patch+yaml",
            force,
        )
        .await
    }

    /// Changes a Secret by a JSON patch (RFC 6902).
    ///
    /// # Errors
    /// [`ClusterError::outcome`] says whether the write may have been stored.
    pub async fn patch_secret(
        &self,
        namespace: &str,
        name: &str,
        json_patch: SecretValue,
        options: &WriteOptions,
    ) -> Result<Written, ClusterError> {
        self.write(
            namespace,
            name,
            json_patch,
            options,
            "application/json-patch+json",
            "",
        )
        .await
    }

    /// Deletes a Secret if it still is this one, in this version; `false` when it
    /// is gone already, or another one has its name.
    ///
    /// # Errors
    /// [`ClusterError::Conflict`] when it has changed; otherwise
    /// [`ClusterError::outcome`] says whether it may be gone.
    pub async fn delete_secret(
        &self,
        namespace: &str,
        name: &str,
        uid: &str,
        resource_version: &str,
        dry_run: ServerDryRun,
    ) -> Result<bool, ClusterError> {
        let body = serde_json::json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": uid, "resourceVersion": resource_version},
        });
        let dry_run = match dry_run {
            ServerDryRun::No => "",
            ServerDryRun::Yes => "?dryRun=All",
        };
        let outgoing = Outgoing {
            method: Method::DELETE,
            path: format!("{}{dry_run}", secret_path(namespace, name)),
            accept: JSON,
            content_type: Some(JSON),
            body: body.to_string().into(),
            effect: Effect::Write,
            limit: OBJECT_LIMIT,
        };
        let question = Question {
            verb: "delete",
            resource: "secrets",
            namespace: Some(namespace),
            name: Some(name),
        };
        match self.accepted(self.transport.send(&outgoing).await?, &question) {
            Ok(_) => Ok(true),
            Err(ClusterError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn write(
        &self,
        namespace: &str,
        name: &str,
        body: SecretValue,
        options: &WriteOptions,
        content_type: &'static str,
        extra: &str,
    ) -> Result<Written, ClusterError> {
        if self.transfer() == Transfer::Readable {
            return Err(ClusterError::Unencrypted {
                server: self.server().to_owned(),
            });
        }
        let dry_run = match options.dry_run {
            ServerDryRun::No => "",
            ServerDryRun::Yes => "&dryRun=All",
        };
        let outgoing = Outgoing {
            method: Method::PATCH,
            path: format!(
                "{}?fieldManager={}&fieldValidation=Strict{extra}{dry_run}",
                secret_path(namespace, name),
                encoded(&options.field_manager)
            ),
            accept: JSON,
            content_type: Some(content_type),
            body: body.into_request_body(),
            effect: Effect::Write,
            limit: OBJECT_LIMIT,
        };
        let question = Question {
            verb: "patch",
            resource: "secrets",
            namespace: Some(namespace),
            name: Some(name),
        };
        let answer = self.accepted(self.transport.send(&outgoing).await?, &question)?;
        Ok(Written {
            created: if answer.status == StatusCode::CREATED {
                Creation::New
            } else {
                Creation::Existing
            },
            body: SecretValue::from_bytes(answer.body),
        })
    }
}

fn secret_path(namespace: &str, name: &str) -> String {
    format!(
        "/api/v1/namespaces/{}/secrets/{}",
        encoded(namespace),
        encoded(name)
    )
}
