//! What the application must change: how to read the files, in a few languages.

use std::collections::BTreeSet;

/// A language for which there is a snippet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Language {
    /// Python
    Python,
    /// TypeScript on Node.js
    Typescript,
    /// Go
    Go,
    /// Java
    Java,
    /// Rust
    Rust,
    /// POSIX shell
    Shell,
}

impl Language {
    /// Its name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "Python",
            Language::Typescript => "TypeScript",
            Language::Go => "Go",
            Language::Java => "Java",
            Language::Rust => "Rust",
            Language::Shell => "shell",
        }
    }
}

/// A variable of the code, and the file that it is read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// `DB_PASSWORD`: each language writes it its own way.
    pub variable: String,
    pub file: String,
}

/// Words that name something else in one of the languages, or in the code around.
const TAKEN: &str = "abstract and as assert async await become bool boolean box break byte case \
    catch chan char class const continue crate debugger def default defer del delete do done \
    double dyn elif else enum err error esac except export extends extern fallthrough false fi \
    final finally float fmt fn for from func function gen global go goto if impl implements \
    import in instanceof int interface is lambda let long loop macro map match mod module move \
    mut native new nil none nonlocal not null or os override package pass path priv private \
    protected pub public raise range raw readFileSync ref return select self short static string \
    strings struct super switch synchronized then this throw throws trait transient true try \
    type typeof union unsafe unsized until use var virtual void volatile where while with yield";

/// Code that puts the content of each file into its variable: what it needs is imported once.
/// Values that were typed into an editor end with a line end, which no password has, so
/// each drops those at the end, and nothing else.
pub fn snippet(language: Language, reads: &[Read]) -> String {
    let mut code = head(language).to_owned();
    for (place, read) in distinct(reads).iter().enumerate() {
        code += &reading(language, read, place);
    }
    code
}

/// Each read once, under a name that every language takes and that no other one has.
fn distinct(reads: &[Read]) -> Vec<Read> {
    let mut seen = BTreeSet::new();
    let mut taken: BTreeSet<String> = TAKEN.split_whitespace().map(str::to_owned).collect();
    let once = reads.iter().filter(|read| seen.insert(*read));
    once.map(|read| {
        let word = identifier(&read.variable);
        let names = [word.clone(), format!("SECRET_{word}")];
        let variable = names
            .into_iter()
            .chain((2..).map(|number| format!("{word}_{number}")))
            .find(|name| taken.insert(camel(&snake(name))))
            .expect("one of all numbers is free");
        Read {
            variable,
            file: read.file.clone(),
        }
    })
    .collect()
}

/// A name of letters, digits and underscores that begins with a letter.
fn identifier(variable: &str) -> String {
    let name: String = variable
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    match name.trim_start_matches('_') {
        "" => "SECRET".to_owned(),
        rest if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("SECRET_{rest}"),
        rest => rest.to_owned(),
    }
}

/// What stands above all reads: the imports, and where the code belongs.
fn head(language: Language) -> &'static str {
    match language {
        Language::Python => "from pathlib import Path\n\n",
        Language::Typescript => "import { readFileSync } from \"node:fs\";\n\n",
        Language::Go => {
            "import (\n    \"fmt\"\n    \"os\"\n    \"strings\"\n)\n\n// In a function that returns an error:\n"
        }
        Language::Java => {
            "import java.nio.file.Files;\nimport java.nio.file.Path;\n\n// In a method that throws IOException:\n"
        }
        Language::Rust => "// In a function that returns a Result:\n",
        Language::Shell => "",
    }
}

