//! SS117: a PushSecret that cannot push.

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Answer, Inventory, Lookup, Named, Reason};
use crate::levels::external::{GROUP, PushSecret};
use crate::levels::store::Capabilities;
use crate::words::listed;
use crate::workload::{Located, Object};

use super::{Settings, external, resolve};

pub static RULE: Rule = Rule {
    id: "SS117",
    name: "pushsecret-readonly-store",
    severity: Severity::Error,
    data: &[Data::Producers, Data::SecretNames, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a PushSecret pushes to a store that is read only, or what does not exist",
    why: "Most providers of External Secrets Operator can only read: their stores say so in \
          status.capabilities. A store whose capabilities are not known is not reported. A Secret \
          or a key that does not exist is not pushed either, and the operator stops at the first \
          one. Keys are not checked where a template or a conversion makes them.",
    remedy: "Use a store whose provider can write, create the Secret, or correct the key.",
    example: "kind: SecretStore\nstatus: {capabilities: ReadOnly}   # found when a PushSecret names it\n",
    source: "external-secrets/external-secrets \
             pkg/controllers/pushsecret/pushsecret_controller.go; apis/externalsecrets/v1 \
             (SecretStoreCapabilities)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for object in inventory.of_kind(GROUP, "PushSecret") {
        if let Some(found) = PushSecret::of(object).filter(|_| !object.metadata.deleting) {
            read_only(inventory, object, &found, results);
            if let Some(source) = &found.source {
                absent(inventory, object, &found, source, results);
            }
        }
    }
}

fn finding(inventory: &Inventory, object: &Object, message: String) -> Finding {
    Finding::new(&RULE, &object.id, message).severity(external::severity(
        inventory,
        object,
        RULE.severity,
    ))
}

fn read_only(inventory: &Inventory, object: &Object, found: &PushSecret, results: &mut Results) {
    for named in &found.stores {
        let Named::Here(store) = external::store(inventory, named.kind, &named.name.value, object)
        else {
            continue;
        };
        if Capabilities::of(store) == Some(Capabilities::ReadOnly) {
            let who = object.id.short();
            let message = format!(
                "{who} pushes to {} {}, which can only be read.",
                store.id.kind, store.id.name
            );
            results.report(
                finding(inventory, object, message)
                    .at(object.origin, &named.name.site, "pushed there")
                    .because("Its status.capabilities is ReadOnly.")
                    .advise("Use a store whose provider can write."),
            );
        }
    }
}

/// A Secret that does not exist, or keys that it does not have.
fn absent(
    inventory: &Inventory,
    object: &Object,
    found: &PushSecret,
    source: &Located<String>,
    results: &mut Results,
) {
    let namespace = &object.id.namespace;
    let name = source.as_str();
    let who = object.id.short();
    match inventory.lookup(namespace, name) {
        Lookup::Missing => {
            let message = format!("{who} pushes Secret {name}, which does not exist.");
            results.report(
                finding(inventory, object, message)
                    .about(namespace, name, None)
                    .at(object.origin, &source.site, "pushed")
                    .run(
                        "Create it.",
                        resolve::create_command(inventory, namespace, name),
                    ),
            );
        }
        Lookup::Unknown(reason) => {
            results.unknown(&RULE, Some(&object.id), format!("secret/{name}"), reason);
        }
        Lookup::Present(_) | Lookup::Expected(_) => {
            if found.template.is_some() || found.converts {
                return;
            }
            for key in &found.keys {
                match inventory.has_key(namespace, name, key.as_str()) {
                    Answer::Yes => {}
                    Answer::No => results.report(no_key(inventory, object, name, key)),
                    Answer::Unknown(reason @ (Reason::Incomplete(_) | Reason::Outside(_))) => {
                        let what = format!("key {} of secret/{name}", key.value);
                        results.unknown(&RULE, Some(&object.id), what, reason);
                    }
                    Answer::Unknown(_) => {}
                }
            }
        }
    }
}

fn no_key(inventory: &Inventory, object: &Object, name: &str, key: &Located<String>) -> Finding {
    let namespace = &object.id.namespace;
    let message = format!(
        "{} pushes key {} of Secret {name}, which has no such key.",
        object.id.short(),
        key.value
    );
    let known = match inventory.lookup(namespace, name) {
        Lookup::Present(facts) => facts.keys.possible().clone(),
        Lookup::Expected(producer) => producer.keys.possible().clone(),
        Lookup::Missing | Lookup::Unknown(_) => std::collections::BTreeSet::new(),
    };
    let finding = finding(inventory, object, message)
        .about(namespace, name, Some(&key.value))
        .at(object.origin, &key.site, "pushed");
    let finding = match known.is_empty() {
        true => finding.because("It has no keys."),
        false => finding.because(format!(
            "Its keys are: {}.",
            listed(known.iter().map(String::as_str))
        )),
    };
    finding.advise("Correct the key.").run(
        "Or add it to the Secret.",
        CommandLine::secretsafe("create")
            .name(name)
            .namespace(namespace)
            .switch("--update")
            .flag("--prompt", &key.value),
    )
}
