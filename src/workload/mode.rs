//! Modes of files as people write them. YAML takes `0400` for octal, JSON and
//! the API know decimal numbers only (kubernetes/kubernetes
//! `pkg/apis/core/validation/validation.go`: 0 to 511; cilium/cilium-cli#539).

use crate::manifest::ScalarStyle;

use super::Mode;

/// The largest mode the API takes.
pub const LARGEST: u32 = 0o777;

/// A mode that does not mean what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Octal digits in a decimal number: `400` is 0620.
    Decimal {
        /// What it looks like.
        meant: u32,
        becomes: u32,
    },
    /// A number that is no mode: the API refuses it.
    OutOfRange {
        /// What it looks like, if that is a mode.
        meant: Option<u32>,
    },
    /// Something that is no number, such as a quoted one: the API refuses it.
    NotANumber {
        /// What it looks like, if that is a mode.
        meant: Option<u32>,
    },
}

impl Slip {
    /// The mode that was meant, if that can be told.
    pub fn meant(self) -> Option<u32> {
        match self {
            Slip::Decimal { meant, .. } => Some(meant),
            Slip::OutOfRange { meant } | Slip::NotANumber { meant } => meant,
        }
    }
}

/// What is wrong with a mode as it is written; `None` if nothing is.
pub fn slip(mode: &Mode) -> Option<Slip> {
    let Some(number) = mode.bits else {
        let digits = mode.lexeme.trim_start_matches("0o");
        return Some(Slip::NotANumber {
            meant: u32::from_str_radix(digits, 8)
                .ok()
                .filter(|bits| *bits <= LARGEST),
        });
    };
    // `0400` and `0o400` are read as they look.
    let octal = mode.style == ScalarStyle::Plain
        && mode.lexeme.len() > 1
        && mode.lexeme.starts_with('0')
        && !mode.decimal_only;
    let meant = if octal { None } else { read_as_octal(number) };
    match u32::try_from(number).ok().filter(|bits| *bits <= LARGEST) {
        None => Some(Slip::OutOfRange { meant }),
        Some(becomes) => meant
            .filter(|_| !is_sensible(becomes))
            .map(|meant| Slip::Decimal { meant, becomes }),
    }
}

/// The decimal digits taken for octal ones, if that gives a mode that somebody
/// would want. 420, 256, 288, 292, 384, 416, 493 and 511 do not.
fn read_as_octal(number: i64) -> Option<u32> {
    let bits = u32::from_str_radix(&number.to_string(), 8).ok()?;
    (bits <= LARGEST && bits > 0o77 && is_sensible(bits)).then_some(bits)
}

/// Whether somebody would want it: the owner reads, and nobody may do more
/// than who stands before them.
fn is_sensible(bits: u32) -> bool {
    let (owner, group, other) = (bits >> 6 & 7, bits >> 3 & 7, bits & 7);
    let contains = |more: u32, less: u32| more & less == less;
    let usual = |digit: u32| matches!(digit, 0 | 4..=7);
    // 0764 is what a decimal 500 becomes.
    bits != 0o764
        && owner & 4 != 0
        && usual(owner)
        && usual(group)
        && usual(other)
        && contains(owner, group)
        && contains(group, other)
}

/// `0444 (292 in JSON)`: both forms of a mode.
pub fn both_forms(bits: u32) -> String {
    format!("{bits:04o} ({bits} in JSON)")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::workload::Site;

    fn mode(lexeme: &str, bits: Option<i64>, decimal_only: bool) -> Mode {
        Mode {
            site: Site::default(),
            bits,
            lexeme: lexeme.to_owned(),
            style: ScalarStyle::Plain,
            decimal_only,
        }
    }

    #[test]
    fn octal_digits_in_decimal_numbers_are_slips() {
        for (number, meant, becomes) in [
            (400, 0o400, 0o620),
            (440, 0o440, 0o670),
            (444, 0o444, 0o674),
            (500, 0o500, 0o764),
        ] {
            for decimal_only in [false, true] {
                let written = mode(&number.to_string(), Some(number), decimal_only);
                assert_eq!(slip(&written), Some(Slip::Decimal { meant, becomes }));
            }
        }
        for (number, meant) in [
            (600, Some(0o600)),
            (640, Some(0o640)),
            (644, Some(0o644)),
            (755, Some(0o755)),
            (777, Some(0o777)),
            (888, None),
            (-1, None),
        ] {
            let written = mode(&number.to_string(), Some(number), false);
            assert_eq!(slip(&written), Some(Slip::OutOfRange { meant }), "{number}");
        }
    }

    #[test]
    fn right_numbers_are_no_slips() {
        for number in [420, 256, 288, 292, 384, 416, 493, 511, 0, 4, 448, 365] {
            for decimal_only in [false, true] {
                let written = mode(&number.to_string(), Some(number), decimal_only);
                assert_eq!(slip(&written), None, "{number}");
            }
        }
        for (lexeme, number) in [("0400", 256), ("0o440", 288), ("0x100", 256), ("0644", 420)] {
            assert_eq!(slip(&mode(lexeme, Some(number), false)), None, "{lexeme}");
        }
    }

    #[test]
    fn what_is_no_number_is_told_with_what_it_looks_like() {
        for (lexeme, meant) in [
            ("0400", Some(0o400)),
            ("0o440", Some(0o440)),
            ("rw", None),
            ("9999", None),
        ] {
            let written = mode(lexeme, None, false);
            assert_eq!(slip(&written), Some(Slip::NotANumber { meant }), "{lexeme}");
        }
    }

    proptest! {
        #[test]
        fn a_mode_written_in_octal_is_never_a_slip(bits in 0u32..=LARGEST) {
            let written = mode(&format!("{bits:04o}"), Some(i64::from(bits)), false);
            prop_assert_eq!(slip(&written), None);
        }

        #[test]
        fn what_was_meant_is_a_mode_and_no_slip_itself(number in -5i64..2000) {
            let written = mode(&number.to_string(), Some(number), true);
            if let Some(meant) = slip(&written).and_then(Slip::meant) {
                prop_assert!(meant <= LARGEST);
                let put_right = mode(&meant.to_string(), Some(i64::from(meant)), true);
                prop_assert_eq!(slip(&put_right), None);
            }
        }
    }
}
