//! The smallest Role that would have allowed a request.

/// A question the server's authorizer said no to.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(super) struct Denial {
    pub verb: String,
    pub group: String,
    pub resource: String,
    pub namespace: Option<String>,
    pub name: Option<String>,
}

impl Denial {
    /// Replaces what was asked by what the server says was missing: a write
    /// can fail on another verb than its own (an apply of a new object needs
    /// `create`), and impersonation fails on another resource.
    ///
    /// Reads `cannot VERB resource "R" in API group "G" [in the namespace "N"
    /// | at the cluster scope]`, the text of apiserver's
    /// `responsewriters.forbiddenMessage`. `None` if it is not that text.
    pub fn corrected_by(self, message: &str) -> Option<Self> {
        let (_, rest) = message.split_once(" cannot ")?;
        let (verb, rest) = rest.split_once(" resource \"")?;
        let (resource, rest) = rest.split_once("\" in API group \"")?;
        let (group, rest) = rest.split_once('"')?;
        // One that begins with a hyphen would be a flag of a printed command.
        let is_word = |text: &str| {
            !text.starts_with(|first: char| !first.is_ascii_lowercase())
                && text.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./".contains(&byte)
                })
        };
        if verb.is_empty()
            || resource.is_empty()
            || ![verb, resource, group].into_iter().all(is_word)
        {
            return None;
        }
        let same_resource = resource == self.resource;
        Some(Self {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            namespace: self
                .namespace
                .filter(|_| rest.contains("in the namespace \"")),
            name: self.name.filter(|_| same_resource),
        })
    }

    /// Everything that a command which asks this does with the resource: whoever is given
    /// one verb at a time is refused the next one.
    fn verbs(&self) -> Vec<&str> {
        let verb = self.verb.as_str();
        let writes = matches!(verb, "get" | "create" | "patch" | "update");
        match (self.group.as_str(), self.resource.as_str()) {
            // An apply of what is not there yet is a create.
            ("", "secrets") if writes => vec!["get", "create", "patch"],
            ("", "pods/exec") => vec!["get", "create"],
            (
                "" | "apps" | "batch",
                "replicationcontrollers"
                | "deployments"
                | "statefulsets"
                | "daemonsets"
                | "replicasets"
                | "cronjobs",
            ) if writes => {
                vec!["get", "patch"]
            }
            _ => vec![verb],
        }
    }

    /// A Role (a ClusterRole for cluster-wide questions) that is enough for the command
    /// with this resource, as YAML.
    pub fn smallest_role(&self) -> String {
        let mut text = String::from("apiVersion: rbac.authorization.k8s.io/v1\n");
        match &self.namespace {
            Some(namespace) => text.push_str(&format!(
                "kind: Role\nmetadata:\n  name: secretsafe\n  namespace: {}\n",
                quoted(namespace)
            )),
            None => text.push_str("kind: ClusterRole\nmetadata:\n  name: secretsafe\n"),
        }
        text.push_str(&format!(
            "rules:\n- apiGroups: [{}]\n  resources: [{}]\n  verbs: [{}]\n",
            quoted(&self.group),
            quoted(&self.resource),
            self.verbs()
                .into_iter()
                .map(quoted)
                .collect::<Vec<_>>()
                .join(", ")
        ));
        // A list has no name RBAC could narrow it to. `create` has one here,
        // because objects are made by an apply to their own address.
        if let Some(name) = &self.name
            && !matches!(self.verb.as_str(), "list" | "deletecollection")
        {
            text.push_str(&format!("  resourceNames: [{}]\n", quoted(name)));
        }
        text
    }
}

/// A YAML scalar in double quotes; JSON's escapes are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Denial {
        Denial {
            verb: "patch".to_owned(),
            group: String::new(),
            resource: "secrets".to_owned(),
            namespace: Some("team-a".to_owned()),
            name: Some("db".to_owned()),
        }
    }

    #[test]
    fn the_servers_verb_replaces_ours() {
        let denial = asked()
            .corrected_by(
                "secrets \"db\" is forbidden: User \"eve\" cannot create resource \"secrets\" \
                 in API group \"\" in the namespace \"team-a\"",
            )
            .unwrap();
        assert_eq!(denial.verb, "create");
        assert_eq!(
            denial.smallest_role(),
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: secretsafe\n  \
             namespace: \"team-a\"\nrules:\n- apiGroups: [\"\"]\n  resources: [\"secrets\"]\n  \
             verbs: [\"get\", \"create\", \"patch\"]\n  resourceNames: [\"db\"]\n"
        );
    }

    #[test]
    fn a_role_is_enough_for_the_next_request_too() {
        for (group, resource, verb, verbs) in [
            ("", "secrets", "get", "\"get\", \"create\", \"patch\""),
            ("", "secrets", "list", "\"list\""),
            ("", "secrets", "delete", "\"delete\""),
            ("apps", "deployments", "patch", "\"get\", \"patch\""),
            ("batch", "cronjobs", "get", "\"get\", \"patch\""),
            ("apps", "deployments", "list", "\"list\""),
            ("", "pods/exec", "create", "\"get\", \"create\""),
            ("example.org", "deployments", "patch", "\"patch\""),
        ] {
            let denial = Denial {
                verb: verb.to_owned(),
                group: group.to_owned(),
                resource: resource.to_owned(),
                ..asked()
            };
            let role = denial.smallest_role();
            assert!(role.contains(&format!("verbs: [{verbs}]\n")), "{role}");
        }
    }

    #[test]
    fn a_list_is_not_narrowed_to_a_name() {
        let mut denial = asked();
        assert!(denial.smallest_role().contains("resourceNames"));
        denial.verb = "list".to_owned();
        assert!(!denial.smallest_role().contains("resourceNames"));
    }

    #[test]
    fn impersonation_is_a_cluster_question_about_users() {
        let denial = asked()
            .corrected_by(
                "users \"bob\" is forbidden: User \"eve\" cannot impersonate resource \"users\" \
                 in API group \"\" at the cluster scope",
            )
            .unwrap();
        assert_eq!(
            (denial.namespace.as_ref(), denial.name.as_ref()),
            (None, None)
        );
        assert!(denial.smallest_role().contains("kind: ClusterRole\n"));
        assert!(denial.smallest_role().contains("verbs: [\"impersonate\"]"));
    }

    #[test]
    fn other_refusals_are_not_about_roles() {
        for message in [
            "secrets \"db\" is forbidden: exceeded quota: q",
            "x cannot create resource \"sec\nrets\" in API group \"\" in the namespace \"a\"",
            "x cannot --v resource \"secrets\" in API group \"\" in the namespace \"a\"",
            "x cannot list resource \"-A\" in API group \"\" in the namespace \"a\"",
            "",
        ] {
            assert_eq!(asked().corrected_by(message), None, "{message}");
        }
    }

    #[test]
    fn names_cannot_break_out_of_the_yaml() {
        let mut denial = asked();
        denial.namespace = Some("a\"\nb: c".to_owned());
        assert!(
            denial
                .smallest_role()
                .contains("namespace: \"a\\\"\\nb: c\"\n")
        );
    }
}
