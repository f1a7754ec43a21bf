//! Texts of SARIF messages, in which `[…](…)` is a link and nothing else acts
//! (SARIF 2.1.0, section 3.11.6): a command in one has to stay what it is.

/// A text that has no links.
pub(crate) fn without_links(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if let '\\' | '[' | ']' = character {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_link_is_none_and_the_rest_stays() {
        for (text, expected) in [
            ("DB_PASSWORD is used", "DB_PASSWORD is used"),
            ("[a](http://b)", "\\[a\\](http://b)"),
            ("\\[a](http://b)", "\\\\\\[a\\](http://b)"),
            (
                "echo '*' | kubectl create -f - # ~1",
                "echo '*' | kubectl create -f - # ~1",
            ),
        ] {
            assert_eq!(without_links(text), expected);
        }
    }
}
