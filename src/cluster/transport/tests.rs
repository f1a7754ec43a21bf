//! The transport against a server on loopback that answers what it is told.

use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Stands for no answer at all.
const SILENCE: &[u8] = b"SILENCE";

/// Answers one connection after the other with the next of `answers`, the last
/// one for ever; counts the requests. An empty answer closes the connection.
fn serve(answers: Vec<Vec<u8>>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream
                .set_read_timeout(Some(Duration::from_millis(300)))
                .unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                request.push(byte[0]);
            }
            let number = counter.fetch_add(1, Ordering::SeqCst);
            let answer = answers.get(number).or(answers.last()).unwrap();
            if answer == SILENCE {
                std::thread::sleep(Duration::from_secs(4));
            } else {
                let _ = stream.write_all(answer);
            }
        }
    });
    (address, count)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn send_to(address: &str, effect: Effect, limit: usize) -> Result<Incoming, ClusterError> {
    let config = Config::new(address.parse().unwrap());
    block_on(async {
        Transport::new(&config, Some(Duration::from_secs(2)))?
            .send(&Outgoing {
                method: Method::GET,
                path: "/api/v1/namespaces/a/secrets/b".to_owned(),
                accept: "application/json",
                content_type: None,
                body: Bytes::new(),
                effect,
                limit,
            })
            .await
    })
}

fn result(answers: Vec<Vec<u8>>, effect: Effect) -> (Result<Incoming, ClusterError>, usize) {
    let (address, count) = serve(answers);
    let result = send_to(&address, effect, 1000);
    (result, count.load(Ordering::SeqCst))
}

#[test]
fn an_answer_up_to_the_limit_is_taken_whole() {
    let (result, count) = result(vec![answer("200 OK", "", &[7; 1000])], Effect::Read);
    assert_eq!(result.map(|answer| answer.body).unwrap(), [7; 1000]);
    assert_eq!(count, 1);
}

/// Shows I12.
#[test]
fn larger_answers_end_at_the_limit_also_when_compressed_or_endless() {
    // 10 KiB of zeros in gzip.
    let bomb: Vec<u8> = [
        &[31u8, 139, 8, 0, 0, 0, 0, 0, 0, 255][..],
        &GZIP_TEN_KIB_OF_ZEROS[..],
    ]
    .concat();
    let endless = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400\r\n".to_vec();
    let endless = [endless, vec![b'x'; 1024], b"\r\n".to_vec()].concat();
    for bytes in [
        answer("200 OK", "", &[7; 1001]),
        answer("200 OK", "content-encoding: gzip\r\n", &bomb),
        endless,
    ] {
        let (result, count) = result(vec![bytes], Effect::Read);
        assert!(matches!(
            result,
            Err(ClusterError::UnusableAnswer { reason, .. }) if reason.contains("larger")
        ));
        assert_eq!(count, 1);
    }
}

/// Deflate of 10240 zero bytes, with the gzip trailer.
const GZIP_TEN_KIB_OF_ZEROS: [u8; 35] = [
    237, 193, 1, 13, 0, 0, 0, 194, 160, 247, 79, 109, 14, 55, 160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128,
    55, 3, 154, 222, 29, 39, 0, 40, 0, 0,
];

#[test]
fn a_cut_answer_is_read_again_but_a_cut_write_is_not_sent_again() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf".to_vec();
    for cut in [cut, Vec::new()] {
        let good = answer("200 OK", "", b"whole");
        let (read, count) = result(vec![cut.clone(), good.clone()], Effect::Read);
        assert_eq!(read.map(|answer| answer.body).unwrap(), b"whole");
        assert_eq!(count, 2);
        let (write, count) = result(vec![cut, good], Effect::Write);
        let error = write.map(|_| ()).unwrap_err();
        assert!(matches!(error, ClusterError::Interrupted { .. }), "{error}");
        assert_eq!(error.outcome(), crate::cluster::WriteOutcome::Unknown);
        assert_eq!(count, 1);
    }
}

#[test]
fn a_write_is_sent_once_for_any_5xx_and_again_for_429() {
    let good = || answer("201 Created", "", b"{}");
    for status in ["500 x", "502 x", "503 x", "504 x"] {
        let bad = answer(status, "retry-after: 0\r\n", b"hunter2");
        let (result, count) = result(vec![bad, good()], Effect::Write);
        assert!(result.unwrap().status.is_server_error());
        assert_eq!(count, 1, "{status}");
    }
    let busy = answer("429 x", "retry-after: 0\r\n", b"");
    let (result, count) = result(vec![busy, good()], Effect::Write);
    assert_eq!(result.unwrap().status, StatusCode::CREATED);
    assert_eq!(count, 2);
}

