//! One line on stderr now and then, so that a first build does not look like a hang.

use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_secs(20);

/// Writes one line. It goes to the real stderr, which libtest does not capture.
pub fn say(line: &str) {
    // A closed stderr is no reason to fail a test run.
    let _ = writeln!(std::io::stderr(), "testcluster: {line}");
}

/// Says what is being done until it is dropped, every 20 seconds.
pub struct Progress {
    end: Option<Sender<()>>,
    speaker: Option<JoinHandle<()>>,
}

impl Progress {
    /// Says `what` at once and then repeats it with the time it has taken.
    pub fn start(what: &str) -> Progress {
        say(what);
        let (end, ended) = mpsc::channel::<()>();
        let what = what.to_owned();
        let begun = Instant::now();
        let speaker = std::thread::spawn(move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                say(&format!("{what}: {} s so far", begun.elapsed().as_secs()));
            }
        });
        Progress {
            end: Some(end),
            speaker: Some(speaker),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(speaker) = self.speaker.take() {
            let _ = speaker.join();
        }
    }
}
