//! Which comments are a child's own, and go with it: those directly above it,
//! in its column, that speak of nothing else. Where that is not clear they stay.

use super::super::Node;
use super::layout::Editor;

/// A child of a collection, as far as the comments around it are concerned.
pub(super) struct Sibling<'a> {
    /// Where its dash, key or value begins.
    pub start: usize,
    /// One past its last line.
    pub end: usize,
    /// What it is called.
    pub name: Option<&'a str>,
}

/// What an item of a list is called: its `name`, or it is a name itself.
pub(super) fn name_of(item: &Node) -> Option<&str> {
    item.get("name").unwrap_or(item).scalar_text()
}

/// Words that speak of more than one thing.
const OF_SEVERAL: [&str; 8] = [
    "these",
    "those",
    "following",
    "both",
    "below",
    "section",
    "variables",
    "settings",
];

/// First words of comments that tools read, and that need no colon.
const OF_TOOLS: [&str; 8] = [
    "yamllint",
    "noqa",
    "nosec",
    "region",
    "endregion",
    "begin",
    "end",
    "vim",
];

impl Editor<'_> {
    /// Whether a comment has the line directly above that of `at` for itself.
    pub(super) fn is_below_comment(&self, at: usize) -> bool {
        let line = self.line_start(at);
        line > 0
            && self
                .rest_of_line(self.line_start(line - 1))
                .trim_start()
                .starts_with('#')
    }

    /// Where the first line of a child begins, with the comments that go with it.
    pub(super) fn with_own_comments(&self, siblings: &[Sibling<'_>], index: usize) -> usize {
        let child = &siblings[index];
        let line = self.line_start(child.start);
        let floor = index.checked_sub(1).map(|elder| siblings[elder].end);
        let first = self.comments_above(line, floor.unwrap_or(0), self.column(child.start));
        let comment = &self.text[first..line];
        let is_own = comment.lines().all(is_prose)
            && !(floor.is_none() && self.is_head(first))
            && !self.heads_several(first, comment, &siblings[index..]);
        if is_own { first } else { line }
    }

    /// Where the comments begin that stand directly above a line, in a column.
    fn comments_above(&self, line: usize, floor: usize, column: usize) -> usize {
        let mut first = line;
        while first > floor {
            let above = self.line_start(first - 1);
            let text = self.rest_of_line(above);
            let comment = text.trim_start_matches([' ', '\t']);
            let fits = above >= floor
                && comment.starts_with('#')
                && text.chars().count() - comment.chars().count() == column;
            if !fits {
                break;
            }
            first = above;
        }
        first
    }

    /// Whether nothing of the document stands above: what heads a document is
    /// about all of it.
    fn is_head(&self, at: usize) -> bool {
        self.text[..at]
            .trim_start_matches('\u{feff}')
            .lines()
            .all(|line| {
                let line = line.trim_start();
                line.is_empty() || line.starts_with(['#', '%']) || line.starts_with("---")
            })
    }

    /// Whether a comment may be about the siblings below too, which follow
    /// without a blank line or a comment of their own.
    fn heads_several(&self, first: usize, comment: &str, siblings: &[Sibling<'_>]) -> bool {
        let followers = siblings
            .windows(2)
            .take_while(|pair| self.line_start(pair[1].start) <= pair[0].end)
            .count();
        if followers == 0 {
            return false;
        }
        let words = words(comment);
        let parts: Vec<Vec<String>> = siblings[..=followers]
            .iter()
            .map(|sibling| self::words(sibling.name.unwrap_or_default()))
            .collect();
        let (own, others) = (&parts[0], &parts[1..]);
        let is_said = |part: &String| part.len() > 2 && words.contains(part);
        let others_are_said = others
            .iter()
            .flatten()
            .any(|part| !own.contains(part) && is_said(part));
        let it_is_said = own
            .iter()
            .any(|part| !others.iter().flatten().any(|other| other == part) && is_said(part));
        let is_title = comment.trim_end().ends_with(':')
            || words.iter().any(|word| OF_SEVERAL.contains(&&**word));
        if others_are_said || is_title || it_is_said {
            return others_are_said || is_title;
        }
        let is_paragraph = first > 0
            && self
                .rest_of_line(self.line_start(first - 1))
                .trim()
                .is_empty();
        // `# Postgres`
        let mut raw = comment.trim_start_matches(['#', ' ']).split_whitespace();
        let is_name = words.len() <= 2 && raw.all(|word| word.starts_with(char::is_uppercase));
        let is_family = own.len() > 1 && others[0].first() == own.first();
        is_paragraph || is_name || is_family
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether a line of comment is written for people, and is neither something
/// commented out, nor a banner, nor for a tool: `renovate: …`, `{"$ref": …}`,
/// `#@ if`, `{{- if }}`.
fn is_prose(line: &str) -> bool {
    let text = line.trim().trim_start_matches('#');
    let is_glued = text.starts_with(|c: char| !c.is_whitespace() && !c.is_alphanumeric());
    let text = text.trim_start();
    let Some(first) = text.split_whitespace().next() else {
        // A line between two paragraphs of one comment.
        return !line.trim().contains("##");
    };
    let opens =
        first.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\'' | '`' | '('));
    let is_template = ["{{", "{%", "<%", "${", "{\"$"]
        .iter()
        .any(|mark| text.contains(mark));
    let label = first.split_once(':').is_some_and(|(label, rest)| {
        // `TODO: …` and `https://…` are for people.
        let is_written_large =
            label.starts_with(char::is_uppercase) && label.chars().all(char::is_alphabetic);
        !is_written_large && !rest.starts_with("//")
    });
    let bare = first.trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_of_tool = OF_TOOLS.contains(&&*bare.to_lowercase())
        || bare == text && bare.contains('-') && !bare.contains(char::is_uppercase);
    opens && !is_glued && !is_template && !label && !is_of_tool
}

#[cfg(test)]
mod tests {
    use super::is_prose;

    #[test]
    fn prose_is_told_from_what_tools_read() {
        for line in [
            "# the password of the pool",
            "#the password",
            "## Rotated every month.",
            "# TODO: take a file",
            "# Note: rotated",
            "# https://example.org/pool",
            "# \"db\" reads it",
            "#",
            "# größer",
            "# once a day - or more",
        ] {
            assert!(is_prose(line), "{line}");
        }
        for line in [
            "# yaml-language-server: $schema=x",
            "# renovate: datasource=docker",
            "# kustomize: x",
            "# {\"$ref\":\"#/definitions/x\"}",
            "# kpt-set: ${image}",
            "#@ if data.values.x:",
            "#! ytt",
            "#+x",
            "# +kubebuilder:scaffold:env",
            "# {{- if .Values.x }}",
            "# see {{ .x }}",
            "# - name: OLD",
            "#- name: OLD",
            "#   value: old",
            "# value: old",
            "# checkov:skip=CKV_K8S_35: no",
            "# yamllint disable rule:line-length",
            "# prettier-ignore",
            "# ---- database ----",
            "# ==========",
            "##########",
            "# BEGIN MANAGED BLOCK",
            "#region db",
            "# endregion",
            "# @schema",
            "# -- described",
        ] {
            assert!(!is_prose(line), "{line}");
        }
    }
}
