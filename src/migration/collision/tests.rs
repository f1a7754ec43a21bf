use std::path::Path;

use jiff::Timestamp;

use super::*;
use crate::inventory::{Builder, FileSet, GitStatus, Scope};
use crate::migration::{Observed, Options, Phase, ReadsFiles, plan};
use crate::workload::Origin;

#[test]
fn paths_are_compared_by_their_words() {
    for (path, expected) in [
        ("./a/../b/c.yaml", "b/c.yaml"),
        ("overlays/prod/../../base", "base"),
        ("../base/./x", "../base/x"),
        ("../../x", "../../x"),
        ("/a/../b", "/b"),
        (".", ""),
    ] {
        assert_eq!(clean(Path::new(path)), Path::new(expected), "{path}");
    }
}

const BASE: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}
spec:
  template:
    spec:
      securityContext: {runAsUser: 0}
      containers:
      - name: api
        image: registry.example/api:1
        env:
        - name: API_KEY
          valueFrom: {secretKeyRef: {name: creds, key: key}}
        - {name: LEVEL, value: info}
";

/// What the overlay does to a migration of the base in which API_KEY goes.
fn met(overlay: &str, beside: &[(&str, &str)]) -> Vec<(Weight, String)> {
    let mut builder = Builder::new(
        Scope::Files(FileSet::Open),
        "default",
        Timestamp::UNIX_EPOCH,
    );
    let kind = |text: &str| format!("apiVersion: {GROUP}/v1\nkind: Kustomization\n{text}");
    let base = kind("resources: [api.yaml]");
    let overlay = kind(overlay);
    let files = [
        ("base/api.yaml", BASE),
        ("base/kustomization.yaml", base.as_str()),
        ("prod/kustomization.yaml", overlay.as_str()),
    ];
    for (name, text) in files.iter().chain(beside) {
        let text = SourceText::new(*name, (*text).to_owned());
        assert!(
            builder.add_file(text, GitStatus::Outside).is_empty(),
            "{name}"
        );
    }
    let inventory = builder.finish();
    let options = Options {
        phase: Phase::Complete,
        reads_files: ReadsFiles::All,
        ..Options::default()
    };
    let workload = inventory
        .workloads
        .iter()
        .find(|workload| {
            workload.origin
                == Origin::File {
                    source: 0,
                    document: 0,
                }
        })
        .unwrap();
    let object = inventory.object_of(workload).unwrap();
    let plan = plan(&inventory, workload, object, &options, &Observed::default());
    assert!(plan.changes());
    Kustomizations::from_inventory(&inventory)
        .collisions(workload, &plan)
        .into_iter()
        .map(|collision| (collision.weight, collision.reason))
        .collect()
}

