//! Files that are written over on real file systems: what is kept with them stays,
//! or they are refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use rustix::fs::{XattrFlags, setxattr};

use super::set_ups::{SetUp, set_ups};
use super::volume::Volume;
use crate::attributes::{self, Attributes};
use crate::figures::Section;
use crate::harness::{Invocation, program, thorough_trial};

pub fn trials() -> Vec<Trial> {
    vec![thorough_trial(
        "thorough::s2_attributes_of_files_that_are_written_over",
        rewritten,
    )]
}

const FILE_SYSTEMS: [&str; 3] = ["ext4", "xfs", "btrfs"];
const USER: &str = "65534";
/// `security.capability` of revision 2 without a capability
/// (`linux/capability.h`): only root may set it, and everybody may read it.
const NO_CAPABILITY: [u8; 20] = [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
      - name: main
        image: example/app:1
        env:
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
";
const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: app, namespace: shop}
spec:
  containers:
  - name: main
    image: example/app:1
    volumeMounts:
    - {name: db, mountPath: /etc/secrets/db}
  volumes:
  - name: db
    secret: {secretName: db, defaultMode: 0400}
";

/// A report of before: one never takes the place of a manifest.
const EARLIER: &str = "{}\n";

/// What writes over the file, which it gets as its last word, and what is in that.
const WRITERS: [(&str, &str); 3] = [
    ("migrate --write --yes -f ", DEPLOYMENT),
    ("doctor --fix --yes --fail-on never -f ", POD),
    (
        concat!(
            "doctor --fail-on never -f '",
            env!("CARGO_MANIFEST_DIR"),
            "/examples/task-api' -o name -o json="
        ),
        EARLIER,
    ),
];

/// Shows S2.
fn rewritten() {
    let mut kept = 0;
    let mut refused = 0;
    for name in FILE_SYSTEMS {
        let set_up: &'static SetUp = set_ups().iter().find(|set_up| set_up.name == name).unwrap();
        let volume = match Volume::create(set_up) {
            Ok(volume) => volume,
            Err(reason) => {
                let required = std::env::var_os("CI").is_some_and(|value| value == "true");
                assert!(!required, "{name}: {reason}");
                continue;
            }
        };
        let done = volume.while_mounted(|mounted| {
            attributes::open_to_all(mounted);
            kept += WRITERS
                .iter()
                .filter(|(words, text)| keeps_all(mounted, words, text))
                .count();
            refused += usize::from(refuses(mounted));
            Ok(())
        });
        done.unwrap_or_else(|reason| panic!("{name}: {reason}"));
    }
    Section::Thorough.record_part(
        "S2",
        "attributes",
        "a file that `--write`, `--fix` or `-o FORMAT=FILE` writes over keeps owner, mode, access control list and extended attributes on ext4, xfs and btrfs, also in a folder whose new files get another list; it is refused where one cannot be kept",
        format!("{kept} kept, {refused} refused and unchanged"),
        "each had a list and an attribute of its own before, and new content after",
    );
}

fn keeps_all(folder: &Path, words: &str, text: &str) -> bool {
    let path = folder.join("app.yaml");
    fs::write(&path, text).unwrap();
    attributes::dress(&path);
    let before = Attributes::of(&path);
    assert!(before.is_rich(), "{words}: {before:?}");
    let outcome = Invocation::of_program(Path::new("/bin/sh"), Path::new("/dev/null"))
        .word("-c")
        .word(format!("{} {words}{}", program().display(), path.display()))
        .run();
    assert!(
        matches!(outcome.status, Some(0 | 5)),
        "{words}: {}",
        outcome.stderr
    );
    let content = fs::read_to_string(&path).unwrap();
    assert_ne!(content, text, "{words}: {}", outcome.stderr);
    assert_eq!(Attributes::of(&path), before, "{words}");
    true
}

/// As a user who may not set an attribute that the file has.
fn refuses(folder: &Path) -> bool {
    let path = folder.join("labelled.yaml");
    fs::write(&path, DEPLOYMENT).unwrap();
    setxattr(
        &path,
        "security.capability",
        &NO_CAPABILITY,
        XattrFlags::empty(),
    )
    .unwrap();
    std::os::unix::fs::chown(&path, Some(65534), Some(65534)).unwrap();
    // Giving a file away takes the attribute from it.
    setxattr(
        &path,
        "security.capability",
        &NO_CAPABILITY,
        XattrFlags::empty(),
    )
    .unwrap();
    std::os::unix::fs::chown(folder, Some(65534), Some(65534)).unwrap();
    let before = Attributes::of(&path);
    // Where the user may not go, the program is copied to.
    let copy = folder.join("secretsafe");
    fs::copy(program(), &copy).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid", USER, "--regid", USER, "--clear-groups"])
        .arg(&copy)
        .args(["migrate", "--write", "--yes", "-f"])
        .arg(&path)
        .env("KUBECONFIG", "/dev/null")
        .output()
        .unwrap();
    fs::remove_file(&copy).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("security.capability"),
        "{:?} {said}",
        output.status
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), DEPLOYMENT, "{said}");
    assert_eq!(Attributes::of(&path), before);
    true
}
