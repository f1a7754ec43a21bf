//! JSON, version 1. These structs are a promise of their own: what is inside
//! may change, they may only grow.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::consumption::{
    Activity, Consumer, Consumption, Files, How, Newest, Part, PodUse, Present, Report, State,
};
use crate::inventory::{Grant, Immutability, Inventory, Scope};
use crate::output::Syntax;
use crate::output::json_v1::{Object, PlaceV1, Problem, UnreachableCluster};
use crate::output::run_v1::RunV1;
use crate::output::text::reason_words;
use crate::workload::{Confidence, ContainerClass, Need};

use super::words;

/// A report of `kubectl secretsafe consumers -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportV1 {
    /// `secretsafe.dev/v1`.
    api_version: &'static str,
    /// `ConsumersReport`.
    kind: &'static str,
    /// How the run ended.
    run: RunV1,
    /// Whether everything that was asked for could be seen.
    complete: bool,
    /// One for the files, or one for each cluster.
    parts: Vec<PartV1>,
    /// Input that could not be read.
    problems: Vec<Problem>,
    /// Clusters that could not be asked.
    unreachable: Vec<UnreachableCluster>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PartV1 {
    /// The cluster's context; absent for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    /// The Secrets of the name, by namespace.
    secrets: Vec<SecretV1>,
    /// What may not be listed.
    denied: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SecretV1 {
    namespace: String,
    name: String,
    /// The key that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// `present`, `expected` (something will make it), `missing` or `unknown`.
    state: &'static str,
    /// Why the state is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What will make it.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_from: Option<Object>,
    /// If it is missing: namespaces that have one of this name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elsewhere: Vec<String>,
    /// Names of Secrets, or of keys, that may have been meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    near: Vec<String>,
    /// What is known of it if it is present.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata>,
    /// Who uses it now.
    consumers: Vec<ConsumerV1>,
    /// Who does not run now and would use it again.
    dormant: Vec<ConsumerV1>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(rename = "type")]
    type_: String,
    keys: Vec<String>,
    /// Whether these are all keys.
    keys_complete: bool,
    /// Whether it has the key that was asked about: `yes`, `no` or `notKnown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_key: Option<&'static str>,
    /// `yes`, `probably` or `no`.
    immutable: &'static str,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    /// RFC 3339: when it, or the key that was asked about, was last changed at
    /// the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ConsumerV1 {
    object: Object,
    /// Where it names the Secret.
    place: PlaceV1,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<ContainerV1>,
    how: HowV1,
    /// The keys it uses; absent when it uses all, or does not say which.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<String>>,
    /// Whether something does not start or work without it.
    required: bool,
    /// What hides it from the program, which then does not get it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<String>,
    /// Whether it is only a guess, by the field's name, that this is a Secret.
    guess: bool,
    /// Whether a change needs a restart to arrive: `needed`, `notNeeded` or
    /// `notKnown`.
    restart: &'static str,
    /// What it takes until a change arrives, in words.
    change: String,
    /// `usual`, `noReplicas`, `suspended`, `podsOnly`, `earlierRevision` or
    /// `finished`.
    activity: &'static str,
    /// Its live pods that use it so.
    pods: Vec<PodV1>,
    /// Of a ServiceAccount's pull secret: the workloads whose pods get it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    workloads: Vec<Object>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ContainerV1 {
    name: String,
    /// `init`, `sidecar`, `main` or `ephemeral`.
    class: &'static str,
}

#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct HowV1 {
    /// `variable`, `allVariables`, `files`, `unmountedVolume`, `storage`,
    /// `imagePull`, `serviceAccountPull`, `serviceAccountSecret`, `ingressTls`,
    /// `ingressAnnotation`, `gateway` or `field`.
    kind: &'static str,
    /// The variable's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<String>,
    /// What stands before each key.
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    /// The volume's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    volume: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mount_path: Option<String>,
    /// `subPath` or `subPathExpr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_path: Option<String>,
    /// The files in the container; absent when they are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<FileV1>>,
    /// The field or annotation that names the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FileV1 {
    key: String,
    path: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PodV1 {
    name: String,
    /// Whether its container has the newest value: `yes`, `no`, `notKnown`, or
    /// `notRunning`.
    newest: &'static str,
    /// Why not, or why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// RFC 3339: when the container started.
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
    /// RFC 3339: when an init container had done its work. What it made of the
    /// value is as it was then.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished: Option<String>,
    /// RFC 3339: when what it uses was last changed, at the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
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
    let report = ReportV1 {
        api_version: "secretsafe.dev/v1",
        kind: "ConsumersReport",
        run: RunV1::new(&report.outcome),
        complete: report.outcome.is_complete(),
        parts: report.parts.iter().map(part).collect(),
        problems: report.problems.iter().map(Problem::of).collect(),
        unreachable: report
            .unreachable
            .iter()
            .map(UnreachableCluster::of)
            .collect(),
    };
    syntax.write(&report, out)
}

fn part(part: &Part) -> PartV1 {
    PartV1 {
        cluster: match &part.inventory.scope {
            Scope::Cluster { name, .. } => Some(name.clone()),
            Scope::Files(_) => None,
        },
        secrets: part
            .secrets
            .iter()
            .map(|consumption| secret(&part.inventory, consumption))
            .collect(),
        denied: part.hidden_lists().map(Grant::words).collect(),
    }
}

