//! SS006: a name that no Secret can have.

use super::Settings;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Answer, Inventory, Reason, Use};
use crate::manifest::{Operation, path};
use crate::secret::key::check_object_name;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Confidence, Need};

pub static RULE: Rule = Rule {
    id: "SS006",
    name: "namespaced-secret-name",
    severity: Severity::Error,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "a reference names a Secret as namespace/name, or with an invalid Secret name",
    why: "A pod can only use Secrets of its own namespace, so a reference is a plain name. The \
          API accepts `prod/db` as the name of a volume's Secret, and the pod then waits forever: \
          the kubelet reports `failed to sync secret cache`, which does not mention the mistake. \
          A name that contains a template placeholder ({{ … }}, ${NAME}, $(params.name), <name>, \
          @name@) is reported as unknown.",
    remedy: "Use the name without the namespace, and create the Secret in the namespace of the \
             workload.",
    example: "volumes:\n- name: db\n  secret:\n    secretName: prod/db   # found; write: db\n",
    source: "kubernetes/kubernetes#57325; pkg/apis/core/validation/validation.go (secretName is \
             only required to be non-empty)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for use_ in inventory.uses() {
        let name = &use_.reference.secret;
        let subject = use_.subject;
        if is_placeholder(&name.value) {
            let what = format!("secret/{} at {}", name.value, name.site.path);
            results.unknown(&RULE, Some(subject), what, Reason::Template);
            continue;
        }
        if name.value.is_empty()
            || check_object_name(&name.value).is_ok()
            // A field that only looks like a Secret's name may hold another kind of name.
            || use_.reference.confidence != Confidence::Certain
        {
            continue;
        }
        let finding = Finding::new(
            &RULE,
            subject,
            format!(
                "{} refers to Secret {:?}, which is not a valid Secret name.",
                subject.short(),
                name.value
            ),
        )
        .about(&subject.namespace, &name.value, None)
        .at(use_.origin, &name.site, "not a valid Secret name");
        results.report(match name.value.rsplit_once('/') {
            Some((namespace, plain)) if check_object_name(plain).is_ok() => finding
                .because(format!(
                    "A pod in {} cannot use a Secret of {namespace}.",
                    subject.namespace
                ))
                .fix(Fix::Patch {
                    what: format!(
                        "Change the name to {plain}, and create the Secret in {}.",
                        subject.namespace
                    ),
                    operations: vec![Operation::Replace {
                        pointer: path::pointer(&name.site.path),
                        value: plain.into(),
                    }],
                    applies: if is_there(inventory, &use_, plain) {
                        Applies::Safe
                    } else {
                        Applies::Unsafe(
                            "The pods start to use the Secret of this name, whatever its values \
                             are.",
                        )
                    },
                }),
            _ => finding
                .advise("Use only lower-case letters, digits, '-' and '.' (a DNS-1123 subdomain)."),
        });
    }
}

/// Whether the Secret of that name is known to have the key, so that no pod can start today.
fn is_there(inventory: &Inventory, used: &Use<'_>, plain: &str) -> bool {
    let key = used.reference.key.as_ref();
    used.reference.need == Need::Required
        && key.is_some_and(|key| {
            inventory.has_key(&used.subject.namespace, plain, &key.value) == Answer::Yes
        })
}
