//! What a run writes down about itself, in an annotation of its own Secret: names,
//! times and what takes its restarts back, and no value. Whatever is read back may
//! have been written by anybody who may write Secrets in the namespace, so only
//! shapes are taken that a run can have written.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::hooks::Task;
use super::plan::Volumes;
use crate::secret::KeyName;
use crate::secret::key::check_object_name;
use crate::watch::guard::Guard;
use crate::workload::ObjectId;

/// On the Secrets of runs; its value is the run's id.
pub const RUN_LABEL: &str = "secretsafe.dev/run";
/// Whose objects they are.
pub const OWNER_LABEL: (&str, &str) = ("app.kubernetes.io/managed-by", "kubectl-secretsafe");
/// What the name of a key ends with that keeps an old value meanwhile.
pub const PREVIOUS: &str = "_PREVIOUS";
/// The annotation with the record.
pub const RECORD: &str = "secretsafe.dev/rotation";

const API_VERSION: &str = "secretsafe.dev/v1";
/// The name of a run's Secret begins with it.
pub const PREFIX: &str = "secretsafe-run.";
/// An object's name (apimachinery `pkg/util/validation`, DNS-1123 subdomain).
const LONGEST_NAME: usize = 253;
/// All annotations of an object may have 256 KiB (apimachinery
/// `pkg/api/validation/objectmeta.go`).
const LONGEST_RECORD: usize = 200 * 1024;
/// More than these do not fit a record, and are no restart that one command should
/// make.
pub const MOST_WORKLOADS: usize = 500;
const MOST_SECRETS: usize = 50;
const MOST_KEYS: usize = 500;

/// Tells one run from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(String);

impl RunId {
    const LENGTH: usize = 10;

    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new() -> Result<Self, getrandom::Error> {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut random = [0_u8; Self::LENGTH];
        getrandom::fill(&mut random)?;
        let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
        Ok(Self(random.iter().map(letter).collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_sane(&self) -> bool {
        self.0.len() == Self::LENGTH
            && (self.0.bytes()).all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    }
}

/// The name of the Secret of a run that changes this one: always the same, so that
/// only one run at a time can create it.
pub fn name_of(secret: &str) -> String {
    if PREFIX.len() + secret.len() <= LONGEST_NAME {
        return format!("{PREFIX}{secret}");
    }
    // Of the name, not of a value.
    let digest = digest(&SHA256, secret.as_bytes());
    let digest: String = digest
        .as_ref()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let room = LONGEST_NAME - PREFIX.len() - digest.len() - 1;
    let start = secret[..room].trim_end_matches(['.', '-']);
    format!("{PREFIX}{start}-{digest}")
}

/// The keys of the run's Secret under which the values of its n-th key are.
pub fn slots(index: usize) -> (KeyName, KeyName) {
    let key = |name: String| KeyName::new(&name).expect("a legal key");
    (key(format!("old.{index}")), key(format!("new.{index}")))
}

/// The record of a run, one for each Secret that it changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    api_version: String,
    pub run: RunId,
    /// The Secret that it changes.
    pub secret: Subject,
    /// Its keys, in the order of the values.
    pub keys: Vec<String>,
    /// All Secrets of the run, sorted. What the run has come to stands with the first.
    pub secrets: Vec<String>,
    /// When the run began.
    pub began: Timestamp,
    pub strategy: Strategy,
    /// The Secret that takes the place of one that is immutable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Those of the keys that hold the value of another one in some form, and follow it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<String>,
    /// The key with the name of the user, which takes turns with another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_key: Option<String>,
    /// What the run was told to do at its end.
    #[serde(default)]
    pub wishes: Wishes,
    /// With the first Secret only: what is restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarts: Option<Restarts>,
}

/// What a run was told, and whoever goes on with it has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wishes {
    /// Seconds to wait before what is left of the old value is removed.
    #[serde(default)]
    pub grace: u64,
    /// Seconds for which the old value is kept after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<u64>,
    #[serde(default)]
    pub volumes: Volumes,
    #[serde(default)]
    pub check: Check,
    /// What is tried with pods before consumers have the value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub trials: BTreeSet<Trial>,
    /// Which programs work on the other side. What they are is not written down, for
    /// the same reason.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub hooks: BTreeSet<Task>,
}

/// Whether a command was to prove the new value. Which one is not written down: others
/// could write it, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    #[default]
    None,
    /// `--verify-exec`.
    Command,
}

