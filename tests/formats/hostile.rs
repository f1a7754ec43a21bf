//! Every format with names that are written to act: on terminals, on CI systems
//! that obey lines of a log, on readers of Markdown, HTML and XML.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use clap::ValueEnum;
use kubectl_secretsafe::command_line::{CommandLine, Hint};
use kubectl_secretsafe::consumption::{self, Wanted};
use kubectl_secretsafe::finding::Severity;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Grant, Scope};
use kubectl_secretsafe::manifest::{SourceText, parse};
use kubectl_secretsafe::migration::{self, Observed, Options, Plan, State};
use kubectl_secretsafe::outcome::{Kind, Outcome};
use kubectl_secretsafe::output::{self, Format, consumers, diff};
use kubectl_secretsafe::report::{Examined, FailOn, InputProblem, Report, Selection, Unreachable};
use kubectl_secretsafe::ui::Colour;
use regex::Regex;
use serde_json::Value;

const HOSTILE: &[&str] = &[
    "::error title=x::y",
    "a\n::warning::b",
    "a\r\n \u{2003}::stop-commands::t",
    "\u{a0}::add-mask::x",
    "x ##vso[task.setvariable variable=a]b",
    "##[error]c",
    "[click](http://e.example)",
    "<img src=x onerror=alert(1)>",
    "&#58;:error::d",
    "\u{202e}gnp.\u{2066}\u{200b}\u{feff}",
    "\u{1b}[31m\u{9b}2J\u{7f}\u{85}",
    "\u{e0041}\u{3164}\u{fff9}",
    "`$(x)` **d** ![p](http://e.example)",
];

/// In double quotes, with escapes for all that is unusual.
fn in_yaml(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|character| match character {
            '"' | '\\' => format!("\\{character}"),
            ' '..='~' => character.to_string(),
            other => format!("\\U{:08x}", u32::from(other)),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// A manifest that is all of this name.
fn manifest(name: &str) -> String {
    let quoted = in_yaml(name);
    let pod = format!(
        "{{containers: [{{name: {quoted}, image: {quoted}, args: [{quoted}], env: [{{name: {quoted}, valueFrom: \
         {{secretKeyRef: {{name: {quoted}, key: {quoted}}}}}}}, {{name: PASSWORD, value: {quoted}}}], \
         envFrom: [{{secretRef: {{name: {quoted}}}}}], volumeMounts: [{{name: {quoted}, mountPath: {quoted}}}]}}], \
         volumes: [{{name: {quoted}, secret: {{secretName: {quoted}, defaultMode: 400}}}}]}}"
    );
    let metadata = format!("{{name: {quoted}, namespace: {quoted}, labels: {{a: {quoted}}}}}");
    let of_kind = |version: &str, kind: &str| {
        format!(
            "apiVersion: {version}\nkind: {kind}\nmetadata: {metadata}\nspec: {{template: {{spec: {pod}}}}}\n"
        )
    };
    [
        of_kind("apps/v1", "Deployment"),
        of_kind("example.com/v1", &quoted),
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {metadata}\nstringData: {{{quoted}: {quoted}}}\n"
        ),
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\ndata: {{{quoted}: {quoted}}}\n"
        ),
    ]
    .join("---\n")
}

fn source(name: &str) -> SourceText {
    SourceText::new(format!("{name}.yaml"), manifest(name))
}

/// The inventories of files and of a cluster with this name.
fn builders(name: &str) -> [Builder; 2] {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut files = Builder::new(Scope::Files(FileSet::Complete), name, now);
    files.inspect_values();
    let problems = files.add_file(source(name), GitStatus::Tracked);
    assert_eq!(problems.len(), 0, "{name:?}");
    let cluster = Scope::Cluster {
        name: name.to_owned(),
        minor: Some(37),
    };
    let mut live = Builder::new(cluster, name, now);
    for document in parse(&source(name)).documents {
        live.add_live(document.root);
    }
    live.deny(Grant {
        verb: name.to_owned(),
        group: name.to_owned(),
        resource: name.to_owned(),
        namespace: Some(name.to_owned()),
    });
    [files, live]
}

fn problems(name: &str) -> Vec<InputProblem> {
    vec![InputProblem {
        source: name.to_owned(),
        position: Some(source(name).position(0)),
        message: name.to_owned(),
    }]
}

