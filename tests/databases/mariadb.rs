//! MariaDB: both passwords are valid until the old one is retired.

use std::process::{Command, Stdio};

use testcluster::fault::FaultServer;

use crate::client::{Login, signing_in};
use crate::scene::{NEW, OLD, Scene};
use crate::server::{Server, as_user, folder_of, free_port, program};
use crate::{ROTATE, hooks, with};

struct Database {
    server: Server,
    socket: String,
}

impl Database {
    fn start() -> Self {
        let mariadbd = program(&["/usr/sbin/mariadbd"]);
        let folder = folder_of("mysql");
        let data = format!("--datadir={}", folder.path().join("data").display());
        let done = as_user("mysql", &program(&["/usr/bin/mariadb-install-db"]))
            .args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "mariadb-install-db");
        let port = free_port();
        let socket = folder.path().join("socket").display().to_string();
        let mut command = as_user("mysql", &mariadbd);
        command
            .args([
                "--no-defaults",
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
            ])
            .args([data, format!("--port={port}"), format!("--socket={socket}")]);
        let database = Self {
            server: Server::start(command, port, folder),
            socket,
        };
        let created = database
            .client("root", "")
            .args([
                "-e",
                &format!("CREATE USER 'app'@'%' IDENTIFIED BY '{OLD}'"),
            ])
            .status();
        assert!(created.unwrap().success());
        database
    }

    fn client(&self, user: &str, password: &str) -> Command {
        let mut command = Command::new("mariadb");
        command
            .args(["--no-defaults", "-u", user])
            .arg(format!("--socket={}", self.socket))
            .env("MYSQL_PWD", password)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn takes(&self, password: &str) -> bool {
        self.client("app", password)
            .args(["-e", "select 1"])
            .status()
            .unwrap()
            .success()
    }
}

/// A client that signs in every 50 ms is never refused, and in the end the old password
/// is.
#[test]
#[ignore = "needs the package mariadb-server"]
fn two_passwords_without_a_gap() {
    let database = Database::start();
    let mut scene = Scene::of(1);
    let options = format!("[client]\nuser=root\nsocket={}\n", database.socket);
    std::fs::write(scene.server.folder().join(".my.cnf"), options).unwrap();
    let environment = [
        ("PATH", "/usr/bin:/bin"),
        ("ROTATE_ROLE", "app"),
        ("MYSQL_UNIX_PORT", &database.socket),
    ];
    scene.environment = environment
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec();
    let flags = hooks("mariadb.py", &["set", "test", "retire", "test-old"]);
    let login = |server: &FaultServer| {
        let stored = server.secret("default", "db").unwrap();
        Login {
            user: "app".to_owned(),
            password: String::from_utf8(stored.values["password"].clone()).unwrap(),
        }
    };
    let sign_in = |login: &Login| database.takes(&login.password);
    let (ran, attempts) = signing_in(&scene.server, login, sign_in, || {
        scene.run(&with(ROTATE, &flags))
    });
    let said = ran.ends(0);
    assert!(
        said.contains("the other side refuses the old value"),
        "{said}"
    );
    scene.is_rotated();
    let failed = attempts.iter().filter(|one| !one.succeeded).count();
    println!(
        "{} logins, {failed} refused; port {}",
        attempts.len(),
        database.server.port
    );
    assert_eq!(failed, 0, "{attempts:?}");
    assert!(database.takes(NEW) && !database.takes(OLD));
    // A failure takes the second password away again.
    let scene = {
        let mut again = Scene::of(1);
        std::fs::copy(
            scene.server.folder().join(".my.cnf"),
            again.server.folder().join(".my.cnf"),
        )
        .unwrap();
        again.environment.clone_from(&scene.environment);
        again.server.put_secret(
            "default",
            "db",
            &[("password", NEW), ("user", "alice-of-before")],
            "kubectl",
        );
        again
    };
    let flags = hooks("mariadb.py", &["set"]);
    let words = with(
        &[
            "password",
            "--generate",
            "password",
            "-y",
            "--settle",
            "1s",
            "--test-exec",
            "/bin/false",
        ],
        &flags,
    );
    scene.run(&words).ends(4);
    assert!(database.takes(NEW));
}

/// The public task of a compromised credential (kubernetes-sigs/devops-bench#145, #218): one
/// command replaces it without interruption, proves that the new one is taken and the old
/// one is not, and writes down what it did. The Secret is written by nobody else here.
#[test]
#[ignore = "needs the package mariadb-server"]
fn a_compromised_credential_is_replaced_by_one_command() {
    let database = Database::start();
    let mut scene = Scene::of(2);
    let options = format!("[client]\nuser=root\nsocket={}\n", database.socket);
    std::fs::write(scene.server.folder().join(".my.cnf"), options).unwrap();
    let environment = [
        ("PATH", "/usr/bin:/bin"),
        ("ROTATE_ROLE", "app"),
        ("MYSQL_UNIX_PORT", &database.socket),
    ];
    scene.environment = environment
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec();
    let receipt = scene.server.folder().join("receipt.json");
    let flag = format!("--receipt={}", receipt.display());
    let words = [ROTATE, &["--compromised", &flag]].concat();
    let flags = hooks("mariadb.py", &["set", "test", "retire", "test-old"]);
    let login = |server: &FaultServer| {
        let stored = server.secret("default", "db").unwrap();
        Login {
            user: "app".to_owned(),
            password: String::from_utf8(stored.values["password"].clone()).unwrap(),
        }
    };
    let sign_in = |login: &Login| database.takes(&login.password);
    let (ran, attempts) = signing_in(&scene.server, login, sign_in, || {
        scene.run(&with(&words, &flags))
    });
    let said = ran.ends(0);
    assert!(
        said.contains("0 of 2 running containers have the old value"),
        "{said}"
    );
    assert!(
        said.contains("the other side refuses the old value"),
        "{said}"
    );
    assert!(attempts.iter().all(|one| one.succeeded), "{attempts:?}");
    assert!(database.takes(NEW) && !database.takes(OLD));
    let text = std::fs::read_to_string(receipt).unwrap();
    assert!(!text.contains(OLD) && !text.contains(NEW));
    let receipt: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(receipt["result"], "done");
    let calls: Vec<_> = receipt["hooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["task"].as_str().unwrap())
        .collect();
    assert_eq!(calls, ["set", "test", "retire", "test-old"]);
    assert_eq!(
        receipt["census"],
        serde_json::json!({"running": 2, "behind": 0})
    );
}
