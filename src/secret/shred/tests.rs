//! Examining and shredding whole files, on the file system of the temporary
//! folder.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, IFlags, Mode, ioctl_setflags, mknodat};

use super::*;
use crate::secret::SecretValue;

const CANARY: &[u8] = b"canary-0123456789";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn file(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    File::create(&path)
        .and_then(|mut file| file.write_all(content))
        .expect("written");
    path
}

fn examined(path: &Path) -> Candidate {
    match Candidate::examine(path) {
        Ok(candidate) => candidate,
        Err(refusal) => panic!("{refusal}"),
    }
}

/// The reason for which `path` is refused, at most five seconds later.
fn refused(path: &Path) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_path_buf();
    thread::spawn(move || {
        sender.send(
            Candidate::examine(&path)
                .err()
                .map(|r| r.reason.to_string()),
        )
    });
    receiver
        .recv_timeout(Duration::from_secs(5))
        .expect("an answer within five seconds")
}

fn assert_refused(path: &Path, reason: &str) {
    let answer = refused(path);
    assert!(
        answer.as_ref().is_some_and(|text| text.contains(reason)),
        "{}: {answer:?}, not {reason:?}",
        path.display()
    );
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn an_ordinary_file_is_read_and_removed() {
    let folder = folder();
    let path = file(folder.path(), "x", CANARY);
    let candidate = examined(&path);
    assert!(
        candidate
            .content()
            .same_as(&SecretValue::from_bytes(CANARY.to_vec()))
    );
    assert!(candidate.notices().is_empty());
    let storage = candidate.storage();
    let mut inode = candidate.file.try_clone().expect("cloned");
    let outcomes = shred(vec![candidate]);
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].result.as_ref().ok(), Some(&storage));
    assert!(outcomes[0].sentence().ends_with(storage.sentence()));
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
    let mut left = Vec::new();
    inode.rewind().expect("rewound");
    inode.read_to_end(&mut left).expect("read");
    assert!(left.is_empty());
    assert_eq!(inode.metadata().expect("status").nlink(), 0);
}

#[test]
fn names_that_are_not_plain_files_are_refused() {
    let folder = folder();
    let folder = folder.path();
    let target = file(folder, "target", CANARY);

    symlink(&target, folder.join("link")).expect("linked");
    assert_refused(&folder.join("link"), "symbolic link");
    symlink("nowhere", folder.join("dangling")).expect("linked");
    assert_refused(&folder.join("dangling"), "symbolic link");
    let twin = file(folder, "twin", CANARY);
    fs::hard_link(&twin, folder.join("other-name")).expect("linked");
    assert_refused(&twin, "1 other name(s)");
    assert_refused(folder, "a directory");
    assert_refused(Path::new("/"), "a directory");
    assert_refused(&folder.join("missing"), "no such file");
    mknodat(CWD, folder.join("fifo"), FileType::Fifo, Mode::RWXU, 0).expect("made");
    assert_refused(&folder.join("fifo"), "a named pipe");
    let _listener = UnixListener::bind(folder.join("socket")).expect("bound");
    assert_refused(&folder.join("socket"), "a socket");
    for (name, kind) in [
        ("character", FileType::CharacterDevice),
        ("block", FileType::BlockDevice),
    ] {
        // Only root may make device nodes; `/dev/null` below is for everybody.
        if mknodat(CWD, folder.join(name), kind, Mode::RWXU, 0).is_ok() {
            assert_refused(&folder.join(name), "a device");
        }
    }
    for path in ["/dev/null", "/dev/stdin", "/dev/fd/0"] {
        assert!(refused(Path::new(path)).is_some(), "{path}");
    }
    assert_refused(Path::new("/proc/self/status"), "/proc");
    assert_refused(Path::new("/proc/sys/kernel/core_pattern"), "/proc");
    assert_eq!(fs::read(&target).expect("read"), CANARY);
    assert_eq!(fs::read(&twin).expect("read"), CANARY);
}

#[test]
fn protected_files_are_refused() {
    let folder = folder();
    let path = file(folder.path(), "x", CANARY);
    for flag in [IFlags::APPEND, IFlags::IMMUTABLE] {
        for target in [path.as_path(), folder.path()] {
            let descriptor = File::open(target).expect("opened");
            // Attributes need root and a file system that has them.
            if ioctl_setflags(&descriptor, flag).is_ok() {
                let answer = refused(&path);
                ioctl_setflags(&descriptor, IFlags::empty()).expect("taken away");
                let answer = answer.expect("refused");
                assert!(answer.contains("append-only or immutable"), "{answer}");
            }
        }
    }
    assert_eq!(refused(&path), None);
}

