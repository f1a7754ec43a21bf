//! Proof on the user's own machine that a value leaves no trace: `create` is run with a
//! made-up value, and looked at from outside while it holds the value and after its end.
//! A control that leaks the same way shows that each look would have noticed.

mod holder;
mod looks;

use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::editor::residue::{self, Limits};
use crate::secret::SecretValue;
use crate::secret::traces::Traces;
use crate::signals::Postponed;

use holder::Holder;

/// What is run, for words about it.
pub const COMMAND: &str = "create --stdin --dry-run";

/// Where is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/proc/PID/cmdline`, which `ps` shows.
    CommandLine,
    /// `/proc/PID/environ`.
    Environment,
    /// What the process has open, named or not.
    OpenFiles,
    /// Standard output and standard error, with all the messages there are.
    Output,
    /// Files of the user that changed meanwhile: temporary ones, histories, logs.
    Files,
    /// A core dump when it is killed by a signal that makes one.
    CoreDump,
    /// The journal of the system.
    Journal,
}

/// What one look showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// The value is not there. With what was looked at, if that is a number.
    Nothing(Option<String>),
    /// It is there.
    Found(String),
    /// The system itself keeps others from looking, and how.
    Closed(String),
    /// There is no such place on this machine, and why.
    NoSuchPlace(String),
    /// It could not be looked at, and why.
    NotLooked(String),
}

/// A place, with what was seen of the program and of the control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub place: Place,
    pub program: Look,
    pub control: Look,
}

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No trace, and one would have been noticed; or nobody can look, or there is no such
    /// place.
    Clean,
    Trace,
    /// Nothing follows from it.
    NotShown,
}

impl Row {
    pub fn verdict(&self) -> Verdict {
        match (&self.program, &self.control) {
            (Look::Found(_), _) => Verdict::Trace,
            (Look::Nothing(_) | Look::Closed(_), Look::Found(_)) => Verdict::Clean,
            // What even a program without protection does not leave on this machine.
            (Look::Nothing(_) | Look::NoSuchPlace(_), Look::NoSuchPlace(_)) => Verdict::Clean,
            _ => Verdict::NotShown,
        }
    }
}

/// Whether the control may leave a core dump where the system collects them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dumps {
    OwnDirectoryOnly,
    Anywhere,
}

/// Looks everywhere. `program` is this program's own file.
///
/// # Errors
/// When the program or the control cannot be run, or the run is interrupted.
pub fn leak(program: &Path, dumps: Dumps) -> io::Result<Vec<Row>> {
    // Files of the run are removed whatever signal comes.
    let signals = Postponed::new()?;
    let go_on = || match signals.has_arrived() {
        true => Err(io::Error::from(io::ErrorKind::Interrupted)),
        false => Ok(()),
    };
    let since = SystemTime::now();
    let (value, other) = (marker()?, marker()?);
    let folder = tempfile::tempdir()?;
    let subjects = [
        (&value, Holder::program(program, &value, folder.path())?),
        (&other, Holder::control(&other, folder.path())?),
    ];
    let mut looks = Vec::new();
    for (marker, holder) in subjects {
        let traces = traces(marker);
        holder.wait_until_held()?;
        let mut seen = looks::at_process(holder.id(), &traces);
        let output = holder.end()?;
        seen.push((Place::Output, looks::at_bytes(&output, &traces)));
        looks.push((traces, seen));
        go_on()?;
    }
    // The control's file is there while files are searched.
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(other.as_bytes())?;
    let here = std::env::current_dir().into_iter();
    let further: Vec<_> = here.chain(["/var/log".into()]).collect();
    for (traces, seen) in &mut looks {
        let gives_up = || signals.has_arrived();
        let found = residue::search(&further, traces, since, Limits::LONG, &gives_up);
        seen.push((Place::Files, looks::at_files(&found)));
        go_on()?;
    }
    let cores = [
        looks::at_core(Holder::program(program, &value, folder.path())?)?,
        looks::at_core_of_control(&other, folder.path(), dumps)?,
    ];
    let logged = looks::log(&other);
    for ((traces, seen), core) in looks.iter_mut().zip(cores) {
        seen.push((Place::CoreDump, core));
        seen.push((Place::Journal, looks::at_journal(since, traces, &logged)));
    }
    go_on()?;
    let mut looks = looks.into_iter().map(|(_, seen)| seen);
    let program = looks.next().unwrap_or_default();
    let control = looks.next().unwrap_or_default();
    let rows = program.into_iter().zip(control);
    Ok(rows
        .map(|((place, program), (_, control))| Row {
            place,
            program,
            control,
        })
        .collect())
}

/// A made-up value: nobody's secret.
fn marker() -> io::Result<String> {
    let mut random = [0; 21];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
    let letters = random.map(|byte| char::from(b'a' + byte % 26));
    Ok(letters.iter().collect())
}

/// The value as it is, in base64 wherever it begins in a text that is encoded, and in
/// hexadecimal digits.
fn traces(marker: &str) -> Traces {
    let mut forms = vec![marker.to_owned()];
    for before in 0..3 {
        let text = "x".repeat(before) + marker;
        let digits = BASE64_STANDARD.encode(text);
        // Without the digits that depend on what stands around it.
        let whole = digits.len() - if digits.ends_with('=') { 4 } else { 0 };
        let first = if before == 0 { 0 } else { 4 };
        forms.push(digits[first..whole].to_owned());
    }
    forms.push(marker.bytes().map(|byte| format!("{byte:02x}")).collect());
    let forms: Vec<_> = forms
        .into_iter()
        .map(|form| SecretValue::from_bytes(form.into_bytes()))
        .collect();
    let mut traces = Traces::default();
    traces.add(&forms);
    traces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_clean_without_a_control_that_was_noticed() {
        let verdict = |program: &Look, control: &Look| {
            Row {
                place: Place::Files,
                program: program.clone(),
                control: control.clone(),
            }
            .verdict()
        };
        let nothing = Look::Nothing(None);
        let found = Look::Found("x".to_owned());
        let not = Look::NotLooked("x".to_owned());
        let no_place = Look::NoSuchPlace("x".to_owned());
        let closed = Look::Closed("x".to_owned());
        assert_eq!(verdict(&nothing, &found), Verdict::Clean);
        assert_eq!(verdict(&closed, &found), Verdict::Clean);
        assert_eq!(verdict(&closed, &closed), Verdict::NotShown);
        assert_eq!(verdict(&nothing, &nothing), Verdict::NotShown);
        assert_eq!(verdict(&nothing, &not), Verdict::NotShown);
        assert_eq!(verdict(&not, &found), Verdict::NotShown);
        assert_eq!(verdict(&found, &nothing), Verdict::Trace);
        assert_eq!(verdict(&no_place, &no_place), Verdict::Clean);
        assert_eq!(verdict(&nothing, &no_place), Verdict::Clean);
    }

    #[test]
    fn encoded_values_are_found_wherever_they_begin() {
        let marker = marker().unwrap();
        let finder = traces(&marker).finder().unwrap();
        for before in 0..7 {
            for after in 0..4 {
                let text = format!("{}{marker}{}", "p".repeat(before), "q".repeat(after));
                let digits = BASE64_STANDARD.encode(text);
                let found = finder.is_in(digits.as_bytes(), u64::MAX).unwrap();
                assert!(found, "{before}, {after}");
            }
        }
        let other = BASE64_STANDARD.encode("p".repeat(40));
        assert!(!finder.is_in(other.as_bytes(), u64::MAX).unwrap());
    }
}
