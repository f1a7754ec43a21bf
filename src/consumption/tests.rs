use super::*;
use crate::inventory::{Builder, FileSet, GitStatus, Grant, Scope};
use crate::manifest::{SourceText, parse};

fn live(text: &str) -> Builder {
    let scope = Scope::Cluster {
        name: "test".to_owned(),
        minor: Some(37),
    };
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(scope, "prod", now);
    for document in parse(&SourceText::new("live", text.to_owned())).documents {
        builder.add_live(document.root);
    }
    builder
}

fn wanted(word: &str) -> Wanted {
    let (name, key) = match word.split_once(':') {
        Some((name, key)) => (name, Some(key.to_owned())),
        None => (word, None),
    };
    Wanted {
        name: name.to_owned(),
        key,
    }
}

fn asked(builder: Builder, word: &str) -> Part {
    Part::new(builder.finish(), Some("prod"), &wanted(word))
}

/// `deployment/api app Variable { name: "A" } [a]`.
fn lines(consumers: &[Consumer]) -> Vec<String> {
    consumers
        .iter()
        .map(|consumer| {
            let container = consumer
                .container
                .as_ref()
                .map_or_else(|| "-".to_owned(), |container| container.name.clone());
            let how = match &consumer.how {
                How::Files(Mounted {
                    path,
                    files: Files::Known(files),
                    ..
                }) => {
                    let files: Vec<_> = files
                        .iter()
                        .map(|file| format!("{}={}", file.key, file.path))
                        .collect();
                    format!("{path} {}", files.join(" "))
                }
                How::Files(Mounted { path, .. }) => format!("{path} ?"),
                other => format!("{other:?}"),
            };
            format!("{} {container} {how}", consumer.subject.short())
        })
        .collect()
}

const SECRET: &str = "
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: prod
  creationTimestamp: 2026-05-01T00:00:00Z
  managedFields:
  - {manager: a, operation: Update, time: 2026-06-01T10:00:00Z, fieldsV1: {'f:data': {'f:user': {}}}}
  - {manager: b, operation: Update, time: 2026-05-01T00:00:00Z, fieldsV1: {'f:data': {'f:password': {}}}}
data: {user: '', password: ''}
---
";

