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

/// The system calls of one run, in order: which, and for the how manieth time.
fn system_calls(scene: &Scene, editor: &str) -> Vec<(String, usize)> {
    let trace = scene.work.path().join("trace");
    let mut strace = under_strace(scene, editor, &["-o", trace.to_str().unwrap()]);
    let done = strace.output().unwrap();
    assert!(done.status.success(), "{}", super::all(&done));
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    let text = fs::read_to_string(&trace).unwrap();
    fs::remove_file(&trace).unwrap();
    let calls = text.lines().filter_map(|line| {
        let call = line.split_once('(')?.0;
        let is_one = call
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_one.then(|| call.to_owned())
    });
    calls
        .map(|call| {
            let count = counts.entry(call.clone()).or_default();
            *count += 1;
            (call, *count)
        })
        .collect()
}

fn under_strace(scene: &Scene, editor: &str, words: &[&str]) -> std::process::Command {
    let edit = scene.command(editor, &["secret/db", "-y"]);
    let mut strace = std::process::Command::new("strace");
    strace
        .arg("-qq")
        .args(words)
        .arg(edit.get_program())
        .args(edit.get_args())
        .env_clear()
        .envs(
            edit.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(scene.work.path());
    strace
}

/// SIGKILL as each system call is entered, or as every so manieth one is: nothing is on a
/// disk, and the next run removes what is in memory.
///
/// Shows E4. Seen to fail without the sweep.
#[test]
fn a_kill_at_a_system_call_leaves_nothing_on_a_disk() {
    let scene = Scene::new();
    let editor = quoted(&scene.editor(&format!("sed -i s/{OLD}/{NEW}/ \"$1\"; cp \"$1\" \"$1~\"")));
    let calls = system_calls(&scene, &editor);
    let is = |call: &'static str| move |(name, _): &(String, usize)| name == call;
    let first = calls.iter().position(is("mkdirat")).unwrap();
    let last = calls.iter().rposition(is("unlinkat")).unwrap();
    // Before and after that there is no text.
    let calls = &calls[first..=last];
    assert!(calls.len() >= 50, "{}", calls.len());
    let (mut killed, mut left) = (0, 0);
    let wanted = super::rounds(30).min(calls.len());
    for round in 0..wanted {
        let (call, count) = &calls[round * calls.len() / wanted];
        scene.change(&[("password", OLD), ("user", "app-user")]);
        let inject = format!("inject={call}:signal=KILL:when={count}");
        let ended = under_strace(&scene, &editor, &["-o", "/dev/null", "-e", &inject])
            .output()
            .unwrap();
        // A run may have a call less: of memory, or of waiting.
        killed += usize::from(ended.status.signal() == Some(Signal::KILL.as_raw()));
        let in_memory = fs::read_dir(scene.memory.path()).unwrap().count();
        left += in_memory;
        let copies = scene.copies();
        assert!(copies.is_empty(), "{call} {count}: {copies:?}");
        let done = scene.edit("exit 0", &[]);
        assert_eq!(done.status.code(), Some(0), "{}", super::all(&done));
        let after = fs::read_dir(scene.memory.path()).unwrap().count();
        assert_eq!(after, 0, "{call} {count}");
        // The fake editor of that run is another one.
        scene.editor(&format!("sed -i s/{OLD}/{NEW}/ \"$1\"; cp \"$1\" \"$1~\""));
    }
    assert!(killed * 10 > wanted * 8, "{killed} of {wanted} were killed");
    assert!(left > 0, "no kill came while there was a text");
}
