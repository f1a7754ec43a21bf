//! What was said and what was seen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::command_line::CommandLine;

use super::Place;

/// How often values are to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Only when somebody has to.
    Never,
    Every(SignedDuration),
}

/// What was said; `None` for what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    pub clusters: Option<usize>,
    pub gitops: Option<bool>,
    pub rotation: Option<Rotation>,
    pub audit: Option<bool>,
    pub compliance: Option<bool>,
    pub offline: Option<bool>,
}

impl Answers {
    /// The command that says the same.
    pub fn command(&self) -> CommandLine {
        let mut command = CommandLine::secretsafe("advise");
        if let Some(clusters) = self.clusters {
            command = command.flag(Question::Clusters.flag(), &clusters.to_string());
        }
        if let Some(rotation) = self.rotation {
            command = command.flag(Question::Rotation.flag(), &rotation.words());
        }
        for (question, answer) in [
            (Question::Gitops, self.gitops),
            (Question::Audit, self.audit),
            (Question::Compliance, self.compliance),
            (Question::Offline, self.offline),
        ] {
            if let Some(answer) = answer {
                command = command.joined(question.flag(), &answer.to_string());
            }
        }
        command
    }
}

impl Rotation {
    /// `90d`, `never`.
    fn words(self) -> String {
        match self {
            Self::Never => "never".to_owned(),
            Self::Every(time) => duration(time),
        }
    }
}

/// Something that is known, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    pub value: T,
    /// What was said or seen: a fragment.
    pub by: String,
}

/// A question that decides about the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    Clusters,
    Gitops,
    Rotation,
    Audit,
    Compliance,
    Offline,
}

impl Question {
    pub const ALL: [Self; 6] = [
        Self::Clusters,
        Self::Gitops,
        Self::Rotation,
        Self::Audit,
        Self::Compliance,
        Self::Offline,
    ];

    /// Its name in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Gitops => "gitops",
            Self::Rotation => "rotation",
            Self::Audit => "audit",
            Self::Compliance => "compliance",
            Self::Offline => "offline",
        }
    }

    /// As it is asked.
    pub fn words(self) -> &'static str {
        match self {
            Self::Clusters => "How many clusters need the same values?",
            Self::Gitops => "Are manifests kept in git, as with GitOps?",
            Self::Rotation => "Do values have to change on a schedule?",
            Self::Audit => "Must it be recorded who read and changed a value?",
            Self::Compliance => "Is there a standard to comply with, such as SOC 2 or HIPAA?",
            Self::Offline => "Are the clusters without connections to a store outside?",
        }
    }

    /// The flag that answers it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Clusters => "--clusters",
            Self::Gitops => "--gitops",
            Self::Rotation => "--rotate-every",
            Self::Audit => "--audit",
            Self::Compliance => "--compliance",
            Self::Offline => "--offline",
        }
    }
}

/// All that a recommendation is made of.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub clusters: Option<Fact<usize>>,
    /// Whether manifests are kept in git.
    pub gitops: Option<Fact<bool>>,
    pub rotation: Option<Fact<Rotation>>,
    pub audit: Option<Fact<bool>>,
    pub compliance: Option<Fact<bool>>,
    pub offline: Option<Fact<bool>>,
    /// What was looked at.
    pub places: Vec<Place>,
}

impl Evidence {
    /// What was said, and what these places show.
    pub fn new(answers: &Answers, places: Vec<Place>) -> Self {
        let said = |question: Question, value: Option<bool>| {
            value.map(|value| Fact {
                value,
                by: match value {
                    true => question.flag().to_owned(),
                    false => format!("{}=false", question.flag()),
                },
            })
        };
        Self {
            clusters: clusters(answers.clusters, &places),
            gitops: said(Question::Gitops, answers.gitops).or_else(|| git(&places)),
            rotation: answers.rotation.map(|rotation| Fact {
                by: format!("{} {}", Question::Rotation.flag(), rotation.words()),
                value: rotation,
            }),
            audit: said(Question::Audit, answers.audit),
            compliance: said(Question::Compliance, answers.compliance),
            offline: said(Question::Offline, answers.offline),
            places,
        }
    }

