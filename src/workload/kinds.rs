//! The kinds that every API server knows, and which one was meant by what none
//! knows: kubernetes/api, the `register.go` of each group and version, with those
//! that are no longer served.

use super::Object;
use super::placeholder::is_placeholder;

/// A group of the API of Kubernetes itself.
struct Group {
    name: &'static str,
    /// Its versions, the newest first.
    versions: &'static [&'static str],
    kinds: &'static [&'static str],
}

const GROUPS: &[Group] = &[
    Group {
        name: "",
        versions: &["v1"],
        kinds: &[
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "List",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    },
    Group {
        name: "apps",
        versions: &["v1", "v1beta2", "v1beta1"],
        kinds: &[
            "ControllerRevision",
            "DaemonSet",
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
        ],
    },
    Group {
        name: "batch",
        versions: &["v1", "v1beta1", "v2alpha1"],
        kinds: &["CronJob", "Job"],
    },
    Group {
        name: "autoscaling",
        versions: &["v2", "v1", "v2beta2", "v2beta1"],
        kinds: &["HorizontalPodAutoscaler"],
    },
    Group {
        name: "policy",
        versions: &["v1", "v1beta1"],
        kinds: &["PodDisruptionBudget", "PodSecurityPolicy"],
    },
    Group {
        name: "extensions",
        versions: &["v1beta1"],
        kinds: &[
            "DaemonSet",
            "Deployment",
            "Ingress",
            "NetworkPolicy",
            "PodSecurityPolicy",
            "ReplicaSet",
        ],
    },
    Group {
        name: "networking.k8s.io",
        versions: &["v1", "v1beta1", "v1alpha1"],
        kinds: &["Ingress", "IngressClass", "NetworkPolicy"],
    },
    Group {
        name: "rbac.authorization.k8s.io",
        versions: &["v1", "v1beta1", "v1alpha1"],
        kinds: &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    },
    Group {
        name: "storage.k8s.io",
        versions: &["v1", "v1beta1", "v1alpha1"],
        kinds: &["StorageClass"],
    },
];

/// Kinds that OpenShift served without a group, and `oc` still reads so
/// (openshift/api `legacyconfig`, `oc` `pkg/helpers/originkubeconfignames`).
const OPENSHIFT: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];

/// Why no API server knows the kind that an object says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// A kind that is nearly one of Kubernetes: that one.
    Kind {
        meant: &'static str,
        version: String,
    },
    /// A kind of Kubernetes in a group or version that does not have it: the one
    /// that has.
    Version { meant: String },
    /// A group of Kubernetes itself has no such kind, nor one like it.
    Nothing,
}

/// Why no API server knows an object; `None` for what may be a custom resource, the
/// file of another program, or is filled in by a template.
///
/// Custom resources have a group with a dot (kubernetes/apiextensions-apiserver
/// `pkg/apis/apiextensions/validation/validation.go`, "should be a domain with at
/// least one dot"), so what has none is Kubernetes' own, or no object at all.
pub fn unknown(object: &Object) -> Option<Unknown> {
    let (version, kind) = (object.api_version.as_str(), object.id.kind.as_str());
    if is_placeholder(version) || is_placeholder(kind) {
        return None;
    }
    let (group, number) = match version.split_once('/') {
        Some((group, number)) => (group, number),
        None => ("", version),
    };
    let own = GROUPS.iter().find(|known| known.name == group);
    let serving = GROUPS.iter().find(|known| known.kinds.contains(&kind));
    match (own, serving) {
        (Some(own), Some(_)) if own.kinds.contains(&kind) => own.lacks(number),
        (Some(_), Some(_)) if group.is_empty() && number == "v1" && OPENSHIFT.contains(&kind) => {
            None
        }
        (_, Some(serving)) if !group.contains('.') || is_near(group, serving.name) => {
            Some(Unknown::Version {
                meant: serving.newest(),
            })
        }
        (Some(_), Some(serving)) => Some(Unknown::Version {
            meant: serving.newest(),
        }),
        (Some(own), None) => own.meant(kind),
        // `app/v1 Deplyment`: both are wrong.
        (None, None) if !group.contains('.') => GROUPS
            .iter()
            .filter(|known| is_near(group, known.name))
            .find_map(|known| known.near(kind))
            .map(|(meant, version)| Unknown::Kind { meant, version }),
        (None, _) => None,
    }
}

/// `No API server has a Deplyment in apps/v1`.
pub fn words(object: &Object) -> String {
    let (kind, version) = (&object.id.kind, &object.api_version);
    format!("No API server has a {kind} in {version}")
}

impl Group {
    /// `apps/v1`.
    fn newest(&self) -> String {
        match self.name {
            "" => self.versions[0].to_owned(),
            name => format!("{name}/{}", self.versions[0]),
        }
    }

    /// Whether a version cannot be one of this group. Newer ones may come.
    fn lacks(&self, version: &str) -> Option<Unknown> {
        let known =
            self.versions.contains(&version) || (!self.name.is_empty() && is_version(version));
        (!known).then(|| Unknown::Version {
            meant: self.newest(),
        })
    }

    fn near(&self, kind: &str) -> Option<(&'static str, String)> {
        let near = self.kinds.iter().find(|known| is_near(kind, known))?;
        Some((near, self.newest()))
    }

