//! The archives: complete, static, described, and they run.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{VERSION, archive, dist, here, succeeds, unpacked};

const PLATFORMS: [&str; 2] = ["linux-amd64", "linux-arm64"];

/// Shows C4. Seen to fail with a link in the archive.
#[test]
#[ignore = "builds a release"]
fn archives_hold_plain_files_that_their_sums_describe() {
    let sums = fs::read_to_string(dist().join("SHA256SUMS")).unwrap();
    for platform in PLATFORMS {
        let name = archive(platform);
        let name = name.file_name().unwrap().to_str().unwrap();
        assert!(sums.contains(&format!("  {name}\n")), "{name} has no sum");
        // `-rwxr-xr-x 0/0 123 1970-01-01 00:00 name`
        let listed = succeeds(
            Command::new("tar")
                .args(["--numeric-owner", "-tvzf"])
                .arg(archive(platform)),
        );
        let mut programs = 0;
        for line in listed.lines() {
            let fields: Vec<_> = line.split_whitespace().collect();
            assert!(fields[0].starts_with('-') && fields.len() == 6, "{line}");
            assert_eq!(fields[1], "0/0", "{line}");
            assert!(
                !fields[5].contains("..") && !fields[5].starts_with('/'),
                "{line}"
            );
            programs += usize::from(fields[0].contains('x'));
        }
        assert_eq!(programs, 1, "{listed}");
        let folder = unpacked(platform);
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        // Every package that is part of the program has its licence there.
        let licences = text("THIRD-PARTY-LICENSES.txt");
        let parts = dist().join(format!("kubectl-secretsafe-{VERSION}-{platform}.cdx.json"));
        let parts: Value = serde_json::from_str(&fs::read_to_string(parts).unwrap()).unwrap();
        assert_eq!(parts["bomFormat"], "CycloneDX");
        assert!(!parts.to_string().contains("redacted"), "{parts}");
        for further in [
            "musl as a whole",
            "The Rust standard library",
            "Copyright Amazon.com",
        ] {
            assert!(licences.contains(further), "{further}");
        }
        let components = parts["components"].as_array().unwrap();
        assert!(components.len() > 100, "{}", components.len());
        let without: Vec<_> = components
            .iter()
            .map(|part| {
                format!(
                    "  {} {}\n",
                    part["name"].as_str().unwrap(),
                    part["version"].as_str().unwrap()
                )
            })
            .filter(|line| !licences.contains(line.as_str()))
            .collect();
        assert!(without.is_empty(), "without a licence: {without:?}");
        assert!(text("man/kubectl-secretsafe-rotate.1").contains(".TH"));
        assert!(text("completions/_kubectl-secretsafe").starts_with("#compdef"));
    }
    succeeds(
        Command::new("sha256sum")
            .args(["--check", "--strict", "SHA256SUMS"])
            .current_dir(dist()),
    );
}

/// Without an interpreter and a library, they run with any C library: also with one that
/// is older than all that are supported, or none. `xtask` refuses others, and its own
/// tests show that it notices them.
#[test]
#[ignore = "builds a release"]
fn programs_are_static() {
    for platform in PLATFORMS {
        let folder = unpacked(platform);
        let headers = succeeds(
            Command::new("readelf")
                .args(["--program-headers", "--dynamic", "--version-info", "--wide"])
                .arg(folder.path().join("kubectl-secretsafe")),
        );
        assert!(headers.contains("LOAD"), "{headers}");
        for word in ["INTERP", "(NEEDED)", "GLIBC_"] {
            assert!(!headers.contains(word), "{platform}: {word}");
        }
    }
}

/// The program of this machine by itself, the other one under qemu.
#[test]
#[ignore = "builds a release"]
fn programs_run() {
    for platform in PLATFORMS {
        let folder = unpacked(platform);
        let program = folder.path().join("kubectl-secretsafe");
        runs(platform, &program);
    }
}

fn runs(platform: &str, program: &Path) {
    let run = |words: &[&str]| {
        let mut command = match platform == here() {
            true => Command::new(program),
            false => {
                let arch = match platform {
                    "linux-arm64" => "aarch64",
                    _ => "x86_64",
                };
                let mut command = Command::new(format!("qemu-{arch}-static"));
                command.arg(program);
                command
            }
        };
        let empty = tempfile::tempdir().unwrap();
        command.args(words).current_dir(crate::root()).env_clear();
        succeeds(command.env("HOME", empty.path()))
    };
    assert!(run(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
    let words = ["completion", "bash"];
    let completion = fs::read_to_string(crate::root().join("completions/kubectl-secretsafe.bash"));
    assert_eq!(run(&words), completion.unwrap());
    let manifest = run(&[
        "create",
        "db",
        "--from-file=license=LICENSE",
        "--dry-run=client",
        "-o",
        "yaml",
    ]);
    assert!(manifest.contains("kind: Secret"), "{manifest}");
    let report = run(&["doctor", "-f", "examples/task-api", "--fail-on", "never"]);
    assert!(report.contains("SS013"), "{report}");
    let advice = run(&[
        "advise",
        "--clusters",
        "5",
        "--audit",
        "--rotate-every",
        "90d",
    ]);
    assert!(advice.contains("External Secrets"), "{advice}");
}
