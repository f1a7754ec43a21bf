//! Secrets as a server prints them: a table whose rows carry metadata.
//!
//! Annotation values are discarded while they are read: some repeat a whole
//! Secret, values included, and must not become a string of ours. Only of the
//! two that name the Secret of which this one is a copy that name is kept, and
//! what the External Secrets Operator notes of its content, to be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::inventory::{
    ContentMark, Immutability, Keys, ManagedEntry, ManagedFields, MirrorOf, SecretFacts,
};
use crate::workload::{Origin, Owner};

#[derive(Deserialize)]
pub(super) struct Table {
    kind: String,
    #[serde(default)]
    metadata: ListMetadata,
    #[serde(default, rename = "columnDefinitions")]
    columns: Vec<Column>,
    #[serde(default)]
    rows: Option<Vec<Row>>,
}

#[derive(Default, Deserialize)]
struct ListMetadata {
    #[serde(default, rename = "continue")]
    next: String,
}

#[derive(Deserialize)]
struct Column {
    name: String,
}

#[derive(Deserialize)]
struct Row {
    cells: Vec<serde_json::Value>,
    object: Partial,
}

#[derive(Deserialize)]
struct Partial {
    kind: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    resource_version: String,
    #[serde(default)]
    creation_timestamp: Option<String>,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
    #[serde(default)]
    annotations: Option<Annotations>,
    #[serde(default)]
    owner_references: Option<Vec<Reference>>,
    #[serde(default)]
    managed_fields: Option<Vec<Managed>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    api_version: String,
    kind: String,
    name: String,
    uid: String,
    #[serde(default)]
    controller: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Managed {
    #[serde(default)]
    manager: String,
    #[serde(default)]
    operation: String,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    subresource: Option<String>,
    #[serde(default)]
    fields_v1: Option<Fields>,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default, rename = "f:data")]
    data: Option<Names>,
    #[serde(default, rename = "f:stringData")]
    string_data: Option<Names>,
    #[serde(default, rename = "f:immutable")]
    immutable: Option<IgnoredAny>,
}

/// The keys of a map; its values are passed over and become nothing.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Names;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = BTreeSet::new();
                while let Some(name) = map.next_key()? {
                    map.next_value::<IgnoredAny>()?;
                    names.insert(name);
                }
                Ok(Names(names))
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

