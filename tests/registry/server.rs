//! A real registry (Debian's package docker-registry), and small images in it.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};

use super::run::{PASSWORD, USER};

const PROGRAM: &str = "/usr/bin/docker-registry";
/// bcrypt of [`PASSWORD`], with few rounds.
const HASH: &str = "$2b$04$kKhTs9jt8LC.CzZt2W4SS.aS1al8f7PN6lu9guGUCVnvvVHQ/4l7O";

/// Who may read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Open,
    Login,
}

/// How it is spoken to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Plain,
    Tls,
}

/// Whose media types are used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Types {
    Oci,
    Docker,
}

impl Types {
    pub fn manifest(self) -> &'static str {
        match self {
            Types::Oci => "application/vnd.oci.image.manifest.v1+json",
            Types::Docker => "application/vnd.docker.distribution.manifest.v2+json",
        }
    }

    fn index(self) -> &'static str {
        match self {
            Types::Oci => "application/vnd.oci.image.index.v1+json",
            Types::Docker => "application/vnd.docker.distribution.manifest.list.v2+json",
        }
    }

    fn config(self) -> &'static str {
        match self {
            Types::Oci => "application/vnd.oci.image.config.v1+json",
            Types::Docker => "application/vnd.docker.container.image.v1+json",
        }
    }

    fn layer(self) -> &'static str {
        match self {
            Types::Oci => "application/vnd.oci.image.layer.v1.tar+gzip",
            Types::Docker => "application/vnd.docker.image.rootfs.diff.tar.gzip",
        }
    }
}

pub struct Registry {
    pub port: u16,
    wire: Wire,
    process: Child,
    folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What an image says of itself.
#[derive(Clone)]
pub struct Image {
    architecture: String,
    listed: Listed,
    execution: Value,
    types: Types,
}

/// How a list of platforms tells what an image is for.
#[derive(Clone, Copy)]
pub enum Listed {
    WithPlatform,
    WithoutPlatform,
}

const LAYER: &[u8] = b"a layer that nobody unpacks";

impl Image {
    pub fn of(user: &str) -> Self {
        Self {
            architecture: "amd64".to_owned(),
            listed: Listed::WithPlatform,
            execution: json!({"User": user, "Entrypoint": ["/app"], "Env": ["TOKEN=env-canary"]}),
            types: Types::Oci,
        }
    }

    /// One that says nothing at all.
    pub fn silent() -> Self {
        let mut image = Self::of("");
        image.execution = json!({});
        image
    }

    pub fn starting(mut self, entrypoint: Value, cmd: Value) -> Self {
        self.execution["Entrypoint"] = entrypoint;
        self.execution["Cmd"] = cmd;
        self
    }

    pub fn typed(mut self, types: Types) -> Self {
        self.types = types;
        self
    }

    pub fn for_architecture(mut self, architecture: &str) -> Self {
        architecture.clone_into(&mut self.architecture);
        self
    }

    pub fn listed(mut self, listed: Listed) -> Self {
        self.listed = listed;
        self
    }

    pub fn config(&self) -> Vec<u8> {
        json!({
            "architecture": self.architecture,
            "os": "linux",
            "config": self.execution,
            "rootfs": {"type": "layers", "diff_ids": [digest(LAYER)]},
        })
        .to_string()
        .into_bytes()
    }

