//! A consumer that signs in all the time: with what the Secret held when its pod was
//! last made.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use testcluster::fault::{FaultServer, Resource};

/// Between two logins.
const PACE: Duration = Duration::from_millis(50);
const MARK: &str = "kubectl.kubernetes.io/restartedAt";

/// A user and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: String,
}

/// One login, and where the run was.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub succeeded: bool,
    /// The phase of the run; empty where there is none.
    pub phase: String,
    /// Whether the pod has been replaced.
    pub restarted: bool,
}

/// Signs in while something is done.
pub fn signing_in<T>(
    server: &FaultServer,
    login: impl Fn(&FaultServer) -> Login + Sync,
    sign_in: impl Fn(&Login) -> bool + Sync,
    action: impl FnOnce() -> T,
) -> (T, Vec<Attempt>) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let client = scope.spawn(|| {
            let mark = || {
                let workload = server.workload(Resource::Deployments, "default", "app-0");
                let template = workload.map(|one| one["spec"]["template"].clone());
                template.map_or(Value::Null, |one| {
                    one["metadata"]["annotations"][MARK].clone()
                })
            };
            let first = mark();
            let (mut last, mut own) = (first.clone(), login(server));
            let mut attempts = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let phase = phase(server);
                let now = mark();
                if now != last {
                    own = login(server);
                    last = now;
                }
                attempts.push(Attempt {
                    succeeded: sign_in(&own),
                    phase,
                    restarted: last != first,
                });
                std::thread::sleep(PACE);
            }
            attempts
        });
        let done = action();
        over.store(true, Ordering::SeqCst);
        (done, client.join().unwrap())
    })
}

fn phase(server: &FaultServer) -> String {
    let run = server.secret("default", crate::scene::RUN);
    let state = run.and_then(|run| {
        let text = run.object["metadata"]["annotations"]["secretsafe.dev/state"]
            .as_str()?
            .to_owned();
        serde_json::from_str::<Value>(&text).ok()
    });
    state.map_or(String::new(), |state| {
        state["phase"].as_str().unwrap_or_default().to_owned()
    })
}
