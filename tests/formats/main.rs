//! What programs read is what its schema says, for everything that rules find.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod hostile;

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use kubectl_secretsafe::finding::Severity;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Scope};
use kubectl_secretsafe::manifest::{SourceText, parse};
use kubectl_secretsafe::outcome::Outcome;
use kubectl_secretsafe::output::{self, Format};
use kubectl_secretsafe::report::{Examined, FailOn, InputProblem, Report, Selection, Unreachable};
use kubectl_secretsafe::ui::Colour;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema(path: &str) -> Validator {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // As published it has a bracket too many, which no strict reader of
    // patterns takes; this is the pattern of the standard's errata.
    for definition in ["run", "toolComponent"] {
        let pointer = format!("/definitions/{definition}/properties/language/pattern");
        if let Some(language) = schema.pointer_mut(&pointer) {
            *language = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
        }
    }
    jsonschema::validator_for(&schema).unwrap()
}

fn cases() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(root().join("tests/checks")).unwrap() {
        for case in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = case.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found.sort();
    found
}

/// One part for files, one for a cluster, and everything that can go wrong.
fn report(text: &str) -> Report {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let source = || SourceText::new("folder/a file.yaml", text.to_owned());
    let mut files = Builder::new(Scope::Files(FileSet::Complete), "default", now);
    files.inspect_values();
    files.add_file(source(), GitStatus::Tracked);
    let cluster = Scope::Cluster {
        name: "test".to_owned(),
        minor: Some(37),
    };
    let mut live = Builder::new(cluster, "default", now);
    for document in parse(&source()).documents {
        live.add_live(document.root);
    }
    let parts = [files, live]
        .into_iter()
        .map(|builder| Examined::new(builder.finish(), &Selection::default()))
        .collect();
    let mut report = Report {
        parts,
        problems: vec![InputProblem {
            source: "broken.yaml".to_owned(),
            position: Some(source().position(0)),
            message: "this is not valid YAML".to_owned(),
        }],
        unreachable: vec![Unreachable {
            cluster: "far".to_owned(),
            message: "it does not answer".to_owned(),
            hints: vec!["Ask again.".into()],
        }],
        fix_command: None,
        outcome: Outcome::default(),
        fail_on: kubectl_secretsafe::report::FailOn::Severity(
            kubectl_secretsafe::finding::Severity::Warning,
        ),
    };
    report.judge(FailOn::Severity(Severity::Warning));
    report
}

fn written(report: &Report, format: Format) -> Value {
    let mut text = Vec::new();
    output::write(report, format, Colour::Off, &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn complaints(schema: &Validator, value: &Value, path: &Path) -> Vec<String> {
    schema
        .iter_errors(value)
        .map(|error| format!("{}: {} {error}", path.display(), error.instance_path()))
        .collect()
}

#[test]
fn sarif_and_json_are_valid() {
    let sarif = schema("tests/formats/sarif-schema-2.1.0.json");
    let json = schema("docs/schema/doctor-v1.json");
    let mut wrong = Vec::new();
    let mut results = 0;
    for (path, text) in cases() {
        let report = report(&text);
        let value = written(&report, Format::Sarif);
        results += value["runs"][0]["results"].as_array().unwrap().len();
        wrong.extend(complaints(&sarif, &value, &path));
        wrong.extend(complaints(&json, &written(&report, Format::Json), &path));
    }
    assert!(results > 100, "{results}");
    assert!(wrong.is_empty(), "{:#?}", &wrong[..wrong.len().min(10)]);
    // The control: both schemas refuse something.
    let nothing = serde_json::json!({"version": "2.1.0", "runs": [{}]});
    assert!(!sarif.is_valid(&nothing) && !json.is_valid(&nothing));
}

/// What GitLab requires of each entry. The lines are those of the files, and what could
/// not be looked at is there, so that an empty report means that nothing is wrong.
#[test]
fn code_quality_reports_are_as_gitlab_reads_them() {
    let mut entries = 0;
    for (path, text) in cases() {
        let report = report(&text);
        let value = written(&report, Format::Codequality);
        let mut prints = std::collections::HashSet::new();
        for entry in value.as_array().unwrap() {
            let field = |name: &str| entry[name].as_str().unwrap();
            assert!(!field("description").is_empty() && !field("check_name").is_empty());
            let severities = ["info", "minor", "major", "critical", "blocker"];
            assert!(severities.contains(&field("severity")), "{entry}");
            let place = entry["location"]["path"].as_str().unwrap();
            assert!(!place.is_empty() && !place.starts_with("./"), "{entry}");
            let line = entry["location"]["lines"]["begin"].as_u64().unwrap();
            assert!(line >= 1, "{entry}");
            if place == "folder/a file.yaml" && field("check_name").starts_with("SS") {
                assert!(
                    line as usize <= text.lines().count(),
                    "{}: {entry}",
                    path.display()
                );
            }
            assert!(
                prints.insert(field("fingerprint").to_owned()),
                "twice: {entry}"
            );
            entries += 1;
        }
        let gaps = report.problems.len() + report.unreachable.len();
        let blockers = value.as_array().unwrap().iter();
        let blockers = blockers
            .filter(|entry| entry["severity"] == "blocker")
            .count();
        assert_eq!(blockers, gaps, "{}", path.display());
    }
    assert!(entries > 100, "{entries}");
}

#[test]
fn regions_are_exact() {
    let mut regions = 0;
    for (path, text) in cases() {
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let report = report(&text);
        let wanted: Vec<_> = report
            .findings()
            .flat_map(|finding| finding.places.first())
            .map(|place| place.site.span)
            .collect();
        let value = written(&report, Format::Sarif);
        for result in value["runs"][0]["results"].as_array().unwrap() {
            let region = &result["locations"][0]["physicalLocation"]["region"];
            if region["startLine"] != region["endLine"] || region.is_null() {
                continue;
            }
            let number = |field: &str| region[field].as_u64().unwrap() as usize;
            let line = &lines[number("startLine") - 1];
            let found: String = line[number("startColumn") - 1..number("endColumn") - 1]
                .iter()
                .collect();
            assert!(
                wanted
                    .iter()
                    .any(|span| text.get(span.start..span.end) == Some(&found)),
                "{}: {region}",
                path.display()
            );
            regions += 1;
        }
    }
    assert!(regions > 100, "{regions}");
}
