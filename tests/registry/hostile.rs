//! Servers that answer with what no registry should.

use libtest_mimic::Trial;
use serde_json::json;

use super::fake::{self, Answer, Fake};
use super::run::{PASSWORD, Run};
use super::server::{Image, Types, digest, manifest};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "hostile::hostile_manifests_are_not_believed",
            hostile_manifests_are_not_believed,
        ),
        trial(
            "hostile::hostile_configurations_are_not_believed",
            hostile_configurations_are_not_believed,
        ),
        trial(
            "hostile::what_an_index_names_is_checked_too",
            what_an_index_names_is_checked_too,
        ),
        trial(
            "hostile::hostile_tokens_are_not_sent",
            hostile_tokens_are_not_sent,
        ),
        trial(
            "hostile::a_registry_is_not_asked_for_ever",
            a_registry_is_not_asked_for_ever,
        ),
    ]
}

fn hostile_manifests_are_not_believed() {
    let config = |digest: &str| {
        fake::ok(
            json!({"schemaVersion": 2, "config": {"digest": digest}})
                .to_string()
                .as_bytes(),
        )
    };
    let index = |count: usize| {
        let entry = json!({
            "digest": format!("sha256:{}", "a".repeat(64)),
            "platform": {"os": "linux", "architecture": "amd64"},
        });
        fake::ok(
            json!({"manifests": vec![entry; count]})
                .to_string()
                .as_bytes(),
        )
    };
    for (what, answer, says) in [
        ("no JSON", fake::ok(b"<html>"), "no Linux image"),
        ("nothing", fake::ok(b""), "no Linux image"),
        (
            "deep JSON",
            fake::ok("[".repeat(100_000).as_bytes()),
            "no Linux image",
        ),
        ("an empty list", index(0), "no Linux image"),
        ("a long list", index(1000), "no Linux image"),
        ("an endless one", Answer::Endless, "more than"),
        (
            "a huge one",
            fake::ok(&vec![b' '; 5 * 1024 * 1024]),
            "more than",
        ),
        ("an endless head", Answer::EndlessHead, "cannot be reached"),
        ("an error", fake::status(500), "status 500"),
        ("a wish for TLS", fake::status(400), "status 400"),
        (
            "nothing of HTTP",
            Answer::Bytes(b"SSH-2.0-x\r\n".to_vec()),
            "cannot be reached",
        ),
        ("half of it", Answer::Broken, "cannot be reached"),
        ("too many", fake::status(429), "too many requests"),
        ("no right", fake::status(403), "forbids reading it"),
        ("no challenge", fake::status(401), "requires a login"),
        (
            "a long challenge",
            fake::challenge(&"Basic x".repeat(1000)),
            "requires a login",
        ),
        (
            "a way to nowhere",
            fake::redirect("http://192.0.2.1/x"),
            "redirects to",
        ),
        (
            "a way with a login",
            fake::redirect("https://u:p@registry.example/x"),
            "redirects to",
        ),
        (
            "a file",
            fake::redirect("file:///etc/passwd"),
            "redirects to",
        ),
        ("no place", fake::status(307), "redirects to"),
        (
            "itself",
            fake::redirect("/v2/team/app/manifests/1"),
            "redirects to",
        ),
        (
            "a digest that is a path",
            config("sha256:../../x"),
            "another digest",
        ),
        ("a weak digest", config("md5:00"), "another digest"),
    ] {
        let fake = Fake::start(move |_| answer.clone());
        let run = Run::new();
        run.log_in("registry.example", PASSWORD);
        let plan = run.migrate(&fake.name("team/app:1"));
        plan.is_not_known(says);
        // A manifest that has another digest than the pod names.
        let pinned = format!("team/app@sha256:{}", "a".repeat(64));
        let plan = run.migrate(&fake.name(&pinned));
        assert_eq!(plan.status, 3, "{what}: {}", plan.all());
        assert!(fake.requests().len() < 20, "{what}");
    }
}

