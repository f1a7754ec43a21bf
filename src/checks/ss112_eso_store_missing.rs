//! SS112: a store that does not exist, or does not work.

use crate::command_line::CommandLine;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Inventory, Named, Reason};
use crate::levels::external::{ExternalSecret, GROUP, StoreRef};
use crate::levels::status::Condition;
use crate::levels::store::StoreKind;
use crate::manifest::{Operation, path};
use crate::workload::near::near;
use crate::workload::{Object, Origin};

use super::external::{self, Asker, ToldBy};
use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS112",
    name: "eso-store-missing",
    severity: Severity::Error,
    data: &[Data::Producers, Data::Workloads],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "the store of an ExternalSecret or PushSecret does not exist or does not work",
    why: "secretStoreRef without kind means a SecretStore in the same namespace: a \
          ClusterSecretStore of that name is not found. Without its store nothing is \
          synchronised. A store that exists and is not Ready is one finding, whatever number of \
          ExternalSecrets and workloads waits for it. In files a store may come from another \
          repository: then the answer is unknown, unless a ClusterSecretStore of that name is \
          there and kind is not written.",
    remedy: "Write kind: ClusterSecretStore, correct the name, or create the store. Read the \
             events of a store that is not Ready.",
    example: "spec:\n  secretStoreRef:\n    name: vault   # found when only a ClusterSecretStore vault \
              exists\n",
    source: "external-secrets/external-secrets pkg/controllers/secretstore/client_manager.go; \
             #1675, khuedoan/homelab#115",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for asker in external::askers(inventory) {
        for named in &asker.stores {
            missing(inventory, &asker, named, results);
        }
    }
    if inventory.is_live() {
        for kind in [StoreKind::Namespaced, StoreKind::ClusterWide] {
            for store in inventory.of_kind(GROUP, kind.name()) {
                results.findings.extend(not_ready(inventory, store));
            }
        }
    }
}

fn missing(inventory: &Inventory, asker: &Asker<'_>, named: &StoreRef, results: &mut Results) {
    let object = asker.object;
    let name = named.name.as_str();
    // In each namespace another SecretStore is meant, which may be there or made there.
    let is_of_many =
        object.id.kind == "ClusterExternalSecret" && named.kind == StoreKind::Namespaced;
    let is_somewhere = || {
        let mut stores = inventory.of_kind(GROUP, named.kind.name());
        stores.any(|store| store.id.name == name)
    };
    if is_of_many && is_somewhere() {
        return;
    }
    let reason = match external::store(inventory, named.kind, name, object) {
        Named::Missing if is_of_many => Some(Reason::NotInFiles),
        Named::Here(_) | Named::Elsewhere => return,
        Named::Missing => None,
        Named::Unknown(reason) => Some(reason),
    };
    // The other kind of that name.
    let other = (named.kind == StoreKind::Namespaced && !named.says_kind)
        .then(|| external::store(inventory, StoreKind::ClusterWide, name, object))
        .filter(|found| matches!(found, Named::Here(_)));
    let severity = match (&reason, &other) {
        (None, _) => Severity::Error,
        (Some(Reason::NotInFiles), Some(_)) => Severity::Warning,
        (Some(reason), _) => {
            let what = format!("{} {name}", named.kind.name());
            results.unknown(&RULE, Some(&object.id), what, reason.clone());
            return;
        }
    };
    let place = match named.kind {
        StoreKind::Namespaced => format!(" in namespace {}", object.id.namespace),
        StoreKind::ClusterWide => String::new(),
    };
    let message = match severity {
        Severity::Error => format!("{} {name} does not exist{place}.", named.kind.name()),
        _ => format!(
            "{} names SecretStore {name}, and the files have a ClusterSecretStore of that name.",
            object.id.short()
        ),
    };
    let severity = match is_done_with(object) {
        true => Severity::Info,
        false => external::severity(inventory, object, severity),
    };
    let mut finding = Finding::new(&RULE, &object.id, message)
        .severity(severity)
        .at(object.origin, &named.name.site, "named here");
    if other.is_some() {
        finding = finding
            .because("Without kind, a SecretStore of the same namespace is meant.")
            .fix(cluster_wide(named, &reason));
    } else {
        let near = near_stores(inventory, named, object);
        if !near.is_empty() {
            let names = near.join(", ");
            finding = finding.because(format!("There is a store with a similar name: {names}."));
        }
        finding = finding.advise("Correct the name or the kind, or create the store.");
    }
    if let Some(found) = ExternalSecret::of(object) {
        let namespace = &object.id.namespace;
        finding = external::with_users(inventory, namespace, &found.secret.value, finding);
    }
    results.report(finding);
}

/// Whether it was synchronised, and is not to be again.
fn is_done_with(object: &Object) -> bool {
    let is_once = ExternalSecret::of(object).is_some_and(|found| found.refresh.is_once());
    let ready = Condition::of(object, "Ready");
    is_once && object.origin == Origin::Live && ready.is_some_and(|ready| ready.is_true())
}

/// The kind that was probably meant.
fn cluster_wide(named: &StoreRef, doubt: &Option<Reason>) -> Fix {
    Fix::Patch {
        what: "Name the ClusterSecretStore.".to_owned(),
        operations: vec![
            Operation::Test {
                pointer: path::pointer(&named.name.site.path),
                value: named.name.as_str().into(),
            },
            Operation::Add {
                pointer: path::pointer(&path::child(&named.site.path, "kind")),
                value: StoreKind::ClusterWide.name().into(),
            },
        ],
        applies: match doubt {
            // As it is, nothing can be read.
            None => Applies::Safe,
            Some(_) => Applies::Unsafe(
                "If a SecretStore of that name is in the cluster, values come from another store.",
            ),
        },
    }
}

fn near_stores(inventory: &Inventory, named: &StoreRef, by: &Object) -> Vec<String> {
    let known = inventory
        .of_kind(GROUP, named.kind.name())
        .map(|store| &store.id)
        .filter(|id| named.kind == StoreKind::ClusterWide || id.namespace == by.id.namespace)
        .map(|id| id.name.as_str());
    near(&named.name.value, known)
        .into_iter()
        .map(str::to_owned)
        .collect()
}

fn not_ready(inventory: &Inventory, store: &Object) -> Option<Finding> {
    let condition = external::failing(store)?;
    if store.metadata.deleting || external::told_by(inventory, store) != ToldBy::Ss112 {
        return None;
    }
    let waits = !external::dependents(inventory, &store.id).is_empty();
    let usual = match waits {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let finding = Finding::new(
        &RULE,
        &store.id,
        format!("{} {} does not work.", store.id.kind, store.id.name),
    )
    .severity(external::severity(inventory, store, usual))
    .at(Origin::Live, &content::name_site(store), "not ready")
    .because(format!(
        "Its condition Ready is False: {}",
        condition.words()
    ));
    let describe = CommandLine::kubectl("describe").name(&format!(
        "{}.external-secrets.io/{}",
        store.id.kind.to_lowercase(),
        store.id.name
    ));
    let describe = match store.id.namespace.as_str() {
        "" => describe,
        namespace => describe.namespace(namespace),
    };
    Some(
        external::with_dependents(inventory, &store.id, finding).run(
            "See its events: they have the provider's own words.",
            describe,
        ),
    )
}
