//! Editors of Debian, at a terminal, in a home of their own.

use std::fs;
use std::process::Command;

use rexpect::session::PtySession;
use rustix::process::{Pid, Signal, kill_process};

use super::scene::{NEW, OLD, Scene};

/// An editor, how it is told that the file is on the screen, and what is typed to it.
struct Editor {
    program: &'static str,
    /// Searches for the value, copies its line, changes it, saves, and quits.
    save: &'static [&'static str],
    /// Changes it and quits without saving.
    quit: &'static [&'static str],
    /// Ends it with another status than 0, where it can.
    fail: Option<&'static [&'static str]>,
    /// Configuration with which it would keep copies: a file of the home, and its text.
    hostile: (&'static str, &'static str),
}

const VIM_SAVE: &[&str] = &["/zebra\r", "yy", "p", "u", ":s/old/new/\r", ":wq\r"];
const VIM_QUIT: &[&str] = &["/zebra\r", "yy", ":s/old/new/\r", ":q!\r"];
const VIM_FAIL: Option<&[&str]> = Some(&["/zebra\r", ":s/old/new/\r", ":w\r", ":cq\r"]);
const VIMRC: &str = "autocmd!\nset nocompatible backup writebackup undofile swapfile updatecount=1 updatetime=100\n\
    set backupdir=~ directory=~ undodir=~ viminfo='100,<1000,s1000 history=100 modeline\n";

const EDITORS: &[Editor] = &[
    Editor {
        program: "vim.basic",
        save: VIM_SAVE,
        quit: VIM_QUIT,
        fail: VIM_FAIL,
        hostile: (".vimrc", VIMRC),
    },
    Editor {
        program: "vim.tiny",
        save: VIM_SAVE,
        quit: VIM_QUIT,
        fail: VIM_FAIL,
        hostile: (
            ".vimrc",
            "set nocompatible backup writebackup backupdir=~ directory=~ viminfo='100,<1000\n",
        ),
    },
    Editor {
        program: "nvim",
        save: VIM_SAVE,
        quit: VIM_QUIT,
        fail: VIM_FAIL,
        hostile: (
            ".config/nvim/init.vim",
            "autocmd!\nset backup writebackup undofile swapfile updatecount=1 backupdir=~ directory=~ undodir=~\n",
        ),
    },
    Editor {
        program: "nano",
        // Search, to the line's end, cut and paste it twice, replace, save, quit.
        save: &[
            "\x17zebra-old\r",
            "\x0b",
            "\x15",
            "\x1c",
            "old\r",
            "new\r",
            "A",
            "\x0f",
            "\r",
            "\x18",
        ],
        quit: &["\x17zebra-old\r", "\x0b", "\x18", "n"],
        fail: None,
        hostile: (
            ".nanorc",
            "set backup\nset backupdir \"~\"\nset historylog\nset positionlog\nset locking\n",
        ),
    },
    Editor {
        program: "emacs",
        save: &[
            "\x13zebra-old\r",
            "\x0b",
            "\x19",
            "\x1b<",
            "\x1b%old\r",
            "new\r",
            "!",
            "\x18\x13",
            "\x18\x03",
        ],
        quit: &["\x13zebra-old\r", "\x0b", "\x18\x03", "!", "yes\r"],
        fail: None,
        hostile: (
            ".emacs",
            "(setq make-backup-files t backup-directory-alist '((\".\" . \"~/.saves\")) auto-save-default t auto-save-interval 20)\n\
             (setq savehist-additional-variables '(kill-ring search-ring))\n(savehist-mode 1)\n",
        ),
    },
    Editor {
        program: "joe",
        save: &[
            "\x0bfzebra-old\r",
            "\r",
            "\x19",
            "  zebra-new-value\r",
            "\x0bx",
        ],
        quit: &["\x0bfzebra-old\r", "\r", "\x19", "\x03", "y"],
        fail: None,
        hostile: (".joerc", ":include /etc/joe/joerc\n"),
    },
];

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Save,
    Quit,
    Fail,
    /// The terminal goes away.
    Hangup,
    /// The editor is killed.
    Kill,
}

fn has(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$0\" >/dev/null", program])
        .status();
    found.is_ok_and(|status| status.success())
}

/// Whether `CI` says that nothing may be left out.
fn may_be_left_out(program: &str) {
    assert!(
        std::env::var_os("CI").is_none() || program == "emacs" || program == "joe",
        "{program} is not installed, and CI leaves nothing out"
    );
}

/// The process of the editor, which has the file on its command line.
fn editor_of(scene: &Scene) -> Option<Pid> {
    let place = scene.memory.path().to_str().unwrap().to_owned();
    fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let id: i32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line);
        let last = line.trim_end_matches('\0').rsplit('\0').next()?;
        (last.starts_with(&place) && last.ends_with("secret.yaml")).then(|| Pid::from_raw(id))?
    })
}

fn press(session: &mut PtySession, keys: &[&str]) {
    for key in keys {
        // Each on its own, as somebody types: an editor reads an escape and what follows
        // it as one key.
        std::thread::sleep(std::time::Duration::from_millis(150));
        session.send(key).unwrap();
        session.flush().unwrap();
    }
}

