//! Simple commands: which are programs, and what builtins do to variables.

use std::rc::Rc;

use super::Part;
use super::lookup::{Kind, Lookup, kind};
use super::parser::Read;
use super::run::Run;
use super::tree::{Assigned, Assignment, How, Redirect, Simple, Subscript};
use super::value::{Flow, State, Value};

impl Run<'_, '_> {
    pub fn simple(&mut self, simple: &Simple, state: &mut State) -> Read<()> {
        self.redirected(&simple.redirects, state, |run, state| {
            run.words(simple, state)
        })
    }

    /// Follows a command that reads and writes elsewhere.
    pub fn redirected(
        &mut self,
        redirects: &[Redirect],
        state: &mut State,
        follow: impl FnOnce(&mut Self, &mut State) -> Read<()>,
    ) -> Read<()> {
        if redirects.is_empty() {
            return follow(self, state);
        }
        let input = self.input.clone();
        let mut output = None;
        for redirect in redirects {
            match redirect {
                Redirect::Input(file) => {
                    let file = self.word(file, state)?;
                    self.input = self.content(&file);
                }
                Redirect::Text(text) => self.input = self.word(text, state)?,
                Redirect::Output(file) => {
                    self.word(file, state)?;
                    output = Some(self.output.clone());
                }
                Redirect::Other(file) => drop(self.word(file, state)?),
            }
        }
        follow(self, state)?;
        self.input = input;
        if let Some(output) = output {
            self.output = output;
        }
        Ok(())
    }

    /// The content of a file.
    pub fn content(&mut self, file: &Value) -> Value {
        let mut content = Value::default();
        for path in file.texts.iter().filter(|path| path.starts_with('/')) {
            let number = self.number(Part::File(path.to_string()));
            content.with_parts(&Value::part(number));
        }
        content
    }

    fn words(&mut self, simple: &Simple, state: &mut State) -> Read<()> {
        let fields = self.fields(&simple.words, state)?;
        let Some(program) = simple.words.first() else {
            let reads = |redirect: &Redirect| matches!(redirect, Redirect::Input(_));
            // `$(< FILE)`.
            if simple.assignments.is_empty() && simple.redirects.iter().any(reads) {
                let input = self.input.clone();
                self.write(&input);
            }
            return self.assign_all(&simple.assignments, state);
        };
        if let Some(setter) = program.bare().filter(|name| is_setter(name)) {
            return self.declare(setter, &fields, &simple.assignments, state);
        }
        let names = simple.assignments.iter().map(|assignment| &assignment.name);
        let before: Vec<_> = names
            .map(|name| (Rc::clone(name), state.variables.get(name).cloned()))
            .collect();
        self.assign_all(&simple.assignments, state)?;
        self.invoke(&fields, state)?;
        before
            .into_iter()
            .rev()
            .try_for_each(|before| self.restore(state, before))
    }

    fn declare(
        &mut self,
        setter: &str,
        fields: &[Value],
        assignments: &[Assignment],
        state: &mut State,
    ) -> Read<()> {
        let bare = fields.iter().skip(1).filter_map(name_of);
        let bare: Vec<_> = bare.filter(|name| !name.starts_with('-')).collect();
        let is_local = matches!(setter, "local" | "declare" | "typeset");
        if is_local && let Some(locals) = self.locals.last_mut() {
            let set = assignments.iter().map(|assignment| &assignment.name);
            for name in set.chain(&bare) {
                locals.push((Rc::clone(name), state.variables.get(name).cloned()));
            }
            for name in bare {
                self.set(state, name, vec![Value::text("")])?;
            }
        }
        self.assign_all(assignments, state)
    }

    fn assign_all(&mut self, assignments: &[Assignment], state: &mut State) -> Read<()> {
        assignments
            .iter()
            .try_for_each(|assignment| self.assign(assignment, state))
    }

    fn assign(&mut self, assignment: &Assignment, state: &mut State) -> Read<()> {
        let name = Rc::clone(&assignment.name);
        let old = match (assignment.how, assignment.place) {
            (How::Set, Subscript::None) => Rc::default(),
            _ => self.variable(&name, state),
        };
        self.take(old.iter().map(Value::weight).sum())?;
        let mut fields = old.to_vec();
        let appends = assignment.how == How::Append;
        match (&assignment.value, assignment.place) {
            (Assigned::Array(words), _) => fields.extend(self.fields(words, state)?),
            (Assigned::Keyed(words), _) => {
                self.fields(words, state)?;
                fields = vec![Value::default()];
            }
            (Assigned::Word(word), Subscript::None) => {
                let value = self.word(word, state)?;
                match fields.first_mut().filter(|_| appends) {
                    Some(first) => *first = first.clone().followed_by(&value),
                    None => fields = vec![value],
                }
            }
            (Assigned::Word(word), Subscript::Number(at)) if at <= fields.len() && !appends => {
                let value = self.word(word, state)?;
                match fields.get_mut(at) {
                    Some(field) => *field = value,
                    None => fields.push(value),
                }
            }
            // Which element it is is not known: neither are the others any more.
            (Assigned::Word(word), _) => {
                self.word(word, state)?;
                fields = vec![Value::default()];
            }
        }
        self.set(state, name, fields)
    }

