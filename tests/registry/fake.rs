//! A server that answers with whatever a test wants, and remembers what it was
//! asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// An answer.
#[derive(Clone)]
pub enum Answer {
    /// These bytes, headers and all.
    Bytes(Vec<u8>),
    /// A body that never ends.
    Endless,
    /// A connection that ends in the middle.
    Broken,
    /// A head that never ends.
    EndlessHead,
}

pub struct Fake {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Fake {
    pub fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_with(move |_, request| answer(request))
    }

    /// `answer` gets the server's port, and each request.
    pub fn start_with(answer: impl Fn(u16, &str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (seen, answer) = (Arc::clone(&asked), Arc::new(answer));
        let count = Arc::clone(&connections);
        // Ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || serve(&stream, port, &seen, &*answer));
            }
        });
        Self {
            port,
            asked,
            connections,
        }
    }

    pub fn name(&self, rest: &str) -> String {
        format!("127.0.0.1:{}/{rest}", self.port)
    }

    /// How often anybody connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// All requests so far, with their bodies.
    pub fn requests(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    stream: &TcpStream,
    port: u16,
    seen: &Mutex<Vec<String>>,
    answer: &dyn Fn(u16, &str) -> Answer,
) {
    let mut first = [0];
    // A TLS handshake: this is none of that.
    if !matches!(stream.peek(&mut first), Ok(1)) || first[0] == 0x16 {
        return;
    }
    let mut head = String::new();
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match lines.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => head += &String::from_utf8_lossy(&line),
        }
        if line == b"\r\n" {
            break;
        }
    }
    if head.is_empty() {
        return;
    }
    let length = head
        .to_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if lines.read_exact(&mut body).is_err() {
        return;
    }
    head += &String::from_utf8_lossy(&body);
    seen.lock().unwrap().push(head.clone());
    let mut out = stream;
    match answer(port, &head) {
        Answer::Bytes(bytes) => drop(out.write_all(&bytes)),
        Answer::Broken => {
            drop(out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"));
        }
        Answer::EndlessHead => {
            drop(out.write_all(b"HTTP/1.1 200 OK\r\n"));
            while out.write_all(b"X-More: and more\r\n").is_ok() {}
        }
        Answer::Endless => {
            drop(out.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
            let part = [b' '; 64 * 1024];
            while out.write_all(&part).is_ok() {}
        }
    }
}

pub fn ok(body: &[u8]) -> Answer {
    let mut bytes = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Answer::Bytes(bytes)
}

pub fn status(code: u16) -> Answer {
    head(code, "")
}

pub fn redirect(place: &str) -> Answer {
    head(307, &format!("Location: {place}\r\n"))
}

pub fn challenge(text: &str) -> Answer {
    head(401, &format!("WWW-Authenticate: {text}\r\n"))
}

fn head(code: u16, headers: &str) -> Answer {
    let text =
        format!("HTTP/1.1 {code} X\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
    Answer::Bytes(text.into_bytes())
}
