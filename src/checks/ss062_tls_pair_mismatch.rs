//! SS062: a certificate and a key that cannot be used together.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::verdict::{PairFacts, ValueFacts};
use crate::inventory::{Inventory, SecretFacts};
use crate::secret::inspection::Suspicion;
use crate::secret::kind;
use crate::secret::tls::{Part, TlsProblem};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS062",
    name: "tls-pair-mismatch",
    severity: Severity::Error,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a certificate and its key cannot be read, or do not match",
    why: "The API server stores any bytes as tls.crt and tls.key. A controller that cannot use \
          them serves its default certificate instead, or drops the host, and reports that only \
          in its log. Keys of a kind that cannot be compared are not checked; in Secrets of other \
          types, only pairs that can be read are checked.",
    remedy: "Store a certificate with its own key; kubectl secretsafe create tls refuses anything \
             else.",
    example: "type: kubernetes.io/tls\ndata:\n  tls.crt: …   # for last year's key: found\n  \
              tls.key: …\n",
    source: "kubernetes/ingress-nginx#851, #1817; kubernetes/kubernetes pkg/apis/core/validation",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, values) in content::inspected(inventory) {
        for pair in &values.pairs {
            let Some(words) = trouble(inventory, facts, values, pair) else {
                continue;
            };
            results.report(
                content::finding(
                    &RULE,
                    inventory,
                    facts,
                    Some(&pair.certificate),
                    format!("Secret {} cannot be used for TLS: {words}.", facts.name),
                    "the certificate",
                )
                .advise(
                    "Store a certificate with its own key: kubectl secretsafe create tls checks \
                     both before it sends them.",
                ),
            );
        }
    }
}

fn trouble(
    inventory: &Inventory,
    facts: &SecretFacts,
    values: &ValueFacts,
    pair: &PairFacts,
) -> Option<String> {
    let problem = pair.problem.as_ref()?;
    let is_empty = |key: &str| {
        values
            .keys
            .get(key)
            .is_some_and(|key| key.has(Suspicion::Empty))
    };
    let (certificate, key) = (&pair.certificate, &pair.key);
    if facts.type_ != kind::TLS {
        // There, these keys may hold anything.
        return matches!(problem, TlsProblem::OtherKey | TlsProblem::Swapped)
            .then(|| words(problem, pair));
    }
    if is_empty(certificate) && is_empty(key) {
        let is_being_made = facts.owner.is_some()
            || inventory
                .producers
                .iter()
                .any(|made| made.namespace == facts.namespace && made.makes(&facts.name));
        return (!is_being_made).then(|| format!("{certificate} and {key} are empty"));
    }
    Some(match (is_empty(certificate), is_empty(key)) {
        (true, _) => format!("{certificate} is empty"),
        (_, true) => format!("{key} is empty"),
        _ => words(problem, pair),
    })
}

/// The problem in the words of a stored Secret.
fn words(problem: &TlsProblem, pair: &PairFacts) -> String {
    let (certificate, key) = (&pair.certificate, &pair.key);
    let name = |part: Part| match part {
        Part::Key => key,
        Part::Certificate | Part::Authority => certificate,
    };
    match problem {
        TlsProblem::NoPem(part) => format!("{} contains no PEM block of its kind", name(*part)),
        TlsProblem::Der(part) => format!("{} is DER, not PEM", name(*part)),
        TlsProblem::BrokenPem(part) => {
            format!("{} contains a PEM block that cannot be read", name(*part))
        }
        TlsProblem::Swapped => {
            format!("{certificate} contains a key, or {key} a certificate: they are swapped")
        }
        TlsProblem::OtherKey => {
            format!("{key} does not match the first certificate of {certificate}")
        }
        TlsProblem::Encrypted | TlsProblem::OldEncryption => {
            format!("{key} is encrypted, and a server cannot ask for the passphrase")
        }
        other => other.to_string(),
    }
}
