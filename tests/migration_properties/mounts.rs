//! Volumes, mounts and modes.

use std::collections::BTreeSet;

use kubectl_secretsafe::migration::{Fate, ModeWish, Phase, Unproven};
use kubectl_secretsafe::workload::access::{Owner, Process, Readable, effective_mode, readable};
use proptest::prelude::*;
use serde_json::Value;

use crate::generate::scenes;
use crate::look::{containers, items, name, pairs, pod, texts};
use crate::planned::{Planned, inventory, subject, text};

/// The volumes that are new.
fn new_volumes(planned: &Planned) -> &[Value] {
    &items(pod(&planned.after), "volumes")[items(pod(&planned.before), "volumes").len()..]
}

/// A mount path as it is after links and superfluous parts.
fn place(mount: &Value) -> Vec<&str> {
    let path = mount["mountPath"].as_str().unwrap();
    let parts: Vec<_> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    match parts.strip_prefix(&["var", "run"]) {
        Some(rest) => [&["run"], rest].concat(),
        None => parts,
    }
}

fn overlap(one: &[&str], other: &[&str]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// Whether a file of the plan lies in a mount, and in none that is deeper.
fn serves(planned: &Planned, container: &str, mount: &Value) -> bool {
    let of = |mount: &Value, file: &str| {
        let folder = mount["mountPath"].as_str().unwrap().trim_end_matches('/');
        file.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
            .then_some(folder.len())
    };
    let mounts = containers(&planned.after)
        .find(|found| name(found) == container)
        .map_or(&[][..], |found| items(found, "volumeMounts"));
    let variables = planned.plan.variables.iter();
    variables
        .filter(|variable| variable.container == container)
        .filter_map(|variable| variable.file.as_deref())
        .any(|file| {
            let deepest = mounts.iter().filter_map(|other| of(other, file)).max();
            of(mount, file).is_some() && of(mount, file) == deepest
        })
}

proptest! {
    #![proptest_config(crate::generate::cases())]

    /// Fails when names of a StatefulSet's claims do not count as taken, a name
    /// is not cut at 63 letters, or keeps its dots.
    ///
    /// Invariant 18.
    #[test]
    fn names_of_volumes_are_labels_and_unique(scene in scenes()) {
        let planned = Planned::of(&scene);
        let volumes = items(pod(&planned.after), "volumes").iter().map(name);
        let claims = items(&planned.after["spec"], "volumeClaimTemplates")
            .iter()
            .map(|claim| name(&claim["metadata"]));
        let mut seen = BTreeSet::new();
        for name in volumes.chain(claims) {
            if !seen.insert(name) {
                // Two of one name were there already, or are not ours.
                prop_assert!(!new_volumes(&planned).iter().any(|new| new["name"] == name));
            }
        }
        for volume in new_volumes(&planned) {
            let name = name(volume);
            let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            prop_assert!((1..=63).contains(&name.len()));
            prop_assert!(name.bytes().all(|byte| letter(byte) || byte == b'-'));
            prop_assert!(letter(name.as_bytes()[0]) && letter(name.as_bytes()[name.len() - 1]));
        }
        let again = Planned::of(&scene);
        prop_assert_eq!(planned.after, again.after);
    }

    /// Fails when a volume of the template that fits is not used again, every
    /// container gets its own, or one stays that nothing mounts.
    ///
    /// Invariant 19.
    #[test]
    fn no_two_volumes_give_the_same_files(scene in scenes()) {
        let planned = Planned::of(&scene);
        let mut seen = Vec::new();
        for volume in items(pod(&planned.after), "volumes") {
            let mut rest = volume.clone();
            rest.as_object_mut().unwrap().remove("name");
            let is_new = new_volumes(&planned).contains(volume);
            prop_assert!(!is_new || !seen.contains(&rest), "{} is there already", rest);
            seen.push(rest);
        }
        for volume in new_volumes(&planned) {
            let used = pairs(&planned.before, &planned.after)
                .any(|(_, after)| items(after, "volumeMounts").iter().any(|mount| mount["name"] == volume["name"]));
            prop_assert!(used, "nothing mounts {}", name(volume));
        }
    }

    /// Fails when a mount above or below is not seen, `/var/run` is not taken
    /// for `/run`, or two new mounts of one container have one path.
    ///
    /// Invariants 20, 21.
    #[test]
    fn new_mounts_lie_beside_all_others_and_the_systems(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            let mounts = items(after, "volumeMounts");
            let first_new = items(before, "volumeMounts").len();
            for (index, mount) in mounts.iter().enumerate().skip(first_new) {
                let own = place(mount);
                if mount["mountPath"].as_str().unwrap().contains('\\') {
                    continue;
                }
                for system in [&["run"], &["proc"], &["sys"], &["dev"]] {
                    prop_assert!(!overlap(&own, system), "{}", mount);
                }
                for (other, found) in mounts.iter().enumerate() {
                    prop_assert!(index == other || !overlap(&own, &place(found)), "{} and {}", mount, found);
                }
            }
        }
    }

    /// Fails when `readOnly` is false, or a `subPath` is written.
    ///
    /// Invariants 22, 23.
    #[test]
    fn new_mounts_are_whole_and_read_only(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            for mount in &items(after, "volumeMounts")[items(before, "volumeMounts").len()..] {
                let fields: BTreeSet<_> = mount.as_object().unwrap().keys().map(String::as_str).collect();
                prop_assert_eq!(fields, BTreeSet::from(["mountPath", "name", "readOnly"]));
                prop_assert_eq!(&mount["readOnly"], true);
            }
        }
    }

    /// Fails when a uid that cannot read gets 0400 all the same, an observed
    /// uid is not heeded, a volume of another mode is used again, or a variable
    /// goes unproven.
    ///
    /// Invariants 24, 26, 40.
    #[test]
    fn a_process_can_read_its_files_or_the_plan_says_that_this_is_not_proven(scene in scenes()) {
        let planned = Planned::of(&scene);
        let inventory = inventory(text(&scene, &planned.after));
        let (workload, _) = subject(&inventory);
        let fs_group = workload.pod.security.fs_group.as_ref().map(|group| group.value);
        for (before, after) in pairs(&planned.before, &planned.after) {
            let name = name(before);
            let container = workload.pod.containers.iter().find(|found| found.name == name).unwrap();
            let observed = scene.observed.uids.get(name).copied();
            let process = Process::in_container(&workload.pod, container, observed);
            let first_new = items(before, "volumeMounts").len();
            let mounts = items(after, "volumeMounts").iter().enumerate();
            for (index, mount) in mounts {
                // New ones, and those that are used again.
                if index < first_new && !serves(&planned, name, mount) {
                    continue;
                }
                let volume = items(pod(&planned.after), "volumes")
                    .iter()
                    .find(|volume| volume["name"] == mount["name"])
                    .unwrap();
                let is_new = new_volumes(&planned).contains(volume);
                let mode = volume["secret"]["defaultMode"]
                    .as_u64()
                    .or(volume["projected"]["defaultMode"].as_u64())
                    // The API server's default: a volume that was there may leave it out.
                    .or((!is_new && !workload.pod.windows).then_some(0o644));
                if workload.pod.windows {
                    prop_assert!(!is_new || mode.is_none());
                    continue;
                }
                let Some(mode) = mode.and_then(|mode| u32::try_from(mode).ok()) else {
                    return Err(TestCaseError::fail("a mode is written"));
                };
                let can = |mode| readable(effective_mode(Some(mode), fs_group), Owner::ROOT, &process, fs_group);
                let told = |words: &str| planned.plan.notes.iter().any(|note| {
                    note.0.contains(&format!("Container {name}")) && note.0.contains(words)
                });
                // No file of it has a mode of its own.
                let lists = items(&volume["projected"], "sources").iter().map(|source| &source["secret"]);
                for list in lists.chain([&volume["secret"]]) {
                    prop_assert!(items(list, "items").iter().all(|item| item["mode"].is_null()));
                }
                let wish = scene.options.mode;
                match can(mode) {
                    Readable::Yes => prop_assert!(!told("unknown whether") && !told("cannot read")),
                    Readable::Unknown => prop_assert!(told("unknown whether") || told("does not prove"), "{} {:o}", name, mode),
                    Readable::IfKept => return Err(TestCaseError::fail("no owner was asked for")),
                    // Only who asks for a mode gets one that cannot be read.
                    Readable::No => {
                        prop_assert!(told("cannot read"), "{} {:o}", name, mode);
                        prop_assert!(matches!(wish, ModeWish::Exactly(_)), "{} {:o}", name, mode);
                        // Nothing hands the program a file that it cannot read,
                        // unless that is asked for too.
                        let handed = planned.gone(name).any(|variable| variable.fate != Fate::Removed);
                        let forced = scene.options.unproven == Unproven::Remove;
                        prop_assert!(!handed || forced, "{} {:o}", name, mode);
                    }
                }
                if can(mode) != Readable::Yes {
                    let removed = planned.gone(name).any(|variable| variable.fate == Fate::Removed);
                    let forced = scene.options.unproven == Unproven::Remove;
                    prop_assert!(!removed || forced, "{} went from {}", mode, name);
                }
                match wish {
                    ModeWish::Exactly(wish) => prop_assert_eq!(mode, wish),
                    ModeWish::Strictest => {
                        prop_assert!(mode == 0o400 || can(0o400) != Readable::Yes);
                        prop_assert!(mode == 0o400 || mode == 0o440);
                    }
                }
            }
        }
        // With a group every process can read.
        let asked = pod(&planned.before)["securityContext"]["fsGroup"].is_number()
            || scene.options.fs_group.is_some();
        let refused = planned.plan.refusals.iter().any(|refusal| refusal.reason.contains("could not read them"));
        prop_assert!(!(asked && refused));
    }

    /// Fails when an `fsGroup` is replaced or added unasked, or a `runAsUser`
    /// is.
    ///
    /// Invariants 24, 40.
    #[test]
    fn security_contexts_stay_but_for_the_group_that_was_asked_for(scene in scenes()) {
        let planned = Planned::of(&scene);
        for (before, after) in pairs(&planned.before, &planned.after) {
            prop_assert_eq!(&before["securityContext"], &after["securityContext"]);
        }
        let (before, after) = (&pod(&planned.before)["securityContext"], &pod(&planned.after)["securityContext"]);
        if before != after {
            let mut expected = before.clone();
            expected["fsGroup"] = scene.options.fs_group.into();
            prop_assert_eq!(&before["fsGroup"], &Value::Null);
            prop_assert_eq!(&expected, after);
        }
    }

    /// Fails when the patch writes `replicas`, or labels of the object.
    ///
    /// Invariant 37.
    #[test]
    fn replicas_and_what_surrounds_the_template_stay(scene in scenes()) {
        let planned = Planned::of(&scene);
        let around = |object: &Value| {
            let mut rest = object.clone();
            *crate::look::pod_mut(&mut rest) = Value::Null;
            rest
        };
        prop_assert_eq!(around(&planned.before), around(&planned.after));
        for operation in &planned.plan.operations {
            let written = kubectl_secretsafe::manifest::json_patch::to_json(std::slice::from_ref(operation));
            let mut found = Vec::new();
            texts(&written[0]["path"], &mut found);
            prop_assert!(!found[0].contains("replicas"));
        }
    }

    /// Fails when a refusal has no next step or no place in the object, or is
    /// left out.
    ///
    /// Invariant 64.
    #[test]
    fn every_refusal_has_a_place_a_reason_and_what_to_do(scene in scenes()) {
        let planned = Planned::of(&scene);
        for refusal in &planned.plan.refusals {
            let path = refusal.path.replace('[', "/").replace(']', "").replace('.', "/");
            prop_assert!(planned.before.pointer(&format!("/{path}")).is_some(), "{}", refusal.path);
            prop_assert!(refusal.reason.ends_with('.'));
            prop_assert!(!refusal.next.is_empty());
        }
        // Whatever stays without a file has a refusal.
        let refused = planned.plan.variables.iter().any(|variable| variable.fate == Fate::Refused);
        prop_assert!(!refused || planned.plan.refuses());
        prop_assert!(scene.options.phase != Phase::RemoveVariables || new_volumes(&planned).is_empty());
    }
}
