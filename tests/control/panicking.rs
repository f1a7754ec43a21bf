//! The program with a function that a debugger can jump to in place of any other
//! one: it panics, with the content of the file that `PANIC_WITH` names. With
//! `PANIC_HOOK=standard` the hook is that of the standard library, the positive
//! control.

use std::process::ExitCode;

#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> =
    zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

#[inline(never)]
fn panic_in_place_of_it() {
    let text = std::env::var_os("PANIC_WITH").map(std::fs::read_to_string);
    std::panic::panic_any(text.and_then(Result::ok).unwrap_or_default());
}

fn main() -> ExitCode {
    let hook = std::env::var_os("PANIC_HOOK");
    if hook.is_none_or(|hook| hook != "standard") {
        kubectl_secretsafe::process::harden();
    }
    std::hint::black_box(panic_in_place_of_it as fn());
    kubectl_secretsafe::run().into()
}
