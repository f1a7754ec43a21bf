//! The kinds of Secret: what each reads, asks and checks.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::CommandError;
use crate::secret::draft::{Mutability, SecretDraft};
use crate::secret::key::check_object_name;
use crate::secret::limits::{self, MetadataKind};
use crate::secret::source::prompt::{self, Confirmation};
use crate::secret::source::{Origin, stdin};
use crate::secret::tls::{self, Expiry, Pair};
use crate::secret::value::MAX_SECRET_BYTES;
use crate::secret::{SecretValue, docker, kind, suffix};
use crate::ui::{Questions, Ui};

use super::arguments::{CommonArgs, CreateArgs, KindArgs, Suffix, TypedArgs};
use super::sources::{self, Empty};
use crate::commands::dry_run::DryRun;
use crate::values::arguments::SourceArgs;
use crate::values::gather::{self, Collection};
use crate::values::interview;

const CERTIFICATE: &str = "tls.crt";
const PRIVATE_KEY: &str = "tls.key";
const AUTHORITY: &str = "ca.crt";
const DOCKER_CONFIG: &str = ".dockerconfigjson";

/// What is created, and from what.
pub(super) struct Kind {
    pub(super) common: CommonArgs,
    /// What it is sealed with, if it is.
    pub(super) seal_cert: Vec<String>,
    secret_type: Option<String>,
    input: Input,
}

