//! JSON, version 1. These structs are a promise of their own: what is inside
//! may change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::inventory::Scope;
use crate::output::run_v1::RunV1;
use crate::output::text::problem_line;
use crate::policy::who::{self, Report};
use crate::words::bounded;

use super::Syntax;

/// A report of `kubectl secretsafe policy --who -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PolicyWhoV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `PolicyWho`.
    kind: &'static str,
    /// How the run ended.
    run: RunV1,
    /// One for the files, or one for each cluster.
    parts: Vec<Part>,
    /// Input that could not be read.
    problems: Vec<String>,
    /// Clusters that could not be asked.
    unreachable: Vec<Unreachable>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Part {
    /// The cluster's context, or its address; absent for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    /// How many workloads would pass if they were created anew.
    passed: usize,
    /// Those that would not.
    refused: Vec<Refused>,
    /// Those of which neither is said.
    not_judged: Vec<NotJudged>,
    /// What may not be listed.
    denied: Vec<String>,
    /// Namespaces whose labels are not known and decide whether the policy is about them.
    unlabelled: Vec<String>,
    /// Kustomizations that could not be built.
    unbuilt: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Refused {
    namespace: String,
    kind: String,
    name: String,
    /// The folder of the kustomization that builds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    kustomization: Option<String>,
    /// Why.
    breaches: Vec<Breach>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct NotJudged {
    namespace: String,
    kind: String,
    name: String,
    /// The folder of the kustomization that builds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    kustomization: Option<String>,
    /// `kind`: the policy does not judge it. `made`: a controller makes it, so the policy does
    /// not judge it. `patch`: it is only a part of a workload, and the run is incomplete.
    reason: &'static str,
    /// The same in words.
    message: String,
    /// The file that has it; absent in a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Breach {
    /// The id of the rule of `doctor` about the same.
    rule: &'static str,
    /// What has it, such as `variable P of container c`.
    subject: String,
    /// What is wrong with it.
    message: &'static str,
    /// Its JSON path in the object.
    path: String,
    /// The file that says it; absent in a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
struct Unreachable {
    cluster: String,
    message: String,
}

pub(super) fn write(report: &Report, syntax: Syntax, out: &mut dyn Write) -> io::Result<()> {
    let document = PolicyWhoV1 {
        api_version: "secretsafe.dev/v1",
        kind: "PolicyWho",
        run: RunV1::new(&report.outcome),
        parts: report.parts.iter().map(part).collect(),
        problems: report.problems.iter().map(problem_line).collect(),
        unreachable: report
            .unreachable
            .iter()
            .map(|cluster| Unreachable {
                cluster: cluster.cluster.clone(),
                message: cluster.message.clone(),
            })
            .collect(),
    };
    syntax.write(&document, out)
}

fn part(part: &who::Part) -> Part {
    Part {
        cluster: match &part.inventory.scope {
            Scope::Cluster { name, .. } => Some(name.clone()),
            Scope::Files(_) => None,
        },
        passed: part.passed,
        refused: part.refused.iter().map(|one| refused(part, one)).collect(),
        not_judged: part
            .not_judged
            .iter()
            .map(|one| not_judged(part, one))
            .collect(),
        denied: part
            .inventory
            .denied
            .iter()
            .map(|grant| grant.words())
            .collect(),
        unlabelled: part.unlabelled.iter().map(|name| bounded(name)).collect(),
        unbuilt: part.unbuilt.iter().cloned().collect(),
    }
}

fn not_judged(part: &who::Part, one: &who::NotJudged) -> NotJudged {
    let source = part.inventory.source(one.origin);
    NotJudged {
        namespace: bounded(&one.id.namespace),
        kind: bounded(&one.id.kind),
        name: bounded(&one.id.name),
        kustomization: one.kustomization.clone(),
        reason: one.why.name(),
        message: bounded(&one.why.words()),
        file: source.map(|source| source.text.name().to_owned()),
    }
}

fn refused(part: &who::Part, refused: &who::Refused) -> Refused {
    let breach = |(origin, breach): &(crate::workload::Origin, crate::policy::Breach)| {
        let source = part.inventory.source(*origin);
        let position = source.map(|source| source.text.position(breach.site.span.start));
        Breach {
            rule: breach.concern.rule().id,
            subject: breach.subject.clone(),
            message: breach.concern.words().0,
            path: bounded(&breach.site.path),
            file: source.map(|source| source.text.name().to_owned()),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
        }
    };
    Refused {
        namespace: bounded(&refused.id.namespace),
        kind: bounded(&refused.id.kind),
        name: bounded(&refused.id.name),
        kustomization: refused.kustomization.clone(),
        breaches: refused.breaches.iter().map(breach).collect(),
    }
}

/// The published schema.
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<PolicyWhoV1>()
        .to_value()
}
