//! What words become.

use std::rc::Rc;

use super::Part;
use super::parser::Read;
use super::run::Run;
use super::tree::{Change, Parameter, Piece, Quoting, Subscript, Word};
use super::value::{Fields, LETTERS_PER_STEP, State, Value};

impl Run<'_, '_> {
    /// What a program gets for its words.
    pub fn fields(&mut self, words: &[Word], state: &mut State) -> Read<Fields> {
        let mut fields = Fields::new();
        for word in words {
            let mut found = match &word.pieces[..] {
                // These alone may become several.
                [Piece::Parameter(parameter)] if is_all(parameter) => {
                    self.parameter(parameter, state)?
                }
                _ => vec![self.word(word, state)?],
            };
            let is_dropped = |value: &Value| word.quoting == Quoting::Bare && value.is_nothing();
            self.take(found.len())?;
            if word.quoting == Quoting::Quoted {
                found.iter_mut().for_each(|value| value.head = None);
            }
            fields.extend(found.into_iter().filter(|value| !is_dropped(value)));
        }
        Ok(fields)
    }

    /// A word as one text.
    pub fn word(&mut self, word: &Word, state: &mut State) -> Read<Value> {
        self.deeper(|run| {
            let mut value = Value::text("");
            for piece in &word.pieces {
                let next = match piece {
                    Piece::Text(text) => {
                        run.take(text.len() / LETTERS_PER_STEP)?;
                        Value::text(text)
                    }
                    Piece::Document(body) => match body.get() {
                        Some(body) => run.word(body, state)?.changed(),
                        None => Value::default(),
                    },
                    Piece::Unknown => Value::default(),
                    Piece::Parameter(parameter) => one(&run.parameter(parameter, state)?),
                    Piece::Output(list) => run.output_of(list, state)?,
                    Piece::Process(list) => {
                        run.output_of(list, state)?;
                        Value::default()
                    }
                };
                value = value.followed_by(&next);
                run.take(value.weight())?;
            }
            Ok(value)
        })
    }

    fn parameter(&mut self, parameter: &Parameter, state: &mut State) -> Read<Fields> {
        let fields = self.elements(parameter, state);
        self.take(fields.iter().map(Value::weight).sum())?;
        let found = match &parameter.change {
            Change::None => fields,
            Change::Error(other) => {
                self.word(other, state)?;
                fields
            }
            Change::Default(other) => {
                let other = self.word(other, state)?;
                vec![or_else(one(&fields), &other)]
            }
            Change::Assign(other) => {
                let other = self.word(other, state)?;
                let value = or_else(one(&fields), &other);
                self.set(state, Rc::clone(&parameter.name), vec![value.clone()])?;
                vec![value]
            }
            Change::Alternative(other) => vec![self.word(other, state)?.or(&Value::text(""))],
            Change::Part(other) => {
                self.word(other, state)?;
                fields.into_iter().map(Value::changed).collect()
            }
            Change::Other(other) => {
                self.word(other, state)?;
                vec![Value::default()]
            }
        };
        Ok(found)
    }

    /// The elements that are asked for, as they are.
    fn elements(&mut self, parameter: &Parameter, state: &State) -> Fields {
        let unknown = || vec![Value::default()];
        match (&*parameter.name, parameter.place) {
            ("@" | "*", _) => state.given.as_deref().cloned().unwrap_or_else(unknown),
            (name, Subscript::None) if name.parse::<usize>().is_ok() => {
                let at = name.parse::<usize>().unwrap_or_default();
                let given = state.given.as_ref().filter(|_| at > 0);
                match given {
                    Some(given) => vec![given.get(at - 1).cloned().unwrap_or(Value::text(""))],
                    None => unknown(),
                }
            }
            (name, place) => {
                let fields = self.variable(name, state);
                match place {
                    Subscript::All => fields.to_vec(),
                    Subscript::None => fields.iter().take(1).cloned().collect(),
                    Subscript::Number(at) => fields.get(at).cloned().into_iter().collect(),
                    Subscript::Other => unknown(),
                }
            }
        }
    }

    /// What a variable is: the script's own, or that of the container.
    pub fn variable(&mut self, name: &str, state: &State) -> Rc<Fields> {
        if let Some(fields) = state.variables.get(name) {
            return Rc::clone(fields);
        }
        let is_name = name.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic());
        Rc::new(vec![match (self.literal)(name) {
            Some(text) => Value::text(text),
            None if is_name => Value::part(self.number(Part::Variable(name.to_owned()))),
            None => Value::default(),
        }])
    }
}

fn is_all(parameter: &Parameter) -> bool {
    matches!(&*parameter.name, "@" | "*") || parameter.place == Subscript::All
}

/// Fields as one text.
pub(super) fn one(fields: &[Value]) -> Value {
    let mut all = fields.iter();
    let Some(first) = all.next() else {
        return Value::text("");
    };
    all.fold(first.clone(), |value, next| {
        value.followed_by(&Value::text(" ")).followed_by(next)
    })
}

/// A value, and what stands for it where it is empty.
fn or_else(value: Value, other: &Value) -> Value {
    match value.is_nothing() {
        true => other.clone(),
        false => value.or(other),
    }
}
