//! The files that the inputs name.

use std::fs;
use std::path::Path;
use std::process::Command;

pub(super) fn folder() -> tempfile::TempDir {
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
    write(
        "no-credentials.json",
        br#"{"auths":{"r.example":{"username":"","password":"","auth":""}}}"#,
    );
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
    let openssl = |words: &str| {
        let done = Command::new("openssl")
            .args(words.split(' '))
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    openssl("pkey -in good.key -aes256 -passout pass:x -out encrypted.key");
    for bits in [512, 1024] {
        openssl(&format!(
            "req -x509 -newkey rsa:{bits} -nodes -subj /CN=weak -addext subjectAltName=DNS:weak.example -keyout rsa-{bits}.key -out rsa-{bits}.crt"
        ));
    }
}
