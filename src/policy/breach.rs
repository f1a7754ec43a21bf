//! What the policy does not let pass in a pod's specification that is new.

use crate::checks::{
    ss013_secret_as_env, ss014_plaintext_credential_env, ss032_secret_file_world_readable,
    ss034_secret_subpath, ss044_readonly_not_declared,
};
use crate::finding::Rule;
use crate::words::bounded;
use crate::workload::credential::is_credential_name;
use crate::workload::{
    Container, EnvFromSource, EnvSource, Mount, PodSpec, Site, Volume, digest, files, plaintext,
};

/// Of longer texts the first characters are judged, and the names of their variables: what
/// the API server may spend on an object is limited.
pub(super) const LONGEST_TEXT: usize = 1024;
/// Longer names of variables say nothing.
pub(super) const LONGEST_NAME: usize = 256;

/// The bit of a mode that lets everybody read.
const EVERYBODY_READS: u32 = 0o004;

/// What is wrong, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// A variable that takes a value of a Secret, or all of them.
    Variable,
    /// A variable with a credential as text.
    Credential,
    /// A mount of a Secret without `readOnly: true`.
    Writable,
    /// Files of a Secret that everybody in the container can read.
    Open,
    /// A mount of a Secret with `subPath`.
    Part,
}

impl Concern {
    pub const ALL: [Self; 5] = [
        Self::Variable,
        Self::Credential,
        Self::Writable,
        Self::Open,
        Self::Part,
    ];

    /// The rule of `doctor` about the same.
    pub fn rule(self) -> &'static Rule {
        match self {
            Self::Variable => &ss013_secret_as_env::RULE,
            Self::Credential => &ss014_plaintext_credential_env::RULE,
            Self::Writable => &ss044_readonly_not_declared::RULE,
            Self::Open => &ss032_secret_file_world_readable::RULE,
            Self::Part => &ss034_secret_subpath::RULE,
        }
    }

    /// What is wrong with the things that are named before it: with one, with several.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Variable => ("takes a value of a Secret", "take values of Secrets"),
            Self::Credential => (
                "has what looks like a credential as text",
                "have what looks like credentials as text",
            ),
            Self::Writable => (
                "mounts a Secret without readOnly: true",
                "mount Secrets without readOnly: true",
            ),
            Self::Open => (
                "has files of a Secret that every user can read",
                "have files of Secrets that every user can read",
            ),
            Self::Part => ("mounts a Secret with subPath", "mount Secrets with subPath"),
        }
    }
}

/// One thing that the policy does not let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub concern: Concern,
    /// What has it, as the message of the policy calls it: `variable P of container c`. Names
    /// are anybody's, and bounded.
    pub subject: String,
    /// Where it stands.
    pub site: Site,
}

/// Everything in a pod's specification that would not pass if it were new, by concern.
pub fn breaches(pod: &PodSpec) -> Vec<Breach> {
    let mut found = Vec::new();
    for container in &pod.containers {
        variables(container, &mut found);
        sources(container, &mut found);
        credentials(container, &mut found);
    }
    // On Windows files have no modes, and mounts no kinds that doctor judges.
    if !pod.windows {
        for container in &pod.containers {
            mounts(pod, container, &mut found);
        }
        open(pod, &mut found);
    }
    found.sort_by_key(|breach| breach.concern);
    found
}

fn variables(container: &Container, found: &mut Vec<Breach>) {
    for entry in &container.env {
        if let EnvSource::SecretKey { site, .. } = &entry.source {
            found.push(Breach {
                concern: Concern::Variable,
                subject: variable(&entry.name.value, container),
                site: site.clone(),
            });
        }
    }
}

/// The `envFrom` entries with Secrets of a container count as one.
fn sources(container: &Container, found: &mut Vec<Breach>) {
    let of_secret = container
        .env_from
        .iter()
        .find_map(|from| match &from.source {
            EnvFromSource::Secret(name) => Some(&name.site),
            EnvFromSource::ConfigMap(_) | EnvFromSource::Other => None,
        });
    if let Some(site) = of_secret {
        found.push(Breach {
            concern: Concern::Variable,
            subject: format!("envFrom of container {}", bounded(&container.name)),
            site: site.clone(),
        });
    }
}

