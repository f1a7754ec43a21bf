//! Rotations on both sides, with real servers from Debian's packages on loopback, and
//! the programs of `examples/rotation`.
//!
//! Ignored by default: `cargo test --test databases -- --ignored` needs the packages
//! postgresql, mariadb-server, redis-server, rabbitmq-server and python3.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(
    clippy::print_stdout,
    reason = "figures for whoever runs it with --nocapture"
)]

#[path = "../rotate_interrupted/scene.rs"]
#[expect(dead_code, reason = "the scene is shared with other tests")]
mod scene;

mod client;
mod mariadb;
mod others;
mod postgresql;
mod server;

pub const ROTATE: &[&str] = &[
    "password",
    "--stdin",
    "password",
    "-y",
    "--settle",
    "1s",
    "--timeout",
    "20s",
];
pub const RESUME: &[&str] = &["--resume", "-y", "--settle", "1s", "--timeout", "20s"];
pub const ABORT: &[&str] = &["--abort", "-y", "--timeout", "20s"];

/// The flags that give a program all of these tasks.
pub fn hooks(program: &str, tasks: &[&str]) -> Vec<String> {
    let path = format!("{}/examples/rotation/{program}", env!("CARGO_MANIFEST_DIR"));
    let flag = |task: &&str| [format!("--{task}-exec"), path.clone()];
    tasks.iter().flat_map(flag).collect()
}

/// Words and flags together.
pub fn with<'w>(words: &'w [&'w str], flags: &'w [String]) -> Vec<&'w str> {
    words
        .iter()
        .copied()
        .chain(flags.iter().map(String::as_str))
        .collect()
}
