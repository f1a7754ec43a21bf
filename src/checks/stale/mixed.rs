//! Containers with different contents of a Secret.

use std::collections::BTreeMap;

use crate::inventory::staleness::Freshness;

use super::{Held, Running};

/// Whether containers have different contents of a Secret.
pub(in crate::checks) fn is_mixed(running: &Running<'_>, secret: &str) -> bool {
    !mixed(running, secret).is_empty()
}

/// What containers of one name, revision and way have of a Secret, if some certainly have the
/// newest content and some do not.
pub(in crate::checks) fn mixed<'r, 'a>(
    running: &'r Running<'a>,
    secret: &str,
) -> Vec<&'r Held<'a>> {
    if running.rolls() {
        return Vec::new();
    }
    let mut groups: BTreeMap<(&str, &str, String), Vec<&Held<'a>>> = BTreeMap::new();
    let at_start =
        |held: &&Held<'_>| held.facts.name == secret && held.delivery.way.is_taken_at_start();
    for held in running.held.iter().filter(at_start) {
        let group = (
            held.container.name.as_str(),
            held.pod.revision(),
            held.delivery.holder(),
        );
        groups.entry(group).or_default().push(held);
    }
    let is = |held: &&&Held<'_>, fresh: bool| match held.freshness {
        Freshness::Fresh => fresh,
        Freshness::Stale { .. } => !fresh,
        Freshness::Uncertain(_) => false,
    };
    groups
        .into_values()
        .filter(|group| {
            group.iter().any(|held| is(&held, true)) && group.iter().any(|held| is(&held, false))
        })
        .flatten()
        .filter(|held| !matches!(held.freshness, Freshness::Uncertain(_)))
        .collect()
}
