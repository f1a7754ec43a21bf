//! SS071: a text below `data` that is not base64.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::verdict::form_of;
use crate::manifest::path;
use crate::workload::Site;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS071",
    name: "invalid-base64-in-data",
    severity: Severity::Error,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a text below data is not base64, or is base64 only by chance",
    why: "The API server refuses a Secret whose data is not padded base64 in the standard \
          alphabet; it ignores line breaks inside. A word of 4, 8 or 12 letters is base64 by \
          chance: the API server accepts and decodes it, and the app gets other bytes. That is a \
          warning, and only if the bytes are not text. Templates and values that SOPS encrypted \
          are not reported.",
    remedy: "Move the text to stringData, where it is used unchanged, or create the Secret with \
             kubectl secretsafe create.",
    example: "data:\n  password: hello!     # found\n  user: password       # found: decodes to \
              other bytes\n",
    source: "kubernetes/kubernetes#7817; golang encoding/base64 StdEncoding",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for object in content::in_files(inventory) {
        for (key, defect) in form_of(object).defects {
            let entry = object.root.get("data").and_then(|data| data.entry(&key));
            let site = Site {
                path: path::child("data", &key),
                span: entry.map(|entry| entry.key.span).unwrap_or_default(),
            };
            results.report(
                Finding::new(
                    &RULE,
                    &object.id,
                    format!(
                        "The text of data key {key} of Secret {} {}.",
                        object.id.name,
                        defect.sentence()
                    ),
                )
                .severity(if defect.is_refused() {
                    Severity::Error
                } else {
                    Severity::Warning
                })
                .about(&object.id.namespace, &object.id.name, Some(&key))
                .at(object.origin, &site, "not base64 of the value")
                .advise(format!(
                    "Move {key} to stringData, if the text is the value itself; otherwise encode \
                     it again."
                )),
            );
        }
    }
}
