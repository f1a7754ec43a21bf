//! Every format: without values, and with hostile names.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kubectl_secretsafe::ui::escape_controls;
use serde_json::{Value, json};

use crate::audit;
use crate::fleet::{CANARY, Fleet, days_ago};

const FORMATS: [&str; 7] = ["text", "wide", "json", "yaml", "kyaml", "csv", "html"];

/// Managers, subjects, receipts and contexts are anybody's text; names of objects are when
/// the server is.
const HOSTILE: [&str; 10] = [
    "=HYPERLINK(\"http://127.0.0.1:9/\",\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tcmd|' /C calc'!A0",
    "a\r\n::error::owned",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{202e}gnorw",
    "<script>alert(1)</script>\"><img src=x onerror=alert(1)>",
    "##vso[task.setvariable variable=x]y",
];

/// Each hostile text in each place.
fn hostile() -> Fleet {
    let mut fleet = Fleet::default();
    let api = "rbac.authorization.k8s.io/v1";
    fleet.add("clusterroles", json!({"apiVersion": api, "kind": "ClusterRole",
        "metadata": {"name": "all"}, "rules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]}));
    for (number, text) in HOSTILE.iter().enumerate() {
        let secret = |name: &str, namespace: &str, key: &str, manager: &str| {
            json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {key: ""},
                "metadata": {"name": name, "namespace": namespace, "uid": "u",
                    "creationTimestamp": days_ago(300),
                    "ownerReferences": [{"apiVersion": "v1", "kind": "Kafka", "name": text, "uid": "u", "controller": true}],
                    "managedFields": [{"manager": manager, "operation": "Update", "time": days_ago(200),
                        "fieldsV1": {"f:data": {format!("f:{key}"): {}}}}]}})
        };
        let place = format!("n{number}");
        fleet.add("secrets", secret("manager", &place, "key", text));
        fleet.add("secrets", secret(text, &place, "key", "m"));
        fleet.add("secrets", secret("key", &place, text, "m"));
        fleet.add("secrets", secret("place", text, "key", "m"));
        fleet.add(
            "secrets",
            secret(
                "long",
                &place,
                "key",
                &format!("{text}{}", "x".repeat(5000)),
            ),
        );
        fleet.add(
            "clusterrolebindings",
            json!({"apiVersion": api, "kind": "ClusterRoleBinding",
            "metadata": {"name": text}, "roleRef": {"kind": "ClusterRole", "name": "all"},
            "subjects": [{"kind": "Group", "name": text}]}),
        );
    }
    fleet
}

fn written(format: &str) -> String {
    let server = hostile().serve();
    let output = audit(server.kubeconfig(), &["-A", "-o", format]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Seen to fail with the manager's name written as it is.
#[test]
fn hostile_names_act_in_no_format() {
    for format in FORMATS {
        let text = written(format);
        let without_ends = text.replace("\r\n", "\n");
        // A tab in a string of YAML does nothing.
        let tab = if format.ends_with("yaml") { '\r' } else { '\t' };
        for character in ['\u{1b}', '\u{202e}', '\r', tab] {
            assert!(!without_ends.contains(character), "{format}: {character:?}");
        }
        for line in text.lines() {
            assert!(!line.trim_start().starts_with("::"), "{format}: {line}");
            assert!(!line.contains("##vso["), "{format}: {line}");
        }
        // Everything is there, though no manager is longer than Kubernetes allows.
        assert!(text.contains("SUM(A1)"), "{format}");
        assert!(!text.contains(&"x".repeat(129)), "{format}");
    }
    let page = written("html");
    for word in ["<script", "<img", "onerror=alert(1)>\"", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
}

/// By the reader of CSV that Python has.
#[test]
fn csv_is_one_table_without_formulas() {
    let text = written("csv");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.csv");
    std::fs::write(&file, &text).unwrap();
    let script = "import csv,json,sys\n\
        print(json.dumps(list(csv.reader(open(sys.argv[1], newline=''), strict=True))))";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(&file)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let rows: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows.len(), 1 + 5 * HOSTILE.len());
    let widths: BTreeSet<_> = rows.iter().map(Vec::len).collect();
    assert_eq!(widths, BTreeSet::from([rows[0].len()]));
    for cell in rows.iter().flatten() {
        let begins = cell
            .trim_start_matches(' ')
            .starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        assert!(!begins, "{cell}");
        assert!(cell.chars().all(|c| !c.is_control()), "{cell:?}");
    }
    let column = rows[0]
        .iter()
        .position(|title| title == "lastWriter")
        .unwrap();
    let writers: BTreeSet<_> = rows
        .iter()
        .map(|row| row[column].trim_start_matches('\''))
        .collect();
    assert!(
        writers.contains(escape_controls(HOSTILE[0]).as_str()),
        "{writers:?}"
    );
}

/// Shows L1. Seen to fail with whole objects asked for.
#[test]
fn no_format_and_no_request_has_a_value() {
    let fleet = Fleet::random(7);
    let server = fleet.serve();
    let encoded = BASE64_STANDARD.encode(CANARY);
    for format in FORMATS {
        let output = audit(server.kubeconfig(), &["-A", "-o", format, "-v", "9"]);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        assert!(text.len() > 2000, "{format}");
        for value in [CANARY, encoded.as_str()] {
            assert!(!text.contains(value), "{format}");
        }
    }
    let mut lists = 0;
    for request in server.requests() {
        assert_eq!(request.method, "GET");
        if request.path.contains("/secrets?") || request.path.contains("/secrets/") {
            lists += 1;
            assert!(
                request.path.contains("includeObject=Metadata"),
                "{}",
                request.path
            );
            assert!(request.header("accept").unwrap().contains("as=Table"));
        }
    }
    assert_eq!(lists, FORMATS.len());
    // The control: who asks for whole Secrets gets the values.
    let words = ["-A", "--inspect-values", "-o", "json"];
    let doctor = crate::program()
        .arg("doctor")
        .args(words)
        .env("KUBECONFIG", server.kubeconfig())
        .output()
        .unwrap();
    assert!(doctor.status.code().is_some());
    let asked = server.requests();
    assert!(asked.iter().any(|request| request.path.contains("/secrets")
        && !request.header("accept").unwrap().contains("as=Table")));
}

#[test]
fn text_fits_eighty_columns() {
    let mut fleet = Fleet::random(3);
    let mut long = fleet.lists["secrets"][0].clone();
    long["metadata"]["name"] = json!("a-name-".repeat(30));
    fleet.add("secrets", long);
    let server = fleet.serve();
    let output = audit(server.kubeconfig(), &["-A"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let table: Vec<_> = text.lines().filter(|line| line.starts_with("  ")).collect();
    assert!(table.len() > 50);
    let wide: Vec<_> = table
        .iter()
        .filter(|line| line.chars().count() > 80)
        // The name that is longer than a line has one of its own.
        .filter(|line| !line.contains("a-name-a-name"))
        .collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

/// Several outputs of one run say the same.
#[test]
fn files_are_written_beside_the_text() {
    let server = Fleet::random(3).serve();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let words: Vec<String> = ["csv", "html", "json"]
        .iter()
        .flat_map(|format| ["-o".to_owned(), format!("{format}={}", path(format))])
        .collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.extend(["-A", "-o", "text"]);
    let output = audit(server.kubeconfig(), &words);
    let text = String::from_utf8(output.stdout).unwrap();
    let read = |name: &str| std::fs::read_to_string(Path::new(&path(name))).unwrap();
    let report: Value = serde_json::from_str(&read("json")).unwrap();
    let rows = report["parts"][0]["rows"].as_array().unwrap().len();
    assert_eq!(read("csv").lines().count(), rows + 1);
    assert_eq!(read("html").matches("<tr class=").count(), rows);
    assert!(
        text.contains(&format!("{rows} keys of 18 Secrets")),
        "{text}"
    );
    let overdue = &report["summary"]["overdue"];
    assert!(text.contains(&format!(": {overdue} overdue")), "{text}");
    assert!(read("html").contains(&format!("<b>{overdue}</b> overdue")));
}

/// Only Secrets with the labels, and the receipts of a directory.
#[test]
fn labels_and_receipts() {
    let mut fleet = Fleet::random(3);
    let chosen = &mut fleet.lists.get_mut("secrets").unwrap()[0];
    chosen["metadata"]["labels"] = json!({"app": "db"});
    let (namespace, name) = (
        chosen["metadata"]["namespace"].clone(),
        chosen["metadata"]["name"].clone(),
    );
    let folder = tempfile::tempdir().unwrap();
    let receipt = json!({"apiVersion": "secretsafe.dev/receipt-v1", "namespace": namespace,
        "ended": days_ago(3), "result": "succeeded", "secrets": [{"name": name}]});
    std::fs::write(folder.path().join("a.json"), receipt.to_string()).unwrap();
    std::fs::write(folder.path().join("b.json"), "{}").unwrap();
    let server = fleet.serve();
    let receipts = folder.path().display().to_string();
    let output = audit(
        server.kubeconfig(),
        &["-A", "-l", "app=db", "--receipts", &receipts, "-o", "json"],
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["summary"]["secrets"], 1);
    for row in report["parts"][0]["rows"].as_array().unwrap() {
        assert_eq!(row["lastReceipt"]["result"], "succeeded");
    }
    assert_eq!(report["warnings"].as_array().unwrap().len(), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("b.json is not used"));
    let none = audit(server.kubeconfig(), &["-A", "-l", "app=nope"]);
    // Some lists have gaps in their times, none is refused.
    assert_eq!(
        none.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&none.stdout)
    );
    assert!(String::from_utf8_lossy(&none.stderr).contains("no Secret here has the labels"));
}
