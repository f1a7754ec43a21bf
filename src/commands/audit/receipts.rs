//! The directory of receipts. Its files are somebody else's: a limited number is read, each
//! to a limit, and what is no receipt is a warning.

use std::fs;
use std::path::Path;

use crate::auditing::Receipts;
use crate::error::CommandError;
use crate::reading;

/// One receipt has at most some hundreds of consumers.
const LARGEST: usize = 4 * 1024 * 1024;
const MOST: usize = 10_000;
/// Warnings of one kind are told one by one up to here.
const TOLD: usize = 10;

/// The receipts of a directory, and a warning for each file that is none.
///
/// # Errors
/// Status 2 when the directory cannot be read.
pub(super) fn read(folder: &Path) -> Result<(Receipts, Vec<String>), CommandError> {
    let unreadable = |error| {
        CommandError::usage(format!("--receipts {}: {error}", folder.display()))
            .hint("Name the directory that holds the receipts of rotations.")
    };
    let mut paths: Vec<_> = fs::read_dir(folder)
        .map_err(unreadable)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    paths.sort();
    let mut receipts = Receipts::default();
    let mut warnings = Vec::new();
    for path in paths.iter().take(MOST) {
        let why = match reading::regular(path, LARGEST) {
            Ok(text) => receipts.add(&text).err().map(|why| why.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(why) = why {
            warnings.push(format!("{} is not used: {why}", path.display()));
        }
    }
    if let more @ 1.. = warnings.len().saturating_sub(TOLD) {
        warnings.truncate(TOLD);
        warnings.push(format!("{more} more files of --receipts are not used"));
    }
    if let more @ 1.. = paths.len().saturating_sub(MOST) {
        warnings.push(format!(
            "{more} files of --receipts are not read: {MOST} at most are"
        ));
    }
    Ok((receipts, warnings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_receipt_is_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let receipt = |version: &str, ended: &str, result: &str| {
            serde_json::json!({
                "apiVersion": version, "namespace": "n", "ended": ended, "result": result,
                "secrets": [{"name": "db", "uid": "u", "more": {}}], "more": [1],
            })
            .to_string()
        };
        let version = "secretsafe.dev/receipt-v1";
        file(
            "a.json",
            &receipt(version, "2026-05-01T00:00:00Z", "succeeded"),
        );
        file("notes.txt", "no JSON");
        assert_eq!(read(folder.path()).unwrap().1, [""; 0]);
        for (name, text) in [
            ("b.json", "{".to_owned()),
            ("c.json", receipt("v2", "2026-05-01T00:00:00Z", "x")),
            ("d.json", receipt(version, "yesterday", "x")),
            (
                "e.json",
                receipt(version, "2026-05-01T00:00:00Z", &"x".repeat(65)),
            ),
            ("f.json", "[".repeat(100_000)),
        ] {
            file(name, &text);
        }
        fs::create_dir(folder.path().join("g.json")).unwrap();
        let warnings = read(folder.path()).unwrap().1;
        assert_eq!(warnings.len(), 6, "{warnings:#?}");
        for number in 0..20 {
            file(&format!("h{number}.json"), "");
        }
        let warnings = read(folder.path()).unwrap().1;
        assert_eq!(warnings.len(), TOLD + 1);
        assert!(warnings[TOLD].starts_with("16 more files"), "{warnings:#?}");
        assert!(read(&folder.path().join("gone")).is_err());
    }
}
