//! Command lines that messages print, to be run as they stand. Names in them
//! come from others, so none may become a flag or a second command; and they
//! are for the cluster that this run speaks to, not for the current context.

use std::fmt;
use std::path::Path;

/// A command line for a POSIX shell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandLine {
    stages: Vec<Stage>,
    connection: Option<Connection>,
}

/// One program of a pipe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stage {
    /// The program and its subcommand, as written here.
    words: String,
    names: Vec<String>,
    flags: Vec<String>,
    asks: Asks,
    /// How it follows the one before.
    follows: Follows,
}

/// How a program follows another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Follows {
    /// It reads what the other one prints.
    Reads,
    /// It is run if the other one, or the pipe that it ends, has succeeded.
    Succeeds,
}

/// Whom a program asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asks {
    /// A cluster, with kubectl's flags.
    Cluster,
    /// Nobody, or somebody who does not know these flags.
    Nobody,
}

/// Which cluster a run speaks to, and as whom: the flags that said so. A token
/// is not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// As they are written.
    flags: Vec<String>,
}

impl Connection {
    /// Adds a flag with its value.
    #[must_use]
    pub fn with(mut self, flag: &str, value: &str) -> Self {
        self.flags.push(given(flag, value));
        self
    }

    /// Adds a flag whose value stands in the same word, as that of a switch has to.
    #[must_use]
    pub fn with_joined(mut self, flag: &str, value: &str) -> Self {
        self.flags.push(joined(flag, value));
        self
    }

    /// Adds a flag that names a file. One that only this process has, such as a
    /// shell's `<(…)`, is a blank to be filled in.
    #[must_use]
    pub fn with_file(self, flag: &str, path: &Path) -> Self {
        let is_open = ["/dev/fd", "/dev/stdin", "/proc"]
            .iter()
            .any(|folder| path.starts_with(folder));
        match is_open {
            true => self.with(flag, "FILE"),
            false => self.with(flag, &path.display().to_string()),
        }
    }
}

impl CommandLine {
    /// A command of kubectl: `CommandLine::kubectl("rollout restart")`.
    pub fn kubectl(words: &'static str) -> Self {
        Self::stage(format!("kubectl {words}"), Asks::Cluster)
    }

    /// One of our own: `CommandLine::secretsafe("create tls")`.
    pub fn secretsafe(words: &'static str) -> Self {
        Self::stage(format!("kubectl secretsafe {words}"), Asks::Cluster)
    }

    /// A program that takes kubectl's flags.
    pub fn like_kubectl(words: &'static str) -> Self {
        Self::stage(words.to_owned(), Asks::Cluster)
    }

    /// A program that asks no cluster, or not with kubectl's flags, with its
    /// subcommand.
    pub fn program(words: &'static str) -> Self {
        Self::stage(words.to_owned(), Asks::Nobody)
    }

    fn stage(words: String, asks: Asks) -> Self {
        Self {
            stages: vec![Stage {
                words,
                names: Vec::new(),
                flags: Vec::new(),
                asks,
                follows: Follows::Reads,
            }],
            connection: None,
        }
    }

