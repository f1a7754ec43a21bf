//! The process that owns all others of a cluster.
//!
//! It is the program that asked for the cluster, executed again in a session
//! of its own, so that Ctrl-C in the terminal does not reach it. It lives
//! until its stdin closes, which happens however that program ends, or until
//! a signal asks it to end; then it takes everything down in order.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::beds::{self, Bed};
use crate::binaries::Binaries;
use crate::cluster::NodeWish;
use crate::control_plane::{self, Layout};
use crate::leftovers;
use crate::node::Node;
use crate::process::{Component, ProcessId, wait_until};

/// Names the folder of the cluster, and makes a process a keeper.
pub(crate) const FOLDER_VARIABLE: &str = "TESTCLUSTER_KEEPER";

/// What the keeper is asked to do; `plan.json` in the folder.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub wish: NodeWish,
    /// Whether it ends when its stdin closes.
    pub lifeline: Lifeline,
    /// Feature gates that are turned on.
    pub gates: Vec<String>,
    /// Controllers that run beside it.
    pub beds: Vec<Bed>,
}

/// What ends a keeper besides a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lifeline {
    /// The pipe from the program that started it.
    Stdin,
    /// Nothing: it stays when that program ends.
    None,
}

/// What the keeper says on its stdout, one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    Ready {
        server: String,
        node: Result<(), String>,
    },
    Failed {
        reason: String,
    },
}

/// Must be the first call in `main` of a program that starts clusters. When
/// this process was executed as the keeper, its work is done here and the exit
/// code is returned; otherwise `None`.
pub fn keeper_entry() -> Option<ExitCode> {
    let folder = PathBuf::from(std::env::var_os(FOLDER_VARIABLE)?);
    Some(match keep(Layout { folder }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            report(&Report::Failed { reason });
            ExitCode::FAILURE
        }
    })
}

fn keep(layout: Layout) -> Result<(), String> {
    rustix::process::setsid().map_err(|error| format!("the keeper gets no session: {error}"))?;
    let end = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&end)).map_err(|error| error.to_string())?;
    }
    let plan = fs::read(layout.folder.join("plan.json")).map_err(|error| error.to_string())?;
    let plan: Plan = serde_json::from_slice(&plan).map_err(|error| error.to_string())?;
    leftovers::record_owner(&layout.folder).map_err(|error| error.to_string())?;
    if plan.lifeline == Lifeline::Stdin {
        watch_stdin(Arc::clone(&end));
    }
    let binaries = Binaries::locate().map_err(|error| error.to_string())?;
    let mut components = Vec::new();
    let mut node = None;
    let started = start(&layout, &binaries, &plan, &mut components, &mut node, &end);
    let failed = started.is_err();
    report(&started.unwrap_or_else(|reason| Report::Failed { reason }));
    if !failed {
        while !end.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    stop(&layout, &binaries, node, components);
    if !failed {
        let _ = fs::remove_dir_all(&layout.folder);
    }
    Ok(())
}

fn start(
    layout: &Layout,
    binaries: &Binaries,
    plan: &Plan,
    components: &mut Vec<Component>,
    node: &mut Option<Node>,
    end: &AtomicBool,
) -> Result<Report, String> {
    let ended = || end.load(Ordering::Relaxed);
    let mut state = Err("no node was asked for".to_owned());
    if plan.wish == NodeWish::WithNodeWhenPossible {
        state = crate::node::prepare();
    }
    if state.is_ok() {
        match Node::start_containerd(layout) {
            Ok(started) => *node = Some(started),
            Err(reason) => state = Err(reason),
        }
    }
    record(layout, components, node.as_ref());
    let endpoint = control_plane::start(layout, binaries, &plan.gates, components, &ended);
    record(layout, components, node.as_ref());
    let endpoint = endpoint?;
    if let Some(node) = node {
        state = node.start_kubelet(layout, binaries, &endpoint, &plan.gates, &ended);
    }
    for bed in &plan.beds {
        let started = bed.start(layout, binaries, &endpoint, components);
        record(layout, components, node.as_ref());
        started?;
    }
    record(layout, components, node.as_ref());
    Ok(Report::Ready {
        server: endpoint.server,
        node: state,
    })
}

/// Keeps the list of processes on disk for the case that this one is killed.
fn record(layout: &Layout, components: &[Component], node: Option<&Node>) {
    let ids: Vec<ProcessId> = components
        .iter()
        .chain(node.into_iter().flat_map(Node::components))
        .filter_map(Component::id)
        .collect();
    // Without the list only the cleaning after a SIGKILL of the keeper is weaker.
    let _ = fs::write(
        layout.folder.join(leftovers::PROCESSES),
        serde_json::to_vec(&ids).unwrap_or_default(),
    );
}

/// The order matters: an API server whose etcd is gone does not end, and
/// mounts are busy until the containers are gone.
fn stop(layout: &Layout, binaries: &Binaries, node: Option<Node>, mut components: Vec<Component>) {
    if let Some(node) = node {
        node.stop(layout, binaries);
    }
    while let Some(mut component) = components.pop() {
        component.stop(Duration::from_secs(10));
    }
    // What a component left is looked for again, by folder.
    wait_until(Duration::from_secs(5), || {
        leftovers::end_processes(&layout.folder) == 0
    });
    leftovers::unmount(&layout.folder);
    beds::clean(layout);
}

fn watch_stdin(end: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        let mut byte = [0];
        while matches!(std::io::stdin().read(&mut byte), Ok(1..)) {}
        end.store(true, Ordering::Relaxed);
    });
}

fn report(report: &Report) {
    let mut line = serde_json::to_vec(report).unwrap_or_default();
    line.push(b'\n');
    // Nobody may be listening any more; the end comes by another way then.
    let _ = std::io::stdout()
        .write_all(&line)
        .and_then(|()| std::io::stdout().flush());
}
