//! Commands that `migrate` and `doctor` print for files, run where they are printed,
//! with files that are really there: each is understood, ends well, and those that say
//! that they write have written. What they print is followed in turn. The commands of
//! README, of the documents and of the rules' pages are understood.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(
    clippy::print_stdout,
    reason = "how many were run is what the test shows"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::error::ErrorKind;
use kubectl_secretsafe::checks::CHECKS;
use kubectl_secretsafe::cli;

const NAME: &str = "kubectl secretsafe ";
/// How often what a printed command prints is followed.
const DEEP: usize = 3;

/// The files of a folder.
type Files = BTreeMap<String, Vec<u8>>;

/// How a command ended.
struct Ended {
    status: i32,
    text: String,
    files: Files,
}

/// A shell whose `kubectl` is this program, and fails at all else.
struct Shell {
    folder: tempfile::TempDir,
}

impl Shell {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kubectl = folder.path().join("kubectl");
        let program = env!("CARGO_BIN_EXE_kubectl-secretsafe");
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = secretsafe ] || exit 97\nshift\nexec {program} \"$@\"\n"
        );
        fs::write(&kubectl, script).unwrap();
        fs::set_permissions(&kubectl, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn run(&self, files: &Files, command: &str) -> Ended {
        let here = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(here.path().join(name), text).unwrap();
        }
        let path = format!("{}:/usr/bin:/bin", self.folder.path().display());
        let output = Command::new("/bin/sh")
            .args(["-c", command])
            .current_dir(here.path())
            .env("PATH", path)
            .env("HOME", here.path())
            .env("KUBECONFIG", "/nowhere")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let files = fs::read_dir(here.path()).unwrap().map(Result::unwrap);
        let files = files.filter(|entry| entry.path().is_file());
        let files = files.map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        });
        Ended {
            status: output.status.code().unwrap_or(-1),
            text: String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr),
            files: files.collect(),
        }
    }
}

/// The commands in a report: up to the end of the line, of the code or of the clause.
fn commands(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let mut from = 0;
        while let Some(at) = line[from..].find(NAME) {
            let start = from + at;
            let rest = &line[start..];
            let end = match line[..start].chars().next_back() {
                Some('`') => rest.find('`'),
                Some('(') => rest.find(')'),
                _ => rest.find(", or ").or_else(|| rest.find(')')),
            };
            let end = start + end.unwrap_or(rest.len());
            found.insert(line[start..end].trim_end_matches('.').to_owned());
            from = end.max(start + NAME.len());
        }
    }
    // One word is the name of a command in a sentence.
    found.retain(|command| command[NAME.len()..].contains(' '));
    found
}

/// The commands that a document shows as code.
fn code(text: &str) -> BTreeSet<String> {
    // A command may go on in the next line.
    let text = text.replace("\\\n", " ");
    let mut found = BTreeSet::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            let line = line.trim_start().trim_start_matches("$ ");
            let at = line.find(NAME).filter(|at| {
                let before = line[..*at].trim_end();
                before.is_empty() || before.ends_with(['|', '&', ':'])
            });
            found.extend(at.map(|at| commands(&line[at..])).unwrap_or_default());
        } else {
            let spans = line.split('`').skip(1).step_by(2);
            found.extend(
                spans
                    .filter(|span| span.starts_with(NAME))
                    .map(str::to_owned),
            );
        }
    }
    found
}

/// Whether a command is for files: others ask a cluster, or somebody for a value.
fn is_of_files(command: &str) -> bool {
    let words: Vec<_> = command.split(' ').collect();
    words.contains(&"-f") && !words.contains(&"-") && words[2] != "create" || words[2] == "explain"
}

struct Follower<'s> {
    shell: &'s Shell,
    seen: BTreeSet<(Files, String)>,
    wrong: Vec<String>,
    followed: usize,
    wrote: usize,
    refused: usize,
}

