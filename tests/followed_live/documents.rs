//! The commands of README and of the documents, run one after the other as their block
//! shows them: in a folder with the files that they name, and against a cluster that has
//! what they name. Where a block shows what is printed, that is compared.
//!
//! In a guide, blocks follow each other until a comment `<!-- stage: NAME -->` sets another
//! stage ([`Stage::named`]). `UPDATE_GENERATED=1` writes what is printed below each command
//! whose output is another one; lines that are to be left out are then replaced by `…`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use testcluster::fault::Resource;

use crate::scene::{NEW, OLD, at_once};
use crate::stage::Stage;
use crate::transcript::{self, Block, NAME};

/// A document with commands.
struct Document {
    name: String,
    path: PathBuf,
    lines: Vec<String>,
}

/// Blocks that are run on one stage.
struct Act<'d> {
    document: &'d Document,
    stage: Option<String>,
    blocks: Vec<Block>,
}

/// Other lines for those of a document.
struct Change<'d> {
    document: &'d Document,
    lines: std::ops::Range<usize>,
    told: Vec<String>,
}

fn documents() -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md"), root.join("SECURITY.md")];
    for folder in ["docs", "docs/adr", "docs/guides", "docs/rbac"] {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap);
        paths.extend(entries.map(|entry| entry.path()).filter(|path| {
            path.extension().is_some_and(|found| found == "md") && !path.ends_with("cli.md")
        }));
    }
    paths.sort();
    let document = |path: PathBuf| Document {
        name: path.strip_prefix(root).unwrap().display().to_string(),
        lines: fs::read_to_string(&path)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect(),
        path,
    };
    paths.into_iter().map(document).collect()
}

impl Document {
    fn acts(&self) -> Vec<Act<'_>> {
        let is_guide = self.name.starts_with("docs/guides/");
        let mut acts: Vec<Act<'_>> = Vec::new();
        // The blocks of a guide go on where the last one ended; sentences do not.
        let mut story: Option<usize> = None;
        for block in transcript::blocks(&self.lines, is_guide) {
            let mut stage = block.stage.clone();
            if is_guide && stage.is_none() && !block.is_span {
                if let Some(story) = story {
                    acts[story].blocks.push(block);
                    continue;
                }
                stage = Some("shop".to_owned());
            }
            if self.name == "README.md" && block.steps[0].command.ends_with("audit -A") {
                stage = Some("fleet".to_owned());
            }
            // Its other commands, with an archive, are run by the tests of delivery.
            if block.steps[0].command.contains("-f app.yaml") {
                stage = Some("example".to_owned());
            }
            if !block.is_span {
                story = Some(acts.len());
            }
            acts.push(Act {
                document: self,
                stage,
                blocks: vec![block],
            });
        }
        acts
    }
}

/// What is typed: somebody agrees, and does not wait for half a minute.
fn typed(command: &str) -> String {
    let command = command.split(" #").next().unwrap().trim_end();
    let has = |word: &str| command.split(' ').any(|other| other == word);
    let live = !has("-f") && !has("-k");
    let looks = ["--status", "--emit", "--print-rbac", "--gc"];
    let looks = looks.into_iter().any(has) || command.contains("--dry-run");
    let changes = has("migrate") && (live || has("--write")) || has("rotate") || has("restart");
    let changes = changes && !looks;
    let mut more = String::new();
    let adopts = has("--adopt") || has("--restart") || has("reseal") || has("--gc");
    if (changes || adopts) && !has("-y") {
        more.push_str(" -y");
    }
    let starts = changes && live && !has("--undo") && !has("--abort");
    if (starts || has("--restart")) && !has("--settle") {
        more.push_str(" --settle 1s");
    }
    if changes && live && !has("--timeout") {
        more.push_str(" --timeout 20s");
    }
    // The flags are those of the program, not of what follows it.
    let at = command.find(NAME).unwrap_or(0);
    let ends = [" -- ", " | ", " > ", " && "];
    let ends = ends.into_iter().filter_map(|end| command[at..].find(end));
    let end = ends.min().map_or(command.len(), |end| at + end);
    format!("{}{more}{}", &command[..end], &command[end..])
}

/// How many commands were run and outputs compared, and what is wrong.
#[derive(Default)]
struct Tally<'d> {
    ran: AtomicUsize,
    prompted: AtomicUsize,
    compared: AtomicUsize,
    wrong: Mutex<Vec<String>>,
    changes: Mutex<Vec<Change<'d>>>,
}

