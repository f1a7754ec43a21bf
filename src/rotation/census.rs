//! Which value the running containers have, by when they started: the proof at the
//! end of a run, and the list of what has to go back when it fails.
//!
//! A container has what the Secret held when it started. Its start is told by the
//! node's clock and bounded by times of the API server, and so is compared with the
//! writes ([`crate::inventory::staleness`]); what cannot be told counts as the wrong
//! value. A container that ran before the run began and still is the same one, by
//! its id, has the value of before, whatever clocks say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::consumption::{Holder, Taken, holders};
use crate::finding::SecretName;
use crate::inventory::staleness::{REFRESH, Start};
use crate::inventory::{ContainerState, Inventory};
use crate::workload::{ContainerClass, ObjectId};

/// Which value containers are to have.
#[derive(Clone, Debug)]
pub enum Wanted<'a> {
    /// What was written at this time.
    New { wrote: Timestamp },
    /// What was there before, and is there again.
    Old {
        wrote: Timestamp,
        restored: Timestamp,
        /// The containers that ran before the run.
        before: &'a Running,
    },
}

/// Containers that ran at one time, with their ids.
#[derive(Clone, Debug, Default)]
pub struct Running(BTreeMap<(String, String), String>);

impl Running {
    /// Those of all pods that were seen.
    pub fn of(inventory: &Inventory) -> Self {
        let mut found = BTreeMap::new();
        for pod in &inventory.pods {
            for status in &pod.containers {
                let runs = matches!(status.state, ContainerState::Running { .. });
                if runs && !status.id.is_empty() {
                    let key = (pod.metadata.uid.clone(), status.name.clone());
                    found.insert(key, status.id.clone());
                }
            }
        }
        Self(found)
    }

    fn has(&self, pod: &str, container: &str, id: &str) -> bool {
        let key = (pod.to_owned(), container.to_owned());
        !id.is_empty() && self.0.get(&key).is_some_and(|known| known == id)
    }
}

/// Why a container is not known to have the wanted value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// It has the other one.
    Other,
    /// When it started is not known well enough.
    Unknown,
    /// The kubelet has had no time to refresh its files.
    Refreshing,
    /// It is not ready, so its files may not be refreshed.
    NotReady,
    /// Its pod is ending, and still has the other one.
    Ending,
}

/// A container without the wanted value, or perhaps without.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Behind {
    pub workload: ObjectId,
    pub pod: String,
    pub container: String,
    pub lack: Lack,
}

/// A key of a Secret, and how it is told which value a container has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub key: SecretName,
    pub by: By,
}

/// How it is told which value a container has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By when it started: the Secret has had both.
    Time,
    /// By which Secret its pod names: each of the two has had one value only.
    Name(Side),
}

/// One of the two Secrets of which one takes the other's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Replaced,
    Successor,
}

/// A count of running containers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// How many run and use the keys.
    pub running: usize,
    /// Of these, those that are not known to have the wanted value.
    pub behind: BTreeSet<Behind>,
    /// Workloads whose pods use the keys.
    pub workloads: BTreeSet<ObjectId>,
}

impl Census {
    /// Counts the containers that use one of the keys.
    pub fn take(inventory: &Inventory, keys: &[Counted], wanted: &Wanted<'_>) -> Self {
        let mut census = Self::default();
        let mut seen: BTreeMap<(String, String), Option<Behind>> = BTreeMap::new();
        for counted in keys {
            let key = &counted.key;
            for holder in holders(inventory, key) {
                census.workloads.insert(holder.pod.top.clone());
                let lack = match counted.by {
                    By::Time => lack(inventory.now, &holder, wanted),
                    By::Name(side) => named(&holder, side, wanted),
                };
                let Some(lack) = lack else {
                    continue;
                };
                let behind = lack.map(|lack| Behind {
                    workload: holder.pod.top.clone(),
                    pod: holder.pod.id.name.clone(),
                    container: holder.container.clone(),
                    lack,
                });
                let place = (holder.pod.metadata.uid.clone(), holder.container);
                let known = seen.entry(place).or_default();
                *known = match (known.take(), behind) {
                    (Some(one), Some(other)) if other.lack < one.lack => Some(other),
                    (None, other) => other,
                    (known, _) => known,
                };
            }
        }
        census.running = seen.len();
        census.behind = seen.into_values().flatten().collect();
        census
    }

    /// Whether every running container has the wanted value.
    pub fn is_clean(&self) -> bool {
        self.behind.is_empty()
    }

    /// Those of one workload.
    pub fn behind_of<'a>(&'a self, id: &'a ObjectId) -> impl Iterator<Item = &'a Behind> {
        self.behind
            .iter()
            .filter(move |behind| behind.workload == *id)
    }

    /// Whether only time is missing: the kubelet refreshes files, or pods end.
    pub fn only_waits(&self) -> bool {
        let waits = |behind: &Behind| matches!(behind.lack, Lack::Refreshing | Lack::Ending);
        self.behind.iter().all(waits)
    }
}

