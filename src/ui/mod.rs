//! The conversation with the person at the terminal: every message and every
//! prompt except the hidden one for values
//! ([`crate::secret::source::prompt`]).
//!
//! Data goes to standard output, talk to standard error. Text from outside
//! (file names, server messages) is stripped of control characters on its way
//! out, so nothing can move the cursor or colour a lie.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use console::Term;
use dialoguer::theme::SimpleTheme;
use signal_hook::consts::SIGINT;

use crate::command_line::{Connection, Hint};
use crate::error::CommandError;
use crate::escape::{Written, guarded, harmless_lines};
use crate::signals::Hold;
use answer::Choice;
use wrap::Wrap;

mod answer;
mod colour;
mod invocation;
mod progress;
mod streams;
mod wrap;

pub use crate::escape::escape_controls;
pub use answer::Answer;
pub use colour::{Colour, ColourWish};
pub use invocation::program_name;
pub use progress::Progress;

/// How much talk there is on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    /// Warnings, hints and results.
    Normal,
    /// Warnings and errors only (`-q`).
    Quiet,
}

impl Talk {
    /// Less of it where `--quiet` was said.
    pub fn unless(quiet: bool) -> Self {
        match quiet {
            true => Self::Quiet,
            false => Self::Normal,
        }
    }
}

/// Whether questions may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Questions {
    /// Standard input and standard error are terminals.
    Allowed,
    /// There is nobody to ask.
    Forbidden,
}

/// The standard streams, and what is known about who reads them.
pub struct Ui {
    connection: Connection,
    talk: Talk,
    questions: Questions,
    colour: Colour,
    talk_colour: Colour,
    styles: Styles,
}

#[derive(Default)]
struct Styles {
    error: Style,
    warning: Style,
    hint: Style,
}

impl Ui {
    /// Looks at the standard streams and the environment.
    /// The commands of its hints ask the cluster of the connection.
    pub fn new(talk: Talk, wish: ColourWish, connection: Connection) -> Self {
        let talk_colour = wish.on(&io::stderr());
        Self {
            talk,
            connection,
            questions: if io::stderr().is_terminal() && io::stdin().is_terminal() {
                Questions::Allowed
            } else {
                Questions::Forbidden
            },
            colour: wish.on(&io::stdout()),
            talk_colour,
            styles: match talk_colour {
                Colour::On => Styles {
                    error: AnsiColor::Red.on_default().bold(),
                    warning: AnsiColor::Yellow.on_default().bold(),
                    hint: AnsiColor::Cyan.on_default().bold(),
                },
                Colour::Off => Styles::default(),
            },
        }
    }

    /// Whether standard output may have colours.
    pub fn colour(&self) -> Colour {
        self.colour
    }

    /// A line that tells how far long work has got.
    pub fn progress(&self) -> Progress {
        let seen = self.talk == Talk::Normal && io::stderr().is_terminal();
        Progress::new(if seen {
            progress::Shown::Yes
        } else {
            progress::Shown::No
        })
    }

    /// Lines that tell how far several things have got.
    pub fn board(&self) -> Progress {
        let seen = self.talk == Talk::Normal && io::stderr().is_terminal();
        Progress::of_lines(match seen {
            true => progress::Shown::Yes,
            false => progress::Shown::No,
        })
    }

    /// Whether [`Ui::confirm`] and its siblings can be used.
    pub fn questions(&self) -> Questions {
        self.questions
    }

