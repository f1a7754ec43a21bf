//! What images say, and what becomes of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::fake::{self, Fake};
use super::run::{ASKED, Run, deployment};
use super::server::{Access, Image, Listed, Types, Wire, digest, registry};
use super::{trial, with_registry};

pub fn trials() -> Vec<Trial> {
    vec![
        with_registry(
            "facts::the_user_of_an_image_proves_what_can_be_read",
            the_user_of_an_image_proves_what_can_be_read,
        ),
        with_registry(
            "facts::variables_go_where_the_image_proves_it_and_stay_where_it_does_not",
            variables_go_where_the_image_proves_it_and_stay_where_it_does_not,
        ),
        with_registry(
            "facts::what_the_pod_says_comes_first",
            what_the_pod_says_comes_first,
        ),
        with_registry(
            "facts::the_entrypoint_decides_whether_the_file_is_read",
            the_entrypoint_decides_whether_the_file_is_read,
        ),
        with_registry(
            "facts::the_platforms_of_the_pods_nodes_must_agree",
            the_platforms_of_the_pods_nodes_must_agree,
        ),
        with_registry(
            "facts::a_digest_is_asked_for_once_and_believed_only_as_it_is",
            a_digest_is_asked_for_once_and_believed_only_as_it_is,
        ),
        with_registry(
            "facts::what_is_not_known_has_one_outcome_and_changes_nothing",
            what_is_not_known_has_one_outcome_and_changes_nothing,
        ),
        trial(
            "facts::nothing_is_asked_unless_it_is_wanted",
            nothing_is_asked_unless_it_is_wanted,
        ),
    ]
}

const COMPLETE: &[&str] = &["--complete", "--reads-files", "all"];

fn the_user_of_an_image_proves_what_can_be_read() {
    let registry = registry(Access::Open, Wire::Plain);
    for types in [Types::Oci, Types::Docker] {
        for (tag, user, readable, said) in [
            ("empty", "", Some("known"), "starts as root"),
            ("root", "root", Some("known"), "starts as root"),
            ("zero", "0:0", Some("known"), "starts as root"),
            ("group", "1000:0", Some("known"), "uid 1000, gid 0"),
            ("uid", "1000", None, "runs as uid 1000 without fsGroup"),
            (
                "both",
                "1000:1000",
                None,
                "runs as uid 1000 without fsGroup",
            ),
            (
                "name",
                "app",
                Some("notProven"),
                "runs as user app, and its uid is only in the image's /etc/passwd",
            ),
            ("pair", "app:app", Some("notProven"), "as user app"),
        ] {
            registry.push("team/app", tag, &Image::of(user).typed(types));
            let run = Run::new();
            let image = registry.name(&format!("team/app:{tag}"));
            let plan = run.migrate(&image);
            assert_eq!(
                plan.readable().as_deref(),
                readable,
                "{tag}: {}",
                plan.all()
            );
            // A plan that is only shown is no failure, whatever it leaves out.
            assert_eq!(plan.status, 0, "{tag}");
            let text = run.object(&deployment(&image), ASKED);
            assert!(text.all().contains(said), "{tag}: {}", text.all());
            assert_eq!(text.status, plan.status, "{tag}");
            let before = run.object(&deployment(&image), &["-o", "json"]);
            assert_eq!(before.readable().as_deref(), Some("notProven"), "{tag}");
            assert_eq!(before.image(), Value::Null, "{tag}");
        }
    }
}

fn variables_go_where_the_image_proves_it_and_stay_where_it_does_not() {
    let registry = registry(Access::Open, Wire::Plain);
    registry.push("app", "root", &Image::of("0"));
    registry.push("app", "named", &Image::of("app"));
    for (tag, status, goes) in [("root", 0, true), ("named", 5, false)] {
        let run = Run::new();
        let object = deployment(&registry.name(&format!("app:{tag}")));
        let write = ["--write", "-y"];
        let outcome = run.object(&object, &[ASKED, COMPLETE, &write].concat());
        assert_eq!(outcome.status, status, "{}", outcome.all());
        let written = fs::read_to_string(run.path("api.json")).unwrap();
        assert_eq!(!written.contains("secretKeyRef"), goes, "{written}");
        assert!(written.contains("secretName"), "{written}");
    }
}

