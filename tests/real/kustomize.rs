//! `migrate` and kustomizations, as kubectl renders them. No cluster is asked.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use testcluster::binaries::Binaries;

use crate::harness::{Invocation, Outcome, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "kustomize::a_patch_and_a_changed_base_come_to_the_same",
            same_object,
        ),
        trial("kustomize::a_patch_outlives_its_secret", outlives),
        trial("kustomize::names_are_those_that_patches_meet", same_names),
        trial("kustomize::what_comes_later_is_told", later_changes),
    ]
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
    spec:
      containers:
        - name: api # the only one
          image: example/api:1
          envFrom:
            - secretRef:
                name: api-creds
          env:
            - name: LEVEL
              value: info
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: db-creds
                  key: password
          ports:
            - containerPort: 8080
";

const BASE: &str = "\
resources:
  - deployment.yaml
namePrefix: team-
secretGenerator:
  - name: db-creds
    literals:
      - password=opensesame
  - name: api-creds
    envs:
      - api.env
";

const PROD: &str = "\
resources:
  - ../base
namePrefix: prod-
nameSuffix: -eu
namespace: prod
images:
  - name: example/api
    newTag: '2'
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: team-api
      spec:
        template:
          spec:
            containers:
              - name: api
                env:
                  - name: REGION
                    value: eu
                volumeMounts:
                  - name: cache
                    mountPath: /cache
            volumes:
              - name: cache
                emptyDir: {}
";

/// A base, and an overlay in `prod`.
struct Scene {
    folder: tempfile::TempDir,
    kubectl: PathBuf,
}

impl Scene {
    fn new(base: &str, prod: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("base/deployment.yaml", DEPLOYMENT);
        write(
            "base/api.env",
            "# of the gateway\nAPI_KEY=opensesame\nAPI_USER=api\n",
        );
        write("base/kustomization.yaml", base);
        write("prod/kustomization.yaml", prod);
        Self {
            folder,
            kubectl: Binaries::locate().unwrap().path("kubectl"),
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn append(&self, path: &str, text: &str) {
        let path = self.path(path);
        let before = fs::read_to_string(&path).unwrap();
        fs::write(path, before + text).unwrap();
    }

    /// What the program says to `migrate WORDS` in this folder.
    fn migrate(&self, words: &str) -> Outcome {
        let path = format!(
            "{}:{}",
            self.kubectl.parent().unwrap().display(),
            std::env::var("PATH").unwrap()
        );
        Invocation::of(Path::new("/nonexistent"))
            .env("PATH", &path)
            .folder(self.folder.path())
            .words("migrate")
            .words(words)
            .words("--complete --reads-files all --mode 0444")
            .run()
    }

    /// What the real kubectl makes of `folder`.
    fn render(&self, folder: &str) -> Outcome {
        Invocation::of_program(&self.kubectl, Path::new("/nonexistent"))
            .words("kustomize")
            .word(self.path(folder).display().to_string())
            .run()
    }
}

/// The entries of `patches` of an emitted kustomization.
fn entries(kustomization: &str) -> &str {
    let (_, entries) = kustomization.split_once("patches:\n").unwrap();
    entries
}

/// The entries as part of a list whose items are indented.
fn indented(kustomization: &str) -> String {
    entries(kustomization)
        .lines()
        .map(|line| format!("  {line}\n"))
        .collect()
}

/// Invariant 55.
fn same_object() {
    let patched = Scene::new(BASE, PROD);
    let emitted = patched.migrate("-k prod --emit kustomize").status(0).stdout;
    let before = patched.render("prod").status(0).stdout;
    patched.append("prod/kustomization.yaml", &indented(&emitted));
    let after = patched.render("prod").status(0).stdout;
    assert_ne!(before, after);
    assert!(!after.contains("DB_PASSWORD"), "{after}");
    assert!(!after.contains("envFrom"), "{after}");

    let written = Scene::new(BASE, PROD);
    written.migrate("-f base --write --yes").status(0);
    let file = fs::read_to_string(written.path("base/deployment.yaml")).unwrap();
    assert!(file.contains("- name: api # the only one"), "{file}");
    assert_eq!(
        sorted(&written.render("prod").status(0).stdout),
        sorted(&after)
    );
}

/// Mounts and volumes come in another order where another patch adds some too.
fn sorted(rendered: &str) -> Vec<&str> {
    let mut lines: Vec<_> = rendered.lines().map(str::trim).collect();
    lines.sort_unstable();
    lines
}

/// The names of Secrets end in a hash of their content.
fn outlives() {
    let scene = Scene::new(BASE, PROD);
    let emitted = scene.migrate("-k prod --emit kustomize").status(0).stdout;
    scene.append("prod/kustomization.yaml", &indented(&emitted));
    let name = |rendered: &str| {
        let line = rendered
            .lines()
            .find(|line| line.contains("secretName: prod-team-db-creds-eu-"));
        line.unwrap().trim().to_owned()
    };
    let before = name(&scene.render("prod").status(0).stdout);
    let base = BASE.replace("password=opensesame", "password=changed");
    fs::write(scene.path("base/kustomization.yaml"), base).unwrap();
    let after = name(&scene.render("prod").status(0).stdout);
    assert_ne!(before, after);
}

fn same_names() {
    let scene = Scene::new(BASE, PROD);
    let outcome = scene.migrate("-k prod -o diff").status(0);
    assert!(
        outcome.stdout.contains("+          secretName: db-creds\n"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome
            .stdout
            .contains("mountPath: /etc/secrets/db-creds\n"),
        "{}",
        outcome.stdout
    );
    let plan = scene
        .migrate("-k prod")
        .status(0)
        .says("Nothing was written");
    let renamed = "Secret db-creds comes out as prod-team-db-creds-eu-";
    assert!(plan.stdout.contains(renamed), "{}", plan.stdout);
    for text in [&outcome.stdout, &outcome.stderr, &plan.stdout, &plan.stderr] {
        assert!(!text.contains("opensesame"), "{text}");
    }
    // A second run finds nothing left to do.
    let emitted = scene.migrate("-k prod --emit kustomize").status(0).stdout;
    scene.append("prod/kustomization.yaml", &indented(&emitted));
    let again = scene.migrate("-k prod").status(0).says("nothing to do");
    assert_eq!(again.stdout, "");
}

/// Patches that would come too early go into an overlay of their own.
fn later_changes() {
    let replacement = "\
replacements:
  - source: {kind: Deployment, name: team-api, fieldPath: metadata.name}
    targets:
      - select: {kind: Deployment}
        fieldPaths: ['spec.template.spec.containers.[name=api].env.[name=LEVEL].value']
";
    let scene = Scene::new(BASE, &format!("{PROD}{replacement}"));
    let emitted = scene
        .migrate("-k prod --emit kustomize")
        .status(0)
        .says("prod has replacements, which change what its patches have made")
        .stdout;
    fs::create_dir(scene.path("above")).unwrap();
    fs::write(scene.path("above/kustomization.yaml"), &emitted).unwrap();
    scene.append("above/kustomization.yaml", "resources: [../prod]\n");
    let above = scene.render("above").status(0).stdout;

    let written = Scene::new(BASE, &format!("{PROD}{replacement}"));
    written.migrate("-f base --write --yes").status(0);
    assert_eq!(
        sorted(&above),
        sorted(&written.render("prod").status(0).stdout)
    );
    assert!(above.contains("value: prod-team-api-eu"), "{above}");
}
