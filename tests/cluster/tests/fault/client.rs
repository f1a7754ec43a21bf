//! A client that hides nothing: blocking TLS, one connection, the answer as the
//! bytes that came and the way in which they ended.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use testcluster::fault::FaultServer;

/// How an answer came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By its own length; the connection can be used again.
    Whole,
    /// Closed by the closing message of TLS.
    Closed,
    /// TCP ended without it.
    Truncated,
    /// Reset.
    Reset,
    /// The client lost patience or had enough.
    StillOpen,
}

pub struct Answer {
    pub bytes: Vec<u8>,
    pub code: u16,
    pub head: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub ended: Ended,
}

impl Answer {
    fn new(bytes: Vec<u8>, ended: Ended) -> Answer {
        let split = bytes
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .map(|start| start + 4);
        let text = String::from_utf8_lossy(&bytes[..split.unwrap_or(0)]).into_owned();
        let code = text
            .split(' ')
            .nth(1)
            .map_or(0, |code| code.parse().unwrap());
        let lines = text
            .split("\r\n")
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        let head = lines
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let body = split
            .map(|split| bytes[split..].to_vec())
            .unwrap_or_default();
        Answer {
            bytes,
            code,
            head,
            body,
            ended,
        }
    }

    pub fn headers(&self, name: &str) -> Vec<&str> {
        let named = self.head.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn is_whole(&self) -> bool {
        let length = self
            .header("content-length")
            .and_then(|length| length.parse().ok());
        length == Some(self.body.len())
    }
}

pub struct Client {
    stream: StreamOwned<ClientConnection, TcpStream>,
    pub token: String,
    /// How long to wait for a byte.
    pub patience: Duration,
    /// How many bytes of an answer are enough.
    pub limit: usize,
}

impl Client {
    pub fn new(server: &FaultServer) -> Client {
        let kubeconfig = std::fs::read_to_string(server.kubeconfig()).unwrap();
        let ca = kubeconfig
            .split("certificate-authority-data: ")
            .nth(1)
            .unwrap();
        let ca = BASE64_STANDARD.decode(ca.lines().next().unwrap()).unwrap();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(&ca).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let tls = ClientConnection::new(Arc::new(config), name).unwrap();
        let address = server.url().strip_prefix("https://").unwrap();
        let tcp = TcpStream::connect(address).unwrap();
        Client {
            stream: StreamOwned::new(tls, tcp),
            token: server.token().to_owned(),
            patience: Duration::from_secs(5),
            limit: usize::MAX,
        }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "Accept: application/json\r\n", b"")
    }

    pub fn apply(&mut self, path: &str, config: &Value) -> Answer {
        let headers = "Content-Type: application/apply-patch+yaml\r\n";
        self.send("PATCH", path, headers, config.to_string().as_bytes())
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: fault\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\n{headers}\r\n",
            self.token,
            body.len()
        );
        self.stream
            .sock
            .set_read_timeout(Some(self.patience))
            .unwrap();
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        // A reset may already strike while the request is on its way.
        match self
            .stream
            .write_all(&request)
            .and_then(|()| self.stream.flush())
        {
            Ok(()) => self.read_answer(),
            Err(error) => Answer::new(Vec::new(), how_it_ended(&error)),
        }
    }

    fn read_answer(&mut self) -> Answer {
        let mut bytes = Vec::new();
        let mut part = vec![0; 64 * 1024];
        loop {
            let ended = match self.stream.read(&mut part) {
                Ok(0) => Ended::Closed,
                Ok(length) => {
                    bytes.extend_from_slice(&part[..length]);
                    if bytes.len() >= self.limit {
                        return Answer::new(bytes, Ended::StillOpen);
                    }
                    let answer = Answer::new(bytes, Ended::Whole);
                    if answer.is_whole() {
                        return answer;
                    }
                    bytes = answer.bytes;
                    continue;
                }
                Err(error) => how_it_ended(&error),
            };
            return Answer::new(bytes, ended);
        }
    }
}

fn how_it_ended(error: &std::io::Error) -> Ended {
    match error.kind() {
        ErrorKind::UnexpectedEof => Ended::Truncated,
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Ended::StillOpen,
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Ended::Reset,
        other => panic!("the connection failed with {other}"),
    }
}
