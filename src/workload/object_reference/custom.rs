//! Custom resources of unknown schema: fields whose names say that they name a
//! Secret. All of it is a guess, and is said to be one.

use super::super::read::At;
use super::super::reference::{Confidence, SecretReference, Usage};
use super::external::children;
use super::{certain, selector};

/// Parts of a resource that are not what its author wrote.
const NOT_SPECIFICATION: &[&str] = &["apiVersion", "kind", "metadata", "status"];

pub(super) fn references(root: &At) -> Vec<SecretReference> {
    let mut found = Vec::new();
    for entry in root.node.entries() {
        let Some(field) = entry.key.scalar_text() else {
            continue;
        };
        if !NOT_SPECIFICATION.contains(&field)
            && let Some(child) = root.get(field)
        {
            search(field, &child, &mut found);
        }
    }
    found
}

fn search(field: &str, at: &At, found: &mut Vec<SecretReference>) {
    if is_output(field) {
        return;
    }
    let guess = |reference: SecretReference| SecretReference {
        confidence: Confidence::Guess,
        ..reference
    };
    let word = field.to_lowercase();
    if at.node.is_mapping() {
        let named = [
            "secretref",
            "secretkeyref",
            "secretkeyselector",
            "secretselector",
        ]
        .iter()
        .any(|ending| word.ends_with(ending));
        // The usual selector below a field that is called just "secret".
        let has_key = word == "secret" && at.node.text_of("key").is_some();
        if named || has_key {
            found.extend(selector(at).map(guess));
        }
        if let Some(secret) = at.text("secretName").filter(|name| is_name(&name.value)) {
            let path = secret.site.path.clone();
            let key = at.text("secretKey").or_else(|| at.text("key"));
            found.push(guess(SecretReference {
                namespace: at.text("secretNamespace").map(|namespace| namespace.value),
                key,
                ..certain(secret, Usage::Custom { path })
            }));
        }
    } else if (word.ends_with("secretref")
        || (word.ends_with("secretname") && word != "secretname"))
        && let Some(secret) = at.as_text().filter(|name| is_name(&name.value))
    {
        let path = secret.site.path.clone();
        found.push(guess(certain(secret, Usage::Custom { path })));
    }
    if word == "imagepullsecrets" {
        for item in at
            .node
            .items()
            .iter()
            .enumerate()
            .map(|(index, item)| At::new(item, crate::workload::path::item(&at.path, index)))
        {
            found.extend(selector(&item).map(guess));
        }
        return;
    }
    children(at, |child| {
        let name = child.path.rsplit('.').next().unwrap_or_default();
        // An item of a list goes by the name of its list.
        let name = name.split('[').next().unwrap_or(name).to_owned();
        search(&name, child, found);
    });
}

/// Fields that say where a Secret is to be written.
fn is_output(field: &str) -> bool {
    let word = field.to_lowercase();
    ["write", "output", "destination", "target", "generated"]
        .iter()
        .any(|start| word.starts_with(start))
}

fn is_name(text: &str) -> bool {
    crate::secret::key::check_object_name(text).is_ok()
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
            "secretName: '{{ .Values.name }}'",
            "secret: {name: a}",
            "secretRefs: 3",
        ] {
            assert_eq!(resource(spec), [""; 0], "{spec}");
        }
    }

    #[test]
    fn a_workload_of_a_custom_kind_is_read_by_its_template() {
        let rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\n\
                       spec:\n  template:\n    spec:\n      volumes:\n      - name: v\n        \
                       secret: {secretName: a}\n";
        assert_eq!(told(rollout), [""; 0]);
    }
}
