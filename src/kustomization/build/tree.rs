//! Trees that are built: cheap to copy, because copies share what neither of
//! them changes. A base that four hundred overlays include is read once.

use std::collections::HashSet;
use std::sync::Arc;

use crate::manifest::{
    Content, Entry, EntryOrigin, Node, Scalar, ScalarStyle, ScalarType, SealedScalar, Sharing,
    SourceText, Span,
};

use super::Failure;
use crate::secret::inspection::trim_newline;

/// A node and what is below it. Its span counts in the [`super::Space`].
#[derive(Clone)]
pub(super) struct Tree {
    pub span: Span,
    pub sharing: Sharing,
    pub inner: Inner,
}

/// What a node is.
#[derive(Clone)]
pub(super) enum Inner {
    Scalar(Arc<Scalar>),
    /// A value that may be secret; nobody here looks at it.
    Sealed(Arc<SealedScalar>),
    Sequence(Arc<Vec<Tree>>),
    Mapping(Arc<Vec<Field>>),
}

/// An entry of a mapping.
#[derive(Clone)]
pub(super) struct Field {
    pub key: Arc<Key>,
    pub value: Tree,
}

/// The key of an entry.
pub(super) struct Key {
    pub text: Box<str>,
    pub span: Span,
    pub style: ScalarStyle,
}

/// By which rules scalars without quotes are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Kustomize's resources and strategic merge patches: only `true` and
    /// `false` are booleans (go-yaml v3, beneath `kyaml`).
    Kustomize,
    /// JSON 6902 patches and kustomizations themselves (sigs.k8s.io/yaml).
    Kubectl,
}

/// Loads a tree of a file.
pub(super) struct Loader<'a> {
    pub text: &'a SourceText,
    /// Where the bytes of the text begin in the space.
    pub base: usize,
    pub reading: Reading,
}

