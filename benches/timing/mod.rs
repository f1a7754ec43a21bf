//! Timing of programs against each other: pairs alternate, so that a slow
//! moment hits both, and the figure is the ratio of the medians. Nothing is
//! asserted: figures belong to a machine.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs of a program that are timed.
pub const ROUNDS: usize = 25;

/// What one program took.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Median wall time of a run, in seconds.
    pub seconds: f64,
    /// Largest resident memory of one run, in MiB.
    pub memory: f64,
}

/// Makes the command of a round.
pub type Make<'a> = &'a dyn Fn(usize) -> Command;

/// Times two programs in turn.
pub fn compare(rounds: usize, theirs: Make<'_>, ours: Make<'_>) -> [Figures; 2] {
    let mut seconds = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        seconds[0].push(run(&mut theirs(round)));
        seconds[1].push(run(&mut ours(round)));
    }
    let memory = [theirs(rounds), ours(rounds)].map(|command| peak(&command) / 1024.0);
    let [theirs, ours] = seconds.map(median);
    [
        Figures {
            seconds: theirs,
            memory: memory[0],
        },
        Figures {
            seconds: ours,
            memory: memory[1],
        },
    ]
}

/// One line about a pair.
pub fn told(what: &str, name: &str, [theirs, ours]: [Figures; 2]) -> String {
    format!(
        "{what}: {name} {:.1} ms, {:.1} MiB; ours {:.1} ms, {:.1} MiB; {:.1} times as fast, {:.2} of the memory",
        theirs.seconds * 1e3,
        theirs.memory,
        ours.seconds * 1e3,
        ours.memory,
        theirs.seconds / ours.seconds,
        ours.memory / theirs.memory,
    )
}

/// A program with a kubeconfig.
pub fn command(program: &Path, kubeconfig: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).env("KUBECONFIG", kubeconfig);
    command
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Wall time of one run, in seconds. A program that reports findings ends with
/// 1, which is a success here.
fn run(command: &mut Command) -> f64 {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("the program runs");
    let seconds = start.elapsed().as_secs_f64();
    assert!(matches!(status.code(), Some(0 | 1)), "{command:?} failed");
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
