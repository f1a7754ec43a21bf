//! `create --seal`: what would be created becomes a SealedSecret.

use crate::commands::seal::arguments::{CertArgs, ControllerArgs, SealFormat, WriteArgs};
use crate::commands::seal::certificate::{Sealer, sealers};
use crate::commands::seal::deliver::{self, Ready};
use crate::commands::seal::namespace;
use crate::error::{CommandError, ExitStatus};
use crate::sealing::Plain;
use crate::ui::Ui;
use crate::values::gather::Collection;

use super::arguments::Output;
use super::draft::Kind;

/// What is needed to seal, besides the values.
pub(super) struct Sealing {
    sealers: Vec<Sealer>,
    write: WriteArgs,
    context: Option<String>,
}

impl Sealing {
    /// Finds out where the result goes, and fetches the certificates.
    ///
    /// # Errors
    /// Status 2 for certificates that cannot be used, 3 when the controller cannot be
    /// asked.
    pub async fn prepare(kind: &Kind, ui: &Ui) -> Result<Self, CommandError> {
        let common = &kind.common;
        let output = match common.output {
            None => None,
            Some(Output::Yaml) => Some(SealFormat::Yaml),
            Some(Output::Json) => Some(SealFormat::Json),
            Some(Output::Kyaml) => Some(SealFormat::Kyaml),
            Some(Output::Name) => {
                return Err(CommandError::usage("-o name cannot be used with --seal")
                    .hint("Use -o yaml, json or kyaml."));
            }
        };
        let write = WriteArgs {
            output,
            write: common.seal.write.clone(),
            replace: common.replace,
        };
        let cert = CertArgs {
            cert: kind.seal_cert.clone(),
            controller: ControllerArgs {
                controller: common.seal.controller.clone(),
            },
        };
        let context = namespace::of_context(&common.connection)?;
        let sealers = sealers(&cert, &common.connection, None, ui).await?;
        deliver::check(&write, &sealers)?;
        Ok(Self {
            sealers,
            write,
            context,
        })
    }

    /// Seals and writes.
    ///
    /// # Errors
    /// Status 2 for what cannot be sealed or written.
    pub fn run(
        self,
        kind: &Kind,
        mut collection: Collection<'_>,
        ui: &Ui,
    ) -> Result<ExitStatus, CommandError> {
        let common = &kind.common;
        kind.ask(&mut collection, ui)?;
        collection.warn_about_values();
        let draft = kind.draft(&mut collection, ui)?;
        let name = draft.name.clone();
        let told = |problem: String| {
            CommandError::usage(format!("secret/{name}: {problem}; nothing was sealed"))
        };
        let plain = Plain::of_draft(draft).map_err(|problem| told(problem.to_string()))?;
        let target = namespace::target(
            &common.connection,
            self.context.as_deref(),
            None,
            plain.name.as_deref(),
            common.seal.scope.map(Into::into),
            plain.scope,
        )
        .map_err(|problem| told(problem.to_string()).hint(problem.hint()))?;
        let ready = Ready { plain, target };
        deliver::check_public(&ready, &common.seal.allow_repeated, ui)?;
        deliver::deliver(&[ready], &self.sealers, &self.write, ui)?;
        collection.files.say_kept(ui);
        Ok(ExitStatus::Ok)
    }
}
