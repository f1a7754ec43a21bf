//! `--receipt`: what a run leaves for whoever has to prove that it took place.

use std::path::Path;

use jiff::Timestamp;

use crate::commands::destination;
use crate::consumption::holders;
use crate::error::{CommandError, ExitStatus};
use crate::inventory::{ContainerState, Inventory};
use crate::live::restart::text;
use crate::output::rotation::receipt_v1::{
    Receipt, ReceiptCensus, ReceiptContainer, ReceiptHook, ReceiptSecret,
};
use crate::rotation::census::Counted;
use crate::rotation::state::Phase;
use crate::workload::ObjectId;

use super::Report;
use super::run::Run;

/// Makes sure that the file may be written, before anything is changed.
///
/// # Errors
/// Status 2.
pub(super) fn possible(path: &Path) -> Result<(), CommandError> {
    destination::check(path, &[])?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match folder.is_dir() {
        true => Ok(()),
        false => Err(CommandError::usage(format!(
            "--receipt: {} is not a directory; nothing was changed",
            folder.display()
        ))),
    }
}

/// A receipt that waits for its end.
pub(super) struct Begun {
    receipt: Receipt,
    workloads: Vec<ObjectId>,
}

impl Begun {
    /// What is known before the first change.
    pub async fn of(report: &Report<'_>, run: &Run<'_>, inventory: &Inventory) -> Self {
        let mut secrets = Vec::new();
        for member in &run.members {
            let record = &member.record;
            secrets.push(ReceiptSecret {
                name: record.secret.name.clone(),
                uid: record.secret.uid.clone(),
                keys: record.keys.clone(),
                derived: record.derived.clone(),
                successor: record.successor.clone(),
                resource_version_before: version(run, &record.secret.name).await,
                resource_version_after: None,
            });
        }
        let receipt = Receipt {
            api_version: "secretsafe.dev/receipt-v1",
            kind: "RotationReceipt",
            run: run.members[0].record.run.as_str().to_owned(),
            server: run.cluster.server().to_owned(),
            namespace: run.namespace.to_owned(),
            user: run.cluster.user_name().await.ok().flatten(),
            began: text(Timestamp::now()),
            secrets,
            before: containers(inventory, &run.counted()),
            ..Receipt::default()
        };
        let workloads = report.plan.workloads.iter();
        Self {
            receipt,
            workloads: workloads.map(|affected| affected.id.clone()).collect(),
        }
    }

    /// Writes it, however the run has ended.
    pub async fn end(
        mut self,
        run: &Run<'_>,
        ended: &Result<ExitStatus, CommandError>,
        path: &Path,
    ) {
        let receipt = &mut self.receipt;
        for secret in &mut receipt.secrets {
            let name = secret.successor.as_deref().filter(|_| ended.is_ok());
            secret.resource_version_after = version(run, name.unwrap_or(&secret.name)).await;
        }
        if let Ok(seen) = run.look(self.workloads.iter()).await {
            receipt.after = containers(&seen, &run.counted());
        }
        receipt.hooks.clone_from(&run.calls);
        receipt.census = run
            .census
            .map(|(running, behind)| ReceiptCensus { running, behind });
        receipt.ended = text(Timestamp::now());
        let status = match ended {
            Ok(status) => *status,
            Err(error) => error.status(),
        };
        receipt.result = match status {
            ExitStatus::Ok if run.state().phase == Phase::Staged => "staged",
            ExitStatus::Ok => "done",
            ExitStatus::RolledBack => "takenBack",
            ExitStatus::Partial => "partly",
            _ => "nothing",
        }
        .to_owned();
        match crate::files::to_file(path, receipt.text().as_bytes()) {
            Ok(()) => run.ui.note(format!("receipt: {}", path.display())),
            Err(error) => run.ui.warn(format!(
                "the receipt could not be written to {}: {error}",
                path.display()
            )),
        }
    }
}

async fn version(run: &Run<'_>, secret: &str) -> Option<String> {
    let facts = run.cluster.secret_facts(run.namespace, secret).await;
    facts.ok().flatten().map(|facts| facts.resource_version)
}

fn containers(inventory: &Inventory, keys: &[Counted]) -> Vec<ReceiptContainer> {
    let mut found = Vec::new();
    for counted in keys {
        for holder in holders(inventory, &counted.key) {
            let status = holder.pod.status(&holder.container);
            let started = status.and_then(|status| match &status.state {
                ContainerState::Running { since } => *since,
                _ => None,
            });
            found.push(ReceiptContainer {
                workload: holder.pod.top.short(),
                pod: holder.pod.id.name.clone(),
                container: holder.container.clone(),
                container_id: status
                    .map(|status| status.id.clone())
                    .filter(|id| !id.is_empty()),
                started_at: started.map(text),
            });
        }
    }
    found.sort();
    found.dedup();
    found
}

impl Run<'_> {
    /// Notes how a call of a program ended.
    pub fn note_call(&mut self, call: ReceiptHook) {
        self.calls.push(call);
    }
}
