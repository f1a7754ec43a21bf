//! Nodes: which kubelets there are.

use crate::manifest::Node as Tree;

/// A version of kubelet: Kubernetes 1.x.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kubelet {
    pub minor: u32,
    pub patch: u32,
}

impl Kubelet {
    /// Reads `status.nodeInfo.kubeletVersion`: `v1.35.4`, `v1.36.0+k3s1`,
    /// `v1.35.4-gke.1`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers = text.strip_prefix("v1.")?;
        let (minor, rest) = numbers.split_once('.')?;
        let end = rest
            .find(|digit: char| !digit.is_ascii_digit())
            .unwrap_or(rest.len());
        Some(Self {
            minor: minor.parse().ok()?,
            patch: rest[..end].parse().ok()?,
        })
    }
}

/// A live node's name, and its kubelet if its version can be read.
pub fn of_tree(root: &Tree) -> Option<(String, Option<Kubelet>)> {
    let name = root.at(&["metadata", "name"])?.as_str()?.to_owned();
    let version = root
        .at(&["status", "nodeInfo", "kubeletVersion"])
        .and_then(Tree::as_str)
        .and_then(Kubelet::parse);
    Some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        for (text, expected) in [
            ("v1.37.2", Some((37, 2))),
            ("v1.36.0+k3s1", Some((36, 0))),
            ("v1.35.4-gke.1234", Some((35, 4))),
            ("v1.34.10-eks-abc", Some((34, 10))),
            ("v1.35", None),
            ("1.35.1", None),
            ("v1.x.2", None),
            ("v1.35.", None),
            ("", None),
        ] {
            let found = Kubelet::parse(text).map(|found| (found.minor, found.patch));
            assert_eq!(found, expected, "{text}");
        }
    }
}
