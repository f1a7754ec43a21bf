//! Plans of `migrate`, each with the file that a reviewer would have written.
//!
//! `tests/migration/NAME.yaml` is one case: a file with one workload (and
//! perhaps Secrets). Comments at its head say what is wanted and what must
//! come of it:
//!
//! ```text
//! # invariant: 7 8              (of docs/migration-invariants.md)
//! # options: complete reads=all mount-path=/x/{secret} file=KEY=FILE mode=0444 fs-group=1000 force-unproven shim secret=db
//! # uid: main=1000              (what a running container tells)
//! # readable: main=/etc/secrets/db-creds/password  (what one was asked about)
//! # fate: main DB_PASSWORD removed
//! # refuse: spec.template.spec.containers[0] could not read
//! # note: fsGroup
//! # finds: SS030                (what doctor finds afterwards and not before)
//! ```
//!
//! `NAME.after.yaml` is the result (`UPDATE_GENERATED=1` writes it); without it
//! nothing may change. Every case also shows that the change can be taken
//! back, and that a second run finds nothing left to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kubectl_secretsafe::checks::{CHECKS, Settings};
use kubectl_secretsafe::finding::Results;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Inventory, Scope};
use kubectl_secretsafe::journal;
use kubectl_secretsafe::manifest::{SourceText, edit, json_patch};
use kubectl_secretsafe::migration::{
    Fate, FileNames, KeepReason, ModeWish, MountPath, Observed, Options, Phase, Plan, ReadsFiles,
    Shim, Unproven, VerifyRead, plan, restoration,
};
use kubectl_secretsafe::workload::Origin;

struct Case {
    text: String,
    options: Options,
    observed: Observed,
    fates: BTreeSet<String>,
    refusals: Vec<String>,
    notes: Vec<String>,
    found: BTreeSet<String>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut case = Case {
            options: Options::default(),
            observed: Observed::default(),
            fates: BTreeSet::new(),
            refusals: Vec::new(),
            notes: Vec::new(),
            found: BTreeSet::new(),
            text: String::new(),
        };
        let mut files = Vec::new();
        for line in text.lines().take_while(|line| line.starts_with("# ")) {
            let Some((word, rest)) = line[2..].split_once(": ") else {
                continue;
            };
            match word {
                "options" => {
                    for option in rest.split_whitespace() {
                        apply_option(&mut case.options, option, &mut files);
                    }
                }
                "uid" => {
                    let (container, uid) = rest.split_once('=').unwrap();
                    let uid = uid.parse().unwrap();
                    case.observed.uids.insert(container.to_owned(), uid);
                }
                "readable" => {
                    let (container, file) = rest.split_once('=').unwrap();
                    let files = case.observed.readable.entry(container.to_owned());
                    files.or_default().insert(file.to_owned());
                }
                "fate" => drop(case.fates.insert(rest.to_owned())),
                "refuse" => case.refusals.push(rest.to_owned()),
                "finds" => case.found = rest.split(' ').map(str::to_owned).collect(),
                "note" => case.notes.push(rest.to_owned()),
                _ => {}
            }
        }
        case.options.files = FileNames::parse(files.iter().map(String::as_str)).unwrap();
        case.text = text;
        case
    }
}

fn apply_option(options: &mut Options, option: &str, files: &mut Vec<String>) {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    match name {
        "complete" => options.phase = Phase::Complete,
        "remove" => options.phase = Phase::RemoveVariables,
        "verify" => options.verify = VerifyRead::Ask,
        "force-unproven" => options.unproven = Unproven::Remove,
        "shim" => options.shim = Shim::On,
        "reads" if value == "all" => options.reads_files = ReadsFiles::All,
        "reads" => {
            let names = value.split(',').map(str::to_owned).collect();
            options.reads_files = ReadsFiles::Variables(names);
        }
        "mount-path" => options.mount_path = MountPath::parse(value).unwrap(),
        "file" => files.push(value.to_owned()),
        "mode" => options.mode = ModeWish::parse(value).unwrap(),
        "fs-group" => options.fs_group = Some(value.parse().unwrap()),
        "secret" => drop(options.secrets.insert(value.to_owned())),
        other => panic!("no such option: {other}"),
    }
}

fn inventory(text: &str) -> Inventory {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(Scope::Files(FileSet::Open), "default", now);
    let source = SourceText::new("case.yaml", text.to_owned());
    let problems = builder.add_file(source, GitStatus::Outside);
    assert!(problems.is_empty());
    builder.finish()
}

