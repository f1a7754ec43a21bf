//! `scaffold`, without a cluster: what it prints has what the lesson asks for, `doctor` finds
//! nothing in it, no name becomes something else, and its commands are understood.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const KINDS: [&str; 3] = ["deployment", "statefulset", "cronjob"];
const LEVELS: [&str; 3] = ["plain", "sealed", "external"];
/// The exercise of the lesson.
const LESSON: [&str; 6] = [
    "--secret",
    "db:username,password",
    "--secret",
    "api:key",
    "--tls",
    "web",
];
const FILES: [&str; 5] = [
    "/etc/secrets/db/username",
    "/etc/secrets/db/password",
    "/etc/secrets/api/key",
    "/etc/secrets/web/tls.crt",
    "/etc/secrets/web/tls.key",
];

fn program(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(words)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("KUBECONFIG", "/nonexistent/kubeconfig")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn scaffold(more: &[&str]) -> (String, String) {
    let words: Vec<&str> = ["scaffold", "api"]
        .iter()
        .chain(&LESSON)
        .chain(more)
        .copied()
        .collect();
    let output = program(&words);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(0), "{words:?}: {err}");
    (out, err)
}

fn at_level(level: &str) -> Vec<&str> {
    match level {
        "external" => vec![
            "--level",
            level,
            "--store",
            "vault",
            "--path",
            "{name}#{key}",
        ],
        level => vec!["--level", level],
    }
}

/// The documents of a text, as YAML 1.1 has them.
fn documents(text: &str) -> Vec<Value> {
    // kubectl takes `0400` for octal; this reader does not.
    let text = text.replace("defaultMode: 0400", "defaultMode: 256");
    let all = text.split("\n---\n").filter(|text| {
        text.lines()
            .any(|line| !line.starts_with('#') && !line.trim().is_empty() && line != "---")
    });
    all.map(|text| serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}")))
        .collect()
}

/// The workload among them, and its pod.
fn pod(text: &str) -> Value {
    let workload = documents(text).pop().unwrap();
    let spec = &workload["spec"];
    let template = match workload["kind"].as_str().unwrap() {
        "CronJob" => &spec["jobTemplate"]["spec"]["template"],
        _ => &spec["template"],
    };
    template["spec"].clone()
}

/// Every kind at every level, as YAML.
fn everything() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for kind in KINDS {
        for level in LEVELS {
            let mut words = at_level(level);
            words.extend(["--kind", kind]);
            all.push((format!("{kind} {level}"), scaffold(&words).0));
        }
    }
    all
}

#[test]
fn doctor_finds_nothing_in_any_kind_at_any_level_in_any_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut looked = 0;
    for kind in KINDS {
        for level in LEVELS {
            for format in ["yaml", "json", "kyaml"] {
                let mut words = at_level(level);
                words.extend(["--kind", kind, "-o", format]);
                if kind != "cronjob" {
                    words.extend(["--port", "8080"]);
                }
                let path = folder.path().join("app.yaml");
                fs::write(&path, scaffold(&words).0).unwrap();
                let path = path.display().to_string();
                let found = program(&["doctor", "-o", "json", "--fail-on", "info", "-f", &path]);
                let report: Value = serde_json::from_slice(&found.stdout).unwrap();
                let part = &report["parts"][0];
                assert_eq!(
                    part["findings"].as_array().unwrap().len(),
                    0,
                    "{words:?}: {part}"
                );
                assert_eq!(found.status.code(), Some(0), "{words:?}");
                looked += 1;
            }
        }
    }
    assert_eq!(looked, 27);
    // It would find something.
    let path = folder.path().join("app.yaml");
    let text = scaffold(&[])
        .0
        .replace("defaultMode: 0400", "defaultMode: 400");
    fs::write(&path, text).unwrap();
    let found = program(&["doctor", "-f", &path.display().to_string()]);
    assert_eq!(found.status.code(), Some(1));
}

