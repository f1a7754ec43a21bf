//! Random kustomizations: bases, overlays one to three deep, components, both
//! kinds of patches, generators, and everything that changes names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::objects::{self, NAMES, NAMESPACES, Random, SECRETS};

/// Writes a tree of kustomizations; returns the folder of the outermost.
pub fn tree(seed: u64, place: &Path) -> PathBuf {
    let mut making = Making {
        random: Random::new(seed),
        place: place.to_owned(),
        folders: 0,
        generated: 0,
        seen: BTreeSet::new(),
    };
    let depth = making.random.below(4);
    let (folder, _) = making.layer(depth);
    place.join(folder)
}

struct Making {
    random: Random,
    place: PathBuf,
    folders: usize,
    generated: usize,
    /// Objects, and generated ones, that are there already.
    seen: BTreeSet<String>,
}

impl Making {
    /// JSON is YAML too; the other spellings are the themes'.
    fn write(&self, path: &str, value: &Value) {
        self.write_text(path, &value.to_string());
    }

    fn write_text(&self, path: &str, text: &str) {
        let path = self.place.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn new_object(&mut self) -> Option<Value> {
        let object = objects::object(&mut self.random);
        let key = format!(
            "{} {} {}",
            object["kind"], object["metadata"]["name"], object["metadata"]["namespace"]
        );
        self.seen.insert(key).then_some(object)
    }

    /// A kustomization and what it builds on; its folder, and all objects.
    fn layer(&mut self, depth: usize) -> (String, Vec<Value>) {
        self.folders += 1;
        let folder = format!("k{}", self.folders);
        let mut all = Vec::new();
        let mut resources = Vec::new();
        let bases = if depth == 0 {
            0
        } else {
            1 + usize::from(self.random.percent(25))
        };
        for _ in 0..bases {
            let (base, objects) = self.layer(depth - 1);
            resources.push(format!("../{base}"));
            all.extend(objects);
        }
        for index in 0..=self.random.below(3) {
            let own: Vec<_> = (0..=self.random.below(2))
                .filter_map(|_| self.new_object())
                .collect();
            if own.is_empty() {
                continue;
            }
            let file = format!("o{index}.yaml");
            let path = format!("{folder}/{file}");
            if self.random.percent(15) {
                self.write(
                    &path,
                    &json!({"apiVersion": "v1", "kind": "List", "items": own}),
                );
            } else {
                let texts: Vec<_> = own.iter().map(Value::to_string).collect();
                self.write_text(&path, &texts.join("\n---\n"));
            }
            resources.push(file);
            all.extend(own);
        }
        let mut components = Vec::new();
        if self.random.percent(25) {
            let component = format!("{folder}-part");
            let mut kustomization = self.kustomization(&component, &all);
            kustomization["apiVersion"] = json!("kustomize.config.k8s.io/v1alpha1");
            kustomization["kind"] = json!("Component");
            self.write(&format!("{component}/kustomization.yaml"), &kustomization);
            components.push(format!("../{component}"));
        }
        let mut kustomization = self.kustomization(&folder, &all);
        kustomization["resources"] = json!(resources);
        if !components.is_empty() {
            kustomization["components"] = json!(components);
        }
        let name = self
            .random
            .pick(&["kustomization.yaml", "kustomization.yml", "Kustomization"]);
        self.write(&format!("{folder}/{name}"), &kustomization);
        (folder, all)
    }

    fn kustomization(&mut self, folder: &str, all: &[Value]) -> Value {
        let mut own = json!({});
        let choices = [
            (30, "namespace", json!(self.random.pick(&NAMESPACES))),
            (25, "namePrefix", json!(self.random.pick(&["p-", "q-"]))),
            (20, "nameSuffix", json!(self.random.pick(&["-s", "-t"]))),
            (15, "commonLabels", json!({"cl": "1"})),
            (15, "commonAnnotations", json!({"ca": "1"})),
            (
                15,
                "labels",
                json!([{"pairs": {"l": "1"}, "includeSelectors": self.random.percent(30), "includeTemplates": self.random.percent(40)}]),
            ),
            (
                8,
                "generatorOptions",
                json!({"labels": {"go": "1"}, "disableNameSuffixHash": self.random.percent(50)}),
            ),
            (
                25,
                "images",
                json!([self.random.pick(&[
                    json!({"name": "nginx", "newTag": "9"}),
                    json!({"name": "nginx", "newName": "mirror.example/nginx"}),
                    json!({"name": "app", "digest": "sha256:ff"}),
                    json!({"name": "reg.example:5000/app", "newTag": "7"}),
                ])]),
            ),
        ];
        for (percent, field, value) in choices {
            if self.random.percent(percent) {
                own[field] = value;
            }
        }
        if self.random.percent(40) {
            let (field, generator) = self.generator(folder);
            own[field] = json!([generator]);
        }
        for index in 0..self.random.below(3) {
            if let Some(object) = (!all.is_empty()).then(|| self.random.pick(all)) {
                self.change(folder, index, &object, &mut own);
            }
        }
        // An empty one is refused.
        if own.as_object().unwrap().is_empty() {
            own["commonAnnotations"] = json!({"only": "this"});
        }
        own
    }

    fn generator(&mut self, folder: &str) -> (&'static str, Value) {
        let field = self.random.pick(&["secretGenerator", "configMapGenerator"]);
        self.generated += 1;
        let name = match self.random.percent(40) {
            true => self.random.pick(&SECRETS).to_owned(),
            false => format!("g{}", self.generated),
        };
        let kind = if field == "secretGenerator" {
            "Secret"
        } else {
            "ConfigMap"
        };
        let mut entry = json!({"name": name, "literals": ["k=v", "j='q q'", "w=a=b"]});
        if !self.seen.insert(format!("{kind} {name}")) {
            entry["behavior"] = json!(self.random.pick(&["merge", "replace"]));
        }
        if self.random.percent(30) {
            self.write_text(&format!("{folder}/f.txt"), &"long ".repeat(30));
            entry["files"] = json!(["f.txt", "key=f.txt"]);
        }
        if self.random.percent(30) {
            self.write_text(
                &format!("{folder}/e.env"),
                "# c\nE1=1\n E2=two words \n\nE3\n",
            );
            entry["envs"] = json!(["e.env"]);
        }
        if self.random.percent(30) {
            entry["options"] = self.random.pick(&[
                json!({"disableNameSuffixHash": true}),
                json!({"labels": {"g": "1"}, "immutable": true}),
            ]);
        }
        (field, entry)
    }

    fn target(&mut self, object: &Value) -> Value {
        let mut target =
            json!({"kind": self.random.pick(&[object["kind"].clone(), json!("Deploy.*|Pod")])});
        if self.random.percent(70) {
            target["name"] = self.random.pick(&[
                object["metadata"]["name"].clone(),
                json!("a.*"),
                json!("(api|web)"),
            ]);
        }
        if self.random.percent(15) {
            target["labelSelector"] =
                json!(self.random.pick(&["app=api", "!tier", "app in (api, web)"]));
        }
        target
    }

    fn change(&mut self, folder: &str, index: usize, object: &Value, own: &mut Value) {
        let (field, entry) = match self.random.below(10) {
            0..=3 => {
                let patch = objects::strategic(&mut self.random, object);
                let mut entry = self.inline_or_file(folder, &format!("p{index}.yaml"), &patch);
                if self.random.percent(40) {
                    entry["target"] = self.target(object);
                }
                ("patches", entry)
            }
            4..=6 => {
                let patch = objects::operations(&mut self.random, object);
                let mut entry = self.inline_or_file(folder, &format!("j{index}.yaml"), &patch);
                entry["target"] = self.target(object);
                ("patches", entry)
            }
            7 => {
                let patch = objects::strategic(&mut self.random, object);
                let file = format!("s{index}.yaml");
                self.write(&format!("{folder}/{file}"), &patch);
                ("patchesStrategicMerge", json!(file))
            }
            8 => {
                let path = self.random.pick(&[
                    "spec.template.spec.containers.[name=main].image",
                    "spec.template.spec.containers.*.image",
                    "metadata.annotations.rep",
                    "spec.template.spec.containers.[name=main].env.[name=NEW].value",
                ]);
                let mut options = json!({"create": true});
                if self.random.percent(30) {
                    options = json!({"create": true, "delimiter": ":", "index": self.random.pick(&[0, 1, 5])});
                }
                let select = json!({"kind": "Deployment", "name": self.random.pick(&NAMES)});
                let source = json!({"kind": object["kind"], "name": object["metadata"]["name"]});
                let target = json!({"select": select, "fieldPaths": [path], "options": options});
                (
                    "replacements",
                    json!({"source": source, "targets": [target]}),
                )
            }
            _ => {
                if !self.seen.insert("VAR".to_owned()) {
                    return;
                }
                let object = json!({"kind": object["kind"], "name": object["metadata"]["name"], "apiVersion": object["apiVersion"]});
                ("vars", json!({"name": "VAR", "objref": object}))
            }
        };
        match own[field].as_array_mut() {
            Some(list) => list.push(entry),
            None => own[field] = json!([entry]),
        }
    }

    fn inline_or_file(&mut self, folder: &str, file: &str, patch: &Value) -> Value {
        if self.random.percent(50) {
            self.write(&format!("{folder}/{file}"), patch);
            json!({"path": file})
        } else {
            json!({"patch": patch.to_string()})
        }
    }
}
