//! Having the pods of one workload replaced, and taking that back.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::cluster::{ClusterError, ServerDryRun, WriteOutcome};
use crate::manifest::{Node, Operation, path};
use crate::ownership::{self, OwnerKind};
use crate::rotation::record::Move;
use crate::watch::guard::Guard;
use crate::workload::{Object, SecretReference, Workload, WorkloadKind, reference};

use super::target::{ATTEMPTS, FIELD_MANAGER, PAUSE, Target, of_version};

/// kubectl's own annotation of a template (kubectl `polymorphichelpers`,
/// `objectrestarter.go`): one that a user knows, and that no tool undoes.
pub const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
/// Where Argo Rollouts looks (its `docs/features/restart.md`).
const RESTART_AT: &str = "/spec/restartAt";
/// What Flux lets stay (fluxcd/flux2#2526 and its documentation on restarts).
const FLUX: &str = "flux-client-side-apply";

/// How one workload is restarted.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamp {
    /// The time that tells of the run; another one than any before. `None` where the
    /// template is given no mark, because nothing is to restart.
    pub at: Option<Timestamp>,
    /// References that become references to another Secret.
    pub moves: Vec<Move>,
    /// How long a new pod has to stay up before it takes an old one's place.
    pub guard: Option<Guard>,
}

impl Stamp {
    /// One of this time.
    pub fn new(time: Timestamp, guard: Option<Guard>) -> Self {
        Self {
            at: Some(time),
            moves: Vec::new(),
            guard,
        }
    }

    /// One that leaves a template without a mark.
    pub fn without_mark() -> Self {
        Self {
            at: None,
            moves: Vec::new(),
            guard: None,
        }
    }

    /// The same with references that move.
    pub fn moving(self, moves: &[Move]) -> Self {
        Self {
            moves: moves.to_vec(),
            ..self
        }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.at.is_none() && self.moves.is_empty()
    }

    /// Whether an object has it.
    pub fn is_on(&self, object: &Object) -> bool {
        (self.at.is_none() || self.marks(object)) && self.names_new(object)
    }

    /// Whether an object has its mark.
    pub fn marks(&self, object: &Object) -> bool {
        self.mark_for(object).as_deref() == mark_of(object) && self.at.is_some()
    }

    /// What it writes into an object. kubectl and others restart with whole seconds: a
    /// fraction tells this restart from one that they make in the same second. Argo
    /// Rollouts compares the time with its status, which has no fraction
    /// (`metav1.Time`), and replaces the pods of before it: the second after.
    fn mark_for(&self, object: &Object) -> Option<String> {
        let at = self.at?;
        Some(match is_rollout(object) {
            true => text(at + SignedDuration::from_secs(1)),
            false => at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string(),
        })
    }

    /// Whether no reference is left that is to move.
    pub fn names_new(&self, object: &Object) -> bool {
        (self.moves.iter()).all(|one| references(object, &one.from).is_empty())
    }
}

