//! Programs that are started by name.

use std::path::{Path, PathBuf};

/// The absolute path a command stands for: itself if it has a slash, else the
/// first executable file of that name on PATH.
pub fn find(command: &str) -> Option<PathBuf> {
    if command.contains('/') {
        return std::path::absolute(command)
            .ok()
            .filter(|path| is_program(path));
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        // A relative entry would let the current folder choose the program,
        // which Go's exec.LookPath refuses too.
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(command))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
