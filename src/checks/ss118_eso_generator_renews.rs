//! SS118: a generator that makes a new password again and again.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Inventory, Reason};
use crate::levels::external::{ExternalSecret, RefreshPolicy};
use crate::manifest::{Operation, path};
use crate::workload::placeholder::is_placeholder;

use super::{Settings, external};

pub static RULE: Rule = Rule {
    id: "SS118",
    name: "eso-generator-renews",
    severity: Severity::Warning,
    data: &[Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "a generated password is replaced by a new one at each refresh",
    why: "The generators Password, UUID and SSHKey answer with a new random value each time they \
          are asked. With a refreshInterval that is every hour by default; with refreshPolicy: \
          OnChange it is whenever a label, an annotation or the specification changes, which \
          GitOps tools do at each commit. The database or service that has the old value is not \
          told, and fails after the next restart. Generators of tokens (ECR, GCR, ACR, STS, \
          GitHub, …) are meant to be asked again.",
    remedy: "Use refreshPolicy: CreatedOnce, and rotate on purpose: kubectl secretsafe rotate \
             changes the other side, too.",
    example: "spec:\n  refreshPolicy: OnChange   # found: CreatedOnce\n  dataFrom:\n  - sourceRef:\n      \
              generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, \
              name: db}\n",
    source: "external-secrets/external-secrets#3979; pkg/generator/password, \
             pkg/controllers/util (GetResourceVersion)",
};

/// One finding per ExternalSecret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for found in external::with_clusters(inventory) {
        let refresh = &found.refresh;
        let is_filled_in = [&refresh.policy_site, &refresh.interval_site]
            .into_iter()
            .flatten()
            .any(|text| is_placeholder(&text.value));
        if refresh.is_once() || is_filled_in || found.immutable.is_some() {
            continue;
        }
        for generator in &found.generators {
            if generator.is_random() {
                results.report(renewed(&found, &generator.kind.value, &generator.kind.site));
                break;
            }
            if generator.kind.value == "ClusterGenerator" {
                let what = format!("what ClusterGenerator {} makes", generator.name);
                let reason = Reason::Outside("its kind is in the ClusterGenerator".to_owned());
                results.unknown(&RULE, Some(&found.object().id), what, reason);
            }
        }
    }
}

fn renewed(found: &ExternalSecret<'_>, kind: &str, site: &crate::workload::Site) -> Finding {
    let object = found.object();
    let refresh = &found.refresh;
    let when = match (refresh.policy, refresh.period()) {
        (RefreshPolicy::OnChange, _) => {
            "whenever a label, an annotation or the specification changes".to_owned()
        }
        (_, Some(period)) => format!("every {period:#}"),
        (_, None) => "at each refresh".to_owned(),
    };
    let finding = Finding::new(
        &RULE,
        &object.id,
        format!(
            "{} gets a new value from its generator {when}.",
            object.id.short()
        ),
    )
    .about(&object.id.namespace, &found.secret.value, None)
    .at(object.origin, site, "a new value each time")
    .because(format!(
        "Generator {kind} does not remember the last value, and nobody else is told the new one."
    ));
    let value = "CreatedOnce".into();
    let operation = match &refresh.policy_site {
        Some(said) => Operation::Replace {
            pointer: path::pointer(&said.site.path),
            value,
        },
        None => Operation::Add {
            pointer: path::pointer(&path::child(&found.site().path, "refreshPolicy")),
            value,
        },
    };
    // What it fetches besides from stores would stand still, too.
    if !found.fetched().is_empty() || found.fetches_from_stores() {
        return finding.advise(
            "Give the generator an ExternalSecret of its own, with refreshPolicy: CreatedOnce.",
        );
    }
    finding.fix(Fix::Patch {
        what: "Generate it once.".to_owned(),
        operations: vec![operation],
        applies: Applies::Unsafe("The value no longer changes by itself."),
    })
}
