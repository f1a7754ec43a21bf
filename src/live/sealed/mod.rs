//! The controller of SealedSecrets: where it is, the certificate to seal with, and what
//! it encrypts again. Its private keys are never asked for.

pub mod adopt;
pub mod kept;

use std::time::Duration;

use crate::api::{SEALED_SECRETS, SEALED_SECRETS_SERVICES, SERVICES};
use crate::cluster::{Ask, Cluster, ClusterError, Service, ServiceError};
use crate::command_line::{CommandLine, Hint};
use crate::error::{CommandError, ExitStatus};
use crate::manifest::Node;
use crate::secret::redactor::Redactor;
use crate::words::listed;

/// Where the certificate is served (bitnami/sealed-secrets `pkg/controller/server.go`).
const CERTIFICATE: &str = "/v1/cert.pem";
/// Where a SealedSecret is encrypted again.
const ROTATE: &str = "/v1/rotate";
/// Where a controller is looked for that may not be listed: kubeseal's default, and the
/// chart's name in the namespace that its documentation uses.
const USUAL: [(&str, &str); 2] = [
    ("kube-system", "sealed-secrets-controller"),
    ("kube-system", "sealed-secrets"),
];
/// The port of the controller, where its name is not known.
const PORT: &str = "8080";
/// Time between two requests for encrypting again: the controller takes two a second and
/// two more at once (`--rate-limit`, `--rate-limit-burst`), of everybody together.
pub const PACE: Duration = Duration::from_millis(550);

/// Waits after a request that was one too many; others ask, too.
const TOO_MANY: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Reads a SealedSecret; `None` where there is none.
///
/// # Errors
/// When the cluster cannot be asked, or has no definition of SealedSecrets.
pub async fn read(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    redactor: &Redactor,
) -> Result<Option<Node>, CommandError> {
    match cluster.get_object(&SEALED_SECRETS, namespace, name).await {
        Ok(found) => Ok(found),
        Err(ClusterError::UnusableAnswer { .. }) if cluster.lacks(&SEALED_SECRETS).await => {
            Err(CommandError::unavailable(
                "the cluster does not serve SealedSecrets: the controller is not installed",
            )
            .hint("Install Sealed Secrets in the cluster, or choose another one with --context."))
        }
        Err(error) => Err(error.into_command_error(redactor, &[])),
    }
}

/// A controller that can be asked.
pub struct Controller<'c> {
    cluster: &'c Cluster,
    service: Service,
}

impl<'c> Controller<'c> {
    /// Finds it: the one that is named, or the one whose labels say so.
    ///
    /// # Errors
    /// With the ways to name it, or to do without.
    pub async fn find(
        cluster: &'c Cluster,
        named: Option<(&str, &str)>,
    ) -> Result<Self, CommandError> {
        let service = match named {
            Some((namespace, name)) => of_name(cluster, namespace, name).await?,
            None => of_labels(cluster).await?,
        };
        Ok(Self { cluster, service })
    }

    /// `kube-system/sealed-secrets-controller`.
    pub fn place(&self) -> String {
        format!("{}/{}", self.service.namespace, self.service.name)
    }

    /// Its certificates in PEM form, the newest first.
    ///
    /// # Errors
    /// With the cause, and the ways around it.
    pub async fn certificate(&self) -> Result<Vec<u8>, CommandError> {
        let answer = self
            .cluster
            .ask_service(&self.service, CERTIFICATE, Ask::Get)
            .await;
        answer.map_err(|error| self.closed(error))
    }

    /// What it makes of a SealedSecret under its newest key: the JSON of another one, of
    /// which only the ciphertexts are of use (its template has lost `data`).
    ///
    /// # Errors
    /// With the cause. [`ExitStatus::Partial`] means that the controller was asked, and
    /// could not decrypt it.
    pub async fn encrypt_again(&self, object: &str) -> Result<Node, CommandError> {
        let mut waits = TOO_MANY.iter();
        let answer = loop {
            let answer = self
                .cluster
                .ask_service(&self.service, ROTATE, Ask::Post(object))
                .await;
            match (&answer, waits.next()) {
                (Err(ServiceError::Status(429)), Some(wait)) => tokio::time::sleep(*wait).await,
                _ => break answer,
            }
        };
        let body = match answer {
            Ok(body) => body,
            Err(ServiceError::Status(429)) => {
                return Err(CommandError::unavailable(
                    "the controller has had too many requests (429)",
                )
                .hint("Run the command again: what is done is skipped."));
            }
            // The two that its handler gives (0.40, `pkg/controller/server.go`); all else
            // comes from something before it.
            Err(ServiceError::Status(code @ (400 | 500))) => {
                return Err(CommandError::new(
                    ExitStatus::Partial,
                    format!(
                        "the controller cannot decrypt it (status {code}): it has no key for it, or it was sealed for another namespace, name or scope"
                    ),
                ));
            }
            Err(error) => return Err(self.closed(error)),
        };
        std::str::from_utf8(&body)
            .ok()
            .and_then(|text| crate::manifest::parse_json(text).ok())
            .ok_or_else(|| CommandError::unavailable("the controller's answer is not an object"))
    }

