//! The rules. One file per rule: a description and a pure function.
//!
//! To add one: write `checks/ssNNN_its_name.rs` after the pattern of
//! `ss006_namespaced_secret_name.rs`, declare it and list it in [`CHECKS`], put a manifest that
//! it must find and one that it must not find into `tests/checks/SSNNN/`, run `UPDATE_GENERATED=1
//! cargo test --test generated`, and describe it in the CHANGELOG.

mod access;
mod account;
mod content;
mod csi;
mod external;
mod file_sources;
mod missing_key;
mod mount_writes;
mod mounted_folders;
mod mounts;
mod next_step;
mod not_ready;
pub mod page;
mod plaintext;
mod plaintext_secret;
mod pull;
mod resolve;
mod sealed;
mod stale;
mod strict_files;
mod template_fields;
mod token_secret;
mod value_sources;
mod volume_files;
mod written_keys;

pub mod ss001_secret_not_found;
pub mod ss002_secret_in_other_namespace;
pub mod ss003_env_key_missing;
pub mod ss004_volume_key_missing;
pub mod ss005_near_miss;
pub mod ss006_namespaced_secret_name;
pub mod ss007_optional_and_missing;
pub mod ss008_envfrom_unusable_names;
pub mod ss009_duplicate_env_name;
pub mod ss010_env_shadowing;
pub mod ss011_unresolved_variable_reference;
pub mod ss012_secret_in_argv;
pub mod ss013_secret_as_env;
pub mod ss014_plaintext_credential_env;
pub mod ss015_plaintext_secret_manifest;
pub mod ss016_partial_document;
pub mod ss017_kustomization_not_built;
pub mod ss018_name_gets_hash;
pub mod ss019_kubectl_cannot_read;
pub mod ss020_secret_blocks_start;
pub mod ss021_secret_cache_timeout;
pub mod ss022_producer_not_ready;
pub mod ss023_pull_secret_missing;
pub mod ss024_pull_secret_wrong_type;
pub mod ss025_pull_secret_host_mismatch;
pub mod ss026_pull_secret_not_on_pod;
pub mod ss027_legacy_token_secret_expected;
pub mod ss028_nonroot_verification;
pub mod ss030_secret_file_unreadable;
pub mod ss031_decimal_octal_slip;
pub mod ss032_secret_file_world_readable;
pub mod ss033_strict_mode_consumer;
pub mod ss034_secret_subpath;
pub mod ss035_token_path_conflict;
pub mod ss036_mount_nested_in_readonly;
pub mod ss037_mount_hides_image_content;
pub mod ss038_mountpath_collision;
pub mod ss039_dangling_volume;
pub mod ss040_write_into_secret_mount;
pub mod ss041_windows_plain_disk;
pub mod ss042_projected_collision;
pub mod ss043_bad_volume_name;
pub mod ss044_readonly_not_declared;
pub mod ss045_both_x_and_x_file;
pub mod ss046_x_file_without_mount;
pub mod ss047_malformed_reference;
pub mod ss048_type_keys_missing;
pub mod ss049_file_variable_not_read;
pub mod ss050_stale_env;
pub mod ss051_stale_subpath;
pub mod ss052_mixed_generation;
pub mod ss053_reload_not_guaranteed;
pub mod ss054_paused_deployment;
pub mod ss055_immutable_recreated;
pub mod ss056_restart_ineffective_strategy;
pub mod ss057_gitops_would_revert;
pub mod ss058_last_applied_leak;
pub mod ss060_trailing_newline;
pub mod ss061_double_base64;
pub mod ss062_tls_pair_mismatch;
pub mod ss063_tls_expiry;
pub mod ss064_tls_wrong_type_or_keys;
pub mod ss065_tls_chain;
pub mod ss066_immutable_field_change;
pub mod ss067_dockerconfig_malformed;
pub mod ss068_empty_value;
pub mod ss069_size_limit;
pub mod ss070_stringdata_under_apply;
pub mod ss071_invalid_base64_in_data;
pub mod ss072_invalid_key_or_name;
pub mod ss073_non_string_value;
pub mod ss074_data_stringdata_overlap;
pub mod ss075_unused_secret;
pub mod ss076_placeholder_value;
pub mod ss077_long_lived_sa_token;
pub mod ss078_crlf_bom_invisible;
pub mod ss079_credential_in_configmap;
pub mod ss080_ingress_tls_secret;
pub mod ss081_gateway_reference_grant;
pub mod ss082_ingress_annotation_secret;
pub mod ss083_value_shared_between_namespaces;
pub mod ss084_low_entropy_value;
pub mod ss085_old_api_version;
pub mod ss086_recreate_strategy_risk;
pub mod ss087_no_undo;
pub mod ss088_key_older_than_allowed;
pub mod ss089_guessable_digest;
pub mod ss090_broad_secret_rbac;
pub mod ss091_workload_can_read_secrets;
pub mod ss092_token_automount;
pub mod ss093_doctor_blind;
pub mod ss094_encryption_at_rest_unknown;
pub mod ss095_exec_create_equals_read;
pub mod ss097_variable_not_text;
pub mod ss098_not_ready_since_write;
pub mod ss099_unknown_kind;
pub mod ss100_sealedsecret_not_synced;
pub mod ss101_sealed_scope_mismatch;
pub mod ss102_sealed_renamed;
pub mod ss103_sealed_target_unmanaged;
pub mod ss104_produced_keys_mismatch;
pub mod ss105_sealed_plaintext_beside;
pub mod ss110_externalsecret_not_ready;
pub mod ss111_eso_api_version;
pub mod ss112_eso_store_missing;
pub mod ss113_eso_clusterstore_namespace;
pub mod ss114_eso_clusterstore_conditions;
pub mod ss115_eso_merge_target_missing;
pub mod ss116_eso_no_refresh;
pub mod ss117_pushsecret_readonly_store;
pub mod ss118_eso_generator_renews;
pub mod ss119_eso_template_engine;
pub mod ss120_spc_missing;
pub mod ss121_csi_synced_secret_unmounted;
pub mod ss122_csi_rotation_gap;
pub mod ss123_csi_object_unlisted;

