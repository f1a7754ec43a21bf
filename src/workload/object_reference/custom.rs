//! Custom resources: fields whose names say that they name a Secret. It is a
//! guess, and is said to be one, unless the resource's own schema is known for
//! it ([`Known`]).

use std::collections::BTreeSet;

use super::super::read::At;
use super::super::reference::{Confidence, Need, SecretReference, Usage};
use super::{certain, each_child, selector};
use crate::manifest::path;
use crate::secret::key::check_object_name;
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Located, Object, Site, template};

/// Parts of a resource that are not what its author wrote.
const NOT_SPECIFICATION: &[&str] = &["apiVersion", "kind", "metadata", "status"];

/// Fields that name objects without using them: Argo CD's Application,
/// Flux' health checks.
const NOT_USED: &[&str] = &["ignoredifferences", "ownerreferences", "healthchecks"];

/// Fields with values of a chart: what stands there is the chart's to read, which
/// may put something in front of a name.
const CHART_VALUES: &[&str] = &["values", "valuesobject", "valuesinline", "chartvalues"];

/// Fields that hold a Secret's name as a text, besides `…SecretName` and
/// `…SecretRef`. One that is called just `…Secret` may hold a value.
const NAMES: &[&str] = &[
    "credentialname",
    "existingsecret",
    "credentialssecret",
    "imagepullsecret",
    "pullsecret",
    "tlssecret",
];

/// Lists of names, or of mappings with a name.
const LISTS: &[&str] = &[
    "imagepullsecrets",
    "pullsecrets",
    "secretnames",
    "secretrefs",
    "secrets",
];

/// Where Istio's own gateways look for `credentialName`: in the namespace of
/// their pods (istio.io, Gateway API reference, `ServerTLSSettings`).
const ISTIO: &str = "istio-system";

pub(super) fn references(object: &Object, root: &At) -> Vec<SecretReference> {
    let mut search = Search {
        group: object.group(),
        kind: &object.id.kind,
        is_namespaced: !object.id.namespace.is_empty(),
        read: template::pod_specs(object)
            .into_iter()
            .map(|spec| spec.path)
            .collect(),
        found: Vec::new(),
        seen: BTreeSet::new(),
    };
    for entry in root.node.entries() {
        let Some(field) = entry.key.scalar_text() else {
            continue;
        };
        if !NOT_SPECIFICATION.contains(&field)
            && let Some(child) = root.get(field)
        {
            search.at(&child, Whose::Own);
        }
    }
    search.found
}

/// Whose a part of a resource is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The resource's own schema says what it means.
    Own,
    Chart,
}

struct Search<'a> {
    group: &'a str,
    kind: &'a str,
    is_namespaced: bool,
    /// Paths of pod specifications, which are read as such.
    read: Vec<String>,
    found: Vec<SecretReference>,
    /// Where those stand, and the namespaces they name.
    seen: BTreeSet<(Site, Option<String>)>,
}

