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

/// How two paths of mounts stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// By their texts: kubelet and the runtime see the same.
    Text,
    /// Only where the image has the link `/var/run -> /run`, as most have.
    Link,
}

/// Whether two paths are the same place.
pub fn same_place(one: &str, other: &str) -> Option<Certainty> {
    let (one, other) = (clean(one), clean(other));
    if one == other {
        Some(Certainty::Text)
    } else {
        (without_link(&one) == without_link(&other)).then_some(Certainty::Link)
    }
}

/// Whether a path lies below another one. By their texts kubelet makes the
/// mount point itself, also in a read-only volume (kubernetes/kubernetes
/// `pkg/volume/util/nested_volumes.go`).
pub fn nesting(path: &str, parent: &str) -> Option<Certainty> {
    let (path, parent) = (clean(path), clean(parent));
    if is_below(&path, &parent) {
        Some(Certainty::Text)
    } else {
        is_below(&without_link(&path), &without_link(&parent)).then_some(Certainty::Link)
    }
}

/// Directories that most images fill (Filesystem Hierarchy Standard; the
/// images of nginx, httpd and the like).
const POPULATED: &[&str] = &[
    "/",
    "/app",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/etc/apache2",
    "/etc/mysql",
    "/etc/nginx",
    "/etc/nginx/conf.d",
    "/etc/pki",
    "/etc/pki/tls",
    "/etc/pki/tls/certs",
    "/etc/postgresql",
    "/etc/ssl",
    "/etc/ssl/certs",
    "/home",
    "/lib",
    "/lib64",
    "/opt",
    "/proc",
    "/root",
    "/sbin",
    "/srv",
    "/sys",
    "/usr",
    "/var",
    "/var/lib",
    "/var/log",
    "/var/www",
    "/var/www/html",
];

/// Words of paths that say that the directory is there for the mount.
const DEDICATED: &[&str] = &[
    "cert",
    "certs",
    "credentials",
    "creds",
    "keys",
    "keystore",
    "pki",
    "secret",
    "secrets",
    "ssl",
    "tls",
    "truststore",
];

/// Whether a part of a path, or a word of one, says that the directory is there
/// for the mount: `secrets`, `tls-certs`, `certs/http`.
fn is_dedicated(path: &str) -> bool {
    path.split(['/', '-', '_', '.'])
        .any(|word| DEDICATED.contains(&word))
}

/// Whether images commonly have files in this directory. It is a guess.
pub fn is_populated(path: &str) -> bool {
    let path = clean(path);
    if POPULATED.contains(&path.as_str()) {
        return true;
    }
    let home = path
        .strip_prefix("/home/")
        .is_some_and(|rest| !rest.contains('/') && !is_dedicated(rest));
    home || (is_below(&path, "/usr") && !is_dedicated(&path))
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

    #[test]
    fn places_are_compared_by_text_and_through_the_link() {
        use Certainty::{Link, Text};
        for (one, other, expected) in [
            ("/a", "/a/", Some(Text)),
            ("/a", "//a/./", Some(Text)),
            ("/var/run/a", "/run/a", Some(Link)),
            ("/a", "/b", None),
            ("/var/runner", "/runner", None),
        ] {
            assert_eq!(same_place(one, other), expected, "{one} {other}");
        }
        for (path, parent, expected) in [
            ("/a/b", "/a/", Some(Text)),
            ("/run/a/b", "/var/run/a", Some(Link)),
            ("/var/run/a/b", "/run/a", Some(Link)),
            ("/ab", "/a", None),
            ("/a", "/a", None),
            ("/run/a", "/var/run/a", None),
        ] {
            assert_eq!(nesting(path, parent), expected, "{path} {parent}");
        }
    }

    #[test]
    fn directories_that_images_fill_are_told_from_others() {
        for path in [
            "/etc",
            "/etc/nginx/",
            "/usr/local/bin",
            "/home/app",
            "/root",
            "/etc/ssl/certs",
            "/app",
        ] {
            assert!(is_populated(path), "{path}");
        }
        for path in [
            "/etc/secrets",
            "/etc/app",
            "/app/secrets",
            "/home/app/.ssh",
            "/usr/share/elasticsearch/config/certs",
            "/var/lib/app",
            "/usrlocal",
        ] {
            assert!(!is_populated(path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_place_is_itself_however_it_is_written(path in "(/[ab.]{0,2}){1,5}") {
            prop_assert_eq!(same_place(&path, &clean(&path)), Some(Certainty::Text));
            prop_assert_eq!(nesting(&path, &path), None);
        }

        #[test]
        fn the_same_place_does_not_depend_on_the_order(
            a in "(/var)?/run(/[ab]){0,2}",
            b in "(/var)?/run(/[ab]){0,2}",
        ) {
            prop_assert_eq!(same_place(&a, &b), same_place(&b, &a));
            if same_place(&a, &b).is_some() {
                prop_assert_eq!(nesting(&a, &b), None);
            }
        }

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
