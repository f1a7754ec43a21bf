//! What the application must change: how to read the file, in a few languages.

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

/// Code that puts the file's content into a variable of that name. Values that
/// were typed into an editor end with a line end, which no password has, so
/// each drops those at the end, and nothing else.
pub fn snippet(language: Language, variable: &str, file: &str) -> String {
    let name = variable.to_lowercase().replace(['-', '.'], "_");
    // JSON's escapes are valid in the string literals of all of these.
    let path = serde_json::Value::from(file).to_string();
    match language {
        Language::Python => format!(
            "from pathlib import Path\n\n{name} = Path({path}).read_text(encoding=\"utf-8\").rstrip(\"\\r\\n\")\n"
        ),
        Language::Typescript => format!(
            "import {{ readFileSync }} from \"node:fs\";\n\nconst {} = readFileSync({path}, \"utf8\").replace(/[\\r\\n]+$/, \"\");\n",
            camel(&name)
        ),
        Language::Go => format!(
            "raw, err := os.ReadFile({path})\nif err != nil {{\n\treturn fmt.Errorf(\"read {variable}: %w\", err)\n}}\n{} := strings.TrimRight(string(raw), \"\\r\\n\")\n",
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
        let python = snippet(Language::Python, "DB_PASSWORD", "/etc/secrets/db/password");
        assert!(python.contains("db_password = Path(\"/etc/secrets/db/password\")"));
        let go = snippet(Language::Go, "DB_PASSWORD", "/f");
        assert!(go.contains("dbPassword := strings.TrimRight"));
        let shell = snippet(Language::Shell, "DB_PASSWORD", "/etc/a b");
        assert_eq!(shell, "DB_PASSWORD=\"$(cat '/etc/a b')\"\n");
    }
}
