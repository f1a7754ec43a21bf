//! What a reference resolves to, shared by SS001 to SS005 and SS007.
//!
//! One problem is one finding: a wrong name is SS001, or SS002 when another namespace has it, or
//! SS003/SS004 for a key; similar names, and pods that wait because of it, are reported in the
//! same finding.

use super::{external, table};
use crate::command_line::CommandLine;
use crate::finding::{Applies, Finding, Fix, Severity};
use crate::inventory::symptom::{Symptom, symptom, waiting};
use crate::inventory::{Answer, Doubtful, Event, Inventory, Lookup, Pod, Producer, Reason, Use};
use crate::levels::store::StoreKind;
use crate::manifest::{Operation, path};
use crate::workload::near::near;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Confidence, Need, SecretReference, Usage, WorkloadKind};

/// What is wrong with a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No Secret of that name is in the namespace, and nothing creates one.
    NoSecret,
    /// The same, but these namespaces have a Secret of that name.
    Elsewhere(Vec<String>),
    /// The Secret, or its producer, has no such key.
    NoKey,
    Unknown(Reason),
}

/// Whether the rules for missing names and keys apply to this reference. Pull secrets,
/// certificates and tokens have rules of their own.
pub(super) fn concerns(reference: &SecretReference) -> bool {
    matches!(
        reference.usage,
        Usage::Variable { .. }
            | Usage::AllVariables { .. }
            | Usage::Volume { .. }
            | Usage::Projected { .. }
            | Usage::Storage { .. }
            | Usage::Custom { .. }
    ) && reference.confidence == Confidence::Certain
        && crate::secret::key::check_object_name(&reference.secret.value).is_ok()
}

/// Whether it is a volume that no container mounts: the kubelet ignores it, and the pod starts
/// without its Secret (observed on a node; SS039 reports such volumes).
fn is_unmounted(used: &Use<'_>) -> bool {
    let (Usage::Volume { volume } | Usage::Projected { volume }) = &used.reference.usage else {
        return false;
    };
    used.workload
        .is_some_and(|workload| workload.pod.mounters(volume).next().is_none())
}

/// Whether something does not start or work without what it refers to. What a PushSecret pushes
/// is SS117's.
pub(super) fn counts(used: &Use<'_>) -> bool {
    concerns(used.reference)
        && used.reference.need == Need::Required
        && !is_unmounted(used)
        && used.subject.kind != "PushSecret"
}

/// What is wrong with a reference, if anything.
pub(super) fn trouble(inventory: &Inventory, used: &Use<'_>) -> Option<Trouble> {
    let namespace = namespace(used);
    let name = used.reference.secret.as_str();
    match inventory.lookup(namespace, name) {
        Lookup::Missing => {
            let elsewhere: Vec<_> = inventory
                .elsewhere(namespace, name)
                .into_iter()
                // A token belongs to the ServiceAccount of its namespace.
                .filter(|facts| facts.type_ != "kubernetes.io/service-account-token")
                .map(|facts| facts.namespace.clone())
                .collect();
            Some(if elsewhere.is_empty() {
                Trouble::NoSecret
            } else {
                Trouble::Elsewhere(elsewhere)
            })
        }
        Lookup::Unknown(reason) => Some(Trouble::Unknown(reason)),
        Lookup::Present(_) | Lookup::Expected(_) => {
            let key = used.reference.key.as_ref()?;
            if is_placeholder(&key.value) {
                return Some(Trouble::Unknown(Reason::Template));
            }
            match inventory.has_key(namespace, name, &key.value) {
                Answer::Yes => None,
                Answer::No => Some(match used.workload {
                    Some(workload) if inventory.is_of_another_set(workload, namespace, name) => {
                        Trouble::Unknown(Reason::NotInFiles)
                    }
                    _ => Trouble::NoKey,
                }),
                Answer::Unknown(reason) => Some(Trouble::Unknown(reason)),
            }
        }
    }
}

/// Secrets that a reference may mean, if they are created in its namespace.
pub(super) fn in_doubt(inventory: &Inventory, used: &Use<'_>) -> Vec<Doubtful> {
    let says = match (&used.reference.namespace, used.workload) {
        (Some(_), _) => true,
        (None, Some(workload)) => workload.metadata.says_namespace,
        (None, None) => inventory
            .object(used.subject, used.origin)
            .is_some_and(|object| object.metadata.says_namespace),
    };
    inventory.in_doubt(namespace(used), says, used.reference.secret.as_str())
}

/// The namespace a reference is looked up in.
pub(super) fn namespace<'a>(used: &'a Use<'_>) -> &'a str {
    used.reference
        .namespace
        .as_deref()
        .unwrap_or(&used.subject.namespace)
}

