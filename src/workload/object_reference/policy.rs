//! Policies: what they hold are patterns of other objects. `?*`, `!x` and `a | b`
//! name no Secret, and a name in them is that of somebody else's reference.

use super::super::read::At;
use super::super::reference::{SecretReference, Usage};
use super::certain;

/// Whether objects of an API group are policies: Kyverno, Gatekeeper, Kubewarden,
/// jsPolicy, Open Cluster Management.
pub(in crate::workload) fn is_policy(group: &str) -> bool {
    matches!(
        group,
        "kyverno.io" | "policies.kubewarden.io" | "policy.jspolicy.com"
    ) || [
        ".kyverno.io",
        ".gatekeeper.sh",
        "policy.open-cluster-management.io",
    ]
    .iter()
    .any(|end| group.ends_with(end))
}

/// The Secrets that Kyverno copies from (kyverno/kyverno
/// `api/kyverno/v1/rule_types.go`, `generate.clone`).
pub(super) fn references(root: &At) -> Vec<SecretReference> {
    root.get("spec")
        .map_or_else(Vec::new, |spec| spec.items("rules"))
        .iter()
        .filter_map(|rule| rule.get("generate"))
        .filter(|generate| generate.node.text_of("kind") == Some("Secret"))
        .filter_map(|generate| generate.get("clone"))
        .filter_map(|clone| {
            let secret = clone.text("name")?;
            let path = secret.site.path.clone();
            let namespace = clone.text("namespace")?.value;
            let is_plain = |text: &str| crate::secret::key::check_object_name(text).is_ok();
            (is_plain(&secret.value) && is_plain(&namespace)).then(|| SecretReference {
                namespace: Some(namespace),
                ..certain(secret, Usage::Custom { path })
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn patterns_are_no_names() {
        let policy = |version: &str, kind: &str, spec: &str| {
            told(&format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: p}}\nspec: {spec}\n"
            ))
        };
        for name in [
            "?*",
            "!default",
            "a | b",
            "regcred",
            "{{ request.object.x }}",
        ] {
            let spec = format!(
                "{{rules: [{{validate: {{pattern: {{spec: {{imagePullSecrets: [{{name: '{name}'}}]}}}}}}}}]}}"
            );
            assert_eq!(policy("kyverno.io/v1", "ClusterPolicy", &spec), [""; 0]);
        }
        let parameters = "{parameters: {secretName: '*', imagePullSecrets: [{name: x}]}}";
        for version in [
            "constraints.gatekeeper.sh/v1beta1",
            "mutations.gatekeeper.sh/v1",
            "policies.kubewarden.io/v1",
            "policies.kyverno.io/v1",
        ] {
            assert_eq!(policy(version, "Any", parameters), [""; 0], "{version}");
        }
    }

    #[test]
    fn a_policy_that_copies_a_secret_uses_it() {
        let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  \
                      rules:\n  - generate:\n      kind: Secret\n      name: regcred\n      \
                      namespace: '{{request.object.metadata.name}}'\n      clone: {namespace: default, \
                      name: regcred}\n";
        assert_eq!(
            told(policy),
            ["default/regcred @spec.rules[0].generate.clone.name"]
        );
    }
}
