//! The identity of a finding while files are edited.

use std::collections::BTreeMap;

use super::{Finding, Place};

/// The identity of a finding while files are edited around it: no lines, no columns, nothing of a
/// value.
pub fn fingerprint(finding: &Finding) -> String {
    let subject = &finding.subject;
    let secret = finding.secret.as_ref().map_or(String::new(), |secret| {
        format!(
            "{}/{}:{}",
            secret.namespace,
            secret.name,
            secret.key.as_deref().unwrap_or_default()
        )
    });
    let path = finding
        .places
        .first()
        .map_or(String::new(), without_indices);
    [
        finding.rule.id,
        &subject.namespace,
        &subject.kind,
        &subject.name,
        finding.container.as_deref().unwrap_or_default(),
        &secret,
        &path,
    ]
    .join("|")
}

/// What a finding is about, each thing as often as it is there: what it names, and its
/// places. A finding with one more is not the finding that it was.
pub fn parts(finding: &Finding) -> BTreeMap<String, usize> {
    let places = finding.places.iter().map(without_indices);
    let mut parts = BTreeMap::new();
    for part in places.chain(finding.parts.iter().cloned()) {
        *parts.entry(part).or_default() += 1;
    }
    parts
}

/// Indices change when a list grows; the names of objects distinguish entries.
fn without_indices(place: &Place) -> String {
    let path = place.site.path.chars();
    path.filter(|character| !character.is_ascii_digit())
        .collect()
}
