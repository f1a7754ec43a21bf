//! SS088: keys that were not written for a long time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::Settings;
use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Answer, Immutability, Inventory, Reason, SecretFacts};
use crate::ownership;
use crate::secret::kind;
use crate::words::listed;
use crate::workload::Site;

pub static RULE: Rule = Rule {
    id: "SS088",
    name: "key-older-than-allowed",
    severity: Severity::Info,
    data: &[Data::SecretMetadata, Data::SecretKeys, Data::Producers],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "a key of a Secret was not written for longer than allowed",
    why: "A leaked value stays usable until it is rotated: from old backups, laptops, logs and by \
          people who left. --max-age sets how old a key may be, and makes this a warning. Without \
          it, used Secrets of more than a year are reported. The age is that of the last write by \
          the key's field manager, so a key may be older than reported, never younger.",
    remedy: "Rotate the key at its source.",
    example: "kubectl secretsafe doctor --max-age 90d\n# Secret db: key password was last written \
              120 days ago\n",
    source: "kubernetes/website content/en/docs/reference/using-api/server-side-apply.md \
             (managedFields)",
};

/// The limit without `--max-age`.
const USUAL: SignedDuration = SignedDuration::from_hours(365 * 24);

/// One finding per Secret.
pub fn check(inventory: &Inventory, settings: &Settings, results: &mut Results) {
    if !inventory.is_live() {
        return;
    }
    let used: BTreeSet<_> = inventory
        .all_uses()
        .map(|used| {
            let namespace = used.reference.namespace.as_deref();
            (
                namespace.unwrap_or(&used.subject.namespace),
                used.reference.secret.as_str(),
            )
        })
        .collect();
    let allowed = settings.max_age.unwrap_or(USUAL);
    for facts in inventory.secrets() {
        let is_used = used.contains(&(facts.namespace.as_str(), facts.name.as_str()));
        if settings.max_age.is_none() && !is_used {
            continue;
        }
        // No key can be older than the Secret.
        let is_older = |time: Timestamp| inventory.now.duration_since(time) > allowed;
        if facts.created.is_some_and(|created| !is_older(created)) {
            continue;
        }
        let old: Vec<_> = facts
            .key_times
            .iter()
            .filter(|(key, time)| facts.keys.has(key) != Answer::No && is_older(**time))
            .map(|(key, time)| (key.as_str(), *time))
            .collect();
        if !old.is_empty() {
            results.report(found(inventory, settings, facts, &old));
        }
        let undated = facts
            .keys
            .known()
            .iter()
            .any(|key| !facts.key_times.contains_key(key));
        if settings.max_age.is_some() && (undated || !facts.keys.is_complete()) {
            results.unknown(
                &RULE,
                Some(&facts.id()),
                format!("how old all keys of secret/{} are", facts.name),
                Reason::Incomplete(
                    "the server does not record when each was written (managedFields)".to_owned(),
                ),
            );
        }
    }
}

fn found(
    inventory: &Inventory,
    settings: &Settings,
    facts: &SecretFacts,
    old: &[(&str, Timestamp)],
) -> Finding {
    let (severity, limit) = match settings.max_age {
        Some(allowed) => (
            Severity::Warning,
            format!("; at most {} are allowed", days(allowed)),
        ),
        None => (Severity::Info, String::new()),
    };
    let youngest = old.iter().map(|(_, time)| *time).max();
    let age = youngest.map_or(USUAL, |time| inventory.now.duration_since(time));
    let keys = listed(old.iter().map(|(key, _)| *key));
    let (keys, verb) = match old {
        [_] => (format!("Key {keys}"), "was"),
        _ => (format!("Keys {keys}"), "were"),
    };
    let mut finding = Finding::new(
        &RULE,
        &facts.id(),
        format!("{keys} {verb} not written for {}{limit}.", days(age)),
    )
    .severity(severity)
    .about(
        &facts.namespace,
        &facts.name,
        match old {
            [(key, _)] => Some(key),
            _ => None,
        },
    )
    .at(facts.origin, &Site::default(), "its keys");
    const MOST: usize = 4;
    for (key, time) in old.iter().take(MOST) {
        finding = finding.because(format!("{key} was last written at {time} or before."));
    }
    rotated(inventory, facts, old, finding)
}

/// Where to rotate the key: at its owner, or here.
fn rotated(
    inventory: &Inventory,
    facts: &SecretFacts,
    old: &[(&str, Timestamp)],
    finding: Finding,
) -> Finding {
    if let Some(owner) = ownership::find(facts) {
        return finding
            .because(format!("{} writes it.", owner.who))
            .advise(owner.instead);
    }
    let producer = inventory
        .producers
        .iter()
        .find(|producer| producer.namespace == facts.namespace && producer.makes(&facts.name));
    if let Some(producer) = producer {
        return finding.advise(format!(
            "Rotate it where {} gets it from; that updates the Secret.",
            producer.id.short()
        ));
    }
    match facts.type_.as_str() {
        kind::SERVICE_ACCOUNT_TOKEN => finding.advise(
            "Use tokens that expire (a projected volume, or kubectl create token), then delete \
             this Secret: the token never changes by itself.",
        ),
        kind::TLS => finding.advise("Renew the key and its certificate, and write both together."),
        kind::DOCKER_CONFIG | kind::DOCKER_CONFIG_JSON => {
            finding.advise("Rotate the credentials at the registry, and write them again.")
        }
        _ if facts.immutable != Immutability::No => finding.advise(
            "It is immutable: create a Secret of another name with the new value, and change the \
             references.",
        ),
        _ => {
            let create = CommandLine::secretsafe("create")
                .name(&facts.name)
                .namespace(&facts.namespace)
                .switch("--update");
            finding.run(
                "Write the new value as soon as the other side accepts it; then restart the \
                 consumers.",
                old.iter()
                    .fold(create, |create, (key, _)| create.flag("--prompt", key)),
            )
        }
    }
}

/// `120 days`, or hours below two days.
fn days(age: SignedDuration) -> String {
    match age.as_hours() {
        hours if hours < 48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}
