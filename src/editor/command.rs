//! Which editor is started, and with which flags it leaves no copies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::CommandError;
use crate::escape::escape_controls;
use crate::programs;

/// Where the editor is named, in this order, as `kubectl edit` has it
/// (`k8s.io/kubectl/pkg/cmd/util/editor`).
const VARIABLES: [&str; 2] = ["KUBE_EDITOR", "EDITOR"];
/// The longest command line that is looked at, in bytes.
const LONGEST: usize = 4096;
/// Links from a name to a program: `editor` → `/etc/alternatives/editor` → `vim.basic`.
const MOST_LINKS: usize = 16;

/// What no file of the user's configuration can undo: it is read before `-c`, and each
/// buffer asks once more.
const VIM: &str = "silent! set noswapfile nobackup nowritebackup noundofile nomodeline | \
    silent! set viminfo= | silent! set viminfofile=NONE | silent! set shada= | \
    silent! set shadafile=NONE";
const VIM_BUFFER: &str = "silent! autocmd BufReadPre,BufNewFile,BufWritePre * \
    silent! set noswapfile nobackup nowritebackup noundofile nomodeline";
const EMACS: &str = "(progn (setq enable-local-variables nil enable-local-eval nil \
    enable-dir-local-variables nil make-backup-files nil backup-inhibited t auto-save-default nil \
    auto-save-list-file-prefix nil create-lockfiles nil undo-tree-auto-save-history nil \
    savehist-additional-variables nil kill-buffer-delete-auto-save-files t) \
    (when (bound-and-true-p savehist-mode) (savehist-mode -1)))";

/// Editors whose ways of copying are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Vim,
    /// Vim in a window, which lets go of the terminal unless it is told not to.
    VimWindow,
    Nano,
    Emacs,
    /// It hands the file to an Emacs that runs already.
    EmacsClient,
    Joe,
    /// An editor with a window that is told to wait by `--wait`.
    Window,
    Other,
}

/// An editor that can be started.
pub(super) struct Editor {
    program: PathBuf,
    /// What stands before it: `env` and its variables.
    before: Vec<OsString>,
    /// What follows the program in the variable.
    words: Vec<String>,
    family: Family,
}

impl Editor {
    /// That of the environment, else vi.
    ///
    /// # Errors
    /// Status 2 when the variable cannot be understood, or there is no such program.
    pub fn chosen() -> Result<Self, CommandError> {
        let named = VARIABLES.into_iter().find_map(|variable| {
            let text = std::env::var_os(variable)?;
            (!text.is_empty()).then_some((variable, text))
        });
        match named {
            Some((variable, text)) => {
                let text = text
                    .into_string()
                    .map_err(|_| refused(variable, "is not UTF-8"))?;
                Self::parse(&text).map_err(|why| refused(variable, &why))
            }
            None => Self::parse("vi").map_err(|_| {
                CommandError::usage("there is no editor; nothing was changed")
                    .hint("Set EDITOR to the editor to use, such as nano.")
            }),
        }
    }

