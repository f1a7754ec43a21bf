//! What is told while pods are replaced: one line for each thing that happens, with
//! its time; on a terminal a tree of what is under way below them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::inventory::Inventory;
use crate::live::restart;
use crate::live::waves::Event;
use crate::rotation::census::{Census, Lack};
use crate::ui::{Progress, Ui};
use crate::workload::ObjectId;

use super::tree::{self, Doing};

/// Tells the pods of a workload that have the other value.
pub(crate) type Behind<'a> = Box<dyn Fn(&Inventory, &ObjectId) -> Vec<String> + 'a>;

/// Tells of a run.
pub(crate) struct View<'a> {
    ui: &'a Ui,
    board: Progress,
    title: String,
    doing: BTreeMap<ObjectId, Doing>,
    behind: Option<Behind<'a>>,
    /// The last line told of each workload, so that none is told twice.
    told: BTreeMap<ObjectId, String>,
    waits: String,
}

impl<'a> View<'a> {
    pub fn new(ui: &'a Ui) -> Self {
        Self {
            ui,
            board: ui.board(),
            title: String::new(),
            doing: BTreeMap::new(),
            behind: None,
            told: BTreeMap::new(),
            waits: String::new(),
        }
    }

    /// Which pods have the other value, for the tree.
    pub fn tells(&mut self, behind: Behind<'a>) {
        self.behind = Some(behind);
    }

    fn line(&self, what: &str, words: &str) {
        let line = format!("{} {what}: {words}", restart::text(Timestamp::now()));
        self.board.aside(|| self.ui.note(line));
    }

    fn of(&mut self, id: &ObjectId, words: String) {
        if self.told.get(id) != Some(&words) {
            self.line(&id.short(), &words);
            self.told.insert(id.clone(), words);
        }
    }

    /// A wave begins.
    pub fn wave<'i>(&mut self, wave: i64, ids: impl Iterator<Item = &'i ObjectId>) {
        let names: Vec<_> = ids.map(ObjectId::short).collect();
        self.title = match wave {
            i64::MIN => "canary".to_owned(),
            _ => "wave".to_owned(),
        };
        self.line(&self.title, &names.join(", "));
        self.doing.clear();
    }

    fn does(&mut self, id: &ObjectId, words: String) {
        let since = self
            .doing
            .get(id)
            .map_or_else(Timestamp::now, |doing| doing.since);
        self.doing.insert(id.clone(), Doing { words, since });
    }

    /// Something has happened.
    pub fn on(&mut self, event: &Event<'_>) {
        match event {
            Event::Restarting(id) => {
                self.does(id, "restarting".to_owned());
                self.of(id, "restarting".to_owned());
            }
            Event::Step(id, words) => {
                self.does(id, words.clone());
                // The tree shows it.
                if !self.board.is_seen() {
                    self.of(id, words.clone());
                }
            }
            Event::Done(id, watched) => {
                let words = match watched {
                    Some(watched) => format!(
                        "done; each new pod was watched for at least {} s and stayed up",
                        watched.least.as_secs()
                    ),
                    None => "done; all of its pods are new and ready".to_owned(),
                };
                self.doing.remove(*id);
                self.of(id, words);
                for end in watched.iter().flat_map(|watched| &watched.ends) {
                    self.board
                        .aside(|| self.ui.warn(format!("{end}; it has run since")));
                }
            }
            Event::ByHand(id, why) => {
                self.doing.remove(*id);
                self.of(id, (*why).to_owned());
            }
            Event::Gone(id) => self.of(id, "gone".to_owned()),
            Event::Evicted(id, pod) => self.of(id, format!("pod/{pod} evicted")),
            Event::Held(id, pod) => {
                self.of(id, format!("a disruption budget keeps pod/{pod}; waiting"));
            }
            Event::Look(seen) => self.draw(seen),
        }
    }

    fn draw(&self, seen: &Inventory) {
        if !self.board.is_seen() {
            return;
        }
        let behind = |id: &ObjectId| match &self.behind {
            Some(behind) => behind(seen, id),
            None => Vec::new(),
        };
        let title = format!("{} ({} under way)", self.title, self.doing.len());
        self.board
            .lines(&tree::lines(&title, &self.doing, seen, &behind));
    }

    /// What the count of containers still waits for.
    pub fn waits(&mut self, census: &Census) {
        let count = |lack| {
            census
                .behind
                .iter()
                .filter(|behind| behind.lack == lack)
                .count()
        };
        let mut parts = Vec::new();
        for (lack, words) in [
            (
                Lack::Refreshing,
                "wait for the kubelet to refresh their files",
            ),
            (Lack::Ending, "are ending"),
            (Lack::NotReady, "are not ready"),
            (Lack::Other, "have the other value"),
            (Lack::Unknown, "may have the other value"),
        ] {
            match count(lack) {
                0 => {}
                many => parts.push(format!("{many} {words}")),
            }
        }
        let words = match parts.is_empty() {
            true => "all have the wanted value; waiting until their pods are ready".to_owned(),
            false => parts.join(", "),
        };
        if words != self.waits {
            self.line("containers", &words);
        }
        self.board.lines(&[format!("containers: {words}")]);
        self.waits = words;
    }
}
