//! The change as a patch: once, back, and without a value in it.

use kubectl_secretsafe::journal::{self, Annotation, Journal};
use kubectl_secretsafe::manifest::{Operation, SourceText, json_patch};
use kubectl_secretsafe::migration::{Language, Phase, restoration};
use kubectl_secretsafe::outcome::Outcome;
use kubectl_secretsafe::output::{self, migration};
use kubectl_secretsafe::ui::Colour;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::generate::{Scene, scenes};
use crate::look::{containers, items, pod_mut};
use crate::planned::{Planned, inventory, subject, text};

proptest! {
    #![proptest_config(crate::generate::cases())]

    /// Fails when a mounted volume that holds other files besides is not
    /// recognised, or the second step mounts as the first.
    ///
    /// Invariant 43.
    #[test]
    fn a_second_run_finds_nothing_left_to_do(scene in scenes()) {
        let first = Planned::of(&scene);
        let again = Planned::again(&scene, &first.after, &scene.options);
        prop_assert_eq!(&again.plan.operations, &Vec::new());
        // Nor does it refuse what it did not refuse before.
        prop_assert!(
            again.plan.refusals.len() <= first.plan.refusals.len(),
            "{:?}",
            again.plan.refusals
        );
    }

    /// Fails when the steps back are not reversed, one is not kept, one takes
    /// away untested, or the annotation's name is not escaped in its pointer.
    ///
    /// Invariant 46.
    #[test]
    fn the_way_back_leads_exactly_back(scene in scenes()) {
        let planned = Planned::of(&scene);
        let (_, object) = subject(&planned.inventory);
        let undo = journal::inverse(object, &planned.plan.operations).unwrap();
        let start = journal::specification(object).unwrap();
        let mut document = start.clone();
        json_patch::apply(&mut document, &planned.plan.operations).unwrap();
        prop_assert_eq!(&document["spec"], &planned.after["spec"]);
        // What others have changed since then is not taken away from them.
        let mut going = document.clone();
        let mut tested = None;
        for operation in &undo {
            match operation {
                Operation::Test { pointer, value } => tested = Some((pointer, value)),
                Operation::Remove { pointer } | Operation::Replace { pointer, .. } => {
                    let there = going.pointer(pointer).unwrap();
                    prop_assert_eq!(tested, Some((pointer, there)));
                }
                _ => {}
            }
            json_patch::apply(&mut going, std::slice::from_ref(operation)).unwrap();
        }
        json_patch::apply(&mut document, &undo).unwrap();
        prop_assert_eq!(&document, &start);
        if !planned.plan.changes() {
            return Ok(());
        }
        // And through the annotation that keeps it.
        let mut kept = planned.after.clone();
        let written = Journal::empty(Annotation::MIGRATION).with(undo.clone()).write(object);
        json_patch::apply(&mut kept, &written).unwrap();
        let inventory = inventory(text(&scene, &kept));
        let (_, changed) = subject(&inventory);
        let (read, rest) = Journal::read(changed, Annotation::MIGRATION).unwrap().last().unwrap();
        prop_assert_eq!(&read, &undo);
        prop_assert!(rest.is_empty());
        // It is not taken for something that others have written.
        let checked = restoration::check(changed, &read);
        prop_assert!(checked.is_ok_and(|restored| !restored.0.is_empty()), "{:?}", read);
    }

    /// Fails when the first step removes variables, or mounts that are there
    /// are added again.
    ///
    /// Invariant 47.
    #[test]
    fn two_steps_come_to_the_same_as_both_at_once(scene in scenes()) {
        let with = |phase| {
            let mut options = scene.options.clone();
            options.phase = phase;
            options
        };
        let first = Planned::again(&scene, &scene.object, &with(Phase::Mount));
        let second = Planned::again(&scene, &first.after, &with(Phase::RemoveVariables));
        let at_once = Planned::again(&scene, &scene.object, &with(Phase::Complete));
        prop_assert_eq!(&second.after, &at_once.after);
        let (_, object) = subject(&second.inventory);
        let undo = journal::inverse(object, &second.plan.operations).unwrap();
        let mut document = journal::specification(object).unwrap();
        json_patch::apply(&mut document, &second.plan.operations).unwrap();
        json_patch::apply(&mut document, &undo).unwrap();
        prop_assert_eq!(&document["spec"], &first.after["spec"]);
    }

    /// Fails when an entry of `env` or `envFrom`, an exchanged variable or a
    /// wrapped command is not tested.
    ///
    /// Invariant 41.
    #[test]
    fn whatever_goes_is_tested_first(scene in scenes()) {
        let planned = Planned::of(&scene);
        let mut tested: Vec<(&str, &Value)> = Vec::new();
        for operation in &planned.plan.operations {
            match operation {
                Operation::Test { pointer, value } => {
                    prop_assert_eq!(planned.before.pointer(pointer), Some(value));
                    tested.push((pointer, value));
                }
                Operation::Remove { pointer } | Operation::Replace { pointer, .. } => {
                    // The entry, or something in it; of a whole list every entry.
                    let entry = pointer.trim_end_matches("/name").trim_end_matches("/valueFrom");
                    let is_tested = |place: &str| {
                        let below = format!("{place}/");
                        tested.iter().any(|(known, _)| *known == place || known.starts_with(&below))
                    };
                    let whole = planned.before.pointer(pointer).and_then(Value::as_array);
                    let places: Vec<_> = match whole {
                        Some(list) if !pointer.ends_with("/command") => {
                            (0..list.len()).map(|index| format!("{pointer}/{index}")).collect()
                        }
                        _ => vec![entry.to_owned()],
                    };
                    for place in places {
                        prop_assert!(is_tested(&place), "{} of {}", place, pointer);
                    }
                }
                _ => {}
            }
        }
    }

    /// Fails when a plan quotes the text that uses a variable in place of
    /// naming it.
    ///
    /// Invariant 60.
    #[test]
    fn no_output_has_a_literal_or_an_annotation(scene in scenes()) {
        const CANARY: &str = "c4n4ry-v4lu3";
        let mut object = scene.object.clone();
        object["metadata"]["annotations"] = json!({
            "kubectl.kubernetes.io/last-applied-configuration": CANARY,
            "note": CANARY,
        });
        // A text that uses variables is a place that is told.
        let value = format!("{CANARY}$(A)$(B)$(DB_PASSWORD)$(POSTGRES_PASSWORD)");
        let pod = pod_mut(&mut object);
        for list in crate::look::LISTS {
            for container in pod.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(env) = container.get_mut("env").and_then(Value::as_array_mut) {
                    env.push(json!({"name": "ADMIN_TOKEN", "value": value}));
                }
            }
        }
        let documents = text(&scene, &object).replace("eA==", CANARY);
        prop_assert!(documents.contains(CANARY));
        let inventory = inventory(documents.clone());
        let (workload, found) = subject(&inventory);
        let plan = kubectl_secretsafe::migration::plan(&inventory, workload, found, &scene.options, &scene.observed);
        let mut out = Vec::new();
        migration::text(&plan, &[Language::Python, Language::Shell], &mut out).unwrap();
        let outcome = Outcome::default();
        migration::document(&[plan.clone().into()], &outcome, outcome.status(), output::Syntax::Json, &mut out).unwrap();
        let target = migration::Target {
            kind: plan.subject.kind.as_str().into(),
            name: plan.subject.name.clone(),
            namespace: None,
        };
        migration::kustomization(vec![(target, &plan)], &mut out).unwrap();
        if plan.changes() {
            let undo = journal::inverse(found, &plan.operations).unwrap();
            let journal = Journal::empty(Annotation::MIGRATION).with(undo).write(found);
            out.extend(json_patch::to_json(&journal).to_string().bytes());
            let after = edited(&inventory, &documents, found, &plan.operations);
            if let Some(after) = after {
                let source = |text: String| SourceText::new("scene.yaml", text);
                output::diff::write(&source(documents), &source(after), Colour::Off, &mut out).unwrap();
            }
        }
        let out = String::from_utf8(out).unwrap();
        prop_assert!(!out.contains(CANARY), "{}", out);
    }
}