    pub fn manifest(&self) -> Vec<u8> {
        let config = self.config();
        manifest(self.types, &digest(&config), config.len())
    }
}

pub fn digest(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let digits: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{digits}")
}

/// A manifest whose configuration has this digest.
pub fn manifest(types: Types, config: &str, size: usize) -> Vec<u8> {
    json!({
        "schemaVersion": 2,
        "mediaType": types.manifest(),
        "config": {"mediaType": types.config(), "digest": config, "size": size},
        "layers": [
            {"mediaType": types.layer(), "digest": digest(LAYER), "size": LAYER.len()},
        ],
    })
    .to_string()
    .into_bytes()
}

/// Whether there is one to be started.
pub fn availability() -> Result<(), String> {
    match Path::new(PROGRAM).is_file() {
        true => Ok(()),
        false => Err("the package docker-registry is not installed".to_owned()),
    }
}

/// Starts one.
pub fn registry(access: Access, wire: Wire) -> Registry {
    // Another program may take the port meanwhile: then another one is tried.
    (0..5)
        .find_map(|_| Registry::start(access, wire))
        .expect("docker-registry does not start")
}

impl Registry {
    fn start(access: Access, wire: Wire) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let mut config = json!({
            "version": "0.1",
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": folder.path().join("data")}},
            "http": {"addr": format!("127.0.0.1:{port}"), "secret": "test"},
        });
        if access == Access::Login {
            let users = folder.path().join("users");
            fs::write(&users, format!("{USER}:{HASH}\n")).unwrap();
            config["auth"] = json!({"htpasswd": {"realm": "test", "path": users}});
        }
        if wire == Wire::Tls {
            let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
            let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
            let (certificate, key) = (authority(folder.path()), folder.path().join("key.pem"));
            fs::write(&certificate, cert.pem()).unwrap();
            fs::write(&key, signing_key.serialize_pem()).unwrap();
            config["http"]["tls"] = json!({"certificate": certificate, "key": key});
        }
        let place = folder.path().join("config.yml");
        fs::write(&place, config.to_string()).unwrap();
        let process = Command::new(PROGRAM)
            .arg("serve")
            .arg(&place)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut registry = Self {
            port,
            wire,
            process,
            folder,
        };
        loop {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(registry);
            }
            if registry.process.try_wait().unwrap().is_some() {
                return None;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn name(&self, rest: &str) -> String {
        format!("127.0.0.1:{}/{rest}", self.port)
    }

    /// The certificate that it has.
    pub fn authority(&self) -> PathBuf {
        authority(self.folder.path())
    }

    /// Pushes an image; gives the digest of its manifest.
    pub fn push(&self, repository: &str, tag: &str, image: &Image) -> String {
        self.blob(repository, LAYER);
        self.blob(repository, &image.config());
        let manifest = image.manifest();
        self.manifest(repository, tag, image.types.manifest(), &manifest);
        digest(&manifest)
    }

    /// Pushes one image a platform, and the list of them, whose digest it gives.
    pub fn push_index(&self, repository: &str, tag: &str, images: &[Image]) -> String {
        let types = images[0].types;
        let mut entries: Vec<_> = images
            .iter()
            .map(|image| {
                let digest = self.push(repository, &format!("{tag}-{}", image.architecture), image);
                let mut entry = json!({
                    "mediaType": types.manifest(),
                    "digest": digest,
                    "size": image.manifest().len(),
                });
                if let Listed::WithPlatform = image.listed {
                    entry["platform"] = json!({"architecture": image.architecture, "os": "linux"});
                }
                entry
            })
            .collect();
        // What builders add to tell how it was built: no image.
        let note = Image::silent().typed(types);
        entries.push(json!({
            "mediaType": types.manifest(),
            "digest": self.push(repository, &format!("{tag}-note"), &note),
            "size": note.manifest().len(),
            "platform": {"architecture": "unknown", "os": "unknown"},
        }));
        let index = json!({"schemaVersion": 2, "mediaType": types.index(), "manifests": entries});
        let index = index.to_string().into_bytes();
        self.manifest(repository, tag, types.index(), &index);
        digest(&index)
    }

    fn blob(&self, repository: &str, bytes: &[u8]) {
        let (status, head) =
            self.send("POST", &format!("/v2/{repository}/blobs/uploads/"), "", b"");
        assert_eq!(status, 202, "{head}");
        let place = head
            .lines()
            .find_map(|line| line.strip_prefix("Location: "))
            .unwrap()
            .trim();
        let path = place
            .split_once("://")
            .map_or(place, |(_, rest)| &rest[rest.find('/').unwrap()..]);
        let joint = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{joint}digest={}", digest(bytes));
        let (status, head) = self.send("PUT", &path, "application/octet-stream", bytes);
        assert_eq!(status, 201, "{head}");
    }

    fn manifest(&self, repository: &str, tag: &str, kind: &str, bytes: &[u8]) {
        let path = format!("/v2/{repository}/manifests/{tag}");
        let (status, head) = self.send("PUT", &path, kind, bytes);
        assert_eq!(status, 201, "{head}");
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, String) {
        let login = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
        let mut stream = self.connect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Authorization: Basic {login}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        stream.flush().unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer)
    }

    fn connect(&self) -> Box<dyn Stream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        if self.wire == Wire::Plain {
            return Box::new(stream);
        }
        use rustls::pki_types::pem::PemObject as _;
        let mut roots = rustls::RootCertStore::empty();
        let own = rustls::pki_types::CertificateDer::from_pem_file(self.authority()).unwrap();
        roots.add(own).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = "127.0.0.1".try_into().unwrap();
        let session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        Box::new(rustls::StreamOwned::new(session, stream))
    }
}

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

fn authority(folder: &Path) -> PathBuf {
    folder.join("certificate.pem")
}
