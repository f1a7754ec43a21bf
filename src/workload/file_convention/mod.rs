//! Images whose programs read a value from a file when a variable names it.
//!
//! That counts where the image's own entrypoint runs, in a version that has it,
//! and as the user that reads the file: an entrypoint that becomes another user
//! first can read neither 0400 of root nor, by the pod's fsGroup, 0440. What is
//! not known of that is for the user to confirm. Users add their own images in
//! the configuration file.

mod known;
mod version;

pub use known::{CONVENTIONS, Convention};

use super::access::{self, Owner, Process, Readable, User};
use super::image::{means, repository, tag};
use super::image_facts::{ImageFacts, ImageUser};
use super::mount_path::clean;
use super::pod::{Container, EnvSource};

/// How the variable that names the file is made from the variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `X_FILE`.
    #[default]
    Suffix,
    /// `X__FILE`.
    DoubleSuffix,
    /// `FILE__X`.
    Prefix,
}

impl Form {
    /// The name of the variable that names the file.
    pub fn of(self, name: &str) -> String {
        match self {
            Form::Suffix => format!("{name}_FILE"),
            Form::DoubleSuffix => format!("{name}__FILE"),
            Form::Prefix => format!("FILE__{name}"),
        }
    }
}

/// As whom a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// As the user that the container starts as: as root, where that is root.
    AtStart,
    /// Where the container starts as root, it becomes another user first, who
    /// has groups of its own: not the pod's fsGroup.
    DropsFirst {
        /// The uid, if it is known.
        uid: Option<i64>,
        /// The primary group, if it is known.
        gid: Option<i64>,
    },
    NotKnown,
}

/// What happens when a variable and the one that names a file are both set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Both {
    Stops,
    FileCounts,
    NotKnown,
}

/// With which arguments a program reads its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arguments<'a> {
    Any,
    /// Without any, or when the first is one of these programs.
    Of {
        /// Exactly as they are written.
        programs: &'a [&'a str],
        /// Whether an option may be the first as well.
        flags: bool,
    },
}

/// What a user says of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnConvention {
    /// The image without tag. Where it names no registry, it may come from any.
    pub image: String,
    pub variables: Vec<String>,
    /// How the file is named.
    pub form: Form,
    /// The first version that reads files; any, if it is empty.
    pub since: Vec<u32>,
    /// The first words of `command` with which a container still reads files.
    pub commands: Vec<String>,
    /// The first words of `args` with which it does; any, if it is empty.
    pub arguments: Vec<String>,
    /// As whom the image starts, unless the pod says otherwise.
    pub user: ImageUser,
    /// As whom the file is read.
    pub reader: Reader,
    /// Where that is written.
    pub source: String,
}

impl OwnConvention {
    fn covers(&self, image: &str) -> bool {
        means(&self.image, image)
    }

    fn reads(&self) -> Reads<'_> {
        Reads {
            form: self.form,
            user: &self.user,
            reader: self.reader,
            both: Both::NotKnown,
            source: &self.source,
            said_by: SaidBy::User,
        }
    }

    fn doubt(&self, container: &Container, image: &str) -> Option<Doubt<'_>> {
        let first = container.command.first().map(|word| word.value.as_str());
        if first.is_some_and(|first| !self.commands.iter().any(|known| known == first)) {
            return Some(Doubt::Command);
        }
        let argument = container.args.first().map(|word| word.value.as_str());
        let passes = |word: &str| self.arguments.iter().any(|known| known == word);
        if !self.arguments.is_empty() && argument.is_some_and(|word| !passes(word)) {
            return Some(Doubt::Arguments);
        }
        old(image, &[&self.since[..]]).filter(|_| !self.since.is_empty())
    }
}

impl Convention {
    fn covers(&self, image: &str) -> bool {
        self.repositories.contains(&repository(image))
    }

    fn has(&self, variable: &str) -> bool {
        self.variables
            .iter()
            .any(|known| match known.strip_suffix('*') {
                Some(start) => variable.len() > start.len() && variable.starts_with(start),
                None => *known == variable,
            })
    }

