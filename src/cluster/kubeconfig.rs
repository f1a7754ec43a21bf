//! Finding the cluster: kubeconfig files and the flags that override them, by
//! client-go's rules (`tools/clientcmd`).

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube::config::{AuthInfo, Cluster as ClusterEntry, Context, Kubeconfig, KubeconfigError};
use zeroize::Zeroizing;

use crate::reading::{self, ReadOnce};

use super::environment::Environment;
use super::error::ClusterError;
use super::flags::ConnectionFlags;
use crate::command_line::{CommandLine, Hint};

/// What the kubeconfig files say, merged.
pub(super) struct Loaded {
    config: Kubeconfig,
}

/// The server to talk to and who to be there, flags applied.
pub(super) struct Target {
    /// What the kubeconfig calls the context; empty without one.
    pub context_name: String,
    pub cluster: ClusterEntry,
    pub server: String,
    pub user: AuthInfo,
}

/// Reads the kubeconfig files.
///
/// # Errors
/// `--kubeconfig` names a file that cannot be read; or any file cannot be
/// parsed (the message has file and line, never content).
pub(super) fn load(
    flags: &ConnectionFlags,
    environment: &Environment,
) -> Result<Loaded, ClusterError> {
    let config = if let Some(path) = &flags.kubeconfig {
        read(path, &flags.files)?.ok_or_else(|| {
            ClusterError::configuration(
                format!("kubeconfig {} does not exist", path.display()),
                "Check the path after --kubeconfig.",
            )
        })?
    } else {
        let mut merged = Kubeconfig::default();
        for path in places(environment) {
            if let Some(next) = read(&path, &flags.files)? {
                merged = merged.merge(next).map_err(|_| {
                    ClusterError::configuration(
                        format!(
                            "kubeconfig {} has another kind or apiVersion than the files before it",
                            path.display()
                        ),
                        "Take it out of $KUBECONFIG.",
                    )
                })?;
            }
        }
        merged
    };
    Ok(Loaded { config })
}

/// `$KUBECONFIG` is a list; `~/.kube/config` counts only without it.
fn places(environment: &Environment) -> Vec<PathBuf> {
    match environment.raw("KUBECONFIG") {
        Some(list) => std::env::split_paths(list)
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
        None => environment.dot_kube("config").into_iter().collect(),
    }
}

/// `None` when the file does not exist.
fn read(path: &Path, files: &ReadOnce) -> Result<Option<Kubeconfig>, ClusterError> {
    let failed = |problem: String| {
        ClusterError::configuration(
            problem,
            Hint::from("Compare it with `")
                .command(CommandLine::kubectl("config view"))
                .words("`, or name another file with --kubeconfig."),
        )
    };
    let bytes = match files.small(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let problem = format!("cannot read kubeconfig {}: {error}", path.display());
            return Err(failed(problem));
        }
    };
    let invalid = || failed(format!("kubeconfig {} is not valid", path.display()));
    let text = decoded(bytes).ok_or_else(invalid)?;
    let mut config = Kubeconfig::from_yaml(&text).map_err(|error| match error {
        KubeconfigError::Parse(reason) => match reason.location() {
            Some(place) => failed(format!(
                "kubeconfig {} is not valid at line {}",
                path.display(),
                place.line()
            )),
            None => invalid(),
        },
        _ => invalid(),
    })?;
    if let Some(folder) = path.parent() {
        seen_from(folder, &mut config);
    }
    Ok(Some(config))
}

/// A kubeconfig is UTF-8, or UTF-16 with a mark that says so, as the client
/// library has it.
fn decoded(bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    let units = |read: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes[2..].as_chunks::<2>();
        let units: Zeroizing<Vec<u16>> =
            Zeroizing::new(pairs.iter().map(|pair| read(*pair)).collect());
        let text = String::from_utf16(&units).ok().map(Zeroizing::new);
        text.filter(|_| rest.is_empty())
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] => {
            let text = std::str::from_utf8(text).ok()?;
            Some(Zeroizing::new(text.to_owned()))
        }
        _ => reading::text(bytes).ok(),
    }
}

/// Relative paths in a kubeconfig are seen from its folder; a plugin that is a
/// name alone is looked for elsewhere (client-go `ResolveLocalPaths`).
fn seen_from(folder: &Path, config: &mut Kubeconfig) {
    let resolve = |path: &mut Option<String>| {
        if let Some(text) = path.as_mut().filter(|text| !text.is_empty()) {
            *text = path_text(&folder.join(&*text));
        }
    };
    for entry in &mut config.clusters {
        if let Some(cluster) = &mut entry.cluster {
            resolve(&mut cluster.certificate_authority);
        }
    }
    for entry in &mut config.auth_infos {
        let Some(user) = &mut entry.auth_info else {
            continue;
        };
        resolve(&mut user.client_certificate);
        resolve(&mut user.client_key);
        resolve(&mut user.token_file);
        if let Some(exec) = &mut user.exec
            && exec.command.as_ref().is_some_and(|name| name.contains('/'))
        {
            resolve(&mut exec.command);
        }
    }
}