fn hostile_configurations_are_not_believed() {
    let good = Image::of("0").config();
    let with = |user: &str| Image::of(user).config();
    let words = |words: usize| {
        Image::of("0")
            .starting(json!(vec!["x"; words]), json!(null))
            .config()
    };
    let for_windows = String::from_utf8(good.clone())
        .unwrap()
        .replace("\"linux\"", "\"windows\"");
    for (what, served, named, says) in [
        (
            "another one",
            Some(with("0 ")),
            Some(digest(&good)),
            "another digest",
        ),
        (
            "escapes",
            Some(with("\u{1b}[2J0")),
            None,
            "no runtime accepts",
        ),
        (
            "a long user",
            Some(with(&"9".repeat(5000))),
            None,
            "no runtime accepts",
        ),
        (
            "a list as user",
            Some(b"{\"os\":\"linux\",\"architecture\":\"a\",\"config\":{\"User\":[0]}}".to_vec()),
            None,
            "no Linux image",
        ),
        ("many words", Some(words(5000)), None, "no Linux image"),
        ("no JSON", Some(b"{".to_vec()), None, "no Linux image"),
        (
            "Windows",
            Some(for_windows.into_bytes()),
            None,
            "no Linux image",
        ),
        ("an endless one", None, Some(digest(&good)), "more than"),
    ] {
        let named = named.unwrap_or_else(|| digest(served.as_ref().unwrap()));
        let manifest = manifest(Types::Oci, &named, 1);
        let fake = Fake::start(move |request| match &served {
            _ if request.contains("/manifests/") => fake::ok(&manifest),
            Some(served) => fake::ok(served),
            None => Answer::Endless,
        });
        let run = Run::new();
        let plan = run.migrate(&fake.name("team/app:1"));
        plan.is_not_known(says);
        assert!(!plan.all().contains('\u{1b}'), "{what}");
    }
}

/// A list whose image has another digest than it says.
fn what_an_index_names_is_checked_too() {
    let image = Image::of("0");
    let (own, config) = (image.manifest(), image.config());
    for named in [digest(&own), digest(b"another one")] {
        let index = json!({"schemaVersion": 2, "manifests": [{
            "digest": named, "platform": {"os": "linux", "architecture": "amd64"},
        }]});
        let (own, config) = (own.clone(), config.clone());
        let fake = Fake::start(move |request| match request {
            _ if request.contains("/manifests/1 ") => fake::ok(index.to_string().as_bytes()),
            _ if request.contains("/manifests/") => fake::ok(&own),
            _ => fake::ok(&config),
        });
        let plan = Run::new().migrate(&fake.name("app:1"));
        match named == digest(&image.manifest()) {
            true => assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all()),
            false => plan.is_not_known("another digest"),
        }
    }
}

fn hostile_tokens_are_not_sent() {
    for answer in [
        br#"{"token": "a\r\nX-Evil: 1"}"#.to_vec(),
        br#"{"token": 1}"#.to_vec(),
        b"{}".to_vec(),
        b"not json".to_vec(),
        vec![b'a'; 1024 * 1024],
    ] {
        let fake = Fake::start_with(
            move |port, request| match request.starts_with("GET /token") {
                true => fake::ok(&answer),
                false => {
                    fake::challenge(&format!("Bearer realm=\"http://127.0.0.1:{port}/token\""))
                }
            },
        );
        let plan = Run::new().migrate(&fake.name("team/app:1"));
        assert_eq!(plan.status, 3, "{}", plan.all());
        assert!(
            fake.requests()
                .iter()
                .all(|request| !request.contains("Bearer ") && !request.contains("X-Evil"))
        );
    }
}

/// One that is never content.
fn a_registry_is_not_asked_for_ever() {
    let fake = Fake::start_with(|port, request| match request.starts_with("GET /token") {
        true => fake::ok(br#"{"token": "x"}"#),
        false => fake::challenge(&format!("Bearer realm=\"http://127.0.0.1:{port}/token\"")),
    });
    Run::new()
        .migrate(&fake.name("team/app:1"))
        .is_not_known("docker has none");
    assert_eq!(fake.requests().len(), 3);
    let fake = Fake::start(|_| fake::challenge("Basic realm=\"x\""));
    let run = Run::new();
    run.log_in(&fake.name(""), PASSWORD);
    run.migrate(&fake.name("team/app:1"))
        .is_not_known("rejects the login");
    assert_eq!(fake.requests().len(), 2);
}
