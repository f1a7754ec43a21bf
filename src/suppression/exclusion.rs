//! Files of folders that are not read: those that the configuration excludes.

use std::fs;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Which files of folders are not read.
#[derive(Clone, Debug, Default)]
pub struct Exclusion {
    /// What the globs are relative to, without links; `None` for none.
    folder: Option<PathBuf>,
    globs: GlobSet,
}

/// A glob, in which `*` stays within a folder and `**` does not.
///
/// # Errors
/// A fragment that says what is wrong.
pub fn glob(text: &str) -> Result<Glob, String> {
    if text.trim().is_empty() {
        return Err("a glob is empty".to_owned());
    }
    if text.starts_with('/') {
        return Err("globs are relative to the folder of the configuration".to_owned());
    }
    let text = text.strip_prefix("./").unwrap_or(text);
    GlobBuilder::new(text.trim_end_matches('/'))
        .literal_separator(true)
        .build()
        .map_err(|error| format!("this is not a glob: {}", error.kind()))
}

impl Exclusion {
    /// Those of a folder.
    ///
    /// # Errors
    /// A fragment that says what is wrong.
    pub fn new(folder: &Path, globs: &[String]) -> Result<Self, String> {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        let folder = fs::canonicalize(folder)
            .map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
        let mut set = GlobSetBuilder::new();
        for text in globs {
            set.add(glob(text)?);
        }
        Ok(Self {
            folder: Some(folder),
            globs: set.build().map_err(|error| error.to_string())?,
        })
    }

    /// Whether a file, or a folder around it, is excluded.
    pub fn excludes(&self, file: &Path) -> bool {
        let Some(folder) = &self.folder else {
            return false;
        };
        let Ok(file) = fs::canonicalize(file) else {
            return false;
        };
        let Ok(own) = file.strip_prefix(folder) else {
            return false;
        };
        own.ancestors()
            .any(|part| !part.as_os_str().is_empty() && self.globs.is_match(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_of_their_folder() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        let excludes = |globs: &[&str], name: &str| {
            let globs: Vec<_> = globs.iter().map(ToString::to_string).collect();
            let conf = root.path().join("conf");
            fs::create_dir_all(&conf).unwrap();
            Exclusion::new(&conf, &globs).unwrap().excludes(&file(name))
        };
        for (globs, name, expected) in [
            (&["vendor"][..], "conf/vendor/deep/a.yaml", true),
            (&["vendor/"], "conf/vendor/a.yaml", true),
            (&["./vendor/**"], "conf/vendor/deep/a.yaml", true),
            (&["*.yaml"], "conf/a.yaml", true),
            (&["*.yaml"], "conf/deep/a.yaml", false),
            (&["**/*.tmpl.yaml"], "conf/deep/a.tmpl.yaml", true),
            (&["**/test"], "conf/deep/test/a.yaml", true),
            (&["a.yaml"], "a.yaml", false),
            (&["b.yaml", "{c,d}.yaml"], "conf/d.yaml", true),
            (&[], "conf/d.yaml", false),
        ] {
            assert_eq!(excludes(globs, name), expected, "{globs:?} {name}");
        }
        assert!(!Exclusion::default().excludes(&file("conf/a.yaml")));
    }
}
