//! What a release is made of, and what brings it to people: the archives, krew, pipelines.
//! With `--ignored`, for it builds a release in the profile `trial`. `SECRETSAFE_DIST`
//! names a directory of archives that are there already (`cargo xtask dist`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod archives;
mod five_minutes;
mod krew;
mod linters;
mod pipelines;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The directory of the archives, with sums and manifest.
fn dist() -> &'static Path {
    static DIST: OnceLock<PathBuf> = OnceLock::new();
    DIST.get_or_init(|| {
        if let Some(given) = std::env::var_os("SECRETSAFE_DIST") {
            return root().join(given);
        }
        let out = root().join("target/dist-trial");
        succeeds(
            Command::new(env!("CARGO"))
                .args(["run", "--quiet", "--locked", "--package", "xtask", "--"])
                .args(["dist", "--profile", "trial", "--out"])
                .arg(&out)
                .current_dir(root()),
        );
        out
    })
}

fn archive(platform: &str) -> PathBuf {
    dist().join(format!("kubectl-secretsafe-{VERSION}-{platform}.tar.gz"))
}

/// An archive unpacked.
fn unpacked(platform: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeeds(
        Command::new("tar")
            .arg("-xzf")
            .arg(archive(platform))
            .arg("-C")
            .arg(folder.path()),
    );
    folder
}

/// This machine, as the archives name it.
fn here() -> &'static str {
    match cfg!(target_arch = "x86_64") {
        true => "linux-amd64",
        false => "linux-arm64",
    }
}

/// What a command prints.
fn succeeds(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The programs of wheels: `.ci/NAME.txt`.
fn wheel(name: &str) -> PathBuf {
    succeeds(Command::new(root().join(".ci/wheel")).arg(name))
        .trim()
        .into()
}

/// The archives below an address, as a release has them.
struct Releases {
    server: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Releases {
    fn serve() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(dist(), folder.path().join(VERSION)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = Command::new("python3")
            .args(["-m", "http.server", "--bind", "127.0.0.1"])
            .arg(port.to_string())
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{port}");
        assert!(
            testcluster::process::wait_until(std::time::Duration::from_secs(60), || {
                std::net::TcpStream::connect(&address).is_ok()
            }),
            "python3 -m http.server does not answer"
        );
        Self {
            server,
            folder,
            port,
        }
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Replaces what the address serves by files of one's own.
    fn replace(&self, name: &str, content: &[u8]) {
        let own = self.folder.path().join("own");
        if !own.exists() {
            std::fs::create_dir(&own).unwrap();
            for entry in std::fs::read_dir(dist()).unwrap() {
                let path = entry.unwrap().path();
                std::fs::copy(&path, own.join(path.file_name().unwrap())).unwrap();
            }
            let link = self.folder.path().join(VERSION);
            std::fs::remove_file(&link).unwrap();
            std::os::unix::fs::symlink(&own, link).unwrap();
        }
        std::fs::write(own.join(name), content).unwrap();
    }
}

impl Drop for Releases {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
