//! The table of accepted and refused inputs of `kubectl create secret`: our
//! result equals that of the cluster's kubectl, or the difference is one of
//! those in `docs/differences-from-kubectl.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::harness::{Invocation, cluster, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("parity::same_inputs_same_secrets", same_inputs)]
}

/// What a case is expected to show.
enum Expected {
    /// Both make the same Secret.
    Same,
    /// Both refuse.
    BothRefuse,
    /// kubectl makes a Secret and we refuse; the row of the document.
    OnlyKubectl(&'static str),
    /// We make a Secret and kubectl refuses; the row of the document.
    OnlyWe(&'static str),
    /// Both make a Secret, and they differ; the row of the document.
    Differ(&'static str),
}

struct Case {
    /// Words after `create secret` for kubectl.
    kubectl: &'static str,
    /// Words after `create` for us.
    ours: &'static str,
    expected: Expected,
}

const fn case(kubectl: &'static str, ours: &'static str, expected: Expected) -> Case {
    Case {
        kubectl,
        ours,
        expected,
    }
}

use Expected::{BothRefuse, Differ, OnlyKubectl, OnlyWe, Same};

/// kubernetes-semantics §1, as words to type in a folder made by [`folder`].
fn cases() -> Vec<Case> {
    vec![
        // --from-file
        case("generic s --from-file=f", "s --from-file=f", Same),
        case(
            "generic s --from-file=sub/g.txt",
            "s --from-file=sub/g.txt",
            Same,
        ),
        case("generic s --from-file=k=f", "s --from-file=k=f", Same),
        case(
            "generic s --from-file=k=f,l=sub/g.txt",
            "s --from-file=k=f,l=sub/g.txt",
            Same,
        ),
        case(
            "generic s --from-file=a=b=c",
            "s --from-file=a=b=c",
            BothRefuse,
        ),
        case(
            "generic s --from-file=a=b=c",
            "s --file=a=b=c",
            OnlyWe("a path with ="),
        ),
        case("generic s --from-file==f", "s --from-file==f", BothRefuse),
        case("generic s --from-file=k=", "s --from-file=k=", BothRefuse),
        case(
            "generic s --from-file=nope",
            "s --from-file=nope",
            BothRefuse,
        ),
        case("generic s --from-file=dir", "s --from-file=dir", Same),
        case("generic s --from-file=links", "s --from-file=links", Same),
        case(
            "generic s --from-file=links",
            "s --dir=links",
            Differ("--dir follows a mounted Secret"),
        ),
        case(
            "generic s --from-file=bad-names",
            "s --from-file=bad-names",
            BothRefuse,
        ),
        case(
            "generic s --from-file=k=dir",
            "s --from-file=k=dir",
            BothRefuse,
        ),
        case("generic s --from-file=k=link", "s --from-file=k=link", Same),
        case("generic s --from-file=-", "s --from-file=-", BothRefuse),
        case(
            "generic s --from-file=k=all-bytes",
            "s --from-file=k=all-bytes",
            Same,
        ),
        case(
            "generic s --from-file=k=empty",
            "s --from-file=k=empty",
            Same,
        ),
        case(
            "generic s --from-file=k=/dev/stdin",
            "s --from-file=k=/dev/stdin",
            Same,
        ),
        case(
            "generic s --from-file=/dev/stdin",
            "s --from-file=/dev/stdin",
            Same,
        ),
        case(
            "generic s --from-file=a=f --from-file=a=all-bytes",
            "s --from-file=a=f --from-file=a=all-bytes",
            BothRefuse,
        ),
        case(
            "generic s --from-file=bad..k=f",
            "s --from-file=bad..k=f",
            Same,
        ),
        case(
            "generic s --from-file=..k=f",
            "s --from-file=..k=f",
            BothRefuse,
        ),
        case(
            "generic s --from-file=k/x=f",
            "s --from-file=k/x=f",
            BothRefuse,
        ),
        // --from-literal
        case(
            "generic s --from-literal=a=b",
            "s --from-literal=a=b",
            OnlyKubectl("--from-literal with a value"),
        ),
        case(
            "generic s --from-literal==b",
            "s --from-literal==b",
            BothRefuse,
        ),
        // --from-env-file
        case(
            "generic s --from-env-file=plain.env",
            "s --from-env-file=plain.env",
            Same,
        ),
        case(
            "generic s --from-env-file=plain.env",
            "s --env-file=plain.env",
            Same,
        ),
        case(
            "generic s --from-env-file=crlf.env",
            "s --from-env-file=crlf.env",
            Same,
        ),
        case(
            "generic s --from-env-file=bom.env",
            "s --from-env-file=bom.env",
            Same,
        ),
        case(
            "generic s --from-env-file=quotes.env",
            "s --from-env-file=quotes.env",
            Same,
        ),
        case(
            "generic s --from-env-file=blank.env",
            "s --from-env-file=blank.env",
            Same,
        ),
        case(
            "generic s --from-env-file=inherit.env",
            "s --from-env-file=inherit.env",
            Same,
        ),
        case(
            "generic s --from-env-file=space-key.env",
            "s --from-env-file=space-key.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=export.env",
            "s --from-env-file=export.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=digit.env",
            "s --from-env-file=digit.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=twice.env",
            "s --from-env-file=twice.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=invalid.env",
            "s --from-env-file=invalid.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=dir",
            "s --from-env-file=dir",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=nope.env",
            "s --from-env-file=nope.env",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=long.env",
            "s --from-env-file=long.env",
            Differ("a line over 64 KiB"),
        ),
        case(
            "generic s --from-env-file=plain.env --from-file=f",
            "s --from-env-file=plain.env --from-file=f",
            BothRefuse,
        ),
        case(
            "generic s --from-env-file=plain.env --from-file=f",
            "s --env-file=plain.env --file=f",
            OnlyWe("sources can be mixed"),
        ),
        // names, types, sizes
        case(
            "generic Bad_Name --from-file=f",
            "Bad_Name --from-file=f",
            OnlyKubectl("names are checked"),
        ),
        case(
            "generic s --type=example.com/x --from-file=f",
            "s --type=example.com/x --from-file=f",
            Same,
        ),
        case(
            "generic s --type=kubernetes.io/tls --from-file=f",
            "s --type=kubernetes.io/tls --from-file=f",
            OnlyKubectl("required keys are checked"),
        ),
        case(
            "generic s --from-file=k=too-big",
            "s --from-file=k=too-big",
            OnlyKubectl("sizes are checked"),
        ),
        case(
            "generic s --append-hash --from-file=f",
            "s --append-hash=kubectl --from-file=f",
            Same,
        ),
        case("generic s", "s", OnlyKubectl("a Secret needs a source")),
        // tls
        case(
            "tls s --cert=good.crt --key=good.key",
            "tls s --cert=good.crt --key=good.key",
            Same,
        ),
        case(
            "tls s --cert=good.crt --key=other.key",
            "tls s --cert=good.crt --key=other.key",
            BothRefuse,
        ),
        case(
            "tls s --cert=good.key --key=good.crt",
            "tls s --cert=good.key --key=good.crt",
            BothRefuse,
        ),
        case(
            "tls s --cert=good.der --key=good.key",
            "tls s --cert=good.der --key=good.key",
            BothRefuse,
        ),
        case(
            "tls s --cert=good.crt --key=encrypted.key",
            "tls s --cert=good.crt --key=encrypted.key",
            BothRefuse,
        ),
        case("tls s --cert=good.crt", "tls s --cert=good.crt", BothRefuse),
        case(
            "tls s --cert=nope.crt --key=good.key",
            "tls s --cert=nope.crt --key=good.key",
            BothRefuse,
        ),
        case(
            "tls s --cert=expired.crt --key=expired.key",
            "tls s --cert=expired.crt --key=expired.key",
            OnlyKubectl("an expired certificate"),
        ),
        case(
            "tls s --cert=expired.crt --key=expired.key",
            "tls s --cert=expired.crt --key=expired.key --allow-expired",
            Same,
        ),
        // docker-registry
        case(
            "docker-registry s --docker-username=u --docker-password=p",
            "docker-registry s --docker-username=u --docker-password=p",
            OnlyKubectl("--docker-password"),
        ),
        case(
            "docker-registry s --docker-username=u --docker-password=p",
            "docker-registry s --docker-username=u --docker-password-stdin",
            Same,
        ),
        case(
            "docker-registry s --docker-server=r.example --docker-username=u --docker-password=p --docker-email=a@b",
            "docker-registry s --docker-server=r.example --docker-username=u --docker-password-stdin --docker-email=a@b",
            Same,
        ),
        case(
            "docker-registry s --docker-username=u",
            "docker-registry s --docker-email=a@b",
            BothRefuse,
        ),
        case(
            "docker-registry s --from-file=config.json",
            "docker-registry s --from-file=config.json",
            Same,
        ),
        case(
            "docker-registry s --from-file=.dockerconfigjson=config.json",
            "docker-registry s --from-file=.dockerconfigjson=config.json",
            Same,
        ),
        case(
            "docker-registry s --from-file=f",
            "docker-registry s --from-file=f",
            OnlyKubectl("docker configurations are checked"),
        ),
    ]
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("f", b"content\n");
    write("b=c", b"equals");
    write("sub/g.txt", b"sub");
    write("all-bytes", &(0..=255).collect::<Vec<u8>>());
    write("empty", b"");
    write("too-big", &vec![b'x'; 1024 * 1024 + 1]);
    write("dir/one", b"1");
    write("dir/two.txt", b"2");
    write("dir/nested/three", b"3");
    write("bad-names/a b.txt", b"x");
    write("links/..v1/password", b"p");
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    };
    link("..v1", "links/..data");
    link("..data/password", "links/password");
    link("f", "link");
    write("plain.env", b"A=1\nB=two words\nC=\n_D=x\nE.f-g=1\n");
    write("crlf.env", b"A=1\r\nB=2\r\n");
    write("bom.env", b"\xef\xbb\xbfA=1\nB=\xef\xbb\xbf2\n");
    write(
        "quotes.env",
        b"A=\"q u\"\nB='s'\nC=a # c\nD=a=b=c\nE=  padded  \n  F=1\n",
    );
    write("blank.env", b"\n\n# c\n   # d\n\nA=1\n");
    write("inherit.env", b"INHERITED\nUNSET_HERE\nA=1\n");
    write("space-key.env", b"B = x\n");
    write("export.env", b"export D=1\n");
    write("digit.env", b"1A=x\n");
    write("twice.env", b"A=1\nA=2\n");
    write("invalid.env", b"A=1\nB=\xff\xfe\n");
    let long = format!("A=1\nLONG={}\nAFTER=x\n", "l".repeat(70_000));
    write("long.env", long.as_bytes());
    write("config.json", br#"{"auths":{"r.example":{"auth":"dTpw"}}}"#);
    certificates(folder.path());
    folder
}

fn certificates(folder: &Path) {
    let issue = |name: &str, expired: bool| {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["a.example".to_owned()]).unwrap();
        if expired {
            params.not_before = rcgen::date_time_ymd(2019, 1, 1);
            params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        }
        let certificate = params.self_signed(&key).unwrap();
        fs::write(folder.join(format!("{name}.crt")), certificate.pem()).unwrap();
        fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
        certificate
    };
    let good = issue("good", false);
    fs::write(folder.join("good.der"), good.der()).unwrap();
    issue("other", false);
    issue("expired", true);
    let encrypted = std::process::Command::new("openssl")
        .args([
            "pkey",
            "-in",
            "good.key",
            "-aes256",
            "-passout",
            "pass:x",
            "-out",
            "encrypted.key",
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(encrypted.status.success());
}

fn same_inputs() {
    let cluster = cluster();
    let folder = folder();
    let documented = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/differences-from-kubectl.md"),
    )
    .unwrap();
    let run = |program: &Path, words: &str| {
        let outcome = Invocation::of_program(program, cluster.kubeconfig())
            .words(words)
            .folder(folder.path())
            .env("INHERITED", "from outside")
            .input("p")
            .run();
        (outcome.status == Some(0)).then(|| {
            let object: Value = serde_json::from_str(&outcome.stdout)
                .unwrap_or_else(|error| panic!("{words}: {error}: {}", outcome.stdout));
            essence(&object)
        })
    };
    let mut wrong = Vec::new();
    for case in cases() {
        let theirs = run(
            cluster.kubectl(),
            &format!("create secret {} --dry-run=client -o json", case.kubectl),
        );
        let ours = run(
            crate::harness::program(),
            &format!(
                "create {} --dry-run=client -o json --show-values",
                case.ours
            ),
        );
        let (holds, row) = match case.expected {
            Same => (theirs.is_some() && theirs == ours, None),
            BothRefuse => (theirs.is_none() && ours.is_none(), None),
            OnlyKubectl(row) => (theirs.is_some() && ours.is_none(), Some(row)),
            OnlyWe(row) => (theirs.is_none() && ours.is_some(), Some(row)),
            Differ(row) => (
                theirs.is_some() && ours.is_some() && theirs != ours,
                Some(row),
            ),
        };
        if !holds {
            wrong.push(format!(
                "{} → {theirs:?}\n    {} → {ours:?}",
                case.kubectl, case.ours
            ));
        }
        if let Some(row) = row
            && !documented.contains(row)
        {
            wrong.push(format!(
                "{row:?} is not in docs/differences-from-kubectl.md"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Name, type and data: what makes two Secrets the same.
fn essence(object: &Value) -> BTreeMap<&'static str, Value> {
    let data = match &object["data"] {
        Value::Null => Value::Object(serde_json::Map::new()),
        data => data.clone(),
    };
    let kind = match &object["type"] {
        Value::Null => Value::from("Opaque"),
        Value::String(kind) if kind.is_empty() => Value::from("Opaque"),
        kind => kind.clone(),
    };
    BTreeMap::from([
        ("name", object["metadata"]["name"].clone()),
        ("type", kind),
        ("data", data),
    ])
}
