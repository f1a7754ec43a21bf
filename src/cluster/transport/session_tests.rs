//! Signing in again, against a server that takes one token after the other.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Method, header};

use super::super::{Outgoing, Transport};
use super::*;
use crate::cluster::retry::Effect;

/// Answers each request with the next of `statuses`; the `Authorization`
/// headers that arrived are sent to the receiver.
fn serve(statuses: &'static [&'static str]) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                request.push(byte[0]);
            }
            let text = String::from_utf8(request).unwrap().to_lowercase();
            let token = text
                .lines()
                .find_map(|line| line.strip_prefix("authorization: "));
            send.send(token.unwrap_or_default().to_owned()).unwrap();
            let answer =
                format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, receive)
}

/// What became of a run.
struct Run {
    /// The status of each request as the caller saw it; 0 for an error.
    seen: Vec<u16>,
    /// The tokens as the server saw them.
    tokens: Vec<String>,
    /// How often the plugin ran after the first time.
    renewals: usize,
}

/// Sends `requests` one after the other to a server that answers `statuses`;
/// each signing in gives another token, and fails where `renewal` says so.
fn run(
    statuses: &'static [&'static str],
    requests: &[Effect],
    renewal: fn(Config) -> Result<Config, ClusterError>,
) -> Run {
    let (address, tokens) = serve(statuses);
    let renewals = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&renewals);
    let with_token = move |number: usize| {
        let mut config = Config::new(address.parse().unwrap());
        let value = format!("bearer {number}").parse().unwrap();
        config.headers = vec![(header::AUTHORIZATION, value)];
        config
    };
    let first = with_token(0);
    let sign_in: SignIn =
        Arc::new(move || renewal(with_token(counter.fetch_add(1, Ordering::SeqCst) + 1)));
    let seen = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let transport = Transport::new(&first, Some(Duration::from_secs(5)))
                .unwrap()
                .signing_in_again_by(sign_in);
            let mut seen = Vec::new();
            for effect in requests {
                let answer = transport.send(&outgoing(*effect)).await;
                seen.push(answer.map_or(0, |answer| answer.status.as_u16()));
            }
            seen
        });
    Run {
        seen,
        tokens: tokens.try_iter().collect(),
        renewals: renewals.load(Ordering::SeqCst),
    }
}

fn outgoing(effect: Effect) -> Outgoing {
    Outgoing {
        method: match effect {
            Effect::Read => Method::GET,
            Effect::Write => Method::PATCH,
        },
        path: "/".to_owned(),
        accept: "application/json",
        content_type: None,
        body: bytes::Bytes::new(),
        effect,
        limit: 100,
    }
}

const OK: &str = "200 OK";
const EXPIRED: &str = "401 Unauthorized";
use Effect::{Read, Write};

#[test]
fn a_token_that_expires_is_renewed_once_and_the_request_sent_again() {
    for effect in [Read, Write] {
        let run = run(&[OK, EXPIRED, OK, OK], &[Read, effect, Read], Ok);
        assert_eq!(run.seen, [200, 200, 200]);
        assert_eq!(run.tokens, ["bearer 0", "bearer 0", "bearer 1", "bearer 1"]);
        assert_eq!(run.renewals, 1);
    }
}

#[test]
fn a_new_token_that_is_refused_too_ends_it() {
    let run = run(&[OK, EXPIRED, EXPIRED, EXPIRED], &[Read, Write, Read], Ok);
    assert_eq!(run.seen, [200, 401, 401]);
    assert_eq!(run.tokens, ["bearer 0", "bearer 0", "bearer 1", "bearer 1"]);
    assert_eq!(run.renewals, 1);
}

#[test]
fn who_was_never_let_in_is_not_asked_again() {
    let run = run(&[EXPIRED, EXPIRED], &[Read, Write], Ok);
    assert_eq!(run.seen, [401, 401]);
    assert_eq!(run.renewals, 0);
}

#[test]
fn a_long_run_outlives_more_than_one_token() {
    let run = run(&[OK, EXPIRED, OK, EXPIRED, OK], &[Read, Write, Write], Ok);
    assert_eq!(run.seen, [200, 200, 200]);
    assert_eq!(run.renewals, 2);
}

#[test]
fn a_plugin_that_fails_is_the_reason_given_and_is_not_run_again() {
    let failing = |_| Err(ClusterError::configuration("the plugin failed", "Look."));
    let run = run(&[OK, EXPIRED, EXPIRED], &[Read, Write, Write], failing);
    assert_eq!(run.seen, [200, 0, 401]);
    assert_eq!(run.renewals, 1);
}

#[test]
fn requests_refused_at_the_same_time_share_one_renewal() {
    let (address, _tokens) = serve(&[OK]);
    let config = Config::new(address.parse().unwrap());
    let renewals = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&renewals);
    let again = config.clone();
    let mut session = Session::new(&config, Duration::from_secs(1), &Arc::default()).unwrap();
    session.sign_in_by(Arc::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(again.clone())
    }));
    let numbers = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(async {
            let pass = session.pass().await;
            session.worked(&pass).await;
            let both =
                futures_util::future::join(session.newer_than(&pass), session.newer_than(&pass));
            let (one, other) = both.await;
            [one, other].map(|pass| pass.unwrap().unwrap().number)
        });
    assert_eq!(numbers, [1, 1]);
    assert_eq!(renewals.load(Ordering::SeqCst), 1);
}
