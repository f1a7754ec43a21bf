//! The editor of manifests against a corpus of spellings: every edit at every
//! node, and thousands of random ones, judged by an oracle of their own.
//!
//! `EDITS_SHOW=1 cargo test --test edits -- --nocapture` shows what is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(clippy::print_stdout, clippy::use_debug, reason = "figures of a test")]

mod corpus;
mod dice;
mod oracle;
mod spelling;

use std::collections::BTreeMap;

use kubectl_secretsafe::manifest::Operation;
use kubectl_secretsafe::manifest::edit::{Edit, Refusal, edit, edit_all};
use serde_json::{Value, json};

use dice::Dice;
use oracle::{Read, judge, patched, read, same_habits, same_meaning};

fn remove(pointer: impl Into<String>) -> Operation {
    let pointer = pointer.into();
    Operation::Remove { pointer }
}

fn add(pointer: impl Into<String>, value: Value) -> Operation {
    let pointer = pointer.into();
    Operation::Add { pointer, value }
}

fn replace(pointer: impl Into<String>, value: Value) -> Operation {
    let pointer = pointer.into();
    Operation::Replace { pointer, value }
}

/// What became of many edits.
#[derive(Default)]
struct Tally {
    right: usize,
    refused: BTreeMap<&'static str, usize>,
    examples: BTreeMap<&'static str, Vec<String>>,
    wrong: Vec<String>,
}

impl Tally {
    fn count(&mut self, outcome: Result<Result<(), Refusal>, String>, case: impl Fn() -> String) {
        match outcome {
            Ok(Ok(())) => self.right += 1,
            Ok(Err(refusal)) => {
                let kind = match refusal {
                    Refusal::Unreadable(_) => "unreadable",
                    Refusal::Missing(_) => "missing",
                    Refusal::Differs(_) => "differs",
                    Refusal::Shared(_) => "shared",
                    Refusal::Shape(_) => "shape",
                    Refusal::DuplicateKeys => "duplicate keys",
                    Refusal::NotEqual => "not equal",
                };
                *self.refused.entry(kind).or_default() += 1;
                let examples = self.examples.entry(kind).or_default();
                if examples.len() < 12 {
                    examples.push(case());
                }
            }
            Err(why) => self.wrong.push(format!("{why}\n{}", case())),
        }
    }

    /// Prints what was found, and fails on anything wrong.
    fn report(&self, name: &str) -> usize {
        let refused = self.refused.values().sum::<usize>();
        let all = self.right + refused + self.wrong.len();
        println!(
            "{name}: {all} edits, {} right, {} wrong, refused {:?}",
            self.right,
            self.wrong.len(),
            self.refused
        );
        if std::env::var_os("EDITS_SHOW").is_some() {
            for (kind, examples) in &self.examples {
                println!("--- refused as {kind}:\n{}", examples.join("\n"));
            }
        }
        let shown = &self.wrong[..self.wrong.len().min(25)];
        assert!(self.wrong.is_empty(), "{}", shown.join("\n=====\n"));
        // The editor itself saw that its result was wrong, or says that
        // something is missing that is there.
        for kind in [
            "not equal",
            "missing",
            "differs",
            "unreadable",
            "duplicate keys",
        ] {
            let examples = self.examples.get(kind).map(|all| all.join("\n"));
            assert_eq!(examples, None, "refused as {kind}");
        }
        refused
    }
}

