//! One fault of the server in a run, and what the run makes of it.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, Reply, Resource, Rule};

use crate::scene::{MIGRATE, Scene, State, UNDO};

/// How RBAC says no, apiserver `pkg/endpoints/handlers/responsewriters`.
const DENIED: &str = "cronjobs.batch \"app\" is forbidden: User \"dev\" cannot patch \
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

/// Runs `words` from `start` with each fault.
fn each(cases: &[Case], words: &[&str], start: State) {
    for Case {
        name,
        rule,
        status,
        state: expected,
        says,
    } in cases
    {
        let scene = Scene::of(Resource::CronJobs);
        if start == State::Migrated {
            scene.run(MIGRATE).ends(0);
        }
        scene.server.script(rule());
        let ran = scene.run(words);
        scene.server.clear_script();
        assert_eq!(
            (ran.status, scene.state(), ran.said.contains(says)),
            (Some(*status), *expected, true),
            "{name}: {}",
            ran.said
        );
        if scene.state() == State::Migrated || start == State::Original {
            scene.goes_there_and_back();
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
                says: "you may not patch cronjob/app",
            },
        ],
        MIGRATE,
        State::Original,
    );
}

/// A change that the server refuses leaves everything as it was, whether it is
/// one way or the other.
///
/// Invariants 46, 62, 63.
///
/// Shows N9, N10.
#[test]
fn what_may_not_be_patched_stays_as_it_is() {
    const POLICY: &str = "admission webhook \"guard\" denied the request: no";
    for (words, state) in [(MIGRATE, State::Original), (UNDO, State::Migrated)] {
        each(
            &[
                Case {
                    name: "may not be patched",
                    rule: || Rule::on(Method::PATCH).fault(Reply::status(403, "Forbidden", DENIED)),
                    status: 3,
                    state,
                    says: "not allowed to patch cronjobs",
                },
                Case {
                    name: "a policy refuses the patch",
                    rule: || Rule::on(Method::PATCH).fault(Reply::status(403, "Forbidden", POLICY)),
                    status: 2,
                    state,
                    says: "denied the request: no",
                },
            ],
            words,
            state,
        );
    }
}

/// Invariant 41.
///
/// Shows N13. Seen to fail with an expired list given up.
#[test]
fn a_list_that_expires_is_read_again() {
    let scene = Scene::of(Resource::CronJobs);
    let server = &scene.server;
    let continued = |list: &mut Value| list["metadata"]["continue"] = json!("more");
    let page = Rule::on(Method::GET).path("/cronjobs?").nth(1);
    server.script(page.fault(Fault::mutate(continued)));
    let expired = Reply::status(410, "Expired", "the continue token is too old");
    server.script(Rule::on(Method::GET).path("continue=more").fault(expired));
    scene.run(MIGRATE).ends(0);
    assert_eq!(scene.state(), State::Migrated);
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
                says: "has its previous template again",
            },
            Case {
                name: "the answer is lost",
                rule: || in_earnest().fault(Fault::ResetAfter),
                status: 0,
                state: State::Original,
                says: "has its previous template again",
            },
        ],
        UNDO,
        State::Migrated,
    );
}

/// Invariant 2.
#[test]
fn a_server_that_shows_no_value_is_enough() {
    let scene = Scene::of(Resource::CronJobs);
    let server = &scene.server;
    let no_values = || {
        Rule::on_any()
            .path("/secrets?")
            .accept_lacks("as=")
            .fault(Reply::status(403, "Forbidden", "secrets is forbidden"))
    };
    server.script(no_values());
    scene.run(MIGRATE).ends(0);
    assert_eq!(scene.state(), State::Migrated);
    scene.run(UNDO).ends(0);
    assert_eq!(scene.state(), State::Original);
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
    let scene = Scene::of(Resource::CronJobs);
    let server = &scene.server;
    let denied = "secrets is forbidden: User \"dev\" cannot list resource \"secrets\" in API \
                  group \"\" in the namespace \"default\"";
    let lists = Rule::on(Method::GET).path("/secrets?");
    server.script(lists.fault(Reply::status(403, "Forbidden", denied)));
    scene.run(MIGRATE).ends(0);
    assert_eq!(scene.state(), State::Migrated);
    let requests = server.requests();
    let by_name = |path: &str| path.contains("/secrets/db-creds?");
    assert!(requests.iter().any(|request| by_name(&request.path)));
}
