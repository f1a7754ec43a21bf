//! Which values are equal, without keeping one.

use std::collections::HashMap;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use zeroize::Zeroizing;

use super::SecretValue;

/// The number of a value among those of one run. It tells equality and nothing
/// else: numbers are given in the order in which values are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueGroup(usize);

/// Tells equal values by a hash under a key that is made for this run and dies
/// with it, so that nothing that could be compared later leaves the process.
pub struct Sameness {
    key: Option<Key>,
    seen: HashMap<[u8; 32], ValueGroup>,
}

impl Sameness {
    /// Begins with a fresh key. Without random numbers nothing is equal.
    pub fn new() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        let key = getrandom::fill(&mut *bytes)
            .ok()
            .map(|()| Key::new(HMAC_SHA256, &*bytes));
        Self {
            key,
            seen: HashMap::new(),
        }
    }

    /// The group of a value.
    pub fn group(&mut self, value: &SecretValue) -> Option<ValueGroup> {
        let tag = sign(self.key.as_ref()?, value.expose());
        let tag = <[u8; 32]>::try_from(tag.as_ref()).ok()?;
        let next = ValueGroup(self.seen.len());
        Some(*self.seen.entry(tag).or_insert(next))
    }
}

impl Default for Sameness {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_number_and_runs_share_no_key() {
        let value = |text: &str| SecretValue::from_bytes(text.into());
        let mut run = Sameness::new();
        let first = run.group(&value("one"));
        assert!(first.is_some());
        assert_eq!(first, run.group(&value("one")));
        assert_ne!(first, run.group(&value("two")));
        let mut other = Sameness::new();
        other.group(&value("one"));
        assert!(run.seen.keys().all(|tag| !other.seen.contains_key(tag)));
    }
}
