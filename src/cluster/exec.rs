//! Running a program in a container for its exit code, and for nothing else:
//! its input is closed, its standard output is not asked for, and what it says
//! on standard error is thrown away.

use std::time::Duration;

use super::client::Cluster;
use super::error::ClusterError;
use super::request::encoded;
use super::status::Question;
use super::transport::Switched;

/// How an exec ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The program ended with this code.
    Code(i32),
    /// It did not run: for example, the image has no such program.
    NotRun,
}

/// The protocol: the first byte of a message is its channel, and the last
/// message is a `Status` on channel 3 (k8s.io/apimachinery
/// `pkg/util/remotecommand`).
const PROTOCOL: &str = "v4.channel.k8s.io";
const STATUS_CHANNEL: u8 = 3;
/// A program that is asked for a yes or no takes no longer.
const LIMIT: Duration = Duration::from_secs(30);

impl Cluster {
    /// Runs `command` in a container of a pod and returns how it ended.
    ///
    /// # Errors
    /// The cluster could not be asked, or said no.
    pub async fn exec(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        command: &[&str],
    ) -> Result<Exit, ClusterError> {
        tokio::time::timeout(
            LIMIT,
            self.exec_for_ever(namespace, pod, container, command),
        )
        .await
        .unwrap_or_else(|_| {
            Err(ClusterError::Timeout {
                server: self.server().to_owned(),
                after: LIMIT,
            })
        })
    }

    async fn exec_for_ever(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        command: &[&str],
    ) -> Result<Exit, ClusterError> {
        // One stream has to be asked for; this one tells the least.
        let mut path = format!(
            "/api/v1/namespaces/{}/pods/{}/exec?container={}&stderr=true",
            encoded(namespace),
            encoded(pod),
            encoded(container)
        );
        for word in command {
            path += &format!("&command={}", encoded(word));
        }
        let mut connection = match self.transport.switch(&path, PROTOCOL).await? {
            Switched::Connection(connection) => connection,
            Switched::Refused(answer) => {
                let question = Question {
                    verb: "create",
                    resource: "pods/exec",
                    namespace: Some(namespace),
                    name: Some(pod),
                };
                return match self.accepted(answer, &question) {
                    Ok(_) => Err(self.transport.unusable("it is not a WebSocket")),
                    Err(error) => Err(error),
                };
            }
        };
        while let Some(message) = connection.message().await? {
            if let Some((&STATUS_CHANNEL, status)) = message.split_first() {
                return exit(status).ok_or_else(|| self.transport.unusable("it is not a status"));
            }
        }
        Err(self.transport.unusable("it has no status"))
    }
}

/// What a `Status` says of the program; its words are not kept.
fn exit(status: &[u8]) -> Option<Exit> {
    let status: serde_json::Value = serde_json::from_slice(status).ok()?;
    if status["status"] == "Success" {
        return Some(Exit::Code(0));
    }
    if status["status"] != "Failure" {
        return None;
    }
    let causes = status["details"]["causes"].as_array();
    let code = causes.into_iter().flatten().find_map(|cause| {
        (cause["reason"] == "ExitCode")
            .then(|| cause["message"].as_str()?.parse().ok())
            .flatten()
    });
    Some(match code {
        Some(code) if status["reason"] == "NonZeroExitCode" => Exit::Code(code),
        _ => Exit::NotRun,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_exit_code_is_one() {
        let failure = |reason: &str, code: &str| {
            format!(
                r#"{{"status":"Failure","reason":"{reason}","details":{{"causes":[{{"reason":"ExitCode","message":"{code}"}}]}}}}"#
            )
        };
        for (status, expected) in [
            (r#"{"status":"Success"}"#.to_owned(), Some(Exit::Code(0))),
            (failure("NonZeroExitCode", "1"), Some(Exit::Code(1))),
            (failure("NonZeroExitCode", "x"), Some(Exit::NotRun)),
            (failure("InternalError", "1"), Some(Exit::NotRun)),
            (r#"{"status":"Failure"}"#.to_owned(), Some(Exit::NotRun)),
            ("{}".to_owned(), None),
            ("exit 0".to_owned(), None),
        ] {
            assert_eq!(exit(status.as_bytes()), expected, "{status}");
        }
    }
}
