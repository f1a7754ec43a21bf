//! The list of parts (SBOM, CycloneDX) of a program: what the program itself lists,
//! which `.ci/parts` compares with what was compiled.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::licences::tool;

/// The program itself, and its parts.
fn components(parts: &mut Value) -> Vec<&mut Value> {
    let mut found = Vec::new();
    if let Some(document) = parts.as_object_mut() {
        for (name, value) in document.iter_mut() {
            match name.as_str() {
                "components" => found.extend(value.as_array_mut().into_iter().flatten()),
                "metadata" => found.extend(value.get_mut("component")),
                _ => {}
            }
        }
    }
    found
}

pub fn write(binary: &Path, list: &Path) -> Result<()> {
    let output = Command::new(tool("auditable2cdx", "0.1.0", &[])?)
        .arg(binary)
        .output()
        .context("auditable2cdx")?;
    ensure!(
        output.status.success(),
        "auditable2cdx: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut parts: Value = serde_json::from_slice(&output.stdout)?;
    // An address that nobody may know makes these no package URLs.
    for part in components(&mut parts) {
        if let Some(purl) = part["purl"].as_str() {
            let end = purl.find(['&', '?']).unwrap_or(purl.len());
            part["purl"] = purl[..end].into();
        }
    }
    // What differs from run to run.
    if let Some(parts) = parts.as_object_mut() {
        parts.shift_remove("serialNumber");
    }
    if let Some(metadata) = parts["metadata"].as_object_mut() {
        metadata.shift_remove("timestamp");
    }
    ensure!(
        parts["components"]
            .as_array()
            .is_some_and(|parts| parts.len() > 50),
        "{} lists hardly anything",
        binary.display()
    );
    fs::write(list, serde_json::to_string_pretty(&parts)? + "\n")?;
    Ok(())
}
