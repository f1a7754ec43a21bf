//! Findings of kustomizations as they are built: each place once, told where it
//! was written, with the overlays that have it.

use std::collections::BTreeMap;

use crate::checks::{Check, Settings};
use crate::command_line::CommandLine;
use crate::finding::{Applies, Finding, Fix, Place, Results};
use crate::inventory::{Inventory, ReadFrom, Realm, Written};
use crate::manifest::{Node, Operation, Span, path};
use crate::parallel;
use crate::words::listed;
use crate::workload::{Object, Origin, Site};

use super::run;

/// What tells a finding from another of its realm, and is the same in others.
type Key = (
    &'static str,
    Option<(usize, Span)>,
    String,
    Option<String>,
    Option<String>,
    usize,
);

/// One finding of one or several overlays.
struct Merged {
    finding: Finding,
    realms: Vec<usize>,
    /// Other words for it, by overlay.
    others: BTreeMap<String, Vec<usize>>,
}

/// What the checks find in all realms of an inventory.
pub(super) fn results(inventory: &Inventory, checks: &[&Check], settings: &Settings) -> Results {
    let own = parallel::map(inventory.realms.iter().collect(), |realm: &Realm| {
        let mut own = Results::default();
        for result in run(&realm.inventory, checks, settings) {
            own.findings.extend(result.findings);
            own.unknown.extend(result.unknown);
        }
        super::sort(&mut own.findings);
        own
    });
    let mut merged: Vec<Merged> = Vec::new();
    let mut index: BTreeMap<Key, usize> = BTreeMap::new();
    let mut results = Results::default();
    for (realm, own) in own.into_iter().enumerate() {
        let mut ordinals: BTreeMap<Key, usize> = BTreeMap::new();
        results.unknown.extend(own.unknown);
        for finding in own.findings {
            let mut key = key(&inventory.realms[realm], &finding);
            let ordinal = ordinals.entry(key.clone()).or_default();
            key.5 = *ordinal;
            *ordinal += 1;
            match index.get(&key) {
                Some(&at) => merged[at].add(realm, finding),
                None => {
                    index.insert(key, merged.len());
                    merged.push(Merged {
                        finding,
                        realms: vec![realm],
                        others: BTreeMap::new(),
                    });
                }
            }
        }
    }
    let told = parallel::map(merged, |merged| merged.told(inventory));
    let is_repeated = |finding: &Finding| is_told_of_the_generator(inventory, finding);
    results
        .findings
        .extend(told.into_iter().filter(|finding| !is_repeated(finding)));
    results
}

/// What a generator writes out is found in the kustomization itself, once.
fn is_told_of_the_generator(inventory: &Inventory, finding: &Finding) -> bool {
    let place = finding.places.first();
    let written = place.and_then(|place| match place.origin {
        Origin::File { source, .. } => inventory.written(source, place.site.span),
        Origin::Live => None,
    });
    finding.rule.id == "SS079"
        && written
            .is_some_and(|object| matches!(object.id.kind.as_str(), "Kustomization" | "Component"))
}

fn key(realm: &Realm, finding: &Finding) -> Key {
    let written = finding
        .places
        .iter()
        .find_map(|place| realm.place(place.origin, place.site.span));
    let unwritten = match written {
        Some(_) => String::new(),
        None => format!("{} {}", finding.subject.short(), finding.message),
    };
    (
        finding.rule.id,
        written.map(|written| (written.source, written.span)),
        unwritten,
        finding.container.clone(),
        finding
            .secret
            .as_ref()
            .and_then(|secret| secret.key.clone()),
        0,
    )
}

impl Merged {
    fn add(&mut self, realm: usize, finding: Finding) {
        self.finding.severity = self.finding.severity.max(finding.severity);
        if finding.message != self.finding.message {
            self.others.entry(finding.message).or_default().push(realm);
        }
        self.realms.push(realm);
    }

