//! Requests as they came.

use http::Method;

/// A request that reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The path with the query.
    pub path: String,
    /// The headers in order; the names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; empty when it was not read.
    pub body: Vec<u8>,
    /// The status in the answer, or nothing if not one byte of an answer was
    /// sent (yet).
    pub status: Option<u16>,
    /// How many bytes of an answer were sent.
    pub answered: usize,
    /// Whether the server has done what it asks for.
    pub carried_out: bool,
    /// Whether it waits for an answer that never comes ([`Fault::Stall`]).
    ///
    /// [`Fault::Stall`]: super::Fault::Stall
    pub stalled: bool,
    /// The number of the connection it came on, from 1.
    pub connection: usize,
}

impl Recorded {
    /// Reads the head of a request, or nothing if it is no HTTP.
    pub(super) fn parse(head: &[u8], connection: usize) -> Option<Recorded> {
        let head = std::str::from_utf8(head).ok()?;
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let method = words.next()?.parse().ok()?;
        let path = words.next()?.to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Recorded {
            method,
            path,
            headers,
            body: Vec::new(),
            status: None,
            answered: 0,
            carried_out: false,
            stalled: false,
            connection,
        })
    }

    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The decoded value of a query parameter.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(known, _)| *known == name)
            .map(|(_, value)| percent_decode(value))
    }
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
