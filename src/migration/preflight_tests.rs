//! What speaks against changing a live workload, case by case.

use crate::inventory::{Builder, Grant, Inventory, Scope};
use crate::manifest::{SourceText, parse};

use crate::migration::{Observed, Options, OtherOwners, Phase, Plan, ReadsFiles, plan, preflight};
use crate::watch::guard::Guard;
use crate::watch::liveness::Steady;
use crate::watch::settle::{Because, Settle};

const POD: &str = "{containers: [{name: main, image: example/app, securityContext: {runAsUser: 0}, \
                   env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}]}]}";

fn builder(text: &str) -> Builder {
    let scope = Scope::Cluster {
        name: "test".to_owned(),
        minor: Some(37),
    };
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(scope, "prod", now);
    for document in parse(&SourceText::new("live", text.to_owned())).documents {
        builder.add_live(document.root);
    }
    // What may not be listed is not known to be missing.
    builder.deny(Grant {
        verb: "list".to_owned(),
        group: String::new(),
        resource: "secrets".to_owned(),
        namespace: Some("prod".to_owned()),
    });
    builder
}

fn planned(inventory: &Inventory, others: OtherOwners) -> Plan {
    let [workload] = &inventory.workloads[..] else {
        panic!("one workload, not {}", inventory.workloads.len());
    };
    let Some(object) = inventory.object_of(workload) else {
        return preflight::unseen(workload);
    };
    let mut plan = plan(
        inventory,
        workload,
        object,
        &Options::default(),
        &Observed::default(),
    );
    let settle = Settle::for_workload(None, workload, object, std::iter::empty());
    preflight::check(inventory, workload, others, &settle, &mut plan);
    plan
}

fn object(kind: &str, metadata: &str, spec: &str) -> String {
    let version = match kind {
        "Job" | "CronJob" => "batch/v1",
        "Pod" => "v1",
        _ => "apps/v1",
    };
    let spec = match kind {
        "Pod" => POD.to_owned(),
        _ => format!("{{{spec} template: {{metadata: {{labels: {{app: api}}}}, spec: {POD}}}}}"),
    };
    format!(
        "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: api, namespace: prod, {metadata}}}\nspec: {spec}\n"
    )
}

#[track_caller]
fn refused(plan: &Plan, words: &str) {
    assert!(!plan.changes(), "{words}");
    let found = plan
        .refusals
        .iter()
        .any(|refusal| refusal.reason.contains(words) && !refusal.next.is_empty());
    assert!(found, "{words}: {:?}", plan.refusals);
}

#[track_caller]
fn noted(plan: &Plan, words: &str) {
    assert!(plan.changes() && !plan.refuses(), "{:?}", plan.refusals);
    let found = plan.notes.iter().any(|note| note.0.contains(words));
    assert!(found, "{words}: {:?}", plan.notes);
}

/// Invariant 31.
#[test]
fn pods_and_jobs_are_refused_with_the_file_as_the_way() {
    for (kind, words) in [
        ("Pod", "volumes cannot be changed"),
        ("Job", "template cannot be changed"),
    ] {
        let inventory = builder(&object(kind, "", "")).finish();
        let plan = planned(&inventory, OtherOwners::Override);
        refused(&plan, words);
        assert!(plan.refusals[0].next[0].contains("migrate -f FILE"));
    }
}

/// Invariant 34.
#[test]
fn what_others_write_is_refused_unless_forced() {
    for annotations in [
        "annotations: {argocd.argoproj.io/tracking-id: 'api:apps/Deployment:prod/api'}",
        "labels: {kustomize.toolkit.fluxcd.io/name: a, kustomize.toolkit.fluxcd.io/namespace: b}",
        "labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: api}",
    ] {
        let inventory = builder(&object("Deployment", annotations, "")).finish();
        let plan = planned(&inventory, OtherOwners::Respect);
        refused(&plan, "would put it back");
        let plan = planned(&inventory, OtherOwners::Override);
        noted(&plan, "will put it back");
    }
    // That somebody applied it, or named it so, is no owner.
    for (metadata, words) in [
        (
            "annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}",
            "written by kubectl apply",
        ),
        (
            "labels: {app.kubernetes.io/instance: api}",
            "it is unknown whether",
        ),
    ] {
        let text =
            object("Deployment", metadata, "").replace("securityContext: {runAsUser: 0}, ", "");
        let inventory = builder(&text).finish();
        noted(&planned(&inventory, OtherOwners::Respect), words);
    }
}

/// Invariants 35, 36, 38.
#[test]
fn how_pods_will_change_is_told_before() {
    for (kind, spec, words) in [
        ("Deployment", "paused: true,", "nothing rolls out"),
        (
            "Deployment",
            "strategy: {type: Recreate},",
            "for a moment there are none",
        ),
        (
            "Deployment",
            "replicas: 1, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}},",
            "stops before the new one starts",
        ),
        (
            "StatefulSet",
            "updateStrategy: {type: OnDelete},",
            "when somebody deletes them",
        ),
        (
            "StatefulSet",
            "updateStrategy: {rollingUpdate: {partition: 2}},",
            "lower ordinal stay as they are",
        ),
    ] {
        let inventory = builder(&object(kind, "", spec)).finish();
        noted(&planned(&inventory, OtherOwners::Respect), words);
    }
}

