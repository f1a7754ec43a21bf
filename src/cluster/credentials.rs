//! From a kubeconfig user to an `Authorization` header and a TLS identity.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use kube::config::AuthInfo;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::reading::ReadOnce;

use super::environment::Environment;
use super::error::ClusterError;
use super::plugin::{self, StandardInput};

/// Who this program is to the server.
pub(super) struct Credentials {
    /// `Authorization`, marked sensitive; `None` for certificates, OIDC and
    /// anonymous use.
    pub authorization: Option<HeaderValue>,
    /// What is left for the client library: certificates, impersonation, OIDC.
    /// Never a plugin: it has run by now.
    pub user: AuthInfo,
}

/// Reads tokens and runs the credential plugin, if there is one. Blocks.
///
/// # Errors
/// A token file that cannot be read, a plugin that does not answer, or a
/// credential that cannot be sent. No error has a part of a credential.
pub(super) fn resolve(
    mut user: AuthInfo,
    stdin: StandardInput,
    environment: &Environment,
    files: &ReadOnce,
) -> Result<Credentials, ClusterError> {
    if let Some(provider) = &user.auth_provider
        && provider.name != "oidc"
    {
        return Err(ClusterError::configuration(
            format!("the kubeconfig uses the auth-provider {:?}", provider.name),
            "Kubernetes removed it in 1.26: renew the kubeconfig with your provider's tool, which \
             sets up a credential plugin instead.",
        ));
    }
    let token_file = user.token_file.take();
    let mut token = user
        .token
        .take()
        .filter(|token| !token.expose_secret().is_empty());
    if token.is_none()
        && let Some(path) = token_file
    {
        token = Some(read_token(Path::new(&path), files)?);
    }
    let basic = user.username.take().zip(user.password.take());
    let exec = user.exec.take();
    if token.is_none()
        && basic.is_none()
        && user.auth_provider.is_none()
        && let Some(exec) = exec
    {
        let answer = plugin::run(&exec, stdin, environment)?;
        token = answer.token;
        if let (Some(certificate), Some(key)) =
            (answer.client_certificate_data, answer.client_key_data)
        {
            user.client_certificate = None;
            user.client_certificate_data = Some(STANDARD.encode(certificate));
            user.client_key = None;
            user.client_key_data = Some(SecretString::from(STANDARD.encode(key.expose_secret())));
        }
    }
    read_identity(&mut user, files)?;
    let authorization = match (token, basic) {
        (Some(token), _) => Some(header("Bearer ", token.expose_secret())?),
        (None, Some((name, password))) => {
            let pair = Zeroizing::new(format!("{name}:{}", password.expose_secret()));
            Some(header(
                "Basic ",
                &Zeroizing::new(STANDARD.encode(pair.as_bytes())),
            )?)
        }
        (None, None) => None,
    };
    Ok(Credentials {
        authorization,
        user,
    })
}

/// Whom a user asks to be taken for, and nothing that proves who it is.
pub(super) fn impersonation(user: &AuthInfo) -> AuthInfo {
    AuthInfo {
        impersonate: user.impersonate.clone(),
        impersonate_uid: user.impersonate_uid.clone(),
        impersonate_groups: user.impersonate_groups.clone(),
        impersonate_user_extra: user.impersonate_user_extra.clone(),
        ..AuthInfo::default()
    }
}

/// Whether resolving `user` again can give something else: the content of a
/// token file changes (a pod's does every hour), and a plugin answers anew.
pub(super) fn renewable(user: &AuthInfo) -> bool {
    let fixed = user
        .token
        .as_ref()
        .is_some_and(|token| !token.expose_secret().is_empty());
    !fixed && (user.token_file.is_some() || user.exec.is_some())
}

/// Reads the client's certificate and key: the library would wait for a pipe.
fn read_identity(user: &mut AuthInfo, files: &ReadOnce) -> Result<(), ClusterError> {
    let read = |what: &str, path: &str| {
        files.small(Path::new(path)).map_err(|error| {
            ClusterError::configuration(
                format!("cannot read {what} {path}: {error}"),
                format!("Correct {what} in the kubeconfig or --{what}, or the file's permissions."),
            )
        })
    };
    let certificate = user.client_certificate.take();
    let has_data = |data: &String| !data.is_empty();
    if let Some(path) = certificate.filter(|path| !path.is_empty())
        && !user.client_certificate_data.as_ref().is_some_and(has_data)
    {
        let pem = read("client-certificate", &path)?;
        user.client_certificate_data = Some(STANDARD.encode(&*pem));
    }
    let key = user.client_key.take();
    let has_data = |data: &SecretString| !data.expose_secret().is_empty();
    if let Some(path) = key.filter(|path| !path.is_empty())
        && !user.client_key_data.as_ref().is_some_and(has_data)
    {
        let pem = read("client-key", &path)?;
        user.client_key_data = Some(SecretString::from(STANDARD.encode(&*pem)));
    }
    Ok(())
}

