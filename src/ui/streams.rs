//! Whether standard output leads anywhere.

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// False when standard output was closed before we started, or is a pipe
/// whose reader is gone.
pub(super) fn output_is_open() -> bool {
    let stdout = std::io::stdout();
    let stdout = stdout.as_fd();
    !was_closed_at_start() && !reader_is_gone(stdout)
}

/// Rust's runtime replaces a closed standard stream by `/dev/null` before `main`.
/// Others hand that over on purpose, opened in just the same way.
fn was_closed_at_start() -> bool {
    CLOSED_AT_START.load(Ordering::Relaxed)
}

static CLOSED_AT_START: AtomicBool = AtomicBool::new(false);

/// Runs before Rust's runtime looks at the standard streams.
#[expect(
    unsafe_code,
    reason = "only the loader runs anything that early; the function needs nothing of Rust's runtime"
)]
#[used]
#[cfg_attr(
    target_vendor = "apple",
    unsafe(link_section = "__DATA,__mod_init_func")
)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static BEFORE_MAIN: extern "C" fn() = look;

extern "C" fn look() {
    let closed = rustix::fs::fcntl_getfl(rustix::stdio::stdout()).is_err();
    CLOSED_AT_START.store(closed, Ordering::Relaxed);
}

fn reader_is_gone(stdout: std::os::fd::BorrowedFd<'_>) -> bool {
    let mut watched = [PollFd::new(&stdout, PollFlags::OUT)];
    let at_once = Timespec::default();
    poll(&mut watched, Some(&at_once)).is_ok_and(|_| watched[0].revents().contains(PollFlags::ERR))
}
