//! `migrate --resolve-images` against a real registry on loopback, with and
//! without login and TLS, and against servers that answer with what no registry
//! should. What needs the registry is reported as skipped where it is not
//! installed, and fails there where `CI` is set.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod credentials;
mod facts;
mod fake;
mod hostile;
mod live;
mod overlays;
mod run;
mod server;

use std::io::Write as _;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // As other tests do.
    let threads = std::env::var("RUST_TEST_THREADS").ok();
    let threads = threads.and_then(|threads| threads.parse().ok());
    arguments.test_threads = arguments.test_threads.or(threads);
    if let (false, Err(reason)) = (arguments.list, server::availability()) {
        let _ = writeln!(
            std::io::stderr(),
            "tests of kind registry are skipped: {reason}"
        );
    }
    let trials = [
        credentials::trials(),
        facts::trials(),
        hostile::trials(),
        live::trials(),
        overlays::trials(),
    ];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}

fn trial(name: &str, body: fn()) -> Trial {
    Trial::test(name, move || {
        body();
        Ok(())
    })
}

/// One that starts the real registry.
fn with_registry(name: &str, body: fn()) -> Trial {
    let skipped = server::availability().is_err() && std::env::var_os("CI").is_none();
    Trial::test(name, move || {
        server::availability().map_err(Failed::from)?;
        body();
        Ok(())
    })
    .with_kind("registry")
    .with_ignored_flag(skipped)
}
