//! Where this user has docker's logins and what was read before.

use std::path::PathBuf;

use crate::reading;
use crate::secret::SecretValue;
use crate::secret::login::{LoginProblem, Logins};

/// Bytes of a docker configuration that are read.
const LONGEST_CONFIG: usize = 1024 * 1024;

/// The logins in docker's configuration file; none when there is no file.
pub(super) fn logins() -> Result<Logins, LoginProblem> {
    // An empty one is none, not the folder that the command runs in.
    let folder = std::env::var_os("DOCKER_CONFIG")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from);
    let Some(folder) = folder.or_else(|| Some(home()?.join(".docker"))) else {
        return Ok(Logins::default());
    };
    let config = match reading::whole(&folder.join("config.json"), LONGEST_CONFIG) {
        Ok(mut config) => SecretValue::from_bytes(std::mem::take(&mut *config)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Logins::default()),
        Err(_) => return Err(LoginProblem::Unreadable),
    };
    Logins::read(&config)
}

/// Where answers of registries are kept by digest.
pub(super) fn cache() -> Option<PathBuf> {
    crate::cache::place("images")
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME")
        .map(PathBuf::from)
        .filter(|home| home.is_absolute())
}
