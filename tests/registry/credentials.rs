//! Logins: where they come from, where they go, and that nobody sees them.

use libtest_mimic::Trial;
use serde_json::json;

use super::fake::{self, Answer, Fake};
use super::run::{PASSWORD, Run, USER};
use super::server::{Access, Image, Types, Wire, digest, manifest, registry};
use super::{trial, with_registry};

pub fn trials() -> Vec<Trial> {
    vec![
        with_registry(
            "credentials::logins_come_from_the_docker_configuration_and_are_never_shown",
            logins_come_from_the_docker_configuration_and_are_never_shown,
        ),
        with_registry(
            "credentials::a_certificate_has_to_be_trusted",
            a_certificate_has_to_be_trusted,
        ),
        with_registry(
            "credentials::credential_helpers_are_asked",
            credential_helpers_are_asked,
        ),
        trial(
            "credentials::tokens_are_asked_for_with_the_login_and_without",
            tokens_are_asked_for_with_the_login_and_without,
        ),
        trial(
            "credentials::identity_tokens_are_exchanged",
            identity_tokens_are_exchanged,
        ),
        trial(
            "credentials::logins_go_nowhere_else",
            logins_go_nowhere_else,
        ),
        trial(
            "credentials::token_servers_are_trusted_no_further_than_the_registry",
            token_servers_are_trusted_no_further_than_the_registry,
        ),
    ]
}

/// What a helper prints that knows the login.
fn knows(password: &str) -> String {
    format!(
        r#"read -r server; echo "$1 $server" >>"$HOME/asked"
           printf '{{"ServerURL":"x","Username":"{USER}","Secret":"{password}"}}'"#
    )
}

fn logins_come_from_the_docker_configuration_and_are_never_shown() {
    for wire in [Wire::Plain, Wire::Tls] {
        let registry = registry(Access::Login, wire);
        registry.push("team/app", "1", &Image::of("root"));
        let image = registry.name("team/app:1");
        for (password, why) in [
            (None, Some("requires a login, and docker has none")),
            (Some("wrong-canary"), Some("rejects the login")),
            (Some(PASSWORD), None),
        ] {
            let mut run = Run::new();
            if wire == Wire::Tls {
                run.trust(registry.authority());
            }
            if let Some(password) = password {
                run.log_in(&registry.name(""), password);
            }
            let plan = run.migrate(&image);
            match why {
                Some(why) => plan.is_not_known(why),
                None => assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all()),
            }
        }
        // The login of another registry is no login for this one.
        let run = Run::new();
        run.log_in("registry.example", PASSWORD);
        if wire == Wire::Plain {
            run.migrate(&image).is_not_known("docker has none");
        }
    }
}

/// A registry whose certificate nobody trusts is not asked, whatever it says.
fn a_certificate_has_to_be_trusted() {
    let registry = registry(Access::Login, Wire::Tls);
    registry.push("app", "1", &Image::of("root"));
    let mut run = Run::new();
    run.log_in(&registry.name(""), PASSWORD);
    let others = super::server::registry(Access::Open, Wire::Tls);
    run.trust(others.authority());
    let plan = run.migrate(&registry.name("app:1"));
    assert_eq!(plan.status, 3, "{}", plan.all());
    assert_eq!(plan.image()["uid"], json!(null), "{}", plan.all());
    run.trust(registry.authority());
    let plan = run.migrate(&registry.name("app:1"));
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
}

