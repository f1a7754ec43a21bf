//! Live pods and their events.

use jiff::{SignedDuration, Timestamp};

use crate::manifest::Node;
use crate::workload::{Metadata, Object, ObjectId, PodSpec, read};

pub struct Pod {
    pub id: ObjectId,
    /// The workload it belongs to in the end; itself for a bare pod.
    pub top: ObjectId,
    pub metadata: Metadata,
    /// Its specification, after admission; paths count from the pod.
    pub spec: PodSpec,
    /// `status.phase`.
    pub phase: String,
    /// `status.startTime`.
    pub started: Option<Timestamp>,
    /// Its containers' status, all lists.
    pub containers: Vec<ContainerStatus>,
    /// When the containers' status was last written, by the API server's clock;
    /// `None` if it is not recorded.
    pub reported: Option<Timestamp>,
    /// Whether condition `Ready` is true.
    pub ready: bool,
    /// When condition `Ready` last changed, by the node's clock; `None` also
    /// where it is not known whether the pod is ready (its node is silent).
    pub ready_changed: Option<Timestamp>,
    /// Whether it is a mirror of a static pod.
    pub mirror: bool,
}

#[derive(Clone, Debug)]
pub struct ContainerStatus {
    pub name: String,
    pub state: ContainerState,
    /// How it ended last, if it ever did.
    pub last_end: Option<End>,
    /// The run before this one.
    pub last_run: Option<Run>,
    /// `ready`.
    pub ready: bool,
    /// `restartCount`.
    pub restarts: i64,
    /// `imageID`: the image with its digest; empty until it is known.
    pub image_id: String,
    /// `containerID`: another one after each start; empty until it is known.
    pub id: String,
    /// `user.linux.uid`, where the runtime tells it.
    pub uid: Option<i64>,
    /// `user.linux.gid`, where the runtime tells it.
    pub gid: Option<i64>,
    /// `user.linux.supplementalGroups`.
    pub groups: Vec<i64>,
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// `exitCode`.
    pub exit_code: i64,
    /// `reason`: `Error`, `OOMKilled`, …; a word of the runtime's.
    pub reason: String,
    /// From `startedAt` to `finishedAt`, both by the node's clock.
    pub ran: Option<SignedDuration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Not started: reason and message.
    Waiting {
        /// `CreateContainerConfigError`, …
        reason: String,
        message: String,
    },
    Running {
        /// `startedAt`.
        since: Option<Timestamp>,
    },
    Terminated {
        run: Run,
        /// `exitCode`.
        exit_code: i64,
        /// `reason`.
        reason: String,
        /// `message`.
        message: String,
    },
    Unknown,
}

/// A time during which a container ran, by the node's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// `startedAt`.
    pub started: Option<Timestamp>,
    /// `finishedAt`.
    pub finished: Option<Timestamp>,
}

impl ContainerStatus {
    /// Whether it ran for a while at least once, in a pod of this age, or has
    /// done its work.
    fn ran_well(&self, age: SignedDuration) -> bool {
        const WHILE: SignedDuration = SignedDuration::from_secs(60);
        // Kubelet waits five minutes at most before it starts one again.
        const CYCLE: SignedDuration = SignedDuration::from_secs(360);
        let ended = match &self.state {
            ContainerState::Terminated { exit_code, .. } => *exit_code != 0,
            _ => false,
        };
        let last = self
            .last_run
            .and_then(|run| Some(run.finished?.duration_since(run.started?)));
        let restarts = i32::try_from(self.restarts).unwrap_or(i32::MAX);
        (restarts == 0 && !ended)
            || last.is_some_and(|lasted| lasted >= WHILE)
            || CYCLE
                .checked_mul(restarts.saturating_add(1))
                .is_some_and(|explained| age > explained)
    }

    /// Every start that is told: of this run, or the one that has ended, and of
    /// the one before.
    pub fn starts(&self) -> impl Iterator<Item = Timestamp> {
        let current = match &self.state {
            ContainerState::Running { since } => *since,
            ContainerState::Terminated { run, .. } => run.started,
            ContainerState::Waiting { .. } | ContainerState::Unknown => None,
        };
        current
            .into_iter()
            .chain(self.last_run.and_then(|run| run.started))
    }
}

