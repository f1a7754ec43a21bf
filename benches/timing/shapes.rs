//! Generated inputs, each of a shape that invites looking at everything for
//! each thing.

use std::fmt::Write as _;

/// Texts by their paths.
pub type Files = Vec<(String, String)>;

/// An input that grows.
pub struct Shape {
    /// What there are so many of.
    pub what: &'static str,
    /// How many in the largest input.
    pub largest: usize,
    /// Makes it.
    pub make: fn(usize) -> Files,
    /// Commands that read it; `-f` and the folder come last.
    pub commands: &'static [&'static [&'static str]],
}

const ALL: &[&[&str]] = &[
    &["doctor", "--fail-on", "never"],
    &["consumers", "secret/db0"],
    &["migrate", "--exit-code"],
];

/// The shapes.
pub const SHAPES: &[Shape] = &[
    Shape {
        what: "apps with a base and an overlay",
        largest: 10_000,
        make: apps,
        commands: ALL,
    },
    Shape {
        what: "overlays of one base",
        largest: 3_200,
        make: overlays,
        commands: ALL,
    },
    Shape {
        what: "Deployments in one file",
        largest: 100_000,
        make: |size| {
            one_file(
                (0..size)
                    .map(|number| deployment(number, number, 1))
                    .collect(),
            )
        },
        commands: ALL,
    },
    Shape {
        what: "equal Deployments in files of their own",
        largest: 20_000,
        make: |size| {
            let text = deployment(0, 0, 1);
            (0..size)
                .map(|number| (format!("{number}.yaml"), text.clone()))
                .collect()
        },
        commands: ALL,
    },
    Shape {
        what: "equal Deployments in one file",
        largest: 20_000,
        make: |size| one_file(vec![deployment(0, 0, 1); size]),
        commands: ALL,
    },
    Shape {
        what: "references to one Secret",
        largest: 20_000,
        make: |size| {
            let mut all: Vec<_> = (0..size).map(|number| deployment(number, 0, 1)).collect();
            all.push(secret(0));
            one_file(all)
        },
        commands: ALL,
    },
    Shape {
        what: "Secrets, each of them used",
        largest: 20_000,
        make: |size| {
            let secrets = (0..size).map(secret);
            one_file(
                secrets
                    .chain((0..size).map(|number| deployment(number, number, 1)))
                    .collect(),
            )
        },
        commands: ALL,
    },
    Shape {
        what: "variables of one container",
        largest: 20_000,
        make: |size| one_file(vec![secret(0), deployment(0, 0, size)]),
        commands: ALL,
    },
    Shape {
        what: "ConfigMaps and envFrom entries",
        largest: 20_000,
        make: config_maps,
        commands: ALL,
    },
    Shape {
        what: "Deployments in files of their own",
        largest: 100_000,
        make: |size| {
            (0..size)
                .map(|number| (format!("{number}.yaml"), deployment(number, number, 1)))
                .collect()
        },
        commands: ALL,
    },
    Shape {
        what: "Deployments that also mount what they take as variables",
        largest: 20_000,
        make: |size| one_file((0..size).map(mounting).collect()),
        commands: ALL,
    },
    Shape {
        what: "ServiceAccounts that may read all Secrets",
        largest: 5_000,
        make: readers,
        commands: ALL,
    },
    Shape {
        what: "items of one List",
        largest: 20_000,
        make: |size| {
            let mut text = String::from("apiVersion: v1\nkind: List\nitems:\n");
            for number in 0..size {
                for (at, line) in deployment(number, number, 1).lines().enumerate() {
                    let lead = if at == 0 { "- " } else { "  " };
                    writeln!(text, "{lead}{line}").expect("a text grows");
                }
            }
            vec![("list.yaml".to_owned(), text)]
        },
        commands: ALL,
    },
    Shape {
        what: "times the text of 14 shells in shells",
        largest: 16,
        make: |size| one_file(vec![shells(14 + size.ilog2())]),
        commands: ALL,
    },
];

/// A base and an overlay that patches it, each in a folder of its own.
pub fn apps(size: usize) -> Files {
    let mut files = Files::new();
    for number in 0..size {
        let mut add = |name: &str, text: String| files.push((format!("app{number}/{name}"), text));
        add(
            "base/kustomization.yaml",
            "resources: [dep.yaml]\n".to_owned(),
        );
        add("base/dep.yaml", deployment(number, number, 1));
        add(
            "prod/kustomization.yaml",
            "resources: [../base]\npatches:\n- path: p.yaml\n".to_owned(),
        );
        add("prod/p.yaml", patch(number));
    }
    files
}

fn overlays(size: usize) -> Files {
    let mut files = vec![
        (
            "base/kustomization.yaml".to_owned(),
            "resources: [dep.yaml]\n".to_owned(),
        ),
        ("base/dep.yaml".to_owned(), deployment(0, 0, 1)),
    ];
    for number in 0..size {
        files.push((
            format!("overlay{number}/kustomization.yaml"),
            format!("resources: [../base]\nnamePrefix: o{number}-\npatches:\n- path: p.yaml\n"),
        ));
        files.push((format!("overlay{number}/p.yaml"), patch(0)));
    }
    files
}

/// The first step of a migration is done.
fn mounting(number: usize) -> String {
    deployment(number, number, 1).replace(
        "        env:\n",
        &format!(
            "        volumeMounts: [{{name: db, mountPath: /etc/secrets/db{number}, readOnly: true}}]\n        env:\n"
        ),
    ) + &format!("      volumes: [{{name: db, secret: {{secretName: db{number}, defaultMode: 0400}}}}]\n")
}

/// Findings of one rule, each about workloads.
fn readers(size: usize) -> Files {
    let mut all = vec![
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader}\nrules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]\n".to_owned(),
    ];
    for number in 0..size {
        all.push(format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: b{number}}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}}\nsubjects: [{{kind: ServiceAccount, name: a{number}}}]\n"
        ));
        all.push(deployment(number, number, 1).replace(
            "      containers:\n",
            &format!("      serviceAccountName: a{number}\n      containers:\n"),
        ));
    }
    one_file(all)
}

