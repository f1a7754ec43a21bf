//! From flags to entries: every source is read here, each key once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::CommandError;
use crate::secret::inspection::{self, Suspicion};
use crate::secret::source::env_file::{self, Dialect};
use crate::secret::source::file::{self, FileContent, Reading};
use crate::secret::source::generate::Recipe;
use crate::secret::source::prompt::{self, Confirmation};
use crate::secret::source::{Entry, Origin, descriptor, directory, stdin};
use crate::secret::value::MAX_SECRET_BYTES;
use crate::secret::{KeyName, SecretValue};
use crate::ui::Ui;

use super::arguments::{EnvDialect, SourceArgs};
use super::cleanup::SourceFiles;

/// Entries collected so far, and the files they came from.
pub struct Collection<'a> {
    ui: &'a Ui,
    reading: Reading,
    protected: Vec<PathBuf>,
    newline: Newline,
    /// The entries by key.
    pub entries: BTreeMap<KeyName, Entry>,
    /// Parts of values that a server could quote by themselves, such as the
    /// password in a composed docker configuration.
    pub parts: Vec<SecretValue>,
    /// The files read, for shredding.
    pub files: SourceFiles,
}

/// What happens to a line end at the end of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Newline {
    /// Kept, with a warning.
    Warn,
    Keep,
    Trim,
}

impl<'a> Collection<'a> {
    /// Nothing yet; `reading` says whether files must allow shredding, and
    /// `protected` names files that never may.
    pub fn new(ui: &'a Ui, reading: Reading, protected: Vec<PathBuf>) -> Self {
        Self {
            ui,
            reading,
            protected,
            newline: Newline::Warn,
            entries: BTreeMap::new(),
            parts: Vec::new(),
            files: SourceFiles::default(),
        }
    }

    /// Reads every source that needs nobody to answer: standard input,
    /// descriptors, files.
    pub fn read(&mut self, sources: &SourceArgs) -> Result<(), CommandError> {
        refuse_literals(&sources.from_literal)?;
        for name in self.keys_to_ask(sources) {
            key(name)?;
        }
        self.newline = match (sources.trim_newline, sources.keep_newline) {
            (true, _) => Newline::Trim,
            (_, true) => Newline::Keep,
            _ => Newline::Warn,
        };
        // Files first: a bad path should be told before standard input is awaited.
        for argument in &sources.file {
            let argument = file::parse_file_argument(argument)?;
            self.add_file(argument.key, &argument.path)?;
        }
        for argument in &sources.from_file {
            for argument in file::parse_from_file_argument(argument)? {
                for (name, content) in file::read_from_file(&argument, self.reading)? {
                    self.add_content(name, content)?;
                }
            }
        }
        for path in &sources.dir {
            self.add_directory(path)?;
        }
        for path in &sources.env_file {
            self.add_env_file(path, sources.env_dialect)?;
        }
        for path in &sources.from_env_file {
            self.add_env_file(path, EnvDialect::Kubectl)?;
        }
        for argument in &sources.fd {
            let (name, number) = descriptor::parse(argument)?;
            let name = key(&name)?;
            let value = descriptor::read(number, MAX_SECRET_BYTES)?;
            self.add_raw(name, value, Origin::Descriptor(number))?;
        }
        if let Some(name) = &sources.stdin {
            let name = key(name)?;
            let value = self.read_stdin()?;
            self.add_raw(name, value, Origin::Stdin)?;
        }
        if sources.stdin_env {
            let content = self.read_stdin()?;
            self.add_assignments(&content, sources.env_dialect, "standard input", |line| {
                Origin::StdinLine { line }
            })?;
        }
        Ok(())
    }

    /// Makes the values that need randomness or somebody at the terminal.
    pub fn ask(&mut self, sources: &SourceArgs) -> Result<(), CommandError> {
        for argument in &sources.generate {
            let (name, recipe) = Recipe::parse(argument)?;
            self.add(key(&name)?, recipe.generate()?, Origin::Generated)?;
        }
        for name in self.keys_to_ask(sources) {
            self.prompt(key(name)?)?;
        }
        Ok(())
    }

