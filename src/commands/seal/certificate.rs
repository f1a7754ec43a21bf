//! The keys to seal with: from files, an address, or the controller of the cluster.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::cluster::{Cluster, ClusterError, ConnectionFlags};
use crate::error::{CommandError, ExitStatus};
use crate::levels::stamp::Fingerprint;
use crate::live::sealed::{Controller, kept};
use crate::secret::sealing::{LONGEST_CERTIFICATE, SealingCertificate, SealingKey};
use crate::ui::Ui;
use crate::{reading, registry};

use super::arguments::CertArgs;

/// Older copies of a certificate are warned about: the controller makes a new key after
/// so many days (`--key-renew-period`, 30 days by default).
const OLD_DAYS: i64 = 30;

/// A key to seal with.
pub(in crate::commands) struct Sealer {
    /// What the user calls its cluster, where several are sealed for.
    pub cluster: Option<String>,
    pub key: SealingKey,
    pub fingerprint: Fingerprint,
    /// Where the certificate came from, for messages.
    pub from: String,
}

/// Where a certificate is.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Address(String),
}

/// Whether a certificate that was fetched before may stand for the controller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Copies {
    Used,
    /// What is asked is which key the controller has now.
    Refused,
}

/// One word after `--cert`.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    cluster: Option<String>,
    place: Place,
}

/// The keys that are asked for: those of `--cert`, or that of the controller.
///
/// # Errors
/// Status 2 for certificates that cannot be used, 3 when the controller cannot be asked.
pub(in crate::commands) async fn sealers(
    args: &CertArgs,
    connection: &ConnectionFlags,
    cluster: Option<&Cluster>,
    ui: &Ui,
) -> Result<Vec<Sealer>, CommandError> {
    all(args, connection, cluster, Copies::Used, ui).await
}

async fn all(
    args: &CertArgs,
    connection: &ConnectionFlags,
    cluster: Option<&Cluster>,
    copies: Copies,
    ui: &Ui,
) -> Result<Vec<Sealer>, CommandError> {
    let named = args.controller.pair();
    if !args.cert.is_empty() {
        if named.is_some() {
            return Err(
                CommandError::usage("--cert and --controller name two certificates")
                    .hint("Give one of them."),
            );
        }
        return given(&args.cert, ui).await;
    }
    let connected;
    let cluster = match cluster {
        Some(cluster) => cluster,
        None => {
            connected = Cluster::connect(connection)
                .await
                .map_err(ClusterError::unmasked)
                .map_err(|error| {
                    error.hint("Without a cluster, give the certificate with --cert FILE.")
                })?;
            &connected
        }
    };
    Ok(vec![of_controller(cluster, named, copies, ui).await?])
}

/// The one key that is asked for.
///
/// # Errors
/// Those of [`sealers`], and status 2 for several.
pub(super) async fn sealer(
    args: &CertArgs,
    connection: &ConnectionFlags,
    cluster: Option<&Cluster>,
    copies: Copies,
    ui: &Ui,
) -> Result<Sealer, CommandError> {
    let mut all = all(args, connection, cluster, copies, ui).await?;
    match (all.pop(), all.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(
            CommandError::usage("several certificates are given, and one file is changed")
                .hint("Give one --cert for each run."),
        ),
    }
}

/// The certificates of `--cert`, with a name for each where there are several.
async fn given(words: &[String], ui: &Ui) -> Result<Vec<Sealer>, CommandError> {
    let sealers = read_all(words, ui).await?;
    let several = sealers.len() > 1;
    let names: BTreeSet<_> = sealers.iter().map(|sealer| &sealer.cluster).collect();
    if several && (names.contains(&None) || names.len() < sealers.len()) {
        return Err(CommandError::usage(
            "several certificates need different names, one for each cluster",
        )
        .hint("For example: --cert dev=dev.pem --cert prod=prod.pem."));
    }
    Ok(sealers)
}

/// The certificates of `--cert`, whatever they are called.
///
/// # Errors
/// Status 2 for the first that cannot be used, 3 for an address that cannot be asked.
pub(super) async fn read_all(words: &[String], ui: &Ui) -> Result<Vec<Sealer>, CommandError> {
    let mut sealers = Vec::new();
    for word in words {
        let Wanted { cluster, place } = wanted(word);
        let (from, pem) = match place {
            Place::File(path) => (path.display().to_string(), of_file(&path)?),
            Place::Address(address) => {
                let pem = registry::document(&address, LONGEST_CERTIFICATE).await;
                let address = shown(&address);
                let pem = pem.map_err(|error| {
                    let status = match error {
                        registry::NotFetched::Address => ExitStatus::Usage,
                        _ => ExitStatus::Unavailable,
                    };
                    CommandError::new(status, format!("the certificate at {address} {error}"))
                        .hint("Download it by other means, and give the file.")
                })?;
                (address, Zeroizing::new(pem))
            }
        };
        sealers.push(usable(&pem, from, cluster, ui)?);
    }
    Ok(sealers)
}

/// `NAME=FILE`; a file may have `=` in its path, and an address in its query.
fn wanted(word: &str) -> Wanted {
    // Others are refused by whoever asks; a login in them is not shown as that of a file is.
    let is_address = |text: &str| {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        scheme.is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(allowed))
    };
    let is_name = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !text.is_empty() && text.len() <= 63 && text.bytes().all(allowed)
    };
    let (cluster, rest) = match word.split_once('=') {
        Some((name, rest)) if is_name(name) && !Path::new(word).exists() => (Some(name), rest),
        _ => (None, word),
    };
    Wanted {
        cluster: cluster.map(str::to_owned),
        place: match is_address(rest) {
            true => Place::Address(rest.to_owned()),
            false => Place::File(PathBuf::from(rest)),
        },
    }
}

