//! The licences of everything that the program is made of.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

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
    let text = [output.stdout, further()?].concat();
    Ok(TEXT.get_or_init(|| text).clone())
}

/// The Rust project's own words (its COPYRIGHT file).
const RUST: &str =
    "The Rust standard library is distributed under the terms of both the MIT license and the
Apache License, Version 2.0, with portions covered by various BSD-like licenses.
Copyright (c) The Rust Project Contributors. https://github.com/rust-lang/rust
";

/// What is linked and is no package, and files of packages that keep the notices of others
/// where the tool does not look.
fn further() -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut add = |name: &str, notice: &[u8]| {
        text.extend(format!("\n{}\n{name}\n\n", "=".repeat(80)).bytes());
        text.extend(notice);
    };
    add("Rust", RUST.as_bytes());
    let wheel = said(Command::new(root().join(".ci/wheel")).arg("zig"))?;
    let pattern = Path::new(wheel.trim()).with_file_name("lib");
    for entry in fs::read_dir(&pattern).with_context(|| pattern.display().to_string())? {
        let musl = entry?
            .path()
            .join("site-packages/ziglang/lib/libc/musl/COPYRIGHT");
        if musl.exists() {
            add("musl", &fs::read(musl)?);
        }
    }
    let metadata = said(
        Command::new("cargo")
            .args(["metadata", "--locked", "--format-version", "1"])
            .current_dir(root()),
    )?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if !matches!(name, "aws-lc-sys" | "aws-lc-rs") {
            continue;
        }
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        for file in ["LICENSE", "aws-lc/LICENSE"] {
            let path = manifest.with_file_name(file);
            if path.exists() {
                add(&format!("{name}: {file}"), &fs::read(path)?);
            }
        }
    }
    Ok(text)
}

/// What a command prints.
fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// A program of cargo's, from the user's cache.
pub fn tool(name: &str, version: &str, flags: &[&str]) -> Result<String> {
    let mut command = Command::new(root().join(".ci/tool"));
    let path = said(command.args([name, version]).args(flags))?;
    Ok(path.trim().to_owned())
}
