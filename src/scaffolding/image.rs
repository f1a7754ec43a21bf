//! References of images, as the kubelet takes them (distribution/reference `regexp.go` and
//! `normalize.go`): `HOST[:PORT]/PATH[:TAG][@ALGORITHM:HEX]`. The API server takes anything.

/// Longest name, with its host.
const LONGEST: usize = 255;

/// Whether a text is a reference of an image.
pub fn is_image(text: &str) -> bool {
    let (text, digest) = match text.split_once('@') {
        Some((text, digest)) => (text, Some(digest)),
        None => (text, None),
    };
    let last = text.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match text[last..].split_once(':') {
        Some((part, tag)) => (&text[..last + part.len()], Some(tag)),
        None => (text, None),
    };
    let path = match name.split_once('/') {
        Some((first, rest)) if names_a_host(first) => match is_host(first) {
            true => rest,
            false => return false,
        },
        _ => name,
    };
    // 64 digits alone are the id of an image.
    let is_id = name.len() == 64 && name.chars().all(is_hexadecimal);
    (1..=LONGEST).contains(&name.len())
        && !is_id
        && path.split('/').all(is_part)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

/// Whether the first part of a name is no part of the path.
fn names_a_host(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost" || text.chars().any(|c| c.is_ascii_uppercase())
}

fn is_host(text: &str) -> bool {
    let address = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (is_host, rest) = match address {
        Some((address, rest)) => (address.parse::<std::net::Ipv6Addr>().is_ok(), rest),
        None => {
            let (host, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
            (host.split('.').all(is_label), rest)
        }
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok() && !port.starts_with('+');
    is_host && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
}

fn is_label(text: &str) -> bool {
    let is_end = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(is_end)
        && text.ends_with(is_end)
        && text.chars().all(|c| is_end(c) || c == '-')
}

/// Letters and digits, parted by `.`, `_`, `__` or hyphens.
fn is_part(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = text.split(is_plain).filter(|between| !between.is_empty());
    text.starts_with(is_plain)
        && text.ends_with(is_plain)
        && separators
            .into_iter()
            .all(|between| matches!(between, "." | "_" | "__") || between.chars().all(|c| c == '-'))
}

fn is_tag(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && !text.starts_with(['.', '-'])
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// Those that every runtime knows (opencontainers/go-digest `algorithm.go`).
fn is_digest(text: &str) -> bool {
    let length = match text.split_once(':') {
        Some(("sha256", _)) => 64,
        Some(("sha384", _)) => 96,
        Some(("sha512", _)) => 128,
        _ => return false,
    };
    let hex = &text["sha256:".len()..];
    hex.len() == length && hex.chars().all(is_hexadecimal)
}

fn is_hexadecimal(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, 'a'..='f')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_told_from_other_texts() {
        let digest = format!("app@sha256:{}", "a1".repeat(32));
        let both = format!("[::1]:5000/app:1.0@sha512:{}", "a1".repeat(64));
        for image in [
            "nginx",
            "nginx:1.27",
            "library/nginx:1.27-alpine",
            "registry.example:5000/team/app:1.0.0",
            "localhost/app",
            "Registry/app",
            "[::1]:5000/app",
            "[fd00:1::2]/team/app:1",
            "127.0.0.1:5000/app",
            "ghcr.io/team/app_x/y.z:V1",
            "a__b/c---d",
            &digest,
            &both,
        ] {
            assert!(is_image(image), "{image}");
        }
        let id = "a1".repeat(32);
        let short = format!("app@sha256:{}", "a1".repeat(20));
        let capital = format!("app@sha256:{}", "A1".repeat(32));
        let long = format!("registry.example/{}", "a".repeat(LONGEST));
        for image in [
            "",
            "Nginx",
            "nginx:",
            "nginx:a b",
            "nginx:é",
            "-nginx",
            "nginx;id",
            "nginx\n",
            "a___b",
            "a..b",
            "a.-b",
            "a_",
            "[::1]:5000",
            "[::1/app",
            "[::g]:5000/app",
            "[::1]x/app",
            "registry.example:/app",
            "registry.example:99999/app",
            "-registry.example/app",
            "app@sha256:xyz",
            "app@sha256",
            "app@md5:d41d8cd98f00b204e9800998ecf8427e",
            &short,
            &capital,
            &id,
            &long,
            "https://registry.example/app",
            "registry.example:port/app",
            "a//b",
            "a/",
            "{{ .Values.image }}",
        ] {
            assert!(!is_image(image), "{image:?}");
        }
    }
}
