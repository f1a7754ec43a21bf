//! What the scripts of shells visibly pass to programs as arguments. A guess by their
//! text, like [`super::shell`]: what it does not understand it does not report.

use std::collections::BTreeMap;

use super::shell::is_shell;

/// Where a part of an argument comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `$NAME`.
    Variable(String),
    /// `$(cat FILE)`.
    File(String),
    /// `$(cat "$NAME")`.
    FileOf(String),
}

/// Which of the words of a command is the script of a shell: what follows `sh -c`, with any
/// program before it that starts the shell, such as `tini --`.
pub fn script(words: &[&str]) -> Option<usize> {
    let shell = words.iter().position(|word| is_shell(word))?;
    let mut rest = words.iter().enumerate().skip(shell + 1);
    let mut runs = false;
    rest.find_map(|(at, word)| match word.strip_prefix(['-', '+']) {
        Some(long) if long.starts_with('-') => None,
        // `-o pipefail` has a word of its own, which no script is.
        Some(letters) => {
            runs |= word.starts_with('-') && letters.contains('c');
            None
        }
        None if words[at - 1].ends_with('o') && words[at - 1].starts_with(['-', '+']) => None,
        None => Some(runs.then_some(at)),
    })?
}

/// What the programs of a script get as arguments, each part once. What a builtin gets is
/// in no list of processes.
pub fn arguments(script: &str) -> Vec<Part> {
    let mut reader = Reader {
        letters: script.chars().collect(),
        ..Reader::default()
    };
    reader.commands(None);
    reader.found.sort();
    reader.found.dedup();
    reader.found
}

/// Words that a shell carries out itself, or that are no commands.
const BUILTINS: &[&str] = &[
    ".", ":", "[", "[[", "alias", "bg", "break", "builtin", "case", "cd", "continue", "declare",
    "dirs", "echo", "esac", "eval", "exit", "export", "false", "fg", "for", "function", "getopts",
    "hash", "in", "jobs", "kill", "let", "local", "popd", "print", "printf", "pushd", "pwd",
    "read", "readonly", "return", "select", "set", "shift", "source", "test", "times", "trap",
    "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
];
/// Builtins that set variables.
const SETTERS: &[&str] = &["declare", "export", "local", "readonly", "typeset"];
/// Words before a program that is started in their place.
const BEFORE: &[&str] = &[
    "!", "command", "do", "elif", "else", "env", "exec", "if", "nohup", "then", "time", "until",
    "while", "{",
];

/// A word: its text without quotes, and the parts that are put into it.
#[derive(Clone, Debug, Default)]
struct Word {
    text: String,
    parts: Vec<Part>,
}

#[derive(Default)]
struct Reader {
    letters: Vec<char>,
    at: usize,
    /// What the script's own variables are made of.
    own: BTreeMap<String, Vec<Part>>,
    /// Ends of here-documents that begin on the next line.
    documents: Vec<String>,
    found: Vec<Part>,
    /// How many substitutions are around the letter.
    depth: usize,
}