fn read_token(path: &Path, files: &ReadOnce) -> Result<SecretString, ClusterError> {
    match files.small_text(path) {
        Ok(text) if !text.trim().is_empty() => Ok(SecretString::from(text.trim())),
        Ok(_) => Err(ClusterError::configuration(
            format!("token file {} is empty", path.display()),
            "Write a token to it, or correct tokenFile in the kubeconfig.",
        )),
        Err(error) => Err(ClusterError::configuration(
            format!("cannot read token file {}: {error}", path.display()),
            "Correct tokenFile in the kubeconfig, or the file's permissions.",
        )),
    }
}

fn header(scheme: &str, credential: &str) -> Result<HeaderValue, ClusterError> {
    let text = Zeroizing::new(format!("{scheme}{credential}"));
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        ClusterError::configuration(
            "the token has a character that cannot be sent",
            "A token is one line of printable ASCII; look for a line break in it.",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(user: serde_json::Value) -> Result<Credentials, ClusterError> {
        let environment = Environment::for_tests(&[("KUBERC", "off")], "/nonexistent");
        resolve(
            serde_json::from_value(user).unwrap(),
            StandardInput::Other,
            &environment,
            &ReadOnce::default(),
        )
    }

    fn authorization(user: serde_json::Value) -> Option<String> {
        let value = resolved(user).unwrap().authorization?;
        assert!(value.is_sensitive());
        Some(value.to_str().unwrap().to_owned())
    }

    #[test]
    fn each_kind_of_credential_becomes_its_header() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"from-file\n").unwrap();
        let path = file.path().to_str().unwrap();
        let exec = serde_json::json!({"command": "sh", "args": ["-c", "echo '{\"status\":{\"token\":\"from-plugin\"}}'"]});
        for (user, expected) in [
            (serde_json::json!({}), None),
            (
                serde_json::json!({"token": "t", "tokenFile": path}),
                Some("Bearer t"),
            ),
            (
                serde_json::json!({"tokenFile": path}),
                Some("Bearer from-file"),
            ),
            (
                serde_json::json!({"username": "u", "password": "p"}),
                Some("Basic dTpw"),
            ),
            (
                serde_json::json!({"exec": exec}),
                Some("Bearer from-plugin"),
            ),
            (
                serde_json::json!({"token": "t", "exec": {"command": "false"}}),
                Some("Bearer t"),
            ),
        ] {
            assert_eq!(authorization(user.clone()).as_deref(), expected, "{user}");
        }
    }

    #[test]
    fn token_files_and_plugins_can_be_asked_again() {
        for (user, expected) in [
            (serde_json::json!({"tokenFile": "f"}), true),
            (serde_json::json!({"exec": {"command": "c"}}), true),
            (serde_json::json!({"token": "", "tokenFile": "f"}), true),
            (
                serde_json::json!({"token": "t", "exec": {"command": "c"}}),
                false,
            ),
            (serde_json::json!({"token": "t"}), false),
            (serde_json::json!({"username": "u", "password": "p"}), false),
        ] {
            let user = serde_json::from_value(user).unwrap();
            assert_eq!(renewable(&user), expected);
        }
    }

    #[test]
    fn a_plugins_certificate_becomes_the_identity_and_the_plugin_is_gone() {
        let exec = serde_json::json!({"command": "sh", "args": ["-c",
            "echo '{\"status\":{\"clientCertificateData\":\"CERT\",\"clientKeyData\":\"KEY\"}}'"]});
        let credentials = resolved(serde_json::json!({"exec": exec})).unwrap();
        assert!(credentials.user.exec.is_none());
        assert_eq!(
            credentials.user.client_certificate_data.as_deref(),
            Some("Q0VSVA==")
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_being_shown() {
        for user in [
            serde_json::json!({"token": "hunter2\nX: y"}),
            serde_json::json!({"auth-provider": {"name": "gcp", "config": {"cmd-path": "hunter2"}}}),
            serde_json::json!({"tokenFile": "/nonexistent/token"}),
            serde_json::json!({"tokenFile": "/dev/zero"}),
            serde_json::json!({"tokenFile": "/tmp"}),
            serde_json::json!({"client-key": "/dev/zero"}),
            serde_json::json!({"client-certificate": "/dev/zero"}),
        ] {
            let Err(ClusterError::Configuration { problem, advice }) = resolved(user) else {
                panic!("must be refused");
            };
            assert!(
                !format!("{problem}{advice}").contains("hunter2"),
                "{problem}"
            );
        }
    }
}