    /// The answer to a question, in words, and why; `None` where there is none.
    pub fn fact(&self, question: Question) -> Option<Fact<String>> {
        let yes_no = |fact: &Option<Fact<bool>>| {
            fact.as_ref().map(|fact| Fact {
                value: match fact.value {
                    true => "yes".to_owned(),
                    false => "no".to_owned(),
                },
                by: fact.by.clone(),
            })
        };
        match question {
            Question::Clusters => self.clusters.as_ref().map(|fact| Fact {
                value: fact.value.to_string(),
                by: fact.by.clone(),
            }),
            Question::Gitops => yes_no(&self.gitops),
            Question::Rotation => self.rotation.as_ref().map(|fact| Fact {
                value: match fact.value {
                    Rotation::Never => "never".to_owned(),
                    Rotation::Every(time) => format!("every {}", duration(time)),
                },
                by: fact.by.clone(),
            }),
            Question::Audit => yes_no(&self.audit),
            Question::Compliance => yes_no(&self.compliance),
            Question::Offline => yes_no(&self.offline),
        }
    }

    /// More than one cluster.
    pub(super) fn many(&self) -> Option<&Fact<usize>> {
        self.clusters.as_ref().filter(|fact| fact.value > 1)
    }

    /// The interval in which values change.
    pub(super) fn interval(&self) -> Option<String> {
        match self.rotation.as_ref()?.value {
            Rotation::Every(time) => Some(duration(time)),
            Rotation::Never => None,
        }
    }

    /// The same, if a question that is open were answered so that it asks for more.
    #[must_use]
    pub(super) fn supposing(&self, question: Question) -> Self {
        fn yes<T>(value: T) -> Option<Fact<T>> {
            Some(Fact {
                value,
                by: String::new(),
            })
        }
        let mut supposed = self.clone();
        match question {
            Question::Clusters => supposed.clusters = yes(2),
            Question::Gitops => supposed.gitops = yes(true),
            Question::Rotation => {
                supposed.rotation = yes(Rotation::Every(SignedDuration::from_hours(90 * 24)));
            }
            Question::Audit => supposed.audit = yes(true),
            Question::Compliance => supposed.compliance = yes(true),
            Question::Offline => supposed.offline = yes(true),
        }
        supposed
    }
}

/// What was said counts. Without it, only that several clusters have the same Secrets
/// shows something: one that was looked at may be one of many, and several may have nothing
/// in common.
fn clusters(said: Option<usize>, places: &[Place]) -> Option<Fact<usize>> {
    match said {
        Some(said) => Some(Fact {
            value: said,
            by: format!("{} {said}", Question::Clusters.flag()),
        }),
        None => shared(places),
    }
}

/// In how many clusters a Secret of the same name has the same keys; two contexts of one
/// cluster show one and the same object.
fn shared(places: &[Place]) -> Option<Fact<usize>> {
    type Found<'a> = BTreeMap<(&'a (String, String), &'a BTreeSet<String>), BTreeSet<&'a str>>;
    let mut found: Found<'_> = BTreeMap::new();
    for place in places {
        for (name, shape) in &place.shapes {
            if let Some((uid, keys)) = shape {
                found.entry((name, keys)).or_default().insert(uid);
            }
        }
    }
    let several = found.iter().filter(|(_, objects)| objects.len() > 1);
    let count = several.clone().count();
    let (((namespace, name), _), objects) = several.max_by_key(|(_, objects)| objects.len())?;
    let others = match count - 1 {
        0 => String::new(),
        1 => " and another Secret".to_owned(),
        more => format!(" and {more} other Secrets"),
    };
    Some(Fact {
        value: objects.len(),
        by: format!(
            "secret/{name} in {namespace}{others} with the same keys in each; values were not compared"
        ),
    })
}

/// Whether manifests are kept in git, where something shows that they are; that nothing
/// shows it proves nothing.
fn git(places: &[Place]) -> Option<Fact<bool>> {
    let by = places.iter().find_map(|place| place.git.clone())?;
    Some(Fact { value: true, by })
}

/// `90d`, `12h`, `30m`.
pub(super) fn duration(time: SignedDuration) -> String {
    let minutes = time.as_mins();
    match (minutes % 1440, minutes % 60) {
        (0, _) => format!("{}d", minutes / 1440),
        (_, 0) => format!("{}h", minutes / 60),
        _ => format!("{minutes}m"),
    }
}
