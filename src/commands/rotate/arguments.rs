//! The command line of `rotate`. Doc comments here are the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};

use crate::cluster::{ConnectionFlags, duration};
use crate::commands::dry_run::DryRunArgs;
use crate::commands::number::between;
use crate::error::UnusableValue;
use crate::hook::Hook;
use crate::output::Syntax;
use crate::rotation::record::Strategy;
use crate::secret::KeyName;
use crate::ui::Talk;
use crate::values::arguments::SourceArgs;

/// `rotate`.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("run").args(["resume", "abort", "undo", "status", "gc"]))]
pub struct RotateArgs {
    /// The Secret and its keys to change; several Secrets can follow each other
    #[arg(value_name = "secret/NAME|KEY")]
    pub(super) words: Vec<String>,
    #[command(flatten)]
    pub(super) sources: SourceArgs,
    #[command(flatten)]
    pub(super) restart: RestartFlags,
    #[command(flatten)]
    pub(super) value: ValueArgs,
    #[command(flatten)]
    pub(super) other_side: OtherSideArgs,
    #[command(flatten)]
    pub(super) earlier: EarlierArgs,
    #[command(flatten)]
    pub(super) result: ResultArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// How consumers are restarted: the same in `rotate` and `restart`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Restarts")]
pub struct RestartFlags {
    /// Workloads to restart before all others, in this order; repeat for each wave
    ///
    /// A wave has to be well before the next one begins. The annotation secretsafe.dev/wave of a workload says the same with a number.
    #[arg(long, value_name = "TYPE/NAME,…")]
    pub(crate) order: Vec<String>,
    /// How many workloads of a wave are restarted at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = between::<u16>(1..=100))]
    pub(crate) max_parallel: u16,
    /// How long to wait for new pods to become ready, such as 90s or 5m
    ///
    /// The time for which they must stay ready comes on top.
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = time)]
    pub(crate) timeout: Duration,
    /// How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]
    #[arg(long, value_name = "DURATION", value_parser = time)]
    pub(crate) settle: Option<Duration>,
    /// Refuse if more pods than this would be replaced
    #[arg(long, value_name = "PODS", value_parser = between::<usize>(0..=1_000_000))]
    pub(crate) budget: Option<usize>,
}

/// How the value is changed.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Rotation")]
pub struct ValueArgs {
    /// How the new value takes the old one's place
    #[arg(long, value_enum, default_value = "in-place", value_name = "STRATEGY")]
    pub(super) strategy: StrategyWord,
    /// The key with the user's name, and the two users that take turns
    ///
    /// --set-exec is told the name of the user whose turn it is, and gives that user the new value.
    #[arg(long, value_name = "KEY=USER,USER", value_parser = users)]
    pub(super) users: Option<Users>,
    /// For a TLS Secret whose CA changes, too: trust both CAs first, then change the certificate, then drop the old CA
    ///
    /// These are three rotations, each with its restarts. Consumers that talk to each other trust each other at every moment. The values have to come from files, which are read three times.
    #[arg(long)]
    pub(super) trust_overlap: bool,
    /// Change CA and certificate in one step, although consumers that talk to each other may not trust each other meanwhile
    #[arg(long, conflicts_with = "trust_overlap")]
    pub(super) accept_ca_swap: bool,
    #[arg(skip)]
    pub(super) trust_step: Option<TrustStep>,
    /// Name of the Secret that takes the place of an immutable one [default: its name and the id of the run]
    ///
    /// The values of an immutable Secret never change. The new value is stored in another Secret, and every reference in the namespace is changed to it. Change the name in your manifests, too. A name that an immutable Secret has had before is no good: nodes may go on serving its values.
    #[arg(long, value_name = "NAME")]
    pub(super) new_name: Option<String>,
    /// Restart this workload first, alone, and go on only if it is well
    #[arg(long, value_name = "TYPE/NAME")]
    pub(super) canary: Option<String>,
    /// Also restart workloads that mount the Secret as a directory
    ///
    /// The kubelet refreshes their files within about two minutes, but a program may not read them again.
    #[arg(long)]
    pub(super) include_volumes: bool,
    /// Write the value and restart nothing; restart --stale does that later
    #[arg(long, conflicts_with_all = ["canary", "include_volumes"])]
    pub(super) stage: bool,
    /// Before the Secret is written, try the new value in one throw-away pod like those of a consumer
    ///
    /// The program of the consumer really runs in it, for a few seconds. It has no labels, so no Service and no controller finds it. With --verify-exec the command is run in it, too; else it has to become ready. Workloads that a second pod could harm are refused: StatefulSets, volume claims, ports of the node.
    #[arg(long, value_name = "TYPE/NAME", num_args = 0..=1, default_missing_value = "", require_equals = true)]
    pub(super) rehearse: Option<String>,
    /// For a registry's login: have a pod pull an image of each consumer with it before going on
    ///
    /// The program of the image is never run.
    #[arg(long)]
    pub(super) verify_pull: bool,
    /// Run a command in this container of one new pod of each workload; it must succeed
    ///
    /// The command follows --, as in: rotate secret/db password --generate password --verify-exec app -- pg_isready
    #[arg(long, value_name = "CONTAINER")]
    pub(super) verify_exec: Option<String>,
    /// The command of --verify-exec
    #[arg(last = true, value_name = "COMMAND", requires = "verify_exec")]
    pub(super) command: Vec<String>,
    /// How long to wait after all consumers have the new value, before what is left of the old one is removed
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = time)]
    pub(super) grace: Duration,
    /// Keep the old value for this long, so that --undo can bring it back
    #[arg(long, value_name = "DURATION", value_parser = time)]
    pub(super) keep: Option<Duration>,
}

