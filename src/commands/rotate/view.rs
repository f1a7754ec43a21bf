//! What is told while pods are replaced: one line for each thing that happens, with
//! its time; on a terminal a tree of what is under way.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::live::restart;
use crate::live::waves::Event;
use crate::rotation::census::{Census, Lack};
use crate::ui::Ui;
use crate::workload::ObjectId;

/// Tells of a run.
pub(crate) struct View<'a> {
    ui: &'a Ui,
    progress: crate::ui::Progress,
    /// The last line told of each workload, so that none is told twice.
    told: BTreeMap<ObjectId, String>,
    waits: String,
}

impl<'a> View<'a> {
    pub fn new(ui: &'a Ui) -> Self {
        Self {
            ui,
            progress: ui.progress(),
            told: BTreeMap::new(),
            waits: String::new(),
        }
    }

    fn line(&self, what: &str, words: &str) {
        self.ui.note(format!(
            "{} {what}: {words}",
            restart::text(Timestamp::now())
        ));
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
        let wave = match wave {
            i64::MIN => "canary".to_owned(),
            _ => "wave".to_owned(),
        };
        self.line(&wave, &names.join(", "));
    }

    /// Something has happened.
    pub fn on(&mut self, event: &Event<'_>) {
        match event {
            Event::Restarting(id) => self.of(id, "restarting".to_owned()),
            Event::Step(id, words) => {
                self.progress.step(&format!("{}: {words}", id.short()));
                self.of(id, words.clone());
            }
            Event::Done(id, watched) => {
                let words = match watched {
                    Some(watched) => format!(
                        "done; each new pod was watched for at least {} s and stayed up",
                        watched.least.as_secs()
                    ),
                    None => "done; all of its pods are new and ready".to_owned(),
                };
                self.of(id, words);
                for end in watched.iter().flat_map(|watched| &watched.ends) {
                    self.ui.warn(format!("{end}; it has run since"));
                }
            }
            Event::ByHand(id, why) => self.of(id, (*why).to_owned()),
            Event::Gone(id) => self.of(id, "gone".to_owned()),
            Event::Evicted(id, pod) => self.of(id, format!("pod/{pod} evicted")),
            Event::Held(id, pod) => {
                self.of(id, format!("a disruption budget keeps pod/{pod}; waiting"));
            }
            Event::Look(_) => {}
        }
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
        self.progress.step(&words);
        if words != self.waits {
            self.line("containers", &words);
            self.waits = words;
        }
    }
}
