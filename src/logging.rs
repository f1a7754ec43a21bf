//! What `-v` shows. Only our own events are ever let through: the client
//! library logs whole bodies when it cannot read them, so neither `-v` nor
//! `RUST_LOG` can switch its events on.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging to standard error: 0 nothing, 1 requests, 2 and more details.
pub fn start(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .with_level(false)
        .with_target(false);
    let _ = tracing_subscriber::registry()
        .with(ours)
        .with(lines)
        .try_init();
}
