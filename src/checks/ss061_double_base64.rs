//! SS061: a value that was encoded once too often.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::secret::inspection::Suspicion;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS061",
    name: "double-base64",
    severity: Severity::Warning,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a value is base64 of text, or Python's notation for bytes",
    why: "A value below data is base64 and is decoded once. If the value was already encoded \
          before, apps get base64 text instead of the credential. If a script printed bytes, they \
          get b'…' with its quotes. Base64 of binary data is not reported, because random keys \
          are often stored this way. Keys are not reported either if their name says that the \
          value is encoded, or that it is an authorization header.",
    remedy: "Create the key again from the raw value; kubectl and kubectl secretsafe encode it \
             themselves.",
    example: "data:\n  password: YUhWdWRHVnlNbWgxYm5SbGNqST0=   # base64 of base64: found\n",
    source: "1Password/connect#62; GoogleCloudPlatform/marketplace-k8s-app-tools#484",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        let found = [Suspicion::Base64Text, Suspicion::PythonBytes]
            .into_iter()
            .find(|suspicion| verdict.has(*suspicion));
        let Some(found) = found else {
            continue;
        };
        if found == Suspicion::Base64Text && is_encoded_on_purpose(key) {
            continue;
        }
        let finding = content::finding(
            &RULE,
            inventory,
            facts,
            Some(key),
            format!(
                "The value of key {key} of Secret {} {}.",
                facts.name,
                found.sentence()
            ),
            "encoded once too often",
        );
        results.report(content::set_again(
            finding,
            facts,
            key,
            "Set the value again, not encoded.",
        ));
    }
}

fn is_encoded_on_purpose(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "base64",
        "b64",
        "encoded",
        "basic",
        "authorization",
        "auth-header",
        "auth_header",
    ]
    .iter()
    .any(|word| key.contains(word))
        || key == "auth"
}
