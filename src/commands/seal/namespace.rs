//! Namespaces, where several places say one.

use crate::cluster::{ClusterError, ConnectionFlags, context_namespace};
use crate::error::CommandError;
use crate::levels::sealed::{Scope, ScopeAnnotations, SealedSecret};
use crate::sealing::{Problem, Said, Target};

/// What the context says, where `-n` does not say it.
///
/// # Errors
/// Status 3 for a kubeconfig that cannot be used.
pub(in crate::commands) fn of_context(
    connection: &ConnectionFlags,
) -> Result<Option<String>, CommandError> {
    match connection.explicit_namespace() {
        Some(_) => Ok(None),
        None => context_namespace(connection).map_err(|error: ClusterError| {
            error
                .unmasked()
                .hint("Name the namespace with -n to do without a kubeconfig.")
        }),
    }
}

/// For what a new SealedSecret is sealed.
///
/// # Errors
/// Status 2 for what disagrees.
pub(in crate::commands) fn target(
    connection: &ConnectionFlags,
    context: Option<&str>,
    file: Option<&str>,
    name: Option<&str>,
    scope: Option<Scope>,
    annotations: ScopeAnnotations,
) -> Result<Target, Problem> {
    let said = Said {
        flag: connection.explicit_namespace(),
        file,
        context,
    };
    Target::agree(said, name, scope, annotations)
}

/// For what a SealedSecret that is there is sealed. Its own word counts before that of
/// the context, and may not differ from `-n`. The template must not say anything else.
///
/// # Errors
/// Why nothing that is added could be unsealed: a fragment, and the next step.
pub(super) fn of_sealed(
    sealed: &SealedSecret<'_>,
    connection: &ConnectionFlags,
    context: Option<&str>,
) -> Result<Target, (String, String)> {
    use crate::levels::sealed::Disagreement;

    let repair = "Correct the file, or seal it again.".to_owned();
    if let Some(field) = sealed.not_text() {
        return Err((
            format!("{field} is not text, which the API server refuses"),
            "Put its value into quotes.".to_owned(),
        ));
    }
    let contradiction = match sealed.disagreement() {
        Some(Disagreement::BothSet) => Some("cluster-wide and namespace-wide are both set"),
        Some(Disagreement::TemplateIsWider { .. }) => {
            Some("its annotations and those of its template say different scopes")
        }
        Some(Disagreement::TemplateIsNarrower { .. }) | None => None,
    };
    if let Some(words) = contradiction {
        return Err((words.to_owned(), repair));
    }
    if sealed.renamed_from().is_some() {
        let words = "its template is of another namespace or name, for which it was sealed";
        return Err((words.to_owned(), repair));
    }
    let flag = connection.explicit_namespace();
    let said = Said {
        flag,
        // What is sealed for every namespace may be deployed to another one.
        file: match (sealed.scope(), flag) {
            (Scope::ClusterWide, Some(_)) => None,
            _ => sealed.namespace,
        },
        context: match sealed.namespace {
            Some(_) => None,
            None => context,
        },
    };
    Target::agree(said, Some(sealed.name), None, sealed.annotations)
        .map_err(|problem| (problem.to_string(), problem.hint()))
}
