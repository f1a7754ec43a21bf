//! What scripts and commands visibly write to. A guess by their text: enough
//! for a hint, never for more.

/// Something a command writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The program, or `>`.
    pub by: String,
    pub path: String,
    /// Whether everything below it is written too.
    pub depth: Depth,
}

/// How deep a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    Itself,
    /// The path and all below it (`-R`, `-r`).
    Recursive,
}

/// What a container's command, or a hook's, visibly writes to.
pub fn writes(command: &[&str]) -> Vec<Write> {
    let mut found = match command.first() {
        Some(program) if !is_shell(program) => {
            let words: Vec<_> = command
                .iter()
                .map(|&word| Token::Word(word.to_owned()))
                .collect();
            of_command(&words)
        }
        _ => Vec::new(),
    };
    for text in command
        .iter()
        .filter(|text| text.contains(char::is_whitespace))
    {
        found.extend(of_script(text));
    }
    found
}

/// Whether a program is a shell.
pub(super) fn is_shell(program: &str) -> bool {
    matches!(
        base_name(program),
        "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh"
    )
}

fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// A piece of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `>` or `>>`.
    Redirect,
    /// `||`: what failed before it is taken care of.
    Or,
    /// Anything else that ends a command.
    End,
}

/// What a script's commands write to, but for those whose failure is expected
/// (`|| true`).
fn of_script(text: &str) -> Vec<Write> {
    let mut found = Vec::new();
    let mut command = Vec::new();
    for token in tokens(text) {
        match token {
            Token::Or => command.clear(),
            Token::End => found.extend(of_command(&std::mem::take(&mut command))),
            token => command.push(token),
        }
    }
    found.extend(of_command(&command));
    found
}

/// What one command writes to.
fn of_command(tokens: &[Token]) -> Vec<Write> {
    let mut words: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    let mut at_target = false;
    for token in tokens {
        match token {
            Token::Redirect => at_target = true,
            Token::Word(word) if at_target => {
                at_target = false;
                push(&mut found, ">", word, Depth::Itself);
            }
            Token::Word(word) => words.push(word),
            Token::Or | Token::End => {}
        }
    }
    let start = words.iter().position(|word| !is_prelude(word));
    let Some((program, rest)) = start.and_then(|start| words[start..].split_first()) else {
        return found;
    };
    let program = base_name(program);
    let (options, operands): (Vec<&str>, Vec<&str>) =
        rest.iter().partition(|word| word.starts_with('-'));
    let has = |letters: [char; 2]| {
        options
            .iter()
            .any(|option| !option.starts_with("--") && option.contains(letters))
            || options.contains(&"--recursive")
    };
    let targets: &[&str] = match program {
        "chown" | "chmod" | "chgrp" | "tee" | "touch" | "truncate" | "rm" | "rmdir" | "mkdir"
        | "mv" => &operands,
        "sed"
            if options
                .iter()
                .any(|option| option.starts_with("-i") || *option == "--in-place") =>
        {
            &operands
        }
        "cp" | "install" | "ln" => operands.last().map_or(&[], std::slice::from_ref),
        _ => &[],
    };
    let depth = match program {
        "chown" | "chmod" | "chgrp" | "rm" if has(['R', 'r']) => Depth::Recursive,
        _ => Depth::Itself,
    };
    for target in targets {
        push(&mut found, program, target, depth);
    }
    found
}

fn push(found: &mut Vec<Write>, by: &str, path: &str, depth: Depth) {
    if path.starts_with('/') {
        found.push(Write {
            by: by.to_owned(),
            path: path.to_owned(),
            depth,
        });
    }
}

/// Words before the program of a command: keywords, assignments, `sudo`.
fn is_prelude(word: &str) -> bool {
    let assigns = word
        .split_once('=')
        .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    assigns
        || matches!(
            word,
            "if" | "then"
                | "else"
                | "elif"
                | "while"
                | "until"
                | "do"
                | "!"
                | "{"
                | "exec"
                | "sudo"
                | "time"
                | "command"
        )
}

/// Splits a script as a shell does, without expanding anything.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.get_or_insert_default().push(c),
            (_, '\\') => {
                if let Some(next) = characters.next().filter(|next| *next != '\n') {
                    word.get_or_insert_default().push(next);
                }
            }
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => {
                while characters.next_if(|next| *next != '\n').is_some() {}
            }
            (None, '>') => {
                // `2>` names a stream, `>&2` no file.
                if word.as_ref().is_some_and(|word| word.parse::<u8>().is_ok()) {
                    word = None;
                }
                found.extend(word.take().map(Token::Word));
                while characters
                    .next_if(|next| matches!(next, '>' | '|'))
                    .is_some()
                {}
                if characters.next_if_eq(&'&').is_none() {
                    found.push(Token::Redirect);
                }
            }
            (None, '|') if characters.peek() == Some(&'|') => {
                characters.next();
                found.extend(word.take().map(Token::Word));
                found.push(Token::Or);
            }
            (None, ';' | '&' | '|' | '\n' | '(' | ')') => {
                found.extend(word.take().map(Token::Word));
                found.push(Token::End);
            }
            (None, c) if c.is_whitespace() => found.extend(word.take().map(Token::Word)),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    found.extend(word.map(Token::Word));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(command: &[&str]) -> Vec<String> {
        writes(command)
            .into_iter()
            .map(|write| {
                let depth = if write.depth == Depth::Recursive {
                    " -R"
                } else {
                    ""
                };
                format!("{}{depth} {}", write.by, write.path)
            })
            .collect()
    }

    #[test]
    fn scripts_are_read_for_what_they_write() {
        for (script, expected) in [
            (
                "chown -R app:app /etc/secrets",
                &["chown -R /etc/secrets"][..],
            ),
            ("set -e; chmod 0600 /s/key && app", &["chmod /s/key"]),
            ("sed -i 's/a/b/' /etc/app/c", &["sed /etc/app/c"]),
            ("sed 's/a/b/' /etc/app/c", &[]),
            (
                "echo x > /s/a; echo y >>/s/b 2>/dev/null",
                &["> /s/a", "> /s/b", "> /dev/null"],
            ),
            ("echo x >&2 /s/a", &[]),
            ("cp /s/key /tmp/key", &["cp /tmp/key"]),
            ("cat /s/key | tee /s/copy", &["tee /s/copy"]),
            ("chown app /s || true", &[]),
            ("if true; then sudo touch \"/s/a b\"; fi", &["touch /s/a b"]),
            ("# chown app /s\napp --x", &[]),
            ("echo 'rm /s/a'", &[]),
            ("install -m 0400 /s/key /work/key", &["install /work/key"]),
        ] {
            assert_eq!(told(&["sh", "-c", script]), expected, "{script}");
        }
    }

    #[test]
    fn commands_without_a_shell_are_one_command() {
        assert_eq!(told(&["/bin/chown", "-R", "1000", "/s"]), ["chown -R /s"]);
        assert_eq!(told(&["app", "/s", ">", "/s/a"]), Vec::<String>::new());
        assert_eq!(told(&[]), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn quoted_text_is_one_word(text in "[a-z ;|>&#/]{0,20}") {
            let script = format!("echo '{text}'");
            prop_assert_eq!(of_script(&script), Vec::new());
        }
    }
}