/// Invariant 54.
#[test]
fn every_form_of_patch_is_looked_at() {
    const PART: &str = "
kind: Deployment
apiVersion: apps/v1
metadata: {name: api}
spec: {template: {spec: {containers: [{name: api, env: [{name: API_KEY, value: other}]}]}}}
";
    let component =
        format!("apiVersion: {GROUP}/v1alpha1\nkind: Component\npatches: [{{path: p.yaml}}]");
    let api = "target: {kind: Deployment, name: api}";
    let at = "/spec/template/spec/containers/0";
    for (what, overlay, beside, weight, says) in [
        (
            "a file of its own",
            "resources: [../base]\npatches: [{path: p.yaml}]".to_owned(),
            &[("prod/p.yaml", PART)][..],
            Weight::Warns,
            "prod/p.yaml:5, a patch of prod/kustomization.yaml, sets API_KEY of container api",
        ),
        (
            "the older list",
            "bases: [../base]\npatchesStrategicMerge: [p.yaml]".to_owned(),
            &[("prod/p.yaml", PART)],
            Weight::Warns,
            "prod/p.yaml:5",
        ),
        (
            "a component",
            "resources: [../base]\ncomponents: [../part]".to_owned(),
            &[("part/kustomization.yaml", component.as_str()), ("part/p.yaml", PART)],
            Weight::Warns,
            "part/p.yaml:5, a patch of part/kustomization.yaml",
        ),
        (
            "a base of a base",
            "resources: [../stage]\npatches: [{path: p.yaml}]".to_owned(),
            &[
                ("prod/p.yaml", PART),
                (
                    "stage/kustomization.yaml",
                    "apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\nresources: [../base]",
                ),
            ],
            Weight::Warns,
            "prod/p.yaml:5",
        ),
        (
            "with the name that its prefix gives it",
            format!(
                "resources: [../base]\nnamePrefix: x-\npatches:\n- target: {{name: x-api}}\n  patch: |\n    - {{op: add, path: {at}/env/-, value: {{name: API_KEY, value: v}}}}"
            ),
            &[],
            Weight::Warns,
            "prod/kustomization.yaml:8, a patch of prod/kustomization.yaml, sets API_KEY",
        ),
        (
            "an index",
            format!(
                "resources: [../base]\npatchesJson6902:\n- {api}\n  patch: '[{{\"op\": \"remove\", \"path\": \"{at}/env/1\"}}]'"
            ),
            &[],
            Weight::Breaks,
            "counts the entries of /spec/template/spec/containers/0/env",
        ),
        (
            "a list as a whole",
            format!(
                "resources: [../base]\npatches:\n- {api}\n  patch: |-\n    - {{op: add, path: /spec/template/spec/volumes, value: []}}"
            ),
            &[],
            Weight::Breaks,
            "changes /spec/template/spec/volumes as a whole",
        ),
        (
            "a list that is replaced",
            "resources: [../base]\npatches: [{path: p.yaml}]".to_owned(),
            &[(
                "prod/p.yaml",
                "{kind: Deployment, apiVersion: apps/v1, metadata: {name: api}, spec: {template: {spec: {containers: [{name: api, env: [{$patch: replace}]}]}}}}",
            )],
            Weight::Breaks,
            "replaces env of container api as a whole",
        ),
        (
            "another mount at the place",
            "resources: [../base]\npatches: [{path: p.yaml}]".to_owned(),
            &[(
                "prod/p.yaml",
                "{kind: Deployment, apiVersion: apps/v1, metadata: {name: api}, spec: {template: {spec: {containers: [{name: api, volumeMounts: [{name: x, mountPath: /etc/secrets/creds/}]}]}}}}",
            )],
            Weight::Breaks,
            "mounts something else at /etc/secrets/creds in container api",
        ),
        (
            "a replacement",
            "resources: [../base]\nreplacements:\n- source: {kind: ConfigMap, name: c, fieldPath: data.k}\n  targets:\n  - select: {kind: Deployment, name: api}\n    fieldPaths: ['spec.template.spec.containers.[name=api].env.[name=API_KEY].value']".to_owned(),
            &[],
            Weight::Breaks,
            "prod/kustomization.yaml:7, part of prod/kustomization.yaml, names API_KEY of container api",
        ),
        (
            "a variable",
            "resources: [../base]\nvars:\n- name: LEVEL\n  objref: {kind: Deployment, name: api, apiVersion: apps/v1}\n  fieldref: {fieldpath: 'spec.template.spec.containers[0].env[1].value'}".to_owned(),
            &[],
            Weight::Breaks,
            "counts the entries of env of container api",
        ),
        (
            "a file that was not read",
            "resources: [../base]\npatches: [{path: gone.yaml}]".to_owned(),
            &[],
            Weight::Warns,
            "gone.yaml, a patch of prod/kustomization.yaml, is not among the files",
        ),
    ] {
        let found = met(&overlay, beside);
        assert!(
            found.len() == 1 && found[0].0 == weight && found[0].1.contains(says),
            "{what}: {found:?}"
        );
    }
}

/// Invariant 54.
#[test]
fn patches_that_do_not_meet_the_change_say_nothing() {
    let at = "/spec/template/spec/containers/0";
    for (what, overlay) in [
        (
            "another workload",
            "resources: [../base]\npatches:\n- target: {name: web}\n  patch: '[{\"op\": \"remove\", \"path\": \"/spec/template/spec/volumes\"}]'".to_owned(),
        ),
        (
            "other labels",
            "resources: [../base]\npatches:\n- target: {labelSelector: app=web}\n  patch: '[{\"op\": \"remove\", \"path\": \"/spec/template/spec/volumes\"}]'".to_owned(),
        ),
        (
            "another variable",
            format!("resources: [../base]\npatches:\n- target: {{name: api}}\n  patch: '[{{\"op\": \"add\", \"path\": \"{at}/env/-\", \"value\": {{\"name\": \"OTHER\"}}}}]'"),
        ),
        (
            "one more volume",
            "resources: [../base]\npatches:\n- target: {name: api}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/template/spec/volumes/-\", \"value\": {\"name\": \"tmp\"}}]'".to_owned(),
        ),
        (
            "one more container in front",
            "resources: [../base]\npatches:\n- target: {name: api}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/template/spec/containers/0\", \"value\": {\"name\": \"proxy\"}}]'".to_owned(),
        ),
        (
            "another base",
            format!("resources: [../elsewhere]\npatches:\n- target: {{name: api}}\n  patch: '[{{\"op\": \"remove\", \"path\": \"{at}/env/1\"}}]'"),
        ),
    ] {
        assert_eq!(met(&overlay, &[]), [], "{what}");
    }
}
