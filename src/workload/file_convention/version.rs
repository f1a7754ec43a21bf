//! Versions, as tags of images tell them.

use crate::workload::image::tag;

/// The largest number that is part of a version; a date without separators is
/// none.
const LARGEST: u32 = 9999;

/// The version that the tag of an image begins with: `16.3-alpine` is 16.3.
/// `None` for a tag that moves (`latest`), a name, a date or a digest alone.
pub(super) fn of_image(image: &str) -> Option<Vec<u32>> {
    let tag = tag(image)?;
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let end = tag
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(tag.len());
    let whole = tag
        .get(end..)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '+']));
    let numbers: Option<Vec<u32>> = tag[..end]
        .split('.')
        .map(|part| part.parse().ok().filter(|number| *number <= LARGEST))
        .collect();
    numbers.filter(|_| whole)
}

/// Whether a version is one of `since` or a later one of its line, or of a line
/// that began later. `8.0` stands for the newest of its line, as the tag does.
pub(super) fn is_since(version: &[u32], since: &[&[u32]]) -> bool {
    let Some(newest) = since.iter().max() else {
        return true;
    };
    let same_line = |first: &[u32]| {
        let (line, last) = first.split_at(first.len().saturating_sub(1));
        let length = line.len().min(version.len());
        version[..length] == line[..length]
            && version
                .get(line.len())
                .is_none_or(|patch| last.iter().all(|least| patch >= least))
    };
    let line = &newest[..newest.len().saturating_sub(1)];
    let is_later = version.iter().zip(line).find(|(one, other)| one != other);
    since.iter().any(|first| same_line(first)) || is_later.is_some_and(|(one, other)| one > other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_versions() {
        for (image, version) in [
            ("postgres:16", Some(vec![16])),
            ("postgres:16.3-alpine3.20", Some(vec![16, 3])),
            (
                "mirror.example:5000/library/mysql:8.0.36",
                Some(vec![8, 0, 36]),
            ),
            ("mysql:v8.0", Some(vec![8, 0])),
            ("friendica:2024.08-apache", Some(vec![2024, 8])),
            ("postgres:17@sha256:ab", Some(vec![17])),
            ("postgres", None),
            ("postgres:latest", None),
            ("postgres:alpine", None),
            ("postgres:bookworm", None),
            ("postgres@sha256:ab", None),
            ("mirror.example:5000/postgres", None),
            ("postgres:20240601", None),
            ("postgres:16beta1", None),
            ("postgres:16.", None),
            ("postgres:", None),
        ] {
            assert_eq!(of_image(image), version, "{image}");
        }
    }

    #[test]
    fn lines_of_versions_begin_where_they_were_then() {
        let since: &[&[u32]] = &[&[5, 7, 29], &[8, 0, 19]];
        for (version, expected) in [
            (&[8, 0, 19][..], true),
            (&[8, 0, 18], false),
            (&[8, 0], true),
            (&[8], true),
            (&[8, 4], true),
            (&[9], true),
            (&[5, 7, 28], false),
            (&[5, 7, 44], true),
            (&[5, 7], true),
            (&[5, 6, 51], false),
            (&[5], true),
            (&[7, 0, 1], false),
        ] {
            assert_eq!(is_since(version, since), expected, "{version:?}");
        }
        assert!(is_since(&[13], &[&[11, 7], &[12, 2]]));
        assert!(is_since(&[23, 0, 4], &[&[22]]));
        assert!(!is_since(&[21], &[&[22]]));
        assert!(is_since(&[1], &[]));
    }
}
