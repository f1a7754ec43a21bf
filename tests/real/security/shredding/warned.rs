//! S11, S12: copies that shredding does not reach are named.

use crate::harness::write_apart;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use super::{VALUE, shred};
use crate::figures::record;
use crate::harness::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::s11_tracked_by_git", tracked_by_git),
        trial("security::s12_editor_siblings_are_named", siblings),
    ]
}

/// History keeps what shredding removes; git runs nothing of the repository's.
///
/// Shows S11. Seen to fail without asking git.
fn tracked_by_git() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("hook-ran");
    let git = |at: &Path, words: &[&str]| {
        let done = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@t.example",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(words)
            .current_dir(at)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    let repository = |name: &str| {
        let at = folder.path().join(name);
        fs::create_dir(&at).unwrap();
        git(&at, &["init", "-q", "-b", "main"]);
        fs::write(at.join("readme"), "x").unwrap();
        git(&at, &["add", "readme"]);
        git(&at, &["commit", "-qm", "first"]);
        at
    };
    let commit = |at: &Path| {
        write_apart(&at.join("secret"), VALUE);
        git(at, &["add", "secret"]);
        git(at, &["commit", "-qm", "secret"]);
    };

    let index = repository("index");
    write_apart(&index.join("secret"), VALUE);
    git(&index, &["add", "secret"]);
    let head = repository("head");
    commit(&head);
    let branch = repository("branch");
    git(&branch, &["checkout", "-qb", "other"]);
    commit(&branch);
    git(&branch, &["checkout", "-q", "main"]);
    write_apart(&branch.join("secret"), VALUE);
    let main = repository("main-tree");
    git(
        &main,
        &["worktree", "add", "-q", "-b", "side", "../worktree"],
    );
    let worktree = folder.path().join("worktree");
    commit(&worktree);
    let outer = repository("outer");
    git(
        &outer,
        &["submodule", "add", "-q", head.to_str().unwrap(), "inner"],
    );
    let inner = outer.join("inner");

    let cases = [&index, &head, &branch, &worktree, &inner];
    for at in &cases {
        let hook = folder.path().join("evil");
        fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", marker.display())).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        git(at, &["config", "core.fsmonitor", hook.to_str().unwrap()]);
        git(
            at,
            &["config", "core.hooksPath", folder.path().to_str().unwrap()],
        );
        git(at, &["config", "core.pager", hook.to_str().unwrap()]);
    }
    // The control: who asks git in the ordinary way runs it, in each of them.
    for at in &cases {
        let _ = fs::remove_file(&marker);
        git(at, &["status"]);
        assert!(marker.exists(), "{}: the hook is no threat", at.display());
    }
    let _ = fs::remove_file(&marker);
    for (number, at) in cases.iter().enumerate() {
        let source = at.join("secret");
        let said = shred(&server, &format!("tracked-{number}"), &[&source]).status(0);
        let warned = said.stderr.lines().any(|line| {
            line.starts_with("warning:")
                && line.contains("secret")
                && line.to_lowercase().contains("git")
                && line.contains("histor")
        });
        assert!(warned, "{}", said.stderr);
    }
    assert!(!marker.exists(), "a program of the repository was run");
    let clean = repository("clean");
    write_apart(&clean.join("secret"), VALUE);
    let untracked = shred(&server, "untracked", &[&clean.join("secret")]).status(0);
    assert!(!untracked.stderr.contains("git"), "{}", untracked.stderr);
    record(
        "S11",
        "a file that git tracks (index, HEAD, another branch, a worktree, a submodule) causes a warning, and git runs no program of the repository",
        format!("{0} of {0} warned, 0 programs run", cases.len()),
        "`git status` runs the planted program in each; an untracked file is not warned about",
    );
}

/// Copies that editors leave beside the file.
///
/// Shows S12. Seen to fail with the directory not searched.
fn siblings() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("secret.txt");
    write_apart(&source, VALUE);
    let names = [
        ".secret.txt.swp",
        ".secret.txt.swo",
        "secret.txt~",
        "#secret.txt#",
        ".secret.txt.un~",
        "secret.txt.save",
        "secret.txt.orig",
        "secret.txt.bak",
    ];
    for name in names {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    fs::write(folder.path().join("unrelated.txt~"), "x").unwrap();
    let outcome = shred(&server, "siblings", &[&source]).status(0);
    let named = names
        .iter()
        .filter(|name| outcome.stderr.contains(*name))
        .count();
    assert_eq!(named, names.len(), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("unrelated"));
    record(
        "S12",
        "copies that editors left beside the file are named",
        format!("{named} of {}", names.len()),
        "an unrelated file is not named",
    );
}
