//! Programs of the operating system that a node needs, from Debian packages.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::progress::Progress;

/// What must be there, any of the names, and the package that brings it.
const NEEDED: [(&[&str], &str); 5] = [
    (&["containerd"], "containerd"),
    (&["runc"], "runc"),
    (&["/usr/lib/cni/ptp"], "containernetworking-plugins"),
    (&["/bin/busybox", "/usr/bin/busybox"], "busybox-static"),
    (&["iptables"], "iptables"),
];

/// A program by name, in `PATH` and in the folders of system programs.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The packages that are missing.
pub fn missing() -> Vec<&'static str> {
    let there = |name: &&str| find_program(name).is_some();
    NEEDED
        .iter()
        .filter(|(names, _)| !names.iter().any(there))
        .map(|(_, package)| *package)
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
