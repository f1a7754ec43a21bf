//! SS110: an ExternalSecret that does not bring its Secret.

use jiff::{SignedDuration, Timestamp};

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::levels::external::{Creation, ExternalSecret, Makes};
use crate::levels::status::{self, Condition};
use crate::workload::Object;

use super::{Settings, content, external};

pub static RULE: Rule = Rule {
    id: "SS110",
    name: "externalsecret-not-ready",
    severity: Severity::Error,
    data: &[Data::Producers, Data::SecretNames, Data::Workloads],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "an ExternalSecret is not synchronised",
    why: "The operator says so (Ready is False), has not looked at the object at all, has not \
          read the store for more than three intervals, or says that it is synchronised while the \
          Secret does not exist: then the store had no data and deletionPolicy: Retain keeps \
          nothing. A Secret that exists keeps its old values meanwhile. If the reason is the \
          store, the namespace or an owner of the Secret, SS112 to SS115 report it, once for all \
          ExternalSecrets.",
    remedy: "Read the events of the ExternalSecret: they have the provider's own words. When the \
             cause is gone, a new annotation makes the operator try at once.",
    example: "kind: ExternalSecret\nstatus:\n  conditions:\n  - {type: Ready, status: \"False\", \
              reason: SecretSyncedError}   # found\n",
    source: "external-secrets/external-secrets \
             pkg/controllers/externalsecret/externalsecret_controller.go; #2726, #2895",
};

/// What is wrong with an ExternalSecret.
enum Trouble {
    Failed(Condition),
    /// Nothing is said of it.
    Silent,
    /// It says that all is well, and the Secret is not there.
    Absent(Condition),
    /// It was last read then, and is to be read so often.
    Stale(Timestamp, SignedDuration),
}

/// One finding per ExternalSecret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if !inventory.is_live() {
        return;
    }
    for found in external::all(inventory) {
        let object = found.object();
        let Some(trouble) = trouble(inventory, &found) else {
            continue;
        };
        if external::is_told_elsewhere(inventory, &found) {
            continue;
        }
        let usual = match trouble {
            Trouble::Stale(..) => Severity::Warning,
            _ => RULE.severity,
        };
        let secret = &found.secret.value;
        let finding = Finding::new(&RULE, &object.id, message(object, secret, &trouble))
            .severity(external::severity(inventory, object, usual))
            .about(&object.id.namespace, secret, None)
            .at(
                object.origin,
                &content::name_site(object),
                "not synchronised",
            );
        let finding = match &trouble {
            Trouble::Failed(condition) | Trouble::Absent(condition) => finding.because(format!(
                "Its condition Ready is {}: {}",
                if condition.is_true() { "True" } else { "False" },
                condition.words()
            )),
            Trouble::Silent => finding.because(
                "Either the operator does not run, or another one is meant by spec.controller of \
                 the store.",
            ),
            Trouble::Stale(read, _) => finding.because(format!("It was last read at {read}.")),
        };
        let finding = external::with_users(inventory, &object.id.namespace, secret, finding);
        results.report(with_commands(inventory, object, finding));
    }
}

fn with_commands(inventory: &Inventory, object: &Object, finding: Finding) -> Finding {
    finding
        .run(
            "See its events: they have the provider's own words.",
            CommandLine::kubectl("describe")
                .name(&format!(
                    "externalsecret.external-secrets.io/{}",
                    object.id.name
                ))
                .namespace(&object.id.namespace),
        )
        .run(
            "When the cause is gone, let the operator read the store at once.",
            CommandLine::kubectl("annotate externalsecret.external-secrets.io")
                .name(&object.id.name)
                .namespace(&object.id.namespace)
                // Any new text will do.
                .name(&format!("force-sync={}", inventory.now.as_second()))
                .switch("--overwrite"),
        )
}

fn message(object: &Object, secret: &str, trouble: &Trouble) -> String {
    let who = object.id.short();
    match trouble {
        Trouble::Failed(_) => format!("{who} is not synchronised."),
        Trouble::Silent => format!("The operator has not looked at {who}."),
        Trouble::Absent(_) => {
            format!("{who} says that it is synchronised, but Secret {secret} does not exist.")
        }
        Trouble::Stale(_, period) => format!(
            "{who} has not been read from its store for more than three intervals of {period:#}."
        ),
    }
}

fn trouble(inventory: &Inventory, external: &ExternalSecret<'_>) -> Option<Trouble> {
    /// Controllers queue; so short an interval says little.
    const LEAST: SignedDuration = SignedDuration::from_mins(5);
    let object = external.object();
    let Some(ready) = Condition::of(object, "Ready") else {
        let known = object.metadata.created.is_some();
        return (known && !external::is_new(inventory, object.metadata.created))
            .then_some(Trouble::Silent);
    };
    if ready.is_false() {
        return Some(Trouble::Failed(ready));
    }
    if !ready.is_true() {
        return None;
    }
    let namespace = &object.id.namespace;
    let is_absent = matches!(
        external.creation,
        Creation::Owner | Creation::Orphan | Creation::CreateOrMerge
    ) && external.makes == Makes::Secret
        && ready.reason == "SecretSynced"
        && inventory.lists_secrets_of(namespace)
        && inventory
            .secret(namespace, &external.secret.value)
            .is_none();
    // What was deleted a moment ago is made again.
    let read = status::time(object, "refreshTime");
    let is_recent = external::is_new(inventory, read);
    if is_absent && !is_recent {
        return Some(Trouble::Absent(ready));
    }
    let period = external.refresh.period()?;
    let limit = period.checked_mul(3)?.max(LEAST);
    let is_stale = inventory.now.duration_since(read?) > limit && !external.has_sync_windows();
    is_stale.then_some(Trouble::Stale(read?, period))
}
