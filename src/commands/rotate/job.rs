//! `--set-job`: the other side is told in the cluster, by a Job whose pod mounts the
//! Secret of the run.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::{JOBS, PODS};
use crate::cluster::{Cluster, ClusterError, Dependents, ServerDryRun};
use crate::error::CommandError;
use crate::hook::How;
use crate::live::PAUSE;
use crate::live::throwaway::TRIAL_LABEL;
use crate::manifest::{Node, SourceText, json_patch, parse};
use crate::reading;
use crate::rotation::hooks::{Task, Way};
use crate::rotation::record::{OWNER_LABEL, Record, name_of, slots};

use super::run::Run;

/// Larger files are no Job.
const LARGEST: usize = 1024 * 1024;
/// Where the values are in its containers.
const FOLDER: &str = "/secretsafe";
/// How long a Job that has ended stays, in seconds, where nobody removes it.
const STAYS: u64 = 600;
/// How much longer than its program a Job may take: to be scheduled, to pull its image.
const LONGER: Duration = Duration::from_secs(120);
const MANAGER: &str = "kubectl-secretsafe";

/// The Job of a file.
#[derive(Clone)]
pub(super) struct JobTemplate(Value);

impl JobTemplate {
    /// Reads it.
    ///
    /// # Errors
    /// Status 2, naming the file.
    pub fn read(path: &Path, namespace: &str) -> Result<Self, CommandError> {
        let refused = |why: &str| {
            CommandError::usage(format!(
                "--set-job: {}: {why}; nothing was changed",
                path.display()
            ))
        };
        let text = reading::regular(path, LARGEST).and_then(reading::text);
        let text = text.map_err(|error| refused(&error.to_string()))?;
        let text = SourceText::new(path.display().to_string(), text);
        let mut documents = parse(&text).documents.into_iter();
        let (Some(one), None) = (documents.next(), documents.next()) else {
            return Err(refused("it is not one Job"));
        };
        let said = |path: &[&str]| one.root.at(path).and_then(Node::as_str);
        if said(&["kind"]) != Some("Job") || said(&["apiVersion"]) != Some("batch/v1") {
            return Err(refused("it is not one Job of batch/v1"));
        }
        if said(&["metadata", "namespace"]).is_some_and(|own| own != namespace) {
            return Err(refused(&format!(
                "it is for another namespace than {namespace}"
            )));
        }
        let job = json_patch::value(&one.root).filter(|job| {
            job["spec"]["template"]["spec"]["containers"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        });
        job.map(Self).ok_or_else(|| refused("it has no containers"))
    }

    /// The Job for one Secret.
    fn of(
        &self,
        record: &Record,
        name: &str,
        namespace: &str,
        way: Way,
        patience: Duration,
    ) -> Value {
        let mut job = self.0.clone();
        let run = record.run.as_str();
        job["metadata"] = json!({
            "name": name,
            "labels": {OWNER_LABEL.0: OWNER_LABEL.1, TRIAL_LABEL: run},
        });
        let spec = &mut job["spec"];
        spec["backoffLimit"] = json!(0);
        spec["ttlSecondsAfterFinished"] = json!(STAYS);
        spec["activeDeadlineSeconds"] = json!((patience + LONGER).as_secs());
        let pod = &mut spec["template"]["spec"];
        pod["restartPolicy"] = json!("Never");
        let mut items = Vec::new();
        for (index, key) in record.keys.iter().enumerate() {
            if record.derived.contains(key) {
                continue;
            }
            let (old, new) = slots(index);
            let (value, other) = match way {
                Way::Forward => (new, old),
                Way::Back => (old, new),
            };
            items.push(json!({"key": value.as_str(), "path": format!("value/{key}")}));
            items.push(json!({"key": other.as_str(), "path": format!("other/{key}")}));
        }
        let volume = json!({"name": "secretsafe", "secret": {
            "secretName": name_of(&record.secret.name), "items": items, "defaultMode": 0o444,
        }});
        push(pod, "volumes", volume);
        let direction = match way {
            Way::Forward => "forward",
            Way::Back => "back",
        };
        let names = BTreeMap::from([
            ("SECRETSAFE_PHASE", Task::Set.name()),
            ("SECRETSAFE_DIRECTION", direction),
            ("SECRETSAFE_NAMESPACE", namespace),
            ("SECRETSAFE_SECRET", &record.secret.name),
            ("SECRETSAFE_RUN", run),
        ]);
        for list in ["initContainers", "containers"] {
            for container in pod[list].as_array_mut().into_iter().flatten() {
                let mount = json!({"name": "secretsafe", "mountPath": FOLDER, "readOnly": true});
                push(container, "volumeMounts", mount);
                for (name, value) in &names {
                    push(container, "env", json!({"name": name, "value": value}));
                }
            }
        }
        job
    }

    /// Has the server say whether it would take the Job.
    ///
    /// # Errors
    /// What it says; nothing was changed.
    pub async fn try_out(
        &self,
        cluster: &Cluster,
        namespace: &str,
        record: &Record,
        patience: Duration,
    ) -> Result<(), CommandError> {
        let job = self.of(
            record,
            "secretsafe-set-preflight",
            namespace,
            Way::Forward,
            patience,
        );
        let dry_run = ServerDryRun::Yes;
        let made = cluster
            .create_object(&JOBS, namespace, &job, MANAGER, dry_run)
            .await;
        made.map(|_| ()).map_err(|error| {
            let error = error.unmasked();
            CommandError::new(
                error.status(),
                format!(
                    "the Job of --set-job would be refused: {}; nothing was changed",
                    error.message()
                ),
            )
            .hints(error.next_steps().to_vec())
        })
    }
}

fn push(object: &mut Value, list: &str, item: Value) {
    match object[list].as_array_mut() {
        Some(items) => items.push(item),
        None => object[list] = json!([item]),
    }
}

impl Run<'_> {
    /// Runs the Job for the Secret at this place among the members.
    ///
    /// # Errors
    /// When the run is not ours any more.
    pub async fn run_job(
        &mut self,
        template: &JobTemplate,
        at: usize,
        way: Way,
        patience: Duration,
    ) -> Result<How, String> {
        let record = self.members[at].record.clone();
        let attempt = self.state().attempts;
        let name = format!("secretsafe-set-{}-{at}-{attempt}", record.run.as_str());
        let job = template.of(&record, &name, self.namespace, way, patience);
        let dry_run = ServerDryRun::No;
        let made = self
            .cluster
            .create_object(&JOBS, self.namespace, &job, MANAGER, dry_run)
            .await;
        let uid = match made {
            Ok(made) => {
                let uid = made.at(&["metadata", "uid"]).and_then(Node::as_str);
                uid.unwrap_or_default().to_owned()
            }
            Err(error) => {
                let words = error
                    .into_command_error(&self.redactor, &[])
                    .message()
                    .to_owned();
                return Ok(How::NotStarted(words));
            }
        };
        let how = self.job_ended(&name, patience + LONGER).await?;
        if !how.is_done() {
            self.words_of_job(&name).await;
        }
        let removed = self
            .cluster
            .delete_object(&JOBS, self.namespace, &name, &uid, Dependents::Deleted)
            .await;
        if let Err(error) = removed {
            let why = error.unmasked();
            self.ui.warn(format!(
                "job/{name} could not be removed: {}; it is removed after {STAYS} s",
                why.message()
            ));
        }
        Ok(how)
    }

