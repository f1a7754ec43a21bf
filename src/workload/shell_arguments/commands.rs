//! Lists of commands, and simple commands.

use std::cell::OnceCell;
use std::rc::Rc;

use super::parser::{Document, Lost, Parser, Read, Tabs};
use super::programs::is_setter;
use super::tree::{
    Assigned, Assignment, Command, How, Link, List, Piece, Redirect, Simple, Subscript, Word,
};

impl Parser {
    /// Commands up to what closes them, or to the end.
    pub fn list(&mut self) -> Read<List> {
        self.deeper(|parser| {
            let mut list = List::new();
            loop {
                parser.skip_lines()?;
                if parser.is_closed() {
                    return Ok(list);
                }
                let command = parser.chain()?;
                list.push(match parser.takes("&") {
                    true => Command::Background(Box::new(command)),
                    false => {
                        parser.separator()?;
                        command
                    }
                });
            }
        })
    }

    fn is_closed(&self) -> bool {
        matches!(self.peek(0), None | Some(')'))
            || self.is_at(";;")
            || self.is_at(";&")
            || self.is_at_closing_keyword()
    }

    fn is_at_closing_keyword(&self) -> bool {
        let closes = |word| {
            matches!(
                word,
                "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}"
            )
        };
        self.keyword().is_some_and(closes)
    }

    fn separator(&mut self) -> Read<()> {
        match self.peek(0) {
            None | Some('\n' | ')') => Ok(()),
            Some(';') if self.is_at(";;") || self.is_at(";&") => Ok(()),
            Some(';') => {
                self.skip(1);
                Ok(())
            }
            // As in `if (a) then`.
            _ if self.is_at_closing_keyword() => Ok(()),
            _ => Err(Lost),
        }
    }