fn play<'d>(act: &Act<'d>, tally: &Tally<'d>) {
    let document = act.document;
    let is_guide = document.name.starts_with("docs/guides/");
    let stage = act.stage.as_deref().map_or_else(Stage::new, Stage::named);
    let add = |count: &AtomicUsize| count.fetch_add(1, Ordering::SeqCst);
    let can_build = Path::new("/usr/bin/kubectl").exists();
    let mut last = 0;
    for block in &act.blocks {
        let mut steps = block.steps.iter().peekable();
        while let Some(step) = steps.next() {
            let command = &step.command;
            let mut words = command.split(' ');
            // An ellipsis, or a word in capitals, is to be filled in.
            let is_pattern =
                command.contains('…') || words.any(|word| word == "NAME" || word == "KEY");
            let is_own = command.contains(NAME) || is_guide;
            if is_pattern || !is_own || command.contains(" -k ") && !can_build {
                continue;
            }
            let said = if command == "echo $?" {
                format!("{last}\n")
            } else {
                let output = stage.run(&typed(command));
                last = output.status.code().unwrap_or(-1);
                String::from_utf8(output.stdout).unwrap()
            };
            assert!(
                !said.contains(NEW) && !said.contains(OLD),
                "{command} shows a value"
            );
            let asks = command.contains("--prompt");
            let is_told = steps.peek().is_some_and(|next| next.command == "echo $?");
            let fits = match last {
                0 => true,
                _ if is_told || command == "echo $?" => true,
                1 => command.contains("doctor") || command.contains("audit"),
                // Nobody is there to type.
                2 if asks && said.contains("terminal") => true,
                // The page of a rule shows how it is made at first.
                2 => said.contains("exists already") && document.name.ends_with("checks.md"),
                _ => false,
            };
            add(&tally.ran);
            if asks {
                add(&tally.prompted);
            }
            if !fits {
                let wrong = format!("{}: {command} ends {last}: {said}", document.name);
                tally.wrong.lock().unwrap().push(wrong);
            }
            let Some(shown) = step.shown.clone().filter(|_| !asks) else {
                continue;
            };
            add(&tally.compared);
            let mut told = transcript::told(&said, !command.contains("--settle"));
            if document.name == "README.md" {
                // A Deployment of the played cluster has one pod, and that of the README four.
                told = told.replace("0 of 1 running containers", "0 of 4 running containers");
            }
            let shows = document.lines[shown.clone()].iter();
            let shows: Vec<String> = shows
                .map(|line| line.get(step.indent..).unwrap_or_default().to_owned())
                .collect();
            if !transcript::is_shown(&shows, &told) {
                let shows = shows.join("\n");
                let wrong = format!(
                    "{}:{}: {command} prints\n{told}and the document shows\n{shows}",
                    document.name, shown.start
                );
                tally.wrong.lock().unwrap().push(wrong);
                let indent = " ".repeat(step.indent);
                let told = told.lines().map(|line| match line {
                    "" => String::new(),
                    line => format!("{indent}{line}"),
                });
                tally.changes.lock().unwrap().push(Change {
                    document,
                    lines: shown,
                    told: told.collect(),
                });
            }
        }
    }
}

/// Writes what was printed, and says that somebody has to look at it.
fn rewrite(documents: &[Document], changes: &mut [Change<'_>]) {
    changes.sort_by_key(|change| std::cmp::Reverse(change.lines.start));
    for document in documents {
        let mut lines = document.lines.clone();
        let own = changes
            .iter()
            .filter(|change| change.document.path == document.path);
        let mut changed = false;
        for change in own {
            lines.splice(change.lines.clone(), change.told.iter().cloned());
            changed = true;
        }
        if changed {
            let beside = document.path.with_extension("new");
            fs::write(&beside, lines.join("\n") + "\n").unwrap();
            fs::rename(&beside, &document.path).unwrap();
            println!("{} has what was printed", document.name);
        }
    }
}

#[test]
fn the_commands_of_documents_do_what_their_blocks_say() {
    let documents = documents();
    let acts: Vec<Act<'_>> = documents.iter().flat_map(Document::acts).collect();
    let tally = Tally::default();
    at_once(&acts, |act| play(act, &tally));
    let count = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    let (ran, compared) = (count(&tally.ran), count(&tally.compared));
    println!(
        "{ran} commands of documents were run, {} of them up to the question; {compared} outputs compared",
        count(&tally.prompted)
    );
    let mut changes = tally.changes.into_inner().unwrap();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        rewrite(&documents, &mut changes);
    }
    let wrong = tally.wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(ran >= 120, "only {ran}");
    assert!(compared >= 60, "only {compared} outputs");
}

/// What the blocks about one file and one workload leave behind.
#[test]
fn the_blocks_of_the_readme_change_what_they_say() {
    let stage = Stage::new();
    let file = || fs::read_to_string(stage.folder().join("deployment.yaml")).unwrap();
    let before = file();
    stage.run("kubectl secretsafe migrate -f deployment.yaml");
    assert_eq!(file(), before);
    stage.run("kubectl secretsafe migrate -f deployment.yaml --write -y");
    assert!(file().contains("mountPath: /etc/secrets/db"), "{}", file());
    let container = || -> Value {
        let api = stage
            .server()
            .workload(Resource::Deployments, "prod", "api");
        api.unwrap()["spec"]["template"]["spec"]["containers"][0].clone()
    };
    let live = |command: &str| {
        let output = stage.run(&typed(command));
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    };
    let original = container();
    live("kubectl secretsafe migrate deploy/api -n prod");
    let mounted = container();
    assert!(mounted["env"].is_array() && mounted["volumeMounts"].is_array());
    live("kubectl secretsafe migrate deploy/api -n prod --remove-env --reads-files DB_PASSWORD");
    assert!(container()["env"].is_null());
    live("kubectl secretsafe migrate --undo deploy/api -n prod");
    assert_eq!(container(), mounted);
    live("kubectl secretsafe migrate --undo deploy/api -n prod");
    assert_eq!(container(), original);
}
