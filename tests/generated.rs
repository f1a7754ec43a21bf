//! Files that are made from the code, and must not be stale.
//!
//! `UPDATE_GENERATED=1 cargo test --test generated` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;
use kubectl_secretsafe::{cli, commands::completion};

/// Compares, or writes when asked to.
fn check(path: &str, content: &[u8]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
    } else {
        let found = fs::read(&file).unwrap_or_default();
        assert!(
            found == content,
            "{path} is stale: run UPDATE_GENERATED=1 cargo test --test generated"
        );
    }
}

#[test]
fn completion_scripts() {
    for (shell, name) in [
        (Shell::Bash, "kubectl-secretsafe.bash"),
        (Shell::Zsh, "_kubectl-secretsafe"),
        (Shell::Fish, "kubectl-secretsafe.fish"),
        (Shell::PowerShell, "_kubectl-secretsafe.ps1"),
    ] {
        check(&format!("completions/{name}"), &completion::script(shell));
    }
}

/// Every command with its path, parents first.
fn walk(command: &Command, path: &str, visit: &mut dyn FnMut(&Command, &str)) {
    visit(command, path);
    for child in command.get_subcommands() {
        if child.get_name() != "help" && !child.is_hide_set() {
            walk(child, &format!("{path} {}", child.get_name()), visit);
        }
    }
}

fn built() -> Command {
    let mut command = cli::command("kubectl secretsafe").term_width(100);
    command.build();
    command
}

#[test]
fn command_line_reference() {
    let mut text = String::from(
        "<!-- Written by: UPDATE_GENERATED=1 cargo test --test generated. Do not edit. -->\n# Command line\n",
    );
    walk(&built(), "kubectl secretsafe", &mut |command, path| {
        let help = command.clone().render_long_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        write!(text, "\n## {path}\n\n```text\n{}\n```\n", lines.join("\n")).unwrap();
    });
    check("docs/cli.md", text.as_bytes());
}

#[test]
fn man_pages() {
    let mut pages: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    walk(&built(), "kubectl-secretsafe", &mut |command, path| {
        let name = path.replace(' ', "-");
        // The name of a page is static for clap; there are a handful.
        let page: &'static str = Box::leak(name.clone().into_boxed_str());
        let mut roff = Vec::new();
        clap_mangen::Man::new(command.clone().name(page))
            .date("")
            .render(&mut roff)
            .unwrap();
        pages.push((PathBuf::from(format!("docs/man/{name}.1")), roff));
    });
    for (path, page) in pages {
        check(path.to_str().unwrap(), &page);
    }
}
