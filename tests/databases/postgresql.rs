//! PostgreSQL: the role changes its own password, or two roles take turns.

use std::process::{Command, Stdio};

use http::Method;
use testcluster::fault::{FaultServer, Rule, When};

use crate::client::{Login, signing_in};
use crate::scene::{NEW, OLD, Scene};
use crate::server::{Server, as_user, folder_of, free_port, program};
use crate::{ABORT, RESUME, ROTATE, hooks, with};

const ADMIN: &str = "the-administrator";

struct Database {
    server: Server,
}

impl Database {
    fn start() -> Self {
        let programs = ["15", "17", "16", "14", "18"]
            .map(|version| format!("/usr/lib/postgresql/{version}/bin/postgres"));
        let postgres = program(&programs.each_ref().map(String::as_str));
        let folder = folder_of("postgres");
        let data = folder.path().join("data");
        let password = folder.path().join("admin");
        std::fs::write(&password, ADMIN).unwrap();
        let init = as_user("postgres", &postgres.with_file_name("initdb"))
            .args(["-A", "scram-sha-256", "-U", "admin", "-N", "-D"])
            .arg(&data)
            .arg(format!("--pwfile={}", password.display()))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(init.success(), "initdb");
        let port = free_port();
        let mut command = as_user("postgres", &postgres);
        command
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off",
                "-c",
                "log_statement=all",
                "-p",
            ])
            .arg(port.to_string())
            .args(["-k", "", "-D"])
            .arg(&data);
        let database = Self {
            server: Server::start(command, port, folder),
        };
        for role in ["app", "app_b"] {
            database.sql(&format!("CREATE ROLE {role} LOGIN PASSWORD '{OLD}'"));
        }
        database
    }

    fn psql(&self, user: &str, password: &str) -> Command {
        let mut command = Command::new("psql");
        command
            .args([
                "-X",
                "-q",
                "-w",
                "-h",
                "127.0.0.1",
                "-d",
                "postgres",
                "-U",
                user,
                "-p",
            ])
            .arg(self.server.port.to_string())
            .env("PGPASSWORD", password)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn sql(&self, statement: &str) {
        // The server takes connections before it takes logins.
        let done = (0..50).any(|_| {
            let done = self
                .psql("admin", ADMIN)
                .args(["-c", statement])
                .status()
                .unwrap();
            if !done.success() {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            done.success()
        });
        assert!(done, "{statement}");
    }

    fn takes(&self, user: &str, password: &str) -> bool {
        self.psql(user, password)
            .args(["-c", "select 1"])
            .status()
            .unwrap()
            .success()
    }

    /// A scene whose programs find this server.
    fn scene(&self, more: &[(&str, &str)]) -> Scene {
        let mut scene = Scene::of(1);
        let port = self.server.port.to_string();
        let environment = [
            ("PATH", "/usr/bin:/bin"),
            ("PGHOST", "127.0.0.1"),
            ("PGPORT", &port),
            ("PGDATABASE", "postgres"),
        ];
        scene.environment = environment
            .iter()
            .chain(more)
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        scene
    }

    /// What the server has written down has no value.
    fn logs_no_value(&self) {
        let log = std::fs::read_to_string(self.server.folder.path().join("server.log")).unwrap();
        assert!(log.contains("ALTER ROLE"), "the log says what is asked");
        assert!(!log.contains(NEW), "a value is in the server's log");
    }
}

const SELF: &[(&str, &str)] = &[("ROTATE_ROLE", "app")];
const ALL: &[&str] = &["set", "test", "test-old"];

fn app(server: &FaultServer) -> Login {
    let stored = server.secret("default", "db").unwrap();
    Login {
        user: "app".to_owned(),
        password: String::from_utf8(stored.values["password"].clone()).unwrap(),
    }
}

/// In place: a client is locked out from `set` until its own restart, and never else;
/// at the end the old password is refused.
///
/// Complaint 8.
#[test]
#[ignore = "needs the package postgresql"]
fn both_sides_in_place() {
    let database = Database::start();
    let scene = database.scene(SELF);
    let flags = hooks("postgresql.py", ALL);
    let sign_in = |login: &Login| database.takes(&login.user, &login.password);
    let (ran, attempts) = signing_in(&scene.server, app, sign_in, || {
        scene.run(&with(ROTATE, &flags))
    });
    let said = ran.ends(0);
    assert!(
        said.contains("the other side refuses the old value"),
        "{said}"
    );
    scene.is_rotated();
    assert!(database.takes("app", NEW) && !database.takes("app", OLD));
    let failed: Vec<_> = attempts.iter().filter(|one| !one.succeeded).collect();
    println!(
        "{} logins, {} refused between set and the restart",
        attempts.len(),
        failed.len()
    );
    for attempt in &failed {
        let between = ["set", "test", "write", "restart"].contains(&attempt.phase.as_str());
        assert!(between && !attempt.restarted, "{attempt:?}");
    }
    assert!(attempts.iter().any(|one| one.succeeded && one.restarted));
    database.logs_no_value();
    // The same program proves nothing about a server that cannot be reached.
    let mut gone = database.scene(SELF);
    gone.environment.push(("PGPORT".to_owned(), "1".to_owned()));
    let said = gone.run(&with(ROTATE, &flags)).ends(5);
    assert!(said.contains("may still have the new value"), "{said}");
}

/// Two roles take turns: a client that signs in every 50 ms is never refused.
#[test]
#[ignore = "needs the package postgresql"]
fn two_roles_take_turns_without_a_gap() {
    let database = Database::start();
    let passwords = database.server.folder.path().join("pgpass");
    std::fs::write(&passwords, format!("*:*:*:admin:{ADMIN}\n")).unwrap();
    std::fs::set_permissions(
        &passwords,
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let path = passwords.display().to_string();
    let scene = database.scene(&[
        ("ROTATE_ADMIN", "1"),
        ("PGUSER", "admin"),
        ("PGPASSFILE", &path),
    ]);
    let values = [("password", OLD), ("user", "app")];
    scene.server.put_secret("default", "db", &values, "kubectl");
    let words = [
        ROTATE,
        &["--strategy", "alternate", "--users", "user=app,app_b"],
    ]
    .concat();
    let flags = hooks("postgresql.py", &["set", "test"]);
    let login = |server: &FaultServer| {
        let stored = server.secret("default", "db").unwrap();
        let text = |key: &str| String::from_utf8(stored.values[key].clone()).unwrap();
        Login {
            user: text("user"),
            password: text("password"),
        }
    };
    let sign_in = |login: &Login| database.takes(&login.user, &login.password);
    let (ran, attempts) = signing_in(&scene.server, login, sign_in, || {
        scene.run(&with(&words, &flags))
    });
    ran.ends(0);
    assert_eq!(login(&scene.server).user, "app_b");
    let failed = attempts.iter().filter(|one| !one.succeeded).count();
    println!("{} logins, {failed} refused", attempts.len());
    assert_eq!(failed, 0, "{attempts:?}");
    assert!(attempts.iter().any(|one| one.restarted));
    assert!(database.takes("app", OLD), "the other login stays valid");
}

/// A failure after `set` takes both sides back.
#[test]
#[ignore = "needs the package postgresql"]
fn a_failure_after_set_takes_both_sides_back() {
    let database = Database::start();
    let scene = database.scene(SELF);
    let flags = hooks("postgresql.py", &["set"]);
    let words = with(ROTATE, &flags);
    let words = [&words[..], &["--test-exec", "/bin/false"]].concat();
    let said = scene.run(&words).ends(4);
    assert!(said.contains("everything is what it was before"), "{said}");
    scene.is_untouched();
    assert!(database.takes("app", OLD) && !database.takes("app", NEW));
}

/// Killed between `set` and the write of the Secret: gone on with, or taken back.
///
/// Complaint 8.
#[test]
#[ignore = "needs the package postgresql"]
fn killed_between_set_and_write() {
    for way in [RESUME, ABORT] {
        let database = Database::start();
        let scene = database.scene(SELF);
        let flags = hooks("postgresql.py", ALL);
        let write = Rule::on(Method::PATCH).path("secrets/db?").nth(2);
        assert!(scene.killed(&with(ROTATE, &flags), write, When::BeforeCommit));
        assert!(database.takes("app", NEW), "set is over");
        scene.nothing_is_lost();
        scene.run(&with(way, &flags)).ends(0);
        let (wanted, other) = match way == RESUME {
            true => (NEW, OLD),
            false => (OLD, NEW),
        };
        assert!(database.takes("app", wanted) && !database.takes("app", other));
        assert_eq!(scene.value(), wanted);
        assert!(!scene.has_run());
    }
}
