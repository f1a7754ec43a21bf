//! `advise`: what was said and seen in, one level with reasons out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use jiff::{SignedDuration, Timestamp};
use kubectl_secretsafe::advising::{
    Advice, Answers, Evidence, Level, OfLevel, Place, Question, Rotation,
};
use kubectl_secretsafe::cli;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, ReadFrom, Scope};
use kubectl_secretsafe::manifest::{SourceText, parse};

fn answers() -> Answers {
    Answers::default()
}

fn days(days: i64) -> Option<Rotation> {
    Some(Rotation::Every(SignedDuration::from_hours(days * 24)))
}

fn advised(answers: &Answers) -> Advice {
    Advice::new(Evidence::new(answers, Vec::new()))
}

/// Files that git tracks or not, as a place.
fn files(text: &str, git: GitStatus) -> Place {
    let now = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
    let mut builder = Builder::new(Scope::Files(FileSet::Complete), "shop", now);
    let source = SourceText::new("app.yaml".to_owned(), text.to_owned());
    builder.add_source(source, git, ReadFrom::File);
    Place::of(builder.finish(), None, None).0
}

fn of(advice: &Advice, level: Level) -> &OfLevel {
    advice.levels.iter().find(|of| of.level == level).unwrap()
}

#[test]
fn the_three_scenarios_have_the_three_levels() {
    let local = advised(&Answers {
        clusters: Some(1),
        ..answers()
    });
    assert_eq!(local.level, Level::Plain);
    let gitops = advised(&Answers {
        clusters: Some(1),
        gitops: Some(true),
        ..answers()
    });
    assert_eq!(gitops.level, Level::Sealed);
    let fleet = advised(&Answers {
        clusters: Some(5),
        gitops: Some(true),
        rotation: days(90),
        audit: Some(true),
        ..answers()
    });
    assert_eq!(fleet.level, Level::External);
}

/// The lesson's question: what is recommended, and why the others fall short.
#[test]
fn ninety_days_an_audit_trail_and_five_clusters_say_why_the_others_fall_short() {
    let advice = advised(&Answers {
        clusters: Some(5),
        rotation: days(90),
        audit: Some(true),
        ..answers()
    });
    assert_eq!(advice.level, Level::External);
    for word in ["90d", "record", "5 clusters"] {
        assert!(advice.because.contains(word), "{}", advice.because);
    }
    for level in [Level::Plain, Level::Sealed] {
        let against = &of(&advice, level).reasons_against;
        for evidence in ["--clusters 5", "--rotate-every 90d", "--audit"] {
            assert!(
                against.iter().any(|reason| reason.evidence == evidence),
                "{level:?} {evidence}: {against:#?}"
            );
        }
    }
    let reasons = &of(&advice, Level::External).reasons_for;
    assert!(reasons.len() >= 3, "{reasons:#?}");
}

#[test]
fn every_reason_names_its_evidence_and_every_other_level_has_one_against_it() {
    let choices = [None, Some(false), Some(true)];
    for clusters in [None, Some(1), Some(3)] {
        for gitops in choices {
            for rotation in [None, Some(Rotation::Never), days(30)] {
                for audit in choices {
                    for compliance in choices {
                        for offline in choices {
                            let answers = Answers {
                                clusters,
                                gitops,
                                rotation,
                                audit,
                                compliance,
                                offline,
                            };
                            let advice = advised(&answers);
                            check(&advice, &answers);
                        }
                    }
                }
            }
        }
    }
}

