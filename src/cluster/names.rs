//! Lists of names, for near misses and completion. No values are asked for.

use std::collections::BTreeSet;

use http::StatusCode;

use crate::api::Resource;

use super::client::Cluster;
use super::error::ClusterError;
use super::request::{MOST_PAGES, PAGE, PAGE_LIMIT, encoded, read};
use super::status::Question;

const NAMES_ONLY: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const METADATA_ONLY: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

impl Cluster {
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

    /// Whether a namespace exists; its metadata is asked for.
    ///
    /// # Errors
    /// As for reading; [`ClusterError::Forbidden`] where that may not be asked.
    pub async fn has_namespace(&self, name: &str) -> Result<bool, ClusterError> {
        let question = Question {
            verb: "get",
            resource: "namespaces",
            namespace: Some(name),
            name: Some(name),
        };
        let path = format!("/api/v1/namespaces/{}", encoded(name));
        let answer = self
            .transport
            .send(&read(path, METADATA_ONLY, PAGE_LIMIT))
            .await?;
        match self.accepted(answer, &question) {
            Ok(_) => Ok(true),
            Err(ClusterError::NamespaceMissing { .. } | ClusterError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The names of all objects of a resource in the namespace that is acted in.
    ///
    /// # Errors
    /// As for reading.
    pub async fn object_names(&self, resource: &Resource) -> Result<Vec<String>, ClusterError> {
        let namespace = self.namespace();
        let path = resource.path(resource.versions[0], Some(namespace));
        self.names(&path, resource.plural, Some(namespace)).await
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
