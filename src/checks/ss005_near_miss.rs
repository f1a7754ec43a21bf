//! SS005: a name that is similar to the name of a Secret.

use crate::finding::{Applies, AutoFix, Data, Finding, Offline, Results, Rule, Severity, Tier};
use crate::inventory::Inventory;

use super::Settings;
use super::resolve::{self, Trouble};

pub static RULE: Rule = Rule {
    id: "SS005",
    name: "near-miss",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretNames, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "a reference names a Secret that is not among the files, but a Secret with a similar \
              name is",
    why: "Most missing Secrets are typing errors: another dash, another capital, or a new suffix \
          from a generator. If the name is certainly missing, SS001, SS003 and SS004 report the \
          similar name. This rule reports it for files only: the name is not among them, so it \
          may exist in the cluster, but one of the files creates a Secret with a similar name.",
    remedy: "Use the name that you meant. If both exist, ignore this finding.",
    example: "secretName: db-creds    # found when the files create a Secret db-cred, and no \
              db-creds\n",
    source: "observed in public issue threads: reportportal/kubernetes#178, kserve/kserve#2688, \
             hetznercloud/csi-driver#306",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let open =
        |trouble: &Trouble| *trouble == Trouble::Unknown(crate::inventory::Reason::NotInFiles);
    for (_, uses) in resolve::grouped(inventory, open) {
        let Some(used) = uses.first() else { continue };
        let candidates = resolve::near_secrets(inventory, used);
        if candidates.is_empty() {
            continue;
        }
        let namespace = resolve::namespace(used);
        let name = used.reference.secret.as_str();
        let mut finding = Finding::new(
            &RULE,
            used.subject,
            format!(
                "Secret {name} is not among the files, but {} is.",
                candidates.join(" and ")
            ),
        )
        .about(namespace, name, None);
        for used in &uses {
            finding = finding.at(
                used.origin,
                &used.reference.secret.site,
                format!("referenced by {}", resolve::asker(used.reference)),
            );
        }
        finding = resolve::with_near(
            finding,
            "a Secret",
            &used.reference.secret.site,
            name,
            &candidates,
            Applies::Unsafe("If the named Secret exists elsewhere, the pods get a different one."),
        );
        finding.related.clear();
        results.report(finding);
    }
}
