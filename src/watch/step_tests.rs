//! Each rule of when a rollout is complete, and what a bad Secret does to each
//! kind, without a cluster and without a clock.

use super::*;
use crate::inventory::{Builder, Scope};
use crate::manifest::{SourceText, parse};
use crate::watch::settle::{Because, Settle};

/// One look at a cluster: documents without their common fields.
fn seen(documents: &[String]) -> Inventory {
    let scope = Scope::Cluster {
        name: String::new(),
        minor: None,
    };
    let mut builder = Builder::new(scope, "prod", jiff::Timestamp::UNIX_EPOCH);
    for document in parse(&SourceText::new("live", documents.join("\n---\n"))).documents {
        builder.add_live(document.root);
    }
    builder.finish()
}

fn id(kind: &str) -> ObjectId {
    ObjectId {
        namespace: "prod".to_owned(),
        kind: kind.to_owned(),
        name: "api".to_owned(),
    }
}

fn workload(kind: &str, spec: &str, status: &str) -> String {
    let version = match kind {
        "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    let template =
        "template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: x}]}}";
    let spec = match kind {
        "CronJob" => format!("schedule: '* * * * *', jobTemplate: {{spec: {{{template}}}}}"),
        _ => format!("{spec}{template}"),
    };
    format!(
        "{{apiVersion: {version}, kind: {kind}, metadata: {{name: api, namespace: prod, generation: 3, \
         annotations: {{deployment.kubernetes.io/revision: '2'}}}}, spec: {{{spec}}}, status: {{{status}}}}}"
    )
}

/// The revision of a Deployment that is new, or the one before.
fn revision(number: u32) -> String {
    format!(
        "{{apiVersion: apps/v1, kind: ReplicaSet, metadata: {{name: api-{number}, namespace: prod, \
         annotations: {{deployment.kubernetes.io/revision: '{number}'}}, ownerReferences: [{{kind: \
         Deployment, name: api, controller: true}}]}}, spec: {{template: {{metadata: {{labels: \
         {{pod-template-hash: h{number}}}}}, spec: {{containers: [{{name: main, image: x}}]}}}}}}}}"
    )
}

/// A pod of a revision.
fn pod(kind: &str, name: &str, revision: &str, ready: bool, container: &str) -> String {
    let (owner, label) = match kind {
        "Deployment" => (
            format!(
                "kind: ReplicaSet, name: api-{}",
                revision.trim_start_matches('h')
            ),
            "pod-template-hash",
        ),
        _ => (
            format!("kind: {kind}, name: api"),
            "controller-revision-hash",
        ),
    };
    format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: prod, uid: {name}, labels: \
         {{{label}: {revision}}}, ownerReferences: [{{{owner}, controller: true}}]}}, spec: {{containers: \
         [{{name: main, image: x}}]}}, status: {{conditions: [{{type: Ready, status: '{}'}}], \
         containerStatuses: [{{name: main, ready: {ready}{container}}}]}}}}",
        if ready { "True" } else { "False" }
    )
}

/// What looks come to: the first at its time, the others as much later.
fn looks(kind: &str, looks: &[(u64, &[String])]) -> Step {
    let (id, mut last) = (id(kind), None);
    let settle = Settle {
        seconds: 5,
        because: Because::Asked,
    };
    let mut watch = Watch::new(&id, Duration::from_secs(60), Staying::of_change(&settle));
    for (second, documents) in looks {
        last = Some(watch.step(&seen(documents), Duration::from_secs(*second)));
    }
    last.expect("one look at least")
}

fn words_of(step: Step) -> String {
    match step {
        Step::Wait(words) => words,
        Step::Ended(Outcome::Done(watched)) => format!("done after {} s", watched.least.as_secs()),
        Step::Ended(Outcome::ByHand(why)) => format!("by hand: {why}"),
        Step::Ended(Outcome::Failed(failed)) => {
            format!("failed ({:?}): {}", failed.cause, failed.why)
        }
    }
}

