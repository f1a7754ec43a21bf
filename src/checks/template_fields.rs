//! Templates of ExternalSecrets and SealedSecrets that read a value which is not there, for
//! SS104.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::levels::external::ExternalSecret;
use crate::levels::sealed::{SealedSecret, TemplateKey};
use crate::levels::template;
use crate::manifest::path;
use crate::words::listed;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, Origin, Site};

use super::table;

fn finding(object: &Object, secret: &str, message: String) -> Finding {
    Finding::new(&table::SS104, &object.id, message).about(&object.id.namespace, secret, None)
}

/// Fields that the template of an ExternalSecret reads and that are not fetched.
pub(super) fn of_external(found: &ExternalSecret<'_>) -> Option<Finding> {
    let object = found.object();
    let template = found.template.as_ref()?;
    let fetched = found.fetched();
    let is_open = found.fetches_others()
        || template
            .engine
            .as_ref()
            .is_some_and(|engine| engine.value != "v2")
        || (object.origin != Origin::Live && fetched.iter().any(|key| is_placeholder(key)));
    if is_open {
        return None;
    }
    template.data.iter().find_map(|(key, text)| {
        let read = template::fields(text)?;
        let missing = read.into_iter().find(|field| !fetched.contains(*field))?;
        let message = format!(
            "The template of {} reads .{missing} for key {}, and nothing fetches {missing}.",
            object.id.short(),
            key.value
        );
        Some(
            finding(object, &found.secret.value, message)
                .at(object.origin, &key.site, "reads what is not there")
                .because(fetched_words(&fetched))
                .because("The operator then writes no key of the Secret at all.")
                .advise("Correct the name, or add it to spec.data."),
        )
    })
}

fn fetched_words(keys: &BTreeSet<String>) -> String {
    match keys.is_empty() {
        true => "No value is fetched.".to_owned(),
        false => format!("Fetched are: {}.", listed(keys.iter().map(String::as_str))),
    }
}

/// The same for a SealedSecret: a template sees what is encrypted, and its siblings.
pub(super) fn of_sealed(object: &Object, found: &SealedSecret<'_>) -> Option<Finding> {
    let mut known: BTreeSet<_> = found.encrypted().into_iter().map(|(key, _)| key).collect();
    for (key, made) in found.template_data() {
        if made == TemplateKey::Made {
            known.insert(key);
        }
    }
    if found.has_deprecated_data() || known.iter().any(|key| is_placeholder(key)) {
        return None;
    }
    let data = object.root.at(&["spec", "template", "data"])?;
    data.entries().iter().find_map(|entry| {
        let key = entry.key.scalar_text()?;
        let read = template::fields(entry.value.as_str()?)?;
        let missing = read.into_iter().find(|field| !known.contains(field))?;
        let site = Site {
            path: path::child("spec.template.data", key),
            span: entry.key.span,
        };
        let message = format!(
            "The template of {} reads .{missing} for key {key}, which is not encrypted there.",
            object.id.short()
        );
        Some(
            finding(object, &object.id.name, message)
                .at(object.origin, &site, "reads what is not there")
                .because("The value then contains <no value>, or is not made at all.")
                .advise("Correct the name, or seal a value for it."),
        )
    })
}
