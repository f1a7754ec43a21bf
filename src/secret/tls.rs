use super::*;
#[derive(Clone,Copy)] pub enum Expiry{Refuse,Allow}
pub struct Pair<'a>{pub certificate:&'a SecretValue,pub key:&'a SecretValue,pub ca:Option<&'a SecretValue>}
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct TlsProblem;
impl TlsProblem { pub fn hint(&self)->Option<String>{None} }
pub fn needs_passphrase(_:&SecretValue)->bool{false}
pub fn decrypt_key(_:&SecretValue,_:&SecretValue)->Result<SecretValue,TlsProblem>{Err(TlsProblem)}
pub fn check(_:&Pair<'_>,_:jiff::Timestamp,_:Expiry)->Result<Vec<String>,TlsProblem>{Ok(vec![])}
