//! The part of the Kubernetes API that the server answers: which request means
//! which operation on the store.

use http::Method;
use serde_json::{Value, json};

use super::Recorded;
use super::apply::Conflicts;
use super::grants::Grants;
use super::refusal::not_found;
use super::reply::Reply;
use super::store::{Key, Persistence, Store, Written};
use super::workloads::{Resource, Workloads};

/// Carries a request out and gives the true answer.
pub(super) fn answer(
    store: &mut Store,
    workloads: &mut Workloads,
    grants: Option<&Grants>,
    request: &Recorded,
) -> Reply {
    route(store, workloads, grants, request).unwrap_or_else(|refusal| refusal)
}

fn route(
    store: &mut Store,
    workloads: &mut Workloads,
    grants: Option<&Grants>,
    request: &Recorded,
) -> Result<Reply, Reply> {
    let path = request.path.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match segments.as_slice() {
        ["version"] => read(request, version),
        ["api"] => read(
            request,
            || json!({"kind": "APIVersions", "versions": ["v1"]}),
        ),
        ["api", "v1"] => read(request, core_resources),
        ["apis"] => read(request, api_groups),
        [
            "apis",
            "authorization.k8s.io",
            "v1",
            "selfsubjectaccessreviews",
        ] => review(grants, request),
        ["apis", "authorization.k8s.io", "v1"] => read(request, authorization_resources),
        ["apis", group, "v1"] => read(request, || workload_resources(group)),
        ["api", "v1", "namespaces", name] => {
            store.check_namespace(name)?;
            read(request, || namespace(name))
        }
        ["api", "v1", "namespaces", namespace, "secrets"] => secrets(store, request, namespace),
        ["api", "v1", "namespaces", namespace, "secrets", name] => {
            secret(store, request, (namespace.to_string(), name.to_string()))
        }
        ["api", "v1", "secrets"] => match request.method {
            Method::GET => Ok(list(store, request, None)),
            _ => Err(not_allowed()),
        },
        ["apis", group, "v1", plural] => workloads_of(workloads, request, (group, plural), None),
        ["apis", group, "v1", "namespaces", namespace, plural] => {
            if request.method != Method::POST {
                return workloads_of(workloads, request, (group, plural), Some(namespace));
            }
            let resource = Resource::find(group, plural).ok_or_else(not_served)?;
            let object = json_body(request, Value::is_object)?;
            workloads.create(resource, namespace, object, persistence(request))
        }
        ["apis", group, "v1", plural, name] => {
            let resource = Resource::find(group, plural).ok_or_else(not_served)?;
            let key = (resource, (String::new(), name.to_string()));
            let operations = || json_body(request, Value::is_array);
            workloads.answer(request, key, operations, persistence(request))
        }
        ["api", "v1", plural @ ("pods" | "events")] => {
            workloads_of(workloads, request, ("", plural), None)
        }
        [
            "api",
            "v1",
            "namespaces",
            namespace,
            plural @ ("pods" | "events"),
        ] => workloads_of(workloads, request, ("", plural), Some(namespace)),
        ["apis", group, "v1", "namespaces", namespace, plural, name] => {
            let resource = Resource::find(group, plural).ok_or_else(not_served)?;
            let key = (namespace.to_string(), name.to_string());
            if request.method == Method::DELETE {
                let options = json_body(request, Value::is_object)?;
                return workloads.delete(&(resource, key), &options["preconditions"]);
            }
            if !matches!(request.method, Method::GET | Method::PATCH) {
                return Err(not_allowed());
            }
            let operations = || json_body(request, Value::is_array);
            workloads.answer(request, (resource, key), operations, persistence(request))
        }
        _ => Err(not_served()),
    }
}

/// Discovery of a group: the workloads that the server has of it.
fn workload_resources(group: &str) -> Value {
    let plurals: &[&str] = match group {
        "apps" => &["deployments", "replicasets", "statefulsets"],
        "batch" => &["cronjobs"],
        "external-secrets.io" => &["clustersecretstores", "externalsecrets", "secretstores"],
        _ => &[],
    };
    let resources: Vec<_> = plurals
        .iter()
        .map(|plural| json!({"name": plural, "namespaced": true, "verbs": ["list"]}))
        .collect();
    json!({
        "kind": "APIResourceList", "apiVersion": "v1",
        "groupVersion": format!("{group}/v1"), "resources": resources,
    })
}

