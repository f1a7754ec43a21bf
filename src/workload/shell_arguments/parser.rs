//! The letters of a script, and what stands between its words.

use std::cell::OnceCell;
use std::rc::Rc;

use super::tree::{Piece, Quoting, Word};
use super::value::LETTERS_PER_STEP;

/// Something was not understood, or it was too much: nothing is said of the script.
#[derive(Debug)]
pub(super) struct Lost;

pub(super) type Read<T> = Result<T, Lost>;

/// Deeper commands and expansions are not understood, so that the stack suffices.
const DEEPEST: usize = 32;
/// Words, expansions and commands that are read, and steps in following them: more would take
/// long. Scripts of thousands of lines have less.
pub(super) const MOST_STEPS: usize = 100_000;

/// A here-document that begins on the next line.
#[derive(Debug)]
pub(super) struct Document {
    pub end: String,
    pub tabs: Tabs,
    pub quoting: Quoting,
    pub body: Rc<OnceCell<Word>>,
}

/// What tabs at the begin of a line of a here-document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tabs {
    Kept,
    /// `<<-`.
    Dropped,
}

#[derive(Debug, Default)]
pub(super) struct Parser {
    letters: Vec<char>,
    at: usize,
    depth: usize,
    pub steps: usize,
    pub documents: Vec<Document>,
}

impl Parser {
    pub fn new(script: &str) -> Self {
        Self {
            letters: script.chars().collect(),
            ..Self::default()
        }
    }

    pub fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    pub fn next(&mut self) -> Option<char> {
        let letter = self.peek(0);
        self.at += usize::from(letter.is_some());
        letter
    }

    pub fn is_at(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(at, letter)| self.peek(at) == Some(letter))
    }

    pub fn takes(&mut self, text: &str) -> bool {
        let is_there = self.is_at(text);
        if is_there {
            self.at += text.chars().count();
        }
        is_there
    }

    pub fn expect(&mut self, text: &str) -> Read<()> {
        match self.takes(text) {
            true => Ok(()),
            false => Err(Lost),
        }
    }

    pub fn skip(&mut self, letters: usize) {
        self.at = (self.at + letters).min(self.letters.len());
    }

    pub fn step(&mut self) -> Read<()> {
        self.steps += 1;
        match self.steps > MOST_STEPS {
            true => Err(Lost),
            false => Ok(()),
        }
    }

    /// Reads what is inside something.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.step()?;
        if self.depth == DEEPEST {
            return Err(Lost);
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }

    /// Reads other letters, to their end.
    pub fn inside<T>(
        &mut self,
        letters: Vec<char>,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        // They are a copy.
        self.steps += letters.len() / LETTERS_PER_STEP;
        let letters = std::mem::replace(&mut self.letters, letters);
        let at = std::mem::take(&mut self.at);
        let documents = std::mem::take(&mut self.documents);
        let found = self.deeper(read)?;
        if self.at < self.letters.len() {
            return Err(Lost);
        }
        (self.letters, self.at, self.documents) = (letters, at, documents);
        Ok(found)
    }

    pub fn skip_blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.peek(1) == Some('\n') => self.at += 2,
                _ => return,
            }
        }
    }

    pub fn skip_comment(&mut self) {
        while self.peek(0).is_some_and(|next| next != '\n') {
            self.at += 1;
        }
    }

    /// Also over lines, comments and here-documents.
    pub fn skip_lines(&mut self) -> Read<()> {
        loop {
            self.skip_blanks();
            match self.peek(0) {
                Some('#') => self.skip_comment(),
                Some('\n') => {
                    self.at += 1;
                    self.read_documents()?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn read_documents(&mut self) -> Read<()> {
        for document in std::mem::take(&mut self.documents) {
            let lines = self.lines_of(&document);
            if document.quoting == Quoting::Bare {
                let word = self.inside(lines, |parser| {
                    let mut word = Word::default();
                    parser.double_quoted(&mut word, None)?;
                    Ok(word)
                })?;
                document.body.get_or_init(|| word);
            }
        }
        Ok(())
    }

    /// The lines of a here-document; its end may be that of the script.
    fn lines_of(&mut self, document: &Document) -> Vec<char> {
        let end: Vec<char> = document.end.chars().collect();
        let begin = self.at;
        loop {
            let mut line = self.at;
            self.skip_comment();
            let line_end = self.at;
            if document.tabs == Tabs::Dropped {
                while line < line_end && self.letters[line] == '\t' {
                    line += 1;
                }
            }
            let is_end = self.letters[line..line_end] == end[..];
            if is_end || self.next().is_none() {
                let stop = if is_end { line } else { line_end };
                return self.letters[begin..stop].to_vec();
            }
        }
    }

    pub fn name(&mut self) -> Read<String> {
        // Names are copied often.
        const LONGEST: usize = 256;
        let length = self.name_length(0);
        let name = self.letters[self.at..self.at + length].iter().collect();
        self.at += length;
        match length > LONGEST {
            true => Err(Lost),
            false => Ok(name),
        }
    }

    pub fn name_length(&self, ahead: usize) -> usize {
        let mut length = 0;
        while let Some(letter) = self.peek(ahead + length) {
            let is_digit = letter.is_ascii_digit() && length > 0;
            if letter != '_' && !letter.is_ascii_alphabetic() && !is_digit {
                break;
            }
            length += 1;
        }
        length
    }

    /// Reads `((…))`, if that is what stands here and not a subshell in another.
    pub fn takes_arithmetic(&mut self) -> bool {
        let begin = self.at;
        let is_it = self.takes("((") && self.arithmetic().is_ok();
        self.steps += (self.at - begin) / LETTERS_PER_STEP;
        if !is_it {
            self.at = begin;
        }
        is_it
    }

    /// Up to the two parentheses that close those before.
    fn arithmetic(&mut self) -> Read<()> {
        let mut open = 0_usize;
        loop {
            match self.next().ok_or(Lost)? {
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' => return self.expect(")"),
                _ => {}
            }
        }
    }

    pub fn push(&mut self, word: &mut Word, piece: Piece) -> Read<()> {
        word.pieces.push(piece);
        self.step()
    }
}
