//! Files that are made from the code, and must not be stale.
//!
//! `UPDATE_GENERATED=1 cargo test --test generated` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod catalogue;
mod invariants;
mod links;
mod performance;
mod rbac;
mod threat_model;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;
use kubectl_secretsafe::advising::{self, Advice, Answers, Evidence, Place};
use kubectl_secretsafe::api::{self, Exec, Restarts, RoleScope, Task};
use kubectl_secretsafe::auditing;
use kubectl_secretsafe::checks::{CHECKS, page};
use kubectl_secretsafe::cli;
use kubectl_secretsafe::commands::completion;
use kubectl_secretsafe::consumption::{self, Part, Wanted};
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Grant, Inventory, Scope};
use kubectl_secretsafe::manifest::{SourceText, parse};
use kubectl_secretsafe::migration::{Observed, Options, Phase, ReadsFiles, plan};
use kubectl_secretsafe::outcome::{Kind, Outcome};
use kubectl_secretsafe::output::migration::Steps;
use kubectl_secretsafe::output::{self, Format};
use kubectl_secretsafe::report::{Examined, Report, Selection};
use kubectl_secretsafe::suppression::config;
use kubectl_secretsafe::ui::Colour;

/// What every generated text begins with, in its own kind of comment.
const WRITTEN_BY: &str = "Written by: UPDATE_GENERATED=1 cargo test --test generated. Do not edit.";

/// Compares, or writes when asked to.
fn check(path: &str, content: &[u8]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        // Moved into place: other tests may be reading the file.
        let beside = file.with_extension("new");
        fs::write(&beside, content).unwrap();
        fs::rename(&beside, &file).unwrap();
    } else {
        let found = fs::read(&file).unwrap_or_default();
        assert!(
            found == content,
            "{path} is stale: run UPDATE_GENERATED=1 cargo test --test generated"
        );
    }
}

#[test]
fn performance_page() {
    let comment = format!("<!-- {WRITTEN_BY} -->\n");
    check(
        "docs/performance.md",
        (comment + &performance::page()).as_bytes(),
    );
}

#[test]
fn completion_scripts() {
    for (shell, name) in [
        (Shell::Bash, "kubectl-secretsafe.bash"),
        (Shell::Zsh, "_kubectl-secretsafe"),
        (Shell::Fish, "kubectl-secretsafe.fish"),
        (Shell::PowerShell, "_kubectl-secretsafe.ps1"),
    ] {
        check(&format!("completions/{name}"), &completion::script(shell));
    }
}

/// Every command with its path, parents first.
fn walk(command: &Command, path: &str, visit: &mut dyn FnMut(&Command, &str)) {
    visit(command, path);
    for child in command.get_subcommands() {
        if child.get_name() != "help" && !child.is_hide_set() {
            walk(child, &format!("{path} {}", child.get_name()), visit);
        }
    }
}

fn built() -> Command {
    let mut command = cli::command("kubectl secretsafe").term_width(100);
    command.build();
    command
}

#[test]
fn command_line_reference() {
    let mut text = format!("<!-- {WRITTEN_BY} -->\n# Command line\n");
    walk(&built(), "kubectl secretsafe", &mut |command, path| {
        let help = command.clone().render_long_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        write!(text, "\n## {path}\n\n```text\n{}\n```\n", lines.join("\n")).unwrap();
    });
    check("docs/cli.md", text.as_bytes());
}

/// The sections of a page; clap knows of no examples.
fn man_page(man: &clap_mangen::Man, command: &Command, words: &[&str]) -> Vec<u8> {
    let mut roff = Vec::new();
    man.render_title(&mut roff).unwrap();
    man.render_name_section(&mut roff).unwrap();
    man.render_synopsis_section(&mut roff).unwrap();
    man.render_description_section(&mut roff).unwrap();
    let mut examples = clap_mangen::roff::Roff::new();
    examples.control("SH", ["EXAMPLES"]);
    for (what, lines) in cli::examples::of(words) {
        examples
            .control("TP", [] as [&str; 0])
            .text([clap_mangen::roff::roman(*what)]);
        for line in lines.lines() {
            examples.text([clap_mangen::roff::bold(line)]);
            examples.control("br", [] as [&str; 0]);
        }
    }
    examples.to_writer(&mut roff).unwrap();
    if command.get_arguments().any(|arg| !arg.is_hide_set()) {
        man.render_options_section(&mut roff).unwrap();
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut roff).unwrap();
    }
    man.render_version_section(&mut roff).unwrap();
    roff
}

#[test]
fn man_pages() {
    let mut pages: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    walk(&built(), "kubectl-secretsafe", &mut |command, path| {
        let name = path.replace(' ', "-");
        // The name of a page is static for clap; there are a handful.
        let page: &'static str = Box::leak(name.clone().into_boxed_str());
        let words: Vec<&str> = path.split(' ').skip(1).collect();
        let roff = man_page(
            &clap_mangen::Man::new(command.clone().name(page)).date(""),
            command,
            &words,
        );
        pages.push((PathBuf::from(format!("docs/man/{name}.1")), roff));
    });
    for (path, page) in pages {
        check(path.to_str().unwrap(), &page);
    }
}

