//! Names that are no names yet: a template, a build or a person fills them in
//! before a cluster sees them. Nothing can be said about them.

/// What opens a place that Helm and Jinja (`{{`), envsubst, Argo CD and OpenShift
/// (`${`), Tekton, make and kustomize (`$(`), Octopus and Ruby (`#{`), Carvel
/// and Azure (`[[`) or Concourse (`((`) fill in. None of them can be part of a
/// name (RFC 1123) or of a key.
const OPENINGS: &[&str] = &["{{", "${", "$(", "#{", "[[", "(("];

/// What stands on both sides of a place that Maven and sed scripts (`@x@`),
/// cmd and Python (`%x%`), or conventions of teams (`__x__`) fill in.
const FENCES: &[&str] = &["@", "%", "__"];

/// Whether a text is filled in before it reaches a cluster.
pub fn is_placeholder(text: &str) -> bool {
    // Nearly every text is asked, and nearly none has a mark.
    let has_mark = text.bytes().any(|byte| b"{$#[(<@%".contains(&byte))
        || memchr::memmem::find(text.as_bytes(), b"__").is_some();
    has_mark && is_marked(text)
}

fn is_marked(text: &str) -> bool {
    OPENINGS.iter().any(|opening| text.contains(opening))
        || is_enclosed(text, "<", ">")
        || is_enclosed(text, "{", "}")
        || FENCES.iter().any(|fence| is_enclosed(text, fence, fence))
        || has_shell_variable(text)
}

/// Whether a word stands between two marks.
fn is_enclosed(text: &str, opening: &str, closing: &str) -> bool {
    text.split_once(opening)
        .and_then(|(_, rest)| rest.split_once(closing))
        .is_some_and(|(word, _)| word.contains(|c: char| c.is_alphanumeric()))
}

/// `$NAME`, as envsubst takes it too.
fn has_shell_variable(text: &str) -> bool {
    text.split('$')
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Whether a name could be what a text becomes once it is filled in: what
/// stands around its first place is what the name begins and ends with.
pub fn could_become(text: &str, name: &str) -> bool {
    if !is_placeholder(text) {
        return text == name;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let start = text.split(|c| !plain(c)).next().unwrap_or_default();
    let end = text.rsplit(|c| !plain(c)).next().unwrap_or_default();
    // A shell's variable ends where its name does, which may take letters of the rest.
    let end = if text.ends_with(['}', ')', '>', ']', '@', '%']) || !has_shell_variable(text) {
        end
    } else {
        ""
    };
    name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_fills_in_is_told_from_names() {
        for text in [
            "{{ .Release.Name }}-secret",
            "${APP}-backup",
            "$(params.CONF)",
            "$(artifact_secret)",
            "$APP-tls",
            "db-$_suffix",
            "<your-secret>",
            "team-<name>-creds",
            "@project.name@-db",
            "%APP%-db",
            "__NAMESPACE__",
            "#{Secret.Name}",
            "[[ name ]]",
            "((name))",
            "{name}",
            "{{{ x }}}",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "", "db-creds", "prod/db", "Db_Creds", "tls.crt", "_x", "a__b", "50%", "a@b", "a$",
            "$1", "<", "a>b", "{}", "?*",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn what_a_text_can_become_keeps_its_ends() {
        for (text, name, could) in [
            ("${APP}-db", "shop-db", true),
            ("${APP}-db", "shop-db-2", false),
            ("db-{{ .env }}", "db-prod", true),
            ("db-{{ .env }}", "cache-prod", false),
            ("a-${X}-b", "a-b", false),
            ("a-${X}-b", "a--b", true),
            ("$APP-db", "shop-db", true),
            ("<name>", "anything", true),
            ("db", "db", true),
            ("db", "db2", false),
        ] {
            assert_eq!(could_become(text, name), could, "{text} {name}");
        }
    }
}