/// The text after a change; `None` where it is not edited.
fn edited(
    inventory: &kubectl_secretsafe::inventory::Inventory,
    documents: &str,
    object: &kubectl_secretsafe::workload::Object,
    operations: &[Operation],
) -> Option<String> {
    use kubectl_secretsafe::manifest::edit;
    let kubectl_secretsafe::workload::Origin::File { source, document } = object.origin else {
        return None;
    };
    let facts = &inventory.sources[source].documents[document];
    edit::edit(
        documents,
        facts.span,
        facts.format,
        &object.base,
        operations,
    )
    .ok()
}

/// The scenes are varied enough: each way to go on is taken. Fails when commands
/// are never wrapped.
#[test]
fn scenes_are_varied() {
    use kubectl_secretsafe::migration::Fate;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use std::collections::BTreeMap;

    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..600 {
        let scene: Scene = scenes().new_tree(&mut runner).unwrap().current();
        let planned = Planned::of(&scene);
        for variable in &planned.plan.variables {
            let fate = match &variable.fate {
                Fate::Replaced { .. } => "Replaced".to_owned(),
                Fate::Kept(reason) => format!("{reason:?}").split('(').next().unwrap().to_owned(),
                other => format!("{other:?}"),
            };
            *seen.entry(fate).or_default() += 1;
        }
        if containers(&planned.after).any(|container| !items(container, "envFrom").is_empty()) {
            *seen.entry("envFrom".to_owned()).or_default() += 1;
        }
        let again = Planned::again(&scene, &planned.after, &scene.options);
        if again.plan.mounts.iter().any(|mount| mount.existing) {
            *seen.entry("existing".to_owned()).or_default() += 1;
        }
    }
    for expected in [
        "Replaced",
        "Removed",
        "Shimmed",
        "Refused",
        "Phase",
        "NotConfirmed",
        "NotMounted",
        "UsedIn",
        "Uncovers",
        "NotProven",
        "Source",
        "envFrom",
        "existing",
    ] {
        assert!(
            seen.get(expected).is_some_and(|count| *count >= 5),
            "{expected}: {seen:?}"
        );
    }
}
