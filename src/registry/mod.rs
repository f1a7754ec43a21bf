//! Registries of container images: as whom an image's process starts, and what
//! it starts (`--resolve-images`); and the one other public document that is fetched,
//! a certificate to seal with ([`document`]). Nothing is asked unless the user wants it.
//!
//! What a server says is checked: lengths, digests, and where requests go
//! (docs/adr/0020).

mod cache;
mod challenge;
mod content;
mod digest;
mod helper;
mod home;
mod keyring;
mod name;
mod places;
mod requests;

pub use digest::Digest;

use std::time::Duration;

use http::Uri;

use crate::secret::login::{LoginProblem, Logins};
use crate::workload::image_facts::{ImageFacts, Knowledge};

use cache::Cache;
use content::{ConfigFile, Descriptor, Entry, Facts, Manifest};
use keyring::Keyring;
use name::{Name, Wanted};
use requests::Http;

/// Bytes of a manifest or an index that are read (the limit of registries,
/// opencontainers/distribution-spec, "Pushing Manifests").
const LONGEST_MANIFEST: usize = 4 * 1024 * 1024;
/// Bytes of a configuration that are read.
const LONGEST_CONFIG: usize = 4 * 1024 * 1024;
/// Platforms of one image that are compared.
const MOST_PLATFORMS: usize = 32;
/// For everything that is asked of one image.
const PATIENCE: Duration = Duration::from_secs(180);

/// Why an image's configuration is not known: a clause. It never holds what a
/// server said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The name in the manifest is none.
    #[error("its name cannot be read")]
    Name,
    /// This machine trusts no certificates.
    #[error("the trusted certificates of this machine cannot be loaded")]
    Certificates,
    /// No connection, or one that broke.
    #[error("its registry cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("its registry did not answer in time")]
    Slow,
    /// 403 without a word of a login.
    #[error("its registry forbids reading it from here")]
    Forbidden,
    /// 401, and there is no login.
    #[error("its registry requires a login, and docker has none for it")]
    NoLogin,
    /// A login that cannot be used.
    #[error("its registry requires a login, and {0}")]
    Login(#[from] LoginProblem),
    /// The login was not taken.
    #[error("its registry rejects the login that docker has for it")]
    Refused,
    /// The token server is not one that is given a login, or gives no token.
    #[error("the server that is to give a token for its registry gives none")]
    TokenServer,
    #[error("its registry does not have it")]
    NotFound,
    #[error("its registry has had too many requests")]
    TooMany,
    #[error("its registry answers with status {0}")]
    Status(u16),
    /// An answer that does not end where it must.
    #[error("its registry answers with more than {0} bytes")]
    TooLong(usize),
    /// Not what the digest says.
    #[error("its registry returned content with another digest")]
    Digest,
    /// Redirects to plain HTTP, to nowhere, or without end.
    #[error("its registry redirects to a place that is not contacted")]
    Redirect,
    /// Not an image, or not one for Linux.
    #[error("the registry has no Linux image under this name")]
    NotAnImage,
    /// None for the pod's nodes.
    #[error("its registry does not have it for the architecture of the pod's nodes")]
    NotForArchitecture,
    /// A user in a form that no runtime takes.
    #[error("its configuration has a user that no runtime accepts")]
    User,
    /// Platforms have different configurations.
    #[error("its platforms have different users or programs")]
    PlatformsDiffer,
}

/// Why a public document was not fetched: what follows its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    #[error("cannot be used: only https, or http on this machine, without a login")]
    Address,
    #[error("cannot be read: the trusted certificates of this machine cannot be loaded")]
    Certificates,
    #[error("cannot be reached")]
    Unreachable,
    #[error("did not answer in time")]
    Slow,
    #[error("answers with status {0}")]
    Status(u16),
    #[error("answers with more than {0} bytes")]
    TooLong(usize),
    #[error("redirects to a place that is not contacted")]
    Redirect,
}