impl Loaded {
    fn context(&self, flags: &ConnectionFlags) -> Result<Option<Context>, ClusterError> {
        let wanted = flags.context.as_ref().filter(|name| !name.is_empty());
        let name = match wanted.or(self.config.current_context.as_ref()) {
            Some(name) if !name.is_empty() => name,
            _ => return Ok(None),
        };
        let entry = self
            .config
            .contexts
            .iter()
            .find(|entry| &entry.name == name);
        match (entry, wanted) {
            (Some(entry), _) => Ok(entry.context.clone()),
            // A current-context that points nowhere is an error only for those
            // who rely on it.
            (None, None) if flags.server.is_some() || flags.cluster.is_some() => Ok(None),
            (None, _) => Err(self.unknown(
                "context",
                name,
                self.config.contexts.iter().map(|entry| entry.name.as_str()),
            )),
        }
    }

    fn unknown<'a>(
        &self,
        what: &str,
        name: &str,
        present: impl Iterator<Item = &'a str>,
    ) -> ClusterError {
        let present: Vec<_> = present.collect();
        let advice = if present.is_empty() {
            format!("The kubeconfig has no {what} at all.")
        } else {
            format!("The kubeconfig has: {}.", present.join(", "))
        };
        ClusterError::configuration(format!("the kubeconfig has no {what} {name:?}"), advice)
    }

    /// The contexts, in the order of the files.
    pub fn context_names(&self) -> Vec<String> {
        self.config
            .contexts
            .iter()
            .map(|entry| entry.name.clone())
            .collect()
    }

    /// The namespace of the context in use.
    ///
    /// # Errors
    /// The context does not exist.
    pub fn namespace(&self, flags: &ConnectionFlags) -> Result<Option<String>, ClusterError> {
        Ok(self
            .context(flags)?
            .and_then(|context| context.namespace)
            .filter(|name| !name.is_empty()))
    }

    /// The cluster and the user, flags applied.
    ///
    /// # Errors
    /// A name that is not in the kubeconfig, or no server at all.
    pub fn target(
        self,
        flags: &ConnectionFlags,
        environment: &Environment,
    ) -> Result<Target, ClusterError> {
        let context = self.context(flags)?;
        let context_name = flags
            .context
            .clone()
            .filter(|name| !name.is_empty())
            .or_else(|| self.config.current_context.clone())
            .unwrap_or_default();
        let cluster_name = flags
            .cluster
            .clone()
            .or_else(|| context.as_ref().map(|context| context.cluster.clone()));
        let user_name = flags
            .user
            .clone()
            .or_else(|| context.as_ref().and_then(|context| context.user.clone()));

        let mut cluster = ClusterEntry::default();
        if let Some(name) = cluster_name.filter(|name| !name.is_empty()) {
            let entry = self.config.clusters.iter().find(|entry| entry.name == name);
            cluster = entry
                .and_then(|entry| entry.cluster.clone())
                .ok_or_else(|| {
                    self.unknown(
                        "cluster",
                        &name,
                        self.config.clusters.iter().map(|entry| entry.name.as_str()),
                    )
                })?;
        }
        let mut user = AuthInfo::default();
        if let Some(name) = user_name.filter(|name| !name.is_empty()) {
            let entry = self
                .config
                .auth_infos
                .iter()
                .find(|entry| entry.name == name);
            user = entry
                .and_then(|entry| entry.auth_info.clone())
                .ok_or_else(|| {
                    self.unknown(
                        "user",
                        &name,
                        self.config
                            .auth_infos
                            .iter()
                            .map(|entry| entry.name.as_str()),
                    )
                })?;
        }

        if cluster.server.is_none()
            && flags.server.is_none()
            && flags.kubeconfig.is_none()
            && let Some(pod) = environment.in_cluster()
        {
            cluster.server = Some(pod.server);
            cluster.certificate_authority = Some(path_text(&pod.certificate_authority));
            user.token_file = Some(path_text(&pod.token_file));
        }
        override_cluster(&mut cluster, flags);
        override_user(&mut user, flags);

        let address = cluster
            .server
            .clone()
            .filter(|server| !server.is_empty())
            .ok_or_else(|| {
                ClusterError::configuration(
                    "no kubeconfig names a cluster",
                    "Set KUBECONFIG or --kubeconfig to your kubeconfig file, or choose a context \
                     with --context; `kubectl config get-contexts` lists them.",
                )
            })?;
        let server = with_scheme(&address, &cluster);
        if let Some(exec) = &mut user.exec
            && exec.provide_cluster_info
        {
            // Filled in here, because only here the cluster is known. Its file is
            // read here too: the library would wait for a pipe.
            let mut cluster = cluster.clone();
            let path = cluster.certificate_authority.take();
            let has_data = |data: &String| !data.is_empty();
            if let Some(path) = path.filter(|path| !path.is_empty())
                && !cluster
                    .certificate_authority_data
                    .as_ref()
                    .is_some_and(has_data)
                && let Ok(pem) = flags.files.small(Path::new(&path))
            {
                cluster.certificate_authority_data = Some(STANDARD.encode(&*pem));
            }
            exec.cluster = kube::config::ExecAuthCluster::try_from(&cluster).ok();
        }
        Ok(Target {
            context_name,
            cluster,
            server,
            user,
        })
    }
}

