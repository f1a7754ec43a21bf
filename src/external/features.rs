//! What the operator of a cluster knows, by the schema that its API server publishes.

use serde_json::Value;

/// Fields that not every version has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// `creationPolicy: CreateOrMerge`, which makes the Secret anew when it is gone
    /// (external-secrets/external-secrets#6641).
    pub create_or_merge: bool,
}

impl Features {
    /// Reads the OpenAPI v3 document of the group; `None` where it does not describe
    /// ExternalSecrets.
    pub fn read(document: &Value) -> Option<Self> {
        let schemas = document.pointer("/components/schemas")?.as_object()?;
        let schema = schemas.values().find(|schema| {
            let kinds = schema["x-kubernetes-group-version-kind"].as_array();
            kinds.into_iter().flatten().any(|kind| {
                kind["group"] == "external-secrets.io"
                    && kind["version"] == "v1"
                    && kind["kind"] == "ExternalSecret"
            })
        })?;
        let policy =
            schema.pointer("/properties/spec/properties/target/properties/creationPolicy/enum")?;
        Some(Self {
            create_or_merge: policy
                .as_array()?
                .iter()
                .any(|policy| policy == "CreateOrMerge"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(kind: &str, policies: Value) -> Value {
        json!({"components": {"schemas": {
            "x": {"x-kubernetes-group-version-kind": "no list"},
            "io.external-secrets.v1.ExternalSecret": {
                "x-kubernetes-group-version-kind":
                    [{"group": "external-secrets.io", "version": "v1", "kind": kind}],
                "properties": {"spec": {"properties": {"target": {"properties":
                    {"creationPolicy": {"enum": policies}}}}}},
            },
        }}})
    }

    #[test]
    fn fields_are_those_of_the_schema() {
        let read = |policies: Value| Features::read(&document("ExternalSecret", policies));
        let old = Features::default();
        assert_eq!(read(json!(["Owner", "Orphan", "Merge", "None"])), Some(old));
        let new = Features {
            create_or_merge: true,
        };
        assert_eq!(read(json!(["Owner", "CreateOrMerge"])), Some(new));
        assert_eq!(read(json!("CreateOrMerge")), None);
        assert_eq!(Features::read(&document("Other", json!([]))), None);
        assert_eq!(Features::read(&json!({"components": 1})), None);
        assert_eq!(Features::read(&Value::Null), None);
    }
}
