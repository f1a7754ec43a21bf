//! The commands of a script, as far as they matter to what programs get.

use std::cell::OnceCell;
use std::rc::Rc;

pub(super) type List = Vec<Command>;

#[derive(Debug)]
pub(super) enum Command {
    Simple(Simple),
    /// `a | b`.
    Pipeline(Vec<Command>),
    /// `a && b || c`.
    Chain(Box<Command>, Vec<(Link, Command)>),
    /// `a &`.
    Background(Box<Command>),
    Group(List),
    Subshell(List),
    If {
        /// Conditions, and what is done where they hold.
        branches: Vec<(List, List)>,
        otherwise: List,
    },
    /// `while` and `until`.
    Loop {
        condition: List,
        body: List,
    },
    For {
        name: Rc<str>,
        /// `None` for what the script or the function was called with.
        words: Option<Vec<Word>>,
        body: List,
    },
    Case {
        subject: Word,
        branches: Vec<(List, After)>,
        coverage: Coverage,
    },
    Function(String, Rc<Command>),
    /// What is expanded and given to no program: conditions and the like.
    Words(Vec<Word>),
    Redirected(Box<Command>, Vec<Redirect>),
}

/// What joins the commands of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    And,
    Or,
}

/// What follows a branch of `case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// `;;`, or its end.
    End,
    /// `;&`: the next branch, whatever its pattern.
    Next,
    /// `;;&`: the next branch with such a pattern, if there is one.
    Matching,
}

/// Whether one of the branches of `case` is always taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    Some,
    /// There is a branch for `*`.
    All,
}

#[derive(Debug, Default)]
pub(super) struct Simple {
    pub assignments: Vec<Assignment>,
    pub words: Vec<Word>,
    pub redirects: Vec<Redirect>,
}

#[derive(Debug)]
pub(super) struct Assignment {
    pub name: Rc<str>,
    pub place: Subscript,
    pub how: How,
    pub value: Assigned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// `=`.
    Set,
    /// `+=`.
    Append,
}

#[derive(Debug)]
pub(super) enum Assigned {
    Word(Word),
    Array(Vec<Word>),
    /// `([key]=value …)`, which has no order.
    Keyed(Vec<Word>),
}

#[derive(Debug)]
pub(super) enum Redirect {
    /// `< FILE`.
    Input(Word),
    /// `<<< TEXT`, and here-documents.
    Text(Word),
    /// What is written goes there.
    Output(Word),
    /// Anything else: of other streams.
    Other(Word),
}

#[derive(Debug, Default)]
pub(super) struct Word {
    pub pieces: Vec<Piece>,
    pub quoting: Quoting,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Quoting {
    #[default]
    Bare,
    /// Some of it stands in quotes, or is escaped.
    Quoted,
}

#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Parameter(Parameter),
    /// `$(…)`.
    Output(List),
    /// `<(…)`, which becomes the name of a file.
    Process(List),
    /// A here-document, once its lines were read; those of one in quotes never are.
    Document(Rc<OnceCell<Word>>),
    /// What the shell makes of its own: arithmetic, escapes by number.
    Unknown,
}

#[derive(Debug)]
pub(super) struct Parameter {
    pub name: Rc<str>,
    pub place: Subscript,
    pub change: Change,
}

/// Which elements of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subscript {
    None,
    All,
    Number(usize),
    Other,
}

/// What is made of a parameter's value.
#[derive(Debug)]
pub(super) enum Change {
    None,
    /// `:-`.
    Default(Word),
    /// `:=`.
    Assign(Word),
    /// `:?`.
    Error(Word),
    /// `:+`.
    Alternative(Word),
    /// `%`, `#`, `/` and the like.
    Part(Word),
    /// Its length, its name, and what is not understood.
    Other(Word),
}

impl Word {
    pub fn push(&mut self, letter: char) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(letter),
            _ => self.pieces.push(Piece::Text(letter.to_string())),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.quoting == Quoting::Bare
    }

    /// The word, where nothing is put into it.
    pub fn text(&self) -> Option<&str> {
        match &self.pieces[..] {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The word, where it is also without quotes.
    pub fn bare(&self) -> Option<&str> {
        self.text().filter(|_| self.quoting == Quoting::Bare)
    }
}
