//! Our builds of kustomizations and those of the real kubectl: the same objects
//! or none. No cluster is asked.

mod generate;
mod objects;
mod property;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kubectl_secretsafe::gathering::surroundings::Disk;
use kubectl_secretsafe::kustomization::build::{Built, Given, Outcome, build};
use kubectl_secretsafe::manifest::{Content, Node, ScalarType, SourceText, parse};
use kubectl_secretsafe::secret::SecretValue;
use kubectl_secretsafe::workload::KUSTOMIZATION_FILES;
use libtest_mimic::Trial;
use testcluster::binaries::Binaries;

use crate::harness::{thorough_trial, trial};

use property::Change;

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "kustomize_builds::themes_come_out_as_kubectl_renders_them",
            themes,
        ),
        trial(
            "kustomize_builds::random_ones_come_out_as_kubectl_renders_them",
            || {
                random(cases(120));
            },
        ),
        trial("kustomize_builds::fixes_change_what_they_say", || {
            property::holds(Change::Fix, cases(60));
        }),
        trial("kustomize_builds::migrations_change_what_they_say", || {
            property::holds(Change::Migrate, cases(60));
        }),
        thorough_trial(
            "kustomize_builds::thousands_of_fixes_change_what_they_say",
            || {
                property::holds(Change::Fix, cases(2000));
            },
        ),
        thorough_trial(
            "kustomize_builds::thousands_of_migrations_change_what_they_say",
            || {
                property::holds(Change::Migrate, cases(2000));
            },
        ),
        thorough_trial(
            "kustomize_builds::thousands_come_out_as_kubectl_renders_them",
            || {
                random(cases(4000));
            },
        ),
    ]
}

fn cases(ordinary: u64) -> u64 {
    let wish = env::var("PROPTEST_CASES").ok();
    wish.and_then(|wish| wish.parse().ok()).unwrap_or(ordinary)
}

/// How one kustomization came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Same,
    BothRefuse,
    NotSure,
}

/// What kubectl renders; `None` where it refuses.
fn rendered(kubectl: &Path, folder: &Path) -> Option<String> {
    let output = Command::new(kubectl)
        .arg("kustomize")
        .arg(folder)
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}

/// Our own build of the kustomization of a folder; `Ok(None)` for a refusal.
fn built(folder: &Path) -> Result<Option<Vec<Built>>, String> {
    let folder = fs::canonicalize(folder).unwrap();
    let file = KUSTOMIZATION_FILES
        .iter()
        .map(|name| folder.join(name))
        .find(|file| file.exists())
        .unwrap();
    let text = SourceText::new(
        file.display().to_string(),
        fs::read_to_string(&file).unwrap(),
    );
    let parsed = parse(&text);
    let given = [Given {
        file: &file,
        text: &text,
        documents: &parsed.documents,
        complete: parsed.problems.is_empty(),
    }];
    let mut roots = build(&given, &Disk).roots;
    let root = roots.pop().ok_or("it is a component")?;
    match root.outcome {
        Outcome::Built(built) if root.missing.is_empty() => Ok(Some(built)),
        Outcome::Built(_) | Outcome::Refused(_) => Ok(None),
        Outcome::NotSure(doubt) => Err(doubt.reason),
    }
}

fn key(node: &Node) -> String {
    let text = |path: &[&str]| {
        node.at(path)
            .and_then(Node::scalar_text)
            .unwrap_or_default()
            .to_owned()
    };
    [
        text(&["apiVersion"]),
        text(&["kind"]),
        text(&["metadata", "namespace"]),
        text(&["metadata", "name"]),
    ]
    .join(" ")
}

/// The objects of a rendered text, its hashes taken out of all of it.
fn unhashed(text: &str, hashed: &BTreeSet<String>) -> BTreeMap<String, Node> {
    let mut text = text.to_owned();
    for document in parse(&SourceText::new("rendered", text.clone())).documents {
        let name = document
            .root
            .at(&["metadata", "name"])
            .and_then(Node::as_str);
        if let Some((own, hash)) = name.unwrap_or_default().rsplit_once('-')
            && hashed.contains(own)
            && hash.len() == 10
        {
            text = text.replace(&format!("{own}-{hash}"), own);
        }
    }
    let parsed = parse(&SourceText::new("rendered", text));
    assert!(parsed.problems.is_empty());
    let roots = parsed.documents.into_iter().map(|document| document.root);
    roots.map(|root| (key(&root), root)).collect()
}

