//! N: requests and answers that get lost, and what others do in between.

mod answers;
mod between;
mod cut;
mod writes;

use crate::harness::write_apart;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use super::shredding::shred;
use crate::harness::{Invocation, Outcome};

pub fn trials() -> Vec<Trial> {
    [
        answers::trials(),
        between::trials(),
        cut::trials(),
        writes::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const VALUE: &[u8] = b"the-only-copy-of-this-value";
const NAME: &str = "only";

/// A server, and a file with the only copy of a value.
struct OnlyCopy {
    server: FaultServer,
    source: PathBuf,
}

impl OnlyCopy {
    fn new() -> Self {
        let server = FaultServer::start();
        let source = server.folder().join("source");
        write_apart(&source, VALUE);
        Self { server, source }
    }

    fn is_stored(&self) -> bool {
        let stored = self.server.secret("default", NAME);
        stored.is_some_and(|stored| stored.values["k0"] == VALUE)
    }

    fn run(&self) -> Outcome {
        shred(&self.server, NAME, &[&self.source])
    }

    /// With a limit for each request.
    fn run_within(&self, time: &str) -> Outcome {
        Invocation::of(self.server.kubeconfig())
            .words("create --shred --request-timeout")
            .word(time)
            .word(NAME)
            .word(format!("--file=k0={}", display(&self.source)))
            .run()
    }

    /// The value is somewhere, nothing claims more than it did, and the next run
    /// gets it all done.
    fn stays_safe(self, outcome: &Outcome, what: &str) {
        let place = format!("{what}: {:?} {}", outcome.status, outcome.stderr);
        assert!(!outcome.stderr.contains("internal error"), "{place}");
        let kept = fs::read(&self.source).is_ok_and(|content| content == VALUE);
        match outcome.status {
            Some(0) => assert!(self.is_stored() && !self.source.exists(), "{place}"),
            Some(2 | 3 | 5) => assert!(kept, "{place}"),
            _ => panic!("{place}"),
        }
        self.server.clear_script();
        if kept {
            let again = || {
                Invocation::of(self.server.kubeconfig())
                    .words("create --update --yes --shred")
                    .word(NAME)
                    .word(format!("--file=k0={}", display(&self.source)))
                    .run()
            };
            // A busy machine may take too long to connect.
            let mut tries = (0..5).map(|_| again());
            let ran = tries.find(|ran| ran.status != Some(3));
            ran.unwrap_or_else(again).status(0);
        }
        assert!(self.is_stored() && !self.source.exists(), "{place}");
    }
}

fn display(path: &Path) -> String {
    path.display().to_string()
}
