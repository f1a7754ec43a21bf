//! The manifest of the plugin for krew, and the template from which its robot makes the
//! manifest of each release.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::platform::{Platform, VERSION};

const RELEASES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/releases/download");

/// What people read about the plugin in `kubectl krew search` and `info`.
const TEXTS: &str = "  homepage: https://github.com/kubectl-secretsafe/kubectl-secretsafe
  shortDescription: Create, migrate, check and rotate Secrets
  description: |
    Takes Secrets through their whole life without showing a value.

    Creates them from standard input, prompts, files and TLS pairs. Moves
    workloads from environment variables to read-only files, in a cluster or
    in manifests, in two steps that can be undone. Finds missing Secrets, wrong
    keys, stale pods and plaintext without downloading a value. Changes a value
    together with the workloads that use it, and takes both back if that fails.
    Converts Secrets to SealedSecrets and ExternalSecrets, and checks them.
  caveats: |
    To complete words after `kubectl secretsafe`, run once:
      kubectl secretsafe completion install
";

/// The manifest for `archives`, each with its SHA-256.
pub fn manifest(archives: &[(Platform, String)]) -> String {
    let version = format!("v{VERSION}");
    let platforms = archives.iter().map(|(platform, sum)| {
        let uri = format!("uri: {RELEASES}/{version}/{}", platform.archive());
        entry(
            *platform,
            &format!("      {uri}\n      sha256: \"{sum}\"\n"),
        )
    });
    whole(&version, &platforms.collect::<String>())
}

/// For krew-release-bot, which fills in the tag and the sums of a release.
fn template() -> String {
    let platforms = Platform::ALL.map(|platform| {
        let (os, arch) = platform.os_and_arch();
        let uri = format!(
            "{RELEASES}/{{{{ .TagName }}}}/kubectl-secretsafe-{{{{ .TagName }}}}-{os}-{arch}.tar.gz"
        );
        entry(
            platform,
            &format!("      {{{{ addURIAndSha \"{uri}\" .TagName | indent 6 }}}}\n"),
        )
    });
    whole("{{ .TagName }}", &platforms.concat())
}

fn whole(version: &str, platforms: &str) -> String {
    format!(
        "# Made by `cargo xtask templates`, and with the sums of a release by `cargo xtask dist`.\n\
         apiVersion: krew.googlecontainertools.github.com/v1alpha2\n\
         kind: Plugin\n\
         metadata:\n  name: secretsafe\n\
         spec:\n  version: {version}\n{TEXTS}  platforms:\n{platforms}"
    )
}

fn entry(platform: Platform, source: &str) -> String {
    let (os, arch) = platform.os_and_arch();
    format!(
        "    - selector:\n        matchLabels:\n          os: {os}\n          arch: {arch}\n{source}      \
         bin: kubectl-secretsafe\n"
    )
}

/// The files of the repository: sums of zeros stand for archives that are not published.
fn templates() -> [(&'static str, String); 2] {
    let unpublished = Platform::ALL.map(|platform| (platform, "0".repeat(64)));
    [
        ("krew-manifest.yaml", manifest(&unpublished)),
        (".krew.yaml", template()),
    ]
}

pub fn write_templates(root: &Path) -> Result<()> {
    for (name, text) in templates() {
        fs::write(root.join(name), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_repository_are_up_to_date() {
        for (name, text) in templates() {
            let there = fs::read_to_string(crate::root().join(name)).unwrap();
            assert!(there == text, "{name} is stale: cargo xtask templates");
        }
    }

    /// What people copy installs this version.
    #[test]
    fn files_that_name_a_version_name_this_one() {
        for (name, count) in [
            ("action.yml", 2),
            ("examples/ci/gitlab-ci.yml", 1),
            ("README.md", 1),
            ("docs/delivery.md", 5),
        ] {
            let text = fs::read_to_string(crate::root().join(name)).unwrap();
            let versions: Vec<_> = text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
                .filter(|word| {
                    let mut parts = word.strip_prefix('v').unwrap_or_default().split('.');
                    parts.clone().count() == 3
                        && parts.all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
                })
                // That of krew, which is tested.
                .filter(|version| *version != "v0.4.3")
                .collect();
            assert!(versions.len() >= count, "{name}: {versions:?}");
            for version in versions {
                assert_eq!(version, format!("v{VERSION}"), "{name}");
            }
        }
    }

    /// What reviewers of krew's index ask for.
    #[test]
    fn texts_are_short_enough() {
        let short = TEXTS
            .lines()
            .find_map(|line| line.trim().strip_prefix("shortDescription: "));
        assert!(short.unwrap().len() <= 50);
        assert!(
            TEXTS
                .lines()
                .all(|line| line.len() <= 80 || line.contains("https://"))
        );
    }

    #[test]
    fn a_manifest_names_the_archives_that_are_there_only() {
        let text = manifest(&[(Platform::LinuxArm64, "1".repeat(64))]);
        assert!(
            text.contains("arch: arm64") && !text.contains("amd64") && !text.contains("darwin")
        );
    }
}
