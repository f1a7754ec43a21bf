//! Finding copies of values in files of others, without telling what they are.

use std::io::{self, Read};

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::SecretValue;

/// The shortest value, in bytes, that is looked for: shorter ones are everywhere.
const SHORTEST: usize = 8;
/// The shortest line of a longer value.
const SHORTEST_LINE: usize = 12;
/// How many lines are looked for.
const MOST: usize = 2000;
/// How much is read at a time, in bytes.
const BLOCK: usize = 256 * 1024;

/// What copies of values have in them: whole values, and their longer lines, because
/// editors keep lines. Of what is no text, the base64 that was edited.
#[derive(Default)]
pub struct Traces {
    needles: Vec<Zeroizing<Vec<u8>>>,
    leaves_out: bool,
}

impl Traces {
    /// Those of values, together with what is known already.
    pub fn add<'a>(&mut self, values: impl IntoIterator<Item = &'a SecretValue>) {
        for value in values {
            let bytes = value.expose();
            match std::str::from_utf8(bytes) {
                Ok(_) => self.add_text(bytes),
                Err(_) => {
                    let digits = Zeroizing::new(BASE64_STANDARD.encode(bytes));
                    let first = &digits.as_bytes()[..digits.len().min(super::sheet::LINE)];
                    self.add_one(first, SHORTEST_LINE);
                }
            }
        }
        self.needles
            .sort_by(|one, other| one.as_slice().cmp(other.as_slice()));
        self.needles.dedup();
        if self.needles.len() > MOST {
            self.needles.truncate(MOST);
            self.leaves_out = true;
        }
    }

    fn add_text(&mut self, bytes: &[u8]) {
        let bytes = bytes.trim_ascii();
        if !bytes.contains(&b'\n') {
            self.add_one(bytes, SHORTEST);
            return;
        }
        let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let before = self.needles.len();
        for line in lines {
            // A line such as -----BEGIN CERTIFICATE----- is nobody's value.
            if line.len() >= SHORTEST_LINE && !line.starts_with(b"-----") {
                self.needles.push(Zeroizing::new(line.to_vec()));
            }
        }
        self.leaves_out |= self.needles.len() == before;
    }

    fn add_one(&mut self, bytes: &[u8], shortest: usize) {
        match bytes.len() {
            0 => {}
            length if length < shortest => self.leaves_out = true,
            _ => self.needles.push(Zeroizing::new(bytes.to_vec())),
        }
    }

    /// Whether a value was left out because it is too short, or there are too many.
    pub fn leave_out_some(&self) -> bool {
        self.leaves_out
    }

    /// What looks for all of them at once; `None` where there is nothing to look for.
    pub fn finder(&self) -> Option<Finder> {
        let longest = self.needles.iter().map(|one| one.len()).max()?;
        let automaton = AhoCorasick::new(self.needles.iter().map(|one| one.as_slice())).ok()?;
        Some(Finder { automaton, longest })
    }
}

/// Looks for values in files.
pub struct Finder {
    automaton: AhoCorasick,
    longest: usize,
}

impl Finder {
    /// Whether one of them is in the first bytes of a file.
    ///
    /// # Errors
    /// Those of reading it.
    pub fn is_in(&self, file: impl Read, limit: u64) -> io::Result<bool> {
        let mut file = file.take(limit);
        let mut window = Zeroizing::new(vec![0; self.longest + BLOCK]);
        let mut kept = 0;
        loop {
            let count = match file.read(&mut window[kept..]) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if count == 0 {
                return Ok(false);
            }
            let filled = kept + count;
            if self.automaton.is_match(&window[..filled]) {
                return Ok(true);
            }
            // What may be the beginning of one stays.
            let keep = filled.min(self.longest.saturating_sub(1));
            window.copy_within(filled - keep..filled, 0);
            kept = keep;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces(texts: &[&str]) -> Traces {
        let values: Vec<_> = texts
            .iter()
            .map(|text| SecretValue::from_bytes(text.as_bytes().to_vec()))
            .collect();
        let mut traces = Traces::default();
        traces.add(&values);
        traces
    }

    #[test]
    fn values_are_found_across_the_ends_of_blocks() {
        let finder = traces(&["hunter2-hunter2", "another-one"])
            .finder()
            .unwrap();
        for before in [0, 1, BLOCK - 3, BLOCK, BLOCK + 12, 3 * BLOCK - 7] {
            let mut file = vec![b'x'; before];
            file.extend_from_slice(b"hunter2-hunter2");
            file.extend_from_slice(&[b'y'; 100]);
            assert!(finder.is_in(file.as_slice(), u64::MAX).unwrap(), "{before}");
            file[before] = b'H';
            assert!(
                !finder.is_in(file.as_slice(), u64::MAX).unwrap(),
                "{before}"
            );
        }
        let file = b"xxhunter2-hunter2";
        assert!(!finder.is_in(&file[..], 10).unwrap());
    }

    #[test]
    fn short_values_are_left_out_and_that_is_known() {
        assert!(traces(&["abc", ""]).leave_out_some());
        assert!(traces(&["abc"]).finder().is_none());
        assert!(!traces(&["", "long-enough"]).leave_out_some());
        let pem = traces(&["-----BEGIN KEY-----\nMIIBVgIBADANBgkq\n-----END KEY-----\n"]);
        assert_eq!(pem.needles.len(), 1);
        let mut binary = Traces::default();
        binary.add(&[SecretValue::from_bytes(vec![0xff; 100])]);
        let shown = "  ".to_owned() + &"/".repeat(76);
        assert!(
            binary
                .finder()
                .unwrap()
                .is_in(shown.as_bytes(), 1000)
                .unwrap()
        );
    }
}
