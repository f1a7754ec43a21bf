//! The archive of a release and the manifest for krew: what krew takes
//! (kubernetes-sigs/krew `pkg/index/validation`, `internal/download`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn archive(folder: &Path) -> (PathBuf, String) {
    let archive = folder.join("release.tar.gz");
    let printed = said(
        Command::new(root().join(".ci/archive"))
            .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .arg(&archive),
    );
    (archive, printed.trim().to_owned())
}

/// Shows C4. Seen to fail with a link in the archive.
#[test]
fn the_archive_is_what_krew_takes() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, printed) = archive(folder.path());
    let sum = said(Command::new("sha256sum").arg(&archive));
    assert_eq!(sum.split(' ').next().unwrap(), printed);
    // `-rwxr-xr-x 0/0 123 1970-01-01 00:00 name`: plain files, in no folder above.
    let listed = said(
        Command::new("tar")
            .args(["--numeric-owner", "-tvzf"])
            .arg(&archive),
    );
    let entries: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let names: Vec<&str> = entries.iter().map(|entry| entry[5]).collect();
    assert_eq!(names, ["kubectl-secretsafe", "LICENSE", "README.md"]);
    for entry in &entries {
        assert!(entry[0].starts_with('-') && entry.len() == 6, "{entry:?}");
        assert!(
            !entry[5].contains("..") && !entry[5].starts_with('/'),
            "{entry:?}"
        );
    }
    // Unpacked, it runs.
    said(
        Command::new("tar")
            .arg("-xzf")
            .arg(&archive)
            .arg("-C")
            .arg(folder.path()),
    );
    let version = said(Command::new(folder.path().join("kubectl-secretsafe")).arg("--version"));
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    let again = tempfile::tempdir().unwrap();
    assert_eq!(
        self::archive(again.path()).1,
        printed,
        "the same files make the same archive"
    );
}

/// Shows C4.
#[test]
fn the_manifest_follows_the_rules_of_krew() {
    let text = std::fs::read_to_string(root().join("krew-manifest.yaml")).unwrap();
    let manifest: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    assert_eq!(
        manifest["apiVersion"],
        "krew.googlecontainertools.github.com/v1alpha2"
    );
    assert_eq!(manifest["kind"], "Plugin");
    assert_eq!(manifest["metadata"]["name"], "secretsafe");
    let spec = &manifest["spec"];
    let version = format!("v{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(spec["version"], version);
    assert!(spec["shortDescription"].as_str().unwrap().len() < 100);
    let platforms = spec["platforms"].as_array().unwrap();
    assert!(!platforms.is_empty());
    for platform in platforms {
        assert!(platform["uri"].as_str().unwrap().starts_with("https://"));
        assert!(platform["uri"].as_str().unwrap().contains(&version));
        let sum = platform["sha256"].as_str().unwrap();
        assert!(
            sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{sum}"
        );
        assert_eq!(platform["bin"], "kubectl-secretsafe");
        assert!(
            platform.get("files").is_none(),
            "the archive is taken as it is"
        );
        let labels = &platform["selector"]["matchLabels"];
        assert!(labels["os"].is_string() && labels["arch"].is_string());
    }
}
