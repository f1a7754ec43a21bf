//! Long rows of names in a sentence.

use crate::words::FOLD;

/// A sentence in which names stand in a row, with the first ten of them:
/// `Keys: a, b and 290 more.`
pub(super) fn shortened(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split(", ").collect();
    let is_name = |part: &&str| !part.is_empty() && !part.contains(' ');
    let mut text = String::new();
    let mut at = 0;
    while at < parts.len() {
        // A row begins with the last word of a part, and ends with the first one
        // of another.
        let names = parts[at + 1..]
            .iter()
            .take_while(|part| is_name(part))
            .count();
        let last = at + 1 + names;
        let (row, rest) = match parts.get(last) {
            Some(part) => (
                names + 2,
                Some(part.split_at(part.find(' ').unwrap_or(part.len()))),
            ),
            None => (names + 1, None),
        };
        if at > 0 {
            text += ", ";
        }
        if row <= FOLD {
            text += parts[at];
            at += 1;
            continue;
        }
        text += &parts[at..at + FOLD].join(", ");
        text += &format!(" and {} more", row - FOLD);
        // The mark at the end of the sentence is none of a name.
        let end = match rest {
            Some((name, rest)) => {
                let mark = name.len() - name.trim_end_matches(['.', ':', ';']).len();
                format!("{}{rest}", &name[name.len() - mark..])
            }
            None => {
                let name = parts[parts.len() - 1];
                name[name.trim_end_matches(['.', ':', ';']).len()..].to_owned()
            }
        };
        text += &end;
        at = last + 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::shortened;

    fn names(count: usize) -> String {
        let names: Vec<_> = (0..count).map(|n| format!("k{n}")).collect();
        names.join(", ")
    }

    #[test]
    fn rows_of_names_are_folded_after_ten() {
        let ten = names(10);
        for (sentence, expected) in [
            (format!("Keys: {ten}."), format!("Keys: {ten}.")),
            (
                format!("Keys: {}.", names(11)),
                format!("Keys: {ten} and 1 more."),
            ),
            (
                format!("The keys {} are new, and old.", names(300)),
                format!("The keys {ten} and 290 more are new, and old."),
            ),
            (
                format!("A: {}; B: {}.", names(12), names(3)),
                format!("A: {ten} and 2 more; B: {}.", names(3)),
            ),
            (
                "one, two of three, four".to_owned(),
                "one, two of three, four".to_owned(),
            ),
            (String::new(), String::new()),
        ] {
            assert_eq!(shortened(&sentence), expected);
        }
    }

    #[test]
    fn other_sentences_stay() {
        let words = "it is so, for this, and that, or the other, ".repeat(20);
        assert_eq!(shortened(&words), words);
    }
}
