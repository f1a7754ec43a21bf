//! `edit`: what it writes, and that nothing of a value is left, whatever the editor does
//! and however the run ends.
//!
//! `EDITS=1000 cargo test --test editing` tries more moments and more changes at the same
//! time.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod editors;
mod ends;
mod race;
mod scene;
mod together;

use std::fs;

use http::Method;
use testcluster::fault::{Fault, Reply, Rule};

use scene::{NEW, OLD, Scene, all, quoted};

/// How many rounds there are.
fn rounds(ordinary: usize) -> usize {
    let wanted = std::env::var("EDITS")
        .ok()
        .and_then(|text| text.parse().ok());
    wanted.unwrap_or(ordinary)
}

#[test]
fn what_was_typed_is_written_and_nothing_else() {
    let scene = Scene::new();
    let done = scene.edit(&format!("sed -i s/{OLD}/{NEW}/ \"$1\""), &[]);
    assert_eq!(done.status.code(), Some(0), "{}", all(&done));
    assert_eq!(String::from_utf8_lossy(&done.stdout), "secret/db edited\n");
    assert_eq!(
        scene.values(),
        [
            ("password".to_owned(), NEW.as_bytes().to_vec()),
            ("user".to_owned(), b"app-user".to_vec())
        ]
    );
    let said = all(&done);
    assert!(
        said.contains("password: changed (still 15 bytes)"),
        "{said}"
    );
    assert!(said.contains("user: unchanged"), "{said}");
    assert!(!said.contains("zebra"), "{said}");
    assert_eq!(scene.writes(), 1);
    scene.assert_clean("a change");

    // Keys come and go, in any spelling.
    let done = scene.edit(
        "printf 'token: \"a\\\\tb\"\\nuser: app-user\\n' > \"$1\"",
        &[],
    );
    let said = all(&done);
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(said.contains("password: removed (15 bytes)"), "{said}");
    assert!(said.contains("token: added (3 bytes)"), "{said}");
    assert_eq!(scene.value("token").as_deref(), Some("a\tb"));
    assert_eq!(scene.value("password"), None);
}