    fn chain(&mut self) -> Read<Command> {
        let first = self.pipeline()?;
        let mut others = Vec::new();
        loop {
            let link = match () {
                () if self.takes("&&") => Link::And,
                () if self.takes("||") => Link::Or,
                () if others.is_empty() => return Ok(first),
                () => return Ok(Command::Chain(Box::new(first), others)),
            };
            self.skip_lines()?;
            others.push((link, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Read<Command> {
        while let Some(before @ ("!" | "time")) = self.keyword() {
            self.skip(before.len());
            self.skip_blanks();
            self.takes("-p ");
            self.skip_blanks();
        }
        let mut commands = vec![self.command()?];
        while self.peek(0) == Some('|') && !self.is_at("||") {
            self.skip(1);
            self.takes("&");
            self.skip_lines()?;
            commands.push(self.command()?);
        }
        match commands.len() {
            1 => commands.pop().ok_or(Lost),
            _ => Ok(Command::Pipeline(commands)),
        }
    }

    pub fn command(&mut self) -> Read<Command> {
        self.step()?;
        self.skip_blanks();
        let Some(command) = self.compound()? else {
            return self.simple();
        };
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None if self.peek(0) == Some('#') => self.skip_comment(),
                None if redirects.is_empty() => return Ok(command),
                None => return Ok(Command::Redirected(Box::new(command), redirects)),
            }
        }
    }

    fn simple(&mut self) -> Read<Command> {
        let mut simple = Simple::default();
        loop {
            self.skip_blanks();
            if let Some(redirect) = self.redirect()? {
                simple.redirects.push(redirect);
                continue;
            }
            match self.peek(0) {
                Some('(') => return self.after_name(simple),
                Some('#') => self.skip_comment(),
                Some('<' | '>') => {}
                Some(letter) if !super::words::is_end(letter) => {}
                _ => break,
            }
            let sets = match simple.words.first() {
                None => true,
                Some(program) => program.bare().is_some_and(is_setter),
            };
            if sets && self.is_at_assignment() {
                simple.assignments.push(self.assignment()?);
                continue;
            }
            let word = self.word()?;
            if word.is_empty() {
                break;
            }
            simple.words.push(word);
        }
        let is_nothing =
            simple.words.is_empty() && simple.assignments.is_empty() && simple.redirects.is_empty();
        match is_nothing {
            true => Err(Lost),
            false => Ok(Command::Simple(simple)),
        }
    }

    /// A parenthesis after words: of a function, if there is but one.
    fn after_name(&mut self, simple: Simple) -> Read<Command> {
        let is_name = simple.assignments.is_empty() && simple.redirects.is_empty();
        match &simple.words[..] {
            [name] if is_name => {
                let name = name.bare().ok_or(Lost)?.to_owned();
                self.expect("(")?;
                self.skip_blanks();
                self.expect(")")?;
                self.function(name)
            }
            _ => Err(Lost),
        }
    }

    fn is_at_assignment(&self) -> bool {
        let name = self.name_length(0);
        if name == 0 {
            return false;
        }
        let subscript = self.subscript_length(name).unwrap_or_default();
        let letter = |at| self.peek(name + subscript + at);
        letter(0) == Some('=') || letter(0) == Some('+') && letter(1) == Some('=')
    }

    fn assignment(&mut self) -> Read<Assignment> {
        let name = self.name()?.into();
        let place = self.subscript();
        let how = match self.takes("+=") {
            true => How::Append,
            false => {
                self.expect("=")?;
                How::Set
            }
        };
        let value = match place == Subscript::None && self.takes("(") {
            true => self.array()?,
            false => Assigned::Word(self.word()?),
        };
        Ok(Assignment {
            name,
            place,
            how,
            value,
        })
    }

    fn array(&mut self) -> Read<Assigned> {
        let mut words = Vec::new();
        let mut make: fn(Vec<Word>) -> Assigned = Assigned::Array;
        loop {
            self.skip_lines()?;
            if self.takes(")") {
                return Ok(make(words));
            }
            if self.peek(0) == Some('[') {
                make = Assigned::Keyed;
            }
            let word = self.word()?;
            if word.is_empty() {
                return Err(Lost);
            }
            words.push(word);
        }
    }

    /// How long the number or the `{name}` of a stream is, before `<` or `>`.
    fn stream_length(&self) -> usize {
        let name = self.name_length(1);
        let is_named = self.peek(0) == Some('{') && name > 0 && self.peek(1 + name) == Some('}');
        if is_named && matches!(self.peek(2 + name), Some('<' | '>')) {
            return 2 + name;
        }
        let mut digits = 0;
        while self.peek(digits).is_some_and(|next| next.is_ascii_digit()) {
            digits += 1;
        }
        digits
    }

    fn redirect(&mut self) -> Read<Option<Redirect>> {
        let before = self.stream_length();
        let is_both = before == 0 && self.is_at("&>");
        let operator = self.peek(before + usize::from(is_both));
        if !matches!(operator, Some('<' | '>')) || before == 0 && self.peek(1) == Some('(') {
            return Ok(None);
        }
        let stream = (before == 1).then(|| self.peek(0)).flatten();
        self.skip(before + usize::from(is_both));
        let is_input = before == 0 || stream == Some('0');
        let make_text: fn(Word) -> Redirect = match is_input {
            true => Redirect::Text,
            false => Redirect::Other,
        };
        if self.takes("<<<") {
            return self.file().map(make_text).map(Some);
        }
        if self.takes("<<") {
            return self.document().map(make_text).map(Some);
        }
        let make: fn(Word) -> Redirect = match (operator, stream) {
            (Some('<'), _) if is_input && !self.is_at("<&") => Redirect::Input,
            (Some('>'), None) if before == 0 => Redirect::Output,
            (Some('>'), Some('1')) => Redirect::Output,
            _ => Redirect::Other,
        };
        self.skip(1);
        if matches!(self.peek(0), Some('>' | '&' | '|')) {
            self.skip(1);
        }
        self.file().map(make).map(Some)
    }

    fn file(&mut self) -> Read<Word> {
        self.skip_blanks();
        self.word()
    }

    /// What follows `<<`; the document itself begins on the next line.
    fn document(&mut self) -> Read<Word> {
        let tabs = match self.takes("-") {
            true => Tabs::Dropped,
            false => Tabs::Kept,
        };
        let word = self.file()?;
        let end = word.text().ok_or(Lost)?.to_owned();
        let body = Rc::new(OnceCell::new());
        self.documents.push(Document {
            end,
            tabs,
            quoting: word.quoting,
            body: Rc::clone(&body),
        });
        let mut text = Word::default();
        self.push(&mut text, Piece::Document(body))?;
        Ok(text)
    }
}
