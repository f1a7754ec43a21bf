//! SS082: a Secret that an annotation of ingress-nginx names.

use super::Settings;
use crate::command_line::CommandLine;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Answer, Inventory, Lookup, Reason};
use crate::manifest::{Operation, path};
use crate::workload::Object;
use crate::workload::object_reference::{BareName, ControllerSecret, controller_secrets};

pub static RULE: Rule = Rule {
    id: "SS082",
    name: "ingress-annotation-secret",
    severity: Severity::Warning,
    data: &[
        Data::Ingresses,
        Data::SecretNames,
        Data::SecretKeys,
        Data::Producers,
    ],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "an annotation of ingress-nginx names a Secret or key that the controller cannot \
              find",
    why: "The controller then denies the location: every client gets an error. auth-secret \
          accepts a name or NAMESPACE/NAME and reads the key auth (with auth-secret-type auth-map \
          each key is a user instead); auth-tls-secret reads ca.crt. auth-tls-secret and \
          proxy-ssl-secret must be NAMESPACE/NAME.",
    remedy: "Create the Secret in the given namespace with the key that the controller reads, or \
             correct the annotation. Whether the controller only allows the namespace of the \
             Ingress is unknown here.",
    example: "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/auth-tls-secret: ca   # must be \
              NAMESPACE/ca\n",
    source: "kubernetes/ingress-nginx internal/ingress/annotations/auth, authtls, proxyssl; #2170, \
             #8083",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for group in ["networking.k8s.io", "extensions"] {
        for ingress in inventory.of_kind(group, "Ingress") {
            for found in controller_secrets(ingress) {
                if crate::secret::key::check_object_name(&found.secret.value).is_ok() {
                    examine(inventory, ingress, &found, results);
                }
            }
        }
    }
}

fn examine(
    inventory: &Inventory,
    ingress: &Object,
    found: &ControllerSecret,
    results: &mut Results,
) {
    let name = found.secret.as_str();
    let namespace = found.namespace.as_deref().unwrap_or(&ingress.id.namespace);
    let report = |message: String, key: Option<&str>| {
        Finding::new(&RULE, &ingress.id, message)
            .about(namespace, name, key)
            .at(ingress.origin, &found.secret.site, "named here")
    };
    if found.namespace.is_none() && found.bare_name == BareName::Denied {
        let pointer = path::pointer(&found.secret.site.path);
        results.report(
            report(
                format!(
                    "Annotation {} names Secret {name} without its namespace, which the controller \
                     refuses.",
                    found.annotation
                ),
                None,
            )
            .fix(Fix::Patch {
                what: "Put the namespace before the name.".to_owned(),
                operations: vec![
                    Operation::Test {
                        pointer: pointer.clone(),
                        value: name.into(),
                    },
                    Operation::Replace {
                        pointer,
                        value: format!("{namespace}/{name}").into(),
                    },
                ],
                applies: Applies::Unsafe(
                    "Every request gets an error today; afterwards requests that the Secret \
                     allows succeed.",
                ),
            }),
        );
        return;
    }
    let keys = match inventory.lookup(namespace, name) {
        Lookup::Missing => {
            let key = found.key.unwrap_or("KEY");
            results.report(
                report(
                    format!(
                        "Secret {name} of annotation {} does not exist in namespace {namespace}.",
                        found.annotation
                    ),
                    None,
                )
                .run(
                    "Create it.",
                    CommandLine::secretsafe("create")
                        .name(name)
                        .namespace(namespace)
                        .joined("--from-file", &format!("{key}=PATH")),
                ),
            );
            return;
        }
        Lookup::Unknown(reason @ Reason::Forbidden(_)) => {
            let what = format!("secret/{name} in {namespace}");
            results.unknown(&RULE, Some(&ingress.id), what, reason);
            return;
        }
        Lookup::Unknown(_) => return,
        Lookup::Present(facts) => &facts.keys,
        Lookup::Expected(producer) => &producer.keys,
    };
    if let Some(key) = found.key
        && keys.has(key) == Answer::No
    {
        results.report(
            report(
                format!(
                    "Secret {name} has no key {key}, which annotation {} needs.",
                    found.annotation
                ),
                Some(key),
            )
            .run(
                "Add the key to the Secret.",
                CommandLine::secretsafe("create")
                    .name(name)
                    .namespace(namespace)
                    .switch("--update")
                    .joined("--from-file", &format!("{key}=PATH")),
            ),
        );
    }
}
