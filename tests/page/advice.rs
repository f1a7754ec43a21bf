//! The page of `advise`.

use kubectl_secretsafe::advising::{Advice, Answers, Evidence, Place, Report};
use kubectl_secretsafe::inventory::{Builder, Grant, Scope};
use kubectl_secretsafe::manifest::{SourceText, parse};
use kubectl_secretsafe::output::advice::{self as output, Format};
use kubectl_secretsafe::report::Unreachable;
use kubectl_secretsafe::ui::{Colour, escape_controls};
use serde_json::json;

use crate::browser::{Browser, unescaped};
use crate::{ACTIVE, CANARY, NASTY};

/// A cluster of this name, with a Secret, a store and a token of this name.
fn place(name: &str) -> Place {
    let scope = Scope::Cluster {
        name: name.to_owned(),
        minor: Some(36),
    };
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(scope, "default", now);
    let metadata =
        json!({"name": name, "namespace": name, "creationTimestamp": "2025-01-01T00:00:00Z"});
    let objects = [
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"password": CANARY},
            "type": "kubernetes.io/service-account-token"}),
        json!({"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": metadata,
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
    ];
    for object in objects {
        let source = SourceText::new("snapshot.json", object.to_string());
        for document in parse(&source).documents {
            builder.add_live(document.root);
        }
    }
    Place::of(builder.finish(), None, None).0
}

#[test]
fn the_page_shows_every_name_as_text_and_runs_none() {
    let places: Vec<_> = NASTY.iter().map(|name| place(name)).collect();
    let advice = Advice::new(Evidence::new(&Answers::default(), places));
    let far = Unreachable {
        cluster: "<u>far</u>".to_owned(),
        message: "it does not answer".to_owned(),
        hints: Vec::new(),
    };
    let refused = Grant {
        verb: "list".to_owned(),
        group: "apps".to_owned(),
        resource: "deployments".to_owned(),
        namespace: Some("<i>team</i>".to_owned()),
    };
    let report = Report::new(advice, Vec::new(), vec![far], [refused].into());
    let mut html = Vec::new();
    output::write(&report, Format::Html, Colour::Off, &mut html).unwrap();
    let text = String::from_utf8(html.clone()).unwrap();
    assert!(!text.contains(CANARY));
    for word in ACTIVE {
        assert!(!text.contains(word), "{word}");
    }
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.page("advice.html", &html);
    let (dom, console) = browser.open(&page, &["--dump-dom"]);
    assert_eq!(console, [""; 0]);
    assert!(!dom.contains("<script") && !dom.contains("<img"));
    let shown = unescaped(&dom);
    for name in NASTY {
        for words in [
            format!("cluster {}", escape_controls(name)),
            format!("secret/{0} in {0}", escape_controls(name)),
            format!("secretstore/{}", escape_controls(name)),
        ] {
            assert!(shown.contains(&words), "{words}");
        }
    }
    assert!(dom.matches("<section").count() == 3);
    browser.four_pictures(&page, "advice-");
}