fn run(editor: &Editor, end: End, hostile: bool) -> Option<String> {
    let keys = match end {
        End::Save => editor.save,
        End::Quit => editor.quit,
        End::Fail => editor.fail?,
        End::Hangup | End::Kill => &editor.save[..2],
    };
    let what = format!("{} {end:?} {hostile}", editor.program);
    let scene = Scene::new();
    if hostile {
        let path = scene.home.path().join(editor.hostile.0);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, editor.hostile.1).unwrap();
    }
    let line = match editor.program {
        "emacs" => "emacs -nw",
        program => program,
    };
    let mut session = scene.at_a_terminal(line, &["secret/db", "-y"]);
    let shown = session.exp_string("app-user");
    assert!(shown.is_ok(), "{what}: {:?}", shown.err());
    press(&mut session, keys);
    match end {
        End::Hangup => {
            drop(session);
        }
        _ => {
            if end == End::Kill {
                kill_process(editor_of(&scene).unwrap(), Signal::KILL).unwrap();
            }
            let said = session
                .exp_string("ended-with-")
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            let status = session.exp_string(".").unwrap();
            let expected = if matches!(end, End::Save | End::Quit) {
                "0"
            } else {
                "2"
            };
            assert_eq!(status, expected, "{what}: {said}");
        }
    }
    let changed = scene.value("password").as_deref() == Some(NEW);
    assert_eq!(
        changed,
        end == End::Save,
        "{what}: {:?}",
        scene.value("password")
    );
    // After a hangup the run ends by itself.
    let started = std::time::Instant::now();
    while fs::read_dir(scene.memory.path()).unwrap().count() > 0
        && started.elapsed() < std::time::Duration::from_secs(30)
    {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    scene.assert_clean(&what);
    Some(what)
}

const ENDS: [End; 5] = [End::Save, End::Quit, End::Fail, End::Hangup, End::Kill];

/// Shows E1. Seen to fail without the flags: vim's search is in .viminfo, neovim's in
/// its shada.
#[test]
fn editors_leave_no_copy_however_they_end() {
    for editor in EDITORS {
        if !has(editor.program) {
            may_be_left_out(editor.program);
            continue;
        }
        for end in ENDS {
            run(editor, end, false);
        }
    }
}

/// Shows E2. Seen to fail with flags that are read before the configuration.
#[test]
fn no_configuration_makes_an_editor_keep_a_copy() {
    for editor in EDITORS {
        if !has(editor.program) {
            may_be_left_out(editor.program);
            continue;
        }
        for end in [End::Save, End::Kill] {
            run(editor, end, true);
        }
    }
}

/// The control of both, and what the search is for: an editor that is not known gets no
/// flags, leaves a copy, and that is told with the name of the file.
#[test]
fn a_copy_that_an_editor_leaves_is_found_and_named() {
    if !has("vim.basic") {
        may_be_left_out("vim.basic");
        return;
    }
    let scene = Scene::new();
    fs::write(
        scene.home.path().join(".vimrc"),
        "set nocompatible backup backupdir=~ viminfo='100,<1000\n",
    )
    .unwrap();
    let wrapper = scene.editor("exec vim.basic \"$@\"");
    let mut session = scene.at_a_terminal(&super::quoted(&wrapper), &["secret/db", "-y"]);
    let mut said = session.exp_string("app-user").unwrap();
    press(&mut session, VIM_SAVE);
    said += &session.exp_string("ended-with-").unwrap();
    assert!(!scene.copies().is_empty(), "the control leaves nothing");
    for path in scene.copies() {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(said.contains(name), "{name}: {said}");
    }
    assert!(
        said.contains("which flags keep fake editor from making copies is not known"),
        "{said}"
    );
}

/// Shows E5. Seen to fail without holding the signal.
#[test]
fn control_c_belongs_to_the_editor() {
    if !has("vim.basic") {
        may_be_left_out("vim.basic");
        return;
    }
    let scene = Scene::new();
    let mut session = scene.at_a_terminal("vim.basic", &["secret/db", "-y"]);
    session.exp_string("app-user").unwrap();
    press(&mut session, &["\x03", "\x03", "\x03"]);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(fs::read_dir(scene.memory.path()).unwrap().count(), 1);
    press(
        &mut session,
        &["\x1b", ":%s/zebra-old/zebra-new/\r", ":wq\r"],
    );
    session.exp_string("ended-with-0.").unwrap();
    assert_eq!(scene.value("password").as_deref(), Some(NEW));
    assert_ne!(scene.value("password").as_deref(), Some(OLD));
    scene.assert_clean("Ctrl-C");
}

/// The same as the property of E12, through an editor that writes the text again.
#[test]
fn a_text_that_is_written_again_unchanged_changes_nothing() {
    if !has("vim.basic") {
        may_be_left_out("vim.basic");
        return;
    }
    let scene = Scene::new();
    let mut state = 7_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as u8
    };
    let values: Vec<(String, Vec<u8>)> = (0..200)
        .map(|number| {
            let length = usize::from(next() % 40);
            let bytes = (0..length).map(|_| next()).collect();
            let text = (0..length)
                .map(|_| b" \n\r\t#:'\"ab"[usize::from(next() % 10)])
                .collect();
            (
                format!("k{number}"),
                if number % 2 == 0 { bytes } else { text },
            )
        })
        .collect();
    let given: Vec<_> = values
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    scene.server.put_secret("default", "db", &given, "kubectl");
    let before = scene.values();
    let mut session = scene.at_a_terminal("vim.basic", &["secret/db", "-y"]);
    session.exp_string("decoded").unwrap();
    press(&mut session, &[":wq\r"]);
    let said = session.exp_string("ended-with-0.").unwrap();
    assert!(said.contains("secret/db unchanged"), "{said}");
    assert!(before == scene.values());
    assert_eq!(scene.writes(), 0);
}