fn deployment(spec: &str, status: &str) -> Vec<String> {
    vec![
        workload("Deployment", spec, status),
        revision(1),
        revision(2),
    ]
}

fn with(mut documents: Vec<String>, more: &[String]) -> Vec<String> {
    documents.extend_from_slice(more);
    documents
}

fn new(ready: bool) -> String {
    pod("Deployment", "api-2-x", "h2", ready, "")
}

fn old() -> String {
    pod("Deployment", "api-1-x", "h1", true, "")
}

const WHOLE: &str = "observedGeneration: 3, updatedReplicas: 1, replicas: 1, availableReplicas: 1";

#[test]
fn a_deployment_waits_for_each_of_its_counts() {
    let looking = "looking whether they stay up";
    for (status, pods, expected) in [
        (
            "observedGeneration: 2",
            vec![old()],
            "waiting for its controller",
        ),
        (
            "observedGeneration: 3, updatedReplicas: 0, replicas: 1, availableReplicas: 1",
            vec![old()],
            "0 of 1 pods are new",
        ),
        (
            "observedGeneration: 3, updatedReplicas: 1, replicas: 2, availableReplicas: 1",
            vec![old(), new(false)],
            "1 old pods end",
        ),
        (
            "observedGeneration: 3, updatedReplicas: 1, replicas: 1, availableReplicas: 0",
            vec![new(false)],
            "0 of 1 new pods are available",
        ),
        // Ready is not available, and no reason to give it up.
        (
            "observedGeneration: 3, updatedReplicas: 1, replicas: 1, availableReplicas: 0",
            vec![new(true)],
            looking,
        ),
        (WHOLE, vec![new(true)], "looking whether its pods stay up"),
    ] {
        let found = words_of(looks(
            "Deployment",
            &[(0, &with(deployment("replicas: 1, ", status), &pods))],
        ));
        assert!(found.contains(expected), "{status}: {found}");
    }
}

#[test]
fn a_rollout_is_done_when_its_new_pods_have_stayed_up() {
    let whole = with(deployment("replicas: 1, ", WHOLE), &[new(true)]);
    assert_eq!(
        words_of(looks("Deployment", &[(0, &whole), (4, &whole)])),
        "deployment/api: looking whether its pods stay up"
    );
    assert_eq!(
        words_of(looks("Deployment", &[(0, &whole), (5, &whole)])),
        "done after 5 s"
    );
    // A pod that is not ready for a moment begins anew.
    let gap = with(deployment("replicas: 1, ", WHOLE), &[new(false)]);
    let found = looks(
        "Deployment",
        &[(0, &whole), (4, &gap), (5, &whole), (9, &whole)],
    );
    assert_eq!(
        words_of(found),
        "deployment/api: looking whether its pods stay up"
    );
    // Before its controller has looked, the pods of the revision before are no
    // proof, however long they have been up.
    let stale = with(
        deployment(
            "replicas: 1, ",
            "observedGeneration: 2, updatedReplicas: 1, replicas: 1, availableReplicas: 1",
        ),
        &[new(true)],
    );
    assert_eq!(
        words_of(looks("Deployment", &[(0, &stale), (50, &stale)])),
        "deployment/api: waiting for its controller"
    );
}

/// What a watch shows late is the object of before, whose pods are all well.
#[test]
fn a_workload_of_before_its_change_is_not_done() {
    let whole = with(deployment("replicas: 1, ", WHOLE), &[new(true)]);
    let id = id("Deployment");
    let settle = Settle {
        seconds: 5,
        because: Because::Asked,
    };
    for (uid, generation, expected) in [
        ("", 4, "deployment/api: waiting for its controller"),
        ("", 3, "done after 5 s"),
        // Somebody has made another one meanwhile, which has generations of its own.
        ("of-another", 4, "done after 5 s"),
    ] {
        let staying = Staying::of_change(&settle);
        let mut watch = Watch::new(&id, Duration::from_secs(60), staying).since(uid, generation);
        watch.step(&seen(&whole), Duration::ZERO);
        let step = watch.step(&seen(&whole), Duration::from_secs(5));
        assert_eq!(words_of(step), expected);
    }
}

