//! The program with an allocator that looks at every block when it is freed,
//! below the one that wipes: a block that still holds something is counted. With
//! `WIPING=off` blocks are not wiped, the positive control.

use std::alloc::{GlobalAlloc, Layout};
use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use zeroizing_alloc::ZeroAlloc;

struct Looking(mimalloc::MiMalloc);

static FREED: AtomicU64 = AtomicU64::new(0);
static DIRTY: AtomicU64 = AtomicU64::new(0);

#[expect(unsafe_code, reason = "an allocator has no safe interface")]
// SAFETY: everything is left to the allocator below; the block is only read,
// before it is freed.
unsafe impl GlobalAlloc for Looking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let mut all = 0;
        for at in 0..layout.size() {
            // Bytes that nobody wrote are no matter of the compiler here.
            all |= unsafe { block.add(at).read_volatile() };
        }
        FREED.fetch_add(1, Ordering::Relaxed);
        DIRTY.fetch_add(u64::from(all != 0), Ordering::Relaxed);
        unsafe { self.0.dealloc(block, layout) };
    }
}

/// Wipes unless told not to. Reallocation is the trait's own: a new block, and
/// the old one freed.
struct Switched {
    wiping: ZeroAlloc<Looking>,
    off: AtomicBool,
}

#[expect(unsafe_code, reason = "an allocator has no safe interface")]
// SAFETY: everything is left to the allocator below.
unsafe impl GlobalAlloc for Switched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { self.wiping.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.off.load(Ordering::Relaxed) {
            unsafe { self.wiping.0.dealloc(block, layout) };
        } else {
            unsafe { self.wiping.dealloc(block, layout) };
        }
    }
}

#[global_allocator]
static ALLOCATOR: Switched = Switched {
    wiping: ZeroAlloc(Looking(mimalloc::MiMalloc)),
    off: AtomicBool::new(false),
};

fn main() -> ExitCode {
    if std::env::var_os("WIPING").is_some_and(|word| word == "off") {
        ALLOCATOR.off.store(true, Ordering::Relaxed);
    }
    kubectl_secretsafe::process::harden();
    let status = kubectl_secretsafe::run();
    let [freed, dirty] = [&FREED, &DIRTY].map(|count| count.load(Ordering::Relaxed));
    let _ = writeln!(std::io::stderr(), "\nfreed {freed} dirty {dirty}");
    status.into()
}