/// Shows I13. Seen to fail with waits that are longer than the deadline.
#[test]
fn an_absurd_retry_after_neither_panics_nor_waits() {
    for value in ["18446744073709551615", "1000000000", "-1", "junk", "0"] {
        let start = Instant::now();
        let busy = answer("429 x", &format!("retry-after: {value}\r\n"), b"");
        let (result, _) = result(vec![busy], Effect::Read);
        assert_eq!(result.unwrap().status, StatusCode::TOO_MANY_REQUESTS);
        assert!(start.elapsed() < Duration::from_secs(2), "{value}");
    }
}

#[test]
fn silence_ends_at_the_deadline_with_an_unknown_outcome() {
    let start = Instant::now();
    let (result, count) = result(vec![SILENCE.to_vec()], Effect::Write);
    let error = result.map(|_| ()).unwrap_err();
    assert!(matches!(error, ClusterError::Timeout { .. }), "{error}");
    assert_eq!(error.outcome(), crate::cluster::WriteOutcome::Unknown);
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(count, 1);
}

/// Shows I12.
#[test]
fn a_redirect_is_not_followed() {
    let (other, visits) = serve(vec![answer("200 OK", "", b"")]);
    let moved = answer("302 Found", &format!("location: {other}/x\r\n"), b"");
    let (result, _) = result(vec![moved], Effect::Read);
    assert_eq!(result.unwrap().status, StatusCode::FOUND);
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[test]
fn nobody_listening_is_said_and_certainly_not_applied() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = send_to(&format!("http://{free}"), Effect::Write, 10)
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot reach the API server at http://{free}: connection refused")
    );
    assert_eq!(error.outcome(), crate::cluster::WriteOutcome::NotApplied);
}

#[test]
fn a_plain_server_behind_https_is_named_as_such() {
    let (address, _) = serve(vec![answer("400 Bad Request", "", b"")]);
    let error = send_to(&address.replace("http:", "https:"), Effect::Read, 10)
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(
        error,
        ClusterError::Tls { reason, .. } if reason.contains("does not speak TLS")
    ));
}

#[test]
fn a_server_that_never_shakes_hands_was_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let error = send_to(&address, Effect::Write, 10)
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(
        error,
        ClusterError::Unreachable {
            reason: TOO_SLOW,
            ..
        }
    ));
}

/// What a server needs that signs its certificate itself; and the certificate.
pub(in crate::cluster) fn server_config(
    parameters: &rcgen::CertificateParams,
) -> (rustls::ServerConfig, Vec<u8>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            rustls_pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    (config, certificate.der().to_vec())
}

/// A TLS server with the given certificate; the number of bytes it got to read
/// in plaintext is sent when the connection ends.
fn serve_tls(
    name: &str,
    days: std::ops::Range<i64>,
) -> (u16, Vec<u8>, std::sync::mpsc::Receiver<usize>) {
    let mut parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    let year = |days: i64| rcgen::date_time_ymd(2026 + (days / 365) as i32, 1, 1);
    (parameters.not_before, parameters.not_after) = (year(days.start), year(days.end));
    let (config, der) = server_config(&parameters);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream
                .set_read_timeout(Some(Duration::from_millis(300)))
                .unwrap();
            let mut session = rustls::ServerConnection::new(Arc::new(config.clone())).unwrap();
            let mut tls = rustls::Stream::new(&mut session, &mut stream);
            let read = tls.read(&mut [0; 4096]).unwrap_or(0);
            if read > 0 {
                let _ = tls.write_all(&answer("200 OK", "", b"{}"));
            }
            let _ = send.send(read);
        }
    });
    (port, der, receive)
}

/// Shows N12.
#[test]
fn a_certificate_that_does_not_fit_ends_it_before_anything_is_sent() {
    let send = |port: u16, authority: Option<Vec<u8>>| {
        let mut config = Config::new(format!("https://127.0.0.1:{port}").parse().unwrap());
        config.root_cert = authority.map(|der| vec![der]);
        config.headers = vec![(header::AUTHORIZATION, "Bearer t".parse().unwrap())];
        let outgoing = Outgoing {
            method: Method::GET,
            path: "/".to_owned(),
            accept: "application/json",
            content_type: None,
            body: Bytes::new(),
            effect: Effect::Read,
            limit: 10,
        };
        block_on(async {
            Transport::new(&config, Some(Duration::from_secs(5)))?
                .send(&outgoing)
                .await
        })
    };
    let valid = -2 * 365..20 * 365;
    let (port, der, read) = serve_tls("127.0.0.1", valid.clone());
    assert_eq!(send(port, Some(der)).unwrap().status, StatusCode::OK);
    assert!(
        read.recv().unwrap() > 0,
        "the control must reach the server"
    );

    let (port, der, read) = serve_tls("elsewhere.example.org", valid.clone());
    let other_name = send(port, Some(der));
    assert_eq!(read.recv().unwrap(), 0);
    let (port, der, read) = serve_tls("127.0.0.1", -3 * 365..-2 * 365);
    let expired = send(port, Some(der));
    assert_eq!(read.recv().unwrap(), 0);
    let (port, _, read) = serve_tls("127.0.0.1", valid.clone());
    let (_, stranger, _) = serve_tls("127.0.0.1", valid);
    let unknown = send(port, Some(stranger));
    assert_eq!(read.recv().unwrap(), 0);
    for (result, expected) in [
        (other_name, "for another name"),
        (expired, "has expired"),
        (unknown, "certificate"),
    ] {
        let error = result.map(|_| ()).unwrap_err();
        assert!(
            matches!(&error, ClusterError::Tls { reason, .. } if reason.contains(expected)),
            "{error}"
        );
    }
}

