//! Workloads in many spellings.

use serde_json::{Map, Value, json};

use super::dice::Dice;

/// A workload with up to three containers, as people have them.
pub fn workload(dice: &mut Dice) -> Value {
    let mut pod = Map::new();
    let containers = (0..1 + dice.roll(3)).map(|index| container(dice, index));
    pod.insert("containers".to_owned(), containers.collect());
    if dice.one_in(4) {
        let first = container(dice, 7);
        pod.insert("initContainers".to_owned(), json!([first]));
    }
    match dice.roll(5) {
        0 => {}
        1 => drop(pod.insert("volumes".to_owned(), json!([]))),
        2 => drop(pod.insert("volumes".to_owned(), Value::Null)),
        _ => drop(pod.insert("volumes".to_owned(), volumes(dice))),
    }
    match dice.roll(4) {
        0 => drop(pod.insert("securityContext".to_owned(), json!({}))),
        1 => drop(pod.insert("securityContext".to_owned(), json!({"runAsUser": 1000}))),
        _ => {}
    }
    if dice.one_in(3) {
        pod.insert("serviceAccountName".to_owned(), json!("task-api"));
    }
    let labels = json!({"app": "task-api", "app.kubernetes.io/name": "task"});
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    let metadata = json!({"name": "task-api", "labels": labels});
    match dice.roll(3) {
        0 => json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata,
            "spec": {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": template}}},
        }),
        kind => json!({
            "apiVersion": "apps/v1", "kind": (["Deployment", "StatefulSet"][kind - 1]),
            "metadata": metadata,
            "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template},
        }),
    }
}

/// Where the pod template's spec of a workload is.
pub fn pod_spec(workload: &Value) -> &'static str {
    if workload["kind"] == "CronJob" {
        "/spec/jobTemplate/spec/template/spec"
    } else {
        "/spec/template/spec"
    }
}

fn container(dice: &mut Dice, index: usize) -> Value {
    let mut container =
        json!({"name": format!("c{index}"), "image": "registry.example:5000/api:1.2"});
    let fields = container.as_object_mut().unwrap();
    match dice.roll(6) {
        0 => {}
        1 => drop(fields.insert("env".to_owned(), json!([]))),
        _ => {
            let env = (0..1 + dice.roll(3)).map(|index| variable(dice, index));
            fields.insert("env".to_owned(), env.collect());
        }
    }
    if dice.one_in(3) {
        let from = json!([{"secretRef": {"name": "db"}}, {"prefix": "P_", "secretRef": {"name": "api", "optional": true}}]);
        fields.insert("envFrom".to_owned(), from);
    }
    match dice.roll(4) {
        0 => drop(fields.insert(
            "volumeMounts".to_owned(),
            json!([{"name": "tmp", "mountPath": "/tmp"}, {"name": "db", "mountPath": "/etc/db", "readOnly": true}]),
        )),
        1 => drop(fields.insert("volumeMounts".to_owned(), Value::Null)),
        _ => {}
    }
    match dice.roll(4) {
        0 => drop(fields.insert("args".to_owned(), json!(["--listen", ":8080", "yes", "é"]))),
        1 => drop(fields.insert(
            "command".to_owned(),
            json!(["sh", "-c", "set -e\nexec api # \"$DB\"\n"]),
        )),
        2 => drop(fields.insert("ports".to_owned(), json!([{"containerPort": 8080}]))),
        _ => {}
    }
    container
}

fn variable(dice: &mut Dice, index: usize) -> Value {
    let name = format!("VAR_{index}");
    match dice.roll(4) {
        0 => {
            json!({"name": name, "value": *dice.pick(&["no", "0400", "a: b", "", "ü", "x # y", "two\nlines"])})
        }
        1 => {
            json!({"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": "password", "optional": false}}})
        }
        _ => {
            json!({"name": name, "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}})
        }
    }
}

fn volumes(dice: &mut Dice) -> Value {
    let all = [
        json!({"name": "tmp", "emptyDir": {}}),
        json!({"name": "db", "secret": {"secretName": "db", "defaultMode": 256}}),
        json!({"name": "api", "secret": {"secretName": "api", "items": [{"key": "k", "path": "k", "mode": 288}]}}),
    ];
    all.into_iter().take(1 + dice.roll(3)).collect()
}

/// How a text is spelled.
pub struct Speller<'a> {
    dice: &'a mut Dice,
    step: usize,
    lists: usize,
    comments: bool,
    flow: bool,
    noted: usize,
}

