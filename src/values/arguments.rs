//! Where values come from, as flags. Doc comments here are the help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where values come from.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Sources")]
pub struct SourceArgs {
    /// Take all of standard input as the value of KEY, byte for byte
    #[arg(long, value_name = "KEY", conflicts_with = "stdin_env")]
    pub stdin: Option<String>,
    /// Read an env file from standard input
    #[arg(long)]
    pub stdin_env: bool,
    /// Ask for the value of KEY at a hidden prompt, twice
    #[arg(long, value_name = "KEY")]
    pub prompt: Vec<String>,
    /// Take a file's content; KEY is the file's name unless given
    #[arg(long, value_name = "[KEY=]PATH")]
    pub file: Vec<OsString>,
    /// Take every file of a directory; follows the links of a mounted Secret
    #[arg(long, value_name = "PATH")]
    pub dir: Vec<PathBuf>,
    /// Take every KEY=VALUE line of an env file
    #[arg(long, value_name = "PATH")]
    pub env_file: Vec<PathBuf>,
    /// How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)
    #[arg(long, value_name = "DIALECT", value_enum, default_value_t = EnvDialect::Kubectl)]
    pub env_dialect: EnvDialect,
    /// Read the value of KEY from the inherited file descriptor N
    #[arg(long, value_name = "KEY=N")]
    pub fd: Vec<String>,
    /// Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)
    #[arg(long, value_name = "KEY[=LENGTH[:ALPHABET]]")]
    pub generate: Vec<String>,
    /// kubectl's spelling of --file and --dir, with kubectl's rules
    #[arg(long, value_name = "[KEY=]PATH")]
    pub from_file: Vec<OsString>,
    /// kubectl's spelling of --env-file, with kubectl's rules
    #[arg(long, value_name = "PATH", conflicts_with = "from_file")]
    pub from_env_file: Vec<PathBuf>,
    /// Ask for the value of KEY (kubectl's KEY=VALUE is refused: the process list would show it)
    #[arg(long, value_name = "KEY")]
    pub from_literal: Vec<String>,
    /// Remove one line end from the end of values that come from files, descriptors and standard input
    #[arg(long, conflicts_with = "keep_newline")]
    pub trim_newline: bool,
    /// Keep line ends at the end of values, and do not warn about them
    #[arg(long)]
    pub keep_newline: bool,
}

/// How env files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EnvDialect {
    /// As kubectl reads them: values verbatim.
    #[default]
    Kubectl,
    /// As dotenv tools read them: quotes, escapes, comments.
    Dotenv,
}
