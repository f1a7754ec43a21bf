//! Lists of objects, page by page.

use http::{Method, StatusCode};

use crate::api::{Form, NO_HELM_RELEASES, Resource, ResourceScope};
use crate::inventory::SecretFacts;
use crate::manifest::{Node, parse_json};

use super::client::Cluster;
use super::error::ClusterError;
use super::request::{JSON, MOST_PAGES, PAGE, PAGE_LIMIT, encoded, read};
use super::retry::Effect;
use super::status::Question;
use super::table::Table;
use super::transport::Outgoing;

/// The server converts; values never leave it
/// (kubernetes/kubernetes `apiserver/pkg/endpoints/handlers/response.go`).
const TABLE: &str = "application/json;as=Table;g=meta.k8s.io;v=v1";
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// What became of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Every object was given.
    All,
    /// The server does not have such objects.
    NotServed,
}

/// Whether a server has a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Served {
    Yes,
    No,
    NotKnown,
}

/// The resources of a version of a group.
#[derive(serde::Deserialize)]
struct Discovered {
    kind: String,
    #[serde(default)]
    resources: Vec<DiscoveredResource>,
}

#[derive(serde::Deserialize)]
struct DiscoveredResource {
    name: String,
}

impl Resource {
    fn group_path(&self, version: &str) -> String {
        if self.group.is_empty() {
            format!("/api/{version}")
        } else {
            format!("/apis/{}/{version}", self.group)
        }
    }

    pub(super) fn path(&self, version: &str, namespace: Option<&str>) -> String {
        let root = self.group_path(version);
        match namespace.filter(|_| self.scope == ResourceScope::Namespaced) {
            Some(namespace) => format!("{root}/namespaces/{}/{}", encoded(namespace), self.plural),
            None => format!("{root}/{}", self.plural),
        }
    }

    pub(super) fn api_version(&self, version: &str) -> String {
        if self.group.is_empty() {
            version.to_owned()
        } else {
            format!("{}/{version}", self.group)
        }
    }
}

