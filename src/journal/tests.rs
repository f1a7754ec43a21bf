//! What a journal keeps, what is read of it, and what takes a change back.

use super::*;
use crate::inventory::{Builder, Scope};
use crate::manifest::{SourceText, parse};
use crate::workload::access::{Process, User};
use crate::workload::{Place, Workload};
use reader::was_seen;

#[test]
fn a_volume_without_a_mode_is_known_again_as_the_server_keeps_it() {
    let volume = json!({"name": "db", "secret": {"secretName": "db"}});
    let stored = json!({"name": "db", "secret": {"secretName": "db", "defaultMode": 420}});
    assert_eq!(as_stored(volume.clone()), stored);
    assert_eq!(as_stored(json!([volume])), json!([stored]));
    let strict = json!({"name": "db", "projected": {"defaultMode": 256, "sources": []}});
    assert_eq!(as_stored(strict.clone()), strict);
    let reference = json!({"secretKeyRef": {"name": "db", "key": "k"}});
    assert_eq!(as_stored(reference.clone()), reference);
}

#[test]
fn what_others_have_changed_is_not_known_again() {
    let spec = |mode: u32| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api}}\nspec: {{volumes: \
             [{{name: a, secret: {{secretName: a}}}}, {{name: db, secret: {{secretName: db, \
             defaultMode: {mode}}}}}]}}\n"
        )
    };
    let test = |value: Value| Operation::Test {
        pointer: "/spec/volumes/0".to_owned(),
        value,
    };
    let remove = Operation::Remove {
        pointer: "/spec/volumes/0".to_owned(),
    };
    let a = json!({"name": "a", "secret": {"secretName": "a"}});
    let db = json!({"name": "db", "secret": {"secretName": "db"}});
    // The second volume is the first by then.
    let undo = vec![
        test(a.clone()),
        remove.clone(),
        test(db.clone()),
        remove.clone(),
    ];
    let stored = json!({"name": "db", "secret": {"secretName": "db", "defaultMode": 420}});
    let known = known_again(&object(&spec(420)), undo.clone());
    assert_eq!(known, [test(a), remove.clone(), test(stored), remove]);
    assert_eq!(known_again(&object(&spec(256)), undo.clone()), undo);
}

fn read(annotation: &str) -> Result<Journal, JournalError> {
    let text = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {
        "name": "api", "annotations": {Annotation::MIGRATION.name(): annotation}}, "spec": {}});
    Journal::read(&object(&text.to_string()), Annotation::MIGRATION)
}

fn object(text: &str) -> Object {
    let source = crate::manifest::SourceText::new("workload", text.to_owned());
    let root = crate::manifest::parse(&source).documents.remove(0).root;
    Object::new(root, Place::live(), "default").unwrap()
}

