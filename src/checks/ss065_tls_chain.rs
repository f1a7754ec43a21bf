//! SS065: a chain that clients cannot verify, or that is for other hosts.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::verdict::{Authority, PairFacts};
use crate::inventory::{Inventory, SecretFacts};
use crate::manifest::{Node, path};
use crate::secret::tls::{ChainFacts, Issuer, TlsProblem};
use crate::workload::Site;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS065",
    name: "tls-chain",
    severity: Severity::Warning,
    data: &[Data::Values, Data::Ingresses],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a certificate chain is incomplete, out of order, or not for the hosts it serves",
    why: "A server sends its chain as it is stored: first its own certificate, then each one \
          followed by its issuer. Browsers correct some mistakes, other clients do not, so it \
          works only for some. Clients no longer check the common name: without subject \
          alternative names the certificate is valid for no host, and a wildcard stands for one \
          label. A single certificate is reported (as an info) only if it says where its issuer \
          is published, as those of public authorities do: a private authority may have signed it \
          directly.",
    remedy: "Store the certificate followed by its intermediates, in order, without the root.",
    example: "tls.crt: |\n  (intermediate)   # found: the server's own certificate comes first\n  \
              (server)\n",
    source: "RFC 8446, 4.4.2; RFC 6125, 6.4",
};

/// One finding per problem.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, values) in content::inspected(inventory) {
        for pair in &values.pairs {
            let Some(chain) = &pair.chain else {
                continue;
            };
            for (severity, words) in troubles(chain, pair) {
                results.report(
                    found(inventory, facts, pair, words)
                        .severity(severity)
                        .advise(
                            "Store the server's certificate, followed by its intermediates, each \
                             after the one it issued.",
                        ),
                );
            }
            hosts(inventory, facts, pair, chain, results);
        }
    }
}

fn found(inventory: &Inventory, facts: &SecretFacts, pair: &PairFacts, words: String) -> Finding {
    content::finding(
        &RULE,
        inventory,
        facts,
        Some(&pair.certificate),
        words,
        "the certificate",
    )
}

fn troubles(chain: &ChainFacts, pair: &PairFacts) -> Vec<(Severity, String)> {
    let name = &pair.certificate;
    let mut found = Vec::new();
    match &chain.order {
        Some(TlsProblem::WrongOrder(order)) => found.push((
            Severity::Warning,
            format!(
                "The certificates of {name} are out of order; the right order is {}.",
                order.join(", ")
            ),
        )),
        Some(TlsProblem::Unrelated(others)) => found.push((
            Severity::Warning,
            format!(
                "{name} contains certificates that are not in the chain of the first one: {}.",
                others.join(", ")
            ),
        )),
        _ => {}
    }
    let [leaf, rest @ ..] = &chain.certificates[..] else {
        return found;
    };
    if leaf.names.is_empty() {
        found.push((
            Severity::Warning,
            format!(
                "The certificate of {} has no subject alternative names, so clients accept it for \
                 no host.",
                leaf.subject
            ),
        ));
    }
    if rest.is_empty() && leaf.issuer == Issuer::Published && pair.authority == Authority::Elsewhere
    {
        found.push((
            Severity::Info,
            format!(
                "{name} contains only the certificate of {}; an intermediate is probably missing.",
                leaf.subject
            ),
        ));
    }
    if let Some(root) = rest.iter().find(|one| one.issuer == Issuer::Itself) {
        found.push((
            Severity::Info,
            format!(
                "{name} also contains the root {}, which clients have and servers need not send.",
                root.subject
            ),
        ));
    }
    found
}

/// Hosts of Ingresses that the certificate is not valid for.
fn hosts(
    inventory: &Inventory,
    facts: &SecretFacts,
    pair: &PairFacts,
    chain: &ChainFacts,
    results: &mut Results,
) {
    let Some(leaf) = chain.certificates.first() else {
        return;
    };
    if pair.certificate != "tls.crt" || leaf.names.is_empty() {
        return;
    }
    for ingress in inventory
        .of_kind("networking.k8s.io", "Ingress")
        .filter(|ingress| ingress.id.namespace == facts.namespace)
    {
        let list = ingress.root.at(&["spec", "tls"]);
        for (index, tls) in list.map_or(&[][..], Node::items).iter().enumerate() {
            if tls.text_of("secretName") != Some(&facts.name) {
                continue;
            }
            for (at, host) in tls
                .get("hosts")
                .map_or(&[][..], Node::items)
                .iter()
                .enumerate()
            {
                let Some(name) = host.as_str().filter(|name| !leaf.is_for(name)) else {
                    continue;
                };
                let site = Site {
                    path: path::item(&format!("spec.tls[{index}].hosts"), at),
                    span: host.span,
                };
                let words = format!(
                    "{} serves {name}, but the certificate of {} is not valid for it.",
                    ingress.id.short(),
                    leaf.subject
                );
                results.report(
                    found(inventory, facts, pair, words)
                        .at(ingress.origin, &site, "this host")
                        .because(format!("It is valid for {}.", leaf.names.join(", ")))
                        .advise("Issue a certificate for this host, or remove the host."),
                );
            }
        }
    }
}
