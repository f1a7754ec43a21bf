//! Looks at one namespace again and again: lists at first, and then what the server
//! tells of changes. A server or a user without watches is asked anew each time.
//!
//! A watch may be late, silent or cut, and several of them are not of one moment. So
//! what it says moves a run on, and nothing more: before anything is done because of
//! a look, [`Lookout::doubt`] has the next one list pods, or everything, anew.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::select_all;
use jiff::Timestamp;

use crate::api::{EVENTS, PODS, REPLICA_SETS, Resource};
use crate::cluster::{Change, Cluster, ClusterError, Raw, Snapshot, Watching};
use crate::inventory::{Builder, Grant, Inventory, Scope};

use super::target::Target;

/// A watch that has told of no object for so long is not believed any more, also if it
/// says that nothing has changed.
const SILENT: Duration = Duration::from_secs(5);
/// One of which a list has shown that nothing had changed is believed for twice as long,
/// up to this. What is told of pods is not: old ones are kept for ten seconds more than new
/// ones are looked at ([`crate::watch::guard`]), in which a failure has to be seen.
const LONGEST: Duration = Duration::from_secs(20);
/// More workloads of one kind than these are listed instead of read one by one.
const FEW: usize = 3;
/// What belongs together comes within this time.
const TOGETHER: Duration = Duration::from_millis(40);

/// Looks at workloads of one namespace, their pods and what kubelet says of them.
pub struct Lookout<'a> {
    cluster: &'a Cluster,
    namespace: &'a str,
    places: Vec<Place>,
    /// Whether watches are used at all.
    watches: Watches,
    /// What the next look does not take from them.
    doubt: Option<Doubt>,
}

/// What is listed anew, because something is to be done because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Pods, once: their watch goes on. What watches have shown of controllers may be late;
    /// a late one holds an end up and makes none, because a workload as it was before its
    /// restart is known ([`crate::watch::step::Watch::since`]).
    Pods,
    Everything,
}

/// What of a look comes from lists of just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Watches,
    /// Its pods.
    ListOfPods,
    Lists,
}

