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

/// The variable that names the kubectl to run.
pub const KUBECTL: &str = "KUBECTL_PATH";

/// The kubectl that is run: what [`KUBECTL`] says, by an absolute path or a name
/// that is looked for on PATH, else `kubectl`. Never one that the current folder
/// chooses; `None` where there is none.
pub fn kubectl() -> Option<PathBuf> {
    let wanted = std::env::var(KUBECTL).unwrap_or_default();
    named_kubectl(&wanted)
}

fn named_kubectl(wanted: &str) -> Option<PathBuf> {
    match wanted {
        "" => find("kubectl"),
        path if path.contains('/') && !Path::new(path).is_absolute() => None,
        wanted => find(wanted),
    }
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_folder_chooses_no_kubectl() {
        // Unit tests run in the package's folder.
        let here = tempfile::Builder::new()
            .prefix("kubectl-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempfile_in(".")
            .unwrap();
        let path = here.path().canonicalize().unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(named_kubectl(path.to_str().unwrap()), Some(path.clone()));
        for relative in [name.to_owned(), format!("./{name}")] {
            assert_eq!(named_kubectl(&relative), None, "{relative}");
        }
        assert_eq!(named_kubectl("sh"), find("sh"));
    }
}
