//! Watches, as a test says: true ones, and the ways in which they lie.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Shared;

/// How watches are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watches {
    /// Nobody may watch.
    #[default]
    Refused,
    /// Each change is told once.
    Told,
    /// Each change is told twice.
    Twice,
    /// Nothing is told, and the connection stays.
    Silent,
    /// Only that nothing has changed.
    Marks,
    /// The third line ends in its middle, and so does the connection.
    Cut,
    /// The version that is asked for is too old.
    Expired,
    /// What is told of controllers is of three seconds ago; of pods, of now.
    Late,
}

const LATE: Duration = Duration::from_secs(3);

/// Between two looks at what is to be told.
pub(super) const PACE: Duration = Duration::from_millis(100);

/// One watch.
pub(super) struct Watch {
    mode: Watches,
    group: String,
    plural: String,
    namespace: String,
    known: Option<BTreeMap<String, Value>>,
    told: usize,
    /// Lines that are told later.
    held: VecDeque<(Instant, String)>,
}

/// What comes next on the wire.
pub(super) enum Next {
    Lines(String),
    /// This, and the end of the connection.
    Last(String),
}

impl Watch {
    /// The watch that a path asks for, if it does and watches are answered.
    pub fn of(path: &str, shared: &Shared) -> Option<Self> {
        let (path, query) = path.split_once('?')?;
        if !query.split('&').any(|word| word == "watch=true") {
            return None;
        }
        let segments: Vec<_> = path.split('/').filter(|one| !one.is_empty()).collect();
        let (group, namespace, plural) = match segments.as_slice() {
            ["api", "v1", "namespaces", namespace, plural] => ("", namespace, plural),
            ["apis", group, _, "namespaces", namespace, plural] => (*group, namespace, plural),
            _ => return None,
        };
        Some(Self {
            mode: *super::lock(&shared.watches),
            group: group.to_owned(),
            plural: (*plural).to_owned(),
            namespace: (*namespace).to_owned(),
            known: None,
            told: 0,
            held: VecDeque::new(),
        })
    }

    pub fn is_refused(&self) -> bool {
        self.mode == Watches::Refused
    }

    /// What is to be told now. Whoever watches pods gives rollouts time.
    pub fn next(&mut self, shared: &Shared) -> Next {
        let mut lines = String::new();
        match self.mode {
            Watches::Refused | Watches::Silent => return Next::Lines(lines),
            Watches::Marks => {
                lines += &line("BOOKMARK", &json!({"metadata": {"resourceVersion": "1"}}));
                return Next::Lines(lines);
            }
            Watches::Expired => {
                let gone = json!({"kind": "Status", "code": 410, "reason": "Expired"});
                return Next::Last(line("ERROR", &gone));
            }
            Watches::Told | Watches::Twice | Watches::Cut | Watches::Late => {}
        }
        let listed =
            super::lock(&shared.workloads).list(&self.group, &self.plural, Some(&self.namespace));
        let items = listed.and_then(|reply| reply.items()).unwrap_or_default();
        let name = |item: &Value| {
            item["metadata"]["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let now: BTreeMap<_, _> = items.into_iter().map(|item| (name(&item), item)).collect();
        // What changed between the list and the watch is told, too.
        let known = self.known.take().unwrap_or_default();
        for (name, item) in &now {
            let kind = match known.get(name) {
                None => "ADDED",
                Some(known) if known != item => "MODIFIED",
                Some(_) => continue,
            };
            self.told += 1;
            let line = line(kind, item);
            if self.mode == Watches::Cut && self.told >= 3 {
                lines += &line[..line.len() / 2];
                return Next::Last(lines);
            }
            lines += &line;
            if self.mode == Watches::Twice {
                lines += &line;
            }
        }
        for (_, item) in known.iter().filter(|(name, _)| !now.contains_key(*name)) {
            lines += &line("DELETED", item);
        }
        self.known = Some(now);
        if self.mode == Watches::Late && self.plural != "pods" {
            self.held.push_back((Instant::now(), lines));
            lines = String::new();
            while let Some((_, own)) = self.held.pop_front_if(|(at, _)| at.elapsed() >= LATE) {
                lines += &own;
            }
        }
        Next::Lines(lines)
    }
}

fn line(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({"type": kind, "object": object}))
}
