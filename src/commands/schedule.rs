//! Manifests that run a command every week.

use crate::api::RoleScope;
use crate::error::CommandError;
use crate::scaffolding::is_image;
use crate::secret::key::check_namespace;

/// Early on Mondays, and not when everything else runs.
pub(super) const WHEN: &str = "17 5 * * 1";

/// A CronJob with its ServiceAccount and roles.
pub(super) struct CronJob<'a> {
    /// The name of the ServiceAccount, of the Role or ClusterRole and of the CronJob; for a
    /// cluster, of their namespace too.
    pub account: &'static str,
    pub scope: RoleScope<'a>,
    pub roles: String,
    /// A ClusterRole besides the Role of a namespace.
    pub cluster_role: Option<&'static str>,
    pub image: &'a str,
    /// The command line, without the program.
    pub words: &'a [String],
    /// Comments for its head.
    pub told: &'static str,
}

/// Refuses a namespace that cannot exist.
///
/// # Errors
/// Status 2.
pub(super) fn check_scope(scope: RoleScope<'_>) -> Result<(), CommandError> {
    match scope {
        RoleScope::Cluster => Ok(()),
        RoleScope::Namespace(namespace) => check_namespace(namespace).map_err(|_| {
            CommandError::usage("invalid namespace").hint("Name another one with -n.")
        }),
    }
}

/// Refuses what is no reference of an image.
///
/// # Errors
/// Status 2.
pub(super) fn check_image(image: &str) -> Result<(), CommandError> {
    match is_image(image) {
        true => Ok(()),
        false => Err(CommandError::usage("--image: not a reference of an image")
            .hint("Write it as REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST.")),
    }
}

/// The scope as words of a command line.
pub(super) fn scope_word(scope: RoleScope<'_>) -> String {
    match scope {
        RoleScope::Cluster => "-A".to_owned(),
        RoleScope::Namespace(namespace) => format!("--namespace={namespace}"),
    }
}

/// A string in YAML, whatever is in it.
fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl CronJob<'_> {
    /// All manifests, as one stream.
    pub fn manifests(&self) -> String {
        let account = self.account;
        let (namespace, bindings, own_namespace) = match self.scope {
            RoleScope::Cluster => (
                account,
                binding("ClusterRole", (account, account), None, (account, account)),
                format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {account}\n---\n"),
            ),
            RoleScope::Namespace(namespace) => {
                let subject = (account, namespace);
                let own = binding("Role", (account, account), Some(namespace), subject);
                // Each namespace has a binding of its own to the ClusterRole, so that
                // schedules for several do not replace each other's.
                let further = self.cluster_role.map(|role| {
                    let name = format!("{account}-{namespace}");
                    binding("ClusterRole", (role, &name), None, subject)
                });
                let all = further.map_or(own.clone(), |further| format!("{own}---\n{further}"));
                (namespace, all, String::new())
            }
        };
        let words: Vec<_> = self.words.iter().map(|word| text(word)).collect();
        format!(
            "\
{told}{own_namespace}apiVersion: v1
kind: ServiceAccount
metadata:
  name: {account}
  namespace: {namespace}
automountServiceAccountToken: false
---
{roles}---
{bindings}---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {account}
  namespace: {namespace}
spec:
  schedule: \"{WHEN}\"
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 1800
      template:
        spec:
          serviceAccountName: {account}
          automountServiceAccountToken: true
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            seccompProfile:
              type: RuntimeDefault
          containers:
          - name: {container}
            image: {image}
            command: [kubectl-secretsafe]
            args: [{words}]
            securityContext:
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities:
                drop: [ALL]
            resources:
              requests:
                cpu: 100m
                memory: 64Mi
              limits:
                memory: 512Mi
",
            told = self.told,
            roles = self.roles,
            namespace = text(namespace),
            image = text(self.image),
            container = self.words.first().map_or("secretsafe", String::as_str),
            words = words.join(", "),
        )
    }
}

/// Gives a role to the ServiceAccount of a namespace, by a binding of a name.
fn binding(
    kind: &str,
    (role, name): (&str, &str),
    namespace: Option<&str>,
    (account, home): (&str, &str),
) -> String {
    let place = namespace.map_or(String::new(), |namespace| {
        format!("  namespace: {}\n", text(namespace))
    });
    format!(
        "\
apiVersion: rbac.authorization.k8s.io/v1
kind: {kind}Binding
metadata:
  name: {name}
{place}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {kind}
  name: {role}
subjects:
- kind: ServiceAccount
  name: {account}
  namespace: {home}
",
        home = text(home),
    )
}
