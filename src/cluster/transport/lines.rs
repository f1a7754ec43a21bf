//! An answer without an end, which comes line by line.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use zeroize::{Zeroize as _, Zeroizing};

use super::Transport;
use super::stack::Body;
use crate::cluster::error::ClusterError;
use crate::cluster::request_log::Attempt;

/// What became of the wish for such an answer.
pub(in crate::cluster) enum Opened {
    Lines(Lines),
    /// Another status.
    Refused,
}

/// The lines of an answer, as they come.
pub(in crate::cluster) struct Lines {
    body: Body,
    /// What has come of the next ones.
    buffer: Zeroizing<Vec<u8>>,
}

impl Lines {
    /// The next line; `None` at the end, when the connection breaks, and when a line
    /// has more than `limit` bytes. What has come is kept when this is given up.
    pub async fn next(&mut self, limit: usize) -> Option<Zeroizing<Vec<u8>>> {
        let mut searched = 0;
        loop {
            let end = self.buffer[searched..]
                .iter()
                .position(|byte| *byte == b'\n');
            if let Some(end) = end.map(|end| searched + end) {
                let line = Zeroizing::new(self.buffer[..end].to_vec());
                let rest = self.buffer.len() - end - 1;
                self.buffer.copy_within(end + 1.., 0);
                self.buffer[rest..].zeroize();
                self.buffer.truncate(rest);
                return Some(line);
            }
            searched = self.buffer.len();
            if searched > limit {
                return None;
            }
            let frame = self.body.frame().await?.ok()?;
            if let Ok(data) = frame.into_data() {
                let mut larger = Zeroizing::new(Vec::with_capacity(searched + data.len()));
                larger.extend_from_slice(&self.buffer);
                larger.extend_from_slice(&data);
                self.buffer = larger;
            }
        }
    }
}

impl Transport {
    /// Asks once for an answer that comes line by line; only its head has a deadline.
    ///
    /// # Errors
    /// No answer.
    pub async fn open(&self, path: &str) -> Result<Opened, ClusterError> {
        const HEAD: Duration = Duration::from_secs(10);
        let request = Request::get(path)
            .header(header::ACCEPT, "application/json")
            .body(Full::new(Bytes::new()))
            .map_err(|_| self.unusable("the request cannot be expressed as an address"))?;
        let pass = self.session.pass().await;
        let log = Attempt::begins(request.method(), path);
        let head = HEAD.min(self.deadline.unwrap_or(HEAD));
        let answer = tokio::time::timeout(head, self.answer(request, &pass.stack)).await;
        let answer = answer.unwrap_or_else(|_| {
            Err(ClusterError::Timeout {
                server: self.server.clone(),
                after: head,
            })
        });
        log.ends(answer.as_ref().map(http::Response::status), None);
        let answer = answer?;
        self.warnings.collect(answer.headers());
        if answer.status() != StatusCode::OK {
            return Ok(Opened::Refused);
        }
        Ok(Opened::Lines(Lines {
            body: answer.into_body(),
            buffer: Zeroizing::default(),
        }))
    }
}
