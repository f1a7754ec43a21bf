//! SS114: a ClusterSecretStore that does not serve the namespace it is used in.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Named, Reason};
use crate::levels::external::{ExternalSecret, targets};
use crate::levels::store::{Admits, StoreKind};
use crate::words::listed;
use crate::workload::Origin;
use crate::workload::placeholder::is_placeholder;

use super::external::Asker;
use super::{Settings, content, external};

pub static RULE: Rule = Rule {
    id: "SS114",
    name: "eso-clusterstore-conditions",
    severity: Severity::Error,
    data: &[Data::Producers, Data::Namespaces],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "no condition of a ClusterSecretStore admits the namespace it is used in",
    why: "With spec.conditions a ClusterSecretStore serves only the namespaces that one of them \
          admits, by name, by a regular expression or by labels. For all others the operator \
          refuses to read, and the Secret is not created. Where the labels of a namespace are not \
          known, the answer is unknown.",
    remedy: "Add the namespace to the conditions, label the namespace, or use another store.",
    example: "kind: ClusterSecretStore\nspec:\n  conditions:\n  - namespaces: [prod]   # found when an \
              ExternalSecret in namespace shop uses it\n",
    source: "external-secrets/external-secrets pkg/controllers/secretstore/client_manager.go \
             (shouldProcessSecret)",
};

/// One finding per object and store.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for asker in external::askers(inventory) {
        let object = asker.object;
        if object.id.kind == "ClusterExternalSecret" {
            of_cluster(inventory, &asker, results);
            continue;
        }
        let namespace = &object.id.namespace;
        let is_said = object.origin == Origin::Live
            || object.metadata.says_namespace
            || inventory.namespace_is_said;
        let stores = asker
            .stores
            .iter()
            .filter(|named| named.kind == StoreKind::ClusterWide);
        for named in stores {
            let Named::Here(store) =
                external::store(inventory, named.kind, &named.name.value, object)
            else {
                continue;
            };
            let answer = external::serves(inventory, store, namespace);
            if answer == Admits::Yes {
                continue;
            }
            let name = &store.id.name;
            if answer == Admits::Unknown || !is_said || is_placeholder(namespace) {
                let reason = match inventory.refused("", "namespaces", "") {
                    Some(grant) => Reason::Forbidden(grant.clone()),
                    None if is_placeholder(namespace) => Reason::Template,
                    None if inventory.is_live() => {
                        Reason::Incomplete("a condition cannot be read".to_owned())
                    }
                    None => Reason::NotInFiles,
                };
                let what = format!("whether ClusterSecretStore {name} serves {namespace}");
                results.unknown(&RULE, Some(&object.id), what, reason);
                continue;
            }
            let finding = Finding::new(
                &RULE,
                &object.id,
                format!("ClusterSecretStore {name} does not serve namespace {namespace}."),
            )
            .severity(external::severity(inventory, object, RULE.severity))
            .at(object.origin, &named.name.site, "used here")
            .at(store.origin, &content::name_site(store), "its conditions")
            .because("None of its spec.conditions admits that namespace.");
            let finding = match ExternalSecret::of(object) {
                Some(found) => {
                    external::with_users(inventory, namespace, &found.secret.value, finding)
                }
                None => finding,
            };
            results.report(finding.advise(
                "Add the namespace to the conditions of the store, or label the namespace as a \
                 condition asks.",
            ));
        }
    }
}

/// What a ClusterExternalSecret of a file names, in each namespace that it names.
fn of_cluster(inventory: &Inventory, asker: &Asker<'_>, results: &mut Results) {
    let object = asker.object;
    let targets = targets(object);
    let stores = asker
        .stores
        .iter()
        .filter(|named| named.kind == StoreKind::ClusterWide);
    for named in stores {
        let Named::Here(store) = external::store(inventory, named.kind, &named.name.value, object)
        else {
            continue;
        };
        let name = &store.id.name;
        let answers = |wanted: Admits| -> Vec<&str> {
            let fits = |namespace: &&String| {
                !is_placeholder(namespace)
                    && external::serves(inventory, store, namespace) == wanted
            };
            targets
                .named
                .iter()
                .filter(fits)
                .map(String::as_str)
                .collect()
        };
        let refused = answers(Admits::No);
        if !refused.is_empty() {
            let message = format!(
                "ClusterSecretStore {name} does not serve namespace {}.",
                listed(refused.iter().copied())
            );
            results.report(
                Finding::new(&RULE, &object.id, message)
                    .at(object.origin, &named.name.site, "used here")
                    .at(store.origin, &content::name_site(store), "its conditions")
                    .because("None of its spec.conditions admits that namespace.")
                    .advise(
                        "Add the namespace to the conditions of the store, or label the namespace \
                         as a condition asks.",
                    ),
            );
        }
        let has_conditions = external::serves(inventory, store, "") != Admits::Yes;
        let is_open = targets.chooses && has_conditions;
        if is_open || !answers(Admits::Unknown).is_empty() {
            let what = format!("whether ClusterSecretStore {name} serves all its namespaces");
            results.unknown(&RULE, Some(&object.id), what, Reason::NotInFiles);
        }
    }
}