    /// The finding as it is told: of written places.
    fn told(self, inventory: &Inventory) -> Finding {
        let Self {
            mut finding,
            realms,
            others,
        } = self;
        let name = |realm: &usize| inventory.realms[*realm].name.as_str();
        let first = &inventory.realms[realms[0]];
        let fixes = std::mem::take(&mut finding.fixes);
        let everywhere = || is_everywhere(inventory, &finding, first, &realms);
        let fixes = match first.is_of_files() {
            false => fixes,
            true => {
                let everywhere = fixes.iter().any(is_offered)
                    && everywhere()
                    && is_given(inventory, &finding, first);
                fixes
                    .into_iter()
                    .map(|fix| {
                        Mapping {
                            inventory,
                            realm: first,
                            finding: &finding,
                        }
                        .fix(fix, everywhere)
                    })
                    .collect()
            }
        };
        let places = std::mem::take(&mut finding.places);
        finding.places = written_places(inventory, first, &finding, places);
        finding.fixes = fixes;
        move_to_change(&mut finding);
        finding.overlays = realms.iter().map(name).map(str::to_owned).collect();
        if inventory.realms.len() > 1 {
            finding.evidence.push(in_overlays(realms.iter().map(name)));
        }
        for (message, realms) in &others {
            let names = in_overlays(realms.iter().map(name));
            finding
                .evidence
                .push(format!("{}: {message}", names.trim_end_matches('.')));
        }
        finding
    }
}

fn in_overlays<'n>(names: impl Iterator<Item = &'n str> + Clone) -> String {
    match names.clone().count() {
        1 => format!("In overlay {}.", listed(names)),
        _ => format!("In overlays {}.", listed(names)),
    }
}

fn is_offered(fix: &Fix) -> bool {
    match fix {
        Fix::Patch { applies, .. } => *applies != Applies::Never,
        Fix::Command { .. } | Fix::Advice(_) => false,
    }
}

/// Whether every overlay that has what is wrong there has the finding: only
/// then is a change of it right for all.
fn is_everywhere(
    inventory: &Inventory,
    finding: &Finding,
    first: &Realm,
    realms: &[usize],
) -> bool {
    let Some(place) = finding.places.first() else {
        return false;
    };
    let span = place.site.span;
    let Some(written) = first.place(place.origin, span) else {
        return false;
    };
    inventory.realms.iter().enumerate().all(|(index, realm)| {
        realms.contains(&index)
            || !realm.sources.contains(&written.source)
            || !realm.is_of_files()
            || !has_node(&realm.inventory, span)
    })
}

/// Whether what is to be changed is among the files that were given.
fn is_given(inventory: &Inventory, finding: &Finding, realm: &Realm) -> bool {
    finding
        .places
        .first()
        .and_then(|place| realm.place(place.origin, place.site.span))
        .and_then(|written| inventory.sources.get(written.source))
        .is_some_and(|source| source.read_from == ReadFrom::File)
}

fn has_node(inventory: &Inventory, span: Span) -> bool {
    inventory
        .objects
        .iter()
        .any(|object| deepest(&object.root, &|node| node.span == span))
}

fn deepest(node: &Node, wanted: &dyn Fn(&Node) -> bool) -> bool {
    wanted(node)
        || node.items().iter().any(|item| deepest(item, wanted))
        || node
            .entries()
            .iter()
            .any(|entry| deepest(&entry.value, wanted))
}

/// The places as they were written. What no file says leads to what generates
/// the Secret, else to the kustomization.
fn written_places(
    inventory: &Inventory,
    realm: &Realm,
    finding: &Finding,
    places: Vec<Place>,
) -> Vec<Place> {
    let mut found: Vec<Place> = places
        .iter()
        .filter_map(|place| {
            let written = realm.place(place.origin, place.site.span)?;
            let written = of_its_object(inventory, realm, finding, place, written);
            Some(Place {
                label: place.label.clone(),
                ..written_place(inventory, written, &place.site)
            })
        })
        .collect();
    if !found.is_empty() || !realm.is_of_files() {
        return found;
    }
    let label = places
        .first()
        .map_or_else(String::new, |place| place.label.clone());
    let generator = finding
        .secret
        .as_ref()
        .and_then(|secret| realm.inventory.secret(&secret.namespace, &secret.name))
        .filter(|facts| facts.name == finding.subject.name)
        .and_then(|facts| facts.generator.as_ref());
    match (generator, places.first()) {
        (Some(generator), _) => found.push(Place {
            origin: Origin::File {
                source: generator.source,
                document: inventory.document_at(generator.source, generator.span),
            },
            site: Site {
                path: generator.path.clone(),
                span: generator.span,
            },
            label,
        }),
        (None, Some(place)) => found.push(Place {
            origin: place.origin,
            site: Site {
                path: String::new(),
                span: start(inventory, place.origin),
            },
            label,
        }),
        (None, None) => {}
    }
    found
}

