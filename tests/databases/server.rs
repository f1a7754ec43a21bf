//! A server that is started for one test and ended with it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub struct Server {
    child: Child,
    pub port: u16,
    pub folder: TempDir,
}

/// A port that nobody uses now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The number of a user of this machine.
fn user(name: &str) -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users
        .lines()
        .find(|line| line.starts_with(&format!("{name}:")));
    let line = line.unwrap_or_else(|| panic!("no user {name}: is the package installed?"));
    let mut numbers = line.split(':').skip(2).map(|part| part.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// A folder of this user.
pub fn folder_of(name: &str) -> TempDir {
    let folder = TempDir::with_prefix("database-").unwrap();
    let (uid, gid) = user(name);
    chown(folder.path(), Some(uid), Some(gid)).unwrap();
    folder
}

/// A command as a user: servers do not run as root.
pub fn as_user(name: &str, program: &Path) -> Command {
    let mut command = Command::new("runuser");
    command.args(["-u", name, "--"]).arg(program);
    command
}

/// The newest program of a package.
pub fn program(pattern: &[&str]) -> PathBuf {
    let found = pattern.iter().map(PathBuf::from).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("none of {pattern:?}: is the package installed?"))
}

impl Server {
    /// Starts it and waits until it takes connections.
    pub fn start(mut command: Command, port: u16, folder: TempDir) -> Self {
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("server.log")).unwrap())
            .spawn()
            .unwrap();
        let mut server = Self {
            child,
            port,
            folder,
        };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = server.child.try_wait().unwrap();
            let log = || fs::read_to_string(server.folder.path().join("server.log"));
            assert!(ended.is_none(), "{:?}", log());
            assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // With what runuser and scripts have started.
        let group = rustix::process::Pid::from_child(&self.child);
        let end = |signal| rustix::process::kill_process_group(group, signal);
        let _ = end(rustix::process::Signal::TERM);
        let begun = Instant::now();
        while end(rustix::process::Signal::CONT).is_ok() {
            if begun.elapsed() > Duration::from_secs(30) {
                let _ = end(rustix::process::Signal::KILL);
                break;
            }
            // Reaped, its number is free.
            let _ = self.child.try_wait();
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.wait();
    }
}
