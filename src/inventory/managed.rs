//! Who wrote which key when, as far as `managedFields` tells.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::manifest::Node;
use crate::workload::read;

/// What `managedFields` tells of a Secret (kubernetes/website, server-side apply).
#[derive(Default)]
pub struct ManagedFields {
    /// Keys named below `f:data` and `f:stringData`.
    pub keys: BTreeSet<String>,
    /// When the managers of each key last wrote; not of a key of which one does
    /// not tell it.
    pub key_times: BTreeMap<String, Timestamp>,
    /// The manager that last wrote each key; not of a key of which several
    /// managers may be.
    pub key_writers: Writers,
    /// Latest time of a manager of any key; `None` if one does not tell it.
    pub changed: Option<Timestamp>,
    /// Keys of managers without a time.
    undated: BTreeSet<String>,
    /// Whether there is a manager of keys without a time.
    has_undated: bool,
    pub managers: BTreeSet<String>,
    /// Managers that applied `stringData`.
    pub string_data_appliers: BTreeSet<String>,
    /// Whether somebody set `immutable`.
    pub sets_immutable: bool,
}

/// Managers by keys. A Secret has few keys and a cluster many Secrets, so this is no map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writers(Vec<(String, String)>);

impl Writers {
    pub fn of(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, manager)| manager.as_str())
    }

    /// Notes who wrote a key.
    #[cfg(test)]
    pub(crate) fn add(&mut self, key: &str, manager: &str) {
        self.0.push((key.to_owned(), manager.to_owned()));
    }

    fn forget(&mut self, key: &str) {
        self.0.retain(|(known, _)| known != key);
    }
}

/// One entry of `managedFields`, as far as it matters.
pub struct ManagedEntry {
    pub manager: String,
    /// Whether by server-side apply.
    pub applies: bool,
    pub time: Option<Timestamp>,
    /// Keys below `f:data`, if it is there.
    pub data: Option<BTreeSet<String>>,
    /// Keys below `f:stringData`, if it is there.
    pub string_data: Option<BTreeSet<String>>,
    /// Whether it has `f:immutable`.
    pub immutable: bool,
}

impl ManagedFields {
    /// Reads the list `metadata.managedFields`.
    pub fn from_list(list: Option<&Node>) -> Self {
        let mut found = Self::default();
        for entry in list.map_or(&[][..], Node::items) {
            let Some(fields) = entry.get("fieldsV1") else {
                continue;
            };
            if entry.get("subresource").is_some_and(|node| !node.is_null()) {
                continue;
            }
            let keys = |field: &str| {
                fields.get(field).map(|keys| {
                    keys.entries()
                        .iter()
                        .filter_map(|key| key.key.scalar_text()?.strip_prefix("f:"))
                        .map(str::to_owned)
                        .collect()
                })
            };
            found.add(ManagedEntry {
                manager: entry.text_of("manager").unwrap_or_default().to_owned(),
                applies: entry.text_of("operation") == Some("Apply"),
                time: read::time(entry.get("time")),
                data: keys("f:data"),
                string_data: keys("f:stringData"),
                immutable: fields.get("f:immutable").is_some(),
            });
        }
        found
    }

    pub fn add(&mut self, entry: ManagedEntry) {
        self.sets_immutable |= entry.immutable;
        if entry.data.is_some() || entry.string_data.is_some() {
            self.has_undated |= entry.time.is_none();
            self.changed = self.changed.max(entry.time).filter(|_| !self.has_undated);
        }
        if entry.applies && entry.string_data.is_some() {
            self.string_data_appliers.insert(entry.manager.clone());
        }
        for key in [entry.data, entry.string_data]
            .into_iter()
            .flatten()
            .flatten()
        {
            self.note_writer(&key, entry.time, &entry.manager);
            match entry.time {
                Some(time) if !self.undated.contains(&key) => {
                    let known = self.key_times.entry(key.clone()).or_insert(time);
                    *known = (*known).max(time);
                }
                Some(_) => {}
                None => {
                    self.key_times.remove(&key);
                    self.undated.insert(key.clone());
                }
            }
            self.keys.insert(key);
        }
        self.managers.insert(entry.manager);
    }

    /// Of several managers of a key the latest is its writer, if all tell when they
    /// wrote.
    fn note_writer(&mut self, key: &str, time: Option<Timestamp>, manager: &str) {
        let is_first = !self.keys.contains(key);
        match (time, self.key_times.get(key)) {
            _ if is_first => {}
            (Some(time), Some(known)) if time > *known => {}
            (Some(time), Some(known)) if time < *known => return,
            _ => {
                self.key_writers.forget(key);
                return;
            }
        }
        self.key_writers.forget(key);
        let writer = (key.to_owned(), manager.to_owned());
        self.key_writers.0.push(writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manager_without_a_time_leaves_no_bound() {
        let entry = |key: &str, time: Option<i64>| ManagedEntry {
            manager: "m".to_owned(),
            applies: false,
            time: time.map(|time| Timestamp::from_second(time).unwrap()),
            data: Some([key.to_owned()].into()),
            string_data: None,
            immutable: false,
        };
        let of = |entries: [(&str, Option<i64>); 3]| {
            let mut fields = ManagedFields::default();
            for (key, time) in entries {
                fields.add(entry(key, time));
            }
            let keys: Vec<_> = fields.key_times.keys().cloned().collect();
            (keys.join(" "), fields.changed.map(Timestamp::as_second))
        };
        assert_eq!(
            of([("a", Some(1)), ("b", Some(3)), ("a", Some(2))]),
            ("a b".to_owned(), Some(3))
        );
        // Whichever comes first.
        assert_eq!(
            of([("a", Some(1)), ("a", None), ("b", Some(3))]),
            ("b".to_owned(), None)
        );
        assert_eq!(
            of([("a", None), ("a", Some(1)), ("b", Some(3))]),
            ("b".to_owned(), None)
        );
    }
}
