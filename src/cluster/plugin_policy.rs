//! kuberc's `credentialPluginPolicy`: which programs a kubeconfig may start
//! (kubectl 1.35 and later; kubectl `pkg/kuberc`, client-go
//! `plugin/pkg/client/auth/exec`).

use std::path::{Path, PathBuf};

use crate::programs::find;
use crate::reading;

use super::environment::Environment;
use super::error::ClusterError;

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Preference {
    credential_plugin_policy: String,
    credential_plugin_allowlist: Option<Vec<Entry>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Entry {
    command: String,
    /// The older spelling of `command`.
    name: String,
}

impl Entry {
    fn program(&self) -> &str {
        if self.command.is_empty() {
            &self.name
        } else {
            &self.command
        }
    }
}

/// Whether the user's kuberc lets `program` (an absolute path) run.
///
/// kubectl only warns when a kuberc at the default place cannot be read; this
/// program refuses, because the policy in it may be the reason the user feels
/// safe.
///
/// # Errors
/// The policy forbids it, or the kuberc cannot be used.
pub(super) fn check(program: &Path, environment: &Environment) -> Result<(), ClusterError> {
    let Some(preference) = load(environment)? else {
        return Ok(());
    };
    let allowed = match preference.credential_plugin_policy.as_str() {
        "" | "AllowAll" => true,
        "DenyAll" => false,
        "Allowlist" => preference
            .credential_plugin_allowlist
            .iter()
            .flatten()
            .filter(|entry| !entry.program().is_empty())
            .any(|entry| find(entry.program()).is_some_and(|allowed| allowed == program)),
        _ => {
            return Err(ClusterError::configuration(
                "kuberc has an unknown credentialPluginPolicy",
                "Use AllowAll, DenyAll or Allowlist.",
            ));
        }
    };
    if allowed {
        return Ok(());
    }
    Err(ClusterError::configuration(
        format!(
            "credential plugin {} is not allowed by kuberc (credentialPluginPolicy: {})",
            program.display(),
            preference.credential_plugin_policy
        ),
        "If you trust it, add it to credentialPluginAllowlist in your kuberc with the policy Allowlist.",
    ))
}

fn load(environment: &Environment) -> Result<Option<Preference>, ClusterError> {
    let named = environment.raw("KUBERC").map(PathBuf::from);
    if named.as_deref() == Some(Path::new("off")) {
        return Ok(None);
    }
    let Some(path) = named.clone().or_else(|| environment.dot_kube("kuberc")) else {
        return Ok(None);
    };
    let unusable = || {
        ClusterError::configuration(
            format!("kuberc {} cannot be used", path.display()),
            "Correct the file, or set KUBERC=off to do without its plugin policy.",
        )
    };
    match reading::small_text(&path) {
        Ok(text) => serde_saphyr::from_str(&text)
            .map(Some)
            .map_err(|_| unusable()),
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(_) => Err(unusable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(kuberc: &str) -> Result<(), ClusterError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, kuberc.as_bytes()).unwrap();
        let environment =
            Environment::for_tests(&[("KUBERC", file.path().to_str().unwrap())], "/nonexistent");
        check(&find("true").unwrap(), &environment)
    }

    /// Shows I10.
    #[test]
    fn the_policy_decides() {
        for (kuberc, allowed) in [
            (
                "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n",
                true,
            ),
            ("credentialPluginPolicy: AllowAll", true),
            ("credentialPluginPolicy: DenyAll", false),
            ("credentialPluginPolicy: Denyall", false),
            ("credentialPluginPolicy: Allowlist", false),
            (
                "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: 'true'}]",
                true,
            ),
            (
                "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: 'true'}]",
                true,
            ),
            (
                "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: /opt/true}]",
                false,
            ),
            (
                "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: 'false'}, {}]",
                false,
            ),
            ("credentialPluginPolicy: [", false),
        ] {
            assert_eq!(verdict(kuberc).is_ok(), allowed, "{kuberc}");
        }
    }

    #[test]
    fn kuberc_off_and_an_absent_default_file_allow_a_named_absent_file_does_not() {
        let program = find("true").unwrap();
        let with = |name, value: &str| {
            check(
                &program,
                &Environment::for_tests(&[(name, value)], "/nonexistent"),
            )
            .is_ok()
        };
        assert!(with("KUBERC", "off"));
        assert!(with("HOME", "/nonexistent"));
        assert!(!with("KUBERC", "/nonexistent/kuberc"));
    }
}
