//! Programs that are built from pinned Go modules like Kubernetes, once per user, when a
//! test first asks for one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::binaries::{BinariesError, cache_folder, go, go_build, hash};
use crate::progress::Progress;

/// What programs are built from.
pub(crate) struct Module {
    pub name: &'static str,
    pub path: &'static str,
    pub version: &'static str,
    pub go_mod: &'static str,
    pub go_sum: &'static str,
    /// Program and package.
    pub programs: &'static [(&'static str, &'static str)],
    /// Where its definitions of custom resources are.
    pub definitions: Option<&'static str>,
    pub link: &'static str,
}

static KREW: Module = Module {
    name: "krew",
    path: "sigs.k8s.io/krew",
    version: "v0.4.3",
    go_mod: include_str!("../modules/krew/go.mod"),
    go_sum: include_str!("../modules/krew/go.sum"),
    programs: &[
        ("krew", "sigs.k8s.io/krew/cmd/krew"),
        (
            "validate-krew-manifest",
            "sigs.k8s.io/krew/cmd/validate-krew-manifest",
        ),
    ],
    definitions: None,
    link: "-s -w",
};

/// The folder of `krew` and `validate-krew-manifest`.
///
/// # Errors
/// Why they cannot be built.
pub fn krew() -> Result<PathBuf, BinariesError> {
    KREW.locate()
}

impl Module {
    /// The folder of its programs and of `definitions`, built when they are missing: by one
    /// process of the user at a time.
    ///
    /// # Errors
    /// Why they cannot be built.
    pub fn locate(&self) -> Result<PathBuf, BinariesError> {
        let module = self;
        let key = hash(&[module.go_mod, module.go_sum, module.link]);
        let folder = cache_folder()?.join(format!("{}-{}-{key:016x}", module.name, module.version));
        let failed = |source| BinariesError::Cache {
            path: folder.clone(),
            source,
        };
        let definitions = folder.join("definitions");
        let is_whole = || {
            let there = |(program, _): &(&str, &str)| folder.join(program).is_file();
            module.programs.iter().all(there)
                && (module.definitions.is_none() || definitions.is_dir())
        };
        if is_whole() {
            return Ok(folder);
        }
        let sources = folder.join("module");
        fs::create_dir_all(&sources).map_err(failed)?;
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        if is_whole() {
            return Ok(folder);
        }
        fs::write(sources.join("go.mod"), module.go_mod).map_err(failed)?;
        fs::write(sources.join("go.sum"), module.go_sum).map_err(failed)?;
        for (program, package) in module.programs {
            let _progress = Progress::start(&format!(
                "building {program} {}, minutes the first time",
                module.version
            ));
            go_build(&sources, program, package, module.link, &folder)?;
        }
        if let Some(from) = module.definitions {
            let from = module.folder(&sources)?.join(from);
            copy(&from, &definitions).map_err(failed)?;
        }
        Ok(folder)
    }

    /// Where its sources are, after a build.
    fn folder(&self, module: &Path) -> Result<PathBuf, BinariesError> {
        let failed = |words: String| BinariesError::Build {
            program: self.name,
            words,
        };
        let output = Command::new(go().ok_or(BinariesError::NoGo)?)
            .args(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", self.path])
            .current_dir(module)
            .env_remove("GOFLAGS")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match output.status.success() && !path.is_empty() {
            true => Ok(path.into()),
            false => Err(failed(String::from_utf8_lossy(&output.stderr).into_owned())),
        }
    }
}

/// Copies the definitions, all or none.
fn copy(from: &Path, definitions: &Path) -> io::Result<()> {
    let unfinished = definitions.with_extension("copying");
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir_all(&unfinished)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != "kustomization.yaml" {
            // The module's files are read-only.
            fs::write(unfinished.join(name), fs::read(entry.path())?)?;
        }
    }
    fs::rename(&unfinished, definitions)
}
