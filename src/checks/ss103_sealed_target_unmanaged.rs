//! SS103: a Secret in the way of a SealedSecret.

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Reason, SecretFacts};
use crate::levels::sealed::{GROUP, KIND, MANAGED, PATCH, SKIP_SET_OWNER_REFERENCES};
use crate::workload::Object;

use super::sealed::{self, State};
use super::{Settings, content, external};

pub static RULE: Rule = Rule {
    id: "SS103",
    name: "sealed-target-unmanaged",
    severity: Severity::Error,
    data: &[Data::Producers, Data::SecretNames, Data::SecretMetadata],
    offline: Offline::No,
    auto_fix: AutoFix::Live,
    summary: "a Secret exists that the SealedSecret of its name may not overwrite",
    why: "The controller writes only Secrets that it owns, or that have the annotation \
          sealedsecrets.bitnami.com/managed (taken over) or patch (keys are added). A Secret that \
          was created by hand, or by an earlier SealedSecret, stays as it is: \"already exists \
          and is not managed by SealedSecret\". If the controller says Synced, the Secret was \
          replaced since, and the next change fails: a warning.",
    remedy: "Annotate the Secret, then the controller takes it over at its next try. Compare the \
             values before: those of the SealedSecret win.",
    example: "kubectl annotate secret db sealedsecrets.bitnami.com/managed=true\n",
    source: "bitnami-labs/sealed-secrets pkg/controller/controller.go (unseal); #342, #288",
};

/// One finding per SealedSecret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if !inventory.is_live() {
        return;
    }
    for (object, _) in sealed::all(inventory) {
        let (namespace, name) = (&object.id.namespace, &object.id.name);
        let state = sealed::state(object);
        let says_so = matches!(
            &state,
            State::Failed(condition) if condition.message.contains("not managed by")
        );
        let Some(facts) = inventory.secret(namespace, name) else {
            if let (Some(grant), false) = (inventory.refused("", "secrets", namespace), says_so) {
                let reason = Reason::Forbidden(grant.clone());
                results.unknown(&RULE, Some(&object.id), format!("secret/{name}"), reason);
                continue;
            }
            if says_so {
                results.report(finding(inventory, object, &state, None));
            }
            continue;
        };
        if says_so || !may_be_written(object, facts) {
            results.report(finding(inventory, object, &state, Some(facts)));
        }
    }
}

/// Whether the controller may write a Secret, as far as its metadata tells: of annotations only
/// the names are known.
fn may_be_written(object: &Object, facts: &SecretFacts) -> bool {
    let is_own = facts.owner.as_ref().is_some_and(|owner| {
        owner.kind == KIND
            && owner.api_version.split('/').next() == Some(GROUP)
            && owner.name == object.id.name
            // `IsControlledBy` compares the uid, which an object that is created again has not.
            && (owner.uid == object.metadata.uid
                || owner.uid.is_empty()
                || object.metadata.uid.is_empty())
    });
    is_own
        || [MANAGED, PATCH, SKIP_SET_OWNER_REFERENCES]
            .iter()
            .any(|name| facts.annotations.contains(*name))
}

fn finding(
    inventory: &Inventory,
    object: &Object,
    state: &State,
    facts: Option<&SecretFacts>,
) -> Finding {
    let (namespace, name) = (&object.id.namespace, &object.id.name);
    // The controller comes back to it later and later.
    let is_annotated = facts.is_some_and(|facts| {
        [MANAGED, PATCH]
            .iter()
            .any(|name| facts.annotations.contains(*name))
    });
    let usual = match state {
        _ if is_annotated => Severity::Info,
        State::Synced => Severity::Warning,
        _ => RULE.severity,
    };
    let finding = Finding::new(
        &RULE,
        &object.id,
        format!(
            "{} may not write Secret {name}, which is not its own.",
            object.id.short()
        ),
    )
    .severity(external::severity(inventory, object, usual))
    .about(namespace, name, None)
    .at(
        object.origin,
        &content::name_site(object),
        "cannot be written",
    );
    let finding = match state {
        State::Failed(condition) => {
            finding.because(format!("The controller says: {}", condition.words()))
        }
        State::Synced => finding.because("It was unsealed before, and the Secret replaced since."),
        State::Behind | State::Unknown => finding,
    };
    match facts.and_then(|facts| facts.owner.as_ref()) {
        _ if is_annotated => finding.advise(
            "The Secret has the annotation by now: if the controller does not try again by \
             itself, change the SealedSecret, or an annotation of it.",
        ),
        Some(owner) if owner.kind != KIND => finding
            .because(format!("{}/{} owns the Secret.", owner.kind, owner.name))
            .advise("Two controllers would write it in turn: give one of them another name."),
        _ => finding.run(
            "Let the controller take the Secret over; the values of the SealedSecret win.",
            CommandLine::kubectl("annotate secret")
                .name(name)
                .name(&format!("{MANAGED}=true"))
                .namespace(namespace),
        ),
    }
}