/// Invariants 33, 39.
#[test]
fn the_template_at_the_top_is_planned_from_and_not_its_pods() {
    let deployment = object("Deployment", "uid: d", "");
    let owner = |kind: &str, uid: &str| {
        format!(
            "ownerReferences: [{{apiVersion: apps/v1, kind: {kind}, name: api, uid: {uid}, controller: true}}]"
        )
    };
    let set = object(
        "ReplicaSet",
        &format!("uid: r, {}", owner("Deployment", "d")),
        "",
    );
    // Admission added a container with a variable of its own.
    let injected = "{name: proxy, image: example/proxy, env: [{name: B, valueFrom: {secretKeyRef: {name: mesh, key: b}}}]}";
    let pod = object("Pod", &format!("uid: p, {}", owner("ReplicaSet", "r")), "")
        .replace("containers: [", &format!("containers: [{injected}, "))
        .replace("name: api, namespace", "name: api-1, namespace");
    let inventory = builder(&[deployment, set, pod].join("---\n")).finish();
    let plan = planned(&inventory, OtherOwners::Respect);
    assert_eq!(plan.subject.kind, "Deployment");
    assert!(plan.changes());
    let names: Vec<_> = plan.variables.iter().map(|found| &found.name).collect();
    assert_eq!(names, ["A"]);
    assert!(plan.volumes.iter().all(|volume| volume.secret == "db"));
}

/// Invariant 62.
#[test]
fn secrets_that_may_not_be_listed_are_unknown_and_not_missing() {
    let inventory = builder(&object("Deployment", "", "")).finish();
    assert!(planned(&inventory, OtherOwners::Respect).changes());
    let text = object("Deployment", "", "").replace(
        "env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}]",
        "envFrom: [{secretRef: {name: db}}]",
    );
    let plan = planned(&builder(&text).finish(), OtherOwners::Respect);
    refused(&plan, "may not be listed");
}

/// Invariants 36, 48.
#[test]
fn how_long_new_pods_are_watched_is_told_before() {
    for (spec, words) in [
        (
            "",
            "New pods are watched for 30 s. minReadySeconds is 40 while pods are replaced",
        ),
        (
            "minReadySeconds: 90,",
            "New pods are watched for 90 s, as its minReadySeconds say. minReadySeconds is 100",
        ),
        (
            "progressDeadlineSeconds: 30,",
            "leave room for minReadySeconds of 20 only: old pods may be gone",
        ),
    ] {
        let inventory = builder(&object("Deployment", "", spec)).finish();
        noted(&planned(&inventory, OtherOwners::Respect), words);
    }
    let inventory = builder(&object("Deployment", "", "minReadySeconds: 90,")).finish();
    let workload = &inventory.workloads[0];
    let settle = Settle {
        seconds: 30,
        because: Because::Asked,
    };
    let guard = Guard::needed(
        workload,
        inventory.object_of(workload).unwrap(),
        &settle,
        &Steady::before(&inventory, workload),
    );
    assert_eq!(guard, None);
}

/// Invariant 63.
#[test]
fn what_was_to_go_and_stays_falls_short() {
    let short = |container: &str, options: &Options| {
        let text = object("Deployment", "", "")
            .replace("env: [{name: A,", &format!("{container}env: [{{name: A,"));
        let inventory = builder(&text).finish();
        let workload = &inventory.workloads[0];
        let plan = plan(
            &inventory,
            workload,
            inventory.object_of(workload).unwrap(),
            options,
            &Observed::default(),
        );
        assert!(!plan.refuses());
        plan.falls_short(options)
    };
    let complete = |reads_files| Options {
        phase: Phase::Complete,
        reads_files,
        ..Options::default()
    };
    let named = |name: &str| ReadsFiles::Variables([name.to_owned()].into());
    // It goes.
    assert!(!short("", &complete(ReadsFiles::All)));
    // It is used, and was to go; or somebody else's was to go.
    let used = "args: ['$(A)'], ";
    assert!(short(used, &complete(ReadsFiles::All)));
    assert!(short(used, &complete(named("A"))));
    assert!(!short(used, &complete(named("B"))));
    // All were to go, and nobody said that the program reads files.
    assert!(short(used, &complete(ReadsFiles::None)));
    assert!(short("", &complete(ReadsFiles::None)));
    // Only files were asked for.
    assert!(!short(used, &Options::default()));
    // Its file is not there yet.
    let remove = Options {
        phase: Phase::RemoveVariables,
        reads_files: ReadsFiles::All,
        ..Options::default()
    };
    assert!(short("", &remove));
}
