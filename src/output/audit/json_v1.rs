//! JSON, version 1. These structs are a promise of their own: what is inside
//! may change, they may only grow.

use std::io::{self, Write};
use std::sync::Arc;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

use crate::auditing::{self, Age, Due, Report, Row};
use crate::inventory::{Reason, Scope};
use crate::output::run_v1::RunV1;
use crate::output::text::{problem_line, reason_words};

use super::{LIMITS, Syntax, words};

/// A report of `kubectl secretsafe audit -o json`. What could not be found out is absent,
/// and the reason is in `notKnown`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditV1<'r> {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `AuditReport`.
    kind: &'static str,
    /// How the run ended.
    run: RunV1,
    /// How old a value may be, in seconds.
    max_age_seconds: i64,
    summary: Summary,
    /// One for each cluster.
    parts: Vec<Part<'r>>,
    /// Clusters of which the input cannot be used.
    problems: Vec<String>,
    /// Clusters that could not be asked.
    unreachable: Vec<Unreachable>,
    /// Receipts that could not be read.
    warnings: Vec<String>,
    /// What the report cannot tell.
    limits: Vec<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Summary {
    secrets: usize,
    keys: usize,
    overdue: usize,
    /// Keys that may be overdue: the server does not record when they were written.
    undated: usize,
    /// Whether everything that was asked for could be seen.
    complete: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Part<'r> {
    /// The cluster's context, or its address.
    cluster: String,
    /// When it was looked at (RFC 3339).
    now: String,
    secrets: usize,
    pods: usize,
    /// The most urgent key first.
    #[schemars(with = "Vec<RowV1>")]
    rows: Rows<'r>,
    /// What may not be listed.
    denied: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Unreachable {
    cluster: String,
    message: String,
}

/// The rows, each made when it is written: there may be tens of thousands.
struct Rows<'r>(&'r auditing::Part);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows.iter().map(|one| row(self.0, one)))
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RowV1 {
    namespace: String,
    secret: String,
    /// Absent for keys that the server does not name.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// `plain`, `sealed`, `external`, `cert-manager`, `helm`, `service-account-token` or
    /// `controller`.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    /// Who makes the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<String>,
    /// When the value was written, at the latest (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    last_written: Option<String>,
    /// The age of the value, at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<i64>,
    /// Where the age is not recorded: that of the Secret, which is the most it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_at_most_seconds: Option<i64>,
    /// When the value is to be replaced (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overdue: Option<bool>,
    /// The field manager that wrote the value last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_writer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumers: Option<Consumers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    readers: Option<Readers>,
    /// Secrets that are declared to be copies and have the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_receipt: Option<Receipt>,
    /// Why fields are absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_known: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Consumers {
    /// Workloads and other objects that use the key.
    count: usize,
    /// Whether there may be more: not all lists are allowed outside the namespace.
    more: bool,
    /// Containers that run with an older value.
    stale: usize,
    /// Containers that may run with an older value.
    unclear: usize,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Readers {
    /// Subjects that RBAC lets read the Secret; a group counts as one.
    count: usize,
    /// Those of them that have it from a binding that the API server makes itself.
    built_in: usize,
    /// The first three: `group/…`, `user/…`, `serviceaccount/NAMESPACE:NAME`.
    first: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Receipt {
    /// When the run ended (RFC 3339).
    ended: String,
    result: String,
}

/// Writes a report.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn write(report: &Report, syntax: Syntax, out: &mut dyn Write) -> io::Result<()> {
    syntax.write(&document(report), out)
}

fn document(report: &Report) -> AuditV1<'_> {
    let sum = |number: fn(&auditing::Part) -> usize| report.parts.iter().map(number).sum();
    AuditV1 {
        api_version: "secretsafe.dev/v1",
        kind: "AuditReport",
        run: RunV1::new(&report.outcome),
        max_age_seconds: report.max_age.as_secs(),
        summary: Summary {
            secrets: sum(|part| part.secrets),
            keys: sum(|part| part.rows.len()),
            overdue: sum(auditing::Part::overdue),
            undated: sum(auditing::Part::undated),
            complete: report.outcome.is_complete(),
        },
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
        warnings: report.warnings.clone(),
        limits: LIMITS.to_vec(),
    }
}

fn part(part: &auditing::Part) -> Part<'_> {
    Part {
        cluster: match &part.inventory.scope {
            Scope::Cluster { name, .. } => name.clone(),
            Scope::Files(_) => String::new(),
        },
        now: part.inventory.now.to_string(),
        secrets: part.secrets,
        pods: part.inventory.pods.len(),
        rows: Rows(part),
        denied: part.refused.iter().map(|grant| grant.words()).collect(),
    }
}

fn row(part: &auditing::Part, row: &Row) -> RowV1 {
    let since = |time| part.inventory.now.duration_since(time).as_secs().max(0);
    let owned = row.owned.as_ref().ok();
    let (due, overdue) = match row.due {
        Due::Overdue(time) => (Some(time), Some(true)),
        Due::On(time) => (Some(time), Some(false)),
        Due::NotBefore(_) => (None, Some(false)),
        Due::NotKnown => (None, None),
    };
    RowV1 {
        namespace: row.secret.namespace.clone(),
        secret: row.secret.name.clone(),
        key: row.secret.key.clone(),
        level: owned.map(|owned| owned.level.name()),
        made_by: owned.and_then(|owned| owned.by.clone()),
        last_written: row.written().map(|time| time.to_string()),
        age_seconds: row.written().map(since),
        age_at_most_seconds: match row.age {
            Age::NotRecorded { created } => created.map(since),
            Age::Written(_) => None,
        },
        due: due.map(|time| time.to_string()),
        overdue,
        last_writer: row.writer.as_deref().map(words::bounded),
        consumers: row.consumers.as_ref().ok().map(|found| Consumers {
            count: found.count,
            more: found.more,
            stale: found.stale,
            unclear: found.unclear,
        }),
        readers: row.readers.as_ref().ok().map(|found| Readers {
            count: found.count,
            built_in: found.built_in,
            first: found
                .first
                .iter()
                .map(|name| words::bounded(name))
                .collect(),
        }),
        copies: row.copies.as_ref().ok().copied(),
        last_receipt: row.receipt.as_ref().map(|receipt| Receipt {
            ended: receipt.ended.to_string(),
            result: receipt.result.clone(),
        }),
        not_known: not_known(row),
    }
}

fn not_known(row: &Row) -> Vec<String> {
    let because = |what: &str, reason: &Arc<Reason>| format!("{what}: {}", reason_words(reason));
    let refused = [
        ("level", row.owned.as_ref().err()),
        ("consumers", row.consumers.as_ref().err()),
        ("readers", row.readers.as_ref().err()),
        ("copies", row.copies.as_ref().err()),
    ];
    let mut reasons: Vec<_> = refused
        .into_iter()
        .filter_map(|(what, reason)| Some(because(what, reason?)))
        .collect();
    if row.written().is_none() {
        reasons.push("age: the server does not record it (managedFields)".to_owned());
    }
    if row.writer.is_none() {
        reasons.push("lastWriter: the server does not record it (managedFields)".to_owned());
    }
    reasons
}

/// The published schema.
pub fn schema() -> serde_json::Value {
    // As it is written: a field that may be left out is not required.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<AuditV1>()
        .to_value()
}