enum Input {
    Keys(SourceArgs),
    Tls {
        certificate: PathBuf,
        key: PathBuf,
        authority: Option<PathBuf>,
        expiry: Expiry,
    },
    DockerFile(PathBuf),
    DockerLogin {
        server: String,
        username: Option<String>,
        email: Option<String>,
        password: PasswordFrom,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PasswordFrom {
    Stdin,
    Prompt,
    RefusedArgument,
}

impl From<CreateArgs> for Kind {
    fn from(args: CreateArgs) -> Self {
        let typed = |secret_type: &str, args: TypedArgs| Self {
            common: args.common,
            seal_cert: args.cert.cert,
            secret_type: Some(secret_type.to_owned()),
            input: Input::Keys(args.sources),
        };
        match args.kind.unwrap_or(KindArgs::Generic(args.generic)) {
            KindArgs::Generic(args) => Self {
                common: args.common,
                seal_cert: args.cert.cert,
                secret_type: args.secret_type,
                input: Input::Keys(args.sources),
            },
            KindArgs::BasicAuth(args) => typed(kind::BASIC_AUTH, args),
            KindArgs::SshAuth(args) => typed(kind::SSH_AUTH, args),
            KindArgs::Tls(args) => Self {
                common: args.common,
                seal_cert: args.seal_cert,
                secret_type: Some(kind::TLS.to_owned()),
                input: Input::Tls {
                    certificate: args.cert,
                    key: args.key,
                    authority: args.ca,
                    expiry: if args.allow_expired {
                        Expiry::Allow
                    } else {
                        Expiry::Refuse
                    },
                },
            },
            KindArgs::DockerRegistry(args) => Self {
                common: args.common,
                seal_cert: args.cert.cert,
                secret_type: Some(kind::DOCKER_CONFIG_JSON.to_owned()),
                input: match args.from_file {
                    Some(path) => {
                        let path = path
                            .strip_prefix(".dockerconfigjson=")
                            .map_or_else(|| path.clone(), str::to_owned);
                        Input::DockerFile(PathBuf::from(path))
                    }
                    None => Input::DockerLogin {
                        server: args.docker_server,
                        username: args.docker_username,
                        email: args.docker_email,
                        password: match (args.docker_password, args.docker_password_stdin) {
                            (Some(_), _) => PasswordFrom::RefusedArgument,
                            (None, true) => PasswordFrom::Stdin,
                            (None, false) => PasswordFrom::Prompt,
                        },
                    },
                },
            },
        }
    }
}

/// Checks everything that can be checked without reading a source.
pub(super) fn check_flags(common: &CommonArgs) -> Result<(), CommandError> {
    if let Some(name) = &common.name {
        check_name(name)?;
    }
    labels(common)?;
    annotations(common)?;
    if common.shred && common.dry_run.mode != DryRun::None {
        return Err(CommandError::usage("--shred makes no sense with --dry-run")
            .hint("A dry run stores nothing, so no file is ever removed."));
    }
    Ok(())
}

impl Kind {
    /// Reads the sources that need nobody to answer.
    pub(super) fn read(
        &self,
        collection: &mut Collection<'_>,
        ui: &Ui,
    ) -> Result<(), CommandError> {
        match &self.input {
            Input::Keys(sources) if !gather::any_source(sources) => interview::check_possible(ui),
            Input::Keys(sources) => {
                sources::check_paths(sources)?;
                collection.read(sources)?;
                sources::check_streams(collection, sources, self.common.empty())
            }
            Input::Tls {
                certificate,
                key,
                authority,
                ..
            } => {
                collection.add_file(gather::key(CERTIFICATE)?, certificate)?;
                collection.add_file(gather::key(PRIVATE_KEY)?, key)?;
                match authority {
                    Some(path) => collection.add_file(gather::key(AUTHORITY)?, path),
                    None => Ok(()),
                }
            }
            Input::DockerFile(path) => collection.add_file(gather::key(DOCKER_CONFIG)?, path),
            Input::DockerLogin {
                username, password, ..
            } => {
                if *password == PasswordFrom::RefusedArgument {
                    return Err(CommandError::usage(
                        "--docker-password is refused: the process list and the shell history show it",
                    )
                    .hint("Leave it out to be asked, or pipe the password to --docker-password-stdin.")
                    .exposed());
                }
                if username.is_none() {
                    return Err(CommandError::usage("--docker-username is missing")
                        .hint("Give --docker-username NAME, or an existing configuration with --from-file PATH."));
                }
                Ok(())
            }
        }
    }

    /// Whether somebody at the terminal will be asked for values.
    pub(super) fn has_questions(&self, collection: &Collection<'_>) -> bool {
        match &self.input {
            Input::Keys(sources) => {
                !sources.prompt.is_empty()
                    || !sources.from_literal.is_empty()
                    || !gather::any_source(sources)
            }
            Input::Tls { .. } => collection.entries.iter().any(|(key, entry)| {
                key.as_str() == PRIVATE_KEY && tls::needs_passphrase(&entry.value)
            }),
            Input::DockerFile(_) => false,
            Input::DockerLogin { password, .. } => *password == PasswordFrom::Prompt,
        }
    }

    /// Asks for what is left, and composes what is not stored as it was read.
    pub(super) fn ask(&self, collection: &mut Collection<'_>, ui: &Ui) -> Result<(), CommandError> {
        match &self.input {
            Input::Keys(sources) => {
                if !gather::any_source(sources) {
                    return interview::ask_for_entries(collection, self.secret_type.as_deref(), ui);
                }
                collection.ask(sources)
            }
            Input::Tls { expiry, .. } => check_tls(collection, *expiry, ui),
            Input::DockerFile(_) => Ok(()),
            Input::DockerLogin {
                server,
                username,
                email,
                password,
            } => {
                let username = username.as_deref().unwrap_or_default();
                let password = match password {
                    PasswordFrom::Stdin => {
                        let password =
                            docker::without_line_end(stdin::read(MAX_SECRET_BYTES).map_err(
                                |error| CommandError::usage(format!("standard input {error}")),
                            )?);
                        if password.is_empty() && self.common.empty() == Empty::Refuse {
                            return Err(sources::nothing("standard input is empty"));
                        }
                        password
                    }
                    PasswordFrom::Prompt | PasswordFrom::RefusedArgument => {
                        let label = format!("password of {username} at {server}");
                        prompt::read_hidden(&label, Confirmation::Twice)?
                    }
                };
                let config = docker::compose(server, username, &password, email.as_deref())?;
                collection.parts.push(password);
                collection.add(gather::key(DOCKER_CONFIG)?, config, Origin::Composed)
            }
        }
    }

    /// Puts the draft together and checks it as the server would.
    pub(super) fn draft(
        &self,
        collection: &mut Collection<'_>,
        ui: &Ui,
    ) -> Result<SecretDraft, CommandError> {
        let entries = std::mem::take(&mut collection.entries);
        let common = &self.common;
        let sizes = entries.iter().map(|(key, entry)| (key, entry.value.len()));
        limits::check_total(sizes)?;
        let annotations = annotations(common)?;
        let values: BTreeMap<_, _> = entries
            .iter()
            .map(|(key, entry)| (key.clone(), &entry.value))
            .collect();
        if let Some(secret_type) = &self.secret_type {
            kind::check_required(secret_type, &values, &annotations)?;
        }
        let name = match &common.name {
            Some(name) => name.clone(),
            None => interview::ask_for_name(ui)?,
        };
        let mutability = if common.immutable {
            Mutability::Immutable
        } else {
            Mutability::Mutable
        };
        let name = match common.append_hash {
            None => name,
            Some(Suffix::Random) => format!("{name}-{}", suffix::random()?),
            Some(Suffix::Kubectl) => {
                ui.warn("kubectl's hash lets anybody who sees the name test guesses of the values; --append-hash=random does not");
                let hash = suffix::kubectl_hash(
                    &name,
                    self.secret_type.as_deref().unwrap_or_default(),
                    mutability,
                    &values,
                );
                format!("{name}-{hash}")
            }
        };
        check_name(&name)?;
        Ok(SecretDraft {
            name,
            secret_type: self.secret_type.clone(),
            labels: labels(common)?,
            annotations,
            mutability,
            entries,
        })
    }
}

fn check_tls(collection: &mut Collection<'_>, expiry: Expiry, ui: &Ui) -> Result<(), CommandError> {
    let private_key = gather::key(PRIVATE_KEY)?;
    if let Some(entry) = collection.entries.get_mut(&private_key)
        && tls::needs_passphrase(&entry.value)
    {
        if ui.questions() == Questions::Forbidden {
            return Err(CommandError::usage(format!(
                "the private key in {} is encrypted, and there is no terminal to ask for its passphrase",
                entry.origin
            ))
            .hint("Decrypt it first, for example with openssl pkey, into a file on a memory-backed file system."));
        }
        let passphrase = prompt::read_hidden("passphrase of the private key", Confirmation::Once)?;
        entry.value = tls::decrypt_key(&entry.value, &passphrase)?;
        ui.note("the private key is stored decrypted, as Kubernetes needs it");
    }
    let value = |name: &str| -> Option<&SecretValue> {
        collection
            .entries
            .iter()
            .find(|(key, _)| key.as_str() == name)
            .map(|(_, entry)| &entry.value)
    };
    let (Some(certificate), Some(key)) = (value(CERTIFICATE), value(PRIVATE_KEY)) else {
        return Ok(());
    };
    let pair = Pair {
        certificate,
        key,
        ca: value(AUTHORITY),
    };
    for warning in tls::check(&pair, jiff::Timestamp::now(), expiry)? {
        ui.warn(warning);
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), CommandError> {
    check_object_name(name).map_err(|error| {
        let message = CommandError::usage(format!("the name {name:?} {error}"));
        match error.nearest {
            Some(nearest) => message.hint(format!("The nearest legal name is {nearest}.")),
            None => message,
        }
    })
}

fn labels(common: &CommonArgs) -> Result<BTreeMap<String, String>, CommandError> {
    Ok(limits::parse_metadata(&common.label, MetadataKind::Label)?)
}

fn annotations(common: &CommonArgs) -> Result<BTreeMap<String, String>, CommandError> {
    Ok(limits::parse_metadata(
        &common.annotation,
        MetadataKind::Annotation,
    )?)
}
