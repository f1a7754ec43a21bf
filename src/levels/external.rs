//! ExternalSecrets, as External Secrets Operator reads them (external-secrets/external-secrets
//! 0.20.4, `apis/externalsecrets/v1`, `pkg/controllers/externalsecret`).
//!
//! Both an ExternalSecret and a ClusterExternalSecret, which makes ExternalSecrets in several
//! namespaces, are read; a PushSecret shares templates and references of stores with them.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::manifest::path;
use crate::workload::read::At;
use crate::workload::{Located, Object, Site};

use super::go_duration;
use super::store::StoreKind;

/// The API group.
pub const GROUP: &str = "external-secrets.io";

/// How often a value is read again where nothing is said (`+kubebuilder:default="1h"`).
const DEFAULT_INTERVAL: SignedDuration = SignedDuration::from_hours(1);

/// What is said of a Secret to be made from a store.
pub struct ExternalSecret<'o> {
    object: &'o Object,
    spec: At<'o>,
    /// Name of the Secret, or of what else it makes.
    pub secret: Located<String>,
    pub makes: Makes,
    pub creation: Creation,
    pub refresh: Refresh,
    /// Whether the Secret is to be immutable: where that is said.
    pub immutable: Option<Site>,
    pub stores: Vec<StoreRef>,
    pub generators: Vec<GeneratorRef>,
    pub template: Option<Template>,
}

/// What it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Makes {
    Secret,
    /// An object of another kind (`target.manifest`, since 1.0).
    Other,
}

/// `creationPolicy`: what is done to the Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It is made, owned, and has no other keys.
    Owner,
    /// It is made, and has no other keys.
    Orphan,
    /// Keys are added to one that somebody else makes.
    Merge,
    /// It is made if it is not there; else keys are added (since 2.x, #6641).
    CreateOrMerge,
    None,
}

impl Creation {
    /// As manifests have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Orphan => "Orphan",
            Self::Merge => "Merge",
            Self::CreateOrMerge => "CreateOrMerge",
            Self::None => "None",
        }
    }

    /// Whether keys that the ExternalSecret does not make stay in the Secret.
    pub fn keeps_other_keys(self) -> bool {
        matches!(self, Self::Merge | Self::CreateOrMerge)
    }
}

/// When values are read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    pub policy: RefreshPolicy,
    /// `refreshInterval`; `None` where it is no duration.
    pub interval: Option<SignedDuration>,
    /// Where the policy is written, if it is.
    pub policy_site: Option<Located<String>>,
    /// Where the interval is written, if it is.
    pub interval_site: Option<Located<String>>,
}

/// `refreshPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshPolicy {
    CreatedOnce,
    /// Also where none is said.
    Periodic,
    OnChange,
}

impl Refresh {
    /// Whether values are read once and never again. An interval of zero or less says that of a
    /// periodic one (`shouldRefreshPeriodic`).
    pub fn is_once(&self) -> bool {
        match self.policy {
            RefreshPolicy::CreatedOnce => true,
            RefreshPolicy::Periodic => self
                .interval
                .is_some_and(|interval| interval <= SignedDuration::ZERO),
            RefreshPolicy::OnChange => false,
        }
    }

    /// How often values are read again, if they are regularly.
    pub fn period(&self) -> Option<SignedDuration> {
        match self.policy {
            RefreshPolicy::Periodic => self.interval.filter(|_| !self.is_once()),
            RefreshPolicy::CreatedOnce | RefreshPolicy::OnChange => None,
        }
    }
}

/// A store that is named.
#[derive(Clone, Debug)]
pub struct StoreRef {
    pub name: Located<String>,
    pub kind: StoreKind,
    /// Whether `kind` is written; without it, it is a SecretStore.
    pub says_kind: bool,
    /// Where the mapping stands.
    pub site: Site,
}

/// A generator that is named.
#[derive(Clone, Debug)]
pub struct GeneratorRef {
    /// `kind`: `Password`, `ECRAuthorizationToken`, …
    pub kind: Located<String>,
    pub name: String,
}

impl GeneratorRef {
    /// Whether each answer is a new random value that nobody else knows: what had the old one
    /// does not accept the new one (`pkg/generator/{password,uuid,sshkey}`). Tokens of clouds and
    /// registries are meant to be asked for again and again.
    pub fn is_random(&self) -> bool {
        matches!(self.kind.value.as_str(), "Password" | "UUID" | "SSHKey")
    }
}

