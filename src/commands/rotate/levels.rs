//! Secrets that something at a higher level makes, a SealedSecret or an ExternalSecret: a
//! value that is written here would be replaced, so nothing is written, and the way is named.

use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::inventory::{Answer, Inventory, Part, ProducerKind};
use crate::ownership::Level;
use crate::secret::KeyName;

use super::gather::Found;

/// How a value changes at its level.
pub(super) fn way<'k>(
    level: &Level,
    secret: &str,
    namespace: &str,
    keys: impl IntoIterator<Item = &'k KeyName>,
) -> Hint {
    match level {
        Level::External(name) => {
            let object = match name {
                Some(name) => name.clone(),
                None => format!("secret/{secret}"),
            };
            Hint::run(
                "Change the value in the store, and then, to bring it here and restart what has the old one",
                CommandLine::secretsafe("sync")
                    .name(&object)
                    .namespace(namespace)
                    .switch("--wait --restart"),
            )
        }
        Level::Sealed(_) => {
            let mut keys = keys.into_iter();
            let key = keys.next().map_or("KEY", KeyName::as_str);
            Hint::run(
                "To seal a new value into its file",
                CommandLine::secretsafe("seal set").name("FILE").name(key),
            )
            .words(", and let git or kubectl apply bring it here")
        }
    }
}

/// Refuses to write what a producer makes that the Secret itself does not name.
///
/// # Errors
/// Status 2, with the way.
pub(super) fn nobody_else_makes(
    inventory: &Inventory,
    namespace: &str,
    changed: &[Found],
) -> Result<(), CommandError> {
    for secret in changed {
        let name = secret.name();
        for producer in &inventory.producers {
            if producer.namespace != namespace || producer.secret != name {
                continue;
            }
            let level = match producer.kind {
                ProducerKind::SealedSecret => Level::Sealed(producer.id.name.clone()),
                ProducerKind::ExternalSecret => Level::External(Some(producer.id.name.clone())),
                _ => continue,
            };
            // One that only adds its keys leaves the others alone.
            let writes = |key: &KeyName| match producer.part {
                Part::Makes => true,
                Part::Adds | Part::Joins => producer.keys.has(key.as_str()) != Answer::No,
            };
            let Some(key) = secret.keys().find(|key| writes(key)) else {
                continue;
            };
            return Err(CommandError::usage(format!(
                "{} makes {key} of secret/{name} and would replace the new value; nothing was changed",
                producer.id.short()
            ))
            .hint(way(&level, name, namespace, secret.keys())));
        }
    }
    Ok(())
}
