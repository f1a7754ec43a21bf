//! Two changes of one Secret at the same time: what was edited, on what somebody else has
//! written meanwhile.

use std::collections::BTreeSet;

use crate::secret::KeyName;
use crate::secret::sheet::Values;

/// The values of `mine` and of `theirs` together, where both began with `base`.
///
/// # Errors
/// The keys that both have changed, each into something else.
pub fn merge(base: &Values, mine: &Values, theirs: &Values) -> Result<Values, BTreeSet<KeyName>> {
    let (merged, both) = preferring_mine(base, mine, theirs);
    match both.is_empty() {
        true => Ok(merged),
        false => Err(both),
    }
}

/// The same with the values of `mine` where both have changed a key, and those keys.
pub fn preferring_mine(
    base: &Values,
    mine: &Values,
    theirs: &Values,
) -> (Values, BTreeSet<KeyName>) {
    let keys: BTreeSet<_> = base
        .keys()
        .chain(mine.keys())
        .chain(theirs.keys())
        .collect();
    let mut merged = Values::new();
    let mut both = BTreeSet::new();
    for key in keys {
        let (before, own, other) = (base.get(key), mine.get(key), theirs.get(key));
        let chosen = match () {
            () if same(own, before) => other,
            () if same(other, before) || same(own, other) => own,
            () => {
                both.insert(key.clone());
                own
            }
        };
        if let Some(value) = chosen {
            merged.insert(key.clone(), value.duplicate());
        }
    }
    (merged, both)
}

fn same(
    one: Option<&crate::secret::SecretValue>,
    other: Option<&crate::secret::SecretValue>,
) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same_as(other),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretValue;

    fn values(text: &str) -> Values {
        text.split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| {
                let value = SecretValue::from_bytes(value.as_bytes().to_vec());
                (KeyName::new(key).unwrap(), value)
            })
            .collect()
    }

    #[test]
    fn changes_of_different_keys_go_together() {
        for (base, mine, theirs, expected) in [
            ("a=1 b=2", "a=x b=2", "a=1 b=2", Ok("a=x b=2")),
            ("a=1 b=2", "a=x b=2", "a=1 b=y c=3", Ok("a=x b=y c=3")),
            ("a=1 b=2", "b=2", "a=1 b=y", Ok("b=y")),
            ("a=1 b=2", "a=1 b=2 c=3", "b=2", Ok("b=2 c=3")),
            ("a=1", "a=x", "a=x", Ok("a=x")),
            ("a=1", "", "", Ok("")),
            ("a=1", "a=x", "a=y", Err("a")),
            ("a=1 b=2", "b=2", "a=y b=2", Err("a")),
            ("a=1", "a=x", "", Err("a")),
            ("", "a=x", "a=y", Err("a")),
        ] {
            let merged = merge(&values(base), &values(mine), &values(theirs));
            match (merged, expected) {
                (Ok(merged), Ok(expected)) => {
                    let expected = values(expected);
                    assert!(merged.len() == expected.len(), "{base} {mine} {theirs}");
                    for (key, value) in &expected {
                        assert!(same(merged.get(key), Some(value)), "{base} {mine} {theirs}");
                    }
                }
                (Err(both), Err(expected)) => {
                    let both: Vec<_> = both.iter().map(KeyName::as_str).collect();
                    assert_eq!(both, [expected]);
                }
                _ => panic!("{base} {mine} {theirs}"),
            }
        }
    }
}