fn unreachable(name: &str) -> Vec<Unreachable> {
    vec![Unreachable {
        cluster: name.to_owned(),
        message: name.to_owned(),
        hints: vec![name.into()],
    }]
}

fn report(name: &str) -> Report {
    let mut report = Report {
        parts: builders(name)
            .into_iter()
            .map(|builder| Examined::new(builder.finish(), &Selection::default()))
            .collect(),
        problems: problems(name),
        unreachable: unreachable(name),
        fix_command: None,
        outcome: Outcome::default(),
        fail_on: kubectl_secretsafe::report::FailOn::Severity(
            kubectl_secretsafe::finding::Severity::Warning,
        ),
    };
    report.judge(FailOn::Severity(Severity::Info));
    report
}

fn consumption(name: &str) -> consumption::Report {
    let wanted = Wanted {
        name: name.to_owned(),
        key: None,
    };
    let parts = builders(name)
        .into_iter()
        .map(|builder| consumption::Part::new(builder.finish(), None, &wanted))
        .collect();
    consumption::Report::new(parts, problems(name), unreachable(name), &wanted)
}

fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// By Unicode's names, not by the product's list.
static DECEPTIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{3164}]--\n]").unwrap());
fn is_harmless(text: &str, what: &str) {
    let unusual: BTreeSet<char> = text
        .chars()
        .filter(|character| !matches!(character, '\n' | ' '..='~'))
        .collect();
    for character in unusual {
        let found = DECEPTIVE.is_match(character.encode_utf8(&mut [0; 4]));
        assert!(!found, "{what}: {character:?} in {text}");
    }
    for line in text.lines() {
        assert!(!is_obeyed(line), "{what}: {line}");
    }
}

/// Whether a CI system obeys a line of a log.
fn is_obeyed(line: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric();
    line.trim().starts_with("::")
        || line.match_indices("##").any(|(at, _)| {
            line[at..]
                .trim_start_matches('#')
                .trim_start_matches(is_word)
                .starts_with('[')
        })
}

