//! What taking a change back does to a workload.

/// What comes back and what goes: a line each, names in the order of the
/// template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restoration(pub Vec<String>);

/// Why operations are not the inverse of a migration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    /// They do not fit the workload as it is now: where.
    #[error("{0}")]
    Overtaken(String),
    /// They would do what no migration takes back: where, as a JSON path.
    #[error("it would change {0}, which no migration takes back so")]
    Foreign(String),
}
