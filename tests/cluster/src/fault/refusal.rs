//! The refusals of the API server, in its words: `metav1.Status` as v1.37 sends
//! it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::apply::FieldConflict;
use super::fields::Operation;
use super::reply::Reply;

/// There is no such object.
pub(super) fn not_found(resource: &str, name: &str) -> Reply {
    // As apimachinery's `NewNotFound`: the group stands elsewhere.
    let (kind, group) = resource.split_once('.').unwrap_or((resource, ""));
    let details = json!({"name": name, "kind": kind, "group": group});
    detailed(
        404,
        "NotFound",
        &format!("{resource} \"{name}\" not found"),
        &details,
    )
}

/// A `POST` for a name that is taken.
pub(super) fn already_exists(name: &str) -> Reply {
    let details = json!({"name": name, "kind": "secrets"});
    detailed(
        409,
        "AlreadyExists",
        &format!("secrets \"{name}\" already exists"),
        &details,
    )
}

/// A write that was made for another state of the object.
pub(super) fn conflict(kind: &str, name: &str, detail: &str) -> Reply {
    let message = format!("Operation cannot be fulfilled on {kind} \"{name}\": {detail}");
    detailed(
        409,
        "Conflict",
        &message,
        &json!({"name": name, "kind": kind}),
    )
}

/// A field of a Secret that is not allowed to be so.
pub(super) fn invalid_field(name: &str, field: &str, reason: &str, detail: &str) -> Reply {
    let message = format!("Secret \"{name}\" is invalid: {field}: {detail}");
    let cause = json!({"reason": reason, "message": detail, "field": field});
    detailed(
        422,
        "Invalid",
        &message,
        &json!({"name": name, "kind": "Secret", "causes": [cause]}),
    )
}

/// A patch that does not apply; the server does not say where.
pub(super) fn patch_failed() -> Reply {
    let message = "the server rejected our request due to an error in our request";
    detailed(422, "Invalid", message, &json!({}))
}

/// A server error; the API server gives these no reason.
pub(super) fn internal(message: &str) -> Reply {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "code": 500,
    });
    Reply::json(500, &body)
}

/// Fields of an apply that other managers own with other values.
pub(super) fn field_conflicts(found: &[FieldConflict]) -> Reply {
    let owner = |conflict: &FieldConflict| match conflict.operation {
        Operation::Apply => format!("\"{}\"", conflict.manager),
        Operation::Update => format!("\"{}\" using v1", conflict.manager),
    };
    let field = |conflict: &FieldConflict| format!(".{}", conflict.path.join("."));
    let listing = match found {
        [only] => format!("1 conflict: conflict with {}: {}", owner(only), field(only)),
        several => {
            let mut fields_by_owner: BTreeMap<String, String> = BTreeMap::new();
            for one in several {
                let fields = fields_by_owner.entry(owner(one)).or_default();
                fields.push_str("\n- ");
                fields.push_str(&field(one));
            }
            let owners = fields_by_owner.iter();
            let groups: Vec<String> = owners
                .map(|(owner, fields)| format!("conflicts with {owner}:{fields}"))
                .collect();
            format!("{} conflicts: {}", several.len(), groups.join("\n"))
        }
    };
    let cause = |one: &FieldConflict| {
        let message = format!("conflict with {}", owner(one));
        json!({"reason": "FieldManagerConflict", "message": message, "field": field(one)})
    };
    let causes: Vec<Value> = found.iter().map(cause).collect();
    let message = format!("Apply failed with {listing}");
    detailed(409, "Conflict", &message, &json!({"causes": causes}))
}

fn detailed(code: u16, reason: &str, message: &str, details: &Value) -> Reply {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "details": details, "code": code,
    });
    Reply::json(code, &body)
}
