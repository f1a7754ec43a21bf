//! Images whose registries were asked (`migrate --resolve-images`), for people
//! and for programs.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::migration::AskedImage;
use crate::ui::escape_controls as safe;
use crate::workload::image_facts::{ImageUser, Knowledge};

/// An image of a container whose registry was asked.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageV1 {
    container: String,
    /// The images that the container may be started from, each with its digest
    /// (`NAME@sha256:…`), which agree in what is said here; of images that are
    /// not known the name.
    images: Vec<String>,
    /// Why nothing is known of it; absent where something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_known: Option<String>,
    /// The uid that it starts as, unless the pod says otherwise; absent where it
    /// is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<i64>,
    /// The gid that it starts with; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    gid: Option<i64>,
    /// The name of the user that it starts as, where only the image's files tell
    /// which uid that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    /// `Entrypoint`, empty where there is none; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    entrypoint: Option<Vec<String>>,
    /// `Cmd`, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    cmd: Option<Vec<String>>,
}

impl From<&AskedImage> for ImageV1 {
    fn from(asked: &AskedImage) -> Self {
        let facts = &asked.facts;
        let (images, not_known) = match &facts.said_by {
            Knowledge::NotAsked => (Vec::new(), None),
            Knowledge::Configuration { image } => (vec![image.clone()], None),
            Knowledge::Registry { images } => (images.clone(), None),
            Knowledge::NotKnown { image, why } => (vec![image.clone()], Some(why.clone())),
        };
        let (uid, gid, user_name) = match &facts.user {
            ImageUser::Unknown => (None, None, None),
            ImageUser::Ids { uid, gid } => (Some(*uid), *gid, None),
            ImageUser::Named(name) => (None, None, Some(name.clone())),
        };
        Self {
            container: asked.container.clone(),
            images,
            not_known,
            uid,
            gid,
            user_name,
            entrypoint: facts.entrypoint.clone(),
            cmd: facts.cmd.clone(),
        }
    }
}

/// Writes a line for an image.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn text(asked: &AskedImage, out: &mut dyn Write) -> io::Result<()> {
    let container = safe(&asked.container);
    let facts = &asked.facts;
    let images = match &facts.said_by {
        Knowledge::NotAsked => return Ok(()),
        Knowledge::Configuration { image } => {
            return writeln!(
                out,
                "  image {} of container {container} starts {} (configuration: imageUsers)",
                safe(&cut(image)),
                safe(&cut(&who(&facts.user)))
            );
        }
        Knowledge::NotKnown { image, why } => {
            return writeln!(
                out,
                "  unknown: the user of image {} (container {container}): {}",
                safe(&cut(image)),
                safe(&cut(why))
            );
        }
        Knowledge::Registry { images } => cut(&images.join(", ")),
    };
    let words = |words: &Option<Vec<String>>| match words.as_deref() {
        None | Some([]) => None,
        Some(words) => Some(cut(&words.join(" "))),
    };
    let what = match (words(&facts.entrypoint), words(&facts.cmd)) {
        (Some(entrypoint), _) => format!("with entrypoint {entrypoint}"),
        (None, Some(cmd)) => format!("without entrypoint, with {cmd}"),
        (None, None) => "without entrypoint".to_owned(),
    };
    writeln!(
        out,
        "  image {} of container {container} starts {}, {}",
        safe(&images),
        safe(&cut(&who(&facts.user))),
        safe(&what)
    )
}

/// As whom an image starts.
fn who(user: &ImageUser) -> String {
    match user {
        ImageUser::Unknown => "as an unknown user".to_owned(),
        ImageUser::Ids { uid: 0, .. } => "as root".to_owned(),
        ImageUser::Ids { uid, gid: None } => format!("as uid {uid}"),
        ImageUser::Ids {
            uid,
            gid: Some(gid),
        } => format!("as uid {uid}, gid {gid}"),
        ImageUser::Named(name) => format!("as user {name}"),
    }
}

/// What somebody else wrote, no longer than a line or two.
fn cut(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::image_facts::ImageFacts;

    fn told(facts: ImageFacts) -> String {
        let asked = AskedImage {
            container: "api".to_owned(),
            facts,
        };
        let mut out = Vec::new();
        text(&asked, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_others_wrote_is_escaped_and_cut() {
        let hostile = format!("\u{1b}[2J\n{}", "a".repeat(100_000));
        let facts = ImageFacts {
            user: ImageUser::Named(hostile.clone()),
            entrypoint: Some(vec![hostile.clone()]),
            cmd: None,
            said_by: Knowledge::Registry {
                images: vec![hostile.clone()],
            },
        };
        for told in [told(facts), told(ImageFacts::not_known(&hostile, &hostile))] {
            assert!(!told.contains('\u{1b}'), "{told}");
            assert_eq!(told.lines().count(), 1, "{told}");
            assert!(told.len() < 2_000, "{}", told.len());
        }
    }
}