#[test]
fn files_of_others_and_read_only_ones_are_refused() {
    let folder = folder();
    let path = file(folder.path(), "x", CANARY);
    if is_root() {
        std::os::unix::fs::chown(&path, Some(12345), None).expect("given away");
        assert_refused(&path, "another user");
    } else {
        assert!(refused(Path::new("/etc/passwd")).is_some());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).expect("changed");
        assert_refused(&path, "cannot be written");
    }
}

#[test]
fn files_in_use_are_refused() {
    let folder = folder();
    let path = file(folder.path(), "x", CANARY);
    let reader = File::open(&path).expect("opened");
    assert_refused(&path, "open in another program");
    let mapping = mapped(&reader);
    drop(reader);
    assert_refused(&path, "open in another program");
    drop(mapping);

    let first = examined(&path);
    assert_refused(&path, "open in another program, or given twice");
    drop(first);
    // What another test starts has copies of our files until it is another program.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while refused(&path).is_some() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(refused(&path), None);

    let program = folder.path().join("program");
    fs::copy("/bin/sleep", &program).expect("copied");
    let mut running = std::process::Command::new(&program)
        .arg("60")
        .spawn()
        .expect("started");
    let answer = refused(&program);
    running.kill().expect("ended");
    running.wait().expect("waited for");
    assert_eq!(answer.as_deref(), Some("it is a running program"));
}

struct Mapping(*mut std::ffi::c_void);

#[expect(unsafe_code, reason = "memory mapping has no safe wrapper")]
fn mapped(file: &File) -> Mapping {
    use rustix::mm::{MapFlags, ProtFlags, mmap};
    // SAFETY: a new mapping at an address of the kernel's choice; nobody reads it.
    let address = unsafe {
        mmap(
            std::ptr::null_mut(),
            4096,
            ProtFlags::READ,
            MapFlags::SHARED,
            file,
            0,
        )
    };
    Mapping(address.expect("mapped"))
}

impl Drop for Mapping {
    #[expect(unsafe_code, reason = "memory mapping has no safe wrapper")]
    fn drop(&mut self) {
        // SAFETY: the address and length of the mapping made above.
        unsafe { rustix::mm::munmap(self.0, 4096) }.expect("unmapped");
    }
}

#[test]
fn size_is_known_before_anything_is_read() {
    let folder = folder();
    let path = file(folder.path(), "sparse", b"");
    let sparse = OpenOptions::new().write(true).open(&path).expect("opened");
    sparse.set_len(1024 * 1024).expect("grown");
    drop(sparse);
    let candidate = examined(&path);
    assert_eq!(candidate.content().len(), 1024 * 1024);
    assert!(shred(vec![candidate])[0].result.is_ok());
    for length in [1024 * 1024 + 1, 10 << 30] {
        let path = file(folder.path(), "large", b"");
        let large = OpenOptions::new().write(true).open(&path).expect("opened");
        large.set_len(length).expect("grown");
        drop(large);
        assert_refused(&path, "1048576 bytes");
    }
}

#[test]
fn a_kubeconfig_is_known_by_any_of_its_names() {
    let folder = folder();
    let path = file(folder.path(), "config", CANARY);
    symlink(&path, folder.path().join("alias")).expect("linked");
    let candidate = examined(&path);
    assert!(
        candidate
            .check_is_none_of(&[folder.path().join("else")])
            .is_ok()
    );
    let refusal = candidate.check_is_none_of(&[folder.path().join("alias")]);
    assert!(matches!(
        refusal,
        Err(Refusal {
            reason: RefusalReason::Kubeconfig,
            ..
        })
    ));
}

