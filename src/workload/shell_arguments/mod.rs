//! What the scripts of shells visibly pass to programs as arguments. A guess by their
//! text, like [`super::shell`]: what it does not understand it does not report.
//!
//! The script is read into commands ([`parser`], [`words`], [`commands`], [`compound`]) and
//! then followed ([`run`], [`programs`], [`lookup`],
//! [`builtins`], [`expand`], [`scope`]): of `if` and the like all
//! branches, with all values that a variable may have.

mod builtins;
mod commands;
mod compound;
mod expand;
mod known_programs;
mod lookup;
mod parser;
mod programs;
mod run;
mod scope;
mod start;
mod tree;
mod value;
mod words;

use parser::{Lost, Parser, Read};
use run::{Literal, Run};
pub use start::script;
use value::State;

/// Where a part of an argument comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `$NAME`.
    Variable(String),
    /// The content of a file.
    File(String),
}

/// What the programs of a script get as arguments, each part once. What a builtin or a
/// function gets is in no list of processes. `literal` tells the values of the variables of
/// the container that are in the manifest.
pub fn arguments<'a>(script: &str, literal: impl Fn(&str) -> Option<&'a str>) -> Vec<Part> {
    passed(script, &literal).unwrap_or_default()
}

fn passed(script: &str, literal: Literal<'_, '_>) -> Read<Vec<Part>> {
    let mut parser = Parser::new(script);
    let list = parser.list()?;
    if parser.next().is_some() {
        return Err(Lost);
    }
    let mut run = Run::new(literal, parser.steps);
    run.list(&list, &mut State::default())?;
    Ok(run.passed())
}

#[cfg(test)]
mod tests;
