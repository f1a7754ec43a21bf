//! The two test images: busybox and little else, as docker-archive tars.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde_json::json;
use tar::{Builder, EntryType, Header};

use crate::prerequisites;

pub(crate) const ROOT: &str = "testcluster.local/busybox:root";
pub(crate) const USER: &str = "testcluster.local/busybox:user";

const PROGRAMS: &[&str] = &[
    "cat",
    "cp",
    "cut",
    "date",
    "df",
    "env",
    "false",
    "find",
    "grep",
    "head",
    "id",
    "kill",
    "ln",
    "ls",
    "md5sum",
    "mkdir",
    "mount",
    "mv",
    "nc",
    "od",
    "printf",
    "ps",
    "pwd",
    "readlink",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "sleep",
    "sort",
    "stat",
    "tail",
    "tar",
    "test",
    "touch",
    "tr",
    "true",
    "wc",
    "wget",
    "xargs",
];

/// Writes the archive of an image to `path`.
pub(crate) fn write(path: &Path, name: &str) -> io::Result<()> {
    let user = name == USER;
    let layer = layer(user)?;
    // The digest of the layer is checked on import; sha256sum is in busybox.
    let layer_file = path.with_extension("layer");
    fs::write(&layer_file, &layer)?;
    let digest = sha256(&layer_file)?;
    fs::remove_file(&layer_file)?;
    let config = json!({
        "architecture": architecture(), "os": "linux",
        "config": {"Cmd": ["sleep", "1000000"], "Env": ["PATH=/bin"], "User": if user { "1000" } else { "" }},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{digest}")]},
    });
    let manifest = json!([{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]);
    let mut archive = Builder::new(File::create(path)?);
    file(
        &mut archive,
        "config.json",
        config.to_string().as_bytes(),
        0o644,
    )?;
    file(
        &mut archive,
        "manifest.json",
        manifest.to_string().as_bytes(),
        0o644,
    )?;
    file(&mut archive, "layer.tar", &layer, 0o644)?;
    archive.finish()
}

fn layer(user: bool) -> io::Result<Vec<u8>> {
    let mut layer = Builder::new(Vec::new());
    for (folder, mode) in [
        ("bin", 0o755),
        ("etc", 0o755),
        ("run", 0o755),
        ("var", 0o755),
        ("tmp", 0o1777),
    ] {
        entry(&mut layer, EntryType::Directory, folder, mode, None)?;
    }
    if user {
        entry(
            &mut layer,
            EntryType::Symlink,
            "var/run",
            0o777,
            Some("/run"),
        )?;
    }
    let busybox = prerequisites::busybox();
    let busybox = busybox.ok_or_else(|| io::Error::other("a static busybox is missing"))?;
    file(&mut layer, "bin/busybox", &fs::read(busybox)?, 0o755)?;
    for program in PROGRAMS {
        entry(
            &mut layer,
            EntryType::Symlink,
            &format!("bin/{program}"),
            0o777,
            Some("busybox"),
        )?;
    }
    file(
        &mut layer,
        "etc/passwd",
        b"root:x:0:0:root:/:/bin/sh\n",
        0o644,
    )?;
    file(&mut layer, "etc/group", b"root:x:0:\n", 0o644)?;
    layer.into_inner()
}

fn entry<W: io::Write>(
    archive: &mut Builder<W>,
    kind: EntryType,
    path: &str,
    mode: u32,
    target: Option<&str>,
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(0);
    match target {
        Some(target) => archive.append_link(&mut header, path, target),
        None => archive.append_data(&mut header, path, io::empty()),
    }
}

fn file<W: io::Write>(
    archive: &mut Builder<W>,
    path: &str,
    bytes: &[u8],
    mode: u32,
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(mode);
    header.set_size(bytes.len() as u64);
    archive.append_data(&mut header, path, bytes)
}

fn sha256(path: &Path) -> io::Result<String> {
    let output = std::process::Command::new("sha256sum").arg(path).output()?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    words
        .split_whitespace()
        .next()
        .map(str::to_owned)
        .ok_or_else(|| io::Error::other("sha256sum said nothing"))
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
