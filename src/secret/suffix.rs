use std::collections::BTreeMap; use super::*; use super::draft::Mutability;
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct SuffixError;
impl SuffixError { pub fn hint(&self)->Option<String>{None} }
pub fn random()->Result<String,SuffixError>{Ok(String::new())}
pub fn kubectl_hash(_:&str,_:&str,_:Mutability,_:&BTreeMap<KeyName,&SecretValue>)->String{String::new()}
