//! Variables and functions: setting them, joining what branches made of them, and calls.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::parser::Read;
use super::run::{Before, Run};
use super::tree::Command;
use super::value::{Fields, Flow, Sources, State, Value, Variables, either};

impl Run<'_, '_> {
    pub fn set(&mut self, state: &mut State, name: Rc<str>, fields: Fields) -> Read<()> {
        self.changeable(state)?.insert(name, Rc::new(fields));
        self.take(1)
    }

    /// The variables; shared ones are copied first.
    fn changeable<'s>(&mut self, state: &'s mut State) -> Read<&'s mut Variables> {
        if Rc::strong_count(&state.variables) > 1 {
            self.take(state.variables.len())?;
        }
        Ok(Rc::make_mut(&mut state.variables))
    }

    /// Either of both is so.
    pub fn join(&mut self, state: &mut State, other: State) -> Read<()> {
        self.take(1)?;
        if !other.goes_on() {
            return Ok(());
        }
        if !state.goes_on() {
            *state = other;
            return Ok(());
        }
        if !Rc::ptr_eq(&state.functions, &other.functions) {
            self.take(state.functions.len() + other.functions.len())?;
            let functions = Rc::make_mut(&mut state.functions);
            for (name, body) in other.functions.iter() {
                functions
                    .entry(name.clone())
                    .or_insert_with(|| Rc::clone(body));
            }
        }
        self.join_given(state, &other)?;
        if other.sources == Sources::Files {
            state.sources = Sources::Files;
        }
        self.join_variables(state, &other)
    }

    fn join_given(&mut self, state: &mut State, other: &State) -> Read<()> {
        let is_same = match (&state.given, &other.given) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        if !is_same {
            let unknown = || Rc::new(vec![Value::default()]);
            let one = state.given.clone().unwrap_or_else(unknown);
            let two = other.given.clone().unwrap_or_else(unknown);
            self.take(one.iter().chain(two.iter()).map(Value::weight).sum())?;
            state.given = Some(Rc::new(either(&one, &two)));
        }
        Ok(())
    }

    fn join_variables(&mut self, state: &mut State, other: &State) -> Read<()> {
        if Rc::ptr_eq(&state.variables, &other.variables) {
            return Ok(());
        }
        self.take(state.variables.len() + other.variables.len())?;
        let names = state.variables.keys().chain(other.variables.keys());
        let names: BTreeSet<Rc<str>> = names.cloned().collect();
        let mut joined = BTreeMap::new();
        for name in names {
            let (one, two) = (self.variable(&name, state), self.variable(&name, other));
            if Rc::ptr_eq(&one, &two) {
                joined.insert(name, one);
                continue;
            }
            self.take(one.iter().chain(two.iter()).map(Value::weight).sum())?;
            joined.insert(name, Rc::new(either(&one, &two)));
        }
        state.variables = Rc::new(joined);
        Ok(())
    }

    /// Calls a function of the script.
    pub fn call(&mut self, body: &Command, given: Fields, state: &mut State) -> Read<()> {
        // Deeper ones may call themselves.
        const MOST_CALLS: usize = 8;
        if self.locals.len() == MOST_CALLS {
            return Ok(());
        }
        let before = state.given.replace(Rc::new(given));
        self.locals.push(Vec::new());
        self.command(body, state)?;
        state.given = before;
        let locals = self.locals.pop().unwrap_or_default();
        locals
            .into_iter()
            .rev()
            .try_for_each(|before| self.restore(state, before))?;
        if state.flow == Flow::Returned {
            state.flow = Flow::On;
        }
        Ok(())
    }

    /// A variable becomes what it was.
    pub fn restore(&mut self, state: &mut State, (name, fields): Before) -> Read<()> {
        let variables = self.changeable(state)?;
        match fields {
            Some(fields) => variables.insert(name, fields),
            None => variables.remove(&name),
        };
        Ok(())
    }
}
