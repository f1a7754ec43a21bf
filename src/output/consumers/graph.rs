//! Who uses a Secret, as a graph: the object on the left, the Secret on the
//! right, and how on the arrow between them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::consumption::{Consumer, Report};
use crate::inventory::Scope;
use crate::ui::escape_controls;
use crate::workload::{Need, ObjectId};

use super::words;

/// The graph, without any language's quoting.
struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

struct Node {
    lines: Vec<String>,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Consumer,
    Dormant,
    Secret,
}

struct Edge {
    from: usize,
    to: usize,
    lines: Vec<String>,
    need: Need,
}

impl Graph {
    fn of(report: &Report) -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            edges: Vec::new(),
        };
        for part in &report.parts {
            let cluster = match &part.inventory.scope {
                Scope::Cluster { name, .. } if report.parts.len() > 1 => Some(name.as_str()),
                _ => None,
            };
            for consumption in &part.secrets {
                let secret = &consumption.secret;
                let name = match &secret.key {
                    Some(key) => format!("secret/{}:{key}", secret.name),
                    None => format!("secret/{}", secret.name),
                };
                let to = graph.node(name, &secret.namespace, cluster, Shape::Secret);
                graph.uses(&consumption.consumers, cluster, Shape::Consumer, to);
                graph.uses(&consumption.dormant, cluster, Shape::Dormant, to);
            }
        }
        graph
    }

    fn node(
        &mut self,
        name: String,
        namespace: &str,
        cluster: Option<&str>,
        shape: Shape,
    ) -> usize {
        let mut lines = vec![name];
        if !namespace.is_empty() {
            lines.push(format!("in {namespace}"));
        }
        lines.extend(cluster.map(|cluster| format!("cluster {cluster}")));
        self.nodes.push(Node { lines, shape });
        self.nodes.len() - 1
    }

    /// One arrow for each object, with a line for each of its uses.
    fn uses(&mut self, consumers: &[Consumer], cluster: Option<&str>, shape: Shape, to: usize) {
        let mut by_subject: BTreeMap<(&ObjectId, Need), Vec<String>> = BTreeMap::new();
        for consumer in consumers {
            let container = words::container(consumer)
                .map_or_else(String::new, |container| format!("{container}: "));
            by_subject
                .entry((&consumer.subject, consumer.need))
                .or_default()
                .push(format!("{container}{}", words::how(&consumer.how)));
        }
        let mut known: BTreeMap<&ObjectId, usize> = BTreeMap::new();
        for ((subject, need), lines) in by_subject {
            let from = *known
                .entry(subject)
                .or_insert_with(|| self.node(subject.short(), &subject.namespace, cluster, shape));
            self.edges.push(Edge {
                from,
                to,
                lines,
                need,
            });
        }
    }
}

/// Graphviz's language (graphviz.org/doc/info/lang.html). Dashed is what does
/// not run, dotted what is optional.
pub(super) fn dot(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let graph = Graph::of(report);
    writeln!(out, "digraph consumers {{")?;
    writeln!(out, "  rankdir=LR;")?;
    writeln!(out, "  node [shape=box, fontname=\"sans-serif\"];")?;
    writeln!(out, "  edge [fontname=\"sans-serif\", fontsize=10];")?;
    for (index, node) in graph.nodes.iter().enumerate() {
        let style = match node.shape {
            Shape::Consumer => "",
            Shape::Dormant => ", style=dashed",
            Shape::Secret => ", shape=cylinder",
        };
        writeln!(out, "  n{index} [label={}{style}];", dot_text(&node.lines))?;
    }
    for edge in &graph.edges {
        let style = match edge.need {
            Need::Required => "",
            Need::Optional => ", style=dotted",
        };
        writeln!(
            out,
            "  n{} -> n{} [label={}{style}];",
            edge.from,
            edge.to,
            dot_text(&edge.lines)
        )?;
    }
    writeln!(out, "}}")
}

/// A label: a quoted string whose backslashes are escapes of its own and whose
/// ampersands begin entities.
fn dot_text(lines: &[String]) -> String {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| {
            escape_controls(line)
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('&', "&amp;")
        })
        .collect();
    format!("\"{}\"", lines.join("\\n"))
}

/// Mermaid's language (mermaid.js.org/syntax/flowchart.html).
pub(super) fn mermaid(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let graph = Graph::of(report);
    writeln!(out, "flowchart LR")?;
    for (index, node) in graph.nodes.iter().enumerate() {
        let text = mermaid_text(&node.lines);
        match node.shape {
            Shape::Consumer => writeln!(out, "  n{index}[{text}]")?,
            Shape::Dormant => writeln!(out, "  n{index}([{text}])")?,
            Shape::Secret => writeln!(out, "  n{index}[({text})]")?,
        }
    }
    for edge in &graph.edges {
        let arrow = match edge.need {
            Need::Required => "-->",
            Need::Optional => "-.->",
        };
        writeln!(
            out,
            "  n{} {arrow}|{}| n{}",
            edge.from,
            mermaid_text(&edge.lines),
            edge.to
        )?;
    }
    Ok(())
}