impl Loader<'_> {
    /// A copy of a tree, with spans of the space.
    ///
    /// # Errors
    /// What kustomize refuses, or reads in another way than our parser.
    pub fn load(&self, node: &Node) -> Result<Tree, Failure> {
        let inner = match &node.content {
            Content::Scalar(scalar) => Inner::Scalar(Arc::new(self.scalar(scalar, node.span)?)),
            Content::Sealed(sealed) => {
                let value = sealed.value.duplicate();
                Inner::Sealed(Arc::new(SealedScalar {
                    value: match self.lacks_line_end(sealed.style, node.span) {
                        true => trim_newline(value),
                        false => value,
                    },
                    style: sealed.style,
                    type_: self.type_of(sealed.type_, None),
                }))
            }
            Content::Sequence(items) => {
                let items = items.iter().map(|item| self.load(item));
                Inner::Sequence(Arc::new(items.collect::<Result<_, _>>()?))
            }
            Content::Mapping(entries) => {
                self.check_merged(node, entries)?;
                let mut fields: Vec<Field> = Vec::with_capacity(entries.len());
                let mut known = HashSet::with_capacity(entries.len());
                for entry in entries {
                    let field = self.field(entry)?;
                    if !known.insert(entry.key.scalar_text()) {
                        // Of equal keys the last counts.
                        if self.reading == Reading::Kubectl {
                            fields.retain(|known| known.key.text != field.key.text);
                            fields.push(field);
                            continue;
                        }
                        return Err(Failure::refused(format!(
                            "{}:{}: the key {} stands twice in one mapping",
                            self.text.name(),
                            self.text.position(entry.key.span.start).line,
                            shown(&field.key.text),
                        )));
                    }
                    fields.push(field);
                }
                Inner::Mapping(Arc::new(fields))
            }
        };
        Ok(Tree {
            span: self.moved(node.span),
            sharing: node.sharing,
            inner,
        })
    }

    fn moved(&self, span: Span) -> Span {
        Span {
            start: self.base + span.start,
            end: self.base + span.end,
        }
    }

    fn field(&self, entry: &Entry) -> Result<Field, Failure> {
        let Content::Scalar(key) = &entry.key.content else {
            return Err(self.not_sure(&entry.key, "a key that is not text"));
        };
        let type_ = self.type_of(key.type_, Some(&key.text));
        if !matches!(type_, ScalarType::Text) {
            return Err(self.not_sure(&entry.key, "a key that is not text"));
        }
        Ok(Field {
            key: Arc::new(Key {
                text: key.text.clone(),
                span: self.moved(entry.key.span),
                style: key.style,
            }),
            value: self.load(&entry.value)?,
        })
    }

    /// Our parser lets `<<` take the place of what stands before it, as kubectl
    /// does; kustomize lets a mapping's own keys count wherever they stand
    /// (`kyaml/yaml/rnode.go`, `mergeAll`).
    fn check_merged(&self, node: &Node, entries: &[Entry]) -> Result<(), Failure> {
        if self.reading == Reading::Kubectl
            || node.sharing == Sharing::Alias
            || entries.iter().all(|entry| entry.origin == EntryOrigin::Own)
        {
            return Ok(());
        }
        let own = self.text.text().get(node.span.start..).unwrap_or_default();
        match own.trim_start_matches(['{', ' ', '\n']).starts_with("<<") {
            true => Ok(()),
            false => Err(self.not_sure(node, "a merge key (<<) behind other keys")),
        }
    }

    fn scalar(&self, scalar: &Scalar, span: Span) -> Result<Scalar, Failure> {
        let mut own = Scalar {
            type_: self.type_of(scalar.type_, Some(&scalar.text)),
            ..scalar.clone()
        };
        if self.lacks_line_end(own.style, span)
            && let Some(text) = own.text.strip_suffix('\n')
        {
            own.text = text.into();
        }
        if self.reading == Reading::Kustomize && own.style == ScalarStyle::Folded {
            own.text = refolded(&own.text)?.into();
        }
        // A null that is not spelt out is none for a merge.
        if own.type_ == ScalarType::Null && span.start == span.end {
            own.text = Box::default();
        }
        if self.reading == Reading::Kustomize
            && own.type_ == ScalarType::Timestamp
            && own.style == ScalarStyle::Plain
        {
            if let Some(time) = midnight(&own.text) {
                own.text = time.into();
            }
            own.type_ = ScalarType::Text;
        }
        Ok(own)
    }

    /// Whether the last line of a block scalar has no end to go-yaml, for it is
    /// the text's last and has none. kubectl's own reader puts an end to every
    /// line before it parses (`k8s.io/apimachinery/pkg/util/yaml`, `LineReader`).
    fn lacks_line_end(&self, style: ScalarStyle, span: Span) -> bool {
        let text = self.text.text();
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
            || span.end < text.len()
            || text.ends_with(['\n', '\r'])
        {
            return false;
        }
        let (header, lines) = text[span.start..].split_once('\n').unwrap_or_default();
        let last = lines.rsplit('\n').next().unwrap_or_default();
        // Blanks count where they are kept, or are more than the indentation.
        let indentation = lines
            .lines()
            .find(|line| !line.trim().is_empty())
            .map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
        let indicators = header.split([' ', '\t']).next().unwrap_or_default();
        !last.trim().is_empty() || indicators.contains('+') || last.len() > indentation
    }

    fn type_of(&self, type_: ScalarType, text: Option<&str>) -> ScalarType {
        match (self.reading, type_, text) {
            (Reading::Kustomize, ScalarType::Bool(_), Some(text)) if !is_bool(text) => {
                ScalarType::Text
            }
            _ => type_,
        }
    }

    fn not_sure(&self, node: &Node, what: &str) -> Failure {
        let line = self.text.position(node.span.start).line;
        Failure::not_sure(format!("{}:{line} has {what}", self.text.name()))
    }
}

/// Kustomize writes folded texts once more, with one line's end too many before
/// lines that are indented further (go.yaml.in/yaml/v3 `emitterc.go`,
/// `yaml_emitter_write_folded_scalar`: it looks at the text's first character
/// where it means the next one).
fn refolded(text: &str) -> Result<String, Failure> {
    let is_blank = |line: &str| line.starts_with([' ', '\t']);
    // These are written in double quotes.
    let is_quoted = text
        .split('\n')
        .any(|line| line.ends_with(' ') || line.contains(|c: char| c.is_control() && c != '\t'));
    if is_quoted || !text.trim_end_matches('\n').contains('\n') {
        return Ok(text.to_owned());
    }
    if is_blank(text) {
        return Err(Failure::not_sure("a folded text of it begins with a blank"));
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut before: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        if is_blank(line) && before.is_some_and(|before| !is_blank(before)) {
            out.push('\n');
        }
        if line != "\n" {
            before = Some(line);
        }
        out.push_str(line);
    }
    Ok(out)
}

/// The time that a day without quotes becomes: kustomize prints Go's. What has
/// a time of day keeps its spelling.
fn midnight(day: &str) -> Option<String> {
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    Some(format!("{}T00:00:00Z", day.ok()?))
}

fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

/// What a text without quotes is to kustomize.
pub(super) fn plain(text: &str) -> Scalar {
    let scalar = Scalar::plain(text);
    let type_ = match scalar.type_ {
        ScalarType::Bool(_) if !is_bool(text) => ScalarType::Text,
        // It is asked for only where a text was put together.
        ScalarType::Timestamp => ScalarType::Text,
        type_ => type_,
    };
    Scalar { type_, ..scalar }
}

