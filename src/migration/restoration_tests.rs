use super::*;
use crate::workload::Place;

const NOW: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, annotations: {a: b}}
spec:
  replicas: 2
  minReadySeconds: 40
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      securityContext: {runAsUser: 1000, fsGroup: 2000}
      containers:
      - name: main
        image: example/api:1
        command: [/bin/sh, -c, 'A=\"$$(cat /etc/secrets/db/a)\" && export A && exec \"$@\"', sh, serve, --all]
        env:
        - {name: MODE, value: fast}
        - {name: B_FILE, value: /etc/secrets/db/b}
        volumeMounts:
        - {name: db, mountPath: /etc/secrets/db, readOnly: true}
        - {name: cache, mountPath: /cache}
        - {name: other, mountPath: /etc/secrets/other, readOnly: true}
      - name: side
        image: example/side:1
      volumes:
      - {name: db, secret: {secretName: db, defaultMode: 256, items: [{key: a, path: a}, {key: b, path: b}]}}
      - {name: cache, emptyDir: {}}
      - {name: other, secret: {secretName: other}}
";

fn checked(undo: &str) -> Result<Restoration, NotOurs> {
    let source = crate::manifest::SourceText::new("workload", NOW.to_owned());
    let root = crate::manifest::parse(&source).documents.remove(0).root;
    let object = Object::new(root, Place::live(), "default").unwrap();
    let undo = serde_json::from_str(undo).unwrap();
    check(&object, &json_patch::from_json(&undo).unwrap())
}

const REFERENCE: &str = r#"{"name":"A","valueFrom":{"secretKeyRef":{"name":"db","key":"a"}}}"#;

#[test]
fn what_a_migration_writes_can_be_taken_back() {
    let container = "/spec/template/spec/containers/0";
    let undo = format!(
        r#"[
        {{"op":"test","path":"/spec/template/spec/securityContext/fsGroup","value":2000}},
        {{"op":"remove","path":"/spec/template/spec/securityContext/fsGroup"}},
        {{"op":"remove","path":"/spec/template/spec/volumes/0"}},
        {{"op":"replace","path":"{container}/command","value":["serve","--all"]}},
        {{"op":"remove","path":"{container}/volumeMounts/0"}},
        {{"op":"add","path":"{container}/env/0","value":{REFERENCE}}},
        {{"op":"remove","path":"{container}/env/2/value"}},
        {{"op":"replace","path":"{container}/env/2/name","value":"B"}},
        {{"op":"add","path":"{container}/env/2/valueFrom","value":{{"secretKeyRef":{{"name":"db","key":"b","optional":true}}}}}},
        {{"op":"add","path":"{container}/envFrom","value":[{{"prefix":"DB_","secretRef":{{"name":"other"}}}}]}}
    ]"#
    );
    assert_eq!(
        checked(&undo).unwrap().0,
        [
            "container main: variable A from key a of Secret db comes back",
            "container main: variable B from key b of Secret db comes back",
            "container main: envFrom with Secret other comes back",
            "container main: the mount at /etc/secrets/db is removed",
            "container main: its command is no longer wrapped",
            "volume db goes",
            "fsGroup 2000 goes",
        ]
    );
}

