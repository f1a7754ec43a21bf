//! Requests to registries: bounded in length and time, redirected by hand, with
//! a login only to where it belongs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs;

use crate::secret::SecretValue;
use crate::secret::login::{Asked, Shown, bearer};

use super::Unresolved;
use super::challenge::Challenge;
use super::keyring::Keyring;
use super::name::{Name, is_of_this_machine};
use super::places::{is_plain_of_this_machine, joined, may_send_to, same_host, with_query};

/// For a connection and the head of an answer, and for the rest of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of the head of an answer that are read.
const LONGEST_HEAD: usize = 64 * 1024;
/// Bytes of a token server's answer that are read.
const LONGEST_TOKEN_ANSWER: usize = 64 * 1024;
/// Redirects of one request that are followed.
const MOST_REDIRECTS: usize = 3;
/// What a manifest may be (opencontainers/image-spec `media-types.md`,
/// distribution `docs/content/spec/manifest-v2-2.md`).
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
                         application/vnd.oci.image.manifest.v1+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json, \
                         application/vnd.docker.distribution.manifest.v2+json";
/// Connections to one registry in a row that may come to nothing.
const MOST_FAILURES: usize = 3;
const FORM: &str = "application/x-www-form-urlencoded";
const PROGRAM: &str = concat!("kubectl-secretsafe/", env!("CARGO_PKG_VERSION"));

pub(super) struct Http {
    /// `None` where this machine trusts no certificates.
    secure: Option<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
    own: Client<HttpConnector, Full<Bytes>>,
    keyring: Keyring,
    patience: Duration,
    /// How registries of this machine are spoken to, once that is known.
    schemes: RefCell<BTreeMap<String, &'static str>>,
    /// What was sent with success, by registry and repository.
    sent: RefCell<BTreeMap<(String, String), HeaderValue>>,
    /// How often registries did not answer: they are not waited for for ever.
    silent: RefCell<BTreeMap<String, (usize, Unresolved)>>,
}

/// A request, without where it goes.
enum Ask<'a> {
    /// GET, perhaps with `Authorization`.
    Get(Option<&'a HeaderValue>),
    /// GET of anything.
    Document,
    /// POST of a form.
    Form(SecretValue),
}

/// What is sent with a request that was refused without it.
struct Authorization {
    header: HeaderValue,
    /// What it means when it is not enough.
    if_refused: Unresolved,
}

impl Authorization {
    fn of_login(header: HeaderValue) -> Self {
        let if_refused = Unresolved::Refused;
        Self { header, if_refused }
    }
}

impl Http {
    /// Nothing is sent yet.
    pub fn new(keyring: Keyring) -> Self {
        Self::with_patience(keyring, PATIENCE)
    }

    fn with_patience(keyring: Keyring, patience: Duration) -> Self {
        let roots = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(aws_lc_rs::default_provider());
        let connector = roots.map(|builder| builder.https_only().enable_http1().build());
        let mut builder = Client::builder(TokioExecutor::new());
        builder.http1_max_buf_size(LONGEST_HEAD);
        Self {
            secure: connector.ok().map(|connector| builder.build(connector)),
            own: builder.build_http(),
            keyring,
            patience,
            schemes: RefCell::default(),
            sent: RefCell::default(),
            silent: RefCell::default(),
        }
    }

