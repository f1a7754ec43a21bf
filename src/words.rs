//! Lists of names in sentences.

use std::collections::BTreeSet;

/// Of a list that is told in a text, how much is told one by one.
pub const FOLD: usize = 10;

/// Names that anybody chose, and what is made of them, are told no longer than this.
const LONGEST: usize = 400;

/// A text, no longer than it may be.
pub fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Names in a text, in their order: `a, b and 290 more`.
pub fn folded<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let mut names = names.into_iter();
    let told: Vec<_> = names.by_ref().take(FOLD).collect();
    match names.count() {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// Names in a sentence, sorted: `a, b and 3 more`.
pub fn listed<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    const MOST: usize = 4;
    let names: BTreeSet<_> = names.into_iter().collect();
    let more = names.len().saturating_sub(MOST);
    let told: Vec<_> = names.into_iter().take(MOST).collect();
    match more {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(bounded("ü"), "ü");
        let cut = bounded(&"ü".repeat(LONGEST + 1));
        assert_eq!(cut, format!("{}…", "ü".repeat(LONGEST)));
    }

    #[test]
    fn names_are_listed_once_and_not_all() {
        assert_eq!(listed(["b", "a", "b"]), "a, b");
        assert_eq!(
            listed(["a", "b", "c", "d", "e", "f"]),
            "a, b, c, d and 2 more"
        );
    }
}
