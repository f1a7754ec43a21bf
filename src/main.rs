//! `kubectl-secretsafe`: parse, run, print one error, return an exit code.

use std::process::ExitCode;

// Every freed block is wiped: copies that libraries make of a secret (JSON,
// base64, TLS buffers) do not outlive their use.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> =
    zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

fn main() -> ExitCode {
    kubectl_secretsafe::process::harden();
    kubectl_secretsafe::run().into()
}
