//! Manifests that run the audit every week.

use crate::api::{AUDIT_CLUSTER_ROLE, AUDIT_ROLE, RoleScope, audit_roles};
use crate::command_line::quoted;
use crate::error::CommandError;
use crate::secret::key::check_object_name;
use crate::workload::selector::Selector;

use super::AuditArgs;
use super::arguments::Schedule;

/// Early on Mondays, and not when everything else runs.
const WHEN: &str = "17 5 * * 1";

/// # Errors
/// Status 2 when a CronJob has no image.
pub(super) fn print(
    kind: Schedule,
    args: &AuditArgs,
    scope: RoleScope<'_>,
) -> Result<String, CommandError> {
    check(args, scope)?;
    let words = words(args, scope);
    match (kind, &args.image) {
        (Schedule::Ci, _) => Ok(workflow(&words)),
        (Schedule::Cronjob, Some(image)) => Ok(cron_job(image, &words, scope)),
        (Schedule::Cronjob, None) => Err(CommandError::usage("--schedule requires --image").hint(
            "Name an image that has kubectl-secretsafe in its PATH, or print a workflow with --schedule=ci.",
        )),
    }
}

/// Refuses what would not be one word in a script or a manifest.
fn check(args: &AuditArgs, scope: RoleScope<'_>) -> Result<(), CommandError> {
    if let RoleScope::Namespace(namespace) = scope {
        check_object_name(namespace).map_err(|_| {
            CommandError::usage("invalid namespace").hint("Name another one with -n.")
        })?;
    }
    let Some(labels) = &args.selector else {
        return Ok(());
    };
    Selector::parse(labels).map_err(CommandError::usage)?;
    let is_usual = |c: char| c.is_ascii_alphanumeric() || " -_./=!,()".contains(c);
    match labels.chars().all(is_usual) {
        true => Ok(()),
        false => Err(CommandError::usage("-l: invalid labels")
            .hint("Labels consist of letters, digits, '-', '_', '.' and '/'.")),
    }
}

/// The command line of the audit.
fn words(args: &AuditArgs, scope: RoleScope<'_>) -> Vec<String> {
    let mut words = vec!["audit".to_owned()];
    match scope {
        RoleScope::Cluster => words.push("-A".to_owned()),
        RoleScope::Namespace(namespace) => words.push(format!("--namespace={namespace}")),
    }
    let minutes = args.max_age.as_mins();
    words.push(match (minutes % 1440, minutes % 60) {
        (0, _) => format!("--max-age={}d", minutes / 1440),
        (_, 0) => format!("--max-age={}h", minutes / 60),
        _ => format!("--max-age={minutes}m"),
    });
    words.extend(
        args.selector
            .iter()
            .map(|labels| format!("--selector={labels}")),
    );
    words
}

/// A string in YAML, whatever is in it.
fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn cron_job(image: &str, words: &[String], scope: RoleScope<'_>) -> String {
    let (namespace, bindings) = match scope {
        RoleScope::Cluster => (
            AUDIT_ROLE,
            binding("ClusterRole", (AUDIT_ROLE, AUDIT_ROLE), None, AUDIT_ROLE),
        ),
        // Each namespace has a binding of its own to the ClusterRole, so that schedules for
        // several do not replace each other's.
        RoleScope::Namespace(namespace) => (
            namespace,
            format!(
                "{}---\n{}",
                binding("Role", (AUDIT_ROLE, AUDIT_ROLE), Some(namespace), namespace),
                binding(
                    "ClusterRole",
                    (AUDIT_CLUSTER_ROLE, &format!("{AUDIT_ROLE}-{namespace}")),
                    None,
                    namespace
                )
            ),
        ),
    };
    let own_namespace = match scope {
        RoleScope::Cluster => {
            format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n---\n")
        }
        RoleScope::Namespace(_) => String::new(),
    };
    let words: Vec<_> = words.iter().map(|word| text(word)).collect();
    format!(
        "\
# A Job that fails has found values that are overdue (status 1), or could not check
# everything (status 3). Its log is the report.
{own_namespace}apiVersion: v1
kind: ServiceAccount
metadata:
  name: {AUDIT_ROLE}
  namespace: {namespace}
automountServiceAccountToken: false
---
{roles}---
{bindings}---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {AUDIT_ROLE}
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
          serviceAccountName: {AUDIT_ROLE}
          automountServiceAccountToken: true
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            seccompProfile:
              type: RuntimeDefault
          containers:
          - name: audit
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
                memory: 256Mi
",
        namespace = text(namespace),
        roles = audit_roles(scope),
        image = text(image),
        words = words.join(", "),
    )
}

/// Gives a role to the ServiceAccount of a namespace, by a binding of a name.
fn binding(
    kind: &str,
    (role, name): (&str, &str),
    namespace: Option<&str>,
    account: &str,
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
  name: {AUDIT_ROLE}
  namespace: {account}
",
        account = text(account),
    )
}

fn workflow(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    let command = format!(
        "kubectl-secretsafe {} -o text -o csv=secrets.csv -o html=secrets.html",
        words.join(" ")
    );
    format!(
        "\
# .github/workflows/secrets.yaml, for a runner that has kubectl-secretsafe. It fails when values are overdue (status 1) or when not
# everything could be checked (status 3). KUBECONFIG_FILE is a secret of the repository: a
# kubeconfig whose user has the roles of: kubectl secretsafe audit --print-rbac
name: secrets
on:
  schedule:
  - cron: \"{WHEN}\"
  workflow_dispatch:
permissions: {{}}
jobs:
  audit:
    runs-on: ubuntu-latest
    steps:
    - name: Audit
      env:
        KUBECONFIG_FILE: ${{{{ secrets.KUBECONFIG_FILE }}}}
      run: |
        umask 077
        printf '%s' \"$KUBECONFIG_FILE\" > \"$RUNNER_TEMP/kubeconfig\"
        export KUBECONFIG=\"$RUNNER_TEMP/kubeconfig\"
        trap 'rm -f \"$KUBECONFIG\"' EXIT
        {command}
    - name: Keep the report
      if: always()
      uses: actions/upload-artifact@v4
      with:
        name: secrets
        path: |
          secrets.csv
          secrets.html
"
    )
}
