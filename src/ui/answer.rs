//! Answers to questions, read a line at a time.

use std::io;

use console::{Key, Term};

use crate::escape::escape_controls;

/// What somebody says to one of several questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// Yes, to this one and the rest.
    All,
    /// No, to this one and the rest.
    Stop,
}

/// What may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    YesOrNo,
    /// Others may come after it.
    OneOfSeveral,
}

impl Choice {
    fn shown(self) -> &'static str {
        match self {
            Self::YesOrNo => "[y/N]",
            Self::OneOfSeveral => "[y/N/a/q] (a: yes to all, q: quit)",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::YesOrNo => "Please answer y or n.",
            Self::OneOfSeveral => {
                "Please answer y (yes), n (no), a (yes to all of the rest) or q (stop here)."
            }
        }
    }

    fn read(self, line: &str) -> Option<Answer> {
        let several = self == Self::OneOfSeveral;
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" => Some(Answer::Yes),
            "" | "n" | "no" => Some(Answer::No),
            "a" | "all" if several => Some(Answer::All),
            "q" | "quit" if several => Some(Answer::Stop),
            // Whoever wants to leave a single question means no.
            "q" | "quit" => Some(Answer::No),
            _ => None,
        }
    }
}

/// Asks until there is an answer.
///
/// # Errors
/// When the terminal is gone or the answer was interrupted.
pub(super) fn ask(question: &str, choice: Choice) -> io::Result<Answer> {
    let terminal = Term::stderr();
    loop {
        let question = escape_controls(question);
        terminal.write_str(&format!("{question} {} ", choice.shown()))?;
        let line = line(&terminal);
        terminal.write_line("")?;
        if let Some(answer) = choice.read(&line?) {
            return Ok(answer);
        }
        terminal.write_line(choice.help())?;
    }
}

/// A line, read key by key: whoever interrupts a question is told what became of
/// the work, for which the process has to go on (dialoguer's ends it).
fn line(terminal: &Term) -> io::Result<String> {
    const LONGEST: usize = 20;
    const END_OF_INPUT: char = '\u{4}';
    let mut line = String::new();
    loop {
        match terminal.read_key_raw()? {
            Key::Enter => return Ok(line),
            Key::Escape => return Ok("n".to_owned()),
            Key::CtrlC => return Err(io::ErrorKind::Interrupted.into()),
            // No terminal to read from.
            Key::Unknown => return Err(io::ErrorKind::NotConnected.into()),
            Key::Char(END_OF_INPUT) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Key::Backspace if line.pop().is_some() => terminal.write_str("\u{8} \u{8}")?,
            Key::Char(character) if line.len() < LONGEST && !character.is_control() => {
                terminal.write_str(character.encode_utf8(&mut [0; 4]))?;
                line.push(character);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_letters_or_words() {
        use Choice::{OneOfSeveral, YesOrNo};
        for (choice, line, expected) in [
            (YesOrNo, "y", Some(Answer::Yes)),
            (YesOrNo, " YES ", Some(Answer::Yes)),
            (YesOrNo, "", Some(Answer::No)),
            (YesOrNo, "no", Some(Answer::No)),
            (YesOrNo, "q", Some(Answer::No)),
            (YesOrNo, "a", None),
            (YesOrNo, "yy", None),
            (OneOfSeveral, "a", Some(Answer::All)),
            (OneOfSeveral, "All", Some(Answer::All)),
            (OneOfSeveral, "q", Some(Answer::Stop)),
            (OneOfSeveral, "", Some(Answer::No)),
            (OneOfSeveral, "maybe", None),
        ] {
            assert_eq!(choice.read(line), expected, "{choice:?} {line}");
        }
    }
}
