//! What Kubernetes expands in a text (kubernetes/kubernetes
//! `third_party/forked/golang/expansion`).

/// A piece of a text that Kubernetes expands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// It stays as it is.
    Text(&'a str),
    /// `$$`, which becomes `$`.
    Dollar,
    /// `$(NAME)`; it stays as it is where there is no such variable.
    Name(&'a str),
}

/// The pieces of a text that Kubernetes expands, in order.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    // Behind it nothing is closed: all is plain text.
    let last = text.rfind(')').unwrap_or_default();
    let mut at = 0;
    while let Some(length) = text[at..].find('$') {
        let dollar = at + length;
        pieces.push(Piece::Text(&text[at..dollar]));
        let next = dollar + 1;
        let (piece, end) = match text.as_bytes().get(next) {
            Some(b'(') if next < last => {
                let end = next + text[next..].find(')').unwrap_or_default();
                (Piece::Name(&text[next + 1..end]), end + 1)
            }
            Some(b'$') => (Piece::Dollar, next + 1),
            _ => (Piece::Text("$"), next),
        };
        pieces.push(piece);
        at = end;
    }
    pieces.push(Piece::Text(&text[at..]));
    pieces
}

/// The names in a text that Kubernetes expands, in order: `$(NAME)`, but not
/// `$$(NAME)`.
pub fn expanded_names(text: &str) -> Vec<&str> {
    let name = |piece| match piece {
        Piece::Name(name) => Some(name),
        Piece::Text(_) | Piece::Dollar => None,
    };
    pieces(text).into_iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Invariant 4.
    #[test]
    fn names_are_expanded_as_kubernetes_does() {
        for (text, expected) in [
            ("$(A)", &["A"][..]),
            ("x$(A)y$(B)", &["A", "B"]),
            ("$$(A)", &[]),
            ("$$$(A)", &["A"]),
            ("$A ${A} $", &[]),
            ("$(A", &[]),
            ("$()", &[""]),
            ("$($(A))", &["$(A"]),
            ("$(A)$(B", &["A"]),
            ("$$$$(A)", &[]),
        ] {
            assert_eq!(expanded_names(text), expected, "{text}");
        }
    }

    #[test]
    fn pieces_make_up_the_text() {
        for (text, expected) in [
            ("a $(B) $$(C) $D $(", "a [B] $(C) $D $("),
            ("$(cat /a) $$ é$", "[cat /a] $ é$"),
        ] {
            let made: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.to_owned(),
                    Piece::Dollar => "$".to_owned(),
                    Piece::Name(name) => format!("[{name}]"),
                })
                .collect();
            assert_eq!(made, expected, "{text}");
        }
        assert!(expanded_names(&"$(".repeat(1 << 19)).is_empty());
    }

    proptest! {
        #[test]
        fn escaped_dollars_never_expand(text in "[$()A ]{0,12}") {
            let doubled = text.replace('$', "$$");
            prop_assert!(expanded_names(&doubled).is_empty());
        }
    }
}