fn not_served() -> Reply {
    let message = "the server could not find the requested resource";
    Reply::status(404, "NotFound", message)
}

/// A list of workloads, or of what belongs to them.
fn workloads_of(
    workloads: &mut Workloads,
    request: &Recorded,
    (group, plural): (&str, &str),
    namespace: Option<&str>,
) -> Result<Reply, Reply> {
    let list = workloads
        .list(group, plural, namespace)
        .ok_or_else(not_served)?;
    match request.method {
        Method::GET => Ok(list),
        _ => Err(not_allowed()),
    }
}

fn secrets(store: &mut Store, request: &Recorded, namespace: &str) -> Result<Reply, Reply> {
    match request.method {
        Method::GET => Ok(list(store, request, Some(namespace))),
        Method::POST => {
            let object = json_body(request, Value::is_object)?;
            let manager = manager(request);
            written(store.create(namespace, object, &manager, persistence(request))?)
        }
        _ => Err(not_allowed()),
    }
}

fn secret(store: &mut Store, request: &Recorded, key: Key) -> Result<Reply, Reply> {
    match request.method {
        Method::GET => {
            let object = store
                .get(&key)
                .ok_or_else(|| not_found("secrets", &key.1))?;
            let shown = match accepted_form(request) {
                Form::Whole => object.clone(),
                Form::Metadata => metadata_only(object),
                Form::Table => table(std::slice::from_ref(object), &object["metadata"]),
            };
            Ok(Reply::json(200, &shown))
        }
        Method::PATCH => patch(store, request, key),
        Method::DELETE => {
            let options = if request.body.is_empty() {
                Value::Null
            } else {
                json_body(request, Value::is_object)?
            };
            let status = store.delete(&key, &options["preconditions"], persistence(request))?;
            Ok(Reply::json(200, &status))
        }
        _ => Err(not_allowed()),
    }
}

fn patch(store: &mut Store, request: &Recorded, key: Key) -> Result<Reply, Reply> {
    let persistence = persistence(request);
    match request.header("content-type").unwrap_or_default() {
        "application/apply-patch+yaml" => {
            let Some(manager) = request.query("fieldManager") else {
                let message = "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch";
                return Err(Reply::status(422, "Invalid", message));
            };
            let body = json_body(request, Value::is_object)?;
            for (field, expected) in [("name", &key.1), ("namespace", &key.0)] {
                let Some(given) = body["metadata"][field].as_str() else {
                    continue;
                };
                if given != expected {
                    let message = format!(
                        "the {field} of the object ({given}) does not match the {field} on the URL ({expected})"
                    );
                    return Err(Reply::status(400, "BadRequest", &message));
                }
            }
            let conflicts = match request.query("force").as_deref() {
                Some("true" | "1") => Conflicts::Force,
                _ => Conflicts::Refuse,
            };
            written(store.apply(key, body, &manager, conflicts, persistence)?)
        }
        "application/json-patch+json" => {
            let operations = json_body(request, Value::is_array)?;
            written(store.json_patch(key, &operations, &manager(request), persistence)?)
        }
        _ => {
            let message = "415: Unsupported Media Type";
            Err(Reply::status(415, "UnsupportedMediaType", message))
        }
    }
}

fn written(written: Written) -> Result<Reply, Reply> {
    Ok(match written {
        Written::Created(object) => Reply::json(201, &object),
        Written::Updated(object) => Reply::json(200, &object),
    })
}

/// The forms a client can ask for in `Accept`.
enum Form {
    Whole,
    Metadata,
    Table,
}

fn accepted_form(request: &Recorded) -> Form {
    let accept = request.header("accept").unwrap_or_default();
    if accept.contains("as=Table") {
        Form::Table
    } else if accept.contains("as=PartialObjectMetadata") {
        Form::Metadata
    } else {
        Form::Whole
    }
}

fn metadata_only(object: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": object["metadata"],
    })
}

