//! JSON, version 1. These structs are a promise of their own: what is inside
//! may change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::finding::{Applies, Finding, Fix, Unknown};
use crate::inventory::{Grant, Inventory, Reason, Scope};
use crate::manifest::json_patch;
use crate::report::{Examined, InputProblem, Report, Suppression, Unreachable};
use crate::workload::{ObjectId, Origin, Site};

use super::run_v1::RunV1;
use super::{Syntax, fix, text};

/// A report of `kubectl secretsafe doctor -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `DoctorReport`.
    kind: &'static str,
    /// How the run ended.
    run: RunV1,
    /// Counts of findings by severity.
    summary: Summary,
    /// One for the files, or one for each cluster.
    parts: Vec<Part>,
    /// Input that could not be read.
    problems: Vec<Problem>,
    /// Clusters that could not be asked.
    unreachable: Vec<UnreachableCluster>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Summary {
    errors: usize,
    warnings: usize,
    info: usize,
    /// Findings that are not counted.
    suppressed: usize,
    /// Whether everything that was asked for could be checked.
    complete: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Part {
    /// The cluster's context; absent for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    /// How many workloads were looked at.
    workloads: usize,
    /// How many pods.
    pods: usize,
    /// How many Secrets were seen (their metadata, or their manifests).
    secrets: usize,
    findings: Vec<FindingV1>,
    suppressed: Vec<Suppressed>,
    unknown: Vec<UnknownV1>,
    /// What may not be listed.
    denied: Vec<String>,
    /// Where objects were taken to be that name no namespace, when the files
    /// were taken for all there is and nobody said which.
    #[serde(skip_serializing_if = "Option::is_none")]
    assumed_namespace: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FindingV1 {
    /// `SS001`.
    rule: &'static str,
    /// `secret-not-found`.
    name: &'static str,
    /// `error`, `warning` or `info`.
    severity: &'static str,
    object: Object,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    /// The Secret it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<SecretKey>,
    /// Where to look, the most telling place first.
    places: Vec<PlaceV1>,
    /// What proves it.
    evidence: Vec<String>,
    fixes: Vec<FixV1>,
    /// Rules that add to it.
    related: Vec<&'static str>,
    /// Folders of the kustomizations that have it when they are built; absent
    /// for what stands for itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overlays: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    name: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SecretKey {
    namespace: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlaceV1 {
    /// JSON path in the object.
    path: String,
    label: String,
    /// The file, as it was named; absent for live objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Line, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// Column in characters, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FixV1 {
    what: String,
    /// A command to run as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    /// A JSON Patch (RFC 6902) of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<serde_json::Value>,
    /// Whether `--fix` makes it in a file: a change that is safe.
    automatic: bool,
    /// Of a change of the object: `safe` (nothing changes for a program that
    /// runs), `unsafe` (it may break something) or `never` (a person decides).
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<&'static str>,
    /// What an unsafe change may break.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_break: Option<&'static str>,
    /// The command that makes the change in the file, if it is offered there.
    #[serde(skip_serializing_if = "Option::is_none")]
    edit: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Suppressed {
    finding: FindingV1,
    /// `annotation`, `configuration` or `baseline`.
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UnknownV1 {
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Object>,
    what: String,
    /// `notInFiles`, `forbidden`, `incomplete`, `outside` (decided neither in
    /// files nor in the cluster), `notAsked`, `template` (a template fills in the
    /// name) or `notRead` (containers of a custom resource).
    kind: &'static str,
    reason: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnreachableCluster {
    cluster: String,
    message: String,
    hints: Vec<String>,
}

/// The schema of the report.
pub fn schema() -> serde_json::Value {
    // As it is written: a field that may be left out is not required.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<ReportV1>()
        .to_value()
}

pub(super) fn write(report: &Report, syntax: Syntax, out: &mut dyn Write) -> io::Result<()> {
    syntax.write(&of(report), out)
}

fn of(report: &Report) -> ReportV1 {
    use crate::finding::Severity;

    ReportV1 {
        api_version: "secretsafe.dev/v1",
        kind: "DoctorReport",
        run: RunV1::new(&report.outcome),
        summary: Summary {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            info: report.count(Severity::Info),
            suppressed: report.parts.iter().map(|part| part.suppressed.len()).sum(),
            complete: report.outcome.is_complete(),
        },
        parts: report.parts.iter().map(|one| part(report, one)).collect(),
        problems: report.problems.iter().map(Problem::of).collect(),
        unreachable: report
            .unreachable
            .iter()
            .map(UnreachableCluster::of)
            .collect(),
    }
}

fn part(report: &Report, part: &Examined) -> Part {
    let inventory = &part.inventory;
    Part {
        cluster: match &inventory.scope {
            Scope::Cluster { name, .. } => Some(name.clone()),
            Scope::Files(_) => None,
        },
        workloads: inventory.workload_count(),
        pods: inventory.pods.len(),
        secrets: inventory.secret_count(),
        findings: part
            .findings
            .iter()
            .map(|found| finding(report, inventory, found))
            .collect(),
        suppressed: part
            .suppressed
            .iter()
            .map(|suppressed| {
                let (by, reason) = match &suppressed.by {
                    Suppression::Annotation { reason } => ("annotation", Some(reason.clone())),
                    Suppression::Configuration { reason } => {
                        ("configuration", Some(reason.clone()))
                    }
                    Suppression::Baseline => ("baseline", None),
                };
                Suppressed {
                    finding: finding(report, inventory, &suppressed.finding),
                    by,
                    reason,
                }
            })
            .collect(),
        unknown: part.unknown.iter().map(unknown).collect(),
        denied: inventory.denied.iter().map(Grant::words).collect(),
        assumed_namespace: inventory.assumed_namespace.clone(),
    }
}

fn finding(report: &Report, inventory: &Inventory, finding: &Finding) -> FindingV1 {
    FindingV1 {
        rule: finding.rule.id,
        name: finding.rule.name,
        severity: finding.severity.name(),
        object: Object::of(&finding.subject),
        message: finding.message.clone(),
        container: finding.container.clone(),
        secret: finding.secret.as_ref().map(|secret| SecretKey {
            namespace: secret.namespace.clone(),
            name: secret.name.clone(),
            key: secret.key.clone(),
        }),
        places: finding
            .places
            .iter()
            .map(|found| PlaceV1::of(inventory, found.origin, &found.site, &found.label))
            .collect(),
        evidence: finding.evidence.clone(),
        fixes: finding
            .fixes
            .iter()
            .map(|found| FixV1 {
                what: fix::sentence(found).to_owned(),
                command: fix::command(inventory, finding, found),
                patch: match found {
                    Fix::Patch { operations, .. } => {
                        json_patch::is_standard(operations).then(|| json_patch::to_json(operations))
                    }
                    _ => None,
                },
                automatic: found.applies() == Some(Applies::Safe)
                    && finding
                        .places
                        .first()
                        .is_some_and(|place| place.origin != Origin::Live),
                tier: found.applies().map(Applies::name),
                may_break: found.applies().and_then(Applies::risk),
                edit: fix::edit_command(report, inventory, finding, found),
            })
            .collect(),
        related: finding.related.iter().map(|rule| rule.id).collect(),
        overlays: finding.overlays.clone(),
    }
}

impl PlaceV1 {
    pub(super) fn of(inventory: &Inventory, origin: Origin, site: &Site, label: &str) -> Self {
        let source = inventory.source(origin);
        let position = source.map(|source| source.text.position(site.span.start));
        Self {
            path: site.path.clone(),
            label: label.to_owned(),
            file: source.map(|source| source.text.name().to_owned()),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
        }
    }
}

impl Object {
    pub(super) fn of(id: &ObjectId) -> Self {
        Self {
            kind: id.kind.clone(),
            namespace: id.namespace.clone(),
            name: id.name.clone(),
        }
    }
}

impl Problem {
    pub(super) fn of(problem: &InputProblem) -> Self {
        Self {
            file: problem.source.clone(),
            line: problem.position.map(|position| position.line),
            column: problem.position.map(|position| position.column),
            message: problem.message.clone(),
        }
    }
}

impl UnreachableCluster {
    pub(super) fn of(cluster: &Unreachable) -> Self {
        Self {
            cluster: cluster.cluster.clone(),
            message: cluster.message.clone(),
            hints: cluster.hints.iter().map(ToString::to_string).collect(),
        }
    }
}

fn unknown(unknown: &Unknown) -> UnknownV1 {
    UnknownV1 {
        rule: unknown.rule.id,
        object: unknown.subject.as_ref().map(Object::of),
        what: unknown.what.clone(),
        kind: match unknown.reason {
            Reason::NotInFiles => "notInFiles",
            Reason::Forbidden(_) => "forbidden",
            Reason::Incomplete(_) => "incomplete",
            Reason::Outside(_) => "outside",
            Reason::NotAsked(_) => "notAsked",
            Reason::Template => "template",
            Reason::OwnContainers => "notRead",
        },
        reason: text::reason_words(&unknown.reason),
    }
}