/// Reads a public document, such as a certificate, at an address that the user gave.
/// Without TLS only this machine is asked; no login is sent.
///
/// # Errors
/// [`NotFetched`].
pub async fn document(address: &str, limit: usize) -> Result<Vec<u8>, NotFetched> {
    let url: Uri = address.parse().map_err(|_| NotFetched::Address)?;
    if !places::may_send_to(&url, &url) {
        return Err(NotFetched::Address);
    }
    let http = Http::new(Keyring::new(Ok(Logins::default())));
    match http.document(&url, limit).await {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(error) => Err(match error {
            Unresolved::Certificates => NotFetched::Certificates,
            Unresolved::Slow => NotFetched::Slow,
            Unresolved::Status(code) => NotFetched::Status(code),
            Unresolved::TooLong(limit) => NotFetched::TooLong(limit),
            Unresolved::Redirect => NotFetched::Redirect,
            _ => NotFetched::Unreachable,
        }),
    }
}

pub struct Resolver {
    http: Http,
    cache: Option<Cache>,
}

/// An image that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// Its name, as a pod has it.
    pub image: String,
    /// The digest that nodes have under that name; `None` for what the name
    /// itself leads to.
    pub digest: Option<Digest>,
    /// The architecture of the pod's nodes; `None` for every one.
    pub architecture: Option<String>,
}

impl Asked {
    /// Its name, with the digest that is asked for.
    pub fn name(&self) -> String {
        match &self.digest {
            None => self.image.clone(),
            Some(digest) => format!("{}@{}", bare(&self.image), digest.as_str()),
        }
    }
}

/// A name without its digest.
fn bare(image: &str) -> &str {
    image.split('@').next().unwrap_or_default()
}

impl Resolver {
    /// One that logs in as docker does for this user, and keeps answers by digest
    /// in the user's cache folder. Nothing is sent yet.
    pub fn of_this_user() -> Self {
        Self {
            http: Http::new(Keyring::new(home::logins())),
            cache: home::cache().and_then(Cache::open),
        }
    }

    /// What an image's configuration says.
    ///
    /// # Errors
    /// [`Unresolved`]: it is not known.
    pub async fn resolve(&self, asked: &Asked) -> Result<ImageFacts, Unresolved> {
        let mut name = Name::parse(&asked.image).ok_or(Unresolved::Name)?;
        if let Some(digest) = &asked.digest {
            name.wanted = Wanted::Digest(digest.clone());
        }
        let found = self.found(&name, asked.architecture.as_deref());
        let (digest, facts) = tokio::time::timeout(PATIENCE, found)
            .await
            .map_err(|_| Unresolved::Slow)??;
        Ok(ImageFacts {
            user: facts.user,
            entrypoint: Some(facts.entrypoint),
            cmd: Some(facts.cmd),
            said_by: Knowledge::Registry {
                images: vec![format!("{}@{}", bare(&asked.image), digest.as_str())],
            },
        })
    }

    async fn found(
        &self,
        name: &Name,
        architecture: Option<&str>,
    ) -> Result<(Digest, Facts), Unresolved> {
        let (digest, manifest) = self.manifest(name, &name.wanted).await?;
        let facts = match manifest {
            Manifest::Image(config) => {
                let (facts, own) = self.config(name, &config).await?;
                if architecture.is_some_and(|wanted| wanted != own) {
                    return Err(Unresolved::NotForArchitecture);
                }
                facts
            }
            Manifest::Index(manifests) => self.platforms(name, &manifests, architecture).await?,
        };
        Ok((digest, facts))
    }

