//! How old a value is, and until when it may stay.
//!
//! `managedFields` has one time for each manager, which every write of that manager moves,
//! one of a label too: the value may be older than its time says, never younger.

use jiff::{SignedDuration, Timestamp};

use crate::inventory::SecretFacts;
use crate::inventory::staleness::SKEW;

/// What is known of the age of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It was written at this time or before.
    Written(Timestamp),
    /// The server does not record it: it was written when the Secret was created, or later.
    NotRecorded { created: Option<Timestamp> },
}

/// When a value is to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Overdue(Timestamp),
    On(Timestamp),
    /// Not before this time, since the Secret was created so lately.
    NotBefore(Timestamp),
    NotKnown,
}

impl Age {
    /// That of a key; `None` for keys that the cluster does not name.
    pub fn of(facts: &SecretFacts, key: Option<&str>, now: Timestamp) -> Self {
        let created = facts.created;
        // Whoever writes `managedFields` may write any time there.
        let possible = |time: &Timestamp| time.duration_since(now) <= SKEW;
        let written = key.and_then(|key| facts.key_times.get(key).copied());
        match written.filter(possible) {
            // A time before the creation belongs to a copy of metadata.
            Some(written) => Self::Written(created.map_or(written, |created| written.max(created))),
            None => Self::NotRecorded { created },
        }
    }

    /// When the value has to be replaced.
    pub fn due(self, max_age: SignedDuration, now: Timestamp) -> Due {
        // A limit that ends after all time is never reached.
        let limit = |time: Timestamp| time.checked_add(max_age).unwrap_or(Timestamp::MAX);
        let is_over = |time: Timestamp| now.duration_since(time) > max_age;
        match self {
            Self::Written(written) if is_over(written) => Due::Overdue(limit(written)),
            Self::Written(written) => Due::On(limit(written)),
            Self::NotRecorded {
                created: Some(created),
            } if !is_over(created) => Due::NotBefore(limit(created)),
            Self::NotRecorded { .. } => Due::NotKnown,
        }
    }
}
