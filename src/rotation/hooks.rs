//! What programs of the user do for a run on the other side of a credential: the server
//! that checks it.

use serde::{Deserialize, Serialize};

/// What a program is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Give the other side this value.
    Set,
    /// Find out whether the other side takes the new value.
    Test,
    /// End what is left of the old value there.
    Retire,
    /// Find out whether the other side still takes the old value.
    TestOld,
}

impl Task {
    /// Its name in the environment and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Test => "test",
            Self::Retire => "retire",
            Self::TestOld => "test-old",
        }
    }

    /// Its flag.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Set => "--set-exec",
            Self::Test => "--test-exec",
            Self::Retire => "--retire-exec",
            Self::TestOld => "--test-old-exec",
        }
    }
}

/// Whether a run goes on or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Forward,
    Back,
}

/// What the other side has, as far as a run knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherSide {
    /// The run has not changed it.
    #[default]
    Untouched,
    /// It was told the new value, or may have been.
    New,
    /// It was told the old value again.
    Restored,
    /// The old value was ended there, or may have been.
    Retired,
}

impl OtherSide {
    pub(super) fn is_untouched(&self) -> bool {
        *self == Self::Untouched
    }
}
