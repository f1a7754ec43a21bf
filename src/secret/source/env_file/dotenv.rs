//! What the dotenv libraries of the common languages agree on: an optional
//! `export`, blanks around `=`, literal text in single quotes, escapes in
//! double quotes, values in quotes over several lines, and comments after ` #`.
//!
//! Variables are not expanded: a password with a `$` in it is more likely than
//! a reference, and what was kept is reported ([`Remark::NotExpanded`]).

use zeroize::Zeroizing;

use super::{Problem, Remark, Statement, key_name};
use crate::secret::{KeyName, SecretValue};

pub(super) fn statements(content: &[u8]) -> Vec<Statement> {
    let text = match std::str::from_utf8(content) {
        Ok(text) => text,
        Err(error) => {
            // Quotes may reach over lines, so nothing of the file is certain.
            let line = newlines(&content[..error.valid_up_to()]) + 1;
            return vec![Statement {
                first_line: line,
                last_line: line,
                outcome: Err(Problem::NotUtf8),
            }];
        }
    };
    let mut statements = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let first = rest[..end].trim();
        let mut used = end;
        if !first.is_empty() && !first.starts_with('#') {
            let outcome = assignment(rest.trim_start()).map(|(key, value, remark, after)| {
                used = rest.len() - after.len();
                (key, value, remark)
            });
            let inner = newlines(rest[..used].trim_end_matches('\n').as_bytes());
            statements.push(Statement {
                first_line: line,
                last_line: line + inner,
                outcome,
            });
        }
        line += newlines(&rest.as_bytes()[..used]);
        rest = &rest[used..];
    }
    statements
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

type Meaning<'a> = (KeyName, SecretValue, Option<Remark>, &'a str);

/// Reads the assignment that `text` begins with, and what follows its last line.
fn assignment(text: &str) -> Result<Meaning<'_>, Problem> {
    let text = without_export(text);
    let line_end = text.find('\n').unwrap_or(text.len());
    let equals = text[..line_end].find('=').ok_or(Problem::NoEqualsSign)?;
    let key = key_name(text[..equals].trim())?;
    let after = &text[equals + 1..];
    let begin = after.trim_start_matches([' ', '\t']);
    let (value, remark, rest) = match begin.as_bytes().first() {
        Some(b'"') => double_quoted(&begin[1..])?,
        Some(b'\'') => single_quoted(&begin[1..])?,
        _ => {
            let (raw, rest) = after.split_once('\n').unwrap_or((after, ""));
            let raw = without_comment(raw);
            return Ok((
                key,
                SecretValue::from_bytes(raw.into()),
                kept_variable(raw),
                rest,
            ));
        }
    };
    let (trailing, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let trailing = trailing.trim();
    if !trailing.is_empty() && !trailing.starts_with('#') {
        return Err(Problem::TextAfterQuote);
    }
    Ok((key, value, remark, rest))
}

/// `export` counts when a key follows; it may be a key itself.
fn without_export(text: &str) -> &str {
    match text.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => {
            let rest = rest.trim_start_matches([' ', '\t']);
            if rest.starts_with('=') { text } else { rest }
        }
        _ => text,
    }
}

fn without_comment(raw: &str) -> &str {
    let bytes = raw.as_bytes();
    let comment =
        (1..bytes.len()).find(|&at| bytes[at] == b'#' && matches!(bytes[at - 1], b' ' | b'\t'));
    raw[..comment.unwrap_or(raw.len())].trim()
}

/// Literal text up to the next single quote.
fn single_quoted(text: &str) -> Result<(SecretValue, Option<Remark>, &str), Problem> {
    let (raw, rest) = text.split_once('\'').ok_or(Problem::UnterminatedQuote)?;
    let mut value = Zeroizing::new(Vec::with_capacity(raw.len()));
    for (at, &byte) in raw.as_bytes().iter().enumerate() {
        if !(byte == b'\r' && raw.as_bytes().get(at + 1) == Some(&b'\n')) {
            value.push(byte);
        }
    }
    Ok((
        SecretValue::from_bytes(std::mem::take(&mut *value)),
        None,
        rest,
    ))
}

/// Text with escapes up to the next double quote. An escape that is not known
/// stays as it is. A line end inside is always LF, as in the libraries that
/// read files line by line.
fn double_quoted(text: &str) -> Result<(SecretValue, Option<Remark>, &str), Problem> {
    let bytes = text.as_bytes();
    let mut value = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut remark = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        match (byte, next) {
            (b'"', _) => {
                let value = SecretValue::from_bytes(std::mem::take(&mut *value));
                return Ok((value, remark, &text[at + 1..]));
            }
            (b'\\', Some(&escaped)) => {
                match escaped {
                    b'n' => value.push(b'\n'),
                    b'r' => value.push(b'\r'),
                    b't' => value.push(b'\t'),
                    b'"' | b'\\' | b'$' => value.push(escaped),
                    _ => value.extend([byte, escaped]),
                }
                at += 1;
            }
            (b'\r', Some(b'\n')) => {}
            _ => {
                if byte == b'$' && names_variable(&bytes[at + 1..]) {
                    remark = Some(Remark::NotExpanded);
                }
                value.push(byte);
            }
        }
        at += 1;
    }
    Err(Problem::UnterminatedQuote)
}

