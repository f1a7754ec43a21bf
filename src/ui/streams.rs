//! Whether standard output leads anywhere.

use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

/// False when standard output was closed before we started, or is a pipe
/// whose reader is gone.
pub(super) fn output_is_open() -> bool {
    let stdout = std::io::stdout();
    let stdout = stdout.as_fd();
    !was_closed_at_start(stdout) && !reader_is_gone(stdout)
}

/// Rust's runtime replaces a closed standard stream by `/dev/null`, opened for
/// reading and writing. A shell's `> /dev/null` opens it for writing only.
fn was_closed_at_start(stdout: std::os::fd::BorrowedFd<'_>) -> bool {
    let both_ways =
        rustix::fs::fcntl_getfl(stdout).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR);
    if !both_ways {
        return false;
    }
    match (rustix::fs::fstat(stdout), rustix::fs::stat("/dev/null")) {
        (Ok(stdout), Ok(null)) => stdout.st_rdev == null.st_rdev && stdout.st_ino == null.st_ino,
        _ => false,
    }
}

fn reader_is_gone(stdout: std::os::fd::BorrowedFd<'_>) -> bool {
    let mut watched = [PollFd::new(&stdout, PollFlags::OUT)];
    let at_once = Timespec::default();
    poll(&mut watched, Some(&at_once)).is_ok_and(|_| watched[0].revents().contains(PollFlags::ERR))
}