fn secret(inventory: &Inventory, consumption: &Consumption) -> SecretV1 {
    let of = |consumers: &[Consumer]| {
        consumers
            .iter()
            .map(|found| consumer(inventory, found))
            .collect()
    };
    let empty = SecretV1 {
        namespace: consumption.secret.namespace.clone(),
        name: consumption.secret.name.clone(),
        key: consumption.secret.key.clone(),
        state: "unknown",
        reason: None,
        expected_from: None,
        elsewhere: Vec::new(),
        near: Vec::new(),
        metadata: None,
        consumers: of(&consumption.consumers),
        dormant: of(&consumption.dormant),
    };
    match &consumption.state {
        State::Present(present) => SecretV1 {
            state: "present",
            near: present.near_keys.clone().unwrap_or_default(),
            metadata: Some(metadata(present, consumption.secret.key.as_deref())),
            ..empty
        },
        State::Expected(producer) => SecretV1 {
            state: "expected",
            expected_from: Some(Object::of(producer)),
            ..empty
        },
        State::Missing { elsewhere, near } => SecretV1 {
            state: "missing",
            elsewhere: elsewhere.clone(),
            near: near.clone(),
            ..empty
        },
        State::Unknown(reason) => SecretV1 {
            reason: Some(reason_words(reason)),
            ..empty
        },
    }
}

fn metadata(present: &Present, key: Option<&str>) -> Metadata {
    Metadata {
        type_: present.type_.clone(),
        keys: present.keys.known().iter().cloned().collect(),
        keys_complete: present.keys.is_complete(),
        has_key: key.map(|key| {
            if present.near_keys.is_some() {
                "no"
            } else if present.keys.known().contains(key) {
                "yes"
            } else {
                "notKnown"
            }
        }),
        immutable: match present.immutable {
            Immutability::Yes => "yes",
            Immutability::Probably => "probably",
            Immutability::No => "no",
        },
        created: present.created.map(|time| time.to_string()),
        changed: present.changed.map(|time| time.to_string()),
    }
}

fn consumer(inventory: &Inventory, consumer: &Consumer) -> ConsumerV1 {
    ConsumerV1 {
        object: Object::of(&consumer.subject),
        place: PlaceV1::of(
            inventory,
            consumer.origin,
            &consumer.site,
            &words::how(&consumer.how),
        ),
        container: consumer.container.as_ref().map(|container| ContainerV1 {
            name: container.name.clone(),
            class: match container.class {
                ContainerClass::Init => "init",
                ContainerClass::Sidecar => "sidecar",
                ContainerClass::Main => "main",
                ContainerClass::Ephemeral => "ephemeral",
            },
        }),
        how: how(&consumer.how),
        keys: consumer.keys.clone(),
        required: consumer.need == Need::Required,
        hidden: consumer.hider.as_ref().map(words::hider),
        guess: consumer.confidence == Confidence::Guess,
        restart: match consumer.hider {
            Some(_) => "notNeeded",
            None => words::restart(consumer.reach),
        },
        change: match &consumer.hider {
            Some(hider) => words::hider(hider),
            None => words::reach(consumer.reach).to_owned(),
        },
        activity: match consumer.activity {
            Activity::Usual | Activity::Restartable => "usual",
            Activity::NoReplicas => "noReplicas",
            Activity::Suspended => "suspended",
            Activity::PodsOnly => "podsOnly",
            Activity::EarlierRevision => "earlierRevision",
            Activity::Finished => "finished",
        },
        pods: consumer.pods.iter().map(pod).collect(),
        workloads: consumer.workloads.iter().map(Object::of).collect(),
    }
}

fn how(how: &How) -> HowV1 {
    let kind = |kind: &'static str| HowV1 {
        kind,
        ..HowV1::default()
    };
    match how {
        How::Variable { name } => HowV1 {
            variable: Some(name.clone()),
            ..kind("variable")
        },
        How::AllVariables { prefix } => HowV1 {
            prefix: Some(prefix.clone()),
            ..kind("allVariables")
        },
        How::Files(mounted) => HowV1 {
            volume: Some(mounted.volume.clone()),
            projected: Some(mounted.projected),
            mount_path: Some(mounted.path.clone()),
            sub_path: mounted.sub_path.clone(),
            files: match &mounted.files {
                Files::Unknown => None,
                Files::Known(files) => Some(
                    files
                        .iter()
                        .map(|file| FileV1 {
                            key: file.key.clone(),
                            path: file.path.clone(),
                        })
                        .collect(),
                ),
            },
            ..kind("files")
        },
        How::Unmounted { volume } => HowV1 {
            volume: Some(volume.clone()),
            ..kind("unmountedVolume")
        },
        How::Storage { field } => HowV1 {
            field: Some(field.clone()),
            ..kind("storage")
        },
        How::ImagePull => kind("imagePull"),
        How::ServiceAccountPull => kind("serviceAccountPull"),
        How::ServiceAccountSecret => kind("serviceAccountSecret"),
        How::IngressTls => kind("ingressTls"),
        How::IngressAnnotation { annotation } => HowV1 {
            field: Some(annotation.clone()),
            ..kind("ingressAnnotation")
        },
        How::Gateway => kind("gateway"),
        How::Custom { path } => HowV1 {
            field: Some(path.clone()),
            ..kind("field")
        },
    }
}

fn pod(pod: &PodUse) -> PodV1 {
    PodV1 {
        name: pod.pod.clone(),
        newest: match pod.newest {
            Newest::Yes => "yes",
            Newest::No(_) => "no",
            Newest::NotKnown(_) => "notKnown",
            Newest::NotRunning(_) => "notRunning",
        },
        reason: words::newest(&pod.newest),
        started: pod.started.map(|time| time.to_string()),
        finished: pod.finished.map(|time| time.to_string()),
        changed: pod.changed.map(|time| time.to_string()),
    }
}
