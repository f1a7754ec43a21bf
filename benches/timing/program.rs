//! Which program is measured.

use std::path::PathBuf;

/// The one that cargo has built for this bench, or another build of it that
/// `SECRETSAFE_PROGRAM` names: a release takes a quarter of an hour to build, and one is
/// enough for all benches (`--profile dev` spares cargo's own).
pub fn program() -> PathBuf {
    std::env::var_os("SECRETSAFE_PROGRAM").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_kubectl-secretsafe")),
        PathBuf::from,
    )
}
