//! A change of a file as a unified diff, with everything hidden that could be
//! a value.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::escape::{Written, escape_controls as safe, guarded};
use crate::manifest::diff::{Line, hunks};
use crate::manifest::{Document, SourceText, parse};

use super::excerpt::{self, MaskedLine};
use crate::ui::Colour;

/// How much of a change was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Whole,
    /// Without what may be a value: it is no patch.
    Masked,
}

/// Writes it; nothing when both are equal.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    before: &SourceText,
    after: &SourceText,
    colour: Colour,
    out: &mut dyn Write,
) -> io::Result<Shown> {
    let mut shown = Shown::Whole;
    guarded(out, Written::AsText, |out| {
        shown = lines_of(before, after, colour, out)?;
        Ok(())
    })?;
    Ok(shown)
}

fn lines_of(
    before: &SourceText,
    after: &SourceText,
    colour: Colour,
    out: &mut dyn Write,
) -> io::Result<Shown> {
    let hunks = hunks(before.text(), after.text());
    if hunks.is_empty() {
        return Ok(Shown::Whole);
    }
    let (strong, place, removed, added) = match colour {
        Colour::Off => Default::default(),
        Colour::On => (
            Style::new().bold(),
            AnsiColor::Cyan.on_default(),
            AnsiColor::Red.on_default(),
            AnsiColor::Green.on_default(),
        ),
    };
    let old = Masked::new(before);
    let new = Masked::new(after);
    let shown = |line: &Line| match *line {
        Line::Same(number) => (' ', Style::new(), new.line(number)),
        Line::Removed(number) => ('-', removed, old.line(number)),
        Line::Added(number) => ('+', added, new.line(number)),
    };
    let hunks: Vec<_> = hunks
        .into_iter()
        .map(|hunk| {
            let lines: Vec<_> = hunk.lines.iter().map(shown).collect();
            (hunk, lines)
        })
        .collect();
    // With hidden values this is no patch, and must not pass for one.
    let hides = hunks
        .iter()
        .any(|(_, lines)| lines.iter().any(|(_, _, line)| line.hides));
    writeln!(out, "{strong}--- {}{strong:#}", safe(before.name()))?;
    writeln!(out, "{strong}+++ {}{strong:#}", safe(after.name()))?;
    for (hunk, lines) in hunks {
        let range = |(first, count): (usize, usize)| match count {
            1 => first.to_string(),
            _ => format!("{first},{count}"),
        };
        let at = format!("-{} +{}", range(hunk.before), range(hunk.after));
        match hides {
            true => writeln!(out, "{place}@ {at} (values hidden, not a patch) @{place:#}")?,
            false => writeln!(out, "{place}@@ {at} @@{place:#}")?,
        }
        for (sign, style, line) in lines {
            writeln!(out, "{style}{sign}{}{style:#}", safe(&line.text))?;
        }
    }
    Ok(match hides {
        true => Shown::Masked,
        false => Shown::Whole,
    })
}

struct Masked<'a> {
    source: &'a SourceText,
    documents: Vec<Document>,
}

impl<'a> Masked<'a> {
    fn new(source: &'a SourceText) -> Self {
        Self {
            source,
            documents: parse(source).documents,
        }
    }

    fn line(&self, number: usize) -> MaskedLine {
        let nothing = || MaskedLine {
            text: String::new(),
            hides: false,
        };
        let Some(line) = self.source.line_span(number) else {
            return nothing();
        };
        let first = self
            .documents
            .partition_point(|document| document.span.end < line.start);
        let roots = self.documents[first..]
            .iter()
            .take_while(|document| document.span.start <= line.end)
            .map(|document| &document.root);
        excerpt::masked_line(self.source, roots, number).unwrap_or_else(nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_and_values_are_not() {
        let text = |name: &str| {
            SourceText::new(
                "a\u{1b}.yaml",
                format!(
                    "kind: Pod\nspec:\n  containers:\n  - name: app  # canary\n    env:\n    \
                     - name: A\n      value: canary\n    - name: {name}\n      value: 'canary'\n"
                ),
            )
        };
        let mut out = Vec::new();
        write(&text("B"), &text("C"), Colour::Off, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(
            out,
            "--- a\\u{1b}.yaml\n+++ a\\u{1b}.yaml\n@ -5,5 +5,5 (values hidden, not a patch) @\n     env:\n     - name: A\n       value: …\n-    - name: B\n+    - name: C\n       value: '…'\n"
                .replace("'…'", "…")
        );
        assert!(!out.contains("canary"));
    }

    /// The change beside each of these lines shows it, or hides what may be a
    /// value; a diff that hides something is no patch.
    #[test]
    fn settings_are_shown_and_what_may_be_a_value_is_not() {
        for (line, shown) in [
            ("containerPort: 8080", true),
            ("command: [serve, --port, '8080']", true),
            ("imagePullPolicy: Always", true),
            ("labels: {app: api}", true),
            ("labels: {password: canary}", false),
            ("path: /health?token=canary", false),
            ("image: https://u:canary@r/x", false),
            (
                "image: registry.example/app@sha256:0123456789abcdef0123456789abcdef",
                true,
            ),
            ("value: '5432'", false),
            ("env: {name: A_FILE, value: /etc/secrets/db/a}", true),
            ("env: {name: A_FILE, value: canary}", false),
            ("password: canary", false),
            ("pin: 1234", false),
            ("args: [--password, canary]", false),
            ("args: [--password=canary]", false),
            ("args: [-p, canary]", false),
            ("args: [-p, '4711']", false),
            ("args: [--requirepass, '4711']", false),
            ("args: [--requirepass, canary]", false),
            ("args: [canary]", false),
            (
                "args: ['--conn=Server=db;User Id=sa;Password=canary;']",
                false,
            ),
            ("args: ['--header=Authorization: Bearer canary']", false),
            ("args: ['https://x/y?user=a&password=canary']", false),
            ("command: [curl, -u, 'admin:canary']", false),
            ("command: [sh, -c, 'export DB_PASSWORD=canary; run']", false),
            ("args: ['postgres://u:canary@db/x']", false),
            ("any: canary", false),
            ("data: {any: {thing: canary}}", false),
            ("annotations: {a: canary}", false),
            ("token: ghp_0123456789abcdefghijABCDEFGHIJ012345", false),
            ("containerPort: 8080 # canary", false),
        ] {
            let text = |name: &str| {
                SourceText::new("a.yaml", format!("kind: Pod\n{line}\nname: {name}\n"))
            };
            let mut out = Vec::new();
            write(&text("B"), &text("C"), Colour::Off, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out.contains(&format!(" {line}\n")), shown, "{out}");
            assert_eq!(out.contains("@@ -1,3 +1,3 @@"), shown, "{out}");
            assert!(
                !out.contains("canary") && !out.contains("ghp_") && !out.contains("4711"),
                "{out}"
            );
        }
    }
}
