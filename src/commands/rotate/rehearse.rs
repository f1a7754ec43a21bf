//! `--rehearse` and `--verify-pull`: pods that try a new value, before consumers have it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cluster::{Cluster, ClusterError, Exit, LogRun};
use crate::command_line::{CommandLine, Hint};
use crate::consumption::How;
use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::inventory::SecretFacts;
use crate::live::PAUSE;
use crate::live::successor;
use crate::live::throwaway::{self, Seen, TRIAL_LABEL, Throwaway};
use crate::rotation::plan::{Fate, Plan};
use crate::rotation::record::RunId;
use crate::rotation::state::Phase;
use crate::secret::stored::StoredSecret;
use crate::signals::Hold;
use crate::watch::step::{Cause, Failed};
use crate::workload::{Object, ObjectId, Workload};

use super::arguments::ValueArgs;
use super::carry::Trouble;
use super::run::Run;
use super::subjects::workload as named;
use super::verify::Check;

/// How long a pod has to stay ready.
const STAYS: Duration = Duration::from_secs(3);
/// How many of a container's last lines are shown.
const LINES: usize = 10;

/// The workload that is rehearsed: the one that is named, or the first one that can be.
///
/// # Errors
/// Status 2 where none can be.
pub(super) fn chosen<'i>(
    plan: &Plan,
    inventory: &'i Inventory,
    args: &ValueArgs,
) -> Result<Option<(&'i Workload, &'i Object)>, CommandError> {
    let checked = args.verify_exec.as_deref();
    let Some(word) = &args.rehearse else {
        return Ok(None);
    };
    let wanted = match word.as_str() {
        "" => None,
        word => Some(named("--rehearse", word)?),
    };
    let mut why = None;
    for affected in plan.replaced().filter(|one| one.fate == Fate::Restart) {
        if wanted
            .as_ref()
            .is_some_and(|wanted| !wanted.fits(&affected.id))
        {
            continue;
        }
        let found = inventory
            .workload(&affected.id)
            .and_then(|workload| Some((workload, inventory.object_of(workload)?)));
        let Some((workload, object)) = found else {
            continue;
        };
        let has = |name: &str| workload.pod.containers.iter().any(|one| one.name == name);
        if let Some(container) = checked.filter(|name| !has(name)) {
            why.get_or_insert(format!(
                "{} has no container {container}",
                affected.id.short()
            ));
            continue;
        }
        match throwaway::obstacle(workload, object) {
            None => return Ok(Some((workload, object))),
            Some(obstacle) => {
                why.get_or_insert(format!("{}: {obstacle}", affected.id.short()));
            }
        }
    }
    let why = why.unwrap_or_else(|| "no such workload is restarted".to_owned());
    Err(
        CommandError::usage(format!("--rehearse: {why}; nothing was changed"))
            .hint("Name another workload with --rehearse=TYPE/NAME, or leave it out."),
    )
}

/// The name of a copy: never used before, because nodes may go on serving the values of
/// an immutable Secret that had it (kubernetes/kubernetes `pkg/kubelet/util/manager`).
fn secret_name(run: &str, attempt: &str, at: usize) -> String {
    format!("secretsafe-trial.{run}-{attempt}-{at}")
}

fn pod_name(run: &str, what: &str) -> String {
    format!("secretsafe-{what}-{run}")
}

/// Has the server say whether it would take the pod.
///
/// # Errors
/// What it says; nothing was changed.
pub(super) async fn possible(
    cluster: &Cluster,
    namespace: &str,
    chosen: Option<(&Workload, &Object)>,
    patience: Duration,
) -> Result<(), CommandError> {
    let Some((workload, object)) = chosen else {
        return Ok(());
    };
    let nothing = BTreeMap::new();
    let name = pod_name("preflight", "rehearsal");
    let pod = throwaway::like(workload, object, &name, "preflight", &nothing, patience);
    let Some(pod) = pod else {
        return Ok(());
    };
    let tried = Throwaway::try_out(cluster, namespace, &pod).await;
    tried.map_err(|error| {
        let error = error.unmasked();
        CommandError::new(
            error.status(),
            format!(
                "the pod of --rehearse would be refused: {}; nothing was changed",
                error.message()
            ),
        )
        .hints(error.next_steps().to_vec())
    })
}

