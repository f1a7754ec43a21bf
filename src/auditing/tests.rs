use crate::inventory::{Builder, Scope};
use crate::manifest::{SourceText, parse};

use super::*;

const NOW: &str = "2026-06-01T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn inventory(text: &str, prepare: impl FnOnce(&mut Builder)) -> Inventory {
    let scope = Scope::Cluster {
        name: "test".to_owned(),
        minor: Some(37),
    };
    let mut builder = Builder::new(scope, "default", time(NOW));
    prepare(&mut builder);
    let source = SourceText::new("snapshot.yaml", text.to_owned());
    for document in parse(&source).documents {
        builder.add_live(document.root);
    }
    builder.finish()
}

fn wish() -> Wish {
    Wish {
        max_age: SignedDuration::from_hours(90 * 24),
        selector: None,
        receipts: None,
    }
}

/// A Secret with one key, with more of its metadata.
fn secret(name: &str, manager: &str, written: &str, more: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Secret\ndata: {{password: eA==}}\nmetadata:\n  name: {name}\n  namespace: shop\n  \
         uid: uid-{name}\n  creationTimestamp: '2025-01-01T00:00:00Z'\n  managedFields:\n  - manager: {manager}\n    \
         operation: Update\n    time: '{written}'\n    fieldsV1: {{'f:data': {{'f:password': {{}}}}}}\n{more}"
    )
}

/// What every cluster has.
const ANY_BINDING: &str = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n\
    metadata: {name: any, namespace: elsewhere}\nroleRef: {kind: Role, name: none}\nsubjects: []\n";

fn report(text: &str) -> Report {
    of(inventory(&format!("{text}{ANY_BINDING}"), |_| {}), &wish())
}

fn of(inventory: Inventory, wish: &Wish) -> Report {
    let part = Part::new(inventory, wish);
    Report::new(wish, vec![part], Vec::new(), Vec::new())
}

fn row<'r>(report: &'r Report, name: &str) -> &'r Row {
    let rows = &report.parts[0].rows;
    rows.iter().find(|row| row.secret.name == name).unwrap()
}

#[test]
fn the_rule_of_overdue_keys_is_the_one_of_doctor() {
    let rule = crate::checks::find(OVERDUE).unwrap();
    assert_eq!(rule.name, "key-older-than-allowed");
}

#[test]
fn ages_are_bounds() {
    let facts = |text: &str| {
        let inventory = inventory(text, |_| {});
        let facts = inventory.secrets().next().unwrap().clone();
        let age = Age::of(&facts, Some("password"), time(NOW));
        (age, age.due(wish().max_age, time(NOW)))
    };
    // The first moment after the limit, and the last one before.
    let limit = "2026-03-03T12:00:00Z";
    for (written, due) in [
        (
            "2026-03-03T11:59:59Z",
            Due::Overdue(time("2026-06-01T11:59:59Z")),
        ),
        (limit, Due::On(time(NOW))),
        // The clock of the server is a little ahead.
        (
            "2026-06-01T12:01:00Z",
            Due::On(time("2026-08-30T12:01:00Z")),
        ),
    ] {
        let expected = (Age::Written(time(written)), due);
        assert_eq!(facts(&secret("db", "m", written, "")), expected);
    }
    let first = time("2025-01-01T00:00:00Z");
    let created = Some(first);
    // Anybody can write such a time, and would never be overdue.
    for written in ["2027-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "no time"] {
        let expected = (Age::NotRecorded { created }, Due::NotKnown);
        assert_eq!(
            facts(&secret("db", "m", written, "")),
            expected,
            "{written}"
        );
    }
    // Metadata that was copied from an older Secret.
    let copied = secret("db", "m", "2024-01-01T00:00:00Z", "");
    assert_eq!(facts(&copied).0, Age::Written(first));
    // Without a record a new Secret is not overdue, since no key is older.
    let new = "apiVersion: v1\nkind: Secret\ndata: {password: eA==}\n\
               metadata: {name: db, namespace: shop, creationTimestamp: '2026-05-01T00:00:00Z'}\n";
    assert_eq!(facts(new).1, Due::NotBefore(time("2026-07-30T00:00:00Z")));
}

