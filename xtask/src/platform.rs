//! The platforms of a release.

use clap::ValueEnum;

/// The version of the release, without `v`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Platform {
    LinuxAmd64,
    LinuxArm64,
    DarwinAmd64,
    DarwinArm64,
}

impl Platform {
    pub const ALL: [Self; 4] = [
        Self::LinuxAmd64,
        Self::LinuxArm64,
        Self::DarwinAmd64,
        Self::DarwinArm64,
    ];
    pub const ON_LINUX: [Self; 2] = [Self::LinuxAmd64, Self::LinuxArm64];

    /// As krew names it (`GOOS`, `GOARCH`).
    pub fn os_and_arch(self) -> (&'static str, &'static str) {
        match self {
            Self::LinuxAmd64 => ("linux", "amd64"),
            Self::LinuxArm64 => ("linux", "arm64"),
            Self::DarwinAmd64 => ("darwin", "amd64"),
            Self::DarwinArm64 => ("darwin", "arm64"),
        }
    }

    /// As rustc names it. Linux with musl, so that one program runs with every C
    /// library, and with none.
    pub fn triple(self) -> &'static str {
        match self {
            Self::LinuxAmd64 => "x86_64-unknown-linux-musl",
            Self::LinuxArm64 => "aarch64-unknown-linux-musl",
            Self::DarwinAmd64 => "x86_64-apple-darwin",
            Self::DarwinArm64 => "aarch64-apple-darwin",
        }
    }

    pub fn is_linux(self) -> bool {
        self.os_and_arch().0 == "linux"
    }

    /// The name of what belongs to this platform, without an extension.
    pub fn stem(self) -> String {
        let (os, arch) = self.os_and_arch();
        format!("kubectl-secretsafe-v{VERSION}-{os}-{arch}")
    }

    pub fn archive(self) -> String {
        format!("{}.tar.gz", self.stem())
    }
}
