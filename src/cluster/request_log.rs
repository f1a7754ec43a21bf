//! What `-v` tells of a request: method, path, how it ended, how long it took,
//! and whether it is sent again. No header, no body, and of a query the
//! selectors only.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};

use super::error::ClusterError;
use crate::escape::escape_controls;

/// An attempt that is under way.
pub(super) struct Attempt {
    what: String,
    start: Instant,
}

impl Attempt {
    /// It is sent now.
    pub fn begins(method: &Method, path: &str) -> Self {
        Self {
            what: format!("{method} {}", escape_controls(&shown(path))),
            start: Instant::now(),
        }
    }

    /// It has ended; `pause` is the time until it is made again.
    pub fn ends(&self, how: Result<StatusCode, &ClusterError>, pause: Option<Duration>) {
        let how = match how {
            Ok(status) => status.as_u16().to_string(),
            Err(error) => failure(error).to_owned(),
        };
        let again = pause.map_or_else(String::new, |pause| {
            format!(", again in {} ms", pause.as_millis())
        });
        let taken = self.start.elapsed().as_millis();
        tracing::info!("request: {}: {how} in {taken} ms{again}", self.what);
    }
}

/// In words that no server chose.
fn failure(error: &ClusterError) -> &str {
    match error {
        ClusterError::Unreachable { reason, .. } | ClusterError::UnusableAnswer { reason, .. } => {
            reason
        }
        ClusterError::Tls { reason, .. } => reason,
        ClusterError::Timeout { .. } => "no complete answer in time",
        ClusterError::Interrupted { .. } => "the connection ended early",
        _ => "not sent",
    }
}

/// A path with its query, of which only selectors have their values.
fn shown(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let query: Vec<_> = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if !name.ends_with("Selector") => format!("{name}=…"),
            _ => parameter.to_owned(),
        })
        .collect();
    format!("{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_query_the_selectors_are_shown() {
        for (path, expected) in [
            ("/version", "/version"),
            (
                "/api/v1/pods?limit=500&continue=abc&fieldSelector=type%21%3Dx&labelSelector=a",
                "/api/v1/pods?limit=…&continue=…&fieldSelector=type%21%3Dx&labelSelector=a",
            ),
            ("/x?command=cat&dry", "/x?command=…&dry"),
        ] {
            assert_eq!(shown(path), expected);
        }
    }
}
