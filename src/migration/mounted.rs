//! Files of Secrets that a container mounts, read from its template as data.

use serde_json::{Map, Value};

/// The files of one container.
pub(super) struct Files(Vec<File>);

struct File {
    secret: String,
    /// `None`: every key, under its own name.
    item: Option<(String, String)>,
    folder: String,
}

/// A variable from a key of a Secret.
pub(super) struct Variable<'a> {
    pub variable: &'a str,
    pub secret: &'a str,
    pub key: &'a str,
}

impl Files {
    /// Of a container and the pod's volumes.
    pub fn of(container: &Value, volumes: &[Value]) -> Self {
        let mut files = Vec::new();
        for mount in list(container, "volumeMounts") {
            let Some(volume) = volume_of(mount, volumes) else {
                continue;
            };
            // A part of a volume shows what no migration counts on.
            if mount.get("subPath").is_some() || mount.get("subPathExpr").is_some() {
                continue;
            }
            let folder = text(mount, "mountPath").unwrap_or_default();
            let secret = volume
                .get("secret")
                .map(|secret| (secret, text(secret, "secretName")));
            let projected = volume
                .get("projected")
                .map_or(&[][..], |projected| list(projected, "sources"))
                .iter()
                .filter_map(|source| source.get("secret"))
                .map(|secret| (secret, text(secret, "name")));
            for (source, name) in secret.into_iter().chain(projected) {
                let Some(name) = name else { continue };
                let file = |item| File {
                    secret: name.to_owned(),
                    item,
                    folder: folder.to_owned(),
                };
                match list(source, "items") {
                    [] => files.push(file(None)),
                    items => files.extend(items.iter().filter_map(|item| {
                        let key = text(item, "key")?.to_owned();
                        Some(file(Some((key, text(item, "path")?.to_owned()))))
                    })),
                }
            }
        }
        Self(files)
    }

    /// A variable from a key that is a file here, written as the API has it.
    pub fn variable<'a>(&self, entry: &'a Value) -> Option<Variable<'a>> {
        let reference = only(entry, &["name", "valueFrom"])?.get("valueFrom")?;
        let reference = only(reference, &["secretKeyRef"])?.get("secretKeyRef")?;
        only(reference, &["name", "key", "optional"])?;
        let found = Variable {
            variable: text(entry, "name")?,
            secret: text(reference, "name")?,
            key: text(reference, "key")?,
        };
        self.of_key(found.secret, found.key)
            .next()
            .is_some()
            .then_some(found)
    }

    /// The Secret of an `envFrom` entry, if all of it is mounted here.
    pub fn source<'a>(&self, entry: &'a Value) -> Option<&'a str> {
        let reference = only(entry, &["prefix", "secretRef"])?.get("secretRef")?;
        only(reference, &["name", "optional"])?;
        let secret = text(reference, "name")?;
        let is_mounted = self
            .0
            .iter()
            .any(|file| file.secret == secret && file.item.is_none());
        is_mounted.then_some(secret)
    }

    /// Whether a variable says where the file of another one is.
    pub fn names(&self, entry: &Value, variable: &Variable<'_>) -> bool {
        let Some(path) = only(entry, &["name", "value"]).and_then(|_| text(entry, "value")) else {
            return false;
        };
        self.of_key(variable.secret, variable.key).any(|file| {
            let name = file
                .item
                .as_ref()
                .map_or(variable.key, |(_, path)| path.as_str());
            path.strip_prefix(file.folder.trim_end_matches(['/', '\\']))
                .and_then(|rest| rest.strip_prefix(['/', '\\']))
                == Some(name)
        })
    }

    fn of_key<'a>(&'a self, secret: &'a str, key: &'a str) -> impl Iterator<Item = &'a File> {
        self.0.iter().filter(move |file| {
            file.secret == secret && file.item.as_ref().is_none_or(|(of, _)| of == key)
        })
    }
}

/// Whether a volume holds Secrets and nothing else.
pub(super) fn is_of_secrets(volume: &Value) -> bool {
    let projected = |volume: &Value| {
        let sources = volume
            .get("projected")
            .map_or(&[][..], |projected| list(projected, "sources"));
        !sources.is_empty()
            && sources
                .iter()
                .all(|source| only(source, &["secret"]).is_some())
    };
    only(volume, &["name", "secret"]).is_some_and(|volume| volume.contains_key("secret"))
        || only(volume, &["name", "projected"]).is_some() && projected(volume)
}

/// Whether a mount shows the whole of such a volume, to be read only.
pub(super) fn is_plain_mount(mount: &Value, volumes: &[Value]) -> bool {
    only(mount, &["name", "mountPath", "readOnly"]).is_some()
        && mount.get("readOnly") == Some(&Value::Bool(true))
        && volume_of(mount, volumes).is_some_and(is_of_secrets)
}

fn volume_of<'a>(mount: &Value, volumes: &'a [Value]) -> Option<&'a Value> {
    let name = text(mount, "name")?;
    volumes
        .iter()
        .find(|volume| text(volume, "name") == Some(name))
}

/// The fields, if there are no others.
fn only<'a>(of: &'a Value, fields: &[&str]) -> Option<&'a Map<String, Value>> {
    of.as_object()
        .filter(|map| map.keys().all(|field| fields.contains(&field.as_str())))
}

fn list<'a>(of: &'a Value, field: &str) -> &'a [Value] {
    of.get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text<'a>(of: &'a Value, field: &str) -> Option<&'a str> {
    of.get(field)?.as_str()
}