    /// Splits a command line as a shell does, with quotes; nothing is expanded, and no
    /// shell is run.
    fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("is longer than {LONGEST} bytes"));
        }
        let mut words = shlex::split(text).ok_or("has an open quote")?;
        if words.first().is_none_or(String::is_empty) {
            return Err("names no program".to_owned());
        }
        // `env NAME=VALUE… editor` starts the editor.
        let before = match words[0].rsplit('/').next() {
            Some("env") => {
                1 + words[1..]
                    .iter()
                    .take_while(|word| word.contains('='))
                    .count()
            }
            _ => 0,
        };
        let before = if before < words.len() { before } else { 0 };
        let rest = words.split_off(before);
        let mut rest = rest.into_iter();
        let name = rest.next().unwrap_or_default();
        let found = |name: &str| {
            programs::find(name)
                .ok_or_else(|| format!("names {:?}, which is not a program on PATH", bounded(name)))
        };
        let program = found(&name)?;
        let before = match words.first() {
            Some(env) => {
                let env = found(env)?;
                std::iter::once(env.into_os_string())
                    .chain(words[1..].iter().map(OsString::from))
                    .collect()
            }
            None => Vec::new(),
        };
        Ok(Self {
            family: Family::of(&program),
            program,
            before,
            words: rest.collect(),
        })
    }

    /// Everything on its command line, without the file.
    pub fn command(&self) -> std::process::Command {
        let mut words = self.before.iter();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = std::process::Command::new(first);
                command.args(words).arg(&self.program);
                command
            }
            None => std::process::Command::new(&self.program),
        };
        command.args(self.family.flags()).args(&self.words);
        command
    }

    /// Whether it looks for the folder of temporary files to find an editor that runs.
    pub fn needs_own_tmpdir(&self) -> bool {
        self.family == Family::EmacsClient
    }

    /// The name of its program.
    pub fn name(&self) -> String {
        let name = self.program.file_name().unwrap_or_default();
        bounded(&name.to_string_lossy())
    }

    /// That nothing is known of how it makes copies.
    pub fn warning(&self) -> Option<String> {
        let is_unknown = matches!(
            self.family,
            Family::Other | Family::Window | Family::EmacsClient
        );
        is_unknown.then(|| {
            format!(
                "which flags keep {} from making copies is not known; afterwards, files that changed meanwhile are searched for the values",
                self.name()
            )
        })
    }
}

fn refused(variable: &str, why: &str) -> CommandError {
    CommandError::usage(format!("{variable} {why}; nothing was changed")).hint(format!(
        "Set {variable} to the editor to use, such as nano."
    ))
}

fn bounded(text: &str) -> String {
    let shown: String = text.chars().take(60).collect();
    escape_controls(&shown)
}

impl Family {
    /// Told by the names of a program: its own and those that it links to.
    fn of(program: &Path) -> Self {
        let mut names = Vec::new();
        let mut path = program.to_owned();
        for _ in 0..MOST_LINKS {
            names.extend(path.file_name().map(OsString::from));
            let Ok(target) = std::fs::read_link(&path) else {
                break;
            };
            path = path.parent().unwrap_or(Path::new("/")).join(target);
        }
        let names: Vec<_> = names.iter().map(|name| name.to_string_lossy()).collect();
        // One program for all names, with a vi of its own.
        if names
            .iter()
            .any(|name| matches!(name.as_ref(), "busybox" | "toybox"))
        {
            return Self::Other;
        }
        let known = names
            .iter()
            .map(|name| Self::named(name))
            .find(|family| *family != Self::Other);
        known.unwrap_or_else(|| {
            // A script or a copy: Fedora's vi starts vim.
            let may_be_vim = names
                .iter()
                .any(|name| matches!(name.as_ref(), "vi" | "view" | "ex" | "vimdiff"));
            match may_be_vim && says_vim(program) {
                true => Self::Vim,
                false => Self::Other,
            }
        })
    }

    fn named(name: &str) -> Self {
        let stem = name.split('.').next().unwrap_or_default();
        match stem {
            "vim" | "nvim" | "rvim" | "vimx" => Self::Vim,
            "gvim" | "mvim" | "rgvim" => Self::VimWindow,
            "nano" | "rnano" => Self::Nano,
            "emacs" | "emacs-nox" | "emacs-gtk" => Self::Emacs,
            "emacsclient" => Self::EmacsClient,
            "joe" | "jstar" | "jmacs" | "jpico" => Self::Joe,
            "code" | "code-insiders" | "codium" | "cursor" | "zed" | "subl" => Self::Window,
            _ => Self::Other,
        }
    }

