//! SS063: a certificate that has expired, or soon will.

use jiff::{SignedDuration, Timestamp};

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, ProducerKind, SecretFacts};
use crate::secret::tls::{CertificateFacts, Issuer};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS063",
    name: "tls-expiry",
    severity: Severity::Warning,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a certificate has expired, expires within 30 days, or is not valid yet",
    why: "Clients refuse an expired certificate, and nothing in Kubernetes checks the date: \
          kubectl stores such a certificate without a warning. Certificates that are valid for \
          less than 90 days are reported in the last third of that time. Roots that were added to \
          a chain are not checked, because clients have their own. An expired certificate is only \
          a warning if nothing that was read refers to it.",
    remedy: "Renew it. If cert-manager created it, find out why it did not renew it.",
    example: "type: kubernetes.io/tls   # tls.crt: notAfter is in the past: found\n",
    source: "RFC 5280, 4.1.2.5; cert-manager.io/docs/usage/certificate (renewal)",
};

const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// One finding per pair, about its worst certificate.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, values) in content::inspected(inventory) {
        for pair in &values.pairs {
            let chain = pair.chain.iter().flat_map(|chain| &chain.certificates);
            let worst = chain
                .enumerate()
                .filter(|(position, certificate)| {
                    *position == 0 || certificate.issuer != Issuer::Itself
                })
                .filter_map(|(_, certificate)| trouble(certificate, inventory.now))
                .max_by_key(|(severity, _)| *severity);
            let Some((severity, words)) = worst else {
                continue;
            };
            let unused = !content::is_used(inventory, facts);
            let mut finding = content::finding(
                &RULE,
                inventory,
                facts,
                Some(&pair.certificate),
                words,
                "the certificate",
            )
            .severity(if unused { Severity::Warning } else { severity });
            if unused && severity == Severity::Error {
                finding = finding.because("Nothing that was read refers to the Secret.");
            }
            results.report(renewed(inventory, facts, finding));
        }
    }
}

fn trouble(certificate: &CertificateFacts, now: Timestamp) -> Option<(Severity, String)> {
    const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
    let CertificateFacts {
        subject,
        from,
        until,
        ..
    } = certificate;
    let left = until.duration_since(now);
    let life = until.duration_since(*from);
    if left.is_negative() {
        Some((
            Severity::Error,
            format!("The certificate of {subject} expired at {until}."),
        ))
    } else if from.duration_since(now) > SKEW {
        Some((
            Severity::Error,
            format!("The certificate of {subject} is not valid before {from}."),
        ))
    } else if left < SOON.min(life / 3) {
        Some((
            Severity::Warning,
            format!("The certificate of {subject} expires at {until}."),
        ))
    } else {
        None
    }
}

fn renewed(inventory: &Inventory, facts: &SecretFacts, finding: Finding) -> Finding {
    let maker = inventory.producers.iter().find(|made| {
        made.kind == ProducerKind::Certificate
            && made.namespace == facts.namespace
            && made.makes(&facts.name)
    });
    match maker {
        Some(maker) => finding.run(
            "Renew it now with cert-manager.",
            CommandLine::like_kubectl("cmctl renew")
                .name(&maker.id.name)
                .namespace(&maker.id.namespace),
        ),
        None => finding.run(
            "Renew it, then store the new pair.",
            CommandLine::secretsafe("create tls")
                .name(&facts.name)
                .namespace(&facts.namespace)
                .switch("--update --cert=PATH --key=PATH"),
        ),
    }
}
