//! The tree of what is under way: workloads, and their pods as long as they matter.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::inventory::{ContainerState, Inventory, Pod};
use crate::workload::ObjectId;

/// Pods of a workload that are shown; of more, only how many.
const MOST_PODS: usize = 6;
/// Workloads that are shown.
const MOST: usize = 10;

/// What a workload is doing.
pub(super) struct Doing {
    pub words: String,
    pub since: Timestamp,
}

/// The lines of the tree. `behind` tells the pods that have the other value.
pub(super) fn lines(
    title: &str,
    doing: &BTreeMap<ObjectId, Doing>,
    seen: &Inventory,
    behind: &dyn Fn(&ObjectId) -> Vec<String>,
) -> Vec<String> {
    let mut lines = vec![title.to_owned()];
    for (id, doing) in doing.iter().take(MOST) {
        lines.push(format!(
            "├ {}  {}  {}",
            id.short(),
            doing.words,
            age(seen.now, Some(doing.since))
        ));
        let old = behind(id);
        let mut pods: Vec<_> = seen.pods_of(id).filter(|pod| !pod.is_finished()).collect();
        // What goes wrong first, then what is new.
        pods.sort_by_key(|pod| (pod.ready, std::cmp::Reverse(pod.metadata.created)));
        for pod in pods.iter().take(MOST_PODS) {
            let value = match old.contains(&pod.id.name) {
                true => "old",
                false => "new",
            };
            lines.push(format!(
                "│   {:<32} {value:<4} {:<9} {:>5}  {}",
                pod.id.name,
                state(pod),
                age(seen.now, pod.metadata.created),
                reason(pod)
            ));
        }
        if pods.len() > MOST_PODS {
            lines.push(format!("│   and {} more pods", pods.len() - MOST_PODS));
        }
    }
    if doing.len() > MOST {
        lines.push(format!("└ and {} more workloads", doing.len() - MOST));
    }
    lines
}

fn state(pod: &Pod) -> &'static str {
    match (pod.metadata.deleting, pod.ready) {
        (true, _) => "ending",
        (false, true) => "ready",
        (false, false) => "not ready",
    }
}

/// Why it waits, in the kubelet's word.
fn reason(pod: &Pod) -> &str {
    pod.containers
        .iter()
        .find_map(|status| match &status.state {
            ContainerState::Waiting { reason, .. } => Some(reason.as_str()),
            ContainerState::Terminated { reason, .. } => Some(reason.as_str()),
            _ => None,
        })
        .unwrap_or_default()
}

fn age(now: Timestamp, since: Option<Timestamp>) -> String {
    let Some(since) = since else {
        return String::new();
    };
    match now.duration_since(since).as_secs().max(0) {
        seconds if seconds < 120 => format!("{seconds}s"),
        seconds if seconds < 7_200 => format!("{}m", seconds / 60),
        seconds => format!("{}h", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Builder, Scope};
    use crate::manifest::{SourceText, parse};

    #[test]
    fn what_goes_wrong_comes_first() {
        let now: Timestamp = "2026-11-29T10:02:00Z".parse().unwrap();
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, "prod", now);
        for (name, created, ready, state) in [
            ("api-1", "09:00:00", "True", "running: {}"),
            (
                "api-2",
                "10:01:50",
                "False",
                "waiting: {reason: CrashLoopBackOff}",
            ),
        ] {
            let text = format!(
                "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: prod, uid: {name}, creationTimestamp: \
                 '2026-11-29T{created}Z'}}, spec: {{containers: [{{name: main, image: x}}]}}, status: {{phase: Running, \
                 conditions: [{{type: Ready, status: '{ready}'}}], containerStatuses: [{{name: main, state: {{{state}}}}}]}}}}"
            );
            for document in parse(&SourceText::new("live", text)).documents {
                builder.add_live(document.root);
            }
        }
        let seen = builder.finish();
        let id = seen.pods[0].id.clone();
        let doing = |id: &ObjectId| {
            let doing = Doing {
                words: "1 of 2 pods are new".to_owned(),
                since: "2026-11-29T10:01:30Z".parse().unwrap(),
            };
            BTreeMap::from([(id.clone(), doing)])
        };
        let shown = lines("wave", &doing(&id), &seen, &|_| vec!["api-1".to_owned()]);
        assert_eq!(
            shown,
            [
                "wave",
                "├ pod/api-1  1 of 2 pods are new  30s",
                "│   api-1                            old  ready       62m  ",
            ]
        );
        let other = seen.pods[1].id.clone();
        let shown = lines("wave", &doing(&other), &seen, &|_| Vec::new());
        assert_eq!(
            shown[2],
            "│   api-2                            new  not ready   10s  CrashLoopBackOff"
        );
    }
}
