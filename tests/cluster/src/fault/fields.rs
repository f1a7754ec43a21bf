//! Which manager owns which field: sets of field paths, and `managedFields` as
//! the API server writes them.
//!
//! The model is that of a Secret: objects are walked into, everything else is
//! one field. Lists are owned whole.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// The way to a field, from the root of the object.
pub(super) type FieldPath = Vec<String>;

/// Fields of an object that a manager can own.
pub(super) type FieldSet = BTreeSet<FieldPath>;

/// What the server itself keeps and no manager owns.
const UNOWNED: [&str; 8] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "managedFields",
    "generation",
    "selfLink",
];

/// The kind of request that a `managedFields` entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Apply,
    Update,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Apply => "Apply",
            Operation::Update => "Update",
        }
    }
}

/// One entry of `managedFields` without what is the same in every entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) fields: FieldSet,
    /// RFC 3339, whole seconds.
    pub(super) time: String,
}

/// All owners of one object. The server lists those that apply before those that
/// update.
pub(super) type Owners = BTreeMap<(Operation, String), Claim>;

/// The fields that `object` sets.
pub(super) fn fields_of(object: &Value) -> FieldSet {
    let mut set = FieldSet::new();
    let mut path = FieldPath::new();
    collect(object, &mut path, &mut set);
    set
}

fn collect(value: &Value, path: &mut FieldPath, set: &mut FieldSet) {
    let Value::Object(members) = value else {
        set.insert(path.clone());
        return;
    };
    for (name, member) in members {
        let at_root = path.is_empty() && (name == "apiVersion" || name == "kind");
        let server_kept =
            path.len() == 1 && path[0] == "metadata" && UNOWNED.contains(&name.as_str());
        if at_root || server_kept || member.is_null() {
            continue;
        }
        path.push(name.clone());
        collect(member, path, set);
        path.pop();
    }
}

/// The value at `path`.
pub(super) fn get<'a>(object: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, name| value.get(name))
}

/// Sets the value at `path` and makes the objects on the way.
pub(super) fn set(object: &mut Value, path: &[String], value: Value) {
    let Some((name, rest)) = path.split_first() else {
        *object = value;
        return;
    };
    if !object.is_object() {
        *object = json!({});
    }
    if let Value::Object(members) = object {
        set(members.entry(name).or_insert(Value::Null), rest, value);
    }
}

/// Removes the field at `path`, and the object around it if that is empty then.
pub(super) fn remove(object: &mut Value, path: &[String]) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    let Value::Object(members) = object else {
        return;
    };
    if rest.is_empty() {
        members.remove(name);
    } else if let Some(member) = members.get_mut(name) {
        remove(member, rest);
        if member.as_object().is_some_and(Map::is_empty) {
            members.remove(name);
        }
    }
}

/// The owners that an object's `metadata.managedFields` names.
pub(super) fn owners_of(object: &Value) -> Owners {
    let entries = object["metadata"]["managedFields"].as_array();
    let mut owners = Owners::new();
    for entry in entries.into_iter().flatten() {
        let operation = match entry["operation"].as_str() {
            Some("Apply") => Operation::Apply,
            _ => Operation::Update,
        };
        let mut fields = FieldSet::new();
        decode(&entry["fieldsV1"], &mut FieldPath::new(), &mut fields);
        let manager = entry["manager"].as_str().unwrap_or_default().to_owned();
        let time = entry["time"].as_str().unwrap_or_default().to_owned();
        owners.insert((operation, manager), Claim { fields, time });
    }
    owners
}

fn decode(value: &Value, path: &mut FieldPath, set: &mut FieldSet) {
    let members = value.as_object().into_iter().flatten();
    let mut owned = true;
    for (name, member) in members {
        let Some(name) = name.strip_prefix("f:") else {
            continue;
        };
        owned = false;
        path.push(name.to_owned());
        decode(member, path, set);
        path.pop();
    }
    // A map with owned members is owned itself only if it says so.
    if !path.is_empty() && (owned || value.get(".").is_some()) {
        set.insert(path.clone());
    }
}

/// Writes the owners into `metadata.managedFields`; those of nothing are left
/// out.
pub(super) fn write_owners(object: &mut Value, owners: &Owners) {
    let entries: Vec<Value> = owners
        .iter()
        .filter(|(_, claim)| !claim.fields.is_empty())
        .map(|((operation, manager), claim)| {
            let fields = encode(&claim.fields);
            json!({
                "manager": manager, "operation": operation.name(), "apiVersion": "v1",
                "time": claim.time, "fieldsType": "FieldsV1", "fieldsV1": fields,
            })
        })
        .collect();
    object["metadata"]["managedFields"] = Value::Array(entries);
}

fn encode(fields: &FieldSet) -> Value {
    let mut encoded = json!({});
    // In this order a map comes after its members, and one that is owned itself
    // shows it only if it has some.
    for path in fields.iter().rev() {
        let steps: FieldPath = path.iter().map(|name| format!("f:{name}")).collect();
        if get(&encoded, &steps).is_some() {
            set(
                &mut encoded,
                &[steps, vec![".".to_owned()]].concat(),
                json!({}),
            );
        } else {
            set(&mut encoded, &steps, json!({}));
        }
    }
    encoded
}

/// Records that `manager` made `new` out of `old` by an ordinary write: it owns
/// what it changed and the maps it made for that, and nobody else does any
/// longer.
pub(super) fn record_update(old: &Value, new: &mut Value, manager: &str, time: &str) {
    let present = with_maps(fields_of(new));
    let changed = changed(old, new);
    let mut owners = owners_of(old);
    for claim in owners.values_mut() {
        claim
            .fields
            .retain(|path| present.contains(path) && !changed.contains(path));
    }
    if !changed.is_empty() {
        let claim = owners
            .entry((Operation::Update, manager.to_owned()))
            .or_insert_with(|| Claim {
                fields: FieldSet::new(),
                time: String::new(),
            });
        claim.fields.extend(changed);
        time.clone_into(&mut claim.time);
    }
    write_owners(new, &owners);
}

/// The fields that `new` sets to another value than `old`, and the maps that are
/// in `new` alone.
pub(super) fn changed(old: &Value, new: &Value) -> FieldSet {
    let mut fields = with_maps(fields_of(new));
    fields.retain(|path| match (get(old, path), get(new, path)) {
        (Some(Value::Object(_)), Some(Value::Object(_))) => false,
        (old, new) => old != new,
    });
    fields
}

/// The fields and the maps around them.
fn with_maps(fields: FieldSet) -> FieldSet {
    let mut all = FieldSet::new();
    for path in fields {
        let maps = (1..path.len()).map(|length| path[..length].to_vec());
        all.extend(maps.filter(|map| *map != ["metadata"]));
        all.insert(path);
    }
    all
}
