//! The keys that a Secret of a cluster has, compared with those that its producer makes, for
//! SS104.

use crate::finding::{Finding, Severity};
use crate::inventory::{
    Answer, Inventory, Keys, Part, Producer, ProducerKind, Readiness, SecretFacts,
};
use crate::levels::external::ExternalSecret;
use crate::levels::sealed::PATCH;
use crate::levels::{provider_class, status};
use crate::manifest::Node;
use crate::words::listed;
use crate::workload::{Need, Object};

use super::{content, external, resolve, sealed, table};

fn finding(object: &Object, secret: &str, message: String) -> Finding {
    Finding::new(&table::SS104, &object.id, message).about(&object.id.namespace, secret, None)
}

/// Keys that are promised, and are not in the Secret although its producer says that all is well.
pub(super) fn not_made(
    inventory: &Inventory,
    object: &Object,
    producer: &Producer,
    facts: &SecretFacts,
) -> Option<Finding> {
    if producer.ready != Readiness::Ready
        || external::is_new(inventory, producer.created)
        || !facts.keys.is_complete()
        || !is_current(object)
    {
        return None;
    }
    let missing: Vec<_> = producer
        .keys
        .known()
        .iter()
        .filter(|key| facts.keys.has(key) == Answer::No)
        .collect();
    // SS003 and SS004 report what somebody needs.
    let is_needed = |key: &String| {
        inventory
            .uses_of(&producer.namespace, &producer.secret)
            .any(|used| {
                resolve::counts(&used)
                    && used
                        .reference
                        .key
                        .as_ref()
                        .is_some_and(|asked| asked.value == *key)
            })
    };
    let missing: Vec<_> = missing.into_iter().filter(|key| !is_needed(key)).collect();
    let first = missing.first()?;
    let names = listed(missing.iter().map(|key| key.as_str()));
    let message = format!(
        "Secret {} has no {names}, which {} makes.",
        producer.secret,
        producer.id.short()
    );
    Some(
        finding(object, &producer.secret, message)
            .severity(Severity::Warning)
            .about(&producer.namespace, &producer.secret, Some(first))
            .at(object.origin, &content::name_site(object), "promises it")
            .because(format!("{} says that all is well.", producer.id.short()))
            .advise(
                "Look at what the store has: a value that was deleted there is left out with \
                 deletionPolicy: Merge.",
            ),
    )
}

/// Whether the controller has seen the present specification.
fn is_current(object: &Object) -> bool {
    let Some(generation) = object.metadata.generation else {
        return true;
    };
    if let Some(external) = ExternalSecret::of(object) {
        // `GetResourceVersion`: the generation, a dash, a digest of the metadata.
        let synced = object
            .root
            .at(&["status", "syncedResourceVersion"])
            .and_then(Node::as_str)
            .and_then(|version| version.split('-').next()?.parse::<i64>().ok());
        return synced == Some(generation)
            && !external.refresh.is_once()
            && status::time(object, "refreshTime").is_some();
    }
    sealed::state(object) == sealed::State::Synced
}

/// A key that a consumer takes from the Secret, and that its only owner does not make.
pub(super) fn not_kept(
    inventory: &Inventory,
    object: &Object,
    producer: &Producer,
    facts: &SecretFacts,
) -> Option<Finding> {
    let Keys::Complete(made) = &producer.keys else {
        return None;
    };
    let is_owner = facts
        .owner
        .as_ref()
        .is_some_and(|owner| owner.kind == object.id.kind && owner.name == object.id.name);
    let is_managed = facts
        .labels
        .get(provider_class::MANAGED)
        .is_some_and(|text| text == "true");
    let writes_all = match producer.kind {
        ProducerKind::SecretProviderClass => is_managed,
        _ => is_owner && producer.part == Part::Makes && !facts.annotations.contains(PATCH),
    };
    if !writes_all {
        return None;
    }
    let mut uses = inventory
        .uses_of(&producer.namespace, &producer.secret)
        .filter(|used| resolve::counts(used) && used.reference.need == Need::Required);
    let (used, key) = uses.find_map(|used| {
        let key = used.reference.key.as_ref()?;
        let is_lost = !made.contains(&key.value) && facts.keys.has(&key.value) == Answer::Yes;
        is_lost.then(|| (used.subject.short(), key.value.clone()))
    })?;
    // Somebody else may make it.
    let others = inventory.producers.iter().any(|other| {
        other.id != producer.id
            && (other.namespace.as_str(), other.secret.as_str())
                == (producer.namespace.as_str(), producer.secret.as_str())
    });
    if others {
        return None;
    }
    let message = format!(
        "{} does not make key {key} of Secret {}, which {used} takes from it.",
        producer.id.short(),
        producer.secret
    );
    Some(
        finding(object, &producer.secret, message)
            .severity(Severity::Warning)
            .about(&producer.namespace, &producer.secret, Some(&key))
            .at(
                object.origin,
                &content::name_site(object),
                "does not make it",
            )
            .because("The Secret has the key now; the next write of its controller removes it.")
            .advise("Add the key to the producer."),
    )
}
