//! The order of restarts: the numbers that workloads have, and what the user says.

use crate::workload::{ObjectId, Workload};

/// The annotation of a workload with the number of its wave; 0 where there is none.
pub const WAVE: &str = "secretsafe.dev/wave";
const RANGE: std::ops::RangeInclusive<i64> = -1_000..=1_000;

/// A workload that the user named, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub kind: String,
    pub name: String,
}

impl Named {
    /// Whether it is this one.
    pub fn fits(&self, id: &ObjectId) -> bool {
        id.kind.to_lowercase() == self.kind && id.name == self.name
    }
}

/// Who comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Before everybody else, and alone (`--canary`).
    pub canary: Option<Named>,
    /// Each is a wave (`--order`); whoever is in none comes after them.
    pub waves: Vec<Vec<Named>>,
}

/// The annotation holds no number in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoNumber;

/// The number of a workload's wave.
///
/// # Errors
/// [`NoNumber`].
pub fn wave_of(workload: &Workload, order: &Order) -> Result<i64, NoNumber> {
    let fits = |named: &Named| named.fits(&workload.id);
    if order.canary.as_ref().is_some_and(fits) {
        return Ok(i64::MIN);
    }
    if let Some(wave) = order.waves.iter().position(|wave| wave.iter().any(fits)) {
        return Ok(i64::try_from(wave).unwrap_or(i64::MAX) - first(order));
    }
    let Some(text) = workload.metadata.annotations.get(WAVE) else {
        return Ok(0);
    };
    let number = text.trim().parse().map_err(|_| NoNumber)?;
    RANGE.contains(&number).then_some(number).ok_or(NoNumber)
}

/// So far below every annotation the first named wave is.
fn first(order: &Order) -> i64 {
    let waves = i64::try_from(order.waves.len()).unwrap_or(i64::MAX);
    waves.saturating_add(*RANGE.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::{Object, Place};

    fn workload(name: &str, annotation: &str) -> Workload {
        let text = format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, annotations: {{{annotation}}}}}, \
             spec: {{template: {{spec: {{containers: []}}}}}}}}"
        );
        let root = parse(&SourceText::new("workload", text))
            .documents
            .remove(0)
            .root;
        Workload::from_object(&Object::new(root, Place::live(), "prod").unwrap()).unwrap()
    }

    fn named(name: &str) -> Named {
        Named {
            kind: "deployment".to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn who_is_named_comes_before_numbers() {
        let order = Order {
            canary: Some(named("first")),
            waves: vec![vec![named("a"), named("b")], vec![named("c")]],
        };
        let wave = |name: &str, annotation: &str| wave_of(&workload(name, annotation), &order);
        let lowest = wave("x", "'secretsafe.dev/wave': '-1000'").unwrap();
        assert!(wave("first", "").unwrap() < wave("a", "").unwrap());
        assert_eq!(wave("a", ""), wave("b", "'secretsafe.dev/wave': '7'"));
        assert!(wave("b", "").unwrap() < wave("c", "").unwrap());
        assert!(wave("c", "").unwrap() < lowest);
        assert_eq!(wave("x", ""), Ok(0));
        assert_eq!(wave("x", "'secretsafe.dev/wave': ' 3 '"), Ok(3));
        for text in ["soon", "1.5", "1001", "99999999999999999999", ""] {
            let annotation = format!("'secretsafe.dev/wave': '{text}'");
            assert_eq!(wave("x", &annotation), Err(NoNumber), "{text}");
        }
    }
}
