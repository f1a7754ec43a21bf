//! README's way from an archive to a clean report, as it is written there.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{dist, here, root, told};

/// The commands of a section of README.
fn commands(section: &str) -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("\n## {section}\n")).unwrap();
    let (own, _) = rest.split_once("\n## ").unwrap();
    let (_, block) = own.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```\n").unwrap();
    block.to_owned()
}

/// Seen to fail without the second step: the report is not clean.
#[test]
#[ignore = "builds a release"]
#[expect(clippy::print_stdout, reason = "the time is worth knowing")]
fn from_an_archive_to_a_clean_report() {
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    fs::create_dir_all(clone.join("examples/task-api")).unwrap();
    let example = "examples/task-api/insecure.yaml";
    fs::copy(root().join(example), clone.join(example)).unwrap();
    for file in fs::read_dir(dist()).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), clone.join(file.file_name())).unwrap();
        }
    }
    let script = commands("In five minutes").replace("linux-amd64", here());
    assert_eq!(script.matches("kubectl secretsafe ").count(), 5, "{script}");
    let start = Instant::now();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(&clone)
        .env("HOME", &home)
        .env_remove("KUBECONFIG")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    println!(
        "README's five minutes took {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let said = told(&output);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("3 values of Secrets are environment variables"),
        "{said}"
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.rsplit("What could not be checked").next().unwrap();
    assert!(
        last.contains("nothing found in 1 workload (1 file)"),
        "{said}"
    );
    let left = fs::read_to_string(clone.join("app.yaml")).unwrap();
    assert!(!left.contains("secretKeyRef"), "{left}");
}
