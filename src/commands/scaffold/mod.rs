//! `scaffold`: a workload that reads its Secrets as files, to begin with.

mod arguments;

pub use arguments::ScaffoldArgs;

use crate::command_line::{CommandLine, Hint};
use crate::commands::destination;
use crate::error::{CommandError, ExitStatus};
use crate::external::store::StoreRef;
use crate::output::{Syntax, scaffolding as output};
use crate::scaffolding::{
    BadWish, Image, Level, Scaffold, Wish, Workload, sealed_files, steps, warnings,
};
use crate::secret::key::check_object_name;
use crate::ui::Ui;

use arguments::Kind;

/// When a CronJob runs where nothing is said: not when everything else does.
const SCHEDULE: &str = "17 3 * * *";

/// Runs `scaffold`. Nothing is asked of a cluster.
///
/// # Errors
/// Status 2 for what cannot be made, or written.
pub fn run(args: ScaffoldArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    destination::check_name(args.write.as_deref())?;
    let syntax = args.syntax();
    if syntax == Syntax::Json && !args.snippets.is_empty() {
        return Err(
            CommandError::usage("--snippets are comments, which json does not have")
                .hint("Use -o yaml or -o kyaml."),
        );
    }
    let wish = wish(&args)?;
    let scaffold = Scaffold::new(wish).map_err(refused)?;
    let connection = args.connection.for_commands();
    let mut text = Vec::new();
    output::write(&scaffold, syntax, &connection, &mut text)
        .map_err(|error| CommandError::usage(format!("the objects cannot be written: {error}")))?;
    match &args.write {
        Some(path) => destination::new_file(path, &text, ui)?,
        None => ui.document(|out| out.write_all(&text))?,
    }
    for warning in warnings(&scaffold) {
        ui.warn(warning);
    }
    for step in steps(&scaffold) {
        ui.hint(step);
    }
    if let Some(path) = &args.write {
        let namespace = args.connection.explicit_namespace().unwrap_or_default();
        let path = path.display().to_string();
        let files = sealed_files(&scaffold).into_iter().chain([path]);
        let apply = files.fold(CommandLine::kubectl("apply"), |apply, file| {
            apply.file(&file)
        });
        ui.hint(Hint::run(
            "Then apply the objects",
            apply.namespace(namespace),
        ));
    }
    Ok(ExitStatus::Ok)
}

fn wish(args: &ScaffoldArgs) -> Result<Wish, CommandError> {
    let secrets = args.secrets.secret.iter().chain(&args.secrets.tls);
    Ok(Wish {
        name: args.name.clone(),
        namespace: args.connection.explicit_namespace().map(str::to_owned),
        workload: workload(args)?,
        image: args
            .workload
            .image
            .clone()
            .map_or(Image::Blank, Image::Named),
        uid: args.workload.uid,
        port: args.workload.port,
        secrets: secrets.cloned().collect(),
        level: level(args)?,
        languages: args.snippets.clone(),
    })
}

fn workload(args: &ScaffoldArgs) -> Result<Workload, CommandError> {
    let wanted = &args.workload;
    let has_none = |flag: &str, kind: &str| {
        CommandError::usage(format!("{flag} is not for --kind {kind}; nothing was made"))
    };
    match (wanted.kind, &wanted.schedule) {
        (Kind::Cronjob, _) if wanted.replicas.is_some() => Err(has_none("--replicas", "cronjob")),
        (Kind::Cronjob, _) if wanted.port.is_some() => Err(has_none("--port", "cronjob")),
        (Kind::Cronjob, schedule) => Ok(Workload::CronJob {
            schedule: schedule.clone().unwrap_or_else(|| SCHEDULE.to_owned()),
        }),
        (Kind::Deployment, Some(_)) => Err(has_none("--schedule", "deployment")),
        (Kind::Statefulset, Some(_)) => Err(has_none("--schedule", "statefulset")),
        (Kind::Deployment, None) => Ok(Workload::Deployment {
            replicas: wanted.replicas.unwrap_or(2),
        }),
        (Kind::Statefulset, None) => Ok(Workload::StatefulSet {
            replicas: wanted.replicas.unwrap_or(1),
        }),
    }
}

fn level(args: &ScaffoldArgs) -> Result<Level, CommandError> {
    let level = match args.secrets.level {
        arguments::Level::Plain => Level::Plain,
        arguments::Level::Sealed => Level::Sealed,
        arguments::Level::External => return external(args),
    };
    match args.store.given() {
        None => Ok(level),
        Some(flag) => Err(CommandError::usage(format!(
            "{flag} requires --level external; nothing was made"
        ))),
    }
}

fn external(args: &ScaffoldArgs) -> Result<Level, CommandError> {
    let (Some(store), Some(path)) = (&args.store.store, &args.store.path) else {
        return Err(CommandError::usage(
            "--level external requires --store and --path; nothing was made",
        )
        .hint("For example: --store vault --path '{namespace}/{name}#{key}'"));
    };
    check_object_name(store)
        .map_err(|_| CommandError::usage("--store: not a name for a store; nothing was made"))?;
    let kind = args.store.store_kind;
    Ok(Level::External {
        store: StoreRef {
            kind: kind
                .unwrap_or(crate::commands::external::Kind::SecretStore)
                .into(),
            name: store.clone(),
        },
        path: path.clone(),
        refresh: args
            .store
            .refresh_interval
            .clone()
            .unwrap_or_else(|| "1h".to_owned()),
    })
}

fn refused(why: BadWish) -> CommandError {
    let error = CommandError::usage(format!("{why}; nothing was made"));
    match why {
        BadWish::NoSecret => error.hint(
            "Name what the app reads: --secret db:username,password --secret api:key --tls web",
        ),
        BadWish::Name { .. } => {
            error.hint("Use lower-case letters, digits and '-', with a letter or digit at both ends.")
        }
        BadWish::Image => error.hint("Write REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST."),
        BadWish::Schedule => error.hint("For example: --schedule '17 3 * * *'"),
        BadWish::Place { .. } => error.hint(
            "Name the namespace with -n where the path has {namespace}, and put {key} in the path or in the property: --path '{namespace}/{name}#{key}'",
        ),
        BadWish::Twice(_) => error.hint("Name each Secret once, with all its keys."),
        BadWish::ServiceName | BadWish::Namespace => error,
    }
}