fn credential_helpers_are_asked() {
    let registry = registry(Access::Login, Wire::Plain);
    registry.push("team/app", "1", &Image::of("root"));
    registry.push("team/two", "1", &Image::of("root"));
    let image = registry.name("team/app:1");
    let server = format!("127.0.0.1:{}", registry.port);
    let own =
        json!({"auths": {&server: {}}, "credHelpers": {&server: "own"}, "credsStore": "other"});
    let store = json!({"auths": {}, "credsStore": "own"});
    for config in [&own, &store] {
        let run = Run::new();
        run.configure(config);
        run.helper("own", &knows(PASSWORD));
        run.helper("other", "exit 1");
        let plan = run.migrate(&image);
        assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
        let asked = std::fs::read_to_string(run.path("home/asked")).unwrap();
        assert_eq!(asked, format!("get {server}\n"), "once, for two requests");
    }
    let none = "echo 'credentials not found in native keychain'; exit 1";
    for (script, why) in [
        (none, "docker has none"),
        (
            "echo hunter2-canary >&2; echo hunter2-canary; exit 1",
            "helper for it has failed",
        ),
        ("echo hunter2-canary", "helper for it has failed"),
        ("exec yes hunter2-canary", "helper for it has failed"),
        (&knows("wrong-canary"), "rejects the login"),
    ] {
        let run = Run::new();
        run.configure(&store);
        run.helper("own", script);
        run.migrate(&image).is_not_known(why);
    }
    // Where the helper has none, what stands in the file counts.
    for script in [none, "exit 1"] {
        let run = Run::new();
        run.configure(&json!({
            "auths": {&server: {"username": USER, "password": PASSWORD}}, "credsStore": "own",
        }));
        run.helper("own", script);
        let plan = run.migrate(&image);
        assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    }
    // A name that is no name starts nothing.
    for name in ["../own", "missing", "/bin/sh", ""] {
        let run = Run::new();
        run.configure(&json!({"credHelpers": {&server: name}}));
        run.helper("own", &knows(PASSWORD));
        run.migrate(&image)
            .is_not_known("helper for it is not installed");
        assert!(!run.path("home/asked").exists());
    }
    // A configuration that is none.
    let run = Run::new();
    std::fs::write(run.path("docker/config.json"), "{canary").unwrap();
    run.migrate(&image)
        .is_not_known("docker configuration cannot be read");
}