/// Stands for the hash in a name while names are told apart; no text holds it.
pub(super) const HASH: char = '\u{fdd0}';

/// The tree without the marks of hashes; `None` where there are none.
pub(super) fn without_marks(tree: &Tree) -> Option<Tree> {
    let inner = match &tree.inner {
        Inner::Scalar(scalar) if scalar.text.contains(HASH) => Inner::Scalar(Arc::new(Scalar {
            text: scalar.text.replace(HASH, "").into(),
            ..(**scalar).clone()
        })),
        Inner::Scalar(_) | Inner::Sealed(_) => return None,
        Inner::Sequence(items) => {
            let mut changed = None;
            for (index, item) in items.iter().enumerate() {
                if let Some(item) = without_marks(item) {
                    changed.get_or_insert_with(|| items.to_vec())[index] = item;
                }
            }
            Inner::Sequence(Arc::new(changed?))
        }
        Inner::Mapping(fields) => {
            let mut changed = None;
            for (index, field) in fields.iter().enumerate() {
                if let Some(value) = without_marks(&field.value) {
                    changed.get_or_insert_with(|| fields.to_vec())[index].value = value;
                }
            }
            Inner::Mapping(Arc::new(changed?))
        }
    };
    Some(Tree {
        inner,
        ..tree.clone()
    })
}

/// A name of somebody else, for a message.
pub(super) fn shown(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(100)
        .filter(|c| *c != HASH)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    format!("'{shown}'")
}

impl Tree {
    /// A text that is written at `span`.
    pub fn text_at(text: &str, span: Span) -> Self {
        Self {
            span,
            sharing: Sharing::Own,
            inner: Inner::Scalar(Arc::new(Scalar {
                text: text.into(),
                style: ScalarStyle::DoubleQuoted,
                type_: ScalarType::Text,
            })),
        }
    }

    /// A scalar that nobody wrote, read as one without quotes.
    pub fn plain(text: &str) -> Self {
        Self::nowhere(Inner::Scalar(Arc::new(plain(text))))
    }

    /// An empty mapping that nobody wrote.
    pub fn mapping() -> Self {
        Self::nowhere(Inner::Mapping(Arc::default()))
    }

    /// A list that nobody wrote.
    pub fn sequence(items: Vec<Tree>) -> Self {
        Self::nowhere(Inner::Sequence(Arc::new(items)))
    }

    pub fn nowhere(inner: Inner) -> Self {
        Self {
            span: Span::default(),
            sharing: Sharing::Own,
            inner,
        }
    }

    pub fn fields(&self) -> &[Field] {
        match &self.inner {
            Inner::Mapping(fields) => fields,
            _ => &[],
        }
    }

    pub fn items(&self) -> &[Tree] {
        match &self.inner {
            Inner::Sequence(items) => items,
            _ => &[],
        }
    }

    pub fn is_mapping(&self) -> bool {
        matches!(self.inner, Inner::Mapping(_))
    }

    pub fn is_sequence(&self) -> bool {
        matches!(self.inner, Inner::Sequence(_))
    }

    pub fn is_scalar(&self) -> bool {
        matches!(self.inner, Inner::Scalar(_) | Inner::Sealed(_))
    }

    pub fn get(&self, key: &str) -> Option<&Tree> {
        let field = self.fields().iter().find(|field| &*field.key.text == key)?;
        Some(&field.value)
    }

    pub fn at(&self, path: &[&str]) -> Option<&Tree> {
        path.iter().try_fold(self, |tree, key| tree.get(key))
    }

