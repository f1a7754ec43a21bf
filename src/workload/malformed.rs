//! References to Secrets that are not written as the API has them: what the
//! API server refuses, and fields that it does not know and drops.

use serde_json::{Map, Value};

use crate::manifest::{Node, Operation, ScalarType, path};

use super::api_types::{
    Field, LOCAL_OBJECT_REFERENCE, POD_SPEC, Scope, Shape, TYPES, Type, Without,
};
use super::near::near;
use super::placeholder::is_placeholder;
use super::read::At;
use super::{Object, Site, template};

/// One thing that is written wrongly.
#[derive(Clone, Debug)]
pub struct Malformed {
    pub fault: Fault,
    pub site: Site,
    /// What it is part of: `Variable PASSWORD of container api`.
    pub part: String,
    /// The field of that part, as a path; empty for the part itself.
    pub field: String,
    /// The container, where there is one.
    pub container: Option<String>,
    /// Fields that the API does not know and that stand where they have no
    /// effect: they may be what was meant.
    pub strays: Vec<Stray>,
    /// The change that puts it right, where only one can have been meant.
    pub repair: Option<Vec<Operation>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fields that the API does not know ([`Malformed::strays`]), and nothing else.
    Unknown {
        /// Whether nothing is left without them: a volume becomes an `emptyDir`.
        leaves_nothing: bool,
    },
    /// A text that has to be there.
    Missing(&'static str),
    /// None of these fields.
    NoneOf(Vec<&'static str>),
    /// More than one of the fields that exclude each other.
    Several(Vec<&'static str>),
    /// `value` beside `valueFrom`.
    ValueBeside,
    /// Something else than this is written.
    NotA(&'static str),
}

impl Fault {
    /// Whether the API server refuses the object for it (as validation.go of
    /// core/v1, or the decoder of JSON, has it); else the field is dropped.
    pub fn is_refused(&self) -> bool {
        !matches!(self, Fault::Unknown { .. })
    }
}

/// A field that the API does not know at its place.
#[derive(Clone, Debug)]
pub struct Stray {
    pub name: String,
    pub site: Site,
    /// Where it was probably meant to be.
    pub belongs: Belongs,
}

/// Where a stray field belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// It is called so there.
    Called(&'static str),
    /// One level deeper, below this field.
    Below(&'static str),
    /// To a type of another level.
    Elsewhere(&'static str),
    /// Nothing near it is known.
    Nowhere,
}

/// Names that lead to references, wherever they stand.
const LEADING: &[&str] = &[
    "env",
    "envFrom",
    "valueFrom",
    "secretKeyRef",
    "secretRef",
    "secretName",
    "volumeMounts",
    "volumes",
    "imagePullSecrets",
];

/// Everything that is written wrongly in an object's pod template, in the order
/// of its fields.
pub fn malformed(object: &Object) -> Vec<Malformed> {
    let mut walk = Walk::default();
    for spec in template::pod_specs(object) {
        walk.secret_volumes = spec
            .items("volumes")
            .iter()
            .filter(|volume| mentions_secret(volume.node))
            .filter_map(|volume| Some(volume.text("name")?.value))
            .collect();
        walk.part = Part {
            name: "The pod template".to_owned(),
            container: None,
            depth: spec.path.len(),
        };
        walk.object(&spec, &POD_SPEC);
    }
    walk.around(object);
    walk.found
}

#[derive(Clone, Default)]
struct Part {
    name: String,
    container: Option<String>,
    /// Length of the path of the part.
    depth: usize,
}

#[derive(Default)]
struct Walk {
    part: Part,
    secret_volumes: Vec<String>,
    found: Vec<Malformed>,
}

impl Walk {
    fn object(&mut self, at: &At, of: &'static Type) {
        let entries = at.node.entries();
        // A directive of a strategic-merge patch takes the mapping out of the API's hands.
        if entries
            .iter()
            .any(|entry| entry.key.scalar_text() == Some("$patch"))
            || is_template(at.node)
        {
            return;
        }
        let strays = self.strays(at, of);
        let mut refusals = missing(at, of);
        refusals.extend(choice(at, of));
        if of.name == "EnvVar" && has_both_values(at) {
            refusals.push(Fault::ValueBeside);
        }
        let repair = repair(at, &strays);
        match refusals.split_first() {
            Some((first, others)) => {
                self.report(at.site(), at, first.clone(), strays, repair);
                for fault in others {
                    self.report(at.site(), at, fault.clone(), Vec::new(), None);
                }
            }
            None if !strays.is_empty() => {
                let leaves_nothing = of.choice.is_some()
                    && !of.alternatives().any(|field| at.get(field.name).is_some());
                let fault = Fault::Unknown { leaves_nothing };
                let site = strays[0].site.clone();
                self.report(site, at, fault, strays, repair);
            }
            None => {}
        }
        for field in of.fields {
            if let Some(child) = at.get(field.name) {
                self.field(&child, field);
            }
        }
    }

    fn field(&mut self, at: &At, field: &'static Field) {
        if is_template(at.node) {
            return;
        }
        match field.shape {
            Shape::Other => {}
            Shape::Text => {
                if at.node.as_str().is_none() {
                    self.report(at.site(), at, Fault::NotA("string"), Vec::new(), quoted(at));
                }
            }
            Shape::Truth => {
                let filled = at.node.scalar_text().is_some_and(is_placeholder);
                if at.node.as_bool().is_none() && !filled {
                    let fault = Fault::NotA("boolean (true or false)");
                    self.report(at.site(), at, fault, Vec::new(), None);
                }
            }
            Shape::Object(of) if at.node.is_mapping() => self.object(at, of),
            Shape::Object(of) => self.not_an_object(at, of),
            Shape::List(of) if at.node.is_sequence() => {
                for (index, item) in at.node.items().iter().enumerate() {
                    self.item(&At::new(item, path::item(&at.path, index)), of, index);
                }
            }
            Shape::List(_) if LEADING.contains(&field.name) && !mentions_secret_at(at) => {}
            Shape::List(of) => {
                let repair = sole_text(at.node, of).map(|item| {
                    vec![Operation::Replace {
                        pointer: path::pointer(&at.path),
                        value: Value::Array(vec![item]),
                    }]
                });
                self.report(at.site(), at, Fault::NotA("list"), Vec::new(), repair);
            }
        }
    }

    fn item(&mut self, at: &At, of: &'static Type, index: usize) {
        if at.node.is_null() || !self.concerns(at, of) {
            return;
        }
        let outer = self.part.clone();
        if let Some(name) = part_name(at, of, index) {
            let container = match of.name {
                "Container" => at.text("name").map(|name| name.value),
                _ => outer.container.clone(),
            };
            let name = match (of.name, &container) {
                ("Container", _) | (_, None) => name,
                (_, Some(container)) => format!("{name} of container {container}"),
            };
            self.part = Part {
                name,
                container,
                depth: at.path.len(),
            };
        }
        if at.node.is_mapping() {
            self.object(at, of);
        } else if !is_template(at.node) && of.name != "Container" {
            self.not_an_object(at, of);
        }
        self.part = outer;
    }

    /// Whether an item of a list has to do with Secrets at all.
    fn concerns(&self, at: &At, of: &Type) -> bool {
        match of.name {
            "EnvVar" | "EnvFromSource" | "Volume" => mentions_secret(at.node),
            "VolumeMount" => at
                .text("name")
                .is_some_and(|name| self.secret_volumes.contains(&name.value)),
            _ => true,
        }
    }

    fn not_an_object(&mut self, at: &At, of: &'static Type) {
        let repair = sole_text(at.node, of).map(|value| {
            vec![Operation::Replace {
                pointer: path::pointer(&at.path),
                value,
            }]
        });
        self.report(at.site(), at, Fault::NotA("mapping"), Vec::new(), repair);
    }

    fn strays(&self, at: &At, of: &'static Type) -> Vec<Stray> {
        let mut strays = Vec::new();
        for entry in at.node.entries() {
            let Some(name) = entry.key.scalar_text() else {
                continue;
            };
            let is_known = of.field(name).is_some();
            if is_known || name.starts_with('$') || name == "<<" || is_placeholder(name) {
                continue;
            }
            let belongs = belongs(at, of, name);
            if let Scope::Leading(_) = of.scope
                && !self.leads(name, &entry.value, &belongs)
            {
                continue;
            }
            strays.push(Stray {
                name: name.to_owned(),
                site: Site {
                    path: path::child(&at.path, name),
                    span: entry.key.span,
                },
                belongs,
            });
        }
        strays
    }

    /// Whether a stray field of a container or a pod leads to a reference.
    fn leads(&self, name: &str, value: &Node, belongs: &Belongs) -> bool {
        let word = match belongs {
            Belongs::Called(right) => *right,
            _ if LEADING.contains(&name) => name,
            _ => return false,
        };
        match word {
            "imagePullSecrets" | "secretKeyRef" | "secretRef" | "secretName" => true,
            "volumeMounts" => !self.secret_volumes.is_empty(),
            _ => mentions_secret(value),
        }
    }

    /// Fields of a pod's specification that stand one or two levels too high: in
    /// the template, or in the specification of what makes the pods.
    fn around(&mut self, object: &Object) {
        for at in template::levels_above(object) {
            self.part = Part {
                name: format!("{} of {}", at.path, object.id.short()),
                container: None,
                depth: at.path.len(),
            };
            let strays: Vec<_> = at
                .node
                .entries()
                .iter()
                .filter_map(|entry| {
                    let name = entry.key.scalar_text()?;
                    let is_stray = match name {
                        "volumes" | "containers" | "initContainers" => {
                            mentions_secret(&entry.value)
                        }
                        "imagePullSecrets" => true,
                        "env" | "envFrom" => mentions_secret(&entry.value),
                        _ => false,
                    };
                    is_stray.then(|| Stray {
                        name: name.to_owned(),
                        site: Site {
                            path: path::child(&at.path, name),
                            span: entry.key.span,
                        },
                        belongs: Belongs::Elsewhere(match name {
                            "env" | "envFrom" => "Container",
                            _ => "PodSpec",
                        }),
                    })
                })
                .collect();
            if let Some(first) = strays.first() {
                let site = first.site.clone();
                let fault = Fault::Unknown {
                    leaves_nothing: false,
                };
                self.report(site, &at, fault, strays, None);
            }
        }
    }

    fn report(
        &mut self,
        site: Site,
        at: &At,
        fault: Fault,
        strays: Vec<Stray>,
        repair: Option<Vec<Operation>>,
    ) {
        let field = at.path.get(self.part.depth..).unwrap_or_default();
        self.found.push(Malformed {
            fault,
            site,
            part: self.part.name.clone(),
            field: field.trim_start_matches('.').to_owned(),
            container: self.part.container.clone(),
            strays,
            repair,
        });
    }
}

/// What an item of a list is called.
fn part_name(at: &At, of: &Type, index: usize) -> Option<String> {
    let named = |what: &str, field: &str, list: &str| match at.text(field) {
        Some(name) if !name.value.is_empty() => format!("{what} {}", name.value),
        _ => format!("{list}[{index}]"),
    };
    Some(match of.name {
        "Container" => named("Container", "name", "containers"),
        "EnvVar" => named("Variable", "name", "env"),
        "EnvFromSource" => format!("envFrom[{index}]"),
        "Volume" => named("Volume", "name", "volumes"),
        "VolumeMount" => format!("volumeMounts[{index}]"),
        "LocalObjectReference" => format!("imagePullSecrets[{index}]"),
        _ => return None,
    })
}

/// The texts that a mapping has to have.
fn missing(at: &At, of: &Type) -> Vec<Fault> {
    of.required
        .iter()
        .filter(|name| match at.get(name) {
            None => true,
            Some(child) => child.node.scalar_text() == Some(""),
        })
        // The server takes a pull secret without a name, and kubelet passes it over.
        .filter(|_| of.name != LOCAL_OBJECT_REFERENCE.name)
        .map(|name| Fault::Missing(name))
        .collect()
}

/// Of fields that exclude each other, none or several.
fn choice(at: &At, of: &Type) -> Option<Fault> {
    let choice = of.choice.as_ref()?;
    let there: Vec<_> = of
        .alternatives()
        .filter(|field| at.get(field.name).is_some())
        .map(|field| field.name)
        .collect();
    match there.len() {
        0 if choice.without == Without::Refused => Some(Fault::NoneOf(
            of.alternatives().map(|field| field.name).collect(),
        )),
        0 | 1 => None,
        _ => Some(Fault::Several(there)),
    }
}

/// Whether an entry of `env` has a value, which is not empty, and a source.
fn has_both_values(at: &At) -> bool {
    let value = at.get("value");
    value.is_some_and(|value| value.node.scalar_text() != Some("")) && at.get("valueFrom").is_some()
}

/// Where a field that a type does not have was probably meant to be.
fn belongs(at: &At, of: &'static Type, name: &str) -> Belongs {
    let mistaken = of.mistaken.iter().find(|(wrong, _)| *wrong == name);
    if let Some((_, right)) = mistaken {
        return Belongs::Called(right);
    }
    let names = match of.scope {
        Scope::Reference => of.fields.iter().map(|field| field.name).collect(),
        Scope::Leading(names) => names.to_vec(),
    };
    if let [right] = near(name, names.iter().copied())[..]
        && let Some(field) = of.field(right)
    {
        return Belongs::Called(field.name);
    }
    let holders: Vec<_> = of
        .fields
        .iter()
        .filter(|field| match field.shape {
            Shape::Object(child) => child.field(name).is_some(),
            _ => false,
        })
        .collect();
    // One that stands there without anything below it is the likeliest.
    let empty = holders
        .iter()
        .find(|field| at.node.get(field.name).is_some());
    if let Some(field) = empty.or(match &holders[..] {
        [one] => Some(one),
        _ => None,
    }) {
        return Belongs::Below(field.name);
    }
    let other = TYPES
        .iter()
        .find(|other| LEADING.contains(&name) && other.field(name).is_some());
    match other {
        Some(other) => Belongs::Elsewhere(other.name),
        None => Belongs::Nowhere,
    }
}

/// The change that puts stray fields where they belong, if for all of them only
/// one place is possible, and it is free.
fn repair(at: &At, strays: &[Stray]) -> Option<Vec<Operation>> {
    let mut operations = Vec::new();
    let mut below: Map<String, Value> = Map::new();
    let mut holder = None;
    for stray in strays {
        let value = json(at.node.get(&stray.name)?)?;
        match stray.belongs {
            Belongs::Called(right) if at.get(right).is_none() => {
                operations.push(Operation::Add {
                    pointer: path::pointer(&path::child(&at.path, right)),
                    value,
                });
            }
            Belongs::Below(field) if holder.is_none_or(|holder| holder == field) => {
                holder = Some(field);
                below.insert(stray.name.clone(), value);
            }
            _ => return None,
        }
    }
    if let Some(field) = holder {
        let place = path::child(&at.path, field);
        match at.node.get(field) {
            None => operations.push(Operation::Add {
                pointer: path::pointer(&place),
                value: Value::Object(below),
            }),
            Some(node) if node.is_null() => operations.push(Operation::Replace {
                pointer: path::pointer(&place),
                value: Value::Object(below),
            }),
            Some(node) if node.is_mapping() => {
                for (name, value) in below {
                    if node.get(&name).is_some() {
                        return None;
                    }
                    operations.push(Operation::Add {
                        pointer: path::pointer(&path::child(&place, &name)),
                        value,
                    });
                }
            }
            Some(_) => return None,
        }
    }
    operations.extend(strays.iter().map(|stray| Operation::Remove {
        pointer: path::pointer(&stray.site.path),
    }));
    (!strays.is_empty()).then_some(operations)
}

/// A mapping of the one text that a type needs, for a text that stands in its
/// place.
fn sole_text(node: &Node, of: &Type) -> Option<Value> {
    let [name] = of.required else { return None };
    let text = node.as_str().filter(|text| !text.is_empty())?;
    Some(Value::Object(Map::from_iter([(
        (*name).to_owned(),
        Value::from(text),
    )])))
}

/// Quotes for a number or the like where a text is wanted.
fn quoted(at: &At) -> Option<Vec<Operation>> {
    at.node.scalar_text()?;
    Some(vec![Operation::Quote {
        pointer: path::pointer(&at.path),
    }])
}

/// A scalar that is no longer than a name may be, as JSON.
fn json(node: &Node) -> Option<Value> {
    let text = node.scalar_text().filter(|text| text.len() <= 253)?;
    Some(match node.scalar_type()? {
        ScalarType::Text | ScalarType::Timestamp => Value::from(text),
        ScalarType::Integer => Value::from(node.as_integer()?),
        ScalarType::Bool(truth) => Value::from(truth),
        _ => return None,
    })
}

/// Whether a mapping is what YAML makes of `{{ … }}` without quotes.
fn is_template(node: &Node) -> bool {
    node.entries()
        .iter()
        .any(|entry| entry.key.scalar_text().is_none())
}

/// Whether a field below a node is called after Secrets.
fn mentions_secret(node: &Node) -> bool {
    node.entries().iter().any(|entry| {
        let key = entry.key.scalar_text().unwrap_or_default();
        key.to_ascii_lowercase().contains("secret") || mentions_secret(&entry.value)
    }) || node.items().iter().any(mentions_secret)
}

/// The same of a field and what is below it.
fn mentions_secret_at(at: &At) -> bool {
    at.path.ends_with("imagePullSecrets") || mentions_secret(at.node)
}