    /// Generates a value with the default recipe.
    pub fn generate(&mut self, name: KeyName) -> Result<(), CommandError> {
        let (_, recipe) = Recipe::parse(name.as_str())?;
        self.add(name, recipe.generate()?, Origin::Generated)
    }

    /// Asks for the value of one key.
    pub fn prompt(&mut self, name: KeyName) -> Result<(), CommandError> {
        self.refuse_twice(&name, &Origin::Prompt)?;
        let value = prompt::read_hidden(name.as_str(), Confirmation::Twice)?;
        self.add(name, value, Origin::Prompt)
    }

    fn keys_to_ask<'s>(&self, sources: &'s SourceArgs) -> impl Iterator<Item = &'s str> + use<'s> {
        sources
            .prompt
            .iter()
            .chain(&sources.from_literal)
            .map(String::as_str)
    }

    fn read_stdin(&self) -> Result<SecretValue, CommandError> {
        if stdin::is_terminal() {
            self.ui.warn(
                "standard input is a terminal, so what you type is shown; end with Ctrl-D, or use --prompt KEY instead",
            );
        }
        stdin::read(MAX_SECRET_BYTES)
            .map_err(|error| CommandError::usage(format!("standard input {error}")))
    }

    /// Reads one file as the value of `name`.
    pub fn add_file(&mut self, name: KeyName, path: &Path) -> Result<(), CommandError> {
        let content = file::read(path, self.reading)?;
        self.add_content(name, content)
    }

    fn add_content(&mut self, name: KeyName, content: FileContent) -> Result<(), CommandError> {
        let origin = Origin::File(content.path.clone());
        let value = self.remember(content)?;
        self.add_raw(name, value, origin)
    }

    fn remember(&mut self, content: FileContent) -> Result<SecretValue, CommandError> {
        let (value, source) = SourceFiles::split(content);
        source.refuse_any_of(&self.protected)?;
        self.files.push(source);
        Ok(value)
    }

    fn add_directory(&mut self, path: &Path) -> Result<(), CommandError> {
        let directory = directory::read(path, directory::Links::FollowMounted, self.reading)?;
        for skipped in &directory.skipped {
            self.ui.note(format!("skipped {skipped}"));
        }
        for (name, content) in directory.files {
            self.add_content(name, content)?;
        }
        Ok(())
    }

    fn add_env_file(&mut self, path: &Path, dialect: EnvDialect) -> Result<(), CommandError> {
        let content = file::read(path, self.reading)?;
        let content = self.remember(content)?;
        self.add_assignments(&content, dialect, &path.display().to_string(), |line| {
            Origin::EnvFile {
                path: path.to_owned(),
                line,
            }
        })
    }

    fn add_assignments(
        &mut self,
        content: &SecretValue,
        dialect: EnvDialect,
        source: &str,
        origin: impl Fn(usize) -> Origin,
    ) -> Result<(), CommandError> {
        let (dialect, name) = match dialect {
            EnvDialect::Kubectl => (Dialect::Kubectl, "kubectl reads it"),
            EnvDialect::Dotenv => (Dialect::Dotenv, "dotenv tools read it"),
        };
        let assignments = env_file::parse(content, dialect, &|name| std::env::var_os(name))
            .map_err(|error| {
                let hint = error.problem.hint(dialect).map(str::to_owned);
                CommandError::usage(format!("{source}, {error}")).hints(hint)
            })?;
        let differing = env_file::differing_keys(content);
        if !differing.is_empty() {
            let differing: Vec<_> = differing.iter().map(KeyName::as_str).collect();
            self.ui.warn(format!(
                "{source} is read as {name}; the other dialect gives different values for {} (see --env-dialect)",
                differing.join(", ")
            ));
        }
        for assignment in assignments {
            if let Some(remark) = assignment.remark {
                self.ui.warn(format!(
                    "{source}, line {}: {}",
                    assignment.line,
                    remark.sentence()
                ));
            }
            self.add(assignment.key, assignment.value, origin(assignment.line))?;
        }
        Ok(())
    }

    /// Adds bytes that may carry a line end by accident.
    fn add_raw(
        &mut self,
        name: KeyName,
        value: SecretValue,
        origin: Origin,
    ) -> Result<(), CommandError> {
        let value = match self.newline {
            Newline::Trim => inspection::trim_newline(value),
            Newline::Keep | Newline::Warn => value,
        };
        self.add(name, value, origin)
    }

    pub fn add(
        &mut self,
        name: KeyName,
        value: SecretValue,
        origin: Origin,
    ) -> Result<(), CommandError> {
        self.refuse_twice(&name, &origin)?;
        self.entries.insert(
            name.clone(),
            Entry {
                key: name,
                value,
                origin,
            },
        );
        Ok(())
    }

    fn refuse_twice(&self, name: &KeyName, origin: &Origin) -> Result<(), CommandError> {
        match self.entries.get(name) {
            None => Ok(()),
            Some(first) => Err(CommandError::usage(format!(
                "the key {name} is given twice: by {} and by {origin}",
                first.origin
            ))
            .hint("Give each key once.")),
        }
    }

    /// Says what looks wrong about the values, by key.
    pub fn warn_about_values(&self) {
        for (name, entry) in &self.entries {
            for suspicion in inspection::inspect(&entry.value) {
                if suspicion == Suspicion::TrailingNewline && self.newline == Newline::Keep {
                    continue;
                }
                self.ui.warn(format!(
                    "key {name} (from {}): {}",
                    entry.origin,
                    suspicion.sentence()
                ));
            }
        }
    }
}