const EVERY_WAY: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: prod}
spec:
  template:
    spec:
      initContainers:
      - name: first
        envFrom: [{prefix: P_, secretRef: {name: db, optional: true}}]
      containers:
      - name: app
        env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}]
        volumeMounts:
        - {name: v, mountPath: /all}
        - {name: v, mountPath: /one/user, subPath: user}
        - {name: items, mountPath: /items}
        - {name: items, mountPath: /folder, subPath: in}
        - {name: v, mountPath: /expr, subPathExpr: $(A)}
      imagePullSecrets: [{name: db}]
      volumes:
      - {name: v, secret: {secretName: db}}
      - name: items
        projected: {sources: [{secret: {name: db, items: [{key: user, path: in/u}]}}]}
      - {name: idle, secret: {secretName: db}}
      - {name: other, secret: {secretName: other}}
      - {name: driver, csi: {driver: d, nodePublishSecretRef: {name: db}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: prod}
spec: {tls: [{secretName: db}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: prod}
imagePullSecrets: [{name: db}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: other}
imagePullSecrets: [{name: db}]
";

#[test]
fn every_way_is_told_with_its_files() {
    let part = asked(live(&format!("{SECRET}{EVERY_WAY}")), "db");
    assert_eq!(
        lines(&part.secrets[0].consumers),
        [
            "deployment/api first AllVariables { prefix: \"P_\" }",
            "deployment/api app Variable { name: \"A\" }",
            "deployment/api app /all password=/all/password user=/all/user",
            "deployment/api app /one/user user=/one/user",
            "deployment/api app /items user=/items/in/u",
            "deployment/api app /folder user=/folder/u",
            "deployment/api app /expr ?",
            "deployment/api - Unmounted { volume: \"idle\" }",
            "deployment/api - Storage { field: \"csi.nodePublishSecretRef\" }",
            "deployment/api - ImagePull",
            "ingress/web - IngressTls",
            "serviceaccount/sa - ServiceAccountPull",
        ]
    );
    // The Deployment has pull secrets of its own.
    assert!(
        part.secrets[0]
            .consumers
            .iter()
            .all(|consumer| consumer.workloads.is_empty())
    );
    let need: Vec<_> = part.secrets[0]
        .consumers
        .iter()
        .map(|consumer| consumer.need)
        .collect();
    assert_eq!(need[..2], [Need::Optional, Need::Required]);
}

#[test]
fn a_key_leaves_its_own_uses() {
    let part = asked(live(&format!("{SECRET}{EVERY_WAY}")), "db:password");
    assert_eq!(
        lines(&part.secrets[0].consumers),
        [
            "deployment/api first AllVariables { prefix: \"P_\" }",
            "deployment/api app Variable { name: \"A\" }",
            "deployment/api app /all password=/all/password",
            "deployment/api app /expr ?",
            "deployment/api - Unmounted { volume: \"idle\" }",
            "deployment/api - Storage { field: \"csi.nodePublishSecretRef\" }",
        ]
    );
}

#[test]
fn a_service_account_tells_whose_pods_pull_with_it() {
    let text = format!(
        "{TEMPLATE}---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: default, namespace: prod}}
imagePullSecrets: [{{name: pull}}]
---
apiVersion: v1
kind: Pod
metadata: {{name: other, namespace: prod}}
spec: {{serviceAccountName: other, containers: [{{name: app}}]}}
"
    );
    let part = asked(live(&text), "pull");
    let consumers = &part.secrets[0].consumers;
    assert_eq!(
        lines(consumers),
        ["serviceaccount/default - ServiceAccountPull"]
    );
    let workloads: Vec<_> = consumers[0].workloads.iter().map(ObjectId::short).collect();
    assert_eq!(workloads, ["deployment/api"]);
}

#[test]
fn files_of_unknown_keys_are_not_made_up() {
    let part = asked(live(EVERY_WAY), "db");
    let lines = lines(&part.secrets[0].consumers);
    assert!(lines.contains(&"deployment/api app /all ?".to_owned()));
    assert!(lines.contains(&"deployment/api app /one/user user=/one/user".to_owned()));
}

fn pod(name: &str, owner: &str, started: &str, state: &str) -> String {
    format!(
        "
---
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: prod
  creationTimestamp: {started}
  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {owner}, controller: true}}]
spec:
  containers:
  - name: app
    env:
    - {{name: USER, valueFrom: {{secretKeyRef: {{name: db, key: user}}}}}}
    - {{name: PASSWORD, valueFrom: {{secretKeyRef: {{name: db, key: password}}}}}}
    volumeMounts: [{{name: v, mountPath: /v}}]
  volumes: [{{name: v, secret: {{secretName: db}}}}]
status:
  phase: Running
  containerStatuses: [{{name: app, state: {state}}}]
"
    )
}

const TEMPLATE: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: prod}
spec:
  template:
    spec:
      containers:
      - name: app
        env:
        - {name: USER, valueFrom: {secretKeyRef: {name: db, key: user}}}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
";

#[test]
fn pods_are_judged_by_the_key_and_the_way() {
    let early = "2026-05-20T00:00:00Z";
    let running = format!("{{running: {{startedAt: {early}}}}}");
    let waiting = "{waiting: {reason: CreateContainerConfigError}}";
    let text = format!(
        "{SECRET}{TEMPLATE}{}{}",
        pod("old", "api", early, &running),
        pod("waits", "api", early, waiting)
    );
    let part = asked(live(&text), "db");
    let consumers = &part.secrets[0].consumers;
    assert_eq!(
        lines(consumers),
        [
            "deployment/api app Variable { name: \"USER\" }",
            "deployment/api app Variable { name: \"PASSWORD\" }",
            "deployment/api app /v password=/v/password user=/v/user",
        ]
    );
    // The volume is in the pods, not in the template.
    assert_eq!(consumers[0].activity, Activity::Restartable);
    assert_eq!(consumers[2].activity, Activity::PodsOnly);
    let newest = |consumer: &Consumer| -> Vec<Newest> {
        consumer.pods.iter().map(|pod| pod.newest.clone()).collect()
    };
    let waits = Newest::NotRunning("CreateContainerConfigError".to_owned());
    assert_eq!(
        newest(&consumers[0]),
        [
            Newest::No(crate::inventory::staleness::Cause::Changed),
            waits.clone()
        ]
    );
    assert_eq!(newest(&consumers[1]), [Newest::Yes, waits.clone()]);
    assert_eq!(newest(&consumers[2]), [Newest::Yes, waits]);
    assert_eq!(
        consumers[0].pods[0].changed,
        Some("2026-06-01T10:00:00Z".parse().unwrap())
    );
}

