//! JSON whose strings have every deceptive character as an escape: the same
//! text for who reads it, and a harmless one for who looks at it.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::is_deceptive;
use super::lines::hashes;

/// Writes a value in lines, each level indented by so many blanks, without an
/// end of line behind it.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn json_pretty(
    value: &impl Serialize,
    indent: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let blanks = " ".repeat(indent);
    let layout = Harmless(PrettyFormatter::with_indent(blanks.as_bytes()));
    value
        .serialize(&mut Serializer::with_formatter(out, layout))
        .map_err(Into::into)
}

struct Harmless<F>(F);

/// Leaves the layout to the other formatter.
macro_rules! as_the_other {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, out: &mut W $(, $argument: $type)*) -> io::Result<()> {
            self.0.$name(out $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for Harmless<F> {
    as_the_other! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut acting = hashes(fragment).peekable();
        if acting.peek().is_none() && !fragment.chars().any(is_deceptive) {
            return out.write_all(fragment.as_bytes());
        }
        for (at, character) in fragment.char_indices() {
            let acts = acting.next_if_eq(&at).is_some();
            let mut units = [0; 2];
            if acts || is_deceptive(character) {
                for unit in character.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else {
                write!(out, "{character}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_harmless_and_mean_the_same() {
        let text = "a\u{202e}b\u{7f}\u{e0041}\u{200d}ö\n\"##[c]";
        let value = serde_json::json!({text: [text, 1, null, {}]});
        for indent in [2, 4] {
            let mut out = Vec::new();
            json_pretty(&value, indent, &mut out).unwrap();
            let written = String::from_utf8(out).unwrap();
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&written).unwrap(),
                value
            );
            assert!(!written.chars().any(|c| is_deceptive(c) && c != '\n'));
            assert!(written.contains("\\u202eb\\u007f\\udb40\\udc41\\u200dö"));
            assert!(!written.contains("##["));
        }
    }
}
