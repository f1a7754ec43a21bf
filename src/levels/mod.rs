//! The levels above a plain Secret: what their objects say, as their controllers
//! read it. Nothing here looks at a value, and nothing here asks a cluster.
//!
//! - [`external`]: ExternalSecrets, ClusterExternalSecrets and PushSecrets, as External
//!   Secrets Operator 0.20.4 reads them;
//! - [`store`]: its SecretStores and ClusterSecretStores;
//! - [`provider_class`]: SecretProviderClasses of the Secrets Store CSI driver;
//! - [`status`]: their conditions;
//! - [`template`]: which fields a Go template certainly reads;
//! - [`sealed`]: SealedSecrets, as controller and kubeseal 0.40 read them;
//! - [`ciphertext`]: the layout of one encrypted value, which is public;
//! - [`stamp`]: what is noted on a SealedSecret when it is sealed.

pub mod ciphertext;
pub mod external;
pub mod go_duration;
pub mod provider_class;
pub mod sealed;
pub mod stamp;
pub mod status;
pub mod store;
pub mod template;
