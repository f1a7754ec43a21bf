//! Connecting, without a server; the real API server is asked in the
//! integration tests.

use super::*;
use crate::cluster::{Ownership, ServerDryRun, WriteOptions};
use crate::secret::SecretValue;
use crate::secret::redactor::Redactor;

fn connected(kubeconfig: &str) -> Result<Cluster, ClusterError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, kubeconfig.as_bytes()).unwrap();
    let flags = ConnectionFlags {
        kubeconfig: Some(file.path().to_owned()),
        ..ConnectionFlags::default()
    };
    let environment = Environment::for_tests(&[("KUBERC", "off")], "/nonexistent");
    on_runtime(Cluster::connect_in(&flags, environment))
}

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn kubeconfig(cluster: &str, user: &str) -> String {
    format!(
        "clusters: [{{name: c, cluster: {cluster}}}]\nusers: [{{name: u, user: {user}}}]\n\
         contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n"
    )
}

/// Shows I11.
#[test]
fn a_secret_is_not_written_to_another_machine_over_http() {
    let cluster = connected(&kubeconfig("{server: 'http://192.0.2.1:1'}", "{}")).unwrap();
    assert_eq!(cluster.take_warnings().len(), 1);
    let options = WriteOptions {
        field_manager: "t".to_owned(),
        ownership: Ownership::Respect,
        dry_run: ServerDryRun::No,
    };
    let body = SecretValue::from_bytes(b"{}".to_vec());
    let error = on_runtime(cluster.apply_secret("a", "b", body, &options))
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(error, ClusterError::Unencrypted { .. }), "{error}");
}

/// A server that writes down what it is sent, and answers 403.
fn listener() -> (std::net::SocketAddr, std::thread::JoinHandle<String>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let sent = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut sent = Vec::new();
        let mut part = [0; 1024];
        while !sent.ends_with(b"\r\n\r\n") {
            let length = stream.read(&mut part).unwrap();
            assert!(length > 0, "the connection ended early");
            sent.extend_from_slice(&part[..length]);
        }
        stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        String::from_utf8(sent).unwrap()
    });
    (address, sent)
}

#[test]
fn no_credentials_go_over_http() {
    for user in [
        "{token: hunter2}",
        "{username: u, password: hunter2}",
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/false, \
         interactiveMode: Never}}",
    ] {
        let (address, sent) = listener();
        let cluster = connected(&kubeconfig(
            &format!("{{server: 'http://{address}'}}"),
            user,
        ));
        let cluster = cluster.unwrap_or_else(|error| panic!("{user}: {error}"));
        let answer = on_runtime(cluster.minor_version());
        drop(answer);
        let sent = sent.join().unwrap().to_lowercase();
        assert!(sent.starts_with("get "), "{sent}");
        assert!(!sent.contains("authorization"), "{user}");
    }
    let (address, sent) = listener();
    let user = "{token: hunter2, as: bob, as-groups: [team]}";
    let cluster = connected(&kubeconfig(
        &format!("{{server: 'http://{address}'}}"),
        user,
    ));
    drop(on_runtime(cluster.unwrap().minor_version()));
    let sent = sent.join().unwrap().to_lowercase();
    assert!(sent.contains("impersonate-user: bob\r\n"), "{sent}");
    assert!(sent.contains("impersonate-group: team\r\n"), "{sent}");
}

/// Shows I11.
#[test]
fn an_unchecked_certificate_is_warned_about() {
    let skipping = "{server: 'https://192.0.2.1', insecure-skip-tls-verify: true}";
    let cluster = connected(&kubeconfig(skipping, "{}")).unwrap();
    assert_eq!(cluster.take_warnings().len(), 1);
    let checking = connected(&kubeconfig("{server: 'https://192.0.2.1'}", "{}")).unwrap();
    assert_eq!(checking.take_warnings().len(), 0);
}

#[test]
fn the_plugin_runs_once_also_when_it_gives_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("runs");
    let key = rcgen::generate_simple_self_signed(["client".to_owned()]).unwrap();
    let status = serde_json::json!({"status": {
        "clientCertificateData": key.cert.pem(),
        "clientKeyData": key.signing_key.serialize_pem(),
    }});
    let answer = folder.path().join("answer");
    std::io::Write::write_all(
        &mut std::fs::File::create_new(&answer).unwrap(),
        status.to_string().as_bytes(),
    )
    .unwrap();
    let script = format!("echo run >> {}; cat {}", log.display(), answer.display());
    let user = serde_json::json!({"exec": {"command": "sh", "args": ["-c", script]}});
    connected(&kubeconfig(
        "{server: 'https://192.0.2.1'}",
        &user.to_string(),
    ))
    .unwrap();
    assert_eq!(std::fs::read_to_string(log).unwrap(), "run\n");
}

