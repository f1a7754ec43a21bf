//! A cluster and who this program is to it.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256, digest};
use http::{StatusCode, header};

use crate::command_line::Connection;
use crate::secret::redactor::ServerText;

use super::environment::Environment;
use super::error::ClusterError;
use super::flags::ConnectionFlags;
use super::kubeconfig::{self, namespace_in};
use super::plugin::StandardInput;
use super::server::{Transfer, client_config, transfer};
use super::status::{self, Question};
use super::transport::{self, Incoming, SignIn, Transport};
use super::{credentials, proxy};

/// A cluster this program can ask.
pub struct Cluster {
    pub(super) transport: Transport,
    namespace: String,
    transfer: Transfer,
    connection: Connection,
    identity: String,
}

impl Cluster {
    /// Finds the cluster and the credentials; runs the kubeconfig's credential
    /// plugin if there is one. Nothing is sent to the cluster. When the server
    /// later stops taking the credentials, the token file is read or the plugin
    /// run again.
    ///
    /// # Errors
    /// [`ClusterError::Configuration`].
    pub async fn connect(flags: &ConnectionFlags) -> Result<Self, ClusterError> {
        Self::connect_in(flags, Environment::of_this_process()).await
    }

    pub(super) async fn connect_in(
        flags: &ConnectionFlags,
        environment: Environment,
    ) -> Result<Self, ClusterError> {
        let namespace = namespace_in(flags, &environment)?;
        let target = kubeconfig::load(flags, &environment)?.target(flags, &environment)?;
        let mut config = client_config(&target, &flags.files)?;
        config.proxy_url = proxy::choose(
            &config.cluster_url,
            target.cluster.proxy_url.as_deref(),
            match &flags.proxy_url {
                Some(_) => "--proxy-url",
                None => "the kubeconfig's proxy-url",
            },
            &environment,
        )?;
        let identity = identity(&config, &target.context_name);
        let stdin = StandardInput::of_this_process();
        let renewable = credentials::renewable(&target.user);
        // As kubectl has it (client-go `tools/clientcmd/client_config.go`,
        // `ClientConfig`: only a connection with TLS gets the user's credentials).
        let is_encrypted = config.cluster_url.scheme_str() == Some("https");
        let files = flags.files.clone();
        let sign_in: SignIn = Arc::new(move || {
            if !is_encrypted {
                // Whose rights are asked for is no credential, and is not dropped.
                let mut config = config.clone();
                config.auth_info = credentials::impersonation(&target.user);
                return Ok(config);
            }
            let credentials =
                credentials::resolve(target.user.clone(), stdin, &environment, &files)?;
            let mut config = config.clone();
            config.auth_info = credentials.user;
            config.headers.extend(
                credentials
                    .authorization
                    .map(|value| (header::AUTHORIZATION, value)),
            );
            Ok(config)
        });
        let first = Arc::clone(&sign_in);
        let config = transport::blocking(move || first()).await?;

        let transfer = transfer(&config.cluster_url);
        let skips_verification = config.accept_invalid_certs;
        let mut transport = Transport::new(&config, flags.deadline())?;
        if renewable {
            transport = transport.signing_in_again_by(sign_in);
        }
        if transfer == Transfer::Readable {
            transport.warnings.add_own(format!(
                "the connection to {} is not encrypted: others on the way can read what is asked and answered; it gets no credentials",
                transport.server()
            ));
        } else if flags.token.is_some() && !is_encrypted {
            transport.warnings.add_own(format!(
                "the token is not sent to {}: the connection is not encrypted",
                transport.server()
            ));
        } else if skips_verification {
            transport.warnings.add_own(format!(
                "the certificate of {} is not checked (insecure-skip-tls-verify): another server could take its place and read the Secrets",
                transport.server()
            ));
        }
        Ok(Self {
            transport,
            namespace,
            transfer,
            connection: flags.for_commands(),
            identity,
        })
    }

    /// The namespace commands act in unless told otherwise.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The flags that led here, for commands that are printed.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether others on the way can read what is sent.
    pub(super) fn transfer(&self) -> Transfer {
        self.transfer
    }

    pub fn server(&self) -> &str {
        self.transport.server()
    }

    /// What tells this cluster from others, which may have the same address behind
    /// another tunnel: it, the name that its certificate has to have, who signs it, the
    /// proxy, and the context.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Warnings since the last call: the server's `Warning` headers and this
    /// module's own, each text once a run.
    pub fn take_warnings(&self) -> Vec<ServerText> {
        self.transport.warnings.take()
    }

    pub(super) fn accepted(
        &self,
        answer: Incoming,
        question: &Question<'_>,
    ) -> Result<Incoming, ClusterError> {
        self.accepted_in("", answer, question)
    }

    /// The answer, or the error it is; `group` is the API group of what was
    /// asked.
    pub(super) fn accepted_in(
        &self,
        group: &str,
        answer: Incoming,
        question: &Question<'_>,
    ) -> Result<Incoming, ClusterError> {
        if matches!(answer.status, StatusCode::OK | StatusCode::CREATED) {
            return Ok(answer);
        }
        let body = zeroize::Zeroizing::new(answer.body);
        Err(status::to_error(
            self.server(),
            answer.status.as_u16(),
            &body,
            question,
            &self.transport.warnings.credentials,
        )
        .in_group(group))
    }
}

/// See [`Cluster::identity`]. Each part in quotes, so that none runs into the next.
fn identity(config: &kube::Config, context: &str) -> String {
    let mut authority = Context::new(&SHA256);
    for certificate in config.root_cert.iter().flatten() {
        authority.update(&(certificate.len() as u64).to_be_bytes());
        authority.update(certificate);
    }
    let parts = [
        config.cluster_url.to_string(),
        config.tls_server_name.clone().unwrap_or_default(),
        config
            .proxy_url
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        context.to_owned(),
    ];
    let text = format!("{parts:?} {:?}", authority.finish().as_ref());
    // A proxy's address may hold a password.
    format!("{:?}", digest(&SHA256, text.as_bytes()).as_ref())
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