#[test]
fn the_guard_of_an_earlier_version_is_lifted_as_well() {
    let of = |rest: &str| {
        let text = format!(r#"{{"apiVersion":"secretsafe.dev/v1","undo":[]{rest}}}"#);
        read(&text).map(|journal| journal.guard())
    };
    let guard = |seconds, before| Ok(Some(Guard { seconds, before }));
    assert_eq!(of(""), Ok(None));
    assert_eq!(of(r#","guarded":true"#), guard(5, None));
    assert_eq!(of(r#","guard":{"seconds":40}"#), guard(40, None));
    assert_eq!(
        of(r#","guard":{"seconds":40,"before":3}"#),
        guard(40, Some(3))
    );
    for hostile in [
        r#"{"seconds":-1}"#,
        r#"{"seconds":40,"before":99999999999}"#,
        r#"{"seconds":40,"before":600}"#,
        "7",
    ] {
        assert_eq!(
            of(&format!(r#","guard":{hostile}"#)),
            Err(JournalError(Annotation::MIGRATION))
        );
    }
}

/// A Deployment with these annotations.
fn annotated(annotations: Value) -> Object {
    object(
        &json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {
            "name": "api", "namespace": "prod", "annotations": annotations}, "spec": {"replicas": 1}})
        .to_string(),
    )
}

/// The object as it is after a journal was written to it.
fn kept(object: &Object, journal: &Journal) -> Object {
    let mut document = json_patch::value(&object.root).unwrap();
    json_patch::apply(&mut document, &journal.write(object)).unwrap();
    self::object(&document.to_string())
}

fn remove(pointer: &str) -> Operation {
    Operation::Remove {
        pointer: pointer.to_owned(),
    }
}

fn reader(container: &str) -> Reader {
    Reader {
        container: container.to_owned(),
        image_id: "sha256:1".to_owned(),
        mode: 0o440,
    }
}

fn empty() -> Journal {
    Journal::empty(Annotation::MIGRATION)
}

/// One with everything in it.
fn full() -> Journal {
    let guard = Guard {
        seconds: 40,
        before: Some(3),
    };
    empty()
        .with(vec![remove("/spec/a")])
        .with(vec![remove("/spec/b"), remove("/spec/c")])
        .guarded(Some(guard))
        .with_readers([reader("main"), reader("main"), reader("side")])
}

#[test]
fn a_journal_is_read_as_it_was_written() {
    assert_eq!(Annotation::MIGRATION.name(), "secretsafe.dev/migration");
    let bare = object("{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {}}");
    for before in [
        bare,
        annotated(json!({})),
        annotated(json!({"another": "x"})),
        annotated(json!({Annotation::MIGRATION.name(): "{}"})),
    ] {
        let after = kept(&before, &full());
        let read = Journal::read(&after, Annotation::MIGRATION).unwrap();
        assert_eq!(read, full());
        assert_eq!(read.guard(), full().guard());
        assert_eq!(read.readers(), [reader("main"), reader("side")]);
        let others = |object: &Object| object.metadata.annotations.get("another").cloned();
        assert_eq!(others(&after), others(&before));
        // Without a step nothing is left of it.
        let gone = kept(&after, &empty());
        assert!(
            !gone
                .metadata
                .annotations
                .contains_key(Annotation::MIGRATION.name())
        );
        assert!(empty().write(&gone).is_empty());
    }
}

#[test]
fn the_last_step_is_the_first_to_go() {
    assert!(empty().is_empty() && !full().is_empty());
    let (undo, rest) = full().last().unwrap();
    assert_eq!(undo, [remove("/spec/b"), remove("/spec/c")]);
    assert_eq!(rest.guard(), full().guard());
    let (undo, rest) = rest.last().unwrap();
    assert_eq!(undo, [remove("/spec/a")]);
    assert!(rest.is_empty());
    assert_eq!(rest.last(), None);
}

#[test]
fn an_object_has_one_very_journal() {
    let with_it = kept(&annotated(json!({})), &full());
    assert!(full().is_of(&with_it));
    assert!(!full().with(Vec::new()).is_of(&with_it));
    assert!(!full().guarded(None).is_of(&with_it));
    assert!(!empty().is_of(&with_it));
    let without = annotated(json!({}));
    assert!(!full().is_of(&without));
    assert!(empty().is_of(&without));
    // Such a journal is not written, whatever else it holds.
    assert!(empty().with_readers([reader("main")]).is_of(&without));
    let foreign = annotated(json!({Annotation::MIGRATION.name(): "{}"}));
    assert!(!empty().is_of(&foreign));
}

#[test]
fn what_is_not_of_this_program_is_not_read() {
    let ours = r#"{"apiVersion":"secretsafe.dev/v1","undo":[[{"op":"remove","path":"/spec/a"}]]}"#;
    assert_eq!(read(ours), Ok(empty().with(vec![remove("/spec/a")])));
    for foreign in [
        "",
        "{}",
        &ours.replace("v1", "v2"),
        &ours.replace("remove", "obliterate"),
    ] {
        let error = read(foreign).unwrap_err();
        assert!(
            error.to_string().contains("secretsafe.dev/migration"),
            "{error}"
        );
    }
}

/// What was seen of one Deployment, its rollout as `status` says, and its pods.
fn inventory(journal: &Journal, status: &str, pods: &[Value]) -> Inventory {
    let scope = Scope::Cluster {
        name: String::new(),
        minor: None,
    };
    let mut builder = Builder::new(scope, "prod", jiff::Timestamp::UNIX_EPOCH);
    let text = format!(
        "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: api, namespace: prod, generation: 3}}, \
         spec: {{template: {{spec: {{containers: [{{name: main, image: x}}]}}}}}}, status: {{{status}}}}}"
    );
    let mut texts = vec![json_patch::value(&kept(&object(&text), journal).root).unwrap()];
    texts.extend_from_slice(pods);
    for text in texts {
        let source = SourceText::new("live", text.to_string());
        builder.add_live(parse(&source).documents.remove(0).root);
    }
    builder.finish()
}

fn id() -> ObjectId {
    ObjectId {
        namespace: "prod".to_owned(),
        kind: "Deployment".to_owned(),
        name: "api".to_owned(),
    }
}

const WHOLE: &str = "observedGeneration: 3, updatedReplicas: 1, replicas: 1, availableReplicas: 1";
const HALF: &str = "observedGeneration: 3, updatedReplicas: 0, replicas: 1, availableReplicas: 1";

#[test]
fn a_change_is_unfinished_while_pods_are_replaced_or_guarded() {
    let step = empty().with(vec![remove("/spec/a")]);
    let guard = Guard {
        seconds: 40,
        before: None,
    };
    let guarded = step.clone().guarded(Some(guard));
    for (journal, status, expected) in [
        (&empty(), WHOLE, false),
        (&empty(), HALF, false),
        (&step, WHOLE, false),
        (&step, HALF, true),
        (&guarded, WHOLE, true),
        (&guarded, HALF, true),
    ] {
        let inventory = inventory(journal, status, &[]);
        let found = is_unfinished(&inventory, &id(), Annotation::MIGRATION);
        assert_eq!(found, expected, "{status} {journal:?}");
    }
    let other = ObjectId {
        name: "other".to_owned(),
        ..id()
    };
    let inventory = inventory(&guarded, HALF, &[]);
    assert!(!is_unfinished(&inventory, &other, Annotation::MIGRATION));
}

/// A pod of the Deployment, whose container has an image.
fn pod(name: &str, image: &str, deleting: bool) -> Value {
    let mut metadata = json!({"name": name, "namespace": "prod", "uid": name, "ownerReferences": [
        {"kind": "Deployment", "name": "api", "controller": true}]});
    if deleting {
        metadata["deletionTimestamp"] = json!("1970-01-01T00:00:00Z");
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata,
        "spec": {"containers": [{"name": "main", "image": "x"}]},
        "status": {"containerStatuses": [{"name": "main", "ready": true, "imageID": image}]}})
}

/// What only its image says something of.
fn by_image() -> Process {
    Process {
        user: User::Unknown,
        group: None,
        groups: Vec::new(),
    }
}

#[test]
fn what_was_seen_holds_for_the_container_the_mode_and_the_very_image() {
    let journal = empty()
        .with(vec![remove("/spec/a")])
        .with_readers([reader("main")]);
    let seen = |journal: &Journal, pods: &[Value], container: &str, process: &Process, mode| {
        let inventory = inventory(journal, WHOLE, pods);
        let workload: &Workload = inventory.workload(&id()).unwrap();
        was_seen(&inventory, workload, container, process, mode)
    };
    let [same, other] = ["sha256:1", "sha256:2"].map(|image| pod("a", image, false));
    let one = std::slice::from_ref(&same);
    assert!(seen(&journal, one, "main", &by_image(), 0o440));
    let two = [same.clone(), pod("b", "sha256:1", false)];
    assert!(seen(&journal, &two, "main", &by_image(), 0o440));
    // A pod that ends may have another image.
    let ending = [same.clone(), pod("b", "sha256:2", true)];
    assert!(seen(&journal, &ending, "main", &by_image(), 0o440));

    assert!(!seen(&journal, one, "main", &by_image(), 0o400));
    assert!(!seen(&journal, one, "side", &by_image(), 0o440));
    assert!(!seen(&journal, &[other], "main", &by_image(), 0o440));
    let mixed = [same.clone(), pod("b", "sha256:2", false)];
    assert!(!seen(&journal, &mixed, "main", &by_image(), 0o440));
    assert!(!seen(&journal, &[], "main", &by_image(), 0o440));
    let unread = empty().with(vec![remove("/spec/a")]);
    assert!(!seen(&unread, one, "main", &by_image(), 0o440));
    for process in [
        Process {
            user: User::Uid(1000),
            ..by_image()
        },
        Process {
            group: Some(1000),
            ..by_image()
        },
        Process {
            groups: vec![1000],
            ..by_image()
        },
    ] {
        assert!(!seen(&journal, one, "main", &process, 0o440), "{process:?}");
    }
}

#[test]
fn an_inverse_tests_for_what_it_takes_away() {
    let object = object(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {replicas: 1, kept: x, old: z}}",
    );
    let add = |pointer: &str, value: Value| Operation::Add {
        pointer: pointer.to_owned(),
        value,
    };
    let test = |pointer: &str, value: Value| Operation::Test {
        pointer: pointer.to_owned(),
        value,
    };
    let replace = |pointer: &str, value: Value| Operation::Replace {
        pointer: pointer.to_owned(),
        value,
    };
    let changes = [
        add("/spec/new", json!("n")),
        replace("/spec/replicas", json!(2)),
        remove("/spec/old"),
    ];
    let before = specification(&object).unwrap();
    assert_eq!(
        before,
        json!({"spec": {"replicas": 1, "kept": "x", "old": "z"}})
    );
    let undo = inverse(&object, &changes).unwrap();
    assert_eq!(
        undo,
        [
            add("/spec/old", json!("z")),
            test("/spec/replicas", json!(2)),
            replace("/spec/replicas", json!(1)),
            test("/spec/new", json!("n")),
            remove("/spec/new"),
        ]
    );
    let mut document = before.clone();
    json_patch::apply(&mut document, &changes).unwrap();
    json_patch::apply(&mut document, &undo).unwrap();
    assert_eq!(document, before);
    assert_eq!(
        inverse(&object, &[remove("/spec/none")]),
        Err(PatchError::Missing("/spec/none".to_owned()))
    );
    let bare = self::object("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    assert_eq!(
        specification(&bare),
        Err(PatchError::Missing("/spec".to_owned()))
    );
}