/// Programs that work on the other side of the credential: on whoever checks it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Other side of the credential")]
pub struct OtherSideArgs {
    /// Program that tells the other side the new value, before the Secret is written
    ///
    /// It reads a JSON document from standard input: {"phase": "set", "namespace": …, "secret": …, "keys": [{"key": …, "value": …, "other": …}]}. With one key, descriptor 3 has the value to set and descriptor 4 the other one. Names stand in SECRETSAFE_PHASE, _DIRECTION, _NAMESPACE, _SECRET, _KEYS, _RUN and _ATTEMPT. Exit code 0 means done, 10 already done.
    /// It may be called again with the same value, and must then succeed: first try to sign in with the value to set, then with the other one. If the run fails, it is called with the old value before the Secret goes back.
    #[arg(long, value_name = "COMMAND", value_parser = hook)]
    pub(super) set_exec: Option<Hook>,
    /// The same by a Job in the cluster, for a server that this machine cannot reach; FILE is its manifest
    ///
    /// Its containers find the value to set in /secretsafe/value/KEY, the other one in /secretsafe/other/KEY, and the names of --set-exec in their environment. It succeeds or fails as a whole: it is not tried again by itself.
    #[arg(long, value_name = "FILE", conflicts_with = "set_exec")]
    pub(super) set_job: Option<PathBuf>,
    /// Program that signs in with the new value; it must succeed before the Secret is written
    #[arg(long, value_name = "COMMAND", value_parser = hook)]
    pub(super) test_exec: Option<Hook>,
    /// Program that ends the old value on the other side, after all consumers have the new one
    #[arg(long, value_name = "COMMAND", value_parser = hook)]
    pub(super) retire_exec: Option<Hook>,
    /// Program that signs in with the old value; it must be refused at the end
    ///
    /// Exit code 1 means that it was refused. Any other code but 0 means that it is not known.
    #[arg(long, value_name = "COMMAND", value_parser = hook)]
    pub(super) test_old_exec: Option<Hook>,
    /// How long each of these programs may take
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = time)]
    pub(super) hook_timeout: Duration,
    /// Rotate although a consumer takes the credential only when it initialises its data
    ///
    /// A database server with such an image keeps the old value. Change the value there yourself, or with --set-exec.
    #[arg(long)]
    pub(super) accept_init_only: bool,
    /// Somebody else has the value: show who may have come by it, look for copies, end the old value at once, and write a receipt
    ///
    /// The receipt is rotation-RUN.json in this folder, or the file of --receipt.
    #[arg(long)]
    pub(super) compromised: bool,
    /// Read all Secrets that you may read, and show those that hold the old value; they are not changed
    #[arg(long)]
    pub(super) find_copies: bool,
    /// Leave this key as it is, although it holds the old value of another one
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub(super) leave: Vec<KeyName>,
}