/// A registry whose token server is itself; `gives` answers requests of tokens.
fn with_tokens(gives: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Fake {
    let image = Image::of("root");
    let (config, manifest) = (image.config(), image.manifest());
    Fake::start_with(move |port, request| {
        if request.contains(" /token") {
            return gives(request);
        }
        if !request.contains("Bearer token-canary.x") {
            let realm = format!("http://127.0.0.1:{port}/token");
            return fake::challenge(&format!("Bearer realm=\"{realm}\",service=\"a service\""));
        }
        match request.contains("/manifests/") {
            true => fake::ok(&manifest),
            false => fake::ok(&config),
        }
    })
}

fn tokens_are_asked_for_with_the_login_and_without() {
    let token = || fake::ok(br#"{"token": "token-canary.x"}"#);
    let scope = "service=a%20service&scope=repository%3Ateam%2Fapp%3Apull";
    // With a login.
    let fake = with_tokens(move |request| {
        let asked = request.starts_with(&format!("GET /token?{scope} "));
        match asked && request.to_lowercase().contains("authorization: basic") {
            true => token(),
            false => fake::status(401),
        }
    });
    let run = Run::new();
    run.log_in(&fake.name(""), PASSWORD);
    let plan = run.migrate(&fake.name("team/app:1"));
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    let tokens = |fake: &Fake| {
        let requests = fake.requests();
        requests
            .iter()
            .filter(|request| request.contains("/token"))
            .count()
    };
    assert_eq!(tokens(&fake), 1, "for the manifest and the configuration");
    Run::new()
        .migrate(&fake.name("team/app:1"))
        .is_not_known("docker has none");
    // For everybody; a helper that fails does not matter then.
    let fake = with_tokens(
        move |request| match request.to_lowercase().contains("authorization") {
            true => fake::status(401),
            false => token(),
        },
    );
    let run = Run::new();
    run.configure(&json!({"credsStore": "missing"}));
    let plan = run.migrate(&fake.name("team/app:1"));
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
}

fn identity_tokens_are_exchanged() {
    let fake = with_tokens(move |request| {
        let body = "grant_type=refresh_token&client_id=kubectl-secretsafe&service=a%20service\
                    &scope=repository%3Ateam%2Fapp%3Apull&refresh_token=identity%2Fcanary";
        let posts = request.starts_with("POST /token HTTP/1.1") && request.ends_with(body);
        match posts && !request.to_lowercase().contains("authorization") {
            true => fake::ok(br#"{"access_token": "token-canary.x"}"#),
            false => fake::status(400),
        }
    });
    let server = fake.name("");
    let run = Run::new();
    run.configure(&json!({"auths": {&server: {"identitytoken": "identity/canary"}}}));
    let plan = run.migrate(&fake.name("team/app:1"));
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    let run = Run::new();
    run.configure(&json!({"credsStore": "own"}));
    run.helper(
        "own",
        r#"echo '{"Username": "<token>", "Secret": "identity/canary"}'"#,
    );
    let plan = run.migrate(&fake.name("team/app:1"));
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    let run = Run::new();
    run.configure(&json!({"auths": {&server: {"identitytoken": "old-canary"}}}));
    run.migrate(&fake.name("team/app:1"))
        .is_not_known("rejects the login");
}

/// The login goes to the registry and to its token server; a redirect to
/// another host never gets it.
fn logins_go_nowhere_else() {
    let image = Image::of("root");
    let config = image.config();
    let manifest = manifest(Types::Oci, &digest(&config), config.len());
    let other = Fake::start(move |_| fake::ok(&config));
    let port = other.port;
    let is_known = |request: &str| request.to_lowercase().contains("authorization: basic");
    // As registries do that keep their blobs elsewhere.
    let fake = Fake::start(move |request| match is_known(request) {
        false => fake::challenge("Basic realm=\"x\""),
        true if request.contains("/manifests/") => fake::ok(&manifest),
        true => fake::redirect(&format!("http://127.0.0.1:{port}/blob?signature=x")),
    });
    let run = Run::new();
    run.log_in(&fake.name(""), PASSWORD);
    let plan = run.migrate(&fake.name("team/app:1"));
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    let asked = other.requests();
    assert_eq!(asked.len(), 1);
    assert!(
        !asked[0].to_lowercase().contains("authorization"),
        "{asked:?}"
    );

    // From one place of the registry to another it goes along.
    let image = Image::of("root");
    let (config, manifest) = (image.config(), image.manifest());
    let fake = Fake::start(move |request| match is_known(request) {
        false => fake::challenge("Basic realm=\"x\""),
        true if request.contains("/manifests/") => fake::ok(&manifest),
        true if request.contains("/elsewhere") => fake::ok(&config),
        true => fake::redirect("/elsewhere"),
    });
    run.log_in(&fake.name(""), PASSWORD);
    let plan = Run::migrate(&run, &fake.name("team/app:1"));
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());

    // Away and back: who sends back is not the registry.
    let back = Fake::start_with(|_, request| {
        let port = request.split("back=").nth(1).unwrap();
        let port = port.split(' ').next().unwrap();
        fake::redirect(&format!("http://127.0.0.1:{port}/stolen"))
    });
    let away = back.port;
    let fake = Fake::start_with(move |port, request| match is_known(request) {
        _ if request.contains("/stolen") => fake::status(404),
        false => fake::challenge("Basic realm=\"x\""),
        true => fake::redirect(&format!("http://127.0.0.1:{away}/x?back={port}")),
    });
    let run = Run::new();
    run.log_in(&fake.name(""), PASSWORD);
    run.migrate(&fake.name("team/app:1"))
        .is_not_known("does not have it");
    let stolen: Vec<_> = fake.requests();
    let stolen = stolen.iter().find(|request| request.contains("/stolen"));
    assert!(!is_known(stolen.unwrap()), "{stolen:?}");
    assert!(!is_known(&back.requests()[0]));
}

/// No token server without TLS but on this machine, and no redirects of it.
fn token_servers_are_trusted_no_further_than_the_registry() {
    let other = Fake::start(|_| fake::ok(br#"{"token": "stolen"}"#));
    for realm in [
        "http://192.0.2.1/token",
        "http://registry.example/token",
        "ftp://127.0.0.1/token",
        "file:///etc/passwd",
        "/token",
        "127.0.0.1/token",
        "http://u:p@127.0.0.1/token",
        "not a place",
        "",
    ] {
        let challenge = format!("Bearer realm=\"{realm}\",service=\"s\"");
        let fake = Fake::start(move |_| fake::challenge(&challenge));
        let run = Run::new();
        run.log_in(&fake.name(""), PASSWORD);
        run.migrate(&fake.name("team/app:1"))
            .is_not_known("gives none");
        assert_eq!(fake.requests().len(), 1, "{realm}");
    }
    let port = other.port;
    let fake = with_tokens(move |_| fake::redirect(&format!("http://127.0.0.1:{port}/x")));
    let run = Run::new();
    run.log_in(&fake.name(""), PASSWORD);
    run.migrate(&fake.name("team/app:1"))
        .is_not_known("gives none");
    assert_eq!(other.connections(), 0);
}
