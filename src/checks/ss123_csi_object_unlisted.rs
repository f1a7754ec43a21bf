//! SS123: a Secret made of a file that the provider does not write.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Reason};
use crate::levels::provider_class::{Doubt, Objects};
use crate::workload::near::near;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, Origin};

use super::{Settings, csi};

pub static RULE: Rule = Rule {
    id: "SS123",
    name: "csi-object-unlisted",
    severity: Severity::Error,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "secretObjects of a SecretProviderClass names an object that its provider does not write",
    why: "objectName is the name of a file in the volume. Azure and AWS name it after \
          objectAlias, if there is one, AWS writes _ for each slash (pathTranslation), GCP uses \
          path, Vault objectName. A name that is not among them keeps the driver from making the \
          whole Secret: \"file matching objectName … not found in the pod\". Other providers are \
          not known here.",
    remedy: "Use the name of the file, which is the alias if there is one.",
    example: "secretObjects:\n- secretName: db\n  data:\n  - {objectName: db-password, key: password}   # \
              found when the object has the alias password\n",
    source: "kubernetes-sigs/secrets-store-csi-driver pkg/util/secretutil/secret.go; the parameters \
             of the providers for Azure, AWS, GCP and Vault",
};

/// One finding per class and object.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (object, class) in csi::classes(inventory) {
        if class.secrets.is_empty() {
            continue;
        }
        let files = match &class.objects {
            Objects::Known(files) => files,
            Objects::Open(doubt) => {
                let reason = match doubt {
                    Doubt::Template => Reason::Template,
                    Doubt::Provider => Reason::Outside(
                        "which files its provider writes is not known here".to_owned(),
                    ),
                    Doubt::Form => {
                        Reason::Outside("the list of its objects cannot be read here".to_owned())
                    }
                };
                let what = format!("the objects of {}", object.id.short());
                results.unknown(&RULE, Some(&object.id), what, reason);
                continue;
            }
        };
        for secret in &class.secrets {
            for entry in &secret.entries {
                let name = entry.object.as_str();
                let is_filled_in = object.origin != Origin::Live && is_placeholder(name);
                if is_filled_in || files.has(name) {
                    continue;
                }
                let names = files.names.iter().map(String::as_str);
                let finding = finding(object, secret.name.as_str(), entry.key.as_deref(), name).at(
                    object.origin,
                    &entry.object.site,
                    "no file of that name",
                );
                let finding = match near(name, names.clone())[..] {
                    [] => {
                        finding.because(format!("Its files are: {}.", crate::words::listed(names)))
                    }
                    ref close => finding.because(format!("There is a file {}.", close.join(", "))),
                };
                results.report(
                    finding.advise("Use the name of the file: the alias, if there is one."),
                );
            }
        }
    }
}

fn finding(object: &Object, secret: &str, key: Option<&str>, name: &str) -> Finding {
    Finding::new(
        &RULE,
        &object.id,
        format!("Secret {secret} is made of object {name}, which the provider does not write."),
    )
    .about(&object.id.namespace, secret, key)
}
