//! Watching what becomes of a live workload's change.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::api::{DEPLOYMENTS, PODS, REPLICA_SETS, Resource};
use crate::cluster::ClusterError;
use crate::inventory::Inventory;
use crate::signals::Hold;
use crate::ui::Ui;
use crate::watch::staying::Staying;
use crate::watch::step::{Outcome, Step, Watch, stuck_pods};

use super::look;
use super::target::{PAUSE, Target};

/// Ends when somebody wants the program to end.
pub(super) async fn interrupted(hold: &Hold) {
    const LOOK: Duration = Duration::from_millis(50);
    while !hold.has_arrived() {
        tokio::time::sleep(LOOK).await;
    }
}

impl Target<'_> {
    /// Waits for the pods and shows how far they are; an error is why it is
    /// not known what became of them.
    pub async fn watch(
        &self,
        patience: Duration,
        staying: Staying,
        ui: &Ui,
    ) -> Result<Outcome, String> {
        let unheld = |error| format!("signals cannot be handled: {error}");
        let hold = Hold::of(&[SIGINT, SIGTERM, SIGHUP]).map_err(unheld)?;
        let progress = ui.progress();
        let shown = |step: &str| progress.step(step);
        let waiting = self.wait(Watch::new(self.id, patience, staying), &shown);
        let (waiting, stopping) = (pin!(waiting), pin!(interrupted(&hold)));
        let ended = select(waiting, stopping).await;
        let outcome = match ended {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => {
                return Err(
                    "the wait for its pods was interrupted; the cluster continues to replace them"
                        .to_owned(),
                );
            }
        };
        outcome.map_err(|error| {
            format!(
                "what became of its pods is not known: {}",
                error.unmasked().message()
            )
        })
    }

    async fn wait(
        &self,
        mut watch: Watch<'_>,
        progress: &dyn Fn(&str),
    ) -> Result<Outcome, ClusterError> {
        let start = Instant::now();
        loop {
            let inventory = self.look().await?;
            match watch.step(&inventory, start.elapsed()) {
                Step::Ended(outcome) => return Ok(outcome),
                Step::Wait(words) => progress(&words),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The pods that [`stuck_pods`] names, once its controller has looked; none
    /// where it does not in time.
    ///
    /// # Errors
    /// When the cluster does not let them be listed.
    pub async fn stuck_pods(&self, patience: Duration) -> Result<Vec<String>, ClusterError> {
        if self.id.kind != "StatefulSet" {
            return Ok(Vec::new());
        }
        let start = Instant::now();
        loop {
            match stuck_pods(&self.look().await?, self.id) {
                Some(stuck) => return Ok(stuck),
                None if start.elapsed() < patience => tokio::time::sleep(PAUSE).await,
                None => return Ok(Vec::new()),
            }
        }
    }

    /// The workload, its pods and what kubelet says of them.
    async fn look(&self) -> Result<Inventory, ClusterError> {
        look::at(self.cluster, &self.id.namespace, std::slice::from_ref(self)).await
    }

    /// Whether nothing can be said of its pods without this list: those of a
    /// Deployment are known by its ReplicaSets. Events only add to what pods say.
    pub fn needs(&self, list: &Resource) -> bool {
        list.plural == PODS.plural
            || list.plural == REPLICA_SETS.plural && self.resource.kind == DEPLOYMENTS.kind
    }
}