/// Makes one edit and judges it.
fn attempt(
    before: &Read,
    document: usize,
    base: &str,
    operation: &Operation,
) -> Result<Result<Read, Refusal>, String> {
    let place = &before.documents[document];
    let operations = std::slice::from_ref(operation);
    match edit(&before.text, place.span, place.format, base, operations) {
        Ok(after) => {
            let pointer = pointer_of(base);
            judge(before, document, &pointer, operation, &after)
                .map(Ok)
                .map_err(|why| format!("{why}; result:\n{after}"))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// `items[2]` as a pointer: the only kind of base there is.
fn pointer_of(base: &str) -> String {
    base.replace('[', "/")
        .replace(']', "")
        .split_terminator('.')
        .map(|part| format!("/{part}"))
        .collect()
}

/// How many values each place gets.
#[derive(Clone, Copy)]
enum Variety {
    One,
    All,
}

impl Variety {
    fn of<const N: usize>(self, values: [Value; N]) -> impl Iterator<Item = Value> {
        let most = match self {
            Self::One => 1,
            Self::All => N,
        };
        values.into_iter().take(most)
    }
}

/// Every edit that fits somewhere in a value.
fn every_edit(value: &Value, at: &str, variety: Variety, found: &mut Vec<Operation>) {
    let variable =
        || json!({"name": "NEW", "valueFrom": {"secretKeyRef": {"name": "db", "key": "k"}}});
    match value {
        Value::Array(items) => {
            for new in variety.of([variable(), json!("new"), json!(["a", {"b": []}])]) {
                found.push(add(format!("{at}/-"), new));
            }
            for (index, item) in items.iter().enumerate() {
                let at = format!("{at}/{index}");
                for new in variety.of([json!("no"), variable()]) {
                    found.push(add(at.clone(), new));
                }
                found.push(remove(at.clone()));
                every_replacement(&at, variety, found);
                every_edit(item, &at, variety, found);
            }
        }
        Value::Object(entries) => {
            let volumes = json!([{"name": "v", "secret": {"defaultMode": 256, "secretName": "s"}}]);
            for new in variety.of([volumes, json!(1), json!({}), json!({"fsGroup": 1000})]) {
                found.push(add(format!("{at}/new.key"), new));
            }
            for (key, value) in entries {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(remove(at.clone()));
                every_replacement(&at, variety, found);
                every_edit(value, &at, variety, found);
            }
        }
        _ => {}
    }
}

fn every_replacement(at: &str, variety: Variety, found: &mut Vec<Operation>) {
    for new in variety.of([
        json!("it's"),
        json!("yes"),
        json!(7),
        json!([]),
        json!([{"a": 1, "b": [2]}]),
        json!({"a": {"b": "c"}}),
    ]) {
        found.push(replace(at, new));
    }
}

/// Invariants 50, 51, 53.
#[test]
fn every_edit_at_every_node() {
    let mut tally = Tally::default();
    for (name, text) in corpus::TEXTS {
        for (index, (clothes, text)) in corpus::dressed(text).into_iter().enumerate() {
            let variety = if index == 0 {
                Variety::All
            } else {
                Variety::One
            };
            let before = read(&text).unwrap_or_else(|why| panic!("{name} {clothes}: {why}"));
            for (document, value) in before.values.iter().enumerate() {
                let mut operations = Vec::new();
                every_edit(value, "", variety, &mut operations);
                for operation in &operations {
                    let outcome = attempt(&before, document, "", operation);
                    tally.count(outcome.map(|made| made.map(drop)), || {
                        format!("{name}, {clothes}: {operation:?}\n{text}")
                    });
                }
            }
        }
    }
    let refused = tally.report("every edit");
    let all = tally.right + refused;
    assert!(all > 5_000, "{all} edits are too few");
    // Among these texts are those that only exist to be refused.
    assert!(refused * 100 < all * 10, "{refused} of {all} refused");
}

/// The edits that a migration makes, one of them, where the object is now.
fn migration_step(dice: &mut Dice, object: &Value) -> Option<Operation> {
    let spec = spelling::pod_spec(object);
    let pod = object.pointer(spec)?;
    let group = match &pod["initContainers"] {
        Value::Array(_) if dice.one_in(4) => "initContainers",
        _ => "containers",
    };
    let index = dice.roll(pod[group].as_array()?.len());
    let container = &pod[group][index];
    let at = format!("{spec}/{group}/{index}");
    let length = |value: &Value| value.as_array().map_or(0, Vec::len);
    let number = dice.roll(1000);
    let list_add = |owner: &str, list: &Value, key: &str, new: Value| match list {
        Value::Array(_) => add(format!("{owner}/{key}/-"), new),
        _ => add(format!("{owner}/{key}"), json!([new])),
    };
    let env = length(&container["env"]);
    Some(match dice.roll(12) {
        0 | 1 if env > 0 => remove(format!("{at}/env/{}", dice.roll(env))),
        2 if env > 0 => remove(format!("{at}/env")),
        3 if env > 0 => {
            let variable = json!({"name": "DB_FILE", "value": format!("/etc/secrets/{number}")});
            add(format!("{at}/env/{}", dice.roll(env)), variable)
        }
        4 => {
            let variable = json!({"name": "DB_FILE", "value": "/etc/secrets/db/password"});
            list_add(&at, &container["env"], "env", variable)
        }
        5 | 6 => {
            let mount = json!({"name": format!("v{number}"), "mountPath": "/etc/secrets/db", "readOnly": true});
            list_add(&at, &container["volumeMounts"], "volumeMounts", mount)
        }
        7 | 8 => {
            let volume = json!({"name": format!("v{number}"), "secret": {"secretName": "db", "defaultMode": 256, "items": [{"key": "password", "path": "password"}]}});
            list_add(spec, &pod["volumes"], "volumes", volume)
        }
        9 => match &pod["securityContext"] {
            Value::Object(_) => add(format!("{spec}/securityContext/fsGroup"), json!(2000)),
            _ => add(format!("{spec}/securityContext"), json!({"fsGroup": 2000})),
        },
        10 if length(&container["envFrom"]) > 0 => remove(format!("{at}/envFrom/0")),
        10 => add(
            "/metadata/labels/secretsafe.example~1migrated",
            json!(["yes", "v1.2", "on hold"][dice.roll(3)]),
        ),
        _ => {
            let mut scalars = Vec::new();
            scalars_of(object, "", &mut scalars);
            let pointer = dice.pick(&scalars).clone();
            let new = match object.pointer(&pointer) {
                Some(Value::Number(_)) => json!(number),
                Some(Value::Bool(truth)) => json!(!truth),
                _ => [json!("db-v2"), json!("it's"), json!("no"), json!("a: b")][dice.roll(4)]
                    .clone(),
            };
            replace(pointer, new)
        }
    })
}

fn scalars_of(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                scalars_of(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                scalars_of(value, &format!("{at}/{key}"), found);
            }
        }
        _ if at == "/kind" => {}
        _ => found.push(at.to_owned()),
    }
}

/// A workload in some spelling, alone or as an item of a List.
struct Case {
    before: Read,
    document: usize,
    base: &'static str,
    object: Value,
}

impl Case {
    fn new(dice: &mut Dice) -> Self {
        let object = spelling::workload(dice);
        let (value, base) = if dice.one_in(8) {
            let other = json!({"kind": "ConfigMap", "data": {"a": "1"}});
            let items = json!([other, object, other]);
            (json!({"kind": "List", "items": items}), "items[1]")
        } else {
            (object.clone(), "")
        };
        let text = spelling::spelled(dice, &value);
        let (text, document) = spelling::dressed(dice, text);
        let before = read(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
        // What a block scalar keeps may be more than what went into it.
        let object = before.values[document].pointer(&pointer_of(base));
        let object = object.unwrap().clone();
        Self {
            before,
            document,
            base,
            object,
        }
    }
}

/// Invariants 50, 51.
#[test]
fn random_edits() {
    const EDITS: usize = 5_000;
    let mut dice = Dice::new(2026);
    let mut tally = Tally::default();
    while tally.right + tally.refused.values().sum::<usize>() + tally.wrong.len() < EDITS {
        let case = Case::new(&mut dice);
        for _ in 0..4 {
            let operation = migration_step(&mut dice, &case.object).unwrap();
            let outcome = attempt(&case.before, case.document, case.base, &operation);
            tally.count(outcome.map(|made| made.map(drop)), || {
                format!("{operation:?}\n{}", case.before.text)
            });
        }
    }
    let refused = tally.report("random edits");
    assert!(refused * 100 < EDITS * 3, "{refused} of {EDITS} refused");
}

/// Invariants 50, 51.
#[test]
fn random_sequences() {
    const SEQUENCES: usize = 5_000;
    let mut dice = Dice::new(512);
    let mut tally = Tally::default();
    let mut case = Case::new(&mut dice);
    for number in 0..SEQUENCES {
        if number % 4 == 0 {
            case = Case::new(&mut dice);
        }
        let mut object = case.object.clone();
        let mut operations = Vec::new();
        for _ in 0..3 + dice.roll(6) {
            let operation = migration_step(&mut dice, &object).unwrap();
            object = patched(&object, "", &operation).unwrap();
            operations.push(operation);
        }
        // Every edit alone is judged in some of them; in all, what they come to.
        let step_by_step = number % 16 == 0;
        let outcome = sequence(&case, &operations, &object, step_by_step);
        tally.count(outcome, || format!("{operations:?}\n{}", case.before.text));
    }
    let refused = tally.report("random sequences");
    assert!(
        refused * 100 < SEQUENCES * 3,
        "{refused} of {SEQUENCES} refused"
    );
}

fn sequence(
    case: &Case,
    operations: &[Operation],
    object: &Value,
    step_by_step: bool,
) -> Result<Result<(), Refusal>, String> {
    let Case {
        before,
        document,
        base,
        ..
    } = case;
    let place = &before.documents[*document];
    let after = match edit(&before.text, place.span, place.format, base, operations) {
        Ok(after) => after,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let wrong = |why: String| format!("{why}; result:\n{after}");
    let mut expected = before.values[*document].clone();
    *expected.pointer_mut(&pointer_of(base)).ok_or("no base")? = object.clone();
    let last = read(&after).map_err(wrong)?;
    same_meaning(before, *document, &expected, &last).map_err(wrong)?;
    same_habits(&before.text, &after).map_err(wrong)?;
    if step_by_step {
        let mut text = before.text.clone();
        for operation in operations {
            text = match attempt(&read(&text)?, *document, base, operation)? {
                Ok(read) => read.text,
                Err(refusal) => return Err(format!("refused alone: {refusal}")),
            };
        }
        if text != after {
            return Err(wrong(format!("one by one it is:\n{text}")));
        }
    }
    Ok(Ok(()))
}

/// The operations of each document as one edit.
fn edits_of<'a>(before: &'a Read, operations: &'a [Vec<Operation>]) -> Vec<Edit<'a>> {
    before
        .documents
        .iter()
        .zip(operations)
        .map(|(document, operations)| Edit {
            span: document.span,
            format: document.format,
            base: "",
            operations,
            tree: Some(&document.root),
        })
        .collect()
}

/// Invariants 50, 52.
#[test]
fn many_documents_at_once_are_edited_as_one_by_one() {
    let mut dice = Dice::new(77);
    for round in 0..40 {
        let mut text = String::new();
        let mut objects = Vec::new();
        for _ in 0..1 + dice.roll(12) {
            let object = spelling::workload(&mut dice);
            let mut one = spelling::spelled(&mut dice, &object);
            if !one.ends_with('\n') {
                one.push('\n');
            }
            text += &format!("---\n{one}");
            objects.push(object);
        }
        if round % 3 == 0 {
            text = text.replace('\n', "\r\n");
        }
        let before = read(&text).unwrap();
        let operations: Vec<Vec<Operation>> = objects
            .iter()
            .map(|object| {
                let mut object = object.clone();
                let mut operations = Vec::new();
                for _ in 0..dice.roll(6) {
                    let operation = migration_step(&mut dice, &object).unwrap();
                    object = patched(&object, "", &operation).unwrap();
                    operations.push(operation);
                }
                if dice.one_in(6) {
                    operations.push(remove("/not/there"));
                }
                operations
            })
            .collect();
        let edits = edits_of(&before, &operations);
        let together = edit_all(&text, &edits);
        // From the last to the first, so that no span moves.
        let mut alone = text.clone();
        for (edit_, outcome) in edits.iter().zip(&together.outcomes).rev() {
            match edit(
                &alone,
                edit_.span,
                edit_.format,
                edit_.base,
                edit_.operations,
            ) {
                Ok(edited) => {
                    assert_eq!(*outcome, Ok(()));
                    alone = edited;
                }
                Err(refusal) => assert_eq!(*outcome, Err(refusal)),
            }
        }
        assert_eq!(together.text, alone);
    }
}

/// `cargo test --release --test edits -- --ignored --nocapture`
#[test]
#[ignore = "a figure: it means something in a release build on a quiet machine"]
fn a_thousand_documents_take_as_long_as_a_thousand_times_one() {
    let took = |documents: usize| {
        let mut dice = Dice::new(11);
        let mut text = String::new();
        let mut objects = Vec::new();
        for _ in 0..documents {
            let object = spelling::workload(&mut dice);
            text += &format!(
                "---\n{}\n",
                spelling::spelled(&mut dice, &object).trim_end()
            );
            objects.push(object);
        }
        let before = read(&text).unwrap();
        let mut operations = Vec::new();
        for object in &objects {
            let mut object = object.clone();
            let mut own = Vec::new();
            for _ in 0..3 + dice.roll(4) {
                let operation = migration_step(&mut dice, &object).unwrap();
                object = patched(&object, "", &operation).unwrap();
                own.push(operation);
            }
            operations.push(own);
        }
        let edits = edits_of(&before, &operations);
        let start = std::time::Instant::now();
        let edited = edit_all(&text, &edits);
        let took = start.elapsed();
        assert!(edited.outcomes.iter().all(Result::is_ok));
        println!("{documents} documents, {} bytes: {took:?}", text.len());
        took
    };
    let (some, all) = (took(100), took(1_000));
    assert!(all < some * 20, "{some:?} for 100, {all:?} for 1,000");
}
