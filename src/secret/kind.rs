use std::collections::BTreeMap; use super::*;
pub const BASIC_AUTH:&str="a"; pub const SSH_AUTH:&str="a"; pub const TLS:&str="a"; pub const DOCKER_CONFIG_JSON:&str="a";
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct KindProblem;
impl KindProblem { pub fn hint(&self)->Option<String>{None} }
pub fn check_required(_:&str,_:&BTreeMap<KeyName,&SecretValue>,_:&BTreeMap<String,String>)->Result<(),KindProblem>{Ok(())}
pub fn required_keys(_:&str)->&'static [&'static str]{&[]}
