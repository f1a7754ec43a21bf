//! PersistentVolumes and StorageClasses.

use super::super::read::At;
use super::super::reference::{SecretReference, Usage};
use super::certain;

/// Fields of a PersistentVolume's source that name a Secret
/// (kubernetes/api `core/v1/types.go`).
const SECRET_REFS: &[(&str, &[&str])] = &[
    (
        "csi",
        &[
            "controllerPublishSecretRef",
            "nodeStageSecretRef",
            "nodePublishSecretRef",
            "controllerExpandSecretRef",
            "nodeExpandSecretRef",
        ],
    ),
    ("cephfs", &["secretRef"]),
    ("rbd", &["secretRef"]),
    ("flexVolume", &["secretRef"]),
    ("iscsi", &["secretRef"]),
    ("scaleIO", &["secretRef"]),
    ("storageos", &["secretRef"]),
];

/// A PersistentVolume's. A reference without a namespace is looked for in that
/// of the claim; of a volume without a claim it leads nowhere yet.
pub(super) fn of_volume(root: &At) -> Vec<SecretReference> {
    let Some(spec) = root.get("spec") else {
        return Vec::new();
    };
    let claim = spec
        .get("claimRef")
        .and_then(|claim| claim.text("namespace"))
        .map(|namespace| namespace.value);
    let named = SECRET_REFS.iter().flat_map(|(source, fields)| {
        let source_at = spec.get(source);
        fields.iter().filter_map(move |field| {
            let reference = source_at.as_ref()?.get(field)?;
            Some((
                format!("{source}.{field}"),
                reference.text("name")?,
                reference.text("namespace"),
            ))
        })
    });
    let azure = spec.get("azureFile").and_then(|azure| {
        Some((
            "azureFile.secretName".to_owned(),
            azure.text("secretName")?,
            azure.text("secretNamespace"),
        ))
    });
    named
        .chain(azure)
        .filter_map(|(field, secret, namespace)| {
            let namespace = namespace
                .map(|namespace| namespace.value)
                .filter(|namespace| !namespace.is_empty())
                .or_else(|| claim.clone())?;
            Some(SecretReference {
                namespace: Some(namespace),
                ..certain(secret, Usage::Storage { field })
            })
        })
        .collect()
}

/// A StorageClass's `csi.storage.k8s.io/…-secret-name`, with the
/// `…-secret-namespace` beside it (kubernetes-csi/external-provisioner). Names
/// that are filled in for each volume name no Secret yet.
pub(super) fn of_class(root: &At) -> Vec<SecretReference> {
    let Some(parameters) = root.get("parameters") else {
        return Vec::new();
    };
    parameters
        .node
        .entries()
        .iter()
        .filter_map(|entry| {
            let name = entry.key.scalar_text()?;
            let role = name
                .strip_prefix("csi.storage.k8s.io/")?
                .strip_suffix("secret-name")?;
            let secret = parameters.text(name)?;
            let namespace =
                parameters.text(&format!("csi.storage.k8s.io/{role}secret-namespace"))?;
            let is_template = |text: &str| text.is_empty() || text.contains("${");
            if is_template(&secret.value) || is_template(&namespace.value) {
                return None;
            }
            Some(SecretReference {
                namespace: Some(namespace.value),
                ..certain(
                    secret,
                    Usage::Storage {
                        field: format!("parameter {name}"),
                    },
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn a_volume_names_secrets_of_its_driver() {
        let volume = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec:\n  \
                      claimRef: {namespace: shop, name: data}\n  csi:\n    driver: d\n    \
                      nodePublishSecretRef: {name: publish, namespace: ceph}\n    \
                      controllerExpandSecretRef: {name: expand, namespace: ceph}\n";
        assert_eq!(
            told(volume),
            [
                "ceph/publish @spec.csi.nodePublishSecretRef.name",
                "ceph/expand @spec.csi.controllerExpandSecretRef.name",
            ]
        );
    }

    #[test]
    fn without_a_namespace_the_claims_counts() {
        let volume = |source: &str, claim: &str| {
            told(&format!(
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: v}}\n\
                 spec:\n  {claim}\n  {source}\n"
            ))
        };
        let claim = "claimRef: {namespace: shop, name: data}";
        assert_eq!(
            volume("azureFile: {secretName: key}", claim),
            ["shop/key @spec.azureFile.secretName"]
        );
        assert_eq!(
            volume("azureFile: {secretName: key, secretNamespace: az}", claim),
            ["az/key @spec.azureFile.secretName"]
        );
        for source in [
            "cephfs",
            "rbd",
            "flexVolume",
            "iscsi",
            "scaleIO",
            "storageos",
        ] {
            let text = format!("{source}: {{secretRef: {{name: key}}}}");
            assert_eq!(
                volume(&text, claim),
                [format!("shop/key @spec.{source}.secretRef.name")]
            );
            assert_eq!(volume(&text, "capacity: {storage: 1Gi}"), [""; 0]);
        }
    }

    #[test]
    fn a_class_names_secrets_unless_they_are_templates() {
        let class = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: c}\n\
                     parameters:\n  csi.storage.k8s.io/provisioner-secret-name: admin\n  \
                     csi.storage.k8s.io/provisioner-secret-namespace: ceph\n  \
                     csi.storage.k8s.io/node-stage-secret-name: ${pvc.name}\n  \
                     csi.storage.k8s.io/node-stage-secret-namespace: ${pvc.namespace}\n  \
                     csi.storage.k8s.io/node-publish-secret-name: lonely\n  pool: p\n";
        assert_eq!(
            told(class),
            ["ceph/admin @parameters['csi.storage.k8s.io/provisioner-secret-name']"]
        );
    }
}
