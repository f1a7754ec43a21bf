//! New pods that stay up: since when that is seen, and how long it has to be.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::inventory::{Inventory, Pod};
use crate::watch::liveness::Steady;
use crate::watch::settle::{Settle, longer_than};
use crate::workload::Workload;

/// How many times its time a pod may take that has troubles again and again.
const ANEW: u32 = 4;

/// What was seen of a rollout's pods, look by look.
pub struct Staying {
    settle: Duration,
    runs: EarlierRuns,
    /// By uid: a pod that goes is forgotten.
    pods: BTreeMap<String, Seen>,
    /// Where a first failure counts.
    steady: Option<Steady>,
}

/// Whether runs that ended count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EarlierRuns {
    /// A container that ended after a while has to run for longer than that.
    Count,
    /// They were there before, and say nothing of the change.
    Ignore,
}

struct Seen {
    /// Since when it is seen to be ready without a trouble; `None` while it is not.
    up: Option<Duration>,
    /// Since when it was first.
    first: Option<Duration>,
    troubles: i64,
    needs: Duration,
}

/// What a success rests on.
pub struct Watched {
    /// For how long each new pod was seen to stay up, at least.
    pub least: Duration,
    /// The containers that have ended all the same, and run since.
    pub ends: Vec<String>,
}

impl Staying {
    /// Of pods that have a change.
    pub fn of_change(settle: &Settle) -> Self {
        Self {
            settle: settle.time(),
            runs: EarlierRuns::Count,
            pods: BTreeMap::new(),
            steady: None,
        }
    }

    /// Of pods that have what there was before a change.
    pub fn of_the_way_back() -> Self {
        Self {
            settle: Settle::of_the_way_back().time(),
            runs: EarlierRuns::Ignore,
            pods: BTreeMap::new(),
            steady: None,
        }
    }

    /// The same, of a change whose old pods are to stay when a new one is found
    /// broken: at its first failure, if they were well.
    pub fn beside_old_pods(settle: &Settle, steady: Steady) -> Self {
        Self {
            steady: Some(steady),
            ..Self::of_change(settle)
        }
    }

    /// Takes a look at what liveness probes find; why a new pod is broken, if one
    /// is.
    pub fn broken(
        &mut self,
        inventory: &Inventory,
        workload: &Workload,
        old: &[&Pod],
        new: &[&Pod],
    ) -> Option<String> {
        let steady = self.steady.as_mut()?;
        for pod in old {
            steady.look_at_old(inventory, workload, pod);
        }
        steady.look_at_new(inventory, workload, new);
        steady.broken(inventory, workload, new)
    }

    /// Takes a look at all pods that have it.
    pub fn look(&mut self, passed: Duration, inventory: &Inventory, pods: &[&Pod]) {
        let mut before = std::mem::take(&mut self.pods);
        for pod in pods {
            let troubles = troubles(inventory, pod);
            let seen = before.remove(&pod.metadata.uid);
            let first = seen.as_ref().and_then(|seen| seen.first);
            let up = match (pod.ready, seen) {
                (false, _) => None,
                (true, Some(seen)) if seen.troubles == troubles => seen.up.or(Some(passed)),
                (true, _) => Some(passed),
            };
            let seen = Seen {
                up,
                first: first.or(up),
                troubles,
                needs: self.needs(pod),
            };
            self.pods.insert(pod.metadata.uid.clone(), seen);
        }
    }

    fn needs(&self, pod: &Pod) -> Duration {
        let runs = pod
            .containers
            .iter()
            .filter(|status| status.restarts > 0 && self.runs == EarlierRuns::Count)
            .filter_map(|status| Some(status.last_end.as_ref()?.ran?.as_secs()))
            .map(|ran| Duration::from_secs(longer_than(ran).unsigned_abs()));
        runs.max()
            .map_or(self.settle, |longest| longest.max(self.settle))
    }

    /// Whether at least so many pods were seen, and each one for long enough.
    pub fn is_settled(&self, passed: Duration, pods: usize) -> bool {
        self.pods.len() >= pods
            && self.pods.values().all(|seen| {
                seen.up
                    .is_some_and(|up| passed.saturating_sub(up) >= seen.needs)
            })
    }

    /// Whether all pods are up, and one of them has to stay so for longer: for
    /// `ready` at least, which is when its controller counts it.
    pub fn is_settling(&self, passed: Duration, ready: Duration) -> bool {
        let short = |seen: &Seen| {
            let needs = seen.needs.max(ready);
            let within = |since: Option<Duration>, time| {
                since.is_some_and(|since| passed.saturating_sub(since) < time)
            };
            // What begins anew each time does not go on for ever.
            within(seen.up, needs) && within(seen.first, needs.saturating_mul(ANEW))
        };
        self.pods.values().all(|seen| seen.up.is_some()) && self.pods.values().any(short)
    }

    /// What can be said when it is settled.
    pub fn watched(&self, passed: Duration, pods: &[&Pod]) -> Watched {
        let times = self.pods.values().filter_map(|seen| seen.up);
        Watched {
            least: times
                .map(|up| passed.saturating_sub(up))
                .min()
                .unwrap_or_default(),
            ends: match self.runs {
                EarlierRuns::Count => pods.iter().flat_map(|pod| pod.ends()).collect(),
                EarlierRuns::Ignore => Vec::new(),
            },
        }
    }
}

