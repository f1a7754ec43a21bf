//! Sub-paths with old content.

use crate::inventory::Inventory;
use crate::workload::delivery::Way;
use crate::workload::{Container, Mount, Workload};

use super::Running;

/// Whether a mount of a workload's template is reported as stale, here or by the rule that knows
/// why a restart does not help. The remedy is that of SS034, which then does not report it.
pub(in crate::checks) fn is_told_of_sub_path(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    mount: &Mount,
) -> bool {
    mount.sub_path.is_some()
        && Running::gather(inventory, workload)
            .held
            .iter()
            .any(|held| {
                held.stale().is_some()
                    && held.container.name == container.name
                    && matches!(held.delivery.way, Way::SubPath { mount: own }
                    if own.path.value == mount.path.value)
            })
}