fn list(store: &Store, request: &Recorded, namespace: Option<&str>) -> Reply {
    let objects = store.list(namespace);
    let metadata = json!({"resourceVersion": store.revision().to_string()});
    let body = match accepted_form(request) {
        Form::Whole => {
            json!({"kind": "SecretList", "apiVersion": "v1", "metadata": metadata, "items": objects})
        }
        Form::Metadata => {
            let items: Vec<Value> = objects.iter().map(metadata_only).collect();
            json!({
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata, "items": items,
            })
        }
        Form::Table => table(&objects, &metadata),
    };
    Reply::json(200, &body)
}

fn table(objects: &[Value], metadata: &Value) -> Value {
    let columns = ["Name", "Type", "Data"].map(|name| json!({"name": name}));
    let rows: Vec<Value> = objects.iter().map(row).collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
        "columnDefinitions": columns, "rows": rows,
    })
}

fn row(object: &Value) -> Value {
    let keys = object["data"].as_object().map_or(0, serde_json::Map::len);
    let cells = json!([object["metadata"]["name"], object["type"], keys]);
    json!({"cells": cells, "object": metadata_only(object)})
}

fn review(grants: Option<&Grants>, request: &Recorded) -> Result<Reply, Reply> {
    if request.method != Method::POST {
        return Err(not_allowed());
    }
    let mut review = json_body(request, Value::is_object)?;
    let allowed = grants.is_none_or(|grants| grants.review(&review));
    review["status"] = json!({"allowed": allowed});
    Ok(Reply::json(201, &review))
}

fn read(request: &Recorded, body: impl FnOnce() -> Value) -> Result<Reply, Reply> {
    if request.method != Method::GET {
        return Err(not_allowed());
    }
    Ok(Reply::json(200, &body()))
}

fn version() -> Value {
    json!({"major": "1", "minor": "37", "gitVersion": "v1.37.2", "platform": "linux/amd64"})
}

fn api_groups() -> Value {
    let version = json!({"groupVersion": "authorization.k8s.io/v1", "version": "v1"});
    let group = json!({
        "name": "authorization.k8s.io", "versions": [version], "preferredVersion": version,
    });
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]})
}

fn core_resources() -> Value {
    json!({"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        {"name": "namespaces", "singularName": "namespace", "namespaced": false, "kind": "Namespace",
         "verbs": ["get"]},
        {"name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret",
         "verbs": ["create", "delete", "get", "list", "patch"]},
        {"name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod",
         "verbs": ["list", "watch"]},
        {"name": "events", "singularName": "event", "namespaced": true, "kind": "Event",
         "verbs": ["list", "watch"]},
    ]})
}

fn authorization_resources() -> Value {
    json!({"kind": "APIResourceList", "groupVersion": "authorization.k8s.io/v1", "resources": [
        {"name": "selfsubjectaccessreviews", "singularName": "selfsubjectaccessreview",
         "namespaced": false, "kind": "SelfSubjectAccessReview", "verbs": ["create"]},
    ]})
}

fn namespace(name: &str) -> Value {
    json!({
        "kind": "Namespace", "apiVersion": "v1",
        "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
        "status": {"phase": "Active"},
    })
}

/// The JSON in the body, if it is of the kind the request needs.
fn json_body(request: &Recorded, is_kind: fn(&Value) -> bool) -> Result<Value, Reply> {
    let body = serde_json::from_slice(&request.body).ok().filter(is_kind);
    body.ok_or_else(|| {
        let message = "the body of the request is not the JSON that it has to be";
        Reply::status(400, "BadRequest", message)
    })
}

/// The field manager named in the query, or else the program in `User-Agent`.
fn manager(request: &Recorded) -> String {
    let program = || {
        let agent = request.header("user-agent").unwrap_or("unknown");
        agent.split('/').next().unwrap_or(agent).to_owned()
    };
    request.query("fieldManager").unwrap_or_else(program)
}

fn persistence(request: &Recorded) -> Persistence {
    match request.query("dryRun").as_deref() {
        Some("All") => Persistence::DryRun,
        _ => Persistence::Stored,
    }
}

fn not_allowed() -> Reply {
    let message = "the server does not allow this method on the requested resource";
    Reply::status(405, "MethodNotAllowed", message)
}
