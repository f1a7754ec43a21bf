//! The manifest and the archives, as the real krew takes them; nothing leaves the machine.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Releases, VERSION, archive, dist, here, succeeds, told};

fn krew(root: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(testcluster::krew().unwrap().join("krew"));
    command
        .args(words)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", root)
        .env("KREW_ROOT", root)
        .env("KREW_NO_UPGRADE_CHECK", "1");
    command
}

/// The manifest of the release, with archives at an address of one's own.
fn manifest(folder: &Path, releases: &Releases, version: &str) -> PathBuf {
    let text = fs::read_to_string(dist().join("secretsafe.yaml")).unwrap();
    let published = "https://github.com/kubectl-secretsafe/kubectl-secretsafe/releases/download";
    assert!(text.contains(published), "{text}");
    let text = text.replace(published, &releases.address()).replace(
        &format!("version: {VERSION}"),
        &format!("version: {version}"),
    );
    let path = folder.join("secretsafe.yaml");
    fs::write(&path, text).unwrap();
    path
}

/// krew's own check, which installs every platform as well.
#[test]
#[ignore = "builds a release"]
fn the_manifest_passes_the_check_of_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let releases = Releases::serve();
    let path = manifest(folder.path(), &releases, VERSION);
    // It runs `kubectl krew`.
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).unwrap();
    let kubectl = testcluster::binaries::Binaries::locate()
        .unwrap()
        .path("kubectl");
    symlink(kubectl, programs.join("kubectl")).unwrap();
    let krew = testcluster::krew().unwrap();
    symlink(krew.join("krew"), programs.join("kubectl-krew")).unwrap();
    let path_with = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let check = |path: &Path| {
        let mut command = Command::new(krew.join("validate-krew-manifest"));
        command.env("PATH", &path_with);
        command
            .arg("-manifest")
            .arg(path)
            .env("HOME", folder.path());
        command.output().unwrap()
    };
    let output = check(&path);
    assert!(output.status.success(), "{}", told(&output));
    let all = "all 2 spec.platforms installed fine";
    assert!(told(&output).contains(all), "{}", told(&output));
    // The manifest of the repository, of which no archive is published.
    let template = folder.path().join("template");
    fs::create_dir(&template).unwrap();
    let template = template.join("secretsafe.yaml");
    fs::copy(crate::root().join("krew-manifest.yaml"), &template).unwrap();
    let mut command = Command::new(testcluster::krew().unwrap().join("validate-krew-manifest"));
    succeeds(command.arg("-skip-install").arg("-manifest").arg(&template));
    // The control: another sum.
    let text = fs::read_to_string(&path).unwrap();
    let at = text.find("sha256: ").unwrap() + 8;
    let digit = if text[at..].starts_with('0') {
        "1"
    } else {
        "0"
    };
    fs::write(&path, text[..at].to_owned() + digit + &text[at + 1..]).unwrap();
    let output = check(&path);
    assert!(!output.status.success(), "{}", told(&output));
}

#[test]
#[ignore = "builds a release"]
fn krew_installs_upgrades_and_removes_the_plugin() {
    let root = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let releases = Releases::serve();
    // The index, as krew keeps it: a clone of a repository.
    let index = folder.path().join("index");
    let plugins = index.join("plugins");
    fs::create_dir_all(&plugins).unwrap();
    let git = |words: &[&str]| {
        let identity = [
            "-c",
            "user.name=index",
            "-c",
            "user.email=index@example.com",
        ];
        succeeds(
            Command::new("git")
                .args(identity)
                .args(words)
                .current_dir(&index),
        )
    };
    git(&["init", "--quiet", "--initial-branch=master"]);
    let publish = |version: &str| {
        manifest(&plugins, &releases, version);
        git(&["add", "-A"]);
        git(&["commit", "--quiet", "--message", version]);
    };
    publish("v0.0.9");
    let address = format!("file://{}", index.display());
    succeeds(&mut krew(
        root.path(),
        &["index", "add", "default", &address],
    ));
    // By name from the index, which downloads the archive.
    succeeds(&mut krew(root.path(), &["install", "secretsafe"]));
    let program = root.path().join("bin/kubectl-secretsafe");
    let version = || {
        succeeds(
            Command::new(&program)
                .arg("--version")
                .env("HOME", root.path()),
        )
    };
    assert!(version().contains(env!("CARGO_PKG_VERSION")));
    assert_eq!(
        fs::metadata(&program).unwrap().permissions().mode() & 0o777,
        0o755
    );
    let info = succeeds(&mut krew(root.path(), &["info", "secretsafe"]));
    assert!(
        info.contains("Takes Secrets through their whole life"),
        "{info}"
    );
    // Completion of the words of kubectl is installed beside it.
    succeeds(
        Command::new(&program)
            .args(["completion", "install", "--dir"])
            .arg(root.path().join("bin"))
            .env("HOME", root.path()),
    );
    assert!(root.path().join("bin/kubectl_complete-secretsafe").exists());
    publish(VERSION);
    let upgraded = krew(root.path(), &["upgrade", "secretsafe"])
        .output()
        .unwrap();
    assert!(upgraded.status.success(), "{}", told(&upgraded));
    let listed = succeeds(&mut krew(root.path(), &["list"]));
    assert!(listed.contains("secretsafe"), "{listed}");
    let receipt = root.path().join("receipts/secretsafe.yaml");
    let receipt = fs::read_to_string(receipt).unwrap();
    assert!(
        receipt.contains(&format!("version: {VERSION}")),
        "{receipt}"
    );
    version();
    succeeds(&mut krew(root.path(), &["uninstall", "secretsafe"]));
    assert!(!program.exists());
    // krew without receipts takes anything in its directory for an installation of old; where
    // it has installed itself, there is always a receipt.
    fs::remove_file(root.path().join("bin/kubectl_complete-secretsafe")).unwrap();
    // From the files of a release, as its page describes it.
    let manifest = manifest(folder.path(), &releases, VERSION);
    let manifest = format!("--manifest={}", manifest.display());
    let archive = format!("--archive={}", archive(here()).display());
    let installed = succeeds(&mut krew(root.path(), &["install", &manifest, &archive]));
    assert!(program.exists(), "{installed}");
    version();
}
