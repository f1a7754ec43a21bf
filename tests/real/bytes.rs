//! Every source and every type: the stored bytes are the given bytes.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;

use crate::harness::{self, Invocation, cluster, stored, trial};

const MIB: usize = 1024 * 1024;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("bytes::stdin_and_files_keep_every_byte", awkward_values),
        trial("bytes::exactly_one_mebibyte_and_not_one_more", the_limit),
        trial("bytes::directories_and_mounted_layouts", directories),
        trial("bytes::descriptors", descriptors),
        trial("bytes::env_files", env_files),
        trial("bytes::generated_values", generated),
        trial("bytes::each_type", each_type),
    ]
}

/// Values that text handling would damage.
fn awkward() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("all-bytes", (0..=255).collect()),
        ("nul", b"\0\0a\0".to_vec()),
        ("crlf", b"one\r\ntwo\r\n".to_vec()),
        ("bom", b"\xef\xbb\xbfvalue".to_vec()),
        ("invalid-utf8", b"\xff\xfe\xc0\x80\xed\xa0\x80".to_vec()),
        ("empty", Vec::new()),
        ("newline", b"\n".to_vec()),
        ("multi-line", b"a\nb\n\nc".to_vec()),
        ("quotes", br#""'`$(x)\"#.to_vec()),
        ("utf8", "pässwörd ✓".as_bytes().to_vec()),
    ]
}

fn awkward_values() {
    let cluster = cluster();
    let namespace = cluster.namespace("bytes");
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in awkward() {
        Invocation::of(&namespace.kubeconfig())
            .words("create")
            .word(format!("stdin-{name}"))
            .words("--stdin value --allow-empty")
            .input(value.clone())
            .run()
            .status(0);
        let path = folder.path().join(name);
        fs::write(&path, &value).unwrap();
        Invocation::of(&namespace.kubeconfig())
            .words("create")
            .word(format!("file-{name}"))
            .word(format!("--file=value={}", path.display()))
            .run()
            .status(0);
        for source in ["stdin", "file"] {
            let stored = stored(&namespace, &format!("{source}-{name}"));
            assert_eq!(stored.len(), 1);
            assert!(stored["value"] == value, "{source} {name} differs");
        }
    }
}

fn the_limit() {
    let cluster = cluster();
    let namespace = cluster.namespace("limit");
    let full = vec![b'x'; MIB];
    let create = |name: &str| {
        Invocation::of(&namespace.kubeconfig())
            .words("create --stdin value")
            .word(name)
    };
    create("full").input(full.clone()).run().status(0);
    assert!(stored(&namespace, "full")["value"] == full);

    let folder = tempfile::tempdir().unwrap();
    let half = folder.path().join("half");
    fs::write(&half, vec![b'y'; MIB / 2]).unwrap();
    Invocation::of(&namespace.kubeconfig())
        .words("create two-halves")
        .word(format!("--file=a={}", half.display()))
        .word(format!("--file=b={}", half.display()))
        .run()
        .status(0);

    // One byte more is refused without a request: the address is not even there.
    let nowhere = folder.path().join("nowhere");
    fs::write(
        &nowhere,
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: \"https://127.0.0.1:1\"}}]\nusers: [{name: u, user: {}}]\n",
    )
    .unwrap();
    let mut more = full;
    more.push(b'x');
    Invocation::of(&nowhere)
        .words("create over --stdin value")
        .input(more)
        .run()
        .status(2)
        .says("1048576 bytes");
    Invocation::of(&namespace.kubeconfig())
        .words("create over")
        .word(format!("--file=a={}", half.display()))
        .word(format!("--file=b={}", half.display()))
        .words("--stdin c")
        .input("1")
        .run()
        .status(2)
        .says("1048576");
    assert!(!harness::exists(&namespace, "over"));
}

fn directories() {
    let cluster = cluster();
    let namespace = cluster.namespace("dir");
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::create_dir_all(plain.join("nested")).unwrap();
    for (name, value) in awkward() {
        fs::write(plain.join(name), value).unwrap();
    }
    let outcome = Invocation::of(&namespace.kubeconfig())
        .words("create plain")
        .word(format!("--dir={}", plain.display()))
        .run()
        .status(0);
    assert!(outcome.stderr.contains("nested"), "{}", outcome.stderr);
    let expected = awkward()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    assert!(stored(&namespace, "plain") == expected);

    // The layout kubelet's atomic writer leaves in a mounted Secret.
    let mounted = folder.path().join("mounted");
    let version = mounted.join("..2026_01_02_03_04_05.1");
    fs::create_dir_all(&version).unwrap();
    fs::write(version.join("password"), "s3cret").unwrap();
    std::os::unix::fs::symlink("..2026_01_02_03_04_05.1", mounted.join("..data")).unwrap();
    std::os::unix::fs::symlink("..data/password", mounted.join("password")).unwrap();
    Invocation::of(&namespace.kubeconfig())
        .words("create mounted")
        .word(format!("--dir={}", mounted.display()))
        .run()
        .status(0);
    let stored = stored(&namespace, "mounted");
    assert_eq!(stored.keys().collect::<Vec<_>>(), ["password"]);
    assert_eq!(stored["password"], b"s3cret");
}

