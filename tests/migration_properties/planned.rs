//! A scene with its plan, and the object before and after it.

use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Inventory, Scope};
use kubectl_secretsafe::manifest::{SourceText, json_patch};
use kubectl_secretsafe::migration::{Fate, Options, Plan, Variable, plan};
use kubectl_secretsafe::workload::{Object, Workload};
use serde_json::{Value, json};

use crate::generate::Scene;

pub struct Planned {
    pub inventory: Inventory,
    pub plan: Plan,
    pub before: Value,
    pub after: Value,
}

/// The documents of a scene, as files have them.
pub fn text(scene: &Scene, object: &Value) -> String {
    let documents = |kind: &'static str, objects: &std::collections::BTreeMap<String, _>| {
        objects
            .iter()
            .map(move |(name, keys): (&String, &std::collections::BTreeSet<String>)| {
                let data: serde_json::Map<_, _> = keys
                    .iter()
                    .map(|key| (key.clone(), Value::from("eA==")))
                    .collect();
                json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "data": data})
            })
            .collect::<Vec<_>>()
    };
    let mut all = documents("Secret", &scene.known.secrets);
    all.extend(documents("ConfigMap", &scene.known.config_maps));
    all.push(object.clone());
    let all: Vec<_> = all.iter().map(Value::to_string).collect();
    all.join("\n---\n")
}

pub fn inventory(text: String) -> Inventory {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(Scope::Files(FileSet::Open), "default", now);
    let problems = builder.add_file(SourceText::new("scene.yaml", text), GitStatus::Outside);
    assert!(problems.is_empty());
    builder.finish()
}

pub fn subject(inventory: &Inventory) -> (&Workload, &Object) {
    let [workload] = &inventory.workloads[..] else {
        panic!("a scene has one workload");
    };
    (workload, inventory.object_of(workload).unwrap())
}

impl Planned {
    pub fn of(scene: &Scene) -> Self {
        Self::again(scene, &scene.object, &scene.options)
    }

    /// The plan for another state of the object, or other wishes.
    pub fn again(scene: &Scene, object: &Value, options: &Options) -> Self {
        let inventory = inventory(text(scene, object));
        let (workload, found) = subject(&inventory);
        let plan = plan(&inventory, workload, found, options, &scene.observed);
        let before = json_patch::value(&found.root).unwrap();
        let mut after = before.clone();
        json_patch::apply(&mut after, &plan.operations).unwrap();
        Self {
            inventory,
            plan,
            before,
            after,
        }
    }

    /// Variables that go from a container.
    pub fn gone(&self, container: &str) -> impl Iterator<Item = &Variable> {
        self.plan.variables.iter().filter(move |variable| {
            variable.container == container
                && matches!(
                    variable.fate,
                    Fate::Removed | Fate::Shimmed | Fate::Replaced { .. }
                )
        })
    }
}
