//! Keys that a Secret does not have: SS003 and SS004 differ only in the consumer.

use crate::command_line::CommandLine;
use crate::finding::{Applies, Finding, Results, Rule};
use crate::inventory::{Answer, Inventory, Lookup, Producer, ProducerKind, Readiness, Reason, Use};
use crate::workload::Usage;

use super::resolve::{self, Trouble};
use super::table;

/// Reports each key that a consumer that matches `asks` needs and the Secret does not have.
pub(super) fn report(
    inventory: &Inventory,
    results: &mut Results,
    rule: &'static Rule,
    asks: impl Fn(&Use<'_>) -> bool,
) {
    let wanted = |trouble: &Trouble| matches!(trouble, Trouble::NoKey | Trouble::Unknown(_));
    for (trouble, uses) in resolve::grouped(inventory, wanted) {
        let Some(used) = uses.first().filter(|used| asks(used)) else {
            continue;
        };
        let Some(key) = &used.reference.key else {
            continue;
        };
        let namespace = resolve::namespace(used);
        let name = used.reference.secret.as_str();
        if let Trouble::Unknown(reason) = trouble {
            let of_key = matches!(
                inventory.lookup(namespace, name),
                Lookup::Present(_) | Lookup::Expected(_)
            );
            if matches!(reason, Reason::Incomplete(_) | Reason::Outside(_))
                || (reason == Reason::Template && of_key)
            {
                let what = format!("key {} of secret/{name}", key.value);
                results.unknown(rule, Some(used.subject), what, reason);
            }
            continue;
        }
        let mut finding = Finding::new(
            rule,
            used.subject,
            format!("Secret {name} has no key {}.", key.value),
        )
        .severity(resolve::severity(used))
        .about(namespace, name, Some(&key.value));
        finding.container.clone_from(&used.reference.container);
        for used in &uses {
            let site = used
                .reference
                .key
                .as_ref()
                .map_or(&key.site, |key| &key.site);
            finding = finding.at(
                used.origin,
                site,
                format!("referenced by {}", resolve::asker(used.reference)),
            );
        }
        finding = match promise(inventory, namespace, name, &key.value) {
            Some(promise) => finding.because(promise),
            None => finding,
        };
        if inventory
            .producers
            .iter()
            .any(|producer| is_of_a_level(producer, namespace, name))
        {
            finding = finding.related(&table::SS104);
        }
        finding = finding.because(match inventory.lookup(namespace, name) {
            Lookup::Expected(producer) => format!(
                "{} will create it with these keys: {}.",
                producer.id.short(),
                listed(producer.keys.possible())
            ),
            Lookup::Present(facts) => format!("Its keys are: {}.", listed(facts.keys.possible())),
            _ => String::new(),
        });
        finding = resolve::with_symptoms(inventory, used, finding);
        // A key that is the default of a custom resource, not written there, cannot be corrected
        // where the name is.
        if key.site != used.reference.secret.site {
            finding = resolve::with_near(
                finding,
                "a key",
                &key.site,
                &key.value,
                &resolve::near_keys(inventory, used),
                match used.reference.usage {
                    Usage::Custom { .. } => Applies::Unsafe(
                        "The Secret that the resource's controller creates will have that key.",
                    ),
                    // It is one of the Secret's keys, and without it no pod starts.
                    _ => Applies::Safe,
                },
            );
        }
        results.report(match inventory.lookup(namespace, name) {
            Lookup::Expected(producer) => finding.advise(format!(
                "Or add the key to {}, which creates the Secret.",
                producer.id.short()
            )),
            _ => finding.run(
                "Add the key to the Secret.",
                CommandLine::secretsafe("create")
                    .name(name)
                    .namespace(namespace)
                    .switch("--update")
                    .flag("--prompt", &key.value),
            ),
        });
    }
}

/// Whether a SealedSecret, ExternalSecret or SecretProviderClass makes a Secret, or keys of it.
fn is_of_a_level(producer: &Producer, namespace: &str, name: &str) -> bool {
    let is_level = matches!(
        producer.kind,
        ProducerKind::SealedSecret
            | ProducerKind::ExternalSecret
            | ProducerKind::SecretProviderClass
    );
    is_level && producer.namespace == namespace && producer.secret == name
}

/// Who says that it makes a key which the Secret of a cluster does not have.
fn promise(inventory: &Inventory, namespace: &str, name: &str, key: &str) -> Option<String> {
    inventory
        .secret(namespace, name)
        .filter(|_| inventory.is_live())?;
    let producer = inventory.producers.iter().find(|producer| {
        is_of_a_level(producer, namespace, name) && producer.keys.has(key) == Answer::Yes
    })?;
    let who = producer.id.short();
    Some(match producer.ready {
        Readiness::Ready => format!("{who} is to make the key, and says that all is well."),
        _ => format!("{who} is to make the key."),
    })
}

fn listed(keys: &std::collections::BTreeSet<String>) -> String {
    match keys.is_empty() {
        true => "none".to_owned(),
        false => keys
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
