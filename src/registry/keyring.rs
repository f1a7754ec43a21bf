//! Which login belongs to a registry: from docker's configuration, and from the
//! credential helpers that it names.

use std::collections::BTreeMap;
use std::rc::Rc;

use http::HeaderValue;
use tokio::sync::Mutex;

use crate::secret::login::{Asked, Login, LoginProblem, Logins, Shown};
use crate::workload::image::covers;

use super::helper;
use super::name::Name;

/// What a helper said of a server.
type Answer = Result<Option<Rc<Login>>, LoginProblem>;

/// The logins of the user.
pub(super) struct Keyring {
    logins: Result<Logins, LoginProblem>,
    /// What helpers have said: each is asked once for a server.
    asked: Mutex<BTreeMap<String, Answer>>,
}

impl Keyring {
    pub fn new(logins: Result<Logins, LoginProblem>) -> Self {
        Self {
            logins,
            asked: Mutex::default(),
        }
    }

    /// The login for a registry that wants to see it as it is.
    pub async fn basic(&self, name: &Name) -> Result<Option<HeaderValue>, LoginProblem> {
        self.with(name, Login::basic).await
    }

    /// The login for a registry that wants a token.
    pub async fn shown(
        &self,
        name: &Name,
        asked: Asked<'_>,
    ) -> Result<Option<Shown>, LoginProblem> {
        self.with(name, |login| login.shown(asked)).await
    }

    /// A helper comes before what stands in the configuration itself (docker/cli
    /// `cli/config/configfile/file.go`, `getConfiguredCredentialStore`).
    async fn with<T>(
        &self,
        name: &Name,
        look: impl Fn(&Login) -> Result<T, LoginProblem>,
    ) -> Result<Option<T>, LoginProblem> {
        let logins = self.logins.as_ref().map_err(|problem| *problem)?;
        let asked = match helper_of(logins, name) {
            Some(program) => self.ask(program, name.server()).await,
            None => Ok(None),
        };
        if let Ok(Some(login)) = &asked {
            return look(login).map(Some);
        }
        let image = format!("{}/{}", host(name), name.repository);
        match logins.find(|server| covers(server, &image)) {
            Some(login) => look(login).map(Some),
            None => asked.map(|_| None),
        }
    }

    async fn ask(&self, program: &str, server: &str) -> Answer {
        let mut asked = self.asked.lock().await;
        if let Some(answer) = asked.get(server) {
            return answer.clone();
        }
        let answer = helper::ask(program, server, helper::PATIENCE)
            .await
            .map(|login| login.map(Rc::new));
        asked.insert(server.to_owned(), answer.clone());
        answer
    }
}

/// The helper that has the login of a registry.
fn helper_of<'l>(logins: &'l Logins, name: &Name) -> Option<&'l str> {
    let own = [name.server(), name.registry.as_str(), host(name)]
        .into_iter()
        .find_map(|server| logins.helpers.get(server));
    own.or(logins.store.as_ref()).map(String::as_str)
}

/// The host as images name it.
fn host(name: &Name) -> &str {
    match name.server() == name.registry {
        true => &name.registry,
        false => crate::workload::image::DEFAULT_REGISTRY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretValue;

    #[test]
    fn a_registry_has_its_own_helper_or_the_store() {
        let config = br#"{"credsStore": "store", "credHelpers": {
            "registry.example:5000": "one", "docker.io": "hub", "bad.example": ""}}"#;
        let logins = Logins::read(&SecretValue::from_bytes(config.to_vec())).unwrap();
        let of = |image: &str| helper_of(&logins, &Name::parse(image).unwrap());
        assert_eq!(of("registry.example:5000/a"), Some("one"));
        assert_eq!(of("registry.example/a"), Some("store"));
        assert_eq!(of("postgres:17"), Some("hub"));
        assert_eq!(
            helper_of(&Logins::default(), &Name::parse("a").unwrap()),
            None
        );
    }
}