#[test]
fn the_most_urgent_is_first() {
    let access = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: shop}\n\
        rules: [{verbs: [get], apiGroups: [''], resources: [secrets], resourceNames: [read, new]}]\n---\n\
        apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: shop}\n\
        roleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: u}, {kind: Group, name: g}]\n";
    let text = [
        secret("new", "m", "2026-05-01T00:00:00Z", ""),
        secret("older", "m", "2025-02-01T00:00:00Z", ""),
        secret("old", "m", "2025-03-01T00:00:00Z", ""),
        secret("read", "m", "2025-04-01T00:00:00Z", ""),
        secret("unclear", "m", "none", ""),
        access.to_owned(),
    ]
    .concat();
    let report = report(&text);
    let rows = report.parts[0].rows.iter();
    let names: Vec<_> = rows.map(|row| row.secret.name.as_str()).collect();
    assert_eq!(names, ["read", "older", "old", "unclear", "new"]);
    let readers = row(&report, "read").readers.as_ref().unwrap();
    assert_eq!((readers.count, readers.built_in), (2, 0));
    assert_eq!(*readers.first, ["group/g", "user/u"].map(str::to_owned));
    assert_eq!(row(&report, "old").readers.as_ref().unwrap().count, 0);
    // A key of unknown age is no key that is well.
    assert_eq!(report.outcome.status() as u8, 3);
    let gaps: Vec<_> = report.outcome.names(Kind::NotSeen).collect();
    assert_eq!(gaps, ["age of key password of secret/unclear in shop"]);
}

#[test]
fn overdue_is_a_finding() {
    let status = |written: &str| {
        let report = report(&secret("db", "m", written, ""));
        report.outcome.status() as u8
    };
    assert_eq!(status("2026-05-01T00:00:00Z"), 0);
    assert_eq!(status("2026-01-01T00:00:00Z"), 1);
    assert_eq!(report("").outcome.status() as u8, 0);
}

#[test]
fn who_can_read_is_counted_once() {
    let binding = |name: &str, namespace: &str, label: &str, subjects: &str| {
        let (kind, place) = match namespace {
            "" => ("ClusterRoleBinding", String::new()),
            _ => ("RoleBinding", format!(", namespace: {namespace}")),
        };
        format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n\
             metadata: {{name: {name}{place}, labels: {{{label}}}}}\n\
             roleRef: {{kind: ClusterRole, name: all}}\nsubjects: [{subjects}]\n"
        )
    };
    let text = [
        secret("db", "m", "2026-05-01T00:00:00Z", ""),
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\n\
         rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]\n"
            .to_owned(),
        binding(
            "server",
            "",
            "kubernetes.io/bootstrapping: rbac-defaults",
            "{kind: Group, name: 'system:masters'}, {kind: User, name: both}",
        ),
        binding(
            "own",
            "shop",
            "",
            "{kind: ServiceAccount, name: s}, {kind: User, name: both}",
        ),
        // The same ServiceAccount by the name of its user.
        binding(
            "user",
            "",
            "",
            "{kind: User, name: 'system:serviceaccount:shop:s'}",
        ),
        binding("other", "elsewhere", "", "{kind: User, name: elsewhere}"),
    ]
    .concat();
    let report = report(&text);
    let readers = row(&report, "db").readers.as_ref().unwrap();
    assert_eq!((readers.count, readers.built_in), (3, 1));
    let expected = ["user/both", "serviceaccount/shop:s", "group/system:masters"];
    assert_eq!(*readers.first, expected.map(str::to_owned));
}

/// Without RBAC nobody can read by it, and everybody may by something else.
#[test]
fn without_bindings_the_readers_are_not_known() {
    let text = secret("db", "m", "2026-05-01T00:00:00Z", "");
    let report = of(inventory(&text, |_| {}), &wish());
    assert!(row(&report, "db").readers.is_err());
    assert_eq!(report.outcome.status() as u8, 0);
}

