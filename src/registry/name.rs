//! Names of images, taken apart (distribution/reference `regexp.go`): only what
//! can stand in a request as it is.

use std::net::IpAddr;

use crate::workload::image::parts;

use super::digest::Digest;

/// The registry behind the name that stands for it.
const HUB: &str = "registry-1.docker.io";

/// An image, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// Host, and port if there is one.
    pub registry: String,
    pub repository: String,
    /// Its digest, or its tag.
    pub wanted: Wanted,
}

/// Which image of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The one with this digest.
    Digest(Digest),
    /// The one that has this tag now.
    Tag(String),
}

impl Wanted {
    /// As it stands in a request.
    pub fn as_str(&self) -> &str {
        match self {
            Wanted::Digest(digest) => digest.as_str(),
            Wanted::Tag(tag) => tag,
        }
    }
}

impl Name {
    /// Takes a name apart; `None` for what is none.
    pub fn parse(image: &str) -> Option<Self> {
        let (name, digest) = match image.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (image, None),
        };
        let (registry, path) = parts(name);
        let tag = crate::workload::image::tag(name);
        let repository = match (registry, path.contains('/')) {
            ("docker.io" | "index.docker.io", false) => format!("library/{path}"),
            _ => path.to_owned(),
        };
        let registry = match registry {
            "docker.io" | "index.docker.io" => HUB,
            registry => registry,
        };
        let legal =
            is_host(registry) && repository.len() <= 255 && repository.split('/').all(is_part);
        let wanted = match (digest, tag) {
            (Some(digest), tag) if tag.is_none_or(is_tag) => Wanted::Digest(Digest::parse(digest)?),
            (None, Some(tag)) if is_tag(tag) => Wanted::Tag(tag.to_owned()),
            (None, None) => Wanted::Tag("latest".to_owned()),
            _ => return None,
        };
        legal.then(|| Self {
            registry: registry.to_owned(),
            repository,
            wanted,
        })
    }

    /// What docker's credential helpers know the registry by.
    pub fn server(&self) -> &str {
        match self.registry.as_str() {
            // docker/cli `cli/registry/…`: the only one that is no host.
            HUB => "https://index.docker.io/v1/",
            registry => registry,
        }
    }
}

/// Whether a host, which a port may follow, is this machine, whatever its name
/// server says.
pub(super) fn is_of_this_machine(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) if address.parse::<std::net::Ipv6Addr>().is_ok() => {
            ("v6", rest.strip_prefix(':'))
        }
        Some(_) => return false,
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    host.len() <= 253
        && host.split('.').all(part)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn is_part(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(plain)
        && part
            .chars()
            .all(|c| plain(c) || matches!(c, '.' | '_' | '-'))
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty()
        && tag.len() <= 128
        && !tag.starts_with(['.', '-'])
        && tag
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_as_docker_does() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let pinned = format!("registry.example:5000/team/app:1@{digest}");
        for (image, registry, repository, wanted) in [
            ("postgres", HUB, "library/postgres", "latest"),
            ("postgres:17", HUB, "library/postgres", "17"),
            ("team/app:1.0_x", HUB, "team/app", "1.0_x"),
            ("docker.io/library/redis", HUB, "library/redis", "latest"),
            ("index.docker.io/redis", HUB, "library/redis", "latest"),
            ("localhost:5000/app", "localhost:5000", "app", "latest"),
            ("[::1]:5000/app:2", "[::1]:5000", "app", "2"),
            (
                pinned.as_str(),
                "registry.example:5000",
                "team/app",
                digest.as_str(),
            ),
        ] {
            let found = Name::parse(image).unwrap_or_else(|| panic!("{image}"));
            assert_eq!(
                (
                    found.registry.as_str(),
                    found.repository.as_str(),
                    found.wanted.as_str()
                ),
                (registry, repository, wanted),
                "{image}"
            );
        }
    }

    #[test]
    fn what_could_leave_its_place_in_a_request_is_no_name() {
        for image in [
            "",
            "a/../b",
            "registry.example/a?b",
            "registry.example/a#b",
            "registry.example/a b",
            "registry.example/a%2fb",
            "registry.example/",
            "registry.example:0/a",
            "registry.example:99999/a",
            "registry.example:5000:1/a",
            "registry..example/a",
            "[::1/a",
            "[x]:1/a",
            "u@registry.example/a",
            "app:..",
            "app:a/b",
            "app:",
            "app@sha256:short",
            "app@sha512:aa",
            "App",
            "a\r\nb",
            "\u{1b}[2J",
            "{{ .Values.image }}",
            "$(IMAGE)",
            "https://registry.example/a",
            &format!("registry.example/{}", "a".repeat(300)),
        ] {
            assert_eq!(Name::parse(image), None, "{image:?}");
        }
    }

    #[test]
    fn this_machine_is_known_by_its_addresses() {
        for own in [
            "localhost",
            "localhost:5000",
            "127.0.0.1",
            "127.8.9.1:80",
            "[::1]:5000",
            "[::1]",
        ] {
            assert!(is_of_this_machine(own), "{own}");
        }
        for other in [
            "registry.example",
            "localhost.example:80",
            "127.0.0.1.example",
            "10.0.0.1:5000",
            "169.254.169.254",
            "0.0.0.0:80",
            "[::]:80",
            "[fe80::1]:80",
            "",
        ] {
            assert!(!is_of_this_machine(other), "{other}");
        }
    }
}