/// Where two trees differ as JSON; values of Secrets count and are not shown.
fn difference(ours: &Node, theirs: &Node, path: &str) -> Option<String> {
    let here = || Some(path.to_owned());
    match (&ours.content, &theirs.content) {
        (Content::Sealed(a), Content::Sealed(b)) => {
            let same = a.value.same_as(&b.value) && a.type_ == b.type_;
            (!same).then(here).flatten()
        }
        // What is copied out of a Secret stays sealed in ours.
        (Content::Sealed(a), Content::Scalar(b)) => {
            let same = a
                .value
                .same_as(&SecretValue::from_bytes(b.text.as_bytes().to_vec()));
            (!same).then(here).flatten()
        }
        (Content::Scalar(a), Content::Scalar(b)) => {
            let same = match (a.type_, b.type_) {
                (ScalarType::Integer, ScalarType::Integer) => a.integer() == b.integer(),
                (ScalarType::Float, ScalarType::Float) => {
                    a.text.parse::<f64>().unwrap() == b.text.parse::<f64>().unwrap()
                }
                (ScalarType::Null, ScalarType::Null) => true,
                (ScalarType::Bool(a), ScalarType::Bool(b)) => a == b,
                (ScalarType::Text, ScalarType::Text) => a.text == b.text,
                _ => false,
            };
            (!same).then(|| format!("{path}: {:?} and {:?}", a.text, b.text))
        }
        (Content::Sequence(a), Content::Sequence(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b.iter()).enumerate();
            pairs.find_map(|(index, (a, b))| difference(a, b, &format!("{path}[{index}]")))
        }
        (Content::Mapping(a), Content::Mapping(b)) if a.len() == b.len() => {
            a.iter().find_map(|entry| {
                let name = entry.key.scalar_text().unwrap();
                let path = format!("{path}.{name}");
                match theirs.get(name) {
                    Some(other) => difference(&entry.value, other, &path),
                    None => Some(path),
                }
            })
        }
        _ => here(),
    }
}

/// Builds the kustomization of a folder in both ways.
///
/// # Errors
/// How they differ.
fn compare(kubectl: &Path, folder: &Path) -> Result<Verdict, String> {
    let theirs = rendered(kubectl, folder);
    let (ours, theirs) = match (built(folder), theirs) {
        (Err(_), _) => return Ok(Verdict::NotSure),
        (Ok(None), None) => return Ok(Verdict::BothRefuse),
        (Ok(None), Some(_)) => return Err("only we refuse it".to_owned()),
        (Ok(Some(_)), None) => return Err("only kubectl refuses it".to_owned()),
        (Ok(Some(ours)), Some(theirs)) => (ours, theirs),
    };
    let hashed = ours.iter().filter(|own| own.hashed());
    let hashed = hashed.map(|own| own.name().to_owned()).collect();
    let theirs = unhashed(&theirs, &hashed);
    let count = ours.len();
    let ours: BTreeMap<_, _> = ours
        .iter()
        .map(|own| own.node())
        .map(|node| (key(&node), node))
        .collect();
    if count != theirs.len() || !ours.keys().eq(theirs.keys()) {
        return Err(format!(
            "objects differ: {:?} and {:?}",
            ours.keys(),
            theirs.keys()
        ));
    }
    for (key, own) in &ours {
        if let Some(difference) = difference(own, &theirs[key], "") {
            return Err(format!("{key}: {difference}"));
        }
    }
    Ok(Verdict::Same)
}

fn kubectl() -> PathBuf {
    Binaries::locate().unwrap().path("kubectl")
}

/// How the last lines of a theme's files end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// As lines do.
    Closed,
    /// With the text.
    Open,
}

/// The files of a theme: each behind a line `-- path --`.
fn unpack(text: &str, ends: Ends, folder: &Path) -> Vec<PathBuf> {
    let mut kustomizations = Vec::new();
    for part in text
        .split("\n-- ")
        .map(|part| part.trim_start_matches("-- "))
    {
        let (path, content) = part.split_once(" --\n").unwrap();
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let content = match ends {
            Ends::Closed if content.is_empty() || content.ends_with('\n') => content.to_owned(),
            Ends::Closed => format!("{content}\n"),
            Ends::Open => content.trim_end_matches('\n').to_owned(),
        };
        fs::write(&path, &content).unwrap();
        let is_component = content.contains("kind: Component");
        let name = path.file_name().and_then(|name| name.to_str()).unwrap();
        if KUSTOMIZATION_FILES.contains(&name) && !is_component {
            kustomizations.push(path.parent().unwrap().to_owned());
        }
    }
    kustomizations
}

fn themes() {
    let kubectl = kubectl();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kustomizations");
    let mut built = 0;
    let mut wrong = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for ends in [Ends::Closed, Ends::Open] {
            let place = tempfile::tempdir().unwrap();
            for kustomization in unpack(&text, ends, place.path()) {
                match compare(&kubectl, &kustomization) {
                    Ok(Verdict::Same) => built += 1,
                    Ok(Verdict::BothRefuse) => {}
                    other => wrong.push(format!(
                        "{} {ends:?} {}: {other:?}",
                        file.file_name().unwrap().display(),
                        kustomization.strip_prefix(place.path()).unwrap().display()
                    )),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(built >= 90, "only {built} kustomizations are built");
}

fn random(cases: u64) {
    let kubectl = kubectl();
    let mut verdicts: BTreeMap<Verdict, u64> = BTreeMap::new();
    for seed in 0..cases {
        let place = tempfile::tempdir().unwrap();
        let root = generate::tree(seed, place.path());
        match compare(&kubectl, &root) {
            Ok(verdict) => *verdicts.entry(verdict).or_default() += 1,
            Err(why) => panic!("seed {seed}, kept in {}: {why}", place.keep().display()),
        }
    }
    let of = |verdict| verdicts.get(&verdict).copied().unwrap_or_default();
    // Neither side may find its way out by refusing.
    assert!(of(Verdict::Same) * 3 > cases, "{verdicts:?}");
    assert!(of(Verdict::NotSure) * 50 <= cases, "{verdicts:?}");
}