    /// One line of data.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn data_line(&self, text: impl Display) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        let line = harmless_lines(&escape_controls(&text.to_string()));
        writeln!(stdout, "{line}")?;
        stdout.flush()
    }

    /// Standard output itself, for documents that escape themselves. It is
    /// not buffered by us: a buffer would be one more copy of the document.
    pub fn data(&self) -> impl Write {
        io::stdout().lock()
    }

    /// Writes a document to standard output; a reader that has gone away has
    /// seen enough.
    ///
    /// # Errors
    /// Status 2 when standard output cannot be written.
    pub fn document(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CommandError> {
        self.commands_for_ci(|out| guarded(out, Written::AsText, write))
    }

    /// A document of prose: as wide as the terminal, where there is one.
    ///
    /// # Errors
    /// Those of [`Ui::document`].
    pub fn text(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CommandError> {
        let size = io::stdout()
            .is_terminal()
            .then(|| Term::stdout().size_checked())
            .flatten();
        match size {
            Some((_, columns @ 1..)) => self.document(|out| {
                let mut wrap = Wrap::new(out, columns.into());
                write(&mut wrap)?;
                wrap.finish()
            }),
            _ => self.document(write),
        }
    }

    /// A document whose lines are meant for a CI system to obey.
    ///
    /// # Errors
    /// Those of [`Ui::document`].
    pub fn commands_for_ci(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CommandError> {
        // Documents are written in small pieces; std's own buffer ends at each line.
        let mut stdout = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
        match write(&mut stdout).and_then(|()| stdout.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(CommandError::usage(format!(
                "standard output cannot be written: {error}"
            ))),
        }
    }

    /// Text of our own for standard output, such as help.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    /// Makes sure, before anything is changed, that somebody can read the
    /// result.
    ///
    /// # Errors
    /// Status 2 when standard output is closed or its reader is gone.
    pub fn check_output(&self) -> Result<(), CommandError> {
        if streams::output_is_open() {
            return Ok(());
        }
        Err(
            CommandError::usage("standard output is closed; nothing was changed")
                .hint("Redirect it to /dev/null if the result is not wanted."),
        )
    }

    /// A document that belongs to the conversation, such as what a question
    /// is about. It escapes itself. Shown even when quiet.
    pub fn show(&self, write: impl FnOnce(Colour, &mut dyn Write) -> io::Result<()>) {
        let mut text = Vec::new();
        let write = |out: &mut dyn Write| write(self.talk_colour, out);
        if guarded(&mut text, Written::AsText, write).is_ok() {
            // A closed standard error is no reason to stop the work.
            let _ = io::stderr().write_all(&text);
        }
    }

    /// Something worth knowing that needs no action.
    pub fn note(&self, text: impl Display) {
        if self.talk == Talk::Normal {
            self.say("", Style::new(), &text);
        }
    }

    pub fn hint(&self, hint: impl Into<Hint>) {
        if self.talk == Talk::Normal {
            self.say_hint(hint.into());
        }
    }

    fn say_hint(&self, hint: Hint) {
        let text = hint.on(&self.connection).shown(escape_controls);
        self.say_lines("hint: ", self.styles.hint, &text);
    }

    /// Something that may be wrong. Shown even when quiet.
    pub fn warn(&self, text: impl Display) {
        self.say("warning: ", self.styles.warning, &text);
    }

    /// The error that ends the command, and its next steps. Shown even when
    /// quiet.
    pub fn error(&self, error: &CommandError) {
        self.say("error: ", self.styles.error, &error.message());
        for hint in error.next_steps() {
            self.say_hint(hint.clone());
        }
    }

    /// Says something in one line: a name with a line end in it begins none of its own.
    fn say(&self, label: &str, style: Style, text: &dyn Display) {
        self.say_lines(label, style, &escape_controls(&text.to_string()));
    }

    /// Says something whose control characters are escaped.
    fn say_lines(&self, label: &str, style: Style, text: &str) {
        let text = harmless_lines(&format!("{label}{text}"));
        let text = text.strip_prefix(label).unwrap_or(&text);
        // A closed standard error is no reason to stop the work.
        let _ = writeln!(io::stderr(), "{style}{label}{style:#}{text}");
    }

    /// A yes/no question; the answer to plain Enter is no.
    ///
    /// # Errors
    /// When the terminal is gone or the answer was interrupted.
    pub fn confirm(&self, question: &str) -> io::Result<bool> {
        Ok(answer::ask(question, Choice::YesOrNo)? == Answer::Yes)
    }

    /// One of several questions, which may be answered all at once.
    ///
    /// # Errors
    /// When the terminal is gone or the answer was interrupted.
    pub fn confirm_each(&self, question: &str) -> io::Result<Answer> {
        answer::ask(question, Choice::OneOfSeveral)
    }

    /// A choice among `items`; the index of the chosen one, `None` when
    /// declined.
    ///
    /// # Errors
    /// When the terminal is gone or the answer was interrupted.
    pub fn choose(&self, question: &str, items: &[&str]) -> io::Result<Option<usize>> {
        answered(|| {
            dialoguer::Select::with_theme(&SimpleTheme)
                .with_prompt(escape_controls(question))
                .items(items)
                .default(0)
                .interact_opt()
        })
    }

    /// A line of visible text, for names, never for values.
    ///
    /// # Errors
    /// When the terminal is gone or the answer was interrupted.
    pub fn ask_name(&self, question: &str) -> io::Result<String> {
        answered(|| {
            dialoguer::Input::<String>::with_theme(&SimpleTheme)
                .with_prompt(escape_controls(question))
                .allow_empty(true)
                .interact_text()
        })
    }
}

/// Asks by dialoguer. It raises SIGINT at Ctrl-C, which would end the process
/// with the cursor hidden and without a word; here that is an error instead.
fn answered<T>(ask: impl FnOnce() -> Result<T, dialoguer::Error>) -> io::Result<T> {
    let hold = Hold::of(&[SIGINT])?;
    let answer = ask();
    drop(hold);
    answer.map_err(|dialoguer::Error::IO(error)| {
        // It is left hidden.
        let _ = Term::stderr().show_cursor();
        error
    })
}