#[test]
fn one_key_is_edited_alone() {
    let scene = Scene::new();
    let script = format!("! grep -q app-user \"$1\" && sed -i s/{OLD}/{NEW}/ \"$1\"");
    let done = scene.edit(&script, &["password"]);
    let said = all(&done);
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert_eq!(scene.value("password").as_deref(), Some(NEW));
    assert_eq!(scene.value("user").as_deref(), Some("app-user"));
    let done = scene.edit("echo 'other: x' >> \"$1\"", &["password"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(all(&done).contains("other is not one of the keys that are edited"));
    let done = scene.edit("exit 9", &["pasword"]);
    let said = all(&done);
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(
        said.contains("has no key pasword") && said.contains("password, user"),
        "{said}"
    );
}

#[test]
fn what_others_write_is_not_edited() {
    for (change, word) in [
        (
            serde_json::json!({"metadata": {"ownerReferences": [{
                "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
                "name": "db", "uid": "1", "controller": true}]}}),
            "ExternalSecret",
        ),
        (serde_json::json!({"immutable": true}), "immutable"),
    ] {
        let scene = Scene::new();
        scene.server.edit_secret("default", "db", |object| {
            for (field, value) in change.as_object().unwrap() {
                match (object.get_mut(field), value) {
                    (Some(serde_json::Value::Object(own)), serde_json::Value::Object(more)) => {
                        own.extend(more.clone());
                    }
                    _ => object[field] = value.clone(),
                }
            }
        });
        let done = scene.edit("touch ../started; exit 9", &[]);
        let said = all(&done);
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.contains(word), "{said}");
        assert!(!scene.memory.path().join("started").exists());
        assert_eq!(scene.writes(), 0);
    }
}

/// Shows E9. Seen to fail with a reader that follows links.
#[test]
fn whatever_an_editor_leaves_ends_safely() {
    for (script, status, said) in [
        ("exit 0", 0, "secret/db unchanged"),
        ("touch \"$1\"", 0, "unchanged"),
        ("cp \"$1\" x; mv x \"$1\"", 0, "unchanged"),
        ("echo '# more' >> \"$1\"", 0, "unchanged"),
        (": > \"$1\"", 0, "the text is empty"),
        ("echo '# only' > \"$1\"", 0, "the text is empty"),
        ("rm \"$1\"", 2, "the file is gone"),
        (
            "rm \"$1\"; ln -s /etc/hostname \"$1\"",
            2,
            "a symbolic link",
        ),
        ("rm \"$1\"; mkfifo \"$1\"", 2, "a named pipe"),
        (
            "rm \"$1\"; mkdir \"$1\"; echo zebra-old-value > \"$1\"/x",
            2,
            "a directory",
        ),
        ("head -c 9000000 /dev/zero > \"$1\"", 2, "more than"),
        ("exit 3", 2, "ended with exit code 3"),
        ("kill -9 $$", 2, "was ended by signal 9"),
        (
            "sed -i s/zebra/z/ \"$1\"; exit 1",
            2,
            "ended with exit code 1",
        ),
        ("chmod 0 \"$1\"; exit 1", 2, "exit code 1"),
        (
            "echo zebra-old-value > beside; mkdir d; echo zebra-old-value > d/.x.swp",
            0,
            "unchanged",
        ),
        ("echo 'a: [1]' > \"$1\"", 2, "line 1: a is not a text"),
        (
            "printf 'a: 1\\na: 2\\n' > \"$1\"",
            2,
            "line 2: a is there twice",
        ),
        ("printf 'a: \\377\\n' > \"$1\"", 2, "line 1: not UTF-8"),
        ("printf 'password: x #y\\n' > \"$1\"", 2, "comment"),
    ] {
        let scene = Scene::new();
        let done = scene.edit(script, &[]);
        let text = all(&done);
        assert_eq!(done.status.code(), Some(status), "{script}: {text}");
        assert!(text.contains(said), "{script}: {text}");
        assert!(!text.contains("zebra"), "{script}: {text}");
        assert_eq!(scene.value("password").as_deref(), Some(OLD), "{script}");
        assert_eq!(scene.writes(), 0, "{script}");
        scene.assert_clean(script);
    }
}

/// Shows E10. Seen to fail with `sh -c "$EDITOR"`.
#[test]
fn the_variable_is_split_and_no_shell_is_run() {
    let scene = Scene::new();
    let editor = scene.editor(
        "printf '%s\\n' \"$@\" > \"$HOME/arguments\"; for file; do :; done; sed -i s/old/old/ \"$file\"",
    );
    let editor = quoted(&editor);
    for (words, expected) in [
        ("", ""),
        (" -x 'a b' \"c;d\"", "-x\na b\nc;d\n"),
        (" -- ; touch x", "--\n;\ntouch\nx\n"),
        (
            " $(touch x) `touch x` $HOME *",
            "$(touch\nx)\n`touch\nx`\n$HOME\n*\n",
        ),
    ] {
        let done = scene
            .command(&format!("{editor}{words}"), &["db", "-y"])
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(0), "{words}: {}", all(&done));
        let arguments = fs::read_to_string(scene.home.path().join("arguments")).unwrap();
        let file = arguments.strip_prefix(expected).unwrap();
        assert!(file.ends_with("/secret.yaml\n"), "{arguments}");
        assert!(!scene.work.path().join("x").exists(), "{words}");
    }
    let long = format!("{editor} {}", "x".repeat(5000));
    for (editor, said) in [
        ("/no/such/editor", "not a program"),
        ("'open", "open quote"),
        ("   ", "names no program"),
        ("/etc/passwd", "not a program"),
        (long.as_str(), "longer than"),
    ] {
        let done = scene.command(editor, &["db", "-y"]).output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{editor}");
        assert!(all(&done).contains(said), "{editor}: {}", all(&done));
        scene.assert_clean(editor);
    }
    // KUBE_EDITOR goes before EDITOR, an empty one is none.
    for (first, status) in [("false", 2), ("", 0)] {
        let done = scene
            .command("true", &["db", "-y"])
            .env("KUBE_EDITOR", first)
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(status), "{first}");
    }
}