#[test]
fn every_change_since_the_reading_keeps_the_file() {
    type Change = fn(&File);
    let changes: [Change; 5] = [
        |inode| inode.write_all_at(b"X", 3).expect("written"),
        |inode| inode.set_len(3).expect("cut"),
        |inode| inode.write_all_at(b"X", 100).expect("grown"),
        |inode| {
            inode
                .set_permissions(fs::Permissions::from_mode(0o644))
                .expect("changed")
        },
        |inode| {
            // A change that puts the old modification time back.
            let before = inode.metadata().and_then(|m| m.modified()).expect("known");
            inode.write_all_at(b"X", 3).expect("written");
            inode.set_modified(before).expect("put back");
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let folder = folder();
        let path = file(folder.path(), "x", CANARY);
        let candidate = examined(&path);
        // Times advance by the tick of the clock.
        thread::sleep(Duration::from_millis(20));
        change(&candidate.file);
        let expected = {
            let mut left = Vec::new();
            let mut inode = &candidate.file;
            inode.rewind().expect("rewound");
            inode.read_to_end(&mut left).expect("read");
            left
        };
        let outcomes = shred(vec![candidate]);
        assert!(
            matches!(outcomes[0].result, Err(Failure::Changed)),
            "change {number}: {}",
            outcomes[0].sentence()
        );
        assert_eq!(fs::read(&path).expect("still there"), expected);
    }
}

#[test]
fn a_new_name_or_a_look_from_outside_keeps_the_file() {
    let folder = folder();
    let path = file(folder.path(), "x", CANARY);
    let candidate = examined(&path);
    fs::hard_link(&path, folder.path().join("second")).expect("linked");
    assert!(matches!(
        shred(vec![candidate])[0].result,
        Err(Failure::Changed)
    ));
    fs::remove_file(folder.path().join("second")).expect("removed");

    let candidate = examined(&path);
    let look = OpenOptions::new()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(&path);
    let outcomes = shred(vec![candidate]);
    match look {
        Ok(_) => assert!(outcomes[0].result.is_ok(), "a file system without leases"),
        Err(_) => assert!(matches!(outcomes[0].result, Err(Failure::Opened))),
    }
}

#[test]
fn content_and_links_count_where_times_are_too_coarse() {
    let folder = folder();
    let path = file(folder.path(), "x", CANARY);
    let mut candidate = examined(&path);
    candidate.content = SecretValue::from_bytes(b"canary-012345678X".to_vec());
    assert!(matches!(
        shred(vec![candidate])[0].result,
        Err(Failure::Changed)
    ));

    let mut candidate = examined(&path);
    fs::hard_link(&path, folder.path().join("second")).expect("linked");
    let status = rustix::fs::fstat(&candidate.file).expect("status");
    candidate.identity = preflight::Identity::of(&status);
    assert!(matches!(
        shred(vec![candidate])[0].result,
        Err(Failure::Changed)
    ));
    assert_eq!(fs::read(&path).expect("there"), CANARY);
}

#[test]
fn a_swapped_path_harms_neither_file() {
    let folder = folder();
    let path = file(folder.path(), "x", CANARY);
    let candidate = examined(&path);
    fs::rename(&path, folder.path().join("moved")).expect("moved");
    file(folder.path(), "x", b"foreign");
    let outcomes = shred(vec![candidate]);
    assert!(matches!(outcomes[0].result, Err(Failure::Replaced)));
    assert_eq!(fs::read(&path).expect("there"), b"foreign");
    assert_eq!(
        fs::read(folder.path().join("moved")).expect("there"),
        CANARY
    );
}

#[test]
fn one_that_fails_keeps_all() {
    for failing in 0..3 {
        let folder = folder();
        let paths = ["a", "b", "c"].map(|name| file(folder.path(), name, CANARY));
        let candidates: Vec<Candidate> = paths.iter().map(|path| examined(path)).collect();
        candidates[failing]
            .file
            .write_all_at(b"X", 0)
            .expect("written");
        let outcomes = shred(candidates);
        for (number, outcome) in outcomes.iter().enumerate() {
            let as_expected = match outcome.result {
                Err(Failure::Changed) => number == failing,
                Err(Failure::OtherFailed) => number != failing,
                _ => false,
            };
            assert!(as_expected, "{}", outcome.sentence());
            let left = fs::read(&paths[number]).expect("still there");
            assert_eq!(left[1..], CANARY[1..]);
        }
    }
}

#[test]
fn git_editors_and_synchronised_folders_are_noticed() {
    let folder = folder();
    let shared = folder.path().join("Dropbox");
    fs::create_dir(&shared).expect("created");
    file(&shared, ".git", b"gitdir: /nonexistent\n");
    let path = file(&shared, "x", CANARY);
    let sibling = file(&shared, "x~", CANARY);
    let candidate = examined(&path);
    assert_eq!(candidate.storage(), Storage::Remote);
    let notices = candidate.notices();
    assert_eq!(notices.len(), 3);
    assert_eq!(notices[0], Notice::PerhapsTrackedByGit(path.clone()));
    assert!(
        matches!(&notices[1], Notice::SyncFolder { folder, .. } if folder.ends_with("Dropbox"))
    );
    assert_eq!(
        notices[2],
        Notice::EditorSibling {
            path: path.clone(),
            sibling
        }
    );
    for notice in notices {
        assert_eq!(notice.path(), path);
        assert!(notice.to_string().contains(&path.display().to_string()));
    }
}
