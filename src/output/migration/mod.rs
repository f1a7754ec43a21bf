//! Plans of `migrate`, for people and for programs.

mod json_v1;
mod patches;
mod table;
mod text;

pub use json_v1::{PlansV1, Steps, document, schema};
pub use patches::{Target, kustomization};
pub use table::{Row, Summary, table};
pub use text::text;