fn descriptors() {
    let cluster = cluster();
    let namespace = cluster.namespace("fd");
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in awkward() {
        let path = folder.path().join("value");
        fs::write(&path, &value).unwrap();
        let line = format!(
            "exec '{}' create {name} --allow-empty --fd value=9 9<'{}'",
            harness::program().display(),
            path.display()
        );
        Invocation::of_program(Path::new("/bin/sh"), &namespace.kubeconfig())
            .words("-c")
            .word(line)
            .run()
            .status(0);
        assert!(stored(&namespace, name)["value"] == value, "{name} differs");
    }
}

fn env_files() {
    let cluster = cluster();
    let namespace = cluster.namespace("env");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.env");
    let long = "l".repeat(70_000);
    fs::write(
        &path,
        format!(
            "# comment\nA=plain\nB=\"quoted\" # kept\nC=a=b=c\nLONG={long}\nAFTER=still here\n"
        ),
    )
    .unwrap();
    let create = |name: &str, dialect: &str| {
        Invocation::of(&namespace.kubeconfig())
            .words("create")
            .word(name)
            .word(format!("--env-dialect={dialect}"))
    };
    create("kubectl", "kubectl")
        .word(format!("--env-file={}", path.display()))
        .run()
        .status(0)
        .says("B");
    let values = stored(&namespace, "kubectl");
    assert_eq!(values["B"], b"\"quoted\" # kept");
    assert_eq!(values["C"], b"a=b=c");
    assert_eq!(values["LONG"], long.as_bytes());
    assert_eq!(values["AFTER"], b"still here");
    create("dotenv", "dotenv")
        .words("--stdin-env")
        .input(fs::read(&path).unwrap())
        .run()
        .status(0);
    let values = stored(&namespace, "dotenv");
    assert_eq!(values["B"], b"quoted");
    assert_eq!(values["AFTER"], b"still here");
}

fn generated() {
    let cluster = cluster();
    let namespace = cluster.namespace("generate");
    Invocation::of(&namespace.kubeconfig())
        .words("create random --generate a --generate b=64:hex --generate c=1000:xy")
        .run()
        .status(0);
    let values = stored(&namespace, "random");
    assert_eq!(values["a"].len(), 32);
    assert!(values["a"].iter().all(u8::is_ascii_alphanumeric));
    assert_eq!(values["b"].len(), 64);
    assert!(values["b"].iter().all(u8::is_ascii_hexdigit));
    assert!(values["c"].iter().all(|byte| b"xy".contains(byte)));
    let ones = values["c"].iter().filter(|byte| **byte == b'x').count();
    assert!((350..=650).contains(&ones), "{ones} of 1000");
}

fn each_type() {
    let cluster = cluster();
    let namespace = cluster.namespace("types");
    let folder = tempfile::tempdir().unwrap();
    let issued = rcgen::generate_simple_self_signed(["task-api.example".to_owned()]).unwrap();
    let certificate = issued.cert.pem();
    let key = issued.signing_key.serialize_pem();
    fs::write(folder.path().join("server.crt"), &certificate).unwrap();
    fs::write(folder.path().join("server.key"), &key).unwrap();
    let create = |words: &str| {
        Invocation::of(&namespace.kubeconfig())
            .folder(folder.path())
            .words("create")
            .words(words)
    };
    let kind = |name: &str| {
        let output = namespace.kubectl(["get", "secret", name, "-o", "jsonpath={.type}"]);
        String::from_utf8(output.stdout).unwrap()
    };

    create("tls web --cert server.crt --key server.key")
        .run()
        .status(0);
    assert_eq!(kind("web"), "kubernetes.io/tls");
    let values = stored(&namespace, "web");
    assert_eq!(values["tls.crt"], certificate.as_bytes());
    assert_eq!(values["tls.key"], key.as_bytes());

    create("docker-registry pull --docker-username me --docker-password-stdin")
        .input("p<&>\"ss\n")
        .run()
        .status(0);
    assert_eq!(kind("pull"), "kubernetes.io/dockerconfigjson");
    let config: serde_json::Value =
        serde_json::from_slice(&stored(&namespace, "pull")[".dockerconfigjson"]).unwrap();
    let login = &config["auths"]["https://index.docker.io/v1/"];
    assert_eq!(login["username"], "me");
    assert_eq!(login["password"], "p<&>\"ss");

    fs::write(
        folder.path().join("config.json"),
        r#"{"auths":{"r.example":{"auth":"bWU6eA=="}}}"#,
    )
    .unwrap();
    create("docker-registry file --from-file config.json")
        .run()
        .status(0);
    assert_eq!(
        stored(&namespace, "file")[".dockerconfigjson"],
        fs::read(folder.path().join("config.json")).unwrap()
    );

    create("basic-auth login --file username=server.crt --stdin password")
        .input("pw")
        .run()
        .status(0);
    assert_eq!(kind("login"), "kubernetes.io/basic-auth");
    create("ssh-auth deploy --file ssh-privatekey=server.key")
        .run()
        .status(0);
    assert_eq!(kind("deploy"), "kubernetes.io/ssh-auth");
    assert_eq!(
        stored(&namespace, "deploy")["ssh-privatekey"],
        key.as_bytes()
    );
    create("own --type example.com/thing --stdin k")
        .input("v")
        .run()
        .status(0);
    assert_eq!(kind("own"), "example.com/thing");

    // What a type requires is said before anything is sent.
    create("ssh-auth nothing --stdin other")
        .input("v")
        .run()
        .status(2)
        .says("ssh-privatekey");
    assert!(!harness::exists(&namespace, "nothing"));
}
