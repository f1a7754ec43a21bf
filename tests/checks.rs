//! Every rule finds what it must and nothing else.
//!
//! `tests/checks/SSNNN/*.yaml` is one case each. Comments at its head say how
//! it is read and what the rule of that folder must report, no more, no less:
//!
//! ```text
//! # scope: files | complete | cluster     (files: what is not there may exist)
//! # minor: 31                             (Kubernetes 1.31; cluster only)
//! # now: 2026-06-01T12:00:00Z
//! # denied: list secrets in prod          (cluster only; "in" may be left out)
//! # git: tracked                          (files only)
//! # max-age: 2160h                        (what --max-age says)
//! # inspect-values                        (asks for the content rules)
//! # expect: error deployment/api db-creds:password @spec.template.spec.volumes[0]
//! # unknown: deployment/api
//! # fixes: safe unsafe                    (which tiers are offered; none)
//! ```
//!
//! A line `#### over/kustomization.yaml` begins a file of that name: such a case
//! is a set of files, whose kustomizations are built.
//!
//! `tests/causes` has situations for all rules at once: an `expect` line begins with the rule, and
//! nothing else may be found that fails a run.
//!
//! Of an `expect` line everything after the subject may be left out. A case
//! without `expect` must pass.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod printed_commands;
mod problem_reports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use kubectl_secretsafe::checks::{self, CHECKS, Settings};
use kubectl_secretsafe::finding::{Applies, AutoFix, Finding, Fix, Results, Severity, Tier};
use kubectl_secretsafe::inventory::{
    Builder, FileSet, GitStatus, Grant, Inventory, ReadFrom, Reading, Scope,
};
use kubectl_secretsafe::kustomization::build::{Given, Place, Surroundings, build};
use kubectl_secretsafe::manifest::edit::{Refusal, edit};
use kubectl_secretsafe::manifest::{Operation, SourceText, parse};
use kubectl_secretsafe::report::{Examined, Selection};
use kubectl_secretsafe::workload::Origin;
use zeroize::Zeroizing;

struct Case {
    text: String,
    scope: String,
    minor: Option<u32>,
    now: String,
    denied: Vec<String>,
    git: GitStatus,
    inspect: bool,
    max_age: Option<jiff::SignedDuration>,
    expected: Vec<String>,
    fixes: Option<BTreeSet<String>>,
    unknown: BTreeSet<String>,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            scope: "files".to_owned(),
            minor: Some(37),
            now: "2026-06-01T12:00:00Z".to_owned(),
            denied: Vec::new(),
            git: GitStatus::Outside,
            inspect: false,
            max_age: None,
            expected: Vec::new(),
            fixes: None,
            unknown: BTreeSet::new(),
            text: String::new(),
        }
    }
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut case = Case::default();
        for line in text.lines().take_while(|line| line.starts_with('#')) {
            let (word, rest) = line[1..]
                .trim()
                .split_once(':')
                .unwrap_or((line[1..].trim(), ""));
            let rest = rest.trim().to_owned();
            match word {
                "scope" => case.scope = rest,
                "minor" => case.minor = rest.parse().ok(),
                "now" => case.now = rest,
                "denied" => case.denied.push(rest),
                "git" if rest == "tracked" => case.git = GitStatus::Tracked,
                "git" if rest == "untracked" => case.git = GitStatus::Untracked,
                "max-age" => case.max_age = Some(rest.parse().unwrap()),
                "inspect-values" => case.inspect = true,
                "expect" => case.expected.push(rest),
                "fixes" => {
                    let tiers = rest.split(' ').filter(|tier| *tier != "none");
                    case.fixes = Some(tiers.map(str::to_owned).collect());
                }
                "unknown" => {
                    case.unknown.insert(rest);
                }
                _ => {}
            }
        }
        case.text = text;
        case
    }

    fn settings(&self) -> Settings {
        Settings {
            max_age: self.max_age,
            ..Settings::default()
        }
    }

    fn inventory(&self) -> Inventory {
        let scope = match self.scope.as_str() {
            "files" => Scope::Files(FileSet::Open),
            "complete" => Scope::Files(FileSet::Complete),
            "cluster" => Scope::Cluster {
                name: "test".to_owned(),
                minor: self.minor,
            },
            other => panic!("no such scope: {other}"),
        };
        let mut builder = Builder::new(scope, "default", self.now.parse().unwrap());
        if self.inspect {
            builder.inspect_values();
        }
        let source = SourceText::new("case.yaml", self.text.clone());
        if self.has_files() {
            self.add_files(&mut builder);
        } else if self.scope == "cluster" {
            for document in parse(&source).documents {
                builder.add_live(document.root);
            }
        } else {
            builder.add_file(source, self.git);
        }
        for denied in &self.denied {
            let words: Vec<_> = denied.split_whitespace().collect();
            let (resource, group) = words[1].split_once('.').unwrap_or((words[1], ""));
            builder.deny(Grant {
                verb: words[0].to_owned(),
                group: group.to_owned(),
                resource: resource.to_owned(),
                namespace: words.get(3).map(|&namespace| namespace.to_owned()),
            });
        }
        builder.finish()
    }
}

