//! Certificates that were fetched before: for a cluster whose controller cannot be
//! reached today. They are public, and each is checked as if it had just been fetched.

use std::fmt::Write as _;
use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use crate::cache::{self, Folder};
use crate::cluster::Cluster;
use crate::secret::sealing::LONGEST_CERTIFICATE;

/// What stands before the time in the first line.
const HEAD: &str = "# fetched ";

/// A certificate, and when it was fetched.
pub struct Kept {
    /// Where it is.
    pub file: PathBuf,
    pub fetched: Timestamp,
    pub pem: Vec<u8>,
}

/// Keeps what the controller at `place` of a cluster gave. `named` is what the user
/// called it, if that was said.
pub fn keep(cluster: &Cluster, named: Option<&str>, place: &str, pem: &[u8], now: Timestamp) {
    let Some(folder) = folder() else {
        return;
    };
    let server = cluster.server();
    let mut text = format!("{HEAD}{now} from {place} of {server}\n").replace(['\r', '\u{0}'], "");
    if text.lines().count() != 1 {
        return;
    }
    text.push_str(&String::from_utf8_lossy(pem));
    // It is found by its name, too, when that is not said at first.
    for named in [named, Some(place), None] {
        folder.write(&name(cluster.identity(), named), text.as_bytes());
    }
}

/// What was kept last.
pub fn find(cluster: &Cluster, named: Option<&str>) -> Option<Kept> {
    let folder = folder()?;
    let name = name(cluster.identity(), named);
    let bytes = folder.read(&name, LONGEST_CERTIFICATE as u64)?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let time = head.strip_prefix(HEAD)?.split(' ').next()?;
    Some(Kept {
        file: folder.file(&name),
        fetched: time.parse().ok()?,
        pem: bytes[end + 1..].to_vec(),
    })
}

/// How old it is, in whole days.
pub fn days(fetched: Timestamp, now: Timestamp) -> i64 {
    (now.as_second() - fetched.as_second()).max(0) / 86_400
}

fn folder() -> Option<Folder> {
    Folder::open(cache::place("certificates")?)
}

/// Names of contexts may hold anything; names of files do not.
fn name(cluster: &str, named: Option<&str>) -> String {
    let text = format!("{cluster}\n{}", named.unwrap_or_default());
    let mut name = String::new();
    for byte in digest(&SHA256, text.as_bytes()).as_ref() {
        let _ = write!(name, "{byte:02x}");
    }
    name + ".pem"
}