    /// The text of any scalar that is not sealed.
    pub fn scalar_text(&self) -> Option<&str> {
        match &self.inner {
            Inner::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The text of a scalar at a key, whatever its type; empty without one.
    pub fn value_of(&self, key: &str) -> &str {
        self.get(key)
            .and_then(Tree::scalar_text)
            .unwrap_or_default()
    }

    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.inner {
            Inner::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        match &self.inner {
            Inner::Scalar(scalar) => scalar.type_ == ScalarType::Null,
            Inner::Sealed(sealed) => sealed.type_ == ScalarType::Null,
            _ => false,
        }
    }

    /// Null, or without anything in it.
    pub fn is_empty(&self) -> bool {
        match &self.inner {
            Inner::Sequence(items) => items.is_empty(),
            Inner::Mapping(fields) => fields.is_empty(),
            _ => self.is_null(),
        }
    }

    /// The fields, to be changed; those of another tree that shares them stay.
    pub fn fields_mut(&mut self) -> Option<&mut Vec<Field>> {
        match &mut self.inner {
            Inner::Mapping(fields) => Some(Arc::make_mut(fields)),
            _ => None,
        }
    }

    pub fn items_mut(&mut self) -> Option<&mut Vec<Tree>> {
        match &mut self.inner {
            Inner::Sequence(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Tree> {
        let at = self.index_of(key)?;
        Some(&mut self.fields_mut()?[at].value)
    }

    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.fields()
            .iter()
            .position(|field| &*field.key.text == key)
    }

    /// Sets the value of a key, at its place or at the end.
    pub fn set(&mut self, key: &str, value: Tree) {
        self.set_written(key, Span::default(), value);
    }

    /// The same; a new key is written at `span`.
    pub fn set_written(&mut self, key: &str, span: Span, value: Tree) {
        match self.index_of(key) {
            Some(at) => {
                if let Some(fields) = self.fields_mut() {
                    fields[at].value = value;
                }
            }
            None => {
                if let Some(fields) = self.fields_mut() {
                    fields.push(Field {
                        key: Arc::new(Key {
                            text: key.into(),
                            span,
                            style: ScalarStyle::Plain,
                        }),
                        value,
                    });
                }
            }
        }
    }

    /// Removes a key; tells whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        let Some(at) = self.index_of(key) else {
            return false;
        };
        if let Some(fields) = self.fields_mut() {
            fields.remove(at);
        }
        true
    }

    /// The mapping at a key; made where there is none or null.
    pub fn mapping_at(&mut self, key: &str) -> Option<&mut Tree> {
        if self.get(key).is_none_or(Tree::is_null) {
            self.set(key, Tree::mapping());
        }
        self.get_mut(key)
    }

    /// The same scalar with another text, of a type that is read anew where it
    /// has no quotes, in the place that it has.
    pub fn with_text(&self, text: &str) -> Self {
        let scalar = match self.scalar() {
            Some(scalar) if scalar.style != ScalarStyle::Plain => Scalar {
                text: text.into(),
                style: scalar.style,
                type_: ScalarType::Text,
            },
            _ => plain(text),
        };
        Self {
            inner: Inner::Scalar(Arc::new(scalar)),
            ..self.clone()
        }
    }

    /// Whether both mean the same.
    pub fn same(&self, other: &Tree) -> bool {
        match (&self.inner, &other.inner) {
            (Inner::Scalar(a), Inner::Scalar(b)) => same_scalar(a, b),
            (Inner::Sealed(a), Inner::Sealed(b)) => a.value.same_as(&b.value),
            (Inner::Sealed(a), Inner::Scalar(b)) | (Inner::Scalar(b), Inner::Sealed(a)) => {
                let text = crate::secret::SecretValue::from_bytes(b.text.as_bytes().to_vec());
                a.value.same_as(&text)
            }
            (Inner::Sequence(a), Inner::Sequence(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(b))
            }
            (Inner::Mapping(a), Inner::Mapping(b)) => {
                a.len() == b.len()
                    && a.iter().all(|field| {
                        other
                            .get(&field.key.text)
                            .is_some_and(|value| field.value.same(value))
                    })
            }
            _ => false,
        }
    }

    /// The node that checks read.
    pub fn node(&self) -> Node {
        let content = match &self.inner {
            Inner::Scalar(scalar) => Content::Scalar((**scalar).clone()),
            Inner::Sealed(sealed) => Content::Sealed(Box::new(SealedScalar {
                value: sealed.value.duplicate(),
                style: sealed.style,
                type_: sealed.type_,
            })),
            Inner::Sequence(items) => Content::Sequence(items.iter().map(Tree::node).collect()),
            Inner::Mapping(fields) => Content::Mapping(
                fields
                    .iter()
                    .map(|field| Entry {
                        key: Node {
                            span: field.key.span,
                            sharing: Sharing::Own,
                            content: Content::Scalar(Scalar {
                                text: field.key.text.clone(),
                                style: field.key.style,
                                type_: ScalarType::Text,
                            }),
                        },
                        value: field.value.node(),
                        origin: EntryOrigin::Own,
                    })
                    .collect(),
            ),
        };
        Node {
            span: self.span,
            sharing: self.sharing,
            content,
        }
    }
}

fn same_scalar(a: &Scalar, b: &Scalar) -> bool {
    use ScalarType::{Bool, Float, Integer, Null, Text, Timestamp};
    match (a.type_, b.type_) {
        (Null, Null) => true,
        (Bool(a), Bool(b)) => a == b,
        (Integer, Integer) => a.integer() == b.integer(),
        (Float, Float) => a.text == b.text || a.text.parse::<f64>() == b.text.parse::<f64>(),
        (Text | Timestamp, Text | Timestamp) => a.text == b.text,
        _ => false,
    }
}
