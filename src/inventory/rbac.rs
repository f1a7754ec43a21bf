//! Who may do what: roles, bindings and their subjects, evaluated as the RBAC
//! authorizer does (kubernetes/kubernetes `pkg/registry/rbac/validation/rule.go`,
//! `pkg/apis/rbac/v1/evaluation_helpers.go`).
//!
//! Pure: it sees the roles that were read, and knows nothing of other
//! authorizers.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use crate::workload::{Object, ObjectId, Origin, Site};

/// All roles and bindings.
pub struct Rbac {
    roles: BTreeMap<ObjectId, Role>,
    bindings: Vec<Binding>,
}

/// A Role or ClusterRole.
pub struct Role {
    pub id: ObjectId,
    /// Its rules; of an aggregated role those of all roles it selects too.
    pub rules: Vec<PolicyRule>,
}

/// One rule of a role, as far as it is about resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyRule {
    /// `verbs`.
    pub verbs: Vec<String>,
    /// `apiGroups`.
    pub groups: Vec<String>,
    /// `resources`.
    pub resources: Vec<String>,
    /// `resourceNames`; empty for all names.
    pub names: Vec<String>,
}

/// A RoleBinding or ClusterRoleBinding.
pub struct Binding {
    /// Which; its namespace is empty for a ClusterRoleBinding.
    pub id: ObjectId,
    /// Where it was read.
    pub origin: Origin,
    /// The role it gives.
    pub role: ObjectId,
    /// To whom, and where that is written.
    pub subjects: Vec<(Subject, Site)>,
    pub maker: Maker,
}

/// Who made a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// The API server at its start: every cluster has it.
    Server,
    Somebody,
}

/// Who is given a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    User(String),
    Group(String),
    ServiceAccount { namespace: String, name: String },
}

/// Something that one may be allowed to do.
#[derive(Clone, Copy, Debug)]
pub struct Action<'a> {
    /// `list`.
    pub verb: &'a str,
    /// API group, empty for the core group.
    pub group: &'a str,
    /// `secrets`, `pods/exec`.
    pub resource: &'a str,
}

/// Which objects a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of a namespace, or of the cluster.
    All,
    Named,
}

impl PolicyRule {
    /// Whether it allows something, and for which objects.
    pub fn allows(&self, action: Action<'_>) -> Option<Reach> {
        let has = |list: &[String], wanted: &str| {
            list.iter().any(|entry| entry == "*" || entry == wanted)
        };
        // `*/exec` stands for the subresource of every resource.
        let of_any = action
            .resource
            .split_once('/')
            .map(|(_, subresource)| format!("*/{subresource}"));
        let resource = has(&self.resources, action.resource)
            || of_any.is_some_and(|pattern| self.resources.contains(&pattern));
        let allowed = has(&self.verbs, action.verb) && has(&self.groups, action.group) && resource;
        allowed.then_some(if self.names.is_empty() {
            Reach::All
        } else {
            Reach::Named
        })
    }
}

impl Binding {
    /// The namespace it is for; `None` for the whole cluster.
    pub fn namespace(&self) -> Option<&str> {
        (!self.id.namespace.is_empty()).then_some(self.id.namespace.as_str())
    }

    /// Whether a ServiceAccount has the role, by its name or by a group that
    /// every ServiceAccount is in.
    pub fn is_for_account(&self, namespace: &str, name: &str) -> bool {
        self.subjects
            .iter()
            .any(|(subject, _)| subject.has_account(namespace, name))
    }
}

impl Subject {
    /// Whether a ServiceAccount is this subject, or in this group
    /// (kubernetes/apiserver `pkg/authentication/serviceaccount/util.go`).
    pub fn has_account(&self, namespace: &str, name: &str) -> bool {
        match self {
            Subject::ServiceAccount {
                namespace: own_namespace,
                name: own_name,
            } => own_namespace == namespace && own_name == name,
            Subject::User(user) => {
                user.strip_prefix("system:serviceaccount:")
                    .and_then(|rest| rest.split_once(':'))
                    == Some((namespace, name))
            }
            Subject::Group(group) => match group.as_str() {
                "system:authenticated" | "system:serviceaccounts" => true,
                other => other.strip_prefix("system:serviceaccounts:") == Some(namespace),
            },
        }
    }

