//! What typed bytes mean: a pure state machine without a terminal.

use zeroize::Zeroizing;

use crate::secret::SecretValue;

const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;
const CTRL_D: u8 = 0x04;
const CTRL_U: u8 = 0x15;
const CTRL_W: u8 = 0x17;
const ESCAPE: u8 = 0x1b;

/// The numbers in the sequences around a bracketed paste.
const PASTE_MARKS: [u16; 2] = [200, 201];

/// What a byte led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// More bytes are needed.
    More,
    /// A PEM block is complete; it is the value unless more follows at once.
    BlockEnd,
    /// The value is complete.
    Done,
    /// Ctrl-D before any byte.
    EndOfInput,
    /// More than the limit.
    TooLarge,
}

/// Where in an escape sequence, such as that of an arrow key, we are.
enum Sequence {
    Outside,
    Begun,
    /// After `ESC [`, with the number read so far.
    Control(u16),
    /// After `ESC O`: one more byte.
    Single,
}

pub(super) struct LineEditor {
    buffer: Zeroizing<Vec<u8>>,
    limit: usize,
    sequence: Sequence,
    /// Whether a key was pressed that types no character. Dropping it in
    /// silence could store another value than the user believes.
    confused: bool,
    /// Whether the last line was the end of a PEM block.
    block_ended: bool,
}