fn config_maps(size: usize) -> Files {
    let mut all = vec![secret(0)];
    let mut sources = String::new();
    for number in 0..size {
        all.push(format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: map{number}}}\ndata: {{A{number}: x}}\n"
        ));
        writeln!(sources, "        - configMapRef: {{name: map{number}}}").expect("a text grows");
    }
    all.push(deployment(0, 0, 1).replace(
        "        env:\n",
        &format!("        envFrom:\n{sources}        env:\n"),
    ));
    one_file(all)
}

fn one_file(documents: Vec<String>) -> Files {
    vec![("all.yaml".to_owned(), documents.join("---\n"))]
}

fn secret(number: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: db{number}}}\nstringData: {{pw: generated-for-the-bench}}\n"
    )
}

fn deployment(number: usize, secret: usize, variables: usize) -> String {
    let mut text = format!(
        "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app{number}
spec:
  selector: {{matchLabels: {{app: app{number}}}}}
  template:
    metadata: {{labels: {{app: app{number}}}}}
    spec:
      containers:
      - name: c
        image: registry.example/app:{number}
        env:
"
    );
    for variable in 0..variables {
        let key = if variable == 0 {
            "pw".to_owned()
        } else {
            format!("pw{variable}")
        };
        writeln!(
            text,
            "        - {{name: DB_PASSWORD_{variable}, valueFrom: {{secretKeyRef: {{name: db{secret}, key: {key}}}}}}}"
        )
        .expect("a text grows");
    }
    text
}

fn patch(number: usize) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app{number}}}
spec:
  template:
    spec:
      containers:
      - name: c
        env:
        - {{name: LEVEL, value: info}}
"
    )
}

/// `sh -c "sh -c \"…\""`: each level doubles the backslashes, so the text grows
/// by itself; the time may grow with the text.
fn shells(levels: u32) -> String {
    let mut script = "chown app /etc/secrets/db0/pw".to_owned();
    for _ in 0..levels {
        let quoted = script.replace('\\', "\\\\").replace('"', "\\\"");
        script = format!("sh -c \"{quoted}\"");
    }
    let command = script.replace('\'', "''");
    deployment(0, 0, 1).replace(
        "        env:\n",
        &format!("        command: [sh, -c, '{command}']\n        env:\n"),
    )
}
