//! No value of a Secret reaches doctor: what the server sends is recorded.

use std::fs::File;
use std::io::{BufRead, BufReader};

use libtest_mimic::Trial;
use serde_json::Value;

use super::scene::{Examination, Scene};
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, cluster, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("doctor::no_value_on_the_wire", no_value)]
}

/// The API server's audit log, at level RequestResponse for Secrets, holds
/// every answer as it was sent. The program says who it is, so its requests
/// can be told from everybody else's.
fn no_value() {
    let scene = Scene::new("wire");
    let canary = Canary::new(48);
    let applied = Canary::new(48);
    for number in 0..20 {
        scene.create(&format!("plain-{number} --stdin password"), canary.text());
    }
    scene.namespace.apply(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: applied}}\nstringData: {{password: {}}}\n",
        applied.text()
    ));
    // Impersonation tells these requests from everybody else's in the log.
    let user = format!("{}-looker", scene.namespace.name());
    let as_user = format!("--as {user} --as-group system:masters");
    let outcome = Invocation::of(&scene.namespace.kubeconfig())
        .words("doctor -A -v6 -o json")
        .words(&as_user)
        .run();
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    let examination = Examination::of(outcome);
    // The control: kubectl moves the values, and the log shows it.
    let control = Invocation::of_program(cluster().kubectl(), &scene.namespace.kubeconfig())
        .words("get secrets -o json")
        .words(&as_user)
        .run()
        .status(0);
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    let log = File::open(cluster().audit_log()).unwrap();
    for line in BufReader::new(log).split(b'\n').map(Result::unwrap) {
        let Ok(event) = serde_json::from_slice::<Value>(&line) else {
            continue;
        };
        if event["impersonatedUser"]["username"] != *user {
            continue;
        }
        let agent = event["userAgent"].as_str().unwrap_or_default();
        if agent.starts_with("kubectl-secretsafe/") {
            ours.push(line);
        } else {
            theirs.push(line);
        }
    }
    let requests = ours.len();
    let ours = ours.concat();
    assert!(requests > 0, "the log shows doctor's requests");
    assert!(
        !canary.hits(control.stdout.as_bytes()).is_empty()
            && !canary.hits(&theirs.concat()).is_empty(),
        "kubectl was sent the values, and the log shows them"
    );
    assert_eq!(canary.hits(&ours), [], "a value was sent to doctor");
    // An annotation repeats what kubectl applied: the server sends it with the
    // metadata, doctor drops it while reading and reports it.
    let annotated = applied.hits(&ours);
    assert_eq!(canary.hits(said.as_bytes()), []);
    assert_eq!(applied.hits(said.as_bytes()), []);
    let namespace = scene.namespace.name();
    assert!(
        examination
            .all()
            .iter()
            .any(|finding| finding["rule"] == "SS058"
                && finding["secret"]["name"] == "applied"
                && finding["secret"]["namespace"] == namespace)
    );
    record(
        "D1",
        "`doctor -A` receives no value of a Secret, according to the API server's audit log at level RequestResponse",
        format!(
            "0 copies in {requests} audited requests; {} of a value that kubectl apply had put into an annotation, reported as SS058 and not shown",
            annotated.iter().map(|(_, count)| count).sum::<usize>()
        ),
        "kubectl get secrets: found in the same log",
    );
}
