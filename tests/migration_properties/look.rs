//! Looking at a workload's JSON, without the program's own model of it.

use serde_json::Value;

/// The pod's specification.
pub fn pod(object: &Value) -> &Value {
    let spec = &object["spec"];
    match object["kind"].as_str().unwrap() {
        "Pod" => spec,
        "CronJob" => &spec["jobTemplate"]["spec"]["template"]["spec"],
        _ => &spec["template"]["spec"],
    }
}

pub fn pod_mut(object: &mut Value) -> &mut Value {
    let kind = object["kind"].as_str().unwrap().to_owned();
    let spec = &mut object["spec"];
    match kind.as_str() {
        "Pod" => spec,
        "CronJob" => &mut spec["jobTemplate"]["spec"]["template"]["spec"],
        _ => &mut spec["template"]["spec"],
    }
}

pub const LISTS: [&str; 2] = ["initContainers", "containers"];

/// Containers and init containers.
pub fn containers(object: &Value) -> impl Iterator<Item = &Value> {
    let pod = pod(object);
    LISTS.into_iter().flat_map(|list| items(pod, list))
}

/// The same container before and after.
pub fn pairs<'a>(
    before: &'a Value,
    after: &'a Value,
) -> impl Iterator<Item = (&'a Value, &'a Value)> {
    containers(before).zip(containers(after))
}

pub fn items<'a>(value: &'a Value, list: &str) -> &'a [Value] {
    value[list].as_array().map_or(&[], Vec::as_slice)
}

pub fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap()
}

/// All texts below a value.
pub fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

/// The texts that a container's own processes are started with, and its
/// literal values: everything that may use a variable.
pub fn uses(container: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    for field in ["command", "args", "livenessProbe", "lifecycle"] {
        texts(&container[field], &mut found);
    }
    for entry in items(container, "env") {
        texts(&entry["value"], &mut found);
    }
    for mount in items(container, "volumeMounts") {
        texts(&mount["subPathExpr"], &mut found);
    }
    found
}

/// A file of a container, and what stands behind it.
pub struct File<'a> {
    /// `secret`, or one source of `projected`.
    pub source: &'a Value,
    pub secret: &'a str,
    /// The key; `None` where the source lists none and shows all.
    pub key: Option<&'a str>,
}

/// What is at a path of a container: worked out from its mounts and volumes.
pub fn files<'a>(object: &'a Value, container: &'a Value, path: &str) -> Vec<File<'a>> {
    let mut found = Vec::new();
    for mount in items(container, "volumeMounts") {
        // What is mounted then is not the volume's root.
        if mount["subPath"].is_string() || mount["subPathExpr"].is_string() {
            continue;
        }
        let folder = mount["mountPath"]
            .as_str()
            .unwrap()
            .trim_end_matches(['/', '\\']);
        let Some(inside) = path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix(['/', '\\']))
        else {
            continue;
        };
        for volume in items(pod(object), "volumes") {
            if volume["name"] != mount["name"] {
                continue;
            }
            let single = (&volume["secret"], &volume["secret"]["secretName"]);
            let several = items(&volume["projected"], "sources")
                .iter()
                .map(|source| (&source["secret"], &source["secret"]["name"]));
            for (source, secret) in several.chain([single]) {
                let Some(secret) = secret.as_str() else {
                    continue;
                };
                let of = |key| File {
                    source,
                    secret,
                    key,
                };
                let listed = items(source, "items");
                // A whole Secret has no folders.
                if listed.is_empty() && !inside.contains('/') {
                    found.push(of(None));
                }
                for item in listed {
                    if item["path"] == inside {
                        found.push(of(item["key"].as_str()));
                    }
                }
            }
        }
    }
    found
}
