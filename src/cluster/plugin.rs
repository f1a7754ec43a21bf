//! Running a kubeconfig's credential plugin (`users[].user.exec`).
//!
//! Run here and not by the client library, so that it runs once per client,
//! never reads this program's standard input, ends in time, and nothing it
//! prints or is given can end in an error message.

use std::io::{self, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use kube::config::{ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;

use zeroize::Zeroizing;

use crate::reading::Patient;

use super::environment::Environment;
use super::error::ClusterError;
use super::plugin_policy;
use crate::command_line::{CommandLine, Hint};

/// Bytes of an answer that are read: certificates and keys come nowhere near.
const LONGEST: usize = 1024 * 1024;
/// How long a plugin may take: it may wait for somebody who signs in.
const PATIENCE: Duration = Duration::from_secs(300);
/// The same where somebody sits before it: no limit that anybody meets.
const PATIENCE_AT_A_TERMINAL: Duration = Duration::from_secs(24 * 60 * 60);
/// How often it is looked whether one has ended that has said everything.
const PAUSE: Duration = Duration::from_millis(5);

/// What a plugin answered.
#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PluginCredentials {
    pub token: Option<SecretString>,
    pub client_certificate_data: Option<String>,
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
    let program = crate::programs::find(command).ok_or_else(|| {
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
            Hint::from("Run `")
                .command(CommandLine::kubectl("auth whoami"))
                .words("` to see it work or fail by itself."),
        )
    };
    // Who sits before it can end it, and may need a while to sign in.
    let patience = match interactive {
        true => PATIENCE_AT_A_TERMINAL,
        false => PATIENCE,
    };
    let printed = match ended(start(exec, program, interactive), patience) {
        Ended::Well(printed) => printed,
        Ended::NotStarted => return Err(failed("cannot be started")),
        Ended::Badly => return Err(failed("failed")),
        Ended::TooLong => return Err(failed("printed more than 1 MiB")),
        Ended::TooLate => {
            let how = format!("did not end within {} s", PATIENCE.as_secs());
            return Err(failed(&how));
        }
    };
    let answer = read(&printed).ok_or_else(|| failed("did not print an ExecCredential"))?;
    answer
        .status
        .filter(|status| {
            status.token.is_some()
                || (status.client_certificate_data.is_some() && status.client_key_data.is_some())
        })
        .ok_or_else(|| failed("printed no credentials"))
}

/// How a plugin ended.
enum Ended {
    Well(Zeroizing<Vec<u8>>),
    Badly,
    NotStarted,
    TooLong,
    TooLate,
}

/// Runs a plugin to its end, or ends it.
fn ended(mut command: Command, patience: Duration) -> Ended {
    let until = Instant::now() + patience;
    let Ok(mut child) = command.spawn() else {
        return Ended::NotStarted;
    };
    let mut printed = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let stdout = child.stdout.take();
    let read = stdout.map_or(Ok(0), |stdout| {
        let mut source = Patient::new(stdout, patience).take(LONGEST as u64 + 1);
        source.read_to_end(&mut printed)
    });
    let status = match read {
        Ok(length) if length > LONGEST => Err(Ended::TooLong),
        Ok(_) => waited(&mut child, until),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => Err(Ended::TooLate),
        Err(_) => Err(Ended::Badly),
    };
    match status {
        Ok(status) if status.success() => Ended::Well(printed),
        Ok(_) => Ended::Badly,
        Err(ended) => {
            // Both fail only when it has ended by itself meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            ended
        }
    }
}

fn waited(child: &mut Child, until: Instant) -> Result<ExitStatus, Ended> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() < until => std::thread::sleep(PAUSE),
            Ok(None) => return Err(Ended::TooLate),
            Err(_) => return Err(Ended::Badly),
        }
    }
}

/// client-go reads the answer as YAML, of which JSON is a part.
fn read(printed: &[u8]) -> Option<Answer> {
    serde_json::from_slice(printed)
        .ok()
        .or_else(|| serde_saphyr::from_slice(printed).ok())
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

    /// Shows L5.
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
    fn a_plugin_that_does_not_end_is_ended() {
        let end_within = |patience: Duration, script: &str| {
            let program = crate::programs::find("sh").unwrap();
            match ended(start(&shell(script), program, false), patience) {
                Ended::Well(printed) => format!("{} bytes", printed.len()),
                Ended::Badly => "badly".to_owned(),
                Ended::NotStarted => "not started".to_owned(),
                Ended::TooLong => "too long".to_owned(),
                Ended::TooLate => "too late".to_owned(),
            }
        };
        let end = |script: &str| end_within(Duration::from_millis(300), script);
        let too_long = |script: &str| end_within(Duration::from_secs(60), script) == "too long";
        assert!(too_long("exec yes"));
        assert_eq!(end("exec sleep 3600"), "too late");
        assert_eq!(end("exec >&-; exec sleep 3600"), "too late");
        // A child that keeps its output.
        assert_eq!(end("sleep 1 & echo x"), "too late");
        assert!(too_long("exec head -c 1048577 /dev/zero"));
        let long = Duration::from_secs(60);
        let program = crate::programs::find("sh").unwrap();
        let whole = shell("exec head -c 1048576 /dev/zero");
        let ended = ended(start(&whole, program, false), long);
        assert!(matches!(ended, Ended::Well(printed) if printed.len() == LONGEST));
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

    /// Shows I10. Seen to fail with DenyAll taken for AllowAll.
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
