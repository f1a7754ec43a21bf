//! `--generate KEY[=LENGTH[:ALPHABET]]`: random text of our own.
//!
//! Bytes come from the operating system's generator. A byte is used only when
//! it falls into the largest multiple of the alphabet's size, so that each
//! character is equally likely; a plain remainder would favour the first ones.

use zeroize::Zeroizing;

use crate::secret::SecretValue;

const DEFAULT_LENGTH: usize = 32;
/// The longest value, in characters. Nothing needs more, and a number with a
/// slip of the finger should not fill the whole Secret.
const MAX_LENGTH: usize = 65_536;

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Why a `--generate` argument cannot be used, or nothing could be generated.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// LENGTH is not a number in range.
    #[error("the length must be a number from 1 to {MAX_LENGTH}")]
    Length,
    /// Fewer than two characters say nothing at random.
    #[error("an alphabet needs at least two different characters")]
    AlphabetTooSmall,
    /// A character twice would be more likely than the others.
    #[error(
        "a character stands twice in the alphabet, which would make it more likely than the others"
    )]
    AlphabetRepeats,
    /// Other characters are several bytes, or cannot be seen.
    #[error("an alphabet may hold printable ASCII characters only")]
    AlphabetNotAscii,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

impl GenerateError {
    /// The next step for the user.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Length => {
                Some("For example --generate KEY=40, or --generate KEY for 32 characters.")
            }
            Self::AlphabetTooSmall | Self::AlphabetRepeats | Self::AlphabetNotAscii => Some(
                "Name an alphabet (alnum, hex, base64url, ascii, digits, lower) or list each character once.",
            ),
            Self::Random(_) => None,
        }
    }
}

/// How many characters of which alphabet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    length: usize,
    alphabet: Vec<u8>,
}

impl Recipe {
    /// Takes `KEY[=LENGTH[:ALPHABET]]` apart. The key is checked by the caller.
    ///
    /// # Errors
    /// [`GenerateError`] when the length or the alphabet cannot be used.
    pub fn parse(argument: &str) -> Result<(String, Self), GenerateError> {
        let Some((key, recipe)) = argument.split_once('=') else {
            return Ok((argument.to_owned(), Self::new(DEFAULT_LENGTH, "alnum")?));
        };
        let (length, alphabet) = recipe.split_once(':').unwrap_or((recipe, "alnum"));
        if !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(GenerateError::Length);
        }
        let length = length.parse().map_err(|_| GenerateError::Length)?;
        Ok((key.to_owned(), Self::new(length, alphabet)?))
    }

    fn new(length: usize, alphabet: &str) -> Result<Self, GenerateError> {
        if !(1..=MAX_LENGTH).contains(&length) {
            return Err(GenerateError::Length);
        }
        let alphabet = characters(alphabet);
        if !alphabet.iter().all(|byte| (b' '..=b'~').contains(byte)) {
            return Err(GenerateError::AlphabetNotAscii);
        }
        if alphabet.len() < 2 {
            return Err(GenerateError::AlphabetTooSmall);
        }
        let repeats = |(at, byte): (usize, &u8)| alphabet[..at].contains(byte);
        if alphabet.iter().enumerate().any(repeats) {
            return Err(GenerateError::AlphabetRepeats);
        }
        Ok(Self { length, alphabet })
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// How hard the value is to guess, in bits.
    pub fn entropy_bits(&self) -> f64 {
        let characters = f64::from(u32::try_from(self.alphabet.len()).unwrap_or(u32::MAX));
        let length = f64::from(u32::try_from(self.length).unwrap_or(u32::MAX));
        length * characters.log2()
    }

    /// A new value.
    ///
    /// # Errors
    /// [`GenerateError::Random`].
    pub fn generate(&self) -> Result<SecretValue, GenerateError> {
        let mut value = Zeroizing::new(Vec::with_capacity(self.length));
        let mut random = Zeroizing::new([0_u8; 256]);
        let accepted = 256 - 256 % self.alphabet.len();
        while value.len() < self.length {
            getrandom::fill(random.as_mut_slice()).map_err(GenerateError::Random)?;
            let characters = random
                .iter()
                .map(|&byte| usize::from(byte))
                .filter(|&byte| byte < accepted)
                .map(|byte| self.alphabet[byte % self.alphabet.len()])
                .take(self.length - value.len());
            value.extend(characters);
        }
        Ok(SecretValue::from_bytes(std::mem::take(&mut *value)))
    }
}

