//! Where values come from, as flags. Doc comments here are the help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where values come from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Sources")]
pub struct SourceArgs {
    /// Read the value of KEY from standard input, byte for byte
    #[arg(long, value_name = "KEY", conflicts_with = "stdin_env")]
    pub stdin: Option<String>,
    /// Read an env file from standard input
    #[arg(long)]
    pub stdin_env: bool,
    /// Prompt for the value of KEY, hidden and twice; repeatable
    #[arg(long, value_name = "KEY")]
    pub prompt: Vec<String>,
    /// Read a value from a file; KEY defaults to the file's name; repeatable
    #[arg(long, value_name = "[KEY=]PATH")]
    pub file: Vec<OsString>,
    /// Read every file in a directory as a key; works for mounted Secrets, too
    #[arg(long, value_name = "PATH")]
    pub dir: Vec<PathBuf>,
    /// Read every KEY=VALUE line of an env file; repeatable
    #[arg(long, value_name = "PATH")]
    pub env_file: Vec<PathBuf>,
    /// How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)
    #[arg(long, value_name = "DIALECT", value_enum, default_value_t = EnvDialect::Kubectl)]
    pub env_dialect: EnvDialect,
    /// Read the value of KEY from the inherited file descriptor N; repeatable
    #[arg(long, value_name = "KEY=N")]
    pub fd: Vec<String>,
    /// Generate a random value for KEY, of 32 letters and digits by default; repeatable
    ///
    /// ALPHABET is alnum, hex, base64url, ascii, digits or lower, or the characters themselves.
    #[arg(long, value_name = "KEY[=LENGTH[:ALPHABET]]")]
    pub generate: Vec<String>,
    /// Read a file or a directory by kubectl's rules; repeatable
    #[arg(long, value_name = "[KEY=]PATH")]
    pub from_file: Vec<OsString>,
    /// Read an env file by kubectl's rules; repeatable
    #[arg(long, value_name = "PATH", conflicts_with = "from_file")]
    pub from_env_file: Vec<PathBuf>,
    /// Prompt for the value of KEY
    ///
    /// kubectl's KEY=VALUE is refused: the process list would show the value.
    #[arg(long, value_name = "KEY")]
    pub from_literal: Vec<String>,
    /// Remove one trailing newline from values read from files, descriptors and standard input
    #[arg(long, conflicts_with = "keep_newline")]
    pub trim_newline: bool,
    /// Keep trailing newlines, without a warning
    #[arg(long)]
    pub keep_newline: bool,
}

/// How env files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EnvDialect {
    /// Like kubectl: values verbatim
    #[default]
    Kubectl,
    /// Like dotenv: quotes, escapes, comments
    Dotenv,
}
