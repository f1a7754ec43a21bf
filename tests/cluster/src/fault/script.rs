//! The script of faults: which request is hit, and by what.
//!
//! A [`Rule`] is a matcher and the faults it causes. Rules are tried in the
//! order in which they were given and the first that fires decides. Every rule
//! counts the requests it matches by itself, whether or not an earlier rule
//! took them, so `nth(2)` always means the second matching request since the
//! rule was given to the server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::reply::Reply;
use super::request::Recorded;

/// Whether a fault strikes before or after the server has carried the request
/// out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Nothing is stored.
    BeforeCommit,
    /// The request is carried out in full, then the fault strikes.
    AfterCommit,
}

/// One thing that goes wrong.
///
/// A rule may hold several. `Delay`, `Mutate` and `WarningHeaders` change the
/// course of a request and let it go on; all others end it, and the first of
/// those counts.
#[derive(Clone)]
pub enum Fault {
    /// The connection is reset before the body is read. For a rule made with
    /// [`Rule::on_connection`] it is reset before TLS begins.
    Refuse,
    /// The request is read in full, nothing is stored, the connection is reset.
    ResetBefore,
    /// The request is carried out, and the connection reset without an answer.
    ResetAfter,
    /// The request is carried out and this many bytes of its answer are sent,
    /// counted from the first byte of the status line. Then the connection is
    /// closed in the orderly way of TLS, so that only the client's own check of
    /// the length can show that something is missing.
    CutResponseAt(usize),
    /// Like [`Fault::CutResponseAt`], but TCP ends without the closing message
    /// of TLS.
    TruncateResponseAt(usize),
    /// This answer is given instead of the true one.
    Answer(Reply),
    /// The request waits this long and then goes on.
    Delay(Duration),
    /// Nothing is answered. The connection stays open until the client closes
    /// it or the server stops.
    Stall(When),
    /// The request is carried out; the answer is 200 with a chunked JSON body
    /// that never ends.
    EndlessBody,
    /// The true answer with 65,536 additional headers.
    HugeHeaders,
    /// The JSON body of the true answer is changed on its way out. What is
    /// stored stays as it is: a stale or wrong read-back.
    Mutate(Mutation),
    /// The true answer with one `Warning` header for each of these raw header
    /// values; a well-formed one looks like `299 - "text"`.
    WarningHeaders(Vec<String>),
}

/// What [`Fault::Mutate`] does to an answer.
#[derive(Clone)]
pub struct Mutation(pub(super) Arc<dyn Fn(&mut Value) + Send + Sync>);

impl Fault {
    /// A [`Fault::Mutate`] from a closure.
    pub fn mutate(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Fault {
        Fault::Mutate(Mutation(Arc::new(change)))
    }
}

impl Fault {
    /// One of each way in which a request fails at a server or on its way, by
    /// name; where the server says something, `message`.
    pub fn of_each_kind(message: &str) -> Vec<(&'static str, Fault)> {
        let status = |code, reason: &str| Reply::status(code, reason, message);
        vec![
            ("refuse", Fault::Refuse),
            ("reset before", Fault::ResetBefore),
            ("reset after", Fault::ResetAfter),
            ("401", status(401, "Unauthorized").into()),
            ("403", status(403, "Forbidden").into()),
            ("409", status(409, "Conflict").into()),
            ("410", status(410, "Gone").into()),
            ("422", status(422, "Invalid").into()),
            ("429", status(429, "TooManyRequests").into()),
            ("500 before", status(500, "InternalError").into()),
            (
                "500 after",
                status(500, "InternalError").after_commit().into(),
            ),
            ("503", status(503, "ServiceUnavailable").into()),
            ("504 after", status(504, "Timeout").after_commit().into()),
            ("stall", Fault::Stall(When::AfterCommit)),
        ]
    }
}

impl From<Reply> for Fault {
    fn from(reply: Reply) -> Fault {
        Fault::Answer(reply)
    }
}

/// Which request is hit, and the faults that hit it.
///
/// ```
/// use http::Method;
/// use testcluster::fault::{Fault, Reply, Rule};
///
/// let cut_once = Rule::on(Method::PATCH).path("secrets").nth(1).fault(Fault::ResetAfter);
/// let unknown = Rule::on(Method::PATCH)
///     .fault(Reply::status(504, "Timeout", "the request timed out").after_commit());
/// ```
#[derive(Clone)]
pub struct Rule {
    target: Target,
    path: String,
    lacks: Option<String>,
    nth: Option<usize>,
    from: Option<usize>,
    faults: Vec<Fault>,
    seen: usize,
}

#[derive(Clone)]
enum Target {
    Connection,
    Request(Option<Method>),
}

impl Rule {
    /// Matches requests of one method.
    pub fn on(method: Method) -> Rule {
        Rule::new(Target::Request(Some(method)))
    }

