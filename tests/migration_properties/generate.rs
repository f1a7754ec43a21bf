//! Random workloads, and what is wanted of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kubectl_secretsafe::migration::{
    FileNames, ModeWish, MountPath, Observed, Options, Phase, ReadsFiles, Shim, Unproven,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

use crate::environment::Known;
use crate::look;

/// A Secret's name with dots, longer than the name of a volume may be.
const LONG: &str = "credentials.of.a-service-with.a-name.that-is-much-too-long.for-a-volume";
/// The last one is no name that the API takes.
pub const SECRETS: &[&str] = &["db", "api.creds", LONG, "API.creds"];
/// One of them is no name of a shell, one is what an image reads.
const VARIABLES: &[&str] = &[
    "A",
    "B",
    "DB_PASSWORD",
    "POSTGRES_PASSWORD",
    "POSTGRES_PASSWORD_FILE",
    "password",
];
/// One of them is what an image reads, as it is.
const KEYS: &[&str] = &["password", "user", "A", "tls.crt", "POSTGRES_PASSWORD"];

/// The same scenes in every run, so that a failure belongs to a change;
/// `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look for others.
pub fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig {
        rng_seed: match asked.rng_seed {
            RngSeed::Random => RngSeed::Fixed(58),
            fixed => fixed,
        },
        cases: match std::env::var_os("PROPTEST_CASES") {
            Some(_) => asked.cases,
            // What goes wrong mostly needs several rare things at once.
            None => 400,
        },
        failure_persistence: None,
        ..asked
    }
}

/// A workload, the objects around it, and what is wanted.
#[derive(Clone)]
pub struct Scene {
    pub object: Value,
    pub known: Known,
    pub options: Options,
    pub observed: Observed,
}

impl fmt::Debug for Scene {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{:#}\n{:?}\n{:?}\n{:?}",
            self.object, self.known, self.options, self.observed
        )
    }
}

fn text(from: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(from).prop_map(str::to_owned)
}

/// An object of those fields that are there.
fn fields<const N: usize>(all: [(&str, Option<Value>); N]) -> Value {
    let there = all
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect::<Map<_, _>>())
}

fn secret_key() -> impl Strategy<Value = Value> {
    (
        text(SECRETS),
        text(KEYS),
        option::weighted(0.5, any::<bool>()),
    )
        .prop_map(|(name, key, optional)| {
            let reference = fields([
                ("name", Some(name.into())),
                ("key", Some(key.into())),
                ("optional", optional.map(Value::from)),
            ]);
            json!({"valueFrom": {"secretKeyRef": reference}})
        })
}

