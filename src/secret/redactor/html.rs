//! The characters that HTML and XML write as entities.

/// Names of the characters that encoders escape (HTML, section 13.5): all of
/// ASCII that is no letter or digit, and the hard blank.
const NAMES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("AMP", '&'),
    ("LT", '<'),
    ("GT", '>'),
    ("QUOT", '"'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("grave", '`'),
    ("DiacriticalGrave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("VerticalLine", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
];
/// The longest name, and the most digits that are read, leading zeros included.
const LONGEST: usize = 16;

/// The entity that `text`, which begins with `&`, begins with: its length and
/// what it means. The semicolon may be missing, as browsers have it.
pub(super) fn entity(text: &[u8]) -> Option<(usize, char)> {
    let rest = text.get(1..)?;
    let (length, character) = match rest {
        [b'#', b'x' | b'X', digits @ ..] => {
            let (length, character) = number(digits, 16)?;
            (length + 2, character)
        }
        [b'#', digits @ ..] => {
            let (length, character) = number(digits, 10)?;
            (length + 1, character)
        }
        _ => name(rest)?,
    };
    let ends = usize::from(rest.get(length) == Some(&b';'));
    Some((1 + length + ends, character))
}

fn number(digits: &[u8], radix: u32) -> Option<(usize, char)> {
    let length = digits
        .iter()
        .take(LONGEST)
        .take_while(|digit| char::from(**digit).is_digit(radix))
        .count();
    let digits = std::str::from_utf8(&digits[..length]).ok()?;
    let code = u32::from_str_radix(digits, radix).ok()?;
    Some((length, char::from_u32(code)?))
}

fn name(rest: &[u8]) -> Option<(usize, char)> {
    NAMES
        .iter()
        .filter(|(name, _)| rest.starts_with(name.as_bytes()))
        .max_by_key(|(name, _)| name.len())
        .map(|(name, character)| (name.len(), *character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_as_browsers_read_them() {
        for (text, expected) in [
            ("&amp;x", Some((5, '&'))),
            ("&ampx", Some((4, '&'))),
            ("&#39;", Some((5, '\''))),
            ("&#039", Some((5, '\''))),
            ("&#x27;", Some((6, '\''))),
            ("&#X0000002f;", Some((12, '/'))),
            ("&lbrace;", Some((8, '{'))),
            ("&", None),
            ("&#;", None),
            ("&#xD800;", None),
            ("&nothing;", None),
        ] {
            assert_eq!(entity(text.as_bytes()), expected, "{text}");
        }
    }
}
