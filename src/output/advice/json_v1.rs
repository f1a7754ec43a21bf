//! JSON, version 1. These structs are a promise of their own: what is inside may change,
//! they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::advising::{self, Encryption, Level, Place, Presence, Question, Report};
use crate::output::Syntax;
use crate::output::run_v1::RunV1;
use crate::output::text::problem_line;
use crate::words::bounded;

/// A recommendation of `kubectl secretsafe advise -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AdviceV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `Advice`.
    kind: &'static str,
    /// How the run ended.
    run: RunV1,
    /// `plain`, `sealed` or `external`.
    recommended: &'static str,
    /// Why: a sentence.
    because: String,
    /// What decides, with an answer or without.
    questions: Vec<QuestionV1>,
    /// The three levels, the lowest first.
    levels: Vec<LevelV1>,
    /// What is true at every level.
    always: Vec<ReasonV1>,
    /// What was looked at.
    places: Vec<PlaceV1>,
    /// What to do first.
    steps: Vec<StepV1>,
    /// Input that could not be read, clusters that could not be asked.
    problems: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct QuestionV1 {
    /// `clusters`, `gitops`, `rotation`, `audit`, `compliance` or `offline`.
    id: &'static str,
    question: &'static str,
    /// Absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// What was said or seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// The level that would be recommended if the answer were yes, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_be: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LevelV1 {
    /// `plain`, `sealed` or `external`.
    level: &'static str,
    name: &'static str,
    recommended: bool,
    #[serde(rename = "for")]
    reasons_for: Vec<ReasonV1>,
    #[serde(rename = "against")]
    reasons_against: Vec<ReasonV1>,
    cost: Vec<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReasonV1 {
    reason: String,
    /// What was said or seen.
    evidence: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceV1 {
    /// `cluster NAME` or `the files`.
    place: String,
    secrets: usize,
    /// How many of them come from where, as in `audit`.
    sources: std::collections::BTreeMap<&'static str, usize>,
    /// Whether the levels above a Secret are there.
    sealed_secrets: PresenceV1,
    external_secrets: PresenceV1,
    /// `notSeen`, `notConfigured` or `configured`; the last says nothing of whether it
    /// encrypts.
    encryption_at_rest: &'static str,
    /// What needs no Secret.
    avoidable: Vec<AvoidableV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PresenceV1 {
    /// `inUse`, `served`, `notServed` or `notSeen`.
    state: &'static str,
    /// How many objects were seen.
    objects: usize,
    /// The workload that is its controller, where one was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    controller: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AvoidableV1 {
    /// `podCertificate`, `imagePull`, `awsKey`, `googleKey`, `azureKey`,
    /// `serviceAccountToken` or `unused`.
    id: &'static str,
    what: &'static str,
    instead: &'static str,
    /// What it needs and was not seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    unless: Option<String>,
    secrets: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct StepV1 {
    words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

/// Writes a recommendation.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn write(report: &Report, syntax: Syntax, out: &mut dyn Write) -> io::Result<()> {
    syntax.write(&document(report), out)
}

fn document(report: &Report) -> AdviceV1 {
    let advice = &report.advice;
    let unreachable = report
        .unreachable
        .iter()
        .map(|cluster| format!("cluster {}: {}", cluster.cluster, cluster.message));
    AdviceV1 {
        api_version: "secretsafe.dev/v1",
        kind: "Advice",
        run: RunV1::new(&report.outcome),
        recommended: advice.level.id(),
        because: advice.because.clone(),
        questions: Question::ALL
            .into_iter()
            .map(|question| asked(report, question))
            .collect(),
        levels: advice
            .levels
            .iter()
            .map(|of| LevelV1 {
                level: of.level.id(),
                name: of.level.name(),
                recommended: of.level == advice.level,
                reasons_for: reasons(&of.reasons_for),
                reasons_against: reasons(&of.reasons_against),
                cost: of.cost.clone(),
            })
            .collect(),
        always: reasons(&advice.always),
        places: advice.evidence.places.iter().map(place).collect(),
        steps: advice
            .steps
            .iter()
            .map(|step| StepV1 {
                words: step.words.clone(),
                command: step.command.as_ref().map(ToString::to_string),
            })
            .collect(),
        problems: report
            .problems
            .iter()
            .map(problem_line)
            .chain(unreachable)
            .collect(),
    }
}

fn asked(report: &Report, question: Question) -> QuestionV1 {
    let fact = report.advice.evidence.fact(question);
    let open = report
        .advice
        .open
        .iter()
        .find(|open| open.question == question);
    let (answer, evidence) = fact.map(|fact| (fact.value, bounded(&fact.by))).unzip();
    QuestionV1 {
        id: question.id(),
        question: question.words(),
        answer,
        evidence,
        would_be: open.and_then(|open| open.would_be).map(Level::id),
    }
}

fn reasons(reasons: &[advising::Reason]) -> Vec<ReasonV1> {
    reasons
        .iter()
        .map(|reason| ReasonV1 {
            reason: bounded(&reason.text),
            evidence: bounded(&reason.evidence),
        })
        .collect()
}

fn place(place: &Place) -> PlaceV1 {
    let presence = |presence: Presence, controller: &Option<String>| {
        let (state, objects) = match presence {
            Presence::Objects(objects) => ("inUse", objects),
            Presence::Served => ("served", 0),
            Presence::NotServed => ("notServed", 0),
            Presence::NotSeen => ("notSeen", 0),
        };
        PresenceV1 {
            state,
            objects,
            controller: controller.as_deref().map(bounded),
        }
    };
    PlaceV1 {
        place: bounded(&place.words),
        secrets: place.secrets,
        sources: place
            .sources
            .iter()
            .map(|(level, count)| (level.name(), *count))
            .collect(),
        sealed_secrets: presence(place.sealed, &place.sealed_controller),
        external_secrets: presence(place.external, &place.external_controller),
        encryption_at_rest: match place.encryption {
            Encryption::NotSeen => "notSeen",
            Encryption::NotConfigured => "notConfigured",
            Encryption::Configured => "configured",
        },
        avoidable: place
            .avoidable
            .iter()
            .map(|avoidable| AvoidableV1 {
                id: avoidable.id,
                what: avoidable.what,
                instead: avoidable.instead,
                unless: avoidable.unless.clone(),
                secrets: avoidable.secrets.iter().map(|one| bounded(one)).collect(),
            })
            .collect(),
    }
}

/// The published schema.
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<AdviceV1>()
        .to_value()
}
