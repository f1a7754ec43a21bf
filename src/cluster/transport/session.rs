//! The way to the server under the present credentials, and newer ones when
//! the server no longer takes them.

use std::sync::Arc;
use std::time::Duration;

use kube::Config;
use tokio::sync::Mutex;

use super::stack::{self, Stack};
use crate::cluster::error::ClusterError;
use crate::cluster::own_credentials::OwnCredentials;
use crate::parallel::wipe_stack;

/// Reads the token file or runs the credential plugin once more, and answers
/// with a configuration that has what it gave. Blocks.
pub(in crate::cluster) type SignIn = Arc<dyn Fn() -> Result<Config, ClusterError> + Send + Sync>;

pub(super) struct Session {
    present: Mutex<Present>,
    sign_in: Option<SignIn>,
    patience: Duration,
    credentials: Arc<OwnCredentials>,
}

struct Present {
    pass: Pass,
    /// Whether the server has taken these credentials at least once. Others
    /// are not renewed: who was never let in has no token that expired, and a
    /// plugin that asks a person would ask for nothing.
    accepted: bool,
}

/// One way in, with its number in the order of signing in.
#[derive(Clone)]
pub(super) struct Pass {
    pub stack: Stack,
    number: u32,
}

impl Session {
    /// One with the credentials of `config`, which are noted in `credentials`.
    ///
    /// # Errors
    /// Certificates, keys or headers that cannot be used.
    pub fn new(
        config: &Config,
        patience: Duration,
        credentials: &Arc<OwnCredentials>,
    ) -> Result<Self, ClusterError> {
        let present = Present {
            pass: Pass {
                stack: stack::build(config, patience, credentials)?,
                number: 0,
            },
            accepted: false,
        };
        Ok(Self {
            present: Mutex::new(present),
            sign_in: None,
            patience,
            credentials: Arc::clone(credentials),
        })
    }

    pub fn sign_in_by(&mut self, sign_in: SignIn) {
        self.sign_in = Some(sign_in);
    }

    /// The present way in; waits for one that is being renewed.
    pub async fn pass(&self) -> Pass {
        self.present.lock().await.pass.clone()
    }

    /// Notes that the server took the credentials of `pass`.
    pub async fn worked(&self, pass: &Pass) {
        let mut present = self.present.lock().await;
        present.accepted |= present.pass.number == pass.number;
    }

    /// A way in that is newer than `refused`, if there is one or can be: of
    /// requests refused at the same time only the first signs in.
    ///
    /// # Errors
    /// Signing in failed.
    pub async fn newer_than(&self, refused: &Pass) -> Result<Option<Pass>, ClusterError> {
        let mut present = self.present.lock().await;
        if present.pass.number != refused.number {
            return Ok(Some(present.pass.clone()));
        }
        let Some(sign_in) = self.sign_in.clone().filter(|_| present.accepted) else {
            return Ok(None);
        };
        present.accepted = false;
        let config = blocking(move || sign_in()).await?;
        present.pass = Pass {
            stack: stack::build(&config, self.patience, &self.credentials)?,
            number: refused.number + 1,
        };
        Ok(Some(present.pass.clone()))
    }
}

/// Runs `sign_in` beside the runtime: a plugin may wait for a person, and the
/// runtime keeps watching for signals meanwhile.
pub(in crate::cluster) async fn blocking<T: Send + 'static>(
    sign_in: impl FnOnce() -> Result<T, ClusterError> + Send + 'static,
) -> Result<T, ClusterError> {
    let work = || {
        let result = sign_in();
        wipe_stack();
        result
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        ClusterError::configuration(
            "the credentials could not be read",
            "Try again; if it stays, report it.",
        )
    })?
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
