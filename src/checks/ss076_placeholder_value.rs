//! SS076: a credential that was never filled in.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::secret::inspection::Suspicion;
use crate::workload::credential::is_credential_name;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS076",
    name: "placeholder-value",
    severity: Severity::Warning,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a credential is a placeholder or a well-known password",
    why: "changeme, REPLACE_ME, <password>, ${PASSWORD} or admin: either the template was never \
          filled in, so nothing works, or it works, and anybody can guess it. Only keys whose \
          name is that of a credential are checked: a user may be called admin. In files, what a \
          template fills in later is not reported. In namespaces for tests it is an info.",
    remedy: "Set a real value. kubectl secretsafe create --generate KEY creates a random one.",
    example: "stringData:\n  password: changeme   # found\n",
    source: "kubernetes/website content/en/docs/concepts/security/secrets-good-practices.md",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        if !verdict.has(Suspicion::Placeholder) || !is_credential_name(key) {
            continue;
        }
        let finding = content::finding(
            &RULE,
            inventory,
            facts,
            Some(key),
            format!(
                "The value of key {key} of Secret {} is a placeholder or a well-known password.",
                facts.name
            ),
            "not a real value",
        )
        .severity(if is_for_tests(&facts.namespace) {
            Severity::Info
        } else {
            Severity::Warning
        });
        results.report(content::set_again(finding, facts, key, "Set a real value."));
    }
}

fn is_for_tests(namespace: &str) -> bool {
    namespace.split('-').any(|word| {
        matches!(
            word,
            "test" | "tests" | "testing" | "e2e" | "dev" | "sandbox" | "demo"
        )
    })
}
