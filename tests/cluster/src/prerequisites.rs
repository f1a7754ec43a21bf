//! Programs of the operating system that a node needs, from Debian packages.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::progress::Progress;

/// What must be there, and the package that brings it.
const NEEDED: [(&str, &str); 4] = [
    ("containerd", "containerd"),
    ("runc", "runc"),
    ("/usr/lib/cni/ptp", "containernetworking-plugins"),
    ("iptables", "iptables"),
];
/// The package of the programs in the images. It takes the place of a busybox that needs
/// libraries, which no image has.
const BUSYBOX: &str = "busybox-static";

/// A program by name, in `PATH` and in the folders of system programs.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// A busybox that runs without libraries.
pub fn busybox() -> Option<PathBuf> {
    let places = ["/bin/busybox", "/usr/bin/busybox"].map(PathBuf::from);
    places.into_iter().find(|path| {
        let program = std::fs::read(path);
        program.is_ok_and(|program| needs_loader(&program) == Some(false))
    })
}

/// Whether a program of 64 bits names one that loads its libraries (elf(5), `PT_INTERP`);
/// `None` for anything else.
fn needs_loader(program: &[u8]) -> Option<bool> {
    const INTERPRETER: [u8; 4] = 3_u32.to_ne_bytes();
    let number = |at: usize, length: usize| -> Option<usize> {
        let mut bytes = [0; 8];
        let field = program.get(at..at.checked_add(length)?)?;
        match cfg!(target_endian = "little") {
            true => bytes[..length].copy_from_slice(field),
            false => bytes[8 - length..].copy_from_slice(field),
        }
        usize::try_from(u64::from_ne_bytes(bytes)).ok()
    };
    if !program.starts_with(b"\x7fELF\x02") {
        return None;
    }
    let (begin, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    let mut kinds = (0..count).map(|index| {
        let at = begin.checked_add(index.checked_mul(size)?)?;
        program.get(at..at.checked_add(4)?)
    });
    kinds.try_fold(false, |needs, kind| Some(needs || *kind? == INTERPRETER))
}

/// The packages that are missing.
pub fn missing() -> Vec<&'static str> {
    let programs = NEEDED.iter();
    let missing = programs.filter(|(name, _)| find_program(name).is_none());
    let busybox = busybox().is_none().then_some(BUSYBOX);
    missing
        .map(|(_, package)| *package)
        .chain(busybox)
        .collect()
}

/// Whether [`install`] can work on this machine.
pub fn can_install() -> bool {
    rustix::process::geteuid().is_root() && Path::new("/usr/bin/apt-get").exists()
}

/// Installs what is missing.
pub fn install() -> Result<(), String> {
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    if !can_install() {
        return Err(format!(
            "missing programs; install the packages {}",
            packages.join(" ")
        ));
    }
    let _progress = Progress::start(&format!("installing {}", packages.join(" ")));
    let apt = |arguments: &[&str]| {
        Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("apt-get does not start: {error}"))
    };
    // A stale package list is no reason to stop; the installation tells.
    apt(&["update", "-q"])?;
    let output = apt(&[
        &["install", "-y", "-q", "--no-install-recommends"],
        packages.as_slice(),
    ]
    .concat())?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "apt-get could not install {}: {}",
        packages.join(" "),
        words.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_need_libraries_are_told_apart() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        // As tests of this machine are built.
        assert_eq!(
            needs_loader(&own),
            Some(!cfg!(target_feature = "crt-static"))
        );
        for text in [&b""[..], b"#!/bin/sh\n", b"\x7fELF\x02", &own[..100]] {
            assert_ne!(needs_loader(text), Some(true));
        }
    }
}