/// A legal key, or the error that names the nearest one.
pub fn key(name: &str) -> Result<KeyName, CommandError> {
    // A word with `=` where a key belongs is most likely KEY=VALUE, so it is
    // not shown.
    if name.contains('=') {
        return Err(CommandError::usage(
            "a key was expected, but the word holds '=' (not shown: it may hold a value)",
        )
        .hint("Give only the key, for example --prompt password; the value is asked for.")
        .exposed());
    }
    KeyName::new(name).map_err(|error| {
        let message = CommandError::usage(format!("the key {name:?} {error}"));
        match error.nearest {
            Some(nearest) => message.hint(format!("The nearest legal key is {nearest}.")),
            None => message,
        }
    })
}

fn refuse_literals(literals: &[String]) -> Result<(), CommandError> {
    let Some(literal) = literals.iter().find(|literal| literal.contains('=')) else {
        return Ok(());
    };
    let name = literal.split('=').next().unwrap_or_default();
    let name = KeyName::new(name).map_or_else(|_| "KEY".to_owned(), |name| name.to_string());
    Err(CommandError::usage(
        "--from-literal with a value is refused: the process list and the shell history show it",
    )
    .hint(format!(
        "Use --prompt {name} to type it hidden, --stdin {name} to pipe it, or --file {name}=PATH."
    ))
    .exposed())
}

/// Whether any source is named at all.
pub fn any_source(sources: &SourceArgs) -> bool {
    let SourceArgs {
        stdin,
        stdin_env,
        prompt,
        file,
        dir,
        env_file,
        env_dialect: _,
        fd,
        generate,
        from_file,
        from_env_file,
        from_literal,
        trim_newline: _,
        keep_newline: _,
    } = sources;
    let words = [prompt, fd, generate, from_literal];
    let paths = [dir, env_file, from_env_file];
    let arguments = [file, from_file];
    stdin.is_some()
        || *stdin_env
        || words.iter().any(|list| !list.is_empty())
        || paths.iter().any(|list| !list.is_empty())
        || arguments.iter().any(|list| !list.is_empty())
}
