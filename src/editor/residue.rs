//! Copies of an edited text that an editor has left elsewhere: in a history, a backup, an
//! undo file. Files of this user that changed since the editor was started are searched.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::secret::traces::{Finder, Traces};

use super::sweep;

/// Times of files may be older than the clock (a tick, or what a server says).
const SLACK: Duration = Duration::from_secs(2);

/// How much a search may look at.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries of folders.
    pub entries: usize,
    /// Bytes of one file.
    pub longest: u64,
    /// Bytes of all files.
    pub bytes: u64,
    pub patience: Duration,
    /// Whether the files of this program's editors are searched as well: another run may
    /// have one open.
    pub edited: Edited,
}

/// What becomes of files that this program makes for an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    Skip,
    Search,
}

impl Limits {
    /// For somebody who waits for something else.
    pub const SHORT: Self = Self {
        entries: 50_000,
        longest: 32 * 1024 * 1024,
        bytes: 512 * 1024 * 1024,
        patience: Duration::from_secs(5),
        edited: Edited::Skip,
    };
    /// For somebody who waits for the search.
    pub const LONG: Self = Self {
        entries: 5_000_000,
        longest: 4 * 1024 * 1024 * 1024,
        bytes: 16 * 1024 * 1024 * 1024,
        patience: Duration::from_secs(120),
        edited: Edited::Search,
    };
}

/// What a search has found.
#[derive(Debug, Default)]
pub struct Search {
    /// Files that hold a value, or a line of one.
    pub copies: Vec<PathBuf>,
    /// How many files were searched.
    pub files: usize,
    /// Other file systems below, which were left out.
    pub mounts: usize,
    /// Whether there was more than could be looked at.
    pub is_cut: bool,
}

/// Where editors keep such copies. What is below one of the others is looked at once.
fn roots() -> Vec<PathBuf> {
    let named = [
        "HOME",
        "XDG_STATE_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "TMPDIR",
        "XDG_RUNTIME_DIR",
    ]
    .map(|name| std::env::var_os(name).map(PathBuf::from));
    named
        .into_iter()
        .flatten()
        .filter(|path| path.is_absolute())
        .chain(["/tmp", "/var/tmp", "/dev/shm"].map(PathBuf::from))
        .collect()
}

/// Searches files of this user that changed since a moment, where programs leave such
/// files, and below `further`. Ends early, as cut, when `gives_up` says so.
pub fn search(
    further: &[PathBuf],
    traces: &Traces,
    since: SystemTime,
    limits: Limits,
    gives_up: &dyn Fn() -> bool,
) -> Search {
    let roots: Vec<_> = roots().into_iter().chain(further.iter().cloned()).collect();
    search_in(&roots, traces, since, limits, gives_up)
}

fn search_in(
    roots: &[PathBuf],
    traces: &Traces,
    since: SystemTime,
    limits: Limits,
    gives_up: &dyn Fn() -> bool,
) -> Search {
    let Some(finder) = traces.finder() else {
        return Search::default();
    };
    let since = since.checked_sub(SLACK).unwrap_or(UNIX_EPOCH);
    let since = since
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
    let mut walk = Walk {
        finder,
        since,
        own: rustix::process::geteuid().as_raw(),
        mounts: mounts(),
        begun: Instant::now(),
        limits,
        gives_up,
        entries: 0,
        bytes: 0,
        found: Search::default(),
    };
    // Breadth first: editors keep their files near the top.
    let mut seen = BTreeSet::new();
    let mut waiting: VecDeque<PathBuf> = roots.iter().cloned().collect();
    while let Some(folder) = waiting.pop_front() {
        if walk.is_over() {
            walk.found.is_cut = true;
            break;
        }
        // A root may be a link; below it none is followed.
        let metadata = match roots.contains(&folder) {
            true => fs::metadata(&folder),
            false => fs::symlink_metadata(&folder),
        };
        let is_new = metadata.is_ok_and(|metadata| {
            metadata.is_dir() && seen.insert((metadata.dev(), metadata.ino()))
        });
        if is_new {
            waiting.extend(walk.folder(&folder));
        }
    }
    walk.found.copies.sort();
    walk.found
}

/// Where other file systems begin (proc(5), `mountinfo`): one that does not answer is not
/// even to be looked at.
fn mounts() -> BTreeSet<PathBuf> {
    let text = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(|path| PathBuf::from(path.replace("\\040", " ")))
        .collect()
}

