//! SS113: a ClusterSecretStore that does not say in which namespace its credentials are.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::levels::external::GROUP;
use crate::levels::status::Condition;
use crate::levels::store::{BareMeaning, BareName, StoreKind, bare_names};
use crate::workload::{Object, Origin};

use super::{Settings, external};

pub static RULE: Rule = Rule {
    id: "SS113",
    name: "eso-clusterstore-namespace",
    severity: Severity::Error,
    data: &[Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a ClusterSecretStore names a Secret or ServiceAccount without its namespace",
    why: "A ClusterSecretStore has no namespace of its own. Some providers refuse a reference \
          without one (and every provider refuses such a caProvider); the store cannot be \
          applied, or is never Ready. Others look in the namespace of each ExternalSecret that \
          uses the store: that may be meant, and is a warning; then each of those namespaces \
          needs its own credentials. In a cluster nothing is reported while the store is Ready.",
    remedy: "Add namespace to the reference.",
    example: "kind: ClusterSecretStore\nspec:\n  provider:\n    vault:\n      auth:\n        \
              tokenSecretRef: {name: vault-token, key: token}   # add: namespace: external-secrets\n",
    source: "external-secrets/external-secrets pkg/esutils/utils.go (ValidateSecretSelector, \
             ValidateReferentSecretSelector); #560, #1633, #4823",
};

/// One finding per store.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for store in inventory.of_kind(GROUP, StoreKind::ClusterWide.name()) {
        let bare = bare_names(store);
        if bare.is_empty() || store.metadata.deleting {
            continue;
        }
        let ready = Condition::of(store, "Ready");
        let fails = ready.as_ref().is_some_and(Condition::is_false);
        let is_refused = bare.iter().any(|bare| bare.meaning == BareMeaning::Refused);
        if store.origin == Origin::Live && !fails {
            continue;
        }
        // The operator's own words must be about it: a store fails for other reasons, too.
        let speaks_of_it = ready
            .as_ref()
            .is_some_and(|ready| ready.message.to_lowercase().contains("namespace"));
        if store.origin == Origin::Live && !is_refused && !speaks_of_it {
            continue;
        }
        // What the operator refuses is told before what it takes from elsewhere.
        let meant = |bare: &&BareName| !is_refused || bare.meaning == BareMeaning::Refused;
        let bare: Vec<_> = bare.iter().filter(meant).collect();
        let Some(first) = bare.first() else {
            continue;
        };
        let severity = match is_refused || fails {
            true => RULE.severity,
            false => Severity::Warning,
        };
        let mut finding = Finding::new(&RULE, &store.id, message(store, &bare))
            .severity(external::severity(inventory, store, severity));
        for bare in &bare {
            finding = finding.at(store.origin, &bare.name.site, "without namespace");
        }
        finding = finding.because(match is_refused {
            true => "The operator refuses that.",
            false => "It is looked for in the namespace of each ExternalSecret.",
        });
        if let Some(ready) = ready.filter(|_| fails) {
            finding = finding.because(format!("Its condition Ready is False: {}", ready.words()));
        }
        if store.origin == Origin::Live {
            finding = external::with_dependents(inventory, &store.id, finding);
        }
        results.report(finding.advise(format!(
            "Add namespace to {}: the one that {} is in.",
            first.field, first.name.value
        )));
    }
}

fn message(store: &Object, bare: &[&BareName]) -> String {
    let names: Vec<_> = bare
        .iter()
        .map(|bare| format!("{} in {}", bare.name.value, bare.field))
        .collect();
    format!(
        "ClusterSecretStore {} does not say the namespace of {}.",
        store.id.name,
        crate::words::listed(names.iter().map(String::as_str))
    )
}
