//! The rules of kubeconfig files and flags.

use super::*;

struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let mut file = std::fs::File::create_new(folder.path().join(name)).unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }
}

const ONE: &str = "clusters:\n- {name: c, cluster: {server: 'https://one', tls-server-name: x}}\n\
    users:\n- {name: u, user: {token: one, exec: {command: c}}}\n\
    contexts:\n- {name: a, context: {cluster: c, user: u}}\ncurrent-context: a\n";
const TWO: &str = "clusters:\n- {name: c, cluster: {server: 'https://two'}}\n\
    - {name: d, cluster: {server: 'https://d', insecure-skip-tls-verify: true}}\n\
    contexts:\n- {name: b, context: {cluster: d}}\ncurrent-context: b\n";

fn target(flags: &ConnectionFlags, kubeconfig: &str) -> Result<Target, ClusterError> {
    let environment = Environment::for_tests(&[("KUBECONFIG", kubeconfig)], "/nonexistent");
    load(flags, &environment)?.target(flags, &environment)
}

#[test]
fn missing_files_are_skipped_and_the_first_to_say_it_wins() {
    let files = Files::new(&[("one", ONE), ("two", TWO)]);
    let list = format!(
        "{}:{}::{}",
        files.path("absent"),
        files.path("one"),
        files.path("two")
    );
    let flags = ConnectionFlags::default();
    assert_eq!(target(&flags, &list).unwrap().server, "https://one");
    let flags = ConnectionFlags {
        context: Some("b".to_owned()),
        ..flags
    };
    assert_eq!(target(&flags, &list).unwrap().server, "https://d");
}

#[test]
fn the_file_named_by_flag_must_exist() {
    let flags = ConnectionFlags {
        kubeconfig: Some("/nonexistent/config".into()),
        ..ConnectionFlags::default()
    };
    assert!(target(&flags, "").is_err());
}

#[test]
fn no_kubeconfig_at_all_is_said_and_localhost_is_not_tried() {
    let error = target(&ConnectionFlags::default(), "/nonexistent/a:/nonexistent/b");
    assert_eq!(
        error.map(|_| ()).unwrap_err().to_string(),
        "no kubeconfig names a cluster"
    );
}

#[test]
fn unknown_names_are_answered_with_the_known_ones() {
    let files = Files::new(&[("one", ONE)]);
    for flags in [
        ConnectionFlags {
            context: Some("zz".to_owned()),
            ..ConnectionFlags::default()
        },
        ConnectionFlags {
            cluster: Some("zz".to_owned()),
            ..ConnectionFlags::default()
        },
        ConnectionFlags {
            user: Some("zz".to_owned()),
            ..ConnectionFlags::default()
        },
    ] {
        let Err(ClusterError::Configuration { problem, advice }) =
            target(&flags, &files.path("one"))
        else {
            panic!("must be refused");
        };
        assert!(problem.ends_with("\"zz\""), "{problem}");
        assert!(
            advice.to_string().starts_with("The kubeconfig has: "),
            "{advice}"
        );
    }
}