/// What is tried with a pod of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trial {
    /// `--rehearse`.
    Rehearse,
    /// `--verify-pull`.
    Pull,
}

impl Wishes {
    /// As long as any flag can say.
    const LONGEST: u64 = 90 * 24 * 3600;

    fn is_sane(&self) -> bool {
        self.grace <= Self::LONGEST && self.keep.is_none_or(|keep| keep <= Self::LONGEST)
    }
}

/// A Secret, and which one of that name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub name: String,
    pub uid: String,
}

/// References to one Secret that become references to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub from: String,
    pub to: String,
}

impl Move {
    /// The way back.
    pub fn reversed(&self) -> Self {
        Self {
            from: self.to.clone(),
            to: self.from.clone(),
        }
    }
}

/// The name of the Secret that takes the place of an immutable one: the run's id ends
/// it, in the place of the id of the run that made the one before.
pub fn successor_of(secret: &str, made_by: Option<&str>, run: &RunId) -> String {
    let made_by = made_by.and_then(|id| secret.strip_suffix(id)?.strip_suffix('-'));
    let base = made_by.filter(|base| !base.is_empty()).unwrap_or(secret);
    let room = LONGEST_NAME - RunId::LENGTH - 1;
    let base = base[..base.len().min(room)].trim_end_matches(['.', '-']);
    format!("{base}-{}", run.as_str())
}

/// How a value is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The new value takes the old one's place.
    #[default]
    InPlace,
    /// The old value stays under KEY_PREVIOUS until the end.
    Overlap,
}

/// What is restarted, and what takes that back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Restarts {
    /// What `restartedAt` says of the pods of this run.
    pub stamp: Timestamp,
    pub workloads: Vec<Restart>,
}

/// A workload before it is restarted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Restart {
    pub kind: String,
    pub name: String,
    pub uid: String,
    pub wave: i64,
    /// The annotation before; `None` where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What `minReadySeconds` are raised to meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
}

impl Restart {
    pub fn id(&self, namespace: &str) -> ObjectId {
        ObjectId {
            namespace: namespace.to_owned(),
            kind: self.kind.clone(),
            name: self.name.clone(),
        }
    }
}

