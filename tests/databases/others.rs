//! Redis, RabbitMQ, and a service with a REST API.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::scene::{NEW, OLD, Scene};
use crate::server::{Server, as_user, folder_of, free_port, program};
use crate::{ROTATE, hooks, with};

const ALL: &[&str] = &["set", "test", "retire", "test-old"];

fn scene(environment: &[(&str, &str)]) -> Scene {
    let mut scene = Scene::of(1);
    let path = [("PATH", "/usr/bin:/bin"), ("ROTATE_ROLE", "app")];
    scene.environment = path
        .iter()
        .chain(environment)
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    scene
}

#[test]
#[ignore = "needs the package redis-server"]
fn redis() {
    let port = free_port();
    let folder = tempfile::TempDir::with_prefix("redis-").unwrap();
    let mut command = Command::new(program(&["/usr/bin/redis-server"]));
    command
        .args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--port",
            &port.to_string(),
            "--dir",
        ])
        .arg(folder.path());
    let server = Server::start(command, port, folder);
    let ask = |lines: &str| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).unwrap();
        stream.write_all(format!("{lines}\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer
    };
    let created = ask(&format!("ACL SETUSER app on >{OLD} ~* +@all"));
    assert!(created.starts_with('+'), "{created}");
    let takes = |password: &str| ask(&format!("AUTH app {password}")).starts_with('+');
    let port = server.port.to_string();
    let scene = scene(&[("REDIS_PORT", &port)]);
    let said = scene.run(&with(ROTATE, &hooks("redis.py", ALL))).ends(0);
    assert!(
        said.contains("the other side refuses the old value"),
        "{said}"
    );
    scene.is_rotated();
    assert!(takes(NEW) && !takes(OLD));
}

/// One that is asked over its management API.
#[test]
#[ignore = "needs the package rabbitmq-server"]
fn rabbitmq() {
    let [port, node, distribution, names] = [(); 4].map(|()| free_port());
    let folder = folder_of("rabbitmq");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("plugins"), "[rabbitmq_management].\n").unwrap();
    let configuration = format!(
        "management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}\n\
         default_user = root\ndefault_pass = administrator\n"
    );
    fs::write(at("rabbitmq.conf"), configuration).unwrap();
    let names = names.to_string();
    let mut command = as_user(
        "rabbitmq",
        &program(&["/usr/lib/rabbitmq/bin/rabbitmq-server"]),
    );
    command
        .env("HOME", folder.path())
        .env("RABBITMQ_NODENAME", "test@localhost")
        .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODE_PORT", node.to_string())
        .env("RABBITMQ_DIST_PORT", distribution.to_string())
        .env("RABBITMQ_MNESIA_BASE", at("data"))
        .env("RABBITMQ_LOG_BASE", at("log"))
        .env("RABBITMQ_CONFIG_FILE", at("rabbitmq"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", at("plugins"))
        .env("RABBITMQ_PID_FILE", at("pid"))
        // Its own register of names, which outlives it.
        .env("ERL_EPMD_PORT", &names)
        .env("ERL_EPMD_ADDRESS", "127.0.0.1");
    let server = Server::start(command, port, folder);
    let api = format!("http://127.0.0.1:{port}");
    let admin = server.folder.path().join("admin");
    fs::write(&admin, "root\nadministrator\n").unwrap();
    let ask = |method: &str, path: &str, login: &str, body: &str| {
        let mut command = Command::new("python3");
        let output = command
            .args(["-c", REQUEST, method, &format!("{api}{path}"), login, body])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let body = format!("{{\"password\": \"{OLD}\", \"tags\": \"monitoring\"}}");
    let created = ask("PUT", "/api/users/app", "root:administrator", &body);
    assert!(created.starts_with("20"), "{created}");
    let takes = |password: &str| {
        let answer = ask("GET", "/api/whoami", &format!("app:{password}"), "");
        answer.starts_with("200") && answer.contains("monitoring")
    };
    assert!(takes(OLD) && !takes(NEW));
    let admin = admin.display().to_string();
    let scene = scene(&[("RABBITMQ_API", &api), ("ROTATE_ADMIN_FILE", &admin)]);
    let tasks = &["set", "test", "test-old"];
    let said = scene
        .run(&with(ROTATE, &hooks("rabbitmq.py", tasks)))
        .ends(0);
    assert!(
        said.contains("the other side refuses the old value"),
        "{said}"
    );
    scene.is_rotated();
    assert!(takes(NEW) && !takes(OLD));
    drop(server);
    let begun = Instant::now();
    // It ends once it knows that its last node has.
    while !Command::new("epmd")
        .args(["-port", &names, "-kill"])
        .stdout(Stdio::null())
        .status()
        .unwrap()
        .success()
    {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A request, and the status of its answer before the answer.
const REQUEST: &str = "
import base64, sys, urllib.error, urllib.request
method, url, login, body = sys.argv[1:]
request = urllib.request.Request(url, method=method, data=body.encode() or None, headers={
    'Authorization': 'Basic ' + base64.b64encode(login.encode()).decode(),
    'Content-Type': 'application/json'})
try:
    with urllib.request.urlopen(request, timeout=30) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code)
";

/// A service that keeps hashes of tokens.
#[test]
#[ignore = "needs python3"]
fn rest_token() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let digest = |text: &str| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let known = Arc::new(Mutex::new(vec![digest(OLD)]));
    let tokens = Arc::clone(&known);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            let login = lines
                .take_while(|line| !line.is_empty())
                .find_map(|line| Some(line.strip_prefix("Authorization: Bearer ")?.to_owned()));
            let mut tokens = tokens.lock().unwrap();
            let is_known = login.is_some_and(|login| tokens.contains(&digest(&login)));
            let mut words = first.split(' ');
            let (method, path) = (
                words.next().unwrap_or_default(),
                words.next().unwrap_or_default(),
            );
            let named = path.rsplit('/').next().unwrap_or_default().to_owned();
            let status = match (is_known, method) {
                (false, _) => "401 Unauthorized",
                (true, "PUT") => {
                    tokens.push(named);
                    "204 No Content"
                }
                (true, "DELETE") => {
                    tokens.retain(|token| *token != named);
                    "204 No Content"
                }
                _ => "200 OK",
            };
            let _ = write!(
                &stream,
                "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    let (api, check) = (format!("{address}/tokens"), format!("{address}/me"));
    let scene = scene(&[("TOKEN_API", &api), ("TOKEN_CHECK", &check)]);
    scene
        .run(&with(ROTATE, &hooks("rest-token.py", ALL)))
        .ends(0);
    scene.is_rotated();
    assert_eq!(*known.lock().unwrap(), [digest(NEW)]);
}
