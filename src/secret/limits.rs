use std::collections::BTreeMap; use super::*;
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct LimitError;
impl LimitError { pub fn hint(&self)->Option<String>{None} }
pub enum MetadataKind{Label,Annotation}
pub fn check_total<'a>(_:impl Iterator<Item=(&'a KeyName,usize)>)->Result<(),LimitError>{Ok(())}
pub fn parse_metadata(_:&[String],_:MetadataKind)->Result<BTreeMap<String,String>,LimitError>{Ok(BTreeMap::new())}
