//! Which kustomizations include a file, and by which names their patches may
//! know an object of it. The time grows with the kustomizations above the
//! file, however many others there are.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};

/// Names of one object that are told apart; more come only of kustomizations
/// that are included in very many ways.
const MOST_NAMES: usize = 64;

/// The names of an object in a kustomization: those it came with and the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Known(BTreeSet<String>),
    /// Too many to tell.
    Any,
}

impl Names {
    /// Whether one of them is, or may be, meant.
    pub fn any(&self, mut is_meant: impl FnMut(&str) -> bool) -> bool {
        match self {
            Self::Known(names) => names.iter().any(|name| is_meant(name)),
            Self::Any => true,
        }
    }

    fn add(&mut self, more: &Self) {
        match (&mut *self, more) {
            (Self::Known(names), Self::Known(more)) => {
                names.extend(more.iter().cloned());
                if names.len() > MOST_NAMES {
                    *self = Self::Any;
                }
            }
            _ => *self = Self::Any,
        }
    }

    fn map(&self, rename: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Known(names) => Self::Known(names.iter().map(|name| rename(name)).collect()),
            Self::Any => Self::Any,
        }
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::Known(BTreeSet::new())
    }
}

/// What there is to know of one kustomization.
pub(super) struct Node {
    pub folder: PathBuf,
    pub members: Vec<PathBuf>,
    /// Whether it changes what its parents include, too.
    pub is_component: bool,
    /// `namePrefix`.
    pub prefix: String,
    /// `nameSuffix`.
    pub suffix: String,
}

impl Node {
    fn rename(&self, name: &str) -> String {
        format!("{}{name}{}", self.prefix, self.suffix)
    }
}

pub(super) struct Including {
    nodes: Vec<Node>,
    /// The kustomizations that list a path.
    listing: HashMap<PathBuf, Vec<usize>>,
    /// The kustomizations of a folder.
    standing: HashMap<PathBuf, Vec<usize>>,
}

/// What is known of an object as it goes up.
#[derive(Default)]
struct Rising {
    /// Names it had further down.
    earlier: Names,
    /// Names it comes with.
    current: Names,
}

