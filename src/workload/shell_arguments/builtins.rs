//! Builtins: what they get is in no list of processes.

use std::rc::Rc;

use super::parser::Read;
use super::programs::name_of;
use super::run::Run;
use super::value::{Flow, Sources, State, Value};

/// What shells carry out themselves: those of POSIX, bash, dash, busybox, ksh and zsh.
const BUILTINS: &[&str] = &[
    ".",
    ":",
    "[",
    "[[",
    "alias",
    "autoload",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "cd",
    "chdir",
    "command",
    "compgen",
    "complete",
    "compopt",
    "continue",
    "declare",
    "dirs",
    "disown",
    "echo",
    "emulate",
    "enable",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "getopts",
    "hash",
    "help",
    "history",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "print",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "setopt",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "unsetopt",
    "wait",
    "whence",
    "zmodload",
];

pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.binary_search(&name).is_ok()
}

impl Run<'_, '_> {
    pub fn builtin(&mut self, name: &str, arguments: &[Value], state: &mut State) -> Read<()> {
        match name {
            "exec" => return self.exec(arguments, state),
            "exit" | "logout" => state.flow = Flow::Exited,
            "return" if self.locals.is_empty() => state.flow = Flow::Exited,
            "return" => state.flow = Flow::Returned,
            "echo" | "print" => self.echo(arguments),
            "printf" => return self.printf(arguments, state),
            "read" => return self.read(arguments, state),
            "unset" => {
                for name in arguments.iter().filter_map(name_of) {
                    self.set(state, name, vec![Value::text("")])?;
                }
            }
            "getopts" | "mapfile" | "readarray" => {
                for name in arguments.iter().filter_map(name_of) {
                    self.set(state, name, vec![Value::default()])?;
                }
            }
            "." | "source" => state.sources = Sources::Files,
            "set" => set(arguments, state),
            "shift" => {
                self.take(state.given.as_ref().map_or(0, |given| given.len()))?;
                shift(arguments, state);
            }
            "dirs" | "hash" | "history" | "jobs" | "pwd" | "type" | "whence" => {
                self.write(&Value::default());
            }
            _ => {}
        }
        Ok(())
    }

    fn echo(&mut self, arguments: &[Value]) {
        let is_option = |value: &&Value| {
            name_of(value).is_some_and(|text| matches!(&*text, "-n" | "-e" | "-E" | "-ne" | "-en"))
        };
        let options = arguments.iter().take_while(is_option).count();
        let written = super::expand::one(&arguments[options..]);
        self.write(&written);
    }

    /// `printf`: its arguments, in some form.
    fn printf(&mut self, arguments: &[Value], state: &mut State) -> Read<()> {
        let made = |arguments: &[Value]| match arguments {
            [format] if name_of(format).is_some_and(|text| !text.contains(['%', '\\'])) => {
                format.clone()
            }
            arguments => super::expand::one(arguments).changed(),
        };
        let (option, rest) = match arguments {
            [option, rest @ ..] => (name_of(option), rest),
            [] => return Ok(()),
        };
        match (option.as_deref(), rest) {
            (Some("-v"), [name, rest @ ..]) => match name_of(name) {
                Some(name) => self.set(state, name, vec![made(rest)]),
                None => Ok(()),
            },
            (Some("--"), rest) => {
                self.write(&made(rest));
                Ok(())
            }
            _ => {
                self.write(&made(arguments));
                Ok(())
            }
        }
    }

    /// `read`: what comes to it, where that is not parted into several variables.
    fn read(&mut self, arguments: &[Value], state: &mut State) -> Read<()> {
        let mut value = self.input.clone().changed();
        let mut names: Vec<Rc<str>> = Vec::new();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let Some(name) = name_of(word) else { continue };
            match name.strip_prefix('-') {
                None => names.push(name),
                Some(letters) if letters.ends_with(['d', 'i', 'n', 'N', 'p', 't']) => {
                    words.next();
                }
                // Another stream, or an array.
                Some(letters) if letters.ends_with(['a', 'u']) => value = Value::default(),
                Some(_) => {}
            }
        }
        if names.len() != 1 {
            value = Value::default();
        }
        names
            .into_iter()
            .try_for_each(|name| self.set(state, name, vec![value.clone()]))
    }
}

/// `set -- …`.
fn set(arguments: &[Value], state: &mut State) {
    let is_option = |value: &&Value| {
        name_of(value).is_some_and(|text| text.starts_with(['-', '+']) && &*text != "--")
    };
    let takes_word = |value: &Value| name_of(value).is_some_and(|text| text.ends_with('o'));
    let options = arguments.iter().take_while(is_option).count();
    let last = options.checked_sub(1).and_then(|at| arguments.get(at));
    let rest = match last.is_some_and(takes_word) {
        // `-o pipefail`.
        true => arguments.get(options + 1..).unwrap_or_default(),
        false => &arguments[options..],
    };
    match rest.split_first() {
        Some((first, others)) if name_of(first).as_deref() == Some("--") => {
            state.given = Some(Rc::new(others.to_vec()));
        }
        Some((first, _)) if name_of(first).is_none_or(|text| !text.starts_with('-')) => {
            state.given = Some(Rc::new(rest.to_vec()));
        }
        Some(_) => state.given = None,
        None => {}
    }
}

fn shift(arguments: &[Value], state: &mut State) {
    let count = match arguments {
        [] => Some(1),
        [count] => name_of(count).and_then(|text| text.parse::<usize>().ok()),
        _ => None,
    };
    state.given = match (&state.given, count) {
        (Some(given), Some(count)) => {
            Some(Rc::new(given.get(count..).unwrap_or_default().to_vec()))
        }
        _ => None,
    };
}
