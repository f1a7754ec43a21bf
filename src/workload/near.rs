//! Names that were probably meant.

use std::collections::BTreeSet;

/// Names shorter than this match by chance.
const SHORT: usize = 4;
/// Most letters that may differ.
const DISTANCE: usize = 2;

/// Of `known`, those that `wanted` was probably meant to be, the closest ones:
/// written with other capitals or dashes; with or without a generated suffix;
/// at most two letters apart. Never `wanted` itself.
pub fn near<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let known: BTreeSet<&str> = known.into_iter().filter(|name| *name != wanted).collect();
    let by = |fits: &dyn Fn(&str) -> bool| -> Vec<&'a str> {
        known.iter().copied().filter(|name| fits(name)).collect()
    };
    let folded = fold(wanted);
    let exact = by(&|name| fold(name) == folded);
    if !exact.is_empty() {
        return exact;
    }
    let stem = without_suffix(wanted);
    let generated = by(&|name| {
        let other = without_suffix(name);
        (stem.is_some() || other.is_some()) && stem.unwrap_or(wanted) == other.unwrap_or(name)
    });
    if !generated.is_empty() {
        return generated;
    }
    if wanted.chars().count() < SHORT {
        return Vec::new();
    }
    let distance = |name: &str| strsim::damerau_levenshtein(wanted, name);
    let closest = known
        .iter()
        .filter(|name| name.chars().count() >= SHORT)
        .map(|name| distance(name))
        .min()
        .filter(|closest| *closest <= DISTANCE);
    match closest {
        Some(closest) => by(&|name| name.chars().count() >= SHORT && distance(name) == closest),
        None => Vec::new(),
    }
}

/// Without capitals and separators.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '-' | '_' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Without kustomize's hash (ten of `bcdfghjklmnpqrstvwxz2456789` and those it
/// replaces letters by) or a version such as `-v2`.
fn without_suffix(name: &str) -> Option<&str> {
    let (stem, suffix) = name.rsplit_once('-')?;
    let is_hash = suffix.len() == 10
        && suffix
            .bytes()
            .all(|byte| b"bcdfghkmt2456789".contains(&byte));
    let is_version = suffix
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|d| d.is_ascii_digit()));
    (!stem.is_empty() && (is_hash || is_version)).then_some(stem)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_mistype_is_found() {
        for (wanted, known, expected) in [
            (
                "db-creds",
                &["db-creds-v2", "other"][..],
                &["db-creds-v2"][..],
            ),
            (
                "db_password",
                &["db-password", "DB-PASSWORD"],
                &["DB-PASSWORD", "db-password"],
            ),
            ("passwd", &["password", "user"], &["password"]),
            (
                "db-creds",
                &["db-creds-7fd2tm89d8"],
                &["db-creds-7fd2tm89d8"],
            ),
            ("apikey", &["api.key"], &["api.key"]),
            ("db", &["dc", "DB"], &["DB"]),
            ("db", &["dc"], &[]),
            ("password", &["token"], &[]),
            ("token", &["tokan", "tokem"], &["tokan", "tokem"]),
        ] {
            assert_eq!(near(wanted, known.iter().copied()), expected, "{wanted}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_never_near_itself_and_nearness_goes_both_ways(
            a in "[a-cA-C._-]{1,8}", b in "[a-cA-C._-]{1,8}"
        ) {
            prop_assert!(near(&a, [a.as_str()]).is_empty());
            prop_assert_eq!(near(&a, [b.as_str()]).is_empty(), near(&b, [a.as_str()]).is_empty());
        }
    }
}