/// A value as the text of a document.
pub fn spelled(dice: &mut Dice, value: &Value) -> String {
    let tabbed = |value: &Value| {
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b"\t");
        let mut text = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
        serde::Serialize::serialize(value, &mut serializer).unwrap();
        String::from_utf8(text).unwrap() + "\n"
    };
    match dice.roll(16) {
        0 => return format!("{value:#}\n"),
        1 => return value.to_string(),
        2 => return tabbed(value),
        _ => {}
    }
    let mut speller = Speller {
        step: *dice.pick(&[2, 2, 4]),
        lists: *dice.pick(&[0, 0, 2, 2, 4]),
        comments: !dice.one_in(3),
        flow: dice.one_in(3),
        noted: 0,
        dice,
    };
    let mut lines = Vec::new();
    speller.mapping(value.as_object().unwrap(), 0, &mut lines, false);
    let mut text = lines.join("\n") + "\n";
    if speller.dice.one_in(6) {
        text = text.trim_end_matches('\n').to_owned();
    }
    text
}

impl Speller<'_> {
    fn comment(&mut self) -> String {
        self.noted += 1;
        let text = *self
            .dice
            .pick(&["note", "- name: old", "key: value", "é\tü", "a, b]"]);
        format!("# {text} ~{}~", self.noted)
    }

    /// A comment behind something, or nothing.
    fn behind(&mut self) -> String {
        if self.comments && self.dice.one_in(6) {
            let gap = *self.dice.pick(&[" ", "   ", "\t"]);
            gap.to_owned() + &self.comment()
        } else {
            String::new()
        }
    }

    /// A comment or a blank line above something, or nothing.
    fn above(&mut self, indentation: usize, lines: &mut Vec<String>) {
        if self.comments && self.dice.one_in(10) {
            let comment = self.comment();
            lines.push(" ".repeat(indentation) + &comment);
        }
        if self.comments && self.dice.one_in(25) {
            lines.push(String::new());
        }
    }

    fn mapping(
        &mut self,
        map: &Map<String, Value>,
        column: usize,
        lines: &mut Vec<String>,
        on_dash_line: bool,
    ) {
        for (index, (key, value)) in map.iter().enumerate() {
            if !on_dash_line || index > 0 {
                self.above(column, lines);
            }
            let key = if self.dice.one_in(12) || !is_plain(key) {
                Value::from(key.as_str()).to_string()
            } else {
                key.clone()
            };
            let start = format!("{}{key}:", " ".repeat(column));
            self.value(start, value, column, true, lines);
        }
    }

    fn list(&mut self, items: &[Value], column: usize, lines: &mut Vec<String>) {
        for item in items {
            self.above(column, lines);
            let dash = format!("{}-", " ".repeat(column));
            match item {
                Value::Object(map) if !map.is_empty() && !self.in_flow() => {
                    if self.dice.one_in(8) {
                        let behind = self.behind();
                        lines.push(dash + &behind);
                        self.mapping(map, column + 2, lines, false);
                        continue;
                    }
                    let gap = *self.dice.pick(&[1, 1, 1, 1, 3]);
                    let inner = column + 1 + gap;
                    let first = lines.len();
                    self.mapping(map, inner, lines, true);
                    let line = lines[first][inner..].to_owned();
                    lines[first] = format!("{dash}{}{line}", " ".repeat(gap));
                }
                item => self.value(dash, item, column, false, lines),
            }
        }
    }

    fn in_flow(&mut self) -> bool {
        self.flow && self.dice.one_in(4)
    }

    /// A value behind its key or dash.
    fn value(
        &mut self,
        start: String,
        value: &Value,
        column: usize,
        below_key: bool,
        lines: &mut Vec<String>,
    ) {
        let is_mode = start.trim_start().trim_matches('"').starts_with("mode:")
            || start.contains("defaultMode");
        let anchor = if self.dice.one_in(40) {
            self.noted += 1;
            format!(" &a{}", self.noted)
        } else {
            String::new()
        };
        let start = start + &anchor;
        match value {
            Value::Object(map) if below_key && !map.is_empty() && !self.in_flow() => {
                let behind = self.behind();
                lines.push(start + &behind);
                self.mapping(map, column + self.step, lines, false);
            }
            Value::Array(items) if below_key && !items.is_empty() && !self.in_flow() => {
                let behind = self.behind();
                lines.push(start + &behind);
                self.list(items, column + self.lists, lines);
            }
            Value::Object(_) | Value::Array(_) => {
                let behind = self.behind();
                let flow = self.flow_text(value, column + self.step);
                lines.push(format!("{start} {flow}{behind}"));
            }
            Value::Null if below_key => {
                let spelling = *self.dice.pick(&["", "", " null", " ~"]);
                // A tilde would look like a comment's number.
                let spelling = if spelling == " ~" { " Null" } else { spelling };
                let behind = self.behind();
                lines.push(start + spelling + &behind);
            }
            Value::String(text) if text.contains('\n') && self.dice.one_in(2) => {
                let mark = match (text.ends_with('\n'), self.dice.roll(3)) {
                    (true, 0) => "|+",
                    (true, _) => "|",
                    (false, _) => "|-",
                };
                let behind = self.behind();
                lines.push(format!("{start} {mark}{behind}"));
                for line in text.lines() {
                    lines.push(" ".repeat(column + 2) + line);
                }
            }
            Value::Number(mode) if is_mode && self.dice.one_in(2) => {
                let behind = self.behind();
                lines.push(format!("{start} 0{:o}{behind}", mode.as_u64().unwrap()));
            }
            scalar => {
                let gap = *self.dice.pick(&[" ", " ", " ", "   "]);
                let text = self.scalar(scalar);
                let behind = self.behind();
                lines.push(format!("{start}{gap}{text}{behind}"));
            }
        }
    }

    fn scalar(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) if is_plain(text) => match self.dice.roll(5) {
                0 => format!("'{text}'"),
                1 => value.to_string(),
                _ => text.clone(),
            },
            Value::String(text) if !text.contains(['\n', '\'']) && self.dice.one_in(2) => {
                format!("'{text}'")
            }
            other => other.to_string(),
        }
    }

    /// Flow style, on one line or on many.
    fn flow_text(&mut self, value: &Value, column: usize) -> String {
        let (open, close, children): (_, _, Vec<String>) = match value {
            Value::Object(map) => (
                '{',
                '}',
                map.iter()
                    .map(|(key, value)| {
                        let key = if is_plain(key) {
                            key.clone()
                        } else {
                            format!("\"{key}\"")
                        };
                        format!("{key}: {}", self.flow_text(value, column + 2))
                    })
                    .collect(),
            ),
            Value::Array(items) => (
                '[',
                ']',
                items
                    .iter()
                    .map(|item| self.flow_text(item, column + 2))
                    .collect(),
            ),
            scalar => return self.scalar(scalar),
        };
        let blanks = " ".repeat(column);
        if children.is_empty() {
            return format!("{open}{close}");
        }
        match self.dice.roll(4) {
            0 => {
                let mut text = format!("{open}\n");
                for (index, child) in children.iter().enumerate() {
                    let last = index + 1 == children.len();
                    let comma = if last && !self.dice.one_in(3) {
                        ""
                    } else {
                        ","
                    };
                    let behind = self.behind();
                    text += &format!("{blanks}{child}{comma}{behind}\n");
                }
                text + &blanks[1..] + &close.to_string()
            }
            1 => format!("{open} {} {close}", children.join(", ")),
            2 => format!("{open}{}{close}", children.join(&format!(",\n{blanks}"))),
            _ => format!("{open}{}{close}", children.join(", ")),
        }
    }
}

fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || "/_.-".contains(c);
    text.starts_with(|c: char| c.is_alphabetic() || c == '/')
        && text.chars().all(word)
        && !["yes", "no", "true", "false", "on", "off", "null", "y", "n"].contains(&text)
}

/// The same text with other line ends, marks and neighbours: the text, and
/// which document of it is the one.
pub fn dressed(dice: &mut Dice, text: String) -> (String, usize) {
    let is_json = text.starts_with('{');
    let open = !text.ends_with('\n');
    let (text, document) = match dice.roll(9) {
        0 if !is_json => (format!("# head ~901~\n---\n{text}"), 0),
        1 if !is_json => (format!("%YAML 1.1\n---\n{text}"), 0),
        2 if !is_json && !open => (format!("---\n{text}...\n# tail ~902~\n"), 0),
        3 if !is_json && !open => (
            format!("first: [1, 2] # ~903~\n---\n{text}---\n# ~904~\nlast:\n- 1\n"),
            1,
        ),
        4 => (format!("\u{feff}{text}"), 0),
        5 if is_json => (format!("{{\"first\": 1}}\n{text}\n[1]\n"), 1),
        _ => (text, 0),
    };
    if dice.one_in(4) {
        (text.replace('\n', "\r\n"), document)
    } else {
        (text, document)
    }
}
