//! What is known of an image: as whom it starts its process, and with which
//! program. A manifest that says nothing of users leaves that to the image.

/// What is known of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageFacts {
    /// As whom it starts, unless the pod says otherwise.
    pub user: ImageUser,
    /// Its entrypoint, word by word; `None` if it is not known, empty if the
    /// image has none.
    pub entrypoint: Option<Vec<String>>,
    /// Its `Cmd`, likewise: what its entrypoint is given where the pod has
    /// neither `command` nor `args`.
    pub cmd: Option<Vec<String>>,
    pub said_by: Knowledge,
}

/// As whom an image starts (`USER` of its configuration).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ImageUser {
    #[default]
    Unknown,
    /// With this uid, and this primary group if that is known.
    Ids { uid: i64, gid: Option<i64> },
    /// As a user whose uid only the image's files tell; it is not `root`.
    Named(String),
}

/// Who says what is known of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Knowledge {
    #[default]
    NotAsked,
    /// The configuration.
    Configuration {
        /// The image, as it is written in the template.
        image: String,
    },
    Registry {
        /// The images that were asked for, each with the digest that was found:
        /// `NAME@sha256:…`. They agree in everything that is said here.
        images: Vec<String>,
    },
    /// It was asked for, and is not known.
    NotKnown {
        /// The image, as it is named.
        image: String,
        why: String,
    },
}

impl ImageFacts {
    /// An image that was asked for in vain.
    pub fn not_known(image: &str, why: impl ToString) -> Self {
        let said_by = Knowledge::NotKnown {
            image: image.to_owned(),
            why: why.to_string(),
        };
        Self {
            said_by,
            ..Self::default()
        }
    }

    /// What is known of a container that may be started from this image as well
    /// as from the other: what both say. Where they differ nothing is known.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let (mut images, others) = match (self.said_by, other.said_by) {
            (silent @ Knowledge::NotKnown { .. }, _) | (_, silent @ Knowledge::NotKnown { .. }) => {
                return Self {
                    said_by: silent,
                    ..Self::default()
                };
            }
            (Knowledge::Registry { images }, Knowledge::Registry { images: others }) => {
                (images, others)
            }
            (Knowledge::NotAsked | Knowledge::Configuration { .. }, _)
            | (_, Knowledge::NotAsked | Knowledge::Configuration { .. }) => return Self::default(),
        };
        let same =
            self.user == other.user && self.entrypoint == other.entrypoint && self.cmd == other.cmd;
        if !same {
            let (one, two) = (images.concat(), others.concat());
            return Self::not_known(
                &one,
                format!("{two} is started there too, with another user or program"),
            );
        }
        images.extend(others);
        images.dedup();
        Self {
            user: self.user,
            entrypoint: self.entrypoint,
            cmd: self.cmd,
            said_by: Knowledge::Registry { images },
        }
    }
}

impl ImageUser {
    /// Root, of root's group.
    pub const ROOT: Self = Self::Ids {
        uid: 0,
        gid: Some(0),
    };

    /// Reads `User` of an image's configuration: `user`, `uid`, each with
    /// `:group` or `:gid`; empty means root (opencontainers/image-spec
    /// `config.md`). `None` for what no runtime takes.
    pub fn parse(text: &str) -> Option<Self> {
        const LONGEST: usize = 128;
        if text.is_empty() {
            return Some(Self::ROOT);
        }
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (text, None),
        };
        if text.len() > LONGEST || !is_word(user) || !group.is_none_or(is_word) {
            return None;
        }
        let Some(uid) = number(user)? else {
            return Some(Self::Named(user.to_owned()));
        };
        // A uid alone has the group that /etc/passwd gives it; root's is root.
        let gid = match group {
            Some(group) => number(group)?,
            None => (uid == 0).then_some(0),
        };
        Some(Self::Ids { uid, gid })
    }
}

/// A name or number of a user or a group (shadow-utils `libmisc/chkname.c`).
fn is_word(word: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '$');
    !word.starts_with('-') && !word.is_empty() && word.chars().all(legal)
}

/// The number that a word stands for; `Some(None)` for a name, `None` for a
/// number that no id can be.
fn number(word: &str) -> Option<Option<i64>> {
    if word == "root" {
        return Some(Some(0));
    }
    if !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(None);
    }
    // moby/sys `user/user.go`: minID, maxID.
    word.parse::<i32>().ok().map(|id| Some(i64::from(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_as_runtimes_read_them() {
        let uid = |uid, gid| Some(ImageUser::Ids { uid, gid });
        let named = |name: &str| Some(ImageUser::Named(name.to_owned()));
        for (text, expected) in [
            ("", uid(0, Some(0))),
            ("0", uid(0, Some(0))),
            ("root", uid(0, Some(0))),
            ("root:root", uid(0, Some(0))),
            ("0:1000", uid(0, Some(1000))),
            ("root:staff", uid(0, None)),
            ("1000", uid(1000, None)),
            ("007", uid(7, None)),
            ("1000:0", uid(1000, Some(0))),
            ("1000:1000", uid(1000, Some(1000))),
            ("1000:staff", uid(1000, None)),
            ("nginx", named("nginx")),
            ("nginx:nginx", named("nginx")),
            ("svc_app$", named("svc_app$")),
            ("0x10", named("0x10")),
            ("99999999999", None),
            ("2147483648", None),
            ("1:2147483648", None),
            ("a b", None),
            (" 0", None),
            (":1000", None),
            ("1000:", None),
            ("1000:1000:1", None),
            ("-1", None),
            ("+5", None),
            ("\u{1b}[2Jroot", None),
            ("root\n", None),
            ("\u{661}\u{660}", None),
        ] {
            assert_eq!(ImageUser::parse(text), expected, "{text:?}");
        }
        assert_eq!(ImageUser::parse(&"a".repeat(200)), None);
    }

    #[test]
    fn images_have_to_agree() {
        let facts = |image: &str, uid| ImageFacts {
            user: ImageUser::Ids { uid, gid: None },
            entrypoint: Some(vec!["/app".to_owned()]),
            cmd: Some(Vec::new()),
            said_by: Knowledge::Registry {
                images: vec![image.to_owned()],
            },
        };
        let both = facts("a", 1).and(facts("b", 1));
        assert_eq!(both.user, facts("a", 1).user);
        let images = ["a", "b"].map(str::to_owned).to_vec();
        assert_eq!(both.said_by, Knowledge::Registry { images });
        let is_unknown = |facts: ImageFacts| {
            facts.user == ImageUser::Unknown
                && facts.entrypoint.is_none()
                && matches!(facts.said_by, Knowledge::NotKnown { .. })
        };
        assert!(is_unknown(facts("a", 1).and(facts("b", 2))));
        let silent = || ImageFacts::not_known("c", "nobody answers");
        assert!(is_unknown(facts("a", 1).and(silent())));
        assert!(is_unknown(silent().and(facts("a", 1))));
        let other = ImageFacts {
            cmd: Some(vec!["x".to_owned()]),
            ..facts("b", 1)
        };
        assert!(is_unknown(facts("a", 1).and(other)));
    }
}