/// What is rehearsed, and how.
pub(super) struct Rehearsal<'a> {
    pub workload: &'a Workload,
    pub object: &'a Object,
    pub check: Option<&'a Check<'a>>,
    pub patience: Duration,
    pub hold: &'a Hold,
}

impl Run<'_> {
    /// Tries the new values in one pod like those of a consumer.
    ///
    /// # Errors
    /// When it does not become ready, or the check fails. Neither the Secret nor a
    /// workload was touched.
    pub async fn rehearse(&mut self, rehearsal: &Rehearsal<'_>) -> Result<(), Trouble> {
        if !matches!(
            self.state().phase,
            Phase::Pending | Phase::Set | Phase::Test
        ) {
            return Ok(());
        }
        self.tell(Phase::Test).await?;
        let run = self.members[0].record.run.as_str().to_owned();
        // Tried again after a kill, it is another one.
        let attempt = RunId::new();
        let attempt = attempt.map_err(|error| CommandError::unavailable(error.to_string()))?;
        let mut moves = BTreeMap::new();
        for (at, member) in self.members.iter().enumerate() {
            let name = secret_name(&run, attempt.as_str(), at);
            moves.insert(member.record.secret.name.clone(), name);
        }
        let tried = self.tried(&run, &moves, rehearsal).await;
        let copies: Vec<_> = moves.values().cloned().collect();
        self.remove_copies(&copies).await;
        tried.map(|words| self.ui.note(words))
    }

    async fn tried(
        &mut self,
        run: &str,
        moves: &BTreeMap<String, String>,
        rehearsal: &Rehearsal<'_>,
    ) -> Result<String, Trouble> {
        let Rehearsal {
            workload,
            object,
            patience,
            ..
        } = *rehearsal;
        let (cluster, namespace) = (self.cluster, self.namespace);
        for member in &self.members {
            let secret = &member.record.secret.name;
            let copy = &moves[secret];
            let changes = &member.changes;
            let stored =
                throwaway::store_copy(cluster, namespace, secret, copy, run, changes).await;
            if stored.map_err(ClusterError::unmasked)?.is_none() {
                return Err(Trouble::Error(CommandError::partial(format!(
                    "secret/{copy} could not be stored for the rehearsal"
                ))));
            }
        }
        let name = moves
            .values()
            .next()
            .map_or("", |name| name.split('.').nth(1).unwrap_or(""));
        let name = pod_name(name, "rehearsal");
        let pod = throwaway::like(workload, object, &name, run, moves, patience);
        let pod = pod.ok_or_else(|| {
            Trouble::Error(CommandError::usage(format!(
                "{} has no pod template to rehearse",
                workload.id.short()
            )))
        })?;
        let pod = Throwaway::make(cluster, namespace, &pod).await;
        let pod = pod.map_err(ClusterError::unmasked)?;
        let ended = self.watched(&pod, rehearsal).await;
        if let Err(error) = pod.remove().await {
            self.ui.warn(format!(
                "pod/{} of the rehearsal could not be removed: {}; it ends by itself",
                pod.name,
                error.unmasked().message()
            ));
        }
        ended?;
        Ok(format!(
            "rehearsed: a pod like those of {} is well with the new value",
            workload.id.short()
        ))
    }

    async fn watched(
        &mut self,
        pod: &Throwaway<'_>,
        rehearsal: &Rehearsal<'_>,
    ) -> Result<(), Trouble> {
        let id = &rehearsal.workload.id;
        let (check, patience, hold) = (rehearsal.check, rehearsal.patience, rehearsal.hold);
        let failed = |why: String| failed(id, format!("the rehearsal failed: {why}"));
        let begun = Instant::now();
        let mut ready: Option<Instant> = None;
        loop {
            match pod.look().await.map_err(ClusterError::unmasked)? {
                Seen::Ready => {
                    let since = *ready.get_or_insert_with(Instant::now);
                    if since.elapsed() >= STAYS {
                        break;
                    }
                }
                Seen::Waits(why) => {
                    ready = None;
                    if begun.elapsed() > patience {
                        return Err(failed(format!(
                            "its pod is not ready after {} s: {why}",
                            patience.as_secs()
                        )));
                    }
                }
                Seen::Failed { container, why } => {
                    self.last_words(&pod.name, &container).await;
                    return Err(failed(why));
                }
                Seen::Gone => return Err(failed("somebody removed its pod".to_owned())),
            }
            if hold.has_arrived() {
                return Err(Trouble::Interrupted);
            }
            self.pulse().await.map_err(Trouble::Lost)?;
            tokio::time::sleep(PAUSE).await;
        }
        let Some(check) = check else {
            return Ok(());
        };
        let exit = self
            .cluster
            .exec(self.namespace, &pod.name, check.container, &check.command)
            .await;
        match exit.map_err(ClusterError::unmasked)? {
            Exit::Code(0) => Ok(()),
            Exit::Code(code) => Err(failed(format!("the check ended with exit code {code}"))),
            Exit::NotRun => Err(failed("the check could not be run".to_owned())),
        }
    }

    /// Shows the last lines of a container, with values masked.
    pub async fn last_words(&self, pod: &str, container: &str) {
        let read = self
            .cluster
            .last_lines(self.namespace, pod, container, LogRun::Present, LINES);
        let Ok(text) = read.await else { return };
        let lines = self.redactor.show_lines(&text);
        if !lines.is_empty() {
            self.ui.note(format!(
                "the last lines of container {container} of pod/{pod}:"
            ));
        }
        for line in lines.iter().take(LINES) {
            self.ui.note(format!("  | {line}"));
        }
    }

    /// Removes what a rehearsal of this run has left, were its process killed.
    pub async fn remove_trials(&self) {
        let run = self.members[0].record.run.as_str();
        let mut left = Vec::new();
        let mut each = |facts: SecretFacts| {
            if facts.labels.get(TRIAL_LABEL).is_some_and(|own| own == run) {
                left.push(facts.name);
            }
        };
        // Who may not list them is told at the rehearsal itself.
        let _ = self
            .cluster
            .list_secrets(Some(self.namespace), &mut each)
            .await;
        self.remove_copies(&left).await;
    }

    async fn remove_copies(&self, copies: &[String]) {
        let of_a_trial = |secret: &StoredSecret| secret.labels.contains_key(TRIAL_LABEL);
        for copy in copies {
            let removed = successor::remove(self.cluster, self.namespace, copy, of_a_trial).await;
            if let Err(error) = removed {
                self.ui.warn(format!(
                    "secret/{copy} still holds the new value: {}",
                    error.unmasked().message()
                ));
                let delete = CommandLine::kubectl("delete secret")
                    .name(copy)
                    .namespace(self.namespace);
                self.ui.hint(Hint::run("To remove it", delete));
            }
        }
    }

    /// Has one pod pull the image of each workload that a changed Secret logs in for. Its
    /// program is never run: the pod names one that no image has.
    ///
    /// # Errors
    /// When an image is not pulled.
    pub async fn verify_pulls(
        &mut self,
        plan: &Plan,
        inventory: &Inventory,
        patience: Duration,
        hold: &Hold,
    ) -> Result<usize, Trouble> {
        const NOBODY: &str = "/secretsafe-verify-pull";
        let run = self.members[0].record.run.as_str().to_owned();
        let mut pulled = 0;
        for (number, (id, image, secret)) in pulls(plan, inventory, self).into_iter().enumerate() {
            let name = pod_name(&run, &format!("pull-{number}"));
            let pod = throwaway::bare(
                &name,
                &run,
                json!({
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": false,
                    "activeDeadlineSeconds": patience.as_secs() + 120,
                    "terminationGracePeriodSeconds": 1,
                    "imagePullSecrets": [{"name": secret}],
                    "containers": [{
                        "name": "pull", "image": image, "imagePullPolicy": "Always", "command": [NOBODY],
                        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
                            "runAsNonRoot": true, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
                    }],
                }),
            );
            let pod = Throwaway::make(self.cluster, self.namespace, &pod).await;
            let pod = pod.map_err(ClusterError::unmasked)?;
            let ended = self.has_pulled(&pod, &id, &image, patience, hold).await;
            let removed = pod.remove().await;
            ended?;
            removed.map_err(ClusterError::unmasked)?;
            pulled += 1;
        }
        Ok(pulled)
    }

    async fn has_pulled(
        &mut self,
        pod: &Throwaway<'_>,
        id: &ObjectId,
        image: &str,
        patience: Duration,
        hold: &Hold,
    ) -> Result<(), Trouble> {
        let begun = Instant::now();
        loop {
            match pod.look().await.map_err(ClusterError::unmasked)? {
                Seen::Failed { why, .. } if is_pull(&why) => {
                    return Err(failed(
                        id,
                        format!("the image {image} is not pulled with the new login: {why}"),
                    ));
                }
                Seen::Failed { container, why } if container.is_empty() => {
                    return Err(failed(
                        id,
                        format!(
                            "whether the image {image} is pulled with the new login is not known: {why}"
                        ),
                    ));
                }
                // Whatever fails after the pull was to fail.
                Seen::Failed { .. } | Seen::Ready => return Ok(()),
                Seen::Waits(why) if begun.elapsed() > patience => {
                    return Err(failed(
                        id,
                        format!(
                            "the image {image} is not pulled after {} s: {why}",
                            patience.as_secs()
                        ),
                    ));
                }
                Seen::Waits(_) => {}
                Seen::Gone => {
                    return Err(failed(id, "somebody removed the pod that pulls".to_owned()));
                }
            }
            if hold.has_arrived() {
                return Err(Trouble::Interrupted);
            }
            self.pulse().await.map_err(Trouble::Lost)?;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn failed(id: &ObjectId, why: String) -> Trouble {
    let cause = Cause::Pods;
    Trouble::Failed(Some(id.clone()), Failed { why, cause })
}

fn is_pull(why: &str) -> bool {
    ["ErrImagePull", "ImagePullBackOff", "InvalidImageName"]
        .iter()
        .any(|reason| why.contains(reason))
}

/// The images that are pulled with a Secret of the run: of each workload the first.
fn pulls(plan: &Plan, inventory: &Inventory, run: &Run<'_>) -> Vec<(ObjectId, String, String)> {
    let mut found = Vec::new();
    let keys = run.keys();
    for other in &plan.others {
        if !matches!(other.how, How::ImagePull | How::ServiceAccountPull) {
            continue;
        }
        let own = std::iter::once(&other.id).chain(&other.workloads);
        for id in own {
            let Some(workload) = inventory.workload(id) else {
                continue;
            };
            let image = workload
                .pod
                .containers
                .iter()
                .find_map(|one| one.image.as_ref());
            let named = |name: &str| keys.iter().any(|key| key.name == name);
            let secret = workload
                .pod
                .image_pull_secrets
                .iter()
                .find(|one| named(&one.value));
            let secret = secret.map_or_else(|| run.lead_name().to_owned(), |one| one.value.clone());
            if let Some(image) = image {
                found.push((id.clone(), image.value.clone(), secret));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