/// A value may come from another object (a replacement, a variable): then the
/// nearest place around it that is the object's own is told.
fn of_its_object(
    inventory: &Inventory,
    realm: &Realm,
    finding: &Finding,
    place: &Place,
    written: Written,
) -> Written {
    let is_foreign = |written: Written| {
        let other = inventory.written(written.source, written.span);
        other.is_some_and(|other| {
            let kind = other.id.kind.as_str();
            kind != finding.subject.kind && !matches!(kind, "Kustomization" | "Component")
        })
    };
    let Some(built) = realm
        .inventory
        .object(&finding.subject, place.origin)
        .filter(|_| is_foreign(written))
    else {
        return written;
    };
    let mut pointer = path::pointer(&place.site.path);
    while let Some((parent, _)) = pointer.rsplit_once('/') {
        let around = built
            .root
            .lookup(parent)
            .and_then(|node| realm.place(built.origin, node.span));
        match around {
            Some(around) if !is_foreign(around) => return around,
            _ => pointer = parent.to_owned(),
        }
    }
    written
}

/// The first bytes of a document.
fn start(inventory: &Inventory, origin: Origin) -> Span {
    let Origin::File { document, .. } = origin else {
        return Span::default();
    };
    inventory
        .source(origin)
        .and_then(|source| source.documents.get(document))
        .map(|facts| Span {
            start: facts.span.start,
            end: facts.span.start + 1,
        })
        .unwrap_or_default()
}

fn written_place(inventory: &Inventory, written: Written, site: &Site) -> Place {
    let Written { source, span, .. } = written;
    let document = inventory.document_at(source, span);
    let object = inventory.written(source, span);
    Place {
        origin: Origin::File { source, document },
        site: Site {
            path: object.map_or_else(|| site.path.clone(), |object| path_to(&object.root, span)),
            span,
        },
        label: String::new(),
    }
}

/// The path of the node that has these bytes, or the deepest that holds them.
fn path_to(root: &Node, span: Span) -> String {
    let holds = |node: &Node| node.span.start <= span.start && span.end <= node.span.end;
    let mut path = String::new();
    let mut node = root;
    loop {
        let below = node
            .items()
            .iter()
            .enumerate()
            .find(|(_, item)| holds(item));
        if let Some((index, item)) = below {
            path = path::item(&path, index);
            node = item;
            continue;
        }
        let entry = node
            .entries()
            .iter()
            .find(|entry| holds(&entry.value) || entry.key.span == span);
        let Some((entry, key)) = entry.and_then(|entry| Some((entry, entry.key.scalar_text()?)))
        else {
            return path;
        };
        path::push_key(&mut path, key);
        if entry.key.span == span {
            return path;
        }
        node = &entry.value;
    }
}

/// A change has to be in the document that the first place is in.
fn move_to_change(finding: &mut Finding) {
    let offered = finding.fixes.iter().any(is_offered);
    if offered && finding.places.is_empty() {
        finding.fixes.retain(|fix| !is_offered(fix));
    }
}

/// Leads what is to be done to where it was written.
struct Mapping<'a> {
    inventory: &'a Inventory,
    realm: &'a Realm,
    finding: &'a Finding,
}

