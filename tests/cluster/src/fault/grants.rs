//! What a user may do, where a test says so with a Role.

use http::Method;
use serde_json::Value;

use super::reply::Reply;
use super::request::Recorded;
use super::store::Store;

/// The rules of a Role.
pub(super) struct Grants(Vec<Allowed>);

#[derive(Default)]
struct Allowed {
    groups: Vec<String>,
    resources: Vec<String>,
    verbs: Vec<String>,
    /// Empty for all.
    names: Vec<String>,
}

/// What a request needs.
struct Access {
    verb: &'static str,
    group: String,
    resource: String,
    namespace: Option<String>,
    name: Option<String>,
}

impl Grants {
    /// Reads Roles in the form in which the program prints them: documents with rules whose
    /// lists are in flow style.
    ///
    /// # Panics
    /// If it has anything else.
    pub(super) fn of_role(text: &str) -> Self {
        let mut all = Vec::new();
        let rules = text
            .split("---\n")
            .map(|role| role.split_once("rules:\n").expect("a Role with rules").1);
        let lines = rules.flat_map(str::lines);
        for line in lines.filter(|line| !line.trim().is_empty()) {
            if line.trim_start().starts_with("- ") {
                all.push(Allowed::default());
            }
            let line = line.trim_start_matches([' ', '-']);
            let (field, list) = line.split_once(": [").expect("a list in flow style");
            let list = list.strip_suffix(']').expect("the end of the list");
            let items = list
                .split(", ")
                .map(|item| item.trim_matches('"').to_owned());
            let rule: &mut Allowed = all.last_mut().expect("a rule");
            *match field {
                "apiGroups" => &mut rule.groups,
                "resources" => &mut rule.resources,
                "verbs" => &mut rule.verbs,
                "resourceNames" => &mut rule.names,
                _ => panic!("{field} in a rule"),
            } = items.collect();
        }
        Self(all)
    }

    fn allow(&self, access: &Access) -> bool {
        // A Role is of one namespace.
        access.namespace.is_some()
            && self.0.iter().any(|rule| {
                rule.groups.contains(&access.group)
                    && rule.resources.contains(&access.resource)
                    && rule.verbs.iter().any(|verb| verb == access.verb)
                    && (rule.names.is_empty()
                        || (access.name.as_ref()).is_some_and(|name| rule.names.contains(name)))
            })
    }

    /// Refuses a request that no rule allows.
    pub(super) fn check(&self, store: &Store, request: &Recorded) -> Result<(), Reply> {
        let Some(access) = Access::of(request) else {
            return Ok(());
        };
        self.need(&access)?;
        // An apply of what is not there is a create.
        let (Some(namespace), Some(name)) = (&access.namespace, &access.name) else {
            return Ok(());
        };
        let is_new = store.get(&(namespace.clone(), name.clone())).is_none();
        if access.verb == "patch" && access.resource == "secrets" && is_new {
            return self.need(&Access {
                verb: "create",
                ..access
            });
        }
        Ok(())
    }

    fn need(&self, access: &Access) -> Result<(), Reply> {
        if self.allow(access) {
            return Ok(());
        }
        let Access {
            verb,
            group,
            resource,
            ..
        } = access;
        let kind = match group.as_str() {
            "" => resource.clone(),
            group => format!("{resource}.{group}"),
        };
        let name = match &access.name {
            Some(name) => format!(" \"{name}\""),
            None => String::new(),
        };
        let place = match &access.namespace {
            Some(namespace) => format!("in the namespace \"{namespace}\""),
            None => "at the cluster scope".to_owned(),
        };
        Err(Reply::status(
            403,
            "Forbidden",
            &format!(
                "{kind}{name} is forbidden: User \"u\" cannot {verb} resource \"{resource}\" in API group \"{group}\" {place}"
            ),
        ))
    }

    /// The answer to a `SelfSubjectAccessReview`.
    pub(super) fn review(&self, review: &Value) -> bool {
        let asked = &review["spec"]["resourceAttributes"];
        let text = |field: &str| asked[field].as_str().unwrap_or_default().to_owned();
        let verb = [
            "get", "list", "watch", "create", "patch", "delete", "update",
        ];
        let verb = verb.into_iter().find(|verb| *verb == text("verb"));
        let resource = match text("subresource") {
            none if none.is_empty() => text("resource"),
            sub => format!("{}/{sub}", text("resource")),
        };
        let some = |text: String| (!text.is_empty()).then_some(text);
        verb.is_some_and(|verb| {
            self.allow(&Access {
                verb,
                group: text("group"),
                resource,
                namespace: some(text("namespace")),
                name: some(text("name")),
            })
        })
    }
}

impl Access {
    /// `None` for what everybody may ask.
    fn of(request: &Recorded) -> Option<Self> {
        let path = request.path.split('?').next().unwrap_or_default();
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (group, rest) = match segments.as_slice() {
            ["apis", "authorization.k8s.io", ..] => return None,
            ["api", "v1", rest @ ..] => ("", rest),
            ["apis", group, _, rest @ ..] => (*group, rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => {
                (Some((*namespace).to_owned()), rest)
            }
            rest => (None, rest),
        };
        let (resource, name) = match rest {
            [resource] => ((*resource).to_owned(), None),
            [resource, name] => ((*resource).to_owned(), Some((*name).to_owned())),
            [resource, name, sub] => (format!("{resource}/{sub}"), Some((*name).to_owned())),
            // Discovery.
            _ => return None,
        };
        let verb = match (&request.method, &name) {
            (&Method::GET, Some(_)) => "get",
            (&Method::GET, None) if request.path.contains("watch=true") => "watch",
            (&Method::GET, None) => "list",
            (&Method::POST, _) => "create",
            (&Method::DELETE, _) => "delete",
            _ => "patch",
        };
        Some(Self {
            verb,
            group: group.to_owned(),
            resource,
            namespace,
            name,
        })
    }
}
