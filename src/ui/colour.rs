//! Whether text may have colours.

use std::io::IsTerminal;

/// How text may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    On,
    Off,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourWish {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    #[default]
    Auto,
    /// Also in pipes and files, whatever the environment says
    Always,
    /// Nowhere
    Never,
}

impl ColourWish {
    /// What a stream gets by it, and by the environment (`NO_COLOR`, `TERM`,
    /// `CLICOLOR_FORCE`).
    pub(super) fn on(self, stream: &impl IsTerminal) -> Colour {
        self.decide(stream.is_terminal(), |name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })
    }

    fn decide(self, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Colour {
        let set = |name: &str| variable(name).is_some();
        let is_dumb = variable("TERM").is_some_and(|value| value == "dumb");
        // 0 forces nothing (bixense.com/clicolors).
        let is_forced = variable("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let on = match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => (is_terminal && !is_dumb || is_forced) && !set("NO_COLOR"),
        };
        if on { Colour::On } else { Colour::Off }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_first_then_the_environment_then_the_terminal() {
        use ColourWish::{Always, Auto, Never};
        for (wish, terminal, set, expected) in [
            (Auto, true, "", Colour::On),
            (Auto, false, "", Colour::Off),
            (Auto, true, "NO_COLOR=1", Colour::Off),
            (Auto, true, "TERM=dumb", Colour::Off),
            (Auto, true, "TERM=xterm", Colour::On),
            (Auto, false, "CLICOLOR_FORCE=1", Colour::On),
            (Auto, false, "CLICOLOR_FORCE=0", Colour::Off),
            (Always, false, "", Colour::On),
            (Always, true, "NO_COLOR=1", Colour::On),
            (Never, true, "CLICOLOR_FORCE=1", Colour::Off),
        ] {
            let variable = |name: &str| {
                let (set, value) = set.split_once('=')?;
                (set == name).then(|| value.to_owned())
            };
            let decided = wish.decide(terminal, variable);
            assert_eq!(decided, expected, "{wish:?} {terminal} {set}");
        }
    }
}
