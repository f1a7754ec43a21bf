//! What a run costs, whatever else the machine does.

use std::process::{Command, Stdio};

/// What a command costs, whatever else the machine does.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// CPU seconds of one run, user and system, all threads: the least of some.
    pub seconds: f64,
    /// System calls of one run.
    pub calls: f64,
}

/// Measures it.
pub fn cost(make: &dyn Fn() -> Command) -> Cost {
    const COST_ROUNDS: usize = 3;
    let seconds = (0..COST_ROUNDS).map(|_| cpu(&make()));
    Cost {
        seconds: seconds.fold(f64::INFINITY, f64::min).max(0.01),
        calls: calls(&make()),
    }
}

/// CPU seconds as GNU time reports them.
fn cpu(command: &Command) -> f64 {
    let text = wrapped(&["/usr/bin/time", "-f", "%U %S"], command);
    let last = text.lines().last().unwrap_or_default();
    last.split(' ')
        .map(|part| part.parse().unwrap_or(f64::NAN))
        .sum()
}

/// System calls as strace counts them; not a number where it is not installed.
fn calls(command: &Command) -> f64 {
    let text = wrapped(&["strace", "-f", "-c", "-S", "calls"], command);
    let total = text.lines().rev().find(|line| line.ends_with(" total"));
    let number = total.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    number.unwrap_or(f64::NAN)
}

/// Standard error of a command that is run by another one.
fn wrapped(words: &[&str], command: &Command) -> String {
    let mut wrapped = Command::new(words[0]);
    wrapped
        .args(&words[1..])
        .arg(command.get_program())
        .args(command.get_args())
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    wrapped.output().map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stderr).into_owned()
    })
}
