//! Paths of mounts, as the API compares them (as texts) and as they are.

/// Where the ServiceAccount's token is mounted unless that is switched off.
pub const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The path without `//`, `/./`, `..` and a slash at the end.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether a cleaned path lies below another one.
pub fn is_below(path: &str, parent: &str) -> bool {
    match path.strip_prefix(parent) {
        Some(rest) => rest.starts_with('/') || (parent == "/" && !rest.is_empty()),
        None => false,
    }
}

/// The path most images mean by one below `/var/run`: that is a link to `/run`.
pub fn without_link(path: &str) -> String {
    match path.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => path.to_owned(),
    }
}

/// How a path stands to the token's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenConflict {
    /// The token's folder must be made below it, which a read-only volume
    /// does not allow (only where the image has the link `/var/run -> /run`).
    Above,
    /// It is the token's own path: then no token is mounted.
    Same,
    /// It lies below the token's, which is read-only.
    Below,
}

/// Whether a mount at this path stands in the token's way.
///
/// Observed on a real node: with strings that nest (`/var/run/secrets`) kubelet
/// makes the folder itself and the pod runs; through the link it does not.
pub fn token_conflict(path: &str) -> Option<TokenConflict> {
    let path = clean(path);
    let (real, token) = (without_link(&path), without_link(TOKEN_PATH));
    if real == token {
        Some(TokenConflict::Same)
    } else if is_below(&real, &token) {
        Some(TokenConflict::Below)
    } else if is_below(&token, &real) && !is_below(TOKEN_PATH, &path) {
        Some(TokenConflict::Above)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, expected) in [
            ("/a", "/a"),
            ("/a/", "/a"),
            ("//a/./b/../c/", "/a/c"),
            ("/", "/"),
            ("/..", "/"),
        ] {
            assert_eq!(clean(path), expected);
        }
    }

    #[test]
    fn what_stands_in_the_tokens_way() {
        use TokenConflict::{Above, Below, Same};
        for (path, expected) in [
            ("/run", Some(Above)),
            ("/run/secrets", Some(Above)),
            ("/run/secrets/kubernetes.io", Some(Above)),
            ("/var/run/secrets", None),
            ("/var/run", None),
            ("/var/run/secrets/kubernetes.io/serviceaccount/", Some(Same)),
            ("/run/secrets/kubernetes.io/serviceaccount", Some(Same)),
            (
                "/var/run/secrets/kubernetes.io/serviceaccount/x",
                Some(Below),
            ),
            ("/run/secrets/db", None),
            ("/etc/secrets", None),
            ("/runner", None),
        ] {
            assert_eq!(token_conflict(path), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(path in "[/.a-c]{0,16}") {
            let once = clean(&path);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn below_is_transitive(a in "(/[ab]){1,3}", b in "(/[ab]){1,3}", c in "(/[ab]){1,3}") {
            if is_below(&a, &b) && is_below(&b, &c) {
                prop_assert!(is_below(&a, &c));
            }
        }
    }
}