/// The files of a case.
struct Memory(BTreeMap<PathBuf, String>);

impl Surroundings for Memory {
    fn place(&self, path: &Path) -> Option<Place> {
        let mut real = PathBuf::new();
        for part in path.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => drop(real.pop()),
                other => real.push(other),
            }
        }
        if self.0.contains_key(&real) {
            return Some(Place::File(real));
        }
        let is_folder = self.0.keys().any(|file| file.starts_with(&real));
        is_folder.then_some(Place::Folder(real))
    }

    fn read(&self, file: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
        let text = self.0.get(file).ok_or("it is not there")?;
        Ok(Zeroizing::new(text.as_bytes().to_vec()))
    }
}

impl Case {
    fn has_files(&self) -> bool {
        self.text.lines().any(|line| line.starts_with("#### "))
    }

    fn add_files(&self, builder: &mut Builder) {
        let files: Vec<(PathBuf, String)> = format!("\n{}", self.text)
            .split("\n#### ")
            .skip(1)
            .map(|file| {
                let (name, text) = file.split_once('\n').unwrap();
                (Path::new("/case").join(name), format!("{text}\n"))
            })
            .collect();
        let memory = Memory(files.iter().cloned().collect());
        let texts: Vec<_> = files
            .into_iter()
            .filter(|(path, _)| path.extension().is_none_or(|found| found != "env"))
            .map(|(path, text)| {
                let name = path.strip_prefix("/case").unwrap().to_str().unwrap();
                let text = SourceText::new(name, text);
                let parsed = parse(&text);
                (path, text, parsed)
            })
            .collect();
        let given: Vec<_> = texts
            .iter()
            .map(|(file, text, parsed)| Given {
                file,
                text,
                documents: &parsed.documents,
                complete: parsed.problems.is_empty(),
            })
            .collect();
        let builds = build(&given, &memory);
        let sources: Vec<_> = texts
            .iter()
            .map(|(_, text, parsed)| (text.name(), parsed.documents.as_slice()))
            .collect();
        builder.assemble(builds, &sources, &BTreeMap::new(), Reading::Built);
        for (_, text, parsed) in texts {
            builder.add_parsed(text, parsed, self.git, ReadFrom::File);
        }
    }

    /// What a rule finds.
    fn results(&self, check: &checks::Check) -> Results {
        let inventory = self.inventory();
        let mut results = Results::default();
        if inventory.realms.is_empty() {
            (check.run)(&inventory, &self.settings(), &mut results);
        } else {
            let only = Selection {
                only: BTreeSet::from([check.rule.id]),
                settings: self.settings(),
                ..Selection::default()
            };
            let found = Examined::new(inventory, &only);
            results.findings = found.findings;
            results.unknown = found.unknown;
        }
        results
    }
}