/// Lines are indented with blanks: what is printed has no tabs.
fn reading(language: Language, read: &Read, place: usize) -> String {
    let Read { variable, file } = read;
    let name = snake(variable);
    // JSON's escapes are valid in the string literals of all of these.
    let path = serde_json::Value::from(file.as_str()).to_string();
    match language {
        Language::Python => {
            format!("{name} = Path({path}).read_text(encoding=\"utf-8\").rstrip(\"\\r\\n\")\n")
        }
        Language::Typescript => format!(
            "const {} = readFileSync({path}, \"utf8\").replace(/[\\r\\n]+$/, \"\");\n",
            camel(&name)
        ),
        Language::Go => format!(
            "raw, err {} os.ReadFile({path})\nif err != nil {{\n    return fmt.Errorf(\"read {variable}: %w\", err)\n}}\n{} := strings.TrimRight(string(raw), \"\\r\\n\")\n",
            // Both are variables of one scope, which are declared once.
            if place == 0 { ":=" } else { "=" },
            camel(&name)
        ),
        Language::Java => format!(
            "String {} = Files.readString(Path.of({path})).replaceAll(\"[\\\\r\\\\n]+$\", \"\");\n",
            camel(&name)
        ),
        Language::Rust => format!(
            "let {name} = std::fs::read_to_string({path})?;\nlet {name} = {name}.trim_end_matches(['\\r', '\\n']);\n"
        ),
        Language::Shell => format!(
            "{variable}=\"$(cat {})\"\n",
            crate::command_line::quoted(file)
        ),
    }
}

fn snake(variable: &str) -> String {
    variable.to_ascii_lowercase()
}

/// `db_password` as `dbPassword`.
fn camel(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("value").to_owned();
    words.fold(first, |mut camel, word| {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel + letters.as_str()
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn names_and_paths_are_those_of_the_plan() {
        let one = |language, variable: &str, file: &str| {
            let read = Read {
                variable: variable.to_owned(),
                file: file.to_owned(),
            };
            snippet(language, &[read])
        };
        let python = one(Language::Python, "DB_PASSWORD", "/etc/secrets/db/password");
        assert!(python.contains("db_password = Path(\"/etc/secrets/db/password\")"));
        let go = one(Language::Go, "DB_PASSWORD", "/f");
        assert!(go.contains("dbPassword := strings.TrimRight"));
        let shell = one(Language::Shell, "DB_PASSWORD", "/etc/a b");
        assert_eq!(shell, "DB_PASSWORD=\"$(cat '/etc/a b')\"\n");
    }

    #[test]
    fn several_files_are_one_program() {
        let reads = ["A_B", "A_C"].map(|variable| Read {
            variable: variable.to_owned(),
            file: format!("/{variable}"),
        });
        for (language, once) in [
            (Language::Python, "from pathlib import Path"),
            (Language::Typescript, "import { readFileSync }"),
            (Language::Go, "raw, err :="),
            (Language::Go, "import ("),
            (Language::Java, "import java.nio.file.Path;"),
        ] {
            let code = snippet(language, &reads);
            assert_eq!(code.matches(once).count(), 1, "{code}");
            assert!(!code.contains('\t'), "{code}");
        }
    }

    #[test]
    fn names_are_different_and_taken_by_every_language() {
        let names = |variables: &[(&str, &str)]| {
            let reads: Vec<_> = variables
                .iter()
                .map(|(variable, file)| Read {
                    variable: (*variable).to_owned(),
                    file: (*file).to_owned(),
                })
                .collect();
            let named = distinct(&reads).into_iter();
            named.map(|read| read.variable).collect::<Vec<_>>()
        };
        assert_eq!(names(&[("A", "/a"), ("A", "/a")]), ["A"]);
        assert_eq!(names(&[("A", "/a"), ("a", "/b")]), ["A", "SECRET_a"]);
        assert_eq!(
            names(&[("a-b_c", "/1"), ("a.b_c", "/2"), ("a_b.c", "/3")]),
            ["a_b_c", "SECRET_a_b_c", "a_b_c_2"]
        );
        // One word in the languages that write it without underscores.
        assert_eq!(names(&[("a_1", "/1"), ("a1", "/2")]), ["a_1", "SECRET_a1"]);
        assert_eq!(
            names(&[
                ("PASS", "/1"),
                ("1x", "/2"),
                ("-", "/3"),
                ("read.file.sync", "/4")
            ]),
            [
                "SECRET_PASS",
                "SECRET_1x",
                "SECRET",
                "SECRET_read_file_sync"
            ]
        );
    }
}
