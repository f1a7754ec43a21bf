//! What is asked for, and what is not possible of it.

use std::collections::BTreeSet;

use crate::external::path::{NoPlace, PathTemplate};
use crate::external::store::StoreRef;
use crate::migration::Language;
use crate::secret::key::check_namespace;

use super::WantedSecret;
use super::image::is_image;
use super::schedule::is_schedule;

/// The kind of workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workload {
    Deployment { replicas: u32 },
    StatefulSet { replicas: u32 },
    CronJob { schedule: String },
}

impl Workload {
    /// `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Deployment { .. } => "Deployment",
            Self::StatefulSet { .. } => "StatefulSet",
            Self::CronJob { .. } => "CronJob",
        }
    }

    /// The longest name: pods, and labels of pods, are named after the workload with a
    /// suffix (kubernetes/kubernetes `pkg/apis/batch/validation/validation.go`, 52 for
    /// CronJobs; the label `controller-revision-hash` of StatefulSets adds 11 letters).
    fn longest_name(&self) -> usize {
        match self {
            Self::Deployment { .. } => 63,
            Self::StatefulSet { .. } | Self::CronJob { .. } => 52,
        }
    }
}

/// The image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    Named(String),
    /// To be filled in.
    Blank,
}

/// Where the values are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// Secrets that are created in the cluster.
    Plain,
    /// SealedSecrets.
    Sealed,
    /// ExternalSecrets that read a store.
    External {
        store: StoreRef,
        path: PathTemplate,
        /// How often, as Go writes durations.
        refresh: String,
    },
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Of the workload, its ServiceAccount and its container.
    pub name: String,
    /// `None` where whoever applies the objects says it.
    pub namespace: Option<String>,
    pub workload: Workload,
    pub image: Image,
    /// The user and the group of the process.
    pub uid: i64,
    /// On which the container listens.
    pub port: Option<u16>,
    pub secrets: Vec<WantedSecret>,
    pub level: Level,
    /// Of the code that reads the files.
    pub languages: Vec<Language>,
}

/// Something that can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaffold(Wish);

/// Why nothing can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWish {
    #[error("the name is not a DNS label of at most {longest} characters")]
    Name { longest: usize },
    /// A Service has the name, too, and not every server takes digits there
    /// (kubernetes/kubernetes `pkg/apis/core/validation/validation.go`).
    #[error("the name of a StatefulSet begins with a letter, because its Service has it, too")]
    ServiceName,
    #[error("the namespace is not a DNS label")]
    Namespace,
    #[error("--image: not an image reference")]
    Image,
    #[error(
        "--schedule: not a schedule of a CronJob: write five fields, with 0 to 6 for the days of the week, or @daily and its like"
    )]
    Schedule,
    #[error("no Secret is named")]
    NoSecret,
    #[error("secret/{0} is named twice")]
    Twice(String),
    #[error("secret/{secret}: {why}")]
    Place { secret: String, why: NoPlace },
}

