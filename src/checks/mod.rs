//! The rules. One file a rule: a description and a pure function.
//!
//! To add one: write `checks/ssNNN_its_name.rs` after the pattern of
//! `ss006_namespaced_secret_name.rs`, list it in [`CHECKS`], put a manifest
//! that it must find and one that it must not into `tests/checks/SSNNN/`, run
//! `UPDATE_GENERATED=1 cargo test --test generated`, and describe it in the
//! CHANGELOG.

mod access;
mod account;
mod content;
mod mounts;
mod not_ready;
pub mod page;
mod plaintext;
mod pull;
mod resolve;
mod stale;

use crate::finding::{Results, Rule};
use crate::inventory::Inventory;

/// A rule and the function that looks for it.
pub struct Check {
    /// The description.
    pub rule: &'static Rule,
    /// Looks at everything that was gathered.
    pub run: fn(&Inventory, &mut Results),
}

macro_rules! checks {
    ($($module:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// All rules, sorted by id.
        pub static CHECKS: &[Check] = &[
            $(Check { rule: &$module::RULE, run: $module::check }),*
        ];
    };
}

checks! {
    ss001_secret_not_found,
    ss002_secret_in_other_namespace,
    ss003_env_key_missing,
    ss004_volume_key_missing,
    ss005_near_miss,
    ss006_namespaced_secret_name,
    ss007_optional_and_missing,
    ss008_envfrom_unusable_names,
    ss009_duplicate_env_name,
    ss010_env_shadowing,
    ss011_unresolved_variable_reference,
    ss012_secret_in_argv,
    ss013_secret_as_env,
    ss014_plaintext_credential_env,
    ss015_plaintext_secret_manifest,
    ss016_partial_document,
    ss017_kustomization_not_built,
    ss018_name_gets_hash,
    ss019_kubectl_cannot_read,
    ss020_secret_blocks_start,
    ss021_secret_cache_timeout,
    ss022_producer_not_ready,
    ss023_pull_secret_missing,
    ss024_pull_secret_wrong_type,
    ss025_pull_secret_host_mismatch,
    ss026_pull_secret_not_on_pod,
    ss027_legacy_token_secret_expected,
    ss028_nonroot_verification,
    ss030_secret_file_unreadable,
    ss031_decimal_octal_slip,
    ss032_secret_file_world_readable,
    ss033_strict_mode_consumer,
    ss034_secret_subpath,
    ss035_token_path_conflict,
    ss036_mount_nested_in_readonly,
    ss037_mount_hides_image_content,
    ss038_mountpath_collision,
    ss039_dangling_volume,
    ss040_write_into_secret_mount,
    ss041_windows_plain_disk,
    ss042_projected_collision,
    ss043_bad_volume_name,
    ss044_readonly_not_declared,
    ss045_both_x_and_x_file,
    ss046_x_file_without_mount,
    ss047_malformed_reference,
    ss048_type_keys_missing,
    ss049_file_variable_not_read,
    ss050_stale_env,
    ss051_stale_subpath,
    ss052_mixed_generation,
    ss053_reload_not_guaranteed,
    ss054_paused_deployment,
    ss055_immutable_recreated,
    ss056_restart_ineffective_strategy,
    ss057_gitops_would_revert,
    ss058_last_applied_leak,
    ss060_trailing_newline,
    ss061_double_base64,
    ss062_tls_pair_mismatch,
    ss063_tls_expiry,
    ss064_tls_wrong_type_or_keys,
    ss065_tls_chain,
    ss066_immutable_field_change,
    ss067_dockerconfig_malformed,
    ss068_empty_value,
    ss069_size_limit,
    ss070_stringdata_under_apply,
    ss071_invalid_base64_in_data,
    ss072_invalid_key_or_name,
    ss073_non_string_value,
    ss074_data_stringdata_overlap,
    ss075_unused_secret,
    ss076_placeholder_value,
    ss077_long_lived_sa_token,
    ss078_crlf_bom_invisible,
    ss079_credential_in_configmap,
    ss080_ingress_tls_secret,
    ss081_gateway_reference_grant,
    ss082_ingress_annotation_secret,
    ss083_value_shared_between_namespaces,
    ss084_low_entropy_value,
    ss085_old_api_version,
    ss086_recreate_strategy_risk,
    ss087_no_undo,
    ss088_key_older_than_allowed,
    ss089_guessable_digest,
    ss090_broad_secret_rbac,
    ss091_workload_can_read_secrets,
    ss092_token_automount,
    ss093_doctor_blind,
    ss094_encryption_at_rest_unknown,
    ss095_exec_create_equals_read,
    ss097_variable_not_text,
    ss098_not_ready_since_write,
}

/// A rule that is no more. Its id never gets another meaning.
#[derive(Debug, PartialEq, Eq)]
pub struct Retired {
    /// `SS059`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The id of the rule that tells it now.
    pub told_by: &'static str,
    /// Why: one sentence.
    pub why: &'static str,
}

/// Rules that are no more, sorted by id.
pub static RETIRED: &[Retired] = &[Retired {
    id: "SS059",
    name: "plaintext-secret-in-files",
    told_by: "SS015",
    why: "SS015 looks for the same: readable values of a Secret in a file.",
}];

/// The retired rule of an id (any case) or a name.
pub fn find_retired(text: &str) -> Option<&'static Retired> {
    RETIRED
        .iter()
        .find(|rule| rule.id.eq_ignore_ascii_case(text) || rule.name == text)
}

/// The rule of an id (`SS006`, any case) or a name.
pub fn find(text: &str) -> Option<&'static Rule> {
    CHECKS
        .iter()
        .map(|check| check.rule)
        .find(|rule| rule.id.eq_ignore_ascii_case(text) || rule.name == text)
}
