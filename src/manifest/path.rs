//! JSON paths as people and kubectl write them, and JSON pointers (RFC 6901).

/// Appends a key: `spec` + `nodeName`, with brackets for keys that hold dots.
pub fn child(path: &str, key: &str) -> String {
    let mut child = String::with_capacity(path.len() + 1 + key.len());
    child.push_str(path);
    push_key(&mut child, key);
    child
}

/// Appends a key to a path.
pub fn push_key(path: &mut String, key: &str) {
    let plain = !key.is_empty()
        && key
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'$'));
    if plain {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    } else {
        path.push_str("['");
        path.push_str(&key.replace('\'', "\\'"));
        path.push_str("']");
    }
}

/// Appends an index: `env` + 2 = `env[2]`.
pub fn item(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// The last key of a path, without the index of an item: `env` of
/// `spec.containers[0].env[2]`.
pub fn last_key(path: &str) -> &str {
    let mut path = path;
    while let Some((before, index)) = path
        .strip_suffix(']')
        .and_then(|path| path.rsplit_once('['))
        && index.bytes().all(|byte| byte.is_ascii_digit())
    {
        path = before;
    }
    match path
        .strip_suffix("']")
        .and_then(|path| path.rsplit_once("['"))
    {
        Some((_, key)) => key,
        None => path.rsplit('.').next().unwrap_or(path),
    }
}

/// The path as a JSON pointer: `/spec/containers/0/env`.
pub fn pointer(path: &str) -> String {
    let mut pointer = String::with_capacity(path.len() + 1);
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix("['") {
            let end = end_of_quoted(inside);
            push_token(&mut pointer, &inside[..end].replace("\\'", "'"));
            rest = &inside[(end + 2).min(inside.len())..];
        } else if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']').unwrap_or(inside.len());
            push_token(&mut pointer, &inside[..end]);
            rest = &inside[(end + 1).min(inside.len())..];
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            push_token(&mut pointer, &name[..end]);
            rest = &name[end..];
        }
    }
    pointer
}

fn end_of_quoted(inside: &str) -> usize {
    let mut escaped = false;
    for (at, character) in inside.char_indices() {
        match character {
            '\\' if !escaped => escaped = true,
            '\'' if !escaped => return at,
            _ => escaped = false,
        }
    }
    inside.len()
}

fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for part in token.split_inclusive(['~', '/']) {
        match part.as_bytes() {
            [own @ .., b'~' | b'/'] => {
                pointer.push_str(&part[..own.len()]);
                pointer.push_str(if part.ends_with('~') { "~0" } else { "~1" });
            }
            _ => pointer.push_str(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_pointers_name_the_same_place() {
        let env = item(&child(&child("", "spec"), "containers"), 0);
        assert_eq!(env, "spec.containers[0]");
        assert_eq!(pointer(&env), "/spec/containers/0");
        let note = child(&child("metadata", "annotations"), "a.b/c~'d");
        assert_eq!(note, "metadata.annotations['a.b/c~\\'d']");
        assert_eq!(pointer(&note), "/metadata/annotations/a.b~1c~0'd");
        assert_eq!(pointer(""), "");
    }

    #[test]
    fn the_last_key_of_a_path_has_no_index() {
        for (path, key) in [
            ("spec.containers[0].env[2]", "env"),
            ("spec", "spec"),
            ("metadata.annotations['a.b/c']", "a.b/c"),
            ("metadata.annotations['a.b/c'][1].name", "name"),
            ("spec['a.b'][0][1]", "a.b"),
            ("", ""),
        ] {
            assert_eq!(last_key(path), key, "{path}");
        }
    }
}
