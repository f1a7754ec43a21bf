//! Under which name the user called us.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

/// Name when started as a kubectl plugin.
const PLUGIN: &str = "kubectl secretsafe";
/// Name when started directly.
const DIRECT: &str = "kubectl-secretsafe";

/// `kubectl secretsafe` when kubectl started us, `kubectl-secretsafe` when the
/// user did.
///
/// kubectl replaces itself by the plugin, passes the full path it found on
/// `PATH` as `argv[0]` and leaves the environment alone; shells put the
/// command the *user* typed into `_`.
pub fn program_name() -> &'static str {
    let argv0 = env::args_os().next().unwrap_or_default();
    let on_path = |program: &Path| {
        env::var_os("PATH").is_some_and(|path| {
            env::split_paths(&path).any(|folder| folder.join(DIRECT) == program)
        })
    };
    name_for(Path::new(&argv0), env::var_os("_").as_deref(), on_path)
}

fn name_for(argv0: &Path, typed: Option<&OsStr>, on_path: impl Fn(&Path) -> bool) -> &'static str {
    let typed_name = typed.and_then(|typed| Path::new(typed).file_name());
    if typed_name.is_some_and(|name| name == "kubectl") {
        return PLUGIN;
    }
    let typed_us = typed.is_some_and(|typed| typed == argv0.as_os_str());
    if argv0.is_absolute() && !typed_us && on_path(argv0) {
        PLUGIN
    } else {
        DIRECT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kubectl_from_the_user() {
        let installed = "/opt/bin/kubectl-secretsafe";
        let on_path = |program: &Path| program == Path::new(installed);
        for (argv0, typed, expected) in [
            (installed, Some("/usr/bin/kubectl"), PLUGIN),
            (installed, None, PLUGIN),
            (installed, Some("/usr/bin/env"), PLUGIN),
            (installed, Some(installed), DIRECT),
            ("kubectl-secretsafe", Some(installed), DIRECT),
            ("./kubectl-secretsafe", None, DIRECT),
            ("/build/kubectl-secretsafe", None, DIRECT),
        ] {
            let name = name_for(Path::new(argv0), typed.map(OsStr::new), on_path);
            assert_eq!(name, expected, "{argv0} {typed:?}");
        }
    }
}