fn check(advice: &Advice, answers: &Answers) {
    assert_eq!(advice.levels.len(), 3);
    for of in &advice.levels {
        let all = of.reasons_for.iter().chain(&of.reasons_against);
        for reason in all.chain(&advice.always) {
            assert!(!reason.evidence.is_empty(), "{answers:?} {reason:?}");
            assert!(reason.text.ends_with('.'), "{reason:?}");
        }
        assert!(!of.cost.is_empty());
        assert!(
            of.level != advice.level || !of.reasons_for.is_empty(),
            "{answers:?} {of:?}"
        );
        assert!(
            of.level == advice.level || !of.reasons_against.is_empty(),
            "{answers:?} {of:?}"
        );
    }
    // What is not answered is said to be open, and nothing else.
    assert_eq!(
        advice.open.len(),
        Question::ALL
            .into_iter()
            .filter(|question| advice.evidence.fact(*question).is_none())
            .count()
    );
    let asks = answers.clusters.is_some_and(|clusters| clusters > 1)
        || answers.audit == Some(true)
        || answers.compliance == Some(true);
    assert!(!asks || advice.level == Level::External, "{answers:?}");
    let nothing = !asks
        && answers.gitops != Some(true)
        && !matches!(answers.rotation, Some(Rotation::Every(_)));
    assert!(!nothing || advice.level == Level::Plain, "{answers:?}");
    // What was asked for is told, whatever comes of it.
    if let Some(Rotation::Every(_)) = answers.rotation {
        assert!(
            advice.because.contains("30d"),
            "{answers:?}: {}",
            advice.because
        );
    }
}

#[test]
fn what_is_not_known_says_what_it_would_change() {
    let advice = advised(&Answers {
        clusters: Some(1),
        ..answers()
    });
    let would = |question: Question| {
        let open = advice.open.iter().find(|open| open.question == question);
        open.unwrap().would_be
    };
    assert_eq!(would(Question::Gitops), Some(Level::Sealed));
    assert_eq!(would(Question::Audit), Some(Level::External));
    assert_eq!(would(Question::Offline), None);
    assert!(
        advice
            .always
            .iter()
            .any(|reason| reason.text.contains("cannot be seen through the API")),
        "{:#?}",
        advice.always
    );
}

#[test]
fn a_schedule_alone_is_kept_by_hand_where_no_store_is_reached() {
    let wish = Answers {
        clusters: Some(1),
        gitops: Some(true),
        rotation: days(90),
        offline: Some(true),
        ..answers()
    };
    let advice = advised(&wish);
    assert_eq!(advice.level, Level::Sealed, "{}", advice.because);
    let reached = advised(&Answers {
        offline: Some(false),
        ..wish.clone()
    });
    assert_eq!(reached.level, Level::External);
    let audited = advised(&Answers {
        audit: Some(true),
        ..wish
    });
    assert_eq!(audited.level, Level::External);
    assert!(
        audited.because.contains("run yourselves"),
        "{}",
        audited.because
    );
}

/// A cluster, or one namespace of it.
fn cluster(name: &str, namespace: Option<&str>, text: &str) -> Place {
    let scope = Scope::Cluster {
        name: name.to_owned(),
        minor: Some(36),
    };
    let now = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
    let mut builder = Builder::new(scope, "shop", now);
    let source = SourceText::new("snapshot.yaml".to_owned(), text.to_owned());
    for document in parse(&source).documents {
        builder.add_live(document.root);
    }
    Place::of(builder.finish(), namespace.map(str::to_owned), None).0
}

fn secret(name: &str, uid: &str, keys: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Secret, metadata: {{name: {name}, namespace: shop, uid: {uid}}}, type: Opaque, data: {{{keys}}}}}\n---\n"
    )
}

/// Two contexts are no two clusters with the same values, and whoever answers knows better.
#[test]
fn what_clusters_have_in_common_shows_how_many_need_it() {
    let clusters = |said: Option<usize>, texts: &[String]| {
        let answers = Answers {
            clusters: said,
            ..answers()
        };
        let places = texts.iter().enumerate();
        let places = places.map(|(number, text)| cluster(&format!("c{number}"), None, text));
        let fact = Evidence::new(&answers, places.collect()).clusters;
        fact.map(|fact| (fact.value, fact.by))
    };
    let db = |uid: &str| secret("db", uid, "password: ''");
    let values = |found: Option<(usize, String)>| found.map(|(value, _)| value);
    assert_eq!(values(clusters(None, &[])), None);
    assert_eq!(values(clusters(None, &[db("a")])), None);
    // Another name, other keys, and one object through two contexts.
    let other = secret("web", "b", "password: ''");
    assert_eq!(values(clusters(None, &[db("a"), other])), None);
    let more = secret("db", "b", "password: '', user: ''");
    assert_eq!(values(clusters(None, &[db("a"), more])), None);
    assert_eq!(values(clusters(None, &[db("a"), db("a")])), None);
    // What every cluster has of its own.
    let own = db("b").replace("namespace: shop", "namespace: kube-system");
    assert_eq!(
        values(clusters(None, &[own.replace("uid: b", "uid: a"), own])),
        None
    );
    let (value, by) = clusters(None, &[db("a"), db("b"), db("b")]).unwrap();
    assert_eq!(value, 2);
    assert!(
        by.contains("secret/db in shop") && by.contains("not compared"),
        "{by}"
    );
    assert_eq!(values(clusters(Some(1), &[db("a"), db("b")])), Some(1));
    assert_eq!(values(clusters(Some(5), &[db("a"), db("b")])), Some(5));
}

