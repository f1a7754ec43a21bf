//! `migrate` and `migrate --undo` when the program or the server fails: the
//! process is killed at every request, and answers are lost, refused or late.
//!
//! The workload is a CronJob: it is patched as any other, and there is no
//! rollout whose controller would have to be played.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, Reply, Rule, When};

const MIGRATE: &[&str] = &[
    "migrate",
    "cronjob/report",
    "--complete",
    "--reads-files",
    "all",
    "-y",
];
const UNDO: &[&str] = &["migrate", "--undo", "cronjob/report", "-y"];
/// The value, as it is and as base64.
const CANARY: [&str; 2] = ["cherry-blossom-canary", "Y2hlcnJ5LWJsb3Nzb20tY2FuYXJ5"];
const ANNOTATION: &str = "secretsafe.dev/migration";

/// A server with the workload and its Secret.
fn server() -> FaultServer {
    let server = FaultServer::start();
    server.put_secret("default", "db-creds", &[("password", CANARY[0])], "kubectl");
    server.put_cron_job("default", "report", original());
    server
}

fn original() -> Value {
    json!({
        "metadata": {"annotations": {"team": "billing"}},
        "spec": {"schedule": "0 4 * * *", "jobTemplate": {"spec": {"template": {"spec": {
            "restartPolicy": "Never",
            "securityContext": {"runAsUser": 0},
            "containers": [{
                "name": "report",
                "image": "registry.example/report:1",
                "env": [
                    {"name": "DB_PASSWORD",
                     "valueFrom": {"secretKeyRef": {"name": "db-creds", "key": "password"}}},
                    {"name": "LOG_LEVEL", "value": "info"},
                ],
            }],
        }}}}},
    })
}

