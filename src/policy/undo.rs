//! What `migrate` takes back, in CEL. It keeps what it will add in an annotation of the
//! workload, and a variable that this has word for word may come back: whoever only writes
//! into the annotation that something comes back has to know what.

use crate::journal::Annotation;

/// How a journal begins.
const JOURNAL: &str = r#"{"apiVersion":"secretsafe.dev/v1","undo":[["#;
/// What it has of a variable, with the fields in the order of the API server, and sorted.
const VARIABLES: [&str; 2] = [
    r#"{"name":"<name>","valueFrom":{"secretKeyRef":{"name":"<secret>","key":"<key>""#,
    r#"{"name":"<name>","valueFrom":{"secretKeyRef":{"key":"<key>","name":"<secret>""#,
];
/// What it has of an entry of `envFrom`.
const SOURCE: &str = r#""secretRef":{"name":"<secret>""#;

/// What may come back of both kinds, found in one go: a journal may have hundreds of them.
const FOUND: [&str; 2] = [
    r#"\{"name":"[^"]*","valueFrom":\{"secretKeyRef":\{[^{}]*"#,
    r#""secretRef":\{[^{}]*"#,
];

/// What the journal of the workload as it was has; nothing where there is none.
pub(super) fn journal() -> String {
    let [variables, sources] = FOUND;
    format!(
        "[oldObject == null ? '' : dyn(oldObject).metadata.?annotations[?'{}'].orValue('')].map(journal,
  journal.startsWith('{JOURNAL}') ? journal.findAll(r'{variables}') + journal.findAll(r'{sources}') : [])[0]",
        Annotation::MIGRATION.name()
    )
}

/// Whether the journal has one that begins with one of these texts.
pub(super) fn has(texts: &[&str]) -> String {
    let begins: Vec<_> = texts
        .iter()
        .map(|text| format!("text.startsWith({text})"))
        .collect();
    format!("variables.undo.exists(text, {})", begins.join(" || "))
}

/// What a journal has of a variable, in two orders, by the expressions for its name, its Secret
/// and its key.
pub(super) fn variable(name: &str, secret: &str, key: &str) -> [String; 2] {
    let places = [("<name>", name), ("<secret>", secret), ("<key>", key)];
    VARIABLES.map(|text| filled_in(text, &places))
}

/// What a journal has of an entry of `envFrom`, by the expression for its Secret.
pub(super) fn source(secret: &str) -> String {
    filled_in(SOURCE, &[("<secret>", secret)])
}

fn filled_in(text: &str, places: &[(&str, &str)]) -> String {
    let fill = |text: String, (place, expression): &(&str, &str)| {
        text.replace(place, &format!("' + {expression} + '"))
    };
    let text = places.iter().fold(text.to_owned(), fill);
    format!("'{text}'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    use crate::inventory::{Builder, FileSet, GitStatus, Scope};
    use crate::journal::{Journal, inverse};
    use crate::manifest::{Operation, SourceText, json_patch};

    /// What CEL makes of it, where each expression is a text.
    fn evaluated(expression: &str) -> String {
        let parts = expression.trim_matches('\'').split("' + ");
        let texts = parts.map(|part| part.replace(" + '", ""));
        texts.collect()
    }

    fn written(operations: &[Operation]) -> String {
        let place = Scope::Files(FileSet::Open);
        let mut builder = Builder::new(place, "default", jiff::Timestamp::UNIX_EPOCH);
        let text = r#"{"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "api", "namespace": "shop"},
            "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "x",
              "env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "pw"}}}],
              "envFrom": [{"prefix": "A_", "secretRef": {"name": "db"}}]}]}}}}"#;
        builder.add_file(SourceText::new("live", text.to_owned()), GitStatus::Outside);
        let object = builder.finish().objects.pop().unwrap();
        let undo = inverse(&object, operations).unwrap();
        let journal = Journal::empty(Annotation::MIGRATION).with(undo);
        let written = json_patch::to_json(&journal.write(&object)).to_string();
        written.replace("\\\"", "\"")
    }

    /// The journal of `migrate` has what the policy looks for, with the object as the API
    /// server writes it.
    #[test]
    fn what_a_journal_takes_back_is_found_in_it() {
        let one = |list: &str| Operation::Remove {
            pointer: format!("/spec/template/spec/containers/0/{list}"),
        };
        let [variable, sorted] = variable("P", "db", "pw");
        for operations in [
            [one("env/0"), one("envFrom/0")],
            [one("env"), one("envFrom")],
        ] {
            let written = written(&operations);
            assert!(written.contains(JOURNAL), "{written}");
            let has = |kind: usize, text: &str| {
                let found = Regex::new(FOUND[kind]).unwrap();
                let text = evaluated(text);
                let mut all = found.find_iter(&written);
                all.any(|one| one.as_str().starts_with(&text))
            };
            assert!(has(0, &variable), "{written}");
            assert!(!has(0, &sorted), "{written}");
            assert!(has(1, &source("db")), "{written}");
            assert!(!has(1, &source("d")), "{written}");
        }
        let sorted_journal =
            r#"{"name":"P","valueFrom":{"secretKeyRef":{"key":"pw","name":"db"}}}"#;
        assert!(Regex::new(FOUND[0]).unwrap().is_match(sorted_journal));
    }

    /// The names of the object are written into what is looked for.
    #[test]
    fn a_variable_comes_back_only_with_its_secret_and_key() {
        let [variable, sorted] = variable("e.name", "e.secret", "e.key");
        assert_eq!(
            variable,
            r#"'{"name":"' + e.name + '","valueFrom":{"secretKeyRef":{"name":"' + e.secret + '","key":"' + e.key + '"'"#
        );
        assert_eq!(
            sorted,
            r#"'{"name":"' + e.name + '","valueFrom":{"secretKeyRef":{"key":"' + e.key + '","name":"' + e.secret + '"'"#
        );
        assert_eq!(
            source("e.secret"),
            r#"'"secretRef":{"name":"' + e.secret + '"'"#
        );
    }
}
