//! Lists, against a loopback server that says what no real one says on demand.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::cluster::ConnectionFlags;
use crate::cluster::environment::Environment;

/// Answers one request after the other with status and body, and tells the
/// first line of each.
fn serve(answers: Vec<(&'static str, String)>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (told, requests) = channel();
    std::thread::spawn(move || {
        for (stream, (status, body)) in listener.incoming().zip(answers) {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                request.push(byte[0]);
            }
            let line = String::from_utf8_lossy(&request);
            let _ = told.send(line.lines().next().unwrap_or_default().to_owned());
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\n\
                 content-length: {length}\r\n\r\n{body}"
            );
        }
    });
    (address, requests)
}

fn with_cluster<T>(address: &str, ask: impl AsyncFnOnce(&Cluster) -> T) -> T {
    let kubeconfig = format!(
        "clusters: [{{name: c, cluster: {{server: '{address}'}}}}]\nusers: [{{name: u, user: {{}}}}]\n\
         contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n"
    );
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(kubeconfig.as_bytes()).unwrap();
    let flags = ConnectionFlags {
        kubeconfig: Some(file.path().to_owned()),
        ..ConnectionFlags::default()
    };
    let environment = Environment::for_tests(&[("KUBERC", "off")], "/nonexistent");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let cluster = Cluster::connect_in(&flags, environment)
                .await
                .map_err(|error| error.to_string())
                .unwrap();
            ask(&cluster).await
        })
}

const PODS: Resource = Resource {
    group: "",
    versions: &["v1"],
    plural: "pods",
    kind: "Pod",
    scope: ResourceScope::Namespaced,
    form: Form::Whole,
    fields: "",
    labels: "",
    beside: None,
};

fn page(names: &[&str], next: &str) -> String {
    let items: Vec<_> = names
        .iter()
        .map(|name| serde_json::json!({"metadata": {"name": name}}))
        .collect();
    serde_json::json!({"kind": "PodList", "metadata": {"continue": next}, "items": items})
        .to_string()
}

fn status(code: u16, reason: &str) -> String {
    serde_json::json!({"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code, "reason": reason,
        "message": "hunter2"})
    .to_string()
}

/// The names that a list of pods gives, and the requests it took.
fn names(answers: Vec<(&'static str, String)>) -> (Result<Vec<String>, ClusterError>, Vec<String>) {
    let (address, requests) = serve(answers);
    let mut names = Vec::new();
    let listed = with_cluster(&address, async |cluster| {
        cluster
            .list(&PODS, Some("prod"), &mut |node| {
                let name = node.at(&["metadata", "name"]).and_then(Node::as_str);
                names.push(name.unwrap_or_default().to_owned());
            })
            .await
    });
    (listed.map(|_| names), requests.try_iter().collect())
}

#[test]
fn pages_follow_each_other() {
    let (names, requests) = names(vec![
        ("200 OK", page(&["a", "b"], "t/1")),
        ("200 OK", page(&["c"], "")),
    ]);
    assert_eq!(names.ok().unwrap(), ["a", "b", "c"]);
    assert!(requests[0].contains("limit=500") && !requests[0].contains("continue"));
    assert!(requests[1].contains("continue=t%2F1"), "{}", requests[1]);
}

#[test]
fn a_forgotten_place_begins_the_list_again() {
    let (names, requests) = names(vec![
        ("200 OK", page(&["a"], "t")),
        ("410 Gone", status(410, "Expired")),
        ("200 OK", page(&["a", "b"], "")),
    ]);
    assert_eq!(names.ok().unwrap(), ["a", "a", "b"]);
    assert!(!requests[2].contains("continue"));
}

#[test]
fn a_busy_server_is_asked_again() {
    let (names, requests) = names(vec![
        ("429 Too Many Requests", status(429, "TooManyRequests")),
        ("200 OK", page(&["a"], "")),
    ]);
    assert_eq!(names.ok().unwrap(), ["a"]);
    assert_eq!(requests.len(), 2);
}

/// Shows I12.
#[test]
fn a_list_without_end_is_not_believed() {
    let (names, requests) = names(vec![("200 OK", page(&["a"], "t")); MOST_PAGES + 1]);
    assert!(names.is_err());
    assert_eq!(requests.len(), MOST_PAGES);
}

#[test]
fn a_refusal_names_what_may_not_be_listed() {
    let (names, _) = names(vec![("403 Forbidden", status(403, "Forbidden"))]);
    let Err(ClusterError::Forbidden {
        verb,
        resource,
        namespace,
        ..
    }) = names
    else {
        panic!("it must be forbidden");
    };
    assert_eq!((verb.as_str(), resource.as_str()), ("list", "pods"));
    assert_eq!(namespace.as_deref(), Some("prod"));
}

#[test]
fn what_a_server_does_not_have_is_no_error() {
    let (address, _) = serve(vec![("404 Not Found", "404 page not found".to_owned())]);
    let listed = with_cluster(&address, async |cluster| {
        cluster.list(&PODS, None, &mut |_| {}).await
    });
    assert_eq!(listed.ok(), Some(Listed::NotServed));
}

/// A proxy that drops the Accept header would make the server send values.
#[test]
fn whole_secrets_are_refused_and_not_quoted() {
    for body in [
        serde_json::json!({"kind": "SecretList", "apiVersion": "v1", "metadata": {},
            "items": [{"metadata": {"name": "s"}, "data": {"k": "aHVudGVyMg=="}}]}),
        serde_json::json!({"kind": "Table", "metadata": {}, "columnDefinitions": [], "rows": [
            {"cells": ["s"], "object": {"kind": "Secret", "metadata": {"name": "s"},
             "data": {"k": "aHVudGVyMg=="}}}]}),
    ] {
        let (address, requests) = serve(vec![("200 OK", body.to_string())]);
        let mut given = 0;
        let listed = with_cluster(&address, async |cluster| {
            cluster
                .list_secrets(Some("prod"), &mut |_| given += 1)
                .await
        });
        let error = listed.err().map(|error| error.to_string()).unwrap();
        assert!(!error.contains("aHVudGVyMg"), "{error}");
        assert_eq!(given, 0);
        let request = requests.recv().unwrap();
        assert!(request.contains("includeObject=Metadata"), "{request}");
        assert!(request.contains("helm.sh%2Frelease.v1"), "{request}");
    }
}

#[test]
fn metadata_is_asked_for_and_nothing_else_is_taken() {
    let (address, _) = serve(vec![("200 OK", page(&["a"], ""))]);
    let config_maps = Resource {
        plural: "configmaps",
        kind: "ConfigMap",
        form: Form::Metadata,
        ..PODS
    };
    let listed = with_cluster(&address, async |cluster| {
        cluster.list(&config_maps, None, &mut |_| {}).await
    });
    assert!(listed.is_err());
}
