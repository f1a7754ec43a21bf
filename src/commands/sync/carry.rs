//! Asking for syncs, waiting for them, and looking at the Secrets.

use std::collections::BTreeMap;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::cluster::{ClusterError, ServerDryRun};
use crate::command_line::Hint;
use crate::error::{CommandError, ExitStatus};
use crate::external::object::{External, Makes};
use crate::external::sync::{Asked, Change, Promised, change, is_final, promised};
use crate::inventory::SecretFacts;
use crate::live::external::{
    self as live, AskedForAll, Ended, Failures, Pending, Request, Waiting,
};
use crate::outcome::Kind;
use crate::output::sync::{Row, State};
use crate::signals::Hold;
use crate::words::folded;

use super::Sync;

/// Secrets by namespace and name.
type Secrets = BTreeMap<(String, String), SecretFacts>;

/// What was asked of ClusterExternalSecrets, by name.
type OfAll = BTreeMap<String, AskedForAll>;

impl Sync<'_> {
    /// Asks for the syncs and, if that is wished, waits for them and restarts consumers.
    ///
    /// # Errors
    /// Status 3 for what is not allowed, 5 once something was asked for.
    pub(super) async fn all_of_it(
        &mut self,
        due: Vec<External>,
        role: &Hint,
    ) -> Result<(), CommandError> {
        if due.is_empty() {
            return Ok(());
        }
        // Before anything is changed it is known that the result can be looked at.
        let before = match self.args.waits() {
            true => self.secrets(&due).await?,
            false => Secrets::new(),
        };
        let hold = Hold::of(&[SIGINT, SIGTERM, SIGHUP])
            .map_err(|error| CommandError::usage(format!("signals cannot be handled: {error}")))?;
        let pending = self.ask(due, &hold).await?;
        if !self.args.waits() {
            for one in pending {
                self.outcome.add(Kind::Changed, one.external.words());
                self.rows.push(Row::new(&one.external, State::Requested));
            }
            self.ui
                .note("a sync was requested; --wait waits for the result");
            return Ok(());
        }
        let waiting = Waiting {
            cluster: self.cluster,
            patience: self.args.sync_timeout,
            failures: Failures::PassSoon,
            hold: &hold,
        };
        let progress = self.ui.progress();
        let total = pending.len();
        let mut over = 0;
        progress.step(&format!("0 of {total} synced"));
        let ended = waiting
            .run(pending, &mut |_, _| {
                over += 1;
                progress.step(&format!("{over} of {total} synced"));
            })
            .await;
        drop(progress);
        let new = self.judge(ended, &before).await;
        if hold.has_arrived() {
            return Err(CommandError::partial(
                "interrupted; syncs that were requested continue",
            ));
        }
        drop(hold);
        if self.args.restart {
            self.restart(&new, role).await?;
        }
        Ok(())
    }

    /// What is known of the Secrets, without a value.
    async fn secrets(&self, externals: &[External]) -> Result<Secrets, CommandError> {
        let mut found = Secrets::new();
        for external in externals {
            if external.makes != Makes::Secret {
                continue;
            }
            let key = (external.namespace.clone(), external.target.clone());
            if found.contains_key(&key) {
                continue;
            }
            let facts = self.cluster.secret_facts(&key.0, &key.1).await;
            if let Some(facts) = facts.map_err(ClusterError::unmasked)? {
                found.insert(key, facts);
            }
        }
        Ok(found)
    }

    async fn ask(&mut self, due: Vec<External>, hold: &Hold) -> Result<Vec<Pending>, CommandError> {
        let mut pending: Vec<Pending> = Vec::new();
        let mut of_all = OfAll::new();
        for external in due {
            if hold.has_arrived() {
                self.outcome.add(Kind::Refused, external.words());
                self.rows.push(Row::new(
                    &external,
                    State::NotOver("interrupted before it was requested".to_owned()),
                ));
                continue;
            }
            match self.request(&external, &mut of_all).await {
                Ok(Request::Made(asked)) => pending.push(Pending::new(external, asked)),
                Ok(Request::Gone) => {
                    self.outcome.add(Kind::Unmatched, external.words());
                    self.rows.push(Row::new(&external, State::Gone));
                }
                Ok(Request::KeepsChanging) => {
                    self.outcome.add(Kind::Refused, external.words());
                    self.rows.push(Row::new(
                        &external,
                        State::NotOver("somebody else changes it all the time".to_owned()),
                    ));
                }
                Ok(Request::NotPassedOn) => {
                    self.outcome.add(Kind::Changed, external.words());
                    self.outcome.add(Kind::Refused, external.words());
                    self.rows.push(Row::new(
                        &external,
                        State::NotOver("the operator does not pass the request of its ClusterExternalSecret on: that is done by 0.18 and later".to_owned()),
                    ));
                }
                Err(error) => {
                    let error = error.unmasked();
                    if pending.is_empty() {
                        return Err(error);
                    }
                    let done: Vec<_> = pending.iter().map(|one| one.external.words()).collect();
                    for one in &pending {
                        self.outcome.add(Kind::Changed, one.external.words());
                        self.rows.push(Row::new(&one.external, State::Requested));
                    }
                    return Err(CommandError::new(
                        ExitStatus::Partial,
                        format!(
                            "a sync of {} was requested, and then: {}",
                            folded(done.iter().map(String::as_str)),
                            error.message()
                        ),
                    )
                    .hints(error.next_steps().to_vec()));
                }
            }
        }
        Ok(pending)
    }

    /// Asks for one sync. What belongs to a ClusterExternalSecret is asked for there, once.
    async fn request(
        &self,
        external: &External,
        of_all: &mut OfAll,
    ) -> Result<Request, ClusterError> {
        let Some(owner) = &external.cluster_owner else {
            return live::ask(self.cluster, external, ServerDryRun::No).await;
        };
        if !of_all.contains_key(owner) {
            self.ui.note(format!(
                "clusterexternalsecret/{owner} makes {}: all that it makes are synced",
                external.words()
            ));
            let asked = live::ask_for_all(self.cluster, owner, ServerDryRun::No).await?;
            of_all.insert(owner.clone(), asked);
        }
        let (at, text) = match of_all.get(owner) {
            Some(AskedForAll::Made { at, text }) => (*at, text),
            Some(AskedForAll::KeepsChanging) => return Ok(Request::KeepsChanging),
            Some(AskedForAll::Gone) | None => return Ok(Request::Gone),
        };
        if !live::is_passed_on(self.cluster, external, text).await? {
            return Ok(Request::NotPassedOn);
        }
        Ok(Request::Made(Asked {
            at,
            version: external.synced_version.clone(),
            refreshed: external.refreshed,
        }))
    }

    /// Notes what became of each; gives the Secrets that have a new value.
    async fn judge(
        &mut self,
        ended: Vec<(External, Ended)>,
        before: &Secrets,
    ) -> Vec<(External, SecretFacts)> {
        let mut new = Vec::new();
        for (external, how) in ended {
            let words = external.words();
            let why = match how {
                Ended::Done => {
                    new.extend(self.compare(external, before).await);
                    continue;
                }
                // The operator speaks of the Secret, not of the store.
                Ended::Failed(why) if is_final(&why) => {
                    self.not_written(&external, why);
                    continue;
                }
                Ended::Failed(why) => {
                    self.failed(&external, why);
                    continue;
                }
                Ended::NotOver(why) => {
                    self.outcome.add(Kind::Changed, words.clone());
                    self.outcome.add(Kind::NotSeen, words);
                    self.rows.push(Row::new(&external, State::NotOver(why)));
                    continue;
                }
                Ended::Gone => {
                    self.outcome.add(Kind::Unmatched, words);
                    self.rows.push(Row::new(&external, State::Gone));
                    continue;
                }
                Ended::NotSeen(why) => why,
            };
            // It was asked for, so something was changed.
            self.outcome.add(Kind::Changed, words.clone());
            self.outcome.add(Kind::NotSeen, words);
            self.rows.push(Row::new(&external, State::NotSeen(why)));
        }
        new
    }

    /// The store has given what the Secret has not got.
    fn not_written(&mut self, external: &External, why: String) {
        self.outcome.add(Kind::Refused, external.words());
        self.rows.push(Row::new(external, State::NotWritten(why)));
    }

    /// Looks at the Secret of one that the operator says is synced.
    async fn compare(
        &mut self,
        external: External,
        before: &Secrets,
    ) -> Option<(External, SecretFacts)> {
        let words = external.words();
        if external.makes != Makes::Secret {
            self.outcome.add(Kind::Changed, words);
            self.rows.push(Row::new(&external, State::Synced));
            return None;
        }
        let key = (external.namespace.clone(), external.target.clone());
        let facts = match self.cluster.secret_facts(&key.0, &key.1).await {
            Ok(facts) => facts,
            Err(error) => {
                let why = error.unmasked().message().to_owned();
                self.outcome.add(Kind::Changed, words.clone());
                self.outcome.add(Kind::NotSeen, words);
                self.rows.push(Row::new(&external, State::NotSeen(why)));
                return None;
            }
        };
        let lacks = match promised(&external.keys, facts.as_ref()) {
            Promised::Kept => None,
            Promised::NoSecret => Some(format!(
                "the operator says that it is synced, and secret/{} does not exist",
                external.target
            )),
            Promised::Lacks(keys) => Some(format!(
                "the operator says that it is synced, and secret/{} lacks {}",
                external.target,
                folded(keys.iter().map(String::as_str))
            )),
            Promised::NotKnown(why) => {
                self.outcome.add(Kind::NotSeen, format!("keys of {words}"));
                self.ui.warn(format!(
                    "{words}: whether its keys are there is not known: {why}"
                ));
                None
            }
        };
        if let Some(why) = lacks {
            self.not_written(&external, why);
            return None;
        }
        let facts = facts?;
        match change(before.get(&key), &facts) {
            Change::New => {
                self.outcome.add(Kind::Changed, words);
                self.rows.push(Row::new(&external, State::NewValue));
                Some((external, facts))
            }
            Change::Same => {
                self.outcome.add(Kind::Kept, words);
                self.rows.push(Row::new(&external, State::NoNewValue));
                None
            }
        }
    }
}
