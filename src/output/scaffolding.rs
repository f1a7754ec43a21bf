//! A scaffold as a document: objects with comments where the syntax has some.

use std::io::{self, Write};

use crate::command_line::Connection;
use crate::escape::escape_controls as safe;
use crate::scaffolding::{Line, Object, Remark, Scaffold, guide, objects};
use crate::workload::mode::both_forms;

use super::Syntax;

/// Comments are as wide as this; code and commands are as long as they are.
const WIDTH: usize = 88;

/// Writes the objects. Commands in comments are for the cluster of the connection.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    scaffold: &Scaffold,
    syntax: Syntax,
    connection: &Connection,
    out: &mut dyn Write,
) -> io::Result<()> {
    let objects = objects(scaffold);
    if syntax == Syntax::Json {
        let items: Vec<_> = objects.iter().map(|object| &object.value).collect();
        let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
        return syntax.write_value(&list, out);
    }
    for line in guide(scaffold) {
        comment(&line, connection, out)?;
    }
    for (place, object) in objects.iter().enumerate() {
        if place > 0 && syntax == Syntax::Yaml {
            writeln!(out, "---")?;
        }
        let mut text = Vec::new();
        syntax.write_value(&object.value, &mut text)?;
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        out.write_all(remarked(&text, object, syntax).as_bytes())?;
    }
    Ok(())
}

fn comment(line: &Line, connection: &Connection, out: &mut dyn Write) -> io::Result<()> {
    match line {
        Line::Words(text) => {
            // What goes on with an item of a list stands below it.
            let hanging = match text.starts_with("- ") {
                true => "  ",
                false => "",
            };
            let lines = filled(text, WIDTH - 2 - hanging.len());
            lines.iter().enumerate().try_for_each(|(place, line)| {
                let before = if place > 0 { hanging } else { "" };
                writeln!(out, "# {before}{}", safe(line))
            })
        }
        Line::Command(command) => {
            let command = command.clone().on(connection).to_string();
            writeln!(out, "#   {}", safe(&command))
        }
        Line::Code(code) if !code.is_empty() => writeln!(out, "#   {}", safe(code)),
        Line::Code(_) | Line::Empty => writeln!(out, "#"),
    }
}

/// An object with its remarks, each above the line where its field first stands.
fn remarked(text: &str, object: &Object, syntax: Syntax) -> String {
    let mut rest: Vec<&Remark> = object.remarks.iter().collect();
    let mut done = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let content = line.trim_start().trim_start_matches("- ");
        let is_of = |remark: &&Remark| {
            let value = content.strip_prefix(remark.field);
            value.is_some_and(|value| value.starts_with(':'))
        };
        if let Some(at) = rest.iter().position(is_of) {
            let indent = " ".repeat(line.len() - line.trim_start().len());
            let remark = rest.remove(at);
            for line in filled(&remark.words, WIDTH.saturating_sub(indent.len() + 2)) {
                done += &format!("{indent}# {line}\n");
            }
        }
        done += &as_octal(line, syntax);
        done.push('\n');
    }
    done
}

/// YAML of kubectl takes `0400` for the octal number that people know; JSON and KYAML
/// have decimal ones only.
fn as_octal(line: &str, syntax: Syntax) -> String {
    let Some((before, number)) = line.split_once("defaultMode: ") else {
        return line.to_owned();
    };
    match (syntax, number.parse::<u32>()) {
        (Syntax::Yaml, Ok(mode)) if before.trim().is_empty() => {
            let octal = both_forms(mode);
            let octal = octal.split(' ').next().unwrap_or(number);
            format!("{before}defaultMode: {octal}")
        }
        _ => line.to_owned(),
    }
}

/// Words in lines of this width.
fn filled(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_remark_stands_above_the_first_of_its_fields() {
        let object = Object {
            value: json!({"a": [{"readOnly": true, "x": 1}, {"readOnly": true}], "defaultMode": 256}),
            remarks: vec![Remark {
                field: "readOnly",
                words: "why".to_owned(),
            }],
        };
        let written = |syntax: Syntax| {
            let mut text = Vec::new();
            syntax.write_value(&object.value, &mut text).unwrap();
            remarked(&String::from_utf8(text).unwrap(), &object, syntax)
        };
        let yaml = written(Syntax::Yaml);
        assert_eq!(yaml.matches("# why").count(), 1, "{yaml}");
        assert!(yaml.contains("# why\n- readOnly: true\n"), "{yaml}");
        assert!(yaml.contains("\ndefaultMode: 0400\n"), "{yaml}");
        let kyaml = written(Syntax::Kyaml);
        assert!(kyaml.contains("# why\n"), "{kyaml}");
        assert!(kyaml.contains("defaultMode: 256"), "{kyaml}");
    }

    #[test]
    fn words_are_filled_into_lines_and_none_is_lost() {
        let text = "one two three fourfivesixseven eight";
        let lines = filled(text, 9);
        assert_eq!(lines, ["one two", "three", "fourfivesixseven", "eight"]);
        assert_eq!(lines.join(" "), text);
    }
}
