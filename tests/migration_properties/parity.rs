//! The plan of a file and of the same object in a cluster, which has every
//! default that a server adds.

use kubectl_secretsafe::inventory::{Builder, Scope};
use kubectl_secretsafe::manifest::{json_patch, parse_json};
use kubectl_secretsafe::migration::plan;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::generate::{SECRETS, scenes};
use crate::look::{LISTS, pod_mut};
use crate::planned::Planned;

/// Sets a field that is not there.
fn default(value: &mut Value, field: &str, content: Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.entry(field).or_insert(content);
    }
}

/// The object as a server gives it (kubernetes/kubernetes
/// `pkg/apis/core/v1/defaults.go`).
fn with_defaults(object: &Value) -> Value {
    let mut object = object.clone();
    let pod = pod_mut(&mut object);
    for (field, content) in [
        ("restartPolicy", json!("Always")),
        ("dnsPolicy", json!("ClusterFirst")),
        ("schedulerName", json!("default-scheduler")),
        ("terminationGracePeriodSeconds", json!(30)),
        ("securityContext", json!({})),
    ] {
        default(pod, field, content);
    }
    for volume in pod["volumes"].as_array_mut().into_iter().flatten() {
        for kind in ["secret", "configMap", "projected"] {
            if let Some(found) = volume.get_mut(kind) {
                default(found, "defaultMode", json!(420));
            }
        }
        let sources = volume.pointer_mut("/projected/sources");
        for source in sources.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(token) = source.get_mut("serviceAccountToken") {
                default(token, "expirationSeconds", json!(3600));
            }
        }
    }
    for list in LISTS {
        for container in pod
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            default(container, "imagePullPolicy", json!("IfNotPresent"));
            default(container, "resources", json!({}));
            default(
                container,
                "terminationMessagePath",
                json!("/dev/termination-log"),
            );
            for entry in container
                .get_mut("env")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                if let Some(field) = entry.pointer_mut("/valueFrom/fieldRef") {
                    default(field, "apiVersion", json!("v1"));
                }
            }
            // What is empty is not sent.
            let fields: Map<_, _> = container
                .as_object()
                .unwrap()
                .iter()
                .filter(|(_, value)| **value != json!([]) && **value != Value::Null)
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            *container = Value::Object(fields);
        }
    }
    object["metadata"]["namespace"] = "default".into();
    object["metadata"]["uid"] = "0".into();
    object["metadata"]["resourceVersion"] = "1".into();
    object["status"] = json!({"observedGeneration": 1});
    object
}

proptest! {
    #![proptest_config(crate::generate::cases())]

    /// Fails when a volume that says nothing of its mode is not taken for one
    /// of 0644.
    ///
    /// Invariant 58.
    #[test]
    fn a_file_and_the_live_object_have_the_same_plan(scene in scenes()) {
        let mut scene = scene;
        // In a cluster it is known of every Secret whether it is there.
        let object = scene.object.to_string().replace(SECRETS[3], SECRETS[0]);
        scene.object = serde_json::from_str(&object).unwrap();
        for name in &SECRETS[..3] {
            scene.known.secrets.entry((*name).to_owned()).or_default().insert("password".to_owned());
        }
        // Of a ConfigMap whose lists show no keys, it is not known that it has none.
        for keys in scene.known.config_maps.values_mut() {
            keys.insert("LEVEL".to_owned());
        }
        let file = Planned::of(&scene);
        let live = with_defaults(&scene.object);
        let scope = Scope::Cluster { name: "c".to_owned(), minor: None };
        let mut builder = Builder::new(scope, "default", file.inventory.now);
        for facts in file.inventory.secrets() {
            builder.add_secret(facts.clone());
        }
        for object in &file.inventory.objects {
            if object.id.kind == "ConfigMap" {
                let value = json_patch::value(&object.root).unwrap();
                builder.add_live(parse_json(&value.to_string()).unwrap());
            }
        }
        builder.add_live(parse_json(&live.to_string()).unwrap());
        let inventory = builder.finish();
        let Some(workload) = inventory.workloads.first() else {
            // A bare pod is known as a pod, and never changed.
            return Ok(());
        };
        let Some(object) = inventory.object_of(workload) else {
            return Ok(());
        };
        let plan = plan(&inventory, workload, object, &scene.options, &scene.observed);
        let mut after = live;
        json_patch::apply(&mut after, &plan.operations).unwrap();
        prop_assert_eq!(with_defaults(&file.after), with_defaults(&after));
        let fates = |plan: &kubectl_secretsafe::migration::Plan| -> Vec<_> {
            plan.variables
                .iter()
                .map(|variable| (variable.name.clone(), variable.container.clone(), variable.fate.clone(), variable.file.clone()))
                .map(|(name, container, fate, file)| format!("{container} {name} {file:?} {}", told(&fate)))
                .collect()
        };
        prop_assert_eq!(fates(&file.plan), fates(&plan));
        prop_assert_eq!(&file.plan.notes, &plan.notes);
        prop_assert_eq!(file.plan.volumes, plan.volumes);
        prop_assert_eq!(file.plan.mounts.len(), plan.mounts.len());
    }
}

/// A fate without the places of a file.
fn told(fate: &kubectl_secretsafe::migration::Fate) -> String {
    use kubectl_secretsafe::migration::{Fate, KeepReason};
    match fate {
        Fate::Kept(KeepReason::UsedIn(places)) => {
            let places: Vec<_> = places
                .iter()
                .map(|place| place.text.site.path.as_str())
                .collect();
            format!("used in {places:?}")
        }
        other => format!("{other:?}"),
    }
}