/// Shows E6. Seen to fail without the mode of the folder.
#[test]
fn nobody_else_may_enter_whatever_the_umask_is() {
    for umask in ["000", "777"] {
        let scene = Scene::new();
        let editor = scene.editor("stat -c %a . \"$1\" > \"$HOME/modes\"");
        let mut command = std::process::Command::new("sh");
        let inner = scene.command(&quoted(&editor), &["db", "-y"]);
        command
            .arg("-c")
            .arg(format!("umask {umask}; exec \"$0\" \"$@\""));
        command.arg(inner.get_program()).args(inner.get_args());
        command.env_clear().current_dir(scene.work.path());
        for (name, value) in inner.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        // The editor itself must be able to write its notes.
        fs::write(scene.home.path().join("modes"), "").unwrap();
        let done = command.output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", all(&done));
        let modes = fs::read_to_string(scene.home.path().join("modes")).unwrap();
        assert_eq!(modes, "700\n600\n", "{umask}");
    }
}

/// Shows E8. Seen to fail with `/tmp` as a last place.
#[test]
fn without_memory_it_refuses_unless_a_disk_is_allowed() {
    // Only root may hide a file system from one process.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let scene = Scene::new();
    let editor = scene.editor(&format!(
        "pwd > \"$HOME/where\"; sed -i s/{OLD}/{NEW}/ \"$1\""
    ));
    let run = |words: &[&str]| {
        let inner = scene.command(&quoted(&editor), words);
        let mut command = std::process::Command::new("unshare");
        command
            .args([
                "-m",
                "sh",
                "-c",
                "mount --bind \"$TMPDIR\" /dev/shm && exec \"$0\" \"$@\"",
            ])
            .arg(inner.get_program())
            .args(inner.get_args())
            .env_clear();
        for (name, value) in inner.get_envs() {
            if let (Some(value), false) = (value, name == "XDG_RUNTIME_DIR") {
                command.env(name, value);
            }
        }
        command.output().unwrap()
    };
    let done = run(&["db", "-y"]);
    let said = all(&done);
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.contains("/dev/shm is not in memory"), "{said}");
    assert!(said.contains("--allow-disk"), "{said}");
    assert!(
        !scene.home.path().join("where").exists(),
        "the editor was started"
    );
    assert_eq!(fs::read_dir(scene.work.path()).unwrap().count(), 0);
    let done = run(&["db", "-y", "--allow-disk"]);
    let said = all(&done);
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(said.contains("may be on a disk"), "{said}");
    let place = fs::read_to_string(scene.home.path().join("where")).unwrap();
    assert!(
        place.starts_with(scene.work.path().to_str().unwrap()),
        "{place}"
    );
    scene.assert_clean("--allow-disk");
}

#[test]
fn a_dry_run_starts_the_editor_and_writes_nothing() {
    let scene = Scene::new();
    for (flag, word) in [
        ("--dry-run=client", "(dry run)"),
        ("--dry-run=server", "(server dry run)"),
    ] {
        let done = scene.edit(&format!("sed -i s/{OLD}/{NEW}/ \"$1\""), &[flag]);
        let said = all(&done);
        assert_eq!(done.status.code(), Some(0), "{said}");
        assert!(
            said.contains(word) && said.contains("password: changed"),
            "{said}"
        );
        assert_eq!(scene.value("password").as_deref(), Some(OLD));
    }
    scene.assert_clean("dry runs");
}