/// The first question of the lesson: are Secrets mounted, by default?
#[test]
fn secrets_are_files_and_no_variables() {
    for (what, text) in everything() {
        let pod = pod(&text);
        let container = &pod["containers"][0];
        assert!(
            container["env"].is_null() && container["envFrom"].is_null(),
            "{what}"
        );
        let volumes = pod["volumes"].as_array().unwrap();
        let mut files = Vec::new();
        for mount in container["volumeMounts"].as_array().unwrap() {
            let volume = volumes
                .iter()
                .find(|volume| volume["name"] == mount["name"]);
            for item in volume.unwrap()["secret"]["items"]
                .as_array()
                .into_iter()
                .flatten()
            {
                files.push(format!(
                    "{}/{}",
                    mount["mountPath"].as_str().unwrap(),
                    item["path"].as_str().unwrap()
                ));
            }
        }
        assert_eq!(files, FILES, "{what}");
    }
}

/// The second: is the mode 0400?
#[test]
fn the_mode_is_0400_and_the_process_can_read_it() {
    for (what, text) in everything() {
        assert_eq!(text.matches("defaultMode: 0400\n").count(), 3, "{what}");
        let pod = pod(&text);
        for volume in pod["volumes"].as_array().unwrap() {
            if let Some(secret) = volume["secret"].as_object() {
                assert_eq!(secret["defaultMode"], 0o400, "{what}");
            }
        }
        let context = &pod["securityContext"];
        assert_eq!(context["runAsUser"], 1000, "{what}");
        assert_eq!(context["fsGroup"], 1000, "{what}");
        assert_eq!(context["runAsNonRoot"], true, "{what}");
    }
}

/// The third: is every mount of a Secret read-only?
#[test]
fn mounts_of_secrets_are_read_only() {
    for (what, text) in everything() {
        let pod = pod(&text);
        let container = &pod["containers"][0];
        let mounts = container["volumeMounts"].as_array().unwrap();
        let writable: Vec<_> = mounts
            .iter()
            .filter(|mount| mount["readOnly"] != true)
            .map(|mount| mount["mountPath"].as_str().unwrap())
            .collect();
        assert_eq!(writable, ["/tmp"], "{what}");
        let context = &container["securityContext"];
        assert_eq!(context["readOnlyRootFilesystem"], true, "{what}");
        assert_eq!(context["allowPrivilegeEscalation"], false, "{what}");
        assert_eq!(context["capabilities"]["drop"][0], "ALL", "{what}");
        assert_eq!(pod["automountServiceAccountToken"], false, "{what}");
    }
}

/// The comments, as one line.
fn comments(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.strip_prefix('#'));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The fourth: does it warn that base64 is no encryption?
#[test]
fn it_warns_that_base64_is_no_encryption() {
    for (what, text) in everything() {
        let comments = comments(&text);
        for words in [
            "base64, which is an encoding, not encryption",
            "encrypted at rest",
        ] {
            assert!(comments.contains(words), "{what}: {comments}");
        }
    }
}

/// The fifth: does it say when to go up a level?
#[test]
fn it_says_when_to_go_up_a_level() {
    for (what, text) in everything() {
        let comments = comments(&text);
        let says = |words: &str| comments.contains(words);
        let higher = match () {
            () if what.ends_with("plain") => {
                says("When to go up a level:") && says("--level sealed") && says("--level external")
            }
            () if what.ends_with("sealed") => {
                says("When to go up a level:") && says("--level external")
            }
            () => says("This is the highest level"),
        };
        assert!(higher, "{what}: {comments}");
    }
}

#[test]
fn no_level_prints_a_secret() {
    for (what, text) in everything() {
        let made = documents(&text);
        let kinds: Vec<_> = made
            .iter()
            .map(|made| made["kind"].as_str().unwrap())
            .collect();
        assert!(!kinds.contains(&"Secret"), "{what}");
        let external = kinds
            .iter()
            .filter(|kind| **kind == "ExternalSecret")
            .count();
        assert_eq!(
            external,
            if what.ends_with("external") { 3 } else { 0 },
            "{what}"
        );
        let account = &made[0];
        assert_eq!(account["kind"], "ServiceAccount", "{what}");
        assert_eq!(account["automountServiceAccountToken"], false, "{what}");
    }
}

