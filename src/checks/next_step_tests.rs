use super::super::{CHECKS, Settings};
use super::*;
use crate::finding::Results;
use crate::inventory::{Builder, FileSet, GitStatus, Scope};
use crate::manifest::{SourceText, parse};

fn workload(kind: &str, spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: api, namespace: prod}}\nspec: {spec}\n"
    )
}

/// Runs the rule that tells of such variables.
fn check(inventory: &Inventory, settings: &Settings, results: &mut Results) {
    let mut checks = CHECKS.iter();
    let own = checks.find(|check| check.rule.id == "SS013").unwrap();
    (own.run)(inventory, settings, results);
}

/// The command of the one finding.
fn told(inventory: &Inventory) -> Option<String> {
    let mut results = Results::default();
    check(inventory, &Settings::default(), &mut results);
    let [finding] = &results.findings[..] else {
        panic!("one finding is expected");
    };
    finding.fixes.iter().find_map(|fix| match fix {
        Fix::Command { command, .. } => Some(command.to_string()),
        _ => None,
    })
}

const POD: &str = "{containers: [{name: api, image: api:1, envFrom: [{secretRef: {name: db}}]}]}";

#[test]
fn live_workloads_are_named_where_they_can_be_changed() {
    let template = format!("{{template: {{spec: {POD}}}}}");
    for (kind, spec, expected) in [
        (
            "Deployment",
            template.as_str(),
            Some("kubectl secretsafe migrate deployment/api -n prod"),
        ),
        ("Job", template.as_str(), None),
        ("ReplicaSet", template.as_str(), None),
    ] {
        let scope = Scope::Cluster {
            name: "test".to_owned(),
            minor: None,
        };
        let mut builder = Builder::new(scope, "default", jiff::Timestamp::UNIX_EPOCH);
        let text = workload(kind, spec).replace(
            "apps/v1",
            match kind {
                "Job" => "batch/v1",
                _ => "apps/v1",
            },
        );
        for document in parse(&SourceText::new("live", text)).documents {
            builder.add_live(document.root);
        }
        let found = told(&builder.finish());
        assert_eq!(found.as_deref(), expected, "{kind}");
    }
}

/// All that is proposed for a live workload.
fn proposed(kind: &str, metadata: &str) -> String {
    let scope = Scope::Cluster {
        name: "test".to_owned(),
        minor: None,
    };
    let mut builder = Builder::new(scope, "default", jiff::Timestamp::UNIX_EPOCH);
    let spec = match kind {
        "Pod" => POD.to_owned(),
        "CronJob" => format!("{{jobTemplate: {{spec: {{template: {{spec: {POD}}}}}}}}}"),
        _ => format!("{{template: {{spec: {POD}}}}}"),
    };
    let version = match kind {
        "Job" | "CronJob" => "batch/v1",
        "Pod" | "ReplicationController" => "v1",
        _ => "apps/v1",
    };
    let text = workload(kind, &spec)
        .replace("apps/v1", version)
        .replace("namespace: prod", &format!("namespace: prod{metadata}"));
    for document in parse(&SourceText::new("live", text)).documents {
        builder.add_live(document.root);
    }
    let mut results = Results::default();
    check(&builder.finish(), &Settings::default(), &mut results);
    let [finding] = &results.findings[..] else {
        panic!("one finding is expected");
    };
    let words = |fix: &Fix| match fix {
        Fix::Command { what, command } => format!("{what} {command}\n"),
        Fix::Advice(advice) => format!("{advice}\n"),
        Fix::Patch { .. } => String::new(),
    };
    finding.fixes.iter().map(words).collect()
}

#[test]
fn the_place_to_change_follows_who_writes_it() {
    for (kind, metadata, place) in [
        (
            "Deployment",
            ", labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: shop}",
            "run helm upgrade",
        ),
        (
            "CronJob",
            ", annotations: {argocd.argoproj.io/tracking-id: 'shop:batch/CronJob:prod/api'}",
            "git repository of that Application",
        ),
        (
            "StatefulSet",
            ", labels: {kustomize.toolkit.fluxcd.io/name: shop}",
            "in git",
        ),
        (
            "Deployment",
            ", ownerReferences: [{apiVersion: x/v1, kind: Shop, name: s, uid: u, controller: true}]",
            "Shop",
        ),
        ("Pod", "", "the file the pod was created from"),
        ("Job", "", "or the CronJob"),
        ("ReplicaSet", "", "the file it was created from"),
        ("ReplicationController", "", "the file it was created from"),
    ] {
        let proposed = proposed(kind, metadata);
        assert!(proposed.contains(place), "{kind}{metadata}: {proposed}");
        assert!(!proposed.contains("secretsafe migrate"), "{proposed}");
    }
    for kind in ["Deployment", "StatefulSet", "DaemonSet", "CronJob"] {
        let command = format!(
            "kubectl secretsafe migrate {}/api -n prod",
            kind.to_lowercase()
        );
        assert!(proposed(kind, "").contains(&command));
    }
}