#[test]
fn what_does_not_roll_by_itself_is_told() {
    for (kind, spec, status, pods, expected) in [
        (
            "Deployment",
            "replicas: 1, paused: true, ",
            "observedGeneration: 3, updatedReplicas: 0, replicas: 1, availableReplicas: 1",
            vec![old()],
            "it is paused",
        ),
        (
            "Deployment",
            "replicas: 0, ",
            "observedGeneration: 3",
            vec![],
            "it has no pods now, so nothing shows whether they start",
        ),
        (
            "StatefulSet",
            "replicas: 1, updateStrategy: {type: OnDelete}, ",
            "observedGeneration: 3",
            vec![],
            "its strategy is OnDelete",
        ),
        (
            "StatefulSet",
            "replicas: 1, updateStrategy: {rollingUpdate: {partition: 1}}, ",
            "observedGeneration: 3, updateRevision: b, availableReplicas: 1",
            vec![pod("StatefulSet", "api-0", "a", true, "")],
            "its partition keeps all pods as they are",
        ),
        ("CronJob", "", "", vec![], "its next run has the change"),
        (
            "ReplicaSet",
            "replicas: 1, ",
            "",
            vec![],
            "its pods have the change when somebody deletes them",
        ),
    ] {
        let documents = with(
            vec![workload(kind, spec, status), revision(1), revision(2)],
            &pods,
        );
        assert_eq!(
            words_of(looks(kind, &[(0, &documents)])),
            format!("by hand: {expected}"),
            "{kind} {spec}"
        );
    }
}

#[test]
fn a_stateful_set_is_not_done_by_old_pods_that_are_ready() {
    // The server counts these as ready and updated.
    let status = "observedGeneration: 3, replicas: 2, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2, updateRevision: b";
    let of = |first: &str, ready: bool| {
        vec![
            workload("StatefulSet", "replicas: 2, ", status),
            pod("StatefulSet", "api-0", first, ready, ""),
            pod("StatefulSet", "api-1", "b", true, ""),
        ]
    };
    let found =
        |documents: &[String]| words_of(looks("StatefulSet", &[(0, documents), (9, documents)]));
    assert_eq!(
        found(&of("a", true)),
        "statefulset/api: 1 of 2 pods are new"
    );
    assert_eq!(found(&of("b", false)), "statefulset/api: waiting for pod 0");
    assert_eq!(found(&of("b", true)), "done after 9 s");
    let stale = workload(
        "StatefulSet",
        "replicas: 2, ",
        "observedGeneration: 0, updateRevision: b",
    );
    assert_eq!(
        found(&[stale]),
        "statefulset/api: waiting for its controller"
    );
}

#[test]
fn a_daemon_set_counts_its_nodes() {
    let of = |updated: u8, available: u8| {
        let status = format!(
            "observedGeneration: 3, desiredNumberScheduled: 2, updatedNumberScheduled: {updated}, numberAvailable: {available}"
        );
        let documents = [
            workload("DaemonSet", "", &status),
            pod("DaemonSet", "api-x", "b", available > 1, ""),
            pod("DaemonSet", "api-y", "b", true, ""),
        ];
        words_of(looks("DaemonSet", &[(0, &documents), (9, &documents)]))
    };
    assert_eq!(of(1, 2), "daemonset/api: 1 of 2 pods are new");
    assert_eq!(of(2, 1), "daemonset/api: 1 of 2 new pods are available");
    assert_eq!(of(2, 2), "done after 9 s");
}