/// `target.template`.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// `engineVersion`, if it is written.
    pub engine: Option<Located<String>>,
    /// `data`: keys and their templates.
    pub data: Vec<(Located<String>, String)>,
    /// The keys that `templateFrom` adds.
    pub from: TemplateFrom,
    /// `mergePolicy: Merge`: what was fetched is kept beside what the template makes.
    merges: bool,
    /// Whether `templateFrom` has any entry, also one that makes no key.
    has_from: bool,
    /// `type`.
    pub type_: Option<String>,
}

/// What `templateFrom` makes of ConfigMaps and Secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFrom {
    /// A value for each of these keys; none without `templateFrom`.
    Keys(BTreeSet<String>),
    /// Keys that stand in their texts.
    Texts,
}

impl Default for TemplateFrom {
    fn default() -> Self {
        TemplateFrom::Keys(BTreeSet::new())
    }
}

impl Template {
    fn read(at: &At<'_>) -> Self {
        let data = at.get("data").map_or_else(Vec::new, |data| {
            data.node
                .entries()
                .iter()
                .filter_map(|entry| {
                    let key = entry.key.scalar_text()?.to_owned();
                    let site = Site {
                        path: path::child(&data.path, &key),
                        span: entry.key.span,
                    };
                    let text = entry.value.as_str().unwrap_or_default().to_owned();
                    Some((Located::new(key, site), text))
                })
                .collect()
        });
        Self {
            engine: at.text("engineVersion"),
            data,
            from: template_from(at),
            merges: at.node.text_of("mergePolicy") == Some("Merge"),
            has_from: !at.items("templateFrom").is_empty(),
            type_: at.node.text_of("type").map(str::to_owned),
        }
    }

    /// Whether it has nothing to carry out: then what was fetched is kept. Labels and
    /// annotations that it makes are something (`ApplyTemplate`, `noTemplate`).
    fn makes_nothing(&self) -> bool {
        self.data.is_empty() && !self.has_from
    }
}

/// `MergeTemplateFrom` (`pkg/controllers/templating/parser.go`): with `templateAs: Values`, the
/// default, the key is that of the ConfigMap or Secret.
fn template_from(at: &At<'_>) -> TemplateFrom {
    let mut keys = BTreeSet::new();
    for item in at.items("templateFrom") {
        // Case makes no difference (`applyToTarget`).
        let target = item.node.text_of("target").unwrap_or_default();
        if !target.is_empty() && !target.eq_ignore_ascii_case("data") {
            continue;
        }
        if item.get("literal").is_some() {
            return TemplateFrom::Texts;
        }
        for source in ["configMap", "secret"] {
            let items = item.get(source).map(|source| source.items("items"));
            for entry in items.into_iter().flatten() {
                if entry.node.text_of("templateAs") == Some("KeysAndValues") {
                    return TemplateFrom::Texts;
                }
                keys.extend(entry.text("key").map(|key| key.value));
            }
        }
    }
    TemplateFrom::Keys(keys)
}

/// The keys that a Secret will have, as far as its object says them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promised {
    Keys(BTreeSet<String>),
    /// These, and others that are decided elsewhere: a sentence fragment says why.
    AtLeast(BTreeSet<String>, &'static str),
}

impl<'o> ExternalSecret<'o> {
    /// Reads an ExternalSecret, or the specification in a ClusterExternalSecret.
    pub fn of(object: &'o Object) -> Option<Self> {
        if object.group() != GROUP {
            return None;
        }
        let root = At::new(&object.root, String::new());
        let spec = root.get("spec")?;
        let spec = match object.id.kind.as_str() {
            "ExternalSecret" => spec,
            "ClusterExternalSecret" => spec.get("externalSecretSpec")?,
            _ => return None,
        };
        let target = spec.get("target");
        let at_target = |field: &str| target.as_ref().and_then(|target| target.text(field));
        let creation = match at_target("creationPolicy")
            .as_ref()
            .map(|policy| policy.value.as_str())
        {
            Some("None") => Creation::None,
            Some("Merge") => Creation::Merge,
            Some("CreateOrMerge") => Creation::CreateOrMerge,
            Some("Orphan") => Creation::Orphan,
            _ => Creation::Owner,
        };
        let immutable = target
            .as_ref()
            .and_then(|target| target.truth("immutable"))
            .filter(|immutable| immutable.value)
            .map(|immutable| immutable.site);
        let secret = at_target("name")
            .filter(|name| !name.value.is_empty())
            .unwrap_or_else(|| Located::new(made_name(object, &root), name_site(&root)));
        Some(Self {
            secret,
            makes: target
                .as_ref()
                .and_then(|target| target.get("manifest"))
                .map_or(Makes::Secret, |manifest| makes(&manifest)),
            creation,
            refresh: refresh(&spec),
            immutable,
            stores: stores(&spec),
            generators: generators(&spec),
            template: target
                .and_then(|target| target.get("template"))
                .map(|template| Template::read(&template)),
            object,
            spec,
        })
    }