/// The same for a container whose pod names one of two Secrets: it has that one's value,
/// now or when it starts.
fn named(holder: &Holder<'_>, side: Side, wanted: &Wanted<'_>) -> Option<Option<Lack>> {
    let fits = matches!(
        (wanted, side),
        (Wanted::New { .. }, Side::Successor) | (Wanted::Old { .. }, Side::Replaced)
    );
    let status = holder.pod.status(&holder.container);
    let runs = status.is_some_and(|status| matches!(status.state, ContainerState::Running { .. }));
    match (fits, holder.pod.metadata.deleting) {
        (true, _) => runs.then_some(None),
        (false, true) => runs.then_some(Some(Lack::Ending)),
        (false, false) => Some(Some(Lack::Other)),
    }
}

/// What a holder lacks: `None` where it does not run, `Some(None)` where it has the
/// wanted value.
fn lack(now: Timestamp, holder: &Holder<'_>, wanted: &Wanted<'_>) -> Option<Option<Lack>> {
    let pod = holder.pod;
    let status = pod.status(&holder.container)?;
    let since = match &status.state {
        ContainerState::Running { since } => *since,
        // What an init container made of the value is there as long as its pod is.
        ContainerState::Terminated {
            run, exit_code: 0, ..
        } if holder.class == ContainerClass::Init => run.started,
        _ => return None,
    };
    let start = since.map(|since| Start::in_pod(pod, since));
    let kept = |before: &Running| before.has(&pod.metadata.uid, &status.name, &status.id);
    let has = |lack: Option<Lack>| match lack {
        Some(Lack::Other | Lack::Unknown) if pod.metadata.deleting => Some(Lack::Ending),
        lack => lack,
    };
    let after = |time| start.is_some_and(|start| start.is_after(time));
    let before = |time| start.is_some_and(|start| start.is_before(time));
    let refreshed = |time: Timestamp| {
        if after(time) {
            None
        } else if now.duration_since(time) < REFRESH {
            Some(Lack::Refreshing)
        } else if !pod.ready {
            // A node that says nothing makes its pods unready.
            Some(Lack::NotReady)
        } else {
            None
        }
    };
    Some(has(match (wanted, holder.taken) {
        (Wanted::New { wrote }, Taken::AtStart) => match () {
            () if after(*wrote) => None,
            () if before(*wrote) => Some(Lack::Other),
            () => Some(Lack::Unknown),
        },
        (Wanted::New { wrote }, Taken::Always) => refreshed(*wrote),
        (
            Wanted::Old {
                wrote,
                restored,
                before: running,
            },
            Taken::AtStart,
        ) => match () {
            () if kept(running) || before(*wrote) || after(*restored) => None,
            () if after(*wrote) && before(*restored) => Some(Lack::Other),
            () => Some(Lack::Unknown),
        },
        (Wanted::Old { restored, .. }, Taken::Always) => refreshed(*restored),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Builder, Scope};
    use crate::manifest::{SourceText, parse};

    /// A pod: its creation and its container's start in seconds after ten o'clock.
    struct Seen {
        uid: &'static str,
        created: i64,
        started: i64,
        id: &'static str,
        more: &'static str,
    }

    const POD: Seen = Seen {
        uid: "a",
        created: 0,
        started: 2,
        id: "c1",
        more: "",
    };

    fn at(second: i64) -> Timestamp {
        let ten: Timestamp = "2026-11-29T10:00:00Z".parse().unwrap();
        ten + jiff::SignedDuration::from_secs(second)
    }

    fn inventory(now: i64, way: &str, pods: &[Seen]) -> Inventory {
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, "prod", at(now));
        let (container, volumes) = match way {
            "env" => (
                "env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]",
                "",
            ),
            _ => (
                "volumeMounts: [{name: v, mountPath: /s}]",
                ", volumes: [{name: v, secret: {secretName: db}}]",
            ),
        };
        for Seen {
            uid,
            created,
            started,
            id,
            more,
        } in pods
        {
            let text = format!(
                "{{apiVersion: v1, kind: Pod, metadata: {{name: api-{uid}, namespace: prod, uid: {uid}, \
                 creationTimestamp: '{}'{more}}}, spec: {{containers: [{{name: main, image: x, {container}}}]{volumes}}}, \
                 status: {{phase: Running, startTime: '{}', conditions: [{{type: Ready, status: 'True'}}], \
                 containerStatuses: [{{name: main, containerID: {id}, state: {{running: {{startedAt: '{}'}}}}}}]}}}}",
                at(*created),
                at(*created),
                at(*started)
            );
            for document in parse(&SourceText::new("live", text)).documents {
                builder.add_live(document.root);
            }
        }
        builder.finish()
    }

    fn key() -> Vec<Counted> {
        counted(By::Time)
    }

    fn counted(by: By) -> Vec<Counted> {
        vec![Counted {
            key: SecretName {
                namespace: "prod".to_owned(),
                name: "db".to_owned(),
                key: Some("password".to_owned()),
            },
            by,
        }]
    }

    #[test]
    fn of_two_secrets_a_pod_has_the_one_that_it_names() {
        let new = Wanted::New { wrote: at(1_000) };
        let nobody = Running::default();
        let old = Wanted::Old {
            wrote: at(1_000),
            restored: at(1_100),
            before: &nobody,
        };
        let ending = Seen {
            more: ", deletionTimestamp: '2026-11-29T11:00:00Z'",
            ..POD
        };
        for (pod, wanted, side, expected) in [
            (POD, &new, Side::Replaced, vec![Lack::Other]),
            (POD, &new, Side::Successor, vec![]),
            (POD, &old, Side::Successor, vec![Lack::Other]),
            (POD, &old, Side::Replaced, vec![]),
            (ending, &new, Side::Replaced, vec![Lack::Ending]),
        ] {
            for way in ["env", "volume"] {
                let inventory = inventory(1_200, way, std::slice::from_ref(&pod));
                let census = Census::take(&inventory, &counted(By::Name(side)), wanted);
                let lacks: Vec<_> = census.behind.iter().map(|one| one.lack).collect();
                assert_eq!(lacks, expected, "{side:?}");
                assert_eq!(census.running, 1);
            }
        }
    }

    fn lacks(inventory: &Inventory, wanted: &Wanted<'_>) -> Vec<Lack> {
        let census = Census::take(inventory, &key(), wanted);
        census.behind.iter().map(|behind| behind.lack).collect()
    }

    #[test]
    fn a_container_has_what_was_there_when_it_started() {
        let new = Wanted::New { wrote: at(1_000) };
        for (created, started, expected) in [
            // Long before, and close before: the node's clock may be wrong.
            (0, 2, vec![Lack::Other]),
            (950, 960, vec![Lack::Unknown]),
            // A pod of the second of the write.
            (1_000, 1_000, vec![Lack::Unknown]),
            (1_001, 1_002, vec![]),
            // In a pod of before, started again long after it.
            (0, 1_200, vec![]),
            (0, 1_010, vec![]),
            (0, 1_001, vec![Lack::Unknown]),
        ] {
            let pod = Seen {
                created,
                started,
                ..POD
            };
            let seen = inventory(1_300, "env", &[pod]);
            assert_eq!(lacks(&seen, &new), expected, "{created} {started}");
        }
    }

    #[test]
    fn files_need_time_and_a_pod_that_is_ready() {
        let new = Wanted::New { wrote: at(1_000) };
        assert_eq!(
            lacks(&inventory(1_060, "file", &[POD]), &new),
            [Lack::Refreshing]
        );
        assert_eq!(lacks(&inventory(1_121, "file", &[POD]), &new), []);
        let late = Seen {
            created: 1_002,
            started: 1_003,
            ..POD
        };
        assert_eq!(lacks(&inventory(1_010, "file", &[late]), &new), []);
    }

    #[test]
    fn what_started_in_between_has_to_go_back() {
        let pods = || {
            [
                POD,
                // A crash in an old pod, and a pod that somebody added.
                Seen {
                    uid: "b",
                    id: "c9",
                    started: 1_095,
                    ..POD
                },
                Seen {
                    uid: "c",
                    created: 1_005,
                    started: 1_010,
                    ..POD
                },
                // After the way back.
                Seen {
                    uid: "d",
                    created: 1_201,
                    started: 1_202,
                    ..POD
                },
            ]
        };
        let before = Running::of(&inventory(
            900,
            "env",
            &[
                POD,
                Seen {
                    uid: "b",
                    id: "c1",
                    ..POD
                },
            ],
        ));
        let old = Wanted::Old {
            wrote: at(1_000),
            restored: at(1_200),
            before: &before,
        };
        let census = Census::take(&inventory(1_300, "env", &pods()), &key(), &old);
        assert_eq!(census.running, 4);
        let behind: Vec<_> = census
            .behind
            .iter()
            .map(|one| (one.pod.as_str(), one.lack))
            .collect();
        assert_eq!(behind, [("api-b", Lack::Other), ("api-c", Lack::Other)]);
        // Without what ran before, times decide.
        let nothing = Running::default();
        let old = Wanted::Old {
            wrote: at(80),
            restored: at(1_200),
            before: &nothing,
        };
        let census = Census::take(&inventory(1_300, "env", &[POD]), &key(), &old);
        assert_eq!(
            census.behind.first().map(|one| one.lack),
            Some(Lack::Unknown)
        );
    }

    /// Invariants 76, 78.
    #[test]
    fn a_pod_that_ends_still_has_it() {
        let ending = Seen {
            more: ", deletionTimestamp: '2026-11-29T10:20:00Z'",
            ..POD
        };
        let new = Wanted::New { wrote: at(1_000) };
        let census = Census::take(&inventory(1_300, "env", &[ending]), &key(), &new);
        assert_eq!(census.running, 1);
        assert!(!census.is_clean() && census.only_waits());
    }
}
