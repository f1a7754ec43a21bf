use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use zeroize::Zeroizing;

use super::*;
use crate::manifest::{Content, Parsed, ScalarType, parse};

/// Files in memory.
struct Memory(BTreeMap<PathBuf, String>);

fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            part => cleaned.push(part),
        }
    }
    cleaned
}

impl Surroundings for Memory {
    fn place(&self, path: &Path) -> Option<Place> {
        let path = clean(path);
        if self.0.contains_key(&path) {
            return Some(Place::File(path));
        }
        let is_folder = self.0.keys().any(|file| file.starts_with(&path));
        is_folder.then_some(Place::Folder(path))
    }

    fn read(&self, file: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
        let text = self.0.get(file).ok_or("it is not there")?;
        Ok(Zeroizing::new(text.as_bytes().to_vec()))
    }
}

struct Scene {
    texts: Vec<(PathBuf, SourceText, Parsed)>,
    memory: Memory,
}

impl Scene {
    /// Files named `/…`; those whose name begins with `-` are on the disk only.
    fn new(files: &[(&str, &str)]) -> Self {
        let path = |name: &str| PathBuf::from(format!("/{}", name.trim_start_matches('-')));
        let memory = files
            .iter()
            .map(|(name, text)| (path(name), (*text).to_owned()));
        let given = files.iter().filter(|(name, _)| !name.starts_with('-'));
        Self {
            memory: Memory(memory.collect()),
            texts: given
                .map(|(name, text)| {
                    let text = SourceText::new(*name, (*text).to_owned());
                    let parsed = parse(&text);
                    (path(name), text, parsed)
                })
                .collect(),
        }
    }

    fn build(&self) -> Builds {
        let given: Vec<_> = self
            .texts
            .iter()
            .map(|(file, text, parsed)| Given {
                file,
                text,
                documents: &parsed.documents,
                complete: parsed.problems.is_empty(),
            })
            .collect();
        build(&given, &self.memory)
    }
}