fn credentials(container: &Container, found: &mut Vec<Breach>) {
    for entry in &container.env {
        let EnvSource::Literal(text) = &entry.source else {
            continue;
        };
        let name = &entry.name.value;
        if is_credential(name, &text.value) {
            found.push(Breach {
                concern: Concern::Credential,
                subject: variable(name, container),
                site: text.site.clone(),
            });
        }
    }
}

fn variable(name: &str, container: &Container) -> String {
    format!(
        "variable {} of container {}",
        bounded(name),
        bounded(&container.name)
    )
}

/// As SS014 judges, of names and texts that are not too long.
fn is_credential(name: &str, text: &str) -> bool {
    let name = match name.chars().nth(LONGEST_NAME) {
        None => name,
        Some(_) => "",
    };
    let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) else {
        return plaintext::variable(name, text).is_some();
    };
    let head = &text[..end];
    plaintext::variable(name, head).is_some()
        || is_credential_name(name) && digest::of_variable(name, head).is_none()
}

fn mounts(pod: &PodSpec, container: &Container, found: &mut Vec<Breach>) {
    let of_secrets = container.mounts.iter().filter(|mount| {
        let volume = pod.volume(&mount.volume.value);
        volume.is_some_and(Volume::has_secrets)
    });
    for mount in of_secrets {
        let mut add = |concern, site: &Site| {
            found.push(Breach {
                concern,
                subject: format!(
                    "volume {} of container {}",
                    bounded(&mount.volume.value),
                    bounded(&container.name)
                ),
                site: site.clone(),
            });
        };
        if mount.read_only != Some(true) {
            add(Concern::Writable, &mount.site);
        }
        if let Some(site) = part(mount) {
            add(Concern::Part, site);
        }
    }
}

fn part(mount: &Mount) -> Option<&Site> {
    let text = mount.sub_path.as_ref()?.text();
    (!text.value.is_empty()).then_some(&text.site)
}

