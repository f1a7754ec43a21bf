//! Which 8-byte parts a text has in common with the values.

use zeroize::Zeroizing;

use super::views::View;

/// How long a part of a value must be to be masked. Eight bytes fit a `u64`,
/// so a comparison is exact and cheap.
pub(super) const FRAGMENT_BYTES: usize = 8;

/// Parts of values that occur in a text, sorted, with a filter before the
/// search: most windows are in neither.
pub(super) struct Fragments {
    sorted: Zeroizing<Vec<u64>>,
    filter: Filter,
}

impl Fragments {
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Whether the window of [`FRAGMENT_BYTES`] is one of them.
    pub(super) fn holds(&self, window: &[u8]) -> bool {
        let fragment = window
            .iter()
            .fold(0, |fragment, byte| append(fragment, *byte));
        self.filter.may_hold(fragment) && self.sorted.binary_search(&fragment).is_ok()
    }
}

/// Goes over the values once, however long they are, and keeps the parts that
/// the text may hold. The text is the smaller side, so it fills the filter.
pub(super) fn shared_fragments(views: &[View], values: &[Zeroizing<Vec<u8>>]) -> Fragments {
    let length: usize = views.iter().map(|view| view.bytes.len()).sum();
    let mut in_text = Filter::new(length);
    for view in views {
        each(&view.bytes, |fragment| in_text.insert(fragment));
    }
    let mut count = 0;
    for value in values {
        each(value, |fragment| {
            count += usize::from(in_text.may_hold(fragment))
        });
    }
    let mut shared = Fragments {
        sorted: Zeroizing::new(Vec::with_capacity(count)),
        filter: Filter::new(length),
    };
    for value in values {
        each(value, |fragment| {
            if in_text.may_hold(fragment) {
                shared.sorted.push(fragment);
                shared.filter.insert(fragment);
            }
        });
    }
    shared.sorted.sort_unstable();
    shared
}

fn append(fragment: u64, byte: u8) -> u64 {
    fragment << 8 | u64::from(byte)
}

fn each(bytes: &[u8], mut act: impl FnMut(u64)) {
    let mut fragment = 0;
    for (at, byte) in bytes.iter().enumerate() {
        fragment = append(fragment, *byte);
        if at + 1 >= FRAGMENT_BYTES {
            act(fragment);
        }
    }
}

/// A set that may answer yes wrongly, and never no: one bit a hash.
struct Filter {
    words: Zeroizing<Vec<u64>>,
    bits: u32,
}

impl Filter {
    /// One for so many entries: large enough to answer wrongly once in thirty
    /// times at most, up to a mebibyte.
    fn new(entries: usize) -> Self {
        let bits = (entries.max(1).ilog2() + 6).clamp(10, 23);
        let words = Zeroizing::new(vec![0; 1 << (bits - 6)]);
        Self { words, bits }
    }

    fn place(&self, fragment: u64) -> (usize, u64) {
        let hash = fragment.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - self.bits);
        ((hash >> 6) as usize, 1 << (hash & 63))
    }

    fn insert(&mut self, fragment: u64) {
        let (word, bit) = self.place(fragment);
        self.words[word] |= bit;
    }

    fn may_hold(&self, fragment: u64) -> bool {
        let (word, bit) = self.place(fragment);
        self.words[word] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::views;
    use super::*;

    fn shared(text: &str, value: &[u8]) -> Fragments {
        shared_fragments(&views::of(text), &[Zeroizing::new(value.to_vec())])
    }

    #[test]
    fn only_parts_that_both_have_are_held() {
        let found = shared("it is abcdefghijkl here", b"<abcdefghijkl>");
        assert!(!found.is_empty());
        for window in b"abcdefghijkl".windows(FRAGMENT_BYTES) {
            assert!(found.holds(window));
        }
        // A table that had moved would have left a copy.
        assert_eq!((found.sorted.len(), found.sorted.capacity()), (5, 5));
        let mut other = [0; FRAGMENT_BYTES];
        for number in 0..10_000_u64 {
            other.copy_from_slice(&number.wrapping_mul(0x0123_4567_89ab_cdef).to_be_bytes());
            assert!(!found.holds(&other));
        }
        assert!(shared("it is abcdefg here", b"<abcdefg>").is_empty());
        assert!(shared("", b"abcdefgh").is_empty());
    }

    #[test]
    fn a_filter_never_forgets_and_seldom_errs() {
        let spread = |number: u64| number.wrapping_mul(0xd134_2543_de82_ef95).rotate_left(29);
        let mut filter = Filter::new(1000);
        (0..1000).for_each(|number| filter.insert(spread(number)));
        assert!((0..1000).all(|number| filter.may_hold(spread(number))));
        let wrong = (1000..31_000).filter(|number| filter.may_hold(spread(*number)));
        assert!(wrong.count() < 1500);
        assert!(!Filter::new(0).may_hold(0) && !Filter::new(0).may_hold(u64::MAX));
    }
}