/// What is said of a cluster is what was looked at.
#[test]
fn one_namespace_is_not_the_cluster() {
    let wish = Answers {
        clusters: Some(1),
        ..answers()
    };
    let text = secret("db", "a", "password: ''");
    let place = cluster("prod", Some("shop"), &text);
    let advice = Advice::new(Evidence::new(&wish, vec![place]));
    let reasons = advice.levels.iter().flat_map(|of| &of.reasons_for);
    let all: Vec<_> = reasons.chain(&advice.always).collect();
    assert!(
        all.iter().any(|reason| reason
            .evidence
            .contains("in namespace shop in cluster prod")),
        "{all:#?}"
    );
    let served = advice.levels.iter().flat_map(|of| &of.reasons_for);
    for reason in served.filter(|reason| reason.text.contains("kinds are installed")) {
        assert!(reason.text.contains("outside namespace shop"), "{reason:?}");
    }
    let commands: Vec<_> = advice
        .steps
        .iter()
        .filter_map(|step| step.command.as_ref())
        .map(ToString::to_string)
        .collect();
    assert!(
        commands.iter().all(|command| command.contains("-n shop")),
        "{commands:?}"
    );
    assert!(commands.iter().any(|command| command.contains(" audit ")));
}

/// Each cluster is one of its own.
#[test]
fn clusters_are_not_mixed_up() {
    let controller = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: eso, namespace: eso}, spec: {template: {spec: \
        {containers: [{name: c, image: 'ghcr.io/external-secrets/external-secrets:v0.20.4'}]}}}}\n---\n";
    let store = |name: &str, ready: &str| {
        format!(
            "{{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {{name: {name}}}, \
             status: {{conditions: [{{type: Ready, status: '{ready}'}}]}}}}\n---\n"
        )
    };
    let wish = Answers {
        audit: Some(true),
        ..answers()
    };
    let broken = store("broken", "False") + &secret("one", "a", "k: ''") + controller;
    let works = store("works", "True") + &secret("two", "b", "k: ''");
    let places = vec![cluster("a", None, &broken), cluster("b", None, &works)];
    let advice = Advice::new(Evidence::new(&wish, places));
    let steps: Vec<_> = advice
        .steps
        .iter()
        .map(|step| {
            format!(
                "{} {}",
                step.words,
                step.command
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default()
            )
        })
        .collect();
    assert!(
        steps[0].starts_with("Install the operator in cluster b"),
        "{steps:#?}"
    );
    let adoption = steps.iter().find(|step| step.contains("--adopt")).unwrap();
    assert!(
        adoption.contains("secret/two") && adoption.contains("--store works"),
        "{adoption}"
    );
    let against = &of(&advice, Level::External).reasons_against;
    assert!(
        against
            .iter()
            .any(|reason| reason.evidence.contains("clustersecretstore/broken")),
        "{against:#?}"
    );
    let unknown = advice
        .always
        .iter()
        .filter(|reason| reason.text.contains("is unknown"));
    assert_eq!(unknown.count(), 2);
}