/// Shows L5.
#[test]
fn a_broken_file_is_reported_by_line_and_never_by_content() {
    for text in [
        "users:\n- name: u\n  user:\n    token: [hunter2\n",
        "users:\n- name: u\n  user: {token: {a: hunter2}}\n",
        "hunter2",
    ] {
        let files = Files::new(&[("broken", text)]);
        let error = target(&ConnectionFlags::default(), &files.path("broken"))
            .map(|_| ())
            .unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(said.contains("broken is not valid at line "), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn what_is_no_file_or_has_no_end_is_no_kubeconfig() {
    let folder = tempfile::tempdir().unwrap();
    for (path, why) in [
        (folder.path().to_str().unwrap(), "is a directory"),
        ("/dev/zero", "it is larger than 16 mib"),
        ("/dev/null/x", "not a directory"),
    ] {
        for flags in [
            ConnectionFlags::default(),
            ConnectionFlags {
                kubeconfig: Some(path.into()),
                ..ConnectionFlags::default()
            },
        ] {
            let error = target(&flags, path).map(|_| ()).unwrap_err().to_string();
            let wanted = format!("cannot read kubeconfig {path}: ");
            assert!(error.starts_with(&wanted), "{error}");
            assert!(error.to_lowercase().contains(why), "{error}");
        }
    }
}

#[test]
fn a_pipe_is_a_kubeconfig_as_often_as_it_is_asked() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, ONE.as_bytes()).unwrap();
    drop(writer);
    let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
    let flags = ConnectionFlags::default();
    for _ in 0..3 {
        assert_eq!(target(&flags, &path).unwrap().server, "https://one");
    }
    assert_eq!(format!("{:?}", flags.files), "ReadOnce");
    // Who has not read it has nothing.
    assert!(target(&ConnectionFlags::default(), &path).is_err());
}

#[test]
fn paths_are_seen_from_the_file_and_texts_may_be_utf_16() {
    let text = "clusters: [{name: c, cluster: {server: 'https://c', certificate-authority: ca}}]\n\
        users: [{name: u, user: {client-certificate: /abs, client-key: k/k, tokenFile: t,\
        exec: {command: ./p}}}, {name: v, user: {exec: {command: p}}}]\n\
        contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n";
    let files = Files::new(&[("utf-8", text)]);
    let utf_16 = |name: &str, mark: u16, unit: fn(u16) -> [u8; 2]| {
        let bytes: Vec<u8> = std::iter::once(mark)
            .chain(text.encode_utf16())
            .flat_map(unit)
            .collect();
        let mut file = std::fs::File::create_new(files.0.path().join(name)).unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
    };
    utf_16("little", 0xfeff, u16::to_le_bytes);
    utf_16("big", 0xfeff, u16::to_be_bytes);
    for name in ["utf-8", "little", "big"] {
        let target = target(&ConnectionFlags::default(), &files.path(name)).unwrap();
        assert_eq!(target.cluster.certificate_authority, Some(files.path("ca")));
        assert_eq!(target.user.client_certificate.as_deref(), Some("/abs"));
        assert_eq!(target.user.client_key, Some(files.path("k/k")));
        assert_eq!(target.user.token_file, Some(files.path("t")));
        assert_eq!(target.user.exec.unwrap().command, Some(files.path("./p")));
        let flags = ConnectionFlags {
            user: Some("v".to_owned()),
            ..ConnectionFlags::default()
        };
        let other = self::target(&flags, &files.path(name)).unwrap();
        assert_eq!(other.user.exec.unwrap().command.as_deref(), Some("p"));
    }
}

#[test]
fn flags_override_the_kubeconfig() {
    let files = Files::new(&[("one", ONE)]);
    let flags = ConnectionFlags {
        server: Some("other:1".to_owned()),
        token: Some(secrecy::SecretString::from("t")),
        impersonate: Some("eve".to_owned()),
        certificate_authority: Some("/ca".into()),
        ..ConnectionFlags::default()
    };
    let target = target(&flags, &files.path("one")).unwrap();
    assert_eq!(target.server, "https://other:1");
    assert_eq!(target.cluster.tls_server_name, None);
    assert!(target.user.exec.is_none(), "a token replaces the plugin");
    assert_eq!(target.user.impersonate.as_deref(), Some("eve"));
}

#[test]
fn a_pod_is_its_own_cluster_unless_a_kubeconfig_names_one() {
    let files = Files::new(&[("token", "t"), ("one", ONE)]);
    let pod = |kubeconfig: &str| {
        Environment::for_tests(
            &[
                ("KUBECONFIG", kubeconfig),
                ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
                ("KUBERNETES_SERVICE_PORT", "443"),
            ],
            files.0.path(),
        )
    };
    let flags = ConnectionFlags::default();
    let server = |environment: &Environment| {
        load(&flags, environment)
            .unwrap()
            .target(&flags, environment)
            .unwrap()
            .server
    };
    assert_eq!(server(&pod("/nonexistent/c")), "https://10.0.0.1:443");
    assert_eq!(server(&pod(&files.path("one"))), "https://one");
}