impl Follower<'_> {
    fn follow(&mut self, place: &Path, files: &Files, text: &str, depth: usize) {
        for command in commands(text).into_iter().filter(|one| is_of_files(one)) {
            if depth == 0 || !self.seen.insert((files.clone(), command.clone())) {
                continue;
            }
            let writes = command.contains("--write") || command.contains("--fix");
            // Somebody looks at the diff and says yes.
            let typed = match writes {
                true => format!("{command} -y"),
                false => command.clone(),
            };
            let ended = self.shell.run(files, &typed);
            self.followed += 1;
            let changed = ended.files != *files;
            self.wrote += usize::from(changed);
            let why = match ended.status {
                // SS019 tells the line that has to be mended first.
                2 if ended.text.contains("kubectl cannot read it") => None,
                2 => Some("is no command that can be used"),
                0 | 1 | 5 if writes && !changed => {
                    // The edit was tried, and it says what came of it.
                    let says_why = ended.text.contains(" is not fixed: ");
                    self.refused += usize::from(says_why);
                    (!says_why).then_some("writes nothing")
                }
                0 | 1 | 5 if changed && !writes => Some("writes"),
                0 | 1 | 5 => None,
                _ => Some("ends otherwise"),
            };
            if let Some(why) = why {
                let told: Vec<_> = ended.text.lines().take(12).collect();
                self.wrong.push(format!(
                    "{}: {command}\n  {why} ({}):\n{}",
                    place.display(),
                    ended.status,
                    told.join("\n")
                ));
            }
            self.follow(place, &ended.files, &ended.text, depth - 1);
        }
    }
}

fn yaml_below(folder: &str) -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn follow_all(paths: &[PathBuf], first: &[&str], least: (usize, usize)) {
    let shell = Shell::new();
    let mut follower = Follower {
        shell: &shell,
        seen: BTreeSet::new(),
        wrong: Vec::new(),
        followed: 0,
        wrote: 0,
        refused: 0,
    };
    for path in paths {
        let text = fs::read(path).unwrap();
        let head = String::from_utf8_lossy(&text).into_owned();
        // Snapshots of clusters, and sets of several files.
        if head.contains("# scope: cluster") || head.contains("\n#### ") || head.starts_with("####")
        {
            continue;
        }
        let files = Files::from([("app.yaml".to_owned(), text)]);
        for command in first {
            let ended = shell.run(&files, command);
            follower.follow(path, &files, &ended.text, DEEP);
        }
    }
    let Follower {
        wrong,
        followed,
        wrote,
        refused,
        ..
    } = follower;
    println!("{followed} printed commands followed: {wrote} wrote files, {refused} said why not");
    assert!(
        refused < followed / 100,
        "{refused} edits were offered and refused"
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(followed >= least.0, "only {followed} were followed");
    assert!(wrote >= least.1, "only {wrote} wrote");
}

#[test]
fn what_migrate_prints_does_what_it_says() {
    let paths: Vec<_> = yaml_below("tests/migration")
        .into_iter()
        .filter(|path| !path.to_string_lossy().contains(".after."))
        .collect();
    let first = [
        "kubectl secretsafe migrate -f app.yaml",
        "kubectl secretsafe migrate -f app.yaml --complete --reads-files all",
        "kubectl secretsafe migrate --status -f app.yaml",
    ];
    follow_all(&paths, &first, (150, 30));
}

#[test]
fn what_doctor_prints_for_files_does_what_it_says() {
    let first = ["kubectl secretsafe doctor -f app.yaml"];
    follow_all(&yaml_below("tests/checks"), &first, (150, 30));
}

#[test]
fn the_commands_of_documents_are_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts: Vec<(String, String)> = Vec::new();
    for name in ["README.md", "SECURITY.md", "CONTRIBUTING.md"] {
        texts.push((
            name.to_owned(),
            fs::read_to_string(root.join(name)).unwrap(),
        ));
    }
    // docs/cli.md is help, which has a test of its own.
    for folder in ["docs", "docs/adr", "docs/guides", "docs/rbac"] {
        for entry in fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.extension().is_some_and(|found| found == "md") && !path.ends_with("cli.md") {
                texts.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    for check in CHECKS {
        let rule = check.rule;
        let page = format!(
            "{}\n{}\n```\n{}\n```\n",
            rule.why, rule.remedy, rule.example
        );
        texts.push((rule.id.to_owned(), page));
    }
    let (mut wrong, mut understood) = (Vec::new(), 0);
    for (place, text) in texts {
        for command in code(&text) {
            // Up to the next program, a comment or an ellipsis.
            let own = command
                .split([';', '|', '#', '…', '>', '&', '"', '`'])
                .next()
                .unwrap();
            let words = own.split_whitespace().skip(1);
            let words = words.map(|word| word.trim_end_matches([',', ':']).trim_matches('\''));
            let parsed = cli::command("kubectl secretsafe").try_get_matches_from(words);
            match parsed {
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::UnknownArgument
                            | ErrorKind::InvalidSubcommand
                            | ErrorKind::ArgumentConflict
                    ) =>
                {
                    wrong.push(format!("{place}: {command}: {:?}", error.kind()));
                }
                _ => understood += 1,
            }
        }
    }
    println!("{understood} commands of documents are understood");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(understood > 30, "only {understood}");
}