/// A time as it is written: with whole seconds.
pub fn text(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What became of a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarted {
    /// Its template is another one now, from this generation on.
    Yes(i64),
    /// The server took the change, and its template is the same as before.
    NoEffect,
    /// There is no such workload any more.
    Gone,
}

/// The present mark of a restart of a workload.
pub fn mark_of(object: &Object) -> Option<&str> {
    let place: &[&str] = match is_rollout(object) {
        true => &["spec", "restartAt"],
        false => &["spec", "template", "metadata", "annotations", RESTARTED_AT],
    };
    object.root.at(place).and_then(Node::as_str)
}

fn is_rollout(object: &Object) -> bool {
    object.id.kind == "Rollout"
}

impl Target<'_> {
    /// Whether the server would take the restart; nothing is stored. `false` where
    /// it would take it and make nothing of it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn try_restart(&self, object: &Object, stamp: &Stamp) -> Result<bool, ClusterError> {
        let operations = set(object, stamp);
        let tried = self
            .patch_as(manager(object), &operations, ServerDryRun::Yes)
            .await?;
        let tried = self.object(tried);
        Ok(tried.is_some_and(|tried| stamp.is_on(&tried)))
    }

    /// Restarts it, once: a workload that has the stamp already is left alone. What was
    /// `seen` of it spares a request if it is still so.
    ///
    /// # Errors
    /// What the server says.
    pub async fn restart(
        &self,
        uid: &str,
        stamp: &Stamp,
        seen: Option<&Object>,
    ) -> Result<Restarted, ClusterError> {
        self.until_there(uid, seen, |object| {
            (!stamp.is_on(object)).then(|| set(object, stamp))
        })
        .await
    }

    /// Takes a restart back: its mark is what it was before, if it is still the one
    /// of the stamp, and so is `minReadySeconds`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn take_restart_back(
        &self,
        uid: &str,
        stamp: &Stamp,
        before: Option<&str>,
    ) -> Result<Restarted, ClusterError> {
        self.until_there(uid, None, |object| {
            let mut operations = match stamp.marks(object) {
                true => vec![back(object, before)],
                false => Vec::new(),
            };
            for one in &stamp.moves {
                operations.extend(moved(object, &one.reversed()));
            }
            operations.extend(stamp.guard.iter().flat_map(|guard| guard.lift(object)));
            (!operations.is_empty()).then_some(operations)
        })
        .await
    }

    /// Lifts `minReadySeconds` to what it was.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lift_guard(
        &self,
        uid: &str,
        guard: Guard,
        seen: Option<&Object>,
    ) -> Result<Restarted, ClusterError> {
        self.until_there(uid, seen, |object| {
            Some(guard.lift(object)).filter(|operations| !operations.is_empty())
        })
        .await
    }

    /// Sends what is missing until nothing is, whatever became of earlier answers.
    async fn until_there(
        &self,
        uid: &str,
        seen: Option<&Object>,
        missing: impl Fn(&Object) -> Option<Vec<Operation>>,
    ) -> Result<Restarted, ClusterError> {
        let mut failed = None;
        let mut sent = false;
        let mut seen = seen.filter(|seen| seen.metadata.uid == uid);
        for tries in 0..ATTEMPTS {
            let read;
            let object = if let Some(seen) = seen.take().filter(|seen| missing(seen).is_some()) {
                seen
            } else {
                read = match self.read().await {
                    Ok(Some(object)) if object.metadata.uid == uid => object,
                    Ok(_) => return Ok(Restarted::Gone),
                    Err(error) if error.outcome() == WriteOutcome::Unknown => {
                        failed = Some(error);
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                &read
            };
            let Some(operations) = missing(object) else {
                return Ok(yes(object));
            };
            // It was taken before, and is not there.
            if sent {
                return Ok(Restarted::NoEffect);
            }
            let mut guarded = vec![of_version(object)];
            guarded.extend(operations);
            let written = self
                .patch_as(manager(object), &guarded, ServerDryRun::No)
                .await;
            match written {
                Ok(node) => match self.object(node) {
                    Some(now) if missing(&now).is_none() => return Ok(yes(&now)),
                    _ => sent = true,
                },
                Err(ClusterError::NotFound { .. }) => return Ok(Restarted::Gone),
                Err(error @ (ClusterError::Invalid { .. } | ClusterError::Conflict { .. })) => {
                    if !self.changed_since(object).await {
                        return Err(error);
                    }
                    failed = Some(error);
                    tokio::time::sleep(PAUSE / 8 * (tries + 1)).await;
                }
                Err(error) if error.outcome() == WriteOutcome::Unknown => {
                    failed = Some(error);
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
        failed.map_or(Ok(Restarted::NoEffect), Err)
    }
}

fn yes(object: &Object) -> Restarted {
    Restarted::Yes(object.metadata.generation.unwrap_or(0))
}

/// The operations of a restart.
fn set(object: &Object, stamp: &Stamp) -> Vec<Operation> {
    let mut operations: Vec<_> = (stamp.moves.iter())
        .flat_map(|one| moved(object, one))
        .collect();
    if let Some(text) = stamp.mark_for(object) {
        operations.push(set_mark(object, &text));
    }
    // What somebody has set since it was planned is theirs.
    let now = object.root.at(&["spec", "minReadySeconds"]);
    let now = now
        .and_then(Node::as_integer)
        .filter(|seconds| *seconds != 0);
    let ours = |guard: &Guard| now == guard.before || now == Some(guard.seconds);
    operations.extend(stamp.guard.filter(ours).map(|guard| guard.set()));
    operations
}

/// The references of a workload to a Secret of its namespace.
fn references(object: &Object, secret: &str) -> Vec<SecretReference> {
    let workload = Workload::from_object(object);
    let all = workload.map(|workload| reference::references(&workload));
    let mut all = all.unwrap_or_default();
    all.retain(|one| one.namespace.is_none() && one.secret.value == secret);
    all
}

/// The operations that move references.
fn moved(object: &Object, moved: &Move) -> Vec<Operation> {
    let mut operations = Vec::new();
    for reference in references(object, &moved.from) {
        let pointer = path::pointer(&reference.secret.site.path);
        operations.push(Operation::Test {
            pointer: pointer.clone(),
            value: json!(moved.from),
        });
        operations.push(Operation::Replace {
            pointer,
            value: json!(moved.to),
        });
    }
    operations
}

fn set_mark(object: &Object, text: &str) -> Operation {
    let text = json!(text);
    if is_rollout(object) {
        Operation::Add {
            pointer: RESTART_AT.to_owned(),
            value: text,
        }
    } else {
        // What is missing on the way to the annotation comes with it.
        let has = |path: &[&str]| object.root.at(path).is_some_and(Node::is_mapping);
        let (pointer, value) = match () {
            () if has(&["spec", "template", "metadata", "annotations"]) => (mark(), text),
            () if has(&["spec", "template", "metadata"]) => (
                "/spec/template/metadata/annotations".to_owned(),
                json!({RESTARTED_AT: text}),
            ),
            () => (
                "/spec/template/metadata".to_owned(),
                json!({"annotations": {RESTARTED_AT: text}}),
            ),
        };
        Operation::Add { pointer, value }
    }
}

/// The operation that takes the mark back.
fn back(object: &Object, before: Option<&str>) -> Operation {
    let pointer = match is_rollout(object) {
        true => RESTART_AT.to_owned(),
        false => mark(),
    };
    match before {
        Some(before) => Operation::Replace {
            pointer,
            value: json!(before),
        },
        None => Operation::Remove { pointer },
    }
}

fn mark() -> String {
    format!(
        "/spec/template/metadata/annotations/{}",
        RESTARTED_AT.replace('/', "~1")
    )
}

/// Under whose name the annotation is written.
fn manager(object: &Object) -> &'static str {
    let owner = Workload::from_object(object)
        .filter(|workload| workload.kind != WorkloadKind::Custom)
        .and_then(|workload| ownership::find(&workload));
    match owner {
        Some(owner) if owner.kind == OwnerKind::Flux => FLUX,
        _ => FIELD_MANAGER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, json_patch, parse};
    use crate::workload::Place;

    fn object(text: &str) -> Object {
        let root = parse(&SourceText::new("workload", text.to_owned()));
        let root = root.documents.into_iter().next().unwrap().root;
        Object::new(root, Place::live(), "prod").unwrap()
    }

    fn stamp() -> Stamp {
        Stamp::new("2026-11-29T10:00:00.9Z".parse().unwrap(), None)
    }

    /// Invariants 69, 80.
    #[test]
    fn a_restart_is_one_mark_and_goes_back_to_the_letter() {
        let deployment = |metadata: &str| {
            format!(
                "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: api}}, spec: {{template: {{{metadata}spec: {{containers: []}}}}}}}}"
            )
        };
        let rollout = "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: api}, spec: {template: {spec: {containers: []}}}}";
        for (text, pointer) in [
            (
                deployment("metadata: {annotations: {a: b}}, "),
                "/spec/template/metadata/annotations",
            ),
            (
                deployment("metadata: {labels: {a: b}}, "),
                "/spec/template/metadata/annotations",
            ),
            (deployment(""), "/spec/template/metadata/annotations"),
            (rollout.to_owned(), "/spec"),
        ] {
            let before = object(&text);
            let mut value = json_patch::value(&before.root).unwrap();
            json_patch::apply(&mut value, &set(&before, &stamp())).unwrap();
            let (key, mark) = match pointer {
                "/spec" => ("restartAt", "2026-11-29T10:00:01Z"),
                _ => (RESTARTED_AT, "2026-11-29T10:00:00.900000Z"),
            };
            let marks = value.pointer(pointer).unwrap();
            assert_eq!(marks[key], mark, "{text}");
            let after = object(&value.to_string());
            assert_eq!(mark_of(&after), Some(mark));
            assert!(stamp().marks(&after) && !stamp().marks(&before));
            json_patch::apply(&mut value, &[back(&after, None)]).unwrap();
            assert_eq!(mark_of(&object(&value.to_string())), None);
            let again = [set(&object(&value.to_string()), &stamp()).remove(0)];
            json_patch::apply(&mut value, &again).unwrap();
            let earlier = back(&object(&value.to_string()), Some("2020-01-01T00:00:00Z"));
            json_patch::apply(&mut value, &[earlier]).unwrap();
            assert_eq!(
                mark_of(&object(&value.to_string())),
                Some("2020-01-01T00:00:00Z")
            );
        }
    }
}
