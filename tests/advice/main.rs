//! `advise`: what was said and seen in, one level with reasons out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use jiff::{SignedDuration, Timestamp};
use kubectl_secretsafe::advising::{
    Advice, Answers, Evidence, Level, OfLevel, Place, Question, Rotation,
};
use kubectl_secretsafe::cli;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, ReadFrom, Scope};
use kubectl_secretsafe::manifest::SourceText;

fn answers() -> Answers {
    Answers::default()
}

fn days(days: i64) -> Option<Rotation> {
    Some(Rotation::Every(SignedDuration::from_hours(days * 24)))
}

fn advised(answers: &Answers) -> Advice {
    Advice::new(Evidence::new(answers, Vec::new(), 0))
}

/// Files that git tracks or not, as a place.
fn files(text: &str, git: GitStatus) -> Place {
    let now = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
    let mut builder = Builder::new(Scope::Files(FileSet::Complete), "shop", now);
    let source = SourceText::new("app.yaml".to_owned(), text.to_owned());
    builder.add_source(source, git, ReadFrom::File);
    Place::of(builder.finish(), None).0
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

#[test]
fn more_contexts_than_were_said_count() {
    let evidence = |said: Option<usize>, contexts: usize| {
        let answers = Answers {
            clusters: said,
            ..answers()
        };
        let fact = Evidence::new(&answers, Vec::new(), contexts).clusters;
        fact.map(|fact| fact.value)
    };
    assert_eq!(evidence(None, 0), None);
    // One that was looked at may be one of many.
    assert_eq!(evidence(None, 1), None);
    assert_eq!(evidence(None, 3), Some(3));
    assert_eq!(evidence(Some(1), 3), Some(3));
    assert_eq!(evidence(Some(5), 3), Some(5));
}

#[test]
fn files_that_git_tracks_are_kept_in_git() {
    let text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
    for (git, level) in [
        (GitStatus::Tracked, Level::Sealed),
        (GitStatus::Untracked, Level::Plain),
        (GitStatus::Outside, Level::Plain),
    ] {
        let advice = Advice::new(Evidence::new(&answers(), vec![files(text, git)], 0));
        assert_eq!(advice.level, level, "{git:?}");
    }
}

#[test]
fn what_is_in_use_decides_where_nothing_else_does() {
    let external = "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: db}, spec: {secretStoreRef: {name: s}, data: []}}";
    let sealed = "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: db}, spec: {encryptedData: {a: AQ}}}";
    for (text, level) in [(external, Level::External), (sealed, Level::Sealed)] {
        let place = files(text, GitStatus::Outside);
        let advice = Advice::new(Evidence::new(&answers(), vec![place], 0));
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
    let advice = Advice::new(Evidence::new(&answers(), vec![place], 0));
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
    let with = Advice::new(Evidence::new(&wish, vec![place], 0));
    let installs = |advice: &Advice| {
        let mut steps = advice.steps.iter();
        steps.any(|step| step.words.starts_with("Install"))
    };
    assert!(!installs(&with));
    assert!(installs(&advised(&wish)));
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