/// More substitutions in one another are not looked into.
const DEEPEST: usize = 32;
/// More parts of a word are left out.
const MOST: usize = 64;

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek(0);
        self.at += usize::from(letter.is_some());
        letter
    }

    fn takes(&mut self, text: &str) -> bool {
        let is_there = text
            .chars()
            .enumerate()
            .all(|(at, c)| self.peek(at) == Some(c));
        if is_there {
            self.at += text.chars().count();
        }
        is_there
    }

    /// Reads commands up to an end; the words of the last one.
    fn commands(&mut self, end: Option<char>) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        let mut word: Option<Word> = None;
        let mut last = Vec::new();
        while let Some(letter) = self.next() {
            match letter {
                _ if Some(letter) == end => break,
                '#' if word.is_none() => {
                    while self.peek(0).is_some_and(|next| next != '\n') {
                        self.at += 1;
                    }
                }
                '<' if self.takes("<<") => {
                    words.extend(word.take());
                    self.word();
                }
                '<' if self.takes("<") => {
                    words.extend(word.take());
                    self.takes("-");
                    let end = self.word();
                    self.documents.push(end.text);
                }
                // A file, or a stream: no argument.
                '<' | '>' => {
                    word = word.filter(|word| word.text.parse::<u8>().is_err());
                    words.extend(word.take());
                    while matches!(self.peek(0), Some('>' | '&' | '|')) {
                        self.at += 1;
                    }
                    let file = self.word();
                    if letter == '<' && words.is_empty() {
                        words.push(Word {
                            text: "cat".to_owned(),
                            parts: Vec::new(),
                        });
                        words.push(file);
                    }
                }
                ';' | '&' | '|' | '(' | ')' | '\n' => {
                    words.extend(word.take());
                    last = self.command(std::mem::take(&mut words), last);
                    if letter == '\n' {
                        self.skip_documents();
                    }
                }
                letter if letter.is_whitespace() => words.extend(word.take()),
                letter => self.piece(letter, word.get_or_insert_default()),
            }
        }
        words.extend(word);
        self.command(words, last)
    }

    /// A word that stands next.
    fn word(&mut self) -> Word {
        let mut word = Word::default();
        while self.peek(0).is_some_and(|next| next == ' ' || next == '\t') {
            self.at += 1;
        }
        while let Some(next) = self.peek(0) {
            if next.is_whitespace() || ";&|()<>".contains(next) {
                break;
            }
            self.at += 1;
            self.piece(next, &mut word);
        }
        word
    }

    /// A letter of a word, with all that belongs to it.
    fn piece(&mut self, letter: char, word: &mut Word) {
        match letter {
            '\'' => {
                while let Some(inside) = self.next().filter(|inside| *inside != '\'') {
                    word.text.push(inside);
                }
            }
            '"' => {
                while let Some(inside) = self.next().filter(|inside| *inside != '"') {
                    match inside {
                        '\\' => word.text.extend(self.next()),
                        '$' | '`' => self.piece(inside, word),
                        inside => word.text.push(inside),
                    }
                }
            }
            '\\' => word.text.extend(self.next().filter(|next| *next != '\n')),
            '`' => self.substituted('`', word),
            '$' if self.takes("((") => self.arithmetic(),
            '$' if self.takes("(") => self.substituted(')', word),
            '$' if self.takes("{") => self.braces(word),
            '$' => {
                let name = self.name();
                match name.is_empty() {
                    // `$$`, `$1` and the like.
                    true => {
                        self.at += usize::from(
                            self.peek(0)
                                .is_some_and(|c| "$@*#?!-0123456789".contains(c)),
                        )
                    }
                    false => self.variable(name, word),
                }
            }
            letter => word.text.push(letter),
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(letter) = self.peek(0) {
            let fits = letter == '_'
                || letter.is_ascii_alphabetic()
                || letter.is_ascii_digit() && !name.is_empty();
            if !fits {
                break;
            }
            name.push(letter);
            self.at += 1;
        }
        name
    }

    fn variable(&mut self, name: String, word: &mut Word) {
        let parts = match self.own.get(&name) {
            Some(parts) => parts.clone(),
            None => vec![Part::Variable(name)],
        };
        let left = MOST.saturating_sub(word.parts.len());
        word.parts.extend(parts.into_iter().take(left));
    }

    /// `${NAME}`, `${NAME:-other}`; of `${#NAME}` and `${NAME:+other}` the value is no part.
    fn braces(&mut self, word: &mut Word) {
        let name = self.name();
        let rest: String = std::iter::from_fn(|| self.next().filter(|next| *next != '}')).collect();
        let is_asked = rest.starts_with('+') || rest.starts_with(":+");
        if !name.is_empty() && !is_asked {
            self.variable(name, word);
        }
    }

    fn arithmetic(&mut self) {
        while self.at < self.letters.len() && !self.takes("))") {
            self.at += 1;
        }
    }

    /// `$(…)`: its commands, and what it puts into a word.
    fn substituted(&mut self, end: char, word: &mut Word) {
        if self.depth == DEEPEST {
            return;
        }
        self.depth += 1;
        let words = self.commands(Some(end));
        self.depth -= 1;
        let [program, file] = &words[..] else {
            return;
        };
        if program.text != "cat" {
            return;
        }
        match &file.parts[..] {
            [] => word.parts.push(Part::File(file.text.clone())),
            [Part::Variable(name)] if file.text.is_empty() => {
                word.parts.push(Part::FileOf(name.clone()));
            }
            _ => {}
        }
    }

    /// Looks at one command; its words, or those of the command `before` where there is none.
    fn command(&mut self, words: Vec<Word>, before: Vec<Word>) -> Vec<Word> {
        if words.is_empty() {
            return before;
        }
        let mut rest = &words[..];
        let mut is_set_for_it = false;
        while let Some((first, others)) = rest.split_first() {
            if let Some((name, _)) = assignment(first) {
                if others.is_empty()
                    || !is_set_for_it && others.iter().all(|word| assignment(word).is_some())
                {
                    self.own.insert(name.to_owned(), first.parts.clone());
                }
            } else if !BEFORE.contains(&first.text.as_str()) || !first.parts.is_empty() {
                break;
            } else {
                is_set_for_it |= first.text == "env";
            }
            rest = others;
        }
        let Some((program, arguments)) = rest.split_first() else {
            return words;
        };
        let name = program.text.rsplit('/').next().unwrap_or_default();
        if SETTERS.contains(&name) {
            for word in arguments {
                if let Some((name, _)) = assignment(word) {
                    self.own.insert(name.to_owned(), word.parts.clone());
                }
            }
        }
        // A pattern of `case` ends with a parenthesis, and a function begins with them.
        let is_nothing = name.is_empty() && program.parts.is_empty();
        if !is_nothing && !BUILTINS.contains(&name) {
            let parts = arguments.iter().flat_map(|word| word.parts.iter().cloned());
            self.found.extend(parts);
        }
        words
    }

    fn skip_documents(&mut self) {
        for end in std::mem::take(&mut self.documents) {
            while self.at < self.letters.len() {
                let line: String =
                    std::iter::from_fn(|| self.next().filter(|next| *next != '\n')).collect();
                if line.trim_start_matches('\t') == end {
                    break;
                }
            }
        }
    }
}