/// Shows E11. Seen to fail with an error that ends the run.
#[test]
fn a_write_that_fails_offers_the_text_again() {
    const DOWN: &str = "\x1b[B";
    let refusals = [
        ("409", Fault::from(Reply::status(409, "Conflict", "no"))),
        (
            "422",
            Reply::status(422, "Invalid", "data: no zebra-new-value").into(),
        ),
        ("403", Reply::status(403, "Forbidden", "no").into()),
        ("cut", Fault::ResetBefore),
    ];
    for (name, fault) in refusals {
        for (choice, keys) in [("edit", 0), ("again", 1), ("wipe", 2), ("keep", 3)] {
            let scene = Scene::new();
            scene
                .server
                .script(Rule::on(Method::PATCH).nth(1).fault(fault.clone()));
            let editor = scene.editor(&format!(
                "if grep -q 'NOT SAVED' \"$1\"; then touch \"$HOME/again\"; \
                 grep -q {NEW} \"$1\" && echo '# again' >> \"$1\"; \
                 else sed -i s/{OLD}/{NEW}/ \"$1\"; fi"
            ));
            let mut session = scene.at_a_terminal(&quoted(&editor), &["db", "-y"]);
            session.exp_string("What now?").unwrap();
            session.exp_string("only you can read").unwrap();
            for key in std::iter::repeat_n(DOWN, keys).chain(["\r"]) {
                std::thread::sleep(std::time::Duration::from_millis(100));
                session.send(key).unwrap();
                session.flush().unwrap();
            }
            let said = session.exp_string("ended-with-").unwrap();
            let status = session.exp_string(".").unwrap();
            let what = format!("{name} {choice}: {status}: {said}");
            assert!(!said.contains("zebra"), "{what}");
            let reopened = scene.home.path().join("again").exists();
            assert_eq!(reopened, choice == "edit", "{what}");
            let is_written = scene.value("password").as_deref() == Some(NEW);
            assert_eq!(is_written, keys < 2, "{what}");
            // What was shown last is what it ends with.
            let failed = if name == "cut" { "3" } else { "2" };
            assert_eq!(status, if is_written { "0" } else { failed }, "{what}");
            if choice == "keep" {
                let kept: Vec<_> = fs::read_dir(scene.memory.path())
                    .unwrap()
                    .flatten()
                    .collect();
                assert_eq!(kept.len(), 1, "{what}");
                let file = kept[0].path().join("secret.yaml");
                assert!(fs::read_to_string(&file).unwrap().contains(NEW), "{what}");
                // Nobody else takes it away.
                assert_eq!(scene.edit("exit 0", &[]).status.code(), Some(0));
                assert!(file.exists(), "{what}");
                fs::remove_dir_all(kept[0].path()).unwrap();
            }
            scene.assert_clean(&what);
        }
    }
}

#[test]
fn a_server_that_is_gone_takes_no_text_with_it() {
    let scene = Scene::new();
    // The write and everything after it.
    scene
        .server
        .script(Rule::on(Method::PATCH).fault(Fault::ResetBefore));
    scene
        .server
        .script(Rule::on(Method::GET).from(2).fault(Fault::ResetBefore));
    let editor = scene.editor(&format!("sed -i s/{OLD}/{NEW}/ \"$1\""));
    let mut session = scene.at_a_terminal(&quoted(&editor), &["db", "-y"]);
    session.exp_string("What now?").unwrap();
    scene.server.clear_script();
    std::thread::sleep(std::time::Duration::from_millis(200));
    session.send("\x1b[B\r").unwrap();
    session.flush().unwrap();
    session.exp_string("ended-with-0.").unwrap();
    assert_eq!(scene.value("password").as_deref(), Some(NEW));
    scene.assert_clean("a server that was gone");
}

/// An editor's screen is no result.
#[test]
fn a_value_on_the_screen_is_not_in_the_redirected_output() {
    let scene = Scene::new();
    let done = scene.edit(&format!("cat \"$1\"; sed -i s/{OLD}/{NEW}/ \"$1\""), &[]);
    assert_eq!(String::from_utf8_lossy(&done.stdout), "secret/db edited\n");
    assert!(!all(&done).contains("zebra"), "{}", all(&done));
}

#[test]
fn a_lost_answer_is_settled_by_what_is_stored() {
    let scene = Scene::new();
    scene
        .server
        .script(Rule::on(Method::PATCH).nth(1).fault(Fault::ResetAfter));
    let done = scene.edit(&format!("sed -i s/{OLD}/{NEW}/ \"$1\""), &[]);
    assert_eq!(done.status.code(), Some(0), "{}", all(&done));
    assert_eq!(scene.value("password").as_deref(), Some(NEW));
}