/// An address without what may be a login: that of a user, or a token in its query.
fn shown(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let (scheme, rest) = address[..end].split_once("://").unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    // A password may have what ends an authority.
    match path.contains('@') {
        true => format!("{scheme}://…"),
        false => format!("{scheme}://{host}{path}"),
    }
}

/// It may be a private key by mistake, so it is wiped.
fn of_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    match reading::whole(path, LONGEST_CERTIFICATE) {
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(CommandError::usage(format!(
            "the certificate {} cannot be read: {error}",
            path.display()
        ))
        .hint("Give the file with the controller's certificate, in PEM form.")),
    }
}

/// The key of the controller; where it cannot be asked, of the certificate that was
/// fetched from it before.
pub(super) async fn of_controller(
    cluster: &Cluster,
    named: Option<(&str, &str)>,
    copies: Copies,
    ui: &Ui,
) -> Result<Sealer, CommandError> {
    let now = Timestamp::now();
    let name = named.map(|(namespace, name)| format!("{namespace}/{name}"));
    let fetched = async {
        let controller = Controller::find(cluster, named).await?;
        Ok::<_, CommandError>((controller.place(), controller.certificate().await?))
    };
    let error = match fetched.await {
        Ok((place, pem)) => {
            let from = format!("the controller {place}");
            let sealer = usable(&pem, from, None, ui)?;
            kept::keep(cluster, name.as_deref(), &place, &pem, now);
            return Ok(sealer);
        }
        Err(error) => error,
    };
    if copies == Copies::Refused {
        return Err(error.hint(
            "A certificate that was fetched before is not used here: it does not show which key is the newest. Give the current one with --cert FILE.",
        ));
    }
    let known = (error.status() == ExitStatus::Unavailable)
        .then(|| kept::find(cluster, name.as_deref()))
        .flatten();
    let Some(known) = known else {
        return Err(error);
    };
    let days = kept::days(known.fetched, now);
    ui.warn(format!(
        "{}; the certificate that was fetched {} is used ({})",
        error.message(),
        match days {
            0 => "today".to_owned(),
            1 => "1 day ago".to_owned(),
            days => format!("{days} days ago"),
        },
        known.file.display()
    ));
    if days > OLD_DAYS {
        ui.warn(format!(
            "the copy is older than {OLD_DAYS} days, after which controllers make a new key: they still unseal with the old one, unless it was removed or the cluster was rebuilt"
        ));
    }
    let from = format!("the copy of {days} days ago");
    usable(&known.pem, from, None, ui).map_err(|unusable| {
        CommandError::new(error.status(), error.message())
            .hints(error.next_steps().to_vec())
            .hint(format!(
                "The copy of before is of no use: {}.",
                unusable.message()
            ))
    })
}

fn usable(
    pem: &[u8],
    from: String,
    cluster: Option<String>,
    ui: &Ui,
) -> Result<Sealer, CommandError> {
    let certificate = SealingCertificate::read(pem, Timestamp::now()).map_err(|problem| {
        CommandError::usage(format!("the certificate from {from} {problem}")).hint(problem.hint())
    })?;
    if certificate.others > 0 {
        ui.note(format!(
            "of the certificates from {from} the first is used, as kubeseal does"
        ));
    }
    Ok(Sealer {
        cluster,
        fingerprint: Fingerprint::of_public_key(certificate.key.public_key()),
        key: certificate.key,
        from,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses go into messages, and logins do not.
    #[test]
    fn addresses_are_shown_without_a_login() {
        for (address, expected) in [
            ("https://x/v1/cert.pem", "https://x/v1/cert.pem"),
            ("https://user:pw@x:8/c", "https://x:8/c"),
            ("https://x/c?token=hunter2", "https://x/c"),
            ("https://x?token=hunter2", "https://x"),
            ("https://x/c#hunter2", "https://x/c"),
            ("https://user:p@hunter2@x/c", "https://x/c"),
            ("https://user:hunter2/p@x/c", "https://…"),
            ("ftp://user:hunter2@x", "ftp://x"),
        ] {
            assert_eq!(shown(address), expected, "{address}");
        }
    }

    #[test]
    fn names_paths_and_addresses_are_told_apart() {
        let told = |word: &str| {
            let Wanted { cluster, place } = wanted(word);
            let place = match place {
                Place::File(path) => format!("file {}", path.display()),
                Place::Address(address) => format!("address {address}"),
            };
            (cluster.unwrap_or_default(), place)
        };
        for (word, cluster, place) in [
            ("a.pem", "", "file a.pem"),
            ("dev=a.pem", "dev", "file a.pem"),
            ("./a=b.pem", "", "file ./a=b.pem"),
            ("dev=./a=b.pem", "dev", "file ./a=b.pem"),
            ("https://x/?a=b", "", "address https://x/?a=b"),
            ("dev=https://x/?a=b", "dev", "address https://x/?a=b"),
            ("http://127.0.0.1:1/c", "", "address http://127.0.0.1:1/c"),
            ("=a", "", "file =a"),
            ("HTTPS://u:p@x/", "", "address HTTPS://u:p@x/"),
            ("ftp://u:p@x/", "", "address ftp://u:p@x/"),
        ] {
            assert_eq!(told(word), (cluster.to_owned(), place.to_owned()), "{word}");
        }
    }
}