/// Shows L5.
#[test]
fn addresses_and_certificates_that_cannot_be_used_are_refused_without_content() {
    for (cluster, user) in [
        ("{server: 'ftp://a'}", "{}"),
        ("{server: 'https://u:hunter2@a'}", "{}"),
        ("{server: 'https://a:hunter2'}", "{}"),
        (
            "{server: 'https://a', certificate-authority-data: hunter2}",
            "{}",
        ),
        (
            "{server: 'https://a'}",
            "{client-certificate-data: aHVudGVyMg==, client-key-data: aHVudGVyMg==}",
        ),
        (
            "{server: 'https://a', proxy-url: 'ftp://u:hunter2@b'}",
            "{}",
        ),
        ("{server: 'https://a'}", "{as: \"hunter2\\n\"}"),
    ] {
        let error = connected(&kubeconfig(cluster, user)).map(|_| ());
        let Err(ClusterError::Configuration { problem, advice }) = error else {
            panic!("{cluster} must be refused");
        };
        assert!(
            !format!("{problem}{advice}").contains("hunter2"),
            "{problem}"
        );
    }
}

/// A server that answers each request with `answer`, in which TOKEN is what
/// the request was authorized by; and how many were.
fn quoting(
    answer: fn(&str) -> (&'static str, String, String),
) -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    use std::io::{Read as _, Write as _};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let parameters = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let (config, _) = super::transport::tests::server_config(&parameters);
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let authorized = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&authorized);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::Stream::new(&mut session, &mut stream);
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                request.push(byte[0]);
            }
            let request = String::from_utf8(request).unwrap();
            let token = request
                .lines()
                .find_map(|line| line.strip_prefix("authorization: "))
                .unwrap_or_default();
            count.fetch_add(usize::from(!token.is_empty()), Ordering::SeqCst);
            let (status, headers, body) = answer(token);
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
                body.len()
            );
            stream.conn.send_close_notify();
            let _ = stream.conn.complete_io(stream.sock);
        }
    });
    (address, authorized)
}

fn status_with(message: &str) -> String {
    serde_json::json!({"kind": "Status", "message": message, "details": {"causes": [{
        "reason": "FieldManagerConflict", "message": format!("conflict with \"{message}\" using v1"),
    }]}})
    .to_string()
}

/// How an answer of the quoting server says it.
type Quote = fn(&str) -> (&'static str, String, String);

const QUOTES: &[Quote] = &[
    |shown| ("422 x", String::new(), status_with(&format!("no: {shown}"))),
    |shown| ("409 x", String::new(), status_with(shown)),
    |shown| ("403 x", String::new(), status_with(shown)),
    |shown| {
        let (_, token) = shown.split_once(' ').unwrap_or_default();
        let message = format!(
            "User \"x\" cannot {token} resource \"{token}\" in API group \"{token}\" at the cluster scope"
        );
        ("403 x", String::new(), status_with(&message))
    },
    |shown| {
        (
            "400 x",
            String::new(),
            status_with(&format!("admission webhook \"{shown}\"")),
        )
    },
    |shown| ("500 x", String::new(), status_with(shown)),
    |shown| {
        let headers = format!("warning: 299 - \"as {shown}\"\r\n");
        ("200 OK", headers, "{}".to_owned())
    },
];

#[test]
fn a_server_that_quotes_what_it_was_shown_is_masked() {
    use base64::Engine as _;
    let word = "abcdef.0123456789abcdef";
    let plugin = serde_json::json!({"command": "sh", "args": ["-c",
        format!("echo '{{\"status\":{{\"token\":\"{word}\"}}}}'")]});
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, word.as_bytes()).unwrap();
    for user in [
        serde_json::json!({"token": word}),
        serde_json::json!({"tokenFile": file.path()}),
        serde_json::json!({"exec": plugin}),
        serde_json::json!({"username": "me", "password": word}),
    ] {
        for quote in QUOTES {
            let (address, authorized) = quoting(*quote);
            let server = format!("{{server: '{address}', insecure-skip-tls-verify: true}}");
            let cluster = connected(&kubeconfig(&server, &user.to_string())).unwrap();
            let result = on_runtime(cluster.get_secret("team-a", "db"));
            assert!(authorized.load(std::sync::atomic::Ordering::SeqCst) > 0);
            let nothing = Redactor::default();
            let mut shown: Vec<_> = cluster
                .take_warnings()
                .iter()
                .map(|warning| nothing.show(warning))
                .collect();
            if let Err(error) = result {
                let told = error.into_command_error(&nothing, &[]);
                shown.push(told.message().to_owned());
                shown.extend(told.next_steps().iter().map(ToString::to_string));
            }
            assert!(!shown.is_empty());
            let shown = shown.join("\n");
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("me:{word}"));
            for part in [word, "0123456789abc", &pair, &pair[8..20]] {
                assert!(!shown.contains(part), "{user}: {shown}");
            }
        }
    }
}
