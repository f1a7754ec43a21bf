use super::*;
use crate::workload::image_facts::Knowledge;
use crate::workload::{ContainerClass, Located, RunAs, Site};

fn text(value: &str) -> Located<String> {
    Located {
        value: value.to_owned(),
        site: Site::default(),
    }
}

fn container(image: &str, command: &[&str], args: &[&str]) -> Container {
    let words = |words: &[&str]| words.iter().map(|word| text(word)).collect();
    Container {
        class: ContainerClass::Main,
        site: Site::default(),
        name: "main".to_owned(),
        image: Some(text(image)),
        env: Vec::new(),
        env_from: Vec::new(),
        mounts: Vec::new(),
        device_paths: Vec::new(),
        command: words(command),
        args: words(args),
        probes: Vec::new(),
        hooks: Vec::new(),
        run_as: RunAs::default(),
        working_dir: None,
    }
}

fn decide(container: &Container, variable: &str) -> Option<Option<String>> {
    let known = Conventions::default();
    match known.decide(container, variable, &ImageFacts::default()) {
        Decision::NotKnown => None,
        Decision::Reads(_) => Some(None),
        Decision::Unsure(_, doubt) => Some(Some(format!("{doubt:?}"))),
    }
}

fn sure() -> Option<Option<String>> {
    Some(None)
}

fn unsure(doubt: &str) -> Option<Option<String>> {
    Some(Some(doubt.to_owned()))
}

/// Invariant 14.
#[test]
fn images_are_known_by_their_repository_and_version() {
    let by_image = |image: &str| decide(&container(image, &[], &[]), "POSTGRES_PASSWORD");
    for image in [
        "postgres:17",
        "postgres:17-alpine",
        "docker.io/library/postgres:16.3@sha256:ab",
        "mirror.example.org:5000/library/postgres:12.2",
    ] {
        assert_eq!(by_image(image), sure(), "{image}");
    }
    for image in [
        "postgres",
        "postgres:latest",
        "postgres:alpine",
        "postgres@sha256:ab",
    ] {
        assert_eq!(by_image(image), unsure("NoVersion"), "{image}");
    }
    assert_eq!(by_image("postgres:9.6.1"), unsure("Old"));
    assert_eq!(by_image("example/postgres-backup:1"), None);
    assert_eq!(
        decide(&container("postgres:17", &[], &[]), "PGPASSWORD"),
        None
    );
    let maria = |image: &str| decide(&container(image, &[], &[]), "MARIADB_ROOT_PASSWORD");
    assert_eq!(maria("mariadb:11.4"), sure());
    assert_eq!(maria("mariadb:11.4-ubi"), unsure("Variant"));
    assert_eq!(
        maria("mariadb:10.4.12"),
        unsure("Old"),
        "that name came later"
    );
    let friendica = decide(&container("friendica:2024.08", &[], &[]), "MYSQL_PASSWORD");
    assert!(friendica.unwrap().unwrap().starts_with("Only("));
}

/// Invariant 14.
#[test]
fn only_the_entrypoint_of_the_image_reads() {
    for (image, variable, command, args, expected) in [
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &[][..],
            &["-c", "ssl=on"][..],
            sure(),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &[],
            &["postgres", "-c", "x=y"],
            sure(),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &["docker-entrypoint.sh"],
            &["postgres"],
            sure(),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &["/usr/local/bin/docker-entrypoint.sh", "-c", "x=y"],
            &[],
            sure(),
        ),
        // Kubernetes leaves out the image's CMD where there is a command.
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &["docker-entrypoint.sh"],
            &[],
            unsure("Arguments"),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &["/scripts/start.sh"],
            &[],
            unsure("Command"),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &["postgres"],
            &[],
            unsure("Command"),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &[],
            &["bash", "-c", "pg_dump"],
            unsure("Arguments"),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &[],
            &["pg_dumpall"],
            unsure("Arguments"),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &[],
            &["--version"],
            unsure("Arguments"),
        ),
        (
            "postgres:17",
            "POSTGRES_PASSWORD",
            &[],
            &["$(PROGRAM)"],
            unsure("Arguments"),
        ),
        (
            "mysql:8",
            "MYSQL_ROOT_PASSWORD",
            &["python3", "/opt/dump.py"],
            &[],
            unsure("Command"),
        ),
        (
            "mysql:8",
            "MYSQL_ROOT_PASSWORD",
            &[],
            &["--max-connections=9"],
            sure(),
        ),
        (
            "mysql:8",
            "MYSQL_ROOT_PASSWORD",
            &[],
            &["mysqldump", "--all"],
            unsure("Arguments"),
        ),
        (
            "redmine:6",
            "REDMINE_DB_PASSWORD",
            &[],
            &["rails", "server"],
            sure(),
        ),
        (
            "redmine:6",
            "REDMINE_DB_PASSWORD",
            &[],
            &["-b", "0.0.0.0"],
            unsure("Arguments"),
        ),
        (
            "grafana/grafana:11.2.0",
            "GF_SECURITY_ADMIN_PASSWORD",
            &[],
            &["--config=/x"],
            sure(),
        ),
        ("grafana/grafana:11.2.0", "GRAFANA_PASSWORD", &[], &[], None),
        (
            "grafana/grafana:11.2.0-distroless",
            "GF_DATABASE_PASSWORD",
            &[],
            &[],
            unsure("Variant"),
        ),
    ] {
        let container = container(image, command, args);
        assert_eq!(
            decide(&container, variable),
            expected,
            "{image} {command:?} {args:?}"
        );
    }
}

