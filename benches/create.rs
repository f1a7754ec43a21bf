//! `cargo bench --bench create`: ratios against the test cluster's own
//! kubectl, in the same run, on the same machine.
//!
//! Each pair alternates, so that a slow moment hits both; the figure is the
//! ratio of the medians. Nothing is asserted: figures belong to a machine.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use testcluster::{Cluster, NodeWish};

const ROUNDS: usize = 25;

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let cluster = Cluster::start(NodeWish::ControlPlaneOnly).expect("the cluster starts");
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("password");
    fs::write(&source, "correct horse battery staple").expect("a file");
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    let kubectl = cluster.kubectl().to_owned();
    let namespace = cluster.namespace("bench");
    let kubeconfig = namespace.kubeconfig();
    let file = format!("--from-file=password={}", source.display());

    report(
        "--help",
        &|_| {
            command(
                &kubectl,
                &kubeconfig,
                &["create", "secret", "generic", "--help"],
            )
        },
        &|_| command(&ours, &kubeconfig, &["create", "--help"]),
    );
    report(
        "create --dry-run=client",
        &|_| {
            command(
                &kubectl,
                &kubeconfig,
                &[
                    "create",
                    "secret",
                    "generic",
                    "s",
                    &file,
                    "--dry-run=client",
                    "-o",
                    "yaml",
                ],
            )
        },
        &|_| {
            command(
                &ours,
                &kubeconfig,
                &["create", "s", &file, "--dry-run=client", "-o", "yaml"],
            )
        },
    );
    report(
        "create on the real server (ours reads back)",
        &|round| {
            command(
                &kubectl,
                &kubeconfig,
                &["create", "secret", "generic", &format!("k{round}"), &file],
            )
        },
        &|round| command(&ours, &kubeconfig, &["create", &format!("s{round}"), &file]),
    );
    ExitCode::SUCCESS
}

fn command(program: &Path, kubeconfig: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).env("KUBECONFIG", kubeconfig);
    command
}

type Make<'a> = &'a dyn Fn(usize) -> Command;

fn report(what: &str, theirs: Make<'_>, ours: Make<'_>) {
    let mut seconds = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        seconds[0].push(run(&mut theirs(round)));
        seconds[1].push(run(&mut ours(round)));
    }
    let [their_time, our_time] = seconds.map(median);
    let [their_peak, our_peak] = [theirs(ROUNDS), ours(ROUNDS)].map(|command| peak(&command));
    println!(
        "{what}: kubectl {:.1} ms, {:.1} MiB; ours {:.1} ms, {:.1} MiB; {:.1} times as fast, {:.2} of the memory",
        their_time * 1e3,
        their_peak / 1024.0,
        our_time * 1e3,
        our_peak / 1024.0,
        their_time / our_time,
        our_peak / their_peak,
    );
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Wall time of one run, in seconds.
fn run(command: &mut Command) -> f64 {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("the program runs");
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?} failed");
    seconds
}

/// Largest resident memory of one run, in KiB, as GNU time reports it.
fn peak(command: &Command) -> f64 {
    let mut timed = Command::new("/usr/bin/time");
    timed
        .args(["-f", "%M"])
        .arg(command.get_program())
        .args(command.get_args())
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdout(Stdio::null());
    let output = timed.output().expect("GNU time is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().last().unwrap_or_default();
    last.trim().parse().unwrap_or(f64::NAN)
}
