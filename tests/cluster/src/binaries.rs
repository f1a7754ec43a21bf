//! The Kubernetes programs: found in `KUBEBUILDER_ASSETS`, or built from the
//! pinned Go modules into a per-user cache, once for each state of the pins.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::progress::{Progress, say};

/// The Kubernetes release that is built.
pub const KUBERNETES_VERSION: &str = "v1.37.2";

const KUBERNETES_MOD: &str = include_str!("../modules/kubernetes/go.mod");
const KUBERNETES_SUM: &str = include_str!("../modules/kubernetes/go.sum");
const ETCD_MOD: &str = include_str!("../modules/etcd/go.mod");
const ETCD_SUM: &str = include_str!("../modules/etcd/go.sum");

/// Without these the server calls itself `v0.0.0-master` and kubectl cannot read its version.
const KUBERNETES_LINK: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.37.2 \
     -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=37";

/// Name of the program, its Go package, and the folder of its module.
const PROGRAMS: [(&str, &str, &str); 6] = [
    ("etcd", "go.etcd.io/etcd/server/v3", "etcd"),
    (
        "kube-apiserver",
        "k8s.io/kubernetes/cmd/kube-apiserver",
        "kubernetes",
    ),
    (
        "kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        "kubernetes",
    ),
    (
        "kube-scheduler",
        "k8s.io/kubernetes/cmd/kube-scheduler",
        "kubernetes",
    ),
    ("kubelet", "k8s.io/kubernetes/cmd/kubelet", "kubernetes"),
    ("kubectl", "k8s.io/kubernetes/cmd/kubectl", "kubernetes"),
];

/// Why the programs are not there.
#[derive(Debug, thiserror::Error)]
pub enum BinariesError {
    #[error("neither XDG_CACHE_HOME nor HOME is set, so there is no place for the built programs")]
    NoCacheFolder,
    #[error(
        "go is missing; install Go 1.26 or newer (an older one from 1.21 on fetches it) and put it in PATH"
    )]
    NoGo,
    #[error("cannot write the cache in {path}: {source}")]
    Cache { path: PathBuf, source: io::Error },
    #[error("go build of {program} failed:\n{words}")]
    Build {
        program: &'static str,
        words: String,
    },
}

/// Where each program is.
#[derive(Clone, Debug)]
pub struct Binaries {
    assets: Option<PathBuf>,
    cache: PathBuf,
}

impl Binaries {
    /// The path of a program, from `KUBEBUILDER_ASSETS` first.
    pub fn path(&self, program: &str) -> PathBuf {
        let given = self.assets.as_ref().map(|folder| folder.join(program));
        given
            .filter(|path| path.is_file())
            .unwrap_or_else(|| self.cache.join(program))
    }

    /// Finds the programs and builds the missing ones. Only one process of
    /// the user builds at a time; the others wait for it.
    pub fn locate() -> Result<Binaries, BinariesError> {
        let binaries = Binaries {
            assets: std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from),
            cache: cache_folder()?.join(cache_key()),
        };
        if binaries.missing().is_empty() {
            return Ok(binaries);
        }
        let failed = |source| BinariesError::Cache {
            path: binaries.cache.clone(),
            source,
        };
        fs::create_dir_all(&binaries.cache).map_err(failed)?;
        let lock = File::create(binaries.cache.join("lock")).map_err(failed)?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            let _progress = Progress::start("waiting for another process that builds Kubernetes");
            lock.lock().map_err(failed)?;
        }
        let missing = binaries.missing();
        let count = missing.len();
        for (number, (program, package, module)) in missing.into_iter().enumerate() {
            binaries.build(
                program,
                package,
                module,
                &format!("{} of {count}", number + 1),
            )?;
        }
        Ok(binaries)
    }

    fn missing(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        PROGRAMS
            .into_iter()
            .filter(|(program, ..)| !self.path(program).is_file())
            .collect()
    }

    /// Builds under a temporary name and renames, so that an interrupted
    /// build never looks like a program.
    fn build(
        &self,
        program: &'static str,
        package: &str,
        module: &str,
        place: &str,
    ) -> Result<(), BinariesError> {
        let failed = |source| BinariesError::Cache {
            path: self.cache.clone(),
            source,
        };
        let (go_mod, go_sum, link) = match module {
            "etcd" => (ETCD_MOD, ETCD_SUM, "-s -w"),
            _ => (KUBERNETES_MOD, KUBERNETES_SUM, KUBERNETES_LINK),
        };
        let folder = self.cache.join("modules").join(module);
        fs::create_dir_all(&folder).map_err(failed)?;
        fs::write(folder.join("go.mod"), go_mod).map_err(failed)?;
        fs::write(folder.join("go.sum"), go_sum).map_err(failed)?;
        let _progress = Progress::start(&format!(
            "building {program} {KUBERNETES_VERSION} ({place}), minutes the first time"
        ));
        go_build(&folder, program, package, link, &self.cache)?;
        say(&format!("built {program}"));
        Ok(())
    }
}