impl LineEditor {
    /// An editor for at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            buffer: Zeroizing::new(Vec::with_capacity(4096)),
            limit,
            sequence: Sequence::Outside,
            confused: false,
            block_ended: false,
        }
    }

    /// The value, or none when a key was pressed that types no character.
    pub(super) fn into_value(mut self) -> Option<SecretValue> {
        let value = SecretValue::from_bytes(std::mem::take(&mut *self.buffer));
        (!self.confused).then_some(value)
    }

    pub(super) fn feed(&mut self, byte: u8) -> Step {
        if self.in_sequence(byte) {
            return Step::More;
        }
        match byte {
            b'\n' | b'\r' => return self.enter(),
            CTRL_D if self.buffer.is_empty() => return Step::EndOfInput,
            CTRL_D => return Step::Done,
            BACKSPACE | DELETE => self.erase_character(),
            CTRL_U => self.buffer.clear(),
            CTRL_W => self.erase_word(),
            0..0x20 if byte != b'\t' => self.confused = true,
            _ => return self.push(byte),
        }
        Step::More
    }

    fn in_sequence(&mut self, byte: u8) -> bool {
        self.sequence = match (&self.sequence, byte) {
            (Sequence::Outside, ESCAPE) => Sequence::Begun,
            (Sequence::Outside, _) => return false,
            (Sequence::Begun, b'[') => Sequence::Control(0),
            (Sequence::Begun, b'O') => Sequence::Single,
            (Sequence::Control(number), b'0'..=b'9') => Sequence::Control(
                number
                    .saturating_mul(10)
                    .saturating_add(u16::from(byte - b'0')),
            ),
            (Sequence::Control(number), b'~') if PASTE_MARKS.contains(number) => Sequence::Outside,
            (Sequence::Control(_), 0x20..=0x3f) => Sequence::Control(0),
            _ => {
                self.confused = true;
                self.sequence = Sequence::Outside;
                // After a lone Escape, Enter still ends the line.
                return !matches!(byte, b'\n' | b'\r');
            }
        };
        true
    }

    fn enter(&mut self) -> Step {
        if !self.buffer.starts_with(b"-----BEGIN ") {
            return Step::Done;
        }
        let begin = self
            .buffer
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let line = self.buffer[begin..].trim_ascii_end();
        if self.block_ended && line.is_empty() {
            return Step::Done;
        }
        self.block_ended = line.starts_with(b"-----END ") && line.ends_with(b"-----");
        match self.push(b'\n') {
            Step::More if self.block_ended => Step::BlockEnd,
            step => step,
        }
    }

    fn push(&mut self, byte: u8) -> Step {
        if self.buffer.len() == self.limit {
            return Step::TooLarge;
        }
        if self.buffer.len() == self.buffer.capacity() {
            // A fresh buffer, as growing in place could leave a copy unwiped.
            let mut larger = Zeroizing::new(Vec::with_capacity(self.buffer.len() * 4));
            larger.extend_from_slice(&self.buffer);
            self.buffer = larger;
        }
        self.buffer.push(byte);
        Step::More
    }

    /// Removes one character: in UTF-8, up to three continuation bytes and
    /// the byte they belong to.
    fn erase_character(&mut self) {
        let mut continuations = 0;
        while let Some(byte) = self.buffer.pop() {
            if byte & 0b1100_0000 != 0b1000_0000 || continuations == 3 {
                break;
            }
            continuations += 1;
        }
    }

    fn erase_word(&mut self) {
        let kept = self.buffer.trim_ascii_end();
        let end = kept
            .iter()
            .rposition(u8::is_ascii_whitespace)
            .map_or(0, |at| at + 1);
        self.buffer.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps that are not `More`, and the value.
    fn typed(bytes: &[u8]) -> (Vec<Step>, Option<Vec<u8>>) {
        let mut editor = LineEditor::new(10_000);
        let steps = bytes
            .iter()
            .map(|byte| editor.feed(*byte))
            .filter(|step| *step != Step::More);
        let steps = steps.collect();
        (
            steps,
            editor.into_value().map(|value| value.expose().to_vec()),
        )
    }

    #[test]
    fn editing() {
        for (keys, value) in [
            ("abc\n", "abc"),
            ("abc\r", "abc"),
            ("  a b \n", "  a b "),
            ("abx\x7fc\n", "abc"),
            ("abx\x08c\n", "abc"),
            ("a€\x7fb\n", "ab"),
            ("a😀\x7fb\n", "ab"),
            ("\x7f\x7fa\n", "a"),
            ("wrong\x15right\n", "right"),
            ("one two \x17three\n", "one three"),
            ("one\x17\x17two\n", "two"),
            ("tab\there\n", "tab\there"),
            ("\n", ""),
            ("abc\x04", "abc"),
            ("\x1b[200~pasted\x1b[201~\n", "pasted"),
        ] {
            let expected = (vec![Step::Done], Some(value.as_bytes().to_vec()));
            assert_eq!(typed(keys.as_bytes()), expected, "{keys:?}");
        }
    }

    #[test]
    fn invalid_utf8_is_kept_and_erased_byte_by_byte() {
        assert_eq!(typed(b"\xff\xfe\n").1, Some(b"\xff\xfe".to_vec()));
        assert_eq!(typed(b"a\xff\x7f\n").1, Some(b"a".to_vec()));
    }

    #[test]
    fn keys_without_a_character_spoil_the_entry() {
        for keys in [
            "a\x1b[Db\n",
            "a\x1bOHb\n",
            "a\x01b\n",
            "a\x1b\n",
            "\x1bxy\n",
            "a\x1b[1;5Cb\n",
        ] {
            assert_eq!(typed(keys.as_bytes()), (vec![Step::Done], None), "{keys:?}");
        }
    }

    #[test]
    fn end_of_input() {
        assert_eq!(typed(b"\x04").0, [Step::EndOfInput]);
        assert_eq!(typed(b"a\x7f\x04").0, [Step::EndOfInput]);
    }

    #[test]
    fn a_pem_block_goes_on_to_its_end_line() {
        let block = "-----BEGIN X-----\nProc-Type: 4\n\nabc=\n-----END X-----\n";
        let (steps, value) = typed(block.as_bytes());
        assert_eq!(steps, [Step::BlockEnd]);
        assert_eq!(value.as_deref(), Some(block.as_bytes()));
    }

    #[test]
    fn a_chain_of_blocks_is_one_value_and_an_empty_line_ends_it() {
        let chain = "-----BEGIN X-----\na\n-----END X-----\n".repeat(2);
        let (steps, value) = typed(format!("{chain}\n").as_bytes());
        assert_eq!(steps, [Step::BlockEnd, Step::BlockEnd, Step::Done]);
        assert_eq!(value.as_deref(), Some(chain.as_bytes()));
    }

    #[test]
    fn long_lines_fit_up_to_the_limit() {
        let (steps, value) = typed(&[&[b'x'; 10_000][..], b"\n"].concat());
        assert_eq!(
            (steps, value.map(|value| value.len())),
            (vec![Step::Done], Some(10_000))
        );
        assert_eq!(typed(&[b'x'; 10_001]).0, [Step::TooLarge]);
    }
}
