//! After `doctor --fix`, and after `migrate --write`, every overlay comes out as
//! before but for what was said, and doctor finds nothing new. No cluster is
//! asked; kubectl renders some of the overlays too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kubectl_secretsafe::manifest::json_patch;
use serde_json::{Value, json};

use super::{Verdict, built, compare, generate, kubectl};
use crate::harness::{Invocation, Outcome};

/// What changes the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `doctor --fix`.
    Fix,
    /// `migrate --write`.
    Migrate,
}

/// What became of the trees.
#[derive(Debug, Default)]
struct Tally {
    /// Trees that kustomize builds.
    trees: u64,
    /// Of these, those whose files were changed.
    written: u64,
    /// Of these, those whose overlay comes out otherwise.
    differ: u64,
}

/// Every tree in so many is rendered by kubectl too.
const SAMPLE: u64 = 20;

fn doctor(folder: &Path, more: &str) -> Outcome {
    Invocation::of(Path::new("/nonexistent"))
        .folder(folder)
        .words("doctor -f . -R")
        .words(more)
        .run()
}

/// What is found, by rule, object and overlays.
fn findings(folder: &Path) -> Result<BTreeSet<String>, String> {
    let outcome = doctor(folder, "-o json");
    let report: Value = serde_json::from_str(&outcome.stdout)
        .map_err(|_| format!("doctor has no report: {}", outcome.stderr))?;
    let mut found = BTreeSet::new();
    for part in report["parts"].as_array().unwrap() {
        for finding in part["findings"].as_array().unwrap() {
            let (rule, object) = (&finding["rule"], &finding["object"]);
            found.insert(format!("{rule} {object} {}", finding["overlays"]));
        }
    }
    Ok(found)
}

/// The objects that come out of an overlay, by their ids.
fn objects(folder: &Path) -> Result<Option<BTreeMap<String, Value>>, String> {
    let Some(built) = built(folder)? else {
        return Ok(None);
    };
    let objects = built.iter().map(|own| {
        let node = own.node();
        // Secrets are sealed; nothing here writes into them.
        let value = json_patch::value(&node).unwrap_or_else(|| json!("sealed"));
        (super::key(&node), value)
    });
    Ok(Some(objects.collect()))
}

/// The paths at which two values differ; entries of lists are told apart by
/// their names, or what else kustomize merges them by.
fn differences(old: &Value, new: &Value, at: &str, found: &mut BTreeSet<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().chain(new.keys()) {
                let at = format!("{at}/{key}");
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned();
                differences(
                    &of(old).unwrap_or_default(),
                    &of(new).unwrap_or_default(),
                    &at,
                    found,
                );
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            let gone = old.iter().filter(|item| !new.contains(item));
            let came = new.iter().filter(|item| !old.contains(item));
            let (gone, came): (Vec<_>, Vec<_>) = (gone.collect(), came.collect());
            let keyed = |item: &Value, list: &[&Value]| {
                let name = item.get("mountPath").or_else(|| item.get("name"))?.clone();
                let is_same = |other: &&&Value| {
                    other.get("mountPath").or_else(|| other.get("name")) == Some(&name)
                };
                list.iter()
                    .find(is_same)
                    .map(|item| (name.clone(), (*item).clone()))
            };
            for item in &gone {
                match keyed(item, &came) {
                    Some((name, other)) => {
                        differences(item, &other, &format!("{at}/[{name}]"), found);
                    }
                    None => drop(found.insert(format!("{at}/- {item}"))),
                }
            }
            for item in came.iter().filter(|item| keyed(item, &gone).is_none()) {
                found.insert(format!("{at}/+ {item}"));
            }
        }
        (Value::Null, new @ Value::Array(_)) => differences(&json!([]), new, at, found),
        (old @ Value::Array(_), Value::Null) => differences(old, &json!([]), at, found),
        (old, new) if old == new => {}
        (old, new) => drop(found.insert(format!("{at}: {old} is {new}"))),
    }
}

/// Whether a change may do this to an overlay.
fn is_planned(change: Change, difference: &str) -> bool {
    let is_at = |field: &str| difference.contains(field);
    match change {
        Change::Fix => {
            // A decimal mode, read-only mounts, a volume that is misspelt, a key
            // or name with one candidate, an unused volume.
            is_at("/readOnly:")
                || is_at("/defaultMode:")
                || is_at("/mode:")
                || is_at("/volumeMounts/")
                || is_at("secretKeyRef/")
                || is_at("/volumes/- ")
        }
        Change::Migrate => {
            let variable = is_at("/env/- ") && is_at("secretKeyRef");
            let all = is_at("/envFrom/- ") && is_at("secretRef");
            let file = is_at("/volumeMounts/+ ") && is_at("/etc/secrets/") && is_at("readOnly");
            let volume = is_at("/volumes/+ ") && is_at("\"secret\"") && is_at("defaultMode");
            variable || all || file || volume
        }
    }
}