    /// Carries out a command by its words.
    pub fn invoke(&mut self, fields: &[Value], state: &mut State) -> Read<()> {
        let words = self.fallen(fields)?;
        let mut fields = words.as_deref().unwrap_or(fields);
        let mut lookup = Lookup::All;
        // `command` and `builtin`, of which there may be many before one another.
        loop {
            let Some((program, arguments)) = fields.split_first() else {
                return Ok(());
            };
            self.take(1)?;
            match kind(program, lookup, state) {
                Kind::Builtin(name) => match &*name {
                    "builtin" => fields = arguments,
                    "command" => match commanded(arguments) {
                        Some(rest) => fields = rest,
                        None => {
                            self.write(&Value::default());
                            return Ok(());
                        }
                    },
                    name => return self.builtin(name, arguments, state),
                },
                Kind::Function(body) => return self.call(&body, arguments.to_vec(), state),
                Kind::Program(name) => {
                    self.program(&name, arguments);
                    return Ok(());
                }
                Kind::Unknown => {
                    self.write(&Value::default());
                    return Ok(());
                }
            }
            lookup = Lookup::WithoutFunctions;
        }
    }

    /// Another program gets arguments: they are in the list of processes.
    fn program(&mut self, name: &str, arguments: &[Value]) {
        let parts = arguments.iter().flat_map(|value| &value.parts);
        self.passed.extend(parts);
        let written = match name.rsplit('/').next().unwrap_or_default() {
            "tee" | "tr" => self.input.clone(),
            "base64" | "cat" | "head" | "tail" => self.read_by(arguments),
            _ => Value::default(),
        };
        self.write(&written);
    }

    /// What `cat` and the like read: files with whole paths, or what comes to them.
    fn read_by(&mut self, arguments: &[Value]) -> Value {
        let is_setting =
            |text: &Rc<str>| text.starts_with('-') || text.chars().all(|c| c.is_ascii_digit());
        let (settings, files): (Vec<_>, Vec<_>) = arguments
            .iter()
            .partition(|value| !value.texts.is_empty() && value.texts.iter().all(is_setting));
        if settings.len() == arguments.len() {
            return self.input.clone();
        }
        let mut content = Value::default();
        for file in files {
            content.with_parts(&self.content(file));
        }
        content
    }

    /// `exec`: what follows is a program in any case, and the script does not go on.
    pub fn exec(&mut self, arguments: &[Value], state: &mut State) -> Read<()> {
        let mut rest = arguments;
        while let Some((first, others)) = rest.split_first()
            && let Some(option) = name_of(first).filter(|name| name.starts_with('-'))
        {
            let has_value = option.starts_with("-a");
            rest = others.get(usize::from(has_value)..).unwrap_or_default();
        }
        let words = self.fallen(rest)?;
        let Some((program, arguments)) = words.as_deref().unwrap_or(rest).split_first() else {
            return Ok(());
        };
        let name = name_of(program).unwrap_or_default();
        self.program(&name, arguments);
        state.flow = Flow::Exited;
        Ok(())
    }

    /// A command of which the first word falls into several, as one without quotes does.
    fn fallen(&mut self, fields: &[Value]) -> Read<Option<Vec<Value>>> {
        let Some((program, arguments)) = fields.split_first() else {
            return Ok(None);
        };
        let Some(head) = program.head.as_ref().filter(|_| !program.parts.is_empty()) else {
            return Ok(None);
        };
        self.take(fields.iter().map(Value::weight).sum())?;
        let mut words = vec![Value::text(head), program.clone().changed()];
        words.extend_from_slice(arguments);
        Ok(Some(words))
    }
}

/// What `command` carries out; with `-v` and `-V` it only looks.
fn commanded(arguments: &[Value]) -> Option<&[Value]> {
    let is_skipped =
        |value: &&Value| name_of(value).is_some_and(|text| matches!(&*text, "-p" | "--"));
    let rest = &arguments[arguments.iter().take_while(is_skipped).count()..];
    let looks = (rest.first().and_then(name_of)).is_some_and(|text| text.starts_with('-'));
    (!looks).then_some(rest)
}

/// Builtins that set variables by words like assignments.
pub(super) fn is_setter(name: &str) -> bool {
    matches!(
        name,
        "declare" | "export" | "local" | "readonly" | "typeset"
    )
}

/// A value that can only be one text.
pub(super) fn name_of(value: &Value) -> Option<Rc<str>> {
    let mut texts = value.texts.iter();
    let only = texts.next().filter(|_| value.parts.is_empty())?;
    texts.next().is_none().then(|| Rc::clone(only))
}
