//! Watching objects: a list with its version, and the changes since
//! (Kubernetes API concepts, "Efficient detection of changes"). What a watch says is
//! never the last word on anything: whoever decides on it lists once more.

use serde::Deserialize;
use serde_json::Value;

use crate::api::Resource;
use crate::manifest::{Node, parse_json};

use super::client::Cluster;
use super::error::ClusterError;
use super::lists::page;
use super::request::{JSON, MOST_PAGES, OBJECT_LIMIT, PAGE_LIMIT, encoded, read};
use super::status::Question;
use super::transport::{Lines, Opened};

/// How long one watch lasts, in seconds; the server ends it then.
const LASTS: u32 = 300;

/// One object, as the server wrote it.
pub struct Raw {
    pub name: String,
    /// Its `resourceVersion`: equal ones are the same object in the same form.
    pub version: String,
    text: Box<str>,
}

/// All objects of a resource in one namespace, at one version.
#[derive(Default)]
pub struct Snapshot {
    pub objects: Vec<Raw>,
    version: String,
}

/// What a watch tells.
pub enum Change {
    /// An object is there, in this form.
    Put(Raw),
    /// The object of this name is gone.
    Gone(String),
    /// Nothing has changed.
    Mark,
    /// It tells no more, for whatever reason: what was known is to be listed anew.
    Over,
}

/// A watch under way.
pub struct Watching {
    lines: Lines,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    metadata: ListMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListMeta {
    #[serde(default)]
    resource_version: String,
    #[serde(default, rename = "continue")]
    next: String,
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    object: Value,
}

impl Raw {
    fn of(object: &Value) -> Option<Self> {
        let metadata = &object["metadata"];
        Some(Self {
            name: metadata["name"].as_str()?.to_owned(),
            version: metadata["resourceVersion"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            text: object.to_string().into(),
        })
    }
}

impl Cluster {
    /// All objects of a resource in a namespace, by the first of its versions.
    ///
    /// # Errors
    /// As for reading.
    pub async fn snapshot(
        &self,
        resource: &Resource,
        namespace: &str,
    ) -> Result<Snapshot, ClusterError> {
        let unusable = || self.transport.unusable("it is not a list of objects");
        let question = Question {
            verb: "list",
            resource: resource.plural,
            namespace: Some(namespace),
            name: None,
        };
        let mut all = Snapshot::default();
        let mut token = String::new();
        for _ in 0..MOST_PAGES {
            let path = page(
                &place(resource, namespace),
                &token,
                resource.fields,
                resource.labels,
            );
            let answer = self.transport.send(&read(path, JSON, PAGE_LIMIT)).await?;
            if answer.status == http::StatusCode::GONE && !token.is_empty() {
                token.clear();
                all.objects.clear();
                continue;
            }
            let answer = self.accepted_in(resource.group, answer, &question)?;
            let list: List = serde_json::from_slice(&answer.body).map_err(|_| unusable())?;
            for item in list.items {
                all.objects.push(Raw::of(&item).ok_or_else(unusable)?);
            }
            all.version = list.metadata.resource_version;
            token = list.metadata.next;
            if token.is_empty() {
                return Ok(all);
            }
        }
        Err(self.transport.unusable("the list does not end"))
    }

    /// An object as a tree.
    ///
    /// # Errors
    /// When it is none.
    pub fn object_of(&self, resource: &Resource, raw: &Raw) -> Result<Node, ClusterError> {
        let mut node = parse_json(&raw.text)
            .map_err(|_| self.transport.unusable("it is not a list of objects"))?;
        let credentials = &self.transport.warnings.credentials;
        credentials.mask_messages(&mut node);
        let version = resource.versions.first().copied().unwrap_or("v1");
        Ok(node.with_type(&resource.api_version(version), resource.kind))
    }

    /// What changes after a list; `None` where the server lets nobody watch, or not
    /// this user, and listing again is all there is.
    pub async fn watch(
        &self,
        resource: &Resource,
        namespace: &str,
        since: &Snapshot,
    ) -> Option<Watching> {
        if since.version.is_empty() {
            return None;
        }
        let mut path = format!(
            "{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={LASTS}&resourceVersion={}",
            place(resource, namespace),
            encoded(&since.version)
        );
        if !resource.fields.is_empty() {
            path += &format!("&fieldSelector={}", encoded(resource.fields));
        }
        match self.transport.open(&path).await {
            Ok(Opened::Lines(lines)) => Some(Watching { lines }),
            Ok(Opened::Refused) | Err(_) => None,
        }
    }
}

fn place(resource: &Resource, namespace: &str) -> String {
    let version = resource.versions.first().copied().unwrap_or("v1");
    resource.path(version, Some(namespace))
}

impl Watching {
    /// The next thing it tells; nothing is lost when this is given up half way.
    pub async fn next(&mut self) -> Change {
        match self.lines.next(OBJECT_LIMIT).await {
            Some(line) => read_line(&line),
            None => Change::Over,
        }
    }
}

fn read_line(line: &[u8]) -> Change {
    let Ok(told) = serde_json::from_slice::<Told>(line) else {
        return Change::Over;
    };
    match (told.kind.as_str(), Raw::of(&told.object)) {
        ("ADDED" | "MODIFIED", Some(raw)) => Change::Put(raw),
        ("DELETED", Some(raw)) => Change::Gone(raw.name),
        ("BOOKMARK", _) => Change::Mark,
        // ERROR, such as a version that is too old, and whatever else there is.
        _ => Change::Over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_ends_the_watch() {
        let kind = |line: &str| match read_line(line.as_bytes()) {
            Change::Put(raw) => format!("put {}", raw.name),
            Change::Gone(name) => format!("gone {name}"),
            Change::Mark => "mark".to_owned(),
            Change::Over => "over".to_owned(),
        };
        for (line, expected) in [
            (
                r#"{"type":"ADDED","object":{"metadata":{"name":"a"}}}"#,
                "put a",
            ),
            (
                r#"{"type":"MODIFIED","object":{"metadata":{"name":"a"},"x":1}}"#,
                "put a",
            ),
            (
                r#"{"type":"DELETED","object":{"metadata":{"name":"a"}}}"#,
                "gone a",
            ),
            (
                r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#,
                "mark",
            ),
            (
                r#"{"type":"ERROR","object":{"kind":"Status","code":410}}"#,
                "over",
            ),
            (r#"{"type":"ADDED","object":{"metadata":{}}}"#, "over"),
            (r#"{"type":"ADDED","object":{"metadata":{"name":"a"#, "over"),
            (
                r#"{"type":"NEW","object":{"metadata":{"name":"a"}}}"#,
                "over",
            ),
            ("", "over"),
        ] {
            assert_eq!(kind(line), expected, "{line}");
        }
    }
}
