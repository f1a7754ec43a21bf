//! Server-side apply, as far as a client that writes Secrets can tell.

use serde_json::Value;

use super::fields::{self, Claim, FieldPath, Operation};

/// Whether an apply takes fields away from their other managers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflicts {
    Refuse,
    Force,
}

/// A field that another manager owns with another value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FieldConflict {
    pub(super) manager: String,
    pub(super) operation: Operation,
    pub(super) path: FieldPath,
}

/// Merges `config` into `live` for `manager`: sets what it names, removes what
/// the manager applied before and names no longer, unless somebody else owns it
/// too, and records the ownership.
pub(super) fn apply(
    live: &Value,
    config: &Value,
    manager: &str,
    conflicts: Conflicts,
    time: &str,
) -> Result<Value, Vec<FieldConflict>> {
    let ours = (Operation::Apply, manager.to_owned());
    let applied = fields::fields_of(config);
    let mut owners = fields::owners_of(live);

    let contested = fields::changed(live, config);
    let mut found = Vec::new();
    for (owner, claim) in owners.iter_mut().filter(|(owner, _)| **owner != ours) {
        for path in claim.fields.intersection(&contested) {
            found.push(FieldConflict {
                manager: owner.1.clone(),
                operation: owner.0,
                path: path.clone(),
            });
        }
        claim.fields.retain(|path| !contested.contains(path));
    }
    if conflicts == Conflicts::Refuse && !found.is_empty() {
        return Err(found);
    }

    let mut merged = live.clone();
    let before = owners.remove(&ours);
    if let Some(before) = &before {
        for path in before.fields.difference(&applied) {
            if !owners.values().any(|claim| claim.fields.contains(path)) {
                fields::remove(&mut merged, path);
            }
        }
    }
    for path in &applied {
        if let Some(value) = fields::get(config, path) {
            fields::set(&mut merged, path, value.clone());
        }
    }

    let unchanged =
        before.as_ref().is_some_and(|claim| claim.fields == applied) && contested.is_empty();
    let time = match before {
        Some(claim) if unchanged => claim.time,
        _ => time.to_owned(),
    };
    owners.insert(
        ours,
        Claim {
            fields: applied,
            time,
        },
    );
    fields::write_owners(&mut merged, &owners);
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const THEN: &str = "2026-01-01T00:00:00Z";
    const NOW: &str = "2026-01-01T00:00:01Z";

    fn owned(object: &Value, manager: &str) -> Vec<String> {
        let owners = fields::owners_of(object);
        let claims = owners.iter().filter(|((_, name), _)| name == manager);
        claims
            .flat_map(|(_, claim)| claim.fields.iter().map(|path| path.join(".")))
            .collect()
    }

    #[test]
    fn a_field_no_longer_applied_goes_unless_another_manager_has_it_too() {
        let start = json!({"metadata": {"name": "s"}});
        let config = json!({"metadata": {"name": "s"}, "data": {"a": "MQ==", "b": "Mg=="}});
        let live = apply(&start, &config, "one", Conflicts::Refuse, THEN).unwrap();
        let shared = json!({"data": {"b": "Mg=="}});
        let live = apply(&live, &shared, "two", Conflicts::Refuse, THEN).unwrap();
        assert_eq!(owned(&live, "one"), ["data.a", "data.b"]);

        let live = apply(&live, &json!({}), "one", Conflicts::Refuse, NOW).unwrap();
        assert_eq!(live["data"], json!({"b": "Mg=="}));
        assert!(owned(&live, "one").is_empty());
        assert_eq!(owned(&live, "two"), ["data.b"]);
    }

    #[test]
    fn a_changed_field_of_another_manager_is_a_conflict_until_forced() {
        let live = json!({"metadata": {"name": "s"}, "data": {"a": "MQ=="}});
        let mut live_owned = live.clone();
        fields::record_update(&json!({}), &mut live_owned, "other", THEN);
        let config = json!({"data": {"a": "Mg=="}});

        let refused = apply(&live_owned, &config, "us", Conflicts::Refuse, NOW).unwrap_err();
        assert_eq!(refused.len(), 1);
        assert_eq!(
            (refused[0].manager.as_str(), refused[0].path.join(".")),
            ("other", "data.a".into())
        );

        let forced = apply(&live_owned, &config, "us", Conflicts::Force, NOW).unwrap();
        assert_eq!(forced["data"]["a"], "Mg==");
        assert_eq!(owned(&forced, "us"), ["data.a"]);
        // The map itself stays with the one who made it.
        assert_eq!(owned(&forced, "other"), ["data"]);
    }

    #[test]
    fn applying_the_same_again_changes_nothing_at_all() {
        let config = json!({"metadata": {"labels": {"l": "v"}}, "data": {"a": "MQ=="}});
        let once = apply(&json!({}), &config, "us", Conflicts::Refuse, THEN).unwrap();
        let twice = apply(&once, &config, "us", Conflicts::Refuse, NOW).unwrap();
        assert_eq!(once, twice);
    }
}
