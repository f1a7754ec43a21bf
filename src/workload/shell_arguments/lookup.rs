//! What carries a command out.

use std::rc::Rc;

use super::builtins::is_builtin;
use super::known_programs::is_well_known;
use super::tree::Command;
use super::value::{Shape, Sources, State, Value};

/// What carries a command out.
pub(super) enum Kind {
    Builtin(Rc<str>),
    Function(Rc<Command>),
    /// A program, with its name as far as it is known.
    Program(Rc<str>),
    Unknown,
}

/// Whether functions of the script come before programs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    All,
    WithoutFunctions,
}

/// Whether a name may be that of a function in a file that the script has carried out.
fn may_be_sourced(name: &str, state: &State) -> bool {
    state.sources == Sources::Files && !name.contains('/') && !is_well_known(name)
}

pub(super) fn kind(program: &Value, lookup: Lookup, state: &State) -> Kind {
    // Without quotes it falls into words.
    let first = |text: &Rc<str>| text.split_whitespace().next().map(Rc::<str>::from);
    let names: Vec<_> = program.texts.iter().filter_map(first).collect();
    match &names[..] {
        [] if program.texts.is_empty() && program.shape == Shape::Path => {
            Kind::Program(Rc::from(""))
        }
        [] => Kind::Unknown,
        [name] => match state.functions.get(&**name) {
            Some(body) if lookup == Lookup::All => Kind::Function(Rc::clone(body)),
            _ if is_builtin(name) => Kind::Builtin(Rc::clone(name)),
            _ if lookup == Lookup::All && may_be_sourced(name, state) => Kind::Unknown,
            _ => Kind::Program(Rc::clone(name)),
        },
        names => {
            let is_program = |name: &Rc<str>| {
                !is_builtin(name)
                    && !state.functions.contains_key(&**name)
                    && !may_be_sourced(name, state)
            };
            match names.iter().all(is_program) {
                true => Kind::Program(Rc::from("")),
                false => Kind::Unknown,
            }
        }
    }
}
