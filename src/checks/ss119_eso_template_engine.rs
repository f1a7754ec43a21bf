//! SS119: a template for an engine that is gone.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::levels::external::{GROUP, engine_of};
use crate::workload::Origin;

use super::Settings;

pub static RULE: Rule = Rule {
    id: "SS119",
    name: "eso-template-engine",
    severity: Severity::Error,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a template says engineVersion: v1, which External Secrets Operator no longer has",
    why: "external-secrets.io/v1 accepts engineVersion v2 only: the API server refuses the \
          object. In v1beta1 it is a warning, because old operators still render it. The engines \
          differ: v2 has the functions of Sprig, values are text and not bytes, and toString, \
          base64decode and the pkcs12 functions of v1 have other names. So nothing is changed \
          automatically.",
    remedy: "Write the template for v2 and remove engineVersion: toString is not needed, \
             base64decode is b64dec, base64encode is b64enc.",
    example: "target:\n  template:\n    engineVersion: v1   # found\n",
    source: "external-secrets/external-secrets#4662; apis/externalsecrets/v1 \
             (TemplateEngineVersion); docs/guides/templating-v1.md",
};

/// One finding per object.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for kind in ["ExternalSecret", "ClusterExternalSecret", "PushSecret"] {
        for object in inventory.of_kind(GROUP, kind) {
            let Some(engine) = engine_of(object).filter(|engine| engine.value == "v1") else {
                continue;
            };
            // The version of a stored object is that of the request.
            let is_new = object.origin != Origin::Live && !object.api_version.ends_with("v1beta1");
            let severity = match is_new {
                true => RULE.severity,
                false => Severity::Warning,
            };
            results.report(
                Finding::new(
                    &RULE,
                    &object.id,
                    format!("The template of {} is for engine v1.", object.id.short()),
                )
                .severity(severity)
                .at(object.origin, &engine.site, "an engine that is gone")
                .because(match is_new {
                    true => "This API version accepts engineVersion v2 only.",
                    false => "Operators since 0.17 cannot render it.",
                })
                .advise(
                    "Write it for v2: no toString, b64dec instead of base64decode, b64enc \
                     instead of base64encode; then remove engineVersion.",
                ),
            );
        }
    }
}
