//! For which namespace, name and scope something is sealed: what is said in several
//! places has to agree, since a value that is sealed for another place is of no use.

use std::fmt;

use crate::levels::sealed::{Scope, ScopeAnnotations};
use crate::secret::key::{check_namespace, check_object_name};

/// What is said of the namespace, each where it is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// `-n`.
    pub flag: Option<&'a str>,
    /// The file, or the object.
    pub file: Option<&'a str>,
    /// The context of the kubeconfig, where it names one.
    pub context: Option<&'a str>,
}

/// For what something is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `None` only where a cluster-wide scope makes it unimportant and nobody says it.
    pub namespace: Option<String>,
    pub name: String,
    pub scope: Scope,
}

/// Why it is not clear for what to seal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("-n says namespace {flag:?}, and the file says {file:?}")]
    FlagAndFile { flag: String, file: String },
    #[error("the context's namespace is {context:?}, and the file says {file:?}")]
    ContextAndFile { context: String, file: String },
    #[error("neither -n nor the file nor the context says the namespace, and scope {} needs it", scope.as_str())]
    NoNamespace { scope: Scope },
    #[error("the namespace {0:?} is not legal")]
    IllegalNamespace(String),
    #[error("it has no name")]
    NoName,
    #[error("the name {0:?} is not legal")]
    IllegalName(String),
    #[error("--scope says {}, and the annotations say {}", flag.as_str(), file.as_str())]
    Scopes { flag: Scope, file: Scope },
    #[error("the annotations say cluster-wide and namespace-wide at once")]
    BothScopes,
}

impl Problem {
    /// The next step, a whole sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::FlagAndFile { .. } => {
                "Correct one of them: a value can only be unsealed in the namespace it was sealed for."
                    .to_owned()
            }
            Self::ContextAndFile { file, .. } => format!(
                "Confirm the namespace with -n {file}, or choose another context with --context."
            ),
            Self::NoNamespace { .. } => {
                "Name the namespace with -n, even if it is default.".to_owned()
            }
            Self::IllegalNamespace(_) => {
                "Names of namespaces have at most 63 lower case letters, digits and '-'.".to_owned()
            }
            Self::IllegalName(_) => {
                "Names have lower case letters, digits, '-' and '.'.".to_owned()
            }
            Self::NoName => "Give it a name: generateName cannot be sealed for.".to_owned(),
            Self::Scopes { .. } | Self::BothScopes => {
                "Keep one scope: remove the annotations of sealedsecrets.bitnami.com from the Secret, or leave --scope out."
                    .to_owned()
            }
        }
    }
}

impl Target {
    /// Brings together what is said. `scope` is `--scope`.
    ///
    /// # Errors
    /// [`Problem`] for what disagrees or is missing.
    pub fn agree(
        said: Said<'_>,
        name: Option<&str>,
        scope: Option<Scope>,
        annotations: ScopeAnnotations,
    ) -> Result<Self, Problem> {
        let scope = agreed_scope(scope, annotations)?;
        let name = name
            .filter(|name| !name.is_empty())
            .ok_or(Problem::NoName)?;
        check_object_name(name).map_err(|_| Problem::IllegalName(name.to_owned()))?;
        for said in [said.flag, said.file, said.context].into_iter().flatten() {
            check_namespace(said).map_err(|_| Problem::IllegalNamespace(said.to_owned()))?;
        }
        let namespace = match (said.flag, said.file, said.context) {
            (Some(flag), Some(file), _) if flag != file => {
                return Err(Problem::FlagAndFile {
                    flag: flag.to_owned(),
                    file: file.to_owned(),
                });
            }
            (None, Some(file), Some(context)) if file != context => {
                return Err(Problem::ContextAndFile {
                    context: context.to_owned(),
                    file: file.to_owned(),
                });
            }
            (flag, file, context) => flag.or(file).or(context),
        };
        if namespace.is_none() && scope != Scope::ClusterWide {
            return Err(Problem::NoNamespace { scope });
        }
        Ok(Self {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            scope,
        })
    }

    /// What its values are encrypted with besides the key.
    pub fn label(&self) -> String {
        self.scope
            .label(self.namespace.as_deref().unwrap_or_default(), &self.name)
    }
}