    /// `serviceaccount/prod:api`, `group/ops`: how a sentence names it.
    pub fn told(&self) -> String {
        match self {
            Subject::User(name) => format!("user {name}"),
            Subject::Group(name) => format!("group {name}"),
            Subject::ServiceAccount { namespace, name } => {
                format!("ServiceAccount {name} of namespace {namespace}")
            }
        }
    }
}

impl Rbac {
    /// Reads the roles and bindings among objects.
    pub fn from_objects(objects: &[Object]) -> Self {
        Self {
            roles: read::roles(objects),
            bindings: objects.iter().filter_map(read::binding).collect(),
        }
    }

    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The role of a binding; `None` if it was not seen.
    pub fn role(&self, binding: &Binding) -> Option<&Role> {
        self.roles.get(&binding.role)
    }

    /// Whether a binding allows something, and for which objects: all, if any
    /// of its rules says so.
    pub fn allows(&self, binding: &Binding, action: Action<'_>) -> Option<Reach> {
        let role = self.role(binding)?;
        let mut found = None;
        for rule in &role.rules {
            match rule.allows(action) {
                Some(Reach::All) => return Some(Reach::All),
                Some(Reach::Named) => found = Some(Reach::Named),
                None => {}
            }
        }
        found
    }

    /// The objects for which a binding allows one of some verbs.
    pub fn allowed(
        &self,
        binding: &Binding,
        verbs: &[&str],
        group: &str,
        resource: &str,
    ) -> Allowed<'_> {
        let mut names = BTreeSet::new();
        for rule in self.role(binding).into_iter().flat_map(|role| &role.rules) {
            for verb in verbs {
                let action = Action {
                    verb,
                    group,
                    resource,
                };
                match rule.allows(action) {
                    Some(Reach::All) => return Allowed::All,
                    Some(Reach::Named) => names.extend(rule.names.iter().map(String::as_str)),
                    None => {}
                }
            }
        }
        Allowed::Names(names)
    }
}