    /// The configuration that all Linux images of an index have, of one
    /// architecture if that is said.
    async fn platforms(
        &self,
        name: &Name,
        entries: &[Entry],
        architecture: Option<&str>,
    ) -> Result<Facts, Unresolved> {
        let is_wanted = |own: &str| architecture.is_none_or(|wanted| wanted == own);
        let mut platforms = entries
            .iter()
            .filter(|entry| {
                let platform = entry.platform.as_ref();
                platform.is_none_or(|platform| platform.os == "linux")
            })
            .peekable();
        if platforms.peek().is_none() {
            return Err(Unresolved::NotAnImage);
        }
        let wanted: Vec<_> = platforms
            .filter(|entry| {
                let platform = entry.platform.as_ref();
                platform.is_none_or(|platform| is_wanted(&platform.architecture))
            })
            .collect();
        if wanted.len() > MOST_PLATFORMS {
            return Err(Unresolved::NotAnImage);
        }
        let mut found: Option<Facts> = None;
        for entry in wanted {
            let facts = match (self.of_entry(name, entry).await, &entry.platform) {
                (Ok((facts, _)), Some(_)) => facts,
                (Ok((facts, own)), None) if is_wanted(&own) => facts,
                // Without a platform it may be for another one, or no image at all.
                (Ok(_) | Err(Unresolved::NotAnImage), None) => continue,
                (Err(error), _) => return Err(error),
            };
            if found.as_ref().is_some_and(|found| *found != facts) {
                return Err(Unresolved::PlatformsDiffer);
            }
            found = Some(facts);
        }
        found.ok_or(Unresolved::NotForArchitecture)
    }

    /// What the image of an entry says, and the architecture that it is for.
    async fn of_entry(&self, name: &Name, entry: &Entry) -> Result<(Facts, String), Unresolved> {
        let digest = Digest::parse(&entry.digest).ok_or(Unresolved::Digest)?;
        match self.manifest(name, &Wanted::Digest(digest)).await? {
            (_, Manifest::Image(config)) => self.config(name, &config).await,
            (_, Manifest::Index(_)) => Err(Unresolved::NotAnImage),
        }
    }

    /// A manifest and its digest.
    async fn manifest(
        &self,
        name: &Name,
        wanted: &Wanted,
    ) -> Result<(Digest, Manifest), Unresolved> {
        let part = format!("manifests/{}", wanted.as_str());
        let (digest, bytes) = match wanted {
            Wanted::Digest(digest) => {
                let bytes = self.content(name, &part, digest, LONGEST_MANIFEST).await?;
                (digest.clone(), bytes)
            }
            Wanted::Tag(_) => {
                let bytes = self.http.get(name, &part, LONGEST_MANIFEST).await?;
                let digest = Digest::compute(&bytes);
                self.keep(&digest, &bytes);
                (digest, bytes.to_vec())
            }
        };
        Ok((digest, Manifest::read(&bytes)?))
    }

    /// A configuration, and the architecture that it is for.
    async fn config(
        &self,
        name: &Name,
        descriptor: &Descriptor,
    ) -> Result<(Facts, String), Unresolved> {
        let digest = Digest::parse(&descriptor.digest).ok_or(Unresolved::Digest)?;
        let part = format!("blobs/{}", digest.as_str());
        let bytes = self.content(name, &part, &digest, LONGEST_CONFIG).await?;
        let config = ConfigFile::read(&bytes)?;
        let architecture = config.architecture.clone();
        Ok((Facts::of(config)?, architecture))
    }

    /// What a digest names: from the cache, or from the registry.
    async fn content(
        &self,
        name: &Name,
        part: &str,
        digest: &Digest,
        limit: usize,
    ) -> Result<Vec<u8>, Unresolved> {
        if let Some(bytes) = self.cache.as_ref().and_then(|cache| cache.read(digest)) {
            return Ok(bytes);
        }
        let bytes = self.http.get(name, part, limit).await?;
        if Digest::compute(&bytes) != *digest {
            return Err(Unresolved::Digest);
        }
        self.keep(digest, &bytes);
        Ok(bytes.to_vec())
    }

    fn keep(&self, digest: &Digest, bytes: &[u8]) {
        if let Some(cache) = &self.cache {
            cache.write(digest, bytes);
        }
    }
}