#[test]
fn rules() {
    let text = format!("<!-- {WRITTEN_BY} -->\n{}", page::document(CHECKS));
    check("docs/checks.md", text.as_bytes());
}

#[test]
fn roles() {
    for (name, scope) in [
        ("doctor-role", RoleScope::Namespace("my-namespace")),
        ("doctor-clusterrole", RoleScope::Cluster),
    ] {
        let text = format!(
            "# {WRITTEN_BY}\n# kubectl secretsafe doctor --print-rbac prints the same for your namespace.\n{}",
            api::role(scope)
        );
        check(&format!("docs/rbac/{name}.yaml"), text.as_bytes());
    }
    for task in [
        Task::Migrate,
        Task::Rotate(Exec::No),
        Task::Restart,
        Task::Sync(Restarts::No),
        Task::External,
    ] {
        let name = task.name();
        let text = format!(
            "# {WRITTEN_BY}\n# kubectl secretsafe {name} --print-rbac prints the same for your namespace.\n{}",
            task.role(RoleScope::Namespace("my-namespace"))
        );
        check(&format!("docs/rbac/{name}-role.yaml"), text.as_bytes());
    }
    for (name, scope) in [
        ("audit-role", RoleScope::Namespace("my-namespace")),
        ("audit-clusterrole", RoleScope::Cluster),
    ] {
        let text = format!(
            "# {WRITTEN_BY}\n# kubectl secretsafe audit --print-rbac prints the same for your namespace.\n{}",
            api::audit_roles(scope)
        );
        check(&format!("docs/rbac/{name}.yaml"), text.as_bytes());
    }
}

#[test]
fn schemas() {
    for (name, schema) in [
        ("doctor-v1", output::json_v1::schema()),
        ("consumers-v1", output::consumers::json_v1::schema()),
        ("audit-v1", output::audit::json_v1::schema()),
        ("config-v1", config::schema()),
        ("migration-v1", output::migration::schema()),
        ("rotation-v1", output::rotation::schema()),
        ("receipt-v1", output::rotation::receipt_v1::schema()),
        ("rotation-runs-v1", output::rotation::runs_v1::schema()),
        ("sync-v1", output::sync::schema()),
        ("advice-v1", output::advice::schema()),
        ("policy-who-v1", output::policy::json_v1::schema()),
        ("migration-status-v1", output::migration::status_schema()),
        ("seal-check-v1", output::sealed::json_v1::schema()),
        ("selftest-v1", output::selftest::schema()),
    ] {
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        check(&format!("docs/schema/{name}.json"), text.as_bytes());
    }
}

/// The examples, and a file that cannot be read.
fn inventory() -> Inventory {
    let mut builder = Builder::new(
        Scope::Files(FileSet::Open),
        "default",
        "2026-06-01T12:00:00Z".parse().unwrap(),
    );
    for name in ["insecure", "secure"] {
        let name = format!("examples/task-api/{name}.yaml");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
        let text = SourceText::new(name, fs::read_to_string(path).unwrap());
        builder.add_file(text, GitStatus::Tracked);
    }
    builder.finish()
}

/// Whether `text` is JSON that fits `schema`, and would not if a field that
/// must be there were missing.
fn fits(schema: &serde_json::Value, text: &[u8], required: &str) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let mut report: serde_json::Value = serde_json::from_slice(text).unwrap();
    let problems: Vec<_> = validator
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
    report.as_object_mut().unwrap().remove(required).unwrap();
    assert!(!validator.is_valid(&report));
}

fn doctor_report() -> Report {
    Report {
        parts: vec![Examined::new(inventory(), &Selection::default())],
        problems: Vec::new(),
        unreachable: Vec::new(),
        fix_command: None,
        outcome: Outcome::default(),
        fail_on: kubectl_secretsafe::report::FailOn::Severity(
            kubectl_secretsafe::finding::Severity::Warning,
        ),
    }
}

fn consumers_report(key: Option<&str>) -> consumption::Report {
    let wanted = Wanted {
        name: "task-api-secrets".to_owned(),
        key: key.map(str::to_owned),
    };
    let part = Part::new(inventory(), None, &wanted);
    consumption::Report::new(vec![part], Vec::new(), Vec::new(), &wanted)
}

/// A key that is overdue, and one of unknown age in a namespace that may not be seen.
fn audit_report() -> auditing::Report {
    let scope = Scope::Cluster {
        name: "test".to_owned(),
        minor: Some(37),
    };
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(scope, "default", now);
    let text = "kind: Secret\napiVersion: v1\ndata: {a: eA==, b: eA==}\nmetadata:\n  name: db\n  \
        namespace: shop\n  managedFields: [{manager: m, time: '2025-01-01T00:00:00Z', fieldsV1: \
        {'f:data': {'f:a': {}}}}]\n";
    let source = SourceText::new("snapshot.yaml", text.to_owned());
    for document in parse(&source).documents {
        builder.add_live(document.root);
    }
    builder.deny(Grant {
        verb: "list".to_owned(),
        group: "rbac.authorization.k8s.io".to_owned(),
        resource: "roles".to_owned(),
        namespace: None,
    });
    let wish = auditing::Wish {
        max_age: jiff::SignedDuration::from_hours(90 * 24),
        selector: None,
        receipts: None,
    };
    let part = auditing::Part::new(builder.finish(), &wish);
    auditing::Report::new(&wish, vec![part], Vec::new(), Vec::new())
}

