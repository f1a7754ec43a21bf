//! Compiles the program for a platform.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::platform::Platform;
use crate::{Profile, linkage, root};

/// The program for `platform`, as `.ci/release-build` makes it.
pub fn build(platform: Platform, profile: Profile) -> Result<PathBuf> {
    let triple = platform.triple();
    ensure_std(triple)?;
    let mut command = Command::new(root().join(".ci/release-build"));
    let profile = profile.name();
    command.args(["--target", triple, "--profile", profile]);
    let status = command.status().context(".ci/release-build")?;
    ensure!(status.success(), ".ci/release-build for {triple}: {status}");
    let target = target_directory()?;
    let binary = target.join(triple).join(profile).join("kubectl-secretsafe");
    if platform.is_linux() {
        let bytes = std::fs::read(&binary).with_context(|| binary.display().to_string())?;
        if let Some(needed) = linkage::needs(&bytes)? {
            bail!("{} is not static: it needs {needed}", binary.display());
        }
    }
    Ok(binary)
}

/// The standard library of a platform, if rustup has it here or can fetch it.
fn ensure_std(triple: &str) -> Result<()> {
    let libraries = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", triple])
        .current_dir(root())
        .output()
        .context("rustc")?;
    let folder = String::from_utf8(libraries.stdout)?;
    if std::path::Path::new(folder.trim()).exists() {
        return Ok(());
    }
    let added = Command::new("rustup")
        .args(["target", "add", triple])
        .current_dir(root())
        .status();
    ensure!(
        added.is_ok_and(|status| status.success()),
        "the standard library of {triple} is missing, and rustup cannot add it"
    );
    Ok(())
}

/// Where cargo puts what it builds, whatever says so.
fn target_directory() -> Result<PathBuf> {
    let output = Command::new("cargo")
        .args(["metadata", "--locked", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .context("cargo metadata")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let directory = metadata["target_directory"].as_str();
    Ok(directory
        .context("cargo metadata names no target directory")?
        .into())
}