/// What a person would come to know of one tree.
struct Tree {
    place: tempfile::TempDir,
    /// The folder of the outermost kustomization.
    root: PathBuf,
}

impl Tree {
    fn new(seed: u64) -> Self {
        let place = tempfile::tempdir().unwrap();
        let root = generate::tree(seed, place.path());
        Self { place, root }
    }

    fn texts(&self) -> BTreeMap<PathBuf, String> {
        let mut texts = BTreeMap::new();
        let mut folders = vec![self.place.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read_to_string(&path).unwrap();
                    texts.insert(path, text);
                }
            }
        }
        texts
    }

    fn change(&self, change: Change) -> Outcome {
        match change {
            Change::Fix => doctor(self.place.path(), "--fix -y"),
            Change::Migrate => Invocation::of(Path::new("/nonexistent"))
                .folder(self.place.path())
                .words("migrate -f . -R --complete --reads-files all --mode 0444 --write --yes")
                .run(),
        }
    }

    fn judge(&self, change: Change, asks_kubectl: bool, tally: &mut Tally) -> Result<(), String> {
        let Some(before) = objects(&self.root).unwrap_or_default() else {
            return Ok(());
        };
        tally.trees += 1;
        let found = findings(self.place.path())?;
        let texts = self.texts();
        let outcome = self.change(change);
        if !matches!(outcome.status, Some(0 | 1 | 5)) {
            return Err(format!(
                "it ends with {:?}: {}",
                outcome.status, outcome.stderr
            ));
        }
        if self.texts() == texts {
            return Ok(());
        }
        tally.written += 1;
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        let after = objects(&self.root)?.ok_or(format!("it is not built any more\n{said}"))?;
        if !before.keys().eq(after.keys()) {
            return Err(format!("other objects come out\n{said}"));
        }
        let mut differ = false;
        for (key, old) in &before {
            let mut all = BTreeSet::new();
            differences(old, &after[key], "", &mut all);
            differ |= !all.is_empty();
            if let Some(other) = all.iter().find(|one| !is_planned(change, one)) {
                return Err(format!("{key} differs at {other}\n{said}"));
            }
        }
        tally.differ += u64::from(differ);
        let now = findings(self.place.path())?;
        if let Some(new) = now.difference(&found).next() {
            return Err(format!("doctor finds {new}\n{said}"));
        }
        // A second opinion about what comes out.
        if asks_kubectl && compare(&kubectl(), &self.root) != Ok(Verdict::Same) {
            return Err("kubectl renders something else".to_owned());
        }
        Ok(())
    }
}

/// Changes so many trees, and judges what comes of them.
pub fn holds(change: Change, cases: u64) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    let first = std::env::var("PROPERTY_SEED").ok();
    let first: u64 = first.map_or(0, |seed| seed.parse().unwrap());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                scope.spawn(move || {
                    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
                    for seed in (first + worker..first + cases).step_by(threads as usize) {
                        let tree = Tree::new(seed);
                        let sampled = seed % SAMPLE == 0;
                        if let Err(why) = tree.judge(change, sampled, &mut tally) {
                            let kept = tree.place.keep();
                            wrong.push(format!("seed {seed} in {}: {why}", kept.display()));
                        }
                    }
                    (tally, wrong)
                })
            })
            .collect();
        for worker in workers {
            let (own, own_wrong) = worker.join().unwrap();
            tally.trees += own.trees;
            tally.written += own.written;
            tally.differ += own.differ;
            wrong.extend(own_wrong);
        }
    });
    assert!(
        wrong.is_empty(),
        "{change:?}: {} of {cases} wrong, {tally:?}\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n====\n")
    );
    // The trees are not such that nothing ever happens.
    assert!(tally.trees * 2 > cases, "{change:?}: {tally:?} of {cases}");
    assert!(tally.differ * 12 > tally.trees, "{change:?}: {tally:?}");
    let mut stdout = std::io::stdout();
    let _ = std::io::Write::write_all(
        &mut stdout,
        format!("{change:?}: {tally:?} of {cases}\n").as_bytes(),
    );
}