thread_local! {
    static LOG: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// What this thread logs.
struct OwnLog;

impl std::io::Write for OwnLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Shows L2.
#[test]
fn no_log_at_any_level_has_the_token_or_a_body() {
    // For all threads: a subscriber of one of them does not see what another has
    // first met without any.
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(|| OwnLog)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let answers = vec![
        answer("503 x", "retry-after: 0\r\n", b"hunter2"),
        answer(
            "200 OK",
            "warning: 299 - \"x\"\r\n",
            b"{\"data\":{\"k\":\"hunter2\"}}",
        ),
    ];
    let (address, count) = serve(answers);
    let mut config = Config::new(address.parse().unwrap());
    config.headers = vec![(header::AUTHORIZATION, "Bearer hunter2".parse().unwrap())];
    tracing::error!("the log works");
    block_on(async {
        let transport = Transport::new(&config, Some(Duration::from_secs(5))).unwrap();
        let outgoing = Outgoing {
            method: Method::GET,
            path: "/".to_owned(),
            accept: "application/json",
            content_type: None,
            body: Bytes::from_static(b"hunter2"),
            effect: Effect::Read,
            limit: 100,
        };
        transport.send(&outgoing).await.map(|_| ()).unwrap();
    });
    assert_eq!(count.load(Ordering::SeqCst), 2);
    let log = String::from_utf8(LOG.take()).unwrap();
    assert!(log.contains("the log works"));
    assert!(log.contains("request: GET /: 503 in "), "{log}");
    assert!(log.contains(" ms, again in 100 ms\n"), "{log}");
    assert!(log.contains("request: GET /: 200 in "), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}

#[test]
fn a_proxy_gets_the_clusters_address_and_its_own_credentials_only() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).unwrap();
        request.truncate(length);
        stream.write_all(b"HTTP/1.1 407 x\r\n\r\n").unwrap();
        String::from_utf8(request).unwrap()
    });
    let mut config = Config::new("https://api.example.org:6443".parse().unwrap());
    config.proxy_url = Some(format!("http://u:p@127.0.0.1:{port}").parse().unwrap());
    config.headers = vec![(header::AUTHORIZATION, "Bearer hunter2".parse().unwrap())];
    let outgoing = Outgoing {
        method: Method::GET,
        path: "/".to_owned(),
        accept: "application/json",
        content_type: None,
        body: Bytes::new(),
        effect: Effect::Write,
        limit: 100,
    };
    let error = block_on(async {
        let transport = Transport::new(&config, Some(Duration::from_millis(800))).unwrap();
        transport.send(&outgoing).await.map(|_| ()).unwrap_err()
    });
    assert_eq!(
        error.outcome(),
        crate::cluster::WriteOutcome::NotApplied,
        "{error}"
    );
    let request = seen.join().unwrap();
    assert!(
        request.starts_with("CONNECT api.example.org:6443 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request
            .to_lowercase()
            .contains("proxy-authorization: basic dtpw"),
        "{request}"
    );
    assert!(!request.contains("hunter2"), "{request}");
}

#[test]
fn interim_answers_without_end_are_no_answer() {
    let interim = |count: usize| b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(count);
    let after = |count: usize| [interim(count), answer("200 OK", "", b"whole")].concat();
    for count in [1, MOST_INTERIM] {
        let (result, _) = result(vec![after(count)], Effect::Read);
        assert_eq!(result.map(|answer| answer.body).unwrap(), b"whole");
    }
    // The server goes on for as long as somebody listens; the deadline is not
    // what ends it.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 16]).unwrap();
        while stream.write_all(&interim(100)).is_ok() {}
    });
    let config = Config::new(address.parse().unwrap());
    let error = block_on(async {
        let transport = Transport::new(&config, Some(Duration::from_secs(60)))?;
        let read = crate::cluster::request::read("/x".to_owned(), "application/json", 1000);
        transport.send(&read).await
    });
    let error = error.map(|_| ()).unwrap_err().to_string();
    assert!(error.ends_with("it does not come to its end"), "{error}");
    server.join().unwrap();
}