#[test]
fn earlier_revisions_and_ended_jobs_stand_apart() {
    let set = |name: &str, revision: &str, replicas: u32| {
        format!(
            "
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: {name}
  namespace: prod
  annotations: {{deployment.kubernetes.io/revision: '{revision}'}}
  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: idle, controller: true}}]
spec:
  replicas: {replicas}
  template: {{spec: {{containers: [{{name: app, envFrom: [{{secretRef: {{name: db}}}}]}}]}}}}
"
        )
    };
    let text = format!(
        "{SECRET}
apiVersion: apps/v1
kind: Deployment
metadata: {{name: idle, namespace: prod, annotations: {{deployment.kubernetes.io/revision: '3'}}}}
spec:
  replicas: 0
  template: {{spec: {{containers: [{{name: app, envFrom: [{{secretRef: {{name: db}}}}]}}]}}}}
{}{}
---
apiVersion: batch/v1
kind: Job
metadata: {{name: done, namespace: prod}}
spec: {{template: {{spec: {{containers: [{{name: app, envFrom: [{{secretRef: {{name: db}}}}]}}]}}}}}}
status: {{conditions: [{{type: Complete, status: 'True'}}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {{name: runs, namespace: prod}}
spec: {{template: {{spec: {{containers: [{{name: app, envFrom: [{{secretRef: {{name: db}}}}]}}]}}}}}}
status: {{active: 1}}
",
        set("idle-3", "3", 0),
        set("idle-2", "2", 0)
    );
    let part = asked(live(&text), "db");
    let told = |consumers: &[Consumer]| -> Vec<(String, Activity)> {
        consumers
            .iter()
            .map(|consumer| (consumer.subject.short(), consumer.activity))
            .collect()
    };
    let secret = &part.secrets[0];
    assert_eq!(
        told(&secret.consumers),
        [
            ("deployment/idle".to_owned(), Activity::NoReplicas),
            ("job/runs".to_owned(), Activity::Usual)
        ]
    );
    assert_eq!(
        told(&secret.dormant),
        [
            ("job/done".to_owned(), Activity::Finished),
            ("replicaset/idle-2".to_owned(), Activity::EarlierRevision)
        ]
    );
}

#[test]
fn an_immutable_secret_takes_no_change() {
    let text = format!(
        "{}immutable: true\n---\n{EVERY_WAY}",
        SECRET.trim_end_matches("---\n")
    );
    let part = asked(live(&text), "db");
    let consumers = &part.secrets[0].consumers;
    assert!(
        !consumers.is_empty()
            && consumers
                .iter()
                .all(|consumer| consumer.reach == Reach::Never)
    );
}

#[test]
fn a_secret_that_is_not_there_still_has_users() {
    let part = asked(
        live(&format!("{SECRET}{TEMPLATE}").replace("name: db,", "name: dbx,")),
        "dbx",
    );
    let secret = &part.secrets[0];
    assert_eq!(secret.consumers.len(), 2);
    let State::Missing { near, elsewhere } = &secret.state else {
        panic!("it does not exist");
    };
    assert_eq!((near.len(), elsewhere.len()), (0, 0));
    assert!(!part.is_incomplete());
}

#[test]
fn without_a_namespace_every_one_that_has_or_uses_the_name_is_told() {
    let mut builder = Builder::new(
        Scope::Files(FileSet::Open),
        "default",
        "2026-06-01T12:00:00Z".parse().unwrap(),
    );
    let text = SourceText::new("x.yaml", format!("{SECRET}{EVERY_WAY}"));
    builder.add_file(text, GitStatus::Outside);
    let part = Part::new(builder.finish(), None, &wanted("db"));
    let told: Vec<_> = part
        .secrets
        .iter()
        .map(|secret| (secret.secret.namespace.as_str(), secret.consumers.len()))
        .collect();
    assert_eq!(told, [("other", 1), ("prod", 12)]);
    assert!(matches!(
        part.secrets[0].state,
        State::Unknown(Reason::NotInFiles)
    ));
    assert!(!part.is_incomplete());
}

#[test]
fn what_may_not_be_listed_makes_the_answer_incomplete() {
    let grant = |resource: &str| Grant {
        verb: "list".to_owned(),
        group: String::new(),
        resource: resource.to_owned(),
        namespace: Some("prod".to_owned()),
    };
    let incomplete = |resource: &str, text: &str| {
        let mut builder = live(text);
        builder.deny(grant(resource));
        asked(builder, "db").is_incomplete()
    };
    assert!(incomplete("pods", SECRET));
    // The Secret itself was read by its name.
    assert!(!incomplete("secrets", SECRET));
    assert!(incomplete("secrets", ""));
}

#[test]
fn what_an_init_container_made_is_told() {
    let of = |started: &str, exit: i64| {
        let text = format!(
            "{SECRET}{TEMPLATE}{}",
            pod("p", "api", started, "{running: {startedAt: 2026-06-01T11:00:00Z}}")
                .replace("  containers:\n  - name: app\n", "  initContainers:\n  - name: app\n")
                .replace(
                    "containerStatuses: [{name: app, state: {running: {startedAt: 2026-06-01T11:00:00Z}}}]",
                    &format!(
                        "initContainerStatuses: [{{name: app, state: {{terminated: {{exitCode: {exit}, reason: R, \
                         startedAt: {started}, finishedAt: {started}}}}}}}]"
                    ),
                )
        );
        let part = asked(live(&text), "db:user");
        let pods: Vec<_> = part.secrets[0]
            .consumers
            .iter()
            .flat_map(|consumer| consumer.pods.clone())
            .collect();
        assert_eq!(pods.len(), 2, "a variable and a directory");
        assert_eq!(pods[0].newest, pods[1].newest);
        (pods[0].newest.clone(), pods[0].finished.is_some())
    };
    let changed = Newest::No(crate::inventory::staleness::Cause::Changed);
    assert_eq!(of("2026-05-20T00:00:00Z", 0), (changed, true));
    assert_eq!(of("2026-06-01T11:00:00Z", 0), (Newest::Yes, true));
    let failed = Newest::NotRunning("R".to_owned());
    assert_eq!(of("2026-05-20T00:00:00Z", 1), (failed, false));
}

#[test]
fn a_pod_that_says_nothing_of_a_container_leaves_it_open() {
    let of = |phase: &str| {
        let text = format!(
            "{SECRET}{TEMPLATE}{}",
            pod("p", "api", "2026-05-20T00:00:00Z", "{}").replace("phase: Running", phase)
        );
        asked(live(&text), "db").secrets[0].consumers[0].pods[0]
            .newest
            .clone()
    };
    let unknown = Newest::NotKnown(Unclear::NoStatus);
    assert_eq!(of("phase: Running"), unknown);
    assert_eq!(of("reason: NodeLost"), unknown);
    assert_eq!(
        of("phase: Pending"),
        Newest::NotRunning("Pending".to_owned())
    );
}

#[test]
fn what_an_entry_hides_is_no_use_of_the_program() {
    let text = format!(
        "{SECRET}
apiVersion: apps/v1
kind: Deployment
metadata: {{name: api, namespace: prod}}
spec:
  template:
    spec:
      containers:
      - name: app
        envFrom: [{{secretRef: {{name: db}}}}]
        env: [{{name: password, value: own}}]
        volumeMounts: [{{name: v, mountPath: /v}}, {{name: w, mountPath: /v/password}}]
      volumes: [{{name: v, secret: {{secretName: db}}}}, {{name: w, emptyDir: {{}}}}]
"
    );
    let hiders = |word: &str| -> Vec<bool> {
        asked(live(&text), word).secrets[0]
            .consumers
            .iter()
            .map(|consumer| consumer.hider.is_some())
            .collect()
    };
    assert_eq!(hiders("db:password"), [true, true]);
    assert_eq!(hiders("db:user"), [false, false]);
    assert_eq!(hiders("db"), [false, false]);
}