    fn closed(&self, error: ServiceError) -> CommandError {
        let place = self.place();
        let (error, cause) = match error {
            ServiceError::Missing => {
                let error = CommandError::unavailable(format!(
                    "the cluster has no Service {place} for the controller of SealedSecrets"
                ));
                return ways(error.hint(
                    "Name it with --controller NAMESPACE/NAME if it is installed under another name.",
                ));
            }
            ServiceError::Status(code) => (
                CommandError::unavailable(format!(
                    "the controller {place} answers with status {code}"
                )),
                "Look at its log; or name another one with --controller.".to_owned(),
            ),
            ServiceError::Unreachable(said) => (
                CommandError::unavailable(format!(
                    "the API server cannot reach the controller {place}: {}",
                    Redactor::default().show(&said)
                )),
                UNREACHABLE.to_owned(),
            ),
            ServiceError::Cluster(error @ ClusterError::Timeout { .. }) => {
                (error.unmasked(), UNREACHABLE.to_owned())
            }
            ServiceError::Cluster(error) => {
                return ways(error.unmasked()).hint(self.forward());
            }
        };
        ways(error.hint(cause)).hint(self.forward())
    }

    /// How to reach it past the proxy of the API server.
    fn forward(&self) -> Hint {
        Hint::from("Or forward its port with `")
            .command(
                CommandLine::kubectl("port-forward")
                    .name(&format!("service/{}", self.service.name))
                    .name("8080:8080")
                    .namespace(&self.service.namespace),
            )
            .words("` and give --cert http://127.0.0.1:8080/v1/cert.pem.")
    }
}

/// Why the proxy of an API server does not reach a pod.
const UNREACHABLE: &str = "In a private cluster the firewall must let the control plane reach port 8080 of the nodes; \
     a NetworkPolicy, or a controller that does not run, has the same effect.";

fn ways(error: CommandError) -> CommandError {
    error.hint("The certificate is public: whoever has it can give it to you for --cert FILE.")
}

/// A Service of a name; without the right to read it, its usual port.
async fn of_name(cluster: &Cluster, namespace: &str, name: &str) -> Result<Service, CommandError> {
    match cluster.get_object(&SERVICES, namespace, name).await {
        Ok(Some(found)) => Ok(service(&found, namespace, name)),
        Ok(None) => Err(ways(
            CommandError::unavailable(format!(
                "the cluster has no Service {namespace}/{name} for the controller of SealedSecrets"
            ))
            .hint("Check the name after --controller: it is that of the Service."),
        )),
        Err(ClusterError::Forbidden { .. }) => Ok(Service {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            port: PORT.to_owned(),
        }),
        Err(error) => Err(error.unmasked()),
    }
}

/// The one Service whose labels say that it is one.
async fn of_labels(cluster: &Cluster) -> Result<Service, CommandError> {
    let mut found: Vec<Service> = Vec::new();
    for resource in &SEALED_SECRETS_SERVICES {
        let listed = cluster
            .list(resource, None, &mut |node| {
                let text = |field: &str| {
                    node.at(&["metadata", field])
                        .and_then(Node::as_str)
                        .unwrap_or_default()
                        .to_owned()
                };
                let one = service(&node, &text("namespace"), &text("name"));
                if serves_certificates(&node) && !found.contains(&one) {
                    found.push(one);
                }
            })
            .await;
        match listed {
            Ok(_) => {}
            Err(ClusterError::Forbidden { .. }) => return usual(cluster).await,
            Err(error) => return Err(error.unmasked()),
        }
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => usual(cluster).await,
        _ => {
            let names: Vec<_> = found
                .iter()
                .map(|one| format!("{}/{}", one.namespace, one.name))
                .collect();
            Err(CommandError::usage(format!(
                "the cluster has several controllers of SealedSecrets: {}",
                listed(names.iter().map(String::as_str))
            ))
            .hint("Name the one to seal for with --controller NAMESPACE/NAME."))
        }
    }
}

/// The Service that is there under a usual name, for whom cannot list them.
async fn usual(cluster: &Cluster) -> Result<Service, CommandError> {
    for (namespace, name) in USUAL {
        match cluster.get_object(&SERVICES, namespace, name).await {
            Ok(Some(found)) => return Ok(service(&found, namespace, name)),
            Ok(None) => {}
            // It may be there; asking it will tell.
            Err(ClusterError::Forbidden { .. }) => {
                return Ok(Service {
                    namespace: namespace.to_owned(),
                    name: name.to_owned(),
                    port: PORT.to_owned(),
                });
            }
            Err(error) => return Err(error.unmasked()),
        }
    }
    Err(ways(
        CommandError::unavailable("no controller of SealedSecrets was found in the cluster")
            .hint("Name its Service with --controller NAMESPACE/NAME."),
    ))
}

/// The chart has a second Service with the same labels, for metrics.
fn serves_certificates(node: &Node) -> bool {
    let is_metrics = node
        .at(&["metadata", "labels", "app.kubernetes.io/component"])
        .and_then(Node::as_str)
        == Some("metrics");
    let name = node.at(&["metadata", "name"]).and_then(Node::as_str);
    !is_metrics && !name.is_some_and(|name| name.ends_with("-metrics"))
}

/// kubeseal takes the first port (`getServicePortName`).
fn service(node: &Node, namespace: &str, name: &str) -> Service {
    let ports = node.at(&["spec", "ports"]).map_or(&[][..], Node::items);
    let port = ports.first().and_then(|port| port.text_of("name"));
    Service {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        port: port.unwrap_or_default().to_owned(),
    }
}
