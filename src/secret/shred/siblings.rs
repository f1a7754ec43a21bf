//! Copies near a source file that shredding does not reach: what editors
//! leave beside it, and folders that a program synchronises.

use std::ffi::{OsStr, OsString};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, statat};

/// What editors put around a file's name: vim's swap and undo files, the
/// backups of vim, emacs and nano, the auto-save file of emacs, the leavings
/// of a merge, and the habit of copying to `.bak`.
const AROUND: [(&str, &str); 8] = [
    (".", ".swp"),
    (".", ".swo"),
    (".", ".un~"),
    ("", "~"),
    ("#", "#"),
    ("", ".save"),
    ("", ".orig"),
    ("", ".bak"),
];

/// The names of editor files that exist beside `name` in `directory`.
pub(super) fn editor_files(directory: impl AsFd, name: &OsStr) -> Vec<OsString> {
    let directory = directory.as_fd();
    AROUND
        .iter()
        .map(|(before, after)| {
            // Vim gives a hidden file no second dot.
            let hidden = *before == "." && name.as_bytes().starts_with(b".");
            let mut sibling = OsString::from(if hidden { "" } else { before });
            sibling.push(name);
            sibling.push(after);
            sibling
        })
        .filter(|sibling| statat(directory, sibling.as_os_str(), AtFlags::SYMLINK_NOFOLLOW).is_ok())
        .collect()
}

/// Beginnings of the names that synchronising programs give their folder.
const FOLDER_NAMES: [&str; 7] = [
    "Dropbox",
    "OneDrive",
    "iCloud Drive",
    "iCloudDrive",
    "Mobile Documents",
    "Google Drive",
    "GoogleDrive",
];

/// Files by which synchronising programs mark their folder.
const FOLDER_MARKS: [&str; 5] = [
    ".stfolder",
    ".dropbox",
    ".dropbox.cache",
    ".owncloudsync.log",
    ".nextcloudsync.log",
];

/// The synchronised folder that `directory` lies in.
pub(super) fn sync_folder(directory: &Path) -> Option<PathBuf> {
    directory
        .ancestors()
        .find(|ancestor| {
            let named = ancestor
                .file_name()
                .and_then(OsStr::to_str)
                .is_some_and(|name| FOLDER_NAMES.iter().any(|start| name.starts_with(start)));
            named
                || FOLDER_MARKS.iter().any(|mark| {
                    // Dropbox keeps `~/.dropbox` in the home folder, which it
                    // does not synchronise; there it is a directory.
                    let mark_path = ancestor.join(mark);
                    match *mark {
                        ".dropbox" => mark_path.is_file(),
                        _ => mark_path.symlink_metadata().is_ok(),
                    }
                })
        })
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    #[test]
    fn eight_editor_files_are_found_and_others_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let expected = [
            ".x.env.swp",
            ".x.env.swo",
            ".x.env.un~",
            "x.env~",
            "#x.env#",
            "x.env.save",
            "x.env.orig",
            "x.env.bak",
        ];
        let directory = File::open(folder.path()).expect("opened");
        let name = OsStr::new("x.env");
        File::create(folder.path().join("x.env")).expect("created");
        File::create(folder.path().join("y.env~")).expect("created");
        assert!(editor_files(&directory, name).is_empty());
        for (count, sibling) in expected.iter().enumerate() {
            File::create(folder.path().join(sibling)).expect("created");
            assert_eq!(editor_files(&directory, name).len(), count + 1, "{sibling}");
        }
        let found = editor_files(&directory, name);
        assert_eq!(found, expected.map(OsString::from));
        File::create(folder.path().join(".env.swp")).expect("created");
        let beside_hidden = editor_files(&directory, OsStr::new(".env"));
        assert_eq!(beside_hidden, [".env.swp"]);
    }

    #[test]
    fn synchronised_folders_are_known_by_name_or_mark() {
        let home = tempfile::tempdir().expect("a folder");
        let inside = home.path().join("Dropbox (Work)/keys");
        fs::create_dir_all(&inside).expect("created");
        assert_eq!(
            sync_folder(&inside),
            Some(home.path().join("Dropbox (Work)"))
        );
        let marked = home.path().join("shared/keys");
        fs::create_dir_all(&marked).expect("created");
        fs::create_dir(home.path().join(".dropbox")).expect("created");
        assert_eq!(sync_folder(&marked), None);
        fs::create_dir(home.path().join("shared/.stfolder")).expect("created");
        assert_eq!(sync_folder(&marked), Some(home.path().join("shared")));
    }
}
