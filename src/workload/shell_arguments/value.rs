//! What variables may hold, and what a script knows where a command stands.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::tree::Command;

/// More parts, and more possible texts, of a value are left out.
const MOST_PARTS: usize = 64;
const MOST_TEXTS: usize = 8;
/// A longer text is not followed.
const LONGEST_TEXT: usize = 4096;

/// Letters that are copied in a step.
pub(super) const LETTERS_PER_STEP: usize = 64;

/// What a word may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// The whole texts that are known.
    pub texts: BTreeSet<Rc<str>>,
    /// What comes from elsewhere, as numbers of [`super::Part`].
    pub parts: BTreeSet<usize>,
    pub shape: Shape,
    /// The first of the words into which it falls, where all that is known is this.
    pub head: Option<Rc<str>>,
}

/// What is known of a text that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    #[default]
    Any,
    /// There is a slash in it.
    Path,
}

impl Value {
    pub fn text(text: &str) -> Self {
        let mut value = Self::default();
        if text.len() > LONGEST_TEXT {
            return value;
        }
        value.texts.insert(Rc::from(text));
        if text.contains('/') {
            value.shape = Shape::Path;
        }
        value
    }

    pub fn part(number: usize) -> Self {
        Self {
            parts: BTreeSet::from([number]),
            ..Self::default()
        }
    }

    /// How much there is to copy, in steps.
    pub fn weight(&self) -> usize {
        let letters: usize = self.texts.iter().map(|text| text.len()).sum();
        1 + self.parts.len() + letters / LETTERS_PER_STEP
    }

    pub fn is_nothing(&self) -> bool {
        self.parts.is_empty() && self.texts.len() == 1 && self.texts.contains("")
    }

    /// Both, one after the other.
    pub fn followed_by(mut self, other: &Self) -> Self {
        if self.is_nothing() {
            return other.clone();
        }
        let mut texts = BTreeSet::new();
        for one in &self.texts {
            for two in &other.texts {
                if texts.len() < MOST_TEXTS && one.len() + two.len() <= LONGEST_TEXT {
                    texts.insert(Rc::from(format!("{one}{two}")));
                }
            }
        }
        let head = self.first_word();
        self.head = head.filter(|_| texts.is_empty());
        self.texts = texts;
        self.with_parts(other);
        if other.shape == Shape::Path {
            self.shape = Shape::Path;
        }
        self
    }

    /// One of both.
    pub fn or(mut self, other: &Self) -> Self {
        let head = self.first_word();
        self.head = head.filter(|head| other.first_word().as_ref() == Some(head));
        let left = MOST_TEXTS.saturating_sub(self.texts.len());
        self.texts.extend(other.texts.iter().take(left).cloned());
        self.with_parts(other);
        if other.shape == Shape::Any {
            self.shape = Shape::Any;
        }
        self
    }

    /// Something else that is made of it.
    pub fn changed(mut self) -> Self {
        self.texts.clear();
        self.shape = Shape::Any;
        self.head = None;
        self
    }

    /// The first word, where others follow.
    fn first_word(&self) -> Option<Rc<str>> {
        let mut texts = self.texts.iter();
        match (&self.head, texts.next(), texts.next()) {
            (None, Some(text), None) => {
                let (first, _) = text.trim_start().split_once(char::is_whitespace)?;
                Some(Rc::from(first))
            }
            (head, ..) => head.clone(),
        }
    }

    pub fn with_parts(&mut self, other: &Self) {
        let left = MOST_PARTS.saturating_sub(self.parts.len());
        self.parts.extend(other.parts.iter().take(left));
    }
}

/// A variable's elements; of one that is no array the first is the value.
pub(super) type Fields = Vec<Value>;

pub(super) type Variables = BTreeMap<Rc<str>, Rc<Fields>>;

/// Whether the next command is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Flow {
    #[default]
    On,
    /// The function was left.
    Returned,
    /// The script was left, or another program took its place.
    Exited,
}

/// Where functions of the script may come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sources {
    #[default]
    Script,
    /// Other files were carried out with `.`.
    Files,
}

/// What a script knows where a command stands. What has not changed is shared between copies.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub variables: Rc<Variables>,
    pub functions: Rc<BTreeMap<String, Rc<Command>>>,
    /// `$1` and so on, where they are known.
    pub given: Option<Rc<Fields>>,
    pub flow: Flow,
    pub sources: Sources,
}

impl State {
    pub fn goes_on(&self) -> bool {
        self.flow == Flow::On
    }
}

/// Fields that are one or the other.
pub(super) fn either(one: &[Value], other: &[Value]) -> Fields {
    (0..one.len().max(other.len()))
        .filter_map(|at| match (one.get(at), other.get(at)) {
            (Some(one), Some(other)) => Some(one.clone().or(other)),
            (one, other) => one.or(other).cloned(),
        })
        .collect()
}
