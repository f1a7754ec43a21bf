//! The page of `audit`.

use kubectl_secretsafe::auditing::{Part, Report, Wish};
use kubectl_secretsafe::inventory::{Builder, Grant, Scope};
use kubectl_secretsafe::manifest::{SourceText, parse};
use kubectl_secretsafe::output::audit::{self as output, Format};
use kubectl_secretsafe::report::Unreachable;
use kubectl_secretsafe::ui::{Colour, escape_controls};
use serde_json::json;

use crate::browser::{Browser, unescaped};
use crate::{ACTIVE, CANARY, NASTY};

/// Keys that are overdue, that are not, and of unknown age; each hostile text as a name, a
/// key, a manager, an owner and a reader.
fn report() -> Report {
    let mut objects = Vec::new();
    let mut secret = |namespace: &str, name: &str, key: &str, manager: &str, written: &str| {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Secret", "data": {key: CANARY},
            "metadata": {"name": name, "namespace": namespace, "creationTimestamp": "2025-01-01T00:00:00Z",
                "ownerReferences": [{"apiVersion": "v1", "kind": "Kafka", "name": manager, "uid": "u", "controller": true}],
                "managedFields": [{"manager": manager, "time": written, "fieldsV1": {"f:data": {format!("f:{key}"): {}}}}]},
        }));
    };
    let (old, new) = ("2025-06-01T00:00:00Z", "2026-05-20T00:00:00Z");
    secret("shop", "db", "password", "kubectl-create", old);
    secret("shop", "db-replica", "password", "helm", new);
    secret("shop", "mail", "token", "argocd-controller", "not recorded");
    secret("billing", "db", "password", "kubectl-create", new);
    for name in NASTY {
        secret("team-a", name, "key", name, old);
        secret(name, "db", name, "m", new);
    }
    let subjects = NASTY
        .iter()
        .map(|name| json!({"kind": "User", "name": name}));
    let api = "rbac.authorization.k8s.io/v1";
    objects.push(
        json!({"apiVersion": api, "kind": "ClusterRole", "metadata": {"name": "all"},
        "rules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]}),
    );
    objects.push(json!({"apiVersion": api, "kind": "ClusterRoleBinding", "metadata": {"name": "all"},
        "roleRef": {"kind": "ClusterRole", "name": "all"}, "subjects": subjects.collect::<Vec<_>>()}));
    let scope = Scope::Cluster {
        name: "<b>cluster</b>".to_owned(),
        minor: Some(37),
    };
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(scope, "default", now);
    for object in objects {
        let source = SourceText::new("snapshot.json", object.to_string());
        for document in parse(&source).documents {
            builder.add_live(document.root);
        }
    }
    builder.deny(Grant {
        verb: "list".to_owned(),
        group: "apps".to_owned(),
        resource: "deployments".to_owned(),
        namespace: Some("<i>team</i>".to_owned()),
    });
    let wish = Wish {
        max_age: jiff::SignedDuration::from_hours(90 * 24),
        selector: None,
        receipts: None,
    };
    let far = Unreachable {
        cluster: "<u>far</u>".to_owned(),
        message: "it does not answer".to_owned(),
        hints: Vec::new(),
    };
    let part = Part::new(builder.finish(), &wish);
    Report::new(&wish, vec![part], Vec::new(), vec![far])
}

#[test]
fn the_page_shows_every_key_and_filters_by_namespace() {
    let report = report();
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
    let page = browser.page("audit.html", &html);
    let (dom, console) = browser.open(&page, &["--dump-dom"]);
    assert_eq!(console, [""; 0]);
    assert!(!dom.contains("<script") && !dom.contains("<img"));
    let shown = unescaped(&dom);
    let rows = &report.parts[0].rows;
    assert_eq!(rows.len(), 4 + 2 * NASTY.len());
    assert_eq!(dom.matches("<tr class=").count(), rows.len());
    for row in rows {
        let key = row.secret.key.as_deref().unwrap();
        for name in [&row.secret.namespace, &row.secret.name, key] {
            assert!(shown.contains(&escape_controls(name)), "{name}");
        }
    }
    browser.four_pictures(&page, "audit-");
    filter(&browser, &text);
}

/// Whether only the chosen namespace is seen: a script of the test asks the browser, on a
/// copy that allows scripts.
fn filter(browser: &Browser, text: &str) {
    let asks = "<script>document.title = JSON.stringify([...document.querySelectorAll('section.group')]\
        .filter(one => one.checkVisibility()).map(one => one.querySelector('h3').firstChild.data.trim()))</script></body>";
    let free = text
        .replace("Content-Security-Policy", "x-none")
        .replace("</body>", asks);
    let seen = |name: &str, page: &str| -> Vec<String> {
        let (dom, _) = browser.open(&browser.page(name, page.as_bytes()), &["--dump-dom"]);
        let (_, rest) = dom.split_once("<title>").unwrap();
        let (title, _) = rest.split_once("</title>").unwrap();
        serde_json::from_str(&unescaped(title)).unwrap()
    };
    assert_eq!(seen("all.html", &free).len(), 3 + NASTY.len());
    let (before, _) = free.split_once(">billing</option>").unwrap();
    let class = before.rsplit_once("<option ").unwrap().1.to_owned();
    let chosen = free.replace("<option selected>", "<option>").replace(
        &format!("<option {class}>billing"),
        &format!("<option {class} selected>billing"),
    );
    assert_eq!(seen("billing.html", &chosen), ["billing"]);
}
