//! Running a kubeconfig's credential plugin (`users[].user.exec`).
//!
//! Run here and not by the client library, so that it runs once per client,
//! never reads this program's standard input, and nothing it prints or is
//! given can end in an error message.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use kube::config::{ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::environment::Environment;
use super::error::ClusterError;
use super::plugin_policy;

/// What a plugin answered.
#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PluginCredentials {
    pub token: Option<SecretString>,
    /// PEM.
    pub client_certificate_data: Option<String>,
    /// PEM.
    pub client_key_data: Option<SecretString>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Answer {
    status: Option<PluginCredentials>,
}

/// Whether a person sits at the standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StandardInput {
    Terminal,
    Other,
}

impl StandardInput {
    /// Of this process.
    pub fn of_this_process() -> Self {
        if rustix::termios::isatty(rustix::stdio::stdin()) {
            Self::Terminal
        } else {
            Self::Other
        }
    }
}

/// Runs the plugin and returns what it answered. Blocks.
///
/// # Errors
/// The policy forbids it, it cannot be started, it fails, or its answer has no
/// credentials. No error has its output, arguments or environment.
pub(super) fn run(
    exec: &ExecConfig,
    stdin: StandardInput,
    environment: &Environment,
) -> Result<PluginCredentials, ClusterError> {
    let command = exec.command.as_deref().unwrap_or_default();
    let program = plugin_policy::find(command).ok_or_else(|| {
        let advice = match &exec.install_hint {
            Some(hint) => format!("The kubeconfig says: {}", hint.trim()),
            None => "Install it, or correct the command in the kubeconfig.".to_owned(),
        };
        ClusterError::configuration(
            format!("the kubeconfig's credential plugin {command:?} is not installed"),
            advice,
        )
    })?;
    plugin_policy::check(&program, environment)?;
    let interactive = match (&exec.interactive_mode, stdin) {
        (Some(ExecInteractiveMode::Never), _) => false,
        (_, StandardInput::Terminal) => true,
        (Some(ExecInteractiveMode::Always), StandardInput::Other) => {
            return Err(ClusterError::configuration(
                format!(
                    "credential plugin {command:?} needs a terminal, and standard input is none"
                ),
                "Run the command in a terminal, or give other credentials, for example with --user.",
            ));
        }
        (_, StandardInput::Other) => false,
    };
    let failed = |how: &str| {
        ClusterError::configuration(
            format!("credential plugin {command:?} {how}"),
            "Run `kubectl auth whoami` to see it work or fail by itself.",
        )
    };
    let output = start(exec, program, interactive)
        .output()
        .map_err(|_| failed("cannot be started"))?;
    let printed = Zeroizing::new(output.stdout);
    if !output.status.success() {
        return Err(failed("failed"));
    }
    // client-go reads the answer as YAML, of which JSON is a part.
    let answer: Answer = serde_json::from_slice(&printed)
        .ok()
        .or_else(|| serde_saphyr::from_slice(&printed).ok())
        .ok_or_else(|| failed("did not print an ExecCredential"))?;
    answer
        .status
        .filter(|status| {
            status.token.is_some()
                || (status.client_certificate_data.is_some() && status.client_key_data.is_some())
        })
        .ok_or_else(|| failed("printed no credentials"))
}

fn start(exec: &ExecConfig, program: PathBuf, interactive: bool) -> Command {
    let mut command = Command::new(program);
    command.args(exec.args.iter().flatten());
    for variable in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
            command.env(name, value);
        }
    }
    let mut spec = serde_json::json!({ "interactive": interactive });
    if let Some(cluster) = &exec.cluster
        && let Ok(cluster) = serde_json::to_value(cluster)
    {
        spec["cluster"] = cluster;
    }
    let info = serde_json::json!({
        "apiVersion": exec.api_version,
        "kind": "ExecCredential",
        "spec": spec,
    });
    command
        .env("KUBERNETES_EXEC_INFO", info.to_string())
        .stdin(if interactive {
            Stdio::inherit()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        // Sign-in instructions are printed there.
        .stderr(Stdio::inherit());
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn shell(script: &str) -> ExecConfig {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "sh",
            "args": ["-c", script],
            "env": [{"name": "PLUGIN_PASSWORD", "value": "hunter2"}],
        }))
        .unwrap()
    }

    fn answer(exec: &ExecConfig) -> Result<PluginCredentials, ClusterError> {
        let environment = Environment::for_tests(&[("KUBERC", "off")], "/nonexistent");
        run(exec, StandardInput::Other, &environment)
    }

    #[test]
    fn a_plugin_reads_nothing_and_knows_that_nobody_is_there() {
        let exec = shell(
            "read -r line; case \"$KUBERNETES_EXEC_INFO\" in *'\"interactive\":false'*) mode=never;; esac; \
             printf '{\"status\":{\"token\":\"%s\"}}' \"got:$line:$mode:$PLUGIN_PASSWORD\"",
        );
        let token = answer(&exec).unwrap().token.unwrap();
        assert_eq!(token.expose_secret(), "got::never:hunter2");
    }

    #[test]
    fn nothing_of_a_failing_plugin_is_told() {
        for script in [
            "echo '{\"status\":{\"token\":\"hunter2\"}}'; exit 1",
            "echo hunter2",
            "echo '{\"status\":{\"token\":[\"hunter2\"]}}'",
            "echo '{\"status\":{\"clientCertificateData\":\"hunter2\"}}'",
            "echo '{\"status\":null}'",
        ] {
            let error = answer(&shell(script)).map(|_| ()).unwrap_err();
            let ClusterError::Configuration { problem, advice } = &error else {
                panic!("wrong kind");
            };
            assert!(
                problem.starts_with("credential plugin \"sh\" "),
                "{problem}"
            );
            assert!(!format!("{problem}{advice}{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn yaml_is_an_answer_too() {
        let credentials = answer(&shell("printf 'status:\\n  token: abc\\n'")).unwrap();
        assert_eq!(credentials.token.unwrap().expose_secret(), "abc");
    }

    #[test]
    fn a_plugin_that_needs_a_terminal_is_not_started_without_one() {
        let marker = tempfile::tempdir().unwrap();
        let file = marker.path().join("ran");
        let mut exec = shell(&format!("touch {}", file.display()));
        exec.interactive_mode = Some(ExecInteractiveMode::Always);
        assert!(answer(&exec).is_err());
        assert!(!file.exists());
    }

    #[test]
    fn deny_all_starts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ran");
        let kuberc = folder.path().join("kuberc");
        std::io::Write::write_all(
            &mut std::fs::File::create_new(&kuberc).unwrap(),
            b"credentialPluginPolicy: DenyAll",
        )
        .unwrap();
        let environment =
            Environment::for_tests(&[("KUBERC", kuberc.to_str().unwrap())], "/nonexistent");
        let exec = shell(&format!("touch {}; echo '{{}}'", file.display()));
        assert!(run(&exec, StandardInput::Other, &environment).is_err());
        assert!(!file.exists());
        let _ = answer(&exec);
        assert!(file.exists(), "the same plugin runs without the policy");
    }
}
