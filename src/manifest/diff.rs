//! What differs between two texts, line by line.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff, group_diff_ops};

use super::text::ranges;

/// Lines around a change that are shown with it.
const AROUND: usize = 3;

/// Changes that lie close together, and the lines around them.
#[derive(Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Its first line in the old text, from one, and how many it has there.
    pub before: (usize, usize),
    /// The same in the new text.
    pub after: (usize, usize),
    /// Its lines, in order.
    pub lines: Vec<Line>,
}

/// A line, by its number (from one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// In both texts; its number in the new one.
    Same(usize),
    /// In the old text only.
    Removed(usize),
    /// In the new text only.
    Added(usize),
}

/// The differences; none when the texts are equal.
pub fn hunks(before: &str, after: &str) -> Vec<Hunk> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    group_diff_ops(operations(&old, &new), AROUND)
        .into_iter()
        .filter_map(|group| {
            let (first, last) = (group.first()?, group.last()?);
            let of = |start: usize, end: usize| (start + usize::from(end > start), end - start);
            Some(Hunk {
                before: of(first.old_range().start, last.old_range().end),
                after: of(first.new_range().start, last.new_range().end),
                lines: group.iter().flat_map(lines).collect(),
            })
        })
        .collect()
}

/// Document by document, where both texts have as many: the time grows with the
/// lines times the changes.
fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let (mut olds, mut news) = (documents(old), documents(new));
    if olds.len() != news.len() {
        olds = ranges(vec![0], old.len());
        news = ranges(vec![0], new.len());
    }
    let mut operations: Vec<DiffOp> = Vec::new();
    for (olds, news) in olds.into_iter().zip(news) {
        for operation in capture_diff(Algorithm::Myers, old, olds, new, news) {
            match (operations.last_mut(), operation) {
                (Some(DiffOp::Equal { len: known, .. }), DiffOp::Equal { len, .. }) => {
                    *known += len;
                }
                _ => operations.push(operation),
            }
        }
    }
    operations
}

/// The lines from each `---` to the next.
fn documents(lines: &[&str]) -> Vec<Range<usize>> {
    let begin = lines.iter().enumerate().skip(1);
    let starts = begin
        .filter(|(_, line)| line.starts_with("---"))
        .map(|(at, _)| at);
    ranges([0].into_iter().chain(starts).collect(), lines.len())
}

fn lines(operation: &DiffOp) -> Vec<Line> {
    let new = operation.new_range().map(|at| at + 1);
    let old = operation.old_range().map(|at| at + 1);
    match operation {
        DiffOp::Equal { .. } => new.map(Line::Same).collect(),
        _ => old.map(Line::Removed).chain(new.map(Line::Added)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use similar::capture_diff_slices;

    use super::*;

    #[test]
    fn changes_have_lines_around_them() {
        let before: String = (1..=20).map(|line| format!("{line}\n")).collect();
        let after = before.replace("10\n", "ten\n").replace("\n20\n", "\n20");
        let found = hunks(&before, &after);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].before, found[0].after), ((7, 7), (7, 7)));
        assert_eq!(found[0].lines[3..5], [Line::Removed(10), Line::Added(10)]);
        assert_eq!(found[1].before, (17, 4));
        assert!(hunks(&before, &before).is_empty());
    }

    #[test]
    fn many_documents_differ_as_one_text() {
        let before: String = (0..50)
            .map(|number| format!("---\nname: a{number}\none: 1\ntwo: 2\nend: {number}\n"))
            .collect();
        for (from, to) in [
            ("two: 2\nend: 7\n", "end: 7\n"),
            ("name: a9\n", "new: 1\nname: a9\n"),
            ("name: a4\n", "name: b4\n"),
            ("end: 49\n", "end: 49\n---\nname: more\n"),
        ] {
            let after = before.replace(from, to);
            let (old, new): (Vec<&str>, Vec<&str>) = (
                before.split_inclusive('\n').collect(),
                after.split_inclusive('\n').collect(),
            );
            let whole = capture_diff_slices(Algorithm::Myers, &old, &new);
            assert_eq!(operations(&old, &new), whole, "{to:?}");
        }
    }

    #[test]
    fn removed_lines_have_numbers_of_the_old_text() {
        let found = hunks("a\nb\nc\n", "a\nc\n");
        assert_eq!(
            found[0].lines,
            [Line::Same(1), Line::Removed(2), Line::Same(2)]
        );
        assert_eq!((found[0].before, found[0].after), ((1, 3), (1, 2)));
    }
}
