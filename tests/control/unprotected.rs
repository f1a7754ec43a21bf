//! The program without the wiping allocator and without hardening: the
//! positive control of the leak tests. They must find the canary here, or
//! finding nothing in the real program proves nothing.

fn main() -> std::process::ExitCode {
    kubectl_secretsafe::run().into()
}