fn what_the_pod_says_comes_first() {
    let registry = registry(Access::Open, Wire::Plain);
    registry.push("app", "root", &Image::of("root"));
    let run = Run::new();
    let mut object = deployment(&registry.name("app:root"));
    object["spec"]["template"]["spec"]["securityContext"] = json!({"runAsNonRoot": true});
    let plan = run.object(&object, &[ASKED, &["-o", "json"]].concat());
    assert_eq!(plan.readable(), None, "{}", plan.all());
    // Who it is, is said: there is nothing to be asked.
    object["spec"]["template"]["spec"]["securityContext"] = json!({"runAsUser": 1000});
    object["spec"]["template"]["spec"]["containers"][0]["image"] = json!("127.0.0.1:1/app");
    let plan = run.object(&object, &[ASKED, &["-o", "json"]].concat());
    assert_eq!(plan.image(), Value::Null, "{}", plan.all());
    assert_eq!(plan.status, 0, "{}", plan.all());
}

fn the_entrypoint_decides_whether_the_file_is_read() {
    let registry = registry(Access::Open, Wire::Plain);
    let entrypoint = json!(["docker-entrypoint.sh"]);
    for (tag, entrypoint, cmd, fate) in [
        ("17.0", entrypoint.clone(), json!(["postgres"]), "replaced"),
        (
            "17.1",
            json!(["/usr/local/bin/docker-entrypoint.sh"]),
            json!(["postgres"]),
            "replaced",
        ),
        ("17.2", json!(["/init"]), json!(["postgres"]), "kept"),
        ("17.3", json!(null), json!(["postgres"]), "kept"),
        ("17.4", entrypoint.clone(), json!(["bash"]), "kept"),
        ("17.5", entrypoint, json!(null), "kept"),
    ] {
        let image = Image::of("").starting(entrypoint, cmd);
        registry.push("mirror/library/postgres", tag, &image);
        registry.push("postgres", tag, &image);
        let run = Run::new();
        let mut object = deployment(&registry.name(&format!("postgres:{tag}")));
        let env = &mut object["spec"]["template"]["spec"]["containers"][0]["env"][0];
        env["name"] = json!("POSTGRES_PASSWORD");
        let plan = run.object(&object, &[ASKED, &["-o", "json"]].concat());
        assert_eq!(
            plan.plan()["variables"][0]["fate"],
            fate,
            "{tag}: {}",
            plan.all()
        );
        // Nobody looked: the name alone is believed.
        let plan = run.object(&object, &["-o", "json"]);
        assert_eq!(plan.plan()["variables"][0]["fate"], "replaced", "{tag}");
    }
}

fn the_platforms_of_the_pods_nodes_must_agree() {
    let registry = registry(Access::Open, Wire::Plain);
    let on = |architecture: &str, user: &str| Image::of(user).for_architecture(architecture);
    for types in [Types::Oci, Types::Docker] {
        let all = |images: [Image; 2]| images.map(|image| image.typed(types));
        registry.push_index("app", "same", &all([on("amd64", "0"), on("arm64", "0")]));
        registry.push_index(
            "app",
            "other",
            &all([on("amd64", "0"), on("arm64", "1000:0")]),
        );
        // An entry of an index may leave its platform to the image itself.
        let untold = on("arm64", "1000:0").listed(Listed::WithoutPlatform);
        registry.push_index("app", "untold", &all([on("amd64", "0"), untold]));
        let run = Run::new();
        run.migrate(&registry.name("app:untold"))
            .is_not_known("platforms");
        let plan = run.migrate(&registry.name("app:same"));
        assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
        run.migrate(&registry.name("app:other"))
            .is_not_known("platforms");
        let each = ["other", "untold"].map(|tag| [(tag, "amd64", 0), (tag, "arm64", 1000)]);
        for (tag, architecture, uid) in each.into_iter().flatten() {
            let mut object = deployment(&registry.name(&format!("app:{tag}")));
            object["spec"]["template"]["spec"]["nodeSelector"] =
                json!({"kubernetes.io/arch": architecture});
            let plan = run.object(&object, &[ASKED, &["-o", "json"]].concat());
            assert_eq!(plan.image()["uid"], uid, "{}", plan.all());
        }
        let mut object = deployment(&registry.name("app:same"));
        object["spec"]["template"]["spec"]["nodeSelector"] = json!({"kubernetes.io/arch": "s390x"});
        let plan = run.object(&object, &[ASKED, &["-o", "json"]].concat());
        plan.is_not_known("architecture");
    }
}