/// Two users that take turns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Users {
    pub key: KeyName,
    pub names: [String; 2],
}

fn users(text: &str) -> Result<Users, UnusableValue> {
    const WAYS: &str = "not a key and two users, such as username=app-a,app-b";
    let (key, names) = text.split_once('=').ok_or(WAYS)?;
    let (one, other) = names.split_once(',').ok_or(WAYS)?;
    if one.is_empty() || other.is_empty() || one == other || other.contains(',') {
        return Err(WAYS.into());
    }
    Ok(Users {
        key: KeyName::new(key).map_err(|_| WAYS)?,
        names: [one.to_owned(), other.to_owned()],
    })
}

fn hook(text: &str) -> Result<Hook, UnusableValue> {
    let refused = |why| UnusableValue::made_of_known(format!("not a command: it {why}"));
    Hook::parse(text).map_err(refused)
}

fn key(text: &str) -> Result<KeyName, UnusableValue> {
    KeyName::new(text).map_err(|_| "not a key of a Secret".into())
}

/// A step of `--trust-overlap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustStep {
    /// Both CAs are trusted.
    Both,
    /// The certificate is that of the new one.
    Leaf,
    /// Only the new one is trusted.
    Drop,
}

/// [`Strategy`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StrategyWord {
    /// The new value replaces the old one
    InPlace,
    /// The old value stays under KEY_PREVIOUS until the end
    Overlap,
    /// Two users take turns (--users): the other one's login stays valid until the next rotation
    Alternate,
}

impl From<StrategyWord> for Strategy {
    fn from(word: StrategyWord) -> Self {
        match word {
            StrategyWord::InPlace | StrategyWord::Alternate => Self::InPlace,
            StrategyWord::Overlap => Self::Overlap,
        }
    }
}

/// What to do with a run that has begun.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Earlier runs")]
pub struct EarlierArgs {
    /// Go on with the run that changes this Secret, from wherever it stopped
    #[arg(long)]
    pub(super) resume: bool,
    /// Take back the run that changes this Secret
    #[arg(long)]
    pub(super) abort: bool,
    /// Bring the old value back after a run with --keep
    #[arg(long)]
    pub(super) undo: bool,
    /// Show runs that are not over; with --exit-code, 1 if there are any
    #[arg(long)]
    pub(super) status: bool,
    /// Remove old values that are not to be kept any longer
    #[arg(long)]
    pub(super) gc: bool,
}

/// What to do with the plan.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Result")]
pub struct ResultArgs {
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    /// Output format of the plan and of the result
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) output: Format,
    /// Exit with status 1 if something would change, or a run is not over
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Print the Role that rotate needs, and exit; with --verify-exec, also what that needs
    #[arg(long)]
    pub(super) print_rbac: bool,
    /// Write what the run did to this file, as JSON: who, when, which containers before and after; no value (docs/schema/receipt-v1.json)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["abort", "undo", "status", "gc"])]
    pub(super) receipt: Option<PathBuf>,
    /// Do not ask for confirmation
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Print only the plan, warnings and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// How the plan and the result are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text
    Text,
    /// JSON; its schema is docs/schema/rotation-v1.json
    Json,
    /// The same as YAML
    Yaml,
    /// The same as KYAML, the flow style of kubectl 1.34 and later
    Kyaml,
}

impl Format {
    /// The syntax of a document; `None` for text.
    pub(crate) fn syntax(self) -> Option<Syntax> {
        match self {
            Self::Text => None,
            Self::Json => Some(Syntax::Json),
            Self::Yaml => Some(Syntax::Yaml),
            Self::Kyaml => Some(Syntax::Kyaml),
        }
    }
}

impl RotateArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.result.quiet)
    }
}

/// A time as kubectl's flags have it.
pub(crate) fn time(text: &str) -> Result<Duration, UnusableValue> {
    const LONGEST: Duration = Duration::from_secs(90 * 24 * 3600);
    duration(text)
        .filter(|time| *time <= LONGEST)
        .ok_or_else(|| {
            UnusableValue::measure("use a duration such as 90s, 5m or 24h, of 90 days at most")
        })
}
