//! SS064: a Secret that is used for TLS but has the wrong type or keys.

use std::collections::BTreeMap;

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::{Answer, Inventory, SecretFacts, Use};
use crate::secret::kind;
use crate::workload::Usage;

use super::{Settings, content, resolve};

pub static RULE: Rule = Rule {
    id: "SS064",
    name: "tls-wrong-type-or-keys",
    severity: Severity::Warning,
    data: &[Data::SecretKeys, Data::Ingresses],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a Secret that an Ingress or Gateway uses for TLS has another type or other keys",
    why: "Controllers read tls.crt and tls.key, and serve their default certificate if these are \
          missing. Gateways also require the type kubernetes.io/tls; for an Ingress the keys are \
          enough. A Secret with only a ca.crt, which some controllers accept, is not reported. \
          Secrets with certificates that nothing uses for TLS are not reported either, because \
          apps may read any key.",
    remedy: "Create the Secret again with kubectl secretsafe create tls: a type cannot be changed.",
    example: "kind: Secret\ntype: Opaque\ndata: {server.crt: …, server.key: …}   # named in \
              spec.tls: found\n",
    source: "traefik/traefik#2001; kubernetes-sigs/gateway-api SecretObjectReference",
};

/// One finding per Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut uses: BTreeMap<(&str, &str), (&SecretFacts, Vec<Use<'_>>)> = BTreeMap::new();
    for used in inventory.uses() {
        if !matches!(used.reference.usage, Usage::IngressTls | Usage::Gateway) {
            continue;
        }
        let found = inventory.secret(resolve::namespace(&used), &used.reference.secret.value);
        if let Some(facts) = found {
            uses.entry((&facts.namespace, &facts.name))
                .or_insert_with(|| (facts, Vec::new()))
                .1
                .push(used);
        }
    }
    for (facts, uses) in uses.into_values() {
        let by_gateway = uses
            .iter()
            .any(|used| used.reference.usage == Usage::Gateway);
        let Some(trouble) = trouble(facts, by_gateway) else {
            continue;
        };
        let mut finding = content::finding(
            &RULE,
            inventory,
            facts,
            None,
            format!("Secret {} is used for TLS, but {trouble}.", facts.name),
            "this Secret",
        );
        for used in uses.iter().take(3) {
            let label = format!("{} uses it for TLS", used.subject.short());
            finding = finding.at(used.origin, &used.reference.secret.site, label);
        }
        results.report(finding.advise(
            "Create it again under another name with kubectl secretsafe create tls, and refer to \
             that: the type of a Secret cannot be changed.",
        ));
    }
}

fn trouble(facts: &SecretFacts, by_gateway: bool) -> Option<String> {
    let missing: Vec<_> = ["tls.crt", "tls.key"]
        .into_iter()
        .filter(|key| facts.keys.has(key) == Answer::No)
        .collect();
    let only_authority = facts.keys.known().len() == 1 && facts.keys.known().contains("ca.crt");
    if !missing.is_empty() && !only_authority {
        return Some(format!("it has no {}", missing.join(" and no ")));
    }
    (by_gateway && facts.type_ != kind::TLS && !only_authority)
        .then(|| format!("its type is {}, not {}", facts.type_, kind::TLS))
}
