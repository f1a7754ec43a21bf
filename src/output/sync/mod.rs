//! What `sync` did: names, reasons and what was restarted. Nothing of a value.

mod json_v1;

pub use json_v1::{Document, schema};

use crate::external::object::External;

/// One ExternalSecret, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub namespace: String,
    pub name: String,
    /// The Secret that it makes.
    pub secret: String,
    /// The stores that it reads, such as `secretstore/vault`.
    pub stores: Vec<String>,
    pub state: State,
    /// Whether every stale consumer of its Secret was restarted.
    pub restarted: bool,
}

/// What became of an ExternalSecret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It was only shown.
    WouldSync,
    /// It was asked for, and not waited for.
    Requested,
    NewValue,
    NoNewValue,
    /// It makes no Secret, so nothing tells a new value.
    Synced,
    /// A sync would do more than was asked for: what.
    Declined(String),
    /// A sync would come to nothing: why.
    Ignored(String),
    /// The store does not give it: why.
    Failed(String),
    /// The operator cannot write the Secret, or has not written all of it: why.
    NotWritten(String),
    /// Nobody knows how it will end.
    NotOver(String),
    /// It was deleted meanwhile.
    Gone,
    NotSeen(String),
}

impl Row {
    pub fn new(external: &External, state: State) -> Self {
        Self {
            namespace: external.namespace.clone(),
            name: external.name.clone(),
            secret: external.target.clone(),
            stores: external.stores.iter().map(|store| store.short()).collect(),
            state,
            restarted: false,
        }
    }

    /// Whether it is told with its store, or was told before.
    pub fn is_explained(&self) -> bool {
        matches!(
            self.state,
            State::Failed(_) | State::Ignored(_) | State::Declined(_)
        )
    }

    /// Whether only its operator can say more of it.
    pub fn is_unexplained(&self) -> bool {
        matches!(self.state, State::NotOver(_) | State::NotWritten(_))
    }

    /// One line.
    pub fn words(&self, with_namespace: bool) -> String {
        let place = match with_namespace {
            true => format!(" in {}", self.namespace),
            false => String::new(),
        };
        let what = match &self.state {
            State::WouldSync => "would be synced (dry run)".to_owned(),
            State::Requested => "sync requested".to_owned(),
            State::NewValue => format!("synced, new value in secret/{}", self.secret),
            State::NoNewValue => "synced, no new value".to_owned(),
            State::Synced => "synced".to_owned(),
            State::Ignored(why)
            | State::Declined(why)
            | State::Failed(why)
            | State::NotWritten(why) => format!("not synced: {why}"),
            State::NotOver(why) => format!("not known to be synced: {why}"),
            State::Gone => "gone".to_owned(),
            State::NotSeen(why) => format!("sync requested, not seen: {why}"),
        };
        format!("externalsecret/{}{place} {what}", self.name)
    }
}

impl State {
    fn word(&self) -> &'static str {
        match self {
            Self::WouldSync => "wouldSync",
            Self::Requested => "requested",
            Self::NewValue => "newValue",
            Self::NoNewValue => "noNewValue",
            Self::Synced => "synced",
            Self::Declined(_) => "declined",
            Self::Ignored(_) => "ignored",
            Self::Failed(_) => "failed",
            Self::NotWritten(_) => "notWritten",
            Self::NotOver(_) => "notOver",
            Self::Gone => "gone",
            Self::NotSeen(_) => "notSeen",
        }
    }

    fn why(&self) -> Option<&str> {
        match self {
            Self::Ignored(why)
            | Self::Declined(why)
            | Self::Failed(why)
            | Self::NotWritten(why)
            | Self::NotOver(why)
            | Self::NotSeen(why) => Some(why),
            Self::WouldSync
            | Self::Requested
            | Self::NewValue
            | Self::NoNewValue
            | Self::Synced
            | Self::Gone => None,
        }
    }
}