/// What speaks against a pod although it is ready: how often its containers
/// have ended, and how often kubelet was about to end one.
fn troubles(inventory: &Inventory, pod: &Pod) -> i64 {
    let restarts = pod.containers.iter().map(|status| status.restarts);
    let unhealthy = inventory
        .events_of(pod)
        .filter(|event| event.is_liveness_failure())
        .map(|event| event.count);
    restarts.chain(unhealthy).fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Builder, Scope};
    use crate::manifest::{SourceText, parse};
    use crate::watch::settle::Because;

    /// One pod as it is seen: its uid, readiness, restarts and the run before.
    fn inventory(uid: &str, ready: &str, restarts: i64, ran: i64, failures: i64) -> Inventory {
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, "prod", jiff::Timestamp::UNIX_EPOCH);
        let text = format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: db-0, namespace: prod, uid: {uid}}}, spec: \
             {{containers: [{{name: main, image: x}}]}}, status: {{conditions: [{{type: Ready, status: \
             '{ready}'}}], containerStatuses: [{{name: main, restartCount: {restarts}, lastState: \
             {{terminated: {{exitCode: 3, startedAt: '2026-01-01T00:00:00Z', finishedAt: \
             '2026-01-01T00:{:02}:{:02}Z'}}}}}}]}}}}\n---\n{{apiVersion: v1, kind: Event, metadata: \
             {{name: e, namespace: prod}}, type: Warning, reason: Unhealthy, message: 'Liveness probe failed: \
             x', count: {failures}, involvedObject: {{kind: Pod, name: db-0, namespace: prod, uid: {uid}}}}}\n",
            ran / 60,
            ran % 60
        );
        for document in parse(&SourceText::new("live", text)).documents {
            builder.add_live(document.root);
        }
        builder.finish()
    }

    struct Watch {
        staying: Staying,
        start: Duration,
    }

    impl Watch {
        fn new(staying: Staying) -> Self {
            Self {
                staying,
                start: Duration::from_secs(7),
            }
        }

        /// Whether it is settled, and whether it is settling.
        fn at(&mut self, second: u64, inventory: &Inventory) -> (bool, bool) {
            let now = self.start + Duration::from_secs(second);
            let pods: Vec<_> = inventory.pods.iter().collect();
            self.staying.look(now, inventory, &pods);
            (
                self.staying.is_settled(now, 1),
                self.staying.is_settling(now, Duration::ZERO),
            )
        }
    }

    fn thirty() -> Watch {
        Watch::new(Staying::of_change(&Settle {
            seconds: 30,
            because: Because::Usual,
        }))
    }

    #[test]
    fn a_pod_has_to_stay_up_from_when_it_was_first_seen_so() {
        let mut watch = thirty();
        let (up, down) = (
            inventory("a", "True", 0, 0, 0),
            inventory("a", "False", 0, 0, 0),
        );
        assert_eq!(watch.at(0, &down), (false, false));
        assert_eq!(watch.at(5, &up), (false, true));
        assert_eq!(watch.at(34, &up), (false, true));
        assert_eq!(watch.at(35, &up), (true, false));
        // It is not ready for a moment, or another pod is there in its place.
        assert_eq!(watch.at(36, &down), (false, false));
        assert_eq!(watch.at(37, &up), (false, true));
        assert_eq!(
            watch.at(66, &inventory("b", "True", 0, 0, 0)),
            (false, true)
        );
        assert_eq!(
            watch.at(96, &inventory("b", "True", 0, 0, 0)),
            (true, false)
        );
    }

    #[test]
    fn an_end_and_a_failed_probe_begin_it_anew() {
        let before = inventory("a", "True", 0, 0, 1);
        for (what, trouble) in [
            ("an end", inventory("a", "True", 1, 7, 1)),
            ("a failed probe", inventory("a", "True", 0, 0, 2)),
        ] {
            let mut watch = thirty();
            watch.at(0, &before);
            assert_eq!(watch.at(29, &trouble), (false, true), "{what}");
            assert_eq!(watch.at(58, &trouble), (false, true), "{what}");
            assert_eq!(watch.at(59, &trouble), (true, false), "{what}");
        }
    }

    #[test]
    fn a_run_has_to_be_longer_than_the_one_that_ended() {
        let ended = inventory("a", "True", 1, 100, 0);
        let mut watch = thirty();
        watch.at(0, &ended);
        assert_eq!(watch.at(124, &ended), (false, true));
        assert_eq!(watch.at(125, &ended), (true, false));
        let pods: Vec<_> = ended.pods.iter().collect();
        let told = watch
            .staying
            .watched(watch.start + Duration::from_secs(125), &pods);
        assert_eq!(told.least, Duration::from_secs(125));
        assert_eq!(
            told.ends,
            [
                "container main of pod/db-0 ended once, the last time with exit code 3, 100 s after its start"
            ]
        );
        // What was so before says nothing of the way back.
        let mut back = Watch::new(Staying::of_the_way_back());
        back.at(0, &ended);
        assert_eq!(back.at(5, &ended), (true, false));
    }

    #[test]
    fn without_pods_nothing_is_settled() {
        let staying = Staying::of_the_way_back();
        assert!(!staying.is_settled(Duration::ZERO, 1));
        assert!(!staying.is_settling(Duration::ZERO, Duration::ZERO));
    }
}