/// `NAME=…`.
fn assignment(word: &Word) -> Option<(&str, &str)> {
    let (name, value) = word.text.split_once('=')?;
    let first = name.chars().next()?;
    let is_name = (first == '_' || first.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    is_name.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_what_follows_c() {
        for (words, expected) in [
            (&["sh", "-c", "app"][..], Some(2)),
            (&["/bin/bash", "-ec", "app", "name"], Some(2)),
            (&["/usr/bin/env", "dash", "-l", "-c", "app"], Some(4)),
            (&["tini", "--", "ash", "-lc", "app"], Some(4)),
            (&["bash", "-o", "pipefail", "-ec", "app"], Some(4)),
            (&["sh", "-x", "run.sh"], None),
            (&["app", "-c", "config"], None),
            (&["sh"], None),
        ] {
            assert_eq!(script(words), expected, "{words:?}");
        }
    }

    fn told(script: &str) -> Vec<String> {
        let told = |part: Part| match part {
            Part::Variable(name) => format!("${name}"),
            Part::File(file) => file,
            Part::FileOf(name) => format!("file of ${name}"),
        };
        arguments(script).into_iter().map(told).collect()
    }

    #[test]
    fn what_programs_get_is_found() {
        for (script, expected) in [
            ("app --password=$PW", &["$PW"][..]),
            ("exec app --password \"${PW}\"", &["$PW"]),
            ("set -e; sleep 1 && psql \"$URL\" -c 'select 1'", &["$URL"]),
            (
                "app --pw \"$(cat /etc/secrets/db/pw)\"",
                &["/etc/secrets/db/pw"],
            ),
            (
                "app --pw \"$(< /etc/secrets/db/pw)\"",
                &["/etc/secrets/db/pw"],
            ),
            ("app --pw `cat /etc/secrets/db/pw`", &["/etc/secrets/db/pw"]),
            (
                "app --pw \"$(cat \"$PW_FILE\")\"",
                &["$PW_FILE", "file of $PW_FILE"],
            ),
            ("PW=$(cat /s/pw); app --pw $PW", &["/s/pw"]),
            (
                "export PW=\"$(cat /s/pw)\"\nexec app --pw=\"$PW\" >$LOG 2>&1",
                &["/s/pw"],
            ),
            (
                "if [ -n \"$A\" ]; then curl -H \"X: ${PW:-none}\"; fi",
                &["$PW"],
            ),
            ("app $(htpasswd -nb u $PW)", &["$PW"]),
            ("PW=x app $TOKEN", &["$TOKEN"]),
        ] {
            assert_eq!(told(script), expected, "{script}");
        }
    }

    #[test]
    fn what_stays_in_the_shell_is_not() {
        for script in [
            "app",
            "echo $PW",
            "printf %s \"$PW\" | psql",
            "[ -n \"$PW\" ] && app",
            "test -n \"$PW\"",
            "export PGPASSWORD=\"$PW\"; exec app",
            "PGPASSWORD=\"$(cat /s/pw)\" exec app",
            "env PGPASSWORD=\"$PW\" app",
            "app '$PW' \\$PW $$PW \"\\$PW\"",
            "app ${#PW} ${PW:+--login}",
            "app > $PW < \"$PW\" 2> $PW",
            "app <<< \"$PW\"",
            "cat > c <<EOF\npassword = $PW\nEOF\napp",
            "# app $PW\napp",
            "PW=plain; app $PW",
            "for i in $PW; do :; done",
            "case \"$PW\" in a) app;; esac",
            "app $((PW + 1)) $1 \"$@\"",
            "eval \"$PW\"",
            "app \"",
            "app $(",
            "app ${",
            "",
        ] {
            assert_eq!(told(script), Vec::<String>::new(), "{script}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[a-c $(){}`'\"<>;|&=\\\\\n#]{0,30}") {
            let _ = arguments(&text);
            let _ = arguments(&"$(".repeat(10_000));
        }
    }
}