fn entry() -> impl Strategy<Value = Value> {
    let source = prop_oneof![
        6 => secret_key(),
        3 => select(&["x", "", "$(A)", "$$(A)", "a$(DB_PASSWORD)b", "$$$(B)", "$(password)"][..])
            .prop_map(|value| json!({"value": value})),
        1 => Just(json!({"valueFrom": {"configMapKeyRef": {"name": "settings", "key": "A"}}})),
        1 => Just(json!({"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})),
        1 => Just(json!({"valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}})),
    ];
    (text(VARIABLES), source).prop_map(|(name, mut entry)| {
        entry["name"] = name.into();
        entry
    })
}

fn env_from() -> impl Strategy<Value = Value> {
    let source = prop_oneof![
        3 => text(SECRETS).prop_map(|name| ("secretRef", name)),
        1 => text(&["settings", "unknown"]).prop_map(|name| ("configMapRef", name)),
    ];
    (
        source,
        option::weighted(0.3, text(&["DB_", "A"])),
        option::weighted(0.3, any::<bool>()),
    )
        .prop_map(|((kind, name), prefix, optional)| {
            let reference = fields([
                ("name", Some(name.into())),
                ("optional", optional.map(Value::from)),
            ]);
            fields([("prefix", prefix.map(Value::from)), (kind, Some(reference))])
        })
}

fn words() -> impl Strategy<Value = Vec<String>> {
    let word = text(&[
        "serve",
        "--password=$(DB_PASSWORD)",
        "$$(A)",
        "echo \"$B\"",
        "printenv A",
        "exec app --user ${POSTGRES_PASSWORD}",
    ]);
    let script = word
        .clone()
        .prop_map(|word| vec!["sh".to_owned(), "-c".to_owned(), word]);
    prop_oneof![vec(word, 1..3), script]
}

fn mount() -> impl Strategy<Value = Value> {
    let path = text(&[
        "/data",
        "/etc/secrets/",
        "/etc/secrets/db",
        "/etc/secrets/db/deeper",
        "/etc//secrets/./api.creds",
        "/secrets",
        "/secrets/db2",
        "/var/run/app",
        "/cache",
    ]);
    let part = prop_oneof![
        4 => Just(json!({})),
        1 => Just(json!({"subPath": "part"})),
        1 => Just(json!({"subPathExpr": "$(A)"})),
    ];
    (select(&["own", "spool", "token", "csi"][..]), path, part).prop_map(
        |(name, path, mut mount)| {
            mount["name"] = name.into();
            mount["mountPath"] = path.into();
            mount
        },
    )
}

fn security(of_pod: bool) -> impl Strategy<Value = Value> {
    (
        option::weighted(0.5, select(&[0, 0, 0, 1000][..])),
        option::weighted(0.3, select(&[0, 1000][..])),
        option::weighted(0.2, any::<bool>()),
        option::weighted(0.3, select(&[0, 2000][..])),
        option::weighted(0.2, vec(select(&[0, 7][..]), 0..2)),
    )
        .prop_map(move |(user, group, not_root, fs_group, groups)| {
            fields([
                ("runAsUser", user.map(Value::from)),
                ("runAsGroup", group.map(Value::from)),
                ("runAsNonRoot", not_root.map(Value::from)),
                ("fsGroup", fs_group.filter(|_| of_pod).map(Value::from)),
                (
                    "supplementalGroups",
                    groups.filter(|_| of_pod).map(Value::from),
                ),
            ])
        })
}

/// The strategies of containers, pods and objects are boxed: as one type they
/// would need more than the stack of a test.
fn container(name: String) -> BoxedStrategy<Value> {
    let image = text(&[
        "example/app:1",
        "postgres:17",
        "mirror.example.org/library/postgres@sha256:ab",
    ]);
    (
        image,
        option::weighted(0.7, vec(entry(), 0..5)),
        option::weighted(0.5, vec(env_from(), 0..3)),
        option::weighted(0.5, vec(mount(), 0..3)),
        option::weighted(0.4, words()),
        option::weighted(0.2, words()),
        option::weighted(0.15, words()),
        option::weighted(0.1, words()),
        option::weighted(0.4, security(false)),
    )
        .prop_map(
            move |(image, env, env_from, mounts, command, args, probe, hook, security)| {
                fields([
                    ("name", Some(name.clone().into())),
                    ("image", Some(image.into())),
                    ("env", env.map(Value::from)),
                    ("envFrom", env_from.map(Value::from)),
                    ("volumeMounts", mounts.map(distinct)),
                    ("command", command.map(Value::from)),
                    ("args", args.map(Value::from)),
                    (
                        "livenessProbe",
                        probe.map(|words| json!({"exec": {"command": words}})),
                    ),
                    (
                        "lifecycle",
                        hook.map(|words| json!({"preStop": {"exec": {"command": words}}})),
                    ),
                    ("securityContext", security),
                ])
            },
        )
        .boxed()
}

/// Mounts that the API would take: no two of one path.
fn distinct(mounts: Vec<Value>) -> Value {
    let mut seen = BTreeSet::new();
    mounts
        .into_iter()
        .filter(|mount| seen.insert(mount["mountPath"].to_string()))
        .collect()
}

/// The volume `own` is sometimes the very one that a migration would make, or
/// nearly.
fn volumes() -> impl Strategy<Value = Value> {
    let secret = |fields: Value| {
        let mut own = json!({"name": "own", "secret": {"secretName": "db"}});
        for (name, value) in fields.as_object().into_iter().flatten() {
            own["secret"][name] = value.clone();
        }
        Just(own)
    };
    let item = |key: &str| json!({"key": key, "path": key});
    let with_mode = json!({"key": "password", "path": "password", "mode": 292});
    let own = prop_oneof![
        1 => Just(json!({"name": "own", "emptyDir": {}})),
        2 => secret(json!({"defaultMode": 256, "items": [item("password")]})),
        2 => secret(json!({"defaultMode": 256, "items": [item("password"), item("user")]})),
        2 => secret(json!({"defaultMode": 256, "items": [with_mode]})),
        2 => secret(json!({"items": [item("password")]})),
        2 => secret(json!({"defaultMode": 256})),
        3 => secret(json!({"defaultMode": 256, "optional": true})),
        1 => secret(json!({})),
        1 => secret(json!({"secretName": "api.creds", "defaultMode": 256, "optional": true})),
    ];
    let name = select(&["spool", "db", "api-creds", "db-2"][..]);
    (own, name).prop_map(|(own, name)| {
        let mut all = vec![
            own,
            json!({"name": "spool", "configMap": {"name": "settings"}}),
            json!({"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}),
            json!({"name": "csi", "csi": {"driver": "secrets-store.csi.k8s.io", "nodePublishSecretRef": {"name": "db"}}}),
        ];
        if name != "spool" {
            all.push(json!({"name": name, "emptyDir": {}}));
        }
        Value::from(all)
    })
}

fn pod() -> BoxedStrategy<Value> {
    let main = (1_usize..3).prop_flat_map(|count| {
        (0..count)
            .map(|index| container(format!("main-{index}")))
            .collect::<Vec<_>>()
    });
    let init =
        (container("init".to_owned()), any::<bool>()).prop_map(|(mut container, sidecar)| {
            if sidecar {
                container["restartPolicy"] = "Always".into();
            }
            container
        });
    (
        main,
        option::weighted(0.3, init),
        option::weighted(0.1, container("debug".to_owned())),
        volumes(),
        option::weighted(0.5, security(true)),
        option::weighted(0.1, Just("windows")),
    )
        .prop_map(|(main, init, debug, volumes, security, system)| {
            fields([
                ("initContainers", init.map(|init| json!([init]))),
                ("containers", Some(main.into())),
                ("ephemeralContainers", debug.map(|debug| json!([debug]))),
                ("imagePullSecrets", Some(json!([{"name": "pull"}]))),
                ("volumes", Some(volumes)),
                ("securityContext", security),
                ("os", system.map(|system| json!({"name": system}))),
            ])
        })
        .boxed()
}

fn object() -> BoxedStrategy<Value> {
    let kinds = &[
        "Deployment",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "Pod",
    ];
    let annotations = option::weighted(0.4, Just(json!({"note": "x"})));
    (select(&kinds[..]), pod(), annotations).prop_map(|(kind, pod, annotations)| {
        let template = json!({"metadata": {"labels": {"app": "api"}}, "spec": pod});
        let (version, spec) = match kind {
            "Pod" => ("v1", pod),
            "Job" => ("batch/v1", json!({"template": template})),
            "CronJob" => (
                "batch/v1",
                json!({"schedule": "@daily", "jobTemplate": {"spec": {"template": template}}}),
            ),
            "StatefulSet" => (
                "apps/v1",
                json!({"replicas": 3, "serviceName": "api", "template": template,
                    "volumeClaimTemplates": [{"metadata": {"name": "db"}}, {"metadata": {"name": "api-creds"}}]}),
            ),
            "DaemonSet" => ("apps/v1", json!({"template": template})),
            _ => ("apps/v1", json!({"replicas": 3, "template": template})),
        };
        let metadata = fields([("name", Some("api".into())), ("annotations", annotations)]);
        json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec})
    })
    .boxed()
}

fn options() -> impl Strategy<Value = Options> {
    let reads = prop_oneof![
        1 => Just(ReadsFiles::None),
        3 => Just(ReadsFiles::All),
        1 => Just(ReadsFiles::Variables(
            ["A", "DB_PASSWORD"].map(str::to_owned).into()
        )),
    ];
    let paths = prop_oneof![
        8 => Just("/etc/secrets/{secret}"),
        2 => Just("/secrets/{secret}/"),
        2 => Just("/secrets"),
        1 => Just("/run/x"),
        1 => Just("/var/run/{secret}"),
    ];
    let phases = prop_oneof![
        1 => Just(Phase::Mount),
        3 => Just(Phase::Complete),
        1 => Just(Phase::RemoveVariables),
    ];
    let files = prop_oneof![
        4 => Just(&[][..]),
        1 => Just(&["password=db-password"][..]),
        2 => Just(&["password=user"][..]),
        1 => Just(&["user=password/x"][..]),
    ];
    let mode = prop_oneof![
        4 => Just(ModeWish::Strictest),
        1 => Just(ModeWish::Exactly(0o444)),
        2 => Just(ModeWish::Exactly(0o400)),
        2 => Just(ModeWish::Exactly(0o644)),
    ];
    (
        phases,
        reads,
        paths,
        files,
        mode,
        option::weighted(0.2, select(&[0, 3000][..])),
        prop_oneof![3 => Just(Shim::Off), 2 => Just(Shim::On)],
        prop_oneof![4 => Just(Unproven::Keep), 1 => Just(Unproven::Remove)],
        prop_oneof![4 => Just(None), 1 => Just(Some("db"))],
    )
        .prop_map(
            |(phase, reads_files, path, files, mode, fs_group, shim, unproven, only)| Options {
                phase,
                mount_path: MountPath::parse(path).unwrap(),
                files: FileNames::parse(files.iter().copied()).unwrap(),
                mode,
                fs_group,
                reads_files,
                shim,
                unproven,
                secrets: only.into_iter().map(str::to_owned).collect(),
                ..Options::default()
            },
        )
}

/// Key sets: a Secret may be unknown, and have any of the keys.
fn keys(
    names: &'static [&'static str],
) -> impl Strategy<Value = BTreeMap<String, BTreeSet<String>>> {
    let of_one = option::weighted(
        0.85,
        prop_oneof![
            2 => Just(KEYS.iter().map(|&key| key.to_owned()).collect::<BTreeSet<_>>()),
            1 => proptest::sample::subsequence(KEYS.to_vec(), 0..5)
                .prop_map(|keys| keys.into_iter().map(str::to_owned).collect()),
        ],
    );
    vec(of_one, names.len()).prop_map(|all| {
        names
            .iter()
            .zip(all)
            .filter_map(|(name, keys)| Some(((*name).to_owned(), keys?)))
            .collect()
    })
}

/// Everything together.
pub fn scenes() -> impl Strategy<Value = Scene> {
    let uids = prop_oneof![
        3 => Just(BTreeMap::new()),
        1 => select(&[0, 1000][..]).prop_map(|uid| BTreeMap::from([("main-0".to_owned(), uid)])),
    ];
    let objects = (object(), any::<bool>(), proptest::bool::weighted(0.3)).prop_map(
        |(mut object, narrowed, pointed)| {
            if narrowed {
                narrow(&mut object);
            }
            if pointed {
                point(&mut object);
            }
            object
        },
    );
    // A pod of Windows is refused without a path that fits; and much is left as it
    // is unless all of it is asked for.
    let options = (options(), any::<bool>(), proptest::bool::weighted(0.4));
    (
        objects,
        keys(&SECRETS[..3]),
        keys(&["settings"]),
        options,
        uids,
    )
        .prop_map(|(object, secrets, config_maps, options, uids)| {
            let (mut options, fits, eager) = options;
            if eager {
                options.phase = Phase::Complete;
                options.reads_files = ReadsFiles::All;
                options.mount_path = MountPath::default();
                options.secrets.clear();
            }
            if fits && look::pod(&object)["os"]["name"] == "windows" {
                options.mount_path = MountPath::parse(r"C:\secrets\{secret}").unwrap();
            }
            Scene {
                object,
                known: Known {
                    secrets,
                    config_maps,
                },
                options,
                observed: Observed {
                    uids,
                    ..Observed::default()
                },
            }
        })
}

/// With few Secrets, keys and places, so that two of a kind meet, as most trouble
/// needs it; and each name once, so that more of them can go.
fn narrow(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(narrow),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("secretKeyRef", reference) => {
                        rename(&mut reference["name"], &[("db", "db")], "api.creds");
                        let keys = [("password", "password"), ("user", "user"), ("A", "user")];
                        rename(&mut reference["key"], &keys, "password");
                    }
                    ("secretRef", reference) => {
                        rename(&mut reference["name"], &[("api.creds", "api.creds")], "db");
                    }
                    ("volumeMounts", mounts) => {
                        for mount in mounts.as_array_mut().into_iter().flatten() {
                            rename(&mut mount["name"], &[("spool", "spool")], "own");
                        }
                    }
                    ("env", entries) => {
                        for entry in entries.as_array_mut().into_iter().flatten() {
                            let names = [
                                ("A", "A"),
                                ("B", "B"),
                                ("DB_PASSWORD", "DB_PASSWORD"),
                                ("POSTGRES_PASSWORD_FILE", "POSTGRES_PASSWORD_FILE"),
                            ];
                            rename(&mut entry["name"], &names, "POSTGRES_PASSWORD");
                            narrow(entry);
                        }
                        let mut seen = BTreeSet::new();
                        if let Some(entries) = entries.as_array_mut() {
                            entries.retain(|entry| seen.insert(entry["name"].to_string()));
                        }
                    }
                    (_, value) => narrow(value),
                }
            }
        }
        _ => {}
    }
}

/// Lets the texts of each container name the first of its variables that comes
/// from a Secret.
fn point(object: &mut Value) {
    let pod = look::pod_mut(object);
    for list in look::LISTS {
        let containers = pod.get_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            let first = look::items(container, "env")
                .iter()
                .find(|entry| entry["valueFrom"]["secretKeyRef"].is_object())
                .map(|entry| look::name(entry).to_owned());
            let Some(first) = first else { continue };
            for field in [
                "command",
                "args",
                "livenessProbe",
                "lifecycle",
                "volumeMounts",
            ] {
                if let Some(value) = container.get_mut(field) {
                    name_in(value, &first);
                }
            }
        }
    }
}

fn name_in(value: &mut Value, name: &str) {
    match value {
        Value::String(text) => {
            for (from, to) in [
                ("$(DB_PASSWORD)", format!("$({name})")),
                ("$(A)", format!("$({name})")),
                ("$B\"", format!("${name}\"")),
                ("printenv A", format!("printenv {name}")),
                ("${POSTGRES_PASSWORD}", format!("${{{name}}}")),
            ] {
                *text = text.replace(from, &to);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| name_in(item, name)),
        Value::Object(fields) => fields.values_mut().for_each(|value| name_in(value, name)),
        _ => {}
    }
}

/// Another name for what has one of these names, or for all else.
fn rename(value: &mut Value, names: &[(&str, &str)], else_: &str) {
    let found = names.iter().find(|(from, _)| *value == *from);
    *value = found.map_or(else_, |(_, to)| to).into();
}
