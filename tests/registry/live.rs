//! Workloads of a cluster: what their templates name, and what their pods run.

use libtest_mimic::Trial;
use serde_json::{Value, json};
use testcluster::fault::{FaultServer, Resource};

use super::run::{ASKED, Outcome, Run};
use super::server::{Access, Image, Wire, registry};
use super::with_registry;

pub fn trials() -> Vec<Trial> {
    vec![
        with_registry(
            "live::a_live_workload_is_what_its_image_says",
            a_live_workload_is_what_its_image_says,
        ),
        with_registry(
            "live::what_runs_under_the_name_counts_too",
            what_runs_under_the_name_counts_too,
        ),
    ]
}

fn deployment(image: &str, image_id: &str) -> Value {
    json!({"metadata": {}, "spec": {"replicas": 1, "template": {
        "metadata": {"annotations": {"testcluster.local/image-id": image_id}},
        "spec": {"containers": [{
            "name": "app",
            "image": image,
            "env": [{
                "name": "DB_PASSWORD",
                "valueFrom": {"secretKeyRef": {"name": "db-creds", "key": "password"}},
            }],
        }]},
    }}})
}

struct Scene {
    server: FaultServer,
    run: Run,
}

impl Scene {
    fn of(image: &str, image_id: &str) -> Self {
        let server = FaultServer::start();
        server.put_secret(
            "default",
            "db-creds",
            &[("password", "value-canary")],
            "kubectl",
        );
        server.put_workload(
            Resource::Deployments,
            "default",
            "app",
            deployment(image, image_id),
        );
        let run = Run::new();
        Self { server, run }
    }

    fn migrate(&self, words: &[&str]) -> Outcome {
        let words = [&["deploy/app", "-o", "json"], words].concat();
        let config = self.server.kubeconfig();
        self.run.run_with(&words, &[("KUBECONFIG", config)])
    }

    fn variables(&self) -> Value {
        let stored = self
            .server
            .workload(Resource::Deployments, "default", "app")
            .unwrap();
        stored["spec"]["template"]["spec"]["containers"][0]["env"].clone()
    }
}

fn a_live_workload_is_what_its_image_says() {
    let registry = registry(Access::Open, Wire::Plain);
    registry.push("app", "1", &Image::of("0"));
    let scene = Scene::of(&registry.name("app:1"), "");
    let plan = scene.migrate(&["--dry-run"]);
    assert_eq!(
        plan.readable().as_deref(),
        Some("notProven"),
        "{}",
        plan.all()
    );
    let plan = scene.migrate(&[ASKED, &["--dry-run"]].concat());
    assert_eq!(plan.readable().as_deref(), Some("known"), "{}", plan.all());
    let words = ["--complete", "--reads-files", "all", "-y", "--settle", "1s"];
    let done = scene.migrate(&words);
    assert_eq!(done.status, 5, "not proven: {}", done.all());
    assert_ne!(scene.variables(), json!(null));
    let done = scene.migrate(&[ASKED, &words].concat());
    assert_eq!(done.status, 0, "{}", done.all());
    assert_eq!(done.json()["outcome"], "done");
    assert_eq!(scene.variables(), json!(null));
}

fn what_runs_under_the_name_counts_too() {
    let registry = registry(Access::Open, Wire::Plain);
    let old = registry.push("app", "1", &Image::of("1000:0"));
    let same = registry.push(
        "app",
        "1",
        &Image::of("0").starting(json!(["/app"]), json!(["x"])),
    );
    let new = registry.push("app", "1", &Image::of("0"));
    let name = registry.name("app:1");
    let missing = format!("sha256:{}", "0".repeat(64));
    let config = same.replace("sha256:", "");
    for (image_id, why) in [
        (String::new(), None),
        (format!("{}@{new}", registry.name("app")), None),
        (
            format!("docker-pullable://{}@{new}", registry.name("app")),
            None,
        ),
        // Nodes have another one under that name.
        (
            format!("{}@{old}", registry.name("app")),
            Some("is started there too"),
        ),
        (
            format!("{}@{same}", registry.name("app")),
            Some("is started there too"),
        ),
        (
            format!("docker.io/library/import@{missing}"),
            Some("does not have it"),
        ),
        (format!("sha256:{config}"), Some("is of no registry")),
    ] {
        let scene = Scene::of(&name, &image_id);
        let words = ["--complete", "--reads-files", "all", "-y", "--settle", "1s"];
        let dry = scene.migrate(&[ASKED, &words, &["--dry-run"]].concat());
        match why {
            None => assert_eq!(dry.readable().as_deref(), Some("known"), "{}", dry.all()),
            Some(why) => {
                dry.is_not_known(why);
                // Nothing is done then, either.
                let before = scene.variables();
                scene.migrate(&[ASKED, &words].concat()).is_not_known(why);
                assert_eq!(scene.variables(), before);
            }
        }
    }
}
