//! What is malformed, as a sentence.

use super::malformed::{Belongs, Fault, Malformed, Stray};

impl Malformed {
    /// What is wrong: a sentence.
    pub fn sentence(&self) -> String {
        let part = match self.field.as_str() {
            "" => self.part.clone(),
            field => format!("{}: {field}", self.part),
        };
        let mut strays: Vec<_> = self.strays.iter().map(stray).collect();
        strays.sort_unstable();
        let strays = strays.join("; ");
        let trouble = match &self.fault {
            Fault::Unknown { leaves_nothing } => {
                let fields = match self.strays.len() {
                    1 => "an unknown field",
                    _ => "unknown fields",
                };
                let lost = match leaves_nothing {
                    true => " and nothing else",
                    false => "",
                };
                return format!("{part} has {fields}{lost}: {strays}.");
            }
            Fault::Missing(name) => format!("has no {name}"),
            Fault::NoneOf(names) => format!("has none of {}", names.join(", ")),
            Fault::Several(names) => format!("has {} at once", names.join(" and ")),
            Fault::ValueBeside => "has both value and valueFrom".to_owned(),
            Fault::NotA(what) => format!("is not a {what}"),
        };
        let hint = match strays.as_str() {
            "" => String::new(),
            strays => format!(" ({strays})"),
        };
        format!("{part} {trouble}, which the API server refuses{hint}.")
    }
}

fn stray(stray: &Stray) -> String {
    let name = shown(&stray.name);
    match &stray.belongs {
        Belongs::Called(right) => format!("{name} is called {right} there"),
        Belongs::Below(field) => format!("{name} belongs below {field}, not next to it"),
        Belongs::Elsewhere(of) => match *of {
            "PodSpec" => format!("{name} belongs in the pod specification"),
            "Container" => format!("{name} belongs in a container"),
            of => format!("{name} belongs in {of}"),
        },
        Belongs::Nowhere => format!("{name} is not a field there"),
    }
}

/// The name of a field that may be anything.
fn shown(name: &str) -> String {
    const MOST: usize = 40;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if name.chars().all(plain) && name.len() <= MOST {
        return name.to_owned();
    }
    format!("{:?}", name.chars().take(MOST).collect::<String>())
}
