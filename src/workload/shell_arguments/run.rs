//! Following a script: what its variables may hold, and what its programs get.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Part;
use super::parser::{Lost, MOST_STEPS, Read};
use super::tree::{After, Command, Coverage, Link, List, Word};
use super::value::{Fields, State, Value};

/// Commands and words in one another, also in functions that call functions.
const DEEPEST: usize = 96;

/// What a variable was.
pub(super) type Before = (Rc<str>, Option<Rc<Fields>>);

/// The values of the container's variables that are in the manifest.
pub(super) type Literal<'a, 'f> = &'f dyn Fn(&str) -> Option<&'a str>;

pub(super) struct Run<'a, 'f> {
    pub literal: Literal<'a, 'f>,
    parts: Vec<Part>,
    numbers: BTreeMap<Part, usize>,
    pub passed: BTreeSet<usize>,
    /// What commands read, where nothing else is said.
    pub input: Value,
    /// What they have written.
    pub output: Value,
    /// The variables of the functions around, as they were before.
    pub locals: Vec<Vec<Before>>,
    steps: usize,
    depth: usize,
    /// How many loops are around.
    loops: usize,
}

impl<'a, 'f> Run<'a, 'f> {
    pub fn new(literal: Literal<'a, 'f>, steps: usize) -> Self {
        Self {
            literal,
            parts: Vec::new(),
            numbers: BTreeMap::new(),
            passed: BTreeSet::new(),
            input: Value::default(),
            output: Value::default(),
            locals: Vec::new(),
            steps,
            depth: 0,
            loops: 0,
        }
    }

    pub fn passed(self) -> Vec<Part> {
        let parts: BTreeSet<_> = self
            .passed
            .iter()
            .map(|at| self.parts[*at].clone())
            .collect();
        parts.into_iter().collect()
    }

    pub fn number(&mut self, part: Part) -> usize {
        let next = self.parts.len();
        let number = *self.numbers.entry(part.clone()).or_insert(next);
        if number == next {
            self.parts.push(part);
        }
        number
    }

    /// Counts steps.
    pub fn take(&mut self, steps: usize) -> Read<()> {
        self.steps += steps;
        match self.steps > MOST_STEPS {
            true => Err(Lost),
            false => Ok(()),
        }
    }

    pub fn deeper<T>(&mut self, follow: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEEPEST {
            return Err(Lost);
        }
        self.depth += 1;
        let found = follow(self);
        self.depth -= 1;
        found
    }

    pub fn list(&mut self, list: &List, state: &mut State) -> Read<()> {
        for command in list {
            self.command(command, state)?;
        }
        Ok(())
    }

    pub fn command(&mut self, command: &Command, state: &mut State) -> Read<()> {
        self.take(1)?;
        match state.goes_on() {
            true => self.deeper(|run| run.follow(command, state)),
            false => Ok(()),
        }
    }

    fn follow(&mut self, command: &Command, state: &mut State) -> Read<()> {
        match command {
            Command::Simple(simple) => self.simple(simple, state),
            Command::Pipeline(commands) => self.pipeline(commands, state),
            Command::Chain(first, others) => self.chain(first, others, state),
            Command::Background(command) => self.command(command, &mut state.clone()),
            Command::Group(list) => self.list(list, state),
            Command::Subshell(list) => self.list(list, &mut state.clone()),
            Command::If {
                branches,
                otherwise,
            } => self.branches(branches, otherwise, state),
            Command::Loop { condition, body } => self.again(|run| {
                run.list(condition, state)?;
                let mut after = state.clone();
                run.list(body, &mut after)?;
                run.join(state, after)
            }),
            Command::For { name, words, body } => {
                self.for_loop(name, words.as_deref(), body, state)
            }
            Command::Case {
                subject,
                branches,
                coverage,
            } => self.case(subject, branches, *coverage, state),
            Command::Function(name, body) => {
                if Rc::strong_count(&state.functions) > 1 {
                    self.take(state.functions.len())?;
                }
                Rc::make_mut(&mut state.functions).insert(name.clone(), Rc::clone(body));
                Ok(())
            }
            Command::Words(words) => {
                for word in words {
                    self.word(word, state)?;
                }
                Ok(())
            }
            Command::Redirected(command, redirects) => {
                self.redirected(redirects, state, |run, state| run.command(command, state))
            }
        }
    }