    /// Reads a part of a repository: `manifests/TAG`, `blobs/DIGEST`.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub async fn get(&self, name: &Name, part: &str, limit: usize) -> Result<Bytes, Unresolved> {
        if let Some((MOST_FAILURES.., error)) = self.silent.borrow().get(&name.registry) {
            return Err(error.clone());
        }
        let start = Instant::now();
        let answer = self.answer(name, part).await;
        self.remember(&name.registry, answer.as_ref().err());
        let how = match &answer {
            Ok(answer) => answer.status().as_u16().to_string(),
            Err(error) => error.to_string(),
        };
        tracing::info!(
            "request: GET {}/{}/{part}: {how} in {} ms",
            name.registry,
            name.repository,
            start.elapsed().as_millis()
        );
        let answer = answer?;
        match answer.status() {
            StatusCode::OK => self.read(answer, limit).await,
            StatusCode::NOT_FOUND => Err(Unresolved::NotFound),
            StatusCode::UNAUTHORIZED => Err(Unresolved::NoLogin),
            StatusCode::FORBIDDEN => Err(Unresolved::Forbidden),
            StatusCode::TOO_MANY_REQUESTS => Err(Unresolved::TooMany),
            status => Err(Unresolved::Status(status.as_u16())),
        }
    }

    /// Reads a public document; no login goes with it.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub async fn document(&self, place: &Uri, limit: usize) -> Result<Bytes, Unresolved> {
        let mut url = place.clone();
        for _ in 0..=MOST_REDIRECTS {
            if !may_send_to(place, &url) {
                return Err(Unresolved::Redirect);
            }
            let answer = self.send(&url, Ask::Document).await?;
            if !answer.status().is_redirection() {
                return match answer.status() {
                    StatusCode::OK => self.read(answer, limit).await,
                    status => Err(Unresolved::Status(status.as_u16())),
                };
            }
            let next = answer.headers().get(LOCATION);
            url = next
                .and_then(|next| next.to_str().ok())
                .and_then(|next| joined(&url, next))
                .ok_or(Unresolved::Redirect)?;
        }
        Err(Unresolved::Redirect)
    }

    /// One that was waited for in vain is not asked again, nor one with which
    /// several connections in a row came to nothing.
    fn remember(&self, registry: &str, error: Option<&Unresolved>) {
        let mut silent = self.silent.borrow_mut();
        match error {
            Some(error @ (Unresolved::Slow | Unresolved::Unreachable)) => {
                let (failures, last) = silent
                    .entry(registry.to_owned())
                    .or_insert((0, error.clone()));
                *failures += if *error == Unresolved::Slow {
                    MOST_FAILURES
                } else {
                    1
                };
                *last = error.clone();
            }
            _ => drop(silent.remove(registry)),
        }
    }

    async fn answer(&self, name: &Name, part: &str) -> Result<Response<Incoming>, Unresolved> {
        let whose = (name.registry.clone(), name.repository.clone());
        let known = self.sent.borrow().get(&whose).cloned();
        let (url, answer) = self.first(name, part, known.as_ref()).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return self.followed(url, answer, known.as_ref()).await;
        }
        let Authorization { header, if_refused } = self.authorization(&answer, name).await?;
        let answer = self.send(&url, Ask::Get(Some(&header))).await?;
        if let StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN = answer.status() {
            return Err(if_refused);
        }
        self.sent.borrow_mut().insert(whose, header.clone());
        self.followed(url, answer, Some(&header)).await
    }

    /// The first answer of a registry, and where it was asked: without TLS only
    /// on this machine, where it has none (as docker does it; moby/moby
    /// `registry/config.go`). Nothing of a login is sent before it is wanted.
    async fn first(
        &self,
        name: &Name,
        part: &str,
        header: Option<&HeaderValue>,
    ) -> Result<(Uri, Response<Incoming>), Unresolved> {
        let Name {
            registry,
            repository,
            ..
        } = name;
        let at = |scheme: &str| -> Result<Uri, Unresolved> {
            format!("{scheme}://{registry}/v2/{repository}/{part}")
                .parse()
                .map_err(|_| Unresolved::Name)
        };
        let known = self.schemes.borrow().get(registry).copied();
        let scheme = match known {
            Some(scheme) => Some(scheme),
            None => (!is_of_this_machine(registry)).then_some("https"),
        };
        if let Some(scheme) = scheme {
            let url = at(scheme)?;
            let answer = self.send(&url, Ask::Get(header)).await?;
            return Ok((url, answer));
        }
        let plain = at("http")?;
        let first = self.send(&plain, Ask::Get(None)).await;
        // What a server that wants TLS says to that is not HTTP, or 400.
        let wants_tls = match &first {
            Ok(answer) => answer.status() == StatusCode::BAD_REQUEST,
            Err(_) => true,
        };
        if wants_tls {
            let secure = at("https")?;
            if let Ok(answer) = self.send(&secure, Ask::Get(None)).await {
                let mut schemes = self.schemes.borrow_mut();
                schemes.insert(registry.clone(), "https");
                return Ok((secure, answer));
            }
        }
        let answer = first?;
        let mut schemes = self.schemes.borrow_mut();
        schemes.insert(registry.clone(), "http");
        Ok((plain, answer))
    }

    /// Goes where answers send on to. Another host gets no login: content is
    /// known by its digest, whoever has it.
    async fn followed(
        &self,
        url: Uri,
        answer: Response<Incoming>,
        header: Option<&HeaderValue>,
    ) -> Result<Response<Incoming>, Unresolved> {
        let registry = url.clone();
        let (mut url, mut answer, mut header) = (url, answer, header);
        for _ in 0..MOST_REDIRECTS {
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            let place = answer.headers().get(LOCATION);
            let next = place
                .and_then(|place| place.to_str().ok())
                .and_then(|place| joined(&url, place))
                .filter(|next| may_send_to(&registry, next))
                .ok_or(Unresolved::Redirect)?;
            // Not even when a third host sends back.
            header = header.filter(|_| same_host(&registry, &next));
            answer = self.send(&next, Ask::Get(header)).await?;
            url = next;
        }
        match answer.status().is_redirection() {
            true => Err(Unresolved::Redirect),
            false => Ok(answer),
        }
    }

    /// What to send after a 401: a token in exchange for the login, or the
    /// login itself.
    async fn authorization(
        &self,
        answer: &Response<Incoming>,
        name: &Name,
    ) -> Result<Authorization, Unresolved> {
        let (realm, service) = match Challenge::from_headers(answer.headers()) {
            None => return Err(Unresolved::NoLogin),
            Some(Challenge::Basic) => {
                let login = self.keyring.basic(name).await?;
                let header = login.ok_or(Unresolved::NoLogin)?;
                return Ok(Authorization::of_login(header));
            }
            Some(Challenge::Bearer { realm, service }) => (realm, service),
        };
        let scope = format!("repository:{}:pull", name.repository);
        let asked = Asked {
            service: service.as_deref(),
            scope: &scope,
        };
        let realm: Uri = realm.parse().map_err(|_| Unresolved::TokenServer)?;
        // The login goes there: over plain HTTP only on this machine.
        let registry = match is_of_this_machine(&name.registry) {
            true => Uri::from_static("http://localhost"),
            false => Uri::from_static("https://registry.invalid"),
        };
        if realm.host().is_none() || !may_send_to(&registry, &realm) {
            return Err(Unresolved::TokenServer);
        }
        // Without a login a token for everybody may do.
        let (shown, problem) = match self.keyring.shown(name, asked).await {
            Ok(shown) => (shown, None),
            Err(problem) => (None, Some(problem)),
        };
        let if_refused = match (&shown, problem) {
            (Some(_), _) => Unresolved::Refused,
            (None, Some(problem)) => Unresolved::Login(problem),
            (None, None) => Unresolved::NoLogin,
        };
        let answer = match shown {
            Some(Shown::Token(token)) => return Ok(Authorization::of_login(token)),
            Some(Shown::Form(form)) => self.send(&realm, Ask::Form(form)).await?,
            Some(Shown::Basic(header)) => {
                let realm = with_query(&realm, asked)?;
                self.send(&realm, Ask::Get(Some(&header))).await?
            }
            None => {
                let realm = with_query(&realm, asked)?;
                self.send(&realm, Ask::Get(None)).await?
            }
        };
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {
                return Err(if_refused);
            }
            StatusCode::TOO_MANY_REQUESTS => return Err(Unresolved::TooMany),
            _ => return Err(Unresolved::TokenServer),
        }
        let body = self.read(answer, LONGEST_TOKEN_ANSWER).await?;
        let header = bearer(&SecretValue::from_bytes(body.to_vec()));
        let header = header.ok_or(Unresolved::TokenServer)?;
        Ok(Authorization { header, if_refused })
    }

    async fn send(&self, url: &Uri, ask: Ask<'_>) -> Result<Response<Incoming>, Unresolved> {
        let request = Request::builder()
            .uri(url.clone())
            .header(USER_AGENT, PROGRAM);
        let request = match ask {
            Ask::Get(header) => {
                let request = request.header(ACCEPT, MANIFESTS);
                match header {
                    Some(header) => request.header(AUTHORIZATION, header.clone()),
                    None => request,
                }
                .body(Full::default())
            }
            Ask::Document => request.header(ACCEPT, "*/*").body(Full::default()),
            Ask::Form(form) => request
                .method("POST")
                .header(CONTENT_TYPE, FORM)
                .body(Full::new(form.into_request_body())),
        };
        let request = request.map_err(|_| Unresolved::Name)?;
        let answer = match url.scheme_str() {
            Some("https") => match &self.secure {
                Some(secure) => secure.request(request),
                None => return Err(Unresolved::Certificates),
            },
            // Whoever calls has made sure that it is this machine.
            _ if is_plain_of_this_machine(url) => self.own.request(request),
            _ => return Err(Unresolved::Redirect),
        };
        match tokio::time::timeout(self.patience, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(Unresolved::Unreachable),
            Err(_) => Err(Unresolved::Slow),
        }
    }

    /// Reads an answer, and not one byte more than `limit`.
    async fn read(&self, answer: Response<Incoming>, limit: usize) -> Result<Bytes, Unresolved> {
        let body = Limited::new(answer.into_body(), limit).collect();
        match tokio::time::timeout(self.patience, body).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unresolved::TooLong(limit)),
            Ok(Err(_)) => Err(Unresolved::Unreachable),
            Err(_) => Err(Unresolved::Slow),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::secret::login::Logins;

    /// A server that takes connections and says nothing.
    #[test]
    fn a_registry_that_says_nothing_is_not_waited_for_twice() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let name = Name::parse(&format!("127.0.0.1:{port}/app")).unwrap();
        let keyring = Keyring::new(Ok(Logins::default()));
        let http = Http::with_patience(keyring, Duration::from_millis(100));
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let first = http.get(&name, "manifests/latest", 10).await;
                assert_eq!(first.err(), Some(Unresolved::Slow));
                drop(listener);
                // It would be unreachable now.
                let second = http.get(&name, "manifests/latest", 10).await;
                assert_eq!(second.err(), Some(Unresolved::Slow));
            });
    }

    #[test]
    fn a_registry_is_left_alone_after_several_failures_in_a_row() {
        let http = Http::new(Keyring::new(Ok(Logins::default())));
        let is_left_alone = || {
            let silent = http.silent.borrow();
            matches!(silent.get("r"), Some((MOST_FAILURES.., _)))
        };
        for _ in 1..MOST_FAILURES {
            http.remember("r", Some(&Unresolved::Unreachable));
            assert!(!is_left_alone());
        }
        http.remember("r", Some(&Unresolved::NotFound));
        for _ in 1..MOST_FAILURES {
            http.remember("r", Some(&Unresolved::Unreachable));
        }
        assert!(!is_left_alone(), "an answer in between counts");
        http.remember("r", Some(&Unresolved::Unreachable));
        assert!(is_left_alone());
    }
}