/// The objects that a binding allows something for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed<'a> {
    /// All in its scope.
    All,
    /// Those of these names; of none, nothing is allowed.
    Names(BTreeSet<&'a str>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::Place;

    const SECRETS: Action<'_> = Action {
        verb: "list",
        group: "",
        resource: "secrets",
    };

    fn rbac(text: &str) -> Rbac {
        let source = SourceText::new("case.yaml", text.to_owned());
        let objects: Vec<_> = parse(&source)
            .documents
            .into_iter()
            .filter_map(|document| {
                let root = document.root;
                Object::new(root, Place::live(), "n")
            })
            .collect();
        Rbac::from_objects(&objects)
    }

    fn rule(verbs: &[&str], groups: &[&str], resources: &[&str], names: &[&str]) -> PolicyRule {
        let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        PolicyRule {
            verbs: owned(verbs),
            groups: owned(groups),
            resources: owned(resources),
            names: owned(names),
        }
    }

    #[test]
    fn rules_match_as_in_the_authorizer() {
        let exec = Action {
            verb: "create",
            group: "",
            resource: "pods/exec",
        };
        for (rule, action, expected) in [
            (
                rule(&["list"], &[""], &["secrets"], &[]),
                SECRETS,
                Some(Reach::All),
            ),
            (rule(&["*"], &["*"], &["*"], &[]), SECRETS, Some(Reach::All)),
            (rule(&["get"], &[""], &["secrets"], &[]), SECRETS, None),
            (rule(&["list"], &["apps"], &["secrets"], &[]), SECRETS, None),
            (
                rule(&["list"], &[""], &["secrets"], &["a"]),
                SECRETS,
                Some(Reach::Named),
            ),
            (
                rule(&["create"], &[""], &["pods/exec"], &[]),
                exec,
                Some(Reach::All),
            ),
            (
                rule(&["create"], &[""], &["*/exec"], &[]),
                exec,
                Some(Reach::All),
            ),
            (
                rule(&["create"], &[""], &["*"], &[]),
                exec,
                Some(Reach::All),
            ),
            (rule(&["create"], &[""], &["pods"], &[]), exec, None),
            (rule(&["create"], &[""], &["pods/*"], &[]), exec, None),
            // Rules of URLs only.
            (rule(&["get"], &[], &[], &[]), SECRETS, None),
        ] {
            assert_eq!(rule.allows(action), expected, "{rule:?}");
        }
    }

    #[test]
    fn a_binding_gives_its_role_to_its_subjects() {
        let rbac = rbac(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n\
             rules: [{verbs: [get, list], apiGroups: [''], resources: [secrets]}]\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: n}\n\
             roleRef: {kind: ClusterRole, name: r}\nsubjects:\n- {kind: ServiceAccount, name: s}\n\
             - {kind: Group, name: 'system:serviceaccounts:m'}\n- {kind: User, name: u}\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: c, namespace: n}\n\
             roleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: u}]\n",
        );
        let [binding, other] = rbac.bindings() else {
            panic!("two bindings");
        };
        assert_eq!(binding.namespace(), Some("n"));
        assert_eq!(rbac.allows(binding, SECRETS), Some(Reach::All));
        assert!(binding.is_for_account("n", "s"));
        assert!(binding.is_for_account("m", "any"));
        assert!(!binding.is_for_account("n", "t"));
        // A Role of that name is not the ClusterRole.
        assert_eq!(rbac.allows(other, SECRETS), None);
        assert!(rbac.role(other).is_none());
    }

    #[test]
    fn an_aggregated_role_has_the_rules_it_selects() {
        let rbac = rbac(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: whole}\n\
             aggregationRule: {clusterRoleSelectors: [{matchLabels: {into: whole}}]}\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n\
             metadata: {name: middle, labels: {into: whole}}\n\
             aggregationRule:\n  clusterRoleSelectors:\n  - matchExpressions: [{key: into, operator: In, values: [middle]}]\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n\
             metadata: {name: part, labels: {into: middle}}\n\
             rules: [{verbs: [list], apiGroups: [''], resources: [secrets]}]\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n\
             roleRef: {kind: ClusterRole, name: whole}\nsubjects: [{kind: Group, name: g}]\n",
        );
        let [binding] = rbac.bindings() else {
            panic!("one binding");
        };
        assert_eq!(binding.namespace(), None);
        assert_eq!(rbac.allows(binding, SECRETS), Some(Reach::All));
    }

    #[test]
    fn named_objects_are_those_of_every_rule() {
        let rbac = rbac(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: n}\n\
             rules:\n- {verbs: [get], apiGroups: [''], resources: [secrets], resourceNames: [a, b]}\n\
             - {verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [c]}\n\
             - {verbs: [delete], apiGroups: [''], resources: [secrets], resourceNames: [d]}\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: n}\n\
             roleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: u}]\n",
        );
        let allowed = |verbs: &[&str]| rbac.allowed(&rbac.bindings()[0], verbs, "", "secrets");
        assert_eq!(allowed(&["get"]), Allowed::Names(["a", "b", "c"].into()));
        assert_eq!(allowed(&["watch"]), Allowed::Names(["c"].into()));
    }

    #[test]
    fn groups_and_names_of_service_accounts_are_known() {
        let user = |name: &str| Subject::User(name.to_owned());
        let group = |name: &str| Subject::Group(name.to_owned());
        for (subject, expected) in [
            (user("system:serviceaccount:n:s"), true),
            (user("system:serviceaccount:n:t"), false),
            (group("system:authenticated"), true),
            (group("system:serviceaccounts"), true),
            (group("system:serviceaccounts:n"), true),
            (group("system:serviceaccounts:m"), false),
            (group("system:unauthenticated"), false),
        ] {
            assert_eq!(subject.has_account("n", "s"), expected, "{subject:?}");
        }
    }
}