#[test]
fn the_registry_knows_better_which_entrypoint_an_image_has() {
    let known = Conventions::default();
    let facts = |words: &[&str]| ImageFacts {
        user: ImageUser::Unknown,
        entrypoint: Some(words.iter().map(|word| (*word).to_owned()).collect()),
        cmd: None,
        said_by: Knowledge::Registry {
            images: vec!["mirror.example.org/postgres:17@sha256:ab".to_owned()],
        },
    };
    let own = container("mirror.example.org/postgres:17", &[], &[]);
    for (words, sure) in [
        (&["docker-entrypoint.sh"][..], true),
        (&["/usr/local/bin/docker-entrypoint.sh"], true),
        (&["/init"], false),
        (&["tini", "--", "docker-entrypoint.sh"], false),
        (&[], false),
    ] {
        let decision = known
            .decide(&own, "POSTGRES_PASSWORD", &facts(words))
            .certain();
        assert_eq!(decision.is_some(), sure, "{words:?}");
    }
}

#[test]
fn the_registry_knows_what_an_image_gives_its_entrypoint() {
    let known = Conventions::default();
    let facts = |words: &[&str]| ImageFacts {
        entrypoint: Some(vec!["docker-entrypoint.sh".to_owned()]),
        cmd: Some(words.iter().map(|word| (*word).to_owned()).collect()),
        ..ImageFacts::default()
    };
    let doubt = |args: &[&str], words: &[&str]| {
        let own = container("mirror.example.org/postgres:17", &[], args);
        match known.decide(&own, "POSTGRES_PASSWORD", &facts(words)) {
            Decision::Unsure(_, doubt) => Some(doubt),
            _ => None,
        }
    };
    for words in [
        &["postgres"][..],
        &["postgres", "-c", "fsync=off"],
        &["-c", "a=b"],
    ] {
        assert_eq!(doubt(&[], words), None, "{words:?}");
    }
    for words in [
        &[][..],
        &["bash"],
        &["postgres", "--version"],
        &["/usr/bin/postgres"],
    ] {
        assert_eq!(doubt(&[], words), Some(Doubt::Cmd), "{words:?}");
        // It does not count then.
        assert_eq!(doubt(&["postgres"], words), None, "{words:?}");
    }
    let named = ImageFacts {
        user: ImageUser::Named("grafana".to_owned()),
        ..ImageFacts::default()
    };
    let user = |image: &str| known.user(&container(image, &[], &[]), &named);
    assert_eq!(user("example/app:1"), named.user);
    let ids = ImageUser::Ids {
        uid: 472,
        gid: Some(0),
    };
    assert_eq!(user("grafana/grafana:11.0"), ids);
}

fn process(user: User) -> Process {
    Process {
        user,
        group: None,
        groups: Vec::new(),
    }
}

