//! What describes the archives of a directory: their sums, and the manifest for krew.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use aws_lc_rs::digest::{SHA256, digest};

use crate::krew;
use crate::platform::Platform;

/// The SHA-256 of a file, in hexadecimal digits.
pub fn sum(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let sum = digest(&SHA256, &bytes);
    Ok(sum
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Writes SHA256SUMS over archives and lists of parts, and `secretsafe.yaml` for the
/// platforms that have an archive.
pub fn write(folder: &Path) -> Result<()> {
    let mut sums = String::new();
    let mut archives = Vec::new();
    for platform in Platform::ALL {
        for name in [platform.archive(), format!("{}.cdx.json", platform.stem())] {
            let path = folder.join(&name);
            if path.exists() {
                let sum = sum(&path)?;
                sums.push_str(&format!("{sum}  {name}\n"));
                if name == platform.archive() {
                    archives.push((platform, sum));
                }
            }
        }
    }
    ensure!(
        !archives.is_empty(),
        "{}: no archive of this version is here",
        folder.display()
    );
    fs::write(folder.join("SHA256SUMS"), sums)?;
    // krew wants the file to be called like the plugin.
    fs::write(folder.join("secretsafe.yaml"), krew::manifest(&archives))?;
    Ok(())
}
