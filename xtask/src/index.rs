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

/// Makes the directory, without archives of an earlier run: those may be of another
/// profile, or half written.
pub fn clear(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for platform in Platform::ALL {
        for name in names(platform) {
            let path = folder.join(name);
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// The archive of a platform, and its list of parts.
fn names(platform: Platform) -> [String; 2] {
    [platform.archive(), format!("{}.cdx.json", platform.stem())]
}

/// Writes SHA256SUMS over archives and lists of parts, and `secretsafe.yaml` for the
/// platforms that have an archive. Those that are `needed` must have one.
pub fn write(folder: &Path, needed: &[Platform]) -> Result<()> {
    let mut sums = String::new();
    let mut archives = Vec::new();
    for platform in Platform::ALL {
        for name in names(platform) {
            let path = folder.join(&name);
            ensure!(
                path.exists() || !needed.contains(&platform),
                "{} is missing",
                path.display()
            );
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
