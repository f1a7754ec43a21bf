//! Where the words of a container start a shell.

use crate::workload::shell::is_shell;

/// A program that starts another one with the words after its own.
struct Starter {
    name: &'static str,
    /// Options with a word of their own.
    valued: &'static [&'static str],
    /// How many words it has besides options.
    operands: usize,
}

const fn starter(name: &'static str, valued: &'static [&'static str], operands: usize) -> Starter {
    Starter {
        name,
        valued,
        operands,
    }
}

const STARTERS: &[Starter] = &[
    starter("busybox", &[], 0),
    starter("catatonit", &[], 0),
    starter("chpst", &["-u", "-U", "-e", "-n", "-l", "-L"], 0),
    starter("chroot", &[], 1),
    // The entrypoints of the official images end with `exec "$@"`.
    starter("docker-entrypoint.sh", &[], 0),
    starter("doas", &["-u", "-C"], 0),
    starter("dumb-init", &["-r", "--rewrite"], 0),
    starter("env", &["-u", "--unset", "-C", "--chdir"], 0),
    starter("exec", &["-a"], 0),
    starter("gosu", &[], 1),
    starter("ionice", &["-c", "-n", "--class", "--classdata"], 0),
    starter("nice", &["-n", "--adjustment"], 0),
    starter("nohup", &[], 0),
    starter("s6-setuidgid", &[], 1),
    starter("setsid", &[], 0),
    starter("stdbuf", &["-i", "-o", "-e"], 0),
    starter("su-exec", &[], 1),
    starter("sudo", &["-u", "-g", "-C", "-D", "-h", "-p", "-r", "-t"], 0),
    starter("time", &["-f", "-o"], 0),
    starter("timeout", &["-k", "-s", "--kill-after", "--signal"], 1),
    starter("tini", &["-p", "-e"], 0),
    starter("tini-static", &["-p", "-e"], 0),
];

/// Which of the words of a command is the script of a shell: what follows `sh -c`, with
/// known programs before it that start the shell, such as `tini --`.
pub fn script(words: &[&str]) -> Option<usize> {
    let mut at = 0;
    loop {
        let word = words.get(at)?;
        if is_shell(word) {
            return script_of_shell(words, at + 1);
        }
        let name = word.rsplit('/').next().unwrap_or(word);
        let starter = STARTERS.iter().find(|starter| starter.name == name)?;
        at = starter.started(words, at + 1)?;
    }
}

impl Starter {
    /// The program that it starts.
    fn started(&self, words: &[&str], mut at: usize) -> Option<usize> {
        loop {
            let word = words.get(at)?;
            let is_assignment = self.name == "env" && word.contains('=');
            match *word {
                "--" => {
                    at += 1;
                    break;
                }
                // It splits a text into words.
                "-S" | "--split-string" if self.name == "env" => return None,
                option if self.valued.contains(&option) => at += 2,
                option if option.starts_with('-') || is_assignment => at += 1,
                _ => break,
            }
        }
        while self.name == "env" && words.get(at)?.contains('=') {
            at += 1;
        }
        Some(at + self.operands)
    }
}

fn script_of_shell(words: &[&str], begin: usize) -> Option<usize> {
    let mut runs = false;
    let mut at = begin;
    loop {
        let word = words.get(at)?;
        let Some(letters) = word.strip_prefix(['-', '+']) else {
            return runs.then_some(at);
        };
        at += match *word {
            "--rcfile" | "--init-file" => 2,
            _ if letters.starts_with('-') => 1,
            // `-o pipefail` has a word of its own, which no script is.
            _ if letters.ends_with(['o', 'O']) => 2,
            _ => 1,
        };
        runs |= word.starts_with('-') && !letters.starts_with('-') && letters.contains('c');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_what_follows_c() {
        for (words, expected) in [
            (&["sh", "-c", "app"][..], Some(2)),
            (&["/bin/bash", "-ec", "app", "name"], Some(2)),
            (&["/usr/bin/env", "dash", "-l", "-c", "app"], Some(4)),
            (
                &["env", "-i", "-u", "X", "A=sh", "sh", "-c", "app"],
                Some(7),
            ),
            (&["tini", "-g", "--", "ash", "-lc", "app"], Some(5)),
            (&["timeout", "-k", "5", "60", "sh", "-c", "app"], Some(6)),
            (&["su-exec", "app:app", "sh", "-c", "app"], Some(4)),
            (
                &["nice", "-n", "5", "gosu", "app", "sh", "-c", "app"],
                Some(7),
            ),
            (&["busybox", "sh", "-c", "app"], Some(3)),
            (&["bash", "-o", "pipefail", "-ec", "app"], Some(4)),
            (&["bash", "--rcfile", "x", "-c", "app"], Some(4)),
            (&["bash", "-c", "-e", "app"], Some(3)),
            (&["sh", "-x", "run.sh"], None),
            (&["sh", "run.sh", "-c", "app"], None),
            (&["app", "-c", "config"], None),
            (&["app", "--shell", "sh", "-c", "app"], None),
            (&["kubectl", "exec", "pod", "--", "sh", "-c", "app"], None),
            (&["env", "-S", "sh -c app"], None),
            (&["tini", "--"], None),
            (&["timeout"], None),
            (&["sh", "-c"], None),
            (&["sh"], None),
            (&[], None),
        ] {
            assert_eq!(script(words), expected, "{words:?}");
        }
    }
}
