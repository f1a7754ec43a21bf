//! All edits of one document. Those of different objects are made together, so
//! that a List of a thousand items is not read a thousand times.

use std::collections::BTreeSet;
use std::ops::Bound::{Included, Unbounded};

use crate::manifest::Operation;

use super::super::{Node, Span};
use super::check::Expected;
use super::round::{self, Pace};
use super::style::style_of;
use super::{Edit, LineBreak, Refusal, libyaml, locate, read, splice};

/// One of the edits.
struct Task<'a> {
    /// Which of all of the document.
    index: usize,
    /// The pointer of the object in the document.
    prefix: String,
    edit: &'a Edit<'a>,
}

/// Why a text is not the one that was planned.
enum Failure {
    /// Some tasks, by their place among all, cannot be done.
    Refused(Vec<(usize, Refusal)>),
    /// It does not mean what it should.
    NotEqual(String),
}

impl Failure {
    fn of_all(tasks: &[&Task<'_>], refusal: &Refusal) -> Self {
        let all = tasks.iter().map(|task| (task.index, refusal.clone()));
        Self::Refused(all.collect())
    }
}

/// Edits one document after the other.
pub(super) struct DocumentEditor {
    line_break: LineBreak,
    /// The second opinion about YAML.
    yaml: libyaml::Reader,
}

impl DocumentEditor {
    pub fn new(line_break: LineBreak) -> Self {
        Self {
            line_break,
            yaml: libyaml::Reader::new(),
        }
    }

    /// Makes the edits of a document, which begins at `start` of the whole
    /// text; a refused one changes nothing of it.
    pub fn edit<'a>(
        &mut self,
        text: &str,
        start: usize,
        edits: &[&'a Edit<'a>],
    ) -> (String, Vec<Result<(), Refusal>>) {
        let mut outcomes = vec![Ok(()); edits.len()];
        let part = Span {
            start,
            end: start + text.len(),
        };
        let task = |(index, edit): (usize, &&'a Edit<'a>)| Task {
            index,
            prefix: crate::manifest::path::pointer(edit.base),
            edit,
        };
        let all: Vec<Task<'_>> = edits.iter().enumerate().map(task).collect();
        if let [task] = all.as_slice()
            && let Some(root) = task.edit.tree.and_then(|tree| tree.moved_back(part))
            && let Ok(after) = self.attempt(text, root, &[task], Pace::Quick)
        {
            return (after, outcomes);
        }

        let mut after = text.to_owned();
        let mut tasks: Vec<Task<'_>> = Vec::new();
        let mut objects = BTreeSet::new();
        for task in all {
            let object = format!("{}/", task.prefix);
            if !is_apart(&objects, &object) {
                after = self.together(&after, &tasks, &mut outcomes);
                tasks.clear();
                objects.clear();
            }
            objects.insert(object);
            tasks.push(task);
        }
        after = self.together(&after, &tasks, &mut outcomes);
        (after, outcomes)
    }