/// A tree in the form of YAML's flow style; values of Secrets as their length.
fn shown(node: &Node) -> String {
    match &node.content {
        Content::Sealed(sealed) if sealed.type_ == ScalarType::Null => "null".to_owned(),
        Content::Sealed(sealed) => format!("<{}>", sealed.value.len()),
        Content::Scalar(scalar) => match scalar.type_ {
            ScalarType::Text => format!("{:?}", scalar.text),
            _ => scalar.text.to_string(),
        },
        Content::Sequence(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Content::Mapping(entries) => {
            let mut entries: Vec<_> = entries
                .iter()
                .map(|entry| {
                    let key = entry.key.scalar_text().unwrap_or_default();
                    format!("{key}: {}", shown(&entry.value))
                })
                .collect();
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn objects(root: &Root) -> Vec<Node> {
    match &root.outcome {
        Outcome::Built(built) => built.iter().map(Built::node).collect(),
        Outcome::NotSure(doubt) => panic!("not sure: {}", doubt.reason),
        Outcome::Refused(why) => panic!("refused: {why}"),
    }
}

/// The objects of the only root.
fn built(files: &[(&str, &str)]) -> Vec<String> {
    let builds = Scene::new(files).build();
    assert_eq!(builds.roots.len(), 1);
    objects(&builds.roots[0]).iter().map(shown).collect()
}

fn failure(files: &[(&str, &str)]) -> String {
    let builds = Scene::new(files).build();
    match &builds.roots[0].outcome {
        Outcome::Built(_) => panic!("it is built"),
        Outcome::NotSure(doubt) => format!("not sure ({}): {}", doubt.needs_network, doubt.reason),
        Outcome::Refused(why) => format!("refused: {why}"),
    }
}

const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
  - name: api
    image: example/api:1
    env:
    - {name: A, value: 'on'}
    - {name: B, valueFrom: {secretKeyRef: {name: db, key: user}}}
";

#[test]
fn names_and_namespaces_reach_resources_generators_and_references() {
    let found = built(&[
        (
            "base/kustomization.yaml",
            "resources: [pod.yaml]\nnamePrefix: b-\nsecretGenerator: [{name: db, literals: [user=x]}]",
        ),
        ("base/pod.yaml", POD),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\nnamespace: shop\nnameSuffix: -p",
        ),
    ]);
    assert_eq!(
        found,
        [
            "{apiVersion: \"v1\", kind: \"Pod\", metadata: {name: \"b-api-p\", namespace: \"shop\"}, \
             spec: {containers: [{env: [{name: \"A\", value: \"on\"}, {name: \"B\", valueFrom: \
             {secretKeyRef: {key: \"user\", name: \"b-db-p\"}}}], image: \"example/api:1\", name: \"api\"}]}}",
            "{apiVersion: \"v1\", data: {user: <4>}, kind: \"Secret\", metadata: {name: \"b-db-p\", \
             namespace: \"shop\"}, type: \"Opaque\"}",
        ]
    );
}

#[test]
fn every_node_is_led_back_to_where_it_was_written() {
    let patch = "patches:\n- patch: |\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: api}\n    spec:\n      containers:\n      - name: api\n        env:\n        - {name: C, value: other}\n";
    let kustomization = format!("resources: [pod.yaml]\nnamespace: shop\n{patch}");
    let scene = Scene::new(&[("kustomization.yaml", &kustomization), ("pod.yaml", POD)]);
    let builds = scene.build();
    let node = &objects(&builds.roots[0])[0];
    let written = |path: &[&str], node: &Node| {
        let node = node.at(path).unwrap();
        let at = builds.space.locate(node.span).unwrap();
        let text = scene.texts[at.source].1.text();
        (
            at.source,
            text[at.span.start..at.span.end].to_owned(),
            at.precision,
        )
    };
    let inside = |text: &str, precision| (0, text.to_owned(), precision);
    assert_eq!(
        written(&["metadata", "namespace"], node),
        inside("shop", Precision::Exact)
    );
    assert_eq!(
        written(&["metadata", "name"], node),
        (1, "api".to_owned(), Precision::Exact)
    );
    let container = &node.at(&["spec", "containers"]).unwrap().items()[0];
    let env = container.get("env").unwrap().items();
    assert_eq!(env.len(), 3);
    let names: Vec<_> = env
        .iter()
        .map(|entry| entry.text_of("name").unwrap())
        .collect();
    assert_eq!(names, ["C", "A", "B"]);
    assert_eq!(
        written(&["value"], &env[0]),
        inside("other", Precision::Inline)
    );
    assert_eq!(
        written(&["valueFrom", "secretKeyRef", "key"], &env[2]),
        (1, "user".to_owned(), Precision::Exact)
    );
    let at = builds.space.locate(
        env[2]
            .at(&["valueFrom", "secretKeyRef", "key"])
            .unwrap()
            .span,
    );
    let root = &scene.texts[1].2.documents[0].root;
    assert_eq!(
        path_of(root, at.unwrap().span).unwrap(),
        "spec.containers[0].env[1].valueFrom.secretKeyRef.key"
    );
    assert_eq!(builds.space.locate(Span::default()), None);
}

#[test]
fn roots_are_what_nothing_builds_on() {
    let builds = Scene::new(&[
        ("base/kustomization.yaml", "resources: [pod.yaml]"),
        ("base/pod.yaml", POD),
        (
            "part/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-",
        ),
        (
            "a/kustomization.yml",
            "resources: [../base]\ncomponents: [../part]",
        ),
        ("b/Kustomization", "resources: [../base]"),
    ])
    .build();
    let folders: Vec<_> = builds
        .roots
        .iter()
        .map(|root| {
            let folder = &builds.kustomizations[root.kustomization].folder;
            (
                folder.display().to_string(),
                shown(objects(root)[0].at(&["metadata", "name"]).unwrap()),
            )
        })
        .collect();
    assert_eq!(
        folders,
        [
            ("/a".to_owned(), "\"c-api\"".to_owned()),
            ("/b".to_owned(), "\"api\"".to_owned())
        ]
    );
    let used: Vec<_> = builds
        .uses
        .iter()
        .map(|used| (used.role, used.source))
        .collect();
    assert_eq!(used, [(Role::Resource, Some(1))]);
}

#[test]
fn what_is_not_there_is_told_apart() {
    let base = "resources: [pod.yaml]";
    for (kustomization, expected) in [
        (
            "resources: [https://example.org/x.yaml]",
            "not sure (true): in kustomization.yaml: 'https://example.org/x.yaml' is not on this machine",
        ),
        (
            "resources: [github.com/example/x]",
            "not sure (true): in kustomization.yaml: 'github.com/example/x' is not on this machine",
        ),
        (
            "resources: [gone.yaml]",
            "refused: in kustomization.yaml: 'gone.yaml' is not there",
        ),
        (
            "resources: [../x/pod.yaml]",
            "refused: in kustomization.yaml: '../x/pod.yaml' is not in or below its folder",
        ),
        (
            "helmCharts: [{name: x}]",
            "not sure (true): in kustomization.yaml: it has Helm charts",
        ),
        (
            "resources: [pod.yaml]\ntransformers: [t.yaml]",
            "not sure (false): in kustomization.yaml: it has transformers of its own",
        ),
        (
            "resources: [pod.yaml]\nnamePrefx: a",
            "refused: in kustomization.yaml: kustomize knows no field 'namePrefx' there",
        ),
        (
            "resources: [pod.yaml]\nimages: [{name: a, newTag: 1.0}]",
            "refused: in kustomization.yaml: its images[0].newTag is not a text (numbers and booleans need quotes)",
        ),
        (
            "resources: [pod.yaml, pod.yaml]",
            "refused: in kustomization.yaml: two objects of it are the same: 'Pod' 'api'",
        ),
        (
            "resources: [.]",
            "refused: in kustomization.yaml: it builds on itself: / is, or holds, the folder of a kustomization that includes it",
        ),
        ("", "refused: in kustomization.yaml: it is empty"),
    ] {
        let files = [
            ("kustomization.yaml", kustomization),
            ("pod.yaml", POD),
            ("x/pod.yaml", base),
        ];
        // The folder of the third one is beside it only in the fourth case.
        let moved = [
            ("k/kustomization.yaml", kustomization),
            ("k/pod.yaml", POD),
            ("x/pod.yaml", POD),
        ];
        let found = match kustomization.contains("../x") {
            true => failure(&moved).replace("k/kustomization", "kustomization"),
            false => failure(&files),
        };
        assert_eq!(found, expected, "{kustomization}");
    }
}

#[test]
fn inputs_of_generators_that_are_not_there_leave_the_rest() {
    let builds = Scene::new(&[
        (
            "kustomization.yaml",
            "secretGenerator: [{name: db, envs: [gone.env, here.env], files: [k=gone.txt], literals: [a=b]}]",
        ),
        ("-here.env", "X=1\n"),
    ])
    .build();
    let root = &builds.roots[0];
    assert_eq!(
        root.missing,
        ["'gone.env' is not there", "'gone.txt' is not there"]
    );
    let Outcome::Built(built) = &root.outcome else {
        panic!("not built")
    };
    assert!(built[0].hashed());
    let generated = &built[0].generated()[0];
    assert_eq!(generated.path, "secretGenerator[0]");
    assert_eq!(
        generated.unknown.as_deref(),
        Some("'gone.env' is not there")
    );
    let keys: Vec<_> = generated
        .keys
        .iter()
        .map(|key| (key.key.as_str(), key.known))
        .collect();
    assert_eq!(keys, [("X", true), ("a", true), ("k", false)]);
    assert!(shown(&built[0].node()).contains("data: {X: <4>, a: <4>, k: null}"));
}

/// kubectl's own reader would put an end to the last line, go-yaml does not.
#[test]
fn the_end_of_a_text_is_no_end_of_a_line() {
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  k: ";
    for (own, value) in [
        ("|\n    x", "x"),
        ("|\n    x\n", "x\n"),
        ("|\n    x\n    ", "x\n"),
        ("|\n    x\n     ", "x\n "),
        ("|\n    x\n# c", "x\n"),
        ("|\n    x\n    # y", "x\n# y"),
        ("|\n    x\n---", "x\n"),
        ("|\n    x\r", "x\n"),
        ("|+\n    x", "x"),
        ("|+\n    x\n ", "x\n"),
        ("|+\n    x\n     ", "x\n "),
        ("|+\n    x\n\n    ", "x\n\n"),
        ("|+\n    ", ""),
        ("|+\n\n    ", "\n"),
        ("|2\n       ", "   "),
        (">\n    x\n    y", "x y"),
        (">+\n    x", "x"),
        ("|-\n    x", "x"),
        ("|", ""),
        ("2024-1-2", "2024-01-02T00:00:00Z"),
        ("2024-02-30", "2024-02-30"),
        ("2024-01-02 03:04:05", "2024-01-02 03:04:05"),
        (
            "2024-01-02t03:04:05.500+01:00",
            "2024-01-02t03:04:05.500+01:00",
        ),
        ("'2024-01-02'", "2024-01-02"),
    ] {
        let text = format!("{object}{own}");
        let files = [
            ("kustomization.yaml", "resources: [c.yaml]\n"),
            ("c.yaml", text.as_str()),
        ];
        let builds = Scene::new(&files).build();
        let Outcome::Built(built) = &builds.roots[0].outcome else {
            panic!("{own:?} is not built");
        };
        let node = built[0].node();
        let found = node.at(&["data", "k"]).and_then(Node::as_str);
        assert_eq!(found, Some(value), "{own:?}");
    }
}

#[test]
fn the_end_of_an_inline_patch_counts_in_old_fields_only() {
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";
    let patch = "apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: c}\n    data:\n      k: |+\n        x\n\n";
    for (field, value) in [
        (format!("patches:\n- patch: |+\n    {patch}"), "x"),
        (
            format!("patchesStrategicMerge:\n- |+\n    {patch}"),
            "x\n\n",
        ),
        (format!("patchesStrategicMerge:\n- |-\n    {patch}"), "x"),
    ] {
        let kustomization = format!("resources: [c.yaml]\n{field}");
        let files = [("kustomization.yaml", &*kustomization), ("c.yaml", object)];
        let builds = Scene::new(&files).build();
        let Outcome::Built(built) = &builds.roots[0].outcome else {
            panic!("{kustomization} is not built");
        };
        let node = built[0].node();
        let found = node.at(&["data", "k"]).and_then(Node::as_str);
        assert_eq!(found, Some(value), "{kustomization}");
    }
}