    pub fn object(&self) -> &'o Object {
        self.object
    }

    /// Where its specification stands.
    pub fn site(&self) -> Site {
        self.spec.site()
    }

    /// `spec.data[].secretKey`.
    pub fn fetched(&self) -> BTreeSet<String> {
        self.spec
            .items("data")
            .iter()
            .filter_map(|item| item.text("secretKey"))
            .map(|key| key.value)
            .collect()
    }

    /// Whether it takes keys whose names only its store knows.
    pub fn fetches_others(&self) -> bool {
        !self.spec.items("dataFrom").is_empty()
    }

    /// Whether an entry of `dataFrom` reads a store.
    pub fn fetches_from_stores(&self) -> bool {
        let reads = |item: &At<'_>| item.get("extract").is_some() || item.get("find").is_some();
        self.spec.items("dataFrom").iter().any(reads)
    }

    /// Whether times are set in which values are not read (since 2.x).
    pub fn has_sync_windows(&self) -> bool {
        self.spec.get("syncWindows").is_some()
    }

    /// The keys of the Secret (`ApplyTemplate` in `externalsecret_controller_template.go`); of
    /// one that merges, those that it adds.
    pub fn promised(&self) -> Promised {
        const FETCHED: &str = "its dataFrom takes whatever keys the provider has";
        let mut keys = BTreeSet::new();
        let mut open = None;
        let template = self.template.as_ref();
        if template.is_none_or(|template| template.merges || template.makes_nothing()) {
            keys = self.fetched();
            open = self.fetches_others().then_some(FETCHED);
        }
        if let Some(template) = template {
            keys.extend(template.data.iter().map(|(key, _)| key.value.clone()));
            match &template.from {
                TemplateFrom::Keys(more) => keys.extend(more.iter().cloned()),
                TemplateFrom::Texts => open = Some("its template takes keys from elsewhere"),
            }
        }
        match open {
            Some(reason) => Promised::AtLeast(keys, reason),
            None => Promised::Keys(keys),
        }
    }
}

/// `target.manifest` (`apis/externalsecrets/v1/externalsecret_types.go`).
fn makes(manifest: &At<'_>) -> Makes {
    let text = |field: &str| manifest.node.text_of(field);
    match (text("apiVersion"), text("kind")) {
        (_, None) | (Some("v1"), Some("Secret")) => Makes::Secret,
        _ => Makes::Other,
    }
}

/// The namespaces in which a ClusterExternalSecret makes ExternalSecrets
/// (`apis/externalsecrets/v1/clusterexternalsecret_types.go`).
pub struct Targets {
    /// `spec.namespaces`.
    pub named: BTreeSet<String>,
    /// Whether it chooses others by their labels.
    pub chooses: bool,
}

/// Where a ClusterExternalSecret makes something.
pub fn targets(object: &Object) -> Targets {
    let root = At::new(&object.root, String::new());
    let spec = root.get("spec");
    let items = |field: &str| {
        spec.as_ref()
            .map_or_else(Vec::new, |spec| spec.items(field))
    };
    let has = |field: &str| spec.as_ref().is_some_and(|spec| spec.get(field).is_some());
    Targets {
        named: items("namespaces")
            .iter()
            .filter_map(|item| item.node.scalar_text().map(str::to_owned))
            .filter(|name| !name.is_empty())
            .collect(),
        chooses: has("namespaceSelector") || !items("namespaceSelectors").is_empty(),
    }
}

/// The name of an ExternalSecret, which its Secret has by default.
fn made_name(object: &Object, root: &At<'_>) -> String {
    match object.id.kind.as_str() {
        "ClusterExternalSecret" => root
            .get("spec")
            .and_then(|spec| spec.text("externalSecretName"))
            .map_or_else(|| object.id.name.clone(), |name| name.value),
        _ => object.id.name.clone(),
    }
}

fn name_site(root: &At<'_>) -> Site {
    root.get("metadata")
        .and_then(|metadata| metadata.text("name"))
        .map_or_else(|| root.site(), |name| name.site)
}

fn refresh(spec: &At<'_>) -> Refresh {
    let policy_site = spec.text("refreshPolicy");
    let interval_site = spec.text("refreshInterval");
    Refresh {
        policy: match policy_site.as_ref().map(|policy| policy.value.as_str()) {
            Some("CreatedOnce") => RefreshPolicy::CreatedOnce,
            Some("OnChange") => RefreshPolicy::OnChange,
            _ => RefreshPolicy::Periodic,
        },
        interval: match &interval_site {
            Some(text) => go_duration::parse(&text.value),
            None => Some(DEFAULT_INTERVAL),
        },
        policy_site,
        interval_site,
    }
}

