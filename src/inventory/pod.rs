//! Live pods and their events.

use jiff::Timestamp;

use crate::manifest::Node;
use crate::workload::{Metadata, Object, ObjectId, PodSpec, read};

/// A live pod.
pub struct Pod {
    /// Which.
    pub id: ObjectId,
    /// The workload it belongs to in the end; itself for a bare pod.
    pub top: ObjectId,
    /// Metadata.
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
    /// Whether it is a mirror of a static pod.
    pub mirror: bool,
}

/// A container's status.
#[derive(Clone, Debug)]
pub struct ContainerStatus {
    /// Name.
    pub name: String,
    /// State.
    pub state: ContainerState,
    /// State before the last restart, when it ended badly.
    pub last_termination: Option<String>,
    /// `ready`.
    pub ready: bool,
    /// `restartCount`.
    pub restarts: i64,
    /// `imageID`: the image with its digest; empty until it is known.
    pub image_id: String,
    /// `user.linux.uid`, where the runtime tells it.
    pub uid: Option<i64>,
    /// `user.linux.gid`, where the runtime tells it.
    pub gid: Option<i64>,
    /// `user.linux.supplementalGroups`.
    pub groups: Vec<i64>,
}

/// A container's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Not started: reason and message.
    Waiting {
        /// `CreateContainerConfigError`, …
        reason: String,
        /// Kubelet's words.
        message: String,
    },
    /// Runs since.
    Running {
        /// `startedAt`.
        since: Option<Timestamp>,
    },
    /// Ended.
    Terminated {
        /// `exitCode`.
        exit_code: i64,
        /// `reason`.
        reason: String,
        /// `message`.
        message: String,
    },
    /// Nothing is said.
    Unknown,
}

/// A warning event of a pod.
#[derive(Clone, Debug)]
pub struct Event {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The pod's UID.
    pub uid: String,
    /// `FailedMount`, …
    pub reason: String,
    /// Kubelet's words.
    pub message: String,
    /// How often.
    pub count: i64,
    /// When last.
    pub last: Option<Timestamp>,
    /// When first.
    pub first: Option<Timestamp>,
}

impl Pod {
    /// A container's status by name.
    pub fn status(&self, container: &str) -> Option<&ContainerStatus> {
        self.containers
            .iter()
            .find(|status| status.name == container)
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
    let ready = status
        .and_then(|status| status.get("conditions"))
        .map_or(&[][..], Node::items)
        .iter()
        .any(|condition| {
            condition.text_of("type") == Some("Ready")
                && condition.text_of("status") == Some("True")
        });
    Some(Pod {
        id: object.id.clone(),
        top: object.id.clone(),
        metadata: object.metadata.clone(),
        spec: read::pod_spec(spec, "spec", object.numbers),
        phase: text("phase").unwrap_or_default().to_owned(),
        started: read::time(status.and_then(|status| status.get("startTime"))),
        containers,
        reported: reported(&object.root),
        ready,
        mirror: object
            .metadata
            .annotations
            .contains_key("kubernetes.io/config.mirror"),
    })
}

/// The time of the field manager (kubelet) that owns the containers' status.
fn reported(root: &Node) -> Option<Timestamp> {
    root.at(&["metadata", "managedFields"])
        .map_or(&[][..], Node::items)
        .iter()
        .filter(|entry| {
            entry
                .at(&["fieldsV1", "f:status", "f:containerStatuses"])
                .is_some()
        })
        .filter_map(|entry| read::time(entry.get("time")))
        .max()
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
        last_termination: node
            .at(&["lastState", "terminated"])
            .map(|ended| text(ended, "message")),
        ready: node.get("ready").and_then(Node::as_bool).unwrap_or(false),
        restarts: node
            .get("restartCount")
            .and_then(Node::as_integer)
            .unwrap_or(0),
        image_id: text(node, "imageID"),
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
