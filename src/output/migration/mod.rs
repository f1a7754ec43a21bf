//! Plans of `migrate`, for people and for programs.

mod json_v1;
mod page;
mod patches;
mod progress;
mod table;
mod text;

pub use json_v1::{PlansV1, Steps, document, schema};
pub use page::page;
pub use patches::{Target, kustomization};
pub use progress::{StatusV1, status, status_document, status_schema};
pub use table::{Row, Summary, table};
pub use text::{left_out, text};
