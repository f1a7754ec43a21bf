//! Words of a script: quotes and expansions.

use super::parser::{Lost, Parser, Read};
use super::tree::{Change, Parameter, Piece, Quoting, Subscript, Word};

/// Letters that end a word.
pub(super) fn is_end(letter: char) -> bool {
    letter.is_whitespace() || ";&|()<>".contains(letter)
}

impl Parser {
    /// A word that stands here; it may be empty.
    pub fn word(&mut self) -> Read<Word> {
        self.step()?;
        let mut word = Word::default();
        if self.is_at("<(") || self.is_at(">(") {
            self.skip(2);
            let list = self.list()?;
            self.expect(")")?;
            self.push(&mut word, Piece::Process(list))?;
        }
        while let Some(next) = self.peek(0).filter(|next| !is_end(*next)) {
            self.skip(1);
            self.piece(next, &mut word)?;
        }
        Ok(word)
    }

    /// A letter of a word, with all that belongs to it.
    fn piece(&mut self, letter: char, word: &mut Word) -> Read<()> {
        match letter {
            '\'' => self.single_quoted(word),
            '"' => {
                word.quoting = Quoting::Quoted;
                self.double_quoted(word, Some('"'))
            }
            '\\' => {
                if let Some(next) = self.next().filter(|next| *next != '\n') {
                    word.quoting = Quoting::Quoted;
                    word.push(next);
                }
                Ok(())
            }
            '`' => self.back_quoted(word),
            '$' if self.takes("'") => self.escaped(word),
            '$' if self.is_at("\"") => Ok(()),
            '$' => self.dollar(word, Quoting::Bare),
            letter => {
                word.push(letter);
                Ok(())
            }
        }
    }

    fn single_quoted(&mut self, word: &mut Word) -> Read<()> {
        word.quoting = Quoting::Quoted;
        loop {
            match self.next().ok_or(Lost)? {
                '\'' => return Ok(()),
                inside => word.push(inside),
            }
        }
    }

    /// `$'…'`.
    fn escaped(&mut self, word: &mut Word) -> Read<()> {
        word.quoting = Quoting::Quoted;
        loop {
            match self.next().ok_or(Lost)? {
                '\'' => return Ok(()),
                '\\' => match self.next().ok_or(Lost)? {
                    'n' => word.push('\n'),
                    't' => word.push('\t'),
                    same @ ('\'' | '"' | '\\') => word.push(same),
                    _ => self.push(word, Piece::Unknown)?,
                },
                inside => word.push(inside),
            }
        }
    }

    /// Up to the closing quote, or to the end of a here-document.
    pub fn double_quoted(&mut self, word: &mut Word, end: Option<char>) -> Read<()> {
        loop {
            let letter = self.next();
            if letter == end {
                return Ok(());
            }
            match letter.ok_or(Lost)? {
                '\\' => match self.next() {
                    Some('\n') => {}
                    Some(next @ ('$' | '`' | '"' | '\\')) => word.push(next),
                    next => {
                        word.push('\\');
                        next.into_iter().for_each(|next| word.push(next));
                    }
                },
                '$' => self.dollar(word, Quoting::Quoted)?,
                '`' => self.back_quoted(word)?,
                inside => word.push(inside),
            }
        }
    }

    fn back_quoted(&mut self, word: &mut Word) -> Read<()> {
        let mut inside = Vec::new();
        loop {
            match self.next().ok_or(Lost)? {
                '`' => break,
                '\\' => match self.next().ok_or(Lost)? {
                    next @ ('$' | '`' | '\\') => inside.push(next),
                    next => inside.extend(['\\', next]),
                },
                letter => inside.push(letter),
            }
        }
        let list = self.inside(inside, Self::list)?;
        self.push(word, Piece::Output(list))
    }

