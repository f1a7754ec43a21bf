//! Names of container images (kubernetes/website, concepts/containers/images).

/// The registry of images that name none.
pub const DEFAULT_REGISTRY: &str = "docker.io";

/// Registry and the rest, tag and digest left out.
pub fn parts(image: &str) -> (&str, &str) {
    let name = image.split('@').next().unwrap_or(image);
    let (registry, path) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
        _ => (DEFAULT_REGISTRY, name),
    };
    let last = path.rfind('/').map_or(0, |slash| slash + 1);
    let end = path[last..].find(':').map_or(path.len(), |tag| last + tag);
    (registry, &path[..end])
}

/// Whether a name without tag and digest means an image. Where it names no registry, the
/// image may come from any.
pub fn means(name: &str, image: &str) -> bool {
    let (registry, path) = parts(name);
    if name.starts_with(registry) {
        (registry, path) == parts(image)
    } else {
        repository(name) == repository(image)
    }
}

/// Whether a name has neither tag nor digest.
pub fn is_untagged(name: &str) -> bool {
    let (registry, path) = parts(name);
    !path.is_empty() && (name == path || name == format!("{registry}/{path}"))
}

/// The tag; `None` where there is none.
pub fn tag(image: &str) -> Option<&str> {
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    name[last..].split_once(':').map(|(_, tag)| tag)
}

/// The repository without its registry; of an official image its bare name,
/// whatever mirror it comes from.
pub fn repository(image: &str) -> &str {
    let (_, path) = parts(image);
    path.strip_prefix("library/").unwrap_or(path)
}

/// Directories whose owner an image's entrypoint changes when it starts as
/// root: everything in them must be writable (the docker-entrypoint.sh of
/// docker-library/postgres, mysql, mongo, redis, rabbitmq, of
/// MariaDB/mariadb-docker and apache/couchdb-docker).
pub fn taken_over(image: &str) -> &'static [&'static str] {
    match repository(image) {
        "postgres" => &["/var/lib/postgresql/data"],
        "mysql" | "mariadb" => &["/var/lib/mysql"],
        "mongo" => &["/data/db", "/data/configdb"],
        "redis" => &["/data"],
        "rabbitmq" => &["/var/lib/rabbitmq"],
        "couchdb" => &["/opt/couchdb"],
        _ => &[],
    }
}

/// Whether an entry of a pull secret is for an image. Entries may have a
/// scheme, a path, `/v1/` or `/v2/` at the end, and `*` for a part of the host.
pub fn covers(entry: &str, image: &str) -> bool {
    let entry = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let entry = entry.trim_end_matches('/');
    let entry = entry
        .strip_suffix("/v1")
        .or_else(|| entry.strip_suffix("/v2"))
        .unwrap_or(entry);
    let (host, path) = entry.split_once('/').unwrap_or((entry, ""));
    let (registry, repository) = parts(image);
    let same_host = host == registry
        || (registry == DEFAULT_REGISTRY
            && matches!(host, "index.docker.io" | "registry-1.docker.io"))
        || host_fits(host, registry);
    let same_path = path.is_empty()
        || repository == path
        || repository
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('/'));
    same_host && same_path
}

/// Each part of a host fits its pattern, where `*` stands for any of it.
fn host_fits(pattern: &str, host: &str) -> bool {
    let split = |text: &str| {
        let (name, port) = text.split_once(':').unwrap_or((text, ""));
        (
            name.split('.').map(str::to_owned).collect::<Vec<_>>(),
            port.to_owned(),
        )
    };
    let ((wanted, wanted_port), (found, port)) = (split(pattern), split(host));
    wanted.len() == found.len()
        && wanted_port == port
        && wanted
            .iter()
            .zip(&found)
            .all(|(wanted, found)| match wanted.split_once('*') {
                Some((start, end)) => {
                    found.len() >= start.len() + end.len()
                        && found.starts_with(start)
                        && found.ends_with(end)
                }
                None => wanted == found,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_a_registry_and_a_path() {
        for (image, expected) in [
            ("postgres", ("docker.io", "postgres")),
            ("postgres:17", ("docker.io", "postgres")),
            ("example/app:1", ("docker.io", "example/app")),
            ("localhost:5000/app:1@sha256:ab", ("localhost:5000", "app")),
            ("ghcr.io/a/b", ("ghcr.io", "a/b")),
        ] {
            assert_eq!(parts(image), expected, "{image}");
        }
    }

    #[test]
    fn images_that_take_over_directories_are_known_by_repository() {
        assert_eq!(taken_over("mirror.example.org/library/redis:7"), ["/data"]);
        assert!(taken_over("example/redis-exporter").is_empty());
    }

    #[test]
    fn entries_cover_images() {
        for (entry, image, expected) in [
            ("https://index.docker.io/v1/", "postgres", true),
            ("docker.io", "example/app", true),
            ("ghcr.io", "ghcr.io/a/b:1", true),
            ("ghcr.io/a", "ghcr.io/a/b", true),
            ("ghcr.io/a", "ghcr.io/ab/c", false),
            ("*.example.org", "x.example.org/a", true),
            ("*.example.org", "x.y.example.org/a", false),
            ("registry:5000", "registry:5000/a", true),
            ("registry", "registry:5000/a", false),
            ("quay.io", "ghcr.io/a/b", false),
        ] {
            assert_eq!(covers(entry, image), expected, "{entry} {image}");
        }
    }
}