    async fn job_ended(&mut self, name: &str, patience: Duration) -> Result<How, String> {
        let begun = Instant::now();
        loop {
            match self.cluster.get_object(&JOBS, self.namespace, name).await {
                Ok(Some(job)) => {
                    if let Some(how) = ended(&job) {
                        return Ok(how);
                    }
                }
                Ok(None) => return Ok(How::NotStarted("somebody removed its Job".to_owned())),
                // Asked again: the Job goes on.
                Err(ClusterError::Forbidden { .. }) => {
                    return Ok(How::NotStarted("its Job may not be read".to_owned()));
                }
                Err(_) => {}
            }
            if begun.elapsed() > patience {
                return Ok(How::TooLate);
            }
            self.pulse().await?;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn words_of_job(&self, name: &str) {
        let mut pods = Vec::new();
        let mut each = |node: Node| {
            let label = node.at(&["metadata", "labels", "batch.kubernetes.io/job-name"]);
            let containers = node
                .at(&["spec", "containers"])
                .map_or(&[][..], Node::items);
            let container = containers.first().and_then(|one| one.text_of("name"));
            let pod = node.at(&["metadata", "name"]).and_then(Node::as_str);
            if let (Some(own), Some(pod), Some(container)) =
                (label.and_then(Node::as_str), pod, container)
                && own == name
            {
                pods.push((pod.to_owned(), container.to_owned()));
            }
        };
        let _ = self
            .cluster
            .list(&PODS, Some(self.namespace), &mut each)
            .await;
        for (pod, container) in &pods {
            self.last_words(pod, container).await;
        }
    }
}

/// How a Job ended, by its conditions (kubernetes/api `batch/v1`).
fn ended(job: &Node) -> Option<How> {
    let conditions = job.at(&["status", "conditions"])?;
    conditions.items().iter().find_map(|condition| {
        let holds = condition.text_of("status") == Some("True");
        match condition.text_of("type")? {
            "Complete" if holds => Some(How::Done),
            "Failed" if holds && condition.text_of("reason") == Some("DeadlineExceeded") => {
                Some(How::TooLate)
            }
            "Failed" if holds => Some(How::Failed(1)),
            _ => None,
        }
    })
}
