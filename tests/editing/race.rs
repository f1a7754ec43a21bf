//! Another user who tries to get at the text, or to put something in its place.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use super::scene::{NEW, OLD, Scene, all, quoted};

/// Tries to enter, rename, fill and replace every folder of `edit` in a folder that
/// everybody may write to, and to be there first; prints how often that was tried and how
/// often it came off.
const ATTACKER: &str = r#"
import os, sys
where, stop, target = sys.argv[1], sys.argv[2], sys.argv[3]
tries, wins = 0, []

def attempt(what, do):
    global tries
    tries += 1
    try:
        do()
        wins.append(what)
    except OSError:
        pass

while not os.path.exists(stop):
    for name in os.listdir(where):
        if not name.startswith("secretsafe."):
            continue
        path = os.path.join(where, name)
        # Only what somebody else has made.
        try:
            if os.lstat(path).st_uid == os.getuid():
                continue
        except OSError:
            continue
        text = os.path.join(path, "secret.yaml")
        attempt("read", lambda: open(text).read())
        attempt("list", lambda: os.listdir(path))
        attempt("make", lambda: open(os.path.join(path, "x"), "x"))
        attempt("link", lambda: os.symlink(target, os.path.join(path, "y")))
        attempt("link the text", lambda: os.link(text, os.path.join(where, "secretsafe-stolen")))
        attempt("rename", lambda: os.rename(path, path + ".moved"))
        attempt("remove", lambda: os.rmdir(path))
        attempt("mode", lambda: os.chmod(path, 0o777))
        # Its successors, as far as they can be guessed.
        boot, process, started, _ = (name.split(".") + [""] * 4)[1:5]
        for next in range(3) if process.isdigit() else []:
            guess = os.path.join(where, f"secretsafe.{boot}.{int(process) + next}.{started}.00000000")
            try:
                os.symlink(target, guess)
            except OSError:
                pass
print(tries, len(wins), *sorted(set(wins)))
"#;

struct Race {
    tries: usize,
    wins: usize,
    said: String,
}

/// Lets somebody else race with `work`.
fn raced(scene: &Scene, work: impl FnOnce()) -> Race {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let stop = folder.path().join("stop");
    let target = scene.work.path().join("target");
    let attacker = Command::new("setpriv")
        .args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "/usr/bin/python3",
            "-c",
            ATTACKER,
        ])
        .args(["/dev/shm".as_ref(), stop.as_os_str(), target.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    work();
    fs::write(&stop, "").unwrap();
    let output = attacker.wait_with_output().unwrap();
    for entry in fs::read_dir("/dev/shm").unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".00000000") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let said = all(&output);
    let mut figures = said
        .split_whitespace()
        .map(|word| word.parse().unwrap_or(0));
    Race {
        tries: figures.next().unwrap_or(0),
        wins: figures.next().unwrap_or(0),
        said,
    }
}

/// Shows E7. Seen to fail with a folder that everybody may enter, its control.
#[test]
fn another_user_wins_no_race() {
    // Only root may start a program as somebody else.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let scene = Scene::new();
    let editor = quoted(&scene.editor(&format!("sleep 0.3; sed -i s/{OLD}/{NEW}/ \"$1\"")));
    let mut tries = 0;
    // A place that all users share.
    for _ in 0..100 {
        let race = raced(&scene, || {
            for _ in 0..5 {
                scene.change(&[("password", OLD), ("user", "app-user")]);
                let done = scene
                    .command(&editor, &["secret/db", "-y"])
                    .env_remove("XDG_RUNTIME_DIR")
                    .output()
                    .unwrap();
                assert_eq!(done.status.code(), Some(0), "{}", all(&done));
                assert_eq!(scene.value("password").as_deref(), Some(NEW));
            }
        });
        assert_eq!(race.wins, 0, "{}", race.said);
        assert!(race.tries > 0, "{}", race.said);
        tries += race.tries;
        if tries >= super::rounds(10_000).max(10_000) {
            break;
        }
    }
    assert!(tries >= 10_000, "{tries} tries");
    let open = tempfile::Builder::new()
        .prefix("secretsafe.")
        .tempdir_in("/dev/shm")
        .unwrap();
    fs::set_permissions(open.path(), fs::Permissions::from_mode(0o777)).unwrap();
    fs::write(open.path().join("secret.yaml"), OLD).unwrap();
    let race = raced(&scene, || {
        std::thread::sleep(std::time::Duration::from_millis(700))
    });
    assert!(
        race.said.contains("read") && race.said.contains("make"),
        "{}",
        race.said
    );
}