impl Search<'_> {
    fn at(&mut self, at: &At, whose: Whose) {
        let field = path::last_key(&at.path);
        let word = field.to_lowercase();
        if self.read.contains(&at.path) || is_output(&word) || NOT_USED.contains(&word.as_str()) {
            return;
        }
        let whose = match CHART_VALUES.contains(&word.as_str()) {
            true => Whose::Chart,
            false => whose,
        };
        if at.node.is_mapping() {
            self.mapping(at, &word, whose);
        } else if at.node.is_sequence() {
            if LISTS.contains(&word.as_str()) {
                self.names(at, &word, whose);
            }
        } else {
            self.scalar(at, &word, whose);
        }
        each_child(at, |child| self.at(child, whose));
    }

    fn mapping(&mut self, at: &At, word: &str, whose: Whose) {
        let has = |field: &str| at.node.text_of(field).is_some();
        let is_of_kind = at.node.text_of("kind") == Some("Secret")
            && matches!(at.node.text_of("apiVersion"), None | Some("v1"))
            && matches!(at.node.text_of("group"), None | Some(""));
        let named = [
            "secretref",
            "secretkeyref",
            "secretkeyselector",
            "secretselector",
            "secrettargetref",
        ]
        .iter()
        .any(|ending| word.ends_with(ending));
        // The usual selector below a field that is called after a Secret.
        let has_key = has("key")
            && (word.ends_with("secret")
                || (self.is(Known::NameAndKey) && !word.starts_with("configmap")));
        if named || has_key || is_of_kind {
            let is_known = match word {
                _ if is_of_kind => {
                    self.is(Known::OfKind) && matches!(word, "valuesfrom" | "substitutefrom")
                }
                _ if word.ends_with("secrettargetref") => self.is(Known::Targets),
                _ if is_of_a_container(&at.path) => self.is(Known::Containers),
                _ if has_key && self.is(Known::NameAndKey) => true,
                _ => self.is(Known::SecretRef),
            };
            if let Some(mut reference) = selector(at).filter(|found| is_name(&found.secret)) {
                if is_of_kind && word == "valuesfrom" {
                    reference.key = Some(values_key(at, &reference.secret));
                }
                self.add(reference, is_known, whose);
            }
        }
        if let Some(secret) = at.text("secretName").filter(is_name) {
            let key = ["secretKey", "key", "certificate", "password"]
                .into_iter()
                .filter(|field| matches!(*field, "secretKey" | "key") || self.is(Known::SecretName))
                .find_map(|field| at.text(field));
            let is_known =
                self.is(Known::SecretName) || (word == "secret" && self.is(Known::Containers));
            let usage = Usage::Custom {
                path: secret.site.path.clone(),
            };
            let reference = SecretReference {
                namespace: at.text("secretNamespace").map(|namespace| namespace.value),
                key,
                need: Need::of(at.is_set("optional")),
                ..certain(secret, usage)
            };
            self.add(reference, is_known, whose);
        }
    }

    fn scalar(&mut self, at: &At, word: &str, whose: Whose) {
        let by_name = word.ends_with("secretref")
            || (word.ends_with("secretname") && word != "secretname")
            || NAMES.contains(&word)
            || (word.starts_with("existing") && word.ends_with("secret"));
        if !by_name {
            return;
        }
        let Some(secret) = at.as_text().filter(is_name) else {
            return;
        };
        let usage = Usage::Custom {
            path: secret.site.path.clone(),
        };
        let reference = certain(secret, usage);
        if word == "credentialname" && self.group == "networking.istio.io" && self.kind == "Gateway"
        {
            let there = SecretReference {
                namespace: Some(ISTIO.to_owned()),
                ..reference.clone()
            };
            self.add(there, false, whose);
        }
        self.add(reference, false, whose);
    }

    /// A list of names, or of mappings with a name.
    fn names(&mut self, at: &At, word: &str, whose: Whose) {
        let is_known = word == "secrets" && self.is(Known::List);
        for (index, item) in at.node.items().iter().enumerate() {
            let item = At::new(item, path::item(&at.path, index));
            let reference = match item.as_text() {
                Some(secret) => {
                    let path = secret.site.path.clone();
                    Some(certain(secret, Usage::Custom { path }))
                }
                // Those that are called otherwise are found in the items themselves.
                None => selector(&item).filter(|_| !item.node.is_null()),
            };
            if let Some(reference) = reference.filter(|found| is_name(&found.secret)) {
                self.add(reference, is_known, whose);
            }
        }
    }

    fn add(&mut self, reference: SecretReference, is_known: bool, whose: Whose) {
        let has_namespace = self.is_namespaced || reference.namespace.is_some();
        let confidence = match is_known && has_namespace && whose == Whose::Own {
            true => Confidence::Certain,
            false => Confidence::Guess,
        };
        let place = (reference.secret.site.clone(), reference.namespace.clone());
        if self.seen.insert(place) {
            self.found.push(SecretReference {
                confidence,
                ..reference
            });
        }
    }

    fn is(&self, known: Known) -> bool {
        known.of(self.group, self.kind)
    }
}

/// What is known of resources' schemas.
#[derive(Clone, Copy)]
enum Known {
    /// `…SecretRef` names a Secret of its own namespace.
    SecretRef,
    /// `{kind: Secret, name}` in `valuesFrom` and `substituteFrom`.
    OfKind,
    /// Every `{name, key}` that is not a ConfigMap's.
    NameAndKey,
    /// `secrets` lists names.
    List,
    /// `secretTargetRef` lists `{parameter, name, key}`.
    Targets,
    /// `secretName` names a Secret of its own namespace that is there before.
    SecretName,
    /// `env`, `envFrom` and `volumes` are those of containers in its own
    /// namespace.
    Containers,
}