fn characters(alphabet: &str) -> Vec<u8> {
    match alphabet {
        "alnum" => ALNUM.into(),
        "hex" => b"0123456789abcdef".to_vec(),
        "base64url" => [ALNUM.as_bytes(), b"-_"].concat(),
        // Without quotes, backslash and space, which shells and configuration
        // formats treat in their own ways.
        "ascii" => (b'!'..=b'~')
            .filter(|byte| !matches!(byte, b'"' | b'\'' | b'`' | b'\\'))
            .collect(),
        "digits" => (b'0'..=b'9').collect(),
        "lower" => (b'a'..=b'z').collect(),
        literal => literal.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: usize = 62 * 1000;

    fn recipe(argument: &str) -> Recipe {
        Recipe::parse(argument).expect("legal").1
    }

    /// Chi-square of the frequencies of `alphabet` in `text`.
    fn chi_square(text: &[u8], alphabet: &[u8]) -> f64 {
        let expected = text.len() as f64 / alphabet.len() as f64;
        let deviation = |character: &u8| {
            let seen = text.iter().filter(|byte| *byte == character).count() as f64;
            (seen - expected).powi(2) / expected
        };
        alphabet.iter().map(deviation).sum()
    }

    /// 61 degrees of freedom: mean 61, standard deviation 11. A fair sampler
    /// goes beyond 150 less than once in 10^8 runs.
    const BOUND: f64 = 150.0;

    #[test]
    fn characters_are_equally_likely() {
        let value = recipe(&format!("key={SAMPLES}"))
            .generate()
            .unwrap_or_else(|e| panic!("{e}"));
        assert!(chi_square(value.expose(), ALNUM.as_bytes()) < BOUND);
    }

    #[test]
    fn the_bound_catches_a_plain_remainder() {
        let mut random = vec![0; SAMPLES];
        getrandom::fill(&mut random).expect("random bytes");
        let biased: Vec<u8> = random
            .iter()
            .map(|byte| ALNUM.as_bytes()[usize::from(*byte) % 62])
            .collect();
        assert!(chi_square(&biased, ALNUM.as_bytes()) > BOUND);
    }

    #[test]
    fn recipes() {
        let (key, default) = Recipe::parse("db-password").expect("legal");
        assert_eq!(
            (key.as_str(), default.length(), default.alphabet.len()),
            ("db-password", 32, 62)
        );
        for (argument, length, size) in [
            ("k=1", 1, 62),
            ("k=65536:hex", 65_536, 16),
            ("k=8:base64url", 8, 64),
            ("k=8:ascii", 8, 90),
            ("k=6:digits", 6, 10),
            ("k=6:lower", 6, 26),
            ("k=6:ab:=", 6, 4),
        ] {
            let recipe = recipe(argument);
            assert_eq!(
                (recipe.length, recipe.alphabet.len()),
                (length, size),
                "{argument}"
            );
            let value = recipe.generate().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(value.len(), length);
            assert!(
                value
                    .expose()
                    .iter()
                    .all(|byte| recipe.alphabet.contains(byte))
            );
        }
    }

    #[test]
    fn refused_recipes() {
        for argument in [
            "k=",
            "k=0",
            "k=65537",
            "k=-1",
            "k=+5",
            "k=x",
            "k=99999999999999999999",
            "k=:hex",
        ] {
            assert!(
                matches!(Recipe::parse(argument), Err(GenerateError::Length)),
                "{argument}"
            );
        }
        for (argument, message) in [
            ("k=5:", "at least two"),
            ("k=5:a", "at least two"),
            ("k=5:abca", "twice"),
            ("k=5:abä", "printable ASCII"),
            ("k=5:a\tb", "printable ASCII"),
        ] {
            let error = Recipe::parse(argument).expect_err("illegal");
            assert!(error.to_string().contains(message), "{argument}: {error}");
        }
    }

    #[test]
    fn entropy() {
        assert!((recipe("k=32:hex").entropy_bits() - 128.0).abs() < 1e-9);
        assert!((recipe("k").entropy_bits() - 190.53).abs() < 0.01);
    }

    #[test]
    fn two_values_differ() {
        let generate = || {
            recipe("k")
                .generate()
                .unwrap_or_else(|error| panic!("{error}"))
        };
        assert!(!generate().same_as(&generate()));
    }
}
