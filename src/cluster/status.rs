//! From an error answer (a `Status` object) to a [`ClusterError`].

use crate::escape::is_deceptive;

use super::error::ClusterError;
use super::own_credentials::OwnCredentials;
use super::role::Denial;

/// What was asked, for the words of an error.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub verb: &'static str,
    /// Plural, as in RBAC.
    pub resource: &'static str,
    pub namespace: Option<&'a str>,
    pub name: Option<&'a str>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Status {
    kind: String,
    message: String,
    details: Option<Details>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Details {
    kind: String,
    causes: Option<Vec<Cause>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Cause {
    reason: String,
    message: String,
}

/// Translates an answer whose status is not 2xx.
pub(super) fn to_error(
    server: &str,
    code: u16,
    body: &[u8],
    question: &Question<'_>,
    credentials: &OwnCredentials,
) -> ClusterError {
    let server = server.to_owned();
    if (300..400).contains(&code) {
        return ClusterError::UnusableAnswer {
            server,
            reason: "it points to another address, which is not followed",
        };
    }
    let status = serde_json::from_slice::<Status>(body)
        .ok()
        .filter(|status| status.kind == "Status");
    let is_kubernetes = status.is_some();
    let status = status.unwrap_or_default();
    let details = status.details.unwrap_or_default();
    let name = question.name.unwrap_or_default().to_owned();
    match code {
        401 => ClusterError::Unauthorized { server },
        403 => {
            let denial = Denial {
                verb: question.verb.to_owned(),
                group: String::new(),
                resource: question.resource.to_owned(),
                namespace: question.namespace.map(str::to_owned),
                name: question.name.map(str::to_owned),
            };
            // Reads pass no admission, so whatever the words, it is a permission
            // that is missing.
            let only_reads = matches!(question.verb, "get" | "list");
            let denial = denial
                .clone()
                .corrected_by(&credentials.mask(&status.message))
                .or_else(|| only_reads.then_some(denial));
            match denial {
                Some(denial) => ClusterError::Forbidden {
                    verb: denial.verb,
                    group: denial.group,
                    resource: denial.resource,
                    namespace: denial.namespace,
                    name: denial.name,
                },
                None => ClusterError::Refused {
                    code,
                    reason: credentials.text(status.message),
                },
            }
        }
        404 if details.kind == "namespaces" => ClusterError::NamespaceMissing {
            namespace: question.namespace.unwrap_or_default().to_owned(),
        },
        404 if details.kind == question.resource => ClusterError::NotFound {
            resource: singular(question.resource),
            namespace: question.namespace.unwrap_or_default().to_owned(),
            name,
        },
        409 if is_kubernetes => ClusterError::Conflict {
            resource: singular(question.resource),
            name,
            managers: managers(details.causes.unwrap_or_default(), credentials),
            reason: credentials.text(status.message),
        },
        // A webhook's refusal has its own code, 400 when it names none.
        400 if status.message.starts_with("admission webhook ") => ClusterError::Refused {
            code,
            reason: credentials.text(status.message),
        },
        400 | 413 | 415 | 422 => ClusterError::Invalid {
            code,
            reason: credentials.text(status.message),
        },
        429 => ClusterError::TooManyRequests { server },
        404 => ClusterError::UnusableAnswer {
            server,
            reason: "it does not know Secrets (404); is this address a Kubernetes API server?",
        },
        _ => ClusterError::Server {
            server,
            code,
            reason: credentials.text(status.message),
        },
    }
}

/// What one object of a resource is called in messages.
fn singular(resource: &str) -> &'static str {
    match resource {
        "secrets" => "secret",
        "deployments" => "deployment",
        "statefulsets" => "statefulset",
        "daemonsets" => "daemonset",
        "cronjobs" => "cronjob",
        "pods" => "pod",
        _ => "object",
    }
}

/// More than this many causes of a conflict are not looked at.
const MOST_CAUSES: usize = 256;

/// The owners in `conflict with "kubectl" using v1`, each once, sorted.
fn managers(causes: Vec<Cause>, credentials: &OwnCredentials) -> Vec<String> {
    let mut names: Vec<String> = causes
        .iter()
        .filter(|cause| cause.reason == "FieldManagerConflict")
        .take(MOST_CAUSES)
        .filter_map(|cause| {
            let (name, _) = cause
                .message
                .strip_prefix("conflict with \"")?
                .split_once('"')?;
            Some(
                credentials
                    .mask(name)
                    .chars()
                    .filter(|character| !is_deceptive(*character))
                    .collect(),
            )
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(code: u16, body: &serde_json::Value) -> ClusterError {
        let question = Question {
            verb: "patch",
            resource: "secrets",
            namespace: Some("team-a"),
            name: Some("db"),
        };
        to_error(
            "https://s",
            code,
            body.to_string().as_bytes(),
            &question,
            &OwnCredentials::default(),
        )
    }

    fn status(message: &str, kind: &str) -> serde_json::Value {
        serde_json::json!({"kind": "Status", "message": message, "details": {"kind": kind}})
    }

    #[test]
    fn each_status_has_its_error() {
        use ClusterError as E;
        let none = serde_json::json!({});
        let cannot = "secrets \"db\" is forbidden: User \"e\" cannot create resource \"secrets\" \
                      in API group \"\" in the namespace \"team-a\"";
        assert!(matches!(translated(401, &none), E::Unauthorized { .. }));
        assert!(matches!(translated(403, &status(cannot, "secrets")),
            E::Forbidden { verb, .. } if verb == "create"));
        assert!(matches!(
            translated(403, &status("exceeded quota", "secrets")),
            E::Refused { .. }
        ));
        assert!(matches!(
            translated(404, &status("", "namespaces")),
            E::NamespaceMissing { .. }
        ));
        assert!(matches!(
            translated(404, &status("", "secrets")),
            E::NotFound { .. }
        ));
        assert!(matches!(translated(404, &none), E::UnusableAnswer { .. }));
        assert!(matches!(translated(302, &none), E::UnusableAnswer { .. }));
        assert!(matches!(
            translated(422, &status("", "")),
            E::Invalid { .. }
        ));
        assert!(matches!(
            translated(400, &status("admission webhook \"x\" denied", "")),
            E::Refused { .. }
        ));
        assert!(matches!(translated(429, &none), E::TooManyRequests { .. }));
        for code in [500, 503, 504, 418] {
            assert!(matches!(translated(code, &none), E::Server { .. }));
        }
    }

    #[test]
    fn conflicting_managers_are_named_once() {
        let body = serde_json::json!({"kind": "Status", "details": {"causes": [
            {"reason": "FieldManagerConflict", "message": "conflict with \"kubectl\" using v1", "field": ".data.a"},
            {"reason": "FieldManagerConflict", "message": "conflict with \"kubectl\" using v1", "field": ".data.b"},
            {"reason": "FieldManagerConflict", "message": "conflict with \"argo\u{1b}cd\" with subresource", "field": ".type"},
        ]}});
        let ClusterError::Conflict { managers, .. } = translated(409, &body) else {
            panic!("wrong kind");
        };
        assert_eq!(managers, ["argocd", "kubectl"]);
    }

    #[test]
    fn no_error_repeats_what_the_server_said() {
        for code in [301, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503] {
            for kind in ["secrets", "namespaces", ""] {
                let error = translated(code, &status("hunter2", kind));
                assert!(!format!("{error} {error:?}").contains("hunter2"), "{code}");
            }
        }
    }
}