    fn reads(&self) -> Reads<'_> {
        Reads {
            form: self.form,
            user: &self.user,
            reader: self.reader,
            both: self.both,
            source: self.source,
            said_by: SaidBy::Us,
        }
    }

    fn doubt(&self, container: &Container, image: &str, facts: &ImageFacts) -> Option<Doubt<'_>> {
        let is_other = facts
            .entrypoint
            .as_ref()
            .is_some_and(|words| !matches!(&words[..], [word] if base(word) == self.entrypoint));
        if is_other {
            return Some(Doubt::Entrypoint);
        }
        if let Some(doubt) = replaced(container, self.entrypoint, self.arguments) {
            return Some(doubt);
        }
        let has_words = !container.command.is_empty() || !container.args.is_empty();
        if let (false, Some(cmd)) = (has_words, &facts.cmd)
            && !passed_on(self.arguments, cmd.iter().map(String::as_str))
        {
            return Some(Doubt::Cmd);
        }
        let variant = tag(image).unwrap_or_default();
        if self
            .but_not
            .iter()
            .any(|part| variant.split(['-', '_']).any(|word| word == *part))
        {
            return Some(Doubt::Variant);
        }
        old(image, self.since).or(self.only.map(Doubt::Only))
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether the tag of an image says that it is too old, or does not say.
fn old<'a>(image: &str, since: &[&[u32]]) -> Option<Doubt<'a>> {
    match version::of_image(image) {
        None => Some(Doubt::NoVersion),
        Some(version) if version::is_since(&version, since) => None,
        Some(_) => Some(Doubt::Old),
    }
}

/// Whether something else than the entrypoint and its program runs.
fn replaced<'a>(
    container: &Container,
    entrypoint: &str,
    arguments: Arguments<'_>,
) -> Option<Doubt<'a>> {
    let mut words = container.command.iter().chain(&container.args);
    if !container.command.is_empty()
        && words
            .next()
            .is_none_or(|word| base(&word.value) != entrypoint)
    {
        return Some(Doubt::Command);
    }
    let words = words.map(|word| word.value.as_str());
    let passes = match (container.command.is_empty(), container.args.is_empty()) {
        // Without command and args the image's own CMD counts; with a command
        // it does not (kubernetes/website, inject-data-application).
        (true, true) => true,
        _ => passed_on(arguments, words),
    };
    (!passes).then_some(Doubt::Arguments)
}

/// Whether an entrypoint that is given these words reads its files.
fn passed_on<'w>(arguments: Arguments<'_>, mut words: impl Iterator<Item = &'w str>) -> bool {
    let Arguments::Of { programs, flags } = arguments else {
        return true;
    };
    let asks_for_help = |word: &str| matches!(word, "--help" | "-?" | "-h" | "--version" | "-V");
    let starts = |word: &str| {
        !asks_for_help(word) && (programs.contains(&word) || (flags && word.starts_with('-')))
    };
    words.next().is_some_and(starts) && !words.any(asks_for_help)
}

/// How an image reads one variable from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads<'a> {
    /// How the file is named.
    pub form: Form,
    /// As whom the image starts, unless the pod says otherwise.
    pub user: &'a ImageUser,
    /// As whom the file is read.
    pub reader: Reader,
    /// What happens when both variables are set.
    pub both: Both,
    /// Where that is written.
    pub source: &'a str,
    pub said_by: SaidBy,
}

impl Reads<'_> {
    /// Whether the file can be read where it is read. `process` is what the
    /// pod, its status and the registry say of the container's first process;
    /// what they do not say, the convention does.
    pub fn readable(
        &self,
        mode: u32,
        owner: Owner,
        process: &Process,
        fs_group: Option<i64>,
    ) -> Readable {
        let process = process.clone().with_image(self.user);
        if process.user != User::Uid(0) || mode & 0o004 != 0 {
            return access::readable(mode, owner, &process, fs_group);
        }
        match self.reader {
            Reader::AtStart => Readable::Yes,
            Reader::NotKnown => Readable::Unknown,
            Reader::DropsFirst { gid, .. } => {
                let in_group = match gid {
                    _ if mode & 0o040 == 0 => Readable::No,
                    None => Readable::Unknown,
                    Some(gid) if gid == fs_group.unwrap_or(0) => Readable::Yes,
                    Some(_) => Readable::No,
                };
                let owned = access::readable(mode & 0o700, owner, &self.after_drop(), None);
                if in_group == Readable::No {
                    owned
                } else {
                    in_group
                }
            }
        }
    }

    /// Who reads the file where the container starts as root and becomes
    /// another user first.
    pub fn after_drop(&self) -> Process {
        let (uid, gid) = match self.reader {
            Reader::DropsFirst { uid, gid } => (uid, gid),
            Reader::AtStart | Reader::NotKnown => (None, None),
        };
        Process {
            user: uid.map_or(User::NotRoot, User::Uid),
            group: gid,
            groups: Vec::new(),
        }
    }

    /// Whether the container starts as root and becomes another user before it
    /// reads the file.
    pub fn drops(&self, process: &Process) -> bool {
        let process = process.clone().with_image(self.user);
        process.user == User::Uid(0) && matches!(self.reader, Reader::DropsFirst { .. })
    }
}

