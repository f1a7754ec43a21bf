use super::SecretValue;
pub const DEFAULT_SERVER: &str = "x";
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct DockerProblem;
impl DockerProblem { pub fn hint(&self)->Option<String>{None} }
pub fn compose(_:&str,_:&str,_:&SecretValue,_:Option<&str>)->Result<SecretValue,DockerProblem>{Err(DockerProblem)}
pub fn without_line_end(v: SecretValue)->SecretValue{v}
