//! The External Secrets Operator: what its objects say and how far they are, the objects
//! that are made for it, and the commands that load a store. Pure.

pub mod adoption;
pub mod aftermath;
pub mod features;
pub mod likeness;
pub mod manifest;
pub mod object;
pub mod path;
pub mod push;
pub mod store;
pub mod sync;

/// The version of the objects that are made: newer operators serve no other one.
pub const API_VERSION: &str = "external-secrets.io/v1";

/// Any change of an annotation makes a sync due; by custom it is this one
/// (external-secrets/external-secrets `docs/introduction/faq.md`).
pub const FORCE_SYNC: &str = "force-sync";

/// The annotation of a ClusterExternalSecret that its controller copies to every
/// ExternalSecret which it makes. On those themselves it takes any other annotation away at
/// once (external-secrets/external-secrets
/// `pkg/controllers/clusterexternalsecret/clusterexternalsecret_controller.go`).
pub const FORCE_SYNC_OF_ALL: &str = "external-secrets.io/force-sync";
