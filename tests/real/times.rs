//! How long trials took, for whoever wants the run to be shorter. Nothing is asserted.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

static TIMES: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

/// So many of the longest are named.
const NAMED: usize = 25;

struct Watch {
    name: String,
    since: Instant,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
        times.push((self.since.elapsed(), std::mem::take(&mut self.name)));
    }
}

/// `body`, whose time counts, however it ends.
pub fn timed<F: FnOnce() + Send + 'static>(name: &str, body: F) -> impl FnOnce() + Send + use<F> {
    let name = name.to_owned();
    move || {
        let _watch = Watch {
            name,
            since: Instant::now(),
        };
        body();
    }
}

/// The longest ones, on standard error.
pub fn print() {
    let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
    times.sort_by(|a, b| b.cmp(a));
    let all: Duration = times.iter().map(|(time, _)| time).sum();
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(
        stderr,
        "\n{} trials, {} s; the longest:",
        times.len(),
        all.as_secs()
    );
    for (time, name) in times.iter().take(NAMED) {
        let _ = writeln!(stderr, "{:>6.1} s  {name}", time.as_secs_f64());
    }
}