/// Without a scheme, client-go means https if anything about TLS is
/// configured, else http (`rest.DefaultServerURL`).
fn with_scheme(address: &str, cluster: &ClusterEntry) -> String {
    let tls = cluster.certificate_authority.is_some()
        || cluster.certificate_authority_data.is_some()
        || cluster.insecure_skip_tls_verify == Some(true);
    match (address.contains("://"), tls) {
        (true, _) => address.to_owned(),
        (false, true) => format!("https://{address}"),
        (false, false) => format!("http://{address}"),
    }
}

fn override_cluster(cluster: &mut ClusterEntry, flags: &ConnectionFlags) {
    if let Some(server) = &flags.server {
        cluster.server = Some(server.clone());
        // The name belonged to the other server.
        cluster.tls_server_name = None;
    }
    if flags.proxy_url.is_some() {
        cluster.proxy_url = flags.proxy_url.clone();
    }
    if flags.tls_server_name.is_some() {
        cluster.tls_server_name = flags.tls_server_name.clone();
    }
    if let Some(path) = &flags.certificate_authority {
        cluster.certificate_authority = Some(path_text(path));
        cluster.certificate_authority_data = None;
        cluster.insecure_skip_tls_verify = None;
    }
    if let Some(skip) = flags.insecure_skip_tls_verify {
        cluster.insecure_skip_tls_verify = Some(skip);
    }
}

fn override_user(user: &mut AuthInfo, flags: &ConnectionFlags) {
    if let Some(token) = &flags.token {
        user.token = Some(token.clone());
        user.token_file = None;
        user.exec = None;
        user.auth_provider = None;
        user.username = None;
        user.password = None;
    }
    if let Some(path) = &flags.client_certificate {
        user.client_certificate = Some(path_text(path));
        user.client_certificate_data = None;
    }
    if let Some(path) = &flags.client_key {
        user.client_key = Some(path_text(path));
        user.client_key_data = None;
    }
    if flags.impersonate.is_some() {
        user.impersonate = flags.impersonate.clone();
    }
    if !flags.impersonate_groups.is_empty() {
        user.impersonate_groups = Some(flags.impersonate_groups.clone());
    }
    if flags.impersonate_uid.is_some() {
        user.impersonate_uid = flags.impersonate_uid.clone();
    }
}

fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The namespace a command would act in, found without touching the network:
/// the flag, then the kubeconfig context, then the pod this runs in, then
/// `default`.
///
/// # Errors
/// A kubeconfig that cannot be read, or a context that is not in it.
pub fn effective_namespace(flags: &ConnectionFlags) -> Result<String, ClusterError> {
    namespace_in(flags, &Environment::of_this_process())
}

/// The namespace that the context, or the pod that this runs in, names; `None` where
/// kubectl would take `default` for want of one.
///
/// # Errors
/// A kubeconfig that cannot be read, or a context that is not in it.
pub fn context_namespace(flags: &ConnectionFlags) -> Result<Option<String>, ClusterError> {
    let environment = Environment::of_this_process();
    let of_context = load(flags, &environment)?.namespace(flags)?;
    Ok(of_context.or_else(|| environment.pod_namespace()))
}

/// The contexts of the kubeconfig, in its order.
///
/// # Errors
/// A kubeconfig that cannot be read.
pub fn context_names(flags: &ConnectionFlags) -> Result<Vec<String>, ClusterError> {
    Ok(load(flags, &Environment::of_this_process())?.context_names())
}

pub(super) fn namespace_in(
    flags: &ConnectionFlags,
    environment: &Environment,
) -> Result<String, ClusterError> {
    if let Some(name) = flags.explicit_namespace() {
        return Ok(name.to_owned());
    }
    let of_context = load(flags, environment)?.namespace(flags)?;
    Ok(of_context
        .or_else(|| environment.pod_namespace())
        .unwrap_or_else(|| "default".to_owned()))
}

#[cfg(test)]
#[path = "kubeconfig_tests.rs"]
mod tests;