/// `variable DB_PASSWORD`, `volume db`: what refers to it.
pub(super) fn asker(reference: &SecretReference) -> String {
    let what = match &reference.usage {
        Usage::Variable { name } => format!("variable {name}"),
        Usage::AllVariables { .. } => "envFrom".to_owned(),
        Usage::Volume { volume } | Usage::Projected { volume } => format!("volume {volume}"),
        Usage::Storage { field } => field.clone(),
        Usage::Custom { path } => path.trim_end_matches(".name").to_owned(),
        _ => "a reference".to_owned(),
    };
    match &reference.container {
        Some(container) => format!("{what} of container {container}"),
        None => what,
    }
}

/// Whether the broken workload runs now: a suspended CronJob or a workload with no replicas
/// breaks later.
pub(super) fn severity(used: &Use<'_>) -> Severity {
    let idle = used.workload.is_some_and(|workload| {
        workload.replicas == Some(0)
            || (workload.paused
                && matches!(workload.kind, WorkloadKind::CronJob | WorkloadKind::Job))
            || workload.kind == WorkloadKind::PodTemplate
    });
    let hook = used
        .workload
        .is_some_and(|workload| workload.metadata.annotations.contains_key("helm.sh/hook"));
    // A controller reports it itself, and no running pod stops.
    let custom = matches!(used.reference.usage, Usage::Custom { .. });
    if idle || hook || custom {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// Adds what the kubelet reports about the same problem: then SS020 is part of this finding and
/// not a finding of its own.
pub(super) fn with_symptoms(
    inventory: &Inventory,
    used: &Use<'_>,
    mut finding: Finding,
) -> Finding {
    if StoreKind::parse(&used.subject.kind).is_some() && inventory.is_live() {
        finding = with_store(inventory, used, finding);
    }
    let symptoms = symptoms(inventory, used);
    if !symptoms.is_empty() {
        finding = finding.related(&table::SS020);
    }
    for symptom in symptoms {
        finding = finding.because(symptom);
    }
    finding
}

/// Adds what a store without its credentials keeps from working: then SS112 is part of this
/// finding.
fn with_store(inventory: &Inventory, used: &Use<'_>, finding: Finding) -> Finding {
    let store = inventory
        .object(used.subject, used.origin)
        .and_then(external::failing);
    match store {
        Some(condition) => external::with_dependents(
            inventory,
            used.subject,
            finding
                .severity(Severity::Error)
                .because(format!("The store is not Ready: {}", condition.words()))
                .related(&table::SS112),
        ),
        None => finding,
    }
}

/// Whether an event is of the present: the kubelet repeats those whose cause is still there.
pub(super) fn is_recent(inventory: &Inventory, event: &Event) -> bool {
    event
        .last
        .is_none_or(|last| inventory.now.duration_since(last).as_mins() < 10)
}

/// What waiting pods and their events say about a reference: a sentence each, for at most three
/// pods.
fn symptoms(inventory: &Inventory, used: &Use<'_>) -> Vec<String> {
    const MOST: usize = 3;
    let mut told = Vec::new();
    let mut pods = 0;
    for pod in inventory.pods_of(used.subject) {
        let Some(words) = words_about(inventory, pod, used.reference) else {
            continue;
        };
        pods += 1;
        if told.len() < MOST {
            told.push(format!("pod/{} waits: {words}", pod.id.name));
        }
    }
    if pods > MOST {
        told.push(format!(
            "{} more pods wait for the same reason.",
            pods - MOST
        ));
    }
    told
}

/// The kubelet's message about a reference, from the pod's status or its events.
pub(super) fn words_about(
    inventory: &Inventory,
    pod: &Pod,
    reference: &SecretReference,
) -> Option<String> {
    let secret = &reference.secret.value;
    let names = |words: &str| match symptom(words) {
        Some(Symptom::NoSecret(name)) => name == *secret,
        Some(Symptom::NoKey { key, secret: named }) => {
            named.is_none_or(|named| named == *secret)
                && reference
                    .key
                    .as_ref()
                    .is_some_and(|wanted| wanted.value == key)
        }
        None => false,
    };
    waiting(pod)
        .find(|words| names(words))
        .map(str::to_owned)
        .or_else(|| {
            inventory
                .events_of(pod)
                .filter(|_| !pod.ready)
                .map(|event| event.message.as_str())
                .find(|words| names(words))
                .map(str::to_owned)
        })
}

/// Similar names of a Secret that does not exist.
pub(super) fn near_secrets(inventory: &Inventory, used: &Use<'_>) -> Vec<String> {
    let namespace = namespace(used);
    let known = inventory
        .secrets_in(namespace)
        .map(|facts| facts.name.as_str())
        .chain(
            inventory
                .producers
                .iter()
                .filter(|producer| producer.namespace == namespace)
                .map(|producer| producer.secret.as_str()),
        );
    near(&used.reference.secret.value, known)
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// Similar names of a key that does not exist.
pub(super) fn near_keys(inventory: &Inventory, used: &Use<'_>) -> Vec<String> {
    let Some(key) = &used.reference.key else {
        return Vec::new();
    };
    let name = &used.reference.secret.value;
    let known = match inventory.lookup(namespace(used), name) {
        Lookup::Present(facts) => facts.keys.possible(),
        Lookup::Expected(Producer { keys, .. }) => keys.possible(),
        _ => return Vec::new(),
    };
    near(&key.value, known.iter().map(String::as_str))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// What changing to a similar name of a Secret may break: nothing, if the references fail as they
/// are and that Secret has every key they need.
pub(super) fn near_secret_applies(
    inventory: &Inventory,
    uses: &[Use<'_>],
    candidates: &[String],
) -> Applies {
    let (Some(first), [one]) = (uses.first(), candidates) else {
        return Applies::Never;
    };
    let site = &first.reference.secret.site;
    let asking = uses
        .iter()
        .filter(|used| used.reference.secret.site == *site);
    let has = |used: &Use<'_>| match &used.reference.key {
        Some(key) => inventory.has_key(namespace(used), one, &key.value),
        None => Answer::Unknown(Reason::NotInFiles),
    };
    let answers: Vec<_> = asking.map(has).collect();
    if answers.contains(&Answer::No) {
        Applies::Never
    } else if answers.iter().all(|answer| *answer == Answer::Yes) {
        Applies::Safe
    } else {
        Applies::Unsafe("The pods start to use that Secret, whatever its values are.")
    }
}

/// Adds similar names, with a patch if there is exactly one.
pub(super) fn with_near(
    finding: Finding,
    what: &str,
    site: &crate::workload::Site,
    wrong: &str,
    candidates: &[String],
    applies: Applies,
) -> Finding {
    let finding = match candidates {
        [] => return finding,
        [one] if applies != Applies::Never => finding.fix(Fix::Patch {
            what: format!("If you meant {one}, use that name."),
            operations: vec![
                Operation::Test {
                    pointer: path::pointer(&site.path),
                    value: wrong.into(),
                },
                Operation::Replace {
                    pointer: path::pointer(&site.path),
                    value: one.as_str().into(),
                },
            ],
            applies,
        }),
        _ => finding,
    };
    finding
        .because(format!(
            "There is {what} with a similar name: {}.",
            candidates.join(", ")
        ))
        .related(&table::SS005)
}

/// The command that creates a Secret with all keys that its consumers need.
pub(super) fn create_command(inventory: &Inventory, namespace: &str, name: &str) -> CommandLine {
    let create = CommandLine::secretsafe("create")
        .name(name)
        .namespace(namespace);
    let mut keys = inventory.asked_keys(namespace, name).peekable();
    match keys.peek() {
        None => create.switch("--from-file=PATH"),
        Some(_) => keys.fold(create, |create, key| create.flag("--prompt", key)),
    }
}

/// One finding per Secret and key of a workload: the first reference represents them all, the
/// others are added as places.
pub(super) fn grouped<'a>(
    inventory: &'a Inventory,
    wanted: impl Fn(&Trouble) -> bool + 'a,
) -> impl Iterator<Item = (Trouble, Vec<Use<'a>>)> + 'a {
    let mut groups: Vec<(Trouble, Vec<Use<'a>>)> = Vec::new();
    let mut index = std::collections::BTreeMap::new();
    for used in inventory.uses() {
        if !counts(&used) {
            continue;
        }
        let Some(trouble) = trouble(inventory, &used) else {
            continue;
        };
        if !wanted(&trouble) {
            continue;
        }
        let key = match trouble {
            Trouble::NoKey => used.reference.key.as_ref().map(|key| key.value.clone()),
            _ => None,
        };
        let by_file = matches!(
            used.reference.usage,
            Usage::Volume { .. } | Usage::Projected { .. }
        ) && trouble == Trouble::NoKey;
        let group = (
            used.subject.clone(),
            used.origin,
            used.reference.secret.value.clone(),
            key,
            by_file,
        );
        match index.get(&group) {
            Some(&at) => {
                let (_, uses): &mut (Trouble, Vec<Use<'a>>) = &mut groups[at];
                uses.push(used);
            }
            None => {
                index.insert(group, groups.len());
                groups.push((trouble, vec![used]));
            }
        }
    }
    groups.into_iter()
}
