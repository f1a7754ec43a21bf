//! Each fault really happens, and what is stored then is what the fault says.

use std::time::{Duration, Instant};

use crate::client::{Client, Ended};
use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, Reply, Rule, When};

const SECRET: &str = "/api/v1/namespaces/default/secrets/db";
const APPLY: &str = "/api/v1/namespaces/default/secrets/db?fieldManager=us";

fn config(data: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": data})
}

fn one_key() -> Value {
    config(&json!({"password": "cw=="}))
}

fn on_patch(fault: impl Into<Fault>) -> FaultServer {
    let server = FaultServer::start();
    server.script(Rule::on(Method::PATCH).path("secrets").nth(1).fault(fault));
    server
}

fn is_stored(server: &FaultServer) -> bool {
    server.secret("default", "db").is_some()
}

#[test]
fn without_a_script_a_secret_is_applied_read_and_deleted_on_one_connection() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    assert_eq!(client.get(SECRET).code, 404);
    let created = client.apply(APPLY, &one_key());
    assert_eq!(created.code, 201);
    assert_eq!(created.json()["type"], "Opaque");
    assert_eq!(client.get(SECRET).json(), created.json());
    let stored = server.secret("default", "db").unwrap();
    assert_eq!(stored.values["password"], b"s");
    assert_eq!(stored.object, created.json());
    assert_eq!(client.send("DELETE", SECRET, "", b"").code, 200);
    assert!(!is_stored(&server));

    let requests = server.requests();
    assert_eq!(
        requests
            .iter()
            .map(|request| request.status)
            .collect::<Vec<_>>(),
        [Some(404), Some(201), Some(200), Some(200)]
    );
    assert!(requests.iter().all(|request| request.connection == 1));
    assert_eq!(requests[1].body, one_key().to_string().as_bytes());
    assert_eq!(requests[1].query("fieldManager").as_deref(), Some("us"));
}

#[test]
fn the_kubeconfig_is_private_and_another_token_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let server = FaultServer::start();
    let mode = std::fs::metadata(server.kubeconfig())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(server.kubeconfig()).unwrap();
    assert!(text.contains(server.token()) && text.contains(server.url()));

    let mut client = Client::new(&server);
    client.token = "wrong".to_owned();
    assert_eq!(client.apply(APPLY, &one_key()).code, 401);
    assert!(!is_stored(&server));
    assert_eq!(server.requests()[0].status, Some(401));
}

#[test]
fn a_reset_before_the_commit_stores_nothing_and_one_after_it_does() {
    for (fault, stored) in [
        (Fault::Refuse, false),
        (Fault::ResetBefore, false),
        (Fault::ResetAfter, true),
    ] {
        let server = on_patch(fault);
        let answer = Client::new(&server).apply(APPLY, &one_key());
        assert_eq!((answer.bytes.len(), answer.ended), (0, Ended::Reset));
        assert_eq!(is_stored(&server), stored);
        assert_eq!(server.requests()[0].status, None);
        // The rule was for the first request only.
        assert!(Client::new(&server).apply(APPLY, &one_key()).code < 300);
    }
}

#[test]
fn a_refused_connection_ends_before_tls() {
    let server = FaultServer::start();
    server.script(Rule::on_connection().nth(1).fault(Fault::Refuse));
    assert_eq!(Client::new(&server).get("/version").ended, Ended::Reset);
    assert!(server.requests().is_empty());
    assert_eq!(Client::new(&server).get("/version").code, 200);
}

#[test]
fn an_answer_is_cut_at_the_very_byte() {
    let whole = {
        let server = FaultServer::start();
        server.put_secret("default", "db", &[("password", "s")], "other");
        Client::new(&server).get("/version").bytes
    };
    for length in [0, 1, 12, whole.len() - 1] {
        for (fault, ended) in [
            (Fault::CutResponseAt(length), Ended::Closed),
            (Fault::TruncateResponseAt(length), Ended::Truncated),
        ] {
            let server = FaultServer::start();
            server.script(Rule::on(Method::GET).fault(fault));
            let answer = Client::new(&server).get("/version");
            assert_eq!(answer.bytes, whole[..length]);
            assert_eq!(answer.ended, ended);
            assert_eq!(server.requests()[0].status, (length > 0).then_some(200));
        }
    }
    let server = on_patch(Fault::CutResponseAt(0));
    Client::new(&server).apply(APPLY, &one_key());
    assert!(
        is_stored(&server),
        "a cut answer is the answer to a finished write"
    );
}

#[test]
fn a_scripted_answer_stores_before_or_after_as_told() {
    let timeout = Reply::status(504, "Timeout", "cGFzc3dvcmQ= is in this text")
        .header("Retry-After", "18446744073709551615");
    for (reply, stored) in [(timeout.clone(), false), (timeout.after_commit(), true)] {
        let server = on_patch(reply);
        let answer = Client::new(&server).apply(APPLY, &one_key());
        assert_eq!(answer.code, 504);
        assert_eq!(answer.header("retry-after"), Some("18446744073709551615"));
        let status = answer.json();
        assert_eq!(
            (&status["kind"], &status["reason"], &status["code"]),
            (&json!("Status"), &json!("Timeout"), &json!(504))
        );
        assert_eq!(is_stored(&server), stored);
        assert_eq!(server.requests()[0].status, Some(504));
    }
}

