//! S3, S14: files that are not shredded, and that nothing is sent then.

use crate::harness::write_apart;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Rule};

use super::{VALUE, shred, writes};
use crate::figures::record;
use crate::harness::{root_trial, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        root_trial(
            "security::s3_odd_files_are_refused_before_any_write",
            odd_files,
        ),
        trial("security::s14_all_or_none", all_or_none),
    ]
}

/// What is not a plain file of ours, or cannot be overwritten.
///
/// Shows S3. Seen to fail with hard links accepted.
fn odd_files() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let plain = |name: &str| {
        write_apart(&at(name), VALUE);
        at(name)
    };
    symlink(plain("target"), at("link")).unwrap();
    symlink(at("missing"), at("dangling")).unwrap();
    fs::hard_link(plain("twice"), at("other-name")).unwrap();
    fs::create_dir(at("directory")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(at("fifo"))
            .status()
            .unwrap()
            .success()
    );
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    assert!(
        Command::new("mknod")
            .arg(at("device"))
            .args(["c", "1", "5"])
            .status()
            .unwrap()
            .success()
    );
    let chattr = |flag: &str, path: &Path| {
        let done = Command::new("chattr").arg(flag).arg(path).output().unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    chattr("+a", &plain("append-only"));
    chattr("+i", &plain("immutable"));
    let sparse = fs::File::create(at("huge-sparse")).unwrap();
    sparse.set_len(10 * 1024 * 1024 * 1024).unwrap();
    let open_elsewhere = plain("open-elsewhere");
    let _reader = fs::File::open(&open_elsewhere).unwrap();
    let foreign = plain("foreign");
    std::os::unix::fs::chown(&foreign, Some(1234), None).unwrap();

    let cases: Vec<PathBuf> = [
        "link",
        "dangling",
        "other-name",
        "directory",
        "fifo",
        "socket",
        "device",
        "append-only",
        "immutable",
        "huge-sparse",
        "open-elsewhere",
        "foreign",
    ]
    .into_iter()
    .map(at)
    .chain(["/dev/null", "/dev/zero", "/dev/stdin", "/proc/version"].map(PathBuf::from))
    .collect();
    for (number, path) in cases.iter().enumerate() {
        // One that waited for a FIFO or a device would not end at all.
        shred(&server, &format!("s{number}"), &[path])
            .status(2)
            .says(&path.display().to_string());
    }
    assert_eq!(
        writes(&server),
        0,
        "nothing may be sent before all files are examined"
    );
    for name in [
        "target",
        "twice",
        "other-name",
        "append-only",
        "immutable",
        "open-elsewhere",
        "foreign",
    ] {
        assert_eq!(fs::read(at(name)).unwrap(), VALUE, "{name}");
    }
    chattr("-a", &at("append-only"));
    chattr("-i", &at("immutable"));
    let control = plain("plain");
    shred(&server, "control", &[&control]).status(0);
    assert!(!control.exists());
    record(
        "S3",
        "links, hard links, directories, pipes, sockets, devices, foreign, open, immutable, append-only and huge files are refused before anything is sent",
        format!(
            "{0} of {0} refused, 0 hangs, 0 requests that write",
            cases.len()
        ),
        "a plain file is removed",
    );
}

/// Three sources, the second cannot be removed: none is.
///
/// Shows S14. Seen to fail with hard links accepted and the content not
/// compared again.
fn all_or_none() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..3)
        .map(|number| folder.path().join(format!("f{number}")))
        .collect();
    for path in &paths {
        write_apart(path, VALUE);
    }
    // Refused beforehand.
    fs::hard_link(&paths[1], folder.path().join("other")).unwrap();
    let all: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    shred(&server, "before", &all).status(2);
    assert!(server.secret("default", "before").is_none());
    fs::remove_file(folder.path().join("other")).unwrap();
    // Changed while the Secret is written.
    server.script(
        Rule::on("GET".parse().unwrap())
            .path("secrets/during")
            .nth(2)
            .fault(Fault::Delay(Duration::from_millis(300))),
    );
    std::thread::scope(|scope| {
        let run = scope.spawn(|| shred(&server, "during", &all));
        let limit = Instant::now() + Duration::from_secs(10);
        while server.secret("default", "during").is_none() && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
        let new = folder.path().join("new");
        fs::write(&new, b"edited").unwrap();
        fs::rename(&new, &paths[1]).unwrap();
        run.join().unwrap().status(5);
    });
    assert_eq!(fs::read(&paths[0]).unwrap(), VALUE);
    assert_eq!(fs::read(&paths[1]).unwrap(), b"edited");
    assert_eq!(fs::read(&paths[2]).unwrap(), VALUE);
    record(
        "S14",
        "three sources, the second fails: none is destroyed",
        "0 of 3 destroyed, twice",
        "three good sources are removed",
    );
    write_apart(&paths[1], VALUE);
    shred(&server, "good", &all).status(0);
    assert!(paths.iter().all(|path| !path.exists()));
}
