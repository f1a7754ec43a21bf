//! What kubelet says of pods that wait for a Secret.

use super::{ContainerState, Inventory, Pod};

/// The words of a pod that waits for a Secret or a key: its status', or those
/// of an event, which is where a volume's trouble stands alone.
pub fn of_pod<'a>(inventory: &'a Inventory, pod: &'a Pod) -> Option<&'a str> {
    waiting(pod)
        .find(|words| symptom(words).is_some())
        .or_else(|| {
            (!pod.ready)
                .then(|| inventory.events_of(pod))?
                .map(|event| event.message.as_str())
                .find(|words| symptom(words).is_some())
        })
}

/// The messages of containers that cannot be created.
pub fn waiting(pod: &Pod) -> impl Iterator<Item = &str> {
    pod.containers
        .iter()
        .filter_map(|status| match &status.state {
            ContainerState::Waiting { reason, message }
                if reason == "CreateContainerConfigError" =>
            {
                Some(message.as_str())
            }
            _ => None,
        })
}

/// What kubelet's words name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symptom {
    /// A Secret that is not there.
    NoSecret(String),
    /// A key that is not there; a volume's message does not name the Secret.
    NoKey { key: String, secret: Option<String> },
}

/// Reads kubelet's words (kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go`,
/// `pkg/volume/secret/secret.go`). ConfigMaps have the same texts with another
/// word, so the word counts.
pub fn symptom(words: &str) -> Option<Symptom> {
    for start in ["secret \"", "secrets \""] {
        if let Some(at) = words.find(start) {
            let rest = &words[at + start.len()..];
            let (name, after) = rest.split_once('"')?;
            if after.starts_with(" not found") {
                return Some(Symptom::NoSecret(name.to_owned()));
            }
        }
    }
    if let Some(at) = words.find("couldn't find key ") {
        let rest = &words[at + "couldn't find key ".len()..];
        let (key, place) = rest.split_once(" in Secret ")?;
        let secret = place
            .rsplit_once('/')
            .map(|(_, name)| name.trim().to_owned());
        return Some(Symptom::NoKey {
            key: key.to_owned(),
            secret,
        });
    }
    const VOLUME: &str = "references non-existent secret key: ";
    let at = words.find(VOLUME)?;
    Some(Symptom::NoKey {
        key: words[at + VOLUME.len()..].trim().to_owned(),
        secret: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubelets_words_are_understood() {
        let secret = |name: &str| Some(Symptom::NoSecret(name.to_owned()));
        let key = |key: &str, secret: Option<&str>| {
            Some(Symptom::NoKey {
                key: key.to_owned(),
                secret: secret.map(str::to_owned),
            })
        };
        for (words, expected) in [
            ("secret \"gone\" not found", secret("gone")),
            ("Error: secrets \"gone\" not found", secret("gone")),
            (
                "MountVolume.SetUp failed for volume \"v\" : secret \"gone\" not found",
                secret("gone"),
            ),
            (
                "couldn't find key NOPE in Secret ns/good",
                key("NOPE", Some("good")),
            ),
            (
                "MountVolume.SetUp failed for volume \"v\" : references non-existent secret key: NOPE",
                key("NOPE", None),
            ),
            ("configmap \"gone\" not found", None),
            ("couldn't find key NOPE in ConfigMap ns/good", None),
        ] {
            assert_eq!(symptom(words), expected, "{words}");
        }
    }
}
