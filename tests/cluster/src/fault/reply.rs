//! Answers: made by a test or by the API, changed by faults, and turned into
//! bytes.

use http::StatusCode;
use serde_json::{Value, json};

use super::script::{Fault, When};

/// A whole HTTP answer, true or scripted.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(super) code: StatusCode,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) when: When,
}

impl Reply {
    /// A `metav1.Status` failure as the API server sends it, before the commit.
    ///
    /// # Panics
    ///
    /// If `code` is no HTTP status.
    pub fn status(code: u16, reason: &str, message: &str) -> Reply {
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {},
            "status": "Failure", "message": message, "reason": reason, "code": code,
        });
        Reply::json(code, &body)
    }

    /// Any JSON value, before the commit.
    ///
    /// # Panics
    ///
    /// If `code` is no HTTP status.
    pub fn json(code: u16, body: &Value) -> Reply {
        Reply::raw(code, "application/json", body.to_string())
    }

    /// Any bytes, before the commit.
    ///
    /// # Panics
    ///
    /// If `code` is no HTTP status.
    pub fn raw(code: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply {
            code: StatusCode::from_u16(code).expect("a status code from 100 to 999"),
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
            when: When::BeforeCommit,
        }
    }

    /// A 307 to `url`; a client that follows it repeats method and body there.
    /// The server answers at `127.0.0.1` and at `localhost`, so the one is a
    /// foreign host to a client that was given the other.
    pub fn redirect(url: &str) -> Reply {
        Reply::raw(307, "text/plain", "").header("Location", url)
    }

    /// Adds a header. The value is sent as it is, control characters included.
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request is carried out first; then this answer is given all the same.
    pub fn after_commit(mut self) -> Reply {
        self.when = When::AfterCommit;
        self
    }

    /// What a list holds.
    pub(super) fn items(self) -> Option<Vec<Value>> {
        match serde_json::from_slice::<Value>(&self.body).ok()?["items"].take() {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Whether the script itself says how long the body is.
    pub(super) fn has_own_framing(&self) -> bool {
        let framing = |name: &str| {
            name.eq_ignore_ascii_case("content-length")
                || name.eq_ignore_ascii_case("transfer-encoding")
        };
        self.headers.iter().any(|(name, _)| framing(name))
    }

    pub(super) fn pass_through(&mut self, fault: &Fault) {
        match fault {
            Fault::WarningHeaders(values) => {
                let warnings = values
                    .iter()
                    .map(|value| ("Warning".to_owned(), value.clone()));
                self.headers.extend(warnings);
            }
            Fault::Mutate(mutation) => {
                if let Ok(mut body) = serde_json::from_slice::<Value>(&self.body) {
                    mutation.0(&mut body);
                    self.body = body.to_string().into_bytes();
                }
            }
            _ => {}
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let reason = self.code.canonical_reason().unwrap_or("Unknown");
        let mut text = format!("HTTP/1.1 {} {reason}\r\n", self.code.as_u16());
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.has_own_framing() {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
