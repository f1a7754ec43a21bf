//! The licences of everything that the program is made of.

use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};

use crate::{platform::Platform, root};

/// The text of every licence, with the packages that it is for. Made once a run.
pub fn text() -> Result<Vec<u8>> {
    static TEXT: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(text) = TEXT.get() {
        return Ok(text.clone());
    }
    let tool = tool("cargo-about", "0.9.3", &["--features", "cli"])?;
    let mut command = Command::new(tool);
    command
        .args([
            "about",
            "generate",
            "--locked",
            "--fail",
            "--config",
            "xtask/about.toml",
        ])
        .args(["--manifest-path", "Cargo.toml"]);
    for platform in Platform::ALL {
        command.args(["--target", platform.triple()]);
    }
    let output = command
        .arg("xtask/about.hbs")
        .current_dir(root())
        .output()
        .context("cargo-about")?;
    ensure!(
        output.status.success(),
        "cargo-about: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(TEXT.get_or_init(|| output.stdout).clone())
}

/// A program of cargo's, from the user's cache.
pub fn tool(name: &str, version: &str, flags: &[&str]) -> Result<String> {
    let output = Command::new(root().join(".ci/tool"))
        .args([name, version])
        .args(flags)
        .output()
        .context(".ci/tool")?;
    ensure!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