/// All texts in a value.
fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(entries) => entries.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// The texts that readers of SARIF show.
fn messages<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| messages(item, found)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("text" | "justification", Value::String(text)) => found.push(text),
                    _ => messages(value, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn no_format_of_doctor_has_a_character_or_a_line_that_acts() {
    let mut shown = 0;
    for name in HOSTILE {
        let report = report(name);
        assert!(report.findings().count() > 5, "{name:?}");
        for format in Format::value_variants() {
            let text = written(|out| output::write(&report, *format, Colour::Off, out));
            let what = format!("{format:?} of {name:?}");
            if *format != Format::Github {
                is_harmless(&text, &what);
            } else {
                is_harmless(&text.replace("::", ""), &what);
                let own = report.findings().count() + 2;
                let notices = text
                    .lines()
                    .filter(|line| line.contains("title=not checked::"));
                assert_eq!(text.lines().count(), own + notices.count(), "{what}");
            }
            shown += text.len();
            match format {
                Format::Json => {
                    let value: Value = serde_json::from_str(&text).unwrap();
                    let mut found = Vec::new();
                    texts(&value, &mut found);
                    assert!(found.contains(name), "{what} names it exactly");
                }
                Format::Yaml | Format::Kyaml => {
                    let json =
                        written(|out| output::write(&report, Format::Json, Colour::Off, out));
                    let json: Value = serde_json::from_str(&json).unwrap();
                    assert_eq!(
                        serde_saphyr::from_str::<Value>(&text).unwrap(),
                        json,
                        "{what}"
                    );
                }
                Format::Sarif => {
                    let value: Value = serde_json::from_str(&text).unwrap();
                    let result = &value["runs"][0];
                    for part in ["results", "invocations"] {
                        let mut found = Vec::new();
                        messages(&result[part], &mut found);
                        let link =
                            |text: &&&str| text.contains("](http") && !text.contains("\\](http");
                        assert_eq!(found.iter().find(link), None, "{what}");
                    }
                }
                Format::Html | Format::Junit => {
                    assert!(!text.contains("<img"), "{what}");
                }
                _ => {}
            }
        }
    }
    assert!(shown > 100_000);
}

#[test]
fn no_format_of_consumers_has_a_character_or_a_line_that_acts() {
    for name in HOSTILE {
        let report = consumption(name);
        for format in consumers::Format::value_variants() {
            let text = written(|out| consumers::write(&report, *format, Colour::Off, out));
            assert!(!text.is_empty());
            is_harmless(&text, &format!("{format:?} of {name:?}"));
        }
    }
}

#[test]
fn no_format_of_advise_has_a_character_or_a_line_that_acts() {
    use kubectl_secretsafe::advising::{Advice, Answers, Evidence, Place, Report};
    use kubectl_secretsafe::output::advice;
    for name in HOSTILE {
        let places = builders(name).map(|builder| Place::of(builder.finish(), None, None).0);
        let evidence = Evidence::new(&Answers::default(), places.into());
        let report = Report::new(
            Advice::new(evidence),
            problems(name),
            unreachable(name),
            [Grant {
                verb: (*name).to_owned(),
                group: (*name).to_owned(),
                resource: (*name).to_owned(),
                namespace: Some((*name).to_owned()),
            }]
            .into(),
        );
        let mut shown = 0;
        for format in advice::Format::value_variants() {
            let text = written(|out| advice::write(&report, *format, Colour::Off, out));
            let what = format!("{format:?} of {name:?}");
            is_harmless(&text, &what);
            shown += usize::from(text.contains("not allowed to") || text.contains("notSeen"));
            match format {
                advice::Format::Html => assert!(!text.contains("<img"), "{what}"),
                advice::Format::Json => {
                    let value: Value = serde_json::from_str(&text).unwrap();
                    let place = value["places"][1]["place"].as_str().unwrap();
                    assert_eq!(place, format!("cluster {name}"), "{what}");
                }
                _ => {}
            }
        }
        assert!(shown >= 3, "{name:?}");
    }
}

#[test]
fn no_output_of_migrate_has_a_character_or_a_line_that_acts() {
    for name in HOSTILE {
        let [files, _] = builders(name);
        let inventory = files.finish();
        let plans: Vec<Plan> = inventory
            .workloads
            .iter()
            .map(|workload| {
                let object = inventory.object_of(workload).unwrap();
                let observed = Observed::default();
                migration::plan(&inventory, workload, object, &Options::default(), &observed)
            })
            .collect();
        assert!(!plans.is_empty());
        for plan in &plans {
            let text = written(|out| output::migration::text(plan, &[], out));
            is_harmless(&text, &format!("text of {name:?}"));
        }
        let steps: Vec<_> = plans.iter().cloned().map(Into::into).collect();
        let mut outcome = Outcome::default();
        for plan in &plans {
            outcome.add(Kind::WouldChange, plan.subject.short());
        }
        let rows: Vec<_> = plans
            .iter()
            .map(|plan| output::migration::Row::new(plan, Some(name), &Options::default()))
            .collect();
        let summary = output::migration::Summary {
            next: [(
                State::Planned,
                Hint::run(*name, CommandLine::secretsafe("migrate").name(name)),
            )]
            .into(),
            details: Some(CommandLine::secretsafe("migrate").flag("-f", name)),
        };
        let table = written(|out| output::migration::table(&rows, &summary, out));
        is_harmless(&table, &format!("table of {name:?}"));
        let status = outcome.status();
        let json = written(|out| {
            output::migration::document(&steps, &outcome, status, output::Syntax::Json, out)
        });
        is_harmless(&json, &format!("JSON of {name:?}"));
        let patches = plans
            .iter()
            .map(|plan| {
                let target = output::migration::Target {
                    kind: plan.subject.kind.as_str().into(),
                    name: plan.subject.name.clone(),
                    namespace: Some(plan.subject.namespace.as_str().into()),
                };
                (target, plan)
            })
            .collect();
        let yaml = written(|out| output::migration::kustomization(patches, out));
        is_harmless(&yaml, &format!("kustomization of {name:?}"));
        let read: Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(read["patches"][0]["target"]["namespace"], *name);
        let changed = SourceText::new(*name, manifest(name).replace("400", "256"));
        let diff =
            written(|out| diff::write(&source(name), &changed, Colour::Off, out).map(|_| ()));
        assert!(diff.contains("+++ "));
        is_harmless(&diff, &format!("diff of {name:?}"));
    }
}