/// A warning event of a pod.
#[derive(Clone, Debug)]
pub struct Event {
    pub namespace: String,
    pub pod: String,
    pub uid: String,
    /// The container; empty where it is about the pod.
    pub container: String,
    /// `FailedMount`, …
    pub reason: String,
    pub message: String,
    pub count: i64,
    pub last: Option<Timestamp>,
    pub first: Option<Timestamp>,
}

impl Event {
    /// Whether it tells of a failure of a liveness probe. Its source puts words
    /// before the messages of many events (client-go
    /// `tools/record/events_cache.go`).
    pub fn is_liveness_failure(&self) -> bool {
        let combined = self
            .message
            .strip_prefix("(combined from similar events): ");
        self.reason == "Unhealthy" && combined.unwrap_or(&self.message).starts_with("Liveness")
    }
}

impl Pod {
    /// A container's status by name.
    pub fn status(&self, container: &str) -> Option<&ContainerStatus> {
        self.containers
            .iter()
            .find(|status| status.name == container)
    }

    /// Whether it was ready for a while and is not now. The condition is false
    /// from the pod's start on, and keeps that time until it is true (kubernetes/kubernetes
    /// `pkg/kubelet/status/status_manager.go`); without a readiness probe it is
    /// true for a moment of each start, even if the program ends at once.
    pub fn was_ready(&self, now: Timestamp) -> bool {
        const START: SignedDuration = SignedDuration::from_secs(2);
        let age = self
            .started
            .map_or(SignedDuration::ZERO, |started| now.duration_since(started));
        !self.ready
            && self.containers.iter().all(|status| status.ran_well(age))
            && match (self.ready_changed, self.started) {
                (Some(changed), Some(started)) => changed.duration_since(started) > START,
                _ => false,
            }
    }

    /// Whether all containers have run to their end.
    pub fn is_finished(&self) -> bool {
        matches!(self.phase.as_str(), "Succeeded" | "Failed")
    }
}

/// Reads a pod of an answer.
pub(super) fn of_object(object: &Object) -> Option<Pod> {
    let spec = object.root.get("spec")?;
    let status = object.root.get("status");
    let text = |key: &str| status.and_then(|status| status.text_of(key));
    let containers = [
        "initContainerStatuses",
        "containerStatuses",
        "ephemeralContainerStatuses",
    ]
    .into_iter()
    .filter_map(|list| status?.get(list))
    .flat_map(Node::items)
    .map(container_status)
    .collect();
    let condition = status
        .and_then(|status| status.get("conditions"))
        .map_or(&[][..], Node::items)
        .iter()
        .find(|condition| condition.text_of("type") == Some("Ready"));
    let is = |wanted: &str| {
        condition.is_some_and(|condition| condition.text_of("status") == Some(wanted))
    };
    let known = is("True") || is("False");
    Some(Pod {
        id: object.id.clone(),
        top: object.id.clone(),
        metadata: object.metadata.clone(),
        spec: read::pod_spec(spec, "spec", object.numbers),
        phase: text("phase").unwrap_or_default().to_owned(),
        started: read::time(status.and_then(|status| status.get("startTime"))),
        containers,
        reported: reported(&object.root),
        ready: is("True"),
        ready_changed: condition
            .filter(|_| known)
            .and_then(|condition| read::time(condition.get("lastTransitionTime"))),
        mirror: object
            .metadata
            .annotations
            .contains_key("kubernetes.io/config.mirror"),
    })
}

/// The time of the field manager (kubelet) that owns the containers' status.
fn reported(root: &Node) -> Option<Timestamp> {
    read::managed_fields(root)
        .iter()
        .filter(|entry| {
            entry
                .at(&["fieldsV1", "f:status", "f:containerStatuses"])
                .is_some()
        })
        .filter_map(|entry| read::time(entry.get("time")))
        .max()
}

