//! Another Secret of the same name, and credentials that expire.

use std::time::Duration;

use http::Method;
use testcluster::fault::{Fault, Reply, Rule};

use crate::kills::ROTATE;
use crate::scene::{NEW, RUN, Scene, at_once};

/// N8: made again between the plan and the write, a Secret is another one.
#[test]
fn n8_a_secret_that_was_made_again_is_not_written() {
    let scene = Scene::of(1);
    let run = Rule::on(Method::PATCH)
        .path("secretsafe-run.db?fieldManager=kubectl-secretsafe-run&fieldValidation=Strict&force=false")
        .nth(2)
        .fault(Fault::Delay(Duration::from_millis(700)));
    scene.server.script(run);
    let other = [("password", "of-another"), ("user", "alice-of-before")];
    let ran = std::thread::scope(|scope| {
        let run = scope.spawn(|| scene.run(ROTATE));
        let arrived = |request: &testcluster::fault::Recorded| {
            request.method == Method::PATCH
                && request.path.contains(RUN)
                && !request.path.contains("dryRun")
        };
        while !scene.server.requests().iter().any(arrived) {
            std::thread::sleep(Duration::from_millis(5));
        }
        scene.server.put_secret("default", "db", &other, "kubectl");
        run.join().unwrap()
    });
    let said = ran.ends(2);
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(scene.value(), "of-another");
    assert!(!scene.has_run(), "the run's Secret is left");
}

/// N11: from any request on the token is not taken any more. The run stops, and whoever
/// goes on with it ends it.
#[test]
fn n11_a_token_that_expires_stops_a_run_that_can_be_gone_on_with() {
    let points: Vec<usize> = (1..110).step_by(3).collect();
    at_once(&points, |first| {
        let scene = Scene::of(2);
        let expired = Reply::status(401, "Unauthorized", "the token has expired");
        scene
            .server
            .script(Rule::on_any().from(*first).fault(expired));
        let ran = scene.run(ROTATE);
        assert!(
            matches!(ran.status, Some(0 | 3 | 5)),
            "{first}: {:?} {}",
            ran.status,
            ran.said
        );
        scene.server.clear_script();
        scene.nothing_is_lost();
        if ran.status == Some(3) {
            assert_eq!(scene.value(), crate::scene::OLD, "{first}: {}", ran.said);
            return scene.is_untouched();
        }
        if scene.has_run() {
            let resume = ["--resume", "-y", "--settle", "1s", "--timeout", "20s"];
            scene.run(&resume).ends(0);
        }
        match scene.value() == NEW {
            true => scene.is_rotated(),
            false => scene.is_untouched(),
        }
    });
}
