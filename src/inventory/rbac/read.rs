//! Reading roles and bindings.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Node, path};
use crate::workload::{Object, ObjectId, Site};

use super::{Binding, Maker, PolicyRule, Role, Subject};

const GROUP: &str = "rbac.authorization.k8s.io";

/// What an aggregated role selects: any of these.
struct Aggregation(Vec<Selection>);

struct Selection {
    labels: BTreeMap<String, String>,
    expressions: Vec<Expression>,
}

struct Expression {
    key: String,
    operator: String,
    values: BTreeSet<String>,
}

struct Found<'a> {
    object: &'a Object,
    rules: Vec<PolicyRule>,
    aggregation: Option<Aggregation>,
}

/// The roles among objects, aggregation done. A cluster has done it already;
/// in files the controller's work is still to be done.
pub(super) fn roles(objects: &[Object]) -> BTreeMap<ObjectId, Role> {
    let found: Vec<_> = objects
        .iter()
        .filter(|object| {
            object.group() == GROUP && matches!(object.id.kind.as_str(), "Role" | "ClusterRole")
        })
        .map(|object| Found {
            object,
            rules: items(object.root.get("rules")).iter().map(rule).collect(),
            aggregation: object
                .root
                .at(&["aggregationRule", "clusterRoleSelectors"])
                .map(|list| Aggregation(list.items().iter().map(selection).collect())),
        })
        .collect();
    (0..found.len())
        .map(|index| {
            let mut rules = Vec::new();
            collect(&found, index, &mut BTreeSet::new(), &mut rules);
            let id = found[index].object.id.clone();
            (id.clone(), Role { id, rules })
        })
        .collect()
}

/// The rules of a role, and of those it selects, each role once.
fn collect(
    found: &[Found<'_>],
    index: usize,
    seen: &mut BTreeSet<usize>,
    rules: &mut Vec<PolicyRule>,
) {
    if !seen.insert(index) {
        return;
    }
    rules.extend_from_slice(&found[index].rules);
    let Some(Aggregation(selections)) = &found[index].aggregation else {
        return;
    };
    for (other, candidate) in found.iter().enumerate() {
        let labels = &candidate.object.metadata.labels;
        if candidate.object.id.kind == "ClusterRole"
            && selections.iter().any(|selection| selection.fits(labels))
        {
            collect(found, other, seen, rules);
        }
    }
}

impl Selection {
    fn fits(&self, labels: &BTreeMap<String, String>) -> bool {
        let labels_fit = self
            .labels
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value));
        labels_fit
            && self.expressions.iter().all(|expression| {
                let value = labels.get(&expression.key);
                let among = value.is_some_and(|value| expression.values.contains(value));
                match expression.operator.as_str() {
                    "In" => among,
                    "NotIn" => !among,
                    "Exists" => value.is_some(),
                    "DoesNotExist" => value.is_none(),
                    _ => false,
                }
            })
    }
}

fn selection(node: &Node) -> Selection {
    Selection {
        labels: node
            .get("matchLabels")
            .map_or(&[][..], Node::entries)
            .iter()
            .filter_map(|entry| {
                let key = entry.key.scalar_text()?.to_owned();
                Some((key, entry.value.scalar_text()?.to_owned()))
            })
            .collect(),
        expressions: items(node.get("matchExpressions"))
            .iter()
            .map(|expression| Expression {
                key: expression.text_of("key").unwrap_or_default().to_owned(),
                operator: expression
                    .text_of("operator")
                    .unwrap_or_default()
                    .to_owned(),
                values: texts(expression, "values").into_iter().collect(),
            })
            .collect(),
    }
}

fn rule(node: &Node) -> PolicyRule {
    PolicyRule {
        verbs: texts(node, "verbs"),
        groups: texts(node, "apiGroups"),
        resources: texts(node, "resources"),
        names: texts(node, "resourceNames"),
    }
}

/// The binding that an object is.
pub(super) fn binding(object: &Object) -> Option<Binding> {
    let kind = object.id.kind.as_str();
    if object.group() != GROUP || !matches!(kind, "RoleBinding" | "ClusterRoleBinding") {
        return None;
    }
    let role = object.root.get("roleRef")?;
    let role_kind = role.text_of("kind")?;
    let namespace = match role_kind {
        "Role" => object.id.namespace.clone(),
        _ => String::new(),
    };
    let subjects = items(object.root.get("subjects"))
        .iter()
        .enumerate()
        .filter_map(|(index, node)| {
            let site = Site {
                path: path::item("subjects", index),
                span: node.span,
            };
            Some((subject(node, &object.id.namespace)?, site))
        })
        .collect();
    // kubernetes/kubernetes `plugin/pkg/auth/authorizer/rbac/bootstrappolicy`.
    let labels = &object.metadata.labels;
    let bootstrapping = labels.get("kubernetes.io/bootstrapping");
    Some(Binding {
        id: object.id.clone(),
        origin: object.origin,
        role: ObjectId {
            namespace,
            kind: role_kind.to_owned(),
            name: role.text_of("name")?.to_owned(),
        },
        subjects,
        maker: match bootstrapping.map(String::as_str) {
            Some("rbac-defaults") => Maker::Server,
            _ => Maker::Somebody,
        },
    })
}

fn subject(node: &Node, namespace: &str) -> Option<Subject> {
    let name = node.text_of("name")?.to_owned();
    match node.text_of("kind")? {
        "User" => Some(Subject::User(name)),
        "Group" => Some(Subject::Group(name)),
        "ServiceAccount" => Some(Subject::ServiceAccount {
            namespace: node.text_of("namespace").unwrap_or(namespace).to_owned(),
            name,
        }),
        _ => None,
    }
}

fn items(list: Option<&Node>) -> &[Node] {
    list.map_or(&[][..], Node::items)
}

fn texts(node: &Node, field: &str) -> Vec<String> {
    items(node.get(field))
        .iter()
        .filter_map(Node::scalar_text)
        .map(str::to_owned)
        .collect()
}
