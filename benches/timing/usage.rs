//! What one run uses: CPU time, memory, system calls.

use std::process::{Command, Stdio};

/// CPU seconds of one run, user and system, all threads: bash tells thousandths.
pub fn cpu(command: &Command) -> f64 {
    const SCRIPT: &str = r#"
        TIMEFORMAT="%3U %3S"
        time "$@" >/dev/null 2>&1 </dev/null
    "#;
    sum(&wrapped(&["bash", "-c", SCRIPT, "bash"], command))
}

/// Largest resident memory of one run in MiB, as GNU time reports it.
pub fn memory(command: &Command) -> f64 {
    sum(&wrapped(&["/usr/bin/time", "-f", "%M"], command)) / 1024.0
}

/// System calls as strace counts them; not a number where it is not installed.
pub fn calls(command: &Command) -> f64 {
    let text = wrapped(&["strace", "-f", "-c", "-S", "calls"], command);
    let total = text.lines().rev().find(|line| line.ends_with(" total"));
    let number = total.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    number.unwrap_or(f64::NAN)
}

/// The numbers of the last line, together.
fn sum(text: &str) -> f64 {
    let last = text.lines().last().unwrap_or_default();
    let numbers = last.split(' ').map(|part| part.parse().unwrap_or(f64::NAN));
    numbers.sum()
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