    /// What a kind may be that this group does not have.
    fn meant(&self, kind: &str) -> Option<Unknown> {
        // Every kind has a list.
        if kind.ends_with("List") {
            return None;
        }
        let all = std::iter::once(self).chain(GROUPS);
        let near = all.filter(|known| known.name == self.name || self.name.is_empty());
        let meant = near.filter_map(|known| known.near(kind)).next();
        match meant {
            Some((meant, version)) => Some(Unknown::Kind { meant, version }),
            // Here are kubeconfigs and kinds of OpenShift; and groups with a dot
            // have kinds that are not in the table.
            None if self.name.is_empty() || self.name.contains('.') => None,
            None => (!is_subresource(kind)).then_some(Unknown::Nothing),
        }
    }
}

/// Kinds that are written by no hand.
fn is_subresource(kind: &str) -> bool {
    matches!(
        kind,
        "Scale" | "Eviction" | "DeploymentRollback" | "ScheduledJob" | "JobTemplate"
    )
}

/// `v1`, `v2beta1` (kubernetes/apimachinery `pkg/version/helpers.go`).
fn is_version(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix('v').is_some_and(|rest| {
        ["alpha", "beta"]
            .iter()
            .find_map(|stage| rest.split_once(stage))
            .map_or(is_number(rest), |(major, minor)| {
                is_number(major) && is_number(minor)
            })
    })
}

/// Whether a word was probably meant to be another: other capitals, a plural, or a
/// slip of the hand. Short words are like many others.
fn is_near(word: &str, known: &str) -> bool {
    if word.is_empty() || known.is_empty() || word == known {
        return false;
    }
    if word.eq_ignore_ascii_case(known) || word.strip_suffix('s') == Some(known) {
        return true;
    }
    let most = match known.len() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    strsim::damerau_levenshtein(word, known) <= most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::{Numbers, Origin, Place};

    fn unknown_of(version: &str, kind: &str) -> Option<Unknown> {
        let text = format!("apiVersion: '{version}'\nkind: '{kind}'\nmetadata: {{name: x}}\n");
        let root = parse(&SourceText::new("t", text)).documents.remove(0).root;
        let place = Place {
            origin: Origin::Live,
            numbers: Numbers::Yaml,
            base: String::new(),
        };
        unknown(&Object::new(root, place, "default").expect("an object"))
    }

    #[test]
    fn slips_lead_to_what_was_meant() {
        for (version, kind, meant) in [
            ("apps/v1", "Deplyment", "Deployment of apps/v1"),
            ("apps/v1", "deployment", "Deployment of apps/v1"),
            ("apps/v1", "Deployments", "Deployment of apps/v1"),
            ("v1", "Deploymnet", "Deployment of apps/v1"),
            ("v1", "Secert", "Secret of v1"),
            ("batch/v1", "Cronjob", "CronJob of batch/v1"),
            ("app/v1", "Deplyment", "Deployment of apps/v1"),
        ] {
            let Some(Unknown::Kind {
                meant: found,
                version: right,
            }) = unknown_of(version, kind)
            else {
                panic!("{version} {kind}");
            };
            assert_eq!(format!("{found} of {right}"), meant);
        }
        for (version, kind, meant) in [
            ("app/v1", "Deployment", "apps/v1"),
            ("v1", "Deployment", "apps/v1"),
            ("V1", "Secret", "v1"),
            ("v2", "Secret", "v1"),
            ("apps", "StatefulSet", "apps/v1"),
            ("apps/1", "Deployment", "apps/v1"),
            ("v1/apps", "Deployment", "apps/v1"),
            ("core/v1", "Secret", "v1"),
            ("apps/v1", "CronJob", "batch/v1"),
            (
                "rbac.authorisation.k8s.io/v1",
                "Role",
                "rbac.authorization.k8s.io/v1",
            ),
        ] {
            let meant = Some(Unknown::Version {
                meant: meant.to_owned(),
            });
            assert_eq!(unknown_of(version, kind), meant, "{version} {kind}");
        }
        assert_eq!(unknown_of("apps/v1", "Gadget"), Some(Unknown::Nothing));
    }

    #[test]
    fn custom_resources_and_files_of_other_programs_are_left_alone() {
        for (version, kind) in [
            ("apps/v1", "Deployment"),
            ("apps/v1beta1", "StatefulSet"),
            ("apps/v2", "Deployment"),
            ("extensions/v1beta1", "Deployment"),
            ("batch/v2alpha1", "CronJob"),
            ("v1", "List"),
            ("v1", "SecretList"),
            ("v1", "Config"),
            ("v1", "Route"),
            ("v1", "DeploymentConfig"),
            ("v1", "RoleBinding"),
            ("v1", "Template"),
            ("v1", "ImageStream"),
            ("serving.knative.dev/v1", "Service"),
            ("apps.kruise.io/v1alpha1", "StatefulSet"),
            ("example.org/v1", "Deplyment"),
            ("networking.istio.io/v1", "Gateway"),
            ("networking.k8s.io/v1", "ServiceCIDR"),
            ("storage.k8s.io/v1", "CSIDriver"),
            ("policy/v1", "Eviction"),
            ("skaffold/v4beta1", "Config"),
            ("{{ .Values.version }}", "Deployment"),
            ("apps/v1", "${KIND}"),
        ] {
            assert_eq!(unknown_of(version, kind), None, "{version} {kind}");
        }
    }
}
