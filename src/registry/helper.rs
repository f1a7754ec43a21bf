//! docker's credential helpers: programs that keep logins (docker/docker-credential-helpers).
//! Their name comes from a configuration file and their answer is believed no
//! further than it can be read: both are bounded, and so is their time.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::programs;
use crate::secret::SecretValue;
use crate::secret::login::{HelperEnd, Login, LoginProblem};

/// Bytes of an answer that are read.
const LONGEST: u64 = 64 * 1024;
/// How long a helper may take: it may have to ask the user to unlock something.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Asks a helper for the login of a server; `None` when it has none.
///
/// # Errors
/// [`LoginProblem`].
pub(super) async fn ask(
    name: &str,
    server: &str,
    patience: Duration,
) -> Result<Option<Login>, LoginProblem> {
    if !is_name(name) {
        return Err(LoginProblem::NoHelper);
    }
    let program = format!("docker-credential-{name}");
    let program = programs::find(&program).ok_or(LoginProblem::NoHelper)?;
    let answer = run(Command::new(program), server);
    let (printed, end) = tokio::time::timeout(patience, answer)
        .await
        .map_err(|_| LoginProblem::HelperSlow)?
        .ok_or(LoginProblem::HelperFailed)?;
    Login::of_helper(&printed, end)
}

/// Whether it is a name of a program beside others, and no path.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    name.len() <= 64
        && name.starts_with(plain)
        && name
            .chars()
            .all(|c| plain(c) || matches!(c, '-' | '_' | '.'))
}

/// `None` for one that cannot be run, or whose answer does not end.
async fn run(mut command: Command, server: &str) -> Option<(SecretValue, HelperEnd)> {
    let mut child = command
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Nobody knows what it would print there.
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut question = child.stdin.take()?;
    // One that does not read it may answer all the same.
    let _ = question.write_all(server.as_bytes()).await;
    drop(question);
    let mut printed = Zeroizing::new(Vec::new());
    child
        .stdout
        .take()?
        .take(LONGEST + 1)
        .read_to_end(&mut printed)
        .await
        .ok()?;
    if printed.len() as u64 > LONGEST {
        return None;
    }
    let end = match child.wait().await.ok()?.success() {
        true => HelperEnd::Well,
        false => HelperEnd::Badly,
    };
    Some((SecretValue::from_bytes(std::mem::take(&mut printed)), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(future)
    }

    fn shell(script: &str) -> Option<(SecretValue, HelperEnd)> {
        let mut command = Command::new("sh");
        command.args(["-c", script, "helper"]);
        block_on(run(command, "registry.example"))
    }

    #[test]
    fn names_of_helpers_are_no_paths() {
        for name in ["desktop", "ecr-login", "a.b_c"] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "",
            "../x",
            "a/b",
            "-x",
            ".x",
            "a b",
            "a\0",
            "ä",
            &"a".repeat(65),
        ] {
            assert!(!is_name(name), "{name}");
        }
        let asked = block_on(ask("no-such-helper", "registry.example", PATIENCE));
        assert_eq!(asked.err(), Some(LoginProblem::NoHelper));
    }

    #[test]
    fn a_helper_is_asked_for_a_server() {
        let printed = |script: &str| {
            let (printed, end) = shell(script)?;
            let wanted = SecretValue::from_bytes(b"get registry.example".to_vec());
            Some((printed.same_as(&wanted), end))
        };
        assert_eq!(
            printed("printf '%s ' $1; cat"),
            Some((true, HelperEnd::Well))
        );
        assert_eq!(
            printed("printf '%s registry.example' $1; exit 1"),
            Some((true, HelperEnd::Badly))
        );
    }

    #[test]
    fn an_answer_without_end_is_none() {
        assert!(shell("cat >/dev/null; yes").is_none());
    }

    #[test]
    fn a_helper_that_does_not_end_is_left() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 3600", "helper"]);
        let answer = run(command, "registry.example");
        let outcome = block_on(async {
            tokio::time::timeout(Duration::from_millis(200), answer)
                .await
                .is_err()
        });
        assert!(outcome);
    }
}
