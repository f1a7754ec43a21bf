//! The rewritten template: what changes, and what must not.

use std::collections::{BTreeMap, BTreeSet};

use kubectl_secretsafe::migration::{Fate, Shim};
use proptest::prelude::*;
use serde_json::Value;

use crate::environment::{environment, expanded};
use crate::generate::{Scene, scenes};
use crate::look::{LISTS, containers, files, items, name, pairs, pod, pod_mut, uses};
use crate::planned::Planned;

/// The object without what a migration may change.
fn without_its_own(object: &Value, scene: &Scene) -> Value {
    let mut rest = object.clone();
    let pod = pod_mut(&mut rest);
    for list in LISTS {
        for container in pod
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let fields = container.as_object_mut().unwrap();
            for field in ["env", "envFrom", "volumeMounts"] {
                fields.remove(field);
            }
            if scene.options.shim == Shim::On {
                fields.remove("command");
            }
        }
    }
    pod.as_object_mut().unwrap().remove("volumes");
    if scene.options.fs_group.is_some() {
        let security = pod.as_object_mut().unwrap().remove("securityContext");
        let mut security = security.unwrap_or_default();
        if let Some(fields) = security.as_object_mut() {
            fields.remove("fsGroup");
        }
        if security != Value::Null && security != serde_json::json!({}) {
            pod["securityContext"] = security;
        }
    }
    rest
}

/// Whether Kubernetes would put a variable's value into a text.
fn expands(text: &str, name: &str) -> bool {
    const MARK: &str = "\u{0}";
    let known = BTreeMap::from([(name.to_owned(), MARK.to_owned())]);
    expanded(text, &known).contains(MARK)
}