    /// What is given by its place: an object, a key, a file.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.last().names.push(name.to_owned());
        self
    }

    /// `-n NAMESPACE`; nothing for what has no namespace.
    #[must_use]
    pub fn namespace(self, namespace: &str) -> Self {
        match namespace {
            "" => self,
            namespace => self.flag("-n", namespace),
        }
    }

    /// A flag and its value, apart unless the value looks like a flag.
    #[must_use]
    pub fn flag(mut self, flag: &str, value: &str) -> Self {
        let words = given(flag, value);
        self.last().flags.push(words);
        self
    }

    /// `-f FILE`. Commas part the files of one flag, so a name that has any is
    /// written as CSV has it (pflag's `StringSlice`).
    #[must_use]
    pub fn file(self, name: &str) -> Self {
        match name.contains([',', '"', '\n', '\r']) {
            true => self.flag("-f", &format!("\"{}\"", name.replace('"', "\"\""))),
            false => self.flag("-f", name),
        }
    }

    /// A flag and its value in one word.
    #[must_use]
    pub fn joined(mut self, flag: &str, value: &str) -> Self {
        self.last().flags.push(joined(flag, value));
        self
    }

    /// A word that has its place among the flags. One that looks like a flag ends them.
    #[must_use]
    pub fn operand(mut self, word: &str) -> Self {
        let quoted = quoted(word);
        self.last().flags.push(match looks_like_a_flag(word) {
            true => format!("-- {quoted}"),
            false => quoted,
        });
        self
    }

    /// Flags as they are written here.
    #[must_use]
    pub fn switch(mut self, flags: &'static str) -> Self {
        self.last().flags.push(flags.to_owned());
        self
    }

    /// Hands what it prints to the next one.
    #[must_use]
    pub fn pipe(mut self, next: Self) -> Self {
        self.stages.extend(next.stages);
        self
    }

    /// Runs the next one, or the pipe that it begins, if this one has succeeded.
    #[must_use]
    pub fn then(mut self, mut next: Self) -> Self {
        if let Some(first) = next.stages.first_mut() {
            first.follows = Follows::Succeeds;
        }
        self.stages.extend(next.stages);
        self
    }

    /// The same for the cluster of this connection, unless it is for one already.
    #[must_use]
    pub fn on(mut self, connection: &Connection) -> Self {
        self.connection.get_or_insert_with(|| connection.clone());
        self
    }

    /// Whether one of its programs is this one, with its subcommand.
    pub fn runs(&self, words: &str) -> bool {
        self.stages
            .iter()
            .any(|stage| stage.words == words || stage.words.starts_with(&format!("{words} ")))
    }

    fn last(&mut self) -> &mut Stage {
        self.stages.last_mut().expect("there is always one")
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, stage) in self.stages.iter().enumerate() {
            if index > 0 {
                formatter.write_str(match stage.follows {
                    Follows::Reads => " | ",
                    Follows::Succeeds => " && ",
                })?;
            }
            stage.write(self.connection.as_ref(), formatter)?;
        }
        Ok(())
    }
}

impl Stage {
    fn write(
        &self,
        connection: Option<&Connection>,
        formatter: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        formatter.write_str(&self.words)?;
        let names = |formatter: &mut fmt::Formatter<'_>| {
            self.names
                .iter()
                .try_for_each(|name| write!(formatter, " {}", quoted(name)))
        };
        // Behind `--` nothing is a flag, so our own have to stand before it.
        let last = self.names.iter().any(|name| looks_like_a_flag(name));
        if !last {
            names(formatter)?;
        }
        for flag in &self.flags {
            write!(formatter, " {flag}")?;
        }
        if let (Asks::Cluster, Some(connection)) = (self.asks, connection) {
            for flag in &connection.flags {
                write!(formatter, " {flag}")?;
            }
        }
        if last {
            formatter.write_str(" --")?;
            names(formatter)?;
        }
        Ok(())
    }
}

/// A flag and its value: in one word where the value would be taken for a flag.
fn given(flag: &str, value: &str) -> String {
    match looks_like_a_flag(value) {
        true => joined(flag, value),
        false => format!("{flag} {}", quoted(value)),
    }
}

fn joined(flag: &str, value: &str) -> String {
    quoted(&format!("{flag}={value}"))
}

/// `-` alone is standard input.
fn looks_like_a_flag(word: &str) -> bool {
    word.starts_with('-') && word != "-"
}

/// A next step in words, which may hold commands: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Command(Box<CommandLine>),
    /// Lines of their own.
    Block(String),
    /// The same: a Role that is enough for one request.
    Role(String),
}

impl Hint {
    /// `WORDS: COMMAND`, to be copied up to the end of the line.
    pub fn run(words: impl Into<String>, command: CommandLine) -> Self {
        Self::from(words.into()).words(": ").command(command)
    }

    /// Goes on with words.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.pieces.push(Piece::Words(words.into()));
        self
    }

    /// Goes on with a command.
    #[must_use]
    pub fn command(mut self, command: CommandLine) -> Self {
        self.pieces.push(Piece::Command(Box::new(command)));
        self
    }

    /// Goes on with a text of several lines, below the others.
    #[must_use]
    pub fn block(mut self, text: impl Into<String>) -> Self {
        self.pieces.push(Piece::Block(text.into()));
        self
    }

    /// Goes on with a Role that is enough for one request, below the others.
    #[must_use]
    pub fn role(mut self, text: impl Into<String>) -> Self {
        self.pieces.push(Piece::Role(text.into()));
        self
    }

    /// Whether it gives a Role that is enough for one request only.
    pub fn is_for_one_request(&self) -> bool {
        let is_role = |piece: &Piece| matches!(piece, Piece::Role(_));
        self.pieces.iter().any(is_role)
    }

    /// The hint with every line made harmless: only a block has several.
    pub fn shown(&self, safe: impl Fn(&str) -> String) -> String {
        let mut shown = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Block(text) | Piece::Role(text) => {
                    for line in text.lines() {
                        shown.push('\n');
                        shown.push_str(&safe(line));
                    }
                }
                Piece::Words(words) => shown.push_str(&safe(words)),
                Piece::Command(command) => shown.push_str(&safe(&command.to_string())),
            }
        }
        shown
    }

    /// Its commands ask the cluster of this connection.
    #[must_use]
    pub fn on(self, connection: &Connection) -> Self {
        let pieces = self.pieces.into_iter().map(|piece| match piece {
            Piece::Command(command) => Piece::Command(Box::new(command.on(connection))),
            other @ (Piece::Words(_) | Piece::Block(_) | Piece::Role(_)) => other,
        });
        Self {
            pieces: pieces.collect(),
        }
    }
}

