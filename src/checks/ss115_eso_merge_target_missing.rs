//! SS115: a Secret that an ExternalSecret cannot write.

use std::collections::BTreeMap;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup, Reason};
use crate::levels::external::{Creation, ExternalSecret, Makes};
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, Origin};

use super::external::{self, Conflict};
use super::{Settings, resolve};

pub static RULE: Rule = Rule {
    id: "SS115",
    name: "eso-merge-target-missing",
    severity: Severity::Error,
    data: &[Data::Producers, Data::SecretNames, Data::SecretMetadata],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "the Secret of an ExternalSecret is missing for Merge, or belongs to somebody else",
    why: "With creationPolicy: Merge the operator adds keys to a Secret that somebody else makes. \
          Without one it writes nothing, and still says Ready (reason SecretMissing). With Owner \
          it must be the Secret's only controller: it refuses a Secret that another \
          ExternalSecret, or any other controller, owns. In files, Merge is a warning, since an \
          operator may create the Secret; so are two owners in one file or kustomization.",
    remedy: "Use creationPolicy: Owner or create the Secret first; give each ExternalSecret a \
             target.name of its own, or use Merge in all but one.",
    example: "spec:\n  target: {name: db, creationPolicy: Merge}   # found when there is no Secret db\n",
    source: "external-secrets/external-secrets \
             pkg/controllers/externalsecret/externalsecret_controller.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if !inventory.is_live() {
        merging_in_files(inventory, results);
        two_owners(inventory, results);
        return;
    }
    for found in external::all(inventory) {
        let object = found.object();
        let namespace = &object.id.namespace;
        let secret = &found.secret.value;
        let usual = match inventory.refused("", "secrets", namespace) {
            Some(grant) if found.creation == Creation::Merge => {
                let reason = Reason::Forbidden(grant.clone());
                results.unknown(&RULE, Some(&object.id), format!("secret/{secret}"), reason);
                continue;
            }
            _ => external::severity(inventory, object, RULE.severity),
        };
        match external::conflict(inventory, &found) {
            // SS001 reports what somebody needs, and why it is not there.
            Some(Conflict::NothingToMergeInto)
                if inventory
                    .uses_of(namespace, secret)
                    .any(|used| !used.dormant && resolve::counts(&used)) => {}
            Some(Conflict::NothingToMergeInto) => {
                let finding = merging(&found, usual);
                let finding = external::with_users(inventory, namespace, secret, finding);
                results.report(finding.run(
                    "Create it, if nobody else is to.",
                    resolve::create_command(inventory, namespace, secret),
                ));
            }
            Some(Conflict::OwnedBy(owner)) => results.report(
                written(
                    &found,
                    format!(
                        "{} cannot write Secret {secret}, which {}/{} owns.",
                        object.id.short(),
                        owner.kind,
                        owner.name
                    ),
                )
                .severity(usual)
                .run(
                    "See who owns it.",
                    CommandLine::kubectl("describe")
                        .name(&object.id.short())
                        .namespace(namespace),
                )
                .advise("Give one of the two another Secret, or use creationPolicy: Merge here."),
            ),
            None => {}
        }
    }
}

fn written(found: &ExternalSecret<'_>, message: String) -> Finding {
    let object = found.object();
    Finding::new(&RULE, &object.id, message)
        .about(&object.id.namespace, &found.secret.value, None)
        .at(
            object.origin,
            &found.secret.site,
            "the Secret that is written",
        )
}

fn merging(found: &ExternalSecret<'_>, severity: Severity) -> Finding {
    let message = format!(
        "{} adds keys to Secret {}, which does not exist.",
        found.object().id.short(),
        found.secret.value
    );
    written(found, message)
        .severity(severity)
        .because("With creationPolicy: Merge the operator does not create it.")
        .advise("Use creationPolicy: Owner if the Secret has no other source.")
}

fn merging_in_files(inventory: &Inventory, results: &mut Results) {
    let merges = external::all(inventory)
        .filter(|found| found.creation == Creation::Merge && found.makes == Makes::Secret);
    for found in merges {
        let object = found.object();
        let secret = found.secret.as_str();
        match inventory.lookup(&object.id.namespace, secret) {
            Lookup::Present(_) | Lookup::Expected(_) => {}
            Lookup::Missing => results.report(merging(&found, Severity::Warning)),
            Lookup::Unknown(reason) => {
                results.unknown(&RULE, Some(&object.id), format!("secret/{secret}"), reason);
            }
        }
    }
}

/// Two ExternalSecrets that are applied together and want the same Secret for themselves.
fn two_owners(inventory: &Inventory, results: &mut Results) {
    let mut owners: BTreeMap<(Option<usize>, String, String), ExternalSecret<'_>> = BTreeMap::new();
    for found in external::all(inventory)
        .filter(|found| found.creation == Creation::Owner && found.makes == Makes::Secret)
    {
        let object = found.object();
        let (namespace, secret) = (object.id.namespace.clone(), found.secret.value.clone());
        if is_placeholder(&namespace) || is_placeholder(&secret) {
            continue;
        }
        match owners.get(&(set_of(inventory, object), namespace.clone(), secret.clone())) {
            Some(first) if first.object().id != object.id => {
                let other = first.object().id.short();
                results.report(
                    written(
                        &found,
                        format!(
                            "{} and {other} both own Secret {secret}.",
                            object.id.short()
                        ),
                    )
                    .severity(Severity::Warning)
                    .because("The operator refuses the second one.")
                    .advise("Give one of them another target.name, or creationPolicy: Merge."),
                );
            }
            Some(_) => {}
            None => {
                owners.insert((set_of(inventory, object), namespace, secret), found);
            }
        }
    }
}

/// What is applied together: what one kustomization builds, or else one file.
fn set_of(inventory: &Inventory, object: &Object) -> Option<usize> {
    match object.origin {
        Origin::File { source, .. } if inventory.kustomization.is_none() => Some(source),
        _ => None,
    }
}
