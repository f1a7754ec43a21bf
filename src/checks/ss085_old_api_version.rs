//! SS085: an API version that is no longer served, if its successor has the same fields.

use super::Settings;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Node, Operation};
use crate::workload::{Object, Origin, Site};

pub static RULE: Rule = Rule {
    id: "SS085",
    name: "old-api-version",
    severity: Severity::Info,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Safe),
    summary: "a manifest uses an API version that newer servers do not serve",
    why: "External Secrets Operator serves external-secrets.io/v1 since 0.16, and no longer \
          serves v1beta1 since 0.17. Kubernetes serves batch/v1 CronJobs since 1.21, and no \
          longer serves batch/v1beta1 since 1.25 (a warning, if the CronJob uses Secrets). If the \
          old version is not served, apply fails and the Secret is not created. This is reported \
          only if the manifest means the same in the new version; a SecretStore with the valueMap \
          of the fake provider does not.",
    remedy: "Use the new version. Stored objects are not affected.",
    example: "apiVersion: external-secrets.io/v1beta1   # use: external-secrets.io/v1\nkind: \
              ExternalSecret\n",
    source: "external-secrets/external-secrets#4633, #4901; kubernetes/website \
             content/en/docs/reference/using-api/deprecation-guide.md",
};

/// Kinds with a new version that has the same fields.
struct Promotion {
    group: &'static str,
    kinds: &'static [&'static str],
    old: &'static str,
    new: &'static str,
    /// The first release that does not serve the old version.
    gone: &'static str,
    severity: Severity,
}

const PROMOTIONS: [Promotion; 1] = [Promotion {
    group: "batch",
    kinds: &["CronJob"],
    old: "v1beta1",
    new: "v1",
    gone: "Kubernetes 1.25",
    severity: Severity::Warning,
}];

/// A cluster answers in the version of the request.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for promotion in &PROMOTIONS {
        for kind in promotion.kinds {
            for object in inventory.of_kind(promotion.group, kind) {
                let concerned = *kind != "CronJob" || uses_secrets(inventory, object);
                if object.origin != Origin::Live && concerned && is_equal(&object.root) {
                    results.findings.extend(found(promotion, object));
                }
            }
        }
    }
}

fn uses_secrets(inventory: &Inventory, object: &Object) -> bool {
    inventory
        .uses()
        .any(|used| *used.subject == object.id && used.origin == object.origin)
}

/// Whether everything in it means the same in the new version.
fn is_equal(root: &Node) -> bool {
    let data = root.at(&["spec", "provider", "fake", "data"]);
    !data.is_some_and(|data| {
        data.items()
            .iter()
            .any(|item| item.get("valueMap").is_some())
    })
}

fn found(promotion: &Promotion, object: &Object) -> Option<Finding> {
    let Promotion {
        group,
        old,
        new,
        gone,
        severity,
        ..
    } = promotion;
    let version = object.root.get("apiVersion")?;
    let old = format!("{group}/{old}");
    if version.scalar_text() != Some(&old) {
        return None;
    }
    let new = format!("{group}/{new}");
    let site = Site {
        path: "apiVersion".to_owned(),
        span: version.span,
    };
    let finding = Finding::new(
        &RULE,
        &object.id,
        format!(
            "{} uses version {old}, which is no longer served since {gone}.",
            object.id.short()
        ),
    );
    Some(
        finding
            .severity(*severity)
            .at(object.origin, &site, "the old version")
            .fix(Fix::Patch {
                what: format!("Use {new}, which means the same."),
                operations: vec![
                    Operation::Test {
                        pointer: "/apiVersion".to_owned(),
                        value: old.into(),
                    },
                    Operation::Replace {
                        pointer: "/apiVersion".to_owned(),
                        value: new.into(),
                    },
                ],
                applies: Applies::Safe,
            }),
    )
}