    /// Makes the edits of objects that are apart from each other.
    fn together(
        &mut self,
        before: &str,
        tasks: &[Task<'_>],
        outcomes: &mut [Result<(), Refusal>],
    ) -> String {
        let alive: Vec<&Task<'_>> = tasks
            .iter()
            .filter(|task| outcomes[task.index].is_ok())
            .collect();
        if alive.is_empty() {
            return before.to_owned();
        }
        // What the quick way cannot do is not yet what cannot be done.
        let mut attempt = |pace| match read(before) {
            Ok(root) => self.attempt(before, root, &alive, pace),
            Err(refusal) => Err(Failure::of_all(&alive, &refusal)),
        };
        match attempt(Pace::Quick).or_else(|_| attempt(Pace::Careful)) {
            Ok(after) => after,
            Err(Failure::Refused(refusals)) => {
                for (index, refusal) in refusals {
                    outcomes[index] = Err(refusal);
                }
                self.together(before, tasks, outcomes)
            }
            Err(Failure::NotEqual(after)) => match alive.as_slice() {
                [task] => {
                    outcomes[task.index] = Err(why_not_equal(&after, task));
                    before.to_owned()
                }
                // It is one of them: the others are to be made.
                _ => {
                    let (one, other) = tasks.split_at(tasks.len() / 2);
                    let after = self.together(before, one, outcomes);
                    self.together(&after, other, outcomes)
                }
            },
        }
    }

    /// One way to make them all.
    fn attempt(
        &mut self,
        before: &str,
        mut root: Node,
        tasks: &[&Task<'_>],
        pace: Pace,
    ) -> Result<String, Failure> {
        let Some(format) = tasks.first().map(|task| task.edit.format) else {
            return Ok(before.to_owned());
        };
        let expected = match pace {
            Pace::Quick => Expected::of_tree(&root, format),
            Pace::Careful => Expected::of(before, format),
        };
        let expected = expected.map(|mut expected| {
            let meant: Vec<_> = tasks
                .iter()
                .map(|task| expected.apply(before, &root, &task.prefix, task.edit.operations))
                .collect();
            (expected, meant)
        });
        let mut text = before.to_owned();
        let mut left: Vec<(&Task<'_>, &[Operation])> = tasks
            .iter()
            .map(|task| (*task, task.edit.operations))
            .collect();
        let mut refusals = Vec::new();
        loop {
            let style = style_of(&text, &root, format);
            let mut splices = Vec::new();
            left.retain_mut(|(task, operations)| {
                let splices_of = |operation: &Operation| {
                    splice::splices(
                        &text,
                        &root,
                        style,
                        self.line_break,
                        &task.prefix,
                        operation,
                    )
                };
                match round::next(operations, pace, splices_of) {
                    Ok(own) => splices.extend(own),
                    Err(refusal) => {
                        refusals.push((task.index, refusal));
                        return false;
                    }
                }
                !operations.is_empty()
            });
            if !splices.is_empty() {
                text = splice::spliced(&text, splices);
            }
            if left.is_empty() {
                break;
            }
            match read(&text) {
                Ok(tree) => root = tree,
                Err(_) => return Err(Failure::NotEqual(text)),
            }
        }
        if !refusals.is_empty() {
            return Err(Failure::Refused(refusals));
        }
        let (expected, meant) = expected.map_err(|refusal| Failure::of_all(tasks, &refusal))?;
        for (task, meant) in tasks.iter().zip(meant) {
            refusals.extend(meant.err().map(|refusal| (task.index, refusal)));
        }
        if !refusals.is_empty() {
            Err(Failure::Refused(refusals))
        } else if expected.is_meant_by(&text, &mut self.yaml) {
            Ok(text)
        } else {
            Err(Failure::NotEqual(text))
        }
    }
}

/// Whether an object is none of the others, nor in one, nor around one: they
/// neighbour it in the order of their pointers.
fn is_apart(others: &BTreeSet<String>, object: &str) -> bool {
    let around = others
        .range::<str, _>((Unbounded, Included(object)))
        .next_back();
    let within = others.range::<str, _>((Included(object), Unbounded)).next();
    !around.is_some_and(|other| object.starts_with(other.as_str()))
        && !within.is_some_and(|other| other.starts_with(object))
}

/// A key that is removed from a mapping comes back when a merge has it too.
fn why_not_equal(after: &str, task: &Task<'_>) -> Refusal {
    let merged = |root: &Node, pointer: &str| {
        matches!(
            locate::locate(after, root, &format!("{}{pointer}", task.prefix)),
            Ok(locate::Target::NewEntry { merged: true, .. })
        )
    };
    let Ok(root) = read(after) else {
        return Refusal::NotEqual;
    };
    task.edit
        .operations
        .iter()
        .find_map(|operation| match operation {
            Operation::Remove { pointer } if merged(&root, pointer) => Some(pointer),
            _ => None,
        })
        .map_or(Refusal::NotEqual, |pointer| {
            Refusal::Shared(pointer.clone())
        })
}