#[test]
fn levels_are_those_of_what_makes_the_secret() {
    let owner = |kind: &str| {
        format!(
            "  ownerReferences: [{{apiVersion: v1, kind: {kind}, name: o, uid: u, controller: true}}]\n"
        )
    };
    let of_type = |type_: &str| format!("type: {type_}\n");
    let argo = "  labels: {argocd.argoproj.io/instance: shop}\n".to_owned();
    for (more, level, by) in [
        (String::new(), "plain", None),
        (owner("SealedSecret"), "sealed", Some("SealedSecret/o")),
        (
            owner("ExternalSecret"),
            "external",
            Some("ExternalSecret/o"),
        ),
        (owner("Kafka"), "controller", Some("Kafka/o")),
        (argo, "plain", Some("Argo CD (Application shop)")),
        (
            of_type("kubernetes.io/service-account-token"),
            "service-account-token",
            None,
        ),
    ] {
        let report = report(&secret("db", "m", "2026-05-01T00:00:00Z", &more));
        let owned = row(&report, "db").owned.as_ref().unwrap();
        assert_eq!((owned.level.name(), owned.by.as_deref()), (level, by));
    }
    // By what is about to make it, where it carries no sign of its maker.
    let sealed = "---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n\
                  metadata: {name: db, namespace: shop}\nspec: {encryptedData: {password: x}}\n";
    let text = secret("db", "m", "2026-05-01T00:00:00Z", "") + sealed;
    let found = report(&text);
    assert_eq!(
        row(&found, "db").owned.as_ref().unwrap().level,
        Level::Sealed
    );
}

#[test]
fn what_may_not_be_listed_is_not_known() {
    let grant = |group: &str, resource: &str| Grant {
        verb: "list".to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        namespace: None,
    };
    let text = secret("db", "m", "2026-05-01T00:00:00Z", "") + ANY_BINDING;
    let rbac = "rbac.authorization.k8s.io";
    // Which of level, consumers, readers and copies are known.
    for (group, resource, known) in [
        ("apps", "deployments", [true, false, true, true]),
        ("bitnami.com", "sealedsecrets", [false, false, true, true]),
        (rbac, "clusterroles", [true, true, false, true]),
        (rbac, "rolebindings", [true, true, false, true]),
        ("", "secrets", [true, true, true, false]),
    ] {
        let denied = grant(group, resource);
        let report = of(inventory(&text, |builder| builder.deny(denied)), &wish());
        let row = row(&report, "db");
        let found = [
            row.owned.is_ok(),
            row.consumers.is_ok(),
            row.readers.is_ok(),
            row.copies.is_ok(),
        ];
        assert_eq!(found, known, "{resource}");
        assert_eq!(report.outcome.status() as u8, 3, "{resource}");
    }
    // Of one namespace: roles of the cluster decide who can read, and are needed. Volumes
    // of the cluster may use the Secret too.
    let hide = |group: &str, resource: &str| {
        let hidden = grant(group, resource);
        of(inventory(&text, |builder| builder.hide(hidden)), &wish())
    };
    let report = hide(rbac, "clusterrolebindings");
    assert!(row(&report, "db").readers.is_err());
    assert_eq!(report.outcome.status() as u8, 3);
    let report = hide("", "persistentvolumes");
    assert!(row(&report, "db").consumers.as_ref().unwrap().more);
    assert_eq!(report.outcome.status() as u8, 0);
    let report = of(
        inventory(&text, |builder| builder.secrets_only_of("shop")),
        &wish(),
    );
    let copies = Err(Arc::new(Reason::NotAsked("-A")));
    assert_eq!(row(&report, "db").copies, copies);
    assert_eq!(report.outcome.status() as u8, 0);
}

