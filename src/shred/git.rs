//! Whether git holds a file: in the index, or in any commit of any reference.
//!
//! The repository may belong to somebody hostile, so git runs without hooks,
//! without a file-system monitor, without the user's and the system's
//! configuration, without network, and for a bounded time.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest time one question to git may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Pause between two looks at whether git has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// What is known about a file's place in git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tracking {
    /// No repository around the file, or none of its commits holds it.
    Untracked,
    /// The index or a commit holds it.
    Tracked,
    /// There is a repository, and git could not answer.
    Unknown,
}

/// Asks about the file `name` in `directory`, an absolute path without
/// symbolic links.
pub(super) fn tracking(directory: &Path, name: &OsStr) -> Tracking {
    if !directory.ancestors().any(is_repository) {
        return Tracking::Untracked;
    }
    let Some(git) = find_git() else {
        return Tracking::Unknown;
    };
    ask(&git, directory, name).unwrap_or(Tracking::Unknown)
}

fn is_repository(directory: &Path) -> bool {
    directory.join(".git").symlink_metadata().is_ok()
}

/// The git of `PATH`. Relative entries are left out: they could name a
/// program inside the folder that is being looked at.
fn find_git() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .filter(|entry| entry.is_absolute())
        .map(|entry| entry.join("git"))
        .find(|candidate| candidate.is_file())
}

fn ask(git: &Path, directory: &Path, name: &OsStr) -> Option<Tracking> {
    let indexed = answer(question(
        git,
        directory,
        &["ls-files", "--error-unmatch"],
        name,
    ))?;
    if indexed.succeeded {
        return Some(Tracking::Tracked);
    }
    // `--full-history` also finds a file that a merge threw away, `--reflog`
    // one whose branch is gone.
    let history = [
        "rev-list",
        "--all",
        "--reflog",
        "--full-history",
        "--max-count=1",
    ];
    let committed = answer(question(git, directory, &history, name))?;
    match (committed.succeeded, committed.printed.is_empty()) {
        (true, true) => Some(Tracking::Untracked),
        (true, false) => Some(Tracking::Tracked),
        (false, _) => None,
    }
}

fn question(git: &Path, directory: &Path, words: &[&str], name: &OsStr) -> Command {
    let mut command = Command::new(git);
    command
        .env_clear()
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_ATTR_NOSYSTEM", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_DISCOVERY_ACROSS_FILESYSTEM", "1")
        // A partial clone would fetch what it lacks, by a command that the
        // repository names; no protocol is called "none".
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .args(["--no-pager", "--literal-pathspecs"])
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .arg("-C")
        .arg(directory)
        .args(words)
        .arg("--")
        .arg(name)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

struct Answer {
    succeeded: bool,
    printed: Vec<u8>,
}

/// Runs git, at most for [`PATIENCE`]. What it prints here is one line, which
/// a pipe holds without a reader.
fn answer(mut command: Command) -> Option<Answer> {
    let mut child = command.spawn().ok()?;
    let Some(succeeded) = wait(&mut child) else {
        // Both fail only when the child has ended by itself meanwhile.
        let _ = child.kill();
        let _ = child.wait();
        return None;
    };
    let mut printed = Vec::new();
    std::io::Read::read_to_end(child.stdout.as_mut()?, &mut printed).ok()?;
    Some(Answer { succeeded, printed })
}

/// Whether the child ended well, or nothing when its time is up or it was
/// ended by a signal.
fn wait(child: &mut Child) -> Option<bool> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.code().map(|code| code == 0),
            Ok(None) if Instant::now() < deadline => sleep(PAUSE),
            Ok(None) | Err(_) => return None,
        }
    }
}