    /// Matches requests of every method.
    pub fn on_any() -> Rule {
        Rule::new(Target::Request(None))
    }

    /// Matches connections as they are accepted, before TLS. Of the faults,
    /// `Refuse`, `Delay` and `Stall` have a meaning there.
    pub fn on_connection() -> Rule {
        Rule::new(Target::Connection)
    }

    fn new(target: Target) -> Rule {
        Rule {
            target,
            path: String::new(),
            lacks: None,
            nth: None,
            from: None,
            faults: Vec::new(),
            seen: 0,
        }
    }

    /// Narrows the rule to requests whose path with query contains `part`.
    pub fn path(mut self, part: &str) -> Rule {
        part.clone_into(&mut self.path);
        self
    }

    /// Narrows the rule to requests whose `Accept` header lacks `part`.
    pub fn accept_lacks(mut self, part: &str) -> Rule {
        self.lacks = Some(part.to_owned());
        self
    }

    /// Narrows the rule to the `n`-th match, counted from 1. Without this the
    /// rule fires on every match.
    pub fn nth(mut self, n: usize) -> Rule {
        self.nth = Some(n);
        self
    }

    /// Narrows the rule to the `n`-th match and all later ones.
    pub fn from(mut self, n: usize) -> Rule {
        self.from = Some(n);
        self
    }

    /// Adds a fault; see [`Fault`] for how several go together.
    pub fn fault(mut self, fault: impl Into<Fault>) -> Rule {
        self.faults.push(fault.into());
        self
    }

    /// Counts the match and says whether the rule fires on it.
    fn fires(&mut self, matched: bool) -> bool {
        if !matched {
            return false;
        }
        self.seen += 1;
        self.nth.is_none_or(|nth| nth == self.seen)
            && self.from.is_none_or(|first| first <= self.seen)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = match &self.target {
            Target::Connection => "connection",
            Target::Request(None) => "any request",
            Target::Request(Some(method)) => method.as_str(),
        };
        formatter
            .debug_struct("Rule")
            .field("target", &target)
            .field("path", &self.path)
            .field("nth", &self.nth)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

/// The rules in force, in order.
#[derive(Default)]
pub(super) struct Script {
    rules: Vec<Rule>,
}

impl Script {
    pub(super) fn push(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The faults for the next connection.
    pub(super) fn for_connection(&mut self) -> Vec<Fault> {
        self.first_firing(|rule| matches!(rule.target, Target::Connection))
    }

    /// The faults for a request.
    pub(super) fn for_request(&mut self, request: &Recorded) -> Vec<Fault> {
        self.first_firing(|rule| match &rule.target {
            Target::Connection => false,
            Target::Request(wanted) => {
                let accepted = request.header("accept").unwrap_or_default();
                wanted
                    .as_ref()
                    .is_none_or(|wanted| *wanted == request.method)
                    && request.path.contains(&rule.path)
                    && rule
                        .lacks
                        .as_ref()
                        .is_none_or(|part| !accepted.contains(part))
            }
        })
    }

    fn first_firing(&mut self, matches: impl Fn(&Rule) -> bool) -> Vec<Fault> {
        let mut chosen = None;
        for rule in &mut self.rules {
            // Every rule counts, also behind the one that fires.
            let matched = matches(rule);
            if rule.fires(matched) && chosen.is_none() {
                chosen = Some(rule.faults.clone());
            }
        }
        chosen.unwrap_or_default()
    }
}
