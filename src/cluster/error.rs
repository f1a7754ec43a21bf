//! Why the cluster could not be asked, or said no.
//!
//! The translation stops here: no error of a library below is kept, because
//! several of them carry bodies, tokens or a plugin's output in their text.
//! What the server itself said is kept as [`ServerText`], which can only be
//! shown through a [`crate::secret::redactor::Redactor`].

use std::fmt;
use std::time::Duration;

use crate::command_line::Hint;
use crate::secret::redactor::ServerText;

/// Whether a failed write may have been stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    NotApplied,
    /// The answer did not arrive or says nothing: read back before anything else.
    Unknown,
}

/// Why a request to the cluster did not end well. `Display` and `Debug` hold
/// neither a server's text nor a value.
#[derive(thiserror::Error)]
pub enum ClusterError {
    /// The connection flags, the kubeconfig or the credentials cannot be used.
    #[error("{problem}")]
    Configuration {
        problem: String,
        /// The next step, a whole sentence.
        advice: Hint,
    },
    /// No connection; nothing was sent.
    #[error("cannot reach the API server at {server}: {reason}")]
    Unreachable {
        server: String,
        reason: &'static str,
    },
    /// No TLS session that could be trusted; nothing was sent.
    #[error("no trusted connection to {server}: {reason}")]
    Tls { server: String, reason: String },
    /// A Secret would travel unencrypted; nothing was sent.
    #[error("will not send a Secret to {server}: the connection is not encrypted")]
    Unencrypted { server: String },
    /// No complete answer within the deadline.
    #[error("no complete answer from {server} within {} s", after.as_secs_f64())]
    Timeout { server: String, after: Duration },
    /// The connection ended before the answer was complete.
    #[error("the connection to {server} ended before the answer was complete")]
    Interrupted { server: String },
    #[error("{server} does not accept the credentials (401 Unauthorized)")]
    Unauthorized { server: String },
    #[error("{}", denial(verb, resource, namespace.as_deref(), name.as_deref()))]
    Forbidden {
        /// The verb that is missing, for example `create`.
        verb: String,
        /// The API group; empty for the core group.
        group: String,
        /// The resource, for example `secrets`.
        resource: String,
        /// The namespace; `None` for cluster-wide questions.
        namespace: Option<String>,
        /// The object; `None` for lists.
        name: Option<String>,
    },
    /// 403 or 400 from a quota, a policy or a webhook: allowed to ask, but refused.
    #[error("the cluster refused the request ({code})")]
    Refused {
        code: u16,
        /// What the server said.
        reason: ServerText,
    },
    /// The namespace does not exist.
    #[error("namespace {namespace:?} does not exist")]
    NamespaceMissing { namespace: String },
    /// The object does not exist.
    #[error("{resource} {name:?} does not exist in namespace {namespace:?}")]
    NotFound {
        /// The resource, singular: `secret`.
        resource: &'static str,
        namespace: String,
        name: String,
    },
    /// 409: somebody else changed the object, or owns the fields.
    #[error("{resource} {name:?} was changed or is owned by someone else")]
    Conflict {
        /// The resource, singular: `secret`.
        resource: &'static str,
        name: String,
        /// The field managers that own what was to be written; empty when the
        /// object itself is newer than what the write was based on.
        managers: Vec<String>,
        /// What the server said.
        reason: ServerText,
    },
    /// 400, 413, 415 or 422: the object is not acceptable.
    #[error("the API server does not accept the object ({code})")]
    Invalid {
        code: u16,
        /// What the server said.
        reason: ServerText,
    },
    /// 429, still after the retries.
    #[error("{server} is too busy (429 Too Many Requests)")]
    TooManyRequests { server: String },
    /// 5xx, or a status this program does not know.
    #[error("{server} failed to answer (HTTP {code})")]
    Server {
        server: String,
        code: u16,
        /// What the server said, empty if it was not a Kubernetes answer.
        reason: ServerText,
    },
    /// An answer no Kubernetes API server gives.
    #[error("the answer of {server} cannot be used: {reason}")]
    UnusableAnswer {
        server: String,
        reason: &'static str,
    },
}

/// `Debug` says what `Display` says: an error reaches a log or a panic message
/// through either, and neither may hold more.
impl fmt::Debug for ClusterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl ClusterError {
    /// A denial that names no group is about the group that was asked.
    pub(super) fn in_group(mut self, asked: &str) -> Self {
        if let Self::Forbidden { group, .. } = &mut self
            && group.is_empty()
        {
            asked.clone_into(group);
        }
        self
    }

    /// Whether the write that failed with this may have been stored.
    pub fn outcome(&self) -> WriteOutcome {
        match self {
            Self::Timeout { .. }
            | Self::Interrupted { .. }
            | Self::Server { .. }
            | Self::UnusableAnswer { .. } => WriteOutcome::Unknown,
            Self::Configuration { .. }
            | Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::Unencrypted { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Refused { .. }
            | Self::NamespaceMissing { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Invalid { .. }
            | Self::TooManyRequests { .. } => WriteOutcome::NotApplied,
        }
    }

    pub(super) fn configuration(problem: impl Into<String>, advice: impl Into<Hint>) -> Self {
        Self::Configuration {
            problem: problem.into(),
            advice: advice.into(),
        }
    }
}

fn denial(verb: &str, resource: &str, namespace: Option<&str>, name: Option<&str>) -> String {
    let object = name.map(|name| format!(" {name:?}")).unwrap_or_default();
    let place = namespace
        .map(|namespace| format!(" in namespace {namespace:?}"))
        .unwrap_or_else(|| " in the whole cluster".to_owned());
    format!("not allowed to {verb} {resource}{object}{place} (403 Forbidden)")
}
