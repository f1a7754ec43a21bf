//! Extended attributes of files: access control lists, labels, notes.
//!
//! What is kept of a file when its content is replaced is all of it, or it is
//! not replaced: without its list somebody may read it who could not before, or
//! the other way round.

use std::fs::File;
use std::io;

use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
use rustix::io::Errno;

/// The largest that Linux keeps, names and values alike (`XATTR_SIZE_MAX`).
const LARGEST: usize = 65_536;

/// Takes away what a new file got from its folder: its access control list.
///
/// # Errors
/// When it stays.
pub(super) fn clear(file: &File) -> io::Result<()> {
    for name in names(file)? {
        if name == ACCESS {
            fremovexattr(file, name.as_str())?;
        }
    }
    Ok(())
}

/// The access control list (acl(5)).
const ACCESS: &str = "system.posix_acl_access";

/// Gives a file the attributes of another, and no others but those that the
/// system gives.
///
/// # Errors
/// The name of the one that cannot be kept.
pub(super) fn copy(from: &File, to: &File) -> Result<(), String> {
    let listed = |file: &File| names(file).map_err(|_| "list".to_owned());
    // Hashes of the content: the kernel makes those of the new one.
    let of_content = ["security.ima", "security.evm"];
    for name in listed(from)? {
        if of_content.contains(&name.as_str()) {
            continue;
        }
        let wanted = value(from, &name).map_err(|_| name.clone())?;
        let there = value(to, &name).ok();
        if there.as_ref() != Some(&wanted) {
            fsetxattr(to, name.as_str(), &wanted, XattrFlags::empty()).map_err(|_| name)?;
        }
    }
    Ok(())
}

fn names(file: &File) -> io::Result<Vec<String>> {
    let mut buffer = vec![0_u8; LARGEST];
    let length = match flistxattr(file, &mut buffer[..]) {
        Ok(length) => length,
        // This file system has none.
        Err(Errno::NOTSUP | Errno::NOSYS) => 0,
        Err(error) => return Err(error.into()),
    };
    Ok(buffer[..length]
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect())
}

fn value(file: &File, name: &str) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0_u8; LARGEST];
    let length = fgetxattr(file, name, &mut buffer[..])?;
    buffer.truncate(length);
    Ok(buffer)
}
