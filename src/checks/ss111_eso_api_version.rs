//! SS111: an API version of External Secrets Operator that is no longer served.

use crate::command_line::CommandLine;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::levels::external::{self, GROUP};
use crate::manifest::{Node, Operation};
use crate::secret::key::check_object_name;
use crate::workload::{Object, Origin, Site, read};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS111",
    name: "eso-api-version",
    severity: Severity::Error,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Safe),
    summary: "external-secrets.io/v1beta1 or v1alpha1 is no longer served",
    why: "External Secrets Operator serves external-secrets.io/v1 since 0.16, and no longer \
          serves v1beta1 since 0.17 (v1alpha1 since 0.16). Apply then fails with \"no matches for \
          kind\", and the Secret is not created: a warning, since files do not say which operator \
          runs. v1beta1 and v1 have the same fields, except the valueMap of the fake provider and \
          templates of engineVersion v1; v1alpha1 has others. PushSecret is v1alpha1 to this day. \
          In a cluster, an info for what Helm wrote as v1beta1: the stored release names that \
          version until an upgrade from a chart with v1, which fails if the old version is not \
          served any more. Releases themselves are not read, because they contain the chart's \
          values.",
    remedy: "Use v1; stored objects are not affected. For a Helm release, check helm get manifest \
             (or pipe it to doctor -f -), upgrade the chart while the operator still serves both \
             versions, or rewrite the stored release with the mapkubeapis plugin.",
    example: "apiVersion: external-secrets.io/v1beta1   # use: external-secrets.io/v1\nkind: \
              ExternalSecret\n",
    source: "external-secrets/external-secrets#4633, #4901, #4840, #5141, #6918, apis of 0.16.2",
};

const NEW: &str = "external-secrets.io/v1";

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let objects = inventory
        .objects
        .iter()
        .filter(|object| object.group() == GROUP && external::has_new_version(&object.id.kind));
    for object in objects {
        results.findings.extend(match object.origin {
            Origin::Live => of_release(object),
            Origin::File { .. } => in_file(object),
        });
    }
}

fn in_file(object: &Object) -> Option<Finding> {
    let version = object.root.get("apiVersion")?;
    let old = version.scalar_text()?;
    let gone = match old.strip_prefix("external-secrets.io/")? {
        "v1beta1" => "0.17",
        "v1alpha1" => "0.16",
        _ => return None,
    };
    let site = Site {
        path: "apiVersion".to_owned(),
        span: version.span,
    };
    let finding = Finding::new(
        &RULE,
        &object.id,
        format!(
            "{} uses version {old}, which External Secrets Operator {gone} no longer serves.",
            object.id.short()
        ),
    )
    .severity(Severity::Warning)
    .at(object.origin, &site, "the old version");
    if old.ends_with("v1alpha1") {
        return Some(finding.advise(
            "Rewrite it for v1: the fields of v1alpha1 are different (creationPolicy, template \
             and dataFrom have changed).",
        ));
    }
    Some(match obstacle(object) {
        Some(obstacle) => finding.because(obstacle),
        None => finding.fix(Fix::Patch {
            what: format!("Use {NEW}, which means the same."),
            operations: vec![
                Operation::Test {
                    pointer: "/apiVersion".to_owned(),
                    value: old.into(),
                },
                Operation::Replace {
                    pointer: "/apiVersion".to_owned(),
                    value: NEW.into(),
                },
            ],
            applies: Applies::Safe,
        }),
    })
}

/// What does not mean the same in v1 (diff of `apis/externalsecrets/{v1beta1,v1}` of 0.16.2, and
/// the enumeration of `engineVersion`).
fn obstacle(object: &Object) -> Option<&'static str> {
    let fake = object.root.at(&["spec", "provider", "fake", "data"]);
    let has_value_map = fake.is_some_and(|data| {
        data.items()
            .iter()
            .any(|item| item.get("valueMap").is_some())
    });
    let engine = external::engine_of(object).is_some_and(|engine| engine.value == "v1");
    match () {
        () if has_value_map => Some("The fake provider has no valueMap in v1: use value."),
        () if engine => Some("Its template has engineVersion: v1, which v1 refuses (SS119)."),
        () => None,
    }
}

/// An object that Helm wrote in the old version, as its field managers tell.
fn of_release(object: &Object) -> Option<Finding> {
    let release = object
        .metadata
        .annotations
        .get("meta.helm.sh/release-name")
        .filter(|name| check_object_name(name).is_ok())?;
    let namespace = object
        .metadata
        .annotations
        .get("meta.helm.sh/release-namespace")
        .filter(|name| check_object_name(name).is_ok())?;
    let by_helm = |entry: &&Node| entry.text_of("manager") == Some("helm");
    let entries = read::managed_fields(&object.root).iter().filter(by_helm);
    // The last write counts; of two in one second neither is known to be the last.
    let last = entries
        .clone()
        .filter_map(|entry| read::time(entry.get("time")))
        .max();
    let mut versions = entries
        .filter(|entry| read::time(entry.get("time")) == last)
        .map(|entry| entry.text_of("apiVersion"));
    let is_old =
        versions.next()? == Some("external-secrets.io/v1beta1") && versions.next().is_none();
    is_old.then(|| {
        Finding::new(
            &RULE,
            &object.id,
            format!(
                "Helm release {release} last wrote {} as external-secrets.io/v1beta1.",
                object.id.short()
            ),
        )
        .severity(Severity::Info)
        .at(
            object.origin,
            &content::name_site(object),
            "written by Helm",
        )
        .because(
            "If the stored release still names v1beta1, helm upgrade fails once the operator no \
             longer serves it. A release with v1 that changed nothing else looks the same here.",
        )
        .run(
            "Look at the stored release: it is judged like a file.",
            CommandLine::program("helm get manifest")
                .name(release)
                .namespace(namespace)
                .pipe(CommandLine::secretsafe("doctor").flag("-f", "-")),
        )
    })
}