fn plan_of(inventory: &Inventory, case: &Case) -> Plan {
    let [workload] = &inventory.workloads[..] else {
        panic!("a case has one workload");
    };
    let object = inventory
        .objects
        .iter()
        .find(|object| object.id == workload.id)
        .unwrap();
    plan(inventory, workload, object, &case.options, &case.observed)
}

/// The text after a plan.
fn edited(inventory: &Inventory, text: &str, plan: &Plan) -> String {
    let Origin::File { source, document } = plan.origin else {
        panic!("a file was read");
    };
    let facts = &inventory.sources[source].documents[document];
    let object = inventory
        .objects
        .iter()
        .find(|object| object.id == plan.subject)
        .unwrap();
    edit::edit(
        text,
        facts.span,
        facts.format,
        &object.base,
        &plan.operations,
    )
    .unwrap()
}

fn told(fate: &Fate) -> String {
    match fate {
        Fate::Removed => "removed".to_owned(),
        Fate::Replaced { by } => format!("replaced {by}"),
        Fate::Shimmed => "shimmed".to_owned(),
        Fate::Refused => "refused".to_owned(),
        Fate::Kept(reason) => match reason {
            KeepReason::Phase => "kept phase".to_owned(),
            KeepReason::NotConfirmed => "kept not-confirmed".to_owned(),
            KeepReason::NotMounted => "kept not-mounted".to_owned(),
            KeepReason::UsedIn(places) => {
                let places: Vec<_> = places
                    .iter()
                    .map(|place| place.text.site.path.clone())
                    .collect();
                format!("kept used-in {}", places.join(" "))
            }
            KeepReason::Uncovers => "kept uncovers".to_owned(),
            KeepReason::NotProven => "kept not-proven".to_owned(),
            KeepReason::NotYetVerified => "kept not-yet-verified".to_owned(),
            KeepReason::NamedByNobody { .. } => "kept named-by-nobody".to_owned(),
            KeepReason::Source => "kept source".to_owned(),
            KeepReason::Unsure { by, .. } => format!("kept unsure {by}"),
            KeepReason::DropsFirst { uid } => {
                let uid = uid.map_or("?".to_owned(), |uid| uid.to_string());
                format!("kept drops-first {uid}")
            }
        },
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migration");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_str().unwrap().ends_with(".after.yaml"))
        .collect();
    cases.sort();
    cases
}

#[test]
fn every_plan_is_the_expected_one() {
    let mut wrong = Vec::new();
    for path in cases() {
        let case = Case::read(&path);
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let inventory = inventory(&case.text);
        let plan = plan_of(&inventory, &case);
        let fates: BTreeSet<_> = plan
            .variables
            .iter()
            .map(|found| format!("{} {} {}", found.container, found.name, told(&found.fate)))
            .collect();
        if fates != case.fates {
            wrong.push(format!(
                "{name}: fates {fates:#?}, expected {:#?}",
                case.fates
            ));
        }
        let refusals: Vec<_> = plan
            .refusals
            .iter()
            .map(|refusal| format!("{} {}", refusal.path, refusal.reason))
            .collect();
        let fits = refusals.len() == case.refusals.len()
            && case.refusals.iter().all(|expected| {
                let (path, words) = expected.split_once(' ').unwrap();
                refusals
                    .iter()
                    .any(|found| found.starts_with(path) && found.contains(words))
            });
        if !fits {
            wrong.push(format!("{name}: refusals {refusals:#?}"));
        }
        for expected in &case.notes {
            if !plan.notes.iter().any(|note| note.0.contains(expected)) {
                wrong.push(format!("{name}: no note {expected:?}: {:#?}", plan.notes));
            }
        }
        for refusal in &plan.refusals {
            assert!(!refusal.next.is_empty(), "{name}: {}", refusal.reason);
        }
        let golden = path.with_extension("after.yaml");
        let after = edited(&inventory, &case.text, &plan);
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            if after == case.text {
                let _ = fs::remove_file(&golden);
            } else {
                fs::write(&golden, &after).unwrap();
            }
        }
        let expected = fs::read_to_string(&golden).unwrap_or_else(|_| case.text.clone());
        if after != expected {
            wrong.push(format!("{name}: the text differs\n{after}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_change_can_be_taken_back() {
    for path in cases() {
        let case = Case::read(&path);
        let inventory = inventory(&case.text);
        let plan = plan_of(&inventory, &case);
        let object = inventory
            .objects
            .iter()
            .find(|object| object.id == plan.subject)
            .unwrap();
        let before = json_patch::value(&object.root).unwrap();
        let mut document = before.clone();
        let inverse = json_patch::apply(&mut document, &plan.operations).unwrap();
        assert_eq!(plan.changes(), document != before, "{}", path.display());
        json_patch::apply(&mut document, &inverse).unwrap();
        assert_eq!(document, before, "{}", path.display());
        // Nor is it taken for one that others have written.
        let undo = journal::inverse(object, &plan.operations).unwrap();
        let text = edited(&inventory, &case.text, &plan);
        let after = self::inventory(&text);
        let changed = after.objects.iter().find(|after| after.id == object.id);
        let restoration = restoration::check(changed.unwrap(), &undo);
        let said = restoration.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        assert_eq!(said.0.is_empty(), !plan.changes(), "{}", path.display());
    }
}

/// Words of a command may be credentials.
#[test]
fn a_wrapped_command_is_not_repeated() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migration/shim.yaml");
    let case = Case::read(&path);
    let inventory = inventory(&case.text);
    let plan = plan_of(&inventory, &case);
    let object = &inventory.objects[0];
    let undo = journal::inverse(object, &plan.operations).unwrap();
    let kept = journal::Journal::empty(journal::Annotation::MIGRATION)
        .with(undo)
        .write(object);
    for sent in [&plan.operations, &kept] {
        let sent = json_patch::to_json(sent).to_string();
        assert!(sent.contains("exec"), "{sent}");
        assert!(!sent.contains("--port=8080"), "{sent}");
    }
}

#[test]
fn a_second_run_finds_nothing_left_to_do() {
    for path in cases() {
        let mut case = Case::read(&path);
        let first = inventory(&case.text);
        let plan = plan_of(&first, &case);
        case.text = edited(&first, &case.text, &plan);
        let again = plan_of(&inventory(&case.text), &case);
        assert!(
            !again.changes(),
            "{}: {:#?}",
            path.display(),
            again.operations
        );
    }
}

/// The rules that have findings in a text.
fn rules(text: &str) -> BTreeSet<String> {
    let inventory = inventory(text);
    let mut results = Results::default();
    for check in CHECKS {
        (check.run)(&inventory, &Settings::default(), &mut results);
    }
    let told = results.findings.iter();
    told.map(|finding| finding.rule.id.to_owned()).collect()
}

/// What doctor says of the file before and after: variables that went are no
/// finding any more, and nothing is new but what a case names.
#[test]
fn doctor_finds_nothing_new() {
    let mut wrong = Vec::new();
    let mut clean = 0;
    for path in cases() {
        let case = Case::read(&path);
        let name = path.file_name().unwrap().to_str().unwrap();
        let inventory = inventory(&case.text);
        let plan = plan_of(&inventory, &case);
        let before = rules(&case.text);
        let after = rules(&edited(&inventory, &case.text, &plan));
        let new: BTreeSet<_> = after.difference(&before).cloned().collect();
        if new != case.found {
            wrong.push(format!("{name}: {new:?}, expected {:?}", case.found));
        }
        let stays = plan
            .variables
            .iter()
            .any(|found| matches!(found.fate, Fate::Kept(_) | Fate::Refused));
        // Variables of keys that are not known have no fate of their own.
        let all = !stays && !plan.refuses() && plan.changes();
        if all && (!before.contains("SS013") || after.contains("SS013")) {
            wrong.push(format!("{name}: before {before:?}, after {after:?}"));
        }
        clean += usize::from(all);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(clean > 10, "{clean} cases end without variables");
}

/// Nobody says as whom the Task API runs: with a group for its files, all of
/// them are proven readable.
#[test]
fn the_task_api_is_migrated_as_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(folder.join("examples/task-api/insecure.yaml")).unwrap();
    let mut options = Options::default();
    for option in ["complete", "reads=all", "fs-group=1000"] {
        apply_option(&mut options, option, &mut Vec::new());
    }
    let inventory = inventory(&text);
    let [workload] = &inventory.workloads[..] else {
        panic!("one workload");
    };
    let object = inventory.object_of(workload).unwrap();
    let plan = plan(&inventory, workload, object, &options, &Observed::default());
    let after = edited(&inventory, &text, &plan);
    let by_hand = folder.join("tests/migration/task_api.after.yaml");
    assert_eq!(after, fs::read_to_string(by_hand).unwrap());
    let (before, after) = (rules(&text), rules(&after));
    assert!(before.contains("SS013") && !after.contains("SS013"));
    assert_eq!(after.difference(&before).next(), None);
}

#[test]
fn every_case_names_its_invariants() {
    for path in cases() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# invariant: "), "{}", path.display());
    }
}