/// Invariant 24.
#[test]
fn files_are_read_as_whom_the_entrypoint_is_by_then() {
    let known = Conventions::default();
    let facts = ImageFacts::default();
    let reads = |image: &str, variable: &str| {
        let container = container(image, &[], &[]);
        known
            .decide(&container, variable, &facts)
            .certain()
            .unwrap()
    };
    let postgres = reads("postgres:17", "POSTGRES_PASSWORD");
    let mongo = reads("mongo:7", "MONGO_INITDB_ROOT_PASSWORD");
    let redmine = reads("redmine:6", "REDMINE_DB_PASSWORD");
    let grafana = reads("grafana/grafana:11.2.0", "GF_DATABASE_PASSWORD");
    use Readable::{No, Unknown, Yes};
    for (name, reads, user, mode, fs_group, expected) in [
        ("as root", postgres, User::Unknown, 0o400, None, Yes),
        ("as root", postgres, User::Uid(0), 0o400, None, Yes),
        ("as its own user", postgres, User::Uid(999), 0o400, None, No),
        (
            "as its own user",
            postgres,
            User::Uid(999),
            0o440,
            Some(999),
            Yes,
        ),
        ("not as root", postgres, User::NotRoot, 0o400, None, No),
        ("drops first", mongo, User::Unknown, 0o400, None, No),
        ("drops first", mongo, User::Uid(0), 0o400, None, No),
        ("drops first", mongo, User::Unknown, 0o444, None, Yes),
        // gosu gives it the groups of its own, 999 among them.
        (
            "fsGroup is lost",
            mongo,
            User::Unknown,
            0o440,
            Some(2000),
            No,
        ),
        ("its own group", mongo, User::Unknown, 0o440, Some(999), Yes),
        ("no drop", mongo, User::Uid(999), 0o440, Some(2000), Yes),
        (
            "a group that is not known",
            redmine,
            User::Unknown,
            0o440,
            Some(999),
            Unknown,
        ),
        (
            "a group that is not known",
            redmine,
            User::Unknown,
            0o400,
            None,
            No,
        ),
        ("root's group", grafana, User::Unknown, 0o440, None, Yes),
        ("root's group", grafana, User::Unknown, 0o400, None, No),
    ] {
        let found = reads.readable(mode, Owner::ROOT, &process(user), fs_group);
        assert_eq!(found, expected, "{name}: {user:?} {mode:o} {fs_group:?}");
    }
}

#[test]
fn variables_have_companions() {
    assert_eq!(companion_of("A__FILE"), Some("A"));
    assert_eq!(companion_of("A_FILE"), Some("A"));
    assert_eq!(companion_of("FILE__A"), Some("A"));
    assert_eq!(companion_of("PROFILE"), None);
}

fn own(image: &str) -> OwnConvention {
    OwnConvention {
        image: image.to_owned(),
        variables: vec!["DB_PASSWORD".to_owned()],
        form: Form::Prefix,
        since: Vec::new(),
        commands: Vec::new(),
        arguments: Vec::new(),
        user: ImageUser::Unknown,
        reader: Reader::AtStart,
        source: "the team's handbook".to_owned(),
    }
}

/// Invariant 14.
#[test]
fn a_user_adds_images() {
    for (image, of_pod, known) in [
        (
            "registry.example/team/app",
            "registry.example/team/app:1",
            true,
        ),
        (
            "registry.example/team/app",
            "mirror.example/team/app:1",
            false,
        ),
        (
            "registry.example/team/app",
            "registry.example/team/app2",
            false,
        ),
        ("localhost/app", "localhost/app@sha256:ab", true),
        ("team/app", "mirror.example/team/app:1", true),
        ("team/app", "app:1", false),
        ("docker.io/team/app", "team/app:1", true),
        ("docker.io/team/app", "mirror.example/team/app:1", false),
    ] {
        let all = Conventions {
            own: vec![own(image)],
        };
        let facts = ImageFacts::default();
        let container = container(of_pod, &[], &[]);
        let found = all.decide(&container, "DB_PASSWORD", &facts).certain();
        let form = found.map(|reads| reads.form);
        assert_eq!(form, known.then_some(Form::Prefix), "{image} {of_pod}");
        assert_eq!(all.decide(&container, "OTHER", &facts), Decision::NotKnown);
    }
}

#[test]
fn a_user_says_with_which_words_and_from_which_version_on() {
    let all = Conventions {
        own: vec![OwnConvention {
            since: vec![2, 1],
            commands: vec!["/app/start".to_owned()],
            arguments: vec!["serve".to_owned()],
            user: ImageUser::ROOT,
            reader: Reader::NotKnown,
            ..own("team/app")
        }],
    };
    let doubt = |image: &str, command: &[&str], args: &[&str]| {
        let container = container(image, command, args);
        match all.decide(&container, "DB_PASSWORD", &ImageFacts::default()) {
            Decision::Unsure(_, doubt) => Some(doubt),
            _ => None,
        }
    };
    assert_eq!(doubt("team/app:2.1", &[], &[]), None);
    assert_eq!(
        doubt("team/app:3", &["/app/start"], &["serve", "--all"]),
        None
    );
    assert_eq!(
        doubt("team/app:2.1", &["/bin/sh"], &[]),
        Some(Doubt::Command)
    );
    assert_eq!(
        doubt("team/app:2.1", &[], &["migrate"]),
        Some(Doubt::Arguments)
    );
    assert_eq!(doubt("team/app:2.0.9", &[], &[]), Some(Doubt::Old));
    assert_eq!(doubt("team/app", &[], &[]), Some(Doubt::NoVersion));
}

#[test]
fn every_listed_image_is_told_with_its_source() {
    for known in CONVENTIONS {
        assert!(known.source.len() > 20, "{:?}", known.repositories);
        assert!(!known.variables.is_empty() && !known.since.is_empty());
        assert!(!known.entrypoint.contains('/'));
    }
}