impl Scaffold {
    /// Looks at a wish.
    ///
    /// # Errors
    /// [`BadWish`].
    pub fn new(wish: Wish) -> Result<Self, BadWish> {
        let longest = wish.workload.longest_name();
        if check_namespace(&wish.name).is_err() || wish.name.len() > longest {
            return Err(BadWish::Name { longest });
        }
        let is_service = matches!(wish.workload, Workload::StatefulSet { .. });
        if is_service && !wish.name.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(BadWish::ServiceName);
        }
        if let Some(namespace) = &wish.namespace {
            check_namespace(namespace).map_err(|_| BadWish::Namespace)?;
        }
        if let Image::Named(image) = &wish.image
            && !is_image(image)
        {
            return Err(BadWish::Image);
        }
        if let Workload::CronJob { schedule } = &wish.workload
            && !is_schedule(schedule)
        {
            return Err(BadWish::Schedule);
        }
        if wish.secrets.is_empty() {
            return Err(BadWish::NoSecret);
        }
        let mut seen = BTreeSet::new();
        for secret in &wish.secrets {
            if !seen.insert(secret.name.as_str()) {
                return Err(BadWish::Twice(secret.name.clone()));
            }
            if let Level::External { path, .. } = &wish.level {
                let keys = secret.keys.iter().map(|key| key.name.as_str());
                path.places(wish.namespace.as_deref(), &secret.name, keys)
                    .map_err(|why| BadWish::Place {
                        secret: secret.name.clone(),
                        why,
                    })?;
            }
        }
        Ok(Self(wish))
    }

    /// What was asked for.
    pub fn wish(&self) -> &Wish {
        &self.0
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::external::store::StoreKind;

    pub(crate) fn wish(secrets: &[&str]) -> Wish {
        Wish {
            name: "api".to_owned(),
            namespace: None,
            workload: Workload::Deployment { replicas: 2 },
            image: Image::Blank,
            uid: 1000,
            port: None,
            secrets: secrets
                .iter()
                .map(|secret| WantedSecret::parse(secret).unwrap())
                .collect(),
            level: Level::Plain,
            languages: Vec::new(),
        }
    }

    #[test]
    fn names_are_as_long_as_their_pods_allow() {
        for (workload, longest) in [
            (Workload::Deployment { replicas: 1 }, 63),
            (Workload::StatefulSet { replicas: 1 }, 52),
            (
                Workload::CronJob {
                    schedule: "@daily".to_owned(),
                },
                52,
            ),
        ] {
            let named = |length: usize| {
                Scaffold::new(Wish {
                    name: "n".repeat(length),
                    workload: workload.clone(),
                    ..wish(&["db:password"])
                })
            };
            assert!(named(longest).is_ok());
            assert_eq!(named(longest + 1), Err(BadWish::Name { longest }));
        }
        for name in ["", "A", "a.b", "-a", "a\n", "$(id)"] {
            let refused = Scaffold::new(Wish {
                name: name.to_owned(),
                ..wish(&["db:password"])
            });
            assert!(matches!(refused, Err(BadWish::Name { .. })), "{name:?}");
        }
    }

    #[test]
    fn what_cannot_be_made_is_refused() {
        let plain = || wish(&["db:password"]);
        assert_eq!(Scaffold::new(wish(&[])), Err(BadWish::NoSecret));
        assert_eq!(
            Scaffold::new(wish(&["db:a", "db:b"])),
            Err(BadWish::Twice("db".to_owned()))
        );
        let service = Wish {
            name: "1a".to_owned(),
            workload: Workload::StatefulSet { replicas: 1 },
            ..plain()
        };
        assert_eq!(Scaffold::new(service), Err(BadWish::ServiceName));
        let namespace = Wish {
            namespace: Some("a.b".to_owned()),
            ..plain()
        };
        assert_eq!(Scaffold::new(namespace), Err(BadWish::Namespace));
        let image = Wish {
            image: Image::Named("a b".to_owned()),
            ..plain()
        };
        assert_eq!(Scaffold::new(image), Err(BadWish::Image));
        let external = |path: &str, namespace: Option<&str>| Wish {
            namespace: namespace.map(str::to_owned),
            level: Level::External {
                store: StoreRef {
                    kind: StoreKind::Namespaced,
                    name: "vault".to_owned(),
                },
                path: PathTemplate::parse(path).unwrap(),
                refresh: "1h".to_owned(),
            },
            ..wish(&["db:username,password"])
        };
        for (path, namespace, fits) in [
            ("{namespace}/{name}#{key}", Some("shop"), true),
            ("{namespace}/{name}#{key}", None, false),
            ("{name}", None, false),
        ] {
            assert_eq!(
                Scaffold::new(external(path, namespace)).is_ok(),
                fits,
                "{path}"
            );
        }
    }
}
