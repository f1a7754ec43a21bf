//! What may keep pods from being replaced, told before anything is changed: disruption
//! budgets, which evictions wait for, and quotas, which new pods have to fit.

use crate::inventory::Inventory;
use crate::manifest::{Entry, Node};

use super::plan::{Fate, Plan};

/// A PodDisruptionBudget.
#[derive(Clone, Debug)]
pub struct Budget {
    pub name: String,
    /// `spec.selector.matchLabels`; `None` where it says more than that.
    labels: Option<Vec<(String, String)>>,
    /// `status.disruptionsAllowed`.
    allowed: i64,
}

impl Budget {
    /// Reads one of an answer.
    pub fn read(node: &Node) -> Option<Self> {
        let selector = node.at(&["spec", "selector"]);
        let simple = selector.is_some_and(|selector| selector.get("matchExpressions").is_none());
        let labels = selector
            .and_then(|selector| selector.get("matchLabels"))
            .filter(|labels| simple && labels.is_mapping())
            .map(|labels| {
                let entry = |entry: &Entry| {
                    let value = entry.value.as_str()?.to_owned();
                    Some((entry.key.as_str()?.to_owned(), value))
                };
                labels.entries().iter().filter_map(entry).collect()
            });
        Some(Self {
            name: node.at(&["metadata", "name"])?.as_str()?.to_owned(),
            labels,
            allowed: node
                .at(&["status", "disruptionsAllowed"])
                .and_then(Node::as_integer)
                .unwrap_or(0),
        })
    }
}

/// A ResourceQuota that counts pods.
#[derive(Clone, Debug)]
pub struct Quota {
    pub name: String,
    /// How many more pods it lets be made.
    room: i64,
}

impl Quota {
    /// Reads one of an answer; `None` for one that does not count pods.
    pub fn read(node: &Node) -> Option<Self> {
        let amount = |which: &str, of: &str| {
            let text = node.at(&["status", which, of])?.as_str()?;
            text.parse::<i64>().ok()
        };
        let room = |of: &str| Some(amount("hard", of)?.saturating_sub(amount("used", of)?));
        let rooms = ["pods", "count/pods"].into_iter().filter_map(room);
        Some(Self {
            name: node.at(&["metadata", "name"])?.as_str()?.to_owned(),
            room: rooms.min()?,
        })
    }
}

/// What stands in the way of a plan, one sentence each.
pub fn obstacles(
    plan: &Plan,
    inventory: &Inventory,
    budgets: &[Budget],
    quotas: &[Quota],
) -> Vec<String> {
    let mut found = Vec::new();
    let evicted = plan
        .replaced()
        .filter(|one| matches!(one.fate, Fate::Evict(_)));
    for affected in evicted {
        for budget in budgets.iter().filter(|budget| budget.allowed < 1) {
            let fits = inventory.pods_of(&affected.id).any(|pod| {
                let has =
                    |(key, value): &(String, String)| pod.metadata.labels.get(key) == Some(value);
                budget
                    .labels
                    .as_ref()
                    .is_some_and(|labels| labels.iter().all(has))
            });
            if fits {
                found.push(format!(
                    "poddisruptionbudget/{} allows no disruption now: the pods of {} are not evicted until it does",
                    budget.name,
                    affected.id.short()
                ));
            }
        }
    }
    let rolls = plan.replaced().any(|one| one.fate == Fate::Restart);
    for quota in quotas.iter().filter(|quota| quota.room < 1 && rolls) {
        found.push(format!(
            "resourcequota/{} has no room for another pod: restarts that make a new pod before an old one goes will fail and be taken back",
            quota.name
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};

    fn node(text: &str) -> Node {
        parse(&SourceText::new("live", text.to_owned()))
            .documents
            .remove(0)
            .root
    }

    #[test]
    fn quotas_and_budgets_are_read() {
        let quota = |status: &str| {
            Quota::read(&node(&format!(
                "{{metadata: {{name: q}}, status: {{{status}}}}}"
            )))
            .map(|quota| quota.room)
        };
        assert_eq!(quota("hard: {pods: '4'}, used: {pods: '3'}"), Some(1));
        assert_eq!(
            quota("hard: {count/pods: '4', pods: '9'}, used: {count/pods: '4', pods: '4'}"),
            Some(0)
        );
        assert_eq!(quota("hard: {cpu: '4'}, used: {cpu: '4'}"), None);
        assert_eq!(quota(""), None);
        let budget = |spec: &str| {
            let text = format!(
                "{{metadata: {{name: b}}, spec: {{{spec}}}, status: {{disruptionsAllowed: 2}}}}"
            );
            let budget = Budget::read(&node(&text)).unwrap();
            (budget.labels.map(|labels| labels.len()), budget.allowed)
        };
        assert_eq!(
            budget("selector: {matchLabels: {app: a, tier: b}}"),
            (Some(2), 2)
        );
        assert_eq!(
            budget("selector: {matchLabels: {app: a}, matchExpressions: []}"),
            (None, 2)
        );
        assert_eq!(budget("minAvailable: 1"), (None, 2));
    }
}
