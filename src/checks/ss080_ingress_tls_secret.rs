//! SS080: a certificate of an Ingress that does not exist.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{Applies, AutoFix, Data, Finding, Offline, Results, Rule, Tier};
use crate::inventory::{Answer, Inventory, Lookup, Reason};
use crate::workload::Usage;

use super::{Settings, resolve};

/// The risk of referring to another Secret.
const NEAR: &str = "The controller starts to use that certificate.";

/// The keys of a certificate's Secret.
const KEYS: [&str; 2] = ["tls.crt", "tls.key"];

pub static RULE: Rule = Rule {
    id: "SS080",
    name: "ingress-tls-secret",
    severity: crate::finding::Severity::Error,
    data: &[
        Data::Ingresses,
        Data::SecretNames,
        Data::SecretKeys,
        Data::Producers,
    ],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "an Ingress names a TLS Secret that does not exist or lacks a key",
    why: "The controller then answers with its own default certificate, which no client trusts, \
          or not at all; the Ingress itself shows no error. The Secret must be in the namespace \
          of the Ingress. A Secret that a Certificate, or an Ingress with cert-manager's \
          annotation, will create counts as existing.",
    remedy: "Create the Secret with tls.crt and tls.key in the namespace of the Ingress, or \
             correct the name. Whether a controller may read other namespaces is unknown here.",
    example: "spec:\n  tls:\n  - hosts: [shop.example.org]\n    secretName: shop-tls   # found when no \
              Secret shop-tls is in the namespace\n",
    source: "kubernetes/website concepts/services-networking/ingress (TLS)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut told = BTreeSet::new();
    for used in inventory.uses() {
        let name = used.reference.secret.as_str();
        if used.reference.usage != Usage::IngressTls
            || crate::secret::key::check_object_name(name).is_err()
            || !told.insert((used.subject.clone(), used.origin, name.to_owned()))
        {
            continue;
        }
        let namespace = resolve::namespace(&used);
        let site = &used.reference.secret.site;
        let create = || {
            CommandLine::secretsafe("create tls")
                .name(name)
                .namespace(namespace)
                .switch("--cert=PATH --key=PATH")
        };
        match inventory.lookup(namespace, name) {
            Lookup::Missing => {
                let mut finding = Finding::new(
                    &RULE,
                    used.subject,
                    format!("TLS Secret {name} does not exist in namespace {namespace}."),
                )
                .about(namespace, name, None)
                .at(used.origin, site, "named here");
                for facts in inventory.elsewhere(namespace, name) {
                    finding = finding.because(format!(
                        "Namespace {} has a Secret of that name, but an Ingress cannot use it.",
                        facts.namespace
                    ));
                }
                let near = resolve::near_secrets(inventory, &used);
                finding = resolve::with_near(
                    finding,
                    "a Secret",
                    site,
                    name,
                    &near,
                    Applies::Unsafe(NEAR),
                );
                results.report(finding.run("Create it from its two files.", create()));
            }
            Lookup::Present(facts) => {
                let missing: Vec<_> = KEYS
                    .into_iter()
                    .filter(|key| facts.keys.has(key) == Answer::No)
                    .collect();
                // Every controller reads these two keys, whatever the type is.
                let [first, ..] = missing[..] else { continue };
                results.report(
                    Finding::new(
                        &RULE,
                        used.subject,
                        format!(
                            "TLS Secret {name} has no key {}.",
                            missing.join(" and no key ")
                        ),
                    )
                    .about(namespace, name, Some(first))
                    .at(used.origin, site, "named here")
                    .because(format!("Its type is {}.", facts.type_))
                    .run(
                        "Create a Secret of type kubernetes.io/tls instead, under another name or \
                         after you delete this one.",
                        create(),
                    ),
                );
            }
            Lookup::Unknown(reason @ Reason::Forbidden(_)) => {
                results.unknown(&RULE, Some(used.subject), format!("secret/{name}"), reason);
            }
            Lookup::Expected(_) | Lookup::Unknown(_) => {}
        }
    }
}