/// Who says that an image reads a file. Of the images listed here it is also
/// known that they drop line ends at the end of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidBy {
    /// [`CONVENTIONS`].
    Us,
    User,
}

/// Whether a container reads a variable from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Nothing is known of it.
    NotKnown,
    Reads(Reads<'a>),
    /// Its image does, but whether this container does is for the user to
    /// confirm.
    Unsure(Reads<'a>, Doubt<'a>),
}

impl Reader {
    /// The uid that it becomes, if that is known.
    pub fn uid(self) -> Option<i64> {
        match self {
            Reader::DropsFirst { uid, .. } => uid,
            Reader::AtStart | Reader::NotKnown => None,
        }
    }
}

impl Doubt<'_> {
    /// Whether something else runs in the container than what the image is
    /// known for; else the image itself is in doubt, or when it reads.
    pub fn is_of_the_container(self) -> bool {
        matches!(
            self,
            Doubt::Command | Doubt::Arguments | Doubt::Cmd | Doubt::Entrypoint
        )
    }
}

impl<'a> Decision<'a> {
    /// Whether what is known of the image's process holds in the container.
    pub fn is_of_the_container(self) -> bool {
        match self {
            Decision::NotKnown => false,
            Decision::Reads(_) => true,
            Decision::Unsure(_, doubt) => !doubt.is_of_the_container(),
        }
    }

    /// How it reads the file, if it certainly does.
    pub fn certain(self) -> Option<Reads<'a>> {
        match self {
            Decision::Reads(reads) => Some(reads),
            Decision::NotKnown | Decision::Unsure(..) => None,
        }
    }
}

/// Why it is not certain that a container reads a file which its image is known
/// to read: a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt<'a> {
    /// `command` names something else.
    #[error("command runs something else than the entrypoint of the image")]
    Command,
    /// `args` start something else.
    #[error("with these args the entrypoint of the image starts something else")]
    Arguments,
    /// The registry says that the image starts something else with it.
    #[error("the image has a Cmd with which its entrypoint starts something else")]
    Cmd,
    /// The registry says that the image has another entrypoint.
    #[error("the image has another entrypoint than the one that is known to read files")]
    Entrypoint,
    /// Tag or digest tell no version.
    #[error("the tag of the image does not say which version it is")]
    NoVersion,
    /// It is an older version.
    #[error("the image is older than the first version that is known to read files")]
    Old,
    /// It is another variant.
    #[error("this variant of the image is not known to read files")]
    Variant,
    /// There is a condition.
    #[error("the image reads the file only {0}")]
    Only(&'a str),
}

/// Everything that is known of images: [`CONVENTIONS`], and what the user adds.
#[derive(Clone, Debug, Default)]
pub struct Conventions {
    pub own: Vec<OwnConvention>,
}

