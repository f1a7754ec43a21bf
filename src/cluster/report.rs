//! A [`ClusterError`] in the user's words, with the next step.

use crate::command_line::{CommandLine, Hint};
use crate::error::{CommandError, ExitStatus};
use crate::secret::redactor::Redactor;

use super::error::ClusterError;
use super::role::Denial;

/// Most names offered in place of one that does not exist.
const MOST_NAMES: usize = 3;
/// How alike a name must be to be offered (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;

impl ClusterError {
    /// The error of a request that carried no value, so that the server had none
    /// to repeat.
    pub fn unmasked(self) -> CommandError {
        self.into_command_error(&Redactor::new([]), &[])
    }

    /// The error as a command reports it. `candidates` are the names that do
    /// exist, if they could be listed: Secrets for a missing Secret,
    /// namespaces for a missing namespace.
    pub fn into_command_error(self, redactor: &Redactor, candidates: &[String]) -> CommandError {
        let status = match &self {
            Self::Conflict { .. }
            | Self::Invalid { .. }
            | Self::Refused { .. }
            | Self::NamespaceMissing { .. } => ExitStatus::Usage,
            _ => ExitStatus::Unavailable,
        };
        let mut message = self.to_string();
        if let Self::Conflict { reason, .. }
        | Self::Invalid { reason, .. }
        | Self::Refused { reason, .. }
        | Self::Server { reason, .. } = &self
        {
            let reason = redactor.show(reason);
            if !reason.is_empty() {
                message = format!("{message}: {reason}");
            }
        }
        CommandError::new(status, message).hints(self.next_steps(candidates))
    }

    fn next_steps(self, candidates: &[String]) -> Vec<Hint> {
        let step: Hint = match self {
            Self::Configuration { advice, .. } => advice,
            Self::Unreachable { .. } => {
                Hint::from("Check that the cluster runs and that this is its address; `")
                    .command(CommandLine::kubectl("config view --minify"))
                    .words("` shows where the address comes from.")
            }
            Self::Tls { .. } => {
                "Check certificate-authority and tls-server-name of the kubeconfig's cluster; a \
                 fresh kubeconfig from your provider has the current ones."
                    .into()
            }
            Self::Unencrypted { .. } => {
                "Use the server's https:// address, in the kubeconfig or after --server.".into()
            }
            Self::Timeout { .. } => {
                "Try again, or allow more time with --request-timeout.".into()
            }
            Self::Interrupted { .. } => {
                "Try again; if it stays, look for a proxy or load balancer that closes connections."
                    .into()
            }
            Self::Unauthorized { .. } => {
                Hint::from("Sign in again, or choose other credentials with --context or --user; `")
                    .command(CommandLine::kubectl("auth whoami"))
                    .words("` shows who the server takes you for.")
            }
            Self::Forbidden {
                verb,
                group,
                resource,
                namespace,
                name,
            } => {
                let denial = Denial {
                    verb,
                    group,
                    resource,
                    namespace,
                    name,
                };
                let words = "Ask an administrator to bind this role to you; it allows only this:";
                let role = denial.smallest_role();
                // A command has a Role of its own, which is for a namespace.
                match denial.namespace {
                    Some(_) => Hint::from(words).role(role),
                    None => Hint::from(words).block(role),
                }
            }
            Self::Refused { .. } => {
                "A policy, a quota or a webhook of the cluster decided this: its text says what to \
                 change, or ask an administrator."
                    .into()
            }
            Self::NamespaceMissing { namespace } => near(&namespace, candidates).unwrap_or_else(
                || {
                    Hint::from("Check the name after -n, or create the namespace with `")
                        .command(CommandLine::kubectl("create namespace").name(&namespace))
                        .words("`.")
                },
            ),
            Self::NotFound { name, .. } => near(&name, candidates)
                .unwrap_or_else(|| "Check the name, and the namespace after -n.".into()),
            Self::Conflict { managers, .. } if managers.is_empty() => {
                "Someone changed it meanwhile: look at it again and repeat the command.".into()
            }
            Self::Conflict { managers, .. } => Hint::from(format!(
                "The values are managed by {}: make the change there, or it may be reverted.",
                managers.join(", ")
            )),
            Self::Invalid { .. } => "Correct what the server names; nothing was stored.".into(),
            Self::TooManyRequests { .. } => "Wait a moment and try again.".into(),
            Self::Server { .. } => {
                Hint::from("Look at the API server's health with `")
                    .command(CommandLine::kubectl("get --raw /readyz"))
                    .words("`, then try again.")
            }
            Self::UnusableAnswer { .. } => {
                "Check that the address is the API server's own, not a login page or another service."
                    .into()
            }
        };
        vec![step]
    }
}

fn near(name: &str, candidates: &[String]) -> Option<Hint> {
    let mut ranked: Vec<_> = candidates
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let names: Vec<_> = ranked
        .into_iter()
        .take(MOST_NAMES)
        .map(|(_, candidate)| format!("{candidate:?}"))
        .collect();
    (!names.is_empty()).then(|| format!("Did you mean {}?", names.join(" or ")).into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::secret::redactor::ServerText;

    fn reported(error: ClusterError, candidates: &[&str]) -> CommandError {
        let candidates: Vec<_> = candidates.iter().map(|name| (*name).to_owned()).collect();
        error.into_command_error(&Redactor::new([]), &candidates)
    }

    #[test]
    fn a_missing_name_is_answered_with_near_ones() {
        let missing = || ClusterError::NotFound {
            resource: "secret",
            namespace: "a".to_owned(),
            name: "db-credential".to_owned(),
        };
        let error = reported(missing(), &["zebra", "db-creds", "db-credentials"]);
        assert_eq!(
            error.next_steps()[0].to_string(),
            "Did you mean \"db-credentials\" or \"db-creds\"?"
        );
        assert_eq!(error.status(), ExitStatus::Unavailable);
        assert!(
            reported(missing(), &["zebra"]).next_steps()[0]
                .to_string()
                .starts_with("Check the name")
        );
    }

    #[test]
    fn a_denial_names_the_question_and_prints_the_role() {
        let error = reported(
            ClusterError::Forbidden {
                verb: "get".to_owned(),
                group: String::new(),
                resource: "secrets".to_owned(),
                namespace: Some("team-a".to_owned()),
                name: Some("db".to_owned()),
            },
            &[],
        );
        assert_eq!(
            error.message(),
            "not allowed to get secrets \"db\" in namespace \"team-a\" (403 Forbidden)"
        );
        assert!(error.next_steps()[0].to_string().contains("kind: Role\n"));
    }

    #[test]
    fn what_the_server_said_is_shown_for_refusals() {
        let error = reported(
            ClusterError::Invalid {
                code: 422,
                reason: ServerText::new("data[x]: Too long".to_owned(), Arc::default()),
            },
            &[],
        );
        assert!(error.message().ends_with("(422): data[x]: Too long"));
        assert_eq!(error.status(), ExitStatus::Usage);
    }
}
