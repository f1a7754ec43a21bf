//! N8: the object is another one when the write arrives.

use std::time::Duration;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Rule};

use crate::figures::record;
use crate::harness::{Invocation, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "security::n8_a_recreated_object_is_not_written",
        recreated,
    )]
}

/// The Secret is deleted and created again between the look at it and the write.
///
/// Shows N8. Seen to fail without the tests of uid and version.
fn recreated() {
    let ways = ["--update", "--replace"];
    for way in ways {
        let (server, outcome) = meanwhile(way, |server| {
            server.delete_secret("default", "db");
            server.put_secret("default", "db", &[("k", "of somebody else")], "other");
        });
        let stored = server.secret("default", "db").unwrap();
        assert_eq!(stored.values["k"], b"of somebody else", "{way}");
        assert!(matches!(outcome.0, Some(2 | 3)), "{way}: {outcome:?}");
        // Deleted and not created again: the update makes no new one.
        let (server, outcome) = meanwhile(way, |server| {
            server.delete_secret("default", "db");
        });
        assert!(
            server.secret("default", "db").is_none(),
            "{way}: {outcome:?}"
        );
        assert!(matches!(outcome.0, Some(2 | 3)), "{way}: {outcome:?}");
        let (server, outcome) = meanwhile(way, |_| {});
        assert_eq!(outcome.0, Some(0), "{outcome:?}");
        let stored = server.secret("default", "db").unwrap();
        assert_eq!(stored.values["k"], b"new", "the control is written");
    }
    record(
        "N8",
        "a Secret that is deleted, or deleted and created again, between the read and the write is not written",
        format!("written 0 of {}", 2 * ways.len()),
        "without that it is written",
    );
}

/// What happens while the write is on its way, and how the run ends.
fn meanwhile(way: &str, what: impl FnOnce(&FaultServer)) -> (FaultServer, (Option<i32>, String)) {
    let server = FaultServer::start();
    server.put_secret("default", "db", &[("k", "old")], "kubectl");
    let write = Rule::on("PATCH".parse().unwrap());
    server.script(write.fault(Fault::Delay(Duration::from_secs(1))));
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            Invocation::of(server.kubeconfig())
                .words("create db --stdin k --yes")
                .word(way)
                .input("new")
                .run()
        });
        let arrived = |server: &FaultServer| {
            let requests = server.requests();
            requests.iter().any(|request| request.method == "PATCH")
        };
        while !arrived(&server) && !run.is_finished() {
            std::thread::sleep(Duration::from_millis(2));
        }
        what(&server);
        run.join().unwrap()
    });
    (server, (outcome.status, outcome.stderr))
}
