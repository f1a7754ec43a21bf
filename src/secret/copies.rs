//! Annotations in which tools keep an object, values included.

/// Whether an annotation repeats the whole object: kubectl, kubecfg and
/// metacontroller, whose annotations end alike, and the operators that use
/// Banzai Cloud's library.
pub fn repeats_values(annotation: &str) -> bool {
    annotation.contains("last-applied-configuration")
        || annotation == "banzaicloud.com/last-applied"
}

/// Whether an annotation may hold the object in a form that cannot be looked
/// into, such as packed JSON: those of [`repeats_values`], what operators call
/// alike, kopf's, kapp's, and Rancher's.
pub fn may_repeat_values(annotation: &str) -> bool {
    let name = annotation
        .split_once('/')
        .map_or(annotation, |(_, name)| name);
    repeats_values(annotation)
        || name.starts_with("last-applied")
        || name == "last-handled-configuration"
        || annotation == "kapp.k14s.io/original"
        || annotation == "objectset.rio.cattle.io/applied"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_of_tools_are_known_by_their_names() {
        for sure in [
            "kubectl.kubernetes.io/last-applied-configuration",
            "metacontroller.k8s.io/last-applied-configuration",
            "banzaicloud.com/last-applied",
        ] {
            assert!(repeats_values(sure) && may_repeat_values(sure), "{sure}");
        }
        for likely in [
            "operator.example.com/last-applied",
            "last-applied",
            "kopf.zalando.org/last-handled-configuration",
            "kapp.k14s.io/original",
            "objectset.rio.cattle.io/applied",
        ] {
            assert!(
                !repeats_values(likely) && may_repeat_values(likely),
                "{likely}"
            );
        }
        for other in [
            "example.com/applied",
            "kapp.k14s.io/original-diff-md5",
            "team",
        ] {
            assert!(!may_repeat_values(other), "{other}");
        }
    }
}