    /// Each command reads what the one before it writes.
    fn pipeline(&mut self, commands: &[Command], state: &State) -> Read<()> {
        let before = self.input.clone();
        let written = std::mem::replace(&mut self.output, Value::text(""));
        for (at, command) in commands.iter().enumerate() {
            if at > 0 {
                self.input = std::mem::replace(&mut self.output, Value::text(""));
            }
            self.command(command, &mut state.clone())?;
        }
        let last = std::mem::replace(&mut self.output, written);
        self.input = before;
        self.write(&last);
        Ok(())
    }

    fn chain(
        &mut self,
        first: &Command,
        others: &[(Link, Command)],
        state: &mut State,
    ) -> Read<()> {
        self.command(first, state)?;
        let mut failed = state.clone();
        for (link, command) in others {
            match link {
                Link::And => {
                    self.command(command, state)?;
                    self.join(&mut failed, state.clone())?;
                }
                Link::Or => {
                    self.command(command, &mut failed)?;
                    self.join(state, failed.clone())?;
                }
            }
        }
        self.join(state, failed)
    }

    fn branches(
        &mut self,
        branches: &[(List, List)],
        otherwise: &List,
        state: &mut State,
    ) -> Read<()> {
        let mut after = Vec::new();
        for (condition, body) in branches {
            self.list(condition, state)?;
            let mut branch = state.clone();
            self.list(body, &mut branch)?;
            after.push(branch);
        }
        self.list(otherwise, state)?;
        after
            .into_iter()
            .try_for_each(|branch| self.join(state, branch))
    }

    fn for_loop(
        &mut self,
        name: &Rc<str>,
        words: Option<&[Word]>,
        body: &List,
        state: &mut State,
    ) -> Read<()> {
        let fields = match words {
            Some(words) => self.fields(words, state)?,
            None => state.given.as_deref().cloned().unwrap_or_default(),
        };
        let mut all = fields.iter();
        let value = all.next().cloned().unwrap_or_default();
        let value = all.fold(value, |value, next| value.or(next));
        let before = fields.is_empty().then(|| state.clone());
        self.again(|run| {
            if !name.is_empty() {
                run.set(state, Rc::clone(name), vec![value.clone()])?;
            }
            run.list(body, state)
        })?;
        before.map_or(Ok(()), |before| self.join(state, before))
    }

    /// Follows a loop twice, so that what it sets reaches its begin. One in another loop is
    /// followed again with that.
    fn again(&mut self, mut follow: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        let times = if self.loops == 0 { 2 } else { 1 };
        self.loops += 1;
        let found = (0..times).try_for_each(|_| follow(self));
        self.loops -= 1;
        found
    }

    fn case(
        &mut self,
        subject: &Word,
        branches: &[(List, After)],
        coverage: Coverage,
        state: &mut State,
    ) -> Read<()> {
        self.word(subject, state)?;
        let mut after = Vec::new();
        let mut before: Option<State> = None;
        for (branch, next) in branches {
            let mut inside = state.clone();
            if let Some(before) = before.take() {
                self.join(&mut inside, before)?;
            }
            self.list(branch, &mut inside)?;
            if *next != After::End {
                before = Some(inside.clone());
            }
            if *next != After::Next {
                after.push(inside);
            }
        }
        // Behind the last one nothing follows.
        after.extend(before);
        if coverage == Coverage::All
            && let Some(last) = after.pop()
        {
            *state = last;
        }
        after
            .into_iter()
            .try_for_each(|branch| self.join(state, branch))
    }

    pub fn output_of(&mut self, list: &List, state: &State) -> Read<Value> {
        let written = std::mem::replace(&mut self.output, Value::text(""));
        self.list(list, &mut state.clone())?;
        Ok(std::mem::replace(&mut self.output, written))
    }

    /// A command writes something.
    pub fn write(&mut self, value: &Value) {
        let before = std::mem::replace(&mut self.output, Value::text(""));
        self.output = match before.is_nothing() {
            true => value.clone(),
            false => before.followed_by(value).changed(),
        };
    }
}