/// A manifest is no installation, whatever its status says.
#[test]
fn files_prove_nothing_of_a_cluster() {
    let text = "{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: mine}, \
        status: {conditions: [{type: Ready, status: 'True'}]}}\n---\n\
        {apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {}, spec: {}}\n---\n\
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: eso}, spec: {template: {spec: \
        {containers: [{name: c, image: 'ghcr.io/external-secrets/external-secrets:v0.20.4'}]}}}}";
    let wish = Answers {
        audit: Some(true),
        ..answers()
    };
    let advice = Advice::new(Evidence::new(&wish, vec![files(text, GitStatus::Outside)]));
    let said = format!("{:#?}{:#?}", of(&advice, Level::External), advice.because);
    for word in ["is connected", "installed already", "in use"] {
        assert!(!said.contains(word), "{word}: {said}");
    }
    assert!(said.contains("among the manifests"), "{said}");
    assert!(advice.steps[0].words.starts_with("Install the operator"));
    let commands = advice.steps.iter().filter_map(|step| step.command.as_ref());
    let commands: Vec<_> = commands.map(ToString::to_string).collect();
    assert!(
        commands
            .iter()
            .all(|command| command.contains("--store mine")),
        "{commands:?}"
    );
}

#[test]
fn a_cluster_without_a_way_out_is_not_sent_to_a_cloud() {
    let advice = advised(&Answers {
        audit: Some(true),
        offline: Some(true),
        ..answers()
    });
    let steps = format!("{:#?}", advice.steps);
    for cloud in ["aws", "gcp", "azure", "1password"] {
        assert!(!steps.contains(cloud), "{steps}");
    }
    // One that has a store needs none outside.
    let works = "{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: s}, \
        status: {conditions: [{type: Ready, status: 'True'}]}}";
    let wish = Answers {
        clusters: Some(1),
        rotation: days(90),
        offline: Some(true),
        ..answers()
    };
    assert_eq!(advised(&wish).level, Level::Plain);
    let with = Advice::new(Evidence::new(&wish, vec![cluster("c", None, works)]));
    assert_eq!(with.level, Level::External);
}

/// Old values are told also where nobody has said how often they have to change.
#[test]
fn ages_are_told() {
    let old = "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop, uid: a, creationTimestamp: '2020-01-01T00:00:00Z', \
        managedFields: [{manager: kubectl, operation: Update, apiVersion: v1, time: '2020-01-01T00:00:00Z', fieldsType: FieldsV1, \
        fieldsV1: {'f:data': {'.': {}, 'f:k': {}}}}]}, type: Opaque, data: {k: ''}}\n---\n";
    let advice = Advice::new(Evidence::new(&answers(), vec![cluster("c", None, old)]));
    let found = advice
        .always
        .iter()
        .find(|reason| reason.evidence.contains("older than 365d"));
    assert!(found.is_some(), "{:#?}", advice.always);
}

#[test]
fn files_that_git_tracks_are_kept_in_git() {
    let text = "{apiVersion: v1, kind: Secret, metadata: {name: a}}";
    for (git, level) in [
        (GitStatus::Tracked, Level::Sealed),
        (GitStatus::Untracked, Level::Plain),
        (GitStatus::Outside, Level::Plain),
    ] {
        let advice = Advice::new(Evidence::new(&answers(), vec![files(text, git)]));
        assert_eq!(advice.level, level, "{git:?}");
    }
}

#[test]
fn what_is_in_use_decides_where_nothing_else_does() {
    let external = "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: db}, spec: {secretStoreRef: {name: s}, data: []}}";
    let sealed = "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: db}, spec: {encryptedData: {a: AQ}}}";
    for (text, level) in [(external, Level::External), (sealed, Level::Sealed)] {
        let place = files(text, GitStatus::Outside);
        let advice = Advice::new(Evidence::new(&answers(), vec![place]));
        assert_eq!(advice.level, level);
        let reasons = &of(&advice, level).reasons_for;
        assert!(
            reasons
                .iter()
                .any(|reason| reason.evidence.contains("in the files")),
            "{reasons:#?}"
        );
    }
}

#[test]
fn who_has_external_secrets_is_not_sent_back_by_git() {
    let text = "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: db}, spec: {secretStoreRef: {name: s}, data: []}}";
    let place = files(text, GitStatus::Tracked);
    let advice = Advice::new(Evidence::new(&answers(), vec![place]));
    assert_eq!(advice.level, Level::External);
}