#[test]
fn texts_are_named_as_they_were_read() {
    let template = format!("{{template: {{spec: {POD}}}}}");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: prod}\n";
    for (read_from, expected) in [
        (
            ReadFrom::File,
            Some("kubectl secretsafe migrate -f 'my app.yaml' -f secret.yaml"),
        ),
        (ReadFrom::StandardInput, None),
        (
            ReadFrom::Kustomization("overlays/prod".to_owned()),
            Some("kubectl secretsafe migrate -k overlays/prod"),
        ),
    ] {
        let scope = Scope::Files(FileSet::Open);
        let mut builder = Builder::new(scope, "default", jiff::Timestamp::UNIX_EPOCH);
        let app = SourceText::new("my app.yaml", workload("Deployment", &template));
        builder.add_source(app, GitStatus::Outside, read_from);
        let secret = SourceText::new("secret.yaml", secret.to_owned());
        builder.add_file(secret, GitStatus::Outside);
        assert_eq!(told(&builder.finish()).as_deref(), expected);
    }
}

#[test]
fn what_is_mounted_is_read_where_it_is() {
    let mounted = |folders: &[(&str, &str)]| {
        let list = |each: &dyn Fn(&(&str, &str)) -> String| -> String {
            folders.iter().map(each).collect::<Vec<_>>().join(", ")
        };
        let env = list(&|(secret, _)| {
            format!(
                "{{name: {}_PW, valueFrom: {{secretKeyRef: {{name: {secret}, key: pw}}}}}}",
                secret.to_uppercase()
            )
        });
        let mounts = list(&|(secret, folder)| {
            format!("{{name: {secret}, mountPath: {folder}, readOnly: true}}")
        });
        let volumes =
            list(&|(secret, _)| format!("{{name: {secret}, secret: {{secretName: {secret}}}}}"));
        let template = format!(
            "{{template: {{spec: {{containers: [{{name: api, image: api:1, env: [{env}], \
             volumeMounts: [{mounts}]}}], volumes: [{volumes}]}}}}}}"
        );
        let mut builder = Builder::new(
            Scope::Files(FileSet::Open),
            "default",
            jiff::Timestamp::UNIX_EPOCH,
        );
        let app = SourceText::new("app.yaml", workload("Deployment", &template));
        builder.add_source(app, GitStatus::Outside, ReadFrom::File);
        told(&builder.finish())
    };
    let usual = "kubectl secretsafe migrate deployment/api -f app.yaml";
    for (folders, expected) in [
        (
            &[("db", "/etc/secrets/db/")][..],
            Some(" --remove-env --reads-files DB_PW"),
        ),
        (
            &[("db", "/srv/pw")],
            Some(" --mount-path /srv/pw --remove-env --reads-files DB_PW"),
        ),
        (
            &[("db", "/etc/secrets/db"), ("mq", "/etc/secrets/mq")],
            Some(" --remove-env --reads-files DB_PW,MQ_PW"),
        ),
        (
            &[("db", "/srv/db"), ("mq", "/srv/mq")],
            Some(" --mount-path '/srv/{secret}' --remove-env --reads-files DB_PW,MQ_PW"),
        ),
        // No one path stands for both.
        (&[("db", "/etc/secrets/db"), ("mq", "/srv/mq")], None),
        (&[("db", "/srv/one"), ("mq", "/srv/two")], None),
        // What the option would take otherwise.
        (&[("db", "'/srv/{key}'")], None),
    ] {
        let expected = expected.map(|rest| format!("{usual}{rest}"));
        assert_eq!(mounted(folders), expected, "{folders:?}");
    }
}

#[test]
fn no_command_removes_what_a_config_map_covers() {
    let map = |key: &str| {
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: prod}}\n\
             data: {{{key}: x}}\n"
        )
    };
    let template = "{template: {spec: {containers: [{name: api, image: api:1, \
                    envFrom: [{prefix: DB_, configMapRef: {name: settings}}], \
                    env: [{name: DB_PW, valueFrom: {secretKeyRef: {name: db, key: pw}}}], \
                    volumeMounts: [{name: db, mountPath: /etc/secrets/db}]}], \
                    volumes: [{name: db, secret: {secretName: db}}]}}}";
    for (key, has_command) in [("PW", false), ("DB_PW", true), ("USER", true)] {
        let text = workload("Deployment", template) + &map(key);
        let mut builder = Builder::new(
            Scope::Files(FileSet::Open),
            "default",
            jiff::Timestamp::UNIX_EPOCH,
        );
        let app = SourceText::new("app.yaml", text);
        builder.add_source(app, GitStatus::Outside, ReadFrom::File);
        let inventory = builder.finish();
        assert_eq!(told(&inventory).is_some(), has_command, "{key}");
        let mut results = Results::default();
        check(&inventory, &Settings::default(), &mut results);
        let told = format!("{:?}", results.findings[0].fixes);
        assert_eq!(
            told.contains("Remove DB_PW from ConfigMap settings first"),
            !has_command,
            "{told}"
        );
    }
}
