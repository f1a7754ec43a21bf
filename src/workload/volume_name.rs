//! Names of volumes: DNS labels (kubernetes/kubernetes
//! `pkg/apis/core/validation/validation.go`).

/// The longest name the API takes.
const LONGEST: usize = 63;

/// Why the API refuses a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Empty,
    /// It is too long.
    TooLong,
    /// It has other characters than lower-case letters, digits and `-`, or
    /// begins or ends with `-`.
    Characters,
    /// A template fills it in later: it is not known.
    Template,
}

/// What is wrong with a name; `None` if nothing is.
pub fn fault(name: &str) -> Option<Fault> {
    if super::placeholder::is_placeholder(name) {
        Some(Fault::Template)
    } else if name.is_empty() {
        Some(Fault::Empty)
    } else if !name.chars().all(is_inner) || name.starts_with('-') || name.ends_with('-') {
        Some(Fault::Characters)
    } else {
        (name.len() > LONGEST).then_some(Fault::TooLong)
    }
}

/// A name near the given one that the API takes and nobody has.
pub fn put_right(name: &str, taken: &[&str]) -> String {
    let plain: String = name
        .to_ascii_lowercase()
        .chars()
        .map(|c| if is_inner(c) { c } else { '-' })
        .collect();
    let cut = |length: usize| {
        let cut: String = plain.trim_matches('-').chars().take(length).collect();
        let cut = cut.trim_end_matches('-');
        if cut.is_empty() {
            "volume".to_owned()
        } else {
            cut.to_owned()
        }
    };
    let mut right = cut(LONGEST);
    let mut number = 2;
    while taken.contains(&right.as_str()) {
        let end = format!("-{number}");
        right = cut(LONGEST - end.len()) + &end;
        number += 1;
    }
    right
}

fn is_inner(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_judged_as_the_api_does() {
        for (name, expected) in [
            ("db", None),
            ("0-a", None),
            ("", Some(Fault::Empty)),
            ("db.creds", Some(Fault::Characters)),
            ("Db", Some(Fault::Characters)),
            ("-db", Some(Fault::Characters)),
            ("db-", Some(Fault::Characters)),
            ("{{ .Values.name }}", Some(Fault::Template)),
        ] {
            assert_eq!(fault(name), expected, "{name}");
        }
        assert_eq!(fault(&"a".repeat(63)), None);
        assert_eq!(fault(&"a".repeat(64)), Some(Fault::TooLong));
    }

    #[test]
    fn names_are_put_right() {
        assert_eq!(put_right("db.creds", &["db.creds"]), "db-creds");
        assert_eq!(put_right("db.creds", &["db-creds"]), "db-creds-2");
        assert_eq!(put_right("__", &[]), "volume");
    }

    proptest! {
        #[test]
        fn what_is_put_right_is_taken(name in "[-a-cA-C._]{0,80}", taken in "[-a-c]{0,70}") {
            let first = put_right(&name, &[]);
            prop_assert_eq!(fault(&first), None);
            let second = put_right(&name, &[&first, &taken]);
            prop_assert_eq!(fault(&second), None);
            prop_assert!(second != first && second != taken);
        }
    }
}