/// What an `expect` line can say of a finding, longest form.
fn told(finding: &Finding) -> String {
    let mut told = format!("{} {}", finding.severity, finding.subject.short());
    if let Some(secret) = &finding.secret {
        told += &format!(" {}", secret.name);
        if let Some(key) = &secret.key {
            told += &format!(":{key}");
        }
    }
    if let Some(place) = finding.places.first() {
        told += &format!(" @{}", place.site.path);
    }
    told
}

/// Whether every word of `expected` is in `told`, in order, the first two first.
fn fits(expected: &str, told: &str) -> bool {
    let mut words = told.split(' ');
    expected
        .split(' ')
        .enumerate()
        .all(|(at, wanted)| match at {
            0 | 1 => words.next() == Some(wanted),
            _ => words.any(|word| word == wanted),
        })
}

fn folders() -> BTreeMap<String, Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    fs::read_dir(root)
        .unwrap()
        .map(|folder| {
            let folder = folder.unwrap();
            let mut cases: Vec<_> = fs::read_dir(folder.path())
                .unwrap()
                .map(|case| case.unwrap().path())
                .collect();
            cases.sort();
            (folder.file_name().into_string().unwrap(), cases)
        })
        .collect()
}

#[test]
fn every_case_gives_exactly_its_findings() {
    let mut wrong = Vec::new();
    for (id, cases) in folders() {
        let check = CHECKS.iter().find(|check| check.rule.id == id);
        let check = check.unwrap_or_else(|| panic!("tests/checks/{id}: no such rule"));
        for path in cases {
            let case = Case::read(&path);
            let results = case.results(check);
            let mut found: Vec<_> = results.findings.iter().map(told).collect();
            let mut missing = Vec::new();
            for expected in &case.expected {
                match found.iter().position(|told| fits(expected, told)) {
                    Some(at) => {
                        found.remove(at);
                    }
                    None => missing.push(expected.clone()),
                }
            }
            let fixes: BTreeSet<String> = results
                .findings
                .iter()
                .flat_map(offers)
                .map(|(applies, _)| applies.name().to_owned())
                .collect();
            if case.fixes.as_ref().is_some_and(|wanted| *wanted != fixes) {
                wrong.push(format!("{}: offers {fixes:?}", path.display()));
            }
            let unknown: BTreeSet<_> = results
                .unknown
                .iter()
                .map(|unknown| {
                    unknown
                        .subject
                        .as_ref()
                        .map_or(String::new(), |id| id.short())
                })
                .collect();
            if !missing.is_empty() || !found.is_empty() || unknown != case.unknown {
                wrong.push(format!(
                    "{}\n  not found: {missing:#?}\n  not expected: {found:#?}\n  unknown: {unknown:?}, expected {:?}",
                    path.display(),
                    case.unknown
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a store, a SealedSecret or a volume stops many: it is told once, by the rule
/// that knows why.
#[test]
fn one_cause_is_one_finding() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/causes");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let case = Case::read(&path);
        let examined = Examined::new(case.inventory(), &Selection::default());
        let mut found: Vec<_> = examined
            .findings
            .iter()
            .filter(|finding| {
                finding.severity >= Severity::Warning && !is_about_taste(finding.rule.id)
            })
            .map(|finding| format!("{} {}", finding.rule.id, told(finding)))
            .collect();
        for expected in &case.expected {
            match found.iter().position(|told| fits(expected, told)) {
                Some(at) => drop(found.remove(at)),
                None => wrong.push(format!("{}: not found: {expected}", path.display())),
            }
        }
        if !found.is_empty() {
            wrong.push(format!("{}: not expected: {found:#?}", path.display()));
        }
        seen += 1;
    }
    assert!(seen > 10, "the cases are not there");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rules about how things are done, which find something in any small manifest.
fn is_about_taste(rule: &str) -> bool {
    matches!(rule, "SS013" | "SS092" | "SS122")
}

/// What `--fix` and `--fix --unsafe` offer is an edit that works; after it the
/// rule finds less, and no rule finds anything that was not there before.
#[test]
fn every_offered_fix_puts_its_finding_right_and_brings_up_nothing() {
    let mut offered = BTreeMap::<String, BTreeSet<&str>>::new();
    let mut wrong = Vec::new();
    for (id, cases) in folders() {
        let Some(check) = CHECKS.iter().find(|check| check.rule.id == id) else {
            continue;
        };
        for path in cases {
            let mut case = Case::read(&path);
            if case.scope == "cluster" {
                continue;
            }
            let inventory = case.inventory();
            let before = found(check, &inventory);
            let all_before = by_object(&inventory);
            for finding in &before {
                for (applies, operations) in offers(finding) {
                    offered
                        .entry(id.clone())
                        .or_default()
                        .insert(applies.name());
                    let Some(edited) = after(&inventory, finding, operations) else {
                        continue;
                    };
                    match edited {
                        Ok(text) => {
                            let original = std::mem::replace(&mut case.text, text);
                            let inventory = case.inventory();
                            let left = found(check, &inventory).len();
                            if left >= before.len() {
                                wrong.push(format!("{}: {left} left", path.display()));
                            }
                            for (place, number) in by_object(&inventory) {
                                if reveals(&id, place.0) {
                                    continue;
                                }
                                if all_before.get(&place).is_none_or(|old| *old < number) {
                                    wrong.push(format!("{}: brings up {place:?}", path.display()));
                                }
                            }
                            case.text = original;
                        }
                        // Another finding comes first: a person removes one.
                        Err(Refusal::DuplicateKeys) => {}
                        Err(refusal) => wrong.push(format!("{}: {refusal}", path.display())),
                    }
                }
            }
        }
    }
    // What the pages of the rules say is what the rules do.
    for check in CHECKS {
        let says = match check.rule.auto_fix {
            AutoFix::No | AutoFix::Live => BTreeSet::new(),
            AutoFix::File(tier) | AutoFix::FileAndLive(tier) => match tier {
                Tier::Safe => BTreeSet::from(["safe"]),
                Tier::Unsafe => BTreeSet::from(["unsafe"]),
                Tier::Either => BTreeSet::from(["safe", "unsafe"]),
            },
        };
        let does = offered.remove(check.rule.id).unwrap_or_default();
        if does != says {
            wrong.push(format!(
                "{} says {says:?} and offers {does:?}",
                check.rule.id
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A reference that was no reference to the API is read for the first time once
/// it is put right: that its pods get a Secret as variable, and with it a token,
/// was meant before.
fn reveals(fixed: &str, found: &str) -> bool {
    fixed == "SS047" && matches!(found, "SS013" | "SS092")
}

/// What no program may decide is never safe, whatever the case.
#[test]
fn what_may_break_something_is_never_safe() {
    for (id, cases) in folders() {
        let check = CHECKS.iter().find(|check| check.rule.id == id).unwrap();
        for path in cases {
            let inventory = Case::read(&path).inventory();
            for finding in found(check, &inventory) {
                for (_, operations) in offers(&finding).filter(|(tier, _)| *tier == Applies::Safe) {
                    for operation in operations {
                        let pointer = operation.pointer();
                        let field = pointer.rsplit('/').next().unwrap();
                        let removes = matches!(operation, Operation::Remove { .. });
                        let parent = pointer.rsplit('/').nth(1).unwrap_or_default();
                        let may_break = ["automountServiceAccountToken", "fsGroup"]
                            .contains(&field)
                            || (removes && parent == "volumes");
                        assert!(!may_break, "{}: {pointer}", path.display());
                    }
                }
            }
        }
    }
}

fn found(check: &checks::Check, inventory: &Inventory) -> Vec<Finding> {
    let mut results = Results::default();
    (check.run)(inventory, &Settings::default(), &mut results);
    results.findings
}

/// How many findings of each rule an object has.
fn by_object(inventory: &Inventory) -> BTreeMap<(&'static str, String), usize> {
    let mut counted = BTreeMap::new();
    for check in CHECKS {
        for finding in found(check, inventory) {
            *counted
                .entry((check.rule.id, finding.subject.short()))
                .or_default() += 1;
        }
    }
    counted
}

/// The changes that a finding offers.
fn offers(finding: &Finding) -> impl Iterator<Item = (Applies, &[Operation])> {
    finding.fixes.iter().filter_map(|fix| match fix {
        Fix::Patch {
            operations,
            applies,
            ..
        } if *applies != Applies::Never => Some((*applies, &operations[..])),
        _ => None,
    })
}

/// The text after a change; `None` where there is no file.
fn after(
    inventory: &Inventory,
    finding: &Finding,
    operations: &[Operation],
) -> Option<Result<String, Refusal>> {
    let origin = finding.places.first()?.origin;
    let Origin::File { document, .. } = origin else {
        return None;
    };
    let source = inventory.source(origin)?;
    let facts = &source.documents[document];
    let object = inventory
        .objects
        .iter()
        .find(|object| object.id == finding.subject && object.origin == origin)?;
    let text = source.text.text();
    Some(edit(
        text,
        facts.span,
        facts.format,
        &object.base,
        operations,
    ))
}

#[test]
fn every_rule_has_a_case_that_fails_and_one_that_passes() {
    let folders = folders();
    for check in CHECKS {
        let cases = folders.get(check.rule.id).map_or(&[][..], Vec::as_slice);
        let failing = cases
            .iter()
            .filter(|path| !Case::read(path).expected.is_empty())
            .count();
        assert!(
            failing > 0 && failing < cases.len(),
            "tests/checks/{} needs a case with `expect` and one without",
            check.rule.id
        );
    }
}

#[test]
fn rules_are_sorted_unique_and_fully_described() {
    let ids: Vec<_> = CHECKS.iter().map(|check| check.rule.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    let names: BTreeSet<_> = CHECKS.iter().map(|check| check.rule.name).collect();
    assert_eq!(names.len(), CHECKS.len());
    for check in CHECKS {
        let rule = check.rule;
        for (part, text) in [
            ("summary", rule.summary),
            ("why", rule.why),
            ("remedy", rule.remedy),
            ("example", rule.example),
            ("source", rule.source),
        ] {
            assert!(text.len() >= 20, "{}: {part} says too little", rule.id);
            assert!(
                !text.contains("  ") || part == "example",
                "{}: {part}",
                rule.id
            );
        }
        assert!(!rule.data.is_empty(), "{}", rule.id);
        assert_eq!(checks::find(rule.name), Some(rule));
    }
}

/// Every text of a finding that somebody may see.
fn texts(finding: &Finding) -> String {
    let mut texts = vec![finding.message.clone(), format!("{:?}", finding.subject)];
    texts.extend(finding.evidence.iter().cloned());
    texts.extend(
        finding
            .places
            .iter()
            .map(|place| format!("{} {}", place.label, place.site.path)),
    );
    texts.extend(finding.fixes.iter().map(|fix| format!("{fix:?}")));
    texts.extend(finding.secret.iter().map(|secret| format!("{secret:?}")));
    texts.join("\n")
}

#[test]
fn no_text_of_a_finding_holds_a_value() {
    use base64::Engine as _;

    const CANARY: &str = "kanarienvogel";
    const DIGITS: &str = "730915482";
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let docker = |entry: &str| base64(&format!("{{\"auths\":{{\"r.example\":{entry}}}}}"));
    let secret = |namespace: &str, fields: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: {namespace}\n  \
             annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{CANARY}'\n{fields}"
        )
    };
    let data: String = [
        ("newline", base64(&format!("{CANARY}\n"))),
        ("blank", base64(&format!(" {CANARY}"))),
        ("twice", base64(&base64(&format!("{CANARY} {CANARY}")))),
        ("python", base64(&format!("b'{CANARY}'"))),
        ("quotes", base64(&format!("\"{CANARY}\""))),
        ("nobreak", base64(&format!("{CANARY}\u{a0}{CANARY}"))),
        ("token", base64(&format!("<{CANARY}>"))),
        ("password", base64("kanarienvog")),
        ("secret", base64(&format!("{CANARY}-{CANARY}"))),
        ("tls.crt", base64(CANARY)),
        (
            "tls.key",
            base64(&format!("-----BEGIN PRIVATE KEY-----\n{CANARY}")),
        ),
        (
            ".dockerconfigjson",
            docker(&format!("{{\"auth\":\"{CANARY}\"}}")),
        ),
        (".dockercfg", base64(&format!("{{\"{CANARY}"))),
    ]
    .iter()
    .map(|(key, value)| format!("  {key}: {value}\n"))
    .collect();
    let manifest = [
        secret("a", &format!("type: kubernetes.io/tls\ndata:\n{data}")),
        secret("b", &format!("data:\n{data}")),
        secret(
            "c",
            &format!(
                "data:\n  word: {CANARY}!\n  both: eA==\nstringData:\n  number: {DIGITS}\n  both: \
                 {CANARY}\n"
            ),
        ),
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {{password: {CANARY}}}\n"
        ),
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: \
             c\n    env:\n    - {{name: PORT, value: {DIGITS}}}\n    - {{name: DB_PASSWORD, value: \
             {CANARY}}}\n"
        ),
    ]
    .concat();
    let mut found = BTreeSet::new();
    for scope in ["complete", "cluster"] {
        let case = Case {
            scope: scope.to_owned(),
            inspect: true,
            text: manifest.clone(),
            ..Case::default()
        };
        let mut results = Results::default();
        let inventory = case.inventory();
        for check in CHECKS {
            (check.run)(&inventory, &Settings::default(), &mut results);
        }
        for finding in &results.findings {
            found.insert(finding.rule.id);
            let texts = texts(finding);
            // One encoding has three alignments; the middle of each is fixed.
            let shifted = [
                base64(CANARY),
                base64(&format!("x{CANARY}")),
                base64(&format!("xx{CANARY}")),
            ];
            for needle in
                shifted
                    .iter()
                    .map(|encoded| &encoded[4..16])
                    .chain([CANARY, "kanarienvog", DIGITS])
            {
                assert!(
                    !texts.contains(needle),
                    "{}: a value is told",
                    finding.rule.id
                );
            }
        }
        for unknown in &results.unknown {
            assert!(!unknown.what.contains(CANARY));
        }
    }
    for id in [
        "SS014", "SS015", "SS058", "SS060", "SS061", "SS062", "SS067", "SS071", "SS073", "SS074",
        "SS076", "SS078", "SS079", "SS083",
    ] {
        assert!(
            found.contains(id),
            "{id} did not look at the canary: {found:?}"
        );
    }
}

#[test]
fn retired_rules_are_told_by_one_that_is_there() {
    for retired in checks::RETIRED {
        assert_eq!(checks::find(retired.id), None, "its id has a new meaning");
        assert_eq!(checks::find(retired.name), None);
        assert_eq!(checks::find_retired(retired.id), Some(retired));
        let told_by = checks::find(retired.told_by).unwrap();
        assert!(checks::page::retired(retired).contains(told_by.id));
    }
}

#[test]
fn every_file_of_a_rule_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            Some(name.strip_suffix(".rs")?.to_owned())
        })
        .filter(|name| {
            name.strip_prefix("ss")
                .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
        })
        .collect();
    files.sort();
    let listed: Vec<_> = CHECKS
        .iter()
        .map(|check| {
            let id = check.rule.id.to_lowercase();
            format!("{id}_{}", check.rule.name.replace('-', "_"))
        })
        .collect();
    assert_eq!(files, listed);
}
