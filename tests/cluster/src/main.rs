//! The test cluster for a person: up, down, env, build.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use testcluster::binaries::{Binaries, cache_folder};
use testcluster::keeper::Lifeline;
use testcluster::leftovers;
use testcluster::process::ProcessId;
use testcluster::progress::say;
use testcluster::{Bed, Cluster, NodeWish};

/// A real Kubernetes on this machine, for trying things out.
#[derive(Parser)]
#[command(name = "testcluster", version)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Start the cluster and print the line that points kubectl at it
    Up {
        /// With Sealed Secrets and External Secrets Operator
        #[arg(long)]
        levels: bool,
    },
    /// End the cluster
    Down,
    /// Print the paths of the running cluster
    Env,
    /// Find or build the Kubernetes programs
    Build,
}

/// The running cluster, as written to the cache folder.
#[derive(Serialize, Deserialize)]
struct State {
    keeper: ProcessId,
    folder: PathBuf,
    kubeconfig: PathBuf,
    kubectl: PathBuf,
    server: String,
    node: Result<(), String>,
}

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    let done = match Arguments::parse().action {
        Action::Up { levels } => up(match levels {
            true => &[Bed::SealedSecrets, Bed::ExternalSecrets],
            false => &[],
        }),
        Action::Down => down(),
        Action::Env => env(),
        Action::Build => build(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn state_file() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = cache_folder()?;
    fs::create_dir_all(&folder)?;
    Ok(folder.join("up.json"))
}

fn running() -> Option<State> {
    let state: State = serde_json::from_slice(&fs::read(state_file().ok()?).ok()?).ok()?;
    state.keeper.is_alive().then_some(state)
}

fn up(beds: &[Bed]) -> Outcome {
    let state = match running() {
        Some(state) => state,
        None => start(beds)?,
    };
    if let Err(reason) = &state.node {
        say(&format!("no node: {reason}"));
    }
    writeln!(
        io::stdout(),
        "export KUBECONFIG={}",
        state.kubeconfig.display()
    )?;
    Ok(())
}

fn start(beds: &[Bed]) -> Result<State, Box<dyn std::error::Error>> {
    let cluster = Cluster::start_with(NodeWish::WithNodeWhenPossible, Lifeline::None, &[], beds)?;
    let state = State {
        keeper: leftovers::owner(cluster.folder()).ok_or("the keeper ended")?,
        folder: cluster.folder().to_owned(),
        kubeconfig: cluster.kubeconfig().to_owned(),
        kubectl: cluster.kubectl().to_owned(),
        server: cluster.server().to_owned(),
        node: cluster.node().map_err(str::to_owned),
    };
    // Its keeper has no lifeline: the cluster stays, the handle must not wait.
    std::mem::forget(cluster);
    fs::write(state_file()?, serde_json::to_vec_pretty(&state)?)?;
    Ok(state)
}

fn down() -> Outcome {
    let state = running().ok_or("no cluster is up")?;
    state.keeper.signal(Signal::TERM);
    if !state.keeper.wait_gone(Duration::from_secs(90)) {
        return Err("the cluster does not end".into());
    }
    fs::remove_file(state_file()?)?;
    Ok(())
}

fn env() -> Outcome {
    let state =
        running().ok_or("no cluster is up; start one with: cargo run -p testcluster -- up")?;
    let node = state
        .node
        .map_or_else(|reason| format!("none ({reason})"), |()| "ready".to_owned());
    let mut out = io::stdout();
    writeln!(out, "KUBECONFIG={}", state.kubeconfig.display())?;
    writeln!(out, "kubectl={}", state.kubectl.display())?;
    writeln!(out, "folder={}", state.folder.display())?;
    writeln!(out, "server={}", state.server)?;
    writeln!(out, "node={node}")?;
    Ok(())
}

fn build() -> Outcome {
    writeln!(
        io::stdout(),
        "{}",
        Binaries::locate()?.path("kubectl").display()
    )?;
    Ok(())
}
