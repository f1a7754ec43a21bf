//! Token Secrets that Kubernetes no longer creates.

use crate::inventory::{Inventory, Lookup, Scope, Use};
use crate::workload::{Usage, credential};

use super::{account, resolve};

/// The first minor version that creates no token Secrets (kubernetes/kubernetes CHANGELOG-1.24,
/// LegacyServiceAccountTokenNoAutoGeneration).
const FIRST_WITHOUT: u32 = 24;

/// The ServiceAccount whose token is expected, if that is what is wrong with a reference: SS001
/// leaves it to this rule.
pub(super) fn expected_account(inventory: &Inventory, used: &Use<'_>) -> Option<String> {
    let old = match inventory.scope {
        Scope::Cluster { minor, .. } => minor.is_some_and(|minor| minor < FIRST_WITHOUT),
        Scope::Files(_) => false,
    };
    let concerns =
        resolve::concerns(used.reference) || used.reference.usage == Usage::ServiceAccountSecret;
    if old || !concerns {
        return None;
    }
    let name = used.reference.secret.as_str();
    let namespace = resolve::namespace(used);
    let account = credential::token_secret_of(name)?;
    // Without the ServiceAccount it is a name like any other.
    let exists = account == account::DEFAULT
        || inventory
            .of_name(("", "ServiceAccount"), namespace, account)
            .is_some();
    let missing = matches!(inventory.lookup(namespace, name), Lookup::Missing);
    (exists && missing).then(|| account.to_owned())
}
