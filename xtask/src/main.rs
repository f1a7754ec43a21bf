//! What a release is made of: `cargo xtask dist` builds the archives, `cargo xtask
//! index` describes those in a directory, `cargo xtask templates` writes the files of
//! the repository that krew reads.

mod archive;
mod build;
mod index;
mod krew;
mod licences;
mod linkage;
mod parts;
mod platform;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

use crate::platform::Platform;

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the archives of a release, their lists of parts, and their index
    Dist {
        /// Platform to build for; repeatable (default: both of Linux)
        #[arg(long = "platform", value_name = "OS-ARCH")]
        platforms: Vec<Platform>,
        /// Directory for the results, which must not have those of other runs [default:
        /// target/dist]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// How to compile: `trial` takes a fraction of the time, for a
        /// program that is larger and slower
        #[arg(long, default_value = "release")]
        profile: Profile,
    },
    /// Write SHA256SUMS and the krew manifest for the archives in a directory
    Index {
        /// Directory with the archives
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Fail unless every platform of a release is there
        #[arg(long)]
        all: bool,
    },
    /// Write krew-manifest.yaml and .krew.yaml anew
    Templates,
}

/// How a program is compiled.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    Release,
    Trial,
}

impl Profile {
    /// Its name in Cargo.toml.
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Trial => "trial",
        }
    }
}

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a member of the workspace is below its root")
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Dist {
            platforms,
            out,
            profile,
        } => {
            let platforms = match platforms.is_empty() {
                true => Platform::ON_LINUX.to_vec(),
                false => platforms,
            };
            let out = out.unwrap_or_else(|| root().join("target/dist"));
            index::clear(&out)?;
            for platform in platforms {
                let binary = build::build(platform, profile)?;
                let archive = out.join(platform.archive());
                archive::write(&binary, &licences::text()?, &archive)?;
                let parts = out.join(format!("{}.cdx.json", platform.stem()));
                parts::write(&binary, &parts)?;
                println!("{}", archive.display());
            }
            index::write(&out, &[])
        }
        Task::Index { folder, all } => {
            let needed: &[Platform] = match all {
                true => &Platform::ALL,
                false => &[],
            };
            index::write(&folder, needed)
        }
        Task::Templates => krew::write_templates(root()),
    }
}
