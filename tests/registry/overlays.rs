//! Images that kustomizations give to workloads.

use std::fs;

use libtest_mimic::Trial;
use serde_json::json;
use testcluster::binaries::Binaries;

use super::run::{ASKED, Run, deployment};
use super::server::{Access, Image, Registry, Wire, registry};
use super::with_registry;

pub fn trials() -> Vec<Trial> {
    vec![
        with_registry(
            "overlays::overlays_decide_which_image_a_base_has",
            overlays_decide_which_image_a_base_has,
        ),
        with_registry(
            "overlays::a_rendered_kustomization_has_its_own_images",
            a_rendered_kustomization_has_its_own_images,
        ),
    ]
}

/// A base, and overlays that give it these tags in place of `1`.
fn tree(run: &Run, registry: &Registry, tags: &[&str]) {
    let write = |path: &str, text: String| {
        let path = run.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let image = registry.name("app");
    write(
        "tree/base/api.yaml",
        deployment(&format!("{image}:1")).to_string(),
    );
    write(
        "tree/base/kustomization.yaml",
        "resources: [api.yaml]\n".to_owned(),
    );
    for (index, tag) in tags.iter().enumerate() {
        write(
            &format!("tree/overlay-{index}/kustomization.yaml"),
            json!({"resources": ["../base"], "images": [{"name": image, "newTag": tag}]})
                .to_string(),
        );
    }
}

fn overlays_decide_which_image_a_base_has() {
    let registry = registry(Access::Open, Wire::Plain);
    registry.push("app", "1", &Image::of("app"));
    registry.push("app", "2", &Image::of("0"));
    registry.push("app", "3", &Image::of("root"));
    registry.push("app", "4", &Image::of("1000:0"));
    let run = Run::new();
    let words = ["-R", "-o", "json"];
    let tree_of = |tags: &[&str]| {
        drop(fs::remove_dir_all(run.path("tree")));
        tree(&run, &registry, tags);
        let place = run.path("tree");
        run.run(&[&["-f", place.to_str().unwrap()], ASKED, &words].concat())
    };
    // The base itself is what is built.
    let plan = tree_of(&[]);
    assert_eq!(plan.image()["userName"], "app", "{}", plan.all());
    // Both overlays start as root, from different images.
    let plan = tree_of(&["2", "3"]);
    assert_eq!(plan.image()["uid"], 0, "{}", plan.all());
    assert_eq!(plan.image()["images"].as_array().unwrap().len(), 2);
    assert_eq!(plan.readable().as_deref(), Some("known"));
    tree_of(&["2", "4"]).is_not_known("is started there too");
    tree_of(&["2", "none"]).is_not_known("does not have it");
    // What takes it is not built here.
    let overlay = run.path("tree/overlay-0/kustomization.yaml");
    tree_of(&["2"]);
    fs::write(
        &overlay,
        "resources: [../base, 'https://registry.invalid/x.git']\n",
    )
    .unwrap();
    let place = run.path("tree");
    let plan = run.run(&[&["-f", place.to_str().unwrap()], ASKED, &words].concat());
    plan.is_not_known("a kustomization takes it");
}

fn a_rendered_kustomization_has_its_own_images() {
    let registry = registry(Access::Open, Wire::Plain);
    registry.push("app", "1", &Image::of("app"));
    registry.push("app", "2", &Image::of("0"));
    let run = Run::new();
    tree(&run, &registry, &["2", "1"]);
    let kubectl = Binaries::locate().unwrap().path("kubectl");
    let path = kubectl.parent().unwrap();
    let of = |overlay: &str| {
        let place = run.path(overlay);
        let words = [&["-k", place.to_str().unwrap(), "-o", "json"], ASKED].concat();
        run.run_with(&words, &[("PATH", path)])
    };
    let plan = of("tree/overlay-0");
    assert_eq!(plan.image()["uid"], 0, "{}", plan.all());
    let plan = of("tree/overlay-1");
    assert_eq!(plan.image()["userName"], "app", "{}", plan.all());
}