fn agreed_scope(flag: Option<Scope>, annotations: ScopeAnnotations) -> Result<Scope, Problem> {
    if annotations.are_both() {
        return Err(Problem::BothScopes);
    }
    let said = annotations.namespace_wide || annotations.cluster_wide;
    match (flag, said) {
        (Some(flag), true) if flag != annotations.scope() => Err(Problem::Scopes {
            flag,
            file: annotations.scope(),
        }),
        (Some(flag), _) => Ok(flag),
        (None, _) => Ok(annotations.scope()),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(formatter, "{namespace}/{}", self.name)?,
            None => write!(formatter, "{} in any namespace", self.name)?,
        }
        write!(formatter, ", scope {}", self.scope.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: ScopeAnnotations = ScopeAnnotations {
        namespace_wide: false,
        cluster_wide: false,
    };

    fn agree(flag: &str, file: &str, context: &str, scope: Scope) -> Result<String, Problem> {
        let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let said = Said {
            flag: some(flag),
            file: some(file),
            context: some(context),
        };
        Target::agree(said, Some("db"), Some(scope), NOTHING).map(|target| target.to_string())
    }

    #[test]
    fn places_that_disagree_are_refused() {
        let strict = |namespace| Ok(format!("{namespace}/db, scope strict"));
        for (flag, file, context, expected) in [
            ("a", "a", "b", strict("a")),
            ("a", "", "b", strict("a")),
            ("", "a", "a", strict("a")),
            ("", "a", "", strict("a")),
            ("", "", "c", strict("c")),
        ] {
            assert_eq!(agree(flag, file, context, Scope::Strict), expected);
        }
        assert!(matches!(
            agree("a", "b", "a", Scope::Strict),
            Err(Problem::FlagAndFile { .. })
        ));
        assert!(matches!(
            agree("", "b", "a", Scope::NamespaceWide),
            Err(Problem::ContextAndFile { .. })
        ));
        for scope in [Scope::Strict, Scope::NamespaceWide] {
            assert_eq!(
                agree("", "", "", scope),
                Err(Problem::NoNamespace { scope })
            );
        }
        assert_eq!(
            agree("", "", "", Scope::ClusterWide),
            Ok("db in any namespace, scope cluster-wide".to_owned())
        );
        // Whoever says it: a hint repeats it in a command.
        let long = "n".repeat(64);
        for odd in ["a/b", "a.b", "a; reboot", "-a", "A", "${NS}", &long] {
            for (flag, file, context) in [(odd, "", ""), ("", odd, "a"), ("", "a", odd)] {
                let told = agree(flag, file, context, Scope::Strict);
                assert_eq!(told, Err(Problem::IllegalNamespace(odd.to_owned())));
            }
        }
    }

    #[test]
    fn a_scope_is_said_once() {
        let wide = ScopeAnnotations {
            cluster_wide: true,
            ..NOTHING
        };
        let both = ScopeAnnotations {
            namespace_wide: true,
            cluster_wide: true,
        };
        let agree = |flag, annotations| {
            let said = Said {
                flag: Some("n"),
                ..Said::default()
            };
            Target::agree(said, Some("s"), flag, annotations).map(|target| target.scope)
        };
        assert_eq!(agree(None, NOTHING), Ok(Scope::Strict));
        assert_eq!(agree(None, wide), Ok(Scope::ClusterWide));
        assert_eq!(
            agree(Some(Scope::ClusterWide), wide),
            Ok(Scope::ClusterWide)
        );
        assert!(matches!(
            agree(Some(Scope::Strict), wide),
            Err(Problem::Scopes { .. })
        ));
        assert_eq!(agree(None, both), Err(Problem::BothScopes));
        assert_eq!(
            agree(Some(Scope::NamespaceWide), NOTHING),
            Ok(Scope::NamespaceWide)
        );
    }

    #[test]
    fn names_are_checked() {
        let said = Said {
            flag: Some("n"),
            ..Said::default()
        };
        for (name, expected) in [
            (None, Problem::NoName),
            (Some(""), Problem::NoName),
            (Some("A"), Problem::IllegalName("A".to_owned())),
            (Some("a\u{1b}"), Problem::IllegalName("a\u{1b}".to_owned())),
        ] {
            assert_eq!(Target::agree(said, name, None, NOTHING), Err(expected));
        }
    }
}
