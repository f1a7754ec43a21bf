//! The HTML page in a real browser: nothing runs, nothing is loaded, nothing
//! is missing, in light and dark and on a phone.
//!
//! It needs Chromium (`apt-get install chromium`). Without it the test says so
//! and passes, unless `CI=true`. Pictures are written to `target/tmp/page`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(clippy::print_stderr, reason = "it says where the pictures are")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kubectl_secretsafe::finding::Severity;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Scope};
use kubectl_secretsafe::manifest::SourceText;
use kubectl_secretsafe::outcome::Outcome;
use kubectl_secretsafe::output::{self, Format};
use kubectl_secretsafe::report::{Examined, FailOn, InputProblem, Report, Selection, Unreachable};
use kubectl_secretsafe::ui::Colour;

const CANARY: &str = "c4n4ryQ7xW2k";

/// Names that a careless page would run, load or lose.
const NASTY: &[&str] = &[
    "<script>document.title='run'</script>",
    "\"><img src=http://127.0.0.1:9/x onerror=alert(1)>",
    "'; alert(1); //",
    "]]></style><style>*{display:none}",
    "&lt;b&gt; &amp; &#x3c;",
    "{{ template }} ${x}",
    "\u{202e}gnorw",
    "<!-- comment",
    "javascript:alert(1)",
    "🔑 schlüssel",
];

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
    };
    report.judge(FailOn::Severity(Severity::Warning));
    report
}

struct Browser {
    program: PathBuf,
    folder: PathBuf,
}

impl Browser {
    /// `None` where there is none.
    fn find() -> Option<Self> {
        let program = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find(|name| {
                Command::new(name)
                    .arg("--version")
                    .output()
                    .is_ok_and(|output| output.status.success())
            })?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
        fs::create_dir_all(&folder).unwrap();
        Some(Self {
            program: program.into(),
            folder,
        })
    }

    /// Opens a page: what it printed, and what its console said.
    fn open(&self, page: &Path, words: &[&str]) -> (String, Vec<String>) {
        let profile = tempfile::tempdir().unwrap();
        let output = Command::new(&self.program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--log-level=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(words)
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        let console = String::from_utf8_lossy(&output.stderr)
            .lines()
            .filter(|line| line.contains(":CONSOLE"))
            .map(str::to_owned)
            .collect();
        assert!(output.status.success(), "{:?}", output.status);
        (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            console,
        )
    }

    fn page(&self, name: &str, text: &[u8]) -> PathBuf {
        let page = self.folder.join(name);
        fs::write(&page, text).unwrap();
        page
    }

    fn picture(&self, page: &Path, name: &str, words: &[&str]) -> Vec<u8> {
        let picture = self.folder.join(name);
        let _ = fs::remove_file(&picture);
        let word = format!("--screenshot={}", picture.display());
        let mut all = vec![word.as_str()];
        all.extend(words);
        let (_, console) = self.open(page, &all);
        assert_eq!(console, [""; 0], "{name}");
        fs::read(&picture).unwrap()
    }
}

/// The text of a document as the browser writes it down.
fn unescaped(dom: &str) -> String {
    dom.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[test]
fn the_page_shows_everything_and_does_nothing() {
    let report = report();
    let mut html = Vec::new();
    output::write(&report, Format::Html, Colour::Off, &mut html).unwrap();
    let text = String::from_utf8(html.clone()).unwrap();
    assert!(!text.contains(CANARY));
    for word in [
        "<script",
        "<img",
        "<link rel=\"stylesheet",
        "http-equiv=\"refresh",
        "@import",
        "url(",
    ] {
        assert!(!text.contains(word), "{word}");
    }

    let Some(browser) = Browser::find() else {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "CI needs Chromium"
        );
        eprintln!("skipped: there is no Chromium");
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

    let light = "--blink-settings=preferredColorScheme=1";
    let dark = "--blink-settings=preferredColorScheme=0";
    let wide = "--window-size=1200,2400";
    let phone = "--window-size=390,2400";
    let pictures = [
        browser.picture(&page, "light.png", &[light, wide]),
        browser.picture(&page, "dark.png", &[dark, wide]),
        browser.picture(&page, "phone-light.png", &[light, phone]),
        browser.picture(&page, "phone-dark.png", &[dark, phone]),
    ];
    for (at, picture) in pictures.iter().enumerate() {
        assert!(picture.len() > 20_000, "an empty page is smaller");
        assert!(!pictures[..at].contains(picture), "the schemes differ");
    }
    eprintln!("pictures: {}", browser.folder.display());
}