impl Cluster {
    /// Gives every object of a resource, in one namespace or (`None`) in all,
    /// to `each`. An object may be given twice when the server forgot where a
    /// list had got to.
    ///
    /// # Errors
    /// As for reading. What was given before an error stays given. A refusal
    /// is one only for what the server has: permissions are looked at before
    /// it is known whether there is such a resource.
    pub async fn list(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        each: &mut dyn FnMut(Node),
    ) -> Result<Listed, ClusterError> {
        for version in resource.versions {
            let path = resource.path(version, namespace);
            match self
                .list_version(resource, version, &path, namespace, each)
                .await
            {
                Ok(Listed::All) => return Ok(Listed::All),
                Ok(Listed::NotServed) => {}
                Err(error @ ClusterError::Forbidden { .. }) => {
                    if self.serves(resource, version).await != Served::No {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Listed::NotServed)
    }

    /// Whether the server has no such objects, such as those of a custom resource whose
    /// definition is not installed. What is not known is not lacking.
    pub async fn lacks(&self, resource: &Resource) -> bool {
        let version = resource.versions.first().copied().unwrap_or("v1");
        self.serves(resource, version).await == Served::No
    }

    /// Whether the server is known to have a resource, in the first of its versions.
    pub async fn is_served(&self, resource: &Resource) -> bool {
        let version = resource.versions.first().copied().unwrap_or("v1");
        self.serves(resource, version).await == Served::Yes
    }

    /// Whether the server has a resource, by its discovery, which everybody who
    /// is logged in may read (kubernetes/kubernetes ClusterRole
    /// `system:discovery`).
    async fn serves(&self, resource: &Resource, version: &str) -> Served {
        let path = resource.group_path(version);
        let Ok(answer) = self.transport.send(&read(path, JSON, PAGE_LIMIT)).await else {
            return Served::NotKnown;
        };
        match answer.status {
            StatusCode::NOT_FOUND => Served::No,
            StatusCode::OK => match serde_json::from_slice::<Discovered>(&answer.body) {
                Ok(found) if found.kind == "APIResourceList" => {
                    match found
                        .resources
                        .iter()
                        .any(|found| found.name == resource.plural)
                    {
                        true => Served::Yes,
                        false => Served::No,
                    }
                }
                _ => Served::NotKnown,
            },
            _ => Served::NotKnown,
        }
    }

    async fn list_version(
        &self,
        resource: &Resource,
        version: &str,
        path: &str,
        namespace: Option<&str>,
        each: &mut dyn FnMut(Node),
    ) -> Result<Listed, ClusterError> {
        let accept = match resource.form {
            Form::Whole => JSON,
            Form::Metadata => METADATA,
        };
        let question = Question {
            verb: "list",
            resource: resource.plural,
            namespace,
            name: None,
        };
        let mut token = String::new();
        for _ in 0..MOST_PAGES {
            let page = page(path, &token, resource.fields, resource.labels);
            let answer = self.transport.send(&read(page, accept, PAGE_LIMIT)).await?;
            if answer.status == StatusCode::NOT_FOUND {
                return Ok(Listed::NotServed);
            }
            if answer.status == StatusCode::GONE && !token.is_empty() {
                token.clear();
                continue;
            }
            let mut answer = self.accepted_in(resource.group, answer, &question)?;
            let body = zeroize::Zeroizing::new(std::mem::take(&mut answer.body));
            let mut list = std::str::from_utf8(&body)
                .ok()
                .and_then(|text| parse_json(text).ok())
                .ok_or_else(|| self.transport.unusable("it is not a list of objects"))?;
            let partial = list.text_of("kind") == Some("PartialObjectMetadataList");
            if partial != (resource.form == Form::Metadata) {
                return Err(self
                    .transport
                    .unusable("it is not the kind of list that was asked for"));
            }
            token = list
                .at(&["metadata", "continue"])
                .and_then(Node::as_str)
                .unwrap_or_default()
                .to_owned();
            let api_version = resource.api_version(version);
            for mut item in list.take_items() {
                self.transport.warnings.credentials.mask_messages(&mut item);
                each(item.with_type(&api_version, resource.kind));
            }
            if token.is_empty() {
                return Ok(Listed::All);
            }
        }
        Err(self.transport.unusable("the list does not end"))
    }

    /// What is known of every Secret of one namespace, or (`None`) of all,
    /// without a value; Helm's releases are left out.
    ///
    /// # Errors
    /// As for reading; a server or a proxy that sends whole objects all the
    /// same is refused, and what it sent is wiped.
    pub async fn list_secrets(
        &self,
        namespace: Option<&str>,
        each: &mut dyn FnMut(SecretFacts),
    ) -> Result<(), ClusterError> {
        let path = match namespace {
            Some(namespace) => format!("/api/v1/namespaces/{}/secrets", encoded(namespace)),
            None => "/api/v1/secrets".to_owned(),
        };
        let question = Question {
            verb: "list",
            resource: "secrets",
            namespace,
            name: None,
        };
        let mut token = String::new();
        for _ in 0..MOST_PAGES {
            let page = format!(
                "{}&includeObject=Metadata",
                page(&path, &token, NO_HELM_RELEASES, "")
            );
            let answer = self.transport.send(&read(page, TABLE, PAGE_LIMIT)).await?;
            if answer.status == StatusCode::GONE && !token.is_empty() {
                token.clear();
                continue;
            }
            let table = self.table(answer, &question)?;
            token = table.next().to_owned();
            table.into_facts().for_each(&mut *each);
            if token.is_empty() {
                return Ok(());
            }
        }
        Err(self.transport.unusable("the list does not end"))
    }

    /// What is known of one Secret, without a value; `None` if it does not
    /// exist.
    ///
    /// # Errors
    /// As for [`Cluster::list_secrets`].
    pub async fn secret_facts(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<SecretFacts>, ClusterError> {
        let question = Question {
            verb: "get",
            resource: "secrets",
            namespace: Some(namespace),
            name: Some(name),
        };
        let path = format!(
            "/api/v1/namespaces/{}/secrets/{}?includeObject=Metadata",
            encoded(namespace),
            encoded(name)
        );
        let answer = self.transport.send(&read(path, TABLE, PAGE_LIMIT)).await?;
        match self.table(answer, &question) {
            Ok(table) => Ok(table.into_facts().next()),
            Err(ClusterError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn table(
        &self,
        answer: super::transport::Incoming,
        question: &Question<'_>,
    ) -> Result<Table, ClusterError> {
        let mut answer = self.accepted_in("", answer, question)?;
        let body = zeroize::Zeroizing::new(std::mem::take(&mut answer.body));
        Table::parse(&body).ok_or_else(|| {
            self.transport.unusable(
                "it is not a table of metadata (does a proxy on the way change requests?)",
            )
        })
    }

    /// The server's version: the minor number of Kubernetes 1.x.
    ///
    /// # Errors
    /// As for reading.
    pub async fn minor_version(&self) -> Result<Option<u32>, ClusterError> {
        #[derive(serde::Deserialize)]
        struct Version {
            minor: String,
        }
        let answer = self
            .transport
            .send(&read("/version".to_owned(), JSON, PAGE_LIMIT))
            .await?;
        // Some distributions write "29+".
        Ok(serde_json::from_slice::<Version>(&answer.body)
            .ok()
            .and_then(|version| version.minor.trim_end_matches('+').parse().ok()))
    }

    /// Who the server takes this user for (SelfSubjectReview); `None` where it does not
    /// say.
    ///
    /// # Errors
    /// When the question itself is not answered.
    pub async fn user_name(&self) -> Result<Option<String>, ClusterError> {
        let body = serde_json::json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
        });
        let review = self
            .reviewed("authentication.k8s.io", "selfsubjectreviews", &body)
            .await?;
        let name = review["status"]["userInfo"]["username"].as_str();
        // It is shown, and others give names to users.
        let name = name.map(|name| name.chars().filter(|letter| !letter.is_control()).take(253));
        Ok(name.map(Iterator::collect))
    }

    /// Whether a request would be allowed (SelfSubjectAccessReview).
    ///
    /// # Errors
    /// When the question itself is not answered.
    pub async fn may(
        &self,
        verb: &'static str,
        group: &str,
        resource: &'static str,
        namespace: Option<&str>,
    ) -> Result<bool, ClusterError> {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let body = serde_json::json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {
                "verb": verb,
                "group": group,
                "resource": resource,
                "subresource": subresource,
                "namespace": namespace.unwrap_or_default(),
            }},
        });
        let review = self
            .reviewed("authorization.k8s.io", "selfsubjectaccessreviews", &body)
            .await?;
        Ok(review["status"]["allowed"] == true)
    }

    /// What the server makes of a review: it stores nothing.
    async fn reviewed(
        &self,
        group: &'static str,
        plural: &'static str,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value, ClusterError> {
        let outgoing = Outgoing {
            method: Method::POST,
            path: format!("/apis/{group}/v1/{plural}"),
            accept: JSON,
            content_type: Some(JSON),
            body: body.to_string().into(),
            effect: Effect::Read,
            limit: PAGE_LIMIT,
        };
        let question = Question {
            verb: "create",
            resource: plural,
            namespace: None,
            name: None,
        };
        let answer = self.transport.send(&outgoing).await?;
        let answer = self.accepted_in(group, answer, &question)?;
        serde_json::from_slice(&answer.body)
            .map_err(|_| self.transport.unusable("it is not an access review"))
    }
}

pub(super) fn page(path: &str, token: &str, fields: &str, labels: &str) -> String {
    let mut page = format!("{path}?limit={PAGE}");
    if !token.is_empty() {
        page += &format!("&continue={}", encoded(token));
    }
    if !fields.is_empty() {
        page += &format!("&fieldSelector={}", encoded(fields));
    }
    if !labels.is_empty() {
        page += &format!("&labelSelector={}", encoded(labels));
    }
    page
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