impl From<String> for Hint {
    fn from(words: String) -> Self {
        Self {
            pieces: vec![Piece::Words(words)],
        }
    }
}

impl From<&str> for Hint {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Words(words) => formatter.write_str(words),
            Piece::Command(command) => write!(formatter, "{command}"),
            Piece::Block(text) | Piece::Role(text) => write!(formatter, "\n{}", text.trim_end()),
        })
    }
}

/// A word of a command line, quoted for a POSIX shell where that is needed.
pub fn quoted(word: &str) -> String {
    let plain = !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c));
    if plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_needed() {
        assert_eq!(quoted("deploy/api"), "deploy/api");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$(x)"), "'$(x)'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_command_is_for_the_cluster_it_was_found_in() {
        let restart = CommandLine::kubectl("rollout restart")
            .name("deployment/api")
            .namespace("prod");
        assert_eq!(
            restart.to_string(),
            "kubectl rollout restart deployment/api -n prod"
        );
        let connection = Connection::default()
            .with("--kubeconfig", "my config")
            .with("--context", "-x");
        assert_eq!(
            restart.on(&connection).to_string(),
            "kubectl rollout restart deployment/api -n prod --kubeconfig 'my config' --context=-x"
        );
    }

    #[test]
    fn a_program_may_wait_for_the_success_of_a_pipe() {
        let both = CommandLine::kubectl("get secret")
            .name("db")
            .pipe(
                CommandLine::program("jq -e")
                    .operand(".data")
                    .switch(">/dev/null"),
            )
            .then(CommandLine::kubectl("get secret").name("db"))
            .pipe(CommandLine::program("cat"))
            .on(&Connection::default().with("--context", "dev"));
        assert_eq!(
            both.to_string(),
            "kubectl get secret db --context dev | jq -e .data >/dev/null \
             && kubectl get secret db --context dev | cat"
        );
    }

    #[test]
    fn every_program_of_a_pipe_that_asks_a_cluster_asks_the_same() {
        let copy = CommandLine::kubectl("get secret")
            .name("db")
            .namespace("a")
            .switch("-o json")
            .pipe(CommandLine::program("jq '{data}'"))
            .pipe(CommandLine::kubectl("create").namespace("b").switch("-f -"))
            .on(&Connection::default().with("--context", "dev"));
        assert_eq!(
            copy.to_string(),
            "kubectl get secret db -n a -o json --context dev | jq '{data}' \
             | kubectl create -n b -f - --context dev"
        );
    }

    #[test]
    fn no_name_becomes_a_flag() {
        let create = CommandLine::secretsafe("create")
            .name("--kubeconfig=evil")
            .namespace("--as=root")
            .flag("--prompt", "-key")
            .joined("--from-file", "a;b=PATH")
            .on(&Connection::default().with("--context", "dev"));
        assert_eq!(
            create.to_string(),
            "kubectl secretsafe create -n=--as=root --prompt=-key '--from-file=a;b=PATH' \
             --context dev -- --kubeconfig=evil"
        );
        let put = CommandLine::program("vault kv put")
            .joined("-mount", "a b")
            .operand("-x")
            .operand("k=-");
        assert_eq!(put.to_string(), "vault kv put '-mount=a b' -- -x k=-");
        let read = CommandLine::secretsafe("doctor").flag("-f", "-");
        assert_eq!(read.to_string(), "kubectl secretsafe doctor -f -");
    }

    #[test]
    fn flags_of_the_connection_are_written_as_parsers_take_them() {
        let connection = Connection::default()
            .with_joined("--insecure-skip-tls-verify", "true")
            .with_file("--kubeconfig", Path::new("/dev/fd/63"))
            .with_file("--client-key", Path::new("a key"));
        assert_eq!(
            CommandLine::kubectl("delete pod")
                .name("x")
                .on(&connection)
                .to_string(),
            "kubectl delete pod x --insecure-skip-tls-verify=true --kubeconfig FILE --client-key 'a key'"
        );
    }
}