/// One search while it goes on.
struct Walk<'a> {
    finder: Finder,
    since: i64,
    own: u32,
    mounts: BTreeSet<PathBuf>,
    begun: Instant,
    limits: Limits,
    gives_up: &'a dyn Fn() -> bool,
    entries: usize,
    bytes: u64,
    found: Search,
}

impl Walk<'_> {
    fn is_over(&self) -> bool {
        self.entries > self.limits.entries
            || self.bytes > self.limits.bytes
            || self.begun.elapsed() > self.limits.patience
            || (self.gives_up)()
    }

    /// Searches the files of a folder, and gives its folders: those first that begin with a
    /// dot, where editors keep theirs.
    fn folder(&mut self, folder: &Path) -> Vec<PathBuf> {
        let mut below = Vec::new();
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                // What others keep from this user, it cannot have written to.
                let is_own =
                    fs::symlink_metadata(folder).is_ok_and(|found| found.uid() == self.own);
                self.found.is_cut |= is_own && error.kind() != io::ErrorKind::NotFound;
                return below;
            }
        };
        for entry in entries.flatten() {
            self.entries += 1;
            if self.is_over() {
                break;
            }
            let path = entry.path();
            // A text that somebody edits at this moment is no copy.
            let is_edited = self.limits.edited == Edited::Skip
                && entry
                    .file_name()
                    .as_encoded_bytes()
                    .starts_with(sweep::PREFIX.as_bytes());
            if is_edited {
                continue;
            }
            if self.mounts.contains(&path) {
                self.found.mounts += 1;
                continue;
            }
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.uid() != self.own {
                continue;
            }
            if metadata.is_dir() {
                below.push(path);
            } else if metadata.is_file() && metadata.mtime().max(metadata.ctime()) >= self.since {
                self.look(&path, &metadata);
            }
        }
        below.sort_by_key(|path| !starts_with_dot(path));
        below
    }

    fn look(&mut self, path: &Path, metadata: &Metadata) {
        let longest = self.limits.longest;
        self.bytes += metadata.len().min(longest);
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let opened = File::options()
            .read(true)
            .custom_flags(i32::try_from(flags.bits()).unwrap_or(0))
            .open(path);
        self.found.is_cut |= metadata.len() > longest;
        match opened.and_then(|file| self.finder.is_in(file, longest)) {
            Ok(holds_one) => {
                self.found.files += 1;
                if holds_one {
                    self.found.copies.push(path.to_owned());
                }
            }
            // It was there for a moment only.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => self.found.is_cut = true,
        }
    }
}

fn starts_with_dot(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretValue;

    #[test]
    fn copies_in_files_that_changed_are_found_however_deep() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir_all(at(".local/state/nvim/shada")).unwrap();
        fs::create_dir_all(at("work/a/b/c")).unwrap();
        fs::write(at(".viminfo"), "\"1 LINE 0\n\tfirst-line-of-the-value\n").unwrap();
        fs::write(
            at(".local/state/nvim/shada/main"),
            b"\x00\x01hunter2-hunter2\xff",
        )
        .unwrap();
        fs::write(at("work/a/b/c/notes"), "nothing").unwrap();
        fs::write(at("old"), "hunter2-hunter2").unwrap();
        let before = SystemTime::now() - Duration::from_secs(3600);
        let old = File::options().write(true).open(at("old")).unwrap();
        old.set_modified(before).unwrap();
        std::os::unix::fs::symlink("/etc", at("link")).unwrap();
        let values = ["hunter2-hunter2", "first-line-of-the-value\nsecond\n"]
            .map(|text| SecretValue::from_bytes(text.into()));
        let mut traces = Traces::default();
        traces.add(&values);
        let roots = [home.path().to_owned(), at("work")];
        let found = search_in(&roots, &traces, SystemTime::now(), Limits::SHORT, &|| false);
        // A file whose time was set back has changed all the same (ctime).
        assert_eq!(
            found.copies,
            [
                at(".local/state/nvim/shada/main"),
                at(".viminfo"),
                at("old")
            ]
        );
        assert_eq!(found.files, 4);
        assert!(!found.is_cut);
        let later = SystemTime::now() + Duration::from_secs(60);
        let found = search_in(&roots, &traces, later, Limits::SHORT, &|| false);
        assert_eq!((found.copies.len(), found.files), (0, 0));
    }
}
