//! The handle of a running cluster.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::beds::Bed;
use crate::binaries::{Binaries, BinariesError};
use crate::control_plane::Layout;
use crate::keeper::{FOLDER_VARIABLE, Lifeline, Plan, Report};
use crate::leftovers::{self, FOLDER_PREFIX};
use crate::namespace::Namespace;
use crate::{image, node};
use rustix::process::Signal;

use crate::process::{ProcessId, wait_until};

/// Marks a folder that is kept for its logs.
pub(crate) const FAILED: &str = "failed";

/// Whether a node is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeWish {
    ControlPlaneOnly,
    /// [`Cluster::node`] says why there is none.
    WithNodeWhenPossible,
}

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Binaries(#[from] BinariesError),
    #[error("cannot start the keeper: {0}")]
    Keeper(#[from] std::io::Error),
    #[error("{reason}; the logs are in {logs}")]
    Component { reason: String, logs: PathBuf },
}

/// What the handle and its namespaces share: paths only, never the lifeline.
#[derive(Debug)]
pub(crate) struct Shared {
    pub layout: Layout,
    pub binaries: Binaries,
    pub server: String,
}

/// A running cluster. It ends when this is dropped.
#[derive(Debug)]
pub struct Cluster {
    shared: Arc<Shared>,
    kubeconfig: PathBuf,
    ca_certificate: PathBuf,
    kubectl: PathBuf,
    audit_log: PathBuf,
    logs: PathBuf,
    node: Result<(), String>,
    keeper: Child,
    lifeline: Option<ChildStdin>,
}

impl Cluster {
    /// Starts a cluster that lives as long as the handle.
    pub fn start(wish: NodeWish) -> Result<Cluster, StartError> {
        Cluster::start_with(wish, Lifeline::Stdin, &[], &[])
    }

    /// The same with further controllers.
    pub fn with_beds(wish: NodeWish, beds: &[Bed]) -> Result<Cluster, StartError> {
        Cluster::start_with(wish, Lifeline::Stdin, &[], beds)
    }

    /// The same with these feature gates of Kubernetes turned on in every
    /// component.
    pub fn with_gates(wish: NodeWish, gates: &[&str]) -> Result<Cluster, StartError> {
        Cluster::start_with(wish, Lifeline::Stdin, gates, &[])
    }

    /// Starts a cluster that stays until its keeper gets SIGTERM, if
    /// `lifeline` is [`Lifeline::None`]; forget the handle then.
    pub fn start_with(
        wish: NodeWish,
        lifeline: Lifeline,
        gates: &[&str],
        beds: &[Bed],
    ) -> Result<Cluster, StartError> {
        let binaries = Binaries::locate()?;
        for bed in beds {
            bed.locate()?;
        }
        leftovers::clean_all();
        let folder = tempfile::Builder::new()
            .prefix(FOLDER_PREFIX)
            .tempdir()?
            .keep();
        let layout = Layout { folder };
        leftovers::record_owner(&layout.folder)?;
        fs::create_dir(layout.logs())?;
        fs::write(
            layout.folder.join("plan.json"),
            serde_json::to_vec(&Plan {
                wish,
                lifeline,
                gates: gates.iter().map(|gate| (*gate).to_owned()).collect(),
                beds: beds.to_vec(),
            })
            .unwrap_or_default(),
        )?;
        let mut keeper = Command::new("/proc/self/exe")
            .env(FOLDER_VARIABLE, &layout.folder)
            .stdin(match lifeline {
                Lifeline::Stdin => Stdio::piped(),
                Lifeline::None => Stdio::null(),
            })
            .stdout(Stdio::piped())
            .stderr(File::create(layout.logs().join("keeper.log"))?)
            .spawn()?;
        let lifeline = keeper.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let failed = |reason: String| {
            // Only the mark is missing if this fails; the next start then cleans the logs.
            let _ = File::create(layout.folder.join(FAILED));
            StartError::Component {
                reason,
                logs: layout.logs(),
            }
        };
        match serde_json::from_str(&line) {
            Ok(Report::Ready { server, node }) => Ok(Cluster {
                kubeconfig: layout.admin(),
                ca_certificate: layout.ca_certificate(),
                kubectl: binaries.path("kubectl"),
                audit_log: layout.audit_log(),
                logs: layout.logs(),
                shared: Arc::new(Shared {
                    layout,
                    binaries,
                    server,
                }),
                node,
                keeper,
                lifeline,
            }),
            Ok(Report::Failed { reason }) => {
                let reason = failed(reason);
                let _ = keeper.wait();
                Err(reason)
            }
            Err(_) => Err(failed(
                "the keeper ended without a word; keeper_entry must come first in main".to_owned(),
            )),
        }
    }

    /// The administrator's kubeconfig, with a client certificate.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }
    /// `https://127.0.0.1:PORT`.
    pub fn server(&self) -> &str {
        &self.shared.server
    }
    pub fn ca_certificate(&self) -> &Path {
        &self.ca_certificate
    }
    /// The kubectl of the same version as the server.
    pub fn kubectl(&self) -> &Path {
        &self.kubectl
    }
    /// Whether there is a ready node; the reason when not.
    pub fn node(&self) -> Result<(), &str> {
        self.node.as_ref().copied().map_err(String::as_str)
    }
    /// An image with busybox, for use with `imagePullPolicy: Never`.
    pub fn test_image(&self) -> &str {
        image::ROOT
    }
    /// The same with user 1000 and `/var/run` as a link to `/run`.
    pub fn user_image(&self) -> &str {
        image::USER
    }
    /// Brings an image to the node, for use with `imagePullPolicy: Never`.
    ///
    /// # Errors
    /// What containerd says of the archive, which is to be one of docker's.
    pub fn import_image(&self, archive: &Path) -> Result<(), String> {
        node::import(&node::socket(&self.shared.layout), archive)
    }
    /// A fresh namespace whose name begins with `hint`. Panics with the
    /// server's words when it cannot be made.
    pub fn namespace(&self, hint: &str) -> Namespace {
        Namespace::create(Arc::clone(&self.shared), hint)
    }
    /// Stops the kubelet until the result is dropped, as if its node hung.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn freeze_kubelet(&self) -> Frozen {
        let kubelet = child_of(self.keeper.id(), "kubelet").expect("a kubelet");
        kubelet.signal(Signal::STOP);
        Frozen { kubelet }
    }
    /// One line of JSON per request; bodies of requests about Secrets included.
    pub fn audit_log(&self) -> &Path {
        &self.audit_log
    }
    /// The folder of the components' logs.
    pub fn logs(&self) -> &Path {
        &self.logs
    }
    /// The folder everything of this cluster lies in.
    pub fn folder(&self) -> &Path {
        &self.shared.layout.folder
    }
}

/// A kubelet that does nothing.
pub struct Frozen {
    kubelet: ProcessId,
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.kubelet.signal(Signal::CONT);
    }
}

/// The child of this name that a process has.
fn child_of(parent: u32, name: &str) -> Option<ProcessId> {
    let entries = fs::read_dir("/proc").ok()?;
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let is_it = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let Some((start, rest)) = stat.rsplit_once(')') else {
            return false;
        };
        let of = rest.split_whitespace().nth(1) == Some(parent.to_string().as_str());
        of && start.split_once('(').is_some_and(|(_, own)| own == name)
    };
    pids.filter(is_it).find_map(ProcessId::of)
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let keeper = &mut self.keeper;
        wait_until(Duration::from_secs(240), || {
            !matches!(keeper.try_wait(), Ok(None))
        });
    }
}
