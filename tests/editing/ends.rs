//! Runs that are ended while the editor is open.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::scene::{NEW, OLD, Scene, quoted};

fn signal(child: &Child, signal: Signal) {
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
}

/// Shows E3. Seen to fail when the text is wiped before the editor has ended.
#[test]
fn signals_leave_nothing_and_no_editor() {
    for (name, number, ends_it) in [
        ("HUP", Signal::HUP, true),
        ("TERM", Signal::TERM, true),
        ("INT", Signal::INT, false),
        ("QUIT", Signal::QUIT, false),
        ("PIPE", Signal::PIPE, false),
    ] {
        let scene = Scene::new();
        // It does not care for signals, and writes late, by its name and beside it.
        let editor = scene.editor(&format!(
            "trap '' HUP TERM INT QUIT; (echo $$ > \"$HOME/pid\"; sleep 1; echo {NEW} >> \"$1\"; echo {NEW} > late; sleep 2; \
             sed -i s/{OLD}/{NEW}/ \"$1\")"
        ));
        let mut child = scene
            .command(&quoted(&editor), &["db", "-y"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !scene.home.path().join("pid").exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(&child, number);
        let status = child.wait().unwrap();
        match ends_it {
            true => assert_eq!(status.signal(), Some(number.as_raw()), "{name}"),
            false => assert!(status.code().is_some(), "{name}: {status:?}"),
        }
        scene.assert_clean(name);
        if ends_it {
            let id = fs::read_to_string(scene.home.path().join("pid")).unwrap();
            let stat = fs::read_to_string(format!("/proc/{}/stat", id.trim()));
            assert!(
                stat.is_err() || stat.unwrap().contains(") Z "),
                "{name}: it runs"
            );
            assert_eq!(scene.value("password").as_deref(), Some(OLD), "{name}");
        }
    }
}

/// Shows E4. Seen to fail without the sweep.
#[test]
fn what_a_kill_leaves_is_in_memory_and_goes_with_the_next_run() {
    let scene = Scene::new();
    let editor = quoted(&scene.editor("sleep 0.05; cp \"$1\" \"$1~\"; sleep 0.05"));
    let mut left = 0;
    for round in 0..super::rounds(60) {
        let mut child = scene
            .command(&editor, &["db", "-y"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Every other time while there is a text, or shortly afterwards.
        let has_text = || fs::read_dir(scene.memory.path()).unwrap().count() > 0;
        let begun = std::time::Instant::now();
        while round % 2 == 0 && !has_text() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let delay = if round % 2 == 0 {
            round * 5 % 150
        } else {
            round * 7 % 400
        };
        std::thread::sleep(Duration::from_millis(u64::try_from(delay).unwrap()));
        signal(&child, Signal::KILL);
        child.wait().unwrap();
        left += fs::read_dir(scene.memory.path()).unwrap().count();
        let copies = scene.copies();
        assert!(copies.is_empty(), "{copies:?}");
        // The editor may still run: its folder is gone for it.
        let done = scene.edit("exit 0", &[]);
        assert_eq!(done.status.code(), Some(0), "{}", super::all(&done));
        let after = fs::read_dir(scene.memory.path()).unwrap().count();
        assert_eq!(after, 0, "round {round}");
    }
    assert!(left > 0, "no kill came while there was a text");
}