/// JSON has no comments: what is to be done is told beside it.
#[test]
fn every_format_is_the_same_objects() {
    for level in LEVELS {
        let of = |format: &str| {
            let mut words = at_level(level);
            words.extend(["-o", format]);
            scaffold(&words)
        };
        let json: Value = serde_json::from_str(&of("json").0).unwrap();
        let items = json["items"].as_array().unwrap();
        assert_eq!(&documents(&of("yaml").0), items, "{level}");
        let kyaml = of("kyaml").0;
        assert_eq!(&documents(&format!("\n{kyaml}")), items, "{level}");
        let (_, said) = of("json");
        if level != "external" {
            for secret in ["secret/db", "secret/api", "secret/web"] {
                assert!(said.contains(secret), "{level}: {said}");
            }
        }
    }
}

#[test]
fn what_is_typed_becomes_nothing_else_and_is_not_repeated() {
    const HOSTILE: [&str; 10] = [
        "$(id)",
        "a b",
        "a\nkind: Secret",
        "../x",
        "-x",
        "a;b",
        "a#b",
        "{{ .Values.x }}",
        "\u{202e}a",
        "hunter2 canary",
    ];
    for text in HOSTILE {
        let secret = format!("{text}:k");
        let key = format!("db:{text}");
        let file = format!("db:k={text}");
        for words in [
            vec!["scaffold", text, "--secret", "db:k"],
            vec!["scaffold", "api", "--secret", &secret],
            vec!["scaffold", "api", "--secret", &key],
            vec!["scaffold", "api", "--secret", &file],
            vec!["scaffold", "api", "--tls", text],
            vec!["scaffold", "api", "--secret", "db:k", "--image", text],
            vec!["scaffold", "api", "--secret", "db:k", "-n", text],
            vec![
                "scaffold",
                "api",
                "--secret",
                "db:k",
                "--kind",
                "cronjob",
                "--schedule",
                text,
            ],
            vec![
                "scaffold", "api", "--secret", "db:k", "--level", "external", "--path", "{key}",
                "--store", text,
            ],
        ] {
            // `-x` alone stands for keys that begin so, and those may.
            if text == "-x" && words.len() == 4 && words[3].starts_with("db:") {
                continue;
            }
            let output = program(&words);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{words:?}");
            assert!(output.stdout.is_empty(), "{words:?}");
            assert!(!said.contains("hunter2"), "{words:?}: {said}");
        }
    }
}

