//! The identity of a finding while files are edited.

use super::Finding;

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
    // Indices change when a list grows; the names above distinguish entries.
    let path: String = finding.places.first().map_or(String::new(), |place| {
        place
            .site
            .path
            .chars()
            .filter(|character| !character.is_ascii_digit())
            .collect()
    });
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