/// The annotation is none that a run can have written: what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its annotation {RECORD} was not written by this program ({0})")]
pub struct Foreign(&'static str);

impl Record {
    /// The record of a new run.
    pub fn new(
        run: RunId,
        secret: Subject,
        keys: Vec<String>,
        secrets: Vec<String>,
        began: Timestamp,
        strategy: Strategy,
    ) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            run,
            secret,
            keys,
            secrets,
            began,
            strategy,
            successor: None,
            derived: Vec::new(),
            user_key: None,
            wishes: Wishes::default(),
            restarts: None,
        }
    }

    /// Where references to this Secret go, if they do.
    pub fn moved(&self) -> Option<Move> {
        Some(Move {
            from: self.secret.name.clone(),
            to: self.successor.clone()?,
        })
    }

    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("names and times are JSON")
    }

    /// Whether it fits an annotation.
    pub fn fits(&self) -> bool {
        self.write().len() <= LONGEST_RECORD
    }

    /// Reads the record of the Secret of this name.
    ///
    /// # Errors
    /// [`Foreign`].
    pub fn read(text: &str, holder: &str) -> Result<Self, Foreign> {
        if text.len() > LONGEST_RECORD {
            return Err(Foreign("it is too long"));
        }
        let record: Self = serde_json::from_str(text).map_err(|_| Foreign("no record"))?;
        record.check(holder).map(|()| record)
    }

    fn check(&self, holder: &str) -> Result<(), Foreign> {
        let unless = |fits: bool, what| if fits { Ok(()) } else { Err(Foreign(what)) };
        unless(self.api_version == API_VERSION, "another version")?;
        unless(self.run.is_sane(), "the run's id")?;
        let name = |name: &str| check_object_name(name).is_ok();
        unless(name(&self.secret.name), "the Secret's name")?;
        unless(
            name_of(&self.secret.name) == holder,
            "it is of another Secret",
        )?;
        unless(is_uid(&self.secret.uid), "the Secret's uid")?;
        let keys = &self.keys;
        let legal = |keys: &[String]| keys.iter().all(|key| KeyName::new(key).is_ok());
        unless(
            (1..=MOST_KEYS).contains(&keys.len()) && legal(keys),
            "the keys",
        )?;
        unless(is_set(keys), "a key stands twice")?;
        let known = |key: &String| keys.contains(key);
        unless(
            self.derived.iter().all(known) && is_set(&self.derived),
            "the derived keys",
        )?;
        unless(self.user_key.iter().all(known), "the user's key")?;
        let secrets = &self.secrets;
        let sorted = secrets.is_sorted() && is_set(secrets) && secrets.len() <= MOST_SECRETS;
        unless(sorted && secrets.iter().all(|one| name(one)), "the Secrets")?;
        unless(secrets.contains(&self.secret.name), "the Secrets")?;
        unless(self.wishes.is_sane(), "what is to be done at the end")?;
        let takes_its_place = |new: &String| {
            name(new)
                && *new != self.secret.name
                && !new.starts_with(PREFIX)
                && !secrets.contains(new)
        };
        let successor = self.successor.as_ref();
        unless(
            successor.is_none_or(takes_its_place),
            "the Secret's successor",
        )?;
        unless(
            successor.is_none() || self.strategy == Strategy::InPlace,
            "the strategy",
        )?;
        let leads = secrets.first() == Some(&self.secret.name);
        unless(leads || self.restarts.is_none(), "the restarts")?;
        self.restarts.as_ref().map_or(Ok(()), Restarts::check)
    }
}

impl Restarts {
    /// The kinds whose templates a run changes.
    const KINDS: [&str; 7] = [
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Rollout",
        "CronJob",
        "ReplicaSet",
        "ReplicationController",
    ];

    fn check(&self) -> Result<(), Foreign> {
        let unless = |fits: bool, what| if fits { Ok(()) } else { Err(Foreign(what)) };
        unless(self.workloads.len() <= MOST_WORKLOADS, "too many workloads")?;
        for restart in &self.workloads {
            unless(Self::KINDS.contains(&restart.kind.as_str()), "a kind")?;
            unless(
                check_object_name(&restart.name).is_ok(),
                "a workload's name",
            )?;
            unless(is_uid(&restart.uid), "a workload's uid")?;
            let before = restart.before.as_deref();
            unless(before.is_none_or(is_time_like), "an earlier restart")?;
            unless(restart.guard.is_none_or(|guard| guard.is_sane()), "a guard")?;
        }
        Ok(())
    }
}

/// Whether a text can be what tells the time of a restart: nothing that an
/// annotation could be misused for.
pub fn is_time_like(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && (text.bytes()).all(|byte| byte.is_ascii_alphanumeric() || b"+-:. ".contains(&byte))
}