    /// `-n`: no swap file, `-i NONE`: no viminfo (vim(1), nvim(1)); `-I -R`: no nanorc, no
    /// history, no backups (nano(1)); `-nobackups -nodeadjoe` (joe(1)).
    fn flags(self) -> Vec<&'static str> {
        // In a group of its own, which `autocmd!` of a configuration does not empty. The
        // smallest vim has no groups.
        const OF_VIM: [&str; 15] = [
            "-n",
            "-i",
            "NONE",
            "--cmd",
            "set nomodeline",
            "--cmd",
            "silent! let g:editorconfig = v:false",
            "--cmd",
            "silent! augroup secretsafe",
            "--cmd",
            VIM_BUFFER,
            "--cmd",
            "silent! augroup END",
            "-c",
            VIM,
        ];
        match self {
            Self::Vim => OF_VIM.to_vec(),
            Self::VimWindow => [&["-f"], &OF_VIM[..]].concat(),
            Self::Nano => vec!["-I", "-R"],
            Self::Emacs => vec!["--eval", EMACS],
            Self::Joe => vec!["-nobackups", "-nodeadjoe", "--joe_state"],
            Self::Window => vec!["--wait"],
            Self::EmacsClient | Self::Other => Vec::new(),
        }
    }
}

/// Whether a program says that it is vim. One that does not answer is none.
fn says_vim(program: &Path) -> bool {
    use std::process::{Command, Stdio};
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
    let started = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = started else { return false };
    let begun = std::time::Instant::now();
    // Its answer fits into the pipe.
    while begun.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(std::time::Duration::from_millis(5)),
            _ => break,
        }
    }
    let _ = child.kill();
    let answer = child.wait_with_output();
    answer.is_ok_and(|answer| {
        let text = String::from_utf8_lossy(&answer.stdout);
        text.starts_with("VIM ") || text.starts_with("NVIM ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_is_split_into_words_and_nothing_is_run() {
        let env = Editor::parse("env A=1 B='2 3' sh -c x").unwrap();
        let command = env.command();
        assert!(command.get_program().to_string_lossy().ends_with("/env"));
        let arguments: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        assert_eq!(arguments[..2], ["A=1", "B=2 3"]);
        assert!(arguments[2].ends_with("/sh"));
        assert_eq!(arguments[3..], ["-c", "x"]);
        let parse = |text: &str| {
            Editor::parse(text).map(|editor| (editor.name(), editor.words, editor.family))
        };
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            parse("sh -c 'a b' \"c;d\" -- $(x)"),
            Ok((
                "sh".to_owned(),
                words(&["-c", "a b", "c;d", "--", "$(x)"]),
                Family::Other
            ))
        );
        for (text, why) in [
            ("", "names no program"),
            ("   ", "names no program"),
            ("'' x", "names no program"),
            ("vi 'x", "open quote"),
            ("no-such-editor-here", "not a program"),
            ("sh; touch x", "not a program"),
            ("$(sh)", "not a program"),
        ] {
            assert!(
                parse(text).is_err_and(|error| error.contains(why)),
                "{text}"
            );
        }
        assert!(parse(&format!("sh {}", "x".repeat(LONGEST))).is_err());
        let long = parse(&"x".repeat(4000)).unwrap_err();
        assert!(long.len() < 200, "{long}");
    }

    #[test]
    fn an_editor_is_known_by_what_it_links_to() {
        let folder = tempfile::tempdir().unwrap();
        let link = |name: &str, target: &str| {
            std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
        };
        link("editor", "alternatives-editor");
        link("alternatives-editor", "vim.basic");
        link("vi", "busybox");
        link("loop", "loop");
        let script = folder.path().join("view");
        std::fs::write(&script, "#!/bin/sh\necho 'VIM - Vi IMproved 9.0'\n").unwrap();
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
        assert_eq!(Family::of(&script), Family::Vim);
        let of = |name: &str| Family::of(&folder.path().join(name));
        assert_eq!(of("editor"), Family::Vim);
        assert_eq!(of("vi"), Family::Other);
        assert_eq!(of("loop"), Family::Other);
        for (name, family) in [
            ("nvim", Family::Vim),
            ("vim.tiny", Family::Vim),
            ("gvim", Family::VimWindow),
            ("nano", Family::Nano),
            ("emacs", Family::Emacs),
            ("jmacs", Family::Joe),
            ("code", Family::Window),
            ("emacsclient", Family::EmacsClient),
            ("vimdiff-wrapper", Family::Other),
        ] {
            assert_eq!(of(name), family, "{name}");
        }
    }
}