#[test]
fn a_controller_is_known_by_its_image() {
    let text = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: c, namespace: kube-system}, spec: {template: {spec: \
        {containers: [{name: c, image: 'docker.io/bitnami/sealed-secrets-controller:0.40.0'}]}}}}";
    let place = files(text, GitStatus::Outside);
    assert_eq!(
        place.sealed_controller.as_deref(),
        Some("deployment/c in kube-system")
    );
    assert_eq!(place.external_controller, None);
    let wish = Answers {
        gitops: Some(true),
        ..answers()
    };
    let with = Advice::new(Evidence::new(&wish, vec![cluster("c", None, text)]));
    let installs = |advice: &Advice| {
        let mut steps = advice.steps.iter();
        steps.any(|step| step.words.starts_with("Install"))
    };
    assert!(!installs(&with));
    assert!(installs(&advised(&wish)));
    assert!(installs(&Advice::new(Evidence::new(&wish, vec![place]))));
}

const WITHOUT_A_SECRET: &str = "
{apiVersion: v1, kind: Secret, metadata: {name: inside}, type: kubernetes.io/tls, data: {tls.crt: '', tls.key: ''}}
---
{apiVersion: v1, kind: Secret, metadata: {name: outside}, type: kubernetes.io/tls, data: {tls.crt: '', tls.key: ''}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: ''}}
---
{apiVersion: v1, kind: Secret, metadata: {name: other-pull}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: ''}}
---
{apiVersion: v1, kind: Secret, metadata: {name: cloud}, stringData: {AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', password: ''}}
---
{apiVersion: v1, kind: Secret, metadata: {name: forgotten}, stringData: {password: ''}}
---
{apiVersion: v1, kind: Secret, metadata: {name: token, annotations: {kubernetes.io/service-account.name: x}}, type: kubernetes.io/service-account-token}
---
{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {imagePullSecrets: [{name: pull}], containers: [{name: a, image: x,
  envFrom: [{secretRef: {name: cloud}}], volumeMounts: [{name: v, mountPath: /v}, {name: w, mountPath: /w}]}],
  volumes: [{name: v, secret: {secretName: inside}}, {name: w, secret: {secretName: outside}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {tls: [{secretName: outside}]}}
";

#[test]
fn what_needs_no_secret_is_named() {
    let place = files(WITHOUT_A_SECRET, GitStatus::Outside);
    let found: Vec<(&str, Vec<&str>)> = place
        .avoidable
        .iter()
        .map(|avoidable| {
            let secrets = avoidable.secrets.iter().map(String::as_str);
            (avoidable.id, secrets.collect())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("podCertificate", vec!["secret/inside in shop"]),
            ("imagePull", vec!["secret/pull in shop"]),
            (
                "awsKey",
                vec!["secret/cloud in shop (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"]
            ),
            ("serviceAccountToken", vec!["secret/token in shop"]),
            ("unused", vec!["secret/forgotten in shop"]),
        ]
    );
    let unless = |id: &str| {
        let found = place.avoidable.iter().find(|one| one.id == id);
        found.and_then(|one| one.unless.clone()).unwrap_or_default()
    };
    assert!(unless("podCertificate").contains("the version was not seen"));
    assert!(unless("imagePull").contains("cannot be seen through the API"));
}

#[test]
fn every_step_is_a_command_that_is_understood() {
    let wishes = [
        Answers {
            clusters: Some(1),
            ..answers()
        },
        Answers {
            gitops: Some(true),
            ..answers()
        },
        Answers {
            audit: Some(true),
            ..answers()
        },
    ];
    for wish in wishes {
        let advice = advised(&wish);
        let commands: Vec<_> = advice
            .steps
            .iter()
            .filter_map(|step| step.command.as_ref())
            .collect();
        assert!(commands.len() >= 2, "{wish:?}");
        for command in commands {
            let text = command.to_string();
            let words = text.strip_prefix("kubectl secretsafe ").unwrap();
            let words = words.replace('\'', "");
            let words = words.split(' ').map(std::ffi::OsString::from);
            if let Err(cli::Ending::Error(error)) = cli::parse("kubectl secretsafe", words) {
                panic!("{text}: {}", error.message());
            }
        }
    }
}