/// A volume counts once, whichever of its files are open.
fn open(pod: &PodSpec, found: &mut Vec<Breach>) {
    for volume in &pod.volumes {
        let modes = files::modes(volume);
        let open = modes
            .iter()
            .find(|file| file.bits().is_some_and(|bits| bits & EVERYBODY_READS != 0));
        if let Some(file) = open {
            let written = file.written.map(|mode| &mode.site);
            found.push(Breach {
                concern: Concern::Open,
                subject: format!("volume {}", bounded(&volume.name.value)),
                site: written
                    .or_else(|| volume.kind.mapping())
                    .unwrap_or(&volume.site)
                    .clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::{Numbers, read};

    fn told(text: &str) -> Vec<(&'static str, String)> {
        let parsed = parse(&SourceText::new("pod", text.to_owned()));
        let pod = read::pod_spec(&parsed.documents[0].root, "spec", Numbers::Yaml);
        let breaches = breaches(&pod).into_iter();
        breaches
            .map(|breach| (breach.concern.rule().id, breach.subject))
            .collect()
    }

    #[test]
    fn every_kind_of_container_is_judged() {
        let text = "
initContainers:
- {name: first, envFrom: [{secretRef: {name: a}}, {secretRef: {name: b}}]}
- {name: side, restartPolicy: Always, env: [{name: P, valueFrom: {secretKeyRef: {name: a, key: p}}}]}
containers:
- name: app
  env: [{name: API_KEY, value: a1b2c3}, {name: LEVEL, value: info}]
  volumeMounts: [{name: v, mountPath: /v}, {name: w, mountPath: /w, subPath: p, readOnly: true}]
ephemeralContainers:
- {name: debug, volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(P)}]}
volumes:
- {name: v, secret: {secretName: a, defaultMode: 0400}}
- {name: w, projected: {sources: [{secret: {name: a, items: [{key: a, path: b, mode: 0444}]}}], defaultMode: 0400}}
- {name: x, configMap: {name: c}}
";
        let expected = [
            ("SS013", "envFrom of container first"),
            ("SS013", "variable P of container side"),
            ("SS014", "variable API_KEY of container app"),
            ("SS044", "volume v of container app"),
            ("SS044", "volume v of container debug"),
            ("SS032", "volume w"),
            ("SS034", "volume w of container app"),
            ("SS034", "volume v of container debug"),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(id, subject)| (id, subject.to_owned()))
            .collect();
        assert_eq!(told(text), expected);
    }

    #[test]
    fn what_is_right_passes() {
        for text in [
            "containers: [{name: a, env: [{name: P, valueFrom: {configMapKeyRef: {name: a, key: b}}}, {name: PASSWORD_FILE, value: /etc/p}, {name: TOKEN, value: ''}]}]",
            "containers: [{name: a, envFrom: [{configMapRef: {name: a}}], volumeMounts: [{name: v, mountPath: /v}]}]\nvolumes: [{name: v, configMap: {name: c}}]",
            "containers: [{name: a, volumeMounts: [{name: v, mountPath: /v, readOnly: true, subPath: ''}]}]\nvolumes: [{name: v, secret: {secretName: s, defaultMode: 0440}}]",
            "containers: [{name: a}]\nvolumes: [{name: v, secret: {secretName: s, items: [{key: a, path: a, mode: 0400}]}}]",
            "containers: [{name: a}]\nvolumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]",
            "nodeSelector: {kubernetes.io/os: windows}\ncontainers: [{name: a, volumeMounts: [{name: v, mountPath: /v}]}]\nvolumes: [{name: v, secret: {secretName: s}}]",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }

    #[test]
    fn without_a_mode_everybody_can_read() {
        for (volume, open) in [
            ("secret: {secretName: s}", true),
            ("secret: {secretName: s, defaultMode: 0604}", true),
            ("secret: {secretName: s, defaultMode: 0643}", false),
            (
                "secret: {secretName: s, items: [{key: a, path: a, mode: 0400}, {key: b, path: b}]}",
                true,
            ),
            (
                "projected: {sources: [{secret: {name: s}}, {configMap: {name: c}}]}",
                true,
            ),
            ("projected: {sources: [{configMap: {name: c}}]}", false),
        ] {
            let told = told(&format!(
                "containers: [{{name: a}}]\nvolumes: [{{name: v, {volume}}}]"
            ));
            assert_eq!(!told.is_empty(), open, "{volume}");
        }
    }

    #[test]
    fn a_long_text_is_judged_by_its_name_and_its_beginning() {
        let rest = "x".repeat(LONGEST_TEXT);
        let key = format!("-----BEGIN PRIVATE KEY-----\n{rest}");
        let late = format!("{rest} -----BEGIN PRIVATE KEY-----");
        assert!(is_credential("CONFIG", &key));
        assert!(!is_credential("CONFIG", &late));
        assert!(is_credential("PASSWORD", &late));
        // Neither of them is taken apart in the middle of a character.
        let url = format!("amqp://u:pw@{}", "ü".repeat(LONGEST_TEXT));
        assert!(is_credential("BROKER", &url));
    }

    #[test]
    fn a_long_name_says_nothing() {
        let fits = format!("{}_PASSWORD", "A".repeat(LONGEST_NAME - 9));
        assert!(is_credential(&fits, "hunter2"));
        assert!(!is_credential(&format!("A{fits}"), "hunter2"));
    }

    #[test]
    fn names_are_bounded() {
        let long = "A".repeat(200_000);
        let told = told(&format!(
            "containers: [{{name: c, env: [{{name: {long}, valueFrom: {{secretKeyRef: {{name: s, key: k}}}}}}]}}]"
        ));
        assert!(told[0].1.len() < 500, "{}", told[0].1.len());
        assert!(told[0].1.ends_with("… of container c"), "{}", told[0].1);
    }
}