#[test]
fn reports_fit_their_schemas() {
    let report = doctor_report();
    assert!(report.findings().count() > 0);
    let mut text = Vec::new();
    output::write(&report, Format::Json, Colour::Off, &mut text).unwrap();
    fits(&output::json_v1::schema(), &text, "parts");

    let report = consumers_report(None);
    assert_eq!(report.parts[0].secrets[0].consumers.len(), 1);
    let mut text = Vec::new();
    let format = output::consumers::Format::Json;
    output::consumers::write(&report, format, Colour::Off, &mut text).unwrap();
    fits(&output::consumers::json_v1::schema(), &text, "parts");

    let report = audit_report();
    assert!(report.parts[0].overdue() > 0 && report.parts[0].undated() > 0);
    let mut text = Vec::new();
    output::audit::write(&report, output::audit::Format::Json, Colour::Off, &mut text).unwrap();
    fits(&output::audit::json_v1::schema(), &text, "parts");

    let (place, _) = Place::of(inventory(), None, None);
    let (live, part) = Place::of(audit_report().parts.remove(0).inventory, None, None);
    let evidence = Evidence::new(&Answers::default(), vec![place, live]);
    let (advice, refused) = (Advice::new(evidence), part.refused);
    let report = advising::Report::new(advice, Vec::new(), Vec::new(), refused);
    let mut text = Vec::new();
    let format = output::advice::Format::Json;
    output::advice::write(&report, format, Colour::Off, &mut text).unwrap();
    fits(&output::advice::schema(), &text, "levels");
}

#[test]
fn plans_that_follow_each_other_are_one_document() {
    let inventory = inventory();
    let planned = |phase| {
        let workload = &inventory.workloads[0];
        let object = inventory.object_of(workload).unwrap();
        let options = Options {
            phase,
            reads_files: ReadsFiles::All,
            ..Options::default()
        };
        plan(&inventory, workload, object, &options, &Observed::default())
    };
    let mut steps = Vec::new();
    for phase in [Phase::Mount, Phase::Complete] {
        Steps::add(&mut steps, &[planned(phase)]);
    }
    let mut text = Vec::new();
    let mut outcome = Outcome::default();
    outcome.add(Kind::WouldChange, "deployment/api");
    output::migration::document(
        &steps,
        &outcome,
        outcome.status(),
        output::Syntax::Json,
        &mut text,
    )
    .unwrap();
    fits(&output::migration::schema(), &text, "plans");
    let document: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let plans = document["plans"].as_array().unwrap();
    assert_eq!(plans.len(), 1);
    let then = plans[0]["then"].as_array().unwrap();
    assert_eq!(then.len(), 1);
    assert_eq!(then[0]["name"], plans[0]["name"]);
    assert_ne!(then[0]["variables"], plans[0]["variables"]);
    assert_eq!(then[0].get("then"), None);
}

/// The first finding, and how a report ends.
fn excerpt(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let first = lines.iter().position(|line| line.is_empty()).unwrap();
    let end = lines.iter().rposition(|line| line.is_empty()).unwrap();
    format!(
        "{}\n\n…\n\n{}\n",
        lines[..first].join("\n"),
        lines[end + 1..].join("\n")
    )
}

/// The README with `output` below `$ command`.
fn with_output(readme: &str, command: &str, output: &str) -> String {
    let start = format!("```console\n$ {command}\n");
    let (before, rest) = readme.split_once(&start).unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    format!("{before}{start}{output}```\n{after}")
}

#[test]
fn the_readme_shows_what_is_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).unwrap();
    let mut text = Vec::new();
    output::write(&doctor_report(), Format::Text, Colour::Off, &mut text).unwrap();
    let readme = with_output(
        &readme,
        "cargo run --quiet -- doctor -f examples/task-api",
        &excerpt(&String::from_utf8(text).unwrap()),
    );
    let mut text = Vec::new();
    output::consumers::write(
        &consumers_report(Some("db-password")),
        output::consumers::Format::Text,
        Colour::Off,
        &mut text,
    )
    .unwrap();
    let readme = with_output(
        &readme,
        "kubectl secretsafe consumers task-api-secrets:db-password -f examples/task-api",
        &String::from_utf8(text).unwrap(),
    );
    check("README.md", readme.as_bytes());
}

#[test]
fn the_readmes_configuration_can_be_used() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).unwrap();
    let text = readme
        .split("```yaml\n")
        .filter_map(|rest| rest.split("```\n").next())
        .find(|block| block.contains("kind: DoctorConfig"))
        .unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    config::Config::load(Some(file.path())).unwrap();
}