#[test]
fn copies_are_declared() {
    let annotated = |namespace: &str, name: &str, key: &str, annotations: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\ndata: {{{key}: eA==}}\n\
             metadata: {{name: {name}, namespace: {namespace}, annotations: {{{annotations}}}}}\n"
        )
    };
    let reflects = "reflector.v1.k8s.emberstack.com/reflects: shop/db";
    let replicates = "replicator.v1.mittwald.de/replicate-from: shop/db";
    let pushed = "replicator.v1.mittwald.de/replicated-from-version: '1'";
    let text = [
        annotated("shop", "db", "password", ""),
        annotated("a", "db", "password", reflects),
        annotated("b", "other", "password", replicates),
        // Without the key, of another source, and without a declaration.
        annotated("c", "db", "user", reflects),
        annotated(
            "d",
            "db",
            "password",
            "replicator.v1.mittwald.de/replicate-from: shop/db2",
        ),
        annotated("e", "db", "password", ""),
        // Pushed by somebody else's source.
        annotated("f", "db", "password", pushed),
        annotated(
            "shop",
            "web",
            "password",
            "replicator.v1.mittwald.de/replicate-to: g",
        ),
        annotated("g", "web", "password", pushed),
    ]
    .concat();
    let report = report(&text);
    let of = |name: &str| {
        let rows = report.parts[0].rows.iter();
        let mut own = rows.filter(|row| row.secret.namespace == "shop");
        own.find(|row| row.secret.name == name)
            .unwrap()
            .copies
            .clone()
    };
    assert_eq!(of("db"), Ok(2));
    assert_eq!(of("web"), Ok(1));
}

#[test]
fn consumers_are_those_of_the_key() {
    let pod = |name: &str, key: &str, started: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, uid: {name}, creationTimestamp: '{started}'}}\n\
             spec:\n  containers:\n  - name: app\n    image: app\n    env:\n    - name: A\n      valueFrom: \
             {{secretKeyRef: {{name: db, key: {key}}}}}\n\
             status:\n  phase: Running\n  startTime: '{started}'\n  containerStatuses:\n  - name: app\n    \
             state: {{running: {{startedAt: '{started}'}}}}\n"
        )
    };
    let text = [
        secret("db", "m", "2026-05-01T00:00:00Z", ""),
        pod("before", "password", "2026-04-01T00:00:00Z"),
        pod("after", "password", "2026-05-02T00:00:00Z"),
        pod("other", "user", "2026-04-01T00:00:00Z"),
    ]
    .concat();
    let report = report(&text);
    let expected = Consumers {
        count: 2,
        more: false,
        stale: 1,
        unclear: 0,
    };
    assert_eq!(row(&report, "db").consumers, Ok(expected));
}

#[test]
fn a_receipt_belongs_to_the_secret_of_its_uid() {
    let receipt = |uid: &str, ended: &str, result: &str| {
        serde_json::json!({
            "apiVersion": "secretsafe.dev/receipt-v1", "namespace": "shop", "ended": ended,
            "result": result, "secrets": [{"name": "db", "uid": uid}],
        })
        .to_string()
    };
    let mut receipts = Receipts::default();
    for (uid, ended, result) in [
        ("uid-db", "2026-04-01T00:00:00Z", "succeeded"),
        ("uid-db", "2026-05-01T00:00:00Z", "rolled back"),
        ("earlier", "2026-05-20T00:00:00Z", "succeeded"),
    ] {
        receipts
            .add(receipt(uid, ended, result).as_bytes())
            .unwrap();
    }
    let wish = Wish {
        receipts: Some(receipts),
        ..wish()
    };
    let text = secret("db", "m", "2026-05-01T00:00:00Z", "")
        + &secret("web", "m", "2026-05-01T00:00:00Z", "");
    let report = of(inventory(&text, |_| {}), &wish);
    let found = row(&report, "db").receipt.as_ref().unwrap();
    assert_eq!(found.result, "rolled back");
    assert_eq!(row(&report, "web").receipt, None);
}

#[test]
fn labels_choose_and_may_match_nothing() {
    let text = secret("db", "m", "2026-05-01T00:00:00Z", "  labels: {app: db}\n")
        + &secret("web", "m", "2026-05-01T00:00:00Z", "");
    let chosen = |labels: &str| {
        let wish = Wish {
            selector: Some(Selector::parse(labels).unwrap()),
            ..wish()
        };
        let report = of(inventory(&text, |_| {}), &wish);
        (report.parts[0].secrets, report.matches_nothing(&wish))
    };
    assert_eq!(chosen("app=db"), (1, false));
    assert_eq!(chosen("app=nope"), (0, true));
}