impl Mapping<'_> {
    fn fix(&self, fix: Fix, everywhere: bool) -> Fix {
        match fix {
            Fix::Command { what, command } => self.command(what, command),
            Fix::Patch {
                what,
                operations,
                applies,
            } => match self.operations(&operations) {
                Some(operations) => Fix::Patch {
                    what,
                    operations,
                    applies: match everywhere {
                        true => applies,
                        false => Applies::Never,
                    },
                },
                None => Fix::Advice(what),
            },
            Fix::Advice(_) => fix,
        }
    }

    /// A generated Secret is not created: kustomize makes it anew.
    fn command(&self, what: String, command: CommandLine) -> Fix {
        let generator = self
            .finding
            .secret
            .as_ref()
            .and_then(|secret| self.realm.inventory.secret(&secret.namespace, &secret.name))
            .and_then(|facts| facts.generator.as_ref());
        let Some(generator) = generator.filter(|_| command.runs("kubectl secretsafe create"))
        else {
            return Fix::Command { what, command };
        };
        let file = self
            .inventory
            .sources
            .get(generator.source)
            .map_or("", |source| source.text.name());
        let from = match generator.files.is_empty() {
            true => String::new(),
            false => format!(
                ", from {}",
                listed(generator.files.iter().map(String::as_str))
            ),
        };
        Fix::Advice(format!(
            "{} where kustomize generates it: {} of {file}{from}.",
            what.trim_end_matches('.'),
            generator.path
        ))
    }

    /// The same operations on the object as it is written; `None` where they
    /// are not all in one, or kustomize makes what is there.
    fn operations(&self, operations: &[Operation]) -> Option<Vec<Operation>> {
        let built = self.built()?;
        let first = self.finding.places.first()?;
        let told = self.realm.place(first.origin, first.site.span)?;
        let target = self.inventory.written(told.source, told.span)?;
        let map = |pointer: &str| self.pointer(built, target, told.source, pointer);
        let mut mapped = Vec::with_capacity(operations.len());
        for operation in operations {
            mapped.push(match operation {
                Operation::Test { pointer, value } => Operation::Test {
                    pointer: map(pointer)?,
                    value: value.clone(),
                },
                Operation::Replace { pointer, value } => {
                    let renamed = value.as_str().is_some_and(|name| self.is_renamed(name));
                    Operation::Replace {
                        pointer: map(pointer).filter(|_| !renamed)?,
                        value: value.clone(),
                    }
                }
                Operation::Add { pointer, value } => Operation::Add {
                    pointer: self.added(built, target, told.source, pointer)?,
                    value: value.clone(),
                },
                Operation::Remove { pointer } => Operation::Remove {
                    pointer: map(pointer)?,
                },
                Operation::Quote { pointer } => Operation::Quote {
                    pointer: map(pointer)?,
                },
            });
        }
        Some(mapped)
    }

    /// The object that the finding is about.
    fn built(&self) -> Option<&Object> {
        let origin = self.finding.places.first()?.origin;
        let inventory = &self.realm.inventory;
        inventory.object(&self.finding.subject, origin).or_else(|| {
            let mut named = inventory
                .objects
                .iter()
                .filter(|object| object.id == self.finding.subject);
            named.next().filter(|_| named.next().is_none())
        })
    }

    /// Where the node of a pointer is written in `target`.
    fn pointer(
        &self,
        built: &Object,
        target: &Object,
        source: usize,
        pointer: &str,
    ) -> Option<String> {
        let node = built.root.lookup(pointer)?;
        let written = self.realm.place(built.origin, node.span)?;
        if !written.is_node || written.source != source {
            return None;
        }
        let path = path_to(&target.root, written.span);
        let found = path::pointer(&path);
        let own = target.root.lookup(&found)?;
        // What kustomize has made of it is written nowhere.
        let same = own.span == written.span && own.scalar_text() == node.scalar_text();
        same.then_some(found)
    }

    /// Where something new is written: its parent has to be all there.
    fn added(
        &self,
        built: &Object,
        target: &Object,
        source: usize,
        pointer: &str,
    ) -> Option<String> {
        let (parent, last) = pointer.rsplit_once('/')?;
        let here = self.pointer(built, target, source, parent)?;
        let (built, own) = (built.root.lookup(parent)?, target.root.lookup(&here)?);
        let whole = !built.is_sequence() || built.items().len() == own.items().len();
        whole.then(|| format!("{here}/{last}"))
    }

    /// Whether kustomize gives something of another name this one.
    fn is_renamed(&self, name: &str) -> bool {
        self.realm.inventory.objects.iter().any(|object| {
            object.id.name == name
                && object
                    .root
                    .at(&["metadata", "name"])
                    .and_then(|node| self.realm.place(object.origin, node.span))
                    .and_then(|written| {
                        let source = self.inventory.sources.get(written.source)?;
                        source.text.text().get(written.span.start..written.span.end)
                    })
                    .is_none_or(|text| !text.contains(name))
        })
    }
}