/// The commands in comments and hints are the same, and are understood as they stand.
#[test]
fn printed_commands_are_understood() {
    let mut seen = 0;
    for level in LEVELS {
        let mut words = at_level(level);
        words.extend(["-n", "shop", "--context", "my context"]);
        let (out, err) = scaffold(&words);
        let command = |line: &str| {
            let at = line.find("kubectl secretsafe ")?;
            Some(line[at..].to_owned())
        };
        let in_comments: Vec<_> = out.lines().filter_map(command).collect();
        let in_hints: Vec<_> = err.lines().filter_map(command).collect();
        assert!(!in_hints.is_empty(), "{level}: {err}");
        for line in in_comments.iter().chain(&in_hints) {
            assert!(line.contains("--context 'my context'"), "{line}");
            let typed = line.replace("kubectl secretsafe", "\"$0\"");
            // A shell takes it apart; the program says what it would read first.
            let output = Command::new("/bin/sh")
                .args(["-c", &typed, env!("CARGO_BIN_EXE_kubectl-secretsafe")])
                .env_clear()
                .env("HOME", "/nonexistent")
                .env("KUBECONFIG", "/nonexistent/kubeconfig")
                .current_dir(tempfile::tempdir().unwrap().path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            for words in [
                "unknown flag",
                "unexpected",
                "requires",
                "invalid value",
                "panicked",
            ] {
                assert!(!said.contains(words), "{line}: {said}");
            }
            seen += 1;
        }
        if level != "external" {
            assert_eq!(in_comments[..3], in_hints[..3], "{level}");
        }
    }
    assert!(seen >= 10, "{seen}");
}

/// What is in a snippet is a program: Python reads all five files as it says.
#[test]
fn snippets_read_the_files() {
    if Command::new("python3").arg("--version").output().is_err() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = scaffold(&["--snippets", "python"]).0;
    let code: Vec<_> = text
        .lines()
        .skip_while(|line| *line != "# In Python:")
        .skip(1)
        .map_while(|line| line.strip_prefix("#   ").or((line == "#").then_some("")))
        .collect();
    let root = folder.path().display().to_string();
    let mut code = code.join("\n").replace("/etc/secrets", &root);
    for file in FILES {
        let path = file.replace("/etc/secrets", &root);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, format!("value of {file}\n")).unwrap();
    }
    code += "\nprint([db_username, db_password, api_key, web_tls_crt, web_tls_key])";
    let output = Command::new("python3")
        .args(["-c", &code])
        .output()
        .unwrap();
    let wanted: Vec<_> = FILES
        .iter()
        .map(|file| format!("'value of {file}'"))
        .collect();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("[{}]\n", wanted.join(", ")),
        "{code}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Keys that are the same name once they are written as languages want them, and several files
/// of one scope.
const ALIKE: [&str; 8] = [
    "--secret",
    "a-b:c,C",
    "--secret",
    "a.b:c",
    "--secret",
    "read:file.sync,raw",
    "--secret",
    "1-x:a_1,a1",
];
const FILES_ALIKE: [&str; 7] = [
    "a-b/c",
    "a-b/C",
    "a.b/c",
    "read/file.sync",
    "read/raw",
    "1-x/a_1",
    "1-x/a1",
];

/// What is printed for a language, in a directory with the files.
fn code(language: &str, folder: &Path) -> String {
    let words: Vec<&str> = ["scaffold", "api", "--snippets", language]
        .iter()
        .chain(&ALIKE)
        .copied()
        .collect();
    let output = program(&words);
    let text = String::from_utf8(output.stdout).unwrap();
    let code: Vec<_> = text
        .lines()
        .skip_while(|line| !line.starts_with("# In "))
        .skip(1)
        .map_while(|line| line.strip_prefix("#   ").or((line == "#").then_some("")))
        .collect();
    assert!(!code.is_empty(), "{text}");
    let root = folder.join("secrets").display().to_string();
    for file in FILES_ALIKE {
        let path = Path::new(&root).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{file}\n")).unwrap();
    }
    code.join("\n").replace("/etc/secrets", &root)
}

/// Runs a program on a text; `None` where the machine does not have it.
fn run(words: &[&str], folder: &Path) -> Option<Output> {
    let command = Command::new(words[0])
        .args(&words[1..])
        .current_dir(folder)
        .output();
    command.ok()
}

fn succeeds(words: &[&str], folder: &Path, code: &str) -> Option<String> {
    let output = run(words, folder)?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}\n{code}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn has(words: &[&str]) -> bool {
    let found = run(words, Path::new("/"));
    found.is_some_and(|output| output.status.success())
}

/// The variables that are made, by what stands around their names.
fn variables<'c>(code: &'c str, before: &str, after: &str) -> Vec<&'c str> {
    let made: Vec<_> = code
        .lines()
        .filter_map(|line| line.strip_prefix(before)?.split_once(after))
        .map(|(name, _)| name)
        .filter(|name| !name.contains(' '))
        .collect();
    assert_eq!(made.len(), FILES_ALIKE.len(), "{code}");
    made
}

#[test]
fn python_reads_each_file_into_its_own_variable() {
    let folder = tempfile::tempdir().unwrap();
    let mut code = code("python", folder.path());
    assert_eq!(code.matches("import").count(), 1, "{code}");
    let names = variables(&code, "", " = Path(").join(", ");
    code += &format!("\nprint('\\n'.join([{names}]))");
    if let Some(said) = succeeds(&["python3", "-c", &code], folder.path(), &code) {
        assert_eq!(said.lines().collect::<Vec<_>>(), FILES_ALIKE, "{code}");
    }
}

/// What is printed has nothing that JavaScript does not have.
#[test]
fn node_reads_each_file_into_its_own_variable() {
    let folder = tempfile::tempdir().unwrap();
    let mut code = code("typescript", folder.path());
    assert_eq!(code.matches("import").count(), 1, "{code}");
    let names = variables(&code, "const ", " = ").join(", ");
    code += &format!("\nconsole.log([{names}].join('\\n'));\n");
    fs::write(folder.path().join("read.mjs"), &code).unwrap();
    if let Some(said) = succeeds(&["node", "read.mjs"], folder.path(), &code) {
        assert_eq!(said.lines().collect::<Vec<_>>(), FILES_ALIKE, "{code}");
    }
}

