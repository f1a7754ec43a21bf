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
pub(crate) enum Tracking {
    /// No repository around the file, or none of its commits holds it.
    Untracked,
    /// The index or a commit holds it.
    Tracked,
    /// There is a repository, and git could not answer.
    Unknown,
}

/// Asks about the file `name` in `directory`, an absolute path without
/// symbolic links.
pub(crate) fn tracking(directory: &Path, name: &OsStr) -> Tracking {
    if !directory.ancestors().any(is_repository) {
        return Tracking::Untracked;
    }
    let Some(git) = find_git() else {
        return Tracking::Unknown;
    };
    ask(&git, directory, name).unwrap_or(Tracking::Unknown)
}

/// Whether git holds the file at `path`; `None` where there is no repository,
/// or git cannot tell.
pub fn is_tracked(path: &Path) -> Option<bool> {
    let path = path.canonicalize().ok()?;
    let directory = path.parent()?;
    if !directory.ancestors().any(is_repository) {
        return None;
    }
    match tracking(directory, path.file_name()?) {
        Tracking::Tracked => Some(true),
        Tracking::Untracked => Some(false),
        Tracking::Unknown => None,
    }
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

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn git(directory: &Path, words: &[&str]) {
        let ended = Command::new("git")
            .env("HOME", "/nonexistent")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args([
                "-c",
                "protocol.file.allow=always",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(words)
            .current_dir(directory)
            .output()
            .expect("git runs");
        let complaint = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "git {words:?}: {complaint}");
    }

    fn write(path: &Path, text: &str) {
        let mut file = File::create(path).expect("created");
        file.write_all(text.as_bytes()).expect("written");
    }

    /// A repository with one commit of another file, and an untracked `x.env`.
    fn repository() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path().canonicalize().expect("its path").join("top");
        fs::create_dir(&top).expect("created");
        git(&top, &["init", "--quiet"]);
        write(&top.join("other"), "other");
        git(&top, &["add", "other"]);
        git(&top, &["commit", "--quiet", "-m", "other"]);
        write(&top.join("x.env"), "canary");
        (folder, top)
    }

    fn asked(directory: &Path) -> Tracking {
        tracking(directory, OsStr::new("x.env"))
    }

    #[test]
    fn untracked_files_are_left_alone() {
        let (_folder, top) = repository();
        assert_eq!(asked(&top), Tracking::Untracked);
        write(&top.join(".gitignore"), "x.env\n");
        assert_eq!(asked(&top), Tracking::Untracked);
        let outside = tempfile::tempdir().expect("a folder");
        assert_eq!(asked(outside.path()), Tracking::Untracked);
        git(outside.path(), &["init", "--quiet"]);
        assert_eq!(asked(outside.path()), Tracking::Untracked);
    }

    #[test]
    fn the_index_is_enough() {
        let (_folder, top) = repository();
        git(&top, &["add", "x.env"]);
        assert_eq!(asked(&top), Tracking::Tracked);
    }

    #[test]
    fn a_commit_is_enough_after_the_index_forgot() {
        let (_folder, top) = repository();
        git(&top, &["add", "x.env"]);
        git(&top, &["commit", "--quiet", "-m", "x"]);
        git(&top, &["rm", "--quiet", "--cached", "x.env"]);
        assert_eq!(asked(&top), Tracking::Tracked);
        git(&top, &["commit", "--quiet", "-m", "no x"]);
        assert_eq!(asked(&top), Tracking::Tracked);
    }

    #[test]
    fn another_branch_is_enough_and_so_is_a_deleted_one() {
        let (_folder, top) = repository();
        git(&top, &["checkout", "--quiet", "-b", "side"]);
        git(&top, &["add", "x.env"]);
        git(&top, &["commit", "--quiet", "-m", "x"]);
        git(&top, &["checkout", "--quiet", "main"]);
        write(&top.join("x.env"), "canary");
        assert_eq!(asked(&top), Tracking::Tracked);
        git(&top, &["branch", "--quiet", "-D", "side"]);
        assert_eq!(asked(&top), Tracking::Tracked);
    }

    #[test]
    fn worktrees_and_submodules_are_repositories_too() {
        let (folder, top) = repository();
        let linked = top.with_file_name("linked");
        git(&top, &["worktree", "add", "--quiet", "../linked"]);
        write(&linked.join("x.env"), "canary");
        assert_eq!(asked(&linked), Tracking::Untracked);
        git(&linked, &["add", "x.env"]);
        assert_eq!(asked(&linked), Tracking::Tracked);

        let outer = folder
            .path()
            .canonicalize()
            .expect("its path")
            .join("outer");
        fs::create_dir(&outer).expect("created");
        git(&outer, &["init", "--quiet"]);
        git(&outer, &["submodule", "--quiet", "add", "../top", "inner"]);
        let inner = outer.join("inner");
        write(&inner.join("x.env"), "canary");
        assert_eq!(asked(&inner), Tracking::Untracked);
        git(&inner, &["add", "x.env"]);
        assert_eq!(asked(&inner), Tracking::Tracked);
    }

    #[test]
    fn names_are_taken_literally() {
        let (_folder, top) = repository();
        write(&top.join("*"), "canary");
        write(&top.join(":(top)other"), "canary");
        for name in ["*", ":(top)other", "-x"] {
            assert_eq!(
                tracking(&top, OsStr::new(name)),
                Tracking::Untracked,
                "{name}"
            );
        }
    }

    #[test]
    fn a_broken_repository_may_hold_anything() {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder.path().join(".git"), "gitdir: /nonexistent\n");
        assert_eq!(asked(folder.path()), Tracking::Unknown);
    }

    #[test]
    fn a_hostile_repository_runs_nothing() {
        let (folder, top) = repository();
        let mark = folder.path().join("ran");
        let program = folder.path().join("program");
        write(&program, &format!("#!/bin/sh\ntouch {}\n", mark.display()));
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
        let hooks = folder.path().join("hooks");
        fs::create_dir(&hooks).expect("created");
        for hook in ["post-index-change", "pre-commit", "reference-transaction"] {
            fs::copy(&program, hooks.join(hook)).expect("copied");
        }
        let program = program.display().to_string();
        for (name, value) in [
            ("core.fsmonitor", program.as_str()),
            ("core.hooksPath", hooks.to_str().expect("text")),
            ("core.sshCommand", &program),
            ("core.pager", &program),
            ("pager.ls-files", &program),
            ("diff.external", &program),
            ("filter.evil.clean", &program),
            ("log.showSignature", "true"),
            ("gpg.program", &program),
            ("alias.ls-files", &format!("!{program}")),
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.promisor", "true"),
            ("remote.origin.url", &format!("ext::{program}")),
            ("protocol.ext.allow", "always"),
        ] {
            git(&top, &["config", name, value]);
        }
        write(&top.join(".gitattributes"), "* filter=evil diff=evil\n");

        // Setting this up may have run some of it.
        let _ = fs::remove_file(&mark);
        assert_eq!(asked(&top), Tracking::Untracked);
        assert!(!mark.exists(), "something of the repository's ran");

        // A tree that is missing would be fetched from the promisor.
        let tree = Command::new("git")
            .args(["-c", "core.fsmonitor=false", "rev-parse", "HEAD^{tree}"])
            .current_dir(&top)
            .output()
            .expect("git runs");
        let tree = String::from_utf8(tree.stdout).expect("text");
        let (start, rest) = tree.trim().split_at(2);
        let _ = fs::remove_file(&mark);
        fs::remove_file(top.join(".git/objects").join(start).join(rest)).expect("removed");
        assert_eq!(asked(&top), Tracking::Unknown);
        assert!(!mark.exists(), "something of the repository's ran");

        // The same repository does run its program when asked carelessly.
        let _ = Command::new("git")
            .args(["status"])
            .current_dir(&top)
            .output()
            .expect("git runs");
        assert!(mark.exists(), "the trap does not work");
    }

    #[test]
    fn patience_ends() {
        let mut command = Command::new("sleep");
        command.arg("60").stdout(Stdio::piped());
        let start = Instant::now();
        assert!(answer(command).is_none());
        assert!(start.elapsed() < PATIENCE * 2);
    }
}