impl Known {
    fn of(self, group: &str, kind: &str) -> bool {
        let is_workflow = group == "argoproj.io"
            && matches!(kind, "Workflow" | "WorkflowTemplate" | "CronWorkflow");
        match self {
            // fluxcd/pkg `apis/meta/reference_types.go` LocalObjectReference.
            Known::SecretRef => group.ends_with(".toolkit.fluxcd.io"),
            // fluxcd/helm-controller, fluxcd/kustomize-controller `api/`.
            Known::OfKind => group.ends_with(".toolkit.fluxcd.io"),
            // prometheus-operator `pkg/apis/monitoring`, argoproj/argo-workflows
            // `workflow_types.go`: core/v1 SecretKeySelector.
            Known::NameAndKey => group == "monitoring.coreos.com" || is_workflow,
            Known::List => {
                group == "monitoring.coreos.com" && matches!(kind, "Prometheus" | "Alertmanager")
            }
            // kedacore/keda `triggerauthentication_types.go`; the cluster's kind
            // looks in KEDA's own namespace.
            Known::Targets => group == "keda.sh" && kind == "TriggerAuthentication",
            // strimzi/strimzi-kafka-operator `CertSecretSource`, `PasswordSecretSource`.
            Known::SecretName => group == "kafka.strimzi.io",
            Known::Containers => {
                is_workflow
                    || matches!(
                        group,
                        "tekton.dev"
                            | "monitoring.coreos.com"
                            | "opentelemetry.io"
                            | "sparkoperator.k8s.io"
                            | "kubeflow.org"
                            | "ray.io"
                            | "batch.volcano.sh"
                            | "flink.apache.org"
                            | "postgresql.cnpg.io"
                    )
                    || group.ends_with(".k8s.elastic.co")
            }
        }
    }
}

/// Whether a path is that of a container's variable: below `env[…].valueFrom` or
/// `envFrom[…]`.
pub fn is_of_a_container(path: &str) -> bool {
    path.contains(".envFrom[") || (path.contains(".env[") && path.contains(".valueFrom."))
}

/// Which key of a Secret Flux takes a release's values from
/// (fluxcd/pkg `apis/meta/reference_types.go` ValuesReference).
fn values_key(at: &At, secret: &Located<String>) -> Located<String> {
    at.text("valuesKey")
        .unwrap_or_else(|| Located::new("values.yaml".to_owned(), secret.site.clone()))
}

/// Fields that say where a Secret is to be written.
fn is_output(word: &str) -> bool {
    ["write", "output", "destination", "target", "generated"]
        .iter()
        .any(|start| word.starts_with(start))
}

fn is_name(text: &Located<String>) -> bool {
    check_object_name(&text.value).is_ok() || is_placeholder(&text.value)
}
#[cfg(test)]
mod tests {
    use super::super::tests::told;

    fn resource(spec: &str) -> Vec<String> {
        told(&format!(
            "apiVersion: example.org/v1\nkind: Thing\nmetadata: {{name: t}}\nspec:\n  {spec}\n\
             status: {{secretName: not-this}}\n"
        ))
    }

    #[test]
    fn fields_that_name_secrets_are_guessed_by_their_names() {
        for (spec, expected) in [
            (
                "authSecretRef: {name: a, key: k}",
                "a:k @spec.authSecretRef.name ?",
            ),
            (
                "passwordSecretKeyRef: {name: a, namespace: n, key: k}",
                "n/a:k @spec.passwordSecretKeyRef.name ?",
            ),
            (
                "userSecretKeySelector: {name: a, key: k}",
                "a:k @spec.userSecretKeySelector.name ?",
            ),
            ("tls: {secretName: a}", "a @spec.tls.secretName ?"),
            ("tlsSecretName: a", "a @spec.tlsSecretName ?"),
            ("secretRef: a", "a @spec.secretRef ?"),
            (
                "users: [{valueFrom: {secretKeyRef: {name: a, key: k}}}]",
                "a:k @spec.users[0].valueFrom.secretKeyRef.name ?",
            ),
            (
                "imagePullSecrets: [{name: a}]",
                "a @spec.imagePullSecrets[0].name ?",
            ),
            (
                "tlsConfig: {cert: {secret: {name: a, key: k}}}",
                "a:k @spec.tlsConfig.cert.secret.name ?",
            ),
        ] {
            assert_eq!(resource(spec), [expected], "{spec}");
        }
    }