fn a_digest_is_asked_for_once_and_believed_only_as_it_is() {
    let registry = registry(Access::Open, Wire::Plain);
    let one = Image::of("root");
    let pinned = registry.push("team/app", "1", &one);
    let two = [one.clone(), one.for_architecture("arm64")];
    let index = registry.push_index("team/app", "2", &two);
    let name = |rest: &str| registry.name(&format!("team/app{rest}"));
    let images = [name(&format!("@{pinned}")), name(&format!(":2@{index}"))];
    let run = Run::new();
    for image in &images {
        let plan = run.migrate(image);
        assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    }
    let kept = run.kept();
    assert!(!kept.is_empty());
    for file in &kept {
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(file.clone()), 0o600);
        assert_eq!(mode(file.parent().unwrap().to_owned()), 0o700);
        // What is in it is what it is called.
        let digest = digest(&fs::read(file).unwrap()).replace(':', "-");
        assert_eq!(file.file_name().unwrap().to_str(), Some(&digest[..]));
    }
    // Somebody makes root of somebody else: it is asked for anew.
    for file in &kept {
        let text = fs::read_to_string(file).unwrap();
        fs::write(file, text.replace("\"root\"", "\"1000\"") + " ").unwrap();
    }
    let plan = run.migrate(&images[0]);
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    let plan = run.migrate(&images[1]);
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    let tagged = name(":1");
    drop(registry);
    for image in &images {
        let plan = run.migrate(image);
        assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    }
    // Where a tag leads today, only the registry knows.
    run.migrate(&tagged).is_not_known("cannot be reached");
    // And what was tampered with is gone.
    for file in run.kept() {
        fs::write(file, "{}").unwrap();
    }
    run.migrate(&images[0]).is_not_known("cannot be reached");
}

fn what_is_not_known_has_one_outcome_and_changes_nothing() {
    let registry = registry(Access::Open, Wire::Plain);
    let image = registry.name("team/none:1");
    let object = deployment(&image);
    let run = Run::new();
    let before = object.to_string();
    for words in [
        &["-o", "json"][..],
        &["-o", "json", "--dry-run"],
        &["-o", "json", "--write", "-y"],
        &[
            "-o",
            "json",
            "--write",
            "-y",
            "--complete",
            "--reads-files",
            "all",
        ],
    ] {
        let plan = run.object(&object, &[ASKED, words].concat());
        plan.is_not_known("does not have it");
        assert_eq!(fs::read_to_string(run.path("api.json")).unwrap(), before);
    }
    for words in [&[][..], &["--exit-code"], &["--write", "-y"]] {
        let text = run.object(&object, &[ASKED, words].concat());
        assert_eq!(text.status, 3, "{}", text.all());
        let says = format!(
            "unknown: the user of image {image} (container api): its registry does not have it"
        );
        assert!(text.all().contains(&says), "{}", text.all());
        assert_eq!(fs::read_to_string(run.path("api.json")).unwrap(), before);
    }
    // One unknown image is one too many.
    registry.push("team/app", "1", &Image::of("0"));
    let mut other = deployment(&registry.name("team/app:1"));
    other["metadata"]["name"] = json!("other");
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [other, object]});
    let plan = run.object(&list, &[ASKED, &["-o", "json", "--write", "-y"]].concat());
    assert_eq!(plan.status, 3, "{}", plan.all());
    let plans = plan.json()["plans"].clone();
    let mut plans = plans.as_array().unwrap().iter();
    let known = plans.find(|plan| plan["name"] == "other").unwrap();
    assert_eq!(known["images"][0]["uid"], 0, "{}", plan.all());
    assert_eq!(
        fs::read_to_string(run.path("api.json")).unwrap(),
        list.to_string()
    );
    // No name of an image, and nothing that could become a request.
    for name in ["${IMAGE}", "registry.example/a b", "a/../b", "App"] {
        run.migrate(name).is_not_known("its name cannot be read");
    }
}

fn nothing_is_asked_unless_it_is_wanted() {
    let fake = Fake::start(|_| fake::status(404));
    let image = fake.name("team/app:1");
    let run = Run::new();
    for words in [
        &["-o", "json"][..],
        &["-o", "json", "--write", "-y"],
        &["--complete", "--reads-files", "all"],
    ] {
        run.object(&deployment(&image), words);
    }
    assert_eq!(fake.connections(), 0);
    // Nor where no Secret is a variable.
    let mut object = deployment(&image);
    let containers = &mut object["spec"]["template"]["spec"]["containers"];
    containers[0]["env"] = json!([{"name": "A", "value": "b"}]);
    let plan = run.object(&object, &[ASKED, &["-o", "json"]].concat());
    assert_eq!(plan.status, 0, "{}", plan.all());
    assert_eq!(fake.connections(), 0);
    // It would be seen.
    run.migrate(&image).is_not_known("does not have it");
    assert_ne!(fake.connections(), 0);
}