/// Shows N5.
#[test]
fn what_it_does_not_write_is_refused_by_its_place() {
    let pod = "/spec/template/spec";
    let main = "/spec/template/spec/containers/0";
    for (undo, place) in [
        (
            format!(r#"{{"op":"add","path":"{pod}/hostPID","value":true}}"#),
            "hostPID",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{pod}/volumes/-","value":{{"name":"root","hostPath":{{"path":"/"}}}}}}"#
            ),
            "volumes",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{pod}/volumes/-","value":{{"name":"more","secret":{{"secretName":"admin"}}}}}}"#
            ),
            "volumes",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{main}/securityContext","value":{{"privileged":true}}}}"#
            ),
            "containers.0.securityContext",
        ),
        (
            format!(r#"{{"op":"replace","path":"{main}/image","value":"evil:1"}}"#),
            "containers.0.image",
        ),
        (
            r#"{"op":"replace","path":"","value":{}}"#.to_owned(),
            "the whole object",
        ),
        (
            r#"{"op":"replace","path":"/spec","value":{}}"#.to_owned(),
            "spec",
        ),
        (
            r#"{"op":"add","path":"/metadata/labels","value":{"app":"other"}}"#.to_owned(),
            "metadata.labels",
        ),
        (
            format!(r#"{{"op":"add","path":"{pod}/serviceAccountName","value":"admin"}}"#),
            "serviceAccountName",
        ),
        (
            r#"{"op":"replace","path":"/spec/replicas","value":0}"#.to_owned(),
            "spec.replicas",
        ),
        (
            r#"{"op":"replace","path":"/spec/minReadySeconds","value":99999}"#.to_owned(),
            "spec.minReadySeconds",
        ),
        (
            format!(r#"{{"op":"replace","path":"{main}/command","value":["sh","-c","evil"]}}"#),
            "containers.0.command",
        ),
        (
            format!(r#"{{"op":"add","path":"{main}/args","value":["--debug"]}}"#),
            "containers.0.args",
        ),
        // A value, a reference to what is not mounted there, and one of another
        // kind.
        (
            format!(
                r#"{{"op":"add","path":"{main}/env/0","value":{{"name":"LD_PRELOAD","value":"/x"}}}}"#
            ),
            "containers.0.env",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{main}/env/0","value":{{"name":"A","valueFrom":{{"secretKeyRef":{{"name":"admin","key":"a"}}}}}}}}"#
            ),
            "containers.0.env",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{main}/env/0","value":{{"name":"A","valueFrom":{{"secretKeyRef":{{"name":"db","key":"c"}}}}}}}}"#
            ),
            "containers.0.env",
        ),
        (
            format!(r#"{{"op":"add","path":"{pod}/containers/1/env","value":[{REFERENCE}]}}"#),
            "containers.1.env",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{main}/env/0","value":{{"name":"A","valueFrom":{{"fieldRef":{{"fieldPath":"metadata.name"}}}}}}}}"#
            ),
            "containers.0.env",
        ),
        (
            format!(r#"{{"op":"remove","path":"{main}/env/0"}}"#),
            "containers.0.env",
        ),
        (
            format!(r#"{{"op":"replace","path":"{main}/env/0","value":{REFERENCE}}}"#),
            "containers.0.env",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{main}/envFrom","value":[{{"secretRef":{{"name":"admin"}}}}]}}"#
            ),
            "containers.0.envFrom",
        ),
        // Of which only some keys are mounted; a variable that is there; a
        // command that is all gone.
        (
            format!(
                r#"{{"op":"add","path":"{main}/envFrom","value":[{{"secretRef":{{"name":"db"}}}}]}}"#
            ),
            "containers.0.envFrom",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{main}/env/1","value":{{"name":"MODE","valueFrom":{{"secretKeyRef":{{"name":"db","key":"a"}}}}}}}}"#
            ),
            "containers.0.env",
        ),
        (
            format!(r#"{{"op":"replace","path":"{main}/command","value":[]}}"#),
            "containers.0.command",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{main}/envFrom","value":[{{"configMapRef":{{"name":"db"}}}}]}}"#
            ),
            "containers.0.envFrom",
        ),
        (
            format!(r#"{{"op":"remove","path":"{main}/volumeMounts/1"}}"#),
            "containers.0.volumeMounts",
        ),
        (
            format!(r#"{{"op":"replace","path":"{main}/volumeMounts/0/mountPath","value":"/"}}"#),
            "containers.0.volumeMounts",
        ),
        (
            format!(r#"{{"op":"remove","path":"{pod}/volumes/1"}}"#),
            "volumes",
        ),
        (
            format!(
                r#"{{"op":"replace","path":"{pod}/volumes/0/secret/defaultMode","value":511}}"#
            ),
            "volumes",
        ),
        (
            format!(r#"{{"op":"replace","path":"{pod}/securityContext/runAsUser","value":0}}"#),
            "securityContext",
        ),
        (
            format!(r#"{{"op":"replace","path":"{pod}/securityContext","value":{{}}}}"#),
            "securityContext",
        ),
        (
            format!(r#"{{"op":"remove","path":"{pod}/containers/1"}}"#),
            "containers",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{pod}/containers/-","value":{{"name":"x","image":"evil"}}}}"#
            ),
            "containers",
        ),
        (
            format!(
                r#"{{"op":"add","path":"{pod}/initContainers","value":[{{"name":"x","image":"evil"}}]}}"#
            ),
            "initContainers",
        ),
        (
            format!(r#"{{"op":"add","path":"{pod}/ephemeralContainers","value":[]}}"#),
            "ephemeralContainers",
        ),
        (
            r#"{"op":"add","path":"/spec/template/metadata/labels/more","value":"x"}"#.to_owned(),
            "spec.template.metadata.labels.more",
        ),
    ] {
        match checked(&format!("[{undo}]")) {
            Err(NotOurs::Foreign(at)) => assert!(at.ends_with(place), "{undo}: {at}"),
            other => panic!("{undo}: {other:?}"),
        }
    }
}

#[test]
fn what_others_changed_since_is_told_as_that() {
    let undo = r#"[{"op":"test","path":"/spec/replicas","value":7}]"#;
    assert!(matches!(checked(undo), Err(NotOurs::Overtaken(_))));
    let long = format!(
        r#"[{{"op":"add","path":"/spec/{}","value":1}}]"#,
        "x".repeat(5000)
    );
    let Err(NotOurs::Foreign(at)) = checked(&long) else {
        panic!("it is not refused");
    };
    assert!(at.chars().count() < 130, "{at}");
}
