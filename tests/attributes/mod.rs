//! What a file system keeps with a file besides its content: owner, mode, access
//! control list, extended attributes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{XattrFlags, getxattr, listxattr, setxattr};

/// Of the files that tests write over: not what a new file gets.
pub const MODE: u32 = 0o640;
const NOTE: &str = "user.note";
const ACCESS: &str = "system.posix_acl_access";
const DEFAULT: &str = "system.posix_acl_default";
/// Who is in the list.
const READER: u32 = 1234;
/// Who owns the file where the test may give it away.
const OWNER: (u32, u32) = (1235, 1236);

/// Everything but the content.
#[derive(Debug, PartialEq, Eq)]
pub struct Attributes {
    mode: u32,
    owner: (u32, u32),
    extended: BTreeMap<String, Vec<u8>>,
}

impl Attributes {
    pub fn of(path: &Path) -> Self {
        let about = fs::metadata(path).unwrap();
        let mut names = vec![0; 65_536];
        let length = listxattr(path, &mut names[..]).unwrap();
        let names = names[..length].split(|byte| *byte == 0);
        let extended = names.filter(|name| !name.is_empty()).map(|name| {
            let name = std::str::from_utf8(name).unwrap();
            let mut value = vec![0; 65_536];
            let length = getxattr(path, name, &mut value[..]).unwrap();
            (name.to_owned(), value[..length].to_vec())
        });
        Self {
            mode: about.mode() & 0o7777,
            owner: (about.uid(), about.gid()),
            extended: extended.collect(),
        }
    }

    /// Whether the test could give it a list and an attribute of its own.
    pub fn is_rich(&self) -> bool {
        [ACCESS, NOTE]
            .iter()
            .all(|name| self.extended.contains_key(*name))
    }
}

/// Gives a file a mode, and an owner, a list and an attribute where that can be
/// done.
pub fn dress(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(MODE)).unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(path, Some(OWNER.0), Some(OWNER.1)).unwrap();
    }
    let _ = setxattr(path, NOTE, b"kept", XattrFlags::empty());
    let _ = setxattr(path, ACCESS, &list(4), XattrFlags::empty());
}

/// Gives a folder the list that its new files get: one that lets more people in
/// than any file here.
pub fn open_to_all(folder: &Path) {
    let _ = setxattr(folder, DEFAULT, &list(7), XattrFlags::empty());
}

/// An access control list in the form of the kernel (`linux/posix_acl_xattr.h`):
/// a version, and for each entry its tag, its rights and whom it is about.
fn list(rights: u16) -> Vec<u8> {
    const NOBODY_IN_PARTICULAR: u32 = u32::MAX;
    let (owner, user, group, mask, other) = (0x01, 0x02, 0x04, 0x10, 0x20);
    let others = if rights == 7 { 7 } else { 0 };
    let entries: [(u16, u16, u32); 5] = [
        (owner, 6, NOBODY_IN_PARTICULAR),
        (user, rights, READER),
        (group, 4, NOBODY_IN_PARTICULAR),
        (mask, rights, NOBODY_IN_PARTICULAR),
        (other, others, NOBODY_IN_PARTICULAR),
    ];
    let mut bytes = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, whom) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(rights.to_le_bytes());
        bytes.extend(whom.to_le_bytes());
    }
    bytes
}