impl Including {
    /// Those of all kustomizations; they are known by their index from then on.
    pub fn new(nodes: Vec<Node>) -> Self {
        let mut listing: HashMap<PathBuf, Vec<usize>> = HashMap::new();
        let mut standing: HashMap<PathBuf, Vec<usize>> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            for member in &node.members {
                listing.entry(member.clone()).or_default().push(index);
            }
            standing.entry(node.folder.clone()).or_default().push(index);
        }
        Self {
            nodes,
            listing,
            standing,
        }
    }

    /// The kustomizations whose patches meet an object of a file, each with the
    /// names they may know it by.
    pub fn names(&self, file: &Path, name: &str) -> BTreeMap<usize, Names> {
        let above = self.above(file);
        let mut open: HashMap<usize, usize> = above.iter().map(|index| (*index, 0)).collect();
        for parent in above.iter().flat_map(|index| self.parents(*index)) {
            *open.entry(*parent).or_default() += 1;
        }
        let mut rising: HashMap<usize, Rising> = HashMap::new();
        let own = Names::Known(BTreeSet::from([name.to_owned()]));
        for index in self.listed_by(file) {
            rising.entry(*index).or_default().current.add(&own);
        }
        let mut known: BTreeMap<usize, Names> = BTreeMap::new();
        let mut ready: VecDeque<usize> = above
            .iter()
            .copied()
            .filter(|index| open[index] == 0)
            .collect();
        while let Some(index) = ready.pop_front() {
            let Rising {
                mut earlier,
                current,
            } = rising.remove(&index).unwrap_or_default();
            let out = current.map(|name| self.nodes[index].rename(name));
            earlier.add(&current);
            for parent in self.parents(index) {
                let above = rising.entry(*parent).or_default();
                above.earlier.add(&earlier);
                above.current.add(&out);
                if let Some(left) = open.get_mut(parent) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push_back(*parent);
                    }
                }
            }
            // A target may be named with its own prefix or without it.
            earlier.add(&out);
            known.insert(index, earlier);
        }
        // kustomize refuses those that include themselves.
        for index in above {
            known.entry(index).or_insert(Names::Any);
        }
        self.with_components(known)
    }

    /// Those that list it, and those that include these, and so on.
    fn above(&self, file: &Path) -> BTreeSet<usize> {
        let mut seen: BTreeSet<usize> = self.listed_by(file).iter().copied().collect();
        let mut left: Vec<usize> = seen.iter().copied().collect();
        while let Some(index) = left.pop() {
            left.extend(
                self.parents(index)
                    .iter()
                    .filter(|parent| seen.insert(**parent)),
            );
        }
        seen
    }

    /// A component changes what its parents include, and nothing without one.
    fn with_components(&self, known: BTreeMap<usize, Names>) -> BTreeMap<usize, Names> {
        let mut found: BTreeMap<usize, Names> = BTreeMap::new();
        for (index, names) in known {
            for member in &self.nodes[index].members {
                for component in self.standing.get(member).into_iter().flatten() {
                    let node = &self.nodes[*component];
                    if node.is_component {
                        let own = found.entry(*component).or_default();
                        own.add(&names);
                        own.add(&names.map(|name| node.rename(name)));
                    }
                }
            }
            if !self.nodes[index].is_component {
                found.entry(index).or_default().add(&names);
            }
        }
        found
    }

    fn listed_by(&self, path: &Path) -> &[usize] {
        self.listing.get(path).map_or(&[], Vec::as_slice)
    }

    fn parents(&self, index: usize) -> &[usize] {
        self.listed_by(&self.nodes[index].folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(folder: &str, members: &[&str], prefix: &str) -> Node {
        Node {
            folder: folder.into(),
            members: members.iter().map(PathBuf::from).collect(),
            is_component: folder.starts_with("part"),
            prefix: prefix.to_owned(),
            suffix: String::new(),
        }
    }

    fn told(nodes: Vec<Node>) -> Vec<(usize, Option<Vec<String>>)> {
        Including::new(nodes)
            .names(Path::new("base/api.yaml"), "api")
            .into_iter()
            .map(|(index, names)| match names {
                Names::Known(names) => (index, Some(names.into_iter().collect())),
                Names::Any => (index, None),
            })
            .collect()
    }

    fn names(words: &str) -> Option<Vec<String>> {
        Some(words.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn names_grow_with_each_prefix_on_the_way_up() {
        let found = told(vec![
            node("prod", &["stage"], "c-"),
            node("stage", &["base"], "b-"),
            node("base", &["base/api.yaml"], ""),
            node("other", &["base"], "o-"),
            node("elsewhere", &["elsewhere/api.yaml"], "e-"),
        ]);
        assert_eq!(
            found,
            [
                (0, names("api b-api c-b-api")),
                (1, names("api b-api")),
                (2, names("api")),
                (3, names("api o-api")),
            ]
        );
    }

    #[test]
    fn components_meet_what_their_parents_include() {
        let found = told(vec![
            node("base", &["base/api.yaml"], ""),
            node("prod", &["base", "part"], "p-"),
            node("part", &[], ""),
            node("part-of-nobody", &["base"], ""),
        ]);
        assert_eq!(
            found,
            [
                (0, names("api")),
                (1, names("api p-api")),
                (2, names("api p-api")),
            ]
        );
    }

    /// Each layer doubles the ways, and with prefixes the names.
    #[test]
    fn many_ways_and_many_overlays_end() {
        let mut nodes = vec![node("base", &["base/api.yaml"], "")];
        for layer in 0..40 {
            let below = match layer {
                0 => vec!["base".to_owned()],
                _ => ["a", "b"]
                    .map(|side| format!("{side}{}", layer - 1))
                    .to_vec(),
            };
            let below: Vec<&str> = below.iter().map(String::as_str).collect();
            for side in ["a", "b"] {
                nodes.push(node(&format!("{side}{layer}"), &below, side));
            }
        }
        nodes.extend((0..400).map(|number| {
            let prefix = format!("{number}-");
            node(&format!("overlay{number}"), &["base"], &prefix)
        }));
        let found = told(nodes);
        assert_eq!(found.len(), 1 + 80 + 400);
        assert_eq!(found[80].1, None);
        assert_eq!(found[480], (480, names("399-api api")));
    }

    #[test]
    fn kustomizations_that_include_themselves_end_too() {
        let found = told(vec![
            node("base", &["base/api.yaml", "loop"], "x-"),
            node("loop", &["base"], "y-"),
        ]);
        assert_eq!(found, [(0, None), (1, None)]);
    }
}
