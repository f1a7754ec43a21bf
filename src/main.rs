//! `kubectl-secretsafe`: parse, run, print one error, return an exit code.

use std::process::ExitCode;

// Every freed block is wiped: copies that libraries make of a secret (JSON,
// base64, TLS buffers) do not outlive their use.
#[cfg(not(plain_allocator))]
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> =
    zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

// What the wiping costs is measured against this: `cargo bench --bench allocator`.
// It is no feature of the package, so that nothing but the flags of one compilation
// can turn the wiping off.
#[cfg(plain_allocator)]
#[global_allocator]
static PLAIN: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The self-test has no value of anybody, and shows that what it starts protects
    // itself.
    if std::env::args_os()
        .nth(1)
        .is_none_or(|word| word != "selftest")
    {
        kubectl_secretsafe::process::harden();
    }
    kubectl_secretsafe::run().into()
}
