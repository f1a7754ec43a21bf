//! `completion`: scripts for shells, and the shim that kubectl looks for.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use clap_complete::Shell;

use crate::cli;
use crate::error::{CommandError, ExitStatus};
use crate::process;
use crate::ui::Ui;

mod candidates;

/// The program kubectl runs to complete our words (kubectl
/// `pkg/cmd/plugin/plugin_completion.go`).
pub const SHIM: &str = "kubectl_complete-secretsafe";

/// cobra's directive "do not offer file names".
const NO_FILES: u8 = 4;

/// Print or install shell completion
#[derive(Debug, Args)]
pub struct CompletionArgs {
    #[command(subcommand)]
    target: Target,
}

#[derive(Debug, Subcommand)]
enum Target {
    /// Print the completion script of kubectl-secretsafe for bash
    Bash,
    /// Print the completion script of kubectl-secretsafe for zsh
    Zsh,
    /// Print the completion script of kubectl-secretsafe for fish
    Fish,
    /// Print the completion script of kubectl-secretsafe for PowerShell
    Powershell,
    /// Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for
    Install {
        /// Directory on PATH for the link [default: where this program is]
        #[arg(long, value_name = "PATH")]
        dir: Option<PathBuf>,
    },
}

/// Runs `completion`.
///
/// # Errors
/// Status 2 when the link cannot be made or standard output cannot be written.
pub fn run(args: CompletionArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let shell = match args.target {
        Target::Bash => Shell::Bash,
        Target::Zsh => Shell::Zsh,
        Target::Fish => Shell::Fish,
        Target::Powershell => Shell::PowerShell,
        Target::Install { dir } => return install(dir, ui),
    };
    // A shell obeys it.
    ui.commands_for_ci(|out| out.write_all(&script(shell)))?;
    Ok(ExitStatus::Ok)
}

/// The completion script for `shell`.
pub fn script(shell: Shell) -> Vec<u8> {
    let name = "kubectl-secretsafe";
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(name), name, &mut script);
    script
}

fn install(dir: Option<PathBuf>, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let program = std::env::current_exe()
        .map_err(|error| CommandError::usage(format!("this program cannot be located: {error}")))?;
    let dir = dir
        .or_else(|| program.parent().map(Path::to_owned))
        .unwrap_or_default();
    let link = dir.join(SHIM);
    let failed = |error: io::Error| {
        CommandError::usage(format!("{} cannot be made: {error}", link.display()))
            .hint("Choose a writable directory on PATH with --dir.")
    };
    match fs::symlink_metadata(&link) {
        Ok(found) if found.is_symlink() => fs::remove_file(&link).map_err(failed)?,
        Ok(_) => {
            return Err(CommandError::usage(format!(
                "{} exists and is not a link of ours; it was not touched",
                link.display()
            ))
            .hint("Move it away, or choose another directory with --dir."));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    symlink(&program, &link).map_err(failed)?;
    ui.note(format!("{} made", link.display()));
    let on_path = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder == dir));
    if !on_path {
        ui.hint(format!(
            "Add {} to PATH: kubectl looks for the link there.",
            dir.display()
        ));
    }
    Ok(ExitStatus::Ok)
}

/// Answers kubectl: one candidate a line as `value<TAB>description`, then
/// cobra's directive. The last word is the one being completed.
///
/// # Errors
/// When standard output cannot be written.
pub fn answer_kubectl(words: Vec<OsString>) -> io::Result<()> {
    // Plugins for credentials may ask or complain; nobody reads it here.
    process::without_terminal()?;
    let line = completed_line(words);
    let last = line.len() - 1;
    let tree = cli::command("kubectl secretsafe");
    let mut tree = candidates::with_candidates(tree, &line[1..last.max(1)]);
    let word = line[last].clone();
    let candidates =
        clap_complete::engine::complete(&mut tree, line, last, None).unwrap_or_default();
    let mut stdout = io::stdout().lock();
    // As kubectl has it, flags come once a word begins as one.
    let wants_flags = word.as_encoded_bytes().starts_with(b"-");
    let candidates: Vec<_> = candidates
        .into_iter()
        .filter(|found| wants_flags || !found.get_value().as_encoded_bytes().starts_with(b"-"))
        .collect();
    let takes_files = candidates.is_empty();
    for candidate in candidates {
        let value = candidate.get_value().to_string_lossy();
        match candidate.get_help() {
            Some(help) => {
                let help = help.to_string();
                let first = help.lines().next().unwrap_or_default();
                writeln!(stdout, "{value}\t{first}")?;
            }
            None => writeln!(stdout, "{value}")?,
        }
    }
    if !takes_files {
        writeln!(stdout, ":{NO_FILES}")?;
    }
    stdout.flush()
}

/// The words in clap's order, behind the program's name; the last one stays last.
fn completed_line(mut words: Vec<OsString>) -> Vec<OsString> {
    let program = OsString::from("kubectl-secretsafe");
    let last = words.pop();
    // Some word will stand there, which decides what the one before it means.
    words.push("x".into());
    let mut line = vec![program];
    line.extend(cli::as_read(words));
    line.pop();
    line.extend(last);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_completed_word_stays_last() {
        let line = |words: &[&str]| {
            let line = completed_line(words.iter().map(OsString::from).collect());
            let words: Vec<_> = line[1..]
                .iter()
                .map(|word| word.to_string_lossy())
                .collect();
            words.join(" ")
        };
        assert_eq!(line(&["-n", "prod", "doctor", "dep"]), "doctor -n prod dep");
        assert_eq!(line(&["create", "secret", ""]), "create ");
        assert_eq!(line(&["doctor", "--only", "SS0"]), "doctor --only SS0");
        assert_eq!(line(&["doctor", "-n", ""]), "doctor -n ");
        assert_eq!(line(&["-n", ""]), "-n ");
        assert_eq!(line(&["do"]), "do");
    }
}