/// A quoted label. What could end it, be markup or begin an entity is written
/// as an entity code.
fn mermaid_text(lines: &[String]) -> String {
    let mut text = String::from("\"");
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            text.push_str("<br/>");
        }
        for character in escape_controls(line).chars() {
            if character.is_alphanumeric() || " -_./:,=()".contains(character) {
                text.push(character);
            } else {
                text.push_str(&format!("#{};", u32::from(character)));
            }
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumption::{Part, Wanted};
    use crate::inventory::{Builder, FileSet, GitStatus};
    use crate::manifest::SourceText;

    const HOSTILE: &[&str] = &[
        "a\\\"];x[label=\\\"",
        "end\\\\",
        "&amp;<b>#quot;`",
        "\\u001b[31m\\n\\u202e",
        "]|--> n0[\\\"(x)\\\"]",
        "%% ;{}",
    ];

    fn report() -> Report {
        let text: String = HOSTILE
            .iter()
            .map(|name| {
                format!(
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: \"{name}\"}}\n\
                     spec: {{template: {{spec: {{containers: [{{name: \"{name}\", env: \
                     [{{name: \"{name}\", valueFrom: {{secretKeyRef: {{name: db, key: k, optional: true}}}}}}], \
                     envFrom: [{{secretRef: {{name: db}}}}]}}]}}}}}}\n---\n"
                )
            })
            .collect();
        let scope = Scope::Files(FileSet::Open);
        let mut builder = Builder::new(scope, "prod", jiff::Timestamp::UNIX_EPOCH);
        let problems = builder.add_file(SourceText::new("x.yaml", text), GitStatus::Outside);
        assert!(problems.is_empty());
        let wanted = Wanted {
            name: "db".to_owned(),
            key: None,
        };
        let part = Part::new(builder.finish(), None, &wanted);
        Report::new(vec![part], Vec::new(), Vec::new(), &wanted)
    }

    fn written(write: impl Fn(&Report, &mut dyn Write) -> io::Result<()>) -> String {
        let mut text = Vec::new();
        write(&report(), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// Takes every quoted string out of a line of DOT, by the language's rule:
    /// a quote ends it unless a backslash stands before. `None` if one does
    /// not end.
    fn without_strings(line: &str) -> Option<String> {
        let mut rest = String::new();
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            if character != '"' {
                rest.push(character);
                continue;
            }
            loop {
                match characters.next()? {
                    '\\' => {
                        characters.next()?;
                    }
                    '"' => break,
                    _ => {}
                }
            }
            rest.push('S');
        }
        Some(rest)
    }

    /// Whether a statement is `nN [attributes];` or `nN -> nM [attributes];`.
    fn is_statement(line: &str) -> bool {
        let Some((head, attributes)) = line
            .trim()
            .strip_suffix("];")
            .and_then(|line| line.split_once(" ["))
        else {
            return false;
        };
        let is_node = |word: &str| {
            matches!(word, "node" | "edge")
                || word.strip_prefix('n').is_some_and(|number| {
                    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
                })
        };
        let is_attribute = |text: &str| {
            text.split_once('=').is_some_and(|(name, value)| {
                let is_word = |word: &str| {
                    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric())
                };
                is_word(name) && is_word(value)
            })
        };
        head.split(" -> ").all(is_node) && attributes.split(", ").all(is_attribute)
    }

    #[test]
    fn hostile_names_stay_inside_their_labels_in_dot() {
        let text = written(dot);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.first(), Some(&"digraph consumers {"));
        assert_eq!(lines.last(), Some(&"}"));
        assert_eq!(lines[1], "  rankdir=LR;");
        assert_eq!(
            lines[4],
            "  n0 [label=\"secret/db\\nin prod\", shape=cylinder];"
        );
        let body = &lines[2..lines.len() - 1];
        // Two defaults, the Secret, and for each name a node and two arrows.
        assert_eq!(body.len(), 2 + 1 + 3 * HOSTILE.len());
        for line in body {
            let rest = without_strings(line).unwrap_or_else(|| panic!("no end: {line}"));
            assert!(is_statement(&rest), "{line}");
            assert!(line.chars().all(|character| !character.is_control()));
        }
        // The check finds what it is for.
        assert_eq!(without_strings("n0 [label=\"a\\\"];"), None);
        assert!(!is_statement("n0 [label=S];x[label=S];"));
    }

    /// Whether a label holds only what can neither end it nor be markup.
    fn is_label(text: &str) -> bool {
        let Some(inside) = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        else {
            return false;
        };
        inside.split("<br/>").all(|line| {
            let mut rest = line;
            while let Some((before, after)) = rest.split_once('#') {
                let Some((code, after)) = after.split_once(';') else {
                    return false;
                };
                if code.parse::<u32>().is_err() || before.contains(['"', '<', '>', '&', '`', ';']) {
                    return false;
                }
                rest = after;
            }
            !rest.contains(['"', '<', '>', '&', '`', ';', '|', '[', ']', '{', '}'])
        })
    }

    #[test]
    fn hostile_names_stay_inside_their_labels_in_mermaid() {
        let text = written(mermaid);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart LR"));
        let mut statements = 0;
        for line in lines {
            let line = line.strip_prefix("  n").unwrap();
            let rest = line.trim_start_matches(|character: char| character.is_ascii_digit());
            let arrow = [" -->|", " -.->|"]
                .iter()
                .find_map(|arrow| rest.strip_prefix(arrow));
            let label = match arrow {
                Some(rest) => {
                    let (label, to) = rest.rsplit_once("| n").unwrap();
                    assert!(to.bytes().all(|byte| byte.is_ascii_digit()), "{line}");
                    label
                }
                None => [("[(", ")]"), ("([", ")]"), ("[", "]")]
                    .iter()
                    .find_map(|(open, close)| rest.strip_prefix(open)?.strip_suffix(close))
                    .unwrap(),
            };
            assert!(is_label(label), "{line}");
            statements += 1;
        }
        assert_eq!(statements, 1 + 3 * HOSTILE.len());
        assert!(!is_label("\"a\"] --> b\""));
        assert!(!is_label("\"a#b\""));
    }
}