fn kept_variable(raw: &str) -> Option<Remark> {
    let bytes = raw.as_bytes();
    let kept = (0..bytes.len()).any(|at| bytes[at] == b'$' && names_variable(&bytes[at + 1..]));
    kept.then_some(Remark::NotExpanded)
}

/// Whether `NAME` or `{NAME` stands here, right after a `$`.
fn names_variable(after: &[u8]) -> bool {
    let name = after.strip_prefix(b"{").unwrap_or(after);
    name.first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `KEY=VALUE@FIRST-LAST` of each statement, or the problem.
    fn read(content: &str) -> Vec<String> {
        let show = |statement: Statement| {
            let lines = format!("@{}-{}", statement.first_line, statement.last_line);
            match statement.outcome {
                Ok((key, value, remark)) => {
                    let note = if remark.is_some() { "!" } else { "" };
                    format!(
                        "{key}={}{note}{lines}",
                        String::from_utf8_lossy(value.expose())
                    )
                }
                Err(problem) => format!("{problem:?}{lines}"),
            }
        };
        statements(content.as_bytes())
            .into_iter()
            .map(show)
            .collect()
    }

    #[test]
    fn single_statements() {
        for (content, expected) in [
            ("A=1", "A=1@1-1"),
            ("\u{feff}A=1\r\n", "A=1@1-1"),
            ("  export  A = 1  ", "A=1@1-1"),
            ("export\tA=1", "A=1@1-1"),
            ("export=1", "export=1@1-1"),
            ("export =1", "export=1@1-1"),
            ("exported=1", "exported=1@1-1"),
            ("A=", "A=@1-1"),
            ("A= # nothing", "A=@1-1"),
            ("A=x # y", "A=x@1-1"),
            ("A=x#y", "A=x#y@1-1"),
            ("A=#y", "A=#y@1-1"),
            ("A=x=y", "A=x=y@1-1"),
            ("A=two words", "A=two words@1-1"),
            ("A='it # $HOME \\n \"'", "A=it # $HOME \\n \"@1-1"),
            ("A=\"a\\n\\r\\t\\\"\\\\\\$B\"", "A=a\n\r\t\"\\$B@1-1"),
            ("A=\"\\d+ ä\\ä\"", "A=\\d+ ä\\ä@1-1"),
            ("A=\"x\" # y", "A=x@1-1"),
            ("A=\"\"", "A=@1-1"),
            ("A=it's", "A=it's@1-1"),
            ("A=$HOME", "A=$HOME!@1-1"),
            ("A=x${B}", "A=x${B}!@1-1"),
            ("A=\"$B\"", "A=$B!@1-1"),
            ("A=pa$$", "A=pa$$@1-1"),
            ("A=$5", "A=$5@1-1"),
        ] {
            assert_eq!(read(content), [expected], "{content}");
        }
    }

    #[test]
    fn quotes_over_several_lines() {
        assert_eq!(
            read("A=\"one\r\ntwo\n\" # end\nB='x\ny'\n\nC=1"),
            ["A=one\ntwo\n@1-3", "B=x\ny@4-5", "C=1@7-7"]
        );
    }

    #[test]
    fn problems() {
        for (content, expected) in [
            ("A=\"x\n\nB=1", vec!["UnterminatedQuote@1-1", "B=1@3-3"]),
            ("A='x", vec!["UnterminatedQuote@1-1"]),
            ("A=\"x\\", vec!["UnterminatedQuote@1-1"]),
            ("A=\"x\"y", vec!["TextAfterQuote@1-1"]),
            ("A\nB=1", vec!["NoEqualsSign@1-1", "B=1@2-2"]),
            ("=x", vec!["IllegalKey@1-1"]),
            ("1A=x", vec!["IllegalKey@1-1"]),
            ("A B=x", vec!["IllegalKey@1-1"]),
        ] {
            assert_eq!(read(content), expected, "{content}");
        }
        let broken = statements(b"A=1\nB=\xff\n");
        assert!(matches!(
            broken[..],
            [Statement {
                first_line: 2,
                outcome: Err(Problem::NotUtf8),
                ..
            }]
        ));
    }
}
