//! A Secret that is to be sealed, wherever it was read.

use std::collections::BTreeMap;

use crate::command_line::{CommandLine, Hint};
use crate::levels::sealed::{CLUSTER_WIDE, MANAGED, NAMESPACE_WIDE, PATCH, ScopeAnnotations};
use crate::levels::stamp::STAMP;
use crate::manifest::{Content, Node, ScalarType, SealedScalar};
use crate::secret::copies::may_repeat_values;
use crate::secret::draft::{Mutability, SecretDraft};
use crate::secret::encoded::{self, Defect};
use crate::secret::inspection::is_line_filled_in_later;
use crate::secret::kind::{self, KindProblem};
use crate::secret::limits::{self, LimitError};
use crate::secret::stored::StoredSecret;
use crate::secret::{KeyName, SecretValue};

/// A Secret with its values. It has no `Debug`.
pub struct Plain {
    /// `metadata.namespace`, where it says one.
    pub namespace: Option<String>,
    /// `metadata.name`, where it says one.
    pub name: Option<String>,
    /// `type`, where it says one.
    pub type_: Option<String>,
    /// `immutable`.
    pub mutability: Mutability,
    pub labels: BTreeMap<String, String>,
    /// Annotations that the Secret keeps.
    pub annotations: BTreeMap<String, String>,
    /// Names of annotations that may repeat the values, and are left out.
    pub left_out: Vec<String>,
    /// The scope that its annotations ask for.
    pub scope: ScopeAnnotations,
    pub values: BTreeMap<KeyName, SecretValue>,
}