/// The stores that are read: that of the specification, where an entry takes it, and those
/// of single entries. One that is only named is never looked for
/// (`shouldSkipUnmanagedStore` passes over it; `client_manager.go` is asked for each entry).
fn stores(spec: &At<'_>) -> Vec<StoreRef> {
    let entries = || {
        ["data", "dataFrom"]
            .into_iter()
            .flat_map(|list| spec.items(list))
    };
    let has_own = |item: &At<'_>| {
        item.get("sourceRef").is_some_and(|source| {
            let store = source.get("storeRef");
            let is_named = store.is_some_and(|store| {
                store
                    .text("name")
                    .is_some_and(|name| !name.value.is_empty())
            });
            is_named || source.get("generatorRef").is_some()
        })
    };
    let is_used = entries().next().is_none() || entries().any(|item| !has_own(&item));
    let own = spec.get("secretStoreRef").filter(|_| is_used);
    let others = ["data", "dataFrom"].into_iter().flat_map(|list| {
        spec.items(list)
            .into_iter()
            .filter_map(|item| item.get("sourceRef")?.get("storeRef"))
    });
    own.into_iter()
        .chain(others)
        .filter_map(|at| store_ref(&at))
        .collect()
}

fn store_ref(at: &At<'_>) -> Option<StoreRef> {
    let name = at.text("name").filter(|name| !name.value.is_empty())?;
    let kind = at.text("kind").filter(|kind| !kind.value.is_empty());
    let named = match &kind {
        None => StoreKind::Namespaced,
        Some(kind) => StoreKind::parse(&kind.value)?,
    };
    Some(StoreRef {
        name,
        kind: named,
        says_kind: kind.is_some(),
        site: at.site(),
    })
}

fn generators(spec: &At<'_>) -> Vec<GeneratorRef> {
    spec.items("dataFrom")
        .into_iter()
        .filter_map(|item| {
            let at = item.get("sourceRef")?.get("generatorRef")?;
            Some(GeneratorRef {
                kind: at.text("kind")?,
                name: at.text("name").map(|name| name.value).unwrap_or_default(),
            })
        })
        .collect()
}

/// A PushSecret: keys of a Secret that are written to stores (`apis/externalsecrets/v1alpha1`).
pub struct PushSecret {
    /// The Secret that is pushed, where it is named; else generators and labels decide.
    pub source: Option<Located<String>>,
    /// The keys that are pushed; an entry without one pushes the whole Secret.
    pub keys: Vec<Located<String>>,
    /// Stores that are named; others may be chosen by labels.
    pub stores: Vec<StoreRef>,
    pub template: Option<Template>,
    /// Whether key names are changed before they are looked for (`ReverseKeys`).
    pub converts: bool,
}

impl PushSecret {
    pub fn of(object: &Object) -> Option<Self> {
        if (object.group(), object.id.kind.as_str()) != (GROUP, "PushSecret") {
            return None;
        }
        let root = At::new(&object.root, String::new());
        let spec = root.get("spec")?;
        let entries = spec.items("data");
        Some(Self {
            source: spec
                .get("selector")
                .and_then(|selector| selector.get("secret"))
                .and_then(|secret| secret.text("name"))
                .filter(|name| !name.value.is_empty()),
            keys: entries
                .iter()
                .filter_map(|item| item.get("match")?.text("secretKey"))
                .filter(|key| !key.value.is_empty())
                .collect(),
            stores: spec
                .items("secretStoreRefs")
                .iter()
                .filter(|at| at.get("labelSelector").is_none())
                .filter_map(store_ref)
                .collect(),
            template: spec
                .get("template")
                .map(|template| Template::read(&template)),
            converts: entries.iter().any(|item| {
                !matches!(item.node.text_of("conversionStrategy"), None | Some("None"))
            }),
        })
    }
}

/// Whether a kind was served as v1beta1 and is as v1 now. A PushSecret is v1alpha1 to this day.
pub fn has_new_version(kind: &str) -> bool {
    matches!(
        kind,
        "ExternalSecret" | "ClusterExternalSecret" | "SecretStore" | "ClusterSecretStore"
    )
}

/// `engineVersion` of the template of an object: of all three kinds that have one.
pub fn engine_of(object: &Object) -> Option<Located<String>> {
    match ExternalSecret::of(object) {
        Some(external) => external.template?.engine,
        None => PushSecret::of(object)?.template?.engine,
    }
}

#[cfg(test)]
#[path = "external_tests.rs"]
mod tests;
