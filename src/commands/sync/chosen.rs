//! Which ExternalSecrets are meant.

use std::collections::BTreeSet;

use crate::error::CommandError;
use crate::external::object::External;
use crate::external::store::StoreKind;
use crate::secret::key::check_object_name;
use crate::words::folded;
use crate::workload::near::near;
use crate::workload::selector::Selector;

use super::arguments::SyncArgs;

const WAYS: &str = "Name ExternalSecrets, secret/NAME for what makes a Secret, labels with -l, a store with --store, or all with --all.";

/// What was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    External(String),
    /// The Secret that it makes.
    Secret(String),
    /// The ClusterExternalSecret that it belongs to.
    Cluster(String),
}

/// What is looked for.
pub(super) struct Chosen<'a> {
    pub named: Vec<Named>,
    selector: Option<Selector>,
    args: &'a SyncArgs,
}

impl<'a> Chosen<'a> {
    /// Reads the command line.
    ///
    /// # Errors
    /// Status 2 where it names nothing, or what cannot be a name.
    pub fn new(args: &'a SyncArgs) -> Result<Self, CommandError> {
        let refused = |why: &str| CommandError::usage(why).hint(WAYS);
        let named = args.objects.iter().map(|word| {
            let (kind, name) = match word.split_once('/') {
                None => ("es", word.as_str()),
                Some((kind, name)) => (kind.split('.').next().unwrap_or_default(), name),
            };
            check_object_name(name)
                .map_err(|_| refused("an ExternalSecret or a Secret cannot have such a name"))?;
            let name = name.to_owned();
            match kind.to_lowercase().as_str() {
                "es" | "externalsecret" | "externalsecrets" => Ok(Named::External(name)),
                "secret" | "secrets" => Ok(Named::Secret(name)),
                "ces" | "clusterexternalsecret" | "clusterexternalsecrets" => {
                    Ok(Named::Cluster(name))
                }
                _ => Err(refused(
                    "only ExternalSecrets, Secrets and ClusterExternalSecrets can be named",
                )),
            }
        });
        let named = named.collect::<Result<Vec<_>, _>>()?;
        let selector = args
            .selector
            .as_deref()
            .map(Selector::parse)
            .transpose()
            .map_err(CommandError::usage)?;
        let says_nothing =
            named.is_empty() && selector.is_none() && args.store.is_none() && !args.all;
        if says_nothing {
            return Err(refused("nothing says what to sync; nothing was changed"));
        }
        Ok(Self {
            named,
            selector,
            args,
        })
    }

    /// Whether all that a ClusterExternalSecret makes is meant: it is named, or everything of
    /// all namespaces is.
    pub fn takes_all_of(&self, cluster: &str) -> bool {
        let is_narrowed = self.selector.is_some() || self.args.store.is_some();
        let is_named = |named: &Named| matches!(named, Named::Cluster(name) if name == cluster);
        self.named.iter().any(is_named) || self.args.all && self.args.all_namespaces && !is_narrowed
    }

    /// Leaves those that are meant.
    ///
    /// # Errors
    /// Status 2 where a name, the labels or the store are those of none.
    pub fn of(&self, all: Vec<External>) -> Result<Vec<External>, CommandError> {
        for named in &self.named {
            if !all.iter().any(|external| named.fits(external)) {
                return Err(named.missing(&all, self.args.all_namespaces));
            }
        }
        let known: BTreeSet<String> = all
            .iter()
            .flat_map(|external| &external.stores)
            .map(|store| store.name.clone())
            .collect();
        let fits = |external: &External| {
            let is_named =
                self.named.is_empty() || self.named.iter().any(|named| named.fits(external));
            let of_store = self.args.store.as_ref().is_none_or(|name| {
                external.stores.iter().any(|store| {
                    store.name == *name
                        && self
                            .args
                            .kind
                            .is_none_or(|kind| StoreKind::from(kind) == store.kind)
                })
            });
            let has_labels =
                (self.selector.as_ref()).is_none_or(|selector| selector.fits(&external.labels));
            is_named && of_store && has_labels
        };
        let chosen: Vec<_> = all.into_iter().filter(fits).collect();
        if !chosen.is_empty() {
            return Ok(chosen);
        }
        if let Some(store) = &self.args.store {
            let error = CommandError::usage(
                "no ExternalSecret here reads the store of --store; nothing was changed",
            );
            let near = near(store, known.iter().map(String::as_str));
            return Err(match (near.is_empty(), known.is_empty()) {
                (false, _) => error.hint(format!("Did you mean {}?", near.join(" or "))),
                (true, false) => error.hint(format!(
                    "Stores that are read here: {}.",
                    folded(known.iter().map(String::as_str))
                )),
                (true, true) => error,
            });
        }
        if self.selector.is_some() {
            return Err(CommandError::usage(
                "no ExternalSecret here has the labels of -l; nothing was changed",
            ));
        }
        Err(
            CommandError::usage("there is no ExternalSecret here; nothing was changed")
                .hint("Name a namespace with -n, or search all with -A."),
        )
    }
}

impl Named {
    fn fits(&self, external: &External) -> bool {
        match self {
            Self::External(name) => external.name == *name,
            Self::Secret(name) => external.writes(name),
            Self::Cluster(name) => external.cluster_owner.as_ref() == Some(name),
        }
    }

    fn missing(&self, all: &[External], everywhere: bool) -> CommandError {
        let (what, name) = match self {
            Self::External(name) => (format!("externalsecret/{name} does not exist"), name),
            Self::Secret(name) => (format!("no ExternalSecret here makes secret/{name}"), name),
            Self::Cluster(name) => (
                format!("no ExternalSecret here belongs to clusterexternalsecret/{name}"),
                name,
            ),
        };
        let error = CommandError::usage(format!("{what}; nothing was changed"));
        let makes = all.iter().find(|external| external.writes(name));
        if let (Self::External(_), Some(external)) = (self, makes) {
            return error.hint(format!(
                "{} makes secret/{name}: name {} or secret/{name}.",
                external.short(),
                external.name
            ));
        }
        let known = all.iter().map(|external| match self {
            Self::External(_) => external.name.as_str(),
            Self::Secret(_) => external.target.as_str(),
            Self::Cluster(_) => external.cluster_owner.as_deref().unwrap_or_default(),
        });
        let near = near(name, known);
        match (near.is_empty(), everywhere) {
            (false, _) => error.hint(format!("Did you mean {}?", near.join(" or "))),
            (true, false) => {
                error.hint("Name its namespace with -n, or search all namespaces with -A.")
            }
            (true, true) => error,
        }
    }
}
