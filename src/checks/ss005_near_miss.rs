//! SS005: a name that is almost another one.

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
    summary: "a reference names something that is almost the name of a Secret at hand",
    why: "Most missing Secrets are typing errors, names with another dash or capital, or names that \
          a generator gave a new suffix. Where a name is certainly missing this is told with SS001, \
          SS003 and SS004. On its own it stands for files: the name is not among them, so it may \
          exist in the cluster, but one of the files makes a Secret of almost that name.",
    remedy: "Write the name that was meant. If both exist, ignore this one.",
    example: "secretName: db-creds    # found when the files make a Secret db-cred, and no db-creds\n",
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
                format!("asked for by {}", resolve::asker(used.reference)),
            );
        }
        finding = resolve::with_near(
            finding,
            "a Secret",
            &used.reference.secret.site,
            name,
            &candidates,
            Applies::Unsafe(
                "If the Secret that is named exists elsewhere, the pods get another one.",
            ),
        );
        finding.related.clear();
        results.report(finding);
    }
}
