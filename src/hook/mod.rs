//! Programs of the user that change or try the other side of a credential: what they
//! are given, how long they may take, and what of their words is kept.
//!
//! Values reach them on descriptors only: as a JSON document on standard input, and for
//! a lone key by themselves on descriptor 3 (the value to set or to try) and 4 (the
//! other one). Arguments and environment have names. They run in a process group of
//! their own, which is ended when their time is over.

mod process;

use std::time::Duration;

use crate::secret::handoff::{self, Handed};
use crate::secret::{KeyName, SecretValue};

pub use crate::rotation::hooks::{Task, Way};
pub use process::Running;

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    text: String,
    words: Vec<String>,
}

/// One key: the value to set or to try, and the other one.
pub struct Values {
    pub key: KeyName,
    pub value: SecretValue,
    pub other: Option<SecretValue>,
}

/// One call of a program.
pub struct Call<'a> {
    pub task: Task,
    pub way: Way,
    pub namespace: &'a str,
    pub secret: &'a str,
    pub run: &'a str,
    /// How often the run has called it, this time included.
    pub attempt: u32,
    pub keys: Vec<Values>,
    pub patience: Duration,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    Done,
    /// Exit code 10: there was nothing to do.
    AlreadyDone,
    /// Another exit code.
    Failed(i32),
    /// A signal ended it.
    Killed(i32),
    /// It took longer than it may.
    TooLate,
    /// It cannot be started.
    NotStarted(String),
}

/// What became of a call.
pub struct Ended {
    pub how: How,
    /// The end of what it wrote, which may quote anything.
    pub said: String,
}

/// The exit code of a program that found its work done.
const ALREADY_DONE: i32 = 10;

impl How {
    /// Whether what was asked for is so now.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done | Self::AlreadyDone)
    }

    /// The same behind the name of a program.
    pub fn words(&self, patience: Duration) -> String {
        match self {
            Self::Done => "succeeded".to_owned(),
            Self::AlreadyDone => "had nothing to do".to_owned(),
            Self::Failed(code) => format!("ended with exit code {code}"),
            Self::Killed(signal) => format!("was ended by signal {signal}"),
            Self::TooLate => format!("did not end within {} s", patience.as_secs()),
            Self::NotStarted(why) => format!("cannot be started: {why}"),
        }
    }
}

impl Hook {
    /// Reads a command line as a shell splits it, with quotes; nothing is expanded.
    ///
    /// # Errors
    /// When it has no word, or a quote is open.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let words = shlex::split(text).ok_or("has an open quote")?;
        match words.first().is_some_and(|word| !word.is_empty()) {
            true => Ok(Self {
                text: text.to_owned(),
                words,
            }),
            false => Err("names no program"),
        }
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The program.
    pub fn program(&self) -> &str {
        &self.words[0]
    }

    /// Starts it.
    pub fn start(&self, call: Call<'_>) -> Running {
        let way = match call.way {
            Way::Forward => "forward",
            Way::Back => "back",
        };
        let keys: Vec<_> = call.keys.iter().map(|one| one.key.as_str()).collect();
        let keys = keys.join(" ");
        let attempt = call.attempt.to_string();
        let names = [
            ("phase", call.task.name()),
            ("direction", way),
            ("namespace", call.namespace),
            ("secret", call.secret),
            ("run", call.run),
            ("attempt", &attempt),
        ];
        let handed: Vec<_> = call
            .keys
            .iter()
            .map(|one| Handed {
                key: &one.key,
                value: &one.value,
                other: one.other.as_ref(),
            })
            .collect();
        let document = handoff::document(&names, &handed);
        let mut environment: Vec<_> = names
            .iter()
            .map(|(name, text)| {
                (
                    format!("SECRETSAFE_{}", name.to_uppercase()),
                    (*text).to_owned(),
                )
            })
            .collect();
        environment.push(("SECRETSAFE_KEYS".to_owned(), keys));
        let lone = match call.keys.len() {
            1 => call.keys.into_iter().next(),
            _ => None,
        };
        Running::start(&self.words, environment, document, lone, call.patience)
    }
}

impl std::str::FromStr for Hook {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_split_and_not_expanded() {
        let words = |text: &str| Hook::parse(text).map(|hook| hook.words);
        assert_eq!(words("./set.sh"), Ok(vec!["./set.sh".to_owned()]));
        assert_eq!(
            words("psql -c 'ALTER ROLE $x' \"a b\" ~/x"),
            Ok(["psql", "-c", "ALTER ROLE $x", "a b", "~/x"]
                .map(str::to_owned)
                .to_vec())
        );
        for text in ["", "  ", "'", "''", "a 'b"] {
            assert!(words(text).is_err(), "{text}");
        }
    }

    fn ran(script: &str, value: &[u8], other: Option<&[u8]>, patience: u64) -> Ended {
        let hook = Hook {
            text: String::new(),
            words: ["sh", "-c", script].map(str::to_owned).to_vec(),
        };
        let value_of = |bytes: &[u8]| SecretValue::from_bytes(bytes.to_vec());
        let call = Call {
            task: Task::Set,
            way: Way::Forward,
            namespace: "prod",
            secret: "db",
            run: "abcdefghij",
            attempt: 1,
            keys: vec![Values {
                key: KeyName::new("password").unwrap(),
                value: value_of(value),
                other: other.map(value_of),
            }],
            patience: Duration::from_secs(patience),
        };
        hook.start(call).wait()
    }

    #[test]
    fn a_program_gets_values_on_descriptors_only() {
        let ended = ran(
            "cat <&3; echo; cat <&4; echo; cat; env | grep -c new-value; echo \"$SECRETSAFE_PHASE $SECRETSAFE_SECRET $SECRETSAFE_KEYS $*\"",
            b"new-value",
            Some(b"old-value"),
            20,
        );
        assert_eq!(ended.how, How::Done);
        let lines: Vec<_> = ended.said.lines().collect();
        assert_eq!(lines[..2], ["new-value", "old-value"]);
        let document: serde_json::Value = serde_json::from_str(lines[2]).unwrap();
        assert_eq!(document["keys"][0]["value"], "new-value");
        assert_eq!(lines[3..], ["0", "set db password "]);
    }

    #[test]
    fn however_a_program_behaves_it_ends() {
        let large = vec![b'x'; 500_000];
        for (script, expected) in [
            ("exit 0", How::Done),
            ("exit 10", How::AlreadyDone),
            ("exit 3", How::Failed(3)),
            ("kill -9 $$", How::Killed(9)),
            // Reads nothing of half a megabyte.
            ("exec 3<&-; exit 4", How::Failed(4)),
            ("sleep 100", How::TooLate),
            // What it leaves behind holds its output open.
            ("sleep 100 & exit 0", How::Done),
            ("trap '' TERM; sleep 100", How::TooLate),
            ("exec >&- 2>&-; sleep 100", How::TooLate),
            ("yes", How::TooLate),
        ] {
            let ended = ran(script, &large, None, 2);
            assert_eq!(ended.how, expected, "{script}");
            assert!(ended.said.len() <= 40_000, "{script}");
        }
        let missing = Hook::parse("/does/not/exist").unwrap();
        let call = Call {
            task: Task::Set,
            way: Way::Forward,
            namespace: "prod",
            secret: "db",
            run: "abcdefghij",
            attempt: 1,
            keys: Vec::new(),
            patience: Duration::from_secs(2),
        };
        let ended = missing.start(call).wait();
        assert!(matches!(ended.how, How::NotStarted(_)));
    }
}
