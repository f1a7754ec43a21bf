//! SS072: a name that the API server refuses.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::manifest::path;
use crate::secret::KeyName;
use crate::secret::key::{NameError, check_object_name};
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, Site};

use super::{Settings, content, resolve};

pub static RULE: Rule = Rule {
    id: "SS072",
    name: "invalid-key-or-name",
    severity: Severity::Error,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "the name of a Secret, or of a key, is invalid",
    why: "The name of a Secret is a DNS name in lower case, without underscores. A key may have \
          letters, digits, '-', '_' and '.', at most 253 of them, and must not be '.' or begin \
          with '..'. The API server refuses anything else. Names with template placeholders are \
          not reported.",
    remedy: "Rename it, and change everything that refers to it.",
    example: "metadata: {name: DB_creds}   # found: db-creds is valid\ndata:\n  \"pass word\": …       \
              # found: pass-word is valid\n",
    source: "kubernetes/apimachinery pkg/util/validation IsConfigMapKey, IsDNS1123Subdomain",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for object in content::in_files(inventory) {
        let name = &object.id.name;
        let is_generated = object.root.at(&["metadata", "generateName"]).is_some();
        if !name.is_empty()
            && !is_generated
            && !is_placeholder(name)
            && let Err(error) = check_object_name(name)
        {
            let site = content::name_site(object);
            let what = format!("The name of Secret {name}");
            results.report(found(inventory, object, None, &what, &site, &error));
        }
        for (field, key, node) in content::entries(object) {
            if let (false, Err(error)) = (is_placeholder(key), KeyName::new(key)) {
                let site = Site {
                    path: path::child(field, key),
                    span: object
                        .root
                        .get(field)
                        .and_then(|map| map.entry(key))
                        .map_or(node.span, |entry| entry.key.span),
                };
                let what = format!("Key {key:?} of Secret {name}");
                results.report(found(inventory, object, Some(key), &what, &site, &error));
            }
        }
    }
}

fn found(
    inventory: &Inventory,
    object: &Object,
    key: Option<&str>,
    what: &str,
    site: &Site,
    error: &NameError,
) -> Finding {
    let mut finding = Finding::new(&RULE, &object.id, format!("{what} {error}."))
        .about(&object.id.namespace, &object.id.name, key)
        .at(object.origin, site, "invalid");
    for used in inventory.uses() {
        let names_it = used.reference.secret.value == object.id.name
            && resolve::namespace(&used) == object.id.namespace
            && key.is_none_or(|key| {
                used.reference
                    .key
                    .as_ref()
                    .is_some_and(|named| named.value == key)
            });
        if names_it {
            let label = format!("{} refers to it", used.subject.short());
            let site = match (&used.reference.key, key) {
                (Some(named), Some(_)) => &named.site,
                _ => &used.reference.secret.site,
            };
            finding = finding.at(used.origin, site, label);
        }
    }
    finding.advise(match &error.nearest {
        Some(nearest) => format!("Rename it to {nearest}, here and in all references."),
        None => "Give it a valid name.".to_owned(),
    })
}
