//! SS018: a reference that kustomize does not update when it adds a hash to the name.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{HashFollowers, Inventory};
use crate::workload::Usage;

use super::{Settings, resolve};

pub static RULE: Rule = Rule {
    id: "SS018",
    name: "name-gets-hash",
    severity: Severity::Warning,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a custom resource refers to a generated Secret, whose name will have a hash",
    why: "kustomize appends a hash of the content to the name of a generated Secret, and updates \
          the references that it knows: those in pods, ServiceAccounts, Ingresses and other \
          built-in kinds. A field of a custom resource, or an annotation, keeps the name without \
          the hash, and no Secret of that name exists.",
    remedy: "Set disableNameSuffixHash: true in the options of the generator, or configure the \
             field as a nameReference in a file listed in configurations.",
    example: "secretGenerator:\n- name: oauth            # found when a custom resource says \
              secretName: oauth\n  literals: [client_id=x]\n",
    source: "kubernetes-sigs/kustomize api/internal/konfig/builtinpluginconsts/namereference.go",
};

/// Checks what kustomizations build.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if inventory.kustomization.is_none() {
        return;
    }
    for used in inventory.uses() {
        let is_followed = !matches!(
            used.reference.usage,
            Usage::Custom { .. } | Usage::IngressAnnotation { .. } | Usage::Gateway
        );
        let name = used.reference.secret.as_str();
        let namespace = resolve::namespace(&used);
        if is_followed {
            continue;
        }
        let generated = inventory.secrets_in(namespace).find_map(|facts| {
            let generator = facts.generator.as_ref()?;
            let renamed = generator.followers == HashFollowers::OwnKinds
                || (generator.followers == HashFollowers::NoHash && facts.name != generator.name);
            (generator.name == name && renamed).then_some((facts, generator))
        });
        let Some((facts, generator)) = generated else {
            continue;
        };
        let file = inventory
            .sources
            .get(generator.source)
            .map_or("", |source| source.text.name());
        let will_be = match generator.followers {
            HashFollowers::NoHash => facts.name.clone(),
            _ => format!("{}-HASH", facts.name),
        };
        results.report(
            Finding::new(
                &RULE,
                used.subject,
                format!(
                    "It refers to Secret {name}, which kustomize generates as {will_be}; \
                     kustomize does not update the name here."
                ),
            )
            .about(namespace, name, None)
            .at(used.origin, &used.reference.secret.site, "keeps this name")
            .because(format!("{} of {file} generates it.", generator.path))
            .advise(format!(
                "Set disableNameSuffixHash: true in the options of {} of {file}, or configure the \
                 field as a nameReference in configurations.",
                generator.path
            )),
        );
    }
}
