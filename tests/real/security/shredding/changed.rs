//! S4, S8: another file or other content appears while the Secret is written.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Rule};

use super::{FOREIGN, VALUE, in_rounds, shred};
use crate::figures::Section;
use crate::harness::write_apart;
use crate::harness::{thorough_trial, trial};

/// How long the server waits before it answers the read-back.
const READ_BACK_TAKES: Duration = Duration::from_millis(250);
const EDITED: &[u8] = b"edited meanwhile";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("security::s4_a_swapped_path_harms_nothing", || {
            swapped_path(Section::Tests, 20);
        }),
        trial("security::s8_a_file_changed_meanwhile_stays", || {
            changed_meanwhile(Section::Tests, 40);
        }),
        thorough_trial("thorough::s4_a_thousand_swapped_paths", || {
            swapped_path(Section::Thorough, 1000);
        }),
        thorough_trial("thorough::s8_a_thousand_changed_files", || {
            changed_meanwhile(Section::Thorough, 1000);
        }),
    ]
}

/// Makes the server answer the read-back of `name` late.
fn delay_read_back(server: &FaultServer, name: &str) {
    server.script(
        Rule::on("GET".parse().unwrap())
            .path(name)
            .nth(2)
            .fault(Fault::Delay(READ_BACK_TAKES)),
    );
}

/// Waits until the Secret is stored; what is done before the returned moment
/// is done before its read-back is answered.
fn stored(server: &FaultServer, name: &str) -> Instant {
    let limit = Instant::now() + Duration::from_secs(30);
    let mut not_yet = Instant::now();
    while server.secret("default", name).is_none() {
        assert!(Instant::now() < limit, "{name} was never stored");
        std::thread::sleep(Duration::from_millis(1));
        if server.secret("default", name).is_none() {
            not_yet = Instant::now();
        }
    }
    not_yet + READ_BACK_TAKES
}

/// The name is given to another file while the Secret is written.
///
/// Shows S4. Seen to fail with the name not checked again.
fn swapped_path(section: Section, rounds: usize) {
    let noticed = in_rounds(rounds, |server, number| {
        let name = format!("swapped-{number:04}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        let foreign = folder.path().join("foreign");
        write_apart(&path, VALUE);
        fs::write(&foreign, FOREIGN).unwrap();
        delay_read_back(server, &name);
        let outcome = std::thread::scope(|scope| {
            let run = scope.spawn(|| shred(server, &name, &[&path]));
            stored(server, &name);
            // Over the whole time of the read-back, and a little beyond it.
            let step = u32::try_from(number % 70).unwrap();
            std::thread::sleep(Duration::from_millis(4) * step);
            fs::rename(&foreign, &path).unwrap();
            run.join().unwrap()
        });
        // Noticed, or too late to matter: never the foreign file.
        assert!(matches!(outcome.status, Some(0 | 5)), "{}", outcome.stderr);
        assert_eq!(fs::read(&path).unwrap_or_default(), FOREIGN);
        outcome.status == Some(5)
    });
    let noticed = noticed.into_iter().filter(|noticed| *noticed).count();
    assert!(noticed > rounds / 2, "{noticed} swaps came in time");
    section.record(
        "S4",
        "a file that replaces the source under its name meanwhile is not harmed",
        format!("0 of {rounds} harmed"),
        format!("{noticed} swaps came before the removal and were reported"),
    );
}

/// How somebody changes the file.
#[derive(Clone, Copy)]
enum Edit {
    /// A new file takes the name, as most editors save.
    Replace,
    /// The file is opened and written, as a shell's `>` does.
    InPlace,
}

impl Edit {
    /// Begins the edit and says when it had begun.
    fn begin(self, folder: &Path, source: &Path) -> Instant {
        match self {
            Self::Replace => {
                let new = folder.join("new");
                fs::write(&new, EDITED).unwrap();
                fs::rename(&new, source).unwrap();
            }
            // The kernel tells the holder of the lease and lets us wait.
            Self::InPlace => assert!(open(source, nonblocking()).is_err()),
        }
        Instant::now()
    }

    /// Ends it, once the program is through.
    fn end(self, source: &Path) {
        if let Self::InPlace = self
            && let Ok(mut file) = open(source, 0)
        {
            file.set_len(0).unwrap();
            file.write_all(EDITED).unwrap();
        }
    }
}

fn open(path: &Path, flags: i32) -> std::io::Result<fs::File> {
    OpenOptions::new()
        .write(true)
        .custom_flags(flags)
        .open(path)
}

fn nonblocking() -> i32 {
    i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap()
}

/// The file gets new content between reading and shredding.
///
/// Shows S8. Seen to fail with the content not compared again.
fn changed_meanwhile(section: Section, rounds: usize) {
    let in_time = in_rounds(rounds, |server, number| {
        let name = format!("changed-{number:04}");
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        write_apart(&source, VALUE);
        delay_read_back(server, &name);
        let edit = [Edit::Replace, Edit::InPlace][number % 2];
        std::thread::scope(|scope| {
            let run = scope.spawn(|| shred(server, &name, &[&source]));
            let answered = stored(server, &name);
            let begun = edit.begin(folder.path(), &source);
            let outcome = run.join().unwrap();
            edit.end(&source);
            // On a busy machine an edit may come too late to mean anything.
            let in_time = begun < answered;
            if in_time {
                assert_eq!(outcome.status, Some(5), "{}", outcome.stderr);
                assert_eq!(fs::read(&source).unwrap_or_default(), EDITED);
            }
            in_time
        })
    });
    let in_time = in_time.into_iter().filter(|in_time| *in_time).count();
    assert!(in_time > rounds / 2, "{in_time} edits came in time");
    section.record(
        "S8",
        "a file edited between reading and shredding is kept, whether it is replaced or written in place",
        format!("shredded 0 of {in_time}"),
        format!("each of {in_time} edits began before the read-back was answered, and was reported"),
    );
}