impl Conventions {
    /// Whether a container reads a variable from a file that another variable
    /// names. `facts` are what is known of its image besides. What the user
    /// says comes first.
    pub fn decide(
        &self,
        container: &Container,
        variable: &str,
        facts: &ImageFacts,
    ) -> Decision<'_> {
        let image = container.image.as_ref().map_or("", |image| &image.value);
        let own = self.own.iter().find(|known| {
            known.covers(image) && known.variables.iter().any(|name| name == variable)
        });
        let (reads, doubt) = if let Some(own) = own {
            (own.reads(), own.doubt(container, image))
        } else {
            let known = CONVENTIONS
                .iter()
                .find(|known| known.covers(image) && known.has(variable));
            let Some(known) = known else {
                return Decision::NotKnown;
            };
            (known.reads(), known.doubt(container, image, facts))
        };
        match doubt {
            Some(doubt) => Decision::Unsure(reads, doubt),
            None => Decision::Reads(reads),
        }
    }

    /// The variables that an image is known to read from a file, with the name of
    /// the variable that names the file; `None` of an image of which nothing is
    /// known, or of which not all of them are.
    pub fn variables_of(&self, image: &str) -> Option<Vec<(String, String)>> {
        let own = self.own.iter().filter(|known| known.covers(image));
        let own = own.flat_map(|known| known.variables.iter().map(|name| (name, known.form)));
        let listed: Vec<_> = CONVENTIONS
            .iter()
            .filter(|known| known.covers(image))
            .flat_map(|known| known.variables.iter().map(|name| (*name, known.form)))
            .collect();
        if listed.iter().any(|(name, _)| name.ends_with('*')) {
            return None;
        }
        let all: Vec<_> = own
            .map(|(name, form)| (name.clone(), form.of(name)))
            .chain(
                listed
                    .into_iter()
                    .map(|(name, form)| (name.to_owned(), form.of(name))),
            )
            .collect();
        (!all.is_empty()).then_some(all)
    }

    /// As whom a container's image starts: by the registry, else (also of a name
    /// that the registry does not explain) by a convention of which nothing is
    /// in doubt. A convention that says root says it of the entrypoint, which
    /// becomes another user for its program, so it says nothing here.
    pub fn user(&self, container: &Container, facts: &ImageFacts) -> ImageUser {
        if let ImageUser::Ids { .. } = facts.user {
            return facts.user.clone();
        }
        let image = container.image.as_ref().map_or("", |image| &image.value);
        let own = self
            .own
            .iter()
            .filter(|known| known.covers(image) && known.doubt(container, image).is_none())
            .map(|known| &known.user);
        let listed = CONVENTIONS
            .iter()
            .filter(|known| known.covers(image) && known.doubt(container, image, facts).is_none())
            .map(|known| &known.user);
        own.chain(listed)
            .find(|user| !matches!(user, ImageUser::Ids { uid: 0, .. }))
            .unwrap_or(&facts.user)
            .clone()
    }

    /// Whether something is known of an image, or said of it.
    pub fn know(&self, image: &str) -> bool {
        self.own.iter().any(|known| known.covers(image))
            || CONVENTIONS.iter().any(|known| known.covers(image))
    }

    /// Whether a container's image starts its program as another user than
    /// root, whom the entrypoint starts as: all listed images that start as
    /// root do.
    pub fn becomes_another(&self, container: &Container, facts: &ImageFacts) -> bool {
        let image = container.image.as_ref().map_or("", |image| &image.value);
        CONVENTIONS.iter().any(|known| {
            let doubt = known.doubt(container, image, facts);
            known.covers(image)
                && known.user == ImageUser::ROOT
                && !doubt.is_some_and(Doubt::is_of_the_container)
        })
    }

    /// How a container certainly reads this file: a variable names it.
    pub fn reader_of(
        &self,
        container: &Container,
        file: &str,
        facts: &ImageFacts,
    ) -> Option<Reads<'_>> {
        container.env.iter().find_map(|entry| {
            let EnvSource::Literal(value) = &entry.source else {
                return None;
            };
            let name = entry.name.value.as_str();
            if clean(&value.value) != clean(file) {
                return None;
            }
            let base = companion_of(name)?;
            let reads = self.decide(container, base, facts).certain()?;
            (reads.form.of(base) == name).then_some(reads)
        })
    }
}

/// The variable that a name such as `DB_PASSWORD_FILE` stands in for.
pub fn companion_of(name: &str) -> Option<&str> {
    name.strip_suffix("__FILE")
        .or_else(|| name.strip_suffix("_FILE"))
        .or_else(|| name.strip_prefix("FILE__"))
        .filter(|base| !base.is_empty())
}

#[cfg(test)]
mod tests;
