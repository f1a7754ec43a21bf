//! The requests this program makes.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Method, StatusCode, header};

use crate::secret::SecretValue;
use crate::secret::redactor::ServerText;

use super::credentials;
use super::environment::Environment;
use super::error::ClusterError;
use super::flags::{ConnectionFlags, namespace_in};
use super::kubeconfig;
use super::plugin::StandardInput;
use super::proxy;
use super::retry::Effect;
use super::server::{Transfer, client_config, transfer};
use super::status::{self, Question};
use super::transport::{Incoming, Outgoing, Transport};

/// Largest answer for one object, in bytes. A Secret has at most 1 MiB of
/// values, 4/3 of that in base64, plus up to 256 KiB of annotations.
const OBJECT_LIMIT: usize = 8 * 1024 * 1024;
/// Largest page of a list, in bytes.
pub(super) const PAGE_LIMIT: usize = 32 * 1024 * 1024;
/// Objects a page (kubectl's `--chunk-size`).
pub(super) const PAGE: usize = 500;
/// A list that goes on after this many pages is not believed.
pub(super) const MOST_PAGES: usize = 200;

pub(super) const JSON: &str = "application/json";
const NAMES_ONLY: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// A cluster this program can ask.
pub struct Cluster {
    pub(super) transport: Transport,
    namespace: String,
    transfer: Transfer,
}

/// Whose name a write has, and whether it is only tried.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// The field manager.
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
    /// It existed.
    Existing,
}

impl Cluster {
    /// Finds the cluster and the credentials; runs the kubeconfig's credential
    /// plugin if there is one. Nothing is sent to the cluster.
    ///
    /// # Errors
    /// [`ClusterError::Configuration`].
    pub async fn connect(flags: &ConnectionFlags) -> Result<Self, ClusterError> {
        Self::connect_in(flags, Environment::of_this_process()).await
    }

    async fn connect_in(
        flags: &ConnectionFlags,
        environment: Environment,
    ) -> Result<Self, ClusterError> {
        let namespace = namespace_in(flags, &environment)?;
        let target = kubeconfig::load(flags, &environment)?.target(flags, &environment)?;
        let mut config = client_config(&target)?;
        config.proxy_url = proxy::choose(
            &config.cluster_url,
            target.cluster.proxy_url.as_deref(),
            &environment,
        )?;
        // A plugin may wait for a person to sign in; the runtime keeps
        // watching for signals meanwhile.
        let stdin = StandardInput::of_this_process();
        let user = target.user;
        let credentials =
            tokio::task::spawn_blocking(move || credentials::resolve(user, stdin, &environment))
                .await
                .map_err(|_| {
                    ClusterError::configuration(
                        "the credentials could not be read",
                        "Try again; if it stays, report it.",
                    )
                })??;
        config.auth_info = credentials.user;
        config.headers.extend(
            credentials
                .authorization
                .map(|value| (header::AUTHORIZATION, value)),
        );

        let transfer = transfer(&config.cluster_url);
        let skips_verification = config.accept_invalid_certs;
        let transport = Transport::new(&config, flags.deadline())?;
        if transfer == Transfer::Readable {
            transport.warnings.add(format!(
                "the connection to {} is not encrypted: others on the way can read Secrets and your token",
                transport.server()
            ));
        } else if skips_verification {
            transport.warnings.add(format!(
                "the certificate of {} is not checked (insecure-skip-tls-verify): another server could take its place and read the Secrets",
                transport.server()
            ));
        }
        Ok(Self {
            transport,
            namespace,
            transfer,
        })
    }

    /// The namespace commands act in unless told otherwise.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The server's address.
    pub fn server(&self) -> &str {
        self.transport.server()
    }

    /// Warnings since the last call: the server's `Warning` headers and this
    /// module's own, each text once a run.
    pub fn take_warnings(&self) -> Vec<ServerText> {
        self.transport.warnings.take()
    }

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

