//! Names that were probably meant.

use std::collections::BTreeSet;

/// Names shorter than this match by chance.
const SHORT: usize = 4;
/// Most letters that may differ in all words of a name together.
const MOST: usize = 2;

/// Of `known`, those that `wanted` was probably meant to be, the closest ones:
/// written with other capitals or dashes; with or without a generated suffix;
/// or mistyped. Another word is none of these, however few letters it has: `shop-s3`
/// is not `shop-db`. Never `wanted` itself.
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
    let slips = |name: &str| slips(wanted, name);
    let closest = known.iter().filter_map(|name| slips(name)).min();
    match closest {
        Some(closest) => by(&|name| slips(name) == Some(closest)),
        None => Vec::new(),
    }
}

/// How many letters were mistyped if one name was meant to be the other; `None` where it
/// is another name.
fn slips(one: &str, other: &str) -> Option<usize> {
    let is_long = |name: &str| name.chars().count() >= SHORT;
    if !is_long(one) || !is_long(other) {
        return None;
    }
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let (one, other): (Vec<_>, Vec<_>) = (
        one.split(SEPARATORS).collect(),
        other.split(SEPARATORS).collect(),
    );
    if one.len() != other.len() {
        return None;
    }
    let slips = one
        .iter()
        .zip(&other)
        .map(|(one, other)| slips_of_word(one, other));
    let all = slips.sum::<Option<usize>>()?;
    (all <= MOST).then_some(all)
}

/// The same for a single word. Numbers tell names apart, and so do the letters of short
/// words: in these, only a missing, an additional or an exchanged letter is a slip.
fn slips_of_word(one: &str, other: &str) -> Option<usize> {
    let digits = |word: &str| -> String { word.chars().filter(char::is_ascii_digit).collect() };
    if one == other {
        return Some(0);
    }
    let letters = |word: &str| word.chars().count();
    let longest = letters(one).max(letters(other));
    let distance = strsim::damerau_levenshtein(one, other);
    let is_exchanged = strsim::levenshtein(one, other) > distance;
    let is_slip = match (distance, longest) {
        (1, 3..=4) => letters(one) != letters(other) || is_exchanged,
        (1, 5..) => true,
        // Nobody mistypes the beginning: internal and external are two words. Nor two
        // letters by two others: so are northwest and northeast.
        (2, 8..) => {
            one.chars().next() == other.chars().next()
                && (letters(one) != letters(other) || is_exchanged)
        }
        _ => false,
    };
    (is_slip && digits(one) == digits(other)).then_some(distance)
}

/// What is between the words of a name.
const SEPARATORS: [char; 3] = ['-', '_', '.'];

/// Without capitals and separators.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|character| !SEPARATORS.contains(character))
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
            ("shop-dbs", &["shop-db"], &["shop-db"]),
            ("api-kye", &["api-key"], &["api-key"]),
            ("DB_PASWORD", &["DB_PASSWORD"], &["DB_PASSWORD"]),
        ] {
            assert_eq!(near(wanted, known.iter().copied()), expected, "{wanted}");
        }
    }

    #[test]
    fn another_word_is_no_typing_error() {
        for (wanted, known) in [
            ("shop-s3", "shop-db"),
            ("shop-db1", "shop-db2"),
            ("shop-db", "shop-mq"),
            ("app-mail", "app-main"),
            ("app-dev", "app-int"),
            ("api-internal", "api-external"),
            ("oauth", "oauth2"),
            ("redis", "redis-tls"),
            ("db-user", "db-pass"),
            ("creds-northwest", "creds-northeast"),
            ("tls-wildcard", "tls-wildcars-2"),
            ("app-production", "app-prediction"),
            // Two codes of countries, as likely as an exchange of letters.
            ("shop-es", "shop-se"),
        ] {
            assert!(near(wanted, [known]).is_empty(), "{wanted} {known}");
            assert!(near(known, [wanted]).is_empty(), "{known} {wanted}");
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
