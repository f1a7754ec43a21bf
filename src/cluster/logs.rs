//! The last lines that a container wrote: they may quote anything, so they are a
//! server's text.

use crate::secret::redactor::ServerText;

use super::client::Cluster;
use super::error::ClusterError;
use super::request::{encoded, read};
use super::status::Question;

/// What is asked for, in bytes.
const MOST: usize = 8 * 1024;

/// Which run of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    Present,
    /// The one that has ended.
    Previous,
}

impl Cluster {
    /// The last lines of a container's log.
    ///
    /// # Errors
    /// As for reading.
    pub async fn last_lines(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        run: Run,
        lines: usize,
    ) -> Result<ServerText, ClusterError> {
        let previous = match run {
            Run::Present => "",
            Run::Previous => "&previous=true",
        };
        let path = format!(
            "/api/v1/namespaces/{}/pods/{}/log?container={}&tailLines={lines}&limitBytes={MOST}{previous}",
            encoded(namespace),
            encoded(pod),
            encoded(container)
        );
        let question = Question {
            verb: "get",
            resource: "pods/log",
            namespace: Some(namespace),
            name: Some(pod),
        };
        let answer = self.transport.send(&read(path, "*/*", 4 * MOST)).await?;
        let answer = self.accepted(answer, &question)?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        Ok(self.transport.warnings.credentials.text(text))
    }
}
