//! Workflows, action, hooks, scripts and image, as their linters see them.

use std::process::Command;

use crate::{root, told, wheel};

/// What a linter says of the files of the repository; nothing, if it is content.
fn complaint(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(wheel("lint").join(program))
        .args(words)
        .current_dir(root())
        .output()
        .unwrap();
    match output.status.success() {
        true => None,
        false => Some(format!("{program}: {}", told(&output))),
    }
}

#[test]
#[ignore = "fetches linters"]
fn linters_find_nothing() {
    let runs: [(&str, &[&str]); 7] = [
        (
            "zizmor",
            &[
                "--offline",
                "--persona=auditor",
                ".github",
                "action.yml",
                "examples/ci",
            ],
        ),
        (
            "check-jsonschema",
            &[
                "--builtin-schema=vendor.github-workflows",
                ".github/workflows/release.yml",
            ],
        ),
        (
            "check-jsonschema",
            &["--builtin-schema=vendor.github-actions", "action.yml"],
        ),
        (
            "check-jsonschema",
            &[
                "--builtin-schema=vendor.gitlab-ci",
                "--data-transform=gitlab-ci",
                "examples/ci/gitlab-ci.yml",
            ],
        ),
        (
            "pre-commit",
            &["validate-manifest", ".pre-commit-hooks.yaml"],
        ),
        ("hadolint", &["Dockerfile"]),
        (
            "shellcheck",
            &[
                ".github/action/install",
                ".github/action/check",
                ".ci/release-build",
                ".ci/reproducible",
                ".ci/run",
                ".ci/tool",
                ".ci/wheel",
            ],
        ),
    ];
    let complaints: Vec<_> = runs
        .into_iter()
        .filter_map(|(program, words)| complaint(program, words))
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Seen to fail: each of them refuses something.
#[test]
#[ignore = "fetches linters"]
fn linters_would_find_something() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let workflow = write(
        ".github/workflows/a.yml",
        "on: pull_request_target\njobs: {a: {runs-on: x, steps: [{run: 'echo ${{ github.head_ref }}'}]}}\n",
    );
    assert!(complaint("zizmor", &["--offline", &workflow]).is_some());
    let schema = "--builtin-schema=vendor.github-workflows";
    let other = write("b.yml", "jobs: 3\n");
    assert!(complaint("check-jsonschema", &[schema, &other]).is_some());
    assert!(complaint("pre-commit", &["validate-manifest", &other]).is_some());
    let image = write("Dockerfile", "FROM debian\nRUN cd / && sudo ls\n");
    assert!(complaint("hadolint", &[&image]).is_some());
    let script = write("script", "#!/bin/sh\necho $1\n");
    assert!(complaint("shellcheck", &[&script]).is_some());
}