/// Above and below the line that says where the code belongs.
fn parts<'c>(code: &'c str, comment: &str) -> (&'c str, &'c str) {
    let (above, below) = code.split_once(comment).unwrap();
    (above, below.split_once('\n').unwrap().1)
}

#[test]
fn go_reads_each_file_into_its_own_variable() {
    let folder = tempfile::tempdir().unwrap();
    let code = code("go", folder.path());
    assert!(!code.contains("\\t"), "{code}");
    let names = variables(&code, "", " := strings.").join(", ");
    let (above, below) = parts(&code, "// In a function");
    let whole = format!(
        "package main\n{above}\nfunc read() error {{\n{below}\n\
         fmt.Println(strings.Join([]string{{{names}}}, \"\\n\"))\nreturn nil\n}}\n\
         func main() {{\nif err := read(); err != nil {{\npanic(err)\n}}\n}}\n"
    );
    fs::write(folder.path().join("read.go"), &whole).unwrap();
    if has(&["go", "version"])
        && let Some(said) = succeeds(&["go", "run", "read.go"], folder.path(), &whole)
    {
        assert_eq!(said.lines().collect::<Vec<_>>(), FILES_ALIKE, "{whole}");
    }
}

#[test]
fn java_takes_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let code = code("java", folder.path());
    variables(&code, "String ", " = ");
    let (above, below) = parts(&code, "// In a method");
    let whole = format!(
        "{above}\nclass Read {{ void read() throws java.io.IOException {{\n{below}\n}} }}\n"
    );
    fs::write(folder.path().join("Read.java"), &whole).unwrap();
    if has(&["javac", "-version"]) {
        succeeds(&["javac", "Read.java"], folder.path(), &whole);
    }
}

#[test]
fn rust_takes_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let code = code("rust", folder.path());
    let (_, below) = parts(&code, "// In a function");
    let whole = format!(
        "#![allow(unused)]\npub fn read() -> Result<(), Box<dyn std::error::Error>> {{\n{below}\nOk(())\n}}\n"
    );
    fs::write(folder.path().join("read.rs"), &whole).unwrap();
    if has(&["rustc", "--version"]) {
        let words = [
            "rustc",
            "--edition",
            "2021",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "read.rs",
        ];
        succeeds(&words, folder.path(), &whole);
    }
}

#[test]
fn a_shell_reads_each_file_into_its_own_variable() {
    let folder = tempfile::tempdir().unwrap();
    let mut code = code("shell", folder.path());
    let names = variables(&code, "", "=\"$(cat ");
    let shown: Vec<_> = names.iter().map(|name| format!("\"${name}\"")).collect();
    code += &format!("\nprintf '%s\\n' {}", shown.join(" "));
    let said = succeeds(&["/bin/sh", "-euc", &code], folder.path(), &code).unwrap();
    assert_eq!(said.lines().collect::<Vec<_>>(), FILES_ALIKE, "{code}");
}

/// `-` is standard output, which is where it goes without the flag.
#[test]
fn a_file_is_not_named_like_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(["scaffold", "api", "--secret", "db:k", "-w", "-"])
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

/// What is sealed is applied with the objects that need it.
#[test]
fn the_last_step_applies_every_file() {
    let folder = tempfile::tempdir().unwrap();
    for (level, files) in [
        (
            "sealed",
            "-f db.sealed.yaml -f api.sealed.yaml -f web.sealed.yaml -f ",
        ),
        ("plain", "-f "),
    ] {
        let path = folder.path().join(level).display().to_string();
        let (_, said) = scaffold(&["--level", level, "-w", &path]);
        let wanted = format!("hint: Then apply the objects: kubectl apply {files}{path}");
        assert!(said.lines().any(|line| line == wanted), "{said}");
    }
}

#[test]
fn a_file_that_differs_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.yaml").display().to_string();
    let write = |more: &[&str]| {
        let words: Vec<&str> = ["scaffold", "api", "-w", &path]
            .iter()
            .chain(&LESSON)
            .chain(more)
            .copied()
            .collect();
        program(&words).status.code()
    };
    assert_eq!(write(&[]), Some(0));
    let before = fs::read(&path).unwrap();
    assert_eq!(write(&[]), Some(0));
    assert_eq!(write(&["--port", "80"]), Some(2));
    assert_eq!(fs::read(&path).unwrap(), before);
}