    /// What follows `$`.
    fn dollar(&mut self, word: &mut Word, around: Quoting) -> Read<()> {
        if self.takes_arithmetic() {
            return self.push(word, Piece::Unknown);
        }
        if self.takes("(") {
            let list = self.list()?;
            self.expect(")")?;
            return self.push(word, Piece::Output(list));
        }
        if self.takes("{") {
            let parameter = self.deeper(|parser| parser.braces(around))?;
            return self.push(word, Piece::Parameter(parameter));
        }
        let mut name = self.name()?;
        if name.is_empty() {
            match self.special() {
                Some(special) => name.push(special),
                None => {
                    word.push('$');
                    return Ok(());
                }
            }
        }
        let parameter = Parameter {
            name: name.into(),
            place: Subscript::None,
            change: Change::None,
        };
        self.push(word, Piece::Parameter(parameter))
    }

    /// `$1`, `$@`, `$?` and the like.
    fn special(&mut self) -> Option<char> {
        let letter = self
            .peek(0)
            .filter(|next| next.is_ascii_digit() || "@*#?!$-".contains(*next))?;
        self.skip(1);
        Some(letter)
    }

    /// What follows `${`, to its end.
    fn braces(&mut self, around: Quoting) -> Read<Parameter> {
        let is_other = self.is_at("!") || self.is_at("#") && !self.is_at("#}");
        if is_other {
            self.skip(1);
        }
        let mut name = self.name()?;
        if name.is_empty() {
            name.extend(self.special());
        }
        while name.starts_with(|first: char| first.is_ascii_digit())
            && let Some(digit) = self.peek(0).filter(char::is_ascii_digit)
        {
            self.skip(1);
            name.push(digit);
        }
        let name = name.into();
        let place = self.subscript();
        let change: fn(Word) -> Change = match (is_other, self.peek(0)) {
            (true, _) => Change::Other,
            (false, Some('}')) => {
                self.skip(1);
                let change = Change::None;
                return Ok(Parameter {
                    name,
                    place,
                    change,
                });
            }
            (false, Some(operator)) => self.operator(operator),
            (false, None) => return Err(Lost),
        };
        let around = match self.peek(0) {
            // Quotes in patterns are quotes, also inside of others.
            Some('%' | '#' | '/' | '^' | ',') if !is_other => Quoting::Bare,
            _ => around,
        };
        let change = change(self.until_brace(around)?);
        Ok(Parameter {
            name,
            place,
            change,
        })
    }

    fn operator(&mut self, first: char) -> fn(Word) -> Change {
        let colon = usize::from(first == ':');
        let operator = self.peek(colon);
        let (length, change): (_, fn(Word) -> Change) = match operator {
            Some('-') => (colon + 1, Change::Default),
            Some('=') => (colon + 1, Change::Assign),
            Some('?') => (colon + 1, Change::Error),
            Some('+') => (colon + 1, Change::Alternative),
            // `@Q` and the like: those in capitals keep the value, but for `@A` and `@K`.
            Some('@') if !matches!(self.peek(1), Some('Q' | 'E' | 'U' | 'L' | 'u')) => {
                (0, Change::Other)
            }
            _ if "%#/^,:@".contains(first) => (0, Change::Part),
            _ => (0, Change::Other),
        };
        self.skip(length);
        change
    }

    /// `[…]` behind a name.
    pub fn subscript(&mut self) -> Subscript {
        let Some(length) = self.subscript_length(0) else {
            return Subscript::None;
        };
        let text: String = (1..length - 1).filter_map(|at| self.peek(at)).collect();
        self.skip(length);
        match text.as_str() {
            "@" | "*" => Subscript::All,
            text => match text.parse() {
                Ok(number) => Subscript::Number(number),
                Err(_) => Subscript::Other,
            },
        }
    }

    /// How long `[…]` is. Longer ones are rare, and looking for their end would take long.
    pub fn subscript_length(&self, ahead: usize) -> Option<usize> {
        const LONGEST: usize = 64;
        if self.peek(ahead) != Some('[') {
            return None;
        }
        let end = (1..LONGEST).find(|at| self.peek(ahead + at) == Some(']'))?;
        Some(end + 1)
    }

    fn until_brace(&mut self, around: Quoting) -> Read<Word> {
        let mut word = Word::default();
        loop {
            match self.next().ok_or(Lost)? {
                '}' => return Ok(word),
                // In double quotes it is a letter like others.
                '\'' if around == Quoting::Quoted => word.push('\''),
                letter => self.piece(letter, &mut word)?,
            }
        }
    }
}