/// Builds a package of a module into a folder, under a temporary name first.
pub(crate) fn go_build(
    module: &Path,
    program: &'static str,
    package: &str,
    link: &str,
    into: &Path,
) -> Result<(), BinariesError> {
    let failed = |source| BinariesError::Cache {
        path: into.to_owned(),
        source,
    };
    let unfinished = into.join(format!("{program}.building"));
    let output = Command::new(go().ok_or(BinariesError::NoGo)?)
        .args([
            "build",
            "-mod=readonly",
            "-trimpath",
            "-ldflags",
            link,
            "-o",
        ])
        .arg(&unfinished)
        .arg(package)
        .current_dir(module)
        .env_remove("GOFLAGS")
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    if !output.status.success() {
        return Err(BinariesError::Build {
            program,
            words: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    fs::rename(&unfinished, into.join(program)).map_err(failed)
}

pub(crate) fn go() -> Option<PathBuf> {
    crate::prerequisites::find_program("go").or_else(|| {
        let usual = Path::new("/usr/local/go/bin/go");
        usual.is_file().then(|| usual.to_owned())
    })
}

/// The names of all programs a cluster needs.
pub fn names() -> impl Iterator<Item = &'static str> {
    PROGRAMS.into_iter().map(|(program, ..)| program)
}

/// The folder of this user for everything that outlives a run.
pub fn cache_folder() -> Result<PathBuf, BinariesError> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("kubectl-secretsafe-testcluster"))
        .ok_or(BinariesError::NoCacheFolder)
}

/// Names the state of the pins: the version, and FNV-1a of the module files
/// and flags, which only has to tell honest changes apart.
fn cache_key() -> String {
    let pinned = [
        KUBERNETES_MOD,
        KUBERNETES_SUM,
        ETCD_MOD,
        ETCD_SUM,
        KUBERNETES_LINK,
    ];
    format!("{KUBERNETES_VERSION}-{:016x}", hash(&pinned))
}

/// FNV-1a.
pub(crate) fn hash(texts: &[&str]) -> u64 {
    texts
        .iter()
        .flat_map(|text| text.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_programs_come_first_and_only_the_others_are_built() {
        let folder = tempfile::tempdir().unwrap();
        let at = |place: &str, program: &str| {
            let folder = folder.path().join(place);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(program), "").unwrap();
            folder.join(program)
        };
        // What setup-envtest downloads.
        let given = ["etcd", "kube-apiserver", "kubectl"].map(|program| at("assets", program));
        let built = at("cache", "kubectl").with_file_name("kubelet");
        let binaries = Binaries {
            assets: Some(folder.path().join("assets")),
            cache: folder.path().join("cache"),
        };
        assert_eq!(
            ["etcd", "kube-apiserver", "kubectl"].map(|program| binaries.path(program)),
            given
        );
        assert_eq!(binaries.path("kubelet"), built);
        let missing: Vec<_> = binaries.missing().iter().map(|(name, ..)| *name).collect();
        assert_eq!(
            missing,
            ["kube-controller-manager", "kube-scheduler", "kubelet"]
        );
        let without = Binaries {
            assets: None,
            ..binaries
        };
        assert_eq!(
            without.path("kubectl"),
            folder.path().join("cache/kubectl"),
            "without KUBEBUILDER_ASSETS everything is in the cache"
        );
    }
}
