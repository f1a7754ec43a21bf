//! What is said of a use, the same in every format.

use crate::consumption::{Activity, Consumer, File, Files, How, Mounted, Newest, Reach, Unclear};
use crate::inventory::Earlier;
use crate::inventory::staleness::{Cause, Doubt};
use crate::output::text::reason_words;
use crate::workload::hidden::Hider;
use crate::workload::{Confidence, ContainerClass};

/// Files that are named one by one; of more, only how many.
const MOST_FILES: usize = 4;

/// `variable DB_PASSWORD`, `file /etc/secrets/password`.
pub(in crate::output) fn how(how: &How) -> String {
    match how {
        How::Variable { name } => format!("variable {name}"),
        How::AllVariables { prefix } if prefix.is_empty() => "all keys as variables".to_owned(),
        How::AllVariables { prefix } => format!("all keys as variables that begin with {prefix}"),
        How::Files(mounted) => files(mounted),
        How::Unmounted { volume } => {
            format!("volume {volume}, of which no container takes a file")
        }
        How::Storage { field } => format!("credentials for storage ({field})"),
        How::ImagePull => "pull secret".to_owned(),
        How::ServiceAccountPull => "pull secret for its pods".to_owned(),
        How::ServiceAccountSecret => "listed as its own".to_owned(),
        How::IngressTls | How::Gateway => "TLS certificate".to_owned(),
        How::IngressAnnotation { annotation } => format!("annotation {annotation}"),
        How::Custom { path } => format!("field {path}"),
    }
}

fn files(mounted: &Mounted) -> String {
    let path = &mounted.path;
    match &mounted.files {
        Files::Unknown if mounted.sub_path.is_some() => format!("{path}, a part of the volume"),
        Files::Unknown => format!("files below {path}"),
        Files::Known(files) => match files.as_slice() {
            [] => format!("{path}, without a file of it"),
            [File { path, .. }] => format!("file {path}"),
            files if files.len() <= MOST_FILES => {
                let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
                format!("files {}", paths.join(", "))
            }
            files => format!("{} files below {path}", files.len()),
        },
    }
}

/// ` from key password`, or nothing.
pub(super) fn keys(consumer: &Consumer) -> String {
    match consumer.keys.as_deref() {
        // Whichever of the two formats is there.
        _ if matches!(consumer.how, How::ImagePull | How::ServiceAccountPull) => String::new(),
        Some([key]) => format!(" from key {key}"),
        Some(keys) if keys.len() <= MOST_FILES => format!(" from keys {}", keys.join(", ")),
        Some(keys) => format!(" from {} keys", keys.len()),
        None => String::new(),
    }
}

/// `subPath password`, where there is one.
pub(super) fn sub_path(how: &How) -> Option<String> {
    match how {
        How::Files(Mounted {
            sub_path: Some(path),
            ..
        }) => Some(format!("subPath {path}")),
        How::Files(Mounted {
            projected: true, ..
        }) => Some("projected".to_owned()),
        _ => None,
    }
}

/// `init container migrate`, where it is a container's.
pub(in crate::output) fn container(consumer: &Consumer) -> Option<String> {
    let container = consumer.container.as_ref()?;
    let class = match container.class {
        ContainerClass::Init => "init container",
        ContainerClass::Sidecar => "sidecar",
        ContainerClass::Main => "container",
        ContainerClass::Ephemeral => "ephemeral container",
    };
    Some(format!("{class} {}", container.name))
}

/// What it takes until a change arrives.
pub(in crate::output) fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Restart => "a change needs a restart",
        Reach::Refresh => {
            "a change arrives within about two minutes; the program has to read it again"
        }
        Reach::NextPull => "a change counts from the next pull on",
        Reach::NextMount => {
            "a change counts when the storage driver is asked next, so for new pods"
        }
        Reach::Controller => "its controller takes a change up",
        Reach::Never => "the Secret is immutable: a change is a new Secret of another name",
        Reach::NotKnown => "it is not known what a change takes",
    }
}

/// Whether a restart is needed, for programs.
pub(super) fn restart(reach: Reach) -> &'static str {
    match reach {
        Reach::Restart | Reach::NextMount => "needed",
        Reach::Refresh | Reach::NextPull | Reach::Controller => "notNeeded",
        Reach::Never | Reach::NotKnown => "notKnown",
    }
}

/// What hides it from the program.
pub(super) fn hider(hider: &Hider) -> String {
    let what = match hider {
        Hider::Entry(name) => format!("a later env entry sets {name}"),
        Hider::Mount(path) => format!("the mount at {path} covers it"),
        Hider::Source(path) => format!("a later source of the volume makes {path}"),
    };
    format!("the program does not get it: {what}")
}

/// What is unusual about whether it runs.
pub(super) fn activity(activity: Activity) -> Option<&'static str> {
    match activity {
        Activity::Usual | Activity::Restartable => None,
        Activity::NoReplicas => Some("no replicas"),
        Activity::Suspended => Some("suspended"),
        Activity::PodsOnly => Some("in pods only, not in the present template"),
        Activity::EarlierRevision => Some("earlier revision"),
        Activity::Finished => Some("has run to its end"),
    }
}

/// `a guess`, where it is one.
pub(super) fn confidence(confidence: Confidence) -> Option<&'static str> {
    (confidence == Confidence::Guess).then_some("a guess by the field's name")
}

/// Why a container does not hold the newest, or why that is not known.
pub(super) fn newest(newest: &Newest) -> Option<String> {
    match newest {
        Newest::Yes => None,
        Newest::No(cause) => Some(
            match cause {
                Cause::Changed => "the Secret was changed after the container started",
                Cause::Created => "the Secret was created after the container started",
                Cause::Recreated => {
                    "the Secret was deleted and created again after the container started"
                }
                Cause::Frozen => {
                    "the immutable Secret was deleted and created again; kubelet keeps the old one"
                }
            }
            .to_owned(),
        ),
        Newest::NotKnown(Unclear::Times(doubt)) => Some(
            match doubt {
                Doubt::TooClose { .. } => "start and change are too close to tell which was first",
                Doubt::Refreshing { .. } => {
                    "the Secret was changed a moment ago; kubelet may not have written it yet"
                }
                Doubt::NotRecorded => "the server does not record when the Secret was changed",
                Doubt::NodeCache {
                    earlier: Earlier::OnTheNode,
                } => "a pod of its node started with an earlier Secret of this name, which kubelet goes on \
                      serving if it was immutable",
                Doubt::NodeCache { .. } => "an earlier Secret of this name may have been in use, which kubelet goes on \
                      serving if it was immutable",
            }
            .to_owned(),
        ),
        Newest::NotKnown(Unclear::NoStart) => {
            Some("the start of the container is not recorded".to_owned())
        }
        Newest::NotKnown(Unclear::NoStatus) => {
            Some("the pod says nothing of the container".to_owned())
        }
        Newest::NotKnown(Unclear::NoSecret) => Some("the Secret does not exist now".to_owned()),
        Newest::NotKnown(Unclear::Unseen(reason)) => Some(reason_words(reason)),
        Newest::NotRunning(state) => Some(state.clone()),
    }
}
