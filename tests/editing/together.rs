//! Two who change the same Secret at the same time.

use std::fs;

use super::scene::{NEW, OLD, Scene, all, quoted};

/// Shows E13. Seen to fail with a write of the whole Secret as it was edited.
#[test]
fn no_change_of_another_is_lost() {
    let scene = Scene::new();
    let editor = scene.editor("touch \"$HOME/open\"; while [ -e \"$HOME/open\" ]; do sleep 0.01; done; sed -i \"s/mine-.*/mine-$ROUND/\" \"$1\"");
    let open = scene.home.path().join("open");
    scene.change(&[("mine", "mine-start"), ("theirs", "theirs-start")]);
    let rounds = super::rounds(40);
    for round in 0..rounds {
        let mut command = scene.command(&quoted(&editor), &["db", "-y", "-q"]);
        command.env("ROUND", round.to_string());
        let child = command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        while !open.exists() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        // Another writes another key, and one that was not there.
        let mine = scene.value("mine").unwrap();
        let theirs = format!("theirs-{round}");
        scene.change(&[("mine", &mine), ("theirs", &theirs), ("new", &theirs)]);
        fs::remove_file(&open).unwrap();
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", all(&done));
        assert_eq!(scene.value("mine"), Some(format!("mine-{round}")));
        assert_eq!(scene.value("theirs"), Some(theirs.clone()));
        assert_eq!(scene.value("new"), Some(theirs));
    }
    scene.assert_clean("changes at the same time");
}

#[test]
fn a_change_of_the_same_key_is_never_written_over() {
    let scene = Scene::new();
    let editor = scene.editor(&format!(
        "touch \"$HOME/open\"; while [ -e \"$HOME/open\" ]; do sleep 0.01; done; sed -i s/{OLD}/{NEW}/ \"$1\""
    ));
    let open = scene.home.path().join("open");
    let child = scene
        .command(&quoted(&editor), &["db", "-y"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while !open.exists() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    scene.change(&[("password", "theirs"), ("user", "app-user")]);
    fs::remove_file(&open).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = all(&done);
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(
        said.contains("password was changed in the cluster meanwhile"),
        "{said}"
    );
    assert_eq!(scene.value("password").as_deref(), Some("theirs"));
    scene.assert_clean("a change of the same key");
}

/// The text that is edited again has what others have written.
#[test]
fn editing_again_takes_nothing_back() {
    let scene = Scene::new();
    let editor = scene.editor(&format!(
        "if grep -q 'NOT SAVED' \"$1\"; then cp \"$1\" \"$HOME/seen\"; sed -i s/{NEW}/zebra-last-value/ \"$1\"; \
         else touch \"$HOME/open\"; while [ -e \"$HOME/open\" ]; do sleep 0.01; done; sed -i s/{OLD}/{NEW}/ \"$1\"; fi"
    ));
    let open = scene.home.path().join("open");
    let mut session = scene.at_a_terminal(&quoted(&editor), &["db", "-y"]);
    while !open.exists() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    scene.change(&[
        ("password", "theirs-now"),
        ("user", "other-user"),
        ("new", "key"),
    ]);
    fs::remove_file(&open).unwrap();
    session.exp_string("What now?").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    session.send("\r").unwrap();
    session.flush().unwrap();
    session.exp_string("ended-with-0.").unwrap();
    assert_eq!(scene.value("password").as_deref(), Some("zebra-last-value"));
    assert_eq!(scene.value("user").as_deref(), Some("other-user"));
    assert_eq!(scene.value("new").as_deref(), Some("key"));
    let seen = fs::read_to_string(scene.home.path().join("seen")).unwrap();
    assert!(seen.contains("# password: |-\n#   theirs-now\n"), "{seen}");
    assert!(seen.contains("\nuser: |-\n  other-user\n"), "{seen}");
    fs::remove_file(scene.home.path().join("seen")).unwrap();
    scene.assert_clean("edited again");
}
