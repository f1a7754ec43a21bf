//! SS116: a Secret that does not follow its store.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::levels::external::{ExternalSecret, RefreshPolicy};
use crate::manifest::{Operation, path};
use crate::workload::Located;
use crate::workload::placeholder::is_placeholder;

use super::{Settings, external};

pub static RULE: Rule = Rule {
    id: "SS116",
    name: "eso-no-refresh",
    severity: Severity::Warning,
    data: &[Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "a new value in the store never reaches the Secret",
    why: "With refreshPolicy: CreatedOnce or a refreshInterval of 0 the store is read once. A \
          rotation there does not reach the cluster, and a forced synchronisation is ignored, \
          too. An immutable target has the same effect, whatever the interval. Not reported are \
          ExternalSecrets of generators only (a new password each time would be worse, see \
          SS118), and an immutable target that is read once, which is consistent.",
    remedy: "Use refreshPolicy: Periodic with an interval such as 1h; remove immutable from the \
             target.",
    example: "spec:\n  refreshInterval: \"0\"   # found: 1h reads the store every hour\n",
    source: "external-secrets/external-secrets \
             pkg/controllers/externalsecret/externalsecret_controller.go (shouldRefresh, mutationFunc)",
};

/// One finding per ExternalSecret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for found in external::with_clusters(inventory) {
        let reads_a_store =
            !found.fetched().is_empty() || (found.fetches_others() && found.generators.is_empty());
        let refresh = &found.refresh;
        let is_filled_in = [&refresh.policy_site, &refresh.interval_site]
            .into_iter()
            .flatten()
            .any(|text| is_placeholder(&text.value));
        if !reads_a_store || is_filled_in {
            continue;
        }
        match (refresh.is_once(), &found.immutable) {
            (true, None) => results.report(once(&found)),
            (false, Some(site)) if refresh.policy == RefreshPolicy::Periodic => results.report(
                finding(
                    &found,
                    "its Secret is immutable, so new values of the store never reach it",
                )
                .at(found.object().origin, site, "immutable")
                .advise("Remove immutable, or read the store only once (CreatedOnce)."),
            ),
            _ => {}
        }
    }
}

fn finding(found: &ExternalSecret<'_>, what: &str) -> Finding {
    let object = found.object();
    Finding::new(&RULE, &object.id, format!("{}: {what}.", object.id.short())).about(
        &object.id.namespace,
        &found.secret.value,
        None,
    )
}

fn once(found: &ExternalSecret<'_>) -> Finding {
    let refresh = &found.refresh;
    let (said, what, value) = match refresh.policy {
        RefreshPolicy::CreatedOnce => (
            &refresh.policy_site,
            "with refreshPolicy: CreatedOnce its store is read once",
            "Periodic",
        ),
        _ => (
            &refresh.interval_site,
            "with a refreshInterval of 0 its store is read once",
            "1h",
        ),
    };
    let result = finding(found, what);
    let Some(said) = said else {
        return result.advise("Set refreshInterval: 1h.");
    };
    let result = result
        .at(found.object().origin, &said.site, "never again")
        .because("A rotation in the store does not reach the Secret.");
    // An interval of zero beside the policy would go on meaning once.
    let is_enough = refresh.policy != RefreshPolicy::CreatedOnce
        || refresh
            .interval
            .is_some_and(|interval| interval.is_positive());
    match is_enough {
        true => result.fix(replaced(said, value)),
        false => result.advise("Use refreshPolicy: Periodic and refreshInterval: 1h."),
    }
}

fn replaced(said: &Located<String>, value: &str) -> Fix {
    Fix::Patch {
        what: format!("Use {value}."),
        operations: vec![Operation::Replace {
            pointer: path::pointer(&said.site.path),
            value: value.into(),
        }],
        applies: Applies::Unsafe(
            "From then on the Secret changes whenever the store does, and workloads with it.",
        ),
    }
}