    async fn write(
        &self,
        namespace: &str,
        name: &str,
        body: SecretValue,
        options: &WriteOptions,
        content_type: &'static str,
        extra: &str,
    ) -> Result<Written, ClusterError> {
        if self.transfer == Transfer::Readable {
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

    /// The names of all Secrets in a namespace. No values are asked for.
    ///
    /// # Errors
    /// As for reading; a server that sends whole objects all the same is refused.
    pub async fn secret_names(&self, namespace: &str) -> Result<Vec<String>, ClusterError> {
        let path = format!("/api/v1/namespaces/{}/secrets", encoded(namespace));
        self.names(&path, "secrets", Some(namespace)).await
    }

    /// The names of all namespaces.
    ///
    /// # Errors
    /// As for reading.
    pub async fn namespace_names(&self) -> Result<Vec<String>, ClusterError> {
        self.names("/api/v1/namespaces", "namespaces", None).await
    }

    async fn names(
        &self,
        path: &str,
        resource: &'static str,
        namespace: Option<&str>,
    ) -> Result<Vec<String>, ClusterError> {
        let question = Question {
            verb: "list",
            resource,
            namespace,
            name: None,
        };
        let mut names = BTreeSet::new();
        let mut token = String::new();
        for _ in 0..MOST_PAGES {
            let page = format!("{path}?limit={PAGE}&continue={}", encoded(&token));
            let answer = self
                .transport
                .send(&read(page, NAMES_ONLY, PAGE_LIMIT))
                .await?;
            if answer.status == StatusCode::GONE && !token.is_empty() {
                // The token is older than the server's memory: from the start
                // again, which the number of pages bounds.
                token.clear();
                continue;
            }
            let answer = self.accepted(answer, &question)?;
            let list: NameList = serde_json::from_slice(&answer.body)
                .ok()
                .filter(|list: &NameList| list.kind == "PartialObjectMetadataList")
                .ok_or_else(|| self.transport.unusable("it is not a list of names"))?;
            names.extend(list.items.into_iter().map(|item| item.metadata.name));
            token = list.metadata.next;
            if token.is_empty() {
                return Ok(names.into_iter().collect());
            }
        }
        Err(self.transport.unusable("the list does not end"))
    }

    fn accepted(
        &self,
        answer: Incoming,
        question: &Question<'_>,
    ) -> Result<Incoming, ClusterError> {
        self.accepted_in("", answer, question)
    }

    /// The answer, or the error it is; `group` is the API group of what was
    /// asked.
    pub(super) fn accepted_in(
        &self,
        group: &str,
        answer: Incoming,
        question: &Question<'_>,
    ) -> Result<Incoming, ClusterError> {
        if matches!(answer.status, StatusCode::OK | StatusCode::CREATED) {
            return Ok(answer);
        }
        let body = zeroize::Zeroizing::new(answer.body);
        Err(
            status::to_error(self.server(), answer.status.as_u16(), &body, question)
                .in_group(group),
        )
    }
}

#[derive(serde::Deserialize)]
struct NameList {
    kind: String,
    #[serde(default)]
    metadata: ListMetadata,
    #[serde(default)]
    items: Vec<Named>,
}

#[derive(Default, serde::Deserialize)]
struct ListMetadata {
    #[serde(default, rename = "continue")]
    next: String,
}

#[derive(serde::Deserialize)]
struct Named {
    metadata: NameOnly,
}

#[derive(serde::Deserialize)]
struct NameOnly {
    name: String,
}

pub(super) fn read(path: String, accept: &'static str, limit: usize) -> Outgoing {
    Outgoing {
        method: Method::GET,
        path,
        accept,
        content_type: None,
        body: Bytes::new(),
        effect: Effect::Read,
        limit,
    }
}

fn secret_path(namespace: &str, name: &str) -> String {
    format!(
        "/api/v1/namespaces/{}/secrets/{}",
        encoded(namespace),
        encoded(name)
    )
}

/// Percent-encodes everything that could end a path segment or a query value.
/// A segment of only dots would be read as a folder, so its dots are encoded
/// as well.
pub(super) fn encoded(text: &str) -> String {
    let only_dots = text.bytes().all(|byte| byte == b'.');
    text.bytes()
        .map(|byte| match byte {
            b'.' if only_dots => "%2E".to_owned(),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
