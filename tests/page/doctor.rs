//! The page of `doctor`.

use kubectl_secretsafe::finding::Severity;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Scope};
use kubectl_secretsafe::manifest::SourceText;
use kubectl_secretsafe::outcome::Outcome;
use kubectl_secretsafe::output::{self, Format};
use kubectl_secretsafe::report::{Examined, FailOn, InputProblem, Report, Selection, Unreachable};
use kubectl_secretsafe::ui::Colour;

use crate::browser::{Browser, unescaped};
use crate::{ACTIVE, CANARY, NASTY};

fn pod(name: &str, secret: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {}\n  namespace: {}\nspec:\n  containers:\n  - name: {}\n    \
         image: app\n    env:\n    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef: {{name: {secret}, key: {}}}\n    \
         - name: API_TOKEN\n      value: {CANARY}\n  volumes:\n  - name: files\n    secret: {{secretName: files}}\n",
        quoted(name),
        quoted("team-a"),
        quoted(name),
        quoted(name),
    )
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn report() -> Report {
    let mut text = String::from(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: team-a}\nstringData: {password: x}\n",
    );
    for name in NASTY {
        text += "---\n";
        text += &pod(name, "db");
    }
    text += "---\n";
    text += &pod(&"long-".repeat(50), "missing");
    text += "---\n";
    text += &pod("plain", "missing");
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(Scope::Files(FileSet::Complete), "default", now);
    let source = SourceText::new("<b>folder</b>/app.yaml", text);
    assert!(builder.add_file(source, GitStatus::Tracked).is_empty());
    let mut report = Report {
        parts: vec![Examined::new(builder.finish(), &Selection::default())],
        problems: vec![InputProblem {
            source: "<i>broken</i>.yaml".to_owned(),
            position: None,
            message: "it cannot be read".to_owned(),
        }],
        unreachable: vec![Unreachable {
            cluster: "<u>far</u>".to_owned(),
            message: "it does not answer".to_owned(),
            hints: Vec::new(),
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

#[test]
fn the_page_shows_everything_and_does_nothing() {
    let report = report();
    let mut html = Vec::new();
    output::write(&report, Format::Html, Colour::Off, &mut html).unwrap();
    let text = String::from_utf8(html.clone()).unwrap();
    assert!(!text.contains(CANARY));
    for word in ACTIVE {
        assert!(!text.contains(word), "{word}");
    }

    let Some(browser) = Browser::find() else {
        return;
    };
    // The control: what the page must not do is seen when it is done.
    let bad = text.replace(
        "</body>",
        "<script>console.error('ran')</script><img src=\"http://127.0.0.1:9/x\"></body>",
    );
    let (_, console) = browser.open(
        &browser.page("control.html", bad.as_bytes()),
        &["--dump-dom"],
    );
    assert_eq!(
        console.len(),
        2,
        "script and picture are both refused: {console:?}"
    );
    let free = bad.replace("Content-Security-Policy", "x-none");
    let (_, console) = browser.open(&browser.page("free.html", free.as_bytes()), &["--dump-dom"]);
    assert!(
        console.iter().any(|line| line.contains("ran")),
        "{console:?}"
    );

    let page = browser.page("doctor.html", &html);
    let (dom, console) = browser.open(&page, &["--dump-dom"]);
    assert_eq!(console, [""; 0]);
    assert!(!dom.contains("<script") && !dom.contains("<img"));
    let shown = unescaped(&dom);
    let findings: Vec<_> = report.findings().collect();
    assert!(findings.len() > 20, "{}", findings.len());
    assert_eq!(dom.matches("<article").count(), findings.len());
    for finding in findings {
        let message = kubectl_secretsafe::ui::escape_controls(&finding.message);
        assert!(shown.contains(&message), "{message}");
        assert!(shown.contains(finding.rule.id));
    }
    for name in NASTY {
        let name = kubectl_secretsafe::ui::escape_controls(name);
        assert!(shown.contains(&format!("pod/{name}")), "{name}");
    }

    // Every link leads somewhere, every object and rule is in the contents.
    let links: Vec<_> = dom.split("href=\"#").skip(1).collect();
    assert!(links.len() > NASTY.len(), "{}", links.len());
    for link in links {
        let id = link.split('"').next().unwrap();
        assert_eq!(dom.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    let contents = dom
        .split("<nav")
        .nth(1)
        .unwrap()
        .split("</nav>")
        .next()
        .unwrap();
    for finding in report.findings() {
        assert!(contents.contains(finding.rule.id), "{}", finding.rule.id);
    }
    assert!(shown.contains("Looked at 12 workloads"), "no scope");
    let numbered = dom.split("<span class=\"faint\">").filter(|rest| {
        rest.split_once(" |</span>")
            .is_some_and(|(number, _)| number.parse::<usize>().is_ok())
    });
    assert!(numbered.count() > NASTY.len(), "no line numbers");

    browser.four_pictures(&page, "");
}