#[test]
fn each_failure_names_what_stands_in_the_way() {
    let waits = ", state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"db\" not found'}}";
    let waiting = |kind, name, revision| pod(kind, name, revision, false, waits);
    let going = "observedGeneration: 3, updatedReplicas: 1, replicas: 2, availableReplicas: 1";
    let deadline = format!(
        "{going}, conditions: [{{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}}]"
    );
    let quota = format!(
        "{going}, conditions: [{{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: 'exceeded quota: q'}}]"
    );
    let crashing = ", restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}";
    for (second, documents, kind, expected) in [
        (
            0,
            with(
                deployment("replicas: 1, ", going),
                &[old(), waiting("Deployment", "api-2-x", "h2")],
            ),
            "Deployment",
            "failed (Secret): pod/api-2-x waits: secret \"db\" not found",
        ),
        (
            0,
            vec![
                workload(
                    "StatefulSet",
                    "replicas: 1, ",
                    "observedGeneration: 3, updateRevision: b",
                ),
                waiting("StatefulSet", "api-0", "b"),
            ],
            "StatefulSet",
            "failed (Secret): pod/api-0 waits: secret \"db\" not found",
        ),
        (
            0,
            with(deployment("replicas: 1, ", &deadline), &[old(), new(false)]),
            "Deployment",
            "failed (Pods): its progress deadline is exceeded",
        ),
        (
            0,
            with(
                deployment("replicas: 1, ", going),
                &[old(), pod("Deployment", "api-2-x", "h2", false, crashing)],
            ),
            "Deployment",
            "failed (Pods): pod/api-2-x: container main ends again and again, the last time with exit code 1",
        ),
        (
            61,
            with(deployment("replicas: 1, ", going), &[old(), new(false)]),
            "Deployment",
            "failed (Pods): its pods are not ready after 60 s",
        ),
        (
            61,
            with(deployment("replicas: 1, ", &quota), &[old()]),
            "Deployment",
            "failed (NotCreated(Quota)): its pods are not ready after 60 s: no new pod can be created: a ResourceQuota is exceeded",
        ),
    ] {
        assert_eq!(
            words_of(looks(kind, &[(0, &documents), (second, &documents)])),
            expected
        );
    }
}

#[test]
fn the_trouble_of_an_old_pod_is_not_the_changes() {
    let going = "observedGeneration: 3, updatedReplicas: 1, replicas: 2, availableReplicas: 1";
    let crashing = ", restartCount: 7, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}";
    let documents = with(
        deployment("replicas: 1, ", going),
        &[
            pod("Deployment", "api-1-x", "h1", false, crashing),
            new(false),
        ],
    );
    assert_eq!(
        words_of(looks("Deployment", &[(0, &documents)])),
        "deployment/api: 1 old pods end"
    );
}

#[test]
fn time_in_which_pods_only_have_to_stay_up_tries_no_patience() {
    let ready = with(
        deployment(
            "replicas: 1, minReadySeconds: 300, ",
            "observedGeneration: 3, updatedReplicas: 1, replicas: 1, availableReplicas: 0",
        ),
        &[new(true)],
    );
    assert!(matches!(
        looks("Deployment", &[(0, &ready), (200, &ready)]),
        Step::Wait(_)
    ));
    assert!(matches!(
        looks("Deployment", &[(0, &ready), (300, &ready), (400, &ready)]),
        Step::Ended(Outcome::Failed(_))
    ));
}

#[test]
fn pods_that_stay_behind_are_known_once_the_controller_has_looked() {
    let of = |observed: u8, name: &str, revision: &str, ready| {
        let status = format!("observedGeneration: {observed}, updateRevision: a");
        let documents = [
            workload("StatefulSet", "replicas: 1, ", &status),
            pod("StatefulSet", name, revision, ready, ""),
        ];
        stuck_pods(&seen(&documents), &id("StatefulSet"))
    };
    assert_eq!(of(2, "api-0", "b", false), None);
    assert_eq!(of(3, "api-0", "b", false), Some(vec!["api-0".to_owned()]));
    for (revision, ready) in [("b", true), ("a", false)] {
        assert_eq!(of(3, "api-0", revision, ready), Some(Vec::new()));
    }
}