/// All values of some fields, wherever they stand.
fn references<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    const FIELDS: &[&str] = &[
        "imagePullSecrets",
        "configMapKeyRef",
        "configMapRef",
        "fieldRef",
        "resourceFieldRef",
        "serviceAccountToken",
        "configMap",
        "csi",
    ];
    match value {
        Value::Array(all) => all.iter().for_each(|item| references(item, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if FIELDS.contains(&name.as_str()) {
                    found.push((name, value));
                }
                references(value, found);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(crate::generate::cases())]

    /// Fails when ephemeral containers are migrated, a volume is put before the
    /// others, or a whole list goes with one of its entries.
    ///
    /// Invariants 1, 28.
    #[test]
    fn nothing_else_of_the_object_changes(scene in scenes()) {
        let planned = Planned::of(&scene);
        prop_assert_eq!(
            without_its_own(&planned.before, &scene),
            without_its_own(&planned.after, &scene)
        );
        // Lists only grow at their end, but for the variables that go.
        let grows = |before: &Value, after: &Value, list: &str| {
            items(after, list).starts_with(items(before, list))
        };
        prop_assert!(grows(pod(&planned.before), pod(&planned.after), "volumes"));
        for (before, after) in pairs(&planned.before, &planned.after) {
            prop_assert!(grows(before, after, "volumeMounts"));
            let gone: BTreeSet<_> = planned
                .gone(name(before))
                .map(|variable| variable.site.path.as_str())
                .collect();
            let replaced = planned
                .gone(name(before))
                .filter(|variable| matches!(variable.fate, Fate::Replaced { .. }))
                .count();
            for list in ["env", "envFrom"] {
                let of_list = gone.iter().filter(|path| path.contains(&format!(".{list}[")));
                let expected = items(before, list).len() - of_list.count()
                    + if list == "env" { replaced } else { 0 };
                prop_assert_eq!(items(after, list).len(), expected);
            }
        }
    }

    /// Fails when an `envFrom` entry goes with one of its variables, or all of
    /// `env` with one entry.
    ///
    /// Invariant 3.
    #[test]
    fn variables_that_stay_have_the_value_they_had(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            let (mut values_before, open_before) = environment(&scene.known, before);
            let (mut values_after, open_after) = environment(&scene.known, after);
            prop_assert_eq!(open_before, open_after);
            for variable in planned.gone(name(before)) {
                values_before.remove(&variable.name);
                if let Fate::Replaced { by } = &variable.fate {
                    prop_assert_eq!(values_before.get(by), None, "{} was there", by);
                    values_after.remove(by);
                }
            }
            prop_assert_eq!(values_before, values_after);
        }
    }

    /// Fails when values, commands, arguments or probes are not searched for
    /// `$(X)`.
    ///
    /// Invariant 4.
    #[test]
    fn nothing_that_kubernetes_expands_names_a_variable_that_went(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (_, after) in pairs(&planned.before, &planned.after) {
            for variable in planned.gone(name(after)) {
                for text in uses(after) {
                    prop_assert!(!expands(text, &variable.name), "{} in {}", variable.name, text);
                }
            }
        }
    }

    /// Fails when `$X`, `${X}` or `printenv X` is not seen, or arguments,
    /// probes or hooks are not looked at.
    ///
    /// Invariant 5.
    #[test]
    fn nothing_that_a_shell_reads_names_a_variable_that_went(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            for variable in planned.gone(name(after)) {
                // A wrapped command has it again; probes and hooks do not.
                let mut texts = uses(before);
                if variable.fate == Fate::Shimmed {
                    texts.clear();
                    crate::look::texts(&before["livenessProbe"], &mut texts);
                    crate::look::texts(&before["lifecycle"], &mut texts);
                }
                for text in texts {
                    let name = &variable.name;
                    let places = [format!("${name}"), format!("${{{name}}}"), format!("printenv {name}")];
                    let own = text.replace("$$(", "").replace("POSTGRES_PASSWORD_FILE", "");
                    let found = places.iter().any(|place| own.contains(place.as_str()));
                    prop_assert!(!found, "{} in {}", name, text);
                }
            }
        }
    }

    /// Fails when another value of the name comes to light, or keys that are
    /// not known are not told.
    ///
    /// Invariants 6, 10.
    #[test]
    fn what_goes_was_the_secrets_and_uncovers_nothing(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            let (values_before, open) = environment(&scene.known, before);
            let (values_after, _) = environment(&scene.known, after);
            for variable in planned.gone(name(before)) {
                let symbol = format!("<Secret/{}/{}>", variable.secret, variable.key);
                let optional = items(before, "env").iter().any(|entry| {
                    entry["name"] == variable.name.as_str()
                        && entry["valueFrom"]["secretKeyRef"]["optional"] == true
                });
                // An optional one that is missing was not set, and hid nothing.
                match values_before.get(&variable.name) {
                    Some(found) if optional => {
                        let goes = planned.gone(name(before)).any(|other| {
                            other.name == variable.name
                                && *found == format!("<Secret/{}/{}>", other.secret, other.key)
                        });
                        prop_assert!(goes, "{} of {}", variable.name, found);
                    }
                    Some(found) => prop_assert_eq!(found, &symbol),
                    None => prop_assert!(optional, "{} was not there", variable.name),
                }
                prop_assert_eq!(values_after.get(&variable.name), None);
                if !open.is_empty() {
                    let told = planned.plan.notes.iter().any(|note| {
                        note.0.contains(&variable.name) && note.0.contains("not known")
                    });
                    prop_assert!(told, "{} may come to light", variable.name);
                }
            }
        }
    }

    /// Fails when keys that are not known are passed over or guessed, or a key
    /// that is missing is mounted.
    ///
    /// Invariants 9, 30.
    #[test]
    fn what_is_unknown_or_missing_stays(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            for source in items(before, "envFrom") {
                let Some(secret) = source["secretRef"]["name"].as_str() else { continue };
                if scene.known.secrets.contains_key(secret) || !scene.options.wants(secret) {
                    continue;
                }
                prop_assert!(items(after, "envFrom").contains(source));
                prop_assert!(planned.plan.refuses());
            }
            for entry in items(before, "env") {
                let reference = &entry["valueFrom"]["secretKeyRef"];
                let Some(secret) = reference["name"].as_str() else { continue };
                let key = reference["key"].as_str().unwrap();
                let keys = scene.known.secrets.get(secret);
                let missing = keys.is_some_and(|keys| !keys.contains(key));
                if !missing || reference["optional"] == true || !scene.options.wants(secret) {
                    continue;
                }
                prop_assert!(items(after, "env").contains(entry), "{}", entry);
                prop_assert!(planned.plan.refuses());
            }
        }
        for volume in &items(pod(&planned.after), "volumes")[items(pod(&planned.before), "volumes").len()..] {
            let sources = items(&volume["projected"], "sources").iter().map(|source| &source["secret"]);
            for source in sources.chain([&volume["secret"]]) {
                let secret = source["secretName"].as_str().or(source["name"].as_str());
                let keys = secret.and_then(|secret| scene.known.secrets.get(secret));
                for item in items(source, "items") {
                    let missing = keys.is_some_and(|keys| !keys.contains(item["key"].as_str().unwrap()));
                    prop_assert!(!missing || source["optional"] == true, "{}", volume);
                }
            }
        }
    }

    /// Fails when `X` stays beside `X_FILE`.
    ///
    /// Invariant 13.
    #[test]
    fn a_variable_and_the_one_that_names_its_file_are_never_both_there(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            let (values, _) = environment(&scene.known, after);
            for variable in planned.gone(name(before)) {
                if let Fate::Replaced { by } = &variable.fate {
                    prop_assert!(values.contains_key(by));
                    prop_assert!(!values.contains_key(&variable.name));
                }
            }
        }
    }

    /// Fails when every image is taken for postgres.
    ///
    /// Invariant 14.
    #[test]
    fn only_known_images_get_a_variable_that_names_a_file(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            let image = before["image"].as_str().unwrap();
            let count = |container: &Value| {
                items(container, "env")
                    .iter()
                    .filter(|entry| name(entry).ends_with("_FILE"))
                    .count()
            };
            // Of the images here (docker-library/postgres docker-entrypoint.sh).
            let reads = |variable: &str| {
                image.contains("postgres") && variable == "POSTGRES_PASSWORD"
            };
            if !reads("POSTGRES_PASSWORD") {
                prop_assert!(count(after) <= count(before));
            }
            for variable in planned.gone(name(before)) {
                if let Fate::Replaced { by } = &variable.fate {
                    prop_assert!(reads(&variable.name), "{} of {}", variable.name, image);
                    prop_assert_eq!(by, "POSTGRES_PASSWORD_FILE");
                }
            }
        }
    }

    /// Fails when `--path` does not count, two keys become one file, the volume
    /// of another Secret is used, or `X_FILE` holds no path.
    ///
    /// Invariants 11, 12, 15.
    #[test]
    fn every_file_that_the_plan_names_is_there_and_holds_the_key(scene in scenes()) {
        let planned = Planned::of(&scene);
        for variable in &planned.plan.variables {
            let Some(path) = &variable.file else { continue };
            let container = containers(&planned.after)
                .find(|container| name(container) == variable.container)
                .unwrap();
            let found = files(&planned.after, container, path);
            prop_assert!(!found.is_empty(), "{} is not mounted", path);
            let file = path.rsplit(['/', '\\']).next().unwrap();
            for file_found in &found {
                prop_assert_eq!(file_found.secret, &variable.secret);
                prop_assert!(file_found.key.is_none_or(|key| key == variable.key));
            }
            let holds = found.iter().any(|found| found.key.unwrap_or(file) == variable.key);
            prop_assert!(holds, "{} does not hold {}", path, variable.key);
            let wished = scene.options.files.of(&variable.key);
            prop_assert!(
                path.ends_with(&format!("/{}", variable.key))
                    || path.ends_with(&format!("\\{}", variable.key))
                    || path.ends_with(wished),
                "{} for {}", path, variable.key
            );
        }
        for (before, after) in pairs(&planned.before, &planned.after) {
            let values: BTreeMap<_, _> = items(after, "env")
                .iter()
                .map(|entry| (name(entry), &entry["value"]))
                .collect();
            for variable in planned.gone(name(before)) {
                if let Fate::Replaced { by } = &variable.fate {
                    prop_assert_eq!(values[by.as_str()].as_str(), variable.file.as_deref());
                }
            }
        }
    }

    /// Fails when required keys are not listed or become optional, optional
    /// ones are required, or an optional volume serves a required variable.
    ///
    /// Invariants 7, 8.
    #[test]
    fn optional_files_are_those_of_optional_variables(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            // Of several entries of one name the last counts.
            let entries = items(before, "env");
            let required = |secret: &str, key: &str| {
                entries.iter().enumerate().any(|(at, entry)| {
                    let reference = &entry["valueFrom"]["secretKeyRef"];
                    let last = entries[at + 1..].iter().all(|later| later["name"] != entry["name"]);
                    let here = reference["name"] == secret && reference["key"] == key;
                    // What is missing is refused, and gets no file.
                    let planned = planned.plan.variables.iter().any(|variable| {
                        variable.container == name(before) && variable.name == name(entry)
                    });
                    planned && last && here && reference["optional"] != true
                })
            };
            for variable in planned.plan.variables.iter().filter(|found| found.container == name(before)) {
                let Some(path) = &variable.file else { continue };
                let before_it = files(&planned.before, before, path);
                let found = files(&planned.after, after, path);
                let entry = variable.site.path.contains(".env[");
                if !entry {
                    // All keys of a Secret, which has to be there if an entry says so
                    // whose keys count.
                    let is_required = items(before, "envFrom").iter().enumerate().any(|(at, source)| {
                        let counts = planned.plan.variables.iter().any(|other| {
                            other.container == name(before)
                                && other.site.path.ends_with(&format!(".envFrom[{at}]"))
                        });
                        counts
                            && source["secretRef"]["name"] == variable.secret.as_str()
                            && source["secretRef"]["optional"] != true
                    });
                    let fits = found.iter().any(|file| {
                        file.key.is_none() && (file.source["optional"] == true) != is_required
                    });
                    prop_assert!(fits || !is_required && !before_it.is_empty(), "all of {}", path);
                    continue;
                }
                let is_required = required(&variable.secret, &variable.key);
                // What the container had mounted already is as it was.
                if !is_required && !before_it.is_empty() {
                    continue;
                }
                let fits = found.iter().any(|file| (file.source["optional"] == true) != is_required);
                prop_assert!(fits, "{} of {}", variable.name, path);
                // Somebody has mounted the whole Secret without listing keys: a note says so.
                let noted = planned.plan.notes.iter().any(|note| note.0.contains("lists no keys"));
                if is_required && !(noted && before_it.iter().any(|file| file.key.is_none())) {
                    let listed = found.iter().any(|file| file.key.is_some() && file.source["optional"] != true);
                    prop_assert!(listed, "{} is not listed", path);
                }
            }
        }
    }

    /// Fails when a pull secret goes, or a variable of a Secret that was not
    /// asked for.
    ///
    /// Invariants 17, 27.
    #[test]
    fn other_references_are_not_touched(scene in scenes()) {
        let planned = Planned::of(&scene);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        references(&planned.before, &mut before);
        references(&planned.after, &mut after);
        prop_assert_eq!(before, after);
        // Nor are Secrets that were not asked for.
        let wanted = &scene.options.secrets;
        for (before, after) in pairs(&planned.before, &planned.after) {
            for entry in items(before, "env") {
                let secret = entry["valueFrom"]["secretKeyRef"]["name"].as_str();
                let other = secret.is_some_and(|secret| !wanted.is_empty() && !wanted.contains(secret));
                prop_assert!(!other || items(after, "env").contains(entry), "{}", entry);
            }
        }
    }

    /// Fails when the first step removes a variable or wraps a command, or any
    /// step removes one that nobody said is read from a file.
    ///
    /// Invariant 47.
    #[test]
    fn the_first_step_takes_no_variable_from_a_program_that_needs_it(scene in scenes()) {
        let mut scene = scene;
        // Nor does any step take one whose program was not said to read the file.
        let planned = Planned::of(&scene);
        for (before, _) in pairs(&planned.before, &planned.after) {
            for variable in planned.gone(name(before)) {
                let confirmed = scene.options.reads_files.has(&variable.name);
                prop_assert!(variable.fate != Fate::Removed || confirmed, "{} goes", variable.name);
            }
        }
        scene.options.phase = kubectl_secretsafe::migration::Phase::Mount;
        let planned = Planned::of(&scene);
        for (before, _) in pairs(&planned.before, &planned.after) {
            for variable in planned.gone(name(before)) {
                let replaced = matches!(variable.fate, Fate::Replaced { .. });
                prop_assert!(replaced, "{} goes", variable.name);
            }
        }
    }
}
