//! Proof on the user's own machine that a value leaves no trace: the program is run with
//! a made-up value, and looked at from outside while it holds the value and after its end.
//! A control that leaks the same way shows that each look would have noticed.

mod holder;
mod looks;

use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

use crate::editor::residue::{self, Limits};
use crate::secret::SecretValue;
use crate::secret::traces::Traces;

use holder::{Ended, Holder};

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
    /// No trace, and one would have been noticed; or there is no such place.
    Clean,
    Trace,
    /// Nothing follows from it.
    NotShown,
}

impl Row {
    pub fn verdict(&self) -> Verdict {
        match (&self.program, &self.control) {
            (Look::Found(_), _) => Verdict::Trace,
            (Look::Nothing(_), Look::Found(_)) | (Look::NoSuchPlace(_), _) => Verdict::Clean,
            // No core dump is made here, not even of the control.
            (Look::Nothing(_), Look::NoSuchPlace(_)) => Verdict::Clean,
            _ => Verdict::NotShown,
        }
    }
}

/// Looks everywhere. `program` is this program's own file.
///
/// # Errors
/// When the program or the control cannot be run.
pub fn leak(program: &Path) -> io::Result<Vec<Row>> {
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
        let at = [Place::CommandLine, Place::Environment, Place::OpenFiles];
        let mut seen: Vec<_> = at
            .into_iter()
            .map(|place| (place, looks::at_process(place, holder.id(), &traces)))
            .collect();
        let Ended { output, ok } = holder.end()?;
        if !ok {
            return Err(io::Error::other("the run with the made-up value failed"));
        }
        seen.push((Place::Output, looks::at_bytes(&output, &traces)));
        looks.push((traces, seen));
    }
    // The control's file is there while files are searched.
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(other.as_bytes())?;
    let further = [std::env::current_dir()?, "/var/log".into()];
    for (traces, seen) in &mut looks {
        let found = residue::search(&further, traces, since, Limits::LONG);
        seen.push((Place::Files, looks::at_files(&found)));
    }
    let dumps = [
        looks::at_core(Holder::program(program, &value, folder.path())?)?,
        looks::at_core_of_control(folder.path())?,
    ];
    let logged = looks::log(&other);
    for ((traces, seen), dump) in looks.iter_mut().zip(dumps) {
        seen.push((Place::CoreDump, dump));
        seen.push((Place::Journal, looks::at_journal(since, traces, &logged)));
    }
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
    let mut random = [0; 20];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
    let letters = random.map(|byte| char::from(b'a' + byte % 26));
    Ok(letters.iter().collect())
}

fn traces(marker: &str) -> Traces {
    let mut traces = Traces::default();
    traces.add(&[SecretValue::from_bytes(marker.as_bytes().to_vec())]);
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
        assert_eq!(verdict(&nothing, &found), Verdict::Clean);
        assert_eq!(verdict(&nothing, &nothing), Verdict::NotShown);
        assert_eq!(verdict(&nothing, &not), Verdict::NotShown);
        assert_eq!(verdict(&not, &found), Verdict::NotShown);
        assert_eq!(verdict(&found, &nothing), Verdict::Trace);
        assert_eq!(verdict(&no_place, &no_place), Verdict::Clean);
        assert_eq!(verdict(&nothing, &no_place), Verdict::Clean);
    }
}
