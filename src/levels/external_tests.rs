use super::*;
use crate::manifest::{SourceText, parse};
use crate::workload::Place;

fn object(text: &str) -> Object {
    let root = parse(&SourceText::new("t", text.to_owned()))
        .documents
        .remove(0)
        .root;
    Object::new(root, Place::live(), "n").unwrap()
}

fn external(spec: &str) -> Object {
    object(&format!(
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: db}}\nspec: {spec}\n"
    ))
}

/// `keys`, with `…` where there may be others.
fn promised(spec: &str) -> String {
    match ExternalSecret::of(&external(spec)).unwrap().promised() {
        Promised::Keys(keys) => keys.into_iter().collect::<Vec<_>>().join(","),
        Promised::AtLeast(keys, _) => {
            format!("{}…", keys.into_iter().collect::<Vec<_>>().join(","))
        }
    }
}

/// The expectations are those of `ApplyTemplate`.
#[test]
fn the_keys_are_those_that_the_operator_writes() {
    const DATA: &str =
        "data: [{secretKey: a, remoteRef: {key: x}}, {secretKey: b, remoteRef: {key: x}}]";
    for (rest, expected) in [
        ("", "a,b"),
        ("dataFrom: [{extract: {key: x}}]", "a,b…"),
        ("target: {template: {type: Opaque}}", "a,b"),
        ("target: {template: {data: {url: x}}}", "url"),
        (
            "target: {template: {mergePolicy: Merge, data: {url: x}}}",
            "a,b,url",
        ),
        // What was fetched is replaced, whatever it is.
        (
            "target: {template: {data: {url: x}}}, dataFrom: [{extract: {key: x}}]",
            "url",
        ),
        (
            "target: {template: {mergePolicy: Merge, data: {url: x}}}, dataFrom: [{find: {}}]",
            "a,b,url…",
        ),
        (
            "target: {template: {templateFrom: [{configMap: {name: c, items: [{key: f}]}}]}}",
            "f",
        ),
        (
            "target: {template: {templateFrom: [{secret: {name: c, items: [{key: f, templateAs: KeysAndValues}]}}]}}",
            "…",
        ),
        (
            "target: {template: {templateFrom: [{literal: 'x: y'}], data: {url: x}}}",
            "url…",
        ),
        (
            "target: {template: {templateFrom: [{target: Labels, literal: 'x: y'}]}}",
            "",
        ),
        (
            "target: {template: {mergePolicy: Merge, templateFrom: [{target: Annotations, literal: 'x: y'}]}}",
            "a,b",
        ),
        (
            "target: {template: {templateFrom: [{target: data, literal: 'x: y'}]}}",
            "…",
        ),
        ("target: {template: {templateFrom: []}}", "a,b"),
    ] {
        let spec = match rest {
            "" => format!("{{{DATA}}}"),
            rest => format!("{{{DATA}, {rest}}}"),
        };
        assert_eq!(promised(&spec), expected, "{rest}");
    }
}

#[test]
fn stores_generators_and_times_are_read() {
    let object = external(
        "{refreshInterval: 15m, secretStoreRef: {name: vault}, data: [{secretKey: a, sourceRef: \
         {storeRef: {name: aws, kind: ClusterSecretStore}}}, {secretKey: b}], dataFrom: [{sourceRef: {generatorRef: \
         {kind: Password, name: p}}}]}",
    );
    let found = ExternalSecret::of(&object).unwrap();
    let stores: Vec<_> = found
        .stores
        .iter()
        .map(|store| (store.name.as_str(), store.kind, store.says_kind))
        .collect();
    assert_eq!(
        stores,
        [
            ("vault", StoreKind::Namespaced, false),
            ("aws", StoreKind::ClusterWide, true)
        ]
    );
    assert!(found.generators[0].is_random());
    assert_eq!(found.refresh.period(), Some(SignedDuration::from_mins(15)));
    assert_eq!(found.secret.value, "db");
    for (refresh, once) in [
        ("refreshInterval: '0'", true),
        ("refreshInterval: 0s", true),
        ("refreshInterval: soon", false),
        ("refreshPolicy: CreatedOnce", true),
        ("refreshPolicy: OnChange, refreshInterval: '0'", false),
    ] {
        let object = external(&format!("{{{refresh}}}"));
        let found = ExternalSecret::of(&object).unwrap();
        assert_eq!(found.refresh.is_once(), once, "{refresh}");
    }
}

