//! SS031: a mode that is not what it looks like.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::access::{Readable, effective_mode, readable};
use crate::workload::mode::{Slip, both_forms, slip};
use crate::workload::{Mode, Volume, Workload, files};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS031",
    name: "decimal-octal-slip",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "a file mode is written in decimal where octal was meant",
    why: "In YAML a number is octal only with a leading 0, and in JSON never. So `defaultMode: \
          400` is decimal and means 0620: the owner can write, the group can write too, and the \
          process that should read the file cannot. `644` and the like are above 511 (0777), and \
          `\"0400\"` is text: the API server refuses both.",
    remedy: "Write 0400 in YAML (without quotes) or 256 in JSON.",
    example: "volumes:\n- name: db\n  secret:\n    secretName: db\n    defaultMode: 400   # found; write: \
              0400\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go (0 to 0777); \
             cilium/cilium-cli#539",
};

/// One finding per volume.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, volume) in mounts::volumes(inventory) {
        let mut slips: Vec<(&Mode, Slip)> = Vec::new();
        for mode in files::modes(volume).iter().filter_map(|file| file.written) {
            let known = slips.iter().any(|(other, _)| other.site == mode.site);
            if let Some(slip) = slip(mode).filter(|_| !known) {
                slips.push((mode, slip));
            }
        }
        if !slips.is_empty() {
            results.report(found(inventory, workload, volume, &slips));
        }
    }
}

fn found(
    inventory: &Inventory,
    workload: &Workload,
    volume: &Volume,
    slips: &[(&Mode, Slip)],
) -> Finding {
    let refused = slips.iter().find(|(_, slip)| !is_taken(*slip));
    let message = refused
        .or(slips.first())
        .map(|(mode, slip)| format!("Volume {} {}.", volume.name.value, words(mode, *slip)));
    let mut finding = mounts::about(&RULE, workload, volume, message.unwrap_or_default()).severity(
        if refused.is_some() {
            Severity::Error
        } else {
            Severity::Warning
        },
    );
    for (mode, slip) in slips {
        finding = finding.at(workload.origin, &mode.site, label(*slip));
    }
    let right = slips.iter().filter_map(|(_, slip)| slip.meant());
    let is_well = right
        .clone()
        .all(|bits| is_well(inventory, workload, volume, bits));
    with_fix(finding, slips, is_well)
}

/// One change for all modes whose intended value is clear.
fn with_fix(finding: Finding, slips: &[(&Mode, Slip)], is_well: bool) -> Finding {
    let right: Vec<_> = slips
        .iter()
        .filter_map(|(mode, slip)| Some((*mode, slip.meant()?)))
        .collect();
    let Some((first, _)) = right.first() else {
        return finding.advise(
            "Write the mode in octal with a leading 0 (0400, 0440, 0444) in YAML, in decimal (256, \
             288, 292) in JSON.",
        );
    };
    let form = |meant: u32| match first.decimal_only {
        true => format!("{meant} (0{meant:o})"),
        false => both_forms(meant),
    };
    let modes: Vec<_> = right.iter().map(|(_, meant)| form(*meant)).collect();
    finding.fix(Fix::Patch {
        what: format!("Write mode {}.", listed(modes.iter().map(String::as_str))),
        operations: right
            .iter()
            .flat_map(|(mode, meant)| mounts::replace_mode(mode, *meant))
            .collect(),
        applies: if !is_well {
            Applies::Never
        } else if slips.iter().all(|(_, slip)| keeps_access(*slip)) {
            Applies::Safe
        } else {
            Applies::Unsafe(LOSES_ACCESS)
        },
    })
}

const LOSES_ACCESS: &str = "A process that reads or executes the files because of the unintended \
                            mode loses that access.";

/// Whether the intended mode causes no finding: every process can certainly read the files
/// (SS030), and not everybody can if a stricter mode is enough (SS032).
fn is_well(inventory: &Inventory, workload: &Workload, volume: &Volume, bits: u32) -> bool {
    const STRICT: u32 = 0o400;
    let owners: Vec<_> = files::modes(volume)
        .iter()
        .map(|file| file.owner(workload.origin))
        .collect();
    let mut mounters = workload
        .pod
        .mounters(&volume.name.value)
        .map(|(container, _)| mounts::process(inventory, workload, container));
    let mut strict_would_do = true;
    let is_read = mounters.all(|(process, fs_group)| {
        let can_read = |bits| {
            let mode = effective_mode(Some(bits), fs_group);
            let mut owners = owners.iter();
            owners.all(|owner| readable(mode, *owner, &process, fs_group) == Readable::Yes)
        };
        strict_would_do &= can_read(STRICT);
        can_read(bits)
    });
    is_read && !(strict_would_do && bits & 0o004 != 0 && bits & 0o111 == 0)
}

/// Whether whoever can read or execute a file can still do so with the intended mode. Nobody
/// reads what the API refuses. Writing fails with any mode, because the volume is mounted
/// read-only.
fn keeps_access(slip: Slip) -> bool {
    match slip {
        Slip::Decimal { meant, becomes } => becomes & 0o555 & !meant == 0,
        Slip::OutOfRange { .. } | Slip::NotANumber { .. } => true,
    }
}

/// Whether the API accepts it.
fn is_taken(slip: Slip) -> bool {
    matches!(slip, Slip::Decimal { .. })
}

fn words(mode: &Mode, slip: Slip) -> String {
    let written = &mode.lexeme;
    match slip {
        Slip::Decimal { becomes, .. } => {
            format!("has mode {written}, which is decimal and means {becomes:04o}")
        }
        Slip::OutOfRange { .. } => format!(
            "has mode {written}, which is decimal and not between 0 and 511 (0777): the API \
             server refuses it"
        ),
        Slip::NotANumber { .. } => {
            format!("has mode {written:?}, which is text, not a number: the API server refuses it")
        }
    }
}

fn label(slip: Slip) -> String {
    match slip {
        Slip::Decimal { meant, becomes } => {
            format!("decimal for {becomes:04o}; {meant:04o} was probably meant")
        }
        Slip::OutOfRange { .. } => "above 511 (0777), or below 0".to_owned(),
        Slip::NotANumber { .. } => "text, not a number".to_owned(),
    }
}