fn run(ended: &Node) -> Run {
    Run {
        started: read::time(ended.get("startedAt")),
        finished: read::time(ended.get("finishedAt")),
    }
}

fn container_status(node: &Node) -> ContainerStatus {
    let text = |node: &Node, key: &str| node.text_of(key).unwrap_or_default().to_owned();
    let state = node.get("state");
    let kind = |name: &str| state.and_then(|state| state.get(name));
    let state = if let Some(waiting) = kind("waiting") {
        ContainerState::Waiting {
            reason: text(waiting, "reason"),
            message: text(waiting, "message"),
        }
    } else if let Some(running) = kind("running") {
        ContainerState::Running {
            since: read::time(running.get("startedAt")),
        }
    } else if let Some(ended) = kind("terminated") {
        ContainerState::Terminated {
            run: run(ended),
            exit_code: ended
                .get("exitCode")
                .and_then(Node::as_integer)
                .unwrap_or(0),
            reason: text(ended, "reason"),
            message: text(ended, "message"),
        }
    } else {
        ContainerState::Unknown
    };
    ContainerStatus {
        name: text(node, "name"),
        state,
        last_end: kind("terminated")
            .or_else(|| node.at(&["lastState", "terminated"]))
            .map(end),
        last_run: node.at(&["lastState", "terminated"]).map(run),
        ready: node.get("ready").and_then(Node::as_bool).unwrap_or(false),
        restarts: node
            .get("restartCount")
            .and_then(Node::as_integer)
            .unwrap_or(0),
        image_id: text(node, "imageID"),
        id: text(node, "containerID"),
        uid: node
            .at(&["user", "linux", "uid"])
            .and_then(Node::as_integer),
        gid: node
            .at(&["user", "linux", "gid"])
            .and_then(Node::as_integer),
        groups: node
            .at(&["user", "linux", "supplementalGroups"])
            .map_or(&[][..], Node::items)
            .iter()
            .filter_map(Node::as_integer)
            .collect(),
    }
}

fn end(ended: &Node) -> End {
    let at = |key: &str| read::time(ended.get(key));
    // A container that was never started has times of the year 1, or none.
    let ran = at("startedAt")
        .zip(at("finishedAt"))
        .map(|(from, to)| to.duration_since(from))
        .filter(|ran| !ran.is_negative());
    End {
        exit_code: ended
            .get("exitCode")
            .and_then(Node::as_integer)
            .unwrap_or(0),
        reason: ended.text_of("reason").unwrap_or_default().to_owned(),
        ran,
    }
}

/// Reads an event, if it is about a pod.
pub(super) fn event(object: &Object) -> Option<Event> {
    let involved = object
        .root
        .get("involvedObject")
        .or_else(|| object.root.get("regarding"))?;
    if involved.text_of("kind") != Some("Pod") {
        return None;
    }
    let text = |key: &str| object.root.text_of(key).unwrap_or_default().to_owned();
    let time = |key: &str| read::time(object.root.get(key));
    let message = match object.root.text_of("message") {
        Some(message) => message.to_owned(),
        None => text("note"),
    };
    Some(Event {
        namespace: involved.text_of("namespace").unwrap_or_default().to_owned(),
        pod: involved.text_of("name").unwrap_or_default().to_owned(),
        uid: involved.text_of("uid").unwrap_or_default().to_owned(),
        container: involved
            .text_of("fieldPath")
            .and_then(|path| Some(path.split_once('{')?.1.strip_suffix('}')?.to_owned()))
            .unwrap_or_default(),
        reason: text("reason"),
        message,
        count: object
            .root
            .get("count")
            .and_then(Node::as_integer)
            .or_else(|| {
                object
                    .root
                    .at(&["series", "count"])
                    .and_then(Node::as_integer)
            })
            .unwrap_or(1),
        last: time("lastTimestamp")
            .or_else(|| time("eventTime"))
            .or(object.metadata.created),
        first: time("firstTimestamp").or(object.metadata.created),
    })
}