fn command(server: &FaultServer, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    command
        .args(words)
        .env_clear()
        .env("KUBECONFIG", server.kubeconfig())
        .env("HOME", server.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(server: &FaultServer, words: &[&str]) -> Output {
    command(server, words).output().unwrap()
}

/// Runs to the end, which has to be this one; gives what was said.
fn ends(server: &FaultServer, words: &[&str], status: i32) -> String {
    let output = run(server, words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{words:?}: {said}");
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(CANARY.iter().all(|canary| !text.contains(canary)));
    }
    said
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Original,
    Migrated,
}

/// The state of the stored object, which is one of two, never between them.
fn state(server: &FaultServer) -> State {
    let stored = server.cron_job("default", "report").unwrap();
    let spec = &stored["spec"];
    let annotations = &stored["metadata"]["annotations"];
    assert_eq!(annotations["team"], "billing");
    if *spec == original()["spec"] {
        assert_eq!(
            annotations[ANNOTATION],
            Value::Null,
            "a way back that leads nowhere"
        );
        return State::Original;
    }
    let pod = &spec["jobTemplate"]["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(
        container["env"],
        json!([{"name": "LOG_LEVEL", "value": "info"}])
    );
    assert_eq!(
        container["volumeMounts"],
        json!([{"name": "db-creds", "mountPath": "/etc/secrets/db-creds", "readOnly": true}])
    );
    assert_eq!(
        pod["volumes"],
        json!([{"name": "db-creds", "secret": {
            "secretName": "db-creds", "defaultMode": 256,
            "items": [{"key": "password", "path": "password"}],
        }}])
    );
    let journal: Value = serde_json::from_str(annotations[ANNOTATION].as_str().unwrap()).unwrap();
    assert_eq!(
        journal["undo"].as_array().unwrap().len(),
        1,
        "one step to take back"
    );
    State::Migrated
}

/// From whatever state: forward, and back to the very original.
fn goes_there_and_back(server: &FaultServer) {
    ends(server, MIGRATE, 0);
    assert_eq!(state(server), State::Migrated);
    ends(server, UNDO, 0);
    assert_eq!(state(server), State::Original);
}

fn kill(mut child: Child) {
    // `Child::kill` is SIGKILL: no destructor runs.
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills a run when its `n`-th request has arrived, or has been carried out;
/// `false` when it ends before.
fn killed_at(server: &FaultServer, words: &[&str], n: usize, when: When) -> bool {
    let before = server.requests().len();
    server.clear_script();
    server.script(Rule::on_any().nth(n).fault(Fault::Stall(when)));
    let mut child = command(server, words).spawn().unwrap();
    let patience = Instant::now();
    loop {
        let requests = server.requests();
        // Others may be under way beside it; the stalled one has no answer.
        let stalled = requests.get(before + n - 1).is_some_and(|request| {
            request.status.is_none() && (when == When::BeforeCommit || request.carried_out)
        });
        if stalled {
            break;
        }
        if child.try_wait().unwrap().is_some() {
            server.clear_script();
            return false;
        }
        assert!(
            patience.elapsed() < Duration::from_secs(30),
            "request {n} does not come"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    kill(child);
    server.clear_script();
    true
}

/// Kills runs of `words` at every request, and before as well as after it is
/// carried out. Returns how many ended in each state.
fn killed_at_every_request(words: &[&str], start: State) -> [usize; 2] {
    let server = server();
    if start == State::Migrated {
        ends(&server, MIGRATE, 0);
    }
    let stored = || server.cron_job("default", "report").unwrap();
    let mut begin = stored();
    let mut ended = [0; 2];
    for when in [When::BeforeCommit, When::AfterCommit] {
        for n in 1.. {
            if !killed_at(&server, words, n, when) {
                assert!(n > 10, "a run has more requests than {n}");
                // The last one went to its end.
                server.put_cron_job("default", "report", begin.clone());
                begin = stored();
                break;
            }
            let found = state(&server);
            ended[usize::from(found == State::Migrated)] += 1;
            if stored() == begin {
                // To the last byte what the next round begins with: that round
                // is the one that goes on.
                continue;
            }
            if start == State::Migrated {
                let said = ends(&server, UNDO, 2);
                assert!(said.contains("no migration"), "{said}");
            }
            goes_there_and_back(&server);
            server.put_cron_job("default", "report", begin.clone());
            begin = stored();
        }
    }
    server.put_cron_job("default", "report", begin);
    goes_there_and_back(&server);
    ended
}

/// Invariants 44, 46.
#[test]
fn killed_at_any_request_of_a_migration_nothing_is_half_done() {
    let [untouched, migrated] = killed_at_every_request(MIGRATE, State::Original);
    assert!(untouched > 0 && migrated > 0, "{untouched} {migrated}");
}

/// Invariants 44, 46.
#[test]
fn killed_at_any_request_of_an_undo_nothing_is_half_done() {
    let [back, migrated] = killed_at_every_request(UNDO, State::Migrated);
    assert!(back > 0 && migrated > 0, "{back} {migrated}");
}

/// How RBAC says no, apiserver `pkg/endpoints/handlers/responsewriters`.
const DENIED: &str = "cronjobs.batch \"report\" is forbidden: User \"dev\" cannot patch \
                      resource \"cronjobs\" in API group \"batch\" in the namespace \"default\"";

/// What one fault leads to.
struct Case {
    name: &'static str,
    rule: fn() -> Rule,
    status: i32,
    state: State,
    says: &'static str,
}

/// The first patch of a run is tried only, the second one is in earnest.
fn in_earnest() -> Rule {
    Rule::on(Method::PATCH).path("cronjobs").nth(2)
}

fn each(cases: &[Case], words: &[&str], start: State) {
    for Case {
        name,
        rule,
        status,
        state: expected,
        says,
    } in cases
    {
        let server = server();
        if start == State::Migrated {
            ends(&server, MIGRATE, 0);
        }
        server.script(rule());
        let output = run(&server, words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        server.clear_script();
        assert_eq!(
            (output.status.code(), state(&server), said.contains(says)),
            (Some(*status), *expected, true),
            "{name}: {said}"
        );
        if state(&server) == State::Migrated || start == State::Original {
            goes_there_and_back(&server);
        }
    }
}

/// Invariants 41, 62, 63.
#[test]
fn faults_while_migrating_end_as_they_are_told() {
    each(
        &[
            Case {
                name: "the connection ends before the change",
                rule: || in_earnest().fault(Fault::ResetBefore),
                status: 0,
                state: State::Migrated,
                says: "migrated",
            },
            Case {
                name: "the answer is lost",
                rule: || in_earnest().fault(Fault::ResetAfter),
                status: 0,
                state: State::Migrated,
                says: "migrated",
            },
            Case {
                name: "a gateway gives up after the change",
                rule: || {
                    in_earnest().fault(
                        Reply::status(504, "Timeout", "the request timed out").after_commit(),
                    )
                },
                status: 0,
                state: State::Migrated,
                says: "migrated",
            },
            Case {
                name: "the server has an error before the change",
                rule: || in_earnest().fault(Reply::status(500, "InternalError", "broken")),
                status: 0,
                state: State::Migrated,
                says: "migrated",
            },
            Case {
                name: "too many requests",
                rule: || {
                    in_earnest().fault(
                        Reply::status(429, "TooManyRequests", "later").header("Retry-After", "1"),
                    )
                },
                status: 0,
                state: State::Migrated,
                says: "migrated",
            },
            Case {
                name: "slow",
                rule: || in_earnest().fault(Fault::Delay(Duration::from_secs(2))),
                status: 0,
                state: State::Migrated,
                says: "migrated",
            },
            Case {
                name: "a conflict while nobody changed it",
                rule: || in_earnest().fault(Reply::status(409, "Conflict", "somebody was there")),
                status: 2,
                state: State::Original,
                says: "error: ",
            },
            Case {
                name: "invalid",
                rule: || in_earnest().fault(Reply::status(422, "Invalid", "not so")),
                status: 2,
                state: State::Original,
                says: "error: ",
            },
            Case {
                name: "may not be patched",
                rule: || Rule::on(Method::PATCH).fault(Reply::status(403, "Forbidden", DENIED)),
                status: 3,
                state: State::Original,
                says: "not allowed to patch cronjobs",
            },
            Case {
                name: "a policy refuses the patch",
                rule: || {
                    let words = "admission webhook \"guard\" denied the request: no";
                    Rule::on(Method::PATCH).fault(Reply::status(403, "Forbidden", words))
                },
                status: 2,
                state: State::Original,
                says: "denied the request: no",
            },
            Case {
                name: "the review says that patching is not allowed",
                rule: || {
                    let review = json!({
                        "apiVersion": "authorization.k8s.io/v1",
                        "kind": "SelfSubjectAccessReview",
                        "spec": {}, "status": {"allowed": false},
                    });
                    Rule::on(Method::POST)
                        .path("selfsubjectaccessreviews")
                        .fault(Reply::json(201, &review))
                },
                status: 3,
                state: State::Original,
                says: "you may not patch cronjob/report",
            },
        ],
        MIGRATE,
        State::Original,
    );
}

/// Invariant 41.
#[test]
fn a_list_that_expires_is_read_again() {
    let server = server();
    let continued = |list: &mut Value| list["metadata"]["continue"] = json!("more");
    let page = Rule::on(Method::GET).path("/cronjobs?").nth(1);
    server.script(page.fault(Fault::mutate(continued)));
    let expired = Reply::status(410, "Expired", "the continue token is too old");
    server.script(Rule::on(Method::GET).path("continue=more").fault(expired));
    ends(&server, MIGRATE, 0);
    assert_eq!(state(&server), State::Migrated);
    let asked = server.requests();
    assert!(asked.iter().any(|request| request.status == Some(410)));
}

/// Invariants 46, 63.
#[test]
fn faults_while_taking_back_end_as_they_are_told() {
    each(
        &[
            Case {
                name: "the connection ends before the change",
                rule: || in_earnest().fault(Fault::ResetBefore),
                status: 0,
                state: State::Original,
                says: "the template it had before",
            },
            Case {
                name: "the answer is lost",
                rule: || in_earnest().fault(Fault::ResetAfter),
                status: 0,
                state: State::Original,
                says: "the template it had before",
            },
            Case {
                name: "may not be patched",
                rule: || Rule::on(Method::PATCH).fault(Reply::status(403, "Forbidden", DENIED)),
                status: 3,
                state: State::Migrated,
                says: "not allowed to patch cronjobs",
            },
            Case {
                name: "a policy refuses the patch",
                rule: || {
                    let words = "admission webhook \"guard\" denied the request: no";
                    Rule::on(Method::PATCH).fault(Reply::status(403, "Forbidden", words))
                },
                status: 2,
                state: State::Migrated,
                says: "denied the request: no",
            },
        ],
        UNDO,
        State::Migrated,
    );
}

/// Invariant 2.
#[test]
fn a_server_that_shows_no_value_is_enough() {
    let server = server();
    let no_values = || {
        Rule::on_any()
            .path("/secrets?")
            .accept_lacks("as=")
            .fault(Reply::status(403, "Forbidden", "secrets is forbidden"))
    };
    server.script(no_values());
    ends(&server, MIGRATE, 0);
    assert_eq!(state(&server), State::Migrated);
    ends(&server, UNDO, 0);
    assert_eq!(state(&server), State::Original);
    // It did look at Secrets, and never in a form that holds values.
    let requests = server.requests();
    let of_secrets: Vec<_> = requests
        .iter()
        .filter(|request| request.path.contains("/secrets?"))
        .collect();
    assert!(!of_secrets.is_empty());
    for request in of_secrets {
        let accepted = request.header("accept").unwrap_or_default();
        let without_values = ["as=Table;", "as=PartialObjectMetadata"];
        assert!(
            without_values.iter().any(|form| accepted.contains(form)),
            "{} {accepted}",
            request.path
        );
        assert_eq!(request.status, Some(200), "{}", request.path);
    }
}

/// Invariants 2, 62.
#[test]
fn secrets_that_may_not_be_listed_are_looked_up_by_name() {
    let server = server();
    let denied = "secrets is forbidden: User \"dev\" cannot list resource \"secrets\" in API \
                  group \"\" in the namespace \"default\"";
    let lists = Rule::on(Method::GET).path("/secrets?");
    server.script(lists.fault(Reply::status(403, "Forbidden", denied)));
    ends(&server, MIGRATE, 0);
    assert_eq!(state(&server), State::Migrated);
    let requests = server.requests();
    let by_name = |path: &str| path.contains("/secrets/db-creds?");
    assert!(requests.iter().any(|request| by_name(&request.path)));
}