/// The names of annotations, and the Secret that two of them name. Every other text is
/// passed over, and so is one that is not the name of a Secret.
#[derive(Default)]
struct Annotations {
    names: BTreeSet<String>,
    mirror_of: Option<MirrorOf>,
    content: Option<ContentMark>,
}

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Annotations;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations, A::Error> {
                let mut found = Annotations::default();
                while let Some(name) = map.next_key::<String>()? {
                    if MirrorOf::ANNOTATIONS.contains(&name.as_str()) {
                        let Parsed(source) = map.next_value()?;
                        found.mirror_of = source.or(found.mirror_of);
                    } else if name == ContentMark::ANNOTATION {
                        let Parsed(content) = map.next_value()?;
                        found.content = content;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                    found.names.insert(name);
                }
                Ok(found)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

/// What a text of an annotation means, where it means something.
struct Parsed<T>(Option<T>);

/// What a text of an annotation may mean.
trait Meaning: Sized {
    fn of(text: &str) -> Option<Self>;
}

impl Meaning for MirrorOf {
    fn of(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Meaning for ContentMark {
    fn of(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl<'de, T: Meaning> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<T>(PhantomData<T>);

        impl<T: Meaning> Visitor<'_> for Text<T> {
            type Value = Parsed<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Parsed<T>, E> {
                Ok(Parsed(T::of(text)))
            }
        }

        deserializer.deserialize_str(Text(PhantomData))
    }
}

impl Table {
    /// Reads a page; `None` for anything but a table of metadata.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let table: Self = serde_json::from_slice(body).ok()?;
        let of_metadata = table
            .rows
            .iter()
            .flatten()
            .all(|row| row.object.kind == "PartialObjectMetadata");
        (table.kind == "Table" && of_metadata).then_some(table)
    }

    /// Where the next page begins; empty after the last.
    pub fn next(&self) -> &str {
        &self.metadata.next
    }

    /// What the rows tell.
    pub fn into_facts(self) -> impl Iterator<Item = SecretFacts> {
        let column = |name: &str| self.columns.iter().position(|column| column.name == name);
        let (type_, count) = (column("Type"), column("Data"));
        self.rows.into_iter().flatten().map(move |row| {
            let cell = |at: Option<usize>| row.cells.get(at?);
            let type_ = cell(type_).and_then(serde_json::Value::as_str);
            let count = cell(count).and_then(|count| {
                count
                    .as_u64()
                    .or_else(|| count.as_str().and_then(|text| text.parse().ok()))
            });
            facts(row.object.metadata, type_.unwrap_or("Opaque"), count)
        })
    }
}

fn facts(metadata: Metadata, type_: &str, count: Option<u64>) -> SecretFacts {
    let mut fields = ManagedFields::default();
    for managed in metadata.managed_fields.into_iter().flatten() {
        if managed.subresource.is_some_and(|name| !name.is_empty()) {
            continue;
        }
        let Some(own) = managed.fields_v1 else {
            continue;
        };
        let keys = |names: Option<Names>| {
            names.map(|names| {
                names
                    .0
                    .iter()
                    .filter_map(|name| name.strip_prefix("f:"))
                    .map(str::to_owned)
                    .collect()
            })
        };
        fields.add(ManagedEntry {
            manager: managed.manager,
            applies: managed.operation == "Apply",
            time: managed.time.and_then(|time| time.parse().ok()),
            data: keys(own.data),
            string_data: keys(own.string_data),
            immutable: own.immutable.is_some(),
        });
    }
    let annotations = metadata.annotations.unwrap_or_default();
    let created: Option<Timestamp> = metadata
        .creation_timestamp
        .and_then(|time| time.parse().ok());
    SecretFacts {
        namespace: metadata.namespace,
        name: metadata.name,
        origin: Origin::Live,
        type_: type_.to_owned(),
        keys: keys(&fields, count),
        changed: fields.changed,
        created,
        // The field may be set to false: its value is not in the metadata.
        immutable: if fields.sets_immutable {
            Immutability::Probably
        } else {
            Immutability::No
        },
        labels: metadata.labels.unwrap_or_default(),
        annotations: annotations.names,
        mirror_of: annotations.mirror_of,
        owner: metadata
            .owner_references
            .into_iter()
            .flatten()
            .find(|owner| owner.controller)
            .map(|owner| Owner {
                api_version: owner.api_version,
                kind: owner.kind,
                name: owner.name,
                uid: owner.uid,
            }),
        key_times: fields.key_times,
        key_writers: fields.key_writers,
        managers: fields.managers,
        string_data_appliers: fields.string_data_appliers,
        uid: metadata.uid,
        resource_version: metadata.resource_version,
        content: annotations.content,
        values: None,
        says_namespace: true,
        generator: None,
    }
}

/// The names are all there are exactly when there are as many as the server
/// counts.
fn keys(fields: &ManagedFields, count: Option<u64>) -> Keys {
    let known = fields.keys.len() as u64;
    match count {
        Some(count) if count == known => Keys::Complete(fields.keys.clone()),
        Some(count) if known < count => Keys::Hidden {
            known: fields.keys.clone(),
            reason: format!(
                "the server records {known} of {count} key names (managedFields is incomplete)"
            ),
        },
        Some(count) => Keys::Hidden {
            known: BTreeSet::new(),
            reason: format!("the server records {known} key names for {count} keys"),
        },
        None => Keys::Hidden {
            known: BTreeSet::new(),
            reason: "the server does not say how many keys there are".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(row: &str) -> Option<Table> {
        Table::parse(
            format!(
                "{{\"kind\":\"Table\",\"metadata\":{{\"continue\":\"t\"}},\"columnDefinitions\":\
                 [{{\"name\":\"Name\"}},{{\"name\":\"Type\"}},{{\"name\":\"Data\"}},{{\"name\":\"Age\"}}],\
                 \"rows\":[{row}]}}"
            )
            .as_bytes(),
        )
    }

    fn row(count: u64, rest: &str) -> String {
        format!(
            "{{\"cells\":[\"db\",\"Opaque\",{count},\"3d\"],\"object\":{{\"kind\":\
             \"PartialObjectMetadata\",\"metadata\":{{\"name\":\"db\",\"namespace\":\"prod\"{rest}}}}}}}"
        )
    }

    fn one(row: &str) -> SecretFacts {
        page(row).unwrap().into_facts().next().unwrap()
    }

    const FIELDS: &str = ",\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"canary\"},\
        \"managedFields\":[{\"manager\":\"m\",\"operation\":\"Update\",\"time\":\"2026-05-01T00:00:00Z\",\
        \"fieldsV1\":{\"f:data\":{\".\":{},\"f:a\":{},\"f:b\":{}},\"f:immutable\":{}}}]";

    #[test]
    fn keys_are_complete_when_they_are_as_many_as_counted() {
        let keys = |count| one(&row(count, FIELDS)).keys;
        let both = ["a", "b"].map(str::to_owned).into();
        assert_eq!(keys(2), Keys::Complete(both));
        assert!(!keys(3).is_complete());
        assert_eq!(keys(3).known().len(), 2);
        assert!(!keys(1).is_complete());
        assert!(keys(1).known().is_empty());
        assert!(one(&row(0, "")).keys.is_complete());
        assert!(!one(&row(1, "")).keys.is_complete());
    }

    #[test]
    fn times_and_names_are_kept_and_annotation_values_are_not() {
        let facts = one(&row(2, FIELDS));
        assert_eq!(facts.changed, "2026-05-01T00:00:00Z".parse().ok());
        assert_eq!(facts.immutable, Immutability::Probably);
        assert_eq!(facts.annotations.len(), 1);
        assert!(!facts.annotations.iter().any(|name| name.contains("canary")));
    }

    #[test]
    fn of_annotations_only_the_name_of_a_source_is_kept() {
        let of = |text: &str| {
            let annotations = format!(
                ",\"annotations\":{{\"a\":\"canary\",\"{}\":\"{text}\"}}",
                MirrorOf::ANNOTATIONS[0]
            );
            one(&row(0, &annotations))
        };
        let facts = of("prod/source");
        assert_eq!(facts.mirror_of, MirrorOf::parse("prod/source"));
        assert_eq!(facts.annotations.len(), 2);
        for text in ["canary", "prod/", "prod/A value", "a/b/c", ""] {
            assert_eq!(of(text).mirror_of, None, "{text}");
        }
    }

    #[test]
    fn what_an_operator_notes_of_the_content_is_compared_and_nothing_else() {
        let of = |text: &str| {
            let annotations = format!(
                ",\"annotations\":{{\"{}\":\"{text}\"}}",
                ContentMark::ANNOTATION
            );
            one(&row(0, &annotations)).content
        };
        let digest = |digit: &str| digit.repeat(56);
        assert!(of(&digest("a")).is_some());
        assert_eq!(of(&digest("a")), of(&digest("A")));
        assert_ne!(of(&digest("a")), of(&digest("b")));
        let long = "a".repeat(57);
        for text in ["", "canary", &long, &"+".repeat(56), &"é".repeat(28)] {
            assert_eq!(of(text), None, "{text}");
        }
        assert!(!format!("{:?}", of(&digest("a"))).contains("aa"));
    }

    #[test]
    fn the_latest_manager_of_a_key_is_its_writer() {
        let entry = |manager: &str, time: &str| {
            format!(
                "{{\"manager\":\"{manager}\",\"operation\":\"Update\"{time},\"fieldsV1\":{{\"f:data\":{{\"f:a\":{{}}}}}}}}"
            )
        };
        let early = entry("early", ",\"time\":\"2026-05-01T00:00:00Z\"");
        let late = entry("late", ",\"time\":\"2026-06-01T00:00:00Z\"");
        let same = entry("same", ",\"time\":\"2026-06-01T00:00:00Z\"");
        let undated = entry("undated", "");
        for (entries, expected) in [
            (vec![&early], Some("early")),
            (vec![&early, &late], Some("late")),
            (vec![&late, &early], Some("late")),
            (vec![&undated], Some("undated")),
            // Any of them may have been the last.
            (vec![&late, &same], None),
            (vec![&late, &undated], None),
            (vec![&undated, &late], None),
        ] {
            let list: Vec<&str> = entries.into_iter().map(String::as_str).collect();
            let facts = one(&row(1, &format!(",\"managedFields\":[{}]", list.join(","))));
            assert_eq!(facts.key_writers.of("a"), expected, "{list:?}");
        }
    }

    #[test]
    fn whole_objects_are_refused() {
        assert!(Table::parse(b"{\"kind\":\"SecretList\",\"items\":[]}").is_none());
        let whole = row(1, "").replace("PartialObjectMetadata", "Secret");
        assert!(page(&whole).is_none());
    }
}