/// A store that is named and that no entry takes is none that is read.
#[test]
fn only_stores_that_are_read_count() {
    let generator = "dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]";
    let own = "{secretKey: a, sourceRef: {storeRef: {name: own}}}";
    for (rest, expected) in [
        (generator.to_owned(), ""),
        (format!("data: [{own}]"), "own"),
        (format!("data: [{own}], {generator}"), "own"),
        (format!("data: [{own}, {{secretKey: b}}]"), "dummy,own"),
        (format!("data: [{{secretKey: b}}], {generator}"), "dummy"),
        ("dataFrom: [{extract: {key: x}}]".to_owned(), "dummy"),
        ("data: [{secretKey: b, sourceRef: {}}]".to_owned(), "dummy"),
        (
            "data: [{secretKey: b, sourceRef: {storeRef: {name: ''}}}]".to_owned(),
            "dummy",
        ),
        ("data: []".to_owned(), "dummy"),
    ] {
        let object = external(&format!("{{secretStoreRef: {{name: dummy}}, {rest}}}"));
        let found = ExternalSecret::of(&object).unwrap();
        let stores: Vec<_> = found
            .stores
            .iter()
            .map(|store| store.name.as_str())
            .collect();
        assert_eq!(stores.join(","), expected, "{rest}");
    }
}

#[test]
fn what_is_made_may_be_no_secret() {
    for (manifest, makes) in [
        ("{apiVersion: v1, kind: ConfigMap}", Makes::Other),
        (
            "{apiVersion: argoproj.io/v1alpha1, kind: Application}",
            Makes::Other,
        ),
        ("{apiVersion: example.com/v1, kind: Secret}", Makes::Other),
        ("{apiVersion: v1, kind: Secret}", Makes::Secret),
        ("null", Makes::Secret),
        ("7", Makes::Secret),
    ] {
        let object = external(&format!("{{target: {{manifest: {manifest}}}}}"));
        let found = ExternalSecret::of(&object).unwrap();
        assert_eq!(found.makes, makes, "{manifest}");
    }
}

#[test]
fn a_cluster_external_secret_has_one_inside() {
    let object = object(
        "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: all}\nspec:\n  \
         externalSecretName: db\n  externalSecretSpec: {data: [{secretKey: a}]}\n",
    );
    let found = ExternalSecret::of(&object).unwrap();
    assert_eq!(found.secret.value, "db");
    assert_eq!(found.site().path, "spec.externalSecretSpec");
}

#[test]
fn a_push_secret_names_what_it_pushes() {
    let object = object(
        "apiVersion: external-secrets.io/v1alpha1\nkind: PushSecret\nmetadata: {name: p}\nspec:\n  \
         secretStoreRefs: [{name: vault}, {labelSelector: {matchLabels: {a: b}}}]\n  \
         selector: {secret: {name: db}}\n  data: [{match: {secretKey: a, remoteRef: {remoteKey: x}}}, \
         {match: {remoteRef: {remoteKey: y}}}]\n",
    );
    let found = PushSecret::of(&object).unwrap();
    assert_eq!(found.source.unwrap().value, "db");
    assert_eq!(found.stores.len(), 1);
    assert_eq!(found.keys.len(), 1);
    assert!(!found.converts);
}

/// Whatever stands in its fields, it is read.
#[test]
fn wrong_types_are_no_trouble() {
    let odd = [
        "null",
        "7",
        "[]",
        "[7, [], {}]",
        "{}",
        "{a: [b]}",
        "'x'",
        "true",
    ];
    for field in [
        "data",
        "dataFrom",
        "target",
        "secretStoreRef",
        "refreshInterval",
        "refreshPolicy",
    ] {
        for value in odd {
            let object = external(&format!("{{{field}: {value}}}"));
            let found = ExternalSecret::of(&object).unwrap();
            let _ = (found.promised(), found.refresh.is_once(), found.fetched());
        }
    }
    for field in ["name", "creationPolicy", "template", "immutable"] {
        for value in odd {
            let object = external(&format!("{{target: {{{field}: {value}}}}}"));
            let _ = ExternalSecret::of(&object).unwrap().promised();
        }
    }
    for value in odd {
        let object = external(value);
        let _ = ExternalSecret::of(&object).map(|found| found.promised());
    }
}
