//! `--trust-overlap`: a CA is not swapped together with the certificates that it signs.

use std::collections::BTreeMap;

use crate::error::{CommandError, ExitStatus};
use crate::secret::source::Entry;
use crate::secret::stored::StoredSecret;
use crate::secret::{KeyName, tls};
use crate::ui::Ui;

use super::arguments::{Format, RotateArgs, TrustStep, ValueArgs};

const CA: &str = "ca.crt";
const CERTIFICATE: &str = "tls.crt";

/// The steps, in order.
const STEPS: [(TrustStep, &str); 3] = [
    (TrustStep::Both, "step 1 of 3: both CAs are trusted"),
    (TrustStep::Leaf, "step 2 of 3: the new certificate"),
    (TrustStep::Drop, "step 3 of 3: only the new CA is trusted"),
];

/// Runs the three rotations, each one only if the one before has ended well.
///
/// # Errors
/// Of the first one that fails: it is taken back, and those before it stay.
pub(super) async fn steps(args: RotateArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if args.result.output != Format::Text {
        return Err(CommandError::usage(
            "--trust-overlap makes three rotations, and one document cannot hold them; use -o text",
        ));
    }
    let mut status = ExitStatus::Ok;
    for (number, (step, words)) in STEPS.into_iter().enumerate() {
        ui.note(words);
        let mut one = args.clone();
        one.value.trust_step = Some(step);
        one.result.yes |= number > 0;
        if let Some(path) = &args.result.receipt {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            one.result.receipt = Some(path.with_file_name(format!("{}-{name}", number + 1)));
        }
        status = super::one(one, ui).await.map_err(|error| match number {
            0 => error,
            _ => CommandError::new(
                ExitStatus::Partial,
                format!(
                    "{words} failed, and the steps before it stay: {}",
                    error.message()
                ),
            )
            .hints(error.next_steps().to_vec()),
        })?;
        if status != ExitStatus::Ok {
            break;
        }
    }
    Ok(status)
}

/// Leaves what a step changes.
///
/// # Errors
/// Status 2 where a part of the pair is missing.
pub(super) fn limit(
    entries: &mut BTreeMap<KeyName, Entry>,
    stored: &[StoredSecret],
    step: TrustStep,
) -> Result<(), CommandError> {
    let needed = [CA, CERTIFICATE, "tls.key"];
    let has = |name: &str| entries.keys().any(|key| key.as_str() == name);
    if stored.len() != 1 || !needed.iter().all(|name| has(name)) {
        return Err(CommandError::usage(
            "--trust-overlap needs one Secret and new values for ca.crt, tls.crt and tls.key; nothing was changed",
        ));
    }
    let is_ca = |key: &KeyName| key.as_str() == CA;
    match step {
        TrustStep::Leaf => entries.retain(|key, _| !is_ca(key)),
        TrustStep::Drop => entries.retain(|key, _| is_ca(key)),
        TrustStep::Both => {
            entries.retain(|key, _| is_ca(key));
            let old = stored[0].data.iter().find(|(key, _)| is_ca(key));
            if let (Some(entry), Some((_, old))) = (entries.values_mut().next(), old) {
                entry.value = tls::both(&entry.value, old);
            }
        }
    }
    Ok(())
}

/// Refuses to swap both in one step.
///
/// # Errors
/// Status 2.
pub(super) fn check(keys: &[&KeyName], args: &ValueArgs) -> Result<(), CommandError> {
    let changes = |name: &str| keys.iter().any(|key| key.as_str() == name);
    if !changes(CA) || !changes(CERTIFICATE) || args.accept_ca_swap {
        return Ok(());
    }
    Err(CommandError::usage(
        "the CA and the certificate would change in one step: consumers that talk to each other would not trust each other until all are restarted; nothing was changed",
    )
    .hint("Add --trust-overlap, which trusts both CAs during the change, or --accept-ca-swap if no consumer checks the certificate of another."))
}
