//! What runs the audit every week.

use crate::api::{AUDIT_CLUSTER_ROLE, AUDIT_ROLE, RoleScope, audit_roles};
use crate::command_line::quoted;
use crate::commands::schedule::{CronJob, WHEN, check_image, check_scope, scope_word};
use crate::error::CommandError;
use crate::workload::selector::Selector;

use super::AuditArgs;
use super::arguments::Schedule;

const TOLD: &str = "\
# A Job that fails has found values that are overdue (status 1), or could not check
# everything (status 3). Its log is the report.
";

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
        (Schedule::Cronjob, Some(image)) => Ok(CronJob {
            account: AUDIT_ROLE,
            scope,
            roles: audit_roles(scope),
            cluster_role: Some(AUDIT_CLUSTER_ROLE),
            image,
            words: &words,
            told: TOLD,
        }
        .manifests()),
        (Schedule::Cronjob, None) => Err(CommandError::usage("--schedule requires --image").hint(
            "Name an image that has kubectl-secretsafe in its PATH, or print a workflow with --schedule=ci.",
        )),
    }
}

/// Refuses what would not be one word in a script or a manifest.
fn check(args: &AuditArgs, scope: RoleScope<'_>) -> Result<(), CommandError> {
    check_scope(scope)?;
    if let Some(image) = &args.image {
        check_image(image)?;
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
    let mut words = vec!["audit".to_owned(), scope_word(scope)];
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

fn workflow(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    let command = format!(
        "kubectl-secretsafe {} -o text -o csv=secrets.csv -o html=secrets.html",
        words.join(" ")
    );
    format!(
        "\
# .github/workflows/secrets.yaml, for a runner that has kubectl-secretsafe. It fails when
# values are overdue (status 1) or when not everything could be checked (status 3). KUBECONFIG_FILE is a secret of the repository: a
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
      uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
      with:
        name: secrets
        path: |
          secrets.csv
          secrets.html
"
    )
}