fn is_uid(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && (text.bytes()).all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_set(names: &[String]) -> bool {
    let mut sorted: Vec<_> = names.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let mut record = Record::new(
            RunId::new().unwrap(),
            Subject {
                name: "db".to_owned(),
                uid: "0e5f-1".to_owned(),
            },
            vec!["password".to_owned(), "user".to_owned()],
            vec!["db".to_owned(), "web".to_owned()],
            "2026-11-29T10:00:00Z".parse().unwrap(),
            Strategy::InPlace,
        );
        record.restarts = Some(Restarts {
            stamp: "2026-11-29T10:00:00Z".parse().unwrap(),
            workloads: vec![Restart {
                kind: "Deployment".to_owned(),
                name: "api".to_owned(),
                uid: "u".to_owned(),
                wave: 0,
                before: Some("2026-11-28T10:00:00+01:00".to_owned()),
                guard: Some(Guard {
                    seconds: 40,
                    before: None,
                }),
            }],
        });
        record
    }

    #[test]
    fn what_is_written_is_read_again() {
        let record = record();
        assert_eq!(
            Record::read(&record.write(), "secretsafe-run.db"),
            Ok(record)
        );
    }

    #[test]
    fn a_successor_does_not_grow() {
        let run = RunId("abcdefghij".to_owned());
        for (name, made_by, expected) in [
            ("db", None, "db-abcdefghij"),
            ("db-zzzzzzzzzz", None, "db-zzzzzzzzzz-abcdefghij"),
            ("db-zzzzzzzzzz", Some("zzzzzzzzzz"), "db-abcdefghij"),
            ("db", Some("zzzzzzzzzz"), "db-abcdefghij"),
            ("-zzzzzzzzzz", Some("zzzzzzzzzz"), "-zzzzzzzzzz-abcdefghij"),
        ] {
            assert_eq!(successor_of(name, made_by, &run), expected);
        }
        assert_eq!(successor_of(&"a".repeat(253), None, &run).len(), 253);
    }

    #[test]
    fn only_what_a_run_can_have_written_is_read() {
        let changes: [fn(&mut serde_json::Value); 26] = [
            |text| text["apiVersion"] = "v2".into(),
            |text| text["run"] = "../../x".into(),
            |text| text["secret"]["name"] = "web".into(),
            |text| text["secret"]["name"] = "DB".into(),
            |text| text["secret"]["uid"] = "".into(),
            |text| text["secret"]["namespace"] = "kube-system".into(),
            |text| text["keys"] = serde_json::json!([]),
            |text| text["keys"] = serde_json::json!(["a/b"]),
            |text| text["keys"] = serde_json::json!(["a", "a"]),
            |text| text["secrets"] = serde_json::json!(["web"]),
            |text| text["secrets"] = serde_json::json!(["web", "db"]),
            |text| text["secrets"] = serde_json::json!(["a", "db"]),
            |text| text["strategy"] = "mine".into(),
            |text| text["successor"] = "db".into(),
            |text| text["successor"] = "web".into(),
            |text| text["successor"] = "-x".into(),
            |text| text["successor"] = "secretsafe-run.web".into(),
            |text| text["more"] = 1.into(),
            |text| text["wishes"]["keep"] = 999_999_999_u64.into(),
            |text| text["wishes"]["check"] = "rm -rf /".into(),
            |text| text["restarts"]["workloads"][0]["kind"] = "ClusterRole".into(),
            |text| text["restarts"]["workloads"][0]["name"] = "-n".into(),
            |text| text["restarts"]["workloads"][0]["before"] = "a\nb".into(),
            |text| text["restarts"]["workloads"][0]["before"] = "{\"x\":1}".into(),
            |text| text["restarts"]["workloads"][0]["guard"]["seconds"] = (-1).into(),
            |text| text["restarts"]["workloads"][0]["image"] = "evil".into(),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut text = serde_json::to_value(record()).unwrap();
            change(&mut text);
            let read = Record::read(&text.to_string(), "secretsafe-run.db");
            assert!(read.is_err(), "change {index}: {text}");
        }
        assert!(Record::read(&record().write(), "secretsafe-run.web").is_err());
        assert!(Record::read(&" ".repeat(LONGEST_RECORD + 1), "secretsafe-run.db").is_err());
    }

    #[test]
    fn every_secret_has_one_name_for_its_run() {
        assert_eq!(name_of("db"), "secretsafe-run.db");
        let (long, other) = ("a".repeat(253), format!("{}b", "a".repeat(252)));
        for name in [&long, &other] {
            let of_run = name_of(name);
            assert!(of_run.len() <= LONGEST_NAME && check_object_name(&of_run).is_ok());
        }
        assert_ne!(name_of(&long), name_of(&other));
    }
}