use jiff::SignedDuration;

use crate::finding::{Results, Rule};
use crate::inventory::Inventory;
use crate::workload::file_convention::Conventions;

/// How to judge.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How long a key may go unwritten (`--max-age`).
    pub max_age: Option<SignedDuration>,
    /// Which variables images read from files.
    pub conventions: Conventions,
}

/// A rule and the function that looks for it.
pub struct Check {
    pub rule: &'static Rule,
    /// Runs the rule on everything that was gathered.
    pub run: fn(&Inventory, &Settings, &mut Results),
}

macro_rules! checks {
    ($($id:ident = $module:ident),* $(,)?) => {
        /// All rules, sorted by id.
        pub static CHECKS: &[Check] = &[
            $(Check { rule: &$module::RULE, run: $module::check }),*
        ];

        /// The rules by their ids, so that one rule can name another without knowing its file.
        #[expect(unused_imports, reason = "few are named by others")]
        mod table {
            $(pub(super) use super::$module::RULE as $id;)*
        }
    };
}

checks! {
    SS001 = ss001_secret_not_found,
    SS002 = ss002_secret_in_other_namespace,
    SS003 = ss003_env_key_missing,
    SS004 = ss004_volume_key_missing,
    SS005 = ss005_near_miss,
    SS006 = ss006_namespaced_secret_name,
    SS007 = ss007_optional_and_missing,
    SS008 = ss008_envfrom_unusable_names,
    SS009 = ss009_duplicate_env_name,
    SS010 = ss010_env_shadowing,
    SS011 = ss011_unresolved_variable_reference,
    SS012 = ss012_secret_in_argv,
    SS013 = ss013_secret_as_env,
    SS014 = ss014_plaintext_credential_env,
    SS015 = ss015_plaintext_secret_manifest,
    SS016 = ss016_partial_document,
    SS017 = ss017_kustomization_not_built,
    SS018 = ss018_name_gets_hash,
    SS019 = ss019_kubectl_cannot_read,
    SS020 = ss020_secret_blocks_start,
    SS021 = ss021_secret_cache_timeout,
    SS022 = ss022_producer_not_ready,
    SS023 = ss023_pull_secret_missing,
    SS024 = ss024_pull_secret_wrong_type,
    SS025 = ss025_pull_secret_host_mismatch,
    SS026 = ss026_pull_secret_not_on_pod,
    SS027 = ss027_legacy_token_secret_expected,
    SS028 = ss028_nonroot_verification,
    SS030 = ss030_secret_file_unreadable,
    SS031 = ss031_decimal_octal_slip,
    SS032 = ss032_secret_file_world_readable,
    SS033 = ss033_strict_mode_consumer,
    SS034 = ss034_secret_subpath,
    SS035 = ss035_token_path_conflict,
    SS036 = ss036_mount_nested_in_readonly,
    SS037 = ss037_mount_hides_image_content,
    SS038 = ss038_mountpath_collision,
    SS039 = ss039_dangling_volume,
    SS040 = ss040_write_into_secret_mount,
    SS041 = ss041_windows_plain_disk,
    SS042 = ss042_projected_collision,
    SS043 = ss043_bad_volume_name,
    SS044 = ss044_readonly_not_declared,
    SS045 = ss045_both_x_and_x_file,
    SS046 = ss046_x_file_without_mount,
    SS047 = ss047_malformed_reference,
    SS048 = ss048_type_keys_missing,
    SS049 = ss049_file_variable_not_read,
    SS050 = ss050_stale_env,
    SS051 = ss051_stale_subpath,
    SS052 = ss052_mixed_generation,
    SS053 = ss053_reload_not_guaranteed,
    SS054 = ss054_paused_deployment,
    SS055 = ss055_immutable_recreated,
    SS056 = ss056_restart_ineffective_strategy,
    SS057 = ss057_gitops_would_revert,
    SS058 = ss058_last_applied_leak,
    SS060 = ss060_trailing_newline,
    SS061 = ss061_double_base64,
    SS062 = ss062_tls_pair_mismatch,
    SS063 = ss063_tls_expiry,
    SS064 = ss064_tls_wrong_type_or_keys,
    SS065 = ss065_tls_chain,
    SS066 = ss066_immutable_field_change,
    SS067 = ss067_dockerconfig_malformed,
    SS068 = ss068_empty_value,
    SS069 = ss069_size_limit,
    SS070 = ss070_stringdata_under_apply,
    SS071 = ss071_invalid_base64_in_data,
    SS072 = ss072_invalid_key_or_name,
    SS073 = ss073_non_string_value,
    SS074 = ss074_data_stringdata_overlap,
    SS075 = ss075_unused_secret,
    SS076 = ss076_placeholder_value,
    SS077 = ss077_long_lived_sa_token,
    SS078 = ss078_crlf_bom_invisible,
    SS079 = ss079_credential_in_configmap,
    SS080 = ss080_ingress_tls_secret,
    SS081 = ss081_gateway_reference_grant,
    SS082 = ss082_ingress_annotation_secret,
    SS083 = ss083_value_shared_between_namespaces,
    SS084 = ss084_low_entropy_value,
    SS085 = ss085_old_api_version,
    SS086 = ss086_recreate_strategy_risk,
    SS087 = ss087_no_undo,
    SS088 = ss088_key_older_than_allowed,
    SS089 = ss089_guessable_digest,
    SS090 = ss090_broad_secret_rbac,
    SS091 = ss091_workload_can_read_secrets,
    SS092 = ss092_token_automount,
    SS093 = ss093_doctor_blind,
    SS094 = ss094_encryption_at_rest_unknown,
    SS095 = ss095_exec_create_equals_read,
    SS097 = ss097_variable_not_text,
    SS098 = ss098_not_ready_since_write,
    SS099 = ss099_unknown_kind,
    SS100 = ss100_sealedsecret_not_synced,
    SS101 = ss101_sealed_scope_mismatch,
    SS102 = ss102_sealed_renamed,
    SS103 = ss103_sealed_target_unmanaged,
    SS104 = ss104_produced_keys_mismatch,
    SS105 = ss105_sealed_plaintext_beside,
    SS110 = ss110_externalsecret_not_ready,
    SS111 = ss111_eso_api_version,
    SS112 = ss112_eso_store_missing,
    SS113 = ss113_eso_clusterstore_namespace,
    SS114 = ss114_eso_clusterstore_conditions,
    SS115 = ss115_eso_merge_target_missing,
    SS116 = ss116_eso_no_refresh,
    SS117 = ss117_pushsecret_readonly_store,
    SS118 = ss118_eso_generator_renews,
    SS119 = ss119_eso_template_engine,
    SS120 = ss120_spc_missing,
    SS121 = ss121_csi_synced_secret_unmounted,
    SS122 = ss122_csi_rotation_gap,
    SS123 = ss123_csi_object_unlisted,
}

/// A retired rule. Its id is never reused.
#[derive(Debug, PartialEq, Eq)]
pub struct Retired {
    /// `SS059`.
    pub id: &'static str,
    pub name: &'static str,
    /// The id of the rule that replaces it.
    pub told_by: &'static str,
    pub why: &'static str,
}

/// Retired rules, sorted by id.
pub static RETIRED: &[Retired] = &[Retired {
    id: "SS059",
    name: "plaintext-secret-in-files",
    told_by: "SS015",
    why: "SS015 reports the same: readable values of a Secret in a file.",
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