/// Why an object is no Secret that can be sealed. Nothing is said of its values.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPlain {
    #[error("it has no keys")]
    Empty,
    #[error("the key {0:?} is not legal")]
    Key(String),
    #[error("{field} is not a mapping of texts")]
    Shape { field: &'static str },
    #[error("the value of key {key} is not text; the API server refuses it")]
    NotText { key: String },
    #[error("the value of key {key} {}", defect.sentence())]
    NotBase64 { key: String, defect: Defect },
    #[error("immutable is neither true nor false")]
    Immutable,
    #[error("{field} is not text, which the API server refuses")]
    FieldNotText { field: &'static str },
    #[error("SOPS has encrypted it; what would be sealed are ciphertexts")]
    Sops,
    #[error("key {key} has no value yet: it has ciphertext or a placeholder")]
    FilledInLater { key: String },
    #[error(transparent)]
    TooLarge(#[from] LimitError),
    #[error(transparent)]
    Kind(#[from] KindProblem),
}

impl NotPlain {
    /// The next step, a whole sentence, where there is one.
    pub fn hint(&self) -> Option<Hint> {
        let from_pipe = || CommandLine::secretsafe("seal").file("-");
        match self {
            Self::Sops => Some(
                Hint::from("Decrypt it on the way: `")
                    .command(
                        CommandLine::program("sops decrypt")
                            .operand("FILE")
                            .pipe(from_pipe()),
                    )
                    .words("`."),
            ),
            Self::FilledInLater { .. } => Some(
                Hint::from("Fill it in on the way, such as `")
                    .command(
                        CommandLine::program("helm template")
                            .operand("CHART")
                            .pipe(from_pipe()),
                    )
                    .words("`. To keep such marks as part of the value, use create --seal --file KEY=FILE."),
            ),
            Self::TooLarge(error) => error.hint().map(Hint::from),
            Self::Kind(_) => Some("Correct the manifest, or its type.".into()),
            _ => None,
        }
    }
}

impl Plain {
    /// Reads a Secret of a manifest, as the API server does: `stringData` wins over
    /// `data`.
    ///
    /// # Errors
    /// [`NotPlain`].
    pub fn of_manifest(root: &Node) -> Result<Self, NotPlain> {
        if root.get("sops").is_some_and(|sops| !sops.is_null()) {
            return Err(NotPlain::Sops);
        }
        let metadata = root.get("metadata");
        let name = text_of(metadata, "name", "metadata.name")?;
        let namespace = text_of(metadata, "namespace", "metadata.namespace")?;
        let type_ = text_of(Some(root), "type", "type")?;
        let mut values = BTreeMap::new();
        for (key, scalar) in scalars(root, "data")? {
            let value = encoded::decode(&scalar.value).map_err(|defect| NotPlain::NotBase64 {
                key: key.to_string(),
                defect,
            })?;
            values.insert(key, value);
        }
        for (key, scalar) in scalars(root, "stringData")? {
            values.insert(key, scalar.value.duplicate());
        }
        let mutability = match root.get("immutable") {
            None => Mutability::Mutable,
            Some(node) if node.is_null() => Mutability::Mutable,
            Some(node) => match node.as_bool() {
                Some(true) => Mutability::Immutable,
                Some(false) => Mutability::Mutable,
                None => return Err(NotPlain::Immutable),
            },
        };
        let annotations = texts(metadata, "annotations")?;
        check_values(type_.as_deref(), &values, &annotations)?;
        Self {
            namespace,
            name,
            type_,
            mutability,
            labels: texts(metadata, "labels")?,
            annotations,
            left_out: Vec::new(),
            scope: ScopeAnnotations::default(),
            values,
        }
        .checked()
    }

    /// A Secret of a cluster.
    ///
    /// # Errors
    /// [`NotPlain::Empty`].
    pub fn of_stored(stored: StoredSecret) -> Result<Self, NotPlain> {
        Self {
            namespace: Some(stored.namespace),
            name: Some(stored.name),
            type_: Some(stored.secret_type),
            mutability: match stored.immutable {
                true => Mutability::Immutable,
                false => Mutability::Mutable,
            },
            labels: stored.labels,
            annotations: stored.annotations,
            left_out: Vec::new(),
            scope: ScopeAnnotations::default(),
            values: stored.data,
        }
        .checked()
    }

    /// A Secret that was to be created.
    ///
    /// # Errors
    /// [`NotPlain::Empty`].
    pub fn of_draft(draft: SecretDraft) -> Result<Self, NotPlain> {
        let values = draft
            .entries
            .into_iter()
            .map(|(key, entry)| (key, entry.value))
            .collect();
        Self {
            namespace: None,
            name: Some(draft.name),
            type_: draft.secret_type,
            mutability: draft.mutability,
            labels: draft.labels,
            annotations: draft.annotations,
            left_out: Vec::new(),
            scope: ScopeAnnotations::default(),
            values,
        }
        .checked()
    }

    /// Takes out the annotations that the Secret does not get: copies of it, and those
    /// that are about sealing.
    fn checked(mut self) -> Result<Self, NotPlain> {
        if self.values.is_empty() {
            return Err(NotPlain::Empty);
        }
        let says = |name: &str| {
            self.annotations
                .get(name)
                .is_some_and(|text| text == "true")
        };
        self.scope = ScopeAnnotations {
            namespace_wide: says(NAMESPACE_WIDE),
            cluster_wide: says(CLUSTER_WIDE),
        };
        let own = [NAMESPACE_WIDE, CLUSTER_WIDE, MANAGED, PATCH, STAMP];
        let left_out = &mut self.left_out;
        self.annotations.retain(|name, _| {
            if may_repeat_values(name) {
                left_out.push(name.clone());
                return false;
            }
            !own.contains(&name.as_str())
        });
        Ok(self)
    }
}

/// What the API server asks of the values, and that they are some.
fn check_values(
    type_: Option<&str>,
    values: &BTreeMap<KeyName, SecretValue>,
    annotations: &BTreeMap<String, String>,
) -> Result<(), NotPlain> {
    let mut all = values.iter();
    if let Some((key, _)) = all.find(|(_, value)| is_line_filled_in_later(value)) {
        return Err(NotPlain::FilledInLater {
            key: key.to_string(),
        });
    }
    limits::check_total(values.iter().map(|(key, value)| (key, value.len())))?;
    if let Some(type_) = type_ {
        let values = values.iter().map(|(key, value)| (key.clone(), value));
        kind::check_required(type_, &values.collect(), annotations)?;
    }
    Ok(())
}

/// A text that may be missing or empty, and nothing else.
fn text_of(
    node: Option<&Node>,
    name: &str,
    field: &'static str,
) -> Result<Option<String>, NotPlain> {
    match node.and_then(|node| node.get(name)) {
        None => Ok(None),
        Some(node) if node.is_null() => Ok(None),
        Some(node) => match node.as_str() {
            Some(text) => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
            None => Err(NotPlain::FieldNotText { field }),
        },
    }
}

/// The scalars of `data` or `stringData`, each of a legal key.
fn scalars<'n>(
    root: &'n Node,
    field: &'static str,
) -> Result<Vec<(KeyName, &'n SealedScalar)>, NotPlain> {
    let Some(map) = root.get(field) else {
        return Ok(Vec::new());
    };
    if matches!(map.scalar_type(), Some(ScalarType::Null)) {
        return Ok(Vec::new());
    }
    if !map.is_mapping() {
        return Err(NotPlain::Shape { field });
    }
    if map
        .entries()
        .iter()
        .any(|entry| entry.key.scalar_text().is_none())
    {
        return Err(NotPlain::Key(String::new()));
    }
    let mut found = Vec::new();
    for (name, entry) in map.by_key() {
        let key = KeyName::new(name).map_err(|_| NotPlain::Key(name.to_owned()))?;
        match &entry.value.content {
            Content::Sealed(scalar) if is_text(scalar.type_) => {
                found.push((key, &**scalar));
            }
            _ => {
                return Err(NotPlain::NotText {
                    key: key.to_string(),
                });
            }
        }
    }
    Ok(found)
}

/// What the API server takes for the text of a value; null is an empty one.
fn is_text(type_: ScalarType) -> bool {
    matches!(
        type_,
        ScalarType::Text | ScalarType::Timestamp | ScalarType::Null
    )
}

/// Labels or annotations; those whose values are kept out of the tree are left out.
fn texts(
    metadata: Option<&Node>,
    field: &'static str,
) -> Result<BTreeMap<String, String>, NotPlain> {
    let Some(map) = metadata.and_then(|metadata| metadata.get(field)) else {
        return Ok(BTreeMap::new());
    };
    if map.is_null() {
        return Ok(BTreeMap::new());
    }
    if !map.is_mapping() {
        return Err(NotPlain::Shape { field });
    }
    let mut texts = BTreeMap::new();
    for entry in map.entries() {
        let name = entry
            .key
            .scalar_text()
            .ok_or(NotPlain::Shape { field })?
            .to_owned();
        let text = match &entry.value.content {
            // What it repeats is not asked for.
            Content::Sealed(_) => String::new(),
            _ => entry
                .value
                .as_str()
                .ok_or(NotPlain::Shape { field })?
                .to_owned(),
        };
        texts.insert(name, text);
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};

    fn read(text: &str) -> Result<Plain, NotPlain> {
        let parsed = parse(&SourceText::new("test", text.to_owned()));
        Plain::of_manifest(&parsed.documents[0].root)
    }

    fn refused(text: &str) -> NotPlain {
        match read(text) {
            Err(problem) => problem,
            Ok(_) => panic!("it must be refused: {text}"),
        }
    }

    #[test]
    fn a_manifest_is_read_as_the_server_reads_it() {
        let plain = read(
            "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/basic-auth\nimmutable: true\n\
             metadata:\n  name: db\n  namespace: shop\n  labels: {team: web}\n  annotations:\n    \
             owner: platform\n    sealedsecrets.bitnami.com/cluster-wide: 'true'\n    \
             secretsafe.dev/sealed: x\n    \
             kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{}}'\n\
             data: {username: dQ==, both: eA==, empty: }\nstringData: {password: 'p w', both: 'y'}\n",
        )
        .unwrap_or_else(|problem| panic!("{problem}"));
        let keys: Vec<_> = plain.values.keys().map(KeyName::as_str).collect();
        assert_eq!(keys, ["both", "empty", "password", "username"]);
        let sizes: Vec<_> = plain.values.values().map(SecretValue::len).collect();
        assert_eq!(sizes, [1, 0, 3, 1]);
        let y = SecretValue::from_bytes(b"y".to_vec());
        assert!(plain.values[&KeyName::new("both").unwrap()].same_as(&y));
        assert!(plain.scope.cluster_wide);
        assert_eq!(plain.mutability, Mutability::Immutable);
        assert_eq!(plain.annotations.keys().collect::<Vec<_>>(), ["owner"]);
        assert_eq!(plain.left_out.len(), 1);
        assert_eq!(plain.labels["team"], "web");
        assert_eq!(plain.type_.as_deref(), Some("kubernetes.io/basic-auth"));
    }

    #[test]
    fn a_configuration_with_expressions_is_a_value() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n\
                    stringData:\n  a: |\n    title: '{{ .Labels }}'\n    to: ${HOME}\n";
        let plain = read(text).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(plain.values.len(), 1);
    }

    #[test]
    fn twenty_thousand_keys_are_each_looked_at_once() {
        let mut text =
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n".to_owned();
        for key in 0..20_000 {
            text += &format!("  k{key}: v\n");
        }
        text += "  k7: the last\n";
        let plain = read(&text).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(plain.values.len(), 20_000);
        assert_eq!(plain.values[&KeyName::new("k7").unwrap()].len(), 8);
    }

    #[test]
    fn what_the_server_would_refuse_is_refused_without_its_value() {
        const HEAD: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n";
        for (body, words) in [
            ("", "it has no keys"),
            ("data: {}\n", "it has no keys"),
            ("data: [hunter2]\n", "data is not a mapping of texts"),
            ("data: {a/b: eA==}\n", "the key \"a/b\" is not legal"),
            ("data: {\"a\\e\": eA==}\n", "is not legal"),
            ("stringData: {a: 1234}\n", "the value of key a is not text"),
            (
                "stringData: {a: {b: hunter2}}\n",
                "the value of key a is not text",
            ),
            ("data: {a: hunter2!}\n", "the value of key a is not base64"),
            ("sops: {mac: x}\ndata: {a: eA==}\n", "SOPS has encrypted it"),
            (
                "stringData: {a: 'ENC[AES256_GCM,data:hunter2]'}\n",
                "key a has no value yet",
            ),
            (
                "stringData: {a: 'x-${hunter2}'}\n",
                "key a has no value yet",
            ),
            (
                "stringData: {a: '{{ .Values.hunter2 }}'}\n",
                "key a has no value yet",
            ),
            // ${hunter2}
            ("data: {a: JHtodW50ZXIyfQ==}\n", "key a has no value yet"),
            ("type: 5\ndata: {a: eA==}\n", "type is not text"),
            ("type: kubernetes.io/tls\ndata: {a: eA==}\n", "tls.crt"),
            (
                &format!("stringData: {{a: {0}, b: {0}}}\n", "h".repeat(600 * 1024)),
                "at most 1048576 bytes",
            ),
            (
                "immutable: yes please\ndata: {a: eA==}\n",
                "immutable is neither",
            ),
        ] {
            let told = refused(&format!("{HEAD}{body}")).to_string();
            assert!(told.contains(words), "{body}: {told}");
            assert!(
                !told.contains("hunter2") && !told.contains("1234"),
                "{told}"
            );
        }
        for field in ["name", "namespace"] {
            let head = HEAD.replace("{name: db}", &format!("{{{field}: 7}}"));
            let told = refused(&format!("{head}data: {{a: eA==}}\n")).to_string();
            assert_eq!(
                told,
                format!("metadata.{field} is not text, which the API server refuses")
            );
        }
        let labels = refused(&HEAD.replace("{name: db}", "{name: db, labels: {a: 1}}"));
        assert_eq!(labels, NotPlain::Shape { field: "labels" });
    }
}
