//! Whether the pods of a workload are being replaced anyway.

use crate::workload::WorkloadKind;
use crate::workload::rollout::{Progress, Wait};

use super::{Held, Running};

impl Running<'_> {
    /// Whether old pods are being replaced right now. A pod that is only unavailable, because it
    /// crashes, for example, is not.
    pub fn rolls(&self) -> bool {
        let Some(rollout) = &self.rollout else {
            return false;
        };
        matches!(
            self.inventory.progress(rollout, self.workload),
            Progress::Waiting(Wait::Observed | Wait::Updated(..) | Wait::Ended(_))
        )
    }

    /// Whether a rollout in progress replaces all these.
    pub(super) fn is_replacing(&self, told: &[&Held<'_>]) -> bool {
        let newest = self.newest_revision();
        self.rolls()
            && newest.is_none_or(|newest| told.iter().all(|held| held.pod.revision() != newest))
    }

    /// The revision of new pods, if it is known.
    fn newest_revision(&self) -> Option<&str> {
        match &self.rollout {
            Some(rollout) if rollout.kind == WorkloadKind::StatefulSet => {
                Some(&rollout.status.update_revision)
            }
            _ => self.inventory.newest_revision(self.workload),
        }
    }
}