#[test]
fn raw_bodies_false_lengths_and_redirects_are_sent_as_given() {
    let server = FaultServer::start();
    server.script(
        Rule::on_any()
            .nth(1)
            .fault(Reply::raw(200, "text/html", b"\xff\xfe<".to_vec())),
    );
    server.script(
        Rule::on_any()
            .nth(2)
            .fault(Reply::redirect("https://localhost:1/x")),
    );
    server.script(
        Rule::on_any()
            .nth(3)
            .fault(Reply::raw(200, "a/b", "short").header("Content-Length", "9")),
    );
    let mut client = Client::new(&server);
    let raw = client.get(SECRET);
    assert_eq!(
        (raw.code, raw.body.as_slice()),
        (200, b"\xff\xfe<".as_slice())
    );
    assert_eq!(raw.header("content-type"), Some("text/html"));
    let redirect = client.get(SECRET);
    assert_eq!(
        (redirect.code, redirect.header("location")),
        (307, Some("https://localhost:1/x"))
    );
    let short = client.get(SECRET);
    assert_eq!(
        (short.body.as_slice(), short.ended),
        (b"short".as_slice(), Ended::Closed)
    );
}

#[test]
fn a_delay_goes_before_other_faults() {
    let delay = Duration::from_millis(120);
    let server = FaultServer::start();
    let rule = Rule::on(Method::PATCH).fault(Fault::Delay(delay));
    server.script(rule.clone().nth(1));
    server.script(rule.nth(2).fault(Fault::ResetAfter));
    let mut client = Client::new(&server);
    let started = Instant::now();
    assert_eq!(client.apply(APPLY, &one_key()).code, 201);
    assert!(started.elapsed() >= delay);
    let started = Instant::now();
    assert_eq!(client.apply(APPLY, &one_key()).ended, Ended::Reset);
    assert!(started.elapsed() >= delay);
}

#[test]
fn a_stall_answers_nothing_and_ends_with_client_or_server() {
    for (when, stored) in [(When::BeforeCommit, false), (When::AfterCommit, true)] {
        let server = on_patch(Fault::Stall(when));
        let mut client = Client::new(&server);
        client.patience = Duration::from_millis(150);
        let answer = client.apply(APPLY, &one_key());
        assert_eq!((answer.bytes.len(), answer.ended), (0, Ended::StillOpen));
        assert_eq!(is_stored(&server), stored);
        // The stalled connection is open; the server has to end all the same.
        let started = Instant::now();
        drop(server);
        assert!(started.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn endless_bodies_and_huge_headers_are_larger_than_any_sound_limit() {
    let server = FaultServer::start();
    server.script(Rule::on(Method::GET).nth(1).fault(Fault::EndlessBody));
    server.script(Rule::on(Method::GET).nth(2).fault(Fault::HugeHeaders));
    let mut client = Client::new(&server);
    client.limit = 4 * 1024 * 1024;
    let endless = client.get(SECRET);
    assert_eq!((endless.code, endless.ended), (200, Ended::StillOpen));
    assert!(endless.bytes.len() >= client.limit);
    drop(client);
    let huge = Client::new(&server).get("/version");
    assert_eq!(huge.header("x-filler-65535"), Some("0"));
    assert_eq!(huge.json()["major"], "1");
}

#[test]
fn a_mutated_read_back_differs_from_what_is_stored() {
    let server = FaultServer::start();
    server.put_secret("default", "db", &[("password", "s")], "other");
    server.script(
        Rule::on(Method::GET)
            .fault(Fault::mutate(|object| {
                object["data"]["password"] = json!("cg==")
            }))
            .fault(Fault::WarningHeaders(vec![
                "299 - \"odd\"".to_owned(),
                "broken".to_owned(),
            ])),
    );
    let answer = Client::new(&server).get(SECRET);
    assert_eq!(answer.json()["data"]["password"], "cg==");
    assert_eq!(answer.headers("warning"), ["299 - \"odd\"", "broken"]);
    assert_eq!(
        server.secret("default", "db").unwrap().values["password"],
        b"s"
    );
    server.clear_script();
    assert_eq!(
        Client::new(&server).get(SECRET).json()["data"]["password"],
        "cw=="
    );
}

#[test]
fn rules_are_tried_in_order_and_each_counts_its_own_matches() {
    let server = FaultServer::start();
    server.script(
        Rule::on(Method::GET)
            .path("/version")
            .nth(2)
            .fault(Reply::raw(299, "a/b", "")),
    );
    server.script(Rule::on_any().nth(2).fault(Reply::raw(298, "a/b", "")));
    server.script(Rule::on_any().nth(3).fault(Reply::raw(297, "a/b", "")));
    let mut client = Client::new(&server);
    let codes = ["/version", "/version", "/version", "/api"].map(|path| client.get(path).code);
    assert_eq!(codes, [200, 299, 297, 200]);
}

#[test]
fn dropping_the_server_ends_its_thread_and_its_listener() {
    let server = FaultServer::start();
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    let name = format!("fault-{port}");
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        tasks
            .filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok())
            .filter(|comm| comm.trim() == name)
            .count()
    };
    // The client's answer shows that the thread has come to life.
    assert_eq!(Client::new(&server).get("/version").code, 200);
    assert_eq!(threads(), 1);
    let kubeconfig = server.kubeconfig().to_owned();
    drop(server);
    assert_eq!(threads(), 0);
    assert!(std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_err());
    assert!(!kubeconfig.exists());
}
