//! The archive of a release: plain files in the same order with the same times, so that
//! the same files make the same bytes.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use tar::{Builder, Header};

use crate::root;

/// Writes `binary` and what belongs to it into `archive`; `licences` are those of its
/// parts.
pub fn write(binary: &Path, licences: &[u8], archive: &Path) -> Result<()> {
    let file = File::create(archive).with_context(|| archive.display().to_string())?;
    // Without a name and a time of its own.
    let packed = GzBuilder::new().mtime(0).write(file, Compression::best());
    let mut builder = Builder::new(packed);
    let program = fs::read(binary).with_context(|| binary.display().to_string())?;
    add(&mut builder, "kubectl-secretsafe", &program, 0o755)?;
    add(&mut builder, "THIRD-PARTY-LICENSES.txt", licences, 0o644)?;
    for name in ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md"] {
        add(&mut builder, name, &fs::read(root().join(name))?, 0o644)?;
    }
    for (folder, name) in [("completions", "completions"), ("docs/man", "man")] {
        for path in sorted(&root().join(folder))? {
            let file = path.file_name().context("a file")?.to_string_lossy();
            add(
                &mut builder,
                &format!("{name}/{file}"),
                &fs::read(&path)?,
                0o644,
            )?;
        }
    }
    builder.into_inner()?.finish()?;
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn add(builder: &mut Builder<impl Write>, name: &str, content: &[u8], mode: u32) -> Result<()> {
    let mut header = Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    builder.append_data(&mut header, name, content)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What krew takes (kubernetes-sigs/krew, internal/download): plain files, in no
    /// folder above; and the program can be run by everybody.
    #[test]
    fn an_archive_is_the_same_each_time_and_holds_plain_files() {
        let folder = tempfile::tempdir().unwrap();
        let binary = std::env::current_exe().unwrap();
        let [one, two] = ["one", "two"].map(|name| {
            let path = folder.path().join(name);
            write(&binary, b"licences", &path).unwrap();
            fs::read(path).unwrap()
        });
        assert!(one == two, "two archives of the same files differ");
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&one[..]));
        let mut names = Vec::new();
        for entry in archive.entries().unwrap() {
            let entry = entry.unwrap();
            assert!(entry.header().entry_type().is_file());
            let name = entry.path().unwrap().to_string_lossy().into_owned();
            assert!(!name.starts_with('/') && !name.contains(".."), "{name}");
            let wanted = match name.as_str() {
                "kubectl-secretsafe" => 0o755,
                _ => 0o644,
            };
            assert_eq!(entry.header().mode().unwrap(), wanted, "{name}");
            names.push(name);
        }
        for wanted in [
            "kubectl-secretsafe",
            "LICENSE",
            "THIRD-PARTY-LICENSES.txt",
            "completions/kubectl-secretsafe.bash",
            "man/kubectl-secretsafe.1",
        ] {
            assert!(
                names.iter().any(|name| name == wanted),
                "{wanted} is missing"
            );
        }
    }
}
