//! SS060: a value with an unintended newline or unintended spaces.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::secret::inspection::Suspicion;
use crate::secret::key::names_a_document;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS060",
    name: "trailing-newline",
    severity: Severity::Warning,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a value ends with a newline or a carriage return, or begins or ends with spaces",
    why: "echo adds a newline, and so do editors. Kubernetes keeps every byte, so the password \
          that the app sends is one byte longer than the one that was set: it looks right \
          wherever it is printed, but the login fails. Documents are not reported, because their \
          readers ignore the last newline: keys, certificates, JSON and configuration files.",
    remedy: "Set the value again at a prompt, or with --trim-newline.",
    example: "$ echo s3cret | kubectl create secret generic db --from-file=password=/dev/stdin  # \
              found\n$ kubectl secretsafe create db --prompt password                            # \
              right\n",
    source: "kubernetes/kubernetes#23404, #28086; kubernetes/website#492",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        if names_a_document(key) {
            continue;
        }
        let found: Vec<_> = [
            Suspicion::TrailingNewline,
            Suspicion::TrailingReturn,
            Suspicion::SurroundingBlanks,
        ]
        .into_iter()
        .filter(|suspicion| verdict.has(*suspicion))
        .collect();
        let Some(first) = found.first() else {
            continue;
        };
        let mut finding = content::finding(
            &RULE,
            inventory,
            facts,
            Some(key),
            format!(
                "The value of key {key} of Secret {} {}.",
                facts.name,
                first.sentence()
            ),
            "has invisible bytes",
        );
        for other in &found[1..] {
            finding = finding.because(format!("The value also {}.", other.sentence()));
        }
        results.report(content::set_again(
            finding,
            facts,
            key,
            "Set the value again, without the surrounding characters.",
        ));
    }
}