impl Source {
    /// Whether nothing of it is doubted any more.
    pub fn settles(self, doubt: Doubt) -> bool {
        match doubt {
            Doubt::Pods => self != Self::Watches,
            Doubt::Everything => self == Self::Lists,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Watches {
    Possible,
    /// The server has refused one.
    Refused,
}

/// The objects of one resource.
struct Place {
    resource: Resource,
    objects: BTreeMap<String, Raw>,
    watching: Option<Watching>,
    heard: Instant,
    /// How long it may tell nothing.
    believed: Duration,
}

impl Place {
    fn take(&mut self, change: Change) {
        if matches!(change, Change::Put(_) | Change::Gone(_)) {
            self.heard = Instant::now();
            self.believed = SILENT;
        }
        match change {
            Change::Put(raw) => {
                self.objects.insert(raw.name.clone(), raw);
            }
            Change::Gone(name) => {
                self.objects.remove(&name);
            }
            Change::Mark => {}
            Change::Over => self.watching = None,
        }
    }

    /// Takes what has come; whether it is still told.
    fn drain(&mut self) -> bool {
        while let Some(watching) = &mut self.watching {
            match watching.next().now_or_never() {
                Some(change) => self.take(change),
                None => break,
            }
        }
        self.watching.is_some() && self.heard.elapsed() < self.believed
    }

    /// Whether a list shows what its watch, which goes on, has told.
    fn was_right(&self, listed: &Snapshot) -> bool {
        let same = |raw: &Raw| {
            let known = self.objects.get(&raw.name);
            known.is_some_and(|known| !raw.version.is_empty() && known.version == raw.version)
        };
        self.watching.is_some()
            && self.objects.len() == listed.objects.len()
            && listed.objects.iter().all(same)
    }
}

impl<'a> Lookout<'a> {
    pub fn new(cluster: &'a Cluster, namespace: &'a str) -> Self {
        Self {
            cluster,
            namespace,
            places: Vec::new(),
            watches: Watches::Possible,
            doubt: None,
        }
    }

    /// One that always asks anew.
    pub fn without_watches(cluster: &'a Cluster, namespace: &'a str) -> Self {
        Self {
            watches: Watches::Refused,
            ..Self::new(cluster, namespace)
        }
    }

    /// Lists at the next look.
    pub fn doubt(&mut self, what: Doubt) {
        self.doubt = self.doubt.max(Some(what));
    }

    /// Takes a look, and tells what it comes from.
    ///
    /// # Errors
    /// When the cluster cannot be asked, or does not let a list be read without which
    /// nothing can be said.
    pub async fn look(
        &mut self,
        targets: &[Target<'_>],
    ) -> Result<(Inventory, Source), ClusterError> {
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, self.namespace, Timestamp::now());
        let doubt = self.doubt.take();
        if doubt == Some(Doubt::Everything) {
            self.places.clear();
        }
        let mut sources = BTreeMap::new();
        let alone: Vec<_> = targets
            .iter()
            .filter(|target| self.is_read_alone(target, targets))
            .collect();
        for resource in self.resources(targets) {
            match self.refresh(resource).await {
                Ok(source) => {
                    sources.insert(resource.plural, source);
                }
                Err(ClusterError::Forbidden { .. })
                    if resource != PODS && !targets.iter().any(|one| one.needs(&resource)) =>
                {
                    builder.deny(Grant {
                        verb: "list".to_owned(),
                        group: resource.group.to_owned(),
                        resource: resource.plural.to_owned(),
                        namespace: Some(self.namespace.to_owned()),
                    });
                    continue;
                }
                Err(error) => return Err(error),
            }
            if resource == PODS
                && doubt == Some(Doubt::Pods)
                && sources.get(PODS.plural) == Some(&Source::Watches)
            {
                let listed = self.cluster.snapshot(&PODS, self.namespace).await?;
                for raw in &listed.objects {
                    builder.add_live(self.cluster.object_of(&PODS, raw)?);
                }
                sources.insert(PODS.plural, Source::Lists);
                continue;
            }
            let place = self.places.iter().find(|place| place.resource == resource);
            for raw in place.into_iter().flat_map(|place| place.objects.values()) {
                builder.add_live(self.cluster.object_of(&resource, raw)?);
            }
        }
        for target in alone {
            let (resource, name) = (&target.resource, &target.id.name);
            let read = self.cluster.get_object(resource, self.namespace, name);
            if let Some(node) = read.await? {
                builder.add_live(node.with_type(&target.api_version(), resource.kind));
            }
        }
        let of_all = sources.values().min().copied().unwrap_or(Source::Lists);
        let of_pods = sources.get(PODS.plural) == Some(&Source::Lists);
        let source = match of_pods {
            true => of_all.max(Source::ListOfPods),
            false => of_all,
        };
        Ok((builder.finish(), source))
    }

    async fn refresh(&mut self, resource: Resource) -> Result<Source, ClusterError> {
        let known = self.places.iter().position(|one| one.resource == resource);
        if let Some(at) = known
            && self.places[at].drain()
        {
            return Ok(Source::Watches);
        }
        let known = known.map(|at| self.places.swap_remove(at));
        let listed = self.cluster.snapshot(&resource, self.namespace).await?;
        if let Some(known) = known.filter(|known| known.was_right(&listed)) {
            self.places.push(Place {
                heard: Instant::now(),
                believed: match [PODS, EVENTS].contains(&resource) {
                    true => SILENT,
                    false => (known.believed * 2).min(LONGEST),
                },
                ..known
            });
            return Ok(Source::Lists);
        }
        let watching = match self.watches {
            Watches::Possible => self.cluster.watch(&resource, self.namespace, &listed).await,
            Watches::Refused => None,
        };
        if watching.is_none() {
            self.watches = Watches::Refused;
        }
        let objects = listed.objects.into_iter();
        self.places.push(Place {
            resource,
            objects: objects.map(|raw| (raw.name.clone(), raw)).collect(),
            watching,
            heard: Instant::now(),
            believed: SILENT,
        });
        Ok(Source::Lists)
    }

    /// Waits until something has changed, for `most` at most.
    pub async fn wait(&mut self, most: Duration) {
        let told = {
            let watching = self.places.iter_mut().enumerate();
            let next: Vec<_> = watching
                .filter_map(|(at, place)| Some((at, place.watching.as_mut()?)))
                .map(|(at, watching)| Box::pin(watching.next().map(move |change| (at, change))))
                .collect();
            if next.is_empty() {
                tokio::time::sleep(most).await;
                return;
            }
            let told = tokio::time::timeout(most, select_all(next)).await;
            told.ok().map(|(told, ..)| told)
        };
        if let Some((at, change)) = told {
            self.places[at].take(change);
            tokio::time::sleep(TOGETHER).await;
        }
    }

    /// The lists that are needed. ReplicaSets come before Deployments: a newest one that
    /// is not there yet is waited for.
    fn resources(&self, targets: &[Target<'_>]) -> Vec<Resource> {
        let mut needed = vec![PODS, REPLICA_SETS, EVENTS];
        for target in targets {
            if !needed.contains(&target.resource) && !self.is_read_alone(target, targets) {
                needed.push(target.resource);
            }
        }
        needed
    }

    /// Whether a workload is not worth a list.
    fn is_read_alone(&self, target: &Target<'_>, targets: &[Target<'_>]) -> bool {
        let alike = targets.iter().filter(|one| one.resource == target.resource);
        self.watches == Watches::Refused && alike.count() <= FEW
    }
}