    #[test]
    fn what_does_not_name_a_secret_is_left_alone() {
        for spec in [
            "writeConnectionSecretToRef: {name: a, namespace: b}",
            "target: {secretName: a}",
            "configMapRef: {name: a}",
            "secretStoreRef: {name: a, kind: SecretStore}",
            "secretName: ''",
            "secret: {name: a}",
            "secretRefs: 3",
        ] {
            assert_eq!(resource(spec), [""; 0], "{spec}");
        }
    }

    #[test]
    fn what_a_template_fills_in_is_kept_to_be_told() {
        assert_eq!(
            resource("secretName: '{{ .Values.name }}'"),
            ["{{ .Values.name }} @spec.secretName ?"]
        );
    }

    #[test]
    fn lists_of_names_and_kinds_are_guessed() {
        for (spec, expected) in [
            ("secrets: [a]", &["a @spec.secrets[0] ?"][..]),
            ("secrets: [{name: a}]", &["a @spec.secrets[0].name ?"]),
            (
                "secrets: [{secretName: a}]",
                &["a @spec.secrets[0].secretName ?"],
            ),
            (
                "secretNames: [a, b]",
                &["a @spec.secretNames[0] ?", "b @spec.secretNames[1] ?"],
            ),
            ("imagePullSecrets: [a]", &["a @spec.imagePullSecrets[0] ?"]),
            (
                "source: {kind: Secret, name: a, namespace: n}",
                &["n/a @spec.source.name ?"],
            ),
            (
                "source: {kind: Secret, apiVersion: example.org/v1, name: a}",
                &[],
            ),
            (
                "auth: {existingSecret: a, clientSecret: a-value}",
                &["a @spec.auth.existingSecret ?"],
            ),
            (
                "passwordSecret: {name: a, key: k}",
                &["a:k @spec.passwordSecret.name ?"],
            ),
            (
                "secretTargetRef: [{parameter: p, name: a, key: k}]",
                &["a:k @spec.secretTargetRef[0].name ?"],
            ),
            ("ignoreDifferences: [{kind: Secret, name: a}]", &[]),
            ("writeSecretRef: {name: a}", &[]),
        ] {
            assert_eq!(resource(spec), expected, "{spec}");
        }
    }

    #[test]
    fn a_gateway_of_istio_may_mean_its_own_namespace_or_that_of_its_pods() {
        let gateway = "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g}\n\
                       spec: {servers: [{tls: {credentialName: a}}]}\n";
        assert_eq!(
            told(gateway),
            [
                "istio-system/a @spec.servers[0].tls.credentialName ?",
                "a @spec.servers[0].tls.credentialName ?",
            ]
        );
    }

    #[test]
    fn known_schemas_are_certain_but_not_what_a_chart_makes_of_its_values() {
        let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n\
                       metadata: {name: r}\nspec:\n  valuesFrom:\n  - {kind: Secret, name: a}\n  \
                       - {kind: Secret, name: b, valuesKey: k}\n  - {kind: ConfigMap, name: c}\n  \
                       values: {auth: {secretRef: {name: d}}}\n";
        assert_eq!(
            told(release),
            [
                "a:values.yaml @spec.valuesFrom[0].name",
                "b:k @spec.valuesFrom[1].name",
                "d @spec.values.auth.secretRef.name ?",
            ]
        );
        let task = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  steps:\n  \
                    - env: [{name: A, valueFrom: {secretKeyRef: {name: a, key: k}}}]\n    \
                    envFrom: [{secretRef: {name: b}}]\n  volumes: [{name: v, secret: {secretName: c}}]\n";
        assert_eq!(
            told(task),
            [
                "a:k @spec.steps[0].env[0].valueFrom.secretKeyRef.name",
                "b @spec.steps[0].envFrom[0].secretRef.name",
                "c @spec.volumes[0].secret.secretName",
            ]
        );
        let cluster = "apiVersion: keda.sh/v1alpha1\nkind: ClusterTriggerAuthentication\n\
                       metadata: {name: t}\nspec: {secretTargetRef: [{name: a, key: k}]}\n";
        assert_eq!(told(cluster), ["a:k @spec.secretTargetRef[0].name ?"]);
    }

    #[test]
    fn a_workload_of_a_custom_kind_is_read_by_its_template() {
        let rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\n\
                       spec:\n  template:\n    spec:\n      volumes:\n      - name: v\n        \
                       secret: {secretName: a}\n";
        assert_eq!(told(rollout), [""; 0]);
    }
}
