//! Commands with commands in them.

use std::rc::Rc;

use super::parser::{Lost, Parser, Read};
use super::tree::{After, Command, Coverage, List, Word};
use super::words::is_end;

const KEYWORDS: &[&str] = &[
    "!", "[[", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function",
    "if", "select", "then", "time", "until", "while", "{", "}",
];

impl Parser {
    /// The keyword that stands here.
    pub fn keyword(&self) -> Option<&'static str> {
        let is_here =
            |keyword: &&&str| self.is_at(keyword) && self.peek(keyword.len()).is_none_or(is_end);
        KEYWORDS.iter().find(is_here).copied()
    }

    fn expect_keyword(&mut self, keyword: &str) -> Read<()> {
        self.skip_lines()?;
        match self.keyword() == Some(keyword) {
            true => self.expect(keyword),
            false => Err(Lost),
        }
    }

    /// A command that is more than words, if there is one.
    pub fn compound(&mut self) -> Read<Option<Command>> {
        if self.takes_arithmetic() {
            return Ok(Some(Command::Words(Vec::new())));
        }
        if self.takes("(") {
            let list = self.list()?;
            self.expect(")")?;
            return Ok(Some(Command::Subshell(list)));
        }
        let Some(keyword) = self.keyword() else {
            return Ok(None);
        };
        self.skip(keyword.len());
        let command = match keyword {
            "{" => Command::Group(self.list_until("}")?),
            "if" => self.condition()?,
            "while" | "until" => Command::Loop {
                condition: self.list_until("do")?,
                body: self.list_until("done")?,
            },
            "for" | "select" => self.for_loop()?,
            "case" => self.case()?,
            "[[" => Command::Words(self.test()?),
            "function" => {
                let name = self.next_word()?.bare().ok_or(Lost)?.to_owned();
                self.skip_blanks();
                if self.takes("(") {
                    self.skip_blanks();
                    self.expect(")")?;
                }
                self.function(name)?
            }
            _ => return Err(Lost),
        };
        Ok(Some(command))
    }

    fn list_until(&mut self, keyword: &str) -> Read<List> {
        let list = self.list()?;
        self.expect_keyword(keyword)?;
        Ok(list)
    }

    /// The body of a function is a command.
    pub fn function(&mut self, name: String) -> Read<Command> {
        self.skip_lines()?;
        let body = self.deeper(Self::command)?;
        match body {
            Command::Simple(_) | Command::Function(..) => Err(Lost),
            body => Ok(Command::Function(name, Rc::new(body))),
        }
    }

    fn next_word(&mut self) -> Read<Word> {
        self.skip_blanks();
        self.word()
    }

    fn condition(&mut self) -> Read<Command> {
        let mut branches = Vec::new();
        let mut otherwise = List::new();
        loop {
            let condition = self.list_until("then")?;
            branches.push((condition, self.list()?));
            match self.keyword().ok_or(Lost)? {
                "elif" => self.skip("elif".len()),
                "else" => {
                    self.skip("else".len());
                    otherwise = self.list_until("fi")?;
                    break;
                }
                "fi" => {
                    self.skip("fi".len());
                    break;
                }
                _ => return Err(Lost),
            }
        }
        Ok(Command::If {
            branches,
            otherwise,
        })
    }

    fn for_loop(&mut self) -> Read<Command> {
        self.skip_blanks();
        let (name, words) = match self.takes_arithmetic() {
            true => (Rc::from(""), Some(Vec::new())),
            false => self.for_words()?,
        };
        self.skip_blanks();
        self.takes(";");
        self.expect_keyword("do")?;
        let body = self.list_until("done")?;
        Ok(Command::For { name, words, body })
    }

    fn for_words(&mut self) -> Read<(Rc<str>, Option<Vec<Word>>)> {
        let name = self.name()?.into();
        self.skip_lines()?;
        if !self.is_at("in") || !self.peek("in".len()).is_none_or(is_end) {
            return Ok((name, None));
        }
        self.skip("in".len());
        let mut words = Vec::new();
        loop {
            let word = self.next_word()?;
            if word.is_empty() {
                return Ok((name, Some(words)));
            }
            words.push(word);
        }
    }

    fn case(&mut self) -> Read<Command> {
        let subject = self.next_word()?;
        self.skip_lines()?;
        self.expect("in")?;
        let mut branches = Vec::new();
        let mut coverage = Coverage::Some;
        loop {
            self.skip_lines()?;
            if self.keyword() == Some("esac") {
                self.skip("esac".len());
                break;
            }
            if self.pattern()? == Coverage::All {
                coverage = Coverage::All;
            }
            let list = self.list()?;
            let after = match () {
                () if self.takes(";;&") => After::Matching,
                () if self.takes(";&") => After::Next,
                () if self.takes(";;") => After::End,
                () => {
                    branches.push((list, After::End));
                    self.expect_keyword("esac")?;
                    break;
                }
            };
            branches.push((list, after));
        }
        Ok(Command::Case {
            subject,
            branches,
            coverage,
        })
    }

    fn pattern(&mut self) -> Read<Coverage> {
        self.takes("(");
        let mut coverage = Coverage::Some;
        loop {
            let is_any = self.next_word()?.bare() == Some("*");
            match self.peek(0) {
                Some('(') => self.alternatives()?,
                _ if is_any => coverage = Coverage::All,
                _ => {}
            }
            self.skip_blanks();
            if !self.takes("|") {
                self.expect(")")?;
                return Ok(coverage);
            }
        }
    }

    /// The rest of a pattern such as `@(a|b)c`.
    fn alternatives(&mut self) -> Read<()> {
        let mut open = 0_usize;
        loop {
            match self.peek(0) {
                Some('(') => open += 1,
                Some(')') if open == 0 => return Ok(()),
                Some(')') => open -= 1,
                Some('|') if open == 0 => return Ok(()),
                None => return Err(Lost),
                Some(letter) if is_end(letter) => {}
                Some(_) => {
                    self.word()?;
                    continue;
                }
            }
            self.step()?;
            self.skip(1);
        }
    }

    /// `[[ … ]]`, in which nothing is a command.
    fn test(&mut self) -> Read<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.skip_lines()?;
            let word = self.word()?;
            if word.bare() == Some("]]") {
                return Ok(words);
            }
            match word.is_empty() {
                true => drop(self.next().ok_or(Lost)?),
                false => words.push(word),
            }
        }
    }
}
